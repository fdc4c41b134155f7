//! One request's way through the rules, and what is told about it afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::sync::OwnedSemaphorePermit;
use tracing::Instrument;
use url::Url;

use super::circuit::Outcome;
use super::limits::Account;
use super::nul::without_nul;
use super::retry_after;
use super::transport::{Target, TransportError, TransportLimits};
use super::{CallOptions, Egress};
use crate::error::{ErrorKind, Retry};
use crate::{Error, Result};

/// For whom a request is sent, and within which bounds.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The provider's key, for limits and metrics.
    pub provider: &'a str,
    /// The account whose limits count; `None`: no account is involved (token endpoints).
    pub account: Option<&'a str>,
    /// Time and size.
    pub options: CallOptions,
    /// Counts requests that are really sent.
    pub sent: Option<&'a AtomicU64>,
}

/// Where a request goes.
pub(super) struct Destination {
    /// `name` or `name:port`, as in the URL.
    pub(super) host: String,
    pub(super) target: Target,
}

impl Egress {
    /// Sends `request` (absolute URI) and gives the answer whatever its status: redirects are not followed, statuses are
    /// the caller's to judge. The body is complete and inflated; `Retry-After` is in seconds.
    ///
    /// # Errors
    /// `Blocked`: the address is not allowed. `RateLimited`: the account's own limit or a pause its provider asked for.
    /// `Unavailable`: no answer, or the host's circuit is open. `Malformed`: a body that is too large or broken.
    pub async fn send(
        &self,
        request: http::Request<Bytes>,
        call: Call<'_>,
    ) -> Result<http::Response<Bytes>> {
        let destination = self.destination(&request)?;
        let account = call
            .account
            .map(|key| self.accounts.of(call.provider, key, self.clock.now()));
        let _slot = slot(account.as_deref(), call.options).await?;
        let span = tracing::info_span!(
            "egress", provider = call.provider, host = %destination.host, method = %request.method()
        );
        self.attempt_and_repeat(request, call, &destination, account)
            .instrument(span)
            .await
    }

    pub(super) fn destination(&self, request: &http::Request<Bytes>) -> Result<Destination> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| blocked())?;
        let target = self.guard.admit(&url).ok_or_else(|| {
            metrics::counter!("daybook_egress_blocked_total").increment(1);
            blocked()
        })?;
        Ok(Destination {
            host: host_of(&url),
            target,
        })
    }

    /// Whether the host's circuit lets a connection pass.
    pub(super) fn admit(&self, to: &Destination) -> Result<()> {
        let admitted = self.circuits.admit(&to.host, self.clock.now());
        admitted.map_err(|wait| circuit_open(&to.host, wait))
    }

    /// What came of it.
    pub(super) fn learn(&self, to: &Destination, error: Option<TransportError>) {
        let outcome = match error {
            None => Outcome::Answered,
            Some(TransportError::Blocked) => Outcome::Nothing,
            Some(_) => Outcome::Failed,
        };
        let now = self.clock.now();
        self.circuits
            .record(&to.host, outcome, now, self.ids.as_ref());
    }

    async fn attempt_and_repeat(
        &self,
        request: http::Request<Bytes>,
        call: Call<'_>,
        to: &Destination,
        account: Option<Arc<Account>>,
    ) -> Result<http::Response<Bytes>> {
        let account = account.as_deref();
        let again = call.options.idempotent.then(|| request.clone());
        let first = self.attempt(request, call, to, account).await?;
        let outcome = match (first, again) {
            (Err(TransportError::Reset), Some(request)) => {
                self.attempt(request, call, to, account).await?
            }
            (outcome, _) => outcome,
        };
        let mut response = outcome.map_err(|error| explain(error, &to.host))?;
        let status = response.status();
        self.heed(account, status, response.headers_mut());
        Ok(response)
    }

    /// An answer within another one, as if it had come alone: its `Retry-After` becomes seconds, and a wait that it asks for holds
    /// for the whole account.
    pub(crate) fn heed_part(
        &self,
        provider: &str,
        account: &str,
        status: StatusCode,
        headers: &mut HeaderMap,
    ) {
        let account = self.accounts.of(provider, account, self.clock.now());
        self.heed(Some(&account), status, headers);
    }

    fn heed(&self, account: Option<&Account>, status: StatusCode, headers: &mut HeaderMap) {
        let now = self.clock.now();
        retry_after::normalise(headers, now);
        let asks_to_wait = matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
        );
        if let (true, Some(account)) = (asks_to_wait, account)
            && let Some(wait) = retry_after::retry_after(headers)
        {
            account.pause(now, wait);
        }
    }

    /// One request. The outer error is ours: nothing was sent.
    async fn attempt(
        &self,
        request: http::Request<Bytes>,
        call: Call<'_>,
        to: &Destination,
        account: Option<&Account>,
    ) -> Result<Result<http::Response<Bytes>, TransportError>> {
        let now = self.clock.now();
        if let Some(wait) =
            account.and_then(|account| account.take(now, call.options.requests).err())
        {
            return Err(own_limit(wait));
        }
        self.circuits
            .admit(&to.host, now)
            .map_err(|wait| circuit_open(&to.host, wait))?;
        if let Some(sent) = call.sent {
            sent.fetch_add(1, Ordering::Relaxed);
        }
        let started = Instant::now();
        let expected = if to.target == Target::Trusted || call.options.only_data {
            Expected::Data
        } else {
            Expected::Anything
        };
        let limits = TransportLimits {
            timeout: call.options.timeout,
            max_body: call.options.max_body,
            target: to.target,
        };
        let outcome = self.transport.send(request, limits).await.map(without_nul);
        self.circuits.record(
            &to.host,
            meaning(&outcome, expected),
            self.clock.now(),
            self.ids.as_ref(),
        );
        note(call.provider, to, &outcome, started.elapsed());
        Ok(outcome)
    }
}

