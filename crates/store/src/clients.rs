//! Clients: whom time is billed to.

use daybook_domain::{ClientId, WorkspaceId};
use jiff::Timestamp;

use crate::{Result, Tx};

row! {
    /// A client.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Client of "client" {
        /// Its id.
        pub id: ClientId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// Name.
        pub name: String,
        /// ISO 4217 code; `None`: the workspace's.
        pub currency: Option<String>,
        /// `#rrggbb`.
        pub color: Option<String>,
        /// Where invoices go.
        pub email: Option<String>,
        /// Anything.
        pub notes: Option<String>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it was archived.
        pub archived_at: Option<Timestamp>,
    }
}

/// A client to be made.
#[derive(Debug, Clone, Default)]
pub struct NewClient {
    /// Name.
    pub name: String,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// `#rrggbb`.
    pub color: Option<String>,
    /// Where invoices go.
    pub email: Option<String>,
    /// Anything.
    pub notes: Option<String>,
}

/// What changes; `None` stays, `Some(None)` clears.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Name.
    pub name: Option<String>,
    /// ISO 4217 code.
    pub currency: Option<Option<String>>,
    /// `#rrggbb`.
    pub color: Option<Option<String>>,
    /// Where invoices go.
    pub email: Option<Option<String>>,
    /// Anything.
    pub notes: Option<Option<String>>,
    /// Archives it, or brings it back.
    pub archived: Option<bool>,
}

/// Makes a client.
pub async fn create(tx: &mut Tx, ws: WorkspaceId, new: &NewClient) -> Result<Client> {
    let (id, now): (ClientId, _) = (tx.id(), tx.stamp().await?);
    fetch_one!(
        tx,
        Client,
        "INSERT INTO client (id, workspace_id, name, currency, color, email, notes, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *",
        id,
        ws,
        &new.name,
        new.currency.as_deref(),
        new.color.as_deref(),
        new.email.as_deref(),
        new.notes.as_deref(),
        now
    )
}

/// The client, also when archived.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: ClientId) -> Result<Client> {
    fetch_one!(
        tx,
        Client,
        "SELECT * FROM client WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// Clients, oldest first; archived ones only when asked for.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    archived: bool,
    after: Option<(Timestamp, ClientId)>,
    limit: i64,
) -> Result<Vec<Client>> {
    let (at, id) = after.unwrap_or((Timestamp::MIN, uuid::Uuid::nil().into()));
    fetch_all!(
        tx,
        Client,
        "SELECT * FROM client WHERE workspace_id = $1 AND (archived_at IS NULL OR $2) AND (created_at, id) > ($3, $4) ORDER BY created_at, id LIMIT $5",
        ws,
        archived,
        at,
        id,
        limit
    )
}

/// Changes the client.
pub async fn update(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: ClientId,
    changes: &Changes,
) -> Result<Client> {
    let now = tx.stamp().await?;
    fetch_one!(
        tx,
        Client,
        "UPDATE client SET name = coalesce($3, name), currency = CASE WHEN $4 THEN $5 ELSE currency END, color = CASE WHEN $6 THEN $7 ELSE color END,
         email = CASE WHEN $8 THEN $9 ELSE email END, notes = CASE WHEN $10 THEN $11 ELSE notes END,
         archived_at = CASE WHEN $12 THEN coalesce(archived_at, $13) WHEN NOT $12 THEN NULL ELSE archived_at END
         WHERE workspace_id = $1 AND id = $2 RETURNING *",
        ws,
        id,
        changes.name.as_deref(),
        changes.currency.is_some(),
        changes.currency.as_ref().and_then(Option::as_deref),
        changes.color.is_some(),
        changes.color.as_ref().and_then(Option::as_deref),
        changes.email.is_some(),
        changes.email.as_ref().and_then(Option::as_deref),
        changes.notes.is_some(),
        changes.notes.as_ref().and_then(Option::as_deref),
        changes.archived,
        now
    )
}

bulk! {
    GET_MANY = "SELECT * FROM client WHERE workspace_id = $1 AND id IN (",
    fixed 1, columns 1, ")"
}

/// Those of these clients that are there, also archived ones.
pub async fn get_many(tx: &mut Tx, ws: WorkspaceId, ids: &[ClientId]) -> Result<Vec<Client>> {
    Ok(bulk_fetch!(tx, Client, GET_MANY, [ws], ids, |id| [*id]))
}

/// Removes a client that nothing refers to; `Reference` when a project, a time entry or a calendar does: then archive it.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: ClientId) -> Result<()> {
    execute_one!(
        tx,
        "DELETE FROM client WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}
