//! Durable background work, enqueued in the transaction that wrote the fact it follows.
//!
//! A job is delivered at least once. A claim leases it: `due_at` moves to the end of the lease, so that a job whose worker died
//! simply becomes due again, and `fence` grows, so that a worker that lost its lease can no longer settle the job. A live job
//! absorbs others of the same kind and key; one that is running runs once more afterwards, because it may have read already.

mod claim;
mod manage;

use daybook_domain::{JobId, WorkspaceId};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::types::Json;

pub use claim::{Retried, claim, fail, finish, hand_back, heartbeat, retry_at};
pub use manage::{
    Count, Filter, Standing, counts, delete_finished_older, get, list, next_due, retry, standing,
};

use crate::open::JOBS_CHANNEL;
use crate::tx::Conn;
use crate::{Result, Tx};

daybook_domain::text_enum! {
    /// Where a job stands.
    State {
        /// Waiting or running.
        Live = "live",
        /// Given up; somebody may retry it.
        Failed = "failed",
        /// Finished.
        Done = "done",
    }
}

/// Which jobs go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Priority {
    /// Somebody is waiting for it.
    High,
    /// The usual.
    #[default]
    Normal,
    /// Cleaning up.
    Low,
}

impl Priority {
    /// From the first to go to the last.
    pub(crate) const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];

    pub(crate) const fn rank(self) -> i64 {
        self as i64
    }
}

row! {
    /// A job.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Job of "job" {
        /// Its id.
        pub id: JobId,
        /// What to do.
        pub kind: String,
        /// Of live jobs of one kind, one has this key.
        pub dedupe_key: Option<String>,
        /// For which workspace.
        pub workspace_id: Option<WorkspaceId>,
        /// With what.
        pub payload: Value,
        /// Where it stands.
        pub state: State,
        /// Rank: 0 goes first.
        pub priority: i64,
        /// When it may run; while it runs, when its lease ends.
        pub due_at: Timestamp,
        /// When it runs once more after the present run.
        pub again_at: Option<Timestamp>,
        /// Set while it runs: when its lease ends.
        pub lease_until: Option<Timestamp>,
        /// Grows with each claim; settling needs the newest.
        pub fence: i64,
        /// How often it was tried.
        pub attempt: i64,
        /// How often it is tried at most.
        pub max_attempts: i64,
        /// What last went wrong.
        pub last_error: Option<String>,
        /// When it was enqueued.
        pub created_at: Timestamp,
        /// When it was done or given up.
        pub finished_at: Option<Timestamp>,
    }
}

/// A job to enqueue.
#[derive(Debug, Clone)]
pub struct NewJob<'a> {
    /// What to do.
    pub kind: &'a str,
    /// Of live jobs of this kind, one has this key.
    pub dedupe_key: Option<&'a str>,
    /// For which workspace.
    pub workspace_id: Option<WorkspaceId>,
    /// With what.
    pub payload: Value,
    /// Not before this; `None`: at once.
    pub due_at: Option<Timestamp>,
    /// Which go first.
    pub priority: Priority,
    /// How often it is tried at most.
    pub max_attempts: i64,
}

/// What became of a job that was enqueued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enqueued {
    /// It is new.
    New(JobId),
    /// A live one with the same kind and key does its work.
    Absorbed(JobId),
}

impl Enqueued {
    /// The job that does the work.
    #[must_use]
    pub const fn id(self) -> JobId {
        match self {
            Self::New(id) | Self::Absorbed(id) => id,
        }
    }
}

impl<'a> NewJob<'a> {
    /// A job that is due at once, with normal priority and eight attempts.
    #[must_use]
    pub const fn new(kind: &'a str, payload: Value) -> Self {
        Self {
            kind,
            dedupe_key: None,
            workspace_id: None,
            payload,
            due_at: None,
            priority: Priority::Normal,
            max_attempts: 8,
        }
    }
}

/// Enqueues a job; it exists when the transaction is committed, and the workers wake then.
///
/// A live job with the same kind and key absorbs it: one that waits for its first run comes forward if the new one is due
/// earlier or goes first, one that runs is run once more. The payload of the live job stays.
pub async fn enqueue(tx: &mut Tx, new: &NewJob<'_>) -> Result<Enqueued> {
    let (fresh, now): (JobId, _) = (tx.id(), tx.now().await?);
    let (id,) = fetch_one!(
        tx,
        (uuid::Uuid,),
        "INSERT INTO job (id, kind, dedupe_key, workspace_id, payload, state, priority, due_at, max_attempts, created_at)
         VALUES ($1, $2, $3, $4, $5, 'live', $6, $7, $8, $9)
         ON CONFLICT (kind, dedupe_key) WHERE state = 'live' DO UPDATE SET
         due_at = CASE WHEN job.lease_until IS NULL AND job.attempt = 0 AND excluded.due_at < job.due_at THEN excluded.due_at ELSE job.due_at END,
         again_at = CASE WHEN job.lease_until IS NULL THEN job.again_at WHEN job.again_at < excluded.due_at THEN job.again_at ELSE excluded.due_at END,
         priority = CASE WHEN excluded.priority < job.priority THEN excluded.priority ELSE job.priority END
         RETURNING id",
        fresh,
        new.kind,
        new.dedupe_key,
        new.workspace_id,
        Json(&new.payload),
        new.priority.rank(),
        new.due_at.unwrap_or(now),
        new.max_attempts,
        now
    )?;
    let id = JobId::from_uuid(id);
    announce(tx).await?;
    Ok(if id == fresh {
        Enqueued::New(id)
    } else {
        Enqueued::Absorbed(id)
    })
}

/// Wakes the workers of this and other nodes when the transaction is committed.
async fn announce(tx: &mut Tx) -> Result<()> {
    if !tx.wakes {
        tx.wakes = true;
        if let Conn::Postgres(t) = &mut tx.conn {
            sqlx::query(sql!(postgres: "SELECT pg_notify($1, '')"))
                .bind(JOBS_CHANNEL)
                .execute(&mut **t)
                .await?;
        }
    }
    Ok(())
}
