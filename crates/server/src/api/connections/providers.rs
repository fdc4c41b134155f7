//! What can be connected.

use axum::extract::State;
use daybook_engine::Context;
use daybook_engine::connections::providers;

use super::body::ProviderBody;
use crate::cursor::List;
use crate::extract::{Json, Reader};

/// List providers
///
/// What each is for, the permissions it asks for with their reasons, and what the operator still has to set.
#[utoipa::path(get, path = "/integrations/providers", tag = "Connections", responses((status = 200, body = List<ProviderBody>)))]
pub async fn list(State(cx): State<Context>, Reader(who): Reader) -> Json<List<ProviderBody>> {
    let providers = providers::list(&cx, &who);
    Json(List::all(
        providers.into_iter().map(ProviderBody::from).collect(),
    ))
}
