//! Graph's error bodies, and how the fault engine words its faults as Microsoft.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, Uri, header};
use serde_json::{Value, json};

use crate::fault::{Dialect, Shape};

/// An error answer of Graph. Boxed: most answers are not errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError(Box<Details>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    status: u16,
    code: String,
    message: String,
    inner: Option<&'static str>,
    retry_after: Option<u64>,
    location: Option<String>,
}

impl ApiError {
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            status,
            code: code.to_owned(),
            message: message.into(),
            inner: None,
            retry_after: None,
            location: None,
        }))
    }

    /// What went wrong, for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    pub fn at(mut self, location: String) -> Self {
        self.0.location = Some(location);
        self
    }

    pub fn unauthorized() -> Self {
        Self::new(
            401,
            "InvalidAuthenticationToken",
            "Lifetime validation failed, the token is expired.",
        )
    }

    pub fn denied() -> Self {
        Self::new(
            403,
            "ErrorAccessDenied",
            "Access is denied. Check credentials and try again.",
        )
    }

    pub fn not_found() -> Self {
        Self::new(
            404,
            "ErrorItemNotFound",
            "The specified object was not found in the store.",
        )
    }

    pub fn no_mailbox() -> Self {
        let message = "The mailbox is either inactive, soft-deleted, or is hosted on-premise.";
        Self::new(404, "MailboxNotEnabledForRESTAPI", message)
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "ErrorInvalidRequest", message)
    }

    pub fn property(message: impl Into<String>) -> Self {
        Self::new(400, "ErrorPropertyValidationFailure", message)
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    pub fn conflict_of_change() -> Self {
        let message = "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.";
        Self::new(412, "ErrorIrresolvableConflict", message)
    }

    pub fn too_many(limit: &str) -> Self {
        let message = format!("Application is over its {limit} limit.");
        let mut error = Self::new(429, "ApplicationThrottled", message);
        error.0.inner = Some("MailboxConcurrency");
        error.0.retry_after = Some(1);
        error
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let this = *self.0;
        let status = StatusCode::from_u16(this.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let id = uuid::Uuid::nil().to_string();
        let mut inner =
            json!({"date": "2026-01-01T00:00:00", "request-id": id, "client-request-id": id});
        if let Some(code) = this.inner {
            inner["code"] = json!(code);
        }
        let body =
            json!({"error": {"code": this.code, "message": this.message, "innerError": inner}});
        let kind = [(header::CONTENT_TYPE, "application/json")];
        let mut response = (status, kind, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(
            "request-id",
            HeaderValue::from_static("00000000-0000-0000-0000-000000000000"),
        );
        if let Some(seconds) = this.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(Ok(location)) = this.location.map(|l| HeaderValue::from_str(&l)) {
            headers.insert(header::LOCATION, location);
        }
        if status == StatusCode::UNAUTHORIZED {
            let challenge = "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", error=\"invalid_token\"";
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static(challenge),
            );
        }
        response
    }
}

/// Microsoft's wording for scripted faults.
#[derive(Debug, Clone, Copy)]
pub(super) struct MicrosoftDialect;

impl Dialect for MicrosoftDialect {
    fn error(&self, shape: &Shape) -> Response {
        let error = match shape {
            Shape::Unauthorized => ApiError::unauthorized(),
            Shape::Quota(reason) => {
                let code = reason.as_deref().unwrap_or("ErrorQuotaExceeded");
                ApiError::new(403, code, "The mailbox quota has been exceeded.")
            }
            Shape::Forbidden | Shape::Scope => ApiError::denied(),
            Shape::NotFound => ApiError::not_found(),
            Shape::Gone => ApiError::new(410, "ErrorItemNotFound", "The item is gone."),
            Shape::Cursor => ApiError::new(410, "resyncRequired", "Resync required."),
            Shape::PageCursor => {
                ApiError::new(400, "syncStateInvalid", "The page token is not valid.")
            }
            Shape::Conflict => ApiError::new(
                409,
                "ErrorIrresolvableConflict",
                "The item was changed meanwhile.",
            ),
            Shape::Precondition => ApiError::conflict_of_change(),
            Shape::RateLimited => {
                let mut error = ApiError::too_many("MailboxConcurrency");
                error.0.retry_after = None;
                error
            }
            Shape::Status(status) => {
                let code = if status.as_u16() == 503 {
                    "serviceNotAvailable"
                } else {
                    "ErrorInternalServerError"
                };
                ApiError::new(status.as_u16(), code, "An internal server error occurred.")
            }
        };
        error.into_response()
    }

    fn oauth_error(&self, error: &str) -> Option<Response> {
        Some(super::oauth::refusal(error))
    }

    fn empty_list(&self, body: &[u8]) -> Vec<u8> {
        let Ok(Value::Object(mut map)) = serde_json::from_slice(body) else {
            return b"{\"value\":[]}".to_vec();
        };
        map.remove("@odata.nextLink");
        map.remove("@odata.deltaLink");
        map.insert("value".into(), json!([]));
        Value::Object(map).to_string().into_bytes()
    }

    fn has_page_cursor(&self, uri: &Uri) -> bool {
        let query = uri.query().unwrap_or_default();
        query.contains("skiptoken=") || query.contains("$skip=") || query.contains("%24skip=")
    }

    fn has_sync_cursor(&self, uri: &Uri) -> bool {
        uri.query().is_some_and(|q| q.contains("deltatoken="))
    }

    fn with_next_page(&self, body: &[u8], cursor: &str) -> Vec<u8> {
        let Ok(Value::Object(mut map)) = serde_json::from_slice(body) else {
            return body.to_vec();
        };
        // The true answer names its own address in the context; the invented page repeats the first one.
        let link = ["@odata.nextLink", "@odata.deltaLink"]
            .iter()
            .find_map(|key| map.remove(*key));
        let base = link
            .as_ref()
            .and_then(Value::as_str)
            .unwrap_or("http://127.0.0.1/")
            .to_owned();
        map.remove("@odata.deltaLink");
        let mark = if base.contains('?') { '&' } else { '?' };
        map.insert(
            "@odata.nextLink".into(),
            json!(format!("{base}{mark}invented={cursor}")),
        );
        Value::Object(map).to_string().into_bytes()
    }

    fn without_page_cursor(&self, uri: &Uri) -> Uri {
        let query = uri.query().unwrap_or_default();
        let kept: Vec<&str> = query
            .split('&')
            .filter(|pair| !pair.starts_with("invented="))
            .collect();
        let path_and_query = format!("{}?{}", uri.path(), kept.join("&"));
        path_and_query.parse().unwrap_or_else(|_| uri.clone())
    }
}
