//! How a provider fails, in words the engine can decide on.

use std::time::Duration;

pub use daybook_domain::connection::ErrorKind;

/// Whether and when the same call may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Trying again gives the same answer.
    No,
    /// After a backoff of our own.
    Soon,
    /// Not before this long, because the provider said so (`Retry-After`).
    After(Duration),
}

/// A provider call that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What it means for us.
    pub kind: ErrorKind,
    /// When to try again.
    pub retry: Retry,
    /// HTTP status, where an answer came.
    pub status: Option<u16>,
    /// The provider's own reason code, such as `rateLimitExceeded`. Never a body.
    pub code: Option<String>,
    /// One sentence for people: what happened. Holds no secrets and no provider text beyond the code.
    pub message: String,
}

impl Error {
    /// An error of `kind` that should not be retried as it is.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let retry = match kind {
            ErrorKind::Unavailable | ErrorKind::RateLimited | ErrorKind::Malformed => Retry::Soon,
            _ => Retry::No,
        };
        Self {
            kind,
            retry,
            status: None,
            code: None,
            message: message.into(),
        }
    }

    /// The same error with the HTTP status it came with.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// The same error with the provider's reason code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// The same error with another retry advice.
    #[must_use]
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }
}
