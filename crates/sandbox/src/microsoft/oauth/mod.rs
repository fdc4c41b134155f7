//! Entra ID's OAuth: tenants, consent, codes, tokens (contract §2).

mod authorize;
mod consent;
mod errors;
mod grants;
mod tenant;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Timestamp;

use super::Sim;
use super::call::Caller;
use super::state::State;
use errors::OauthError;

pub(super) use grants::Grants;

pub(super) fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route(
            "/{tenant}/oauth2/v2.0/authorize",
            get(authorize::show).post(authorize::decide),
        )
        .route("/{tenant}/oauth2/v2.0/token", post(token::exchange))
}

/// The person behind an access token, while it lives.
pub(super) fn bearer(state: &State, token: &str, now: Timestamp) -> Option<Caller> {
    let access = state.grants.access.get(token).filter(|a| a.expires > now)?;
    Some(Caller {
        email: access.email.clone(),
        client: access.client.clone(),
        scopes: access.scopes.clone(),
    })
}

/// The answer of the token endpoint for a scripted fault.
pub(super) fn refusal(error: &str) -> Response {
    let worded = match error {
        "invalid_client" => OauthError::new(
            "invalid_client",
            7_000_222,
            "The provided client secret keys are expired.",
        ),
        _ => OauthError::grant(700_082, "The refresh token has expired due to inactivity."),
    };
    worded.into_response()
}
