//! Events as Graph writes them (contracts/microsoft §5): only the fields we use, all of them optional, unknown ones ignored.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What decides when an event is and whether it exists must be right; the rest may be left out.
const ESSENTIAL: [&str; 10] = [
    "id",
    "type",
    "@removed",
    "seriesMasterId",
    "start",
    "end",
    "isAllDay",
    "isCancelled",
    "recurrence",
    "originalStart",
];

/// One page of any listing.
#[derive(Debug, PartialEq)]
pub(super) struct Page<T> {
    /// What could be read.
    pub(super) value: Vec<T>,
    /// What could not, as far as it says what it is.
    pub(super) unreadable: Vec<Unreadable>,
    /// There is another page.
    pub(super) next_link: Option<String>,
    /// The round is complete.
    pub(super) delta_link: Option<String>,
}

/// An item that cannot be understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    /// Its id.
    pub(super) id: Option<String>,
    /// The series it belongs to.
    pub(super) series: Option<String>,
}

#[derive(Deserialize)]
struct Listing<T> {
    value: Option<Vec<T>>,
    #[serde(rename = "@odata.nextLink")]
    next_link: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    delta_link: Option<String>,
}

/// An event: single, master, occurrence or exception; or, in a delta, the notice that one is gone.
#[derive(Debug, Default, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Event {
    pub(super) id: Option<String>,
    #[serde(rename = "@odata.etag")]
    pub(super) etag: Option<String>,
    #[serde(rename = "@removed")]
    pub(super) removed: Option<Value>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) series_master_id: Option<String>,
    #[serde(rename = "iCalUId")]
    pub(super) ical_uid: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) body: Option<Body>,
    pub(super) body_preview: Option<String>,
    pub(super) show_as: Option<String>,
    pub(super) is_all_day: Option<bool>,
    pub(super) is_cancelled: Option<bool>,
    pub(super) is_organizer: Option<bool>,
    pub(super) is_online_meeting: Option<bool>,
    pub(super) online_meeting: Option<OnlineMeeting>,
    pub(super) online_meeting_url: Option<String>,
    pub(super) start: Option<Time>,
    pub(super) end: Option<Time>,
    pub(super) original_start_time_zone: Option<String>,
    pub(super) original_start: Option<String>,
    pub(super) location: Option<Location>,
    pub(super) organizer: Option<Recipient>,
    pub(super) attendees: Option<Vec<Attendee>>,
    pub(super) response_status: Option<Response>,
    pub(super) web_link: Option<String>,
    pub(super) transaction_id: Option<String>,
    pub(super) last_modified_date_time: Option<String>,
    pub(super) categories: Option<Vec<String>>,
    pub(super) sensitivity: Option<String>,
    pub(super) recurrence: Option<Recurrence>,
    pub(super) single_value_extended_properties: Option<Vec<ExtendedProperty>>,
}

/// A wall time without offset, and the zone it is in.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Time {
    pub(super) date_time: Option<String>,
    pub(super) time_zone: Option<String>,
}

#[derive(Debug, Default, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Body {
    pub(super) content_type: Option<String>,
    pub(super) content: Option<String>,
}

#[derive(Debug, Default, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct OnlineMeeting {
    pub(super) join_url: Option<String>,
}

#[derive(Debug, Default, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Location {
    pub(super) display_name: Option<String>,
}

#[derive(Debug, Default, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Recipient {
    pub(super) email_address: Option<Address>,
}

#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    pub(super) name: Option<String>,
    pub(super) address: Option<String>,
}

#[derive(Debug, Default, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Attendee {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) email_address: Option<Address>,
    pub(super) status: Option<Response>,
}

#[derive(Debug, Default, Clone, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Response {
    pub(super) response: Option<String>,
}

#[derive(Debug, Default, Clone, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct ExtendedProperty {
    pub(super) id: Option<String>,
    pub(super) value: Option<String>,
}

/// How a series repeats.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Recurrence {
    pub(super) pattern: Pattern,
    pub(super) range: Range,
}

/// The days.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Pattern {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) interval: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) days_of_week: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) day_of_month: Option<i8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) month: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) first_day_of_week: Option<String>,
}

/// From when to when.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Range {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) number_of_occurrences: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) recurrence_time_zone: Option<String>,
}

