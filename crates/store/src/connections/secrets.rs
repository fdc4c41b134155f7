//! The secrets of a connection: decrypted for use, encrypted for storing, forgotten.

use daybook_domain::{ConnectionId, WorkspaceId};
use jiff::Timestamp;
use secrecy::SecretString;

use crate::crypto::Place;
use crate::{Result, Tx};

/// What opens the account. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// OAuth access token.
    pub access_token: Option<SecretString>,
    /// OAuth refresh token.
    pub refresh_token: Option<SecretString>,
    /// CalDAV app password.
    pub password: Option<SecretString>,
    /// When the access token stops working.
    pub token_expires_at: Option<Timestamp>,
    /// The version these are; [`save_tokens`](super::save_tokens) expects it.
    pub token_version: i64,
}

row! {
    struct Row of "connection" {
        access_token: Option<Vec<u8>>,
        refresh_token: Option<Vec<u8>>,
        password: Option<Vec<u8>>,
        token_expires_at: Option<Timestamp>,
        token_version: i64,
    }
}

/// The newest secrets. `Corrupt` when one was tampered with, `WrongKey` when its key is not in the ring.
pub async fn secrets(tx: &mut Tx, ws: WorkspaceId, id: ConnectionId) -> Result<Secrets> {
    let row = fetch_one!(
        tx,
        Row,
        "SELECT access_token, refresh_token, password, token_expires_at, token_version FROM connection WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )?;
    let open = |column, value: Option<Vec<u8>>| {
        let place = place(ws, column, id);
        value
            .map(|value| tx.keys().decrypt(&place, &value))
            .transpose()
    };
    Ok(Secrets {
        access_token: open("access_token", row.access_token)?,
        refresh_token: open("refresh_token", row.refresh_token)?,
        password: open("password", row.password)?,
        token_expires_at: row.token_expires_at,
        token_version: row.token_version,
    })
}

/// Overwrites the secrets with nothing; a refresh that is under way can no longer store its answer.
pub async fn forget_secrets(tx: &mut Tx, ws: WorkspaceId, id: ConnectionId) -> Result<()> {
    let now = tx.stamp().await?;
    execute_one!(
        tx,
        "UPDATE connection SET access_token = NULL, refresh_token = NULL, password = NULL, token_expires_at = NULL, refresh_token_expires_at = NULL,
         token_version = token_version + 1, lease_fence = lease_fence + 1, lease_until = NULL, lease_owner = NULL, refresh_started_at = NULL, updated_at = $3
         WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        now
    )
}

/// Encrypts a secret for its column.
pub(super) fn seal(
    tx: &Tx,
    ws: WorkspaceId,
    column: &'static str,
    id: ConnectionId,
    secret: Option<&SecretString>,
) -> Result<Option<Vec<u8>>> {
    let place = place(ws, column, id);
    secret
        .map(|secret| tx.keys().encrypt(&place, secret, tx.store.ids.as_ref()))
        .transpose()
}

fn place(ws: WorkspaceId, column: &'static str, id: ConnectionId) -> Place {
    Place::new(ws, "connection", column, id.as_uuid())
}
