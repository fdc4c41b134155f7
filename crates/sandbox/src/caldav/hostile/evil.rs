//! The host a client must not talk to, or at least not with credentials.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;

/// One request that arrived where none should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// `Host` header.
    pub host: String,
    /// The `Authorization` header, if one came: a leak.
    pub authorization: Option<String>,
}

/// Records everything it is asked. Clones share the record.
#[derive(Debug, Clone, Default)]
pub struct EvilListener {
    visits: Arc<Mutex<Vec<Visit>>>,
}

impl EvilListener {
    /// A listener nobody has visited.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The listener as a router; it answers 404 to everything.
    pub fn router(&self) -> Router {
        Router::new().fallback(record).with_state(self.clone())
    }

    /// All visits so far.
    #[must_use]
    pub fn visits(&self) -> Vec<Visit> {
        crate::lock(&self.visits).clone()
    }

    /// Visits that carried credentials.
    #[must_use]
    pub fn leaks(&self) -> Vec<Visit> {
        self.visits()
            .into_iter()
            .filter(|visit| visit.authorization.is_some())
            .collect()
    }
}

async fn record(State(listener): State<EvilListener>, request: Request) -> Response {
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let visit = Visit {
        method: request.method().to_string(),
        path: request.uri().to_string(),
        host: header("host").unwrap_or_default(),
        authorization: header("authorization"),
    };
    crate::lock(&listener.visits).push(visit);
    StatusCode::NOT_FOUND.into_response()
}
