//! What providers and connections look like in answers.

use daybook_domain::connection::{ErrorKind, Status};
use daybook_engine::Principal;
use daybook_engine::connections::establish::Connected;
use daybook_engine::connections::providers::Listed;
use daybook_engine::provider::manifest::{Auth, Kind};
use daybook_engine::store::LastError;
use daybook_engine::store::calendars::{Calendar, Summary};
use daybook_engine::store::connections::Connection;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::wire::{ConnectionStatusSchema, ErrorKindSchema};

/// A provider, and whether it is set up on this server.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Provider)]
pub struct ProviderBody {
    /// Key, as in addresses.
    pub key: &'static str,
    /// Name.
    pub name: &'static str,
    /// What it can be used for: `calendar`, `video`, `chat`.
    #[schema(value_type = Vec<String>)]
    pub kinds: Vec<Kind>,
    /// How an account is connected: `oauth` or `password`.
    #[schema(value_type = AuthMethod)]
    pub auth: AuthMethod,
    /// One sentence on what it brings.
    pub summary: &'static str,
    /// Whether this version of Daybook can do anything with it; if not, nobody can connect it.
    pub available: bool,
    /// Whether the operator has set it up.
    pub configured: bool,
    /// Environment variables the operator has to set.
    pub missing: Vec<&'static str>,
    /// What is asked for, and why.
    pub scopes: Vec<ScopeBody>,
    /// Steps of the setup, in order.
    pub setup_steps: Vec<&'static str>,
    /// The setup guide.
    #[schema(required = true)]
    pub setup_guide: Option<&'static str>,
    /// Our callback, to be registered at the provider; only for owners and admins.
    #[schema(required = true)]
    pub redirect_uri: Option<String>,
    /// The server, where it is always the same.
    #[schema(required = true)]
    pub server_url: Option<&'static str>,
    /// What the password is called there.
    #[schema(required = true)]
    pub password_hint: Option<&'static str>,
}

/// How an account is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// On the provider's consent page.
    Oauth,
    /// With a user name and a password.
    Password,
}

/// A permission, and the reason for it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ProviderScope)]
pub struct ScopeBody {
    /// As the provider writes it.
    pub scope: &'static str,
    /// What it is needed for.
    pub reason: &'static str,
    /// Whether the connection works without it.
    pub required: bool,
}

/// A connected account. Its credentials are never in here.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Connection)]
pub struct ConnectionBody {
    /// Id.
    pub id: Uuid,
    /// The provider's key.
    pub provider: String,
    /// What it is used for.
    pub kinds: Vec<String>,
    /// The account's address.
    #[schema(required = true)]
    pub account_email: Option<String>,
    /// The account's stable id at the provider.
    pub account_id: String,
    /// The account's name.
    #[schema(required = true)]
    pub display_name: Option<String>,
    /// How it stands.
    #[schema(value_type = ConnectionStatusSchema)]
    pub status: Status,
    /// What was granted.
    pub scopes: Vec<String>,
    /// What was asked for and not granted.
    pub missing_scopes: Vec<String>,
    /// When the access token stops working.
    #[schema(required = true)]
    pub token_expires_at: Option<Timestamp>,
    /// When the provider ends the whole access, so that the account must be connected again; null when no end is known. Google
    /// says so for apps in testing: after seven days.
    #[schema(required = true)]
    pub access_ends_at: Option<Timestamp>,
    /// How many calendars it has.
    pub calendars_count: u64,
    /// When one of them was last synced.
    #[schema(required = true)]
    pub last_sync_at: Option<Timestamp>,
    /// What last went wrong.
    #[schema(required = true)]
    pub last_error: Option<LastErrorBody>,
    /// When it was first connected.
    pub created_at: Timestamp,
    /// Whose it is.
    pub member_id: Uuid,
    /// Their name.
    pub member_name: String,
    /// The host its requests go to.
    #[schema(required = true)]
    pub api_host: Option<String>,
    /// Whether you may refresh and disconnect it.
    pub can_manage: bool,
}

/// What last went wrong.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LastError)]
pub struct LastErrorBody {
    /// What kind of failure.
    #[schema(value_type = ErrorKindSchema)]
    pub kind: ErrorKind,
    /// What happened and what to do.
    pub message: String,
    /// When.
    pub at: Timestamp,
}

/// Where to send the browser.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Authorization)]
pub struct AuthorizationBody {
    /// The provider's consent page.
    pub authorization_url: String,
    /// The state in it; works once, for ten minutes, in this session.
    pub state: String,
}

/// A completed authorisation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Connected)]
pub struct ConnectedBody {
    /// Always true.
    pub success: bool,
    /// The connection.
    pub connection: ConnectedConnection,
    /// Its calendars.
    pub calendars: Vec<ConnectedCalendar>,
    /// What happened, in a sentence.
    pub message: String,
}

/// The connection in a completed authorisation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectedConnection {
    /// Id.
    pub id: Uuid,
    /// The provider's key.
    pub provider: String,
    /// The account's address.
    #[schema(required = true)]
    pub account_email: Option<String>,
    /// How it stands.
    #[schema(value_type = ConnectionStatusSchema)]
    pub status: Status,
    /// How many calendars it has.
    pub calendars_count: usize,
    /// Whether it is new; false when an account that was known was authorised again.
    pub created: bool,
}

