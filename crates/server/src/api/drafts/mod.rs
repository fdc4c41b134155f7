//! Drafts: meetings that are not logged yet.

use axum::extract::State;
use axum::response::Response;
use daybook_domain::InstanceId;
use daybook_engine::timesheets::convert::Convert;
use daybook_engine::timesheets::drafts::{self, Because, Draft, Shown};
use daybook_engine::timesheets::follow;
use daybook_engine::{Context, Principal};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::events::body::EventBody;
use super::events::convert::{ConvertBulkBody, ConvertedBody};
use super::time::body::{TimeEntryBody, bodies};
use super::wire::{DraftReasonSchema, instant};
use crate::cursor::List;
use crate::extract::{Creating, Id, Json, Page, Query, Reader, Writer, switch};
use crate::problem::{Check, Problem};

/// Most drafts that are logged at once.
const MOST: usize = 200;

/// A meeting that is not logged, and what it would be booked on.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Draft)]
pub struct DraftBody {
    /// The meeting.
    pub event: EventBody,
    /// How long it takes.
    pub duration_minutes: i64,
    /// For whom.
    #[schema(required = true)]
    pub client_id: Option<Uuid>,
    /// For what.
    #[schema(required = true)]
    pub project_id: Option<Uuid>,
    /// Whether it would be billed.
    pub billable: bool,
    /// Tags.
    pub tags: Vec<String>,
    /// Why.
    pub reason: DraftReason,
    /// Another member by whose entry this meeting is billed already: this one is not, unless you say so.
    #[schema(required = true)]
    pub billed_by_member_id: Option<Uuid>,
    /// What it would come to, in minor units (cents); null: it is not billed, or has no rate.
    #[schema(required = true)]
    pub amount_minor: Option<i64>,
    /// ISO 4217 code of that.
    #[schema(required = true)]
    pub currency: Option<String>,
}

/// Why something is suggested.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DraftReason {
    /// What says so.
    #[schema(value_type = DraftReasonSchema)]
    pub kind: Because,
    /// The rule.
    #[schema(required = true)]
    pub rule_id: Option<Uuid>,
    /// The rule's name, the title, the domain or the calendar.
    #[schema(required = true)]
    pub detail: Option<String>,
}

/// Which drafts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DraftQuery {
    /// Ending after this instant or date; by default seven days ago.
    pub from: Option<String>,
    /// Beginning before this instant or date; by default now.
    pub to: Option<String>,
    /// Those that were put aside, in place of those that wait; by default false.
    #[serde(default, deserialize_with = "switch")]
    #[param(required = false)]
    pub dismissed: bool,
    /// Rows a page, by default 50.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The previous page's `next_cursor`.
    pub cursor: Option<String>,
}

/// Which changes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MovedQuery {
    /// Of meetings that began at or after this instant or date; by default 35 days ago.
    pub from: Option<String>,
    /// Of meetings that began before this instant or date; by default in 35 days.
    pub to: Option<String>,
}

/// What a draft is logged on; by default as suggested.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DraftLogInput {
    /// For what.
    pub project_id: Option<Uuid>,
    /// For whom.
    pub client_id: Option<Uuid>,
    /// Whether it is billed.
    pub billable: Option<bool>,
    /// Other words than the title.
    pub description: Option<String>,
    /// Other tags than the suggested ones.
    pub tags: Option<Vec<String>>,
}

/// One of several drafts.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftItemInput {
    /// The meeting.
    pub event_id: Uuid,
    /// For what; by default as suggested.
    pub project_id: Option<Uuid>,
    /// For whom; by default as suggested.
    pub client_id: Option<Uuid>,
    /// Whether it is billed; by default as suggested.
    pub billable: Option<bool>,
    /// Other words than the title.
    pub description: Option<String>,
    /// Other tags than the suggested ones.
    pub tags: Option<Vec<String>>,
}

/// Several drafts to be logged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftsLogInput {
    /// At most 200.
    pub items: Vec<DraftItemInput>,
}

/// An entry whose meeting changed after it was logged.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MovedEntry)]
pub struct MovedBody {
    /// The entry.
    pub time_entry: TimeEntryBody,
    /// When the meeting was to begin.
    pub was_start: Timestamp,
    /// When it was to end.
    pub was_end: Timestamp,
    /// What it was called.
    pub was_title: String,
    /// What it is; null: it is gone.
    #[schema(required = true)]
    pub event: Option<EventBody>,
}

impl From<Draft> for DraftBody {
    fn from(draft: Draft) -> Self {
        let suggestion = draft.suggestion;
        let (amount_minor, currency) = draft
            .worth
            .map(|worth| (worth.minor, worth.currency))
            .unzip();
        Self {
            amount_minor,
            currency,
            duration_minutes: draft.minutes,
            client_id: suggestion.client_id.map(Into::into),
            project_id: suggestion.project_id.map(Into::into),
            billable: suggestion.billable,
            tags: suggestion.tags,
            reason: DraftReason {
                kind: suggestion.because,
                rule_id: suggestion.rule_id.map(Into::into),
                detail: suggestion.detail,
            },
            billed_by_member_id: draft.billed_by.map(Into::into),
            event: EventBody::from(draft.event),
        }
    }
}

