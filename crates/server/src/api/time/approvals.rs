//! Time by member and week, for those who approve it.

use axum::extract::State;
use daybook_domain::MemberId;
use daybook_domain::time_entry::Status;
use daybook_engine::accounts::names::{self, Names};
use daybook_engine::timesheets::approvals::{self, Ask, State as ApprovalState, Week};
use daybook_engine::{Context, Principal};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::{TimeEntryBody, bodies};
use super::bulk::{BulkItem, items};
use crate::api::wire::{ApprovalStateSchema, date};
use crate::cursor::List;
use crate::extract::{Admin, Id2, Json, Page, Query, Reader};
use crate::problem::{Check, Problem};

/// Which weeks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApprovalQuery {
    /// From the week of this date on; by default of the last five weeks, and of all weeks with `state` `pending`, `rejected` or `open`.
    pub from: Option<String>,
    /// Up to the week of this date; by default the current one, and of later ones too with those states. At most 26 weeks where both are given.
    pub to: Option<String>,
    /// That stand so.
    #[param(value_type = Option<ApprovalStateSchema>)]
    pub state: Option<String>,
    /// Of this member; for plain members always their own.
    pub member_id: Option<Uuid>,
    /// Rows a page, by default 50.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The previous page's `next_cursor`.
    pub cursor: Option<String>,
}

/// Why a week is sent back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeekRejectInput {
    /// What is wrong with it; at most 2000 characters.
    pub reason: String,
}

/// A member's week.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Approval)]
pub struct ApprovalBody {
    /// Whose.
    pub member_id: Uuid,
    /// Their name.
    pub member_name: String,
    /// Its Monday, in the workspace's zone.
    #[schema(value_type = String, format = Date)]
    pub week: Date,
    /// How it stands: `pending` when something of it waits, else `rejected` when something was sent back, else `open` when something is
    /// not handed in, else `approved`.
    #[schema(value_type = ApprovalStateSchema)]
    pub state: ApprovalState,
    /// How many entries it has.
    pub entries_count: i64,
    /// How long they are.
    pub minutes: i64,
    /// What of it is billed.
    pub billable_minutes: i64,
    /// What of it is not handed in.
    pub draft_minutes: i64,
    /// What of it waits for approval.
    pub pending_minutes: i64,
    /// What of it was sent back.
    pub rejected_minutes: i64,
    /// What of it is approved.
    pub approved_minutes: i64,
    /// What of it is on an invoice.
    pub invoiced_minutes: i64,
    /// Whether you may approve it; your own only where the workspace allows that.
    pub may_approve: bool,
}

/// A member's week with its entries.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ApprovalWeek)]
pub struct WeekBody {
    /// The week.
    pub approval: ApprovalBody,
    /// Its entries, the earliest first; at most 500.
    pub items: Vec<TimeEntryBody>,
}

/// What came of a decision.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ApprovalDecision)]
pub struct DecisionBody {
    /// The week as it is now.
    pub approval: ApprovalBody,
    /// What became of each entry that waited.
    pub items: Vec<BulkItem>,
}

impl ApprovalBody {
    fn new(week: Week, names: &Names) -> Self {
        let minutes = |status| week.by_status.get(&status).copied().unwrap_or(0);
        Self {
            member_id: week.member_id.into(),
            member_name: names.member(week.member_id),
            week: week.monday,
            state: week.state,
            entries_count: week.entries,
            minutes: week.minutes,
            billable_minutes: week.billable_minutes,
            draft_minutes: minutes(Status::Draft),
            pending_minutes: minutes(Status::Pending),
            rejected_minutes: minutes(Status::Rejected),
            approved_minutes: minutes(Status::Approved),
            invoiced_minutes: minutes(Status::Invoiced),
            may_approve: week.may_approve,
        }
    }
}

/// List weeks to approve
///
/// Each member's weeks that have time, the latest first. Owners and admins see everybody's, plain members their own.
#[utoipa::path(get, path = "/approvals", tag = "Time", params(ApprovalQuery), responses((status = 200, body = List<ApprovalBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<ApprovalQuery>,
) -> Result<Json<List<ApprovalBody>>, Problem> {
    let page: Page<(Date, MemberId)> = Page::new(query.limit, query.cursor.as_deref())?;
    let mut check = Check::new();
    let ask = Ask {
        from: date(&mut check, "?from", query.from.as_deref()),
        to: date(&mut check, "?to", query.to.as_deref()),
        member_id: query.member_id.map(Into::into),
        state: check.parse_opt("?state", query.state.as_deref()),
    };
    check.done()?;
    let limit = usize::try_from(page.fetch()).unwrap_or(usize::MAX);
    let weeks = approvals::list(&cx, &who, &ask, page.after, limit).await?;
    let members = weeks.iter().map(|week| week.member_id).collect();
    let names = names::load(&cx, &who, members, vec![], vec![]).await?;
    Ok(page.list(
        weeks,
        |week| (week.monday, week.member_id),
        |week| ApprovalBody::new(week, &names),
    ))
}

/// A member's week
///
/// Of any day in it.
#[utoipa::path(get, path = "/approvals/{member_id}/{week}", tag = "Time", responses((status = 200, body = WeekBody)))]
pub async fn get(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id2(member, week): Id2<MemberId, String>,
) -> Result<Json<WeekBody>, Problem> {
    let (week, entries) = approvals::get(&cx, &who, member, day(&week)?).await?;
    Ok(Json(WeekBody {
        approval: named(&cx, &who, week).await?,
        items: bodies(&cx, &who, entries).await?,
    }))
}

/// Approve a member's week
///
/// All of it that waits. Each entry stands for itself: what is refused is said with its reason, the others are approved. 409
/// `nothing_waits` when there is nothing to decide on.
#[utoipa::path(post, path = "/approvals/{member_id}/{week}/approve", tag = "Time", responses((status = 200, body = DecisionBody)))]
pub async fn approve(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id2(member, week): Id2<MemberId, String>,
) -> Result<Json<DecisionBody>, Problem> {
    decide(&cx, &who, member, day(&week)?, None).await
}

/// Send a member's week back
///
/// All of it that waits, with a reason that its member sees.
#[utoipa::path(post, path = "/approvals/{member_id}/{week}/reject", tag = "Time", request_body = WeekRejectInput, responses((status = 200, body = DecisionBody)))]
pub async fn reject(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id2(member, week): Id2<MemberId, String>,
    Json(input): Json<WeekRejectInput>,
) -> Result<Json<DecisionBody>, Problem> {
    decide(&cx, &who, member, day(&week)?, Some(&input.reason)).await
}

async fn decide(
    cx: &Context,
    who: &Principal,
    member: MemberId,
    day: Date,
    reason: Option<&str>,
) -> Result<Json<DecisionBody>, Problem> {
    let done = approvals::decide(cx, who, member, day, reason).await?;
    let (week, _) = approvals::get(cx, who, member, day).await?;
    Ok(Json(DecisionBody {
        approval: named(cx, who, week).await?,
        items: items(cx, who, done).await?,
    }))
}

async fn named(cx: &Context, who: &Principal, week: Week) -> Result<ApprovalBody, Problem> {
    let names = names::load(cx, who, vec![week.member_id], vec![], vec![]).await?;
    Ok(ApprovalBody::new(week, &names))
}

fn day(text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_| {
        let detail = "The week in the address must be a date such as 2026-11-23; any day of the week will do.";
        Problem::malformed("malformed_date", detail)
    })
}
