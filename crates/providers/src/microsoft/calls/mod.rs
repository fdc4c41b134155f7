//! The calls, one file each: a struct becomes a request and reads the answer. Nothing here waits or stores.

pub(super) mod batch;
pub(super) mod calendar_view;
pub(super) mod delta;
pub(super) mod event;
pub(super) mod find_event;
pub(super) mod get_schedule;
pub(super) mod list_calendars;
pub(super) mod mailbox_zone;
pub(super) mod me;
mod refused;
pub(super) mod respond;
pub(super) mod subscriptions;
pub(super) mod write_event;

use bytes::Bytes;
use daybook_provider_api::egress::CallOptions;
use daybook_provider_api::{Result, Session};
use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::response::Parts;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::errors;

/// What stays as it is in a path segment or a query value: RFC 3986 unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// From the first request on: ids that survive a move between folders, and times in UTC.
const PREFER: &str = r#"outlook.timezone="UTC", IdType="ImmutableId""#;

/// `base` followed by the path segments, with query parameters. Names are written as they are (`$top`), values are encoded,
/// a space as `%20`.
fn address(base: &str, path: &[&str], query: &[(&str, &str)]) -> String {
    let mut address = base.trim_end_matches('/').to_owned();
    for segment in path {
        address.push('/');
        address.extend(utf8_percent_encode(segment, SEGMENT));
    }
    for (index, (name, value)) in query.iter().enumerate() {
        address.push(if index == 0 { '?' } else { '&' });
        address.push_str(name);
        address.push('=');
        address.extend(utf8_percent_encode(value, SEGMENT));
    }
    address
}

fn get(address: &str) -> Result<http::Request<Bytes>> {
    request(Method::GET, address, Bytes::new(), PREFER)
}

/// A request with a JSON body.
fn with_json(method: Method, address: &str, body: &impl Serialize) -> Result<http::Request<Bytes>> {
    let body = serde_json::to_vec(body).map_err(|_| errors::malformed())?;
    let mut request = request(method, address, Bytes::from(body), PREFER)?;
    let json = http::HeaderValue::from_static("application/json");
    request.headers_mut().insert(CONTENT_TYPE, json);
    Ok(request)
}

fn request(
    method: Method,
    address: &str,
    body: Bytes,
    prefer: &str,
) -> Result<http::Request<Bytes>> {
    http::Request::builder()
        .method(method)
        .uri(address)
        .header(ACCEPT, "application/json")
        .header("prefer", prefer)
        .body(body)
        .map_err(|_| errors::misconfigured())
}

/// Sends, and turns every answer but a success into an error.
async fn send(session: &Session<'_>, request: http::Request<Bytes>) -> Result<Bytes> {
    send_with(session, request, CallOptions::API).await
}

/// Sends what must not be repeated by itself when its answer is lost.
async fn send_once(session: &Session<'_>, request: http::Request<Bytes>) -> Result<Bytes> {
    send_with(session, request, CallOptions::API.not_idempotent()).await
}

/// As [`send_once`], for what is said of an event: a refusal is about the event.
async fn write(session: &Session<'_>, request: http::Request<Bytes>) -> Result<Bytes> {
    let (parts, body) = answer(session, request, CallOptions::API.not_idempotent()).await?;
    errors::check(&parts, &body).map_err(|error| refused::reworded(error, &body))?;
    Ok(body)
}

async fn send_with(
    session: &Session<'_>,
    request: http::Request<Bytes>,
    options: CallOptions,
) -> Result<Bytes> {
    let (parts, body) = answer(session, request, options).await?;
    errors::check(&parts, &body)?;
    Ok(body)
}

/// Where Graph answers with a status alone, a success that says something is none of its own.
fn nothing(said: &[u8]) -> Result<()> {
    match said.is_empty() {
        true => Ok(()),
        false => Err(errors::malformed()),
    }
}

async fn answer(
    session: &Session<'_>,
    mut request: http::Request<Bytes>,
    options: CallOptions,
) -> Result<(Parts, Bytes)> {
    let id = session.egress.request_id().to_string();
    if let Ok(id) = http::HeaderValue::from_str(&id) {
        request.headers_mut().insert("client-request-id", id);
    }
    Ok(session.send(request, options).await?.into_parts())
}

#[cfg(test)]
mod tests;
