//! Leases that a dead process left behind.

use crate::{Result, Tx};

/// Ends every lease: whoever holds one finds it lost by its fence. Only for a process that knows that it is the only one, such
/// as the server of a SQLite file that just started: otherwise work stops that is going on somewhere. Returns how many.
pub async fn end_all(tx: &mut Tx) -> Result<u64> {
    let now = tx.now().await?;
    let jobs = execute!(
        tx,
        "UPDATE job SET due_at = $1, lease_until = NULL, fence = fence + 1 WHERE lease_until IS NOT NULL AND state = 'live'",
        now
    )?;
    let calendars = execute!(
        tx,
        "UPDATE calendar SET lease_owner = NULL, lease_until = NULL, lease_fence = lease_fence + 1 WHERE lease_until IS NOT NULL"
    )?;
    // `refresh_started_at` stays: it says that an answer may have been lost.
    let connections = execute!(
        tx,
        "UPDATE connection SET lease_owner = NULL, lease_until = NULL, lease_fence = lease_fence + 1 WHERE lease_until IS NOT NULL"
    )?;
    Ok(jobs + calendars + connections)
}

/// Ends the sync leases of `owner`, a process that is about to end. Returns how many.
pub async fn end_syncs_of(tx: &mut Tx, owner: &str) -> Result<u64> {
    execute!(
        tx,
        "UPDATE calendar SET lease_owner = NULL, lease_until = NULL, lease_fence = lease_fence + 1 WHERE lease_owner = $1",
        owner
    )
}
