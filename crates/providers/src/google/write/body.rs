//! Drafts and patches as Google's event resource (contracts/google §6 and §7).

use daybook_domain::event::{Conference, Draft, EventTime, Patch};
use daybook_domain::recurrence::Recurrence;
use daybook_domain::zone::Zone;
use daybook_provider_api::Result;
use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::errors;
use super::people;

/// The private extended property that says which intent an event was created for.
const MARKER: &str = "daybookKey";

/// Our event's id at Google: the key in hexadecimal, which is legal base32hex.
pub(super) fn id(key: Uuid) -> String {
    key.simple().to_string()
}

/// Whether the event carries the marker of `key`. Google does not promise to notice that an id is taken, and an id can be
/// chosen by anybody.
pub(super) fn is_ours(event: &Value, key: Uuid) -> bool {
    event
        .pointer("/extendedProperties/private")
        .and_then(|private| private.get(MARKER))
        .and_then(Value::as_str)
        .is_some_and(|marker| marker == key.to_string())
}

/// A new event.
pub(super) fn create(draft: &Draft, key: Uuid, zone: &str) -> Result<Value> {
    let mut body = Map::new();
    let mut set = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
    set("id", json!(id(key)));
    set("summary", json!(draft.title));
    if let Some(description) = &draft.description {
        set("description", json!(description));
    }
    if let Some(location) = &draft.location {
        set("location", json!(location));
    }
    let repeats = !draft.recurrence.is_empty();
    set("start", time(&draft.start, zone, repeats, false)?);
    set("end", time(&draft.end, zone, repeats, false)?);
    set("transparency", json!(transparency(draft.opaque)));
    if !draft.attendees.is_empty() {
        set("attendees", people::invited(&draft.attendees, &[])?);
    }
    if repeats {
        set("recurrence", recurrence(&draft.recurrence)?);
    }
    match draft.conference {
        None => {}
        Some(Conference::GoogleMeet) => set("conferenceData", meet(key)),
        Some(_) => {
            return Err(errors::refused_field(
                errors::Field::Conference,
                "conference",
                "Google makes links to Google Meet only, so nothing was written. Choose Google Meet, or leave \
                 the link out.",
            ));
        }
    }
    set(
        "extendedProperties",
        json!({"private": {MARKER: key.to_string()}}),
    );
    Ok(Value::Object(body))
}

/// The fields that a patch changes, apart from the guests.
pub(super) fn patch(patch: &Patch, zone: &str, in_series: bool) -> Result<Map<String, Value>> {
    let mut body = Map::new();
    let mut set = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
    if let Some(title) = &patch.title {
        set("summary", json!(title));
    }
    // `null` removes.
    if let Some(description) = &patch.description {
        set("description", json!(description));
    }
    if let Some(location) = &patch.location {
        set("location", json!(location));
    }
    if let Some((start, end)) = &patch.times {
        set("start", time(start, zone, in_series, true)?);
        set("end", time(end, zone, in_series, true)?);
    }
    if let Some(lines) = &patch.recurrence {
        set("recurrence", recurrence(lines)?);
    }
    if let Some(opaque) = patch.opaque {
        set("transparency", json!(transparency(opaque)));
    }
    Ok(body)
}

const fn transparency(opaque: bool) -> &'static str {
    if opaque { "opaque" } else { "transparent" }
}

/// A request for a link. Its id is the intent's, so that a repeated request makes no second link.
pub(super) fn meet(key: Uuid) -> Value {
    json!({"createRequest": {
        "requestId": id(key),
        "conferenceSolutionKey": {"type": "hangoutsMeet"},
    }})
}

/// A time, in its zone or else the calendar's. In a patch the other form's fields are removed, because objects merge.
fn time(time: &EventTime, default_zone: &str, repeats: bool, patch: bool) -> Result<Value> {
    let mut value = match time {
        EventTime::AllDay(date) => json!({"date": date.to_string()}),
        EventTime::Timed { at, zone } => {
            let name = zone.as_deref().unwrap_or(default_zone);
            match Zone::iana(name) {
                Some(zone) => {
                    let offset = Offset::from_seconds(zone.offset_at(*at)).unwrap_or(Offset::UTC);
                    json!({"dateTime": rfc3339(*at, offset), "timeZone": zone.name()})
                }
                None if repeats => {
                    return Err(errors::refused_field(
                        errors::Field::TimeZone,
                        "time_zone",
                        "A repeating event at Google needs a time zone with an IANA name such as Europe/Berlin, so \
                         nothing was written.",
                    ));
                }
                None => json!({"dateTime": rfc3339(*at, Offset::UTC)}),
            }
        }
    };
    if patch && let Some(fields) = value.as_object_mut() {
        let others: &[&str] = match time {
            EventTime::AllDay(_) => &["dateTime", "timeZone"],
            EventTime::Timed { .. } => &["date"],
        };
        fields.extend(others.iter().map(|name| ((*name).to_owned(), Value::Null)));
    }
    Ok(value)
}

