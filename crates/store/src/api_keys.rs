//! API keys, found by the hash of their token.

use daybook_domain::account::Scope;
use daybook_domain::{ApiKeyId, MemberId, WorkspaceId};
use jiff::Timestamp;

use crate::sessions::{Principal, principal};
use crate::{Result, Tx};

row! {
    /// An API key, without its token.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ApiKey of "api_key" {
        /// Its id.
        pub id: ApiKeyId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// Whose.
        pub member_id: MemberId,
        /// What its owner calls it.
        pub name: String,
        /// The first characters of the token, to recognise it by.
        pub prefix: String,
        /// What it may do.
        pub scope: Scope,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it stops working.
        pub expires_at: Option<Timestamp>,
        /// When it was last used, to the minute or so.
        pub last_used_at: Option<Timestamp>,
        /// When it was revoked.
        pub revoked_at: Option<Timestamp>,
    }
}

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewApiKey<'a> {
    /// Whose.
    pub member_id: MemberId,
    /// What its owner calls it.
    pub name: &'a str,
    /// The first characters of the token.
    pub prefix: &'a str,
    /// SHA-256 of the token.
    pub token_hash: &'a [u8; 32],
    /// What it may do.
    pub scope: Scope,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
}

/// Makes a key.
pub async fn create(tx: &mut Tx, ws: WorkspaceId, new: &NewApiKey<'_>) -> Result<ApiKey> {
    let (id, now): (ApiKeyId, _) = (tx.id(), tx.stamp().await?);
    fetch_one!(
        tx,
        ApiKey,
        "INSERT INTO api_key (id, workspace_id, member_id, name, prefix, token_hash, scope, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *",
        id,
        ws,
        new.member_id,
        new.name,
        new.prefix,
        new.token_hash,
        new.scope,
        now,
        new.expires_at
    )
}

/// The key with this token hash and who is behind it; `None` when it is revoked or over, or the person is switched off or taken out.
pub async fn by_token_hash(tx: &mut Tx, hash: &[u8; 32]) -> Result<Option<(ApiKey, Principal)>> {
    let now = tx.now().await?;
    let key = fetch_optional!(
        tx,
        ApiKey,
        "SELECT * FROM api_key WHERE token_hash = $1 AND revoked_at IS NULL AND (expires_at > $2 OR expires_at IS NULL)",
        hash,
        now
    )?;
    let Some(key) = key else {
        return Ok(None);
    };
    let found = principal(tx, key.workspace_id, key.member_id).await?;
    Ok(found.map(|principal| (key, principal)))
}

/// Keys that are not revoked, of one member or of all, oldest first.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: Option<MemberId>,
    after: Option<(Timestamp, ApiKeyId)>,
    limit: i64,
) -> Result<Vec<ApiKey>> {
    let (at, id) = after.unwrap_or((Timestamp::MIN, uuid::Uuid::nil().into()));
    fetch_all!(
        tx,
        ApiKey,
        "SELECT * FROM api_key WHERE workspace_id = $1 AND (member_id = $2 OR $2 IS NULL) AND revoked_at IS NULL AND (created_at, id) > ($3, $4) ORDER BY created_at, id LIMIT $5",
        ws,
        member,
        at,
        id,
        limit
    )
}

/// The key, also when revoked.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: ApiKeyId) -> Result<ApiKey> {
    fetch_one!(
        tx,
        ApiKey,
        "SELECT * FROM api_key WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// Revokes the key. `NotFound` when it is revoked already.
pub async fn revoke(tx: &mut Tx, ws: WorkspaceId, id: ApiKeyId) -> Result<()> {
    let now = tx.stamp().await?;
    execute_one!(
        tx,
        "UPDATE api_key SET revoked_at = $3 WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL",
        ws,
        id,
        now
    )
}

/// Notes that the key was used.
pub async fn touch_used(tx: &mut Tx, ws: WorkspaceId, id: ApiKeyId) -> Result<()> {
    let now = tx.now().await?;
    execute!(
        tx,
        "UPDATE api_key SET last_used_at = $3 WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        now
    )?;
    Ok(())
}
