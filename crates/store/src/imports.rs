//! Many time entries at once: what another product recorded.

use daybook_domain::{MemberId, TimeEntryId, WorkspaceId};
use sqlx::types::Json;

use crate::time_entries::{NewTimeEntry, TimeEntry};
use crate::{Result, Tx};

bulk! {
    CREATE_MANY = "INSERT INTO time_entry (id, workspace_id, member_id, source, status, description, started_at, ended_at, duration_minutes, client_id, \
                   project_id, billable, synced_event_id, calendar_id, cause_key, tags, created_at, updated_at) VALUES ",
    fixed 0, columns 18,
    " ON CONFLICT (workspace_id, member_id, cause_key) DO NOTHING RETURNING *"
}

/// Makes many entries, each with a cause of its own; those whose cause is known already are left out of the answer.
pub async fn create_many(
    tx: &mut Tx,
    ws: WorkspaceId,
    new: &[NewTimeEntry],
) -> Result<Vec<TimeEntry>> {
    let now = tx.stamp().await?;
    let rows: Vec<(TimeEntryId, &NewTimeEntry)> =
        new.iter().map(|entry| (tx.id(), entry)).collect();
    let made = bulk_fetch!(tx, TimeEntry, CREATE_MANY, [], rows, |row| [
        row.0,
        ws,
        row.1.member_id,
        row.1.source,
        row.1.status,
        row.1.description.as_str(),
        row.1.started_at,
        row.1.ended_at,
        row.1.duration_minutes,
        row.1.client_id,
        row.1.project_id,
        row.1.billable,
        row.1.synced_event_id,
        row.1.calendar_id,
        row.1.cause_key.as_deref(),
        Json(&row.1.tags),
        now,
        now
    ]);
    Ok(made)
}

bulk! {
    THERE = "SELECT cause_key FROM time_entry WHERE workspace_id = $1 AND member_id = $2 AND cause_key IN (",
    fixed 2, columns 1, ")"
}

/// Those of these causes that the member has an entry of.
pub async fn there(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: MemberId,
    causes: &[String],
) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        bulk_fetch!(tx, (String,), THERE, [ws, member], causes, |cause| [cause]);
    Ok(rows.into_iter().map(|(cause,)| cause).collect())
}
