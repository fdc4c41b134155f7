//! What carries a request that has passed the rules.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

/// Carries one request. Never follows redirects, keeps no cookies, never repeats a request.
#[async_trait]
pub trait Transport: Send + Sync + 'static {
    /// Sends `request` and reads the whole answer, inflated, within `limits`.
    ///
    /// # Errors
    /// When no complete answer came.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: TransportLimits,
    ) -> Result<http::Response<Bytes>, TransportError>;

    /// Sends `request`, which asks for another protocol, and gives the connection once that was agreed on, with the answer's headers.
    ///
    /// # Errors
    /// When the other side does not agree; always where the transport has no connections.
    async fn upgrade(
        &self,
        _request: http::Request<Bytes>,
        _limits: TransportLimits,
    ) -> Result<(http::HeaderMap, Duplex), TransportError> {
        Err(TransportError::Connect)
    }
}

/// A connection in both directions.
pub trait Io: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin {}

impl<T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin> Io for T {}

/// A connection in both directions, whatever it is made of.
pub type Duplex = Box<dyn Io>;

/// What one request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransportLimits {
    /// The whole call.
    pub timeout: Duration,
    /// Longest body, in bytes after inflating.
    pub max_body: usize,
    /// Whose address it is.
    pub target: Target,
}

/// Whose address a request goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// One the operator configured: goes through the operator's proxy if there is one, and may resolve to any address.
    Trusted,
    /// One that somebody typed or a server told: only public addresses, never a proxy.
    Guarded,
}

/// Why no answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The name did not resolve.
    #[error("its name could not be resolved")]
    Resolve,
    /// No connection; nothing was sent.
    #[error("no connection could be made")]
    Connect,
    /// The certificate or the handshake was refused; nothing was sent.
    #[error("no secure connection could be made")]
    Tls,
    /// The time was up.
    #[error("it did not answer in time")]
    Timeout,
    /// The connection broke.
    #[error("the connection broke before the answer was complete")]
    Reset,
    /// The body is longer than allowed.
    #[error("the answer is larger than allowed")]
    TooLarge,
    /// The body cannot be decoded.
    #[error("the answer cannot be decoded")]
    Encoding,
    /// The address is not allowed.
    #[error("the address is not allowed")]
    Blocked,
}

impl TransportError {
    /// A word for metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Reset => "reset",
            Self::TooLarge => "too_large",
            Self::Encoding => "encoding",
            Self::Blocked => "blocked",
        }
    }
}
