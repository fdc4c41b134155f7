//! The app comes into a Slack workspace, and leaves it: with the connection whose tokens it uses.

use daybook_domain::activity::LogType;
use daybook_domain::connection::Status;
use daybook_domain::{ConnectionId, MemberId, WorkspaceId};
use daybook_provider_api::chat::Installation as Told;
use daybook_store as store;
use store::Tx;
use store::connections::Connection;
use store::slack::bindings::{self, LinkedBy, NewBinding};
use store::slack::installations::{self, Installation, NewInstallation, Team};

use super::chat;
use crate::Context;
use crate::activity::Line;
use crate::connections::{Error, vault};
use crate::jobs::notify_integration_disconnected;
use crate::live::Message;

/// Writes down that the app was installed, in the transaction that stores its tokens. Whoever installed it is the member they were
/// signed in as. A second connection of the same Slack workspace takes the place of the first.
///
/// # Errors
/// When the database cannot be written.
pub async fn record(
    tx: &mut Tx,
    member: MemberId,
    connection: &Connection,
    told: &Told,
    fixed: bool,
) -> store::Result<Installation> {
    let workspace = connection.workspace_id;
    let team = Team {
        enterprise_id: &told.enterprise_id,
        team_id: &told.team_id,
    };
    let before = installations::of_team(tx, workspace, team).await?;
    if let Some(before) = before.filter(|before| before.connection_id != connection.id) {
        store::connections::forget_secrets(tx, workspace, before.connection_id).await?;
        let ended = Status::Disconnected;
        store::connections::set_status(tx, workspace, before.connection_id, ended).await?;
    }
    let new = NewInstallation {
        connection_id: connection.id,
        enterprise_id: &told.enterprise_id,
        team_id: &told.team_id,
        team_name: told.team_name.as_deref(),
        app_id: told.app_id.as_deref(),
        bot_user_id: told.bot_user_id.as_deref(),
        installer_id: told.installer_id.as_deref(),
        fixed,
    };
    let installation = installations::record(tx, workspace, &new).await?;
    if let Some(installer) = &told.installer_id {
        let binding = NewBinding {
            installation_id: installation.id,
            member_id: member,
            slack_user_id: installer,
            team_id: &told.team_id,
            linked_by: LinkedBy::Installer,
        };
        let binding = bindings::link(tx, workspace, &binding).await?;
        super::jobs::enqueue_welcome(tx, &binding, connection.id).await?;
    }
    Ok(installation)
}

/// Notes, in the caller's transaction, that the connection's installation has ended. Bindings stay, for the next time.
///
/// # Errors
/// When the database cannot be written.
pub async fn ended(
    tx: &mut Tx,
    workspace: WorkspaceId,
    connection: ConnectionId,
    because: &str,
) -> store::Result<()> {
    if let Some(installation) = installations::of_connection(tx, workspace, connection).await? {
        installations::end(tx, workspace, installation.id, because).await?;
    }
    Ok(())
}

/// Revokes the token of a connection at Slack, unless it is the operator's own. True when Slack confirmed it.
pub async fn revoke(cx: &Context, connection: &Connection) -> bool {
    let done = async {
        let mut tx = cx.store.read_in(connection.workspace_id).await?;
        let installation =
            installations::of_connection(&mut tx, connection.workspace_id, connection.id).await?;
        drop(tx);
        if installation.is_none_or(|installation| installation.fixed) {
            return Ok(false);
        }
        let access = vault::access(cx, connection.workspace_id, connection.id).await?;
        match chat(cx) {
            Some(chat) => Ok(chat.revoke(&access.session(cx)).await.map(|()| true)?),
            None => Ok(false),
        }
    };
    done.await.unwrap_or_else(|error: Error| {
        tracing::warn!(connection.id = %connection.id, %error, "Slack did not confirm the revocation; the token is forgotten here all the same");
        false
    })
}

/// How an installation ended, as Slack tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Somebody removed the app.
    Uninstalled,
    /// Its token was revoked.
    Revoked,
}

/// Slack says that it has ended: the tokens go, everything else stays. In the caller's transaction; yields what watchers are told after
/// it, and whose connection it is.
pub(super) async fn end(
    tx: &mut Tx,
    installation: &Installation,
    how: End,
) -> store::Result<Option<(MemberId, Message)>> {
    let (workspace, connection) = (installation.workspace_id, installation.connection_id);
    let (because, status, words) = match how {
        End::Uninstalled => (
            "app_uninstalled",
            Status::Disconnected,
            "Daybook was removed from the Slack workspace",
        ),
        End::Revoked => (
            "tokens_revoked",
            Status::NeedsReauth,
            "Slack revoked Daybook's token",
        ),
    };
    if !installations::end(tx, workspace, installation.id, because).await? {
        return Ok(None);
    }
    let row = store::connections::get(tx, workspace, connection).await?;
    store::connections::forget_secrets(tx, workspace, connection).await?;
    if row.status != Status::Disconnected {
        store::connections::set_status(tx, workspace, connection, status).await?;
    }
    if status == Status::NeedsReauth {
        notify_integration_disconnected::enqueue(tx, workspace, connection).await?;
    }
    let name = installation.team_name.as_deref().unwrap_or("Slack");
    Line::new(LogType::Oauth, format!("{name}: {words}"))
        .failed()
        .about(&row.provider, connection, row.member_id)
        .write(tx, workspace)
        .await?;
    let message = Message::Connection {
        connection_id: connection,
        status,
    };
    Ok(Some((row.member_id, message)))
}
