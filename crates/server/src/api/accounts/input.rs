//! What requests about accounts may say.

use jiff::Timestamp;
use jiff::civil::Date;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::wire::{RoleSchema, ScopeSchema};
use crate::extract::nullable;

/// First-run setup.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupInput {
    /// The owner's address.
    pub email: String,
    /// At least 12 characters.
    #[schema(value_type = String, format = Password, min_length = 12)]
    pub password: SecretString,
    /// The owner's name.
    pub name: String,
    /// The workspace's name (also accepted as `workspace`).
    #[serde(alias = "workspace")]
    pub workspace_name: String,
    /// IANA zone, by default UTC.
    pub time_zone: Option<String>,
    /// ISO 4217 code, by default EUR.
    pub currency: Option<String>,
    /// Printed when the server starts; only needed from another machine.
    #[schema(value_type = Option<String>, format = Password)]
    pub setup_token: Option<SecretString>,
}

/// A sign-in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginInput {
    /// Address.
    pub email: String,
    /// Password.
    #[schema(value_type = String, format = Password)]
    pub password: SecretString,
    /// Slug of the workspace to enter.
    pub workspace: Option<String>,
}

/// Changes to the caller's profile.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MePatch {
    /// Name.
    pub name: Option<String>,
    /// IANA zone.
    pub time_zone: Option<String>,
    /// BCP 47 tag.
    pub locale: Option<String>,
    /// Needed to set a new password.
    #[schema(value_type = Option<String>, format = Password)]
    pub current_password: Option<SecretString>,
    /// At least 12 characters. Ends every session of the user.
    #[schema(value_type = Option<String>, format = Password)]
    pub new_password: Option<SecretString>,
}

/// An API key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyInput {
    /// What you call it.
    pub name: String,
    /// What it may do; the greatest includes the lesser ones.
    #[schema(value_type = Vec<ScopeSchema>)]
    pub scopes: Vec<String>,
    /// When it stops working; null: never.
    pub expires_at: Option<Timestamp>,
}

/// Changes to the workspace.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspacePatch {
    /// Name.
    pub name: Option<String>,
    /// Its part of public addresses: lower-case letters, digits and dashes.
    pub slug: Option<String>,
    /// IANA zone.
    pub time_zone: Option<String>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// Whether owners and admins may approve their own time.
    pub self_approval: Option<bool>,
    /// The last day whose time nobody changes any more; null opens all.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, format = Date)]
    pub time_locked_until: Option<Option<Date>>,
}

/// A member's new role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberPatch {
    /// Role.
    #[schema(value_type = RoleSchema)]
    pub role: String,
}

/// Somebody to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationInput {
    /// Address.
    pub email: String,
    /// As what.
    #[schema(value_type = RoleSchema)]
    pub role: String,
}

/// What somebody without an account chooses.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptInput {
    /// Name.
    pub name: Option<String>,
    /// At least 12 characters. Ignored for somebody who has an account: they sign in first.
    #[schema(value_type = Option<String>, format = Password)]
    pub password: Option<SecretString>,
}
