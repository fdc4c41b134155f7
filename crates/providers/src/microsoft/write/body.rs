//! Drafts and patches as Graph takes them.

use daybook_domain::event::{Conference, EventTime, Patch, Person};
use daybook_domain::zone::Zone;
use daybook_provider_api::Result;
use daybook_provider_api::calendar::write::{Create, Place};
use daybook_provider_api::error::Field;
use serde_json::{Map, Value, json};

use super::super::calls::find_event::Marker;
use super::super::{errors, map, recurrence, wire};

/// The body of a create.
///
/// # Errors
/// `Unsupported`, naming what Outlook cannot keep.
pub(super) fn of_draft(create: &Create, place: &Place, home: &Zone) -> Result<Value> {
    let draft = &create.draft;
    if !create.notify && !draft.attendees.is_empty() {
        return Err(
            errors::unsupported("guests without a mail to them: Outlook always invites")
                .about(Field::Notify)
                .with_code("always_notifies"),
        );
    }
    let repeats = !draft.recurrence.is_empty();
    let zone = zone_name(&draft.start, repeats, place);
    let mut body = json!({
        "subject": draft.title,
        "start": time(&draft.start, &zone),
        "end": time(&draft.end, &zone),
        "isAllDay": draft.start.is_all_day(),
        "showAs": if draft.opaque { "busy" } else { "free" },
        "transactionId": create.key.to_string(),
        "singleValueExtendedProperties": [Marker::of(create.key)],
    });
    let mut set = |name: &str, value: Value| {
        if let Some(fields) = body.as_object_mut() {
            fields.insert(name.to_owned(), value);
        }
    };
    if let Some(text) = &draft.description {
        set("body", json!({"contentType": "text", "content": text}));
    }
    if let Some(place) = &draft.location {
        set("location", json!({"displayName": place}));
    }
    if !draft.attendees.is_empty() {
        set("attendees", attendees(&draft.attendees, &[]));
    }
    if repeats {
        let pattern = pattern(&draft.recurrence, &draft.start, &zone, home)?;
        set("recurrence", json!(pattern));
    }
    match draft.conference {
        None => {}
        Some(Conference::MicrosoftTeams) => {
            set("isOnlineMeeting", json!(true));
            set("onlineMeetingProvider", json!("teamsForBusiness"));
        }
        Some(other) => {
            return Err(
                errors::unsupported(format_args!("a {other} link made by Outlook itself"))
                    .about(Field::Conference),
            );
        }
    }
    Ok(body)
}

/// The body of a change: the fields that differ from `current`, which is at Graph now.
///
/// # Errors
/// As [`of_draft`].
pub(super) fn of_patch(
    patch: &Patch,
    current: &wire::Event,
    place: &Place,
    home: &Zone,
) -> Result<Value> {
    let mut fields = Map::new();
    if let Some(title) = &patch.title {
        fields.insert("subject".to_owned(), json!(title));
    }
    if let Some(text) = &patch.description {
        let text = text.as_deref().unwrap_or_default();
        fields.insert("body".to_owned(), description(text, current));
    }
    if let Some(place) = &patch.location {
        let name = place.as_deref().unwrap_or_default();
        fields.insert("location".to_owned(), json!({"displayName": name}));
    }
    if let Some(people) = &patch.attendees {
        let known = current.attendees.as_deref().unwrap_or_default();
        fields.insert("attendees".to_owned(), attendees(people, known));
    }
    if let Some(opaque) = patch.opaque {
        // Out of office stays out of office: only a change between free and taken is one.
        if opaque != map::is_opaque(current.show_as.as_deref()) {
            let word = if opaque { "busy" } else { "free" };
            fields.insert("showAs".to_owned(), json!(word));
        }
    }
    times(patch, current, place, home, &mut fields)?;
    Ok(Value::Object(fields))
}

/// Start, end and repetition, which depend on each other.
fn times(
    patch: &Patch,
    current: &wire::Event,
    place: &Place,
    home: &Zone,
    fields: &mut Map<String, Value>,
) -> Result<()> {
    let is_series = map::part(current) == map::Part::Master;
    let repeats = is_series
        || patch
            .recurrence
            .as_ref()
            .is_some_and(|lines| !lines.is_empty());
    let known = || {
        let zone = map::time::zone(current.original_start_time_zone.as_deref());
        let name = zone.as_ref().unwrap_or(home).iana_name().map(str::to_owned);
        let all_day = current.is_all_day == Some(true);
        Some(map::time::times(current, all_day, name.as_deref(), home)?.0)
    };
    let start = match &patch.times {
        Some((start, _)) => Some(start.clone()),
        None => known(),
    };
    let Some(start) = start else {
        return Err(errors::malformed());
    };
    let zone = zone_name(&start, repeats, place);
    if let Some((start, end)) = &patch.times {
        fields.insert("start".to_owned(), time(start, &zone));
        fields.insert("end".to_owned(), time(end, &zone));
        fields.insert("isAllDay".to_owned(), json!(start.is_all_day()));
    }
    let lines = match (&patch.recurrence, &patch.times) {
        (Some(lines), _) if lines.is_empty() => {
            fields.insert("recurrence".to_owned(), Value::Null);
            return Ok(());
        }
        (Some(lines), _) => lines.clone(),
        // The pattern holds the first day: moved along, and refused when it would no longer be one of its days.
        (None, Some(_)) if is_series => map::series::lines(current, home),
        _ => return Ok(()),
    };
    let pattern = pattern(&lines, &start, &zone, home)?;
    fields.insert("recurrence".to_owned(), json!(pattern));
    Ok(())
}

