//! The one place that sends HTTP out: what may be reached, how fast, for how long, and how much may come back
//! (RELIABILITY §3 rows 7–10 and 15–18, §8 "Egress").
//!
//! A request passes, in this order: the address rules (`guard`), the account's limits (`limits`), the host's circuit
//! breaker (`circuit`), and a [`Transport`]. The transport is the network in production and an in-memory router in
//! simulations; everything before it is the same in both.

mod circuit;
mod config;
mod dispatch;
mod guard;
mod inflate;
mod limits;
mod network;
mod nul;
mod retry_after;
mod socket;
mod transport;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use daybook_domain::{Clock, Ids};
use jiff::Timestamp;

pub use circuit::CircuitState;
pub use config::{EgressConfig, SetupError};
pub use dispatch::Call;
pub(crate) use dispatch::blocked;
pub use dispatch::host_of;
pub(crate) use guard::origin_of;
pub use guard::{is_public, same_origin};
pub use network::{Network, Resolver, SystemResolver};
pub use retry_after::retry_after;
pub use socket::{Heard, Socket};
pub use transport::{Duplex, Io, Target, Transport, TransportError, TransportLimits};

use circuit::Circuits;
use guard::Guard;
use limits::Accounts;

/// How long one call may take and how much it may bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallOptions {
    /// The whole call: name resolution, connecting, sending, reading the body.
    pub timeout: Duration,
    /// Longest body accepted, in bytes after inflating.
    pub max_body: usize,
    /// Whether the call may be repeated at once when the connection breaks before an answer came.
    pub idempotent: bool,
    /// How many requests the provider counts it as: several are sent in one body.
    pub requests: u32,
    /// Whether a page for people in answer means that the provider is not there, whoever's address it is. Of the fixed addresses of
    /// providers it always does.
    pub only_data: bool,
}

impl CallOptions {
    /// A provider's API: 30 s, 10 MiB.
    pub const API: Self = Self {
        timeout: Duration::from_secs(30),
        max_body: 10 << 20,
        idempotent: true,
        requests: 1,
        only_data: false,
    };
    /// A CalDAV server: 30 s, 50 MiB.
    pub const CALDAV: Self = Self {
        max_body: 50 << 20,
        only_data: true,
        ..Self::API
    };
    /// A token endpoint: 10 s, 64 KiB, never repeated (codes and rotating refresh tokens are single use).
    pub const TOKEN: Self = Self {
        timeout: Duration::from_secs(10),
        max_body: 64 << 10,
        idempotent: false,
        requests: 1,
        only_data: false,
    };

    /// The same options for a call that the provider counts as so many requests.
    #[must_use]
    pub const fn counted_as(mut self, requests: u32) -> Self {
        self.requests = requests;
        self
    }

    /// The same options for a call to an address of which it is not known what is there.
    #[must_use]
    pub const fn to_anything(mut self) -> Self {
        self.only_data = false;
        self
    }

    /// The same options for a call that must not be repeated.
    #[must_use]
    pub const fn not_idempotent(mut self) -> Self {
        self.idempotent = false;
        self
    }
}

impl Default for CallOptions {
    fn default() -> Self {
        Self::API
    }
}

/// Sends requests under the outbound rules. One per process.
pub struct Egress {
    guard: Guard,
    accounts: Accounts,
    circuits: Circuits,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl Egress {
    /// Sends over the network.
    ///
    /// # Errors
    /// When the extra certificate file or the proxy address cannot be used.
    pub fn new(
        config: EgressConfig,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, SetupError> {
        let network = Network::new(&config, Arc::new(SystemResolver))?;
        Ok(Self::with_transport(config, clock, ids, Arc::new(network)))
    }

    /// Sends through `transport`: for simulations and tests.
    #[must_use]
    pub fn with_transport(
        config: EgressConfig,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        transport: Arc<dyn Transport>,
    ) -> Self {
        Self {
            guard: Guard::new(&config),
            accounts: Accounts::new(config.limits),
            circuits: Circuits::default(),
            transport,
            clock,
            ids,
        }
    }

    /// The current instant, as this egress sees it. Expiry times of tokens are counted from here.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A fresh id for a request, for providers that want one to find it in their logs.
    #[must_use]
    pub fn request_id(&self) -> uuid::Uuid {
        self.ids.uuid()
    }

    /// 128 random bits as text.
    pub(crate) fn random(&self) -> String {
        let mut bytes = [0; 16];
        self.ids.fill(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// How `host` stands (`name` or `name:port`, as in its URLs).
    #[must_use]
    pub fn circuit(&self, host: &str) -> CircuitState {
        self.circuits.state(host, self.clock.now())
    }

    /// The hosts whose circuit is not closed, for health pages.
    #[must_use]
    pub fn open_circuits(&self) -> BTreeMap<String, CircuitState> {
        self.circuits.not_closed(self.clock.now())
    }
}

#[cfg(test)]
mod tests;
