//! How the simulator reaches the outside: it opens no connection itself, it is handed someone who does.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

/// An answer to come; `None` when nobody answered.
pub type Answering = Pin<Box<dyn Future<Output = Option<Answer>> + Send>>;

/// A request to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Where to.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// As signed.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Whether `X-Slack-No-Retry: 1` was there.
    pub no_retry: bool,
    /// The body as sent.
    pub body: Vec<u8>,
}

/// Posts commands, interactions and events.
pub trait Courier: Send + Sync + Debug + 'static {
    /// Posts without following redirects.
    fn post(&self, request: Outgoing) -> Answering;
}
