//! Google's error bodies, and how the fault engine words its faults as Google.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri, header};
use serde_json::{Value, json};

use crate::fault::{Dialect, JsonDialect, Shape};

/// An error answer of the Calendar API. Boxed: most answers are not errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError(Box<Details>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    status: StatusCode,
    domain: &'static str,
    reason: String,
    message: String,
    location: Option<(&'static str, String)>,
    grpc: Option<&'static str>,
}

impl ApiError {
    pub fn new(status: u16, domain: &'static str, reason: &str, message: &str) -> Self {
        Self(Box::new(Details {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            domain,
            reason: reason.to_owned(),
            message: message.to_owned(),
            location: None,
            grpc: None,
        }))
    }

    fn at(mut self, kind: &'static str, name: &str) -> Self {
        self.0.location = Some((kind, name.to_owned()));
        self
    }

    fn grpc(mut self, status: &'static str) -> Self {
        self.0.grpc = Some(status);
        self
    }

    pub fn unauthorized() -> Self {
        Self::new(401, "global", "authError", "Invalid Credentials")
            .at("header", "Authorization")
            .grpc("UNAUTHENTICATED")
    }

    pub fn invalid(message: &str) -> Self {
        Self::new(400, "global", "invalid", message)
    }

    /// 400 about one query parameter.
    pub fn parameter(name: &str, message: &str) -> Self {
        Self::invalid(message).at("parameter", name)
    }

    pub fn rate_limit() -> Self {
        let message = "Rate Limit Exceeded";
        Self::new(403, "usageLimits", "rateLimitExceeded", message)
    }

    pub fn scope() -> Self {
        let message = "Request had insufficient authentication scopes.";
        Self::new(403, "global", "insufficientPermissions", message).grpc("PERMISSION_DENIED")
    }

    /// 403 for a role that is too low.
    pub fn access_level() -> Self {
        let message = "You need to have writer access to this calendar.";
        Self::new(403, "calendar", "requiredAccessLevel", message)
    }

    pub fn forbidden() -> Self {
        Self::new(403, "global", "forbidden", "Forbidden")
    }

    pub fn not_found() -> Self {
        Self::new(404, "global", "notFound", "Not Found")
    }

    pub fn deleted() -> Self {
        Self::new(410, "global", "deleted", "Resource has been deleted")
    }

    pub fn full_sync_required() -> Self {
        let message = "Sync token is no longer valid, a full sync is required.";
        Self::new(410, "calendar", "fullSyncRequired", message).at("parameter", "syncToken")
    }

    pub fn duplicate() -> Self {
        Self::new(
            409,
            "global",
            "duplicate",
            "The requested identifier already exists.",
        )
    }

    pub fn precondition() -> Self {
        Self::new(412, "global", "conditionNotMet", "Precondition Failed").at("header", "If-Match")
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let this = *self.0;
        let mut line =
            json!({"domain": this.domain, "reason": this.reason, "message": this.message});
        if let Some((kind, name)) = &this.location {
            line["locationType"] = json!(kind);
            line["location"] = json!(name);
        }
        let code = this.status.as_u16();
        let mut error = json!({"code": code, "message": this.message, "errors": [line]});
        if let Some(status) = this.grpc {
            error["status"] = json!(status);
        }
        if this.reason == "insufficientPermissions" {
            error["details"] = json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "domain": "googleapis.com"}]);
        }
        let body = json!({ "error": error }).to_string();
        let mut response = (
            this.status,
            [(header::CONTENT_TYPE, "application/json; charset=UTF-8")],
            body,
        )
            .into_response();
        if code == 401 {
            let challenge =
                "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"";
            let value = http::HeaderValue::from_static(challenge);
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, value);
        }
        response
    }
}

/// Google's wording for scripted faults.
#[derive(Debug, Clone, Copy)]
pub(super) struct GoogleDialect;

impl Dialect for GoogleDialect {
    fn error(&self, shape: &Shape) -> Response {
        let error = match shape {
            Shape::Unauthorized => ApiError::unauthorized(),
            Shape::Quota(None) => ApiError::rate_limit(),
            Shape::Quota(Some(reason)) => {
                let message = "Calendar usage limits exceeded.";
                ApiError::new(403, "usageLimits", reason, message)
            }
            Shape::Forbidden => ApiError::forbidden(),
            Shape::Scope => ApiError::scope(),
            Shape::NotFound => ApiError::not_found(),
            Shape::Gone => ApiError::deleted(),
            Shape::Cursor => ApiError::full_sync_required(),
            Shape::PageCursor => ApiError::parameter("pageToken", "Invalid page token value."),
            Shape::Conflict => ApiError::duplicate(),
            Shape::Precondition => ApiError::precondition(),
            Shape::RateLimited => {
                ApiError::new(429, "usageLimits", "rateLimitExceeded", "Too many requests")
            }
            Shape::Status(status) => {
                ApiError::new(status.as_u16(), "global", "backendError", "Backend Error")
            }
        };
        error.into_response()
    }

    fn empty_list(&self, body: &[u8]) -> Vec<u8> {
        let Ok(Value::Object(mut map)) = serde_json::from_slice(body) else {
            return b"{\"items\":[]}".to_vec();
        };
        map.remove("nextSyncToken");
        map.remove("nextPageToken");
        map.insert("items".into(), json!([]));
        Value::Object(map).to_string().into_bytes()
    }

    fn has_page_cursor(&self, uri: &Uri) -> bool {
        JsonDialect.has_page_cursor(uri)
    }

    fn has_sync_cursor(&self, uri: &Uri) -> bool {
        JsonDialect.has_sync_cursor(uri)
    }

    fn with_next_page(&self, body: &[u8], cursor: &str) -> Vec<u8> {
        JsonDialect.with_next_page(body, cursor)
    }

    fn without_page_cursor(&self, uri: &Uri) -> Uri {
        JsonDialect.without_page_cursor(uri)
    }
}
