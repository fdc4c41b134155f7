//! Signing in at a single sign-on service (OpenID Connect, SPEC §2.1). The service says who somebody is; who may come in is decided
//! here: people who have an account, and people who hold an invitation. Nobody is let in, and no account is taken over, by an
//! e-mail address that the service has not verified; after the first time it is the subject that counts, not the address.

mod callback;
mod start;

use daybook_provider_api::oidc::{Client, Proof};
use daybook_store::Error as StoreError;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::token;
use crate::Context;

pub use callback::{Callback, Completed, Failed, complete};
pub use start::{Start, Started, start};

/// Minutes that a person has at the service.
pub const MINUTES: i64 = 10;

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operator has not set it up.
    #[error(
        "single sign-on is not set up on this server: set OIDC_ISSUER_URL, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET"
    )]
    NotConfigured,
    /// The address to return to is not ours.
    #[error("the address to return to must be a path of this server or of its front end")]
    InvalidReturnTo,
    /// Unknown, used or expired state, or one of another browser.
    #[error(
        "this sign-in was not started in this browser, was used already, or took too long; start again"
    )]
    State,
    /// The person or the service said no.
    #[error("the sign-in service did not let you in; nothing was changed")]
    Denied,
    /// The answer came from another issuer than the one that was asked (RFC 9207).
    #[error(
        "the answer came from another sign-in service than the one that was asked; nobody was signed in"
    )]
    WrongIssuer,
    /// The service does not vouch for the address.
    #[error(
        "the sign-in service has not verified your e-mail address; verify it there, or sign in with a password"
    )]
    EmailNotVerified,
    /// There is no account, or it was switched off.
    #[error("there is no account for you on this server; ask for an invitation")]
    NoAccount,
    /// The account belongs to another subject of the service.
    #[error(
        "this account is linked to another person at the sign-in service; sign in with a password, or ask the operator"
    )]
    OtherIdentity,
    /// The invitation is for another address.
    #[error("the invitation is for another e-mail address than yours")]
    ForSomebodyElse,
    /// The invitation is over.
    #[error("this invitation is no longer valid; ask for a new one")]
    InvitationOver,
    /// The service failed, or what it said does not hold.
    #[error(transparent)]
    Provider(#[from] daybook_provider_api::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether people may sign in with it.
#[must_use]
pub fn is_configured(cx: &Context) -> bool {
    cx.settings.oidc.is_some()
}

fn client(cx: &Context) -> Result<&Client, Error> {
    cx.settings.oidc.as_ref().ok_or(Error::NotConfigured)
}

/// Verifier and nonce, from the secret in the browser's cookie: nobody else can finish the sign-in, and nothing needs to be kept.
fn proof_of(browser: &SecretString) -> Proof {
    let derive = |purpose: &str| {
        let secret = format!("daybook oidc {purpose}\n{}", browser.expose_secret());
        token::text_of(&Sha256::digest(secret).into())
    };
    Proof {
        verifier: SecretString::from(derive("verifier")),
        nonce: derive("nonce"),
    }
}
