//! What else is done with time entries: the timer, typed time, split, merge, duplicate, many at once, and their history.

use axum::extract::State;
use axum::response::Response;
use daybook_domain::time_entry::Source;
use daybook_domain::{EntryChangeId, TimeEntryId, duration};
use daybook_engine::accounts::names;
use daybook_engine::store::time_entries::TimeEntry;
use daybook_engine::timesheets::entries::{self, Create};
use daybook_engine::timesheets::{follow, history, quick, shape, timer};
use daybook_engine::{Context, Principal, Via};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{TimeEntryBody, bodies};
use super::entries::{make, names_of};
use crate::cursor::List;
use crate::extract::{Creating, Id, Json, Paging, Query, Reader, Writer, answer, created};
use crate::problem::Problem;

/// What a timer is started for.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TimerInput {
    /// What is done; may be said later.
    #[schema(required = false)]
    pub description: String,
    /// For whom.
    pub client_id: Option<Uuid>,
    /// For what.
    pub project_id: Option<Uuid>,
    /// Whether it is billed; by default as the project says.
    pub billable: Option<bool>,
    /// Tags.
    #[schema(required = false)]
    pub tags: Vec<String>,
}

/// The running timer, if there is one.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Timer)]
pub struct TimerBody {
    /// Its entry.
    #[schema(required = true)]
    pub time_entry: Option<TimeEntryBody>,
}

/// Time as people type it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuickInput {
    /// `2h 30m yesterday #project: what was done`.
    pub text: String,
}

/// Where an entry is cut.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitInput {
    /// An instant within it.
    pub at: Timestamp,
}

/// Which entries become one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeInput {
    /// 2 to 50 ids.
    pub ids: Vec<Uuid>,
}

/// When the copy begins.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DuplicateInput {
    /// By default when the original does.
    pub started_at: Option<Timestamp>,
}

/// Something that was done to an entry.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TimeEntryChange)]
pub struct ChangeBody {
    /// Id.
    pub id: Uuid,
    /// `created`, `started`, `stopped`, `edited`, `submitted`, `approved`, `rejected`, `split`, `merged`, `followed`, `deleted` …
    pub action: String,
    /// By whom.
    #[schema(required = true)]
    pub member_id: Option<Uuid>,
    /// Why.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// What it said before: only what changed.
    #[schema(required = true, value_type = Option<Object>)]
    pub before: Option<serde_json::Value>,
    /// What it said then: only what changed.
    #[schema(required = true, value_type = Option<Object>)]
    pub after: Option<serde_json::Value>,
    /// When.
    pub created_at: Timestamp,
}

/// What is done about a meeting that changed.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FollowAction {
    /// The entry follows; with a meeting that is gone, it goes.
    Take,
    /// The entry stays as it is.
    Keep,
}

/// What is done about a meeting that changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowInput {
    /// Take the change, or keep what was logged.
    pub action: FollowAction,
}

/// The running timer
#[utoipa::path(get, path = "/time-entries/timer", tag = "Time", responses((status = 200, body = TimerBody)))]
pub async fn timer(
    State(cx): State<Context>,
    Reader(who): Reader,
) -> Result<Json<TimerBody>, Problem> {
    let running = timer::current(&cx, &who).await?;
    let entries = running.into_iter().collect();
    Ok(Json(TimerBody {
        time_entry: bodies(&cx, &who, entries).await?.pop(),
    }))
}

/// Start the timer
///
/// One at a time: 409 `timer_running`.
#[utoipa::path(post, path = "/time-entries/timer", tag = "Time", request_body = TimerInput, responses((status = 201, body = TimeEntryBody)))]
pub async fn start(
    State(cx): State<Context>,
    Writer(who): Writer,
    Creating { body, key }: Creating<TimerInput>,
) -> Result<Response, Problem> {
    let (client, project) = (
        body.client_id.map(Into::into),
        body.project_id.map(Into::into),
    );
    let names = names_of(&cx, &who, client, project).await?;
    let ask = timer::Start {
        description: body.description,
        client_id: client,
        project_id: project,
        billable: body.billable,
        tags: body.tags,
    };
    let render = move |entry: &TimeEntry| created(&TimeEntryBody::new(entry, &names));
    let outcome = timer::start(&cx, &who, ask, &key.once(&render)).await?;
    Ok(answer(outcome, render))
}

/// Stop the timer
#[utoipa::path(post, path = "/time-entries/timer/stop", tag = "Time", responses((status = 200, body = TimeEntryBody)))]
pub async fn stop(
    State(cx): State<Context>,
    Writer(who): Writer,
) -> Result<Json<TimeEntryBody>, Problem> {
    let entry = timer::stop(&cx, &who).await?;
    one(&cx, &who, entry).await
}

