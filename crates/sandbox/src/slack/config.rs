//! What can be switched on a simulated Slack.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Settings of one simulator. All of them may be changed while it runs with `SlackSim::configure`.
#[derive(Debug, Clone)]
pub struct Config {
    /// Registered apps.
    pub apps: Vec<App>,
    /// Life of a rotated access token in seconds.
    pub token_ttl_s: i64,
    /// For so many seconds a spent refresh token still yields the same successor.
    pub rotation_grace_s: i64,
    /// Life of a `trigger_id` in milliseconds.
    pub trigger_ttl_ms: i64,
    /// How long a person waits for the answer to a command or a click.
    pub answer_within: Duration,
    /// What is wrong with the requests that go out.
    pub tamper: Tamper,
    /// Requests per minute, workspace and app, by method; what is not named here has its tier's limit.
    pub limits: BTreeMap<String, u32>,
    /// Whether limits are kept at all.
    pub limited: bool,
    /// Messages to one channel that may come in a burst; beyond it one a second.
    pub channel_burst: u32,
    /// Where `response_url`s and the socket point, without slash at the end; `None` takes the host of the last API request.
    pub public_url: Option<String>,
    /// `response_url`s name this host instead: a client must not post there.
    pub foreign_response_url: Option<String>,
    /// Each event is sent so many more times.
    pub duplicate_events: u32,
    /// The provider's description to validate requests against; without it nothing is validated.
    pub spec_path: Option<PathBuf>,
    /// Seed for tokens and ids.
    pub rng_seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            apps: Vec::new(),
            token_ttl_s: 43_200,
            rotation_grace_s: 0,
            trigger_ttl_ms: 3_000,
            answer_within: Duration::from_secs(3),
            tamper: Tamper::Nothing,
            limits: BTreeMap::new(),
            limited: true,
            channel_burst: 10,
            public_url: None,
            foreign_response_url: None,
            duplicate_events: 0,
            spec_path: None,
            rng_seed: 1,
        }
    }
}

/// An app as registered with Slack.
#[derive(Debug, Clone)]
pub struct App {
    /// `A…`
    pub id: String,
    /// What people see.
    pub name: String,
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`; made up, not a secret.
    pub client_secret: String,
    /// Signs what Slack sends.
    pub signing_secret: String,
    /// `xapp-…`, for Socket Mode.
    pub app_token: String,
    /// Where people may be sent back to; a longer address that begins with one of these is accepted.
    pub redirect_uris: Vec<String>,
    /// The slash command.
    pub command: String,
    /// Where commands are posted.
    pub command_url: String,
    /// Where buttons and modals are posted.
    pub interactivity_url: String,
    /// Where events are posted.
    pub events_url: String,
    /// Whether commands, interactions and events come through the socket instead.
    pub socket_mode: bool,
    /// Whether tokens rotate.
    pub rotation: bool,
    /// Whether it can be installed for a whole organisation.
    pub org_ready: bool,
}

impl App {
    /// An app whose addresses follow from where Daybook is.
    #[must_use]
    pub fn daybook(client_id: &str, client_secret: &str, server: &str) -> Self {
        let base = format!("{}/api/v1/integrations/slack", server.trim_end_matches('/'));
        Self {
            id: "A0DAYBOOK1".to_owned(),
            name: "Daybook".to_owned(),
            client_id: client_id.to_owned(),
            client_secret: client_secret.to_owned(),
            signing_secret: "sandbox-signing-secret".to_owned(),
            app_token: "xapp-1-A0DAYBOOK1-sandbox".to_owned(),
            redirect_uris: vec![format!("{base}/callback")],
            command: "/time".to_owned(),
            command_url: format!("{base}/commands/time"),
            interactivity_url: format!("{base}/interactions"),
            events_url: format!("{base}/events"),
            socket_mode: false,
            rotation: false,
            org_ready: true,
        }
    }
}

/// What is wrong with a request that goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tamper {
    /// Nothing.
    #[default]
    Nothing,
    /// Signed with another secret.
    BadSignature,
    /// Signed rightly, six minutes ago.
    Old,
    /// Signed rightly, six minutes from now.
    Future,
    /// No signature.
    NoSignature,
    /// No timestamp.
    NoTimestamp,
    /// A timestamp that is not a number.
    OddTimestamp,
    /// The body was changed after signing.
    ChangedBody,
    /// The signature is right but says `v1=`.
    OtherVersion,
}

impl Tamper {
    /// All of them, with the word for forms.
    pub const ALL: [(&'static str, Self); 9] = [
        ("right", Self::Nothing),
        ("bad-signature", Self::BadSignature),
        ("old", Self::Old),
        ("future", Self::Future),
        ("no-signature", Self::NoSignature),
        ("no-timestamp", Self::NoTimestamp),
        ("odd-timestamp", Self::OddTimestamp),
        ("changed-body", Self::ChangedBody),
        ("other-version", Self::OtherVersion),
    ];
}

/// Why Slack ends a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disconnect {
    /// In a few seconds: connect anew.
    Warning,
    /// Now: connect anew.
    RefreshRequested,
    /// Socket Mode was switched off.
    LinkDisabled,
}

impl Disconnect {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::RefreshRequested => "refresh_requested",
            Self::LinkDisabled => "link_disabled",
        }
    }
}
