//! A simulated Slack: installation by OAuth, the Web API, slash commands, buttons, modals, the Home tab, events, Socket Mode, and a page
//! where a person plays a Slack user.
//!
//! Paths under the base URL: `/oauth/v2/authorize`, `/api/{method}`, `/response/{token}` (what Slack keeps at `hooks.slack.com`), `/link`
//! (Socket Mode), the people page at `/`, and the control surface at `/_sandbox/…`. Source: the Slack contract. The simulator opens no
//! connection itself: a [`Courier`] posts its signed requests, and events leave when [`SlackSim::deliver`] is called.

mod blocks;
mod call;
mod config;
mod courier;
mod errors;
mod limits;
mod methods;
mod mrkdwn;
mod oauth;
mod oracle;
mod outbound;
mod pages;
mod response;
pub mod seed;
mod sign;
mod socket;
mod state;

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::routing::{any, get, post};
use tokio::sync::Notify;

pub use blocks::{Surface, problems};
pub use config::{App, Config, Disconnect, Tamper};
pub use courier::{Answer, Answering, Courier, Outgoing};
pub use mrkdwn::{links, mentions};
pub use oracle::{Exchange, Shown};
pub use seed::Seed;
pub use sign::{sign, timestamp_of};
pub use state::Attempt;

use crate::clock::SandboxClock;
use crate::endpoints::Endpoints;
use crate::fault::{Desk, wrap};
use crate::spec::Spec;
use errors::SlackDialect;
use socket::Sockets;
use state::State;

/// A simulated Slack. Clones share one state.
#[derive(Debug, Clone)]
pub struct SlackSim {
    sim: Arc<Sim>,
}

#[derive(Debug)]
struct Sim {
    config: Mutex<Config>,
    state: Mutex<State>,
    courier: Mutex<Option<Arc<dyn Courier>>>,
    sockets: Sockets,
    /// Rings whenever something was posted, opened or published.
    changed: Notify,
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

impl SlackSim {
    /// A simulator with the seed's workspaces and people.
    #[must_use]
    pub fn new(config: Config, clock: Arc<dyn SandboxClock>, seed: Seed) -> Self {
        let mut state = State::new(config.rng_seed);
        seed.plant(&mut state);
        let spec = config.spec_path.as_deref().and_then(Spec::read);
        let desk = Arc::new(Desk::new(clock, config.rng_seed));
        let sim = Sim {
            config: Mutex::new(config),
            state: Mutex::new(state),
            courier: Mutex::new(None),
            sockets: Sockets::default(),
            changed: Notify::new(),
            desk,
            spec,
        };
        Self { sim: Arc::new(sim) }
    }

    /// The whole service. In-process callers must look for [`crate::fault::TransportFault`] in response extensions.
    pub fn router(&self) -> Router {
        let service = Router::new()
            .route("/api/{method}", any(methods::any))
            .route("/response/{token}", post(response::take))
            .merge(oauth::routes())
            .with_state(self.sim.clone());
        // The people page and the socket are not hit by faults: the page is ours, the socket has switches of its own.
        wrap(service, self.sim.desk.clone(), Arc::new(SlackDialect)).merge(
            Router::new()
                .route("/link", get(socket::link))
                .merge(pages::routes())
                .with_state(self.sim.clone()),
        )
    }

    /// The service's URLs under `base_url` (`http://127.0.0.1:4130`).
    #[must_use]
    pub fn endpoints(base_url: &str) -> Endpoints {
        let base = base_url.trim_end_matches('/');
        Endpoints {
            authorize_url: format!("{base}/oauth/v2/authorize"),
            token_url: format!("{base}/api/oauth.v2.access"),
            revoke_url: None,
            userinfo_url: format!("{base}/api/auth.test"),
            api_url: format!("{base}/api"),
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

    /// Who posts commands, interactions and events.
    pub fn set_courier(&self, courier: Arc<dyn Courier>) {
        *crate::lock(&self.sim.courier) = Some(courier);
    }

    /// Makes an app known; one with the same client id is replaced.
    pub fn register_app(&self, app: App) {
        let mut config = crate::lock(&self.sim.config);
        config.apps.retain(|known| known.client_id != app.client_id);
        config.apps.push(app);
    }
}
