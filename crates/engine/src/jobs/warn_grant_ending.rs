//! `warn_grant_ending`: tells the owner of an account that its provider ends the access soon (Google for apps in testing: after
//! seven days), two days before. Enqueued when the account is connected, for the day it is due.

use daybook_domain::activity::LogType;
use daybook_domain::connection::Status;
use daybook_domain::{ConnectionId, WorkspaceId};
use daybook_store as store;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use store::connections::Connection;
use store::jobs::NewJob;

use super::{Work, read};
use crate::Context;
use crate::activity::Line;
use crate::connections::notices::{self, WARNING};

/// Its name.
pub const NAME: &str = "warn_grant_ending";

#[derive(Deserialize)]
struct Payload {
    workspace_id: WorkspaceId,
    connection_id: ConnectionId,
    /// The grant it is about: one made since has an end of its own, and a job of its own.
    ends: Timestamp,
}

/// Enqueues the warning in the transaction that stores the grant; nothing for one without a known end.
///
/// # Errors
/// When the database cannot be written.
pub async fn enqueue(tx: &mut store::Tx, connection: &Connection) -> store::Result<()> {
    let Some(ends) = connection.refresh_token_expires_at else {
        return Ok(());
    };
    let key = format!("{}:{}", connection.id, ends.as_microsecond());
    let payload = json!({
        "workspace_id": connection.workspace_id, "connection_id": connection.id, "ends": ends,
    });
    let job = NewJob {
        dedupe_key: Some(&key),
        workspace_id: Some(connection.workspace_id),
        due_at: Some(ends.saturating_sub(WARNING).unwrap_or(ends)),
        max_attempts: super::TRIES,
        ..NewJob::new(NAME, payload)
    };
    store::jobs::enqueue(tx, &job).await.map(|_| ())
}

pub(super) fn run(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        let payload: Payload = read(payload)?;
        let mut tx = cx.store.write_in(payload.workspace_id).await?;
        let connection =
            store::connections::get(&mut tx, payload.workspace_id, payload.connection_id).await?;
        let now = cx.clock.now();
        let Some(ends) = notices::ends_soon(&connection, now) else {
            return Ok(());
        };
        if connection.status != Status::Connected || ends <= now {
            return Ok(());
        }
        let (provider, account) = notices::names(&cx, &connection);
        let title = format!(
            "{provider} ends the access to {account} soon: its owner was told to connect it again"
        );
        Line::new(LogType::NotificationSent, title)
            .about(&connection.provider, connection.id, connection.member_id)
            .detail(json!({"ends": ends}))
            .write(&mut tx, payload.workspace_id)
            .await?;
        notices::grant_ending(&cx, &mut tx, &connection, payload.ends).await?;
        tx.commit().await?;
        Ok(())
    })
}