/// List drafts
///
/// Your meetings that are not logged, with what they would be booked on and why. All-day and declined ones are left out, and
/// those that were put aside: with `dismissed=true` these are listed, to be brought back or logged after all.
#[utoipa::path(get, path = "/drafts", tag = "Time", params(DraftQuery), responses((status = 200, body = List<DraftBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<DraftQuery>,
) -> Result<Json<List<DraftBody>>, Problem> {
    let page: Page<(Timestamp, InstanceId)> = Page::new(query.limit, query.cursor.as_deref())?;
    let range = range(&cx, (query.from.as_deref(), query.to.as_deref()), (7, 0))?;
    let limit = usize::try_from(page.fetch()).unwrap_or(usize::MAX);
    let shown = if query.dismissed {
        Shown::PutAside
    } else {
        Shown::Waiting
    };
    let found = drafts::list(&cx, &who, shown, range, page.after, limit).await?;
    Ok(page.list(
        found.drafts,
        |draft| (draft.event.start_us, draft.event.id),
        DraftBody::from,
    ))
}

/// Log a draft
///
/// As suggested, or as you say. Again for the same meeting: 200 with the same entry.
#[utoipa::path(post, path = "/drafts/{event_id}/log", tag = "Time", request_body = DraftLogInput, responses((status = 201, body = TimeEntryBody), (status = 200, body = TimeEntryBody)))]
pub async fn log(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(event): Id<InstanceId>,
    Creating { body, key }: Creating<DraftLogInput>,
) -> Result<Response, Problem> {
    if let Some(earlier) = key.earlier(&cx, &who).await? {
        return Ok(earlier);
    }
    let (body, created) = one(&cx, &who, event, body).await?;
    key.made(&cx, &who, &body, created).await
}

/// Log several drafts
///
/// Each stands for itself: what cannot be logged is refused with its reason. To undo, delete the entries that were created.
#[utoipa::path(post, path = "/drafts/log", tag = "Time", request_body = DraftsLogInput, responses((status = 200, body = ConvertBulkBody)))]
pub async fn log_many(
    State(cx): State<Context>,
    Writer(who): Writer,
    Creating { body: input, key }: Creating<DraftsLogInput>,
) -> Result<Response, Problem> {
    if let Some(earlier) = key.earlier(&cx, &who).await? {
        return Ok(earlier);
    }
    if !(1..=MOST).contains(&input.items.len()) {
        let detail = format!("must have 1 to {MOST} items");
        return Err(Problem::invalid_field("/items", detail));
    }
    let mut items = Vec::with_capacity(input.items.len());
    for item in input.items {
        let synced_event_id = item.event_id;
        let ask = DraftLogInput {
            project_id: item.project_id,
            client_id: item.client_id,
            billable: item.billable,
            description: item.description,
            tags: item.tags,
        };
        let outcome = one(&cx, &who, item.event_id.into(), ask).await;
        items.push(ConvertedBody::of(synced_event_id, outcome)?);
    }
    key.done(&cx, &who, &ConvertBulkBody { items }).await
}

/// Put a draft aside
///
/// It is not suggested again, whatever becomes of the meeting and in whichever calendars it is.
#[utoipa::path(post, path = "/drafts/{event_id}/dismiss", tag = "Time", responses((status = 204)))]
pub async fn dismiss(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(event): Id<InstanceId>,
) -> Result<StatusCode, Problem> {
    drafts::dismiss(&cx, &who, event).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Bring a draft back
#[utoipa::path(delete, path = "/drafts/{event_id}/dismiss", tag = "Time", responses((status = 204)))]
pub async fn restore(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(event): Id<InstanceId>,
) -> Result<StatusCode, Problem> {
    drafts::restore(&cx, &who, event).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Logged meetings that changed
///
/// Meetings that were moved, renamed or cancelled after they were logged. Answer each at `/time-entries/{id}/follow-event`.
#[utoipa::path(get, path = "/drafts/changes", tag = "Time", params(MovedQuery), responses((status = 200, body = List<MovedBody>)))]
pub async fn changes(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<MovedQuery>,
) -> Result<Json<List<MovedBody>>, Problem> {
    let asked = (query.from.as_deref(), query.to.as_deref());
    let (from, to) = range(&cx, asked, (35, 35))?;
    let moved = follow::list(&cx, &who, from, to).await?;
    let entries = moved.iter().map(|moved| moved.entry.clone()).collect();
    let shown = bodies(&cx, &who, entries).await?;
    let items = moved
        .into_iter()
        .zip(shown)
        .map(|(moved, time_entry)| MovedBody {
            time_entry,
            was_start: moved.was.start_us,
            was_end: moved.was.end_us,
            was_title: moved.was.title,
            event: moved.now.map(EventBody::from),
        })
        .collect();
    Ok(Json(List {
        items,
        next_cursor: None,
    }))
}

/// The range asked for, or so many days back and ahead.
fn range(
    cx: &Context,
    (from, to): (Option<&str>, Option<&str>),
    (back, ahead): (i64, i64),
) -> Result<(Timestamp, Timestamp), Problem> {
    let mut check = Check::new();
    let (from, to) = (
        instant(&mut check, "?from", from),
        instant(&mut check, "?to", to),
    );
    check.done()?;
    let now = cx.clock.now();
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let to = to.unwrap_or_else(|| now.saturating_add(days(ahead)).unwrap_or(now));
    let early = to.min(now).saturating_sub(days(back)).unwrap_or(now);
    Ok((from.unwrap_or(early), to))
}

async fn one(
    cx: &Context,
    who: &Principal,
    event: InstanceId,
    input: DraftLogInput,
) -> Result<(TimeEntryBody, bool), Problem> {
    let ask = Convert {
        client_id: input.client_id.map(Into::into),
        project_id: input.project_id.map(Into::into),
        billable: input.billable,
        description: input.description,
        ..Convert::of(event)
    };
    let (entry, created) = drafts::log(cx, who, ask, input.tags).await?;
    let body = bodies(cx, who, vec![entry])
        .await?
        .pop()
        .ok_or_else(Problem::internal)?;
    Ok((body, created))
}
