//! `POST /me/calendars/{id}/events` and `PATCH /me/calendars/{id}/events/{id}` (contracts/microsoft §6).

use daybook_provider_api::{Result, Session};
use http::Method;
use serde_json::Value;

use super::super::{errors, wire};
use super::event::{address, if_match};

/// Creates an event. Not repeated by itself when the answer is lost: the caller looks for its marker first.
pub(in super::super) async fn create(
    session: &Session<'_>,
    calendar: &str,
    body: &Value,
) -> Result<wire::Event> {
    let path = ["me", "calendars", calendar, "events"];
    let address = super::address(&session.api_url, &path, &[]);
    let request = super::with_json(Method::POST, &address, body)?;
    let body = super::write(session, request).await?;
    wire::event(&body).ok_or_else(errors::malformed)
}

/// Changes an event, a series or an occurrence: only the fields in `body`.
///
/// # Errors
/// `Conflict` when it is no longer the one that `etag` names.
pub(in super::super) async fn update(
    session: &Session<'_>,
    calendar: &str,
    id: &str,
    etag: Option<&str>,
    body: &Value,
) -> Result<wire::Event> {
    let mut request = super::with_json(Method::PATCH, &address(session, calendar, id), body)?;
    if_match(&mut request, etag);
    let body = super::write(session, request).await?;
    wire::event(&body).ok_or_else(errors::malformed)
}
