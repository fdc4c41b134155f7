//! A provider call's surroundings: whose credentials, which addresses, which limits.

use std::sync::atomic::{AtomicU64, Ordering};

use secrecy::SecretString;

use crate::egress::Egress;

/// What proves that we may act for an account.
#[derive(Clone)]
pub enum Credential {
    /// An OAuth access token.
    Bearer(SecretString),
    /// User name and password.
    Basic {
        /// User name.
        username: String,
        /// Password.
        password: SecretString,
    },
}

/// One account's calls. Built by the engine for one use case, handed to adapters.
pub struct Session<'a> {
    /// Sends the requests.
    pub egress: &'a Egress,
    /// The provider's key, for limits and metrics.
    pub provider: &'a str,
    /// Base of the API for this account; requests to another origin are refused (contracts/README rule 10).
    pub api_url: String,
    /// Who the account is, at OAuth providers.
    pub userinfo_url: Option<String>,
    /// Key of the account for per-account limits: the connection's id, or what is known before there is one.
    pub account: String,
    /// The credentials.
    pub credential: Credential,
    calls: AtomicU64,
}

impl<'a> Session<'a> {
    /// A session that has sent nothing yet.
    #[must_use]
    pub fn new(
        egress: &'a Egress,
        provider: &'a str,
        account: String,
        api_url: String,
        userinfo_url: Option<String>,
        credential: Credential,
    ) -> Self {
        Self {
            egress,
            provider,
            api_url,
            userinfo_url,
            account,
            credential,
            calls: AtomicU64::new(0),
        }
    }

    /// Requests sent so far.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Counts one request. `egress` calls this for every request it really sends.
    pub fn count_call(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }
}
