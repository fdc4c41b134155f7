//! Installation: the authorize page, and `oauth.v2.access` (contract §2).

mod access;
mod authorize;
mod consent;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

pub(super) use access::access;

use super::Sim;

pub(super) fn routes() -> Router<Arc<Sim>> {
    Router::new().route(
        "/oauth/v2/authorize",
        get(authorize::show).post(authorize::decide),
    )
}