/// Throw the timer away
#[utoipa::path(delete, path = "/time-entries/timer", tag = "Time", responses((status = 204)))]
pub async fn discard(
    State(cx): State<Context>,
    Writer(who): Writer,
) -> Result<StatusCode, Problem> {
    timer::discard(&cx, &who).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Log time as you would type it
///
/// `2.5 hours: Design review`, `1:30 yesterday #acme: Review`: the same words as `/time` in Slack.
#[utoipa::path(post, path = "/time-entries/quick", tag = "Time", request_body = QuickInput, responses((status = 201, body = TimeEntryBody)))]
pub async fn quick(
    State(cx): State<Context>,
    Writer(who): Writer,
    Creating { body, key }: Creating<QuickInput>,
) -> Result<Response, Problem> {
    if let Some(earlier) = key.earlier(&cx, &who).await? {
        return Ok(earlier);
    }
    let today = quick::today(&cx, &who).await?;
    let logged = duration::parse(&body.text, today)
        .map_err(|error| Problem::invalid_field("/text", error.to_string()))?;
    let ask: Create = quick::entry_of(&cx, &who, logged, source(&who)).await?;
    make(&cx, &who, ask, &key).await
}

/// Split a time entry
#[utoipa::path(post, path = "/time-entries/{id}/split", tag = "Time", request_body = SplitInput, responses((status = 200, body = List<TimeEntryBody>)))]
pub async fn split(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<TimeEntryId>,
    Json(input): Json<SplitInput>,
) -> Result<Json<List<TimeEntryBody>>, Problem> {
    let (first, rest) = shape::split(&cx, &who, id, input.at).await?;
    let items = bodies(&cx, &who, vec![first, rest]).await?;
    Ok(Json(List {
        items,
        next_cursor: None,
    }))
}

/// Merge time entries
#[utoipa::path(post, path = "/time-entries/merge", tag = "Time", request_body = MergeInput, responses((status = 200, body = TimeEntryBody)))]
pub async fn merge(
    State(cx): State<Context>,
    Writer(who): Writer,
    Json(input): Json<MergeInput>,
) -> Result<Json<TimeEntryBody>, Problem> {
    if !(2..=shape::MOST).contains(&input.ids.len()) {
        let detail = format!("must have 2 to {} ids", shape::MOST);
        return Err(Problem::invalid_field("/ids", detail));
    }
    let ids: Vec<TimeEntryId> = input.ids.into_iter().map(Into::into).collect();
    let merged = shape::merge(&cx, &who, &ids).await?;
    one(&cx, &who, merged).await
}

/// Duplicate a time entry
#[utoipa::path(post, path = "/time-entries/{id}/duplicate", tag = "Time", request_body = DuplicateInput, responses((status = 201, body = TimeEntryBody)))]
pub async fn duplicate(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<TimeEntryId>,
    Creating { body, key }: Creating<DuplicateInput>,
) -> Result<Response, Problem> {
    let original = entries::get(&cx, &who, id).await?;
    let names = names::load(
        &cx,
        &who,
        vec![original.member_id],
        original.client_id.into_iter().collect(),
        original.project_id.into_iter().collect(),
    )
    .await?;
    let render = move |entry: &TimeEntry| created(&TimeEntryBody::new(entry, &names));
    let outcome = shape::duplicate(&cx, &who, id, body.started_at, &key.once(&render)).await?;
    Ok(answer(outcome, render))
}

/// A time entry's history
///
/// Who did what, and when; also of an entry that is gone.
#[utoipa::path(get, path = "/time-entries/{id}/history", tag = "Time", params(Paging), responses((status = 200, body = List<ChangeBody>)))]
pub async fn changes_of(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<TimeEntryId>,
    Query(paging): Query<Paging>,
) -> Result<Json<List<ChangeBody>>, Problem> {
    let page = paging.page::<(Timestamp, EntryChangeId)>()?;
    let rows = history::of(&cx, &who, id, page.after, i64::from(page.fetch())).await?;
    Ok(page.list(
        rows,
        |row| (row.created_at, row.id),
        |row| ChangeBody {
            id: row.id.into(),
            action: row.action,
            member_id: row.member_id.map(Into::into),
            reason: row.reason,
            before: row.before,
            after: row.after,
            created_at: row.created_at,
        },
    ))
}

/// Follow a meeting that changed, or not
///
/// What is billed never changes by itself: a logged meeting that was moved, renamed or cancelled is listed at
/// `/drafts/changes` until it is answered here.
#[utoipa::path(post, path = "/time-entries/{id}/follow-event", tag = "Time", request_body = FollowInput, responses((status = 200, body = TimerBody)))]
pub async fn follow_event(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<TimeEntryId>,
    Json(input): Json<FollowInput>,
) -> Result<Json<TimerBody>, Problem> {
    let answer = match input.action {
        FollowAction::Take => follow::Answer::Take,
        FollowAction::Keep => follow::Answer::Keep,
    };
    let entry = follow::answer(&cx, &who, id, answer).await?;
    let entries = entry.into_iter().collect();
    Ok(Json(TimerBody {
        time_entry: bodies(&cx, &who, entries).await?.pop(),
    }))
}

fn source(who: &Principal) -> Source {
    if matches!(who.via, Via::ApiKey(_)) {
        Source::Api
    } else {
        Source::Manual
    }
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
