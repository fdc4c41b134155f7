//! Claiming jobs and settling them.

use daybook_domain::JobId;
use jiff::{SignedDuration, Timestamp};
use sqlx::types::Json;

use super::{Job, Priority};
use crate::tx::{Conn, plus};
use crate::{Result, Tx};

/// What a retry led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retried {
    /// It will run again.
    Later,
    /// It has used up its attempts and is given up.
    GivenUp,
    /// The lease was lost; somebody else settles it.
    Lost,
}

/// Claims up to `n` due jobs for `lease`: those with the best priority first, then the longest waiting. `kinds` limits what is
/// claimed; empty means all. Two claims never get the same job. Jobs whose workers died as often as they may be tried are
/// given up instead (a poison job).
pub async fn claim(tx: &mut Tx, n: i64, lease: SignedDuration, kinds: &[&str]) -> Result<Vec<Job>> {
    let now = tx.now().await?;
    let until = plus(now, lease);
    let mut jobs = Vec::new();
    // One index range for each priority: the cost does not grow with the backlog.
    for priority in Priority::ALL {
        let missing = n - i64::try_from(jobs.len()).unwrap_or(i64::MAX);
        if missing <= 0 {
            break;
        }
        for job in claim_rank(tx, priority, missing, now, until, kinds).await? {
            if job.attempt > job.max_attempts {
                let error = "the worker died each time it ran this job";
                settle(tx, job.id, job.fence, "failed", Some(error)).await?;
            } else {
                jobs.push(job);
            }
        }
    }
    Ok(jobs)
}

/// Every placeholder but the lock is the same on both databases.
macro_rules! claim_text {
    ($kinds:literal, $lock:literal) => {
        concat!(
            "UPDATE job SET due_at = $1, lease_until = $1, attempt = attempt + 1, fence = fence + 1 WHERE id IN \
             (SELECT id FROM job WHERE state = 'live' AND priority = $2 AND due_at <= $3",
            $kinds,
            " ORDER BY due_at LIMIT $4",
            $lock,
            ") RETURNING *"
        )
    };
}

async fn claim_rank(
    tx: &mut Tx,
    priority: Priority,
    n: i64,
    now: Timestamp,
    until: Timestamp,
    kinds: &[&str],
) -> Result<Vec<Job>> {
    let (until, rank, now) = (
        until.as_microsecond(),
        priority.rank(),
        now.as_microsecond(),
    );
    let mut jobs: Vec<Job> = match &mut tx.conn {
        Conn::Sqlite(t) => {
            let all = sql!(sqlite: claim_text!("", ""));
            let some =
                sql!(sqlite: claim_text!(" AND kind IN (SELECT value FROM json_each($5))", ""));
            sqlx::query_as(if kinds.is_empty() { all } else { some })
                .bind(until)
                .bind(rank)
                .bind(now)
                .bind(n)
                .bind(Json(kinds))
                .fetch_all(t.conn())
                .await?
        }
        Conn::Postgres(t) => {
            let all = sql!(postgres: claim_text!("", " FOR UPDATE SKIP LOCKED"));
            let some = sql!(postgres: claim_text!(" AND kind IN (SELECT jsonb_array_elements_text($5))", " FOR UPDATE SKIP LOCKED"));
            let query = sqlx::query_as(if kinds.is_empty() { all } else { some })
                .bind(until)
                .bind(rank)
                .bind(now)
                .bind(n);
            let query = if kinds.is_empty() {
                query
            } else {
                query.bind(Json(kinds))
            };
            query.fetch_all(&mut **t).await?
        }
    };
    jobs.sort_by_key(|job| (job.created_at, job.id));
    Ok(jobs)
}

/// Prolongs the lease; false when it was lost: then stop.
pub async fn heartbeat(tx: &mut Tx, id: JobId, fence: i64, lease: SignedDuration) -> Result<bool> {
    let until = plus(tx.now().await?, lease);
    let changed = execute!(
        tx,
        "UPDATE job SET due_at = $3, lease_until = $3 WHERE id = $1 AND fence = $2 AND state = 'live'",
        id,
        fence,
        until
    )?;
    Ok(changed == 1)
}

/// Ends the job well; it starts over when more work was absorbed while it ran. False when the lease was lost: then what it did
/// in the same transaction must not be committed.
pub async fn finish(tx: &mut Tx, id: JobId, fence: i64) -> Result<bool> {
    settle(tx, id, fence, "done", None).await
}

/// Gives the job up at once; false when the lease was lost.
pub async fn fail(tx: &mut Tx, id: JobId, fence: i64, error: &str) -> Result<bool> {
    settle(tx, id, fence, "failed", Some(error)).await
}

/// Ends a run in `state`; absorbed work makes the job live again, with all attempts.
async fn settle(
    tx: &mut Tx,
    id: JobId,
    fence: i64,
    state: &str,
    error: Option<&str>,
) -> Result<bool> {
    let now = tx.now().await?;
    let changed = execute!(
        tx,
        "UPDATE job SET state = CASE WHEN again_at IS NULL THEN $3 ELSE 'live' END, finished_at = CASE WHEN again_at IS NULL THEN $5 ELSE finished_at END,
         attempt = CASE WHEN again_at IS NULL THEN attempt ELSE 0 END, due_at = coalesce(again_at, due_at), again_at = NULL, lease_until = NULL,
         last_error = $4, fence = fence + 1 WHERE id = $1 AND fence = $2 AND state = 'live'",
        id,
        fence,
        state,
        error,
        now
    )?;
    Ok(changed == 1)
}

/// Runs the job again at `at`, or gives it up when it has used up its attempts.
pub async fn retry_at(
    tx: &mut Tx,
    id: JobId,
    fence: i64,
    at: Timestamp,
    error: &str,
) -> Result<Retried> {
    let found = fetch_optional!(
        tx,
        (i64, i64),
        "SELECT attempt, max_attempts FROM job WHERE id = $1 AND fence = $2 AND state = 'live'",
        id,
        fence
    )?;
    let Some((attempt, max_attempts)) = found else {
        return Ok(Retried::Lost);
    };
    if attempt >= max_attempts {
        let settled = fail(tx, id, fence, error).await?;
        return Ok(if settled {
            Retried::GivenUp
        } else {
            Retried::Lost
        });
    }
    let changed = execute!(
        tx,
        "UPDATE job SET due_at = $3, lease_until = NULL, again_at = NULL, last_error = $4, fence = fence + 1 WHERE id = $1 AND fence = $2 AND state = 'live'",
        id,
        fence,
        at,
        error
    )?;
    Ok(if changed == 1 {
        Retried::Later
    } else {
        Retried::Lost
    })
}

/// Hands the job back unfinished, due at once and without counting the attempt, as a worker does when it shuts down.
pub async fn hand_back(tx: &mut Tx, id: JobId, fence: i64) -> Result<bool> {
    let now = tx.now().await?;
    let changed = execute!(
        tx,
        "UPDATE job SET due_at = $3, lease_until = NULL, again_at = NULL, attempt = attempt - 1, fence = fence + 1 WHERE id = $1 AND fence = $2 AND state = 'live'",
        id,
        fence,
        now
    )?;
    if changed == 1 {
        super::announce(tx).await?;
    }
    Ok(changed == 1)
}
