//! Authorised accounts at providers: connecting, reconnecting, checking, disconnecting, and the vault their credentials live in.

pub(crate) mod asking;
pub mod authorize;
pub mod callback;
pub mod check;
pub mod disconnect;
pub mod establish;
pub mod gates;
pub mod list;
pub mod notices;
pub(crate) mod outcome;
pub mod password;
pub mod providers;
pub mod refresh;
pub(crate) mod return_to;
pub mod vault;

use daybook_provider_api as provider;
use daybook_store as store;

/// Why something about a connection did not work. Each variant is a decision the caller can make.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No provider has this key.
    #[error("there is no such provider")]
    UnknownProvider,
    /// The operator has not configured it.
    #[error("{provider} is not set up on this server: set {}", missing.join(", "))]
    NotConfigured {
        /// The provider's key.
        provider: String,
        /// The environment variables to set.
        missing: Vec<&'static str>,
    },
    /// It is described and set up, and this version can do nothing with it.
    #[error("this version of Daybook cannot use {provider} yet; nothing was started")]
    NotReady {
        /// The provider's name.
        provider: &'static str,
    },
    /// It is connected for the whole workspace, and the person does not manage it.
    #[error(
        "only an owner or admin of the workspace installs an app for all of it; ask one of them"
    )]
    NotManager,
    /// It connects the other way: with a form instead of OAuth, or the reverse.
    #[error("{provider} is connected with {instead}")]
    OtherWay {
        /// The provider's key.
        provider: String,
        /// How it is connected.
        instead: &'static str,
    },
    /// The address to return to is not ours.
    #[error(
        "the return address must be a path on this server, such as /integrations, or an address of the configured front end"
    )]
    InvalidReturnTo,
    /// The state was never issued here.
    #[error(
        "this authorisation was not started here, or is too old; start again from the integrations page"
    )]
    InvalidState,
    /// The state has been used.
    #[error("this authorisation was completed already; start again if something is missing")]
    StateUsed,
    /// The state is older than ten minutes.
    #[error("this authorisation took longer than ten minutes; start again")]
    StateExpired,
    /// Somebody else, or another session, started it.
    #[error(
        "this authorisation was started by somebody else or in another session; nothing was connected"
    )]
    StateForeign,
    /// The person said no at the provider.
    #[error("access was refused at the provider; nothing was connected")]
    AccessDenied,
    /// The answer names another issuer than the one that was asked (RFC 9207).
    #[error(
        "the answer came from another provider than the one that was asked; nothing was connected"
    )]
    WrongIssuer,
    /// The provider sent an error instead of a code.
    #[error("the provider reported the error '{0}'; nothing was connected")]
    ProviderError(String),
    /// The code was refused.
    #[error("the provider refused the authorisation code; start again")]
    CodeRefused,
    /// Scopes that nothing works without were not granted.
    #[error("these permissions are needed and were not granted: {}; start again and leave them ticked", .0.join(", "))]
    ScopesMissing(Vec<String>),
    /// Reconnecting gave another account.
    #[error("another account was chosen than the one to reconnect; nothing was changed")]
    WrongAccount,
    /// User name or password are wrong.
    #[error(
        "the server refused the user name or password; check them (many services want an app password here)"
    )]
    CredentialsRefused,
    /// The address is no CalDAV server.
    #[error(
        "there is no CalDAV service at this address; ask for the CalDAV address, often something like https://example.com/dav/"
    )]
    NotCaldav,
    /// The address makes no sense.
    #[error(
        "the server address must be a web address such as https://caldav.example.com, a domain, or an e-mail address"
    )]
    InvalidUrl,
    /// Our rules forbid the target.
    #[error(
        "this address is not allowed: private networks and plain http are only reachable when the operator allows them"
    )]
    TargetNotAllowed,
    /// The account must be authorised again.
    #[error("the account must be connected again: its access was withdrawn")]
    NeedsReauth,
    /// The account was disconnected.
    #[error("the account was disconnected; connect it again")]
    Disconnected,
    /// The server is stopping.
    #[error("the server was interrupted; try again")]
    Interrupted,
    /// The provider failed.
    #[error(transparent)]
    Provider(#[from] provider::Error),
    /// The database failed, or there is no such connection.
    #[error(transparent)]
    Store(#[from] store::Error),
}
