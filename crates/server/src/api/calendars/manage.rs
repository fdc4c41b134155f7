//! Looking after calendars.

use axum::extract::{Path, State};
use axum::response::Response;
use daybook_domain::CalendarId;
use daybook_engine::calendars::{list, remove, select, settings};
use daybook_engine::store::calendars::{Calendar, Filter, Settings};
use daybook_engine::{Context, Principal};
use http::StatusCode;
use jiff::Timestamp;

use super::body::{CalendarBody, CalendarPatch, CalendarQuery, EnableInput, SelectInput};
use crate::api::connections::input::provider_key;
use crate::cursor::List;
use crate::extract::{Creating, Id, Json, Page, Query, Reader, Writer};
use crate::problem::Problem;

/// List calendars
///
/// Your own; owners and admins see the whole workspace's.
#[utoipa::path(get, path = "/integrations/calendars", tag = "Calendars", params(CalendarQuery), responses((status = 200, body = List<CalendarBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<CalendarQuery>,
) -> Result<Json<List<CalendarBody>>, Problem> {
    page(&cx, &who, query).await
}

/// A calendar
#[utoipa::path(get, path = "/integrations/calendars/{id}", tag = "Calendars", responses((status = 200, body = CalendarBody)))]
pub async fn get(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<CalendarId>,
) -> Result<Json<CalendarBody>, Problem> {
    let calendar = list::get(&cx, &who, id).await?;
    body(&cx, calendar).await
}

/// Change a calendar's settings
#[utoipa::path(patch, path = "/integrations/calendars/{id}", tag = "Calendars", responses((status = 200, body = CalendarBody)))]
pub async fn update(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<CalendarId>,
    Json(patch): Json<CalendarPatch>,
) -> Result<Json<CalendarBody>, Problem> {
    let enabled = patch.sync_enabled;
    let settings = Settings {
        sync_interval_minutes: patch.sync_interval_minutes,
        sync_past_days: patch.sync_past_days,
        sync_future_days: patch.sync_future_days,
        busy_source: patch.busy_source,
        write_target: patch.write_target,
        default_client_id: patch.default_client_id.map(|id| id.map(Into::into)),
        default_project_id: patch.default_project_id.map(|id| id.map(Into::into)),
        billing_filters: patch.billing_filters.map(|asked| asked.map(Into::into)),
    };
    let calendar = settings::update(&cx, &who, id, settings, enabled).await?;
    body(&cx, calendar).await
}

/// Switch syncing on or off
#[utoipa::path(put, path = "/integrations/calendars/{id}/enable", tag = "Calendars", responses((status = 200, body = CalendarBody)))]
pub async fn enable(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<CalendarId>,
    Json(input): Json<EnableInput>,
) -> Result<Json<CalendarBody>, Problem> {
    let calendar = settings::enable(&cx, &who, id, input.enabled).await?;
    body(&cx, calendar).await
}

/// Remove a calendar
///
/// Its mirror goes; time entries made from it stay.
#[utoipa::path(delete, path = "/integrations/calendars/{id}", tag = "Calendars", responses((status = 204)))]
pub async fn remove(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<CalendarId>,
) -> Result<StatusCode, Problem> {
    remove::remove(&cx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Switch syncing on for a calendar, by its provider's id
#[utoipa::path(post, path = "/integrations/{provider}/select-calendar", tag = "Calendars", request_body = SelectInput, responses((status = 200, body = CalendarBody)))]
pub async fn select(
    State(cx): State<Context>,
    Writer(who): Writer,
    Path(provider): Path<String>,
    Creating { body: input, key }: Creating<SelectInput>,
) -> Result<Response, Problem> {
    if let Some(earlier) = key.earlier(&cx, &who).await? {
        return Ok(earlier);
    }
    let ask = select::Select {
        provider: provider_key(&provider).to_owned(),
        calendar_id: input.calendar_id,
        connection_id: input.connection_id.map(Into::into),
        client_id: input.client_id.map(Into::into),
        project_id: input.project_id.map(Into::into),
    };
    let calendar = select::select(&cx, &who, ask).await?;
    let Json(selected) = body(&cx, calendar).await?;
    key.done(&cx, &who, &selected).await
}

/// A page of calendars.
pub(super) async fn page(
    cx: &Context,
    who: &Principal,
    query: CalendarQuery,
) -> Result<Json<List<CalendarBody>>, Problem> {
    let page: Page<(Timestamp, CalendarId)> = Page::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        connection_id: query.connection_id.map(Into::into),
        sync_enabled: query.sync_enabled,
        ..Filter::default()
    };
    let rows = list::list(cx, who, filter, page.after, i64::from(page.fetch())).await?;
    let counts = list::events_counts(cx, who).await?;
    let counted: Vec<_> = rows
        .into_iter()
        .map(|row| (counts.get(&row.id).copied().unwrap_or(0), row))
        .collect();
    let now = cx.clock.now();
    let body = |(count, row)| CalendarBody::new(row, count, now);
    Ok(page.list(counted, |(_, row)| (row.created_at, row.id), body))
}

/// The calendar as it goes over the wire.
pub(super) async fn body(cx: &Context, calendar: Calendar) -> Result<Json<CalendarBody>, Problem> {
    let count = list::events_count(cx, &calendar).await?;
    Ok(Json(CalendarBody::new(calendar, count, cx.clock.now())))
}
