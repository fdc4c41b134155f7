//! Slack's errors: HTTP 200 with `ok: false`, and how the fault engine words its faults as Slack.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, Uri, header};
use serde_json::{Map, Value, json};

use crate::fault::{Dialect, Shape};

/// An `ok: false` answer. Boxed: most answers are not errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError(Box<Details>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    status: StatusCode,
    error: String,
    more: Map<String, Value>,
    retry_after: Option<i64>,
}

impl ApiError {
    pub fn new(error: &str) -> Self {
        Self(Box::new(Details {
            status: StatusCode::OK,
            error: error.to_owned(),
            more: Map::new(),
            retry_after: None,
        }))
    }

    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.0.more.insert(key.to_owned(), value);
        self
    }

    /// With what Slack says about a request that is our caller's mistake.
    pub fn because(self, messages: &[String]) -> Self {
        self.with("response_metadata", json!({ "messages": messages }))
    }

    pub fn scope(needed: &str, provided: &[String]) -> Self {
        Self::new("missing_scope")
            .with("needed", json!(needed))
            .with("provided", json!(provided.join(",")))
    }

    /// 429; `Retry-After` in seconds.
    pub fn limited(seconds: i64) -> Self {
        let mut error = Self::new("ratelimited");
        error.0.status = StatusCode::TOO_MANY_REQUESTS;
        error.0.retry_after = Some(seconds.max(1));
        error
    }

    fn at(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let this = *self.0;
        let mut body = this.more;
        body.insert("ok".into(), json!(false));
        body.insert("error".into(), json!(this.error));
        let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
        let mut response = (this.status, kind, Value::Object(body).to_string()).into_response();
        if let Some(seconds) = this.retry_after {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Slack's wording for scripted faults.
#[derive(Debug, Clone, Copy)]
pub(super) struct SlackDialect;

impl Dialect for SlackDialect {
    fn error(&self, shape: &Shape) -> Response {
        let error = match shape {
            Shape::Unauthorized => ApiError::new("token_expired"),
            Shape::Quota(reason) => {
                let word = reason.as_deref().unwrap_or("ratelimited");
                ApiError::new(word).at(StatusCode::TOO_MANY_REQUESTS)
            }
            Shape::Forbidden => ApiError::new("account_inactive"),
            Shape::Scope => ApiError::scope("chat:write", &[]),
            Shape::NotFound => ApiError::new("channel_not_found"),
            Shape::Gone => ApiError::new("token_revoked"),
            Shape::Cursor | Shape::PageCursor => ApiError::new("invalid_cursor"),
            Shape::Conflict => ApiError::new("hash_conflict"),
            Shape::Precondition => ApiError::new("message_not_found"),
            Shape::RateLimited => ApiError::new("ratelimited").at(StatusCode::TOO_MANY_REQUESTS),
            Shape::Status(status) => ApiError::new("internal_error").at(*status),
        };
        error.into_response()
    }

    fn oauth_error(&self, error: &str) -> Option<Response> {
        let word = match error {
            "invalid_client" => "bad_client_secret",
            _ => "invalid_refresh_token",
        };
        Some(ApiError::new(word).into_response())
    }

    fn empty_list(&self, _body: &[u8]) -> Vec<u8> {
        b"{\"ok\":true}".to_vec()
    }

    fn has_page_cursor(&self, _uri: &Uri) -> bool {
        false
    }

    fn has_sync_cursor(&self, _uri: &Uri) -> bool {
        false
    }

    fn with_next_page(&self, body: &[u8], _cursor: &str) -> Vec<u8> {
        body.to_vec()
    }

    fn without_page_cursor(&self, uri: &Uri) -> Uri {
        uri.clone()
    }
}
