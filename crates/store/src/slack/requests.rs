//! Requests of Slack that were taken, and what was answered: the same one again (a retry, or somebody who recorded it) does nothing
//! and is answered the same.

use daybook_domain::WorkspaceId;
use jiff::Timestamp;
use serde_json::Value;
use sqlx::types::Json;

use crate::{Result, Tx};

/// Whether a request is new.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// It is: do it.
    Fresh,
    /// It was taken before; what was answered, once that is known.
    Again(Option<Value>),
}

row! {
    struct Row of "slack_request" {
        answer: Option<Value>,
    }
}

/// Takes a request. Of two at the same time the second waits for the first on PostgreSQL, and is the second on SQLite anyway.
pub async fn claim(
    tx: &mut Tx,
    ws: WorkspaceId,
    key: &[u8; 32],
    expires_at: Timestamp,
) -> Result<Claim> {
    let fresh = execute!(
        tx,
        "INSERT INTO slack_request (workspace_id, request_key, expires_at) VALUES ($1, $2, $3) ON CONFLICT (workspace_id, request_key) DO NOTHING",
        ws,
        key,
        expires_at
    )?;
    if fresh == 1 {
        return Ok(Claim::Fresh);
    }
    let row = fetch_optional!(
        tx,
        Row,
        "SELECT answer FROM slack_request WHERE workspace_id = $1 AND request_key = $2",
        ws,
        key
    )?;
    Ok(Claim::Again(row.and_then(|row| row.answer)))
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
