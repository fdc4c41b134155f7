//! `settle_event_write`: looks after writes whose end is not known, because the provider did not answer or this process died.
//!
//! A create is looked for and taken over when it is there; it is never done now, because whoever asked for it may have been told
//! that it failed. A series that was being cut in two is finished, because half of it would show the same meetings twice; so is a
//! move whose copy is there.

use daybook_domain::{EventWriteId, WorkspaceId};
use daybook_store as store;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::event_writes::{EventWrite, Kind, State};
use store::jobs::NewJob;

use super::desk::{Call, Desk};
use super::{Error, following, relocate};
use crate::Context;

/// The job's name.
pub const NAME: &str = "settle_event_write";
/// How long a request has before its write is looked after.
const AFTER: SignedDuration = SignedDuration::from_mins(2);

/// Which write.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Payload {
    workspace_id: WorkspaceId,
    event_write_id: EventWriteId,
}

/// Enqueues the look in the transaction that notes the write.
pub(super) async fn enqueue(
    tx: &mut store::Tx,
    workspace: WorkspaceId,
    id: EventWriteId,
) -> store::Result<()> {
    let now = tx.now().await?;
    let key = id.to_string();
    let payload = Payload {
        workspace_id: workspace,
        event_write_id: id,
    };
    let job = NewJob {
        dedupe_key: Some(&key),
        workspace_id: Some(workspace),
        due_at: Some(now.saturating_add(AFTER).unwrap_or(now)),
        max_attempts: crate::jobs::TRIES,
        ..NewJob::new(NAME, serde_json::to_value(payload).unwrap_or(Value::Null))
    };
    store::jobs::enqueue(tx, &job).await.map(|_| ())
}

/// Finds out how the write ended, and notes it.
///
/// # Errors
/// [`Error`] when that cannot be found out now.
pub async fn settle(cx: &Context, payload: Payload) -> Result<(), Error> {
    let mut tx = cx.store.read_in(payload.workspace_id).await?;
    let intent =
        store::event_writes::get(&mut tx, payload.workspace_id, payload.event_write_id).await?;
    drop(tx);
    if intent.state != State::Pending {
        return Ok(());
    }
    let mut desk = Desk::open_for_work(cx, payload.workspace_id, intent.calendar_id).await?;
    match intent.kind {
        Kind::Create => look(&mut desk, &intent).await,
        Kind::Split => match following::noted(&intent.request) {
            Some(steps) => match following::run(&mut desk, &intent, &steps).await {
                Err(Error::Gone) => {
                    desk.give_up(intent.id, &Error::Gone).await;
                    Ok(())
                }
                other => other.map(|_| ()),
            },
            None => Ok(()),
        },
        Kind::Move | Kind::Copy => relocate::settle(&mut desk, &intent).await,
        // Done or not, the next sync tells.
        Kind::Update | Kind::Delete | Kind::Respond => Ok(()),
    }
}

async fn look(desk: &mut Desk<'_>, intent: &EventWrite) -> Result<(), Error> {
    match desk.call(&Call::Find(intent.id.into())).await? {
        Some(written) => {
            let event = desk.event_id(&written);
            desk.keep(&written, Some((intent.id, event))).await
        }
        None => {
            desk.give_up(intent.id, &Error::Gone).await;
            Ok(())
        }
    }
}
