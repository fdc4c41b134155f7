//! A provider call's surroundings: whose credentials, which addresses, which limits.

mod digest;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderValue};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::Result;
use crate::egress::{Call, CallOptions, Egress, blocked, origin_of, same_origin};

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
    /// Key of the account for per-account limits: the provider's id of it, so that all connections to one mailbox share its limits,
    /// or what is known before that.
    pub account: String,
    /// The credentials.
    pub credential: Credential,
    calls: AtomicU64,
    patience: Option<Patience>,
    /// Servers that take Digest only, by origin, and how often their nonce was used.
    digests: Mutex<BTreeMap<String, (digest::Challenge, u32)>>,
}

/// How long the calls of a use case may take that somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// When all of them must have ended.
    pub until: Timestamp,
    /// How long each of them may take.
    pub each: Duration,
}

impl Patience {
    /// The options of a call that begins now.
    fn limit(&self, options: CallOptions, now: Timestamp) -> Result<CallOptions> {
        let left = Duration::try_from(self.until.duration_since(now)).unwrap_or_default();
        if left.is_zero() {
            return Err(crate::Error::new(
                crate::error::ErrorKind::Unavailable,
                "The provider took too long, so the rest was not asked for. Try again in a moment.",
            ));
        }
        Ok(CallOptions {
            timeout: options.timeout.min(self.each).min(left),
            ..options
        })
    }
}

/// Times that a request is signed anew: for the first challenge, and for a nonce that has become too old meanwhile.
const DIGEST_TRIES: usize = 2;

/// Whether a refusal asks for a Digest that a [`Session`] can make, and offers no Basic.
#[must_use]
pub fn takes_digest(headers: &HeaderMap) -> bool {
    digest::wanted(headers).is_some()
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
            patience: None,
            digests: Mutex::default(),
        }
    }

    /// The same, for as long as somebody waits.
    #[must_use]
    pub fn patient(mut self, patience: Option<Patience>) -> Self {
        self.patience = patience;
        self
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

    /// As [`Session::send`], counted apart from the account's other calls: for providers whose limits are per method, where one that is
    /// used up must not hold up the rest.
    ///
    /// # Errors
    /// As [`Session::send`].
    pub async fn send_counted(
        &self,
        mut request: http::Request<Bytes>,
        options: CallOptions,
        method: &str,
    ) -> Result<http::Response<Bytes>> {
        if !same_origin(&request.uri().to_string(), &self.api_url) {
            return Err(blocked().with_code("other_origin"));
        }
        request
            .headers_mut()
            .insert(AUTHORIZATION, self.credential.header()?);
        let bucket = format!("{}/{method}", self.account);
        let call = Call {
            provider: self.provider,
            account: Some(&bucket),
            options,
            sent: Some(&self.calls),
        };
        self.egress.send(request, call).await
    }

    /// An answer within another one (a part of a batch), as if it had come alone: its `Retry-After` becomes seconds, and a wait
    /// that it asks for holds for the whole account.
    pub fn heed_part(&self, part: &mut http::response::Parts) {
        self.egress
            .heed_part(self.provider, &self.account, part.status, &mut part.headers);
    }

    /// Sends `request` to any allowed address: for discovery, where a server says to continue elsewhere. The caller
    /// decides whether the credentials may go there; without `with_credentials` none are sent.
    ///
    /// A server that refuses Basic and asks for Digest gets the same request again with that (RFC 7616).
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
        if !with_credentials {
            return self.send_as_is(request, options).await;
        }
        let known = self.signed(&request);
        let mut was_signed = known.is_some();
        let value = match known {
            Some(value) => value,
            None => self.credential.header()?,
        };
        let mut again = request.clone();
        request.headers_mut().insert(AUTHORIZATION, value);
        let mut response = self.send_as_is(request, options).await?;
        for _ in 0..DIGEST_TRIES {
            let Some(value) = self.challenged(&again, &response, was_signed) else {
                break;
            };
            was_signed = true;
            again.headers_mut().insert(AUTHORIZATION, value);
            response = self.send_as_is(again.clone(), options).await?;
        }
        Ok(response)
    }

    async fn send_as_is(
        &self,
        request: http::Request<Bytes>,
        options: CallOptions,
    ) -> Result<http::Response<Bytes>> {
        let options = match &self.patience {
            Some(patience) => patience.limit(options, self.egress.now())?,
            None => options,
        };
        let call = Call {
            provider: self.provider,
            account: Some(&self.account),
            options,
            sent: Some(&self.calls),
        };
        self.egress.send(request, call).await
    }

    /// The header for a refused request, if the refusal asks for Digest: because none was sent, or because its nonce is too old.
    fn challenged(
        &self,
        request: &http::Request<Bytes>,
        response: &http::Response<Bytes>,
        was_signed: bool,
    ) -> Option<HeaderValue> {
        let asked = (response.status() == StatusCode::UNAUTHORIZED)
            .then(|| digest::wanted(response.headers()))??;
        if was_signed && !asked.stale {
            return None;
        }
        let origin = origin_of(&request.uri().to_string())?;
        self.digests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(origin, (asked, 0));
        self.signed(request)
    }

    /// The Digest header for a request to a server that is known to want one.
    fn signed(&self, request: &http::Request<Bytes>) -> Option<HeaderValue> {
        let Credential::Basic { username, password } = &self.credential else {
            return None;
        };
        let origin = origin_of(&request.uri().to_string())?;
        let mut known = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        let (challenge, count) = known.get_mut(&origin)?;
        *count = count.saturating_add(1);
        let uri = request.uri().path_and_query();
        challenge.answer(&digest::Request {
            username,
            password: password.expose_secret(),
            method: request.method().as_str(),
            uri: uri.map_or("/", http::uri::PathAndQuery::as_str),
            cnonce: &self.egress.random(),
            count: *count,
        })
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

#[cfg(test)]
mod tests;
