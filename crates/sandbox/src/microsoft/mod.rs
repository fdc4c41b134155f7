//! A simulated Microsoft 365: Entra ID's OAuth with a consent page, Graph calendars, and a page for people to change
//! their events.
//!
//! Paths under the base URL: `/{tenant}/oauth2/v2.0/authorize`, `/{tenant}/oauth2/v2.0/token`, `/v1.0/…`,
//! `/oidc/userinfo`, the people page at `/`, and the control surface at `/_sandbox/…`. Source: the Microsoft contract.
//! Invitations are not carried from one mailbox here to another, and nothing runs at a client's pace: notifications
//! leave when `MicrosoftSim::deliver` is called.

mod batch;
mod call;
mod config;
mod control;
mod courier;
mod errors;
mod events;
mod gate;
mod me;
mod oauth;
mod oracle;
mod pages;
mod prefer;
mod schedule;
mod scopes;
pub mod seed;
mod state;
mod subscriptions;
mod wire;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;

pub use config::{Client, Config, DeltaOddities, PushOddities, Reset, Rotation, ScopeStyle};
pub use courier::{Courier, Replied, Reply};
pub use oracle::{OracleInstance, Person};
pub use seed::Seed;
pub use state::Account;
pub use subscriptions::Notification;

use crate::clock::SandboxClock;
use crate::endpoints::Endpoints;
use crate::fault::{Desk, wrap};
use crate::spec::Spec;
use errors::MicrosoftDialect;
use state::State;

/// A simulated Microsoft 365. Clones share one state.
#[derive(Debug, Clone)]
pub struct MicrosoftSim {
    sim: Arc<Sim>,
}

#[derive(Debug)]
struct Sim {
    config: Mutex<Config>,
    state: Mutex<State>,
    courier: Mutex<Option<Arc<dyn Courier>>>,
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

    fn courier(&self) -> Option<Arc<dyn Courier>> {
        crate::lock(&self.courier).clone()
    }
}

impl MicrosoftSim {
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
            courier: Mutex::new(None),
            desk,
            spec,
        };
        Self { sim: Arc::new(sim) }
    }

    /// The whole service. In-process callers must look for [`crate::fault::TransportFault`] in response extensions.
    pub fn router(&self) -> Router {
        let graph = Router::new()
            .merge(me::routes())
            .merge(events::routes())
            .merge(schedule::routes())
            .merge(subscriptions::routes())
            .fallback(call::unknown)
            .method_not_allowed_fallback(call::unknown);
        let graph = Router::new()
            .nest("/v1.0", graph)
            .route("/oidc/userinfo", get(me::userinfo))
            .layer(from_fn_with_state(self.sim.clone(), gate::pass))
            .with_state(self.sim.clone());
        let faulty =
            |router: Router| wrap(router, self.sim.desk.clone(), Arc::new(MicrosoftDialect));
        let batch = batch::routes(self.sim.clone(), faulty(graph.clone()));
        let oauth = oauth::routes().with_state(self.sim.clone());
        // The people page and the delivery queue are ours, not the provider's: faults leave them alone.
        faulty(graph.merge(batch).merge(oauth)).merge(
            Router::new()
                .route("/_sandbox/deliveries", get(subscriptions::take))
                .merge(control::routes())
                .merge(pages::routes())
                .with_state(self.sim.clone()),
        )
    }

    /// The service's URLs under `base_url` (`http://127.0.0.1:4110`) for a tenant (`common`, `organizations`, …).
    #[must_use]
    pub fn endpoints(base_url: &str, tenant: &str) -> Endpoints {
        let base = base_url.trim_end_matches('/');
        Endpoints {
            authorize_url: format!("{base}/{tenant}/oauth2/v2.0/authorize"),
            token_url: format!("{base}/{tenant}/oauth2/v2.0/token"),
            revoke_url: None,
            userinfo_url: format!("{base}/oidc/userinfo"),
            api_url: format!("{base}/v1.0"),
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

    /// Who posts validation requests and notifications. Without one no subscription can be made.
    pub fn set_courier(&self, courier: Arc<dyn Courier>) {
        *crate::lock(&self.sim.courier) = Some(courier);
    }

    /// Lets an application ask for consent with this redirect URI; a known one gets it as one more.
    pub fn register_client(&self, id: &str, secret: &str, redirect_uri: &str) {
        let mut config = crate::lock(&self.sim.config);
        let known = config.clients.iter_mut().find(|c| c.id == id);
        if let Some(client) = known {
            client.secret = secret.to_owned();
            client.redirect_uris.push(redirect_uri.to_owned());
            return;
        }
        config.clients.push(Client::new(id, secret, redirect_uri));
    }
}
