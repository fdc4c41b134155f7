//! `notify_integration_disconnected`: tells the owner, once, that an account must be connected again. A line in the activity
//! log, a message to open dashboards, and an e-mail with a link to connect it again, where mail is configured, and a message in Slack: as the owner wants it.

use daybook_domain::activity::LogType;
use daybook_domain::{ConnectionId, WorkspaceId};
use daybook_store as store;
use serde::Deserialize;
use serde_json::{Value, json};
use store::jobs::NewJob;

use super::{Work, read};
use crate::activity::Line;
use crate::connections::notices;
use crate::{Context, live};

/// Its name.
pub const NAME: &str = "notify_integration_disconnected";

#[derive(Deserialize)]
struct Payload {
    workspace_id: WorkspaceId,
    connection_id: ConnectionId,
}

/// Enqueues the notice in the caller's transaction.
///
/// # Errors
/// When the database cannot be written.
pub async fn enqueue(
    tx: &mut store::Tx,
    workspace: WorkspaceId,
    id: ConnectionId,
) -> store::Result<()> {
    let (key, payload) = (
        id.to_string(),
        json!({"workspace_id": workspace, "connection_id": id}),
    );
    let job = NewJob {
        dedupe_key: Some(&key),
        workspace_id: Some(workspace),
        max_attempts: super::TRIES,
        ..NewJob::new(NAME, payload)
    };
    store::jobs::enqueue(tx, &job).await.map(|_| ())
}

pub(super) fn run(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        let payload: Payload = read(payload)?;
        let mut tx = cx.store.write_in(payload.workspace_id).await?;
        if !store::connections::mark_notified(&mut tx, payload.workspace_id, payload.connection_id)
            .await?
        {
            return Ok(());
        }
        let connection =
            store::connections::get(&mut tx, payload.workspace_id, payload.connection_id).await?;
        let account = connection
            .account_email
            .clone()
            .unwrap_or_else(|| connection.provider.clone());
        Line::new(
            LogType::NotificationSent,
            format!("{account} must be connected again: its owner was told"),
        )
        .about(&connection.provider, connection.id, connection.member_id)
        .write(&mut tx, payload.workspace_id)
        .await?;
        notices::broken(&cx, &mut tx, &connection, &account).await?;
        tx.commit().await?;
        let message = live::Message::Connection {
            connection_id: connection.id,
            status: connection.status,
        };
        cx.live
            .send(payload.workspace_id, Some(connection.member_id), message);
        Ok(())
    })
}
