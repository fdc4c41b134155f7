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

use super::cut::{self, Time};
use super::desk::{Call, Desk};
use super::{Error, relocate};
use crate::Context;

/// The job's name.
pub const NAME: &str = "settle_event_write";
/// How long a request has before its write is looked after.
const AFTER: SignedDuration = SignedDuration::from_mins(2);

/// How often a write of several steps is looked after: what is half done shows meetings twice, so over hours.
const TRIES_OF_STEPS: i64 = 14;

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
    intent: &EventWrite,
) -> store::Result<()> {
    let now = tx.now().await?;
    let id = intent.id;
    let key = id.to_string();
    let payload = Payload {
        workspace_id: workspace,
        event_write_id: id,
    };
    let job = NewJob {
        dedupe_key: Some(&key),
        workspace_id: Some(workspace),
        due_at: Some(now.saturating_add(AFTER).unwrap_or(now)),
        max_attempts: match intent.kind {
            Kind::Split | Kind::Move | Kind::Copy => TRIES_OF_STEPS,
            _ => crate::jobs::TRIES,
        },
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
        Kind::Split => match cut::noted(&intent.request) {
            Some(steps) => match cut::run(&mut desk, &intent, &steps, Time::Again).await {
                Err(error) => has_ended(cx, &intent, error).await,
                Ok(_) => Ok(()),
            },
            None => Ok(()),
        },
        Kind::Move | Kind::Copy => relocate::settle(&mut desk, &intent).await,
        // Done or not, the next sync tells.
        Kind::Update | Kind::Delete | Kind::Respond => Ok(()),
    }
}

/// A refusal that ended the note is an end.
async fn has_ended(cx: &Context, intent: &EventWrite, error: Error) -> Result<(), Error> {
    let workspace = intent.workspace_id;
    let mut tx = cx.store.read_in(workspace).await?;
    let now = store::event_writes::get(&mut tx, workspace, intent.id).await?;
    match now.state {
        State::Pending => Err(error),
        State::Done | State::Failed => Ok(()),
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
