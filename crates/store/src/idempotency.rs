//! Idempotency keys: the answer to a request is kept in the transaction that did its work, and repeated when the request is.
//!
//! Of the request's body only a keyed mark is kept (`KeyRing::mark`), bound to where and whose it is: bodies may hold passwords.
//! A key that leaves the ring within a day of its last use makes its marks unknown; such a repetition is then refused.

use daybook_domain::{MemberId, WorkspaceId};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::types::Json;

use crate::{Error, Result, Tx};

/// What a key belongs to: the same key elsewhere is another key.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// Where.
    pub workspace: WorkspaceId,
    /// Whose.
    pub member: MemberId,
    /// Method and path template.
    pub route: &'a str,
    /// The client's key.
    pub key: &'a str,
}

impl Scope<'_> {
    /// What the mark of a request is made of.
    fn marked<T>(&self, body_hash: &[u8; 32], make: impl FnOnce(&[&[u8]]) -> T) -> T {
        make(&[
            self.workspace.as_uuid().as_bytes(),
            self.member.as_uuid().as_bytes(),
            self.route.as_bytes(),
            self.key.as_bytes(),
            body_hash,
        ])
    }
}

/// What is known about a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// Nothing: do the work, then [`finish`] in the same transaction.
    Fresh,
    /// The work is done; this was the answer.
    Replay {
        /// HTTP status.
        status: u16,
        /// Body.
        response: Value,
    },
    /// The key was used with another body.
    OtherBody,
    /// A request with this key has begun and not ended.
    InProgress,
}

row! {
    struct Row of "idempotency" {
        body_hash: Vec<u8>,
        status: Option<i64>,
        response: Option<Value>,
    }
}

/// Claims the key for a request with this body. A concurrent claim waits for this transaction: it then sees the answer, or
/// [`Error::Locked`] when that takes too long.
pub async fn claim(tx: &mut Tx, scope: &Scope<'_>, body_hash: &[u8; 32]) -> Result<Claim> {
    let now = tx.now().await?;
    let mark = scope.marked(body_hash, |parts| tx.keys().mark(parts));
    let made = execute!(
        tx,
        "INSERT INTO idempotency (workspace_id, member_id, route, key, body_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace_id, member_id, route, key) DO NOTHING",
        scope.workspace,
        scope.member,
        scope.route,
        scope.key,
        &mark,
        now
    )?;
    if made == 1 {
        return Ok(Claim::Fresh);
    }
    get(tx, scope, body_hash)
        .await
        .map(|found| found.unwrap_or(Claim::InProgress))
}

/// What is known about the key, without claiming it; `None` when nothing is.
pub async fn get(tx: &mut Tx, scope: &Scope<'_>, body_hash: &[u8; 32]) -> Result<Option<Claim>> {
    let row = fetch_optional!(
        tx,
        Row,
        "SELECT body_hash, status, response FROM idempotency WHERE workspace_id = $1 AND member_id = $2 AND route = $3 AND key = $4",
        scope.workspace,
        scope.member,
        scope.route,
        scope.key
    )?;
    let Some(row) = row else { return Ok(None) };
    if !scope.marked(body_hash, |parts| tx.keys().knows(&row.body_hash, parts)) {
        return Ok(Some(Claim::OtherBody));
    }
    let Some(status) = row.status else {
        return Ok(Some(Claim::InProgress));
    };
    let status = u16::try_from(status).map_err(|_| Error::Corrupt {
        table: "idempotency".into(),
        column: "status".into(),
        row: scope.key.into(),
    })?;
    Ok(Some(Claim::Replay {
        status,
        response: row.response.unwrap_or_default(),
    }))
}

/// Keeps the answer.
pub async fn finish(tx: &mut Tx, scope: &Scope<'_>, status: u16, response: &Value) -> Result<()> {
    execute_one!(
        tx,
        "UPDATE idempotency SET status = $5, response = $6 WHERE workspace_id = $1 AND member_id = $2 AND route = $3 AND key = $4",
        scope.workspace,
        scope.member,
        scope.route,
        scope.key,
        i64::from(status),
        Json(response)
    )
}

/// Forgets the key, so that the request may be tried again.
pub async fn release(tx: &mut Tx, scope: &Scope<'_>) -> Result<()> {
    execute!(
        tx,
        "DELETE FROM idempotency WHERE workspace_id = $1 AND member_id = $2 AND route = $3 AND key = $4",
        scope.workspace,
        scope.member,
        scope.route,
        scope.key
    )?;
    Ok(())
}

/// Forgets keys claimed before `before`.
pub async fn delete_older(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    execute!(tx, "DELETE FROM idempotency WHERE created_at < $1", before)
}
