//! `DELETE /calendars/{id}/events/{event}`.

use bytes::Bytes;
use daybook_provider_api::{Result, Session};
use http::Method;

use super::super::errors;

/// Removes an event, a series or one instance.
pub(in super::super) struct DeleteEvent<'a> {
    /// The calendar's id.
    pub(in super::super) calendar: &'a str,
    /// The event's or the instance's id.
    pub(in super::super) event: &'a str,
    /// The version that is to go.
    pub(in super::super) etag: Option<&'a str>,
    /// Whether guests are mailed.
    pub(in super::super) notify: bool,
}

impl DeleteEvent<'_> {
    /// Sends it. What is not there any more is the error `NotFound` or `Gone`; a success that says something is none of Google's.
    pub(in super::super) async fn send(&self, session: &Session<'_>) -> Result<()> {
        let said = super::write(session, self.request(&session.api_url)?).await?;
        if said.is_empty() {
            Ok(())
        } else {
            Err(errors::malformed())
        }
    }

    fn request(&self, api_url: &str) -> Result<http::Request<Bytes>> {
        let query = [super::send_updates(self.notify)];
        let path = ["calendars", self.calendar, "events", self.event];
        let url = super::address(api_url, &path, &query)?;
        super::request(Method::DELETE, url, None, self.etag)
    }
}