impl Page<Event> {
    /// A page of events; `None` when the text is no listing at all. One odd event does not hide the others.
    pub(super) fn events(body: &[u8]) -> Option<Self> {
        if let Ok(listing) = serde_json::from_slice::<Listing<Event>>(body) {
            return Self::of(listing);
        }
        let listing = serde_json::from_slice::<Listing<Value>>(body).ok()?;
        let mut unreadable = Vec::new();
        let value = listing.value.map(|items| {
            let read = items.into_iter().filter_map(|item| match lenient(item) {
                Ok(event) => Some(event),
                Err(what) => {
                    unreadable.push(what);
                    None
                }
            });
            read.collect()
        });
        let page = Self::of(Listing {
            value,
            next_link: listing.next_link,
            delta_link: listing.delta_link,
        })?;
        Some(Self { unreadable, ..page })
    }
}

impl<T: DeserializeOwned> Page<T> {
    /// A page of anything else; what cannot be read is left out.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let listing = serde_json::from_slice::<Listing<Value>>(body).ok()?;
        let value = listing.value?;
        let read = value
            .into_iter()
            .map(serde_json::from_value)
            .filter_map(Result::ok);
        Self::of(Listing {
            value: Some(read.collect()),
            next_link: listing.next_link,
            delta_link: listing.delta_link,
        })
    }
}

impl<T> Page<T> {
    fn of(listing: Listing<T>) -> Option<Self> {
        let filled = |link: Option<String>| link.filter(|link| !link.is_empty());
        let (next_link, delta_link) = (filled(listing.next_link), filled(listing.delta_link));
        let value = match listing.value {
            Some(value) => value,
            None if next_link.is_some() || delta_link.is_some() => Vec::new(),
            None => return None,
        };
        Some(Self {
            value,
            unreadable: Vec::new(),
            next_link,
            delta_link,
        })
    }
}

/// One event alone.
pub(super) fn event(body: &[u8]) -> Option<Event> {
    if let Ok(event) = serde_json::from_slice::<Event>(body) {
        return event.id.is_some().then_some(event);
    }
    let value = serde_json::from_slice(body).ok()?;
    lenient(value).ok().filter(|event| event.id.is_some())
}

/// An event without those of its fields that have an unexpected type; otherwise what it says it is.
fn lenient(event: Value) -> Result<Event, Unreadable> {
    let Value::Object(mut fields) = event else {
        return Err(Unreadable {
            id: None,
            series: None,
        });
    };
    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    let (id, series) = (text("id"), text("seriesMasterId"));
    fields.retain(|name, value| {
        let alone = Value::Object([(name.clone(), value.clone())].into_iter().collect());
        ESSENTIAL.contains(&name.as_str()) || serde_json::from_value::<Event>(alone).is_ok()
    });
    serde_json::from_value(Value::Object(fields)).map_err(|_| Unreadable { id, series })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_odd_event_does_not_hide_the_others() {
        let page = Page::events(
            br#"{"value":[{"id":"a","subject":7,"isAllDay":true},{"id":"b","seriesMasterId":"s","start":7},3],"@odata.nextLink":"x"}"#,
        )
        .unwrap();
        assert_eq!(page.value.len(), 1);
        assert_eq!(page.value[0].is_all_day, Some(true));
        let what: Vec<_> = page
            .unreadable
            .iter()
            .map(|u| (u.id.as_deref(), u.series.as_deref()))
            .collect();
        assert_eq!(what, [(Some("b"), Some("s")), (None, None)]);
        assert_eq!(page.next_link.as_deref(), Some("x"));
    }

    #[test]
    fn what_is_no_page() {
        for bad in [
            &b"{}"[..],
            b"[]",
            b"null",
            b"{\"value\":[",
            b"{\"value\":{}}",
            b"<html>",
            b"",
        ] {
            assert!(
                Page::events(bad).is_none(),
                "{}",
                String::from_utf8_lossy(bad)
            );
        }
        assert!(Page::events(br#"{"@odata.deltaLink":"x"}"#).is_some());
        assert!(event(b"{}").is_none());
        assert!(event(br#"{"id":"a","attendees":"none"}"#).is_some());
    }
}
