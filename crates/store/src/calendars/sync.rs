//! The state of a calendar's sync: one at a time by a lease with a fence, a cursor that moves with the rows, and how it went.

use daybook_domain::sync::Statistics;
use daybook_domain::{CalendarId, ConnectionId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use sqlx::types::Json;

use crate::crypto::Place;
use crate::tx::plus;
use crate::{Error, LastError, Result, Tx};

/// The right to sync a calendar, until another one is given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncLease {
    /// What the writes of this sync expect.
    pub fence: i64,
    /// Where the sync goes on, as of now.
    pub cursor: Option<String>,
    /// The current generation.
    pub generation: i64,
}

row! {
    /// A calendar that should be polled.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct DueSync of "calendar" {
        /// Its id.
        pub id: CalendarId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// Of which connection.
        pub connection_id: ConnectionId,
        /// The provider's key.
        pub provider: String,
        /// Since when.
        pub next_sync_at: Timestamp,
    }
}

row! {
    /// A calendar whose series are not expanded far enough.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct DueExpansion of "calendar" {
        /// Its id.
        pub id: CalendarId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// How far it is expanded.
        pub expanded_until: Timestamp,
    }
}

row! {
    /// How often a calendar failed since its last success.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct ErrorCounts of "calendar" {
        /// All failures in a row.
        pub sync_errors: i64,
        /// Those that confirmed lost access.
        pub confirmed_errors: i64,
    }
}

/// Takes the lease for `ttl`; `None` while somebody else has it. Taking it again as the same owner is not possible: release it.
pub async fn take_sync_lease(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: CalendarId,
    owner: &str,
    ttl: SignedDuration,
) -> Result<Option<SyncLease>> {
    let now = tx.now().await?;
    let row = fetch_optional!(
        tx,
        (i64, Option<Vec<u8>>, i64),
        "UPDATE calendar SET lease_owner = $3, lease_fence = lease_fence + 1, lease_until = $5
         WHERE workspace_id = $1 AND id = $2 AND (lease_until IS NULL OR lease_until <= $4)
         RETURNING lease_fence, sync_cursor, generation",
        ws,
        id,
        owner,
        now,
        plus(now, ttl)
    )?;
    row.map(|(fence, sealed, generation)| {
        Ok(SyncLease {
            fence,
            cursor: open_cursor(tx, ws, id, sealed)?,
            generation,
        })
    })
    .transpose()
}

