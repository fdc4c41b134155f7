//! What every handler is given.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use daybook_engine::Context;
use ipnet::IpNet;
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::limits::RateLimits;

/// The server's state. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// What use cases need.
    pub cx: Context,
    /// This server's settings.
    pub http: Arc<HttpSettings>,
    /// How often who may ask.
    pub limits: Arc<RateLimits>,
    /// The numbers behind `/metrics`; `None` turns the page off.
    pub metrics: Option<PrometheusHandle>,
    /// Cancelled when the server shuts down, so that event streams end.
    pub stopping: CancellationToken,
}

impl App {
    /// The state of a server with these settings and nothing spent of its limits.
    #[must_use]
    pub fn new(cx: Context, http: HttpSettings) -> Self {
        Self {
            cx,
            http: Arc::new(http),
            limits: Arc::new(RateLimits::default()),
            metrics: None,
            stopping: CancellationToken::new(),
        }
    }

    /// Whether people reach this server over TLS, as the configured URL says.
    #[must_use]
    pub fn over_https(&self) -> bool {
        self.cx.settings.base_url.scheme() == "https"
    }
}

impl FromRef<App> for Context {
    fn from_ref(app: &App) -> Self {
        app.cx.clone()
    }
}

/// Settings that only the HTTP server needs.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Proxies whose `X-Forwarded-For` is believed (RELIABILITY §3 row 32).
    pub trusted_proxies: Vec<IpNet>,
    /// Asked for by first-run setup from anywhere but this machine.
    pub setup_token: Option<SecretString>,
    /// Asked for by `/metrics` from anywhere but this machine.
    pub metrics_token: Option<SecretString>,
    /// How long a handler may take before its request is given up.
    pub handler_timeout: Duration,
    /// How often an event stream shows that it is alive.
    pub heartbeat: Duration,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            setup_token: None,
            metrics_token: None,
            // Longer than all that one request asks of a provider may take (30 s), so that its failure is what is told.
            handler_timeout: Duration::from_secs(40),
            heartbeat: Duration::from_secs(15),
        }
    }
}
