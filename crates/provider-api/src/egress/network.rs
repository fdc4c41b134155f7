//! The real transport: reqwest without redirects, cookies, environment proxies or repetition, and with a resolver that
//! hands out only addresses the rules allow, so that the address that was checked is the one connected to.

use std::error::Error as StdError;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HeaderValue};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::config::{EgressConfig, SetupError};
use super::guard::Guard;
use super::inflate::Body;
use super::transport::{Duplex, Target, Transport, TransportError, TransportLimits};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Turns names into addresses.
#[async_trait]
pub trait Resolver: Send + Sync + 'static {
    /// All addresses of `host`.
    ///
    /// # Errors
    /// When the name does not resolve.
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The operating system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((host, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// Sends over the network.
#[derive(Debug, Clone)]
pub struct Network {
    guard: Guard,
    trusted: reqwest::Client,
    guarded: reqwest::Client,
    /// The same two for connections that change their protocol, which HTTP/2 cannot.
    upgrading: [reqwest::Client; 2],
}

impl Network {
    /// A transport that resolves names with `resolver`.
    ///
    /// # Errors
    /// When the extra certificate file or the proxy address cannot be used.
    pub fn new(config: &EgressConfig, resolver: Arc<dyn Resolver>) -> Result<Self, SetupError> {
        let guard = Guard::new(config);
        let filtered = FilteringResolver {
            resolver: Arc::clone(&resolver),
            guard: Some(guard.clone()),
        };
        let unfiltered = FilteringResolver {
            resolver,
            guard: None,
        };
        let authorities = Authorities::load(config)?;
        let proxy = match &config.proxy {
            None => None,
            Some(proxy) => Some(
                reqwest::Proxy::https(proxy)
                    .map_err(|error| SetupError::Proxy(error.without_url().to_string()))?,
            ),
        };
        let trusted = || {
            let builder = builder(&authorities, unfiltered.clone());
            match &proxy {
                Some(proxy) => builder.proxy(proxy.clone()),
                None => builder,
            }
        };
        let guarded = || builder(&authorities, filtered.clone());
        let build = |builder: reqwest::ClientBuilder| {
            builder
                .build()
                .map_err(|error| SetupError::Client(describe(&error)))
        };
        Ok(Self {
            guard,
            trusted: build(trusted())?,
            guarded: build(guarded())?,
            upgrading: [
                build(trusted().http1_only())?,
                build(guarded().http1_only())?,
            ],
        })
    }

    async fn exchange(
        &self,
        request: reqwest::Request,
        limits: TransportLimits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let client = match limits.target {
            Target::Trusted => &self.trusted,
            Target::Guarded => &self.guarded,
        };
        let mut answer = client.execute(request).await.map_err(|e| reason(&e))?;
        // The resolver already saw to it; this holds even if the client's internals change.
        let peer = answer.remote_addr().map(|address| address.ip());
        if limits.target == Target::Guarded && !peer.is_some_and(|ip| self.guard.allows(ip)) {
            return Err(TransportError::Blocked);
        }
        let too_long = |length| usize::try_from(length).is_ok_and(|n: usize| n > limits.max_body);
        if answer.content_length().is_some_and(too_long) {
            return Err(TransportError::TooLarge);
        }
        let mut body = Body::new(answer.headers(), limits.max_body)?;
        while let Some(chunk) = answer.chunk().await.map_err(|e| reason(&e))? {
            body.push(&chunk)?;
        }
        let mut response = http::Response::new(Bytes::from(body.finish()?));
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        response.headers_mut().remove(CONTENT_ENCODING);
        response.headers_mut().remove(CONTENT_LENGTH);
        Ok(response)
    }
}

impl Network {
    async fn change_protocol(
        &self,
        request: reqwest::Request,
        limits: TransportLimits,
    ) -> Result<(http::HeaderMap, Duplex), TransportError> {
        let [trusted, guarded] = &self.upgrading;
        let client = match limits.target {
            Target::Trusted => trusted,
            Target::Guarded => guarded,
        };
        let answer = client.execute(request).await.map_err(|e| reason(&e))?;
        let peer = answer.remote_addr().map(|address| address.ip());
        if limits.target == Target::Guarded && !peer.is_some_and(|ip| self.guard.allows(ip)) {
            return Err(TransportError::Blocked);
        }
        if answer.status() != http::StatusCode::SWITCHING_PROTOCOLS {
            return Err(TransportError::Reset);
        }
        let headers = answer.headers().clone();
        let connection = answer.upgrade().await.map_err(|e| reason(&e))?;
        Ok((headers, Box::new(connection)))
    }
}

#[async_trait]
impl Transport for Network {
    async fn upgrade(
        &self,
        request: http::Request<Bytes>,
        limits: TransportLimits,
    ) -> Result<(http::HeaderMap, Duplex), TransportError> {
        let request = reqwest::Request::try_from(request).map_err(|_| TransportError::Blocked)?;
        tokio::time::timeout(limits.timeout, self.change_protocol(request, limits))
            .await
            .unwrap_or(Err(TransportError::Timeout))
    }

    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: TransportLimits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let mut request =
            reqwest::Request::try_from(request).map_err(|_| TransportError::Blocked)?;
        request
            .headers_mut()
            .insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        tokio::time::timeout(limits.timeout, self.exchange(request, limits))
            .await
            .unwrap_or(Err(TransportError::Timeout))
    }
}

/// Whom to trust about certificates.
struct Authorities {
    /// From the operator's file.
    extra: Vec<reqwest::Certificate>,
    /// Mozilla's list, for hosts that bring none of their own (bare containers).
    instead: Vec<reqwest::Certificate>,
}

impl Authorities {
    fn load(config: &EgressConfig) -> Result<Self, SetupError> {
        let unusable = |error: String| SetupError::Certificates(error);
        let extra = match &config.extra_ca_file {
            None => Vec::new(),
            Some(file) => {
                let pem = std::fs::read(file).map_err(|error| unusable(error.to_string()))?;
                reqwest::Certificate::from_pem_bundle(&pem)
                    .map_err(|error| unusable(error.to_string()))?
            }
        };
        Ok(Self {
            extra,
            instead: match system_has_authorities() {
                true => Vec::new(),
                false => webpki_root_certs::TLS_SERVER_ROOT_CERTS
                    .iter()
                    .filter_map(|der| reqwest::Certificate::from_der(der).ok())
                    .collect(),
            },
        })
    }
}

/// Whether the platform's certificate store can be used at all.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that makes an HTTP client"
)]
fn system_has_authorities() -> bool {
    reqwest::Client::builder().no_proxy().build().is_ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that makes an HTTP client"
)]
fn builder(authorities: &Authorities, resolver: FilteringResolver) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .no_gzip()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .dns_resolver(Arc::new(resolver))
        .user_agent(concat!("Daybook/", env!("CARGO_PKG_VERSION")))
        .tls_certs_merge(authorities.extra.iter().cloned());
    match authorities.instead.is_empty() {
        true => builder,
        false => builder.tls_certs_only(authorities.instead.iter().cloned()),
    }
}

