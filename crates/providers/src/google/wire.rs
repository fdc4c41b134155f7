//! Events as Google writes them (contracts/google §5): only the fields we use, all of them optional, unknown ones ignored.

use serde::Deserialize;
use serde_json::Value;

/// What decides when an event is and whether it exists must be right; the rest may be left out.
const ESSENTIAL: [&str; 7] = [
    "id",
    "status",
    "start",
    "end",
    "recurrence",
    "recurringEventId",
    "originalStartTime",
];

/// One page of a listing.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Events {
    /// What could be read.
    pub(super) items: Vec<Event>,
    /// Ids of what could not.
    pub(super) unreadable: Vec<String>,
    /// The calendar's zone.
    pub(super) time_zone: Option<String>,
    /// There is another page.
    pub(super) next_page_token: Option<String>,
    /// This was the last page.
    pub(super) next_sync_token: Option<String>,
}

/// A page, with its events read or still of any shape.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<T> {
    kind: Option<String>,
    items: Option<Vec<T>>,
    time_zone: Option<String>,
    next_page_token: Option<String>,
    next_sync_token: Option<String>,
}

/// An event: single, master, changed or cancelled instance.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Event {
    pub(super) id: Option<String>,
    pub(super) etag: Option<String>,
    pub(super) status: Option<String>,
    pub(super) event_type: Option<String>,
    #[serde(rename = "iCalUID")]
    pub(super) ical_uid: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) description: Option<String>,
    pub(super) location: Option<String>,
    pub(super) html_link: Option<String>,
    pub(super) updated: Option<String>,
    pub(super) transparency: Option<String>,
    pub(super) visibility: Option<String>,
    pub(super) color_id: Option<String>,
    pub(super) start: Option<Time>,
    pub(super) end: Option<Time>,
    pub(super) recurrence: Option<Vec<String>>,
    pub(super) recurring_event_id: Option<String>,
    pub(super) original_start_time: Option<Time>,
    pub(super) organizer: Option<Person>,
    pub(super) attendees: Option<Vec<Attendee>>,
    pub(super) hangout_link: Option<String>,
    pub(super) conference_data: Option<ConferenceData>,
}

/// Either a date, or an instant with an optional zone.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Time {
    pub(super) date: Option<String>,
    pub(super) date_time: Option<String>,
    pub(super) time_zone: Option<String>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Person {
    pub(super) email: Option<String>,
    pub(super) display_name: Option<String>,
    #[serde(rename = "self")]
    pub(super) is_self: Option<bool>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Attendee {
    pub(super) email: Option<String>,
    pub(super) display_name: Option<String>,
    #[serde(rename = "self")]
    pub(super) is_self: Option<bool>,
    pub(super) organizer: Option<bool>,
    pub(super) response_status: Option<String>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ConferenceData {
    pub(super) entry_points: Option<Vec<EntryPoint>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct EntryPoint {
    pub(super) entry_point_type: Option<String>,
    pub(super) uri: Option<String>,
}

impl Events {
    /// A page; `None` when the text is no page of events at all.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        if let Ok(page) = serde_json::from_slice::<Page<Event>>(body) {
            return Self::of(page, Some);
        }
        // One odd event must not hide the others: read them one by one.
        let page = serde_json::from_slice::<Page<Value>>(body).ok()?;
        let mut unreadable = Vec::new();
        let mut events = Self::of(page, |event| match lenient(event) {
            Ok(event) => Some(event),
            Err(id) => {
                unreadable.extend(id);
                None
            }
        })?;
        events.unreadable = unreadable;
        Some(events)
    }

    fn of<T>(page: Page<T>, read: impl FnMut(T) -> Option<Event>) -> Option<Self> {
        if page.items.is_none() && page.kind.as_deref() != Some("calendar#events") {
            return None;
        }
        let filled = |token: Option<String>| token.filter(|token| !token.is_empty());
        Some(Self {
            items: page
                .items
                .unwrap_or_default()
                .into_iter()
                .filter_map(read)
                .collect(),
            unreadable: Vec::new(),
            time_zone: filled(page.time_zone),
            next_page_token: filled(page.next_page_token),
            next_sync_token: filled(page.next_sync_token),
        })
    }
}

impl Event {
    /// One event, on its own; the error is its id, where it has one, when it cannot be read.
    pub(super) fn of(event: Value) -> Result<Self, Option<String>> {
        lenient(event)
    }
}

/// An event without those of its fields that have an unexpected type; otherwise its id, if it has one.
fn lenient(event: Value) -> Result<Event, Option<String>> {
    let Value::Object(mut fields) = event else {
        return Err(None);
    };
    let id = fields.get("id").and_then(Value::as_str).map(str::to_owned);
    fields.retain(|name, value| {
        let alone = Value::Object([(name.clone(), value.clone())].into_iter().collect());
        ESSENTIAL.contains(&name.as_str()) || serde_json::from_value::<Event>(alone).is_ok()
    });
    serde_json::from_value(Value::Object(fields)).map_err(|_| id)
}
