//! `POST /calendars/{id}/events/{event}/move`: to another calendar of the account, with the same id.

use bytes::Bytes;
use daybook_provider_api::{Result, Session};
use http::Method;
use serde_json::Value;

/// A move of an event, or of a series with its exceptions.
pub(in super::super) struct MoveEvent<'a> {
    /// The calendar it is in.
    pub(in super::super) calendar: &'a str,
    /// The event's id.
    pub(in super::super) event: &'a str,
    /// The calendar it goes to.
    pub(in super::super) destination: &'a str,
    /// Whether guests are mailed.
    pub(in super::super) notify: bool,
}

impl MoveEvent<'_> {
    /// Sends it; answers the event as it is in its new calendar.
    pub(in super::super) async fn send(&self, session: &Session<'_>) -> Result<Value> {
        super::event(&super::write(session, self.request(&session.api_url)?).await?)
    }

    fn request(&self, api_url: &str) -> Result<http::Request<Bytes>> {
        let query = [
            ("destination", self.destination),
            super::send_updates(self.notify),
        ];
        let path = ["calendars", self.calendar, "events", self.event, "move"];
        let url = super::address(api_url, &path, &query)?;
        super::request(Method::POST, url, None, None)
    }
}