/// What circuits and limits are kept for: the host, with its port where that is not the scheme's.
#[must_use]
pub fn host_of(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{name}:{port}"),
        None => name.to_owned(),
    }
}

/// Waits for as many of the account's slots as the provider counts requests, at most all of them.
async fn slot(
    account: Option<&Account>,
    options: CallOptions,
) -> Result<Option<OwnedSemaphorePermit>> {
    let Some(account) = account else {
        return Ok(None);
    };
    let slots = Arc::clone(&account.slots);
    let many = options.requests.clamp(1, account.concurrent);
    if let Ok(permit) = Arc::clone(&slots).try_acquire_many_owned(many) {
        return Ok(Some(permit));
    }
    match tokio::time::timeout(options.timeout, slots.acquire_many_owned(many)).await {
        Ok(Ok(permit)) => Ok(Some(permit)),
        _ => Err(own_limit(Duration::from_secs(5))),
    }
}

/// What a request can be answered with by somebody who understood it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// Never with a page for people: where one comes, something in front of the provider answers.
    Data,
    /// With whatever the address has.
    Anything,
}

/// What the host's circuit learns.
fn meaning(outcome: &Result<http::Response<Bytes>, TransportError>, expected: Expected) -> Outcome {
    match outcome {
        Ok(response) if is_outage(response.status()) => Outcome::Failed,
        Ok(response) if expected == Expected::Data && is_page(response) => Outcome::Failed,
        Ok(_) | Err(TransportError::TooLarge | TransportError::Encoding) => Outcome::Answered,
        Err(TransportError::Blocked) => Outcome::Nothing,
        Err(_) => Outcome::Failed,
    }
}

fn is_page(response: &http::Response<Bytes>) -> bool {
    let kind = response.headers().get(http::header::CONTENT_TYPE);
    let text = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    response.status().is_success()
        && text
            .trim_start()
            .to_ascii_lowercase()
            .starts_with("text/html")
}

/// 5xx, but for those that say something about the request (501 and 507 are everyday answers of CalDAV servers).
fn is_outage(status: StatusCode) -> bool {
    status.is_server_error() && !matches!(status.as_u16(), 501 | 505..=508 | 510 | 511)
}

/// Metrics and a log line: never a path, a query or a body. Hosts that people typed share one label.
fn note(
    provider: &str,
    to: &Destination,
    outcome: &Result<http::Response<Bytes>, TransportError>,
    took: Duration,
) {
    let class = match outcome {
        Ok(response) => match response.status().as_u16() / 100 {
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            5 => "5xx",
            _ => "1xx",
        },
        Err(error) => error.as_str(),
    };
    let status = outcome
        .as_ref()
        .map_or(0, |response| response.status().as_u16());
    let host = match to.target {
        Target::Trusted => to.host.clone(),
        Target::Guarded => "other".to_owned(),
    };
    let provider_label = provider.to_owned();
    metrics::counter!("daybook_egress_requests_total",
        "provider" => provider_label.clone(), "host" => host.clone(), "class" => class)
    .increment(1);
    metrics::histogram!("daybook_egress_seconds", "provider" => provider_label, "host" => host)
        .record(took.as_secs_f64());
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(class, status, duration_ms, "a request was sent");
}

/// One text for every reason, so that the answer tells nothing about the operator's network.
pub(crate) fn blocked() -> Error {
    Error::new(
        ErrorKind::Blocked,
        "The address is not allowed for outgoing requests, so nothing was sent. Use a public https address.",
    )
}

fn own_limit(wait: Duration) -> Error {
    Error::new(
        ErrorKind::RateLimited,
        "The account's request limit is used up for now. Daybook continues by itself.",
    )
    .with_code("local_limit")
    .with_retry(Retry::After(wait))
}

fn circuit_open(host: &str, wait: Duration) -> Error {
    Error::new(
        ErrorKind::Unavailable,
        format!(
            "{host} has failed repeatedly, so nothing was sent. Daybook tries again by itself."
        ),
    )
    .with_code("circuit_open")
    .with_retry(Retry::After(wait))
}

pub(super) fn explain(error: TransportError, host: &str) -> Error {
    let kind = match error {
        TransportError::Blocked => return blocked(),
        TransportError::TooLarge | TransportError::Encoding => ErrorKind::Malformed,
        _ => ErrorKind::Unavailable,
    };
    Error::new(kind, format!("{host} could not be used: {error}.")).with_code(error.as_str())
}
