//! Building and changing the simulator's world without going through HTTP.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::google::events::draft::{self, Author};
use crate::google::state::calendar::Calendar;
use crate::google::state::event::{Event, InSeries};
use crate::google::state::moment::Moment;
use crate::google::state::{Entry, Person, Role, State};

pub(in crate::google) fn add_person(state: &mut State, email: &str, name: &str, time_zone: &str) {
    let sub = format!("1{:020}", crc(email));
    let person = Person {
        email: email.to_owned(),
        name: name.to_owned(),
        sub,
        time_zone: time_zone.to_owned(),
        list: Default::default(),
    };
    state.people.insert(email.to_owned(), person);
    add_calendar(state, email, email, email);
    let entry = state
        .people
        .get_mut(email)
        .and_then(|p| p.list.get_mut(email));
    if let Some(entry) = entry {
        entry.primary = true;
    }
}

pub(in crate::google) fn add_calendar(state: &mut State, owner: &str, id: &str, summary: &str) {
    let zone = state
        .people
        .get(owner)
        .map_or("UTC", |p| p.time_zone.as_str());
    let calendar = Calendar::new(id, summary, owner, zone);
    state.calendars.insert(id.to_owned(), calendar);
    list(state, id, owner, Role::Owner);
}

/// Puts a calendar on a list, or changes the role there.
pub(in crate::google) fn list(state: &mut State, calendar: &str, with: &str, role: Role) {
    const COLORS: [&str; 6] = [
        "#0088aa", "#7b4fb5", "#2f7d32", "#b3541e", "#a8324a", "#5a6b7b",
    ];
    let seq = state.next_seq();
    let Some(person) = state.people.get_mut(with) else {
        return;
    };
    let color = COLORS[person.list.len() % COLORS.len()];
    let entry = person
        .list
        .entry(calendar.to_owned())
        .or_insert_with(|| Entry {
            seq,
            role,
            primary: false,
            hidden: false,
            deleted: false,
            summary_override: None,
            background: color.to_owned(),
        });
    entry.seq = seq;
    entry.role = role;
    entry.deleted = false;
}

pub(in crate::google) fn put_body(
    state: &mut State,
    calendar: &str,
    body: &Value,
    now: Timestamp,
) -> Result<Event, String> {
    let id = body.get("id").and_then(Value::as_str);
    let mut id = id.map_or_else(|| state.random_id(26), str::to_owned);
    let Some(cal) = state.calendars.get(calendar) else {
        return Err(format!("There is no calendar {calendar}."));
    };
    let series = series_of(body, &cal.time_zone)?;
    if let (Some(series), None) = (&series, body.get("id")) {
        id = format!("{}_{}", series.master, series.original.stamp());
    }
    let mut event = draft::create(body, id, author(cal, now)).map_err(|e| format!("{e:?}"))?;
    if let Some(series) = &series
        && let Some(master) = cal.events.get(&series.master)
    {
        event.ical_uid.clone_from(&master.ical_uid);
    }
    event.series = series;
    state
        .put(calendar, event, now)
        .ok_or_else(|| "The calendar is gone.".to_owned())
}

pub(in crate::google) fn edit(
    state: &mut State,
    calendar: &str,
    id: &str,
    patch: &Value,
    now: Timestamp,
) -> Result<(), String> {
    let cal = state.calendars.get(calendar);
    let cal = cal.ok_or_else(|| format!("There is no calendar {calendar}."))?;
    let old = cal
        .find(id)
        .ok_or_else(|| format!("There is no event {id}."))?;
    let mut body = draft::as_body(&old);
    draft::merge(&mut body, patch);
    let event = draft::apply(old, &body, author(cal, now)).map_err(|e| format!("{e:?}"))?;
    state.put(calendar, event, now);
    Ok(())
}

pub(in crate::google) fn shift(
    state: &mut State,
    calendar: &str,
    id: &str,
    minutes: i64,
    now: Timestamp,
) -> Result<(), String> {
    let found = state.calendars.get(calendar).and_then(|c| c.find(id));
    let event = found.ok_or_else(|| format!("There is no event {id}."))?;
    let start = event.start.plus_minutes(minutes).to_wire();
    let end = event.end.plus_minutes(minutes).to_wire();
    edit(
        state,
        calendar,
        id,
        &json!({"start": start, "end": end}),
        now,
    )
}

fn author(calendar: &Calendar, now: Timestamp) -> Author<'_> {
    Author {
        email: &calendar.owner,
        owner: &calendar.owner,
        zone: &calendar.time_zone,
        now,
        conference: true,
    }
}

fn series_of(body: &Value, zone: &str) -> Result<Option<InSeries>, String> {
    let master = body.get("recurringEventId").and_then(Value::as_str);
    let Some((master, original)) = master.zip(body.get("originalStartTime")) else {
        return Ok(None);
    };
    Ok(Some(InSeries {
        master: master.to_owned(),
        original: Moment::parse(original, zone)?,
    }))
}

pub(super) fn bump(state: &mut State, calendar: &str) {
    if let Some(calendar) = state.calendars.get_mut(calendar) {
        calendar.generation += 1;
    }
}

/// A stable number for a name (FNV-1a).
fn crc(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

/// The day `days` after the sandbox's today in `zone`.
pub(in crate::google) fn day(now: Timestamp, zone: &str, days: i64) -> Date {
    let zone = crate::google::state::moment::zone(zone);
    let moved = now
        .checked_add(SignedDuration::from_hours(24 * days))
        .unwrap_or(now);
    moved.to_zoned(zone).date()
}
