//! How the simulator reaches the outside: it opens no connection itself, it is handed someone who does.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

/// A reply to a POST; `None` when nobody answered.
pub type Replied = Pin<Box<dyn Future<Output = Option<Reply>> + Send>>;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`, empty when absent.
    pub content_type: String,
    /// The body as sent.
    pub body: Vec<u8>,
}

/// Posts validation requests and change notifications.
pub trait Courier: Send + Sync + Debug + 'static {
    /// Posts `body` to `url` without following redirects.
    fn post(&self, url: String, content_type: &'static str, body: Vec<u8>) -> Replied;
}
