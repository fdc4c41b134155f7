//! `GET` and `DELETE /me/calendars/{id}/events/{id}`: by way of the calendar, which may be somebody else's.

use daybook_provider_api::{Result, Session};
use http::Method;
use http::header::IF_MATCH;

use super::super::{errors, wire};

/// One event, series or occurrence, complete.
///
/// # Errors
/// `NotFound` or `Gone` when it is not there.
pub(in super::super) async fn get(
    session: &Session<'_>,
    calendar: &str,
    id: &str,
) -> Result<wire::Event> {
    let request = super::get(&address(session, calendar, id))?;
    let body = super::send(session, request).await?;
    wire::event(&body).ok_or_else(errors::malformed)
}

/// As [`get`], with all that Graph says.
///
/// # Errors
/// As [`get`].
pub(in super::super) async fn whole(
    session: &Session<'_>,
    calendar: &str,
    id: &str,
) -> Result<(wire::Event, serde_json::Value)> {
    let request = super::get(&address(session, calendar, id))?;
    let body = super::send(session, request).await?;
    let all = serde_json::from_slice(&body).map_err(|_| errors::malformed())?;
    let event = wire::event(&body).ok_or_else(errors::malformed)?;
    Ok((event, all))
}

/// Removes an event, a series or an occurrence; an organizer's cancels it. Already gone is success.
pub(in super::super) async fn delete(
    session: &Session<'_>,
    calendar: &str,
    id: &str,
    etag: Option<&str>,
) -> Result<()> {
    let address = address(session, calendar, id);
    let mut request = super::request(Method::DELETE, &address, bytes::Bytes::new(), super::PREFER)?;
    if_match(&mut request, etag);
    match super::send(session, request).await {
        Ok(said) => super::nothing(&said),
        Err(error) if errors::is_gone(&error) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Where an event of a calendar is.
pub(super) fn address(session: &Session<'_>, calendar: &str, id: &str) -> String {
    let path = ["me", "calendars", calendar, "events", id];
    super::address(&session.api_url, &path, &[])
}

/// Makes the request fail with 412 when the event is no longer the one that `etag` names.
pub(super) fn if_match(request: &mut http::Request<bytes::Bytes>, etag: Option<&str>) {
    let value = etag.and_then(|etag| http::HeaderValue::from_str(etag).ok());
    if let Some(value) = value {
        request.headers_mut().insert(IF_MATCH, value);
    }
}
