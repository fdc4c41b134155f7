//! Numbers for Prometheus: from the server's own machine, or with the configured token (RELIABILITY §3 row 30).

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use crate::layers::address;
use crate::problem::Problem;
use crate::state::App;

/// Metrics
///
/// In the Prometheus text format. Answers only on the server's own machine, or with `Authorization: Bearer` and the metrics token.
#[utoipa::path(get, path = "/metrics", tag = "System", responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn metrics(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let given = parts
        .headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let given = given
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    let wanted = app
        .http
        .metrics_token
        .as_ref()
        .map(ExposeSecret::expose_secret)
        .unwrap_or_default();
    let has_token = !wanted.is_empty() && bool::from(given.as_bytes().ct_eq(wanted.as_bytes()));
    if !has_token && !address::is_local(&parts) {
        let detail = "Metrics are only for the server's own machine, or with the metrics token.";
        return Err(Problem::forbidden("forbidden", detail));
    }
    let handle = app
        .metrics
        .as_ref()
        .ok_or_else(|| Problem::not_found("page"))?;
    let kind = (CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
    Ok(([kind], handle.render()).into_response())
}
