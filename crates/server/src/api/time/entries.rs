//! Time entries.

use axum::extract::State;
use axum::response::Response;
use daybook_domain::time_entry::{MAX_MINUTES, Source, Step};
use daybook_domain::{ClientId, ProjectId, TimeEntryId};
use daybook_engine::accounts::names::{self, Names};
use daybook_engine::store::time_entries::{Filter, TimeEntry};
use daybook_engine::timesheets::entries::{self, Create};
use daybook_engine::timesheets::{overlaps, to_calendar};
use daybook_engine::{Context, Principal, Via, projects};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::body::{TimeEntryBody, bodies};
use super::input::{
    EntryEventInput, RejectInput, TimeEntryInput, TimeEntryPatch, TimeEntryQuery, minutes,
};
use crate::api::events::body::EventBody;
use crate::api::wire::instant;
use crate::cursor::List;
use crate::extract::{
    Creating, Id, Json, OnceKey, OptionalJson, Page, Query, Reader, Writer, answer, created,
};
use crate::problem::{Check, Problem};

/// List time entries
///
/// The latest first. Your own; owners and admins see the whole workspace's.
#[utoipa::path(get, path = "/time-entries", tag = "Time", params(TimeEntryQuery), responses((status = 200, body = List<TimeEntryBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<TimeEntryQuery>,
) -> Result<Json<List<TimeEntryBody>>, Problem> {
    let page: Page<(Timestamp, TimeEntryId)> = Page::new(query.limit, query.cursor.as_deref())?;
    let filter = filter(query)?;
    let rows = entries::list(&cx, &who, filter, page.after, i64::from(page.fetch())).await?;
    let bodies = bodies(&cx, &who, rows).await?;
    Ok(page.list(
        bodies,
        |body| (body.started_at, body.id.into()),
        |body| body,
    ))
}

/// Create a time entry
#[utoipa::path(post, path = "/time-entries", tag = "Time", request_body = TimeEntryInput, responses((status = 201, body = TimeEntryBody)))]
pub async fn create(
    State(cx): State<Context>,
    Writer(who): Writer,
    Creating { body, key }: Creating<TimeEntryInput>,
) -> Result<Response, Problem> {
    let ask = Create {
        description: body.description,
        started_at: body.started_at,
        ended_at: body.ended_at,
        duration_minutes: minutes(body.duration.as_deref(), body.duration_minutes)?,
        client_id: body.client_id.map(Into::into),
        project_id: body.project_id.map(Into::into),
        billable: body.billable,
        tags: body.tags,
        source: if matches!(who.via, Via::ApiKey(_)) {
            Source::Api
        } else {
            Source::Manual
        },
    };
    make(&cx, &who, ask, &key).await
}

/// Makes an entry once, and answers with it.
pub(super) async fn make(
    cx: &Context,
    who: &Principal,
    ask: Create,
    key: &OnceKey,
) -> Result<Response, Problem> {
    let names = names_of(cx, who, ask.client_id, ask.project_id).await?;
    let overlaps = overlaps_of(cx, who, &ask).await?;
    let render = move |entry: &TimeEntry| {
        created(&TimeEntryBody {
            overlaps: overlaps.clone(),
            ..TimeEntryBody::new(entry, &names)
        })
    };
    let outcome = entries::create(cx, who, ask, &key.once(&render)).await?;
    Ok(answer(outcome, render))
}

/// A time entry
#[utoipa::path(get, path = "/time-entries/{id}", tag = "Time", responses((status = 200, body = TimeEntryBody)))]
pub async fn get(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<TimeEntryId>,
) -> Result<Json<TimeEntryBody>, Problem> {
    let entry = entries::get(&cx, &who, id).await?;
    one(&cx, &who, entry).await
}

/// Change a time entry
///
/// An approved one must be approved again; an invoiced one cannot be changed (409 `wrong_status`).
#[utoipa::path(patch, path = "/time-entries/{id}", tag = "Time", responses((status = 200, body = TimeEntryBody)))]
pub async fn update(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<TimeEntryId>,
    Json(patch): Json<TimeEntryPatch>,
) -> Result<Json<TimeEntryBody>, Problem> {
    let entry = entries::update(&cx, &who, id, patch.changes()?).await?;
    one(&cx, &who, entry).await
}

