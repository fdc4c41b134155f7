//! A provider call's surroundings: whose credentials, which addresses, which limits.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::Result;
use crate::egress::{Call, CallOptions, Egress, blocked, same_origin};

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

    /// Sends `request` (absolute URI) with the account's credentials and gives the answer whatever its status.
    ///
    /// # Errors
    /// As [`Egress::send`]; also `Blocked`, before anything is sent, when the request goes to another origin than the
    /// session's own addresses.
    pub async fn send(
        &self,
        request: http::Request<Bytes>,
        options: CallOptions,
    ) -> Result<http::Response<Bytes>> {
        let url = request.uri().to_string();
        let own = same_origin(&url, &self.api_url)
            || self
                .userinfo_url
                .as_deref()
                .is_some_and(|own| same_origin(&url, own));
        if !own {
            return Err(blocked().with_code("other_origin"));
        }
        self.send_unpinned(request, options, true).await
    }

    /// Sends `request` to any allowed address: for discovery, where a server says to continue elsewhere. The caller
    /// decides whether the credentials may go there; without `with_credentials` none are sent.
    ///
    /// # Errors
    /// As [`Egress::send`].
    pub async fn send_unpinned(
        &self,
        mut request: http::Request<Bytes>,
        options: CallOptions,
        with_credentials: bool,
    ) -> Result<http::Response<Bytes>> {
        request.headers_mut().remove(AUTHORIZATION);
        if with_credentials {
            let value = self.credential.header()?;
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        let call = Call {
            provider: self.provider,
            account: Some(&self.account),
            options,
            sent: Some(&self.calls),
        };
        self.egress.send(request, call).await
    }
}

impl Credential {
    /// The `Authorization` header, marked as sensitive.
    fn header(&self) -> Result<HeaderValue> {
        let text = match self {
            Self::Bearer(token) => format!("Bearer {}", token.expose_secret()),
            Self::Basic { username, password } => {
                let pair = format!("{username}:{}", password.expose_secret());
                format!("Basic {}", STANDARD.encode(pair))
            }
        };
        let mut value = HeaderValue::from_str(&text).map_err(|_| {
            crate::Error::new(
                crate::error::ErrorKind::Auth,
                "The stored credentials contain characters that cannot be sent. Connect the account again.",
            )
        })?;
        value.set_sensitive(true);
        Ok(value)
    }
}
