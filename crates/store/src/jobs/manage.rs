//! Looking after jobs: what there is, what went wrong, trying again, forgetting.

use daybook_domain::{JobId, WorkspaceId};
use jiff::Timestamp;

use super::{Job, State};
use crate::{Result, Tx};

/// Which jobs to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this workspace.
    pub workspace_id: Option<WorkspaceId>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Standing so.
    pub state: Option<State>,
}

row! {
    /// How many jobs of a kind stand so.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Count of "job" {
        /// The kind.
        pub kind: String,
        /// Where they stand.
        pub state: State,
        /// How many.
        pub jobs: i64,
        /// When the longest waiting became due.
        pub oldest_due_at: Timestamp,
    }
}

/// The job.
pub async fn get(tx: &mut Tx, id: JobId) -> Result<Job> {
    fetch_one!(tx, Job, "SELECT * FROM job WHERE id = $1", id)
}

/// Jobs, the newest first.
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    after: Option<(Timestamp, JobId)>,
    limit: i64,
) -> Result<Vec<Job>> {
    let (at, id) = after.unwrap_or((Timestamp::MAX, uuid::Uuid::max().into()));
    fetch_all!(
        tx,
        Job,
        "SELECT * FROM job WHERE (created_at, id) < ($1, $2) AND (workspace_id = $3 OR $3 IS NULL) AND (kind = $4 OR $4 IS NULL) AND (state = $5 OR $5 IS NULL)
         ORDER BY created_at DESC, id DESC LIMIT $6",
        at,
        id,
        filter.workspace_id,
        filter.kind.as_deref(),
        filter.state,
        limit
    )
}

row! {
    /// When a live job does its work.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Standing of "job" {
        /// Its key.
        pub dedupe_key: Option<String>,
        /// When it may run; while it runs, when its lease ends.
        pub due_at: Timestamp,
        /// When it runs once more after the present run.
        pub again_at: Option<Timestamp>,
        /// Set while it runs.
        pub lease_until: Option<Timestamp>,
        /// How often it was tried.
        pub attempt: i64,
    }
}

impl Standing {
    /// Whether it will start (once more, if it runs) by `at`, so that enqueueing another one for then would change nothing. One
    /// that failed waits for its next try whatever is enqueued.
    #[must_use]
    pub fn starts_by(&self, at: Timestamp) -> bool {
        match self.lease_until {
            Some(_) => self.again_at.is_some_and(|again| again <= at),
            None => self.attempt > 0 || self.due_at <= at,
        }
    }
}

bulk! {
    STANDING = "SELECT dedupe_key, due_at, again_at, lease_until, attempt FROM job WHERE state = 'live' AND kind = $1 AND dedupe_key IN (",
    fixed 1, columns 1, ")"
}

/// The live jobs of a kind with one of these keys.
pub async fn standing(tx: &mut Tx, kind: &str, keys: &[String]) -> Result<Vec<Standing>> {
    Ok(bulk_fetch!(tx, Standing, STANDING, [kind], keys, |key| [
        key.as_str()
    ]))
}

/// Makes a job that was given up live again, with all its attempts. `NotFound` when it was not given up, `Conflict` when a live
/// one with the same key does its work.
pub async fn retry(tx: &mut Tx, id: JobId) -> Result<Job> {
    let now = tx.now().await?;
    let job = fetch_one!(
        tx,
        Job,
        "UPDATE job SET state = 'live', due_at = $2, attempt = 0, fence = fence + 1, finished_at = NULL WHERE id = $1 AND state = 'failed' RETURNING *",
        id,
        now
    )?;
    super::announce(tx).await?;
    Ok(job)
}

/// How many jobs there are, by kind and state.
pub async fn counts(tx: &mut Tx) -> Result<Vec<Count>> {
    fetch_all!(
        tx,
        Count,
        "SELECT kind, state, count(*) AS jobs, min(due_at) AS oldest_due_at FROM job GROUP BY kind, state ORDER BY kind, state"
    )
}

/// When the next live job becomes due, running ones by the end of their lease.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let (due,) = fetch_one!(
        tx,
        (Option<i64>,),
        "SELECT min(due_at) FROM job WHERE state = 'live'"
    )?;
    Ok(due.and_then(|us| Timestamp::from_microsecond(us).ok()))
}

/// Forgets up to `limit` jobs that were done or given up before `before`.
pub async fn delete_finished_older(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    execute!(
        tx,
        "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE finished_at < $1 AND state <> 'live' ORDER BY finished_at LIMIT $2)",
        before,
        limit
    )
}
