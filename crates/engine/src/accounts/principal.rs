//! Who is asking: the one value every use case takes to know whose data it may touch.

use daybook_domain::account::{Role, Scope};
use daybook_domain::{ApiKeyId, MemberId, SessionId, UserId, WorkspaceId};

/// An authenticated member of a workspace. Only [`super::authenticate`] makes one from outside input, so the workspace
/// never comes from a request's body, query or path (RELIABILITY §3 row 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The tenant everything is read from and written to.
    pub workspace_id: WorkspaceId,
    /// The person.
    pub user_id: UserId,
    /// The person in this workspace.
    pub member_id: MemberId,
    /// What the member may do.
    pub role: Role,
    /// What this session or key may do, at most what the role allows. Sessions have all of them.
    pub scopes: Vec<Scope>,
    /// How they proved who they are.
    pub via: Via,
}

/// How somebody proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// A dashboard session.
    Session(SessionId),
    /// An API key.
    ApiKey(ApiKeyId),
    /// The command line on the server itself.
    Operator,
}

impl Principal {
    /// A principal for the command line, background work and tests: everything the role allows.
    #[must_use]
    pub fn operator(
        workspace_id: WorkspaceId,
        user_id: UserId,
        member_id: MemberId,
        role: Role,
    ) -> Self {
        let scopes = Scope::ALL.to_vec();
        Self {
            workspace_id,
            user_id,
            member_id,
            role,
            scopes,
            via: Via::Operator,
        }
    }

    /// Whether `scope` was granted: `write` includes `read`, `admin` includes both.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.iter().any(|granted| *granted >= scope)
    }

    /// Whether other members' things are visible: owners and admins.
    #[must_use]
    pub fn sees_everything(&self) -> bool {
        self.role >= Role::Admin
    }

    /// Whether clients, projects and what is agreed about money are theirs to see and to change: owners and admins. The scopes of a key do
    /// not narrow it: one that may write may do what its member may.
    #[must_use]
    pub fn keeps_books(&self) -> bool {
        self.role >= Role::Admin
    }

    /// Whether the workspace's settings and other members' things may be changed: owners and admins whose session or
    /// key has the `admin` scope.
    #[must_use]
    pub fn manages(&self) -> bool {
        self.role >= Role::Admin && self.may(Scope::Admin)
    }

    /// The member to filter lists by: `None` for those who see everything.
    #[must_use]
    pub fn own_only(&self) -> Option<MemberId> {
        (!self.sees_everything()).then_some(self.member_id)
    }

    /// Whether something of member `owner` is visible.
    #[must_use]
    pub fn sees(&self, owner: MemberId) -> bool {
        self.sees_everything() || owner == self.member_id
    }

    /// Whether something of member `owner` may be changed.
    #[must_use]
    pub fn may_change(&self, owner: MemberId) -> bool {
        owner == self.member_id || self.manages()
    }

    /// The bytes that an OAuth flow is bound to: the session or key that started it (RELIABILITY §8, O1-O4).
    #[must_use]
    pub fn binding(&self) -> Vec<u8> {
        let (kind, id) = match self.via {
            Via::Session(id) => (b's', id.as_uuid()),
            Via::ApiKey(id) => (b'k', id.as_uuid()),
            Via::Operator => (b'o', self.member_id.as_uuid()),
        };
        let mut bytes = vec![kind];
        bytes.extend_from_slice(id.as_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn principal(role: Role, scopes: &[Scope]) -> Principal {
        let id = Uuid::from_u128(7);
        let mut who = Principal::operator(id.into(), id.into(), id.into(), role);
        who.scopes = scopes.to_vec();
        who
    }

    #[test]
    fn scopes_include_lesser_ones() {
        let who = principal(Role::Owner, &[Scope::Write]);
        assert!(who.may(Scope::Read) && who.may(Scope::Write) && !who.may(Scope::Admin));
        assert!(who.sees_everything() && !who.manages());
    }

    #[test]
    fn a_member_manages_nothing_whatever_the_key_says() {
        let who = principal(Role::Member, Scope::ALL);
        assert!(!who.manages());
        let other = MemberId::from_uuid(Uuid::from_u128(8));
        assert!(!who.sees(other) && !who.may_change(other) && who.may_change(who.member_id));
    }
}
