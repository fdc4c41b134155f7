//! What a provider's failure (or a success) does to a connection: its status, its last error, its owner's notice.

use daybook_domain::activity::LogType;
use daybook_domain::connection::{ErrorKind, Status};
use daybook_provider_api as provider;
use daybook_store as store;
use serde_json::json;
use store::connections::Connection;

use crate::activity::Line;
use crate::jobs::notify_integration_disconnected;
use crate::{Context, live};

/// Notes a failure in the caller's transaction. The status moves only as [`ErrorKind::next_status`] allows; when the account
/// must be connected again its owner is told once.
pub(crate) async fn failed(
    cx: &Context,
    tx: &mut store::Tx,
    connection: &Connection,
    error: &provider::Error,
) -> store::Result<()> {
    let (workspace, id) = (connection.workspace_id, connection.id);
    let now = cx.clock.now();
    let last = store::LastError {
        kind: error.kind,
        message: error.message.clone(),
        at: now,
    };
    let next = store::connections::set_error(tx, workspace, id, &last)
        .await?
        .status;
    if next == connection.status {
        return Ok(());
    }
    if next == Status::NeedsReauth {
        notify_integration_disconnected::enqueue(tx, workspace, id).await?;
    }
    let account = connection
        .account_email
        .clone()
        .unwrap_or_else(|| connection.provider.clone());
    Line::new(LogType::Error, format!("{account}: {}", error.message))
        .failed()
        .about(&connection.provider, id, connection.member_id)
        .detail(json!({"kind": error.kind, "status": next, "code": error.code}))
        .write(tx, workspace)
        .await
}

/// Tells watchers, after the commit.
pub(crate) fn tell(cx: &Context, connection: &Connection, error: &provider::Error) {
    let status = error.kind.next_status(connection.status);
    if status != connection.status {
        cx.live.send(
            connection.workspace_id,
            Some(connection.member_id),
            live::Message::Connection {
                connection_id: connection.id,
                status,
            },
        );
    }
}

/// Notes a success: a degraded connection is well again.
pub(crate) async fn succeeded(tx: &mut store::Tx, connection: &Connection) -> store::Result<()> {
    if connection.last_error.is_none() && connection.status == Status::Connected {
        return Ok(());
    }
    store::connections::clear_error(tx, connection.workspace_id, connection.id).await
}

/// A line for a refreshed token.
pub(crate) async fn token_refreshed(
    tx: &mut store::Tx,
    connection: &Connection,
) -> store::Result<()> {
    let account = connection
        .account_email
        .clone()
        .unwrap_or_else(|| connection.provider.clone());
    Line::new(
        LogType::TokenRefresh,
        format!("The access token of {account} was refreshed"),
    )
    .about(&connection.provider, connection.id, connection.member_id)
    .write(tx, connection.workspace_id)
    .await
}

/// Whether an error speaks of the account's grant, so that it must be confirmed with fresh credentials.
pub(crate) fn is_about_the_grant(error: &provider::Error) -> bool {
    error.kind == ErrorKind::Auth
}
