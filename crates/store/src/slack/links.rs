//! Links that make a Slack user a member, once: short-lived, and bound to the Slack user they were given to. Only the hash of a
//! link's token is kept.

use daybook_domain::{MemberId, SlackInstallationId, SlackLinkId, WorkspaceId};
use jiff::Timestamp;

use crate::{Result, Tx};

row! {
    /// A link.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Link of "slack_link" {
        /// Its id.
        pub id: SlackLinkId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// In which installation.
        pub installation_id: SlackInstallationId,
        /// For which Slack user.
        pub slack_user_id: String,
        /// Of which Slack workspace.
        pub team_id: String,
        /// For which member; `None`: whoever opens it while signed in.
        pub member_id: Option<MemberId>,
        /// Until when.
        pub expires_at: Timestamp,
    }
}

/// A link to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewLink<'a> {
    /// In which installation.
    pub installation_id: SlackInstallationId,
    /// SHA-256 of its token.
    pub token_hash: &'a [u8; 32],
    /// For which Slack user.
    pub slack_user_id: &'a str,
    /// Of which Slack workspace.
    pub team_id: &'a str,
    /// For which member.
    pub member_id: Option<MemberId>,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Makes a link. Earlier ones of the same Slack user and kind no longer work.
pub async fn create(tx: &mut Tx, ws: WorkspaceId, new: &NewLink<'_>) -> Result<SlackLinkId> {
    let (id, now): (SlackLinkId, _) = (tx.id(), tx.stamp().await?);
    execute!(
        tx,
        "DELETE FROM slack_link WHERE workspace_id = $1 AND installation_id = $2 AND slack_user_id = $3 AND (member_id IS NULL) = $4",
        ws,
        new.installation_id,
        new.slack_user_id,
        new.member_id.is_none()
    )?;
    execute!(
        tx,
        "INSERT INTO slack_link (id, workspace_id, installation_id, token_hash, slack_user_id, team_id, member_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        ws,
        new.installation_id,
        new.token_hash,
        new.slack_user_id,
        new.team_id,
        new.member_id,
        now,
        new.expires_at
    )?;
    Ok(id)
}

/// Uses the link with this token up; `None` when it was used, is over, never was, or is another workspace's.
pub async fn take(tx: &mut Tx, ws: WorkspaceId, token_hash: &[u8; 32]) -> Result<Option<Link>> {
    let now = tx.now().await?;
    fetch_optional!(
        tx,
        Link,
        "UPDATE slack_link SET used_at = $3 WHERE workspace_id = $1 AND token_hash = $2 AND member_id IS NULL AND used_at IS NULL AND expires_at > $3 RETURNING *",
        ws,
        token_hash,
        now
    )
}

/// Uses up the question whether a Slack user is a member, if it was put to this Slack user.
pub async fn confirm(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: SlackLinkId,
    slack_user_id: &str,
) -> Result<Option<Link>> {
    let now = tx.now().await?;
    fetch_optional!(
        tx,
        Link,
        "UPDATE slack_link SET used_at = $4 WHERE workspace_id = $1 AND id = $2 AND slack_user_id = $3 AND member_id IS NOT NULL AND used_at IS NULL AND expires_at > $4 RETURNING *",
        ws,
        id,
        slack_user_id,
        now
    )
}

/// The question, while it can be answered.
pub async fn open(tx: &mut Tx, ws: WorkspaceId, id: SlackLinkId) -> Result<Option<Link>> {
    let now = tx.now().await?;
    fetch_optional!(
        tx,
        Link,
        "SELECT * FROM slack_link WHERE workspace_id = $1 AND id = $2 AND used_at IS NULL AND expires_at > $3",
        ws,
        id,
        now
    )
}

/// Forgets links that ended a day ago.
pub async fn delete_expired(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    execute!(tx, "DELETE FROM slack_link WHERE expires_at <= $1", before)
}
