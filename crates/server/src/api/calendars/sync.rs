//! Syncing now.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use daybook_domain::CalendarId;
use daybook_engine::calendars::list;
use daybook_engine::calendars::sync_now::{self, Synced};
use daybook_engine::{Context, Principal};
use http::StatusCode;

use super::body::{SyncAcceptedBody, SyncQuery, SyncResultBody};
use crate::api::connections::input::provider_key;
use crate::extract::{Id, Json, Query, Writer};
use crate::problem::Problem;

/// Sync a calendar now
///
/// Answers what it did; when that takes longer than 25 seconds, 202 with the job that goes on.
#[utoipa::path(post, path = "/integrations/calendars/{id}/sync", tag = "Calendars", params(SyncQuery), responses((status = 200, body = SyncResultBody), (status = 202, body = SyncAcceptedBody)))]
pub async fn sync(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<CalendarId>,
    Query(query): Query<SyncQuery>,
) -> Result<Response, Problem> {
    now(&cx, &who, id, query.full).await
}

/// Sync a calendar now (address with the provider)
///
/// `calendar_id` is the calendar's id here, or the provider's id of it.
#[utoipa::path(post, path = "/integrations/{provider}/{calendar_id}/sync", tag = "Calendars", params(SyncQuery), responses((status = 200, body = SyncResultBody), (status = 202, body = SyncAcceptedBody)))]
pub async fn sync_of_provider(
    State(cx): State<Context>,
    Writer(who): Writer,
    Path((provider, calendar)): Path<(String, String)>,
    Query(query): Query<SyncQuery>,
) -> Result<Response, Problem> {
    let provider = provider_key(&provider);
    let id = list::named(&cx, &who, provider, &calendar).await?;
    now(&cx, &who, id, query.full).await
}

/// Sync a calendar now (the same, by its other name)
#[utoipa::path(post, path = "/integrations/calendar/{id}/refresh", tag = "Calendars", responses((status = 200, body = SyncResultBody), (status = 202, body = SyncAcceptedBody)))]
pub async fn refresh(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<CalendarId>,
) -> Result<Response, Problem> {
    now(&cx, &who, id, false).await
}

/// Read a whole calendar again
#[utoipa::path(post, path = "/integrations/calendar/{id}/force-sync", tag = "Calendars", responses((status = 200, body = SyncResultBody), (status = 202, body = SyncAcceptedBody)))]
pub async fn force(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<CalendarId>,
) -> Result<Response, Problem> {
    now(&cx, &who, id, true).await
}

async fn now(
    cx: &Context,
    who: &Principal,
    id: CalendarId,
    full: bool,
) -> Result<Response, Problem> {
    Ok(match sync_now::sync_now(cx, who, id, full).await? {
        Synced::Done(statistics) => {
            Json(SyncResultBody::new(id.into(), statistics)).into_response()
        }
        Synced::GoesOn(job) => {
            let message = "The sync takes longer and goes on in the background.".to_owned();
            (
                StatusCode::ACCEPTED,
                Json(SyncAcceptedBody {
                    job_id: job.into(),
                    message,
                }),
            )
                .into_response()
        }
    })
}