/// A calendar in a completed authorisation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectedCalendar {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// The account's main calendar.
    pub primary: bool,
    /// Whether it is synced.
    pub sync_enabled: bool,
}

/// A refreshed connection.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ConnectionRefreshed)]
pub struct RefreshedBody {
    /// The connection.
    pub connection: ConnectionBody,
    /// How many calendars the provider lists.
    pub calendars_count: usize,
    /// What happened, in a sentence.
    pub message: String,
}

/// A live check.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ConnectionTest)]
pub struct TestBody {
    /// Whether the provider answered as it should.
    pub ok: bool,
    /// How long that took.
    pub latency_ms: u64,
    /// What was wrong.
    #[schema(required = true)]
    pub error: Option<TestErrorBody>,
}

/// What a live check found.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ConnectionTestError)]
pub struct TestErrorBody {
    /// What kind of failure.
    #[schema(value_type = ErrorKindSchema)]
    pub kind: ErrorKind,
    /// What happened.
    pub message: String,
}

/// A disconnected connection.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ConnectionDisconnected)]
pub struct DisconnectedBody {
    /// The connection.
    pub connection: ConnectionBody,
    /// Whether the grant was withdrawn at the provider too.
    pub revoked: bool,
    /// Where people remove Daybook themselves, at a provider that has no way to withdraw the grant.
    #[schema(required = true)]
    pub removal: Option<&'static str>,
    /// What happened, and what is left to do.
    pub message: String,
}

impl From<Listed<'_>> for ProviderBody {
    fn from(listed: Listed<'_>) -> Self {
        let manifest = listed.manifest;
        let (scopes, password) = match &manifest.auth {
            Auth::Oauth(oauth) => (oauth.scopes, None),
            Auth::Password(password) => (&[][..], Some(password)),
        };
        Self {
            key: manifest.key,
            name: manifest.name,
            kinds: manifest.kinds.to_vec(),
            auth: if password.is_some() {
                AuthMethod::Password
            } else {
                AuthMethod::Oauth
            },
            summary: manifest.summary,
            available: listed.available,
            configured: listed.missing.is_empty(),
            missing: listed.missing.to_vec(),
            scopes: scopes
                .iter()
                .map(|s| ScopeBody {
                    scope: s.scope,
                    reason: s.reason,
                    required: s.required,
                })
                .collect(),
            setup_steps: manifest.setup_steps.to_vec(),
            setup_guide: Some(manifest.setup_guide).filter(|guide| !guide.is_empty()),
            redirect_uri: listed.redirect_uri,
            server_url: password.and_then(|password| password.server_url),
            password_hint: password.map(|password| password.password_hint),
        }
    }
}

impl ConnectionBody {
    /// The connection as `who` sees it.
    pub fn new(
        connection: Connection,
        who: &Principal,
        summary: Option<&Summary>,
        owner: String,
    ) -> Self {
        let api = connection
            .api_url
            .as_deref()
            .and_then(|url| url::Url::parse(url).ok());
        Self {
            id: connection.id.into(),
            kinds: vec!["calendar".to_owned()],
            account_email: connection.account_email,
            account_id: connection.subject,
            display_name: connection.display_name,
            status: connection.status,
            scopes: connection.scopes,
            missing_scopes: connection.missing_scopes,
            token_expires_at: connection.token_expires_at,
            access_ends_at: connection.refresh_token_expires_at,
            calendars_count: summary
                .and_then(|summary| u64::try_from(summary.calendars).ok())
                .unwrap_or(0),
            last_sync_at: summary.and_then(|summary| summary.last_sync_at),
            last_error: connection.last_error.map(Into::into),
            created_at: connection.created_at,
            can_manage: who.may_change(connection.member_id),
            member_id: connection.member_id.into(),
            member_name: owner,
            api_host: api.and_then(|url| url.host_str().map(str::to_owned)),
            provider: connection.provider,
        }
    }
}

impl From<LastError> for LastErrorBody {
    fn from(error: LastError) -> Self {
        Self {
            kind: error.kind,
            message: error.message,
            at: error.at,
        }
    }
}

impl From<Connected> for ConnectedBody {
    fn from(connected: Connected) -> Self {
        let Connected {
            connection,
            created,
            calendars,
        } = connected;
        let account = connection
            .account_email
            .clone()
            .unwrap_or_else(|| connection.provider.clone());
        let what = if created {
            "is connected"
        } else {
            "is connected again"
        };
        Self {
            success: true,
            message: format!("{account} {what}, with {} calendars.", calendars.len()),
            connection: ConnectedConnection {
                id: connection.id.into(),
                provider: connection.provider,
                account_email: connection.account_email,
                status: connection.status,
                calendars_count: calendars.len(),
                created,
            },
            calendars: calendars.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Calendar> for ConnectedCalendar {
    fn from(calendar: Calendar) -> Self {
        Self {
            id: calendar.id.into(),
            name: calendar.name,
            primary: calendar.is_primary,
            sync_enabled: calendar.sync_enabled,
        }
    }
}
