//! Writes to calendars, as they were meant: stored before the provider is called (contracts/README rule 3), finished in the
//! transaction that takes the provider's answer into the mirror.

use daybook_domain::{CalendarId, EventId, EventWriteId, MemberId, WorkspaceId};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::types::Json;

use crate::{Result, Tx};

daybook_domain::text_enum! {
    /// What was to be done.
    Kind {
        /// A new event.
        Create = "create",
        /// A change.
        Update = "update",
        /// A series cut in two: the new part is created, then the old one ends before it.
        Split = "split",
        /// A removal.
        Delete = "delete",
        /// An answer to an invitation.
        Respond = "respond",
        /// A move to another calendar by the provider itself.
        Move = "move",
        /// A move as a copy there and then a removal here.
        Copy = "copy",
    }
}

daybook_domain::text_enum! {
    /// How far it got.
    State {
        /// The provider was, or will be, called; what came of it is not known.
        Pending = "pending",
        /// Done, and in the mirror.
        Done = "done",
        /// Not done, for a reason that is known.
        Failed = "failed",
    }
}

row! {
    /// A write.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct EventWrite of "event_write" {
        /// Its id, which is also the key by which the provider recognises a create.
        pub id: EventWriteId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// To which calendar.
        pub calendar_id: CalendarId,
        /// By whom.
        pub member_id: MemberId,
        /// What.
        pub kind: Kind,
        /// How far it got.
        pub state: State,
        /// The command, in the engine's words.
        pub request: Value,
        /// The event written, once it is known.
        pub event_id: Option<EventId>,
        /// Why it failed.
        pub error: Option<String>,
        /// When it was meant.
        pub created_at: Timestamp,
        /// When it was done or failed.
        pub finished_at: Option<Timestamp>,
    }
}

/// A write that is about to happen.
#[derive(Debug, Clone)]
pub struct NewEventWrite<'a> {
    /// The same request has the same id; `None`: it is asked for once only.
    pub id: Option<EventWriteId>,
    /// To which calendar.
    pub calendar_id: CalendarId,
    /// By whom.
    pub member_id: MemberId,
    /// What.
    pub kind: Kind,
    /// The command.
    pub request: &'a Value,
    /// The event concerned, when it exists already.
    pub event_id: Option<EventId>,
}

/// Notes what is meant; gives the earlier note when the same id was used before.
pub async fn begin(tx: &mut Tx, ws: WorkspaceId, new: &NewEventWrite<'_>) -> Result<EventWrite> {
    let (fresh, now): (EventWriteId, _) = (tx.id(), tx.stamp().await?);
    let id = new.id.unwrap_or(fresh);
    execute!(
        tx,
        "INSERT INTO event_write (id, workspace_id, calendar_id, member_id, kind, state, request, event_id, created_at) VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8) \
         ON CONFLICT (id) DO NOTHING",
        id,
        ws,
        new.calendar_id,
        new.member_id,
        new.kind,
        Json(new.request),
        new.event_id,
        now
    )?;
    get(tx, ws, id).await
}

/// One write.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: EventWriteId) -> Result<EventWrite> {
    fetch_one!(
        tx,
        EventWrite,
        "SELECT * FROM event_write WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// The write with this id, if there was one.
pub async fn find(tx: &mut Tx, ws: WorkspaceId, id: EventWriteId) -> Result<Option<EventWrite>> {
    fetch_optional!(
        tx,
        EventWrite,
        "SELECT * FROM event_write WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// Writes of several steps to this event whose end is not known, the oldest first.
pub async fn under_way(tx: &mut Tx, ws: WorkspaceId, event: EventId) -> Result<Vec<EventWrite>> {
    fetch_all!(
        tx,
        EventWrite,
        "SELECT * FROM event_write WHERE workspace_id = $1 AND event_id = $2 AND state = 'pending' AND kind IN ('split', 'move', 'copy') ORDER BY created_at, id",
        ws,
        event
    )
}

/// It is done; `event` is what was written.
pub async fn done(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: EventWriteId,
    event: Option<EventId>,
) -> Result<()> {
    let now = tx.stamp().await?;
    execute_one!(
        tx,
        "UPDATE event_write SET state = 'done', event_id = coalesce($1, event_id), error = NULL, finished_at = $2 WHERE workspace_id = $3 AND id = $4",
        event,
        now,
        ws,
        id
    )
}

/// It was not done, and why. What was done stays done.
pub async fn failed(tx: &mut Tx, ws: WorkspaceId, id: EventWriteId, error: &str) -> Result<()> {
    let now = tx.stamp().await?;
    execute!(
        tx,
        "UPDATE event_write SET state = 'failed', error = $1, finished_at = $2 WHERE workspace_id = $3 AND id = $4 AND state <> 'done'",
        error,
        now,
        ws,
        id
    )?;
    Ok(())
}

bulk! {
    CREATED = "SELECT DISTINCT event_id FROM event_write WHERE workspace_id = $1 AND kind IN ('create', 'split', 'copy') AND state = 'done' AND event_id IN (",
    fixed 1, columns 1, ")"
}

/// Which of these events Daybook created.
pub async fn created_among(
    tx: &mut Tx,
    ws: WorkspaceId,
    events: &[EventId],
) -> Result<Vec<EventId>> {
    let rows: Vec<(uuid::Uuid,)> =
        bulk_fetch!(tx, (uuid::Uuid,), CREATED, [ws], events, |id| [*id]);
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

bulk! {
    MOVED = "SELECT DISTINCT event_id FROM event_write WHERE workspace_id = $1 AND kind = 'move' AND state = 'done' AND finished_at >= $2 AND event_id IN (",
    fixed 2, columns 1, ")"
}

/// Which of these events Daybook moved to where they are, not before `since`.
pub async fn moved_since(
    tx: &mut Tx,
    ws: WorkspaceId,
    events: &[EventId],
    since: Timestamp,
) -> Result<Vec<EventId>> {
    let rows: Vec<(uuid::Uuid,)> =
        bulk_fetch!(tx, (uuid::Uuid,), MOVED, [ws, since], events, |id| [*id]);
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// The event is another row now: who created it stays known.
pub async fn moved(tx: &mut Tx, ws: WorkspaceId, from: EventId, to: EventId) -> Result<()> {
    execute!(
        tx,
        "UPDATE event_write SET event_id = $1 WHERE workspace_id = $2 AND event_id = $3 AND kind IN ('create', 'split', 'copy') AND state = 'done'",
        to,
        ws,
        from
    )?;
    Ok(())
}

/// Forgets what was finished before `before`, except who created what is still there; returns how many.
pub async fn delete_older(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    execute!(
        tx,
        "DELETE FROM event_write WHERE finished_at < $1 AND (kind NOT IN ('create', 'split', 'copy') OR state <> 'done' \
         OR NOT EXISTS (SELECT 1 FROM event e WHERE e.workspace_id = event_write.workspace_id AND e.id = event_write.event_id))",
        before
    )
}
