//! Meetings become time entries.

use axum::extract::State;
use axum::response::Response;
use daybook_engine::timesheets::convert::{self, Convert};
use daybook_engine::{Context, Principal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::time::body::{TimeEntryBody, bodies};
use crate::extract::{Creating, Writer};
use crate::problem::{Problem, ProblemBody};

/// Most events of one bulk request.
const MOST: usize = 200;

/// An event to become a time entry.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConvertInput {
    /// The `id` of an event (of one instance).
    pub synced_event_id: Uuid,
    /// Project; by default the calendar's.
    pub project_id: Option<Uuid>,
    /// Client; by default the project's, or the calendar's.
    pub client_id: Option<Uuid>,
    /// Also when it is all-day, declined, or only a note.
    #[serde(default)]
    #[schema(required = false)]
    pub force: bool,
    /// Whether it is billed; by default as the project says.
    pub billable: Option<bool>,
    /// Other words than the title.
    pub description: Option<String>,
    /// A time entry of its own, although the same meeting has one from another of your calendars; otherwise that one is answered.
    #[serde(default)]
    #[schema(required = false)]
    pub separate: bool,
}

/// Several events to become time entries.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConvertBulkInput {
    /// At most 200.
    pub items: Vec<ConvertInput>,
}

/// What became of several events.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ConvertBulk)]
pub struct ConvertBulkBody {
    /// One for each event, in the order of the request.
    pub items: Vec<ConvertedBody>,
}

/// What became of one event.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Converted)]
pub struct ConvertedBody {
    /// The event.
    pub synced_event_id: Uuid,
    /// `created`, `existing` or `refused`.
    pub status: ConvertedStatus,
    /// The time entry.
    #[schema(required = true)]
    pub time_entry: Option<TimeEntryBody>,
    /// Why it was refused.
    #[schema(required = true)]
    pub problem: Option<ProblemBody>,
}

impl ConvertedBody {
    /// One of several: what is refused says why; a failure of ours ends the whole request.
    pub(in crate::api) fn of(
        synced_event_id: Uuid,
        outcome: Result<(TimeEntryBody, bool), Problem>,
    ) -> Result<Self, Problem> {
        let (status, time_entry, problem) = match outcome {
            Ok((entry, true)) => (ConvertedStatus::Created, Some(entry), None),
            Ok((entry, false)) => (ConvertedStatus::Existing, Some(entry), None),
            Err(problem) if problem.status().is_server_error() => return Err(problem),
            Err(problem) => (ConvertedStatus::Refused, None, Some(problem.body(None))),
        };
        Ok(Self {
            synced_event_id,
            status,
            time_entry,
            problem,
        })
    }
}

/// What became of an event.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConvertedStatus {
    /// A time entry was made.
    Created,
    /// There was one already.
    Existing,
    /// None was made.
    Refused,
}

/// Make a time entry from an event
///
/// Again for the same meeting, also through another calendar that shows it: 200 with the same entry. What the calendar's filters
/// leave out of billing lists can be converted all the same.
#[utoipa::path(post, path = "/integrations/calendars/events/convert", tag = "Events", request_body = ConvertInput, responses((status = 201, body = TimeEntryBody), (status = 200, body = TimeEntryBody)))]
pub async fn convert(
    State(cx): State<Context>,
    Writer(who): Writer,
    Creating { body, key }: Creating<ConvertInput>,
) -> Result<Response, Problem> {
    if let Some(earlier) = key.earlier(&cx, &who).await? {
        return Ok(earlier);
    }
    let (body, created) = one(&cx, &who, body, false).await?;
    key.made(&cx, &who, &body, created).await
}

/// Make time entries from several events
///
/// Each stands for itself: what cannot be converted is refused with its reason, the others are made. What the calendar's filters
/// leave out is refused (`not_offered`) unless `force` says otherwise.
#[utoipa::path(post, path = "/integrations/calendars/events/convert-bulk", tag = "Events", request_body = ConvertBulkInput, responses((status = 200, body = ConvertBulkBody)))]
pub async fn convert_bulk(
    State(cx): State<Context>,
    Writer(who): Writer,
    Creating { body: input, key }: Creating<ConvertBulkInput>,
) -> Result<Response, Problem> {
    if let Some(earlier) = key.earlier(&cx, &who).await? {
        return Ok(earlier);
    }
    if !(1..=MOST).contains(&input.items.len()) {
        return Err(Problem::invalid_field(
            "/items",
            format!("must have 1 to {MOST} items"),
        ));
    }
    let mut items = Vec::with_capacity(input.items.len());
    for item in input.items {
        let synced_event_id = item.synced_event_id;
        let outcome = one(&cx, &who, item, true).await;
        items.push(ConvertedBody::of(synced_event_id, outcome)?);
    }
    key.done(&cx, &who, &ConvertBulkBody { items }).await
}

async fn one(
    cx: &Context,
    who: &Principal,
    input: ConvertInput,
    only_offered: bool,
) -> Result<(TimeEntryBody, bool), Problem> {
    let ask = Convert {
        client_id: input.client_id.map(Into::into),
        project_id: input.project_id.map(Into::into),
        force: input.force,
        billable: input.billable,
        description: input.description,
        only_offered,
        separate: input.separate,
        ..Convert::of(input.synced_event_id.into())
    };
    let (entry, created) = convert::convert(cx, who, ask).await?;
    let body = bodies(cx, who, vec![entry])
        .await?
        .pop()
        .ok_or_else(Problem::internal)?;
    Ok((body, created))
}
