//! Chat: an app in somebody's workspace that takes commands, shows forms and sends direct messages.

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;

use crate::Result;
use crate::egress::Egress;
use crate::registry::Identity;
use crate::session::Session;

/// What a provider sends us proves itself by, beside its body.
#[derive(Debug, Clone, Copy)]
pub struct Proof<'a> {
    /// All headers.
    pub headers: &'a http::HeaderMap,
    /// The raw bytes, before anything decoded them.
    pub body: &'a [u8],
}

/// Why a request is not believed. For the log; strangers are told nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No secret is configured to check with.
    #[error("the signing secret is not set")]
    NoSecret,
    /// A header is missing, there twice, or not what it should be.
    #[error("a header is missing or malformed")]
    Headers,
    /// Too old, or from the future.
    #[error("the timestamp is more than five minutes off")]
    Stale,
    /// The signature is another one.
    #[error("the signature does not fit")]
    Signature,
}

/// Where an app was installed, as the token endpoint or the provider's own check tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Installation {
    /// The organisation; empty where there is none.
    pub enterprise_id: String,
    /// The workspace there; empty for a whole organisation.
    pub team_id: String,
    /// Its name.
    pub team_name: Option<String>,
    /// The app.
    pub app_id: Option<String>,
    /// The app's user.
    pub bot_user_id: Option<String>,
    /// Who installed it, where that is told.
    pub installer_id: Option<String>,
}

/// A message: blocks, and the text that notifications show instead.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Always set.
    pub text: String,
    /// The blocks.
    pub blocks: Value,
}

/// A message that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// In which conversation.
    pub channel: String,
    /// What it is called there.
    pub ts: String,
}

/// Somebody at the provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Their id, unique in the installation.
    pub id: String,
    /// Their name.
    pub name: Option<String>,
    /// Their address, where we may know it.
    pub email: Option<String>,
    /// Their IANA zone.
    pub time_zone: Option<String>,
    /// Whether their account was deactivated.
    pub deactivated: bool,
    /// Whether they are a program.
    pub is_bot: bool,
}

/// The chat capability.
#[async_trait]
pub trait Chat: Send + Sync {
    /// Whether the request was signed by the provider, a moment ago.
    ///
    /// # Errors
    /// [`Refusal`].
    fn verify(&self, proof: &Proof<'_>, now: Timestamp) -> Result<(), Refusal>;

    /// The environment variable with the secret that [`Chat::verify`] checks with.
    fn secret_setting(&self) -> &'static str;

    /// The operator's own token, for one workspace without consent.
    fn own_token(&self) -> Option<&SecretString>;

    /// The token for listening on a socket instead of being called.
    fn socket_token(&self) -> Option<&SecretString>;

    /// Where [`Chat::respond`] posts, beside the API.
    fn origins(&self) -> &'static [&'static str];

    /// Where the app was installed, from what the token endpoint said besides the tokens.
    fn installation(&self, about: &Value) -> Option<Installation>;

    /// Where the app is installed whose token this is, and who it is.
    async fn installed(&self, session: &Session<'_>) -> Result<(Installation, Identity)>;

    /// Posts a message. Never repeated: there is no key against double posts.
    async fn post(&self, session: &Session<'_>, channel: &str, message: &Message)
    -> Result<Posted>;

    /// Puts another message in the place of one that was posted.
    async fn update(
        &self,
        session: &Session<'_>,
        channel: &str,
        ts: &str,
        message: &Message,
    ) -> Result<()>;

    /// The direct conversation with somebody.
    async fn open_direct(&self, session: &Session<'_>, user: &str) -> Result<String>;

    /// Somebody by id.
    async fn person(&self, session: &Session<'_>, user: &str) -> Result<Person>;

    /// Somebody by address.
    async fn person_by_email(&self, session: &Session<'_>, email: &str) -> Result<Option<Person>>;

    /// Opens a form. The trigger works once, for three seconds.
    async fn open_view(&self, session: &Session<'_>, trigger: &str, view: &Value) -> Result<()>;

    /// Puts another form in the place of one that is open.
    async fn update_view(&self, session: &Session<'_>, view_id: &str, view: &Value) -> Result<()>;

    /// Shows somebody's home page.
    async fn publish_view(&self, session: &Session<'_>, user: &str, view: &Value) -> Result<()>;

    /// Ends the token.
    async fn revoke(&self, session: &Session<'_>) -> Result<()>;

    /// Whether an address that a request told is one where answers may be posted.
    fn may_respond(&self, url: &str) -> bool;

    /// Posts an answer to a request's own address. Refuses every other host before anything is sent.
    async fn respond(&self, egress: &Egress, url: &str, body: &Value) -> Result<()>;

    /// Asks for an address to listen at. `api_url` is the configured base of the API.
    async fn socket_url(&self, egress: &Egress, api_url: &str) -> Result<String>;
}
