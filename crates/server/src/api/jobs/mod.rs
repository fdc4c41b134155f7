//! Background work, for those who look after the workspace.

use axum::extract::State;
use daybook_domain::JobId;
use daybook_engine::Context;
use daybook_engine::jobs::admin;
use daybook_engine::store::jobs::{Job, State as JobState};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::wire::JobStateSchema;
use crate::cursor::List;
use crate::extract::{Admin, Id, Json, Page, Query};
use crate::problem::Problem;

/// Durable background work.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobBody {
    /// Id.
    pub id: Uuid,
    /// What it does.
    pub kind: String,
    /// Where it stands.
    #[schema(value_type = JobStateSchema)]
    pub state: JobState,
    /// How often it was tried.
    pub attempt: i64,
    /// How often it is tried at most.
    pub max_attempts: i64,
    /// When it is next tried.
    pub due_at: Timestamp,
    /// What last went wrong.
    #[schema(required = true)]
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created_at: Timestamp,
}

/// Which work.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JobQuery {
    /// In this state: `live` waits or runs, `done` is done, `failed` was given up.
    #[param(value_type = Option<JobStateSchema>)]
    pub state: Option<JobState>,
    /// Rows a page, by default 50.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The previous page's `next_cursor`.
    pub cursor: Option<String>,
}

/// List background work
///
/// The workspace's, the newest first.
#[utoipa::path(get, path = "/jobs", tag = "Watching", params(JobQuery), responses((status = 200, body = List<JobBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Admin(who): Admin,
    Query(query): Query<JobQuery>,
) -> Result<Json<List<JobBody>>, Problem> {
    let page: Page<(Timestamp, JobId)> = Page::new(query.limit, query.cursor.as_deref())?;
    let limit = i64::from(page.fetch());
    let jobs = admin::list(&cx, &who, query.state, page.after, limit).await?;
    Ok(page.list(jobs, |job| (job.created_at, job.id), JobBody::from))
}

/// Try a failed job again
#[utoipa::path(post, path = "/jobs/{id}/retry", tag = "Watching", responses((status = 200, body = JobBody)))]
pub async fn retry(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<JobId>,
) -> Result<Json<JobBody>, Problem> {
    let job = admin::retry(&cx, &who, id).await?;
    Ok(Json(JobBody::from(job)))
}

impl From<Job> for JobBody {
    fn from(job: Job) -> Self {
        Self {
            id: job.id.into(),
            kind: job.kind,
            state: job.state,
            attempt: job.attempt,
            max_attempts: job.max_attempts,
            due_at: job.due_at,
            last_error: job.last_error,
            created_at: job.created_at,
        }
    }
}
