//! Liveness and readiness. They tell a stranger nothing but up or down.

use axum::extract::State;
use daybook_engine::Context;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::Json;
use crate::problem::Problem;

/// Up.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Up {
    /// `ok`.
    pub status: &'static str,
}

/// Whether the process answers
#[utoipa::path(get, path = "/healthz", tag = "System", responses((status = 200, body = Up)))]
pub async fn alive() -> Json<Up> {
    Json(Up { status: "ok" })
}

/// Whether requests can be served
///
/// 503 while the database is out of reach.
#[utoipa::path(get, path = "/readyz", tag = "System", responses((status = 200, body = Up)))]
pub async fn ready(State(cx): State<Context>) -> Result<Json<Up>, Problem> {
    cx.store.ping().await?;
    Ok(Json(Up { status: "ok" }))
}
