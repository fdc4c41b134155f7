//! `PATCH /calendars/{id}/events/{event}`: objects merge, `null` removes, everything else replaces (contracts/google §6).

use bytes::Bytes;
use daybook_provider_api::{Result, Session};
use http::Method;
use serde_json::Value;

/// A change of some fields.
pub(in super::super) struct PatchEvent<'a> {
    /// The calendar's id.
    pub(in super::super) calendar: &'a str,
    /// The event's or the instance's id.
    pub(in super::super) event: &'a str,
    /// Only what changes.
    pub(in super::super) fields: &'a Value,
    /// The version it is based on.
    pub(in super::super) etag: Option<&'a str>,
    /// Whether guests are mailed.
    pub(in super::super) notify: bool,
}

impl PatchEvent<'_> {
    /// Sends it. Another version at Google is the error `Conflict` with the code `conditionNotMet`.
    pub(in super::super) async fn send(&self, session: &Session<'_>) -> Result<Value> {
        super::event(&super::write(session, self.request(&session.api_url)?).await?)
    }

    fn request(&self, api_url: &str) -> Result<http::Request<Bytes>> {
        let query = [super::CONFERENCES, super::send_updates(self.notify)];
        let path = ["calendars", self.calendar, "events", self.event];
        let url = super::address(api_url, &path, &query)?;
        super::request(Method::PATCH, url, Some(self.fields), self.etag)
    }
}
