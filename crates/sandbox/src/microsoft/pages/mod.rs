//! Pages for people: who lives here, and a form to change their events and watch a client follow.

mod people;
mod rows;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::Sim;

pub(super) fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route("/", get(people::index))
        .route("/people/{email}", get(people::week))
        .route("/people/{email}/add", post(people::add))
        .route("/people/{email}/change", post(people::change))
}
