//! The calls, one file each: a struct becomes a request and reads the answer. Nothing here waits or stores.

pub(super) mod calendar_list;
pub(super) mod delete_event;
pub(super) mod find_instance;
pub(super) mod free_busy;
pub(super) mod get_event;
pub(super) mod insert_event;
pub(super) mod list_events;
pub(super) mod move_event;
pub(super) mod patch_event;
pub(super) mod stop_channel;
pub(super) mod userinfo;
pub(super) mod watch_events;

use std::collections::HashSet;

use bytes::Bytes;
use daybook_provider_api::egress::CallOptions;
use daybook_provider_api::error::{ErrorKind, Retry};
use daybook_provider_api::{Error, Result, Session};
use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE, IF_MATCH};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use url::Url;

use super::errors;

/// What stays as it is in a path segment: RFC 3986 unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Most pages of one listing. With 2,500 events a page this is ten million events.
const MOST_PAGES: usize = 4_000;

/// `base` followed by the path segments, with query parameters.
fn get(base: &str, path: &[&str], query: &[(&str, &str)]) -> Result<http::Request<Bytes>> {
    request(Method::GET, address(base, path, query)?, None, None)
}

/// The address of `path` below `base`, with query parameters.
fn address(base: &str, path: &[&str], query: &[(&str, &str)]) -> Result<Url> {
    let mut address = base.trim_end_matches('/').to_owned();
    for segment in path {
        address.push('/');
        address.extend(utf8_percent_encode(segment, SEGMENT));
    }
    let mut url = Url::parse(&address).map_err(|_| errors::misconfigured())?;
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Ok(url)
}

/// A request with a JSON body and a version it is based on, where there are any.
fn request(
    method: Method,
    url: Url,
    body: Option<&Value>,
    etag: Option<&str>,
) -> Result<http::Request<Bytes>> {
    let mut request = http::Request::builder()
        .method(method)
        .uri(url.as_str())
        .header(ACCEPT, "application/json");
    if let Some(etag) = etag {
        request = request.header(IF_MATCH, etag);
    }
    let bytes = match body {
        Some(body) => {
            request = request.header(CONTENT_TYPE, "application/json; charset=UTF-8");
            Bytes::from(body.to_string())
        }
        None => Bytes::new(),
    };
    request.body(bytes).map_err(|_| errors::misconfigured())
}

/// Sends, and turns every answer but a success into an error.
async fn send(session: &Session<'_>, request: http::Request<Bytes>) -> Result<Bytes> {
    let (parts, body) = session.send(request, CallOptions::API).await?.into_parts();
    errors::check(&parts, &body)?;
    Ok(body)
}

/// Sends a call about one event, and turns every answer but a success into an error in the words of writing.
async fn write(session: &Session<'_>, request: http::Request<Bytes>) -> Result<Bytes> {
    let (parts, body) = session.send(request, CallOptions::API).await?.into_parts();
    errors::check_write(&parts, &body)?;
    Ok(body)
}

/// The event in an answer.
fn event(body: &[u8]) -> Result<Value> {
    let event: Value = serde_json::from_slice(body).map_err(|_| errors::malformed())?;
    match event.get("id").and_then(Value::as_str) {
        Some(id) if !id.is_empty() => Ok(event),
        _ => Err(errors::malformed()),
    }
}

/// `sendUpdates`: all guests are mailed, or nobody.
const fn send_updates(notify: bool) -> (&'static str, &'static str) {
    ("sendUpdates", if notify { "all" } else { "none" })
}

/// Without it Google ignores, and on some writes drops, what is said about the meeting link.
const CONFERENCES: (&str, &str) = ("conferenceDataVersion", "1");

/// The tokens of a listing's pages so far: a token that comes again would mean walking in circles for ever.
#[derive(Debug, Default)]
pub(super) struct PageTokens {
    current: Option<String>,
    seen: HashSet<String>,
}

impl PageTokens {
    /// The token of the page to ask for; `None`: the first.
    pub(super) fn current(&self) -> Option<&str> {
        self.current.as_deref()
    }

    /// Moves on to the page named by `token`.
    ///
    /// # Errors
    /// `Malformed` when the listing repeats itself or has no end.
    pub(super) fn advance(&mut self, token: String) -> Result<()> {
        self.check(&token)?;
        self.seen.insert(token.clone());
        self.current = Some(token);
        Ok(())
    }

    fn check(&self, token: &str) -> Result<()> {
        if self.seen.contains(token) || self.seen.len() >= MOST_PAGES {
            return Err(Error::new(
                ErrorKind::Malformed,
                "Google's listing repeats the same page, so it was not read to its end. Daybook tries again later.",
            )
            .with_code("endless_listing")
            .with_retry(Retry::No));
        }
        Ok(())
    }
}