fn pattern(
    lines: &[String],
    start: &EventTime,
    zone: &str,
    home: &Zone,
) -> Result<wire::Recurrence> {
    let wall = Zone::iana(zone).unwrap_or_else(|| home.clone());
    let pattern = recurrence::pattern(lines, start, &wall, zone);
    pattern.map_err(|error| error.about(Field::Recurrence))
}

/// The zone to write: the event's own; for series without one the calendar's, since in UTC they drift with the clocks. Days
/// are written in the calendar's, at whose midnights schedules begin and end them; read, they are the same days in any.
fn zone_name(start: &EventTime, repeats: bool, place: &Place) -> String {
    let usual = if repeats {
        place.default_zone.as_str()
    } else {
        "UTC"
    };
    let name = match start {
        EventTime::AllDay(_) => place.default_zone.as_str(),
        EventTime::Timed { .. } => map::zone_of(start, usual),
    };
    let known = Zone::iana(name).and_then(|zone| zone.iana_name().map(str::to_owned));
    known.unwrap_or_else(|| "UTC".to_owned())
}

/// Wall time and zone, without an offset.
fn time(time: &EventTime, zone: &str) -> Value {
    let wall = match time {
        EventTime::AllDay(date) => date.at(0, 0, 0, 0),
        EventTime::Timed { at, .. } => Zone::iana(zone).unwrap_or_else(Zone::utc).to_datetime(*at),
    };
    json!({"dateTime": wall.strftime("%Y-%m-%dT%H:%M:%S").to_string(), "timeZone": zone})
}

/// The whole list, which is what Graph replaces. Who stays keeps what they were: optional, a room.
fn attendees(people: &[Person], known: &[wire::Attendee]) -> Value {
    let kind = |person: &Person| {
        let same = known.iter().find(|attendee| {
            let address = attendee.email_address.as_ref();
            let address = address.and_then(|address| address.address.as_deref());
            match (address, person.email.as_deref()) {
                (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
                _ => false,
            }
        });
        same.and_then(|attendee| attendee.kind.clone())
            .unwrap_or_else(|| "required".to_owned())
    };
    let listed = people.iter().map(|person| {
        let mut address = json!({"address": person.email});
        if let (Some(name), Some(fields)) = (&person.name, address.as_object_mut()) {
            fields.insert("name".to_owned(), json!(name));
        }
        json!({"type": kind(person), "emailAddress": address})
    });
    Value::Array(listed.collect())
}

/// The new text. Of an online meeting the part that says how to join stays, or the link would be lost from the invitation.
fn description(text: &str, current: &wire::Event) -> Value {
    let joined = current.is_online_meeting == Some(true);
    let html = current
        .body
        .as_ref()
        .and_then(|body| body.content.as_deref())
        .unwrap_or_default();
    match joined_part(html, current).filter(|_| joined) {
        None => json!({"contentType": "text", "content": text}),
        Some(part) => {
            let content = format!("<div>{}</div>{part}", escaped(text));
            json!({"contentType": "html", "content": content})
        }
    }
}

/// Where the part of an online meeting begins: at the rule that Teams draws above it, or at the element that holds it.
fn joined_from(html: &str) -> Option<usize> {
    let lower = html.to_ascii_lowercase();
    let drawn = lower.find("__________");
    let held = lower
        .find("me-email-text")
        .and_then(|at| lower.get(..at)?.rfind('<'));
    match (drawn, held) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The text of an event without the part that says how to join: another meeting has another link.
pub(super) fn without_joined_part<'t>(text: &'t str, event: &wire::Event) -> &'t str {
    let online = event.is_online_meeting == Some(true);
    let from = joined_from(text).filter(|_| online);
    from.and_then(|from| text.get(..from)).unwrap_or(text)
}

/// The part of an online meeting; else the link itself.
fn joined_part(html: &str, current: &wire::Event) -> Option<String> {
    if let Some(part) = joined_from(html).and_then(|from| html.get(from..)) {
        let part = part.split("</body>").next().unwrap_or(part);
        return Some(part.to_owned());
    }
    let link = current.online_meeting.as_ref()?.join_url.as_deref()?;
    let link = escaped(link);
    Some(format!("<div><a href=\"{link}\">{link}</a></div>"))
}

pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("<br>"),
            '\r' => {}
            other => out.push(other),
        }
    }
    out
}
