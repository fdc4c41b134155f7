//! Sending a call: redirects by hand, and the password only where it belongs.
//!
//! HTTP libraries turn a redirected PROPFIND into a GET and send the password along; so egress follows nothing and this
//! file repeats the same method and body (contracts/caldav-apple §2).

use async_trait::async_trait;
use bytes::Bytes;
use daybook_provider_api::egress::CallOptions;
use daybook_provider_api::{Error, Result, Session};
use http::header::LOCATION;
use http::{HeaderMap, Request, StatusCode};
use jiff::Timestamp;
use url::Url;

use super::calls::Call;
use super::{errors, href};

/// Redirects followed for one call.
const MAX_REDIRECTS: usize = 5;

/// An answer, and where it came from after redirects.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// Status.
    pub(super) status: StatusCode,
    /// Headers.
    pub(super) headers: HeaderMap,
    /// Body, complete and inflated.
    pub(super) body: Bytes,
    /// The address that answered.
    pub(super) url: Url,
}

/// What sends one request: the session, or a script in tests.
#[async_trait]
pub(super) trait Transport: Send + Sync {
    /// The address the person gave or confirmed; the password belongs to it.
    fn trusted(&self) -> Option<Url>;

    /// The present instant: what is written carries a stamp.
    fn now(&self) -> Timestamp;

    /// Sends, without following redirects.
    async fn send(
        &self,
        request: Request<Bytes>,
        with_credentials: bool,
    ) -> Result<http::Response<Bytes>>;
}

#[async_trait]
impl Transport for Session<'_> {
    fn trusted(&self) -> Option<Url> {
        Url::parse(&self.api_url).ok()
    }

    fn now(&self) -> Timestamp {
        self.egress.now()
    }

    async fn send(
        &self,
        request: Request<Bytes>,
        with_credentials: bool,
    ) -> Result<http::Response<Bytes>> {
        self.send_unpinned(request, CallOptions::CALDAV, with_credentials)
            .await
    }
}

/// Sends where it is not known yet whether a server answers: a website that does is not out of order.
pub(super) struct Search<'a>(pub(super) &'a Session<'a>);

#[async_trait]
impl Transport for Search<'_> {
    fn trusted(&self) -> Option<Url> {
        self.0.trusted()
    }

    fn now(&self) -> Timestamp {
        Transport::now(self.0)
    }

    async fn send(
        &self,
        request: Request<Bytes>,
        with_credentials: bool,
    ) -> Result<http::Response<Bytes>> {
        let options = CallOptions::CALDAV.to_anything();
        self.0
            .send_unpinned(request, options, with_credentials)
            .await
    }
}

/// Sends `call` to `url` and reads the answer; gives the address that answered, too.
///
/// # Errors
/// The transport's, `Blocked` for a redirect that may not be followed, and what [`Call::parse`] makes of the answer.
pub(super) async fn ask<C: Call>(
    transport: &dyn Transport,
    trusted: &Url,
    url: &Url,
    call: &C,
) -> Result<(C::Out, Url)> {
    let answer = follow(transport, trusted, url, call).await?;
    let out = call.parse(&answer)?;
    Ok((out, answer.url))
}

async fn follow<C: Call>(
    transport: &dyn Transport,
    trusted: &Url,
    url: &Url,
    call: &C,
) -> Result<Answer> {
    let mut url = url.clone();
    for _ in 0..=MAX_REDIRECTS {
        let with_credentials = href::may_send_credentials(trusted, &url);
        let response = transport
            .send(call.request(&url)?, with_credentials)
            .await?;
        let status = response.status();
        if status == StatusCode::UNAUTHORIZED && !with_credentials {
            return Err(errors::credentials_withheld(&url));
        }
        let (parts, body) = response.into_parts();
        if !matches!(status.as_u16(), 301 | 302 | 307 | 308) {
            return Ok(Answer {
                status,
                headers: parts.headers,
                body,
                url,
            });
        }
        url = redirect_target(&url, &parts.headers)?;
    }
    Err(errors::too_many_redirects())
}

fn redirect_target(from: &Url, headers: &HeaderMap) -> Result<Url, Error> {
    let target = headers
        .get(LOCATION)
        .and_then(|location| location.to_str().ok())
        .and_then(|location| href::resolve(from, location))
        .ok_or_else(errors::bad_redirect)?;
    if from.scheme() == "https" && target.scheme() != "https" {
        return Err(errors::downgrade(&target));
    }
    Ok(target)
}

#[cfg(test)]
pub(super) mod script;
#[cfg(test)]
mod tests;
