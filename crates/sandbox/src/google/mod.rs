//! A simulated Google: OAuth with a consent page, Calendar v3, and a page for people to change their events.
//!
//! Paths under the base URL: `/o/oauth2/v2/auth`, `/token`, `/revoke`, `/v1/userinfo`, `/oauth2/v2/userinfo`,
//! `/calendar/v3/…`, the people page at `/`, and the control surface at `/_sandbox/…`. Source: the Google contract.

mod calendar_list;
mod call;
mod channels;
mod config;
mod cursor;
mod errors;
mod events;
mod free_busy;
mod oauth;
mod oracle;
mod pages;
mod scopes;
pub mod seed;

mod state;
mod wire;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::routing::get;

pub use channels::Delivery;
pub use config::{Client, Config, Meet, Rotation};
pub use oracle::{OracleEvent, OracleTime};
pub use seed::Seed;
pub use state::Role;
pub(crate) use state::moment::{Moment, midnight};
pub(crate) use state::recurrence::starts;

use crate::clock::SandboxClock;
use crate::endpoints::Endpoints;
use crate::fault::{Desk, wrap};
use crate::spec::Spec;
use errors::GoogleDialect;
use state::State;

/// A simulated Google. Clones share one state.
#[derive(Debug, Clone)]
pub struct GoogleSim {
    sim: Arc<Sim>,
}

#[derive(Debug)]
struct Sim {
    config: Mutex<Config>,
    state: Mutex<State>,
    desk: Arc<Desk>,
    spec: Option<Spec>,
}

impl Sim {
    fn lock(&self) -> MutexGuard<'_, State> {
        crate::lock(&self.state)
    }

    fn config(&self) -> Config {
        crate::lock(&self.config).clone()
    }
}

impl GoogleSim {
    /// A simulator with the seed's people and calendars.
    #[must_use]
    pub fn new(config: Config, clock: Arc<dyn SandboxClock>, seed: Seed) -> Self {
        let mut state = State::new(config.rng_seed);
        seed.plant(&mut state, clock.now());
        let spec = config
            .spec_path
            .as_deref()
            .and_then(|path: &Path| Spec::read(path));
        let desk = Arc::new(Desk::new(clock, config.rng_seed));
        let sim = Sim {
            config: Mutex::new(config),
            state: Mutex::new(state),
            desk,
            spec,
        };
        Self { sim: Arc::new(sim) }
    }

    /// The whole service. In-process callers must look for [`crate::fault::TransportFault`] in response extensions.
    pub fn router(&self) -> Router {
        let api = Router::new()
            .merge(calendar_list::routes())
            .merge(events::routes())
            .merge(channels::routes())
            .merge(free_busy::routes());
        let service = Router::new()
            .nest("/calendar/v3", api)
            .merge(oauth::routes())
            .with_state(self.sim.clone());
        // The people page and the delivery queue are ours, not the provider's: faults leave them alone.
        wrap(service, self.sim.desk.clone(), Arc::new(GoogleDialect)).merge(
            Router::new()
                .route("/_sandbox/deliveries", get(channels::take))
                .merge(pages::routes())
                .with_state(self.sim.clone()),
        )
    }

    /// The service's URLs under `base_url` (`http://127.0.0.1:4010`).
    #[must_use]
    pub fn endpoints(base_url: &str) -> Endpoints {
        let base = base_url.trim_end_matches('/');
        Endpoints {
            authorize_url: format!("{base}/o/oauth2/v2/auth"),
            token_url: format!("{base}/token"),
            revoke_url: Some(format!("{base}/revoke")),
            userinfo_url: format!("{base}/v1/userinfo"),
            api_url: format!("{base}/calendar/v3"),
        }
    }

    /// Fault script, request log, totals and violations.
    #[must_use]
    pub fn desk(&self) -> &Arc<Desk> {
        &self.sim.desk
    }

    /// Changes settings while it runs.
    pub fn configure(&self, change: impl FnOnce(&mut Config)) {
        change(&mut crate::lock(&self.sim.config));
    }

    /// Lets a client ask for consent with this redirect URI; a known client gets it as one more.
    pub fn register_client(&self, id: &str, secret: &str, redirect_uri: &str) {
        let mut config = crate::lock(&self.sim.config);
        let known = config.clients.iter_mut().find(|c| c.id == id);
        if let Some(client) = known {
            client.secret = secret.to_owned();
            client.redirect_uris.push(redirect_uri.to_owned());
            return;
        }
        config.clients.push(Client {
            id: id.to_owned(),
            secret: secret.to_owned(),
            redirect_uris: vec![redirect_uri.to_owned()],
        });
    }

    /// Takes all push notifications queued so far, oldest first.
    #[must_use]
    pub fn take_deliveries(&self) -> Vec<Delivery> {
        std::mem::take(&mut self.sim.lock().deliveries)
    }
}
