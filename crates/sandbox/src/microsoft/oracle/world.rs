//! Building and changing the simulator's world without going through HTTP.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::microsoft::events::draft::{self, Author};
use crate::microsoft::state::calendar::{Calendar, parse_id};
use crate::microsoft::state::event::Event;
use crate::microsoft::state::{Account, Entry, PERSONAL_TENANT, Person, State, zones};

pub(in crate::microsoft) fn add_person(
    state: &mut State,
    email: &str,
    name: &str,
    (account, zone): (Account, &str),
) -> String {
    let domain = email.split_once('@').map_or("", |(_, domain)| domain);
    let tenant = match account {
        Account::Personal => PERSONAL_TENANT.to_owned(),
        _ => uuid_of(domain),
    };
    let person = Person {
        email: email.to_owned(),
        name: name.to_owned(),
        id: uuid_of(email),
        tenant,
        account,
        mail: (account == Account::Work).then(|| email.to_owned()),
        time_zone: zone.to_owned(),
        may_consent: true,
        list: Vec::new(),
    };
    state.people.insert(email.to_owned(), person);
    let id = add_calendar(state, email, "Calendar");
    if let Some(calendar) = state.calendars.get_mut(&id) {
        calendar.default = true;
    }
    id
}

pub(in crate::microsoft) fn add_calendar(state: &mut State, owner: &str, name: &str) -> String {
    let id = format!("AAMkAGI2{}AAA=", state.random_id(40));
    let calendar = Calendar {
        id: id.clone(),
        number: u32::try_from(state.calendars.len()).unwrap_or(0) + 1,
        owner: owner.to_owned(),
        name: name.to_owned(),
        default: false,
        generation: 1,
        events: Default::default(),
        gone: Default::default(),
    };
    state.calendars.insert(id.clone(), calendar);
    list(state, &id, owner, true);
    id
}

/// Puts a calendar on a list, or changes what may be done there.
pub(in crate::microsoft) fn list(state: &mut State, calendar: &str, with: &str, can_edit: bool) {
    let Some(person) = state.people.get_mut(with) else {
        return;
    };
    person.list.retain(|entry| entry.calendar != calendar);
    person.list.push(Entry {
        calendar: calendar.to_owned(),
        can_edit,
    });
}

/// A new event. The organizer may be somebody else (`organizer.emailAddress.address`), then `responseStatus.response`
/// is the owner's answer.
pub(in crate::microsoft) fn put_body(
    state: &mut State,
    calendar: &str,
    body: &Value,
    now: Timestamp,
) -> Result<Event, String> {
    let key = state.event_key();
    let mut event = with_author(state, calendar, now, |by| draft::create(body, key, by))?;
    if let Some(organizer) = body
        .pointer("/organizer/emailAddress/address")
        .and_then(Value::as_str)
    {
        event.organizer = organizer.to_owned();
        event.response = "notResponded".to_owned();
    }
    if let Some(response) = body
        .pointer("/responseStatus/response")
        .and_then(Value::as_str)
    {
        event.response = response.to_owned();
    }
    if body.get("isCancelled") == Some(&json!(true)) {
        event.cancelled = true;
    }
    state
        .put(calendar, event, now)
        .ok_or_else(|| "The calendar is gone.".to_owned())
}

/// Merges a patch into an event, or into one occurrence of a series.
pub(in crate::microsoft) fn edit(
    state: &mut State,
    calendar: &str,
    id: &str,
    patch: &Value,
    now: Timestamp,
) -> Result<(), String> {
    let old = find(state, calendar, id)?;
    let mut event = with_author(state, calendar, now, |by| draft::apply(old, patch, by))?;
    if let Some(cancelled) = patch.get("isCancelled").and_then(Value::as_bool) {
        event.cancelled = cancelled;
    }
    state.put(calendar, event, now);
    Ok(())
}

/// Moves an event or occurrence by minutes of wall-clock time, an all-day one by whole days.
pub(in crate::microsoft) fn shift(
    state: &mut State,
    calendar: &str,
    id: &str,
    minutes: i64,
    now: Timestamp,
) -> Result<(), String> {
    let event = find(state, calendar, id)?;
    let span = if event.all_day {
        (minutes / 1440).days()
    } else {
        minutes.minutes()
    };
    let at = |t: DateTime| {
        let moved = t
            .saturating_add(span)
            .strftime("%Y-%m-%dT%H:%M:%S")
            .to_string();
        json!({"dateTime": moved, "timeZone": known_label(&event)})
    };
    let mut patch = json!({"start": at(event.start), "end": at(event.end)});
    if let Some(recurrence) = &event.recurrence {
        // A series moves with its pattern's first date.
        let mut wire = recurrence.to_wire();
        wire["range"]["startDate"] = json!(event.start.saturating_add(span).date().to_string());
        patch["recurrence"] = wire;
    }
    edit(state, calendar, id, &patch, now)
}

pub(in crate::microsoft) fn find(state: &State, calendar: &str, id: &str) -> Result<Event, String> {
    let cal = state.calendars.get(calendar);
    let cal = cal.ok_or_else(|| format!("There is no calendar {calendar}."))?;
    let found = parse_id(id).and_then(|(key, date)| cal.find(&key, date));
    found.ok_or_else(|| format!("There is no event {id}."))
}

/// A name that the provider takes back: the event's own, unless it is nonsense.
fn known_label(event: &Event) -> &str {
    match zones::zone(&event.zone_label) {
        Some(_) => &event.zone_label,
        None => event.zone.iana_name().unwrap_or("UTC"),
    }
}

fn with_author(
    state: &State,
    calendar: &str,
    now: Timestamp,
    make: impl FnOnce(Author) -> Result<Event, crate::microsoft::errors::ApiError>,
) -> Result<Event, String> {
    let calendar = state.calendars.get(calendar);
    let calendar = calendar.ok_or_else(|| "There is no such calendar.".to_owned())?;
    let owner = state.people.get(&calendar.owner);
    let by = Author {
        owner: &calendar.owner,
        zone: owner.map_or("UTC", |p| p.time_zone.as_str()),
        teams: owner.is_some_and(|p| p.account == Account::Work),
        now,
    };
    make(by).map_err(|e| e.message().to_owned())
}

/// A stable UUID in form for a name (FNV-1a, twice).
fn uuid_of(name: &str) -> String {
    let hash = |start: u64| {
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        u128::from(name.bytes().fold(start, step))
    };
    let bits = (hash(0xcbf2_9ce4_8422_2325) << 64) | hash(0x8422_2325_cbf2_9ce4);
    uuid::Builder::from_random_bytes(bits.to_be_bytes())
        .into_uuid()
        .to_string()
}

/// The day `days` after the sandbox's today in `zone`.
pub(in crate::microsoft) fn day(now: Timestamp, zone: &str, days: i64) -> Date {
    let zone = zones::zone(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let moved = now
        .checked_add(SignedDuration::from_hours(24 * days))
        .unwrap_or(now);
    moved.to_zoned(zone).date()
}
