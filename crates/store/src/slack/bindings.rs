//! Who is who: a Slack user of an installation is a member. Ids of Slack users are unique in their installation only.

use daybook_domain::account::Role;
use daybook_domain::{
    ConnectionId, MemberId, SlackBindingId, SlackInstallationId, UserId, WorkspaceId,
};
use jiff::Timestamp;

use super::installations::Team;
use crate::{Result, Tx};

daybook_domain::text_enum! {
    /// How it was proved that both are the same person.
    LinkedBy {
        /// They installed the app while signed in.
        Installer = "installer",
        /// They opened the link they were given in Slack while signed in.
        Link = "link",
        /// They asked while signed in, were found by their address, and confirmed in Slack.
        Email = "email",
    }
}

row! {
    /// A binding.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Binding of "slack_binding" {
        /// Its id.
        pub id: SlackBindingId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// In which installation.
        pub installation_id: SlackInstallationId,
        /// Who, here.
        pub member_id: MemberId,
        /// Who, in Slack.
        pub slack_user_id: String,
        /// The Slack workspace the user was seen in.
        pub team_id: String,
        /// Their name in Slack, where it is known.
        pub name: Option<String>,
        /// The direct conversation with them, once it was opened.
        pub channel_id: Option<String>,
        /// How it was proved.
        pub linked_by: LinkedBy,
        /// Why they are told nothing.
        pub silent_because: Option<String>,
        /// The local day whose summary they have.
        pub summarised_on: Option<String>,
        /// Since when.
        pub linked_at: Timestamp,
        /// When it last changed.
        pub updated_at: Timestamp,
    }
}

row! {
    /// Who sends a request.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Found of "slack_binding" {
        /// The binding.
        pub id: SlackBindingId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// In which installation.
        pub installation_id: SlackInstallationId,
        /// Whose tokens are used.
        pub connection_id: ConnectionId,
        /// Who.
        pub member_id: MemberId,
        /// The person.
        pub user_id: UserId,
        /// What they may do.
        pub role: Role,
        /// Their zone.
        pub time_zone: String,
        /// When they were taken out of the workspace.
        pub removed_at: Option<Timestamp>,
        /// When their account was switched off.
        pub disabled_at: Option<Timestamp>,
    }
}

row! {
    /// Somebody who can be told something.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Reachable of "slack_binding" {
        /// The binding.
        pub id: SlackBindingId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// Whose tokens are used.
        pub connection_id: ConnectionId,
        /// Who.
        pub member_id: MemberId,
        /// Who, in Slack.
        pub slack_user_id: String,
        /// The direct conversation, once it was opened.
        pub channel_id: Option<String>,
        /// Their zone.
        pub time_zone: String,
        /// The local day whose summary they have.
        pub summarised_on: Option<String>,
        /// Whether they want a summary of the day.
        pub daily_summary: Option<bool>,
        /// When.
        pub daily_summary_time: Option<String>,
        /// Whether they want to be asked after a meeting.
        pub log_this_meeting: Option<bool>,
    }
}

/// A binding to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewBinding<'a> {
    /// In which installation.
    pub installation_id: SlackInstallationId,
    /// Who, here.
    pub member_id: MemberId,
    /// Who, in Slack.
    pub slack_user_id: &'a str,
    /// The Slack workspace the user was seen in.
    pub team_id: &'a str,
    /// How it was proved.
    pub linked_by: LinkedBy,
}

/// What [`Reachable`] reads, of bindings that can be used.
macro_rules! reachable {
    ($rest:literal) => {
        concat!(
            "SELECT b.id, b.workspace_id, i.connection_id, b.member_id, b.slack_user_id, b.channel_id, u.time_zone, b.summarised_on, \
             p.daily_summary, p.daily_summary_time, p.log_this_meeting \
             FROM slack_binding b JOIN slack_installation i ON i.workspace_id = b.workspace_id AND i.id = b.installation_id \
             JOIN member m ON m.workspace_id = b.workspace_id AND m.id = b.member_id JOIN account_user u ON u.id = m.user_id \
             LEFT JOIN slack_preference p ON p.workspace_id = b.workspace_id AND p.member_id = b.member_id \
             WHERE i.ended_at IS NULL AND b.silent_because IS NULL AND m.removed_at IS NULL AND u.disabled_at IS NULL ",
            $rest
        )
    };
}

/// Makes a Slack user a member, in place of whatever either of them was before in this installation.
pub async fn link(tx: &mut Tx, ws: WorkspaceId, new: &NewBinding<'_>) -> Result<Binding> {
    execute!(
        tx,
        "DELETE FROM slack_binding WHERE workspace_id = $1 AND installation_id = $2 AND (member_id = $3 OR slack_user_id = $4) AND NOT (member_id = $3 AND slack_user_id = $4)",
        ws,
        new.installation_id,
        new.member_id,
        new.slack_user_id
    )?;
    let (id, now): (SlackBindingId, _) = (tx.id(), tx.stamp().await?);
    fetch_one!(
        tx,
        Binding,
        "INSERT INTO slack_binding (id, workspace_id, installation_id, member_id, slack_user_id, team_id, linked_by, linked_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
         ON CONFLICT (workspace_id, installation_id, slack_user_id) DO UPDATE SET team_id = excluded.team_id, linked_by = excluded.linked_by,
         linked_at = excluded.linked_at, silent_because = NULL, updated_at = excluded.updated_at RETURNING *",
        id,
        ws,
        new.installation_id,
        new.member_id,
        new.slack_user_id,
        new.team_id,
        new.linked_by,
        now
    )
}