/// RFC 3339 to the second.
fn rfc3339(at: Timestamp, offset: Offset) -> String {
    let whole = Timestamp::from_second(at.as_second()).unwrap_or(at);
    whole.display_with_offset(offset).to_string()
}

/// The lines as they are, once they are lines of the four kinds that Google keeps.
fn recurrence(lines: &[String]) -> Result<Value> {
    match Recurrence::parse(lines) {
        Ok(_) => Ok(json!(lines)),
        Err(error) => Err(errors::refused_field(
            errors::Field::Recurrence,
            "recurrence",
            &format!("The way it repeats cannot be used: {error}. Nothing was written."),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use daybook_domain::event::Person;

    fn at(text: &str, zone: Option<&str>) -> EventTime {
        EventTime::Timed {
            at: text.parse().unwrap(),
            zone: zone.map(str::to_owned),
        }
    }

    fn draft() -> Draft {
        Draft {
            title: "Design review".to_owned(),
            description: None,
            location: Some("Room 4".to_owned()),
            start: at("2026-12-01T09:00:00Z", Some("Europe/Berlin")),
            end: at("2026-12-01T10:00:00Z", Some("Europe/Berlin")),
            attendees: vec![Person {
                email: Some("bo@client.example".to_owned()),
                name: Some("Bo".to_owned()),
            }],
            recurrence: vec!["RRULE:FREQ=WEEKLY;BYDAY=TU".to_owned()],
            conference: Some(Conference::GoogleMeet),
            opaque: true,
        }
    }

    #[test]
    fn a_draft_as_google_wants_it() {
        let key: Uuid = "01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012".parse().unwrap();
        let body = create(&draft(), key, "America/New_York").unwrap();
        assert_eq!(
            body,
            json!({
                "id": "01936f2e7c1a7d3e9a4b5c6d7e8f9012",
                "summary": "Design review",
                "location": "Room 4",
                "start": {"dateTime": "2026-12-01T10:00:00+01:00", "timeZone": "Europe/Berlin"},
                "end": {"dateTime": "2026-12-01T11:00:00+01:00", "timeZone": "Europe/Berlin"},
                "transparency": "opaque",
                "attendees": [{"email": "bo@client.example", "displayName": "Bo"}],
                "recurrence": ["RRULE:FREQ=WEEKLY;BYDAY=TU"],
                "conferenceData": {"createRequest": {"requestId": "01936f2e7c1a7d3e9a4b5c6d7e8f9012",
                    "conferenceSolutionKey": {"type": "hangoutsMeet"}}},
                "extendedProperties": {"private": {"daybookKey": "01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012"}},
            })
        );
        assert!(is_ours(&body, key) && !is_ours(&body, Uuid::nil()));
    }

    #[test]
    fn times_that_name_no_zone_are_the_calendars() {
        let start = at("2026-12-01T09:00:00Z", None);
        let value = time(&start, "Europe/Berlin", true, true).unwrap();
        assert_eq!(
            value,
            json!({"dateTime": "2026-12-01T10:00:00+01:00", "timeZone": "Europe/Berlin", "date": null})
        );
        let odd = at("2026-12-01T09:00:00Z", Some("Customized Time Zone"));
        let refused = time(&odd, "UTC", true, false).unwrap_err();
        assert_eq!(refused.field, Some(errors::Field::TimeZone));
        let alone = time(&odd, "UTC", false, false).unwrap();
        assert_eq!(alone, json!({"dateTime": "2026-12-01T09:00:00+00:00"}));
        let day = EventTime::AllDay("2026-12-24".parse().unwrap());
        assert_eq!(
            time(&day, "UTC", false, true).unwrap(),
            json!({"date": "2026-12-24", "dateTime": null, "timeZone": null})
        );
    }

    #[test]
    fn what_google_cannot_keep_is_named() {
        let zoom = Draft {
            conference: Some(Conference::Zoom),
            ..draft()
        };
        let error = create(&zoom, Uuid::nil(), "UTC").unwrap_err();
        assert_eq!(error.field, Some(errors::Field::Conference));
        let broken = Draft {
            recurrence: vec!["DTSTART:20261201T090000Z".to_owned()],
            ..draft()
        };
        let error = create(&broken, Uuid::nil(), "UTC").unwrap_err();
        assert_eq!(error.code.as_deref(), Some("recurrence"));
    }

    #[test]
    fn a_patch_names_only_what_changes() {
        let change = Patch {
            description: Some(None),
            opaque: Some(false),
            ..Patch::default()
        };
        assert_eq!(
            Value::Object(patch(&change, "UTC", false).unwrap()),
            json!({"description": null, "transparency": "transparent"})
        );
    }
}
