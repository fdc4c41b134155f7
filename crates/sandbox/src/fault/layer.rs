//! The layer around a simulator's router that acts out the script.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::desk::{Desk, LoggedRequest};
use super::dialect::{Dialect, Shape};
use super::rule::{Fault, RetryAfter, TokenAnswer, TransportFault};
use super::{bodies, control, gzip};

/// Page cursors that paging faults invent start with this.
const INVENTED: &str = "sandbox-page-";

/// The simulator's router with faults, request log and the `/_sandbox/` routes around it.
pub fn wrap(router: Router, desk: Arc<Desk>, dialect: Arc<dyn Dialect>) -> Router {
    let context = Context {
        desk: desk.clone(),
        dialect,
    };
    router
        .layer(from_fn_with_state(context, intercept))
        .merge(control::router(desk))
}

#[derive(Clone)]
struct Context {
    desk: Arc<Desk>,
    dialect: Arc<dyn Dialect>,
}

/// Counts the request out even when the caller hangs up half-way.
struct InFlight(Arc<Desk>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.end();
    }
}

async fn intercept(State(cx): State<Context>, mut request: Request, next: Next) -> Response {
    cx.desk.begin();
    let _in_flight = InFlight(cx.desk.clone());
    let uri = request.uri().clone();
    let query = uri.query().unwrap_or_default().to_owned();
    let applies = |fault: &Fault| match fault {
        Fault::CursorExpired => cx.dialect.has_sync_cursor(&uri),
        Fault::PageCursorExpired => cx.dialect.has_page_cursor(&uri),
        _ => true,
    };
    let fault = cx.desk.draw(request.method(), uri.path(), &query, applies);
    let mut entry = LoggedRequest {
        number: 0,
        at: cx.desk.clock().now(),
        method: request.method().to_string(),
        path: uri.path().to_owned(),
        query,
        status: 0,
        fault: fault.clone(),
    };
    if entry.query.contains(INVENTED) {
        *request.uri_mut() = cx.dialect.without_page_cursor(&uri);
    }
    let response = match fault {
        None => next.run(request).await,
        Some(fault) => act(&cx, fault, request, next).await,
    };
    let below = response.extensions().get::<TransportFault>();
    if !below.is_some_and(|fault| fault.is_silent()) {
        entry.status = response.status().as_u16();
    }
    cx.desk.log(entry);
    response
}

async fn act(cx: &Context, fault: Fault, request: Request, next: Next) -> Response {
    if let Some(response) = instead(cx, &fault) {
        return response;
    }
    let page = cx.desk.stats().requests;
    let mut response = next.run(request).await;
    match fault {
        Fault::Delay { ms } => mark(&mut response, TransportFault::Delay { ms }),
        Fault::Drip { bytes_per_second } => {
            mark(&mut response, TransportFault::Drip { bytes_per_second });
        }
        Fault::ResetAfter => return cut(TransportFault::ResetAfter),
        Fault::DropResponse => return cut(TransportFault::NoAnswer),
        Fault::WrongContentType { content_type } => {
            let value = HeaderValue::from_str(&content_type);
            let value = value.unwrap_or_else(|_| HeaderValue::from_static("text/plain"));
            response.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        _ => return rewrite(cx, fault, response, page).await,
    }
    response
}

/// Faults whose answer owes nothing to the true one; the request has no effect.
fn instead(cx: &Context, fault: &Fault) -> Option<Response> {
    let error = |shape: Shape| Some(cx.dialect.error(&shape));
    match fault {
        Fault::NoAddress => Some(cut(TransportFault::NoAddress)),
        Fault::ResetBefore => Some(cut(TransportFault::ResetBefore)),
        Fault::HtmlLogin => Some(plain("text/html; charset=utf-8", bodies::LOGIN_PAGE)),
        Fault::EmptyBody => Some(plain("application/json", Vec::new())),
        Fault::Garbage => Some(plain("application/json", bodies::GARBAGE.to_vec())),
        Fault::Deep { depth } => Some(plain("application/json", bodies::deep(*depth))),
        Fault::GzipBomb { mebibytes } => Some(bomb(*mebibytes)),
        Fault::Redirect { status, location } => Some(redirect(*status, location)),
        Fault::Unauthorized => error(Shape::Unauthorized),
        Fault::QuotaExceeded { reason } => error(Shape::Quota(reason.clone())),
        Fault::Forbidden => error(Shape::Forbidden),
        Fault::InsufficientScope => error(Shape::Scope),
        Fault::NotFound => error(Shape::NotFound),
        Fault::Gone => error(Shape::Gone),
        Fault::CursorExpired => error(Shape::Cursor),
        Fault::PageCursorExpired => error(Shape::PageCursor),
        Fault::Conflict => error(Shape::Conflict),
        Fault::PreconditionFailed => error(Shape::Precondition),
        Fault::RateLimited { retry_after } => Some(with_retry_after(
            cx,
            cx.dialect.error(&Shape::RateLimited),
            retry_after,
        )),
        Fault::Status {
            status,
            retry_after,
        } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
            let response = cx.dialect.error(&Shape::Status(status));
            Some(with_retry_after(cx, response, retry_after))
        }
        Fault::InvalidGrant => Some(oauth_error(cx, StatusCode::BAD_REQUEST, "invalid_grant")),
        Fault::InvalidClient => Some(oauth_error(cx, StatusCode::UNAUTHORIZED, "invalid_client")),
        _ => None,
    }
}

