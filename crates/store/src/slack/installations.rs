//! The app in Slack workspaces. The tokens are those of the connection; here is what requests of Slack are recognised by.

use daybook_domain::{ConnectionId, SlackInstallationId, WorkspaceId};
use jiff::Timestamp;

use crate::{Result, Tx};

row! {
    /// An installation.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Installation of "slack_installation" {
        /// Its id.
        pub id: SlackInstallationId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// Whose tokens are used.
        pub connection_id: ConnectionId,
        /// The organisation in Slack; empty where there is none.
        pub enterprise_id: String,
        /// The Slack workspace; empty for a whole organisation.
        pub team_id: String,
        /// Its name.
        pub team_name: Option<String>,
        /// The app.
        pub app_id: Option<String>,
        /// The app's user there.
        pub bot_user_id: Option<String>,
        /// The Slack user who installed it.
        pub installer_id: Option<String>,
        /// Made from the operator's own bot token, not by consent.
        pub fixed: bool,
        /// When it was last installed.
        pub installed_at: Timestamp,
        /// When it ended.
        pub ended_at: Option<Timestamp>,
        /// Why it ended.
        pub ended_because: Option<String>,
    }
}

/// An installation that was just made.
#[derive(Debug, Clone)]
pub struct NewInstallation<'a> {
    /// Whose tokens are used.
    pub connection_id: ConnectionId,
    /// The organisation; empty where there is none.
    pub enterprise_id: &'a str,
    /// The Slack workspace; empty for a whole organisation.
    pub team_id: &'a str,
    /// Its name.
    pub team_name: Option<&'a str>,
    /// The app.
    pub app_id: Option<&'a str>,
    /// The app's user there.
    pub bot_user_id: Option<&'a str>,
    /// Who installed it.
    pub installer_id: Option<&'a str>,
    /// Made from the operator's own bot token.
    pub fixed: bool,
}

/// Where a request of Slack comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Team<'a> {
    /// The organisation; empty where there is none.
    pub enterprise_id: &'a str,
    /// The Slack workspace; empty when it is not told.
    pub team_id: &'a str,
}

/// Writes an installation down. The same Slack workspace is the same installation, alive again.
pub async fn record(
    tx: &mut Tx,
    ws: WorkspaceId,
    new: &NewInstallation<'_>,
) -> Result<Installation> {
    let (id, now): (SlackInstallationId, _) = (tx.id(), tx.stamp().await?);
    fetch_one!(
        tx,
        Installation,
        "INSERT INTO slack_installation (id, workspace_id, connection_id, enterprise_id, team_id, team_name, app_id, bot_user_id, installer_id, fixed, installed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (workspace_id, enterprise_id, team_id) DO UPDATE SET connection_id = excluded.connection_id,
         team_name = coalesce(excluded.team_name, slack_installation.team_name), app_id = coalesce(excluded.app_id, slack_installation.app_id),
         bot_user_id = coalesce(excluded.bot_user_id, slack_installation.bot_user_id), installer_id = coalesce(excluded.installer_id, slack_installation.installer_id),
         fixed = excluded.fixed, installed_at = excluded.installed_at, ended_at = NULL, ended_because = NULL
         RETURNING *",
        id,
        ws,
        new.connection_id,
        new.enterprise_id,
        new.team_id,
        new.team_name,
        new.app_id,
        new.bot_user_id,
        new.installer_id,
        new.fixed,
        now
    )
}

/// The installation.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: SlackInstallationId) -> Result<Installation> {
    fetch_one!(
        tx,
        Installation,
        "SELECT * FROM slack_installation WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// The installation of this Slack workspace, also one that has ended.
pub async fn of_team(tx: &mut Tx, ws: WorkspaceId, team: Team<'_>) -> Result<Option<Installation>> {
    fetch_optional!(
        tx,
        Installation,
        "SELECT * FROM slack_installation WHERE workspace_id = $1 AND enterprise_id = $2 AND team_id = $3",
        ws,
        team.enterprise_id,
        team.team_id
    )
}

/// All installations of the workspace, the newest first, also those that have ended.
pub async fn list(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<Installation>> {
    fetch_all!(
        tx,
        Installation,
        "SELECT * FROM slack_installation WHERE workspace_id = $1 ORDER BY installed_at DESC, id DESC",
        ws
    )
}

/// The installation that uses the tokens of this connection.
pub async fn of_connection(
    tx: &mut Tx,
    ws: WorkspaceId,
    connection: ConnectionId,
) -> Result<Option<Installation>> {
    fetch_optional!(
        tx,
        Installation,
        "SELECT * FROM slack_installation WHERE workspace_id = $1 AND connection_id = $2 ORDER BY installed_at DESC LIMIT 1",
        ws,
        connection
    )
}

/// The live installations that a request from there belongs to, of every workspace, the newest first: of the Slack workspace
/// itself, or of the whole organisation.
pub async fn everywhere(tx: &mut Tx, team: Team<'_>) -> Result<Vec<Installation>> {
    fetch_all!(
        tx,
        Installation,
        "SELECT * FROM slack_installation WHERE ended_at IS NULL AND ((team_id = $1 AND team_id <> '') OR (team_id = '' AND enterprise_id = $2 AND enterprise_id <> ''))
         ORDER BY installed_at DESC, id DESC",
        team.team_id,
        team.enterprise_id
    )
}

/// Notes that it has ended. True when it was alive.
pub async fn end(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: SlackInstallationId,
    because: &str,
) -> Result<bool> {
    let now = tx.stamp().await?;
    let changed = execute!(
        tx,
        "UPDATE slack_installation SET ended_at = $3, ended_because = $4 WHERE workspace_id = $1 AND id = $2 AND ended_at IS NULL",
        ws,
        id,
        now,
        because
    )?;
    Ok(changed == 1)
}
