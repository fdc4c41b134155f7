//! What every use case is given: the store, the clock, the providers and the way out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use daybook_domain::{Clock, Ids};
use daybook_provider_api::{Egress, Registry, oidc};
use daybook_store::Store;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::connections::gates::Gates;
use crate::mail::Mailer;
use crate::{live, push};

/// Everything a use case may touch. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// Where facts are kept.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Fresh ids and random bytes.
    pub ids: Arc<dyn Ids>,
    /// The providers of this installation.
    pub registry: Arc<Registry>,
    /// The way out.
    pub egress: Arc<Egress>,
    /// Who is watching.
    pub live: live::Bus,
    /// How to wait.
    pub pause: Arc<dyn Pause>,
    /// This installation's settings.
    pub settings: Arc<Settings>,
    /// This process, in leases and logs.
    pub node: Arc<str>,
    /// Who of this process waits for which token refresh.
    pub refreshes: Arc<Gates>,
    /// Notices of changes that this process is about to write down.
    pub notices: Arc<push::Together>,
    /// Work that must outlive the request that started it, such as a token refresh: a shutdown waits for it.
    pub detached: TaskTracker,
}

/// Settings that use cases need.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people reach this server, without a trailing slash in its path.
    pub base_url: Url,
    /// Where the front end lives, if not here: its origin is an allowed return address.
    pub frontend_url: Option<Url>,
    /// Single sign-on, where the operator has set it up.
    pub oidc: Option<oidc::Client>,
    /// Whether private addresses and plain HTTP are allowed for CalDAV servers (tests).
    pub allow_private_targets: bool,
    /// Servers of password providers that usually have a fixed one, where the operator says otherwise, by provider.
    pub server_urls: BTreeMap<String, String>,
    /// Whether providers can reach `base_url`, so that they are asked to tell us of changes ([`crate::push::reachable`]).
    pub push: bool,
    /// Carries e-mail, where a mail server is configured.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// What invoices are printed with.
    pub fonts: Arc<daybook_paper::Fonts>,
    /// How long a synchronous sync request may take before it is handed to a job (SPEC §2.3).
    pub sync_patience: Duration,
    /// How long a refresh lease lasts: twice the token endpoint's time-out (R5).
    pub refresh_lease: Duration,
    /// How long a calendar's sync lease lasts without being extended: each page extends it, and so long a node that was killed
    /// keeps the others from its calendar. As long as a job's. A page that takes longer is still written, unless somebody else
    /// took over meanwhile, which the fence tells.
    pub sync_lease: Duration,
}

impl Settings {
    /// The defaults, for a server at `base_url`.
    #[must_use]
    pub fn at(base_url: Url) -> Self {
        Self {
            push: push::reachable(&base_url, false),
            base_url,
            frontend_url: None,
            oidc: None,
            allow_private_targets: false,
            server_urls: BTreeMap::new(),
            mailer: None,
            fonts: Arc::default(),
            sync_patience: Duration::from_secs(25),
            refresh_lease: Duration::from_secs(20),
            sync_lease: Duration::from_secs(60),
        }
    }

    /// Where people open the dashboard.
    #[must_use]
    pub fn dashboard(&self) -> &Url {
        self.frontend_url.as_ref().unwrap_or(&self.base_url)
    }

    /// The address of a page of the dashboard. `path` begins with a slash.
    #[must_use]
    pub fn page(&self, path: &str) -> String {
        page_of(self.dashboard(), path)
    }
}

/// How to wait. Simulations replace it, so that waiting moves their clock instead of taking time.
#[async_trait]
pub trait Pause: Send + Sync {
    /// Waits for about `time`.
    async fn pause(&self, time: Duration);
}

/// Waits in real time.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealPause;

#[async_trait]
impl Pause for RealPause {
    async fn pause(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// The address of a page below `base`. `path` begins with a slash.
#[must_use]
pub fn page_of(base: &Url, path: &str) -> String {
    format!("{}{path}", base.as_str().trim_end_matches('/'))
}
