//! Reports: sums of time and money, and the rows behind them as a file.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use daybook_domain::TimeEntryId;
use daybook_domain::duration::decimal_hours;
use daybook_domain::rate::amount;
use daybook_domain::time_entry::Status;
use daybook_engine::accounts::names::Names;
use daybook_engine::reports::{self, GroupBy, Row, Sum};
use daybook_engine::store::time_entries::Filter;
use daybook_engine::{Context, Principal};
use futures::stream;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::watching::csv;
use super::wire::{GroupBySchema, TimeEntryStatusSchema, instant};
use crate::extract::{Json, Query, Reader};
use crate::problem::{Check, Problem};

/// Rows of a file that are read at once.
const CHUNK: i64 = 500;

/// What is added up.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// By what; by default by project.
    #[param(value_type = Option<GroupBySchema>)]
    pub group_by: Option<String>,
    /// Beginning at or after this instant or date.
    pub from: Option<String>,
    /// Beginning before this instant or date.
    pub to: Option<String>,
    /// In this state.
    #[param(value_type = Option<TimeEntryStatusSchema>)]
    pub status: Option<String>,
    /// Of this member; for plain members always their own.
    pub member_id: Option<Uuid>,
    /// For this client.
    pub client_id: Option<Uuid>,
    /// For this project.
    pub project_id: Option<Uuid>,
}

/// Which rows.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// Beginning at or after this instant or date.
    pub from: Option<String>,
    /// Beginning before this instant or date.
    pub to: Option<String>,
    /// In this state.
    #[param(value_type = Option<TimeEntryStatusSchema>)]
    pub status: Option<String>,
    /// Of this member; for plain members always their own.
    pub member_id: Option<Uuid>,
    /// For this client.
    pub client_id: Option<Uuid>,
    /// For this project.
    pub project_id: Option<Uuid>,
}

/// A report.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TimeReport)]
pub struct ReportBody {
    /// By what.
    #[schema(value_type = GroupBySchema)]
    pub group_by: GroupBy,
    /// The longest first; days in order.
    pub groups: Vec<GroupBody>,
    /// All of it.
    pub total: SumBody,
}

/// A line of a report.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TimeReportGroup)]
pub struct GroupBody {
    /// An id, a provider's key or a date; null: entries without one.
    #[schema(required = true)]
    pub key: Option<String>,
    /// What it is called.
    #[schema(required = true)]
    pub name: Option<String>,
    /// How much.
    #[serde(flatten)]
    pub sum: SumBody,
}

/// A sum.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TimeReportSum)]
pub struct SumBody {
    /// How many entries.
    pub entries: u64,
    /// How long.
    pub minutes: i64,
    /// What of it is billed.
    pub billable_minutes: i64,
    /// What of it is approved or invoiced.
    pub approved_minutes: i64,
    /// Billable time that has no rate.
    pub unpriced_minutes: i64,
    /// What it comes to by currency, in minor units (cents).
    pub amounts_minor: BTreeMap<String, i64>,
}

impl From<Sum> for SumBody {
    fn from(sum: Sum) -> Self {
        Self {
            entries: sum.entries,
            minutes: sum.minutes,
            billable_minutes: sum.billable_minutes,
            approved_minutes: sum.approved_minutes,
            unpriced_minutes: sum.unpriced_minutes,
            amounts_minor: sum.amounts,
        }
    }
}

/// Add up time
///
/// Your own; owners and admins add up the whole workspace's. Money is by each entry's rate on its day.
#[utoipa::path(get, path = "/reports/time", tag = "Time", params(ReportQuery), responses((status = 200, body = ReportBody)))]
pub async fn time(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<ReportQuery>,
) -> Result<Json<ReportBody>, Problem> {
    let mut check = Check::new();
    let by = check.parse_opt("?group_by", query.group_by.as_deref());
    let filter = Filter {
        member_id: query.member_id.map(Into::into),
        from: instant(&mut check, "?from", query.from.as_deref()),
        to: instant(&mut check, "?to", query.to.as_deref()),
        status: check.parse_opt::<Status>("?status", query.status.as_deref()),
        client_id: query.client_id.map(Into::into),
        project_id: query.project_id.map(Into::into),
        ..Filter::default()
    };
    check.done()?;
    let by = by.unwrap_or(GroupBy::Project);
    let report = reports::time(&cx, &who, by, filter).await?;
    Ok(Json(ReportBody {
        group_by: by,
        groups: report
            .groups
            .into_iter()
            .map(|group| GroupBody {
                key: group.key,
                name: group.name,
                sum: group.sum.into(),
            })
            .collect(),
        total: report.total.into(),
    }))
}

