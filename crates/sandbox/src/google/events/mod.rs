//! The events collection of the Calendar API (contract §4–§6).

mod conference;
pub(in crate::google) mod draft;
mod list;
mod listing;
mod read;
mod write;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::Sim;

pub(super) fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route(
            "/calendars/{calendar}/events",
            get(list::list).post(write::insert),
        )
        .route(
            "/calendars/{calendar}/events/{event}",
            get(read::one)
                .patch(write::patch)
                .put(write::replace)
                .delete(write::delete),
        )
        .route(
            "/calendars/{calendar}/events/{event}/instances",
            get(read::instances),
        )
        .route(
            "/calendars/{calendar}/events/{event}/move",
            post(write::relocate),
        )
}
