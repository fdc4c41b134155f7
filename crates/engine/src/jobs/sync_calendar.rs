//! `sync_calendar`: brings one calendar up to date. One at a time per calendar: the dedupe key absorbs a second request.

use daybook_domain::{CalendarId, WorkspaceId};
use daybook_provider_api::Retry;
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::jobs::{NewJob, Priority};

use super::{Failure, Work, read};
use crate::{Context, sync};

/// Its name.
pub const NAME: &str = "sync_calendar";

/// How long until a calendar that is being synced is looked at again.
const AGAIN: SignedDuration = SignedDuration::from_secs(20);

/// Which calendar, and how.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Payload {
    workspace_id: WorkspaceId,
    calendar_id: CalendarId,
    full: bool,
}

/// When a sync should start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Now: somebody waits for it.
    Now,
    /// At its own second.
    At(Timestamp),
    /// Then, before what only keeps up: the provider said that something changed.
    Told(Timestamp),
}

/// Enqueues a sync in the caller's transaction.
///
/// # Errors
/// When the database cannot be written.
pub async fn enqueue(
    tx: &mut store::Tx,
    workspace: WorkspaceId,
    calendar: CalendarId,
    full: bool,
    when: When,
) -> store::Result<store::jobs::Enqueued> {
    let payload = Payload {
        workspace_id: workspace,
        calendar_id: calendar,
        full,
    };
    let key = if full {
        format!("{calendar}:full")
    } else {
        calendar.to_string()
    };
    let (due_at, priority) = match when {
        When::Now => (None, Priority::High),
        When::At(at) => (Some(at), Priority::Normal),
        When::Told(at) => (Some(at), Priority::High),
    };
    let payload = serde_json::to_value(payload).unwrap_or(Value::Null);
    let job = NewJob {
        dedupe_key: Some(&key),
        workspace_id: Some(workspace),
        due_at,
        priority,
        max_attempts: super::TRIES,
        ..NewJob::new(NAME, payload)
    };
    store::jobs::enqueue(tx, &job).await
}

pub(super) fn run(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        let payload: Payload = read(payload)?;
        let mode = if payload.full {
            sync::Mode::Full
        } else {
            sync::Mode::Incremental
        };
        let ask = sync::Ask {
            mode,
            by_hand: false,
        };
        match sync::run(&cx, payload.workspace_id, payload.calendar_id, ask).await {
            Ok(_) => Ok(()),
            Err(sync::Error::Running) => look_again(&cx, &payload).await,
            Err(error) => failure(error),
        }
    })
}

/// Somebody syncs this calendar already, or died doing so: what this job is for may have changed after they began, so it comes
/// back, and does not count it as a failure.
async fn look_again(cx: &Context, payload: &Payload) -> Result<(), Failure> {
    let mut tx = cx.store.write_in(payload.workspace_id).await?;
    let now = tx.now().await?;
    let at = now.saturating_add(AGAIN).unwrap_or(now);
    let (workspace, calendar) = (payload.workspace_id, payload.calendar_id);
    enqueue(&mut tx, workspace, calendar, payload.full, When::At(at)).await?;
    tx.commit().await?;
    Ok(())
}

/// What a failed sync means to the job. The calendar's own schedule tries again at the next interval, so only passing faults
/// are retried here.
fn failure(error: sync::Error) -> Result<(), Failure> {
    match error {
        sync::Error::Off | sync::Error::NeedsReauth | sync::Error::Disconnected => Ok(()),
        sync::Error::Running | sync::Error::LostLease => Err(Failure::Again(error.to_string())),
        sync::Error::Store(error) => Err(error.into()),
        sync::Error::Provider(ref provider) => match provider.retry {
            Retry::No => Err(Failure::Never(error.to_string())),
            Retry::Soon => Err(Failure::Again(error.to_string())),
            Retry::After(wait) => Err(Failure::After(wait, error.to_string())),
        },
    }
}
