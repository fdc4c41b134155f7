//! How each provider words its errors and cursors; faults stay the same, bodies differ.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri, header};
use serde_json::{Value, json};

/// An error in neutral terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// 401.
    Unauthorized,
    /// 403 with the provider's usage-limit reason, or its default.
    Quota(Option<String>),
    /// 403 for a missing permission.
    Forbidden,
    /// 403 for a missing scope.
    Scope,
    /// 404.
    NotFound,
    /// 410 for a deleted resource.
    Gone,
    /// The sync cursor is dead.
    Cursor,
    /// The page cursor is dead.
    PageCursor,
    /// 409.
    Conflict,
    /// 412.
    Precondition,
    /// 429.
    RateLimited,
    /// Any other status.
    Status(StatusCode),
}

/// What the fault engine must know about a provider.
pub trait Dialect: Send + Sync + 'static {
    /// The provider's answer for this error.
    fn error(&self, shape: &Shape) -> Response;

    /// The token endpoint's answer for an OAuth error; `None` takes the plain form of RFC 6749.
    fn oauth_error(&self, _error: &str) -> Option<Response> {
        None
    }

    /// The answer with its listing emptied and its cursors removed.
    fn empty_list(&self, body: &[u8]) -> Vec<u8>;

    /// Whether this request continues a paged listing.
    fn has_page_cursor(&self, uri: &Uri) -> bool;

    /// Whether this request is incremental. Requests that carry the cursor in the body answer true.
    fn has_sync_cursor(&self, uri: &Uri) -> bool;

    /// The answer made to name `cursor` as its next page.
    fn with_next_page(&self, body: &[u8], cursor: &str) -> Vec<u8>;

    /// The request without a page cursor that [`Dialect::with_next_page`] invented.
    fn without_page_cursor(&self, uri: &Uri) -> Uri;
}

/// A plain JSON provider; a base for tests and for providers without peculiarities.
#[derive(Debug, Clone, Copy, Default)]
pub struct JsonDialect;

impl Dialect for JsonDialect {
    fn error(&self, shape: &Shape) -> Response {
        let status = match shape {
            Shape::Unauthorized => StatusCode::UNAUTHORIZED,
            Shape::Quota(_) | Shape::Forbidden | Shape::Scope => StatusCode::FORBIDDEN,
            Shape::NotFound => StatusCode::NOT_FOUND,
            Shape::Gone | Shape::Cursor => StatusCode::GONE,
            Shape::PageCursor => StatusCode::BAD_REQUEST,
            Shape::Conflict => StatusCode::CONFLICT,
            Shape::Precondition => StatusCode::PRECONDITION_FAILED,
            Shape::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Shape::Status(status) => *status,
        };
        let body = json!({"error": {"code": status.as_u16()}}).to_string();
        (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
    }

    fn empty_list(&self, _body: &[u8]) -> Vec<u8> {
        b"{\"items\":[]}".to_vec()
    }

    fn has_page_cursor(&self, uri: &Uri) -> bool {
        uri.query().is_some_and(|q| q.contains("pageToken="))
    }

    fn has_sync_cursor(&self, uri: &Uri) -> bool {
        uri.query().is_some_and(|q| q.contains("syncToken="))
    }

    fn with_next_page(&self, body: &[u8], cursor: &str) -> Vec<u8> {
        let Ok(Value::Object(mut map)) = serde_json::from_slice(body) else {
            return body.to_vec();
        };
        map.remove("nextSyncToken");
        map.insert("nextPageToken".into(), json!(cursor));
        Value::Object(map).to_string().into_bytes()
    }

    fn without_page_cursor(&self, uri: &Uri) -> Uri {
        let query = uri.query().unwrap_or_default();
        let kept: Vec<&str> = query
            .split('&')
            .filter(|pair| !pair.starts_with("pageToken="))
            .collect();
        let path_and_query = format!("{}?{}", uri.path(), kept.join("&"));
        path_and_query.parse().unwrap_or_else(|_| uri.clone())
    }
}
