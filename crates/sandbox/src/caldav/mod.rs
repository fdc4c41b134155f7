//! A CalDAV server with real state, six server personalities and scripted misbehaviour, written
//! from RFC 4791, 4918, 6578 and the CalDAV contract only, never from Daybook's client.
//!
//! [`CalDavSim`] is the server; call its router in-process or hand it to [`crate::serve::serve`].
//! [`hostile`] holds servers that attack their client.

mod anomaly;
pub mod hostile;
mod http;
mod ics;
mod oracle;
mod profile;
mod random;
mod seed;
mod state;
mod xml;

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;

use crate::clock::SandboxClock;
use crate::fault::{self, Desk};
use state::State;

pub use anomaly::{Anomaly, CalDavDialect};
pub use oracle::{OracleResource, SimError};
pub use profile::{
    DigestHash, EtagStyle, GetCollection, Profile, PutEtag, Quirks, SyncSupport, TokenStyle,
    WellKnown,
};
pub use random::RandomOp;
pub use seed::{DEMO_PASSWORD, DEMO_USER};
pub use state::{CalendarKind, CalendarSpec, RecordedRequest};

/// The simulated server. Clones share one state.
#[derive(Clone)]
pub struct CalDavSim {
    state: Arc<Mutex<State>>,
    desk: Arc<Desk>,
}

impl std::fmt::Debug for CalDavSim {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.lock();
        formatter
            .debug_struct("CalDavSim")
            .field("profile", &state.profile)
            .field("calendars", &state.calendars.len())
            .finish_non_exhaustive()
    }
}

impl CalDavSim {
    /// An empty server. Everything it does follows from `clock` and `seed`.
    #[must_use]
    pub fn new(clock: Arc<dyn SandboxClock>, seed: u64, profile: Profile) -> Self {
        Self {
            state: Arc::new(Mutex::new(State::new(clock.clone(), seed, profile))),
            desk: Arc::new(Desk::new(clock, seed)),
        }
    }

    /// The server as a router: every method on every path, with the shared fault engine and its
    /// `/_sandbox/` routes around it.
    pub fn router(&self) -> Router {
        let routes = Router::new()
            .fallback(http::handle)
            .with_state(self.clone());
        fault::wrap(routes, self.desk.clone(), Arc::new(CalDavDialect))
    }

    /// The fault desk: scripts, request log, violations of the contract by the client.
    #[must_use]
    pub fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// Takes over the habits of another server. Paths of existing accounts stay as they are.
    pub fn set_profile(&self, profile: Profile) {
        let mut state = self.lock();
        state.profile = profile;
        state.quirks = profile.quirks();
    }

    /// Changes single habits.
    pub fn tweak(&self, change: impl FnOnce(&mut Quirks)) {
        change(&mut self.lock().quirks);
    }

    /// Queues a deviation for the next request it fits.
    pub fn add_anomaly(&self, anomaly: Anomaly) {
        self.lock().anomalies.push(anomaly);
    }

    /// Forgets the deviations that were queued and not taken yet.
    pub fn clear_anomalies(&self) {
        self.lock().anomalies.clear();
    }

    /// Serves calendar homes from another origin (`scheme://host:port`), as iCloud does. A former
    /// partition answers 503 from then on, and the entry host answers 404 below homes.
    pub fn set_partition(&self, origin: Option<&str>) {
        let mut state = self.lock();
        let former = state.partition.take();
        state.partition = origin.map(str::to_owned);
        if let Some(former) = former
            && Some(former.as_str()) != origin
        {
            state.moved_from.push(former);
        }
    }

    /// The scheme used in absolute URLs (default `http`).
    pub fn set_scheme(&self, scheme: &'static str) {
        self.lock().scheme = scheme;
    }

    /// Every request so far.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().requests.clone()
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        crate::lock(&self.state)
    }
}
