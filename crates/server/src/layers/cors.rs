//! Lets one other origin call the API from a browser: that of `FRONTEND_URL`, compared exactly (RELIABILITY §8). Without the
//! setting no answer carries a CORS header, and there is never a wildcard.
//!
//! Being allowed to read an answer is not being allowed to act with a person's cookie: that is [`super::origin`]'s.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::headers::is_api;
use crate::state::App;

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
/// Request headers that a page of the front end may set.
const REQUEST_HEADERS: &str =
    "authorization, content-type, accept, idempotency-key, if-match, if-none-match, last-event-id";
/// Answer headers that it may read, beside those that every page may.
const EXPOSED: &str = "x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, location, etag, content-disposition";
/// Seconds for which a browser may remember the answer to a preflight.
const MAX_AGE: &str = "600";

/// Answers preflights of the configured front end, and marks answers that it may read.
pub async fn share(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(front_end) = app.cx.settings.frontend_url.as_ref() else {
        return next.run(request).await;
    };
    if !is_api(request.uri().path()) {
        return next.run(request).await;
    }
    let origin = front_end.origin().ascii_serialization();
    let is_front_end = is_from(request.headers(), &origin);
    let preflight = is_preflight(&request);
    let mut response = if is_front_end && preflight {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    // On every answer: a cache must not hand one origin what was said to another.
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if is_front_end {
        allow(headers, &origin, preflight);
    }
    response
}

/// Whether the one `Origin` header says exactly this origin.
pub fn is_from(headers: &HeaderMap, origin: &str) -> bool {
    let mut given = headers.get_all(ORIGIN).iter();
    given
        .next()
        .is_some_and(|given| given.as_bytes() == origin.as_bytes())
        && given.next().is_none()
}

fn is_preflight(request: &Request) -> bool {
    *request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

fn allow(headers: &mut HeaderMap, origin: &str, preflight: bool) {
    let Ok(origin) = HeaderValue::from_str(origin) else {
        return;
    };
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    if preflight {
        set(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        set(ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        set(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    } else {
        set(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
}
