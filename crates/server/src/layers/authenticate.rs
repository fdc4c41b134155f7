//! Finds out who is asking, once per request, and counts it. Handlers then ask for a principal of the strength they need
//! (`extract::principal`).

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use daybook_engine::accounts::{api_keys, sessions};
use daybook_engine::{Principal, Via};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;

use super::address;
use super::headers::{is_api, is_hook};
use crate::api::accounts::cookie;
use crate::limits::{Caller, Verdict};
use crate::problem::Problem;
use crate::state::App;

/// What a request's credentials came to. In the extensions of every API request.
#[derive(Debug, Clone)]
pub enum Identity {
    /// No credentials.
    Nobody,
    /// Valid ones.
    Known(Box<Principal>),
    /// Credentials that are not, or no longer, valid.
    Refused(Problem),
}

/// The client's address, for handlers that count by it.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub Option<IpAddr>);

/// Whether the request was made on the server's own machine.
#[derive(Debug, Clone, Copy)]
pub struct IsLocal(pub bool);

/// Puts [`Identity`], [`ClientAddress`] and [`IsLocal`] into the request's extensions, and enforces the API rate limit.
pub async fn authenticate(State(app): State<App>, request: Request, next: Next) -> Response {
    if !is_api(request.uri().path()) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let address = address::client(&parts, &app.http.trusted_proxies);
    if is_hook(parts.uri.path()) {
        parts.extensions.insert(ClientAddress(address));
        return next.run(Request::from_parts(parts, body)).await;
    }
    let local = address::is_local(&parts);
    let identity = match identify(&app, &parts.headers).await {
        Ok(identity) => identity,
        Err(problem) => return problem.into_response(),
    };
    let verdict = app
        .limits
        .api
        .take(caller(&identity, address), app.cx.clock.now());
    let mut response = if verdict.allowed {
        parts.extensions.insert(identity);
        parts.extensions.insert(ClientAddress(address));
        parts.extensions.insert(IsLocal(local));
        next.run(Request::from_parts(parts, body)).await
    } else {
        let detail = "Too many requests: 600 a minute are allowed, 100 of them at once.";
        Problem::too_many(verdict.retry_after, detail).into_response()
    };
    rate_headers(response.headers_mut(), verdict);
    response
}

/// Checks the credentials of a request. A bearer key wins over a cookie.
///
/// # Errors
/// Only when they could not be checked, because the database is out of reach.
pub async fn identify(app: &App, headers: &HeaderMap) -> Result<Identity, Problem> {
    if let Some(header) = headers.get(AUTHORIZATION) {
        let Some(key) = bearer(header) else {
            let detail = "The Authorization header must read: Bearer dbk_…";
            return Ok(Identity::Refused(Problem::unauthenticated(
                "unauthenticated",
                detail,
            )));
        };
        let known = api_keys::authenticate(&app.cx, &key).await?;
        let detail =
            "This API key is not valid: it may have been mistyped, revoked, or have expired.";
        return Ok(known_or(known, || {
            Problem::unauthenticated("unauthenticated", detail)
        }));
    }
    let Some(token) = cookie::token(headers, app.over_https()) else {
        return Ok(Identity::Nobody);
    };
    let known = sessions::authenticate(&app.cx, &token).await?;
    let detail = "The session is over. Sign in again.";
    Ok(known_or(known, || {
        Problem::unauthenticated("unauthenticated", detail)
    }))
}

fn known_or(known: Option<Principal>, problem: impl FnOnce() -> Problem) -> Identity {
    known.map_or_else(
        || Identity::Refused(problem()),
        |who| Identity::Known(Box::new(who)),
    )
}

fn bearer(header: &HeaderValue) -> Option<SecretString> {
    let (scheme, key) = header.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| SecretString::from(key.trim()))
}

fn caller(identity: &Identity, address: Option<IpAddr>) -> Caller {
    let Identity::Known(who) = identity else {
        return Caller::Address(address);
    };
    Caller::Credential(match who.via {
        Via::Session(id) => id.as_uuid(),
        Via::ApiKey(id) => id.as_uuid(),
        Via::Operator => who.member_id.as_uuid(),
    })
}

/// `RateLimit-*` headers, in the form that existing clients read.
fn rate_headers(headers: &mut HeaderMap, verdict: Verdict) {
    const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
    const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
    const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
    headers.insert(LIMIT, HeaderValue::from(verdict.limit));
    headers.insert(REMAINING, HeaderValue::from(verdict.remaining));
    headers.insert(RESET, HeaderValue::from(verdict.reset));
}
