//! Writing instances, many at a time.

use daybook_domain::{CalendarId, EventId, WorkspaceId};

use super::NewInstance;
use crate::{Result, Tx};

bulk! {
    DELETE = "DELETE FROM instance WHERE workspace_id = $1 AND calendar_id = $2 AND event_id IN (",
    fixed 2, columns 1, ")"
}
bulk! {
    INSERT = "INSERT INTO instance (id, workspace_id, calendar_id, event_id, occurrence_key, override_event_id, start_us, end_us, all_day, \
              start_date, end_date, busy, status) VALUES ",
    fixed 0, columns 13, ""
}

/// Replaces all instances of these events. Every override an instance shows must be stored when the transaction commits.
pub async fn replace_for_events(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
    events: &[EventId],
    instances: &[NewInstance],
) -> Result<()> {
    delete_for_events(tx, ws, calendar, events).await?;
    bulk_execute!(tx, INSERT, [], instances, |new| [
        new.id,
        ws,
        calendar,
        new.event_id,
        new.occurrence_key.as_deref(),
        new.override_event_id,
        new.start,
        new.end,
        new.all_day,
        new.start_date,
        new.end_date,
        new.busy,
        new.status,
    ]);
    Ok(())
}

/// Removes all instances of these events; returns how many there were.
pub async fn delete_for_events(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
    events: &[EventId],
) -> Result<u64> {
    Ok(bulk_execute!(tx, DELETE, [ws, calendar], events, |id| [
        *id
    ]))
}
