//! Google's OAuth: consent, codes, tokens, revocation, userinfo (contract §2).

mod authorize;
mod consent;
mod grants;
mod token;
mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use jiff::Timestamp;

use super::Sim;
use super::call::Caller;
use super::state::State;

pub(super) use grants::Grants;

pub(super) fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route(
            "/o/oauth2/v2/auth",
            get(authorize::show).post(authorize::decide),
        )
        .route("/token", post(token::exchange))
        .route("/revoke", post(token::revoke))
        .route("/v1/userinfo", get(userinfo::oidc))
        .route("/oauth2/v2/userinfo", get(userinfo::v2))
}

/// The person behind an access token, while it lives.
pub(super) fn bearer(state: &State, token: &str, now: Timestamp) -> Option<Caller> {
    let access = state.grants.access.get(token).filter(|a| a.expires > now)?;
    Some(Caller {
        email: access.email.clone(),
        scopes: access.scopes.clone(),
    })
}
