//! Entra ID's error answers: an OAuth error with AADSTS numbers.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::json;

/// An OAuth error answer with Microsoft's additions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OauthError {
    pub status: u16,
    pub error: &'static str,
    pub aadsts: u32,
    pub text: String,
    pub suberror: Option<&'static str>,
}

impl OauthError {
    pub fn new(error: &'static str, aadsts: u32, text: impl Into<String>) -> Self {
        let status = if error == "invalid_client" { 401 } else { 400 };
        Self {
            status,
            error,
            aadsts,
            text: text.into(),
            suberror: None,
        }
    }

    pub fn grant(aadsts: u32, text: impl Into<String>) -> Self {
        Self::new("invalid_grant", aadsts, text)
    }

    pub fn with_suberror(mut self, suberror: &'static str) -> Self {
        self.suberror = Some(suberror);
        self
    }

    /// `AADSTS700082: …` with the ids that Microsoft adds.
    pub fn description(&self) -> String {
        format!(
            "AADSTS{}: {} Trace ID: 00000000-0000-0000-0000-000000000001 Correlation ID: 00000000-0000-0000-0000-000000000002 Timestamp: 2026-01-01 00:00:00Z",
            self.aadsts, self.text
        )
    }
}

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut body = json!({"error": self.error, "error_description": self.description(), "error_codes": [self.aadsts],
            "timestamp": "2026-01-01 00:00:00Z", "trace_id": "00000000-0000-0000-0000-000000000001",
            "correlation_id": "00000000-0000-0000-0000-000000000002",
            "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.aadsts)});
        if let Some(suberror) = self.suberror {
            body["suberror"] = json!(suberror);
        }
        (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
    }
}
