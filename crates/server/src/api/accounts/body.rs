//! What accounts look like in answers.

use daybook_domain::account::{Role, Scope};
use daybook_engine::accounts::api_keys::Listed;
use daybook_engine::accounts::invitations::Invitation;
use daybook_engine::accounts::sessions::View;
use daybook_engine::accounts::{Profile, User, Workspace};
use daybook_engine::{Principal, Via};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::wire::{RoleSchema, ScopeSchema};

/// Who is signed in, where, and what they may do.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionBody {
    /// The person.
    pub user: SessionUser,
    /// The person in this workspace.
    pub member: SessionMember,
    /// Where.
    pub workspace: WorkspaceBody,
    /// Where else they could be.
    pub workspaces: Vec<SessionWorkspace>,
    /// `session` or `api_key`.
    #[schema(value_type = AuthKind)]
    pub auth: &'static str,
    /// What this session or key may do.
    #[schema(value_type = Vec<ScopeSchema>)]
    pub scopes: Vec<Scope>,
    /// When it ends at the latest.
    #[schema(required = true)]
    pub expires_at: Option<Timestamp>,
}

/// How somebody proved who they are.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthKind {
    /// The dashboard's cookie.
    Session,
    /// An API key.
    ApiKey,
}

/// The person in a session.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionUser {
    /// Id.
    pub id: Uuid,
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// IANA zone.
    pub time_zone: String,
    /// BCP 47 tag.
    pub locale: String,
}

/// The member in a session.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionMember {
    /// Id.
    pub id: Uuid,
    /// Role.
    #[schema(value_type = RoleSchema)]
    pub role: Role,
}

/// A workspace somebody belongs to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionWorkspace {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Its part of public addresses.
    pub slug: String,
    /// Role there.
    #[schema(value_type = RoleSchema)]
    pub role: Role,
}

/// A workspace.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Workspace)]
pub struct WorkspaceBody {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Its part of public addresses.
    pub slug: String,
    /// IANA zone.
    pub time_zone: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Whether owners and admins may approve their own time.
    pub self_approval: bool,
    /// The last day whose time nobody changes any more.
    #[schema(required = true, value_type = Option<String>, format = Date)]
    pub time_locked_until: Option<Date>,
}

/// The caller.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Me)]
pub struct MeBody {
    /// The user's id.
    pub id: Uuid,
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// IANA zone.
    pub time_zone: String,
    /// BCP 47 tag.
    pub locale: String,
    /// Role in this workspace.
    #[schema(value_type = RoleSchema)]
    pub role: Role,
    /// The member's id.
    pub member_id: Uuid,
    /// The workspace's id.
    pub workspace_id: Uuid,
}

/// An API key. The key itself is only in the answer that made it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub struct ApiKeyBody {
    /// Id.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// The first characters of the key.
    pub prefix: String,
    /// What it may do.
    #[schema(value_type = Vec<ScopeSchema>)]
    pub scopes: Vec<Scope>,
    /// Whose it is.
    pub member_id: Uuid,
    /// Their name.
    pub member_name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working; null: never.
    #[schema(required = true)]
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    #[schema(required = true)]
    pub last_used_at: Option<Timestamp>,
}

/// An API key that was just made.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = NewApiKey)]
pub struct NewApiKeyBody {
    /// The key's data.
    #[serde(flatten)]
    pub listed: ApiKeyBody,
    /// The key itself. It is shown this once; when the request is repeated with its Idempotency-Key, it is null.
    #[schema(required = true)]
    pub key: Option<String>,
}

/// A member of the workspace.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Member)]
pub struct MemberBody {
    /// Id.
    pub id: Uuid,
    /// The user's id.
    pub user_id: Uuid,
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Role.
    #[schema(value_type = RoleSchema)]
    pub role: Role,
    /// Since when.
    pub created_at: Timestamp,
}

/// An invitation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub struct InvitationBody {
    /// Id.
    pub id: Uuid,
    /// Who is invited.
    pub email: String,
    /// As what.
    #[schema(value_type = RoleSchema)]
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its link stops working.
    pub expires_at: Timestamp,
    /// When it was accepted.
    #[schema(required = true)]
    pub accepted_at: Option<Timestamp>,
    /// The link to send; only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whether it is on its way by e-mail; only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emailed: Option<bool>,
}

impl From<&View> for SessionBody {
    fn from(view: &View) -> Self {
        let user = &view.user;
        Self {
            user: SessionUser {
                id: user.id.into(),
                email: user.email.clone(),
                name: user.name.clone(),
                time_zone: user.time_zone.clone(),
                locale: user.locale.clone(),
            },
            member: SessionMember {
                id: view.who.member_id.into(),
                role: view.who.role,
            },
            workspace: WorkspaceBody::from(&view.workspace),
            workspaces: view
                .workspaces
                .iter()
                .map(|there| SessionWorkspace {
                    id: there.workspace_id.into(),
                    name: there.workspace_name.clone(),
                    slug: there.workspace_slug.clone(),
                    role: there.role,
                })
                .collect(),
            auth: if matches!(view.who.via, Via::ApiKey(_)) {
                "api_key"
            } else {
                "session"
            },
            scopes: view.who.scopes.clone(),
            expires_at: view.expires_at,
        }
    }
}

impl From<&Workspace> for WorkspaceBody {
    fn from(workspace: &Workspace) -> Self {
        Self {
            id: workspace.id.into(),
            name: workspace.name.clone(),
            slug: workspace.slug.clone(),
            time_zone: workspace.time_zone.clone(),
            currency: workspace.currency.clone(),
            self_approval: workspace.self_approval,
            time_locked_until: workspace.time_locked_until,
        }
    }
}

impl MeBody {
    /// The caller's profile as they see it.
    pub fn new(user: User, who: &Principal) -> Self {
        Self {
            id: user.id.into(),
            email: user.email,
            name: user.name,
            time_zone: user.time_zone,
            locale: user.locale,
            role: who.role,
            member_id: who.member_id.into(),
            workspace_id: who.workspace_id.into(),
        }
    }
}

impl From<&Listed> for ApiKeyBody {
    fn from(listed: &Listed) -> Self {
        let key = &listed.key;
        Self {
            id: key.id.into(),
            name: key.name.clone(),
            prefix: key.prefix.clone(),
            scopes: daybook_engine::accounts::api_keys::up_to(key.scope),
            member_id: key.member_id.into(),
            member_name: listed.member_name.clone(),
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
        }
    }
}

impl From<Profile> for MemberBody {
    fn from(member: Profile) -> Self {
        Self {
            id: member.id.into(),
            user_id: member.user_id.into(),
            email: member.email,
            name: member.name,
            role: member.role,
            created_at: member.created_at,
        }
    }
}

impl From<&Invitation> for InvitationBody {
    fn from(invitation: &Invitation) -> Self {
        Self {
            id: invitation.id.into(),
            email: invitation.email.clone(),
            role: invitation.role,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
            accepted_at: invitation.accepted_at,
            url: None,
            emailed: None,
        }
    }
}
