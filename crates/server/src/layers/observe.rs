//! Request ids, the access log, request metrics, and the two last resorts: a panic and a handler that hangs.

use std::any::Any;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode};
use tokio::time::Instant;

use crate::problem::{Problem, with_request_id};
use crate::state::App;

/// Carries the request's id on answers.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest request target that is looked at, in bytes.
const MAX_URI: usize = 8 * 1024;

/// Names the request, times it, and logs how it ended: ids and routes, never contents.
pub async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = app.cx.ids.uuid().to_string();
    let method = request.method().clone();
    let started = Instant::now();
    let mut response = if target_length(&request) > MAX_URI {
        let detail = format!("The address is longer than {MAX_URI} bytes.");
        Problem::new(StatusCode::URI_TOO_LONG, "uri_too_long", detail).into_response()
    } else {
        let answer = tokio::time::timeout(app.http.handler_timeout, next.run(request));
        answer.await.unwrap_or_else(|_| took_too_long())
    };
    // Naming a problem's request makes a new response: what was noted on the old one is read before.
    let route = response
        .extensions_mut()
        .remove::<Route>()
        .map_or_else(String::new, |route| route.0);
    let mut response = with_request_id(response, &id);
    let status = response.status().as_u16();
    let elapsed = started.elapsed();
    let labels = [
        ("method", method.to_string()),
        ("route", route.clone()),
        ("status", status.to_string()),
    ];
    metrics::counter!("daybook_http_requests_total", &labels).increment(1);
    metrics::histogram!("daybook_http_request_seconds", &labels[..2]).record(elapsed.as_secs_f64());
    tracing::info!(
        request.id = %id, http.method = %method, http.route = %route, http.status = status,
        duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX), "answered a request",
    );
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The route a request matched, as a template without ids or tokens.
#[derive(Debug, Clone)]
struct Route(String);

/// Tells [`observe`] which route was matched; runs inside the router, where that is known.
pub async fn note_route(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| Route(path.as_str().to_owned()));
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

/// The answer to a request whose handler panicked. The panic's text stays in the log.
pub fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    tracing::error!(
        panic = text.as_deref().unwrap_or("(no text)"),
        "a handler panicked; this is a bug"
    );
    Problem::internal().into_response()
}

fn took_too_long() -> Response {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "timeout",
        "This took too long and was given up. Try again in a moment.",
    )
    .with_retry_after(5)
    .into_response()
}

fn target_length(request: &Request) -> usize {
    request
        .uri()
        .path_and_query()
        .map_or(0, |target| target.as_str().len())
}
