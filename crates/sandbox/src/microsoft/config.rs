//! What can be switched on a simulated Microsoft 365.

use std::path::PathBuf;
use std::time::Duration;

/// Settings of one simulator. All of them may be changed while it runs with `MicrosoftSim::configure`.
#[derive(Debug, Clone)]
pub struct Config {
    /// Registered applications.
    pub clients: Vec<Client>,
    /// What a refresh does to the refresh token. Microsoft itself gives a new one and lets the old one live on.
    pub rotation: Rotation,
    /// With [`Rotation::SingleUse`]: for so many seconds the spent token still yields the same successor.
    pub rotation_grace_s: i64,
    /// Life of an access token in seconds; `None` draws 60 to 90 minutes for each.
    pub access_token_ttl_s: Option<i64>,
    /// Seconds without use until a refresh token dies.
    pub refresh_token_idle_s: i64,
    /// How granted scopes are written in token answers.
    pub scope_style: ScopeStyle,
    /// Scopes that nobody may grant without the administrator, short names.
    pub admin_scopes: Vec<String>,
    /// Requests at a time and mailbox; beyond it 429 with `MailboxConcurrency`.
    pub concurrency: u32,
    /// How long every Graph call takes in real time, so that concurrency can be seen.
    pub service_time: Duration,
    /// Requests per ten minutes and mailbox; beyond it 429. Microsoft's figure is 10,000.
    pub rate_limit: Option<u32>,
    /// Seconds until a delta link is answered with 410.
    pub delta_ttl_s: Option<i64>,
    /// Seconds until the link to a next page is dead.
    pub page_ttl_s: Option<i64>,
    /// Whether a dead delta link is a 410 with `Location` or a 400 `syncStateNotFound`.
    pub reset: Reset,
    /// The server's own page limit, below what the client asks for.
    pub page_cap: Option<usize>,
    /// Oddities of delta rounds.
    pub delta: DeltaOddities,
    /// Oddities of change notifications.
    pub push: PushOddities,
    /// Reads of an online meeting until its join link is there.
    pub join_after_reads: u8,
    /// Where links point, without slash at the end; `None` takes the host of the request.
    pub public_url: Option<String>,
    /// Links to next pages name this host instead: a client must not follow them.
    pub foreign_links: Option<String>,
    /// The provider's description to validate requests against; without it nothing is validated.
    pub spec_path: Option<PathBuf>,
    /// Seed for tokens, ids and oddities.
    pub rng_seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            clients: Vec::new(),
            rotation: Rotation::default(),
            rotation_grace_s: 0,
            access_token_ttl_s: None,
            refresh_token_idle_s: 90 * 86_400,
            scope_style: ScopeStyle::default(),
            admin_scopes: Vec::new(),
            concurrency: 4,
            service_time: Duration::ZERO,
            rate_limit: None,
            delta_ttl_s: None,
            page_ttl_s: None,
            reset: Reset::default(),
            page_cap: None,
            delta: DeltaOddities::default(),
            push: PushOddities::default(),
            join_after_reads: 1,
            public_url: None,
            foreign_links: None,
            spec_path: None,
            rng_seed: 1,
        }
    }
}

/// An application as registered with Entra ID.
#[derive(Debug, Clone)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// `client_secret`; made up, not a secret.
    pub secret: String,
    /// Whether the secret has expired (`AADSTS7000222`).
    pub secret_expired: bool,
    /// Redirect URIs of the platform *Web*, compared byte by byte.
    pub redirect_uris: Vec<String>,
    /// The only tenant the application is for; `common` refuses it.
    pub single_tenant: Option<String>,
    /// Registered as *SPA*: refresh tokens live 24 hours and use does not prolong them.
    pub spa: bool,
}

impl Client {
    /// An application for all tenants.
    #[must_use]
    pub fn new(id: &str, secret: &str, redirect_uri: &str) -> Self {
        Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
            secret_expired: false,
            redirect_uris: vec![redirect_uri.to_owned()],
            single_tenant: None,
            spa: false,
        }
    }
}

/// What a refresh does to the refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rotation {
    /// The answer has no refresh token; the old one goes on.
    Keep,
    /// The answer has a new one; the old one still works.
    #[default]
    RotateKeepOld,
    /// The answer has a new one; the old one is dead at once.
    SingleUse,
}

/// How granted scopes are written in token answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScopeStyle {
    /// `Calendars.ReadWrite User.Read`
    #[default]
    Short,
    /// `https://graph.microsoft.com/Calendars.ReadWrite …`
    Urls,
    /// Both forms by turns, backwards, in odd case.
    Odd,
}

/// How a dead delta link is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reset {
    /// 410 `resyncRequired` with a `Location` to begin anew.
    #[default]
    Gone,
    /// 400 `syncStateNotFound`.
    NotFound,
    /// 400 `syncStateInvalid`.
    Invalid,
}

/// Oddities of delta rounds. All of them are within what the contract says happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeltaOddities {
    /// Rows come in any order.
    pub shuffle: bool,
    /// Rows come several times; only the last of them is true.
    pub duplicates: bool,
    /// An empty page with a link stands before every page.
    pub empty_pages: bool,
    /// A series may be cut by the end of a page.
    pub split_series: bool,
}

/// Oddities of change notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PushOddities {
    /// Notifications that are lost: every nth; 0 loses none.
    pub drop_every: u32,
    /// Each notification is sent so many more times.
    pub duplicates: u32,
    /// The newest goes out first.
    pub reorder: bool,
    /// Seconds until a notification may go out.
    pub delay_s: i64,
    /// Each true one is followed by one with a wrong `clientState`.
    pub forge: bool,
}