/// Faults that damage the true answer; error answers pass unharmed.
async fn rewrite(cx: &Context, fault: Fault, response: Response, page: u64) -> Response {
    if !response.status().is_success() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return cut(TransportFault::ResetAfter);
    };
    let damaged = match fault {
        Fault::EmptyList => cx.dialect.empty_list(&body),
        Fault::Truncated => body[..body.len() / 2].to_vec(),
        Fault::DuplicateKeys => bodies::duplicate_keys(&body),
        Fault::EndlessPaging => cx
            .dialect
            .with_next_page(&body, &format!("{INVENTED}{page}")),
        Fault::LoopingPaging => cx.dialect.with_next_page(&body, &format!("{INVENTED}same")),
        Fault::TokenAnswer(change) => edit_token(&body, &change),
        Fault::ResetMidBody => {
            let after = body.len() / 2;
            parts
                .extensions
                .insert(TransportFault::ResetMidBody { after });
            body.to_vec()
        }
        _ => body.to_vec(),
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(damaged))
}

fn edit_token(body: &[u8], change: &TokenAnswer) -> Vec<u8> {
    let Ok(Value::Object(mut map)) = serde_json::from_slice::<Value>(body) else {
        return body.to_vec();
    };
    match &change.expires_in {
        Some(value) if value == "absent" => drop(map.remove("expires_in")),
        Some(value) => drop(map.insert("expires_in".into(), value.clone())),
        None => {}
    }
    if change.omit_refresh_token {
        map.remove("refresh_token");
    }
    if change.omit_scope {
        map.remove("scope");
    }
    set(&mut map, "scope", change.scope.as_ref());
    set(&mut map, "token_type", change.token_type.as_ref());
    Value::Object(map).to_string().into_bytes()
}

fn set(map: &mut Map<String, Value>, key: &str, value: Option<&String>) {
    if let Some(value) = value {
        map.insert(key.to_owned(), json!(value));
    }
}

fn mark(response: &mut Response, fault: TransportFault) {
    response.extensions_mut().insert(fault);
}

/// A response no client may see: its transport acts out the marker instead.
fn cut(fault: TransportFault) -> Response {
    let mut response = StatusCode::BAD_GATEWAY.into_response();
    mark(&mut response, fault);
    response
}

fn plain(content_type: &'static str, body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, content_type)], body.into()).into_response()
}

fn bomb(mebibytes: u32) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_ENCODING, "gzip"),
    ];
    (headers, gzip::bomb(mebibytes)).into_response()
}

fn redirect(status: u16, location: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FOUND);
    (status, [(header::LOCATION, location.to_owned())]).into_response()
}

fn oauth_error(cx: &Context, status: StatusCode, error: &str) -> Response {
    if let Some(worded) = cx.dialect.oauth_error(error) {
        return worded;
    }
    let description = match error {
        "invalid_grant" => "Token has been expired or revoked.",
        _ => "The OAuth client was not found.",
    };
    let body = json!({"error": error, "error_description": description}).to_string();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn with_retry_after(cx: &Context, mut response: Response, form: &RetryAfter) -> Response {
    let text = match form {
        RetryAfter::None => return response,
        RetryAfter::Seconds(seconds) => seconds.to_string(),
        RetryAfter::HttpDate(ahead) => http_date(cx.desk.clock().now(), *ahead),
        RetryAfter::Garbage => "soon-ish, maybe".to_owned(),
    };
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

/// RFC 9110 §5.6.7, the preferred form.
fn http_date(now: Timestamp, ahead: i64) -> String {
    let at = now
        .checked_add(SignedDuration::from_secs(ahead))
        .unwrap_or(now);
    let at = at.to_zoned(TimeZone::UTC);
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
