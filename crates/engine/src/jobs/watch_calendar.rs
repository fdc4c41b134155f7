//! `watch_calendar`: sees to it that a calendar's provider tells us of changes. A refusal is no failure of the job.

use daybook_domain::{CalendarId, WorkspaceId};
use daybook_store as store;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use store::jobs::NewJob;

use super::{Failure, Work, read};
use crate::{Context, push};

/// Its name.
pub const NAME: &str = "watch_calendar";

#[derive(Deserialize)]
struct Payload {
    workspace_id: WorkspaceId,
    calendar_id: CalendarId,
}

/// Enqueues it in the caller's transaction, at once or not before `at`.
///
/// # Errors
/// When the database cannot be written.
pub async fn enqueue(
    tx: &mut store::Tx,
    workspace: WorkspaceId,
    calendar: CalendarId,
    at: Option<Timestamp>,
) -> store::Result<()> {
    let key = calendar.to_string();
    let payload = json!({"workspace_id": workspace, "calendar_id": calendar});
    let job = NewJob {
        dedupe_key: Some(&key),
        workspace_id: Some(workspace),
        due_at: at,
        max_attempts: super::TRIES,
        ..NewJob::new(NAME, payload)
    };
    store::jobs::enqueue(tx, &job).await.map(|_| ())
}

pub(super) fn run(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        let payload: Payload = read(payload)?;
        match push::keep(&cx, payload.workspace_id, payload.calendar_id).await {
            // Removed meanwhile: nothing to watch.
            Err(store::Error::NotFound) => Ok(()),
            other => other.map_err(Failure::from),
        }
    })
}
