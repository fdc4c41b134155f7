//! One thing done to many time entries.

use axum::extract::State;
use daybook_domain::time_entry::Step;
use daybook_engine::store::time_entries::Changes;
use daybook_engine::timesheets::bulk::{self, Done, What, Which};
use daybook_engine::{Context, Principal};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{TimeEntryBody, bodies};
use super::input::TimeEntryPatch;
use crate::extract::{Json, Writer};
use crate::problem::{Problem, ProblemBody};

/// What is done with many entries.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkAction {
    /// Hand in.
    Submit,
    /// Approve.
    Approve,
    /// Send back.
    Reject,
    /// Change.
    Edit,
    /// Remove.
    Delete,
}

/// A member's week.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeekInput {
    /// Any day of it; weeks begin on Monday.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// Whose; by default yours.
    pub member_id: Option<Uuid>,
}

/// Many entries, by ids or by week.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkInput {
    /// What is done.
    pub action: BulkAction,
    /// At most 500 ids; or
    pub ids: Option<Vec<Uuid>>,
    /// a week.
    pub week: Option<WeekInput>,
    /// What is wrong with them; needed to send them back, at most 2000 characters.
    pub reason: Option<String>,
    /// What changes, to edit.
    pub changes: Option<TimeEntryPatch>,
}

/// What became of many entries.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TimeEntryBulk)]
pub struct BulkBody {
    /// One for each entry.
    pub items: Vec<BulkItem>,
}

/// Whether something was done to an entry.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TimeEntryBulkStatus)]
pub enum BulkStatus {
    /// It was.
    Done,
    /// It was not.
    Refused,
}

/// What became of one.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TimeEntryBulkItem)]
pub struct BulkItem {
    /// The entry.
    pub id: Uuid,
    /// Whether it was done.
    pub status: BulkStatus,
    /// As it is now; before it was removed, for those that were.
    #[schema(required = true)]
    pub time_entry: Option<TimeEntryBody>,
    /// Why it was refused.
    #[schema(required = true)]
    pub problem: Option<ProblemBody>,
}

/// Do something with many time entries
///
/// By their ids, or with a member's week. Each stands for itself: what is refused is said with its reason, the others are done.
#[utoipa::path(post, path = "/time-entries/bulk", tag = "Time", request_body = BulkInput, responses((status = 200, body = BulkBody)))]
pub async fn run(
    State(cx): State<Context>,
    Writer(who): Writer,
    Json(input): Json<BulkInput>,
) -> Result<Json<BulkBody>, Problem> {
    let which = which(&who, input.ids, input.week)?;
    let what = match (input.action, input.changes) {
        (BulkAction::Submit, None) => What::Step(Step::Submit, None),
        (BulkAction::Approve, None) => What::Step(Step::Approve, None),
        (BulkAction::Reject, None) => What::Step(Step::Reject, input.reason),
        (BulkAction::Delete, None) => What::Delete,
        (BulkAction::Edit, Some(patch)) => What::Edit(Box::new(patch.changes()?)),
        (BulkAction::Edit, None) => {
            return Err(Problem::invalid_field("/changes", "is required to edit"));
        }
        _ => {
            return Err(Problem::invalid_field(
                "/changes",
                "is only for action edit",
            ));
        }
    };
    let done = bulk::run(&cx, &who, &which, &what).await?;
    let items = items(&cx, &who, done).await?;
    Ok(Json(BulkBody { items }))
}

/// What became of each entry, as it goes over the wire.
pub(super) async fn items(
    cx: &Context,
    who: &Principal,
    done: Vec<Done>,
) -> Result<Vec<BulkItem>, Problem> {
    let entries = done
        .iter()
        .filter_map(|(_, result)| result.as_ref().ok().cloned())
        .collect();
    let mut shown = bodies(cx, who, entries).await?.into_iter();
    let item = |(id, result): Done| match result {
        Ok(_) => BulkItem {
            id: id.into(),
            status: BulkStatus::Done,
            time_entry: shown.next(),
            problem: None,
        },
        Err(error) => BulkItem {
            id: id.into(),
            status: BulkStatus::Refused,
            time_entry: None,
            problem: Some(Problem::from(error).body(None)),
        },
    };
    Ok(done.into_iter().map(item).collect())
}

fn which(
    who: &Principal,
    ids: Option<Vec<Uuid>>,
    week: Option<WeekInput>,
) -> Result<Which, Problem> {
    match (ids, week) {
        (Some(ids), None) if (1..=bulk::MOST).contains(&ids.len()) => {
            Ok(Which::Ids(ids.into_iter().map(Into::into).collect()))
        }
        (None, Some(week)) => Ok(Which::Week {
            member_id: week.member_id.map_or(who.member_id, Into::into),
            day: week.day,
        }),
        _ => {
            let detail = format!("give 1 to {} ids, or a week", bulk::MOST);
            Err(Problem::invalid_field("/ids", detail))
        }
    }
}

impl TimeEntryPatch {
    /// The changes it asks for.
    ///
    /// # Errors
    /// When its duration makes no sense.
    pub fn changes(self) -> Result<Changes, Problem> {
        let minutes = super::input::minutes(self.duration.as_deref(), self.duration_minutes)?;
        Ok(Changes {
            description: self.description,
            started_at: self.started_at,
            ended_at: self.ended_at,
            duration_minutes: minutes,
            client_id: self.client_id.map(|id| id.map(Into::into)),
            project_id: self.project_id.map(|id| id.map(Into::into)),
            billable: self.billable,
            tags: self.tags,
            status: None,
        })
    }
}
