//! What people and administrators decide elsewhere, for tests that only speak HTTP. Faults leave these routes alone.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;

use super::Sim;

pub(super) fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route("/_sandbox/people/{email}/consent", post(consent))
        .route("/_sandbox/people/{email}/revoke", post(revoke))
}

#[derive(Deserialize)]
struct Consent {
    /// Whether this person may grant an app access without an administrator.
    may: bool,
}

async fn consent(
    State(sim): State<Arc<Sim>>,
    Path(email): Path<String>,
    Json(Consent { may }): Json<Consent>,
) -> StatusCode {
    let mut state = sim.lock();
    let Some(person) = state.people.get_mut(&email) else {
        return StatusCode::NOT_FOUND;
    };
    person.may_consent = may;
    StatusCode::NO_CONTENT
}

/// Ends everything that was granted for this person, as they or an administrator can.
async fn revoke(State(sim): State<Arc<Sim>>, Path(email): Path<String>) -> StatusCode {
    let mut state = sim.lock();
    if !state.people.contains_key(&email) {
        return StatusCode::NOT_FOUND;
    }
    state.grants.revoke(&email);
    StatusCode::NO_CONTENT
}
