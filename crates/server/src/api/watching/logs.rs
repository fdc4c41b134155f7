//! The activity log.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use daybook_domain::ActivityId;
use daybook_domain::activity::LogType;
use daybook_engine::activity::{kinds, list};
use daybook_engine::store::activity::{Activity, Filter};
use daybook_engine::{Context, Principal};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::csv;
use crate::api::connections::input::provider_key;
use crate::api::wire::{LogTypeSchema, instant};
use crate::cursor::List;
use crate::extract::{Json, Page, Query, Reader, switch};
use crate::problem::{Check, Problem};

/// An export has no more lines than this, the newest.
const EXPORTED: u32 = 10_000;

/// A line of the activity log.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Log)]
pub struct LogBody {
    /// Id.
    pub id: Uuid,
    /// What kind of thing.
    #[schema(value_type = LogTypeSchema)]
    pub log_type: LogType,
    /// What kind of integration it is about: `calendar`, `video`, `chat` or `webhook`.
    #[schema(required = true)]
    pub integration_type: Option<String>,
    /// The provider's key.
    #[schema(required = true)]
    pub provider: Option<String>,
    /// The connection.
    #[schema(required = true)]
    pub connection_id: Option<Uuid>,
    /// The calendar.
    #[schema(required = true)]
    pub calendar_id: Option<Uuid>,
    /// Whether it worked.
    pub success: bool,
    /// One sentence.
    pub title: String,
    /// More, as plain values.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
    /// How long it took.
    #[schema(required = true)]
    pub duration_ms: Option<i64>,
    /// When.
    pub created_at: Timestamp,
}

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// Of this kind.
    #[param(value_type = Option<LogTypeSchema>)]
    pub log_type: Option<String>,
    /// About this kind of integration: `calendar`, `video`, `chat`, `webhook` or `oauth`. A provider's key is understood too.
    pub integration_type: Option<String>,
    /// Of this provider.
    pub provider: Option<String>,
    /// About this calendar.
    pub calendar_id: Option<Uuid>,
    /// Only what worked, or only what failed.
    #[serde(default, deserialize_with = "switch")]
    pub success: Option<bool>,
    /// Title contains.
    pub q: Option<String>,
    /// At or after this instant or date.
    pub from: Option<String>,
    /// Before this instant or date.
    pub to: Option<String>,
    /// Rows a page, by default 50.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The previous page's `next_cursor`.
    pub cursor: Option<String>,
}

/// List what integrations did
///
/// The newest first; kept 90 days.
#[utoipa::path(get, path = "/integrations/logs", tag = "Watching", params(LogQuery), responses((status = 200, body = List<LogBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<LogQuery>,
) -> Result<Json<List<LogBody>>, Problem> {
    let page: Page<(Timestamp, ActivityId)> = Page::new(query.limit, query.cursor.as_deref())?;
    let rows = search(&cx, &who, &query, page.after, page.fetch()).await?;
    let body = |row| LogBody::new(&cx, row);
    Ok(page.list(rows, |row| (row.created_at, row.id), body))
}

/// Export what integrations did, as CSV
#[utoipa::path(get, path = "/integrations/logs/export.csv", tag = "Watching", params(LogQuery), responses((status = 200, body = String, content_type = "text/csv")))]
pub async fn export(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<LogQuery>,
) -> Result<Response, Problem> {
    let rows = search(&cx, &who, &query, None, EXPORTED).await?;
    let mut text = csv::line([
        "created_at",
        "log_type",
        "integration_type",
        "success",
        "title",
        "duration_ms",
        "provider",
    ]);
    for row in rows {
        let (at, duration) = (
            row.created_at.to_string(),
            row.duration_ms.map(|ms| ms.to_string()),
        );
        text.push_str(&csv::line([
            at.as_str(),
            row.log_type.as_str(),
            kinds::of(&cx, &row).unwrap_or_default(),
            if row.success { "true" } else { "false" },
            &row.title,
            duration.as_deref().unwrap_or_default(),
            row.integration_type.as_deref().unwrap_or_default(),
        ]));
    }
    let kind = (CONTENT_TYPE, "text/csv; charset=utf-8");
    let name = (
        CONTENT_DISPOSITION,
        "attachment; filename=\"daybook-activity.csv\"",
    );
    Ok(([kind, name], text).into_response())
}

/// At most `limit` lines that fit the query.
async fn search(
    cx: &Context,
    who: &Principal,
    query: &LogQuery,
    after: Option<(Timestamp, ActivityId)>,
    limit: u32,
) -> Result<Vec<Activity>, Problem> {
    let mut check = Check::new();
    let mut filter = Filter {
        log_type: check.parse_opt("?log_type", query.log_type.as_deref()),
        provider: query
            .provider
            .as_deref()
            .map(|name| provider_key(name).to_owned()),
        calendar_id: query.calendar_id.map(Into::into),
        success: query.success,
        q: query
            .q
            .as_deref()
            .map(|q| q.trim().to_owned())
            .filter(|q| !q.is_empty()),
        from: instant(&mut check, "?from", query.from.as_deref()),
        to: instant(&mut check, "?to", query.to.as_deref()),
        ..Filter::default()
    };
    if let Some(name) = query.integration_type.as_deref() {
        let name = provider_key(name);
        filter.about = kinds::about(cx, name);
        if filter.about.is_none() {
            check.wrong(
                "?integration_type",
                "must be calendar, video, chat, webhook, oauth, or a provider's key",
            );
        }
    }
    check.done()?;
    Ok(list::list(cx, who, filter, after, i64::from(limit)).await?)
}

impl LogBody {
    fn new(cx: &Context, row: Activity) -> Self {
        Self {
            id: row.id.into(),
            log_type: row.log_type,
            integration_type: kinds::of(cx, &row).map(str::to_owned),
            provider: row.integration_type,
            connection_id: row.connection_id.map(Into::into),
            calendar_id: row.calendar_id.map(Into::into),
            success: row.success,
            title: row.title,
            detail: row.detail,
            duration_ms: row.duration_ms,
            created_at: row.created_at,
        }
    }
}
