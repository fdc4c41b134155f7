//! `GET /calendars/{id}/events/{event}`.

use daybook_provider_api::{Result, Session};
use serde_json::Value;

/// One event by its id; a deleted one comes as `cancelled`.
pub(in super::super) struct GetEvent<'a> {
    /// The calendar's id.
    pub(in super::super) calendar: &'a str,
    /// The event's id.
    pub(in super::super) event: &'a str,
}

impl GetEvent<'_> {
    /// Sends it.
    pub(in super::super) async fn send(&self, session: &Session<'_>) -> Result<Value> {
        let path = ["calendars", self.calendar, "events", self.event];
        let request = super::get(&session.api_url, &path, &[])?;
        super::event(&super::write(session, request).await?)
    }
}
