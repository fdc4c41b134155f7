//! Pages for people: choose somebody, type the command as they would, see what the app says, click its buttons.

mod admin;
mod blocks;
mod people;
mod talk;
mod values;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};

use super::Sim;

/// How long a page waits for the app to do something after it was told.
const PATIENCE: Duration = Duration::from_millis(1_200);

pub(super) fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route("/", get(people::index))
        .route("/people/{user}", get(people::show))
        .route("/people/{user}/home", get(people::home))
        .route("/people/{user}/command", post(talk::command))
        .route("/people/{user}/click", post(talk::click))
        .route("/people/{user}/view", post(talk::view))
        .route("/teams/{team}", post(admin::team))
        .route("/settings", post(admin::settings))
}

/// Waits until `done` or for a moment.
async fn until(sim: &Sim, done: impl Fn() -> bool) {
    let wait = async {
        loop {
            let changed = sim.changed.notified();
            if done() {
                return;
            }
            changed.await;
        }
    };
    // Nothing came: the page shows what there is.
    let _ = tokio::time::timeout(PATIENCE, wait).await;
}

/// Percent-encoding for a path or a query.
fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