/// Put a time entry into a calendar
///
/// Creates one event that says what the entry says; the two know each other, so that it is never billed twice.
#[utoipa::path(post, path = "/time-entries/{id}/create-event", tag = "Time", request_body = EntryEventInput, responses((status = 201, body = EventBody)))]
pub async fn create_event(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<TimeEntryId>,
    Creating { body, key }: Creating<EntryEventInput>,
) -> Result<Response, Problem> {
    if let Some(earlier) = key.earlier(&cx, &who).await? {
        return Ok(earlier);
    }
    let view = to_calendar::to_calendar(&cx, &who, id, body.calendar_id.into()).await?;
    key.respond(&cx, &who, created(&EventBody::from(view)))
        .await
}

/// Delete a time entry
#[utoipa::path(delete, path = "/time-entries/{id}", tag = "Time", responses((status = 204)))]
pub async fn delete(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<TimeEntryId>,
) -> Result<StatusCode, Problem> {
    entries::delete(&cx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hand a time entry in
#[utoipa::path(post, path = "/time-entries/{id}/submit", tag = "Time", responses((status = 200, body = TimeEntryBody)))]
pub async fn submit(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<TimeEntryId>,
) -> Result<Json<TimeEntryBody>, Problem> {
    let entry = entries::step(&cx, &who, id, Step::Submit, None).await?;
    one(&cx, &who, entry).await
}

/// Approve a time entry
#[utoipa::path(post, path = "/time-entries/{id}/approve", tag = "Time", responses((status = 200, body = TimeEntryBody)))]
pub async fn approve(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<TimeEntryId>,
) -> Result<Json<TimeEntryBody>, Problem> {
    let entry = entries::step(&cx, &who, id, Step::Approve, None).await?;
    one(&cx, &who, entry).await
}

/// Send a time entry back
///
/// With a reason that its member sees; 422 without one.
#[utoipa::path(post, path = "/time-entries/{id}/reject", tag = "Time", request_body = Option<RejectInput>, responses((status = 200, body = TimeEntryBody)))]
pub async fn reject(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<TimeEntryId>,
    OptionalJson(input): OptionalJson<RejectInput>,
) -> Result<Json<TimeEntryBody>, Problem> {
    let entry = entries::step(&cx, &who, id, Step::Reject, input.reason).await?;
    one(&cx, &who, entry).await
}

fn filter(query: TimeEntryQuery) -> Result<Filter, Problem> {
    let mut check = Check::new();
    let filter = Filter {
        member_id: query.member_id.map(Into::into),
        from: instant(&mut check, "?from", query.from.as_deref()),
        to: instant(&mut check, "?to", query.to.as_deref()),
        status: check.parse_opt("?status", query.status.as_deref()),
        source: check.parse_opt("?source", query.source.as_deref()),
        client_id: query.client_id.map(Into::into),
        project_id: query.project_id.map(Into::into),
        synced_event_id: None,
    };
    check.done()?;
    Ok(filter)
}

async fn one(
    cx: &Context,
    who: &Principal,
    entry: TimeEntry,
) -> Result<Json<TimeEntryBody>, Problem> {
    bodies(cx, who, vec![entry])
        .await?
        .pop()
        .map(Json)
        .ok_or_else(Problem::internal)
}

/// The caller's entries whose time one that is about to be made would take.
async fn overlaps_of(cx: &Context, who: &Principal, ask: &Create) -> Result<Vec<Uuid>, Problem> {
    let length = SignedDuration::from_mins(ask.duration_minutes.unwrap_or(0).clamp(0, MAX_MINUTES));
    let end = ask
        .ended_at
        .or_else(|| ask.started_at.checked_add(length).ok())
        .unwrap_or(ask.started_at);
    let found = overlaps::in_stretch(cx, who, ask.started_at, end).await?;
    Ok(found.into_iter().map(Into::into).collect())
}

/// The names an entry that is about to be made will show: its own client's, or its project's client's.
pub(super) async fn names_of(
    cx: &Context,
    who: &Principal,
    client_id: Option<ClientId>,
    project_id: Option<ProjectId>,
) -> Result<Names, Problem> {
    let project = match project_id {
        Some(id) => projects::get(cx, who, id).await.ok(),
        None => None,
    };
    let client = client_id.or_else(|| project.as_ref().and_then(|project| project.client_id));
    let (clients, projects) = (
        client.into_iter().collect(),
        project_id.into_iter().collect(),
    );
    Ok(names::load(cx, who, vec![who.member_id], clients, projects).await?)
}
