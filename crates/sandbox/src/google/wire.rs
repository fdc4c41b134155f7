//! Events and calendar-list lines as JSON, as the asking person may see them.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::config::Meet;
use super::state::calendar::Calendar;
use super::state::event::Event;
use super::state::{Entry, Role};

/// Who looks, and how much of the attendee list they asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub calendar: &'a Calendar,
    pub role: Role,
    pub max_attendees: Option<usize>,
}

impl View<'_> {
    /// The event resource (contract §5).
    pub fn event(&self, event: &Event) -> Value {
        if event.is_cancelled() {
            return cancelled(event);
        }
        let mut map = if self.hides(event) {
            let mut map = Map::new();
            map.insert("visibility".into(), json!("private"));
            map
        } else {
            self.open_fields(event)
        };
        let set = &mut |key: &str, value: Value| drop(map.insert(key.to_owned(), value));
        set("kind", json!("calendar#event"));
        set("etag", json!(event.etag()));
        set("id", json!(event.id));
        set("status", json!(event.status.as_str()));
        set(
            "htmlLink",
            json!(format!(
                "https://www.google.com/calendar/event?eid={}",
                event.id
            )),
        );
        set("created", json!(millis(event.created)));
        set("updated", json!(millis(event.updated)));
        set("iCalUID", json!(event.ical_uid));
        set("sequence", json!(event.sequence));
        set("eventType", json!(event.event_type()));
        set("start", event.start.to_wire());
        set("end", event.end.to_wire());
        if event.is_master() {
            set("recurrence", json!(event.recurrence));
        }
        if let Some(series) = &event.series {
            set("recurringEventId", json!(series.master));
            set("originalStartTime", series.original.to_wire());
        }
        Value::Object(map)
    }

    fn hides(&self, event: &Event) -> bool {
        let private = matches!(event.text("visibility"), "private" | "confidential");
        self.role == Role::FreeBusyReader || (self.role == Role::Reader && private)
    }

    fn open_fields(&self, event: &Event) -> Map<String, Value> {
        let mut map = event.fields.clone();
        map.insert("creator".into(), self.party(&event.creator));
        map.insert("organizer".into(), self.party(&event.organizer));
        map.insert("reminders".into(), json!({"useDefault": true}));
        let Some(Value::Array(attendees)) = map.get_mut("attendees") else {
            return map;
        };
        for attendee in attendees.iter_mut().filter_map(Value::as_object_mut) {
            let email = attendee
                .get("email")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let (is_self, is_organizer) = (email == self.calendar.owner, email == event.organizer);
            if is_self {
                attendee.insert("self".into(), json!(true));
            }
            if is_organizer {
                attendee.insert("organizer".into(), json!(true));
            }
            attendee
                .entry("responseStatus")
                .or_insert_with(|| json!("needsAction"));
        }
        if let Some(max) = self.max_attendees.filter(|max| attendees.len() > *max) {
            // A partial list keeps the own line first.
            attendees.sort_by_key(|a| a.get("self").is_none());
            attendees.truncate(max);
            map.insert("attendeesOmitted".into(), json!(true));
        }
        map
    }

    fn party(&self, email: &str) -> Value {
        if email == self.calendar.owner {
            json!({"email": email, "self": true})
        } else {
            json!({"email": email})
        }
    }
}

/// A line of the calendar list (contract §3).
pub(super) fn list_entry(calendar: &Calendar, entry: &Entry, meet: Meet) -> Value {
    let etag = format!("\"{}\"", 1_700_000_000_000_u64 + entry.seq);
    if entry.deleted {
        return json!({"kind": "calendar#calendarListEntry", "etag": etag, "id": calendar.id, "deleted": true});
    }
    let mut line = json!({
        "kind": "calendar#calendarListEntry", "etag": etag, "id": calendar.id, "summary": calendar.summary,
        "timeZone": calendar.time_zone, "accessRole": entry.role.as_str(), "selected": true,
        "colorId": "7", "backgroundColor": entry.background, "foregroundColor": "#ffffff", "defaultReminders": [],
        "conferenceProperties": conferences(meet),
    });
    if entry.primary {
        line["primary"] = json!(true);
    }
    if entry.hidden {
        line["hidden"] = json!(true);
        line["selected"] = json!(false);
    }
    if let Some(name) = &entry.summary_override {
        line["summaryOverride"] = json!(name);
    }
    if calendar.watchable {
        line["dataOwner"] = json!(calendar.owner);
    }
    line
}

/// Which meeting links a calendar allows.
pub(super) fn conferences(meet: Meet) -> Value {
    let allowed: &[&str] = match meet {
        Meet::NotAllowed => &[],
        Meet::PendingReads(_) | Meet::Fails => &["hangoutsMeet"],
    };
    json!({"allowedConferenceSolutionTypes": allowed})
}

/// RFC 3339 with milliseconds, UTC.
pub(super) fn millis(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn cancelled(event: &Event) -> Value {
    let mut row = json!({"kind": "calendar#event", "etag": event.etag(), "id": event.id, "status": "cancelled"});
    if let Some(series) = &event.series {
        row["recurringEventId"] = json!(series.master);
        row["originalStartTime"] = series.original.to_wire();
    }
    row
}
