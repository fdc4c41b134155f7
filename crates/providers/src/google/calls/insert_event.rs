//! `POST /calendars/{id}/events` (contracts/google §6).

use bytes::Bytes;
use daybook_provider_api::{Result, Session};
use http::Method;
use serde_json::Value;

/// A new event. Its `id` is ours, so that the same call twice makes one event.
pub(in super::super) struct InsertEvent<'a> {
    /// The calendar's id.
    pub(in super::super) calendar: &'a str,
    /// The event resource, with its `id`.
    pub(in super::super) event: &'a Value,
    /// Whether guests are mailed.
    pub(in super::super) notify: bool,
}

impl InsertEvent<'_> {
    /// Sends it. A taken id is the error `Conflict` with the code `duplicate`.
    pub(in super::super) async fn send(&self, session: &Session<'_>) -> Result<Value> {
        super::event(&super::write(session, self.request(&session.api_url)?).await?)
    }

    fn request(&self, api_url: &str) -> Result<http::Request<Bytes>> {
        let query = [super::CONFERENCES, super::send_updates(self.notify)];
        let url = super::address(api_url, &["calendars", self.calendar, "events"], &query)?;
        super::request(Method::POST, url, Some(self.event), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conferences_are_always_named_and_mail_is_a_choice() {
        for (notify, word) in [(true, "all"), (false, "none")] {
            let event = serde_json::json!({"id": "abcde"});
            let call = InsertEvent {
                calendar: "team#x@group.example",
                event: &event,
                notify,
            };
            let request = call.request("http://127.0.0.1:1/calendar/v3").unwrap();
            assert_eq!(
                request.uri().to_string(),
                format!(
                    "http://127.0.0.1:1/calendar/v3/calendars/team%23x%40group.example/events?conferenceDataVersion=1&sendUpdates={word}"
                )
            );
            assert_eq!(request.method(), Method::POST);
            assert_eq!(request.body(), br#"{"id":"abcde"}"#.as_slice());
        }
    }
}
