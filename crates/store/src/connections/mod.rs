//! Connections: authorised accounts at providers. Their secrets are encrypted here and never leave except as [`Secrets`].

mod lease;
mod read;
mod secrets;
mod write;

use daybook_domain::connection::Status;
use daybook_domain::{ConnectionId, MemberId, WorkspaceId};
use jiff::Timestamp;
use secrecy::SecretString;

pub use lease::{
    DueRefresh, Lease, NewTokens, due_for_refresh, release_lease, save_tokens, take_refresh_lease,
};
pub use read::{Filter, all_connected, count_same_grant, get, list};
pub use secrets::{Secrets, forget_secrets, secrets};
pub use write::{clear_error, mark_notified, set_error, set_scopes, set_status, upsert_authorised};

use crate::LastError;

row! {
    /// A connection, without its secrets.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Connection of "connection" {
        /// Its id.
        pub id: ConnectionId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// Whose.
        pub member_id: MemberId,
        /// The provider's key.
        pub provider: String,
        /// The account's stable id at the provider.
        pub subject: String,
        /// The account's address, where the provider tells it.
        pub account_email: Option<String>,
        /// The account's name.
        pub display_name: Option<String>,
        /// How it stands.
        pub status: Status,
        /// Base address of the account's API (CalDAV: the calendar home).
        pub api_url: Option<String>,
        /// CalDAV user name.
        pub username: Option<String>,
        /// What was granted.
        pub scopes: Vec<String>,
        /// What was asked for and not granted.
        pub missing_scopes: Vec<String>,
        /// Whether it can be refreshed.
        pub has_refresh_token: bool,
        /// When the access token stops working.
        pub token_expires_at: Option<Timestamp>,
        /// When the refresh token stops working, where the provider says so.
        pub refresh_token_expires_at: Option<Timestamp>,
        /// Counts changes of the secrets.
        pub token_version: i64,
        /// Set while a refresh is under way; still set afterwards when its answer was lost.
        pub refresh_started_at: Option<Timestamp>,
        /// When the token was last refreshed.
        pub refreshed_at: Option<Timestamp>,
        /// What last went wrong.
        pub last_error: Option<LastError>,
        /// When its owner was told that it needs them.
        pub notified_at: Option<Timestamp>,
        /// When it was first made.
        pub created_at: Timestamp,
        /// When it last changed.
        pub updated_at: Timestamp,
        /// When it was disconnected.
        pub disconnected_at: Option<Timestamp>,
    }
}

/// What [`Connection`] reads.
macro_rules! columns {
    () => {
        "id, workspace_id, member_id, provider, subject, account_email, display_name, status, api_url, username, scopes, missing_scopes, \
         refresh_token IS NOT NULL AS has_refresh_token, token_expires_at, refresh_token_expires_at, token_version, refresh_started_at, \
         refreshed_at, last_error, notified_at, created_at, updated_at, disconnected_at"
    };
}
use columns;

/// An account that was just authorised.
#[derive(Debug, Clone)]
pub struct Authorised {
    /// Whose.
    pub member_id: MemberId,
    /// The provider's key.
    pub provider: String,
    /// The account's stable id at the provider.
    pub subject: String,
    /// The account's address.
    pub account_email: Option<String>,
    /// The account's name.
    pub display_name: Option<String>,
    /// Base address of the account's API.
    pub api_url: Option<String>,
    /// CalDAV user name.
    pub username: Option<String>,
    /// What was granted.
    pub scopes: Vec<String>,
    /// What was asked for and not granted.
    pub missing_scopes: Vec<String>,
    /// OAuth access token.
    pub access_token: Option<SecretString>,
    /// OAuth refresh token; `None` keeps the stored one.
    pub refresh_token: Option<SecretString>,
    /// CalDAV app password.
    pub password: Option<SecretString>,
    /// When the access token stops working.
    pub token_expires_at: Option<Timestamp>,
    /// When the refresh token stops working.
    pub refresh_token_expires_at: Option<Timestamp>,
}
