//! Finding what an earlier attempt created, by our marker (contracts/microsoft §6): Graph does not say what a second POST with
//! the same `transactionId` gives.

use daybook_provider_api::{Result, Session};
use serde::Serialize;
use uuid::Uuid;

use super::super::errors;
use super::super::wire::{Event, Page};

/// The extended property that carries our key: a GUID of our own, and a name.
const MARKER: &str = "String {66f5a359-4659-4638-81a3-d1d2b2f5c5b4} Name DaybookId";

/// The marker, as it is written into an event.
#[derive(Debug, Serialize)]
pub(in super::super) struct Marker {
    id: &'static str,
    value: String,
}

impl Marker {
    /// Of the attempts with this key.
    pub(in super::super) fn of(key: Uuid) -> Self {
        Self {
            id: MARKER,
            value: key.to_string(),
        }
    }
}

/// The event with the marker of `key`.
pub(in super::super) async fn by_key(
    session: &Session<'_>,
    calendar: &str,
    key: Uuid,
) -> Result<Option<Event>> {
    let request = super::get(&address(&session.api_url, calendar, key))?;
    let body = super::send(session, request).await?;
    let page = Page::events(&body).ok_or_else(errors::malformed)?;
    Ok(page.value.into_iter().find(|event| carries(event, key)))
}

fn address(api_url: &str, calendar: &str, key: Uuid) -> String {
    let filter = format!(
        "singleValueExtendedProperties/Any(ep: ep/id eq '{MARKER}' and ep/value eq '{key}')"
    );
    let expand = format!("singleValueExtendedProperties($filter=id eq '{MARKER}')");
    super::address(
        api_url,
        &["me", "calendars", calendar, "events"],
        &[("$filter", &filter), ("$expand", &expand), ("$top", "10")],
    )
}

/// Whether the event says itself that it is ours: a filter that was not understood must not hand us somebody's meeting.
fn carries(event: &Event, key: Uuid) -> bool {
    let key = key.to_string();
    let marked = event
        .single_value_extended_properties
        .iter()
        .flatten()
        .any(|property| {
            property.value.as_deref() == Some(&key)
                && property
                    .id
                    .as_deref()
                    .is_some_and(|id| id.eq_ignore_ascii_case(MARKER))
        });
    marked || event.transaction_id.as_deref() == Some(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_and_what_counts_as_ours() {
        let key: Uuid = "019ac5b0-0000-7000-8000-000000000001".parse().unwrap();
        let address = address("https://graph.microsoft.com/v1.0", "c", key);
        assert!(
            !address.contains('+') && address.contains("Name%20DaybookId"),
            "{address}"
        );
        assert!(address.starts_with(
            "https://graph.microsoft.com/v1.0/me/calendars/c/events?$filter=singleValueExtendedProperties%2FAny%28ep%3A%20ep%2Fid%20eq"
        ));
        let event = |json: String| crate::microsoft::wire::event(json.as_bytes()).unwrap();
        assert!(carries(
            &event(format!(r#"{{"id":"a","transactionId":"{key}"}}"#)),
            key
        ));
        assert!(carries(
            &event(format!(
                r#"{{"id":"a","singleValueExtendedProperties":[{{"id":"{MARKER}","value":"{key}"}}]}}"#
            )),
            key
        ));
        assert!(!carries(&event(r#"{"id":"a"}"#.to_owned()), key));
        assert!(!carries(
            &event(r#"{"id":"a","transactionId":"bk_2"}"#.to_owned()),
            key
        ));
    }
}
