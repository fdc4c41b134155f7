//! One refresh at a time (R5): a lease with a fence on the database's clock, and compare-and-set on the version of the tokens.

use daybook_domain::{ConnectionId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use super::secrets::seal;
use crate::tx::plus;
use crate::{Result, Tx};

/// The right to refresh a connection, until another one is given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// What [`save_tokens`] and [`release_lease`] expect.
    pub fence: i64,
    /// The version of the tokens when the lease was taken.
    pub token_version: i64,
    /// When the previous holder began a refresh of which no end was stored: its answer may be lost.
    pub interrupted_since: Option<Timestamp>,
}

row! {
    /// A connection whose token should be refreshed.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct DueRefresh of "connection" {
        /// Its id.
        pub id: ConnectionId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// The provider's key.
        pub provider: String,
        /// When the access token stops working.
        pub token_expires_at: Timestamp,
        /// The version of its tokens.
        pub token_version: i64,
    }
}

/// Tokens a provider just issued.
#[derive(Debug, Clone)]
pub struct NewTokens {
    /// Access token.
    pub access_token: SecretString,
    /// Refresh token; `None` keeps the stored one.
    pub refresh_token: Option<SecretString>,
    /// When the access token stops working.
    pub token_expires_at: Option<Timestamp>,
    /// When the refresh token stops working; `None` keeps what is stored.
    pub refresh_token_expires_at: Option<Timestamp>,
}

/// Takes the lease for `ttl`; `None` while somebody else has it.
pub async fn take_refresh_lease(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: ConnectionId,
    owner: &str,
    ttl: SignedDuration,
) -> Result<Option<Lease>> {
    let now = tx.now().await?;
    let row = fetch_optional!(
        tx,
        (i64, i64, Option<i64>),
        "UPDATE connection SET lease_owner = $3, lease_fence = lease_fence + 1, lease_until = $5
         WHERE workspace_id = $1 AND id = $2 AND (lease_until IS NULL OR lease_until <= $4) AND status <> 'disconnected'
         RETURNING lease_fence, token_version, refresh_started_at",
        ws,
        id,
        owner,
        now,
        plus(now, ttl)
    )?;
    let Some((fence, token_version, interrupted)) = row else {
        return Ok(None);
    };
    execute!(
        tx,
        "UPDATE connection SET refresh_started_at = $4 WHERE workspace_id = $1 AND id = $2 AND lease_fence = $3",
        ws,
        id,
        fence,
        now
    )?;
    Ok(Some(Lease {
        fence,
        token_version,
        interrupted_since: interrupted.and_then(|us| Timestamp::from_microsecond(us).ok()),
    }))
}

/// Stores new tokens and gives the lease back; false (and nothing stored) when the lease was lost or the tokens changed.
pub async fn save_tokens(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: ConnectionId,
    lease: &Lease,
    tokens: &NewTokens,
) -> Result<bool> {
    let now = tx.stamp().await?;
    let access = seal(tx, ws, "access_token", id, Some(&tokens.access_token))?;
    let refresh = seal(tx, ws, "refresh_token", id, tokens.refresh_token.as_ref())?;
    let changed = execute!(
        tx,
        "UPDATE connection SET access_token = $5, refresh_token = coalesce($6, refresh_token), token_expires_at = $7,
         refresh_token_expires_at = coalesce($8, refresh_token_expires_at), token_version = token_version + 1,
         lease_until = NULL, lease_owner = NULL, refresh_started_at = NULL, refreshed_at = $9, last_error = NULL, status = 'connected',
         notified_at = NULL, updated_at = $9
         WHERE workspace_id = $1 AND id = $2 AND lease_fence = $3 AND token_version = $4 AND status <> 'disconnected'",
        ws,
        id,
        lease.fence,
        lease.token_version,
        access,
        refresh,
        tokens.token_expires_at,
        tokens.refresh_token_expires_at,
        now
    )?;
    Ok(changed == 1)
}

/// Gives the lease back without new tokens, when it is certain that the provider issued none; false when it was lost.
pub async fn release_lease(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: ConnectionId,
    fence: i64,
) -> Result<bool> {
    let changed = execute!(
        tx,
        "UPDATE connection SET lease_until = NULL, lease_owner = NULL, refresh_started_at = NULL WHERE workspace_id = $1 AND id = $2 AND lease_fence = $3",
        ws,
        id,
        fence
    )?;
    Ok(changed == 1)
}

/// Healthy connections whose access token stops working before `before`, or that were not refreshed since `idle_since`, and that
/// nobody is refreshing; the most urgent first.
pub async fn due_for_refresh(
    tx: &mut Tx,
    before: Timestamp,
    idle_since: Timestamp,
    limit: i64,
) -> Result<Vec<DueRefresh>> {
    let now = tx.now().await?;
    fetch_all!(
        tx,
        DueRefresh,
        "SELECT id, workspace_id, provider, token_expires_at, token_version FROM connection
         WHERE status = 'connected' AND refresh_token IS NOT NULL AND token_expires_at IS NOT NULL AND (token_expires_at < $1 OR refreshed_at < $2) AND (lease_until <= $3 OR lease_until IS NULL)
         ORDER BY token_expires_at LIMIT $4",
        before,
        idle_since,
        now,
        limit
    )
}