/// Export time as CSV
///
/// Sent row by row, the earliest first. Texts that a spreadsheet would run as formulas are disarmed.
#[utoipa::path(get, path = "/reports/export.csv", tag = "Time", params(ExportQuery), responses((status = 200, body = String, content_type = "text/csv")))]
pub async fn export(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Problem> {
    let mut check = Check::new();
    let filter = Filter {
        member_id: query.member_id.map(Into::into),
        from: instant(&mut check, "?from", query.from.as_deref()),
        to: instant(&mut check, "?to", query.to.as_deref()),
        status: check.parse_opt::<Status>("?status", query.status.as_deref()),
        client_id: query.client_id.map(Into::into),
        project_id: query.project_id.map(Into::into),
        ..Filter::default()
    };
    check.done()?;
    let first = Chunk::Head {
        cx,
        who: Box::new(who),
        filter,
    };
    let chunks = stream::try_unfold(first, |chunk| async move { chunk.next().await });
    let kind = (CONTENT_TYPE, "text/csv; charset=utf-8");
    let name = (
        CONTENT_DISPOSITION,
        "attachment; filename=\"daybook-time.csv\"",
    );
    Ok(([kind, name], Body::from_stream(chunks)).into_response())
}

/// How far a file has been sent.
enum Chunk {
    Head {
        cx: Context,
        who: Box<Principal>,
        filter: Filter,
    },
    Rows {
        cx: Context,
        who: Box<Principal>,
        filter: Filter,
        after: Option<(Timestamp, TimeEntryId)>,
    },
    End,
}

impl Chunk {
    async fn next(self) -> Result<Option<(String, Self)>, daybook_engine::store::Error> {
        match self {
            Self::End => Ok(None),
            Self::Head { cx, who, filter } => {
                let head = csv::line(COLUMNS);
                let after = None;
                let rest = Self::Rows {
                    cx,
                    who,
                    filter,
                    after,
                };
                Ok(Some((head, rest)))
            }
            Self::Rows {
                cx,
                who,
                filter,
                after,
            } => {
                let (rows, names) = reports::rows(&cx, &who, &filter, after, CHUNK).await?;
                let text = rows.iter().map(|row| line(row, &names)).collect();
                let after = rows.last().map(|row| (row.entry.started_at, row.entry.id));
                let full = i64::try_from(rows.len()).is_ok_and(|count| count == CHUNK);
                let rest = if full {
                    Self::Rows {
                        cx,
                        who,
                        filter,
                        after,
                    }
                } else {
                    Self::End
                };
                Ok(Some((text, rest)))
            }
        }
    }
}

const COLUMNS: [&str; 16] = [
    "id",
    "date",
    "member",
    "client",
    "project",
    "description",
    "started_at",
    "ended_at",
    "minutes",
    "hours",
    "billable",
    "status",
    "source",
    "tags",
    "currency",
    "amount_minor",
];

fn line(row: &Row, names: &Names) -> String {
    let entry = &row.entry;
    let priced = row.rate.as_ref().map(|rate| {
        let minor = amount(rate.hourly_minor, entry.duration_minutes);
        (rate.currency.as_str(), minor.to_string())
    });
    let (currency, minor) = priced.unwrap_or_default();
    let ended = entry.ended_at.map(|at| at.to_string());
    csv::line([
        entry.id.to_string().as_str(),
        &row.day.to_string(),
        &names.member(entry.member_id),
        &names.client(entry.client_id).unwrap_or_default(),
        &names.project(entry.project_id).unwrap_or_default(),
        &entry.description,
        &entry.started_at.to_string(),
        ended.as_deref().unwrap_or_default(),
        &entry.duration_minutes.to_string(),
        &decimal_hours(entry.duration_minutes),
        if entry.billable { "true" } else { "false" },
        entry.status.as_str(),
        entry.source.as_str(),
        &entry.tags.join(" "),
        currency,
        &minor,
    ])
}
