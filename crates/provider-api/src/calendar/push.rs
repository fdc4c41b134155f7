//! The push capability: being told that a calendar changed. A notice is a hint and never data: it is authenticated by the engine
//! (channel known, token equal in constant time), and leads to an ordinary sync.

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

use crate::Result;
use crate::session::Session;

/// How a provider's push behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PushCapability {
    /// Longest life of a channel, in minutes.
    pub max_life_minutes: u32,
    /// `renew` extends a channel in place. Where false, a new one is made before the old one is stopped.
    pub renews_in_place: bool,
}

/// A channel to be made.
#[derive(Debug, Clone)]
pub struct Watch {
    /// The provider's id of the calendar.
    pub calendar: String,
    /// Our id of the channel: Google's channel id. Never used twice.
    pub channel: Uuid,
    /// What notices must carry: 256 random bits, at most 128 characters.
    pub token: SecretString,
    /// Where notices go: `{base}/hooks/{provider}`.
    pub address: Url,
    /// When it should end.
    pub until: Timestamp,
}

/// A channel that the provider keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// What notices call it: Google's channel id, Graph's subscription id.
    pub remote_id: String,
    /// Google's `resourceId`, which notices repeat and `stop` needs.
    pub resource_id: Option<String>,
    /// When the provider ends it.
    pub expires_at: Timestamp,
}

/// A channel that the provider has to a calendar already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The channel.
    pub channel: Channel,
    /// Where its notices go: to us, or to another server of the same operator.
    pub address: String,
}

/// A request that reached `/hooks/{provider}`, before anything is believed.
#[derive(Debug, Clone)]
pub struct Inbound<'a> {
    /// Headers.
    pub headers: &'a http::HeaderMap,
    /// The query string, undecoded.
    pub query: Option<&'a str>,
    /// The raw body, within the engine's cap.
    pub body: &'a Bytes,
}

/// What a request to the hook says.
#[derive(Debug, Clone)]
pub enum Decoded {
    /// The provider checks that we are there: answer 200 with exactly this text as `text/plain` (Graph `validationToken`).
    Handshake(String),
    /// Notices, at most 1,000.
    Notices(Vec<Notice>),
}

/// One notice, not yet authenticated.
#[derive(Debug, Clone)]
pub struct Notice {
    /// The channel it claims to come from ([`Channel::remote_id`]).
    pub remote_id: String,
    /// The secret it carries.
    pub token: Option<SecretString>,
    /// The resource it claims ([`Channel::resource_id`]), where the provider repeats it.
    pub resource_id: Option<String>,
    /// What it says.
    pub says: Says,
}

/// What a notice says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// The channel stands; nothing changed (Google `sync`).
    Hello,
    /// Something changed.
    Changed,
    /// The channel must be renewed now (Graph `reauthorizationRequired`).
    Renew,
    /// The channel is gone: make a new one and read what changed (Graph `subscriptionRemoved`).
    Removed,
    /// Notices were lost: read what changed (Graph `missed`).
    Missed,
}

/// A provider that tells of changes.
#[async_trait]
pub trait Push: Send + Sync {
    /// How it behaves.
    fn capability(&self) -> PushCapability;

    /// Makes a channel. The provider may call the hook before this returns (Graph's handshake).
    ///
    /// # Errors
    /// `Unsupported` when this calendar cannot be watched: it is polled, and that is no error state. `Conflict` when the provider
    /// keeps one channel for each calendar of an account, and has it ([`Push::standing`]).
    async fn watch(&self, session: &Session<'_>, watch: &Watch) -> Result<Channel>;

    /// The channels to this calendar that the provider has of this account and client, whoever made them. Where `watch` never
    /// conflicts nobody asks.
    ///
    /// # Errors
    /// As any call.
    async fn standing(&self, _: &Session<'_>, _: &Watch) -> Result<Vec<Standing>> {
        Ok(Vec::new())
    }

    /// Extends a channel, where the provider renews in place.
    ///
    /// # Errors
    /// `NotFound` when the provider no longer has it: make a new one and sync.
    async fn renew(
        &self,
        session: &Session<'_>,
        channel: &Channel,
        until: Timestamp,
    ) -> Result<Channel>;

    /// Ends a channel. Already gone is success.
    ///
    /// # Errors
    /// As any call.
    async fn stop(&self, session: &Session<'_>, channel: &Channel) -> Result<()>;

    /// Reads what a request to the hook says. Believes nothing.
    ///
    /// # Errors
    /// `Malformed` when it is no notice of this provider.
    fn decode(&self, inbound: &Inbound<'_>) -> Result<Decoded>;
}
