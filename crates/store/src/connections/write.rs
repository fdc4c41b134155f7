//! Authorising, and noting how a connection stands.

use daybook_domain::connection::Status;
use daybook_domain::{ConnectionId, WorkspaceId};
use sqlx::types::Json;

use super::secrets::seal;
use super::{Authorised, Connection, columns, read};
use crate::{LastError, Result, Tx};

/// Stores an authorised account. The same account of the same member is the same connection, updated in place and healthy
/// again. True when it is new.
pub async fn upsert_authorised(
    tx: &mut Tx,
    ws: WorkspaceId,
    account: &Authorised,
) -> Result<(Connection, bool)> {
    let (fresh, now): (ConnectionId, _) = (tx.id(), tx.stamp().await?);
    let (id,) = fetch_one!(
        tx,
        (uuid::Uuid,),
        "INSERT INTO connection (id, workspace_id, member_id, provider, subject, status, scopes, missing_scopes, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, 'connected', $6, $7, $8, $8)
         ON CONFLICT (workspace_id, member_id, provider, subject) DO UPDATE SET updated_at = excluded.updated_at RETURNING id",
        fresh,
        ws,
        account.member_id,
        &account.provider,
        &account.subject,
        Json(&account.scopes),
        Json(&account.missing_scopes),
        now
    )?;
    // The secrets are bound to the row, so they are encrypted once its id is known.
    let id = ConnectionId::from_uuid(id);
    let access_token = seal(tx, ws, "access_token", id, account.access_token.as_ref())?;
    let refresh_token = seal(tx, ws, "refresh_token", id, account.refresh_token.as_ref())?;
    let password = seal(tx, ws, "password", id, account.password.as_ref())?;
    let row = fetch_one!(
        tx,
        Connection,
        concat!(
            "UPDATE connection SET account_email = coalesce($3, account_email), display_name = coalesce($4, display_name), status = 'connected',
             api_url = $5, username = $6, scopes = $7, missing_scopes = $8, access_token = $9,
             refresh_token = coalesce($10, refresh_token), password = $11, token_expires_at = $12, refresh_token_expires_at = $13,
             token_version = token_version + 1, lease_fence = lease_fence + 1, lease_until = NULL, lease_owner = NULL, refresh_started_at = NULL,
             last_error = NULL, notified_at = NULL, disconnected_at = NULL, refreshed_at = $14, updated_at = $14
             WHERE workspace_id = $1 AND id = $2 RETURNING ",
            columns!()
        ),
        ws,
        id,
        account.account_email.as_deref(),
        account.display_name.as_deref(),
        account.api_url.as_deref(),
        account.username.as_deref(),
        Json(&account.scopes),
        Json(&account.missing_scopes),
        access_token,
        refresh_token,
        password,
        account.token_expires_at,
        account.refresh_token_expires_at,
        now
    )?;
    Ok((row, id == fresh))
}

/// Sets how the connection stands.
pub async fn set_status(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: ConnectionId,
    status: Status,
) -> Result<()> {
    let now = tx.stamp().await?;
    let disconnected_at = (status == Status::Disconnected).then_some(now);
    execute_one!(
        tx,
        "UPDATE connection SET status = $3, disconnected_at = $4, updated_at = $5 WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        status,
        disconnected_at,
        now
    )
}

/// Notes what went wrong and moves the status as [`ErrorKind::next_status`](daybook_domain::connection::ErrorKind::next_status)
/// says. Returns the row as it is now.
pub async fn set_error(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: ConnectionId,
    error: &LastError,
) -> Result<Connection> {
    let status = error.kind.next_status(read::get(tx, ws, id).await?.status);
    let now = tx.stamp().await?;
    fetch_one!(
        tx,
        Connection,
        concat!(
            "UPDATE connection SET last_error = $3, status = CASE WHEN status = 'disconnected' THEN status ELSE $4 END, updated_at = $5 WHERE workspace_id = $1 AND id = $2 RETURNING ",
            columns!()
        ),
        ws,
        id,
        Json(error),
        status,
        now
    )
}

/// Notes that the account answers: the last error goes, and `error` becomes `connected`. A connection that needs its owner
/// stays so until they authorise it again.
pub async fn clear_error(tx: &mut Tx, ws: WorkspaceId, id: ConnectionId) -> Result<()> {
    let now = tx.stamp().await?;
    execute!(
        tx,
        "UPDATE connection SET last_error = NULL, status = CASE WHEN status = 'error' THEN 'connected' ELSE status END, updated_at = $3
         WHERE workspace_id = $1 AND id = $2 AND last_error IS NOT NULL AND status IN ('connected', 'error')",
        ws,
        id,
        now
    )?;
    Ok(())
}

/// Notes what is granted now, as a provider tells it outside an authorisation.
pub async fn set_scopes(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: ConnectionId,
    scopes: &[String],
    missing: &[String],
) -> Result<()> {
    let now = tx.stamp().await?;
    execute_one!(
        tx,
        "UPDATE connection SET scopes = $3, missing_scopes = $4, updated_at = $5 WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        Json(scopes),
        Json(missing),
        now
    )
}

/// Claims the one notice its owner gets; false when they have been told since the connection was last healthy.
pub async fn mark_notified(tx: &mut Tx, ws: WorkspaceId, id: ConnectionId) -> Result<bool> {
    let now = tx.stamp().await?;
    let changed = execute!(
        tx,
        "UPDATE connection SET notified_at = $3 WHERE workspace_id = $1 AND id = $2 AND notified_at IS NULL",
        ws,
        id,
        now
    )?;
    Ok(changed == 1)
}
