//! The calls of Slack's Web API, one file each. Reading is a GET, writing a POST with JSON.

pub(super) mod auth_test;
pub(super) mod open_direct;
pub(super) mod person;
pub(super) mod post_message;
pub(super) mod respond;
pub(super) mod revoke;
pub(super) mod socket;
pub(super) mod update_message;
pub(super) mod views;

use std::time::Duration;

use bytes::Bytes;
use daybook_provider_api::egress::CallOptions;
use daybook_provider_api::{Result, Session};
use http::header::{ACCEPT, CONTENT_TYPE};
use serde_json::Value;
use url::Url;

use super::errors;

/// A call of the Web API: 10 s, 1 MiB.
const READ: CallOptions = CallOptions {
    timeout: Duration::from_secs(10),
    max_body: 1 << 20,
    ..CallOptions::API
};
/// The same, never repeated: messages and forms have no key against doubles.
const WRITE: CallOptions = READ.not_idempotent();

/// The address of `method` below `base`.
fn address(base: &str, method: &str, query: &[(&str, &str)]) -> Result<Url> {
    let address = format!("{}/{method}", base.trim_end_matches('/'));
    let mut url = Url::parse(&address).map_err(|_| errors::misconfigured())?;
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Ok(url)
}

/// Asks `method` something.
async fn get(session: &Session<'_>, method: &str, query: &[(&str, &str)]) -> Result<Value> {
    let url = address(&session.api_url, method, query)?;
    let request = http::Request::get(url.as_str())
        .header(ACCEPT, "application/json")
        .body(Bytes::new())
        .map_err(|_| errors::misconfigured())?;
    errors::answer(&session.send_counted(request, READ, method).await?)
}

/// Has `method` do something.
async fn post(session: &Session<'_>, method: &str, body: &Value) -> Result<Value> {
    let url = address(&session.api_url, method, &[])?;
    let request = json(url.as_str(), body)?;
    errors::answer(&session.send_counted(request, WRITE, method).await?)
}

/// A POST with a JSON body.
fn json(url: &str, body: &Value) -> Result<http::Request<Bytes>> {
    http::Request::post(url)
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/json; charset=utf-8")
        .body(Bytes::from(body.to_string()))
        .map_err(|_| errors::misconfigured())
}

/// A text field that is there and not empty.
fn text(json: &Value, pointer: &str) -> Option<String> {
    let text = json.pointer(pointer)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}
