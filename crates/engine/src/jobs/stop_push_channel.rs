//! `stop_push_channel`: ends a channel that nobody wants any more. What cannot be ended runs out by itself.

use daybook_domain::{PushChannelId, WorkspaceId};
use daybook_provider_api::Retry;
use daybook_store as store;
use serde::Deserialize;
use serde_json::{Value, json};
use store::jobs::{NewJob, Priority};

use super::{Failure, Work, read};
use crate::connections::Error;
use crate::{Context, push};

/// Its name.
pub const NAME: &str = "stop_push_channel";

#[derive(Deserialize)]
struct Payload {
    workspace_id: WorkspaceId,
    channel_id: PushChannelId,
}

/// Enqueues it in the caller's transaction.
///
/// # Errors
/// When the database cannot be written.
pub async fn enqueue(
    tx: &mut store::Tx,
    workspace: WorkspaceId,
    channel: PushChannelId,
) -> store::Result<()> {
    let key = channel.to_string();
    let payload = json!({"workspace_id": workspace, "channel_id": channel});
    let job = NewJob {
        dedupe_key: Some(&key),
        workspace_id: Some(workspace),
        priority: Priority::Low,
        max_attempts: super::TRIES,
        ..NewJob::new(NAME, payload)
    };
    store::jobs::enqueue(tx, &job).await.map(|_| ())
}

pub(super) fn run(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        let payload: Payload = read(payload)?;
        match push::stop(&cx, payload.workspace_id, payload.channel_id).await {
            Err(Error::Store(error)) => Err(error.into()),
            Err(Error::Provider(error)) => match error.retry {
                Retry::Soon => Err(Failure::Again(error.message)),
                Retry::After(wait) => Err(Failure::After(wait, error.message)),
                Retry::No => {
                    tracing::info!(channel.id = %payload.channel_id, kind = %error.kind, "the provider did not stop a push channel; it runs out by itself");
                    Ok(())
                }
            },
            // Without credentials there is nothing to stop it with.
            _ => Ok(()),
        }
    })
}
