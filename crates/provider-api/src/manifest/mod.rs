//! What a provider is, as data: names, addresses, scopes with their reasons, limits.

use daybook_domain::connection::ErrorKind;
use daybook_domain::text_enum;

text_enum! {
    /// What a provider can be used for.
    Kind {
        /// Calendars and events.
        Calendar = "calendar",
        /// Meeting links.
        Video = "video",
        /// Messages and commands.
        Chat = "chat",
    }
}

/// A provider, described.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// Its key in URLs and in the store, such as `google`.
    pub key: &'static str,
    /// The name people know, such as `Google Calendar`.
    pub name: &'static str,
    /// What it can be used for.
    pub kinds: &'static [Kind],
    /// One sentence on what connecting it brings.
    pub summary: &'static str,
    /// How an account is authorised.
    pub auth: Auth,
    /// How fast we may call.
    pub limits: Limits,
    /// Steps for the operator or the person connecting, in order.
    pub setup_steps: &'static [&'static str],
    /// The setup guide, below the documentation's address.
    pub setup_guide: &'static str,
}

/// How an account is authorised.
#[derive(Debug, Clone)]
pub enum Auth {
    /// OAuth 2.0, authorization code grant.
    Oauth(Oauth),
    /// A user name and a password, over HTTPS (CalDAV).
    Password(Password),
}

/// An OAuth provider's fixed facts. Every address can be overridden one by one (contracts/README rule 1). `{tenant}` in an
/// address stands for what the operator set as `PREFIX_TENANT_ID`, `common` unless set.
#[derive(Debug, Clone)]
pub struct Oauth {
    /// Where the browser is sent.
    pub authorize_url: &'static str,
    /// Where codes and refresh tokens are exchanged.
    pub token_url: &'static str,
    /// Where grants are revoked; `None`: the provider has no such call.
    pub revoke_url: Option<&'static str>,
    /// Who the account is.
    pub userinfo_url: &'static str,
    /// Base of the API.
    pub api_url: &'static str,
    /// Whether PKCE S256 is sent.
    pub pkce: bool,
    /// What is asked for, and why.
    pub scopes: &'static [ScopeReason],
    /// Fixed parameters added to the authorization request.
    pub authorize_params: &'static [(&'static str, &'static str)],
    /// Whether client id and secret go in the form or as Basic authentication.
    pub client_auth: ClientAuth,
    /// Whether revoking ends every grant of that account for this client, so that only the last connection may do it.
    pub revoke_ends_whole_grant: bool,
    /// How it differs from what the standards lead to expect.
    pub dialect: Dialect,
}

/// How a provider's OAuth differs from what the standards lead to expect.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// A prefix that scopes may be written with or without (`https://graph.microsoft.com/`). Where there is one, scopes are
    /// compared without regard to case too.
    pub scope_prefix: Option<&'static str>,
    /// Whether token requests name the scopes again.
    pub scope_in_token_requests: bool,
    /// What the provider's own error numbers mean, by number.
    pub error_codes: &'static [ErrorCode],
    /// What stands between scopes in the authorization request.
    pub scope_separator: &'static str,
    /// What error words mean that no standard knows.
    pub error_words: &'static [(&'static str, ErrorKind)],
    /// Access tokens whose answer names no end have none.
    pub tokens_last: bool,
    /// For providers without a revocation call: where people remove the app themselves, as a sentence.
    pub removal: Option<&'static str>,
}

impl Dialect {
    /// As the standards say.
    pub const STANDARD: Self = Self {
        scope_prefix: None,
        scope_in_token_requests: false,
        error_codes: &[],
        scope_separator: " ",
        error_words: &[],
        tokens_last: false,
        removal: None,
    };

    /// What an error word means here, where it is one of this provider's own.
    #[must_use]
    pub fn error_word(&self, word: &str) -> Option<ErrorKind> {
        let known = self.error_words.iter().find(|(known, _)| *known == word);
        known.map(|(_, kind)| *kind)
    }

    /// What an error number means here, where the provider has numbers and we know this one.
    #[must_use]
    pub fn error_code(&self, number: u32) -> Option<&'static ErrorCode> {
        self.error_codes.iter().find(|known| known.number == number)
    }
}

/// One of a provider's own error numbers (`error_codes` in a token answer, `AADSTS…` in a description).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode {
    /// The number.
    pub number: u32,
    /// What it means for us.
    pub kind: ErrorKind,
    /// What to tell people, as the rest of a sentence that starts with the provider's name.
    pub what: &'static str,
}

/// Where the token endpoint expects the client's credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuth {
    /// In the form.
    Form,
    /// In the `Authorization` header (RFC 6749 §2.3.1).
    Basic,
}

/// A scope, and the reason people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeReason {
    /// The scope as the provider writes it.
    pub scope: &'static str,
    /// What it is needed for, in plain words.
    pub reason: &'static str,
    /// Whether the connection works without it.
    pub required: bool,
    /// Other scopes that include it: granted by any of these counts as granted.
    pub implied_by: &'static [&'static str],
}

/// A password provider's fixed facts.
#[derive(Debug, Clone)]
pub struct Password {
    /// The server, where it is always the same (Apple); `None`: the person gives it.
    pub server_url: Option<&'static str>,
    /// Which provider's code serves it, when this is a preset of another (`apple` → `caldav`).
    pub preset_of: Option<&'static str>,
    /// What the password is called there.
    pub password_hint: &'static str,
}

/// How fast we may call (per account unless said otherwise).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests a minute for one account.
    pub per_minute: u32,
    /// Requests at once for one account.
    pub concurrent: u32,
    /// Shortest time between polls of one calendar, in minutes.
    pub min_poll_minutes: u32,
}
