//! Invitations to a workspace, found by the hash of their token.

use daybook_domain::account::{EmailAddress, Role};
use daybook_domain::{InvitationId, MemberId, WorkspaceId};
use jiff::Timestamp;

use crate::{Result, Tx};

row! {
    /// An invitation, without its token.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Invitation of "invitation" {
        /// Its id.
        pub id: InvitationId,
        /// Where to.
        pub workspace_id: WorkspaceId,
        /// Whom.
        pub email: String,
        /// The role they get.
        pub role: Role,
        /// By whom.
        pub invited_by: MemberId,
        /// When.
        pub created_at: Timestamp,
        /// Until when it can be accepted.
        pub expires_at: Timestamp,
        /// When it was accepted.
        pub accepted_at: Option<Timestamp>,
    }
}

/// An invitation to be made.
#[derive(Debug, Clone)]
pub struct NewInvitation<'a> {
    /// Whom.
    pub email: &'a EmailAddress,
    /// The role they get.
    pub role: Role,
    /// SHA-256 of the token.
    pub token_hash: &'a [u8; 32],
    /// By whom.
    pub invited_by: MemberId,
    /// Until when it can be accepted.
    pub expires_at: Timestamp,
}

/// Makes an invitation; earlier open ones to the same address stop working.
pub async fn create(tx: &mut Tx, ws: WorkspaceId, new: &NewInvitation<'_>) -> Result<Invitation> {
    let (id, now): (InvitationId, _) = (tx.id(), tx.stamp().await?);
    execute!(
        tx,
        "DELETE FROM invitation WHERE workspace_id = $1 AND email = $2 AND accepted_at IS NULL",
        ws,
        new.email.as_str()
    )?;
    fetch_one!(
        tx,
        Invitation,
        "INSERT INTO invitation (id, workspace_id, email, role, token_hash, invited_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *",
        id,
        ws,
        new.email.as_str(),
        new.role,
        new.token_hash,
        new.invited_by,
        now,
        new.expires_at
    )
}

/// Open invitations, oldest first.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    after: Option<(Timestamp, InvitationId)>,
    limit: i64,
) -> Result<Vec<Invitation>> {
    let (at, id) = after.unwrap_or((Timestamp::MIN, uuid::Uuid::nil().into()));
    fetch_all!(
        tx,
        Invitation,
        "SELECT * FROM invitation WHERE workspace_id = $1 AND accepted_at IS NULL AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT $4",
        ws,
        at,
        id,
        limit
    )
}

/// The invitation, also when accepted.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: InvitationId) -> Result<Invitation> {
    fetch_one!(
        tx,
        Invitation,
        "SELECT * FROM invitation WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// Takes an open invitation back.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: InvitationId) -> Result<()> {
    execute_one!(
        tx,
        "DELETE FROM invitation WHERE workspace_id = $1 AND id = $2 AND accepted_at IS NULL",
        ws,
        id
    )
}

/// The invitation with this token hash that can still be accepted.
pub async fn by_token_hash(tx: &mut Tx, hash: &[u8; 32]) -> Result<Option<Invitation>> {
    let now = tx.now().await?;
    fetch_optional!(
        tx,
        Invitation,
        "SELECT * FROM invitation WHERE token_hash = $1 AND accepted_at IS NULL AND expires_at > $2",
        hash,
        now
    )
}

/// Uses the invitation up; false when somebody was faster or it is over.
pub async fn accept(tx: &mut Tx, ws: WorkspaceId, id: InvitationId) -> Result<bool> {
    let now = tx.now().await?;
    let changed = execute!(
        tx,
        "UPDATE invitation SET accepted_at = $3 WHERE workspace_id = $1 AND id = $2 AND accepted_at IS NULL AND expires_at > $3",
        ws,
        id,
        now
    )?;
    Ok(changed == 1)
}
