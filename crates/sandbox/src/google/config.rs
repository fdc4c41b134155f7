//! What can be switched on a simulated Google.

use std::path::PathBuf;

/// Settings of one simulator. All of them may be changed while it runs with `GoogleSim::configure`.
#[derive(Debug, Clone)]
pub struct Config {
    /// OAuth clients that may ask for consent.
    pub clients: Vec<Client>,
    /// What a refresh does to the refresh token. Google itself keeps it.
    pub rotation: Rotation,
    /// With [`Rotation::SingleUse`]: for so many seconds the spent token still yields the same successor.
    pub rotation_grace_s: i64,
    /// Life of an access token in seconds.
    pub access_token_ttl_s: i64,
    /// Time-limited access: seconds until a refresh token dies, announced as `refresh_token_expires_in`.
    pub refresh_token_ttl_s: Option<i64>,
    /// Requests per minute and user, sliding; beyond it 403 `rateLimitExceeded`. Google's figure is 600.
    pub rate_limit_per_minute: Option<u32>,
    /// Seconds until a sync token is answered with 410.
    pub sync_token_ttl_s: Option<i64>,
    /// The server's own page limit, below what the client asks for.
    pub page_cap: Option<usize>,
    /// Puts an empty page with a cursor in front of every second page.
    pub empty_pages: bool,
    /// Lists the newest change first on a full sync, so that exceptions arrive before their masters.
    pub newest_first: bool,
    /// How conference requests end.
    pub meet: Meet,
    /// Sent as `iss` in the callback (RFC 9207).
    pub issuer: Option<String>,
    /// The provider's description to validate requests against; without it nothing is validated.
    pub spec_path: Option<PathBuf>,
    /// Seed for tokens, ids and fault chances.
    pub rng_seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            clients: Vec::new(),
            rotation: Rotation::Keep,
            rotation_grace_s: 0,
            access_token_ttl_s: 3599,
            refresh_token_ttl_s: None,
            rate_limit_per_minute: None,
            sync_token_ttl_s: None,
            page_cap: None,
            empty_pages: false,
            newest_first: false,
            meet: Meet::default(),
            issuer: None,
            spec_path: None,
            rng_seed: 1,
        }
    }
}

/// An OAuth client as registered with the provider.
#[derive(Debug, Clone)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// `client_secret`; made up, not a secret.
    pub secret: String,
    /// Redirect URIs, compared byte by byte.
    pub redirect_uris: Vec<String>,
}

/// What a refresh does to the refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rotation {
    /// The answer has no refresh token; the old one goes on.
    #[default]
    Keep,
    /// The answer has a new one; the old one still works.
    RotateKeepOld,
    /// The answer has a new one; the old one is dead at once.
    SingleUse,
}

/// How a conference request on an event ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meet {
    /// `pending` for this many reads of the event, then `success`.
    PendingReads(u8),
    /// `failure` at once.
    Fails,
    /// As [`Meet::Fails`], and the calendars say beforehand that they allow no Meet links.
    NotAllowed,
}

impl Default for Meet {
    fn default() -> Self {
        Self::PendingReads(1)
    }
}
