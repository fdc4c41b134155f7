//! Who did what to a time entry, and when: append-only, and it outlives the entry.

use daybook_domain::{EntryChangeId, MemberId, TimeEntryId, WorkspaceId};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::types::Json;

use crate::{Result, Tx};

row! {
    /// Something that was done to an entry.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct EntryChange of "time_entry_change" {
        /// Its id.
        pub id: EntryChangeId,
        /// To which entry, which may be gone.
        pub time_entry_id: TimeEntryId,
        /// Whose entry.
        pub owner_id: MemberId,
        /// By whom.
        pub member_id: Option<MemberId>,
        /// What: `created`, `edited`, `submitted`, `approved`, `rejected`, `deleted` and so on.
        pub action: String,
        /// Why.
        pub reason: Option<String>,
        /// What it said before; only what changed.
        pub before: Option<Value>,
        /// What it says now; only what changed.
        pub after: Option<Value>,
        /// When.
        pub created_at: Timestamp,
    }
}

/// Something to be noted.
#[derive(Debug, Clone)]
pub struct NewChange {
    /// To which entry.
    pub time_entry_id: TimeEntryId,
    /// Whose entry.
    pub owner_id: MemberId,
    /// By whom.
    pub member_id: Option<MemberId>,
    /// What.
    pub action: &'static str,
    /// Why.
    pub reason: Option<String>,
    /// What it said before.
    pub before: Option<Value>,
    /// What it says now.
    pub after: Option<Value>,
}

/// Notes it.
pub async fn add(tx: &mut Tx, ws: WorkspaceId, new: &NewChange) -> Result<()> {
    let (id, now): (EntryChangeId, _) = (tx.id(), tx.stamp().await?);
    execute!(
        tx,
        "INSERT INTO time_entry_change (id, workspace_id, time_entry_id, owner_id, member_id, action, reason, before, after, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id,
        ws,
        new.time_entry_id,
        new.owner_id,
        new.member_id,
        new.action,
        new.reason.as_deref(),
        new.before.as_ref().map(Json),
        new.after.as_ref().map(Json),
        now
    )?;
    Ok(())
}

bulk! {
    ADD_MANY = "INSERT INTO time_entry_change (id, workspace_id, time_entry_id, owner_id, member_id, action, reason, before, after, created_at) VALUES ",
    fixed 0, columns 10, ""
}

/// Notes many.
pub async fn add_many(tx: &mut Tx, ws: WorkspaceId, new: &[NewChange]) -> Result<()> {
    let now = tx.stamp().await?;
    let rows: Vec<(EntryChangeId, &NewChange)> =
        new.iter().map(|change| (tx.id(), change)).collect();
    bulk_execute!(tx, ADD_MANY, [], rows, |row| [
        row.0,
        ws,
        row.1.time_entry_id,
        row.1.owner_id,
        row.1.member_id,
        row.1.action,
        row.1.reason.as_deref(),
        row.1.before.as_ref().map(Json),
        row.1.after.as_ref().map(Json),
        now,
    ]);
    Ok(())
}

/// What was done to an entry, oldest first.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    entry: TimeEntryId,
    after: Option<(Timestamp, EntryChangeId)>,
    limit: i64,
) -> Result<Vec<EntryChange>> {
    let (at, id) = after.unwrap_or((Timestamp::MIN, uuid::Uuid::nil().into()));
    fetch_all!(
        tx,
        EntryChange,
        "SELECT * FROM time_entry_change WHERE workspace_id = $1 AND time_entry_id = $2 AND (created_at, id) > ($3, $4) ORDER BY created_at, id LIMIT $5",
        ws,
        entry,
        at,
        id,
        limit
    )
}