/// Why a name gave no address.
#[derive(Debug, thiserror::Error)]
enum LookupError {
    #[error("the name does not resolve")]
    Unknown,
    #[error("the name resolves to addresses that are not allowed")]
    Blocked,
}

#[derive(Clone)]
struct FilteringResolver {
    resolver: Arc<dyn Resolver>,
    guard: Option<Guard>,
}

impl Resolve for FilteringResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (resolver, guard) = (Arc::clone(&self.resolver), self.guard.clone());
        Box::pin(async move {
            let found = resolver
                .lookup(name.as_str())
                .await
                .map_err(|_| LookupError::Unknown)?;
            let any = !found.is_empty();
            let allowed: Vec<SocketAddr> = found
                .into_iter()
                .filter(|ip| guard.as_ref().is_none_or(|guard| guard.allows(*ip)))
                .map(|ip| SocketAddr::new(ip, 0))
                .collect();
            match (allowed.is_empty(), any) {
                (false, _) => Ok(Box::new(allowed.into_iter()) as Addrs),
                (true, true) => Err(LookupError::Blocked.into()),
                (true, false) => Err(LookupError::Unknown.into()),
            }
        })
    }
}

/// What a failure of the client means. Its own text may hold URLs and is never passed on.
fn reason(error: &reqwest::Error) -> TransportError {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    let mut secure = false;
    while let Some(current) = cause {
        match current.downcast_ref::<LookupError>() {
            Some(LookupError::Blocked) => return TransportError::Blocked,
            Some(LookupError::Unknown) => return TransportError::Resolve,
            None => {}
        }
        secure |= current.is::<rustls::Error>() || is_tls_io(current);
        cause = current.source();
    }
    if error.is_timeout() {
        TransportError::Timeout
    } else if error.is_connect() && secure {
        TransportError::Tls
    } else if error.is_connect() {
        TransportError::Connect
    } else {
        TransportError::Reset
    }
}

/// `io::Error::source` skips the error it wraps, so it is looked at here, however deep.
fn is_tls_io(error: &(dyn StdError + 'static)) -> bool {
    let inner = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    inner.is_some_and(|inner| inner.is::<rustls::Error>() || is_tls_io(inner))
}

fn describe(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(current) = cause {
        text.push_str(": ");
        text.push_str(&current.to_string());
        cause = current.source();
    }
    text
}
