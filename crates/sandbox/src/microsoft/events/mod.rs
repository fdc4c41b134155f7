//! Events of Graph: windows, deltas, single events, writes, answers to invitations.

mod delta;
pub(super) mod draft;
mod filter;
mod read;
mod respond;
mod write;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::Sim;

pub(super) use read::next;

pub(super) fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route("/me/calendarView", get(read::default_view))
        .route("/me/calendar/calendarView", get(read::default_view))
        .route(
            "/me/calendars/{calendar}/calendarView",
            get(read::calendar_view),
        )
        .route("/me/calendarView/delta", get(delta::of_default))
        .route("/me/calendar/calendarView/delta", get(delta::of_default))
        .route(
            "/me/calendars/{calendar}/calendarView/delta",
            get(delta::of_calendar),
        )
        .route("/me/events", get(read::default_list).post(write::create))
        .route(
            "/me/calendar/events",
            get(read::default_list).post(write::create),
        )
        .route(
            "/me/calendars/{calendar}/events",
            get(read::list_of).post(write::create_in),
        )
        .route(
            "/me/events/{event}",
            get(read::get).patch(write::patch).delete(write::delete),
        )
        .route(
            "/me/calendars/{calendar}/events/{event}",
            get(read::get_in)
                .patch(write::patch_in)
                .delete(write::delete_in),
        )
        .route("/me/events/{event}/instances", get(read::instances))
        .route("/me/events/{event}/cancel", post(respond::cancel))
        .route("/me/events/{event}/accept", post(respond::accept))
        .route("/me/events/{event}/decline", post(respond::decline))
        .route(
            "/me/events/{event}/tentativelyAccept",
            post(respond::tentatively),
        )
}
