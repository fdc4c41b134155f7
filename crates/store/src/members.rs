//! Members: people in workspaces, with a role.

use daybook_domain::account::Role;
use daybook_domain::{MemberId, UserId, WorkspaceId};
use jiff::Timestamp;

use crate::{Error, Result, Tx};

row! {
    /// A person in a workspace.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Member of "member" {
        /// Its id.
        pub id: MemberId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// Who.
        pub user_id: UserId,
        /// What they may do.
        pub role: Role,
        /// Since when.
        pub created_at: Timestamp,
        /// When they were taken out.
        pub removed_at: Option<Timestamp>,
    }
}

row! {
    /// A member as lists show it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Profile of "member" {
        /// The member's id.
        pub id: MemberId,
        /// Who.
        pub user_id: UserId,
        /// What they may do.
        pub role: Role,
        /// Since when.
        pub created_at: Timestamp,
        /// Their address.
        pub email: String,
        /// Their name.
        pub name: String,
        /// Their IANA zone.
        pub time_zone: String,
        /// When the account was switched off.
        pub disabled_at: Option<Timestamp>,
    }
}

row! {
    /// A workspace somebody belongs to.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Membership of "member" {
        /// The member's id.
        pub id: MemberId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// What they may do.
        pub role: Role,
        /// The workspace's name.
        pub workspace_name: String,
        /// The workspace's slug.
        pub workspace_slug: String,
    }
}

/// Makes `user` a member. Somebody who was taken out comes back as the same member; `Conflict` when they are in.
pub async fn create(tx: &mut Tx, ws: WorkspaceId, user: UserId, role: Role) -> Result<Member> {
    let (id, now): (MemberId, _) = (tx.id(), tx.stamp().await?);
    let made = fetch_optional!(
        tx,
        Member,
        "INSERT INTO member (id, workspace_id, user_id, role, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role, removed_at = NULL WHERE member.removed_at IS NOT NULL
         RETURNING *",
        id,
        ws,
        user,
        role,
        now
    )?;
    made.ok_or_else(|| Error::Conflict {
        constraint: "member_workspace_id_user_id_key".into(),
    })
}

/// The member, also when taken out.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: MemberId) -> Result<Member> {
    fetch_one!(
        tx,
        Member,
        "SELECT * FROM member WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// Those who are in the workspace, oldest first.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    after: Option<(Timestamp, MemberId)>,
    limit: i64,
) -> Result<Vec<Profile>> {
    let (at, id) = after.unwrap_or((Timestamp::MIN, uuid::Uuid::nil().into()));
    fetch_all!(
        tx,
        Profile,
        "SELECT m.id, m.user_id, m.role, m.created_at, u.email, u.name, u.time_zone, u.disabled_at
         FROM member m JOIN account_user u ON u.id = m.user_id
         WHERE m.workspace_id = $1 AND m.removed_at IS NULL AND (m.created_at, m.id) > ($2, $3) ORDER BY m.created_at, m.id LIMIT $4",
        ws,
        at,
        id,
        limit
    )
}

row! {
    /// What a member is called.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Named of "member" {
        /// The member's id.
        pub id: MemberId,
        /// Their name.
        pub name: String,
    }
}

bulk! {
    NAMES = "SELECT m.id, u.name FROM member m JOIN account_user u ON u.id = m.user_id WHERE m.workspace_id = $1 AND m.id IN (",
    fixed 1, columns 1, ")"
}

/// What these members are called, also those who were taken out.
pub async fn names(tx: &mut Tx, ws: WorkspaceId, ids: &[MemberId]) -> Result<Vec<Named>> {
    Ok(bulk_fetch!(tx, Named, NAMES, [ws], ids, |id| [*id]))
}

/// Gives the member another role.
pub async fn set_role(tx: &mut Tx, ws: WorkspaceId, id: MemberId, role: Role) -> Result<()> {
    execute_one!(
        tx,
        "UPDATE member SET role = $3 WHERE workspace_id = $1 AND id = $2 AND removed_at IS NULL",
        ws,
        id,
        role
    )
}

/// Takes the member out, with their sessions and API keys. What they made stays.
pub async fn remove(tx: &mut Tx, ws: WorkspaceId, id: MemberId) -> Result<()> {
    let now = tx.stamp().await?;
    execute_one!(
        tx,
        "UPDATE member SET removed_at = $3 WHERE workspace_id = $1 AND id = $2 AND removed_at IS NULL",
        ws,
        id,
        now
    )?;
    execute!(
        tx,
        "DELETE FROM session WHERE workspace_id = $1 AND member_id = $2",
        ws,
        id
    )?;
    execute!(
        tx,
        "UPDATE api_key SET revoked_at = $3 WHERE workspace_id = $1 AND member_id = $2 AND revoked_at IS NULL",
        ws,
        id,
        now
    )?;
    Ok(())
}

/// The workspaces somebody belongs to, oldest membership first.
pub async fn of_user(tx: &mut Tx, user: UserId) -> Result<Vec<Membership>> {
    fetch_all!(
        tx,
        Membership,
        "SELECT m.id, m.workspace_id, m.role, w.name AS workspace_name, w.slug AS workspace_slug
         FROM member m JOIN workspace w ON w.id = m.workspace_id
         WHERE m.user_id = $1 AND m.removed_at IS NULL ORDER BY m.created_at, m.id",
        user
    )
}

/// How many owners the workspace has; the last one must stay.
pub async fn count_owners(tx: &mut Tx, ws: WorkspaceId) -> Result<i64> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "SELECT count(*) FROM member WHERE workspace_id = $1 AND role = 'owner' AND removed_at IS NULL",
        ws
    )?;
    Ok(count)
}
