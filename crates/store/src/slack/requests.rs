//! Requests of Slack that were taken, and what was answered: the same one again (a retry, or somebody who recorded it) does nothing
//! and is answered the same.

use daybook_domain::WorkspaceId;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sqlx::types::Json;

use crate::{Result, Tx};

/// How long a request is remembered: longer than its signature is good for, and than Slack repeats it.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);
/// Who has not answered after this long will not: it was stopped in between.
const GIVEN_UP: SignedDuration = SignedDuration::from_secs(10);

/// Whether a request is new.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// It is: do it.
    Fresh,
    /// It was taken a moment ago, and how that ends is not known yet.
    Busy,
    /// It was done; what was answered.
    Again(Value),
}

row! {
    struct Row of "slack_request" {
        answer: Option<Value>,
    }
}

/// Takes a request. Of two at the same time the second waits for the first on PostgreSQL, and is the second on SQLite anyway. One that
/// was taken and not answered since is taken once more.
pub async fn claim(tx: &mut Tx, ws: WorkspaceId, key: &[u8; 32]) -> Result<Claim> {
    let now = tx.now().await?;
    let until = |at: Timestamp| at.saturating_add(REMEMBERED).unwrap_or(Timestamp::MAX);
    let expires_at = until(now);
    let given_up = until(now.saturating_sub(GIVEN_UP).unwrap_or(Timestamp::MIN));
    let fresh = execute!(
        tx,
        "INSERT INTO slack_request (workspace_id, request_key, expires_at) VALUES ($1, $2, $3) ON CONFLICT (workspace_id, request_key)
         DO UPDATE SET expires_at = excluded.expires_at WHERE slack_request.answer IS NULL AND slack_request.expires_at <= $4",
        ws,
        key,
        expires_at,
        given_up
    )?;
    if fresh == 1 {
        return Ok(Claim::Fresh);
    }
    Ok(answered(tx, ws, key)
        .await?
        .map_or(Claim::Busy, Claim::Again))
}

/// Forgets that a request was taken, because it could not be done: the same again is new.
pub async fn release(tx: &mut Tx, ws: WorkspaceId, key: &[u8; 32]) -> Result<()> {
    execute!(
        tx,
        "DELETE FROM slack_request WHERE workspace_id = $1 AND request_key = $2 AND answer IS NULL",
        ws,
        key
    )
    .map(|_| ())
}

/// What was answered to a request that was taken before; `None`: it was not, or its answer is not known yet.
pub async fn answered(tx: &mut Tx, ws: WorkspaceId, key: &[u8; 32]) -> Result<Option<Value>> {
    let row = fetch_optional!(
        tx,
        Row,
        "SELECT answer FROM slack_request WHERE workspace_id = $1 AND request_key = $2",
        ws,
        key
    )?;
    Ok(row.and_then(|row| row.answer))
}

/// Keeps what was answered.
pub async fn answer(tx: &mut Tx, ws: WorkspaceId, key: &[u8; 32], answer: &Value) -> Result<()> {
    execute_one!(
        tx,
        "UPDATE slack_request SET answer = $3 WHERE workspace_id = $1 AND request_key = $2",
        ws,
        key,
        Json(answer)
    )
}

/// Forgets what no signature can be valid for any more.
pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    execute!(tx, "DELETE FROM slack_request WHERE expires_at <= $1", now)
}