/// The bindings of this Slack user in live installations, of every workspace, the newest first; also of people who left.
pub async fn find(tx: &mut Tx, team: Team<'_>, slack_user_id: &str) -> Result<Vec<Found>> {
    fetch_all!(
        tx,
        Found,
        "SELECT b.id, b.workspace_id, b.installation_id, i.connection_id, b.member_id, m.user_id, m.role, u.time_zone, m.removed_at, u.disabled_at
         FROM slack_binding b JOIN slack_installation i ON i.workspace_id = b.workspace_id AND i.id = b.installation_id
         JOIN member m ON m.workspace_id = b.workspace_id AND m.id = b.member_id JOIN account_user u ON u.id = m.user_id
         WHERE b.slack_user_id = $1 AND i.ended_at IS NULL AND ((i.team_id = $2 AND i.team_id <> '') OR (i.team_id = '' AND i.enterprise_id = $3 AND i.enterprise_id <> ''))
         ORDER BY b.linked_at DESC, b.id DESC",
        slack_user_id,
        team.team_id,
        team.enterprise_id
    )
}

/// A member's bindings, the newest first, also in installations that have ended.
pub async fn of_member(tx: &mut Tx, ws: WorkspaceId, member: MemberId) -> Result<Vec<Binding>> {
    fetch_all!(
        tx,
        Binding,
        "SELECT * FROM slack_binding WHERE workspace_id = $1 AND member_id = $2 ORDER BY linked_at DESC, id DESC",
        ws,
        member
    )
}

/// The workspace's bindings in installations that have not ended, the newest first.
pub async fn of_workspace(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<Binding>> {
    fetch_all!(
        tx,
        Binding,
        "SELECT b.* FROM slack_binding b JOIN slack_installation i ON i.workspace_id = b.workspace_id AND i.id = b.installation_id
         WHERE b.workspace_id = $1 AND i.ended_at IS NULL ORDER BY b.linked_at DESC, b.id DESC",
        ws
    )
}

/// Where a member can be told something: the newest binding that works.
pub async fn reach(tx: &mut Tx, ws: WorkspaceId, member: MemberId) -> Result<Option<Reachable>> {
    fetch_optional!(
        tx,
        Reachable,
        reachable!(
            "AND b.workspace_id = $1 AND b.member_id = $2 ORDER BY b.linked_at DESC, b.id DESC LIMIT 1"
        ),
        ws,
        member
    )
}

/// Everybody who can be told something, of every workspace, in order of id: a page after `after`.
pub async fn everybody(
    tx: &mut Tx,
    after: Option<SlackBindingId>,
    limit: i64,
) -> Result<Vec<Reachable>> {
    fetch_all!(
        tx,
        Reachable,
        reachable!("AND b.id > $1 ORDER BY b.id LIMIT $2"),
        after.unwrap_or(uuid::Uuid::nil().into()),
        limit
    )
}

/// The owners and admins who can be told something, each once.
pub async fn managers(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<MemberId>> {
    let rows = fetch_all!(
        tx,
        (uuid::Uuid,),
        "SELECT DISTINCT b.member_id FROM slack_binding b JOIN slack_installation i ON i.workspace_id = b.workspace_id AND i.id = b.installation_id
         JOIN member m ON m.workspace_id = b.workspace_id AND m.id = b.member_id
         WHERE b.workspace_id = $1 AND i.ended_at IS NULL AND b.silent_because IS NULL AND m.removed_at IS NULL AND m.role IN ('owner', 'admin') ORDER BY 1",
        ws
    )?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// Ends the member's bindings. Returns how many there were.
pub async fn unlink(tx: &mut Tx, ws: WorkspaceId, member: MemberId) -> Result<u64> {
    execute!(
        tx,
        "DELETE FROM slack_binding WHERE workspace_id = $1 AND member_id = $2",
        ws,
        member
    )
}

/// Notes the direct conversation with somebody.
pub async fn set_channel(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: SlackBindingId,
    channel: &str,
) -> Result<()> {
    let now = tx.stamp().await?;
    execute_one!(
        tx,
        "UPDATE slack_binding SET channel_id = $3, updated_at = $4 WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        channel,
        now
    )
}

/// Notes the name somebody has in Slack.
pub async fn set_name(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: SlackBindingId,
    name: Option<&str>,
) -> Result<()> {
    let now = tx.stamp().await?;
    execute_one!(
        tx,
        "UPDATE slack_binding SET name = $3, updated_at = $4 WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        name,
        now
    )
}

/// Notes that somebody cannot be told anything, and why. True when they could.
pub async fn silence(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: SlackBindingId,
    because: &str,
) -> Result<bool> {
    let now = tx.stamp().await?;
    let changed = execute!(
        tx,
        "UPDATE slack_binding SET silent_because = $3, channel_id = NULL, updated_at = $4 WHERE workspace_id = $1 AND id = $2 AND silent_because IS NULL",
        ws,
        id,
        because,
        now
    )?;
    Ok(changed == 1)
}

/// Notes that a member has the summary of this local day, or never will.
pub async fn summarised(tx: &mut Tx, ws: WorkspaceId, member: MemberId, day: &str) -> Result<()> {
    execute!(
        tx,
        "UPDATE slack_binding SET summarised_on = $3 WHERE workspace_id = $1 AND member_id = $2",
        ws,
        member,
        day
    )?;
    Ok(())
}