/// Where the next incremental sync goes on. `None`: everything must be read.
pub async fn cursor(tx: &mut Tx, ws: WorkspaceId, id: CalendarId) -> Result<Option<String>> {
    let (sealed,) = fetch_one!(
        tx,
        (Option<Vec<u8>>,),
        "SELECT sync_cursor FROM calendar WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )?;
    open_cursor(tx, ws, id, sealed)
}

/// Moves the cursor whoever holds the lease: the bug that simulations must find.
#[cfg(feature = "test-support")]
pub async fn force_cursor(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: CalendarId,
    cursor: &str,
) -> Result<()> {
    let sealed = seal_cursor(tx, ws, id, Some(cursor))?;
    execute_one!(
        tx,
        "UPDATE calendar SET sync_cursor = $3 WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        sealed
    )
}

/// A cursor may be a capability (Graph's delta links open the calendar), so it is kept like a token. A damaged one is no
/// cursor: the next read is a full one.
fn open_cursor(
    tx: &Tx,
    ws: WorkspaceId,
    id: CalendarId,
    sealed: Option<Vec<u8>>,
) -> Result<Option<String>> {
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    match tx.keys().decrypt(&cursor_place(ws, id), &sealed) {
        Ok(cursor) => Ok(Some(cursor.expose_secret().to_owned())),
        Err(Error::Corrupt { .. }) => {
            tracing::error!(calendar.id = %id, "the sync cursor is damaged; the calendar is read in full");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn seal_cursor(
    tx: &Tx,
    ws: WorkspaceId,
    id: CalendarId,
    cursor: Option<&str>,
) -> Result<Option<Vec<u8>>> {
    let seal = |cursor: &str| {
        let cursor = SecretString::from(cursor);
        tx.keys()
            .encrypt(&cursor_place(ws, id), &cursor, tx.store.ids.as_ref())
    };
    cursor.map(seal).transpose()
}

fn cursor_place(ws: WorkspaceId, id: CalendarId) -> Place {
    Place::new(ws, "calendar", "sync_cursor", id.as_uuid())
}

/// Gives the lease back; false when it was lost.
pub async fn release_sync_lease(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: CalendarId,
    fence: i64,
) -> Result<bool> {
    let changed = execute!(
        tx,
        "UPDATE calendar SET lease_until = NULL, lease_owner = NULL WHERE workspace_id = $1 AND id = $2 AND lease_fence = $3",
        ws,
        id,
        fence
    )?;
    Ok(changed == 1)
}

/// Moves the cursor, in the transaction that stores what was read, and prolongs the lease. False when the lease was lost:
/// then the transaction must not be committed.
pub async fn save_cursor(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: CalendarId,
    fence: i64,
    cursor: Option<&str>,
    ttl: SignedDuration,
) -> Result<bool> {
    let now = tx.now().await?;
    let sealed = seal_cursor(tx, ws, id, cursor)?;
    let changed = execute!(
        tx,
        "UPDATE calendar SET sync_cursor = $4, lease_until = $5 WHERE workspace_id = $1 AND id = $2 AND lease_fence = $3",
        ws,
        id,
        fence,
        sealed,
        plus(now, ttl)
    )?;
    Ok(changed == 1)
}

/// Begins a full read: the next generation, with which all rows that are told again are marked.
pub async fn bump_generation(tx: &mut Tx, ws: WorkspaceId, id: CalendarId) -> Result<i64> {
    let (generation,) = fetch_one!(
        tx,
        (i64,),
        "UPDATE calendar SET generation = generation + 1 WHERE workspace_id = $1 AND id = $2 RETURNING generation",
        ws,
        id
    )?;
    Ok(generation)
}

/// Calendars to poll: switched on, listed, of a connection that is not waiting for its owner, due by `now`; the longest
/// waiting first.
pub async fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<DueSync>> {
    fetch_all!(
        tx,
        DueSync,
        "SELECT c.id, c.workspace_id, c.connection_id, n.provider, c.next_sync_at
         FROM calendar c JOIN connection n ON n.workspace_id = c.workspace_id AND n.id = c.connection_id
         WHERE c.sync_enabled AND c.active AND c.next_sync_at <= $1 AND n.status IN ('connected', 'error')
         ORDER BY c.next_sync_at LIMIT $2",
        now,
        limit
    )
}

/// Sets when the next poll is due; used when one is enqueued, so that it is not enqueued again at once.
pub async fn schedule_sync(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: CalendarId,
    at: Timestamp,
) -> Result<()> {
    execute_one!(
        tx,
        "UPDATE calendar SET next_sync_at = $3 WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        at
    )
}

/// Notes a sync without error. One that went on from a cursor and found changes also notes when that was.
pub async fn mark_sync_ok(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: CalendarId,
    statistics: &Statistics,
    next_at: Timestamp,
) -> Result<()> {
    let now = tx.now().await?;
    let news = !statistics.full && statistics.changes() > 0;
    execute_one!(
        tx,
        "UPDATE calendar SET last_sync_at = $3, next_sync_at = CASE WHEN sync_enabled THEN CAST($4 AS BIGINT) ELSE NULL END, sync_errors = 0, confirmed_errors = 0,
         last_error = NULL, last_statistics = $5, changed_at = CASE WHEN $6 THEN $3 ELSE changed_at END WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        now,
        next_at,
        Json(statistics),
        news
    )
}

/// Notes before when the calendar is not to be watched again; `None` forgets it.
pub async fn set_watch_after(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: CalendarId,
    at: Option<Timestamp>,
) -> Result<()> {
    execute_one!(
        tx,
        "UPDATE calendar SET watch_after = $3 WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        at
    )
}

/// Notes a failed sync. `confirmed` says that the provider confirmed lost access; an outage counts as a failure but neither
/// adds to the confirmed ones nor clears them.
pub async fn mark_sync_error(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: CalendarId,
    error: &LastError,
    next_at: Timestamp,
    confirmed: bool,
) -> Result<ErrorCounts> {
    fetch_one!(
        tx,
        ErrorCounts,
        "UPDATE calendar SET last_error = $3, next_sync_at = CASE WHEN sync_enabled THEN CAST($4 AS BIGINT) ELSE NULL END, sync_errors = sync_errors + 1,
         confirmed_errors = confirmed_errors + $5 WHERE workspace_id = $1 AND id = $2 RETURNING sync_errors, confirmed_errors",
        ws,
        id,
        Json(error),
        next_at,
        i64::from(confirmed)
    )
}

/// Notes up to when series are expanded, with whole days in `zone`. When the calendar is in another zone by now, nothing is noted:
/// it must be laid out once more.
pub async fn set_expanded_until(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: CalendarId,
    zone: Option<&str>,
    until: Timestamp,
) -> Result<()> {
    execute!(
        tx,
        "UPDATE calendar SET expanded_until = $4 WHERE workspace_id = $1 AND id = $2 AND time_zone IS NOT DISTINCT FROM $3",
        ws,
        id,
        zone,
        until
    )?;
    Ok(())
}

/// Synced calendars that are expanded only up to before `before`.
pub async fn due_for_expansion(
    tx: &mut Tx,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<DueExpansion>> {
    fetch_all!(
        tx,
        DueExpansion,
        "SELECT id, workspace_id, expanded_until FROM calendar WHERE sync_enabled AND active AND expanded_until < $1 ORDER BY expanded_until LIMIT $2",
        before,
        limit
    )
}
