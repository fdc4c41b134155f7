//! Dashboard sessions, found by the hash of their token.

use daybook_domain::account::Role;
use daybook_domain::{MemberId, SessionId, UserId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::members::Member;
use crate::users::User;
use crate::workspaces::Workspace;
use crate::{Result, Tx};

row! {
    /// A session.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Session of "session" {
        /// Its id.
        pub id: SessionId,
        /// Who.
        pub user_id: UserId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// As which member.
        pub member_id: MemberId,
        /// When it began.
        pub created_at: Timestamp,
        /// When it was last used, to the minute or so.
        pub last_seen_at: Timestamp,
        /// When it ends at the latest.
        pub expires_at: Timestamp,
        /// The browser's `User-Agent`.
        pub user_agent: Option<String>,
    }
}

/// Somebody who proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The person.
    pub user: User,
    /// As which member.
    pub member: Member,
    /// Where.
    pub workspace: Workspace,
}

/// A session to begin.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// SHA-256 of the token.
    pub token_hash: &'a [u8; 32],
    /// Who.
    pub user_id: UserId,
    /// Where.
    pub workspace_id: WorkspaceId,
    /// As which member.
    pub member_id: MemberId,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// The browser's `User-Agent`.
    pub user_agent: Option<&'a str>,
}

row! {
    /// The columns of user, member and workspace, side by side.
    pub(crate) struct PrincipalRow of "member" {
        user_id: UserId,
        email: String,
        user_name: String,
        user_time_zone: String,
        locale: String,
        user_created_at: Timestamp,
        disabled_at: Option<Timestamp>,
        member_id: MemberId,
        role: Role,
        member_created_at: Timestamp,
        removed_at: Option<Timestamp>,
        workspace_id: WorkspaceId,
        workspace_name: String,
        slug: String,
        workspace_time_zone: String,
        currency: String,
        workspace_created_at: Timestamp,
        self_approval: bool,
        time_locked_until: Option<Date>,
    }
}

/// What [`PrincipalRow`] reads, from `member m`, `account_user u`, `workspace w`.
macro_rules! principal_columns {
    () => {
        "m.user_id, u.email, u.name AS user_name, u.time_zone AS user_time_zone, u.locale, u.created_at AS user_created_at, u.disabled_at, \
         m.id AS member_id, m.role, m.created_at AS member_created_at, m.removed_at, m.workspace_id, \
         w.name AS workspace_name, w.slug, w.time_zone AS workspace_time_zone, w.currency, w.created_at AS workspace_created_at, w.self_approval, w.time_locked_until"
    };
}

impl From<PrincipalRow> for Principal {
    fn from(row: PrincipalRow) -> Self {
        Self {
            user: User {
                id: row.user_id,
                email: row.email,
                name: row.user_name,
                time_zone: row.user_time_zone,
                locale: row.locale,
                created_at: row.user_created_at,
                disabled_at: row.disabled_at,
            },
            member: Member {
                id: row.member_id,
                workspace_id: row.workspace_id,
                user_id: row.user_id,
                role: row.role,
                created_at: row.member_created_at,
                removed_at: row.removed_at,
            },
            workspace: Workspace {
                id: row.workspace_id,
                name: row.workspace_name,
                slug: row.slug,
                time_zone: row.workspace_time_zone,
                currency: row.currency,
                created_at: row.workspace_created_at,
                self_approval: row.self_approval,
                time_locked_until: row.time_locked_until,
            },
        }
    }
}

/// The person behind a member who is in the workspace and whose account is on.
pub async fn principal(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: MemberId,
) -> Result<Option<Principal>> {
    let row = fetch_optional!(
        tx,
        PrincipalRow,
        concat!(
            "SELECT ",
            principal_columns!(),
            " FROM member m JOIN account_user u ON u.id = m.user_id JOIN workspace w ON w.id = m.workspace_id
             WHERE m.workspace_id = $1 AND m.id = $2 AND m.removed_at IS NULL AND u.disabled_at IS NULL"
        ),
        ws,
        member
    )?;
    Ok(row.map(Into::into))
}

/// Begins a session.
pub async fn create(tx: &mut Tx, new: &NewSession<'_>) -> Result<Session> {
    let (id, now): (SessionId, _) = (tx.id(), tx.stamp().await?);
    fetch_one!(
        tx,
        Session,
        "INSERT INTO session (id, token_hash, user_id, workspace_id, member_id, created_at, last_seen_at, expires_at, user_agent) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8) RETURNING *",
        id,
        new.token_hash,
        new.user_id,
        new.workspace_id,
        new.member_id,
        now,
        new.expires_at,
        new.user_agent
    )
}

/// The session with this token hash and who is behind it; `None` when it is over, or the person is switched off or taken out.
pub async fn by_token_hash(tx: &mut Tx, hash: &[u8; 32]) -> Result<Option<(Session, Principal)>> {
    let now = tx.now().await?;
    let session = fetch_optional!(
        tx,
        Session,
        "SELECT * FROM session WHERE token_hash = $1 AND expires_at > $2",
        hash,
        now
    )?;
    let Some(session) = session else {
        return Ok(None);
    };
    let found = principal(tx, session.workspace_id, session.member_id).await?;
    Ok(found.map(|principal| (session, principal)))
}

/// Notes that the session was used.
pub async fn touch(tx: &mut Tx, id: SessionId) -> Result<()> {
    let now = tx.now().await?;
    execute!(
        tx,
        "UPDATE session SET last_seen_at = $2 WHERE id = $1",
        id,
        now
    )?;
    Ok(())
}

/// Ends a session.
pub async fn delete(tx: &mut Tx, id: SessionId) -> Result<()> {
    execute!(tx, "DELETE FROM session WHERE id = $1", id)?;
    Ok(())
}

/// Ends all sessions of a person, except one.
pub async fn delete_of_user(tx: &mut Tx, user: UserId, except: Option<SessionId>) -> Result<u64> {
    let kept = except.unwrap_or_else(|| uuid::Uuid::nil().into());
    execute!(
        tx,
        "DELETE FROM session WHERE user_id = $1 AND id <> $2",
        user,
        kept
    )
}

/// Forgets sessions that are over.
pub async fn delete_expired(tx: &mut Tx) -> Result<u64> {
    let now = tx.now().await?;
    execute!(tx, "DELETE FROM session WHERE expires_at <= $1", now)
}

/// The session, unless it was ended.
pub async fn get(tx: &mut Tx, id: SessionId) -> Result<Option<Session>> {
    fetch_optional!(tx, Session, "SELECT * FROM session WHERE id = $1", id)
}
