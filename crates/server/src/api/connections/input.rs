//! What requests about connections may say.

use secrecy::SecretString;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::wire::ConnectionStatusSchema;

/// Where to go after the consent.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuthorizeQuery {
    /// A path on this server, or an address of the configured front end.
    pub return_to: Option<String>,
    /// The connection to authorise again; another account is refused then.
    pub connection_id: Option<Uuid>,
}

/// What the provider's redirect carries. Providers add parameters of their own, so unknown ones are ignored here.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallbackQuery {
    /// The authorization code.
    pub code: Option<String>,
    /// The state.
    pub state: Option<String>,
    /// An error instead of a code.
    pub error: Option<String>,
    /// The provider's words about the error; only its numbers are read.
    #[param(ignore)]
    pub error_description: Option<String>,
    /// Who says so (RFC 9207). Not something a client of ours sends.
    #[param(ignore)]
    pub iss: Option<String>,
}

/// What a front end hands on from the provider's redirect.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallbackInput {
    /// The authorization code.
    pub code: String,
    /// The state.
    pub state: String,
}

/// What an account is connected for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IntegrationType {
    /// Calendars and events.
    Calendar,
    /// Meeting links.
    Video,
    /// Messages.
    Chat,
}

impl IntegrationType {
    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Calendar => "calendar",
            Self::Video => "video",
            Self::Chat => "chat",
        }
    }
}

/// The start of an authorisation, with the provider in the body.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InitiateInput {
    /// The provider's key; `outlook`, `microsoft_teams` and `google_meet` are understood too.
    pub provider: String,
    /// What for.
    pub integration_type: IntegrationType,
    /// The front end's return address.
    pub redirect_uri: Option<String>,
}

/// The end of an authorisation, with the provider in the body.
#[derive(Debug, Deserialize, ToSchema)]
pub struct OauthCallbackInput {
    /// The provider's key.
    pub provider: String,
    /// What for.
    pub integration_type: IntegrationType,
    /// The authorization code.
    pub code: String,
    /// The state.
    pub state: String,
}

/// A CalDAV account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaldavInput {
    /// Server address, domain, or e-mail address.
    pub url: String,
    /// User name.
    pub username: String,
    /// Password; many services want an app password.
    #[schema(value_type = String, format = Password)]
    pub password: SecretString,
}

/// An Apple account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppleInput {
    /// Apple Account address.
    pub username: String,
    /// App-specific password.
    #[schema(value_type = String, format = Password)]
    pub password: SecretString,
}

/// Which connections.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConnectionQuery {
    /// Of this provider.
    pub provider: Option<String>,
    /// In this state.
    #[param(value_type = Option<ConnectionStatusSchema>)]
    pub status: Option<String>,
    /// Rows a page, by default 50.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The previous page's `next_cursor`.
    pub cursor: Option<String>,
}

/// The provider behind a name, and what it is used for when the name says so (SPEC §2.2).
pub fn provider_key(name: &str) -> &str {
    match name {
        "outlook" | "microsoft_teams" | "office365" => "microsoft",
        "google_meet" => "google",
        other => other,
    }
}
