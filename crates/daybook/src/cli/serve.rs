//! `serve` and `worker`: run until told to stop, then finish what was begun.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use daybook_engine::accounts::setup;
use daybook_engine::jobs::{self, Runner, RunnerOptions};
use daybook_engine::{Context, Settings, slack};
use daybook_server::listener::{self, Limits};
use daybook_server::{App, HttpSettings};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::terminal::Terminal;
use crate::config::Config;
use crate::wire;

/// How long running jobs get after the stop; detached refreshes go on meanwhile.
const GRACE: Duration = Duration::from_secs(20);
/// How much longer detached refreshes get: together less than the 30 s after which an init system kills.
const LAST_GRACE: Duration = Duration::from_secs(8);

/// What this process does.
#[derive(Debug, Clone, Copy)]
pub struct Roles {
    /// Serves HTTP.
    pub door: bool,
    /// Does background work.
    pub worker: bool,
}

/// Runs until SIGINT or SIGTERM.
///
/// # Errors
/// When the database or the address cannot be used.
pub async fn run(config: &Config, roles: Roles, terminal: &Terminal) -> Result<()> {
    let cx = super::ready(config).await?;
    let listener = if roles.door {
        Some(listen(config).await?)
    } else {
        None
    };
    let stop = CancellationToken::new();
    tokio::spawn(signals(stop.clone()));
    until_stopped(config, cx, listener, roles.worker, stop, terminal).await
}

/// Opens the address, before anything is promised.
///
/// # Errors
/// With the address, and what to do, when it is taken.
pub async fn listen(config: &Config) -> Result<TcpListener> {
    TcpListener::bind(config.bind).await.with_context(|| format!("cannot listen on {}: choose another address with DAYBOOK_BIND or --bind, or stop what uses it", config.bind))
}

/// Serves and works until `stop`, then drains: no new requests, running jobs finish or are handed back, refreshes end.
///
/// # Errors
/// When the database cannot be read.
pub async fn until_stopped(
    config: &Config,
    mut cx: Context,
    listener: Option<TcpListener>,
    worker: bool,
    stop: CancellationToken,
    terminal: &Terminal,
) -> Result<()> {
    let _hold = hold(config)?;
    jobs::ensure_schedule(&cx).await?;
    if worker {
        jobs::take_over(&cx).await?;
    }
    let runner = worker.then(|| {
        Runner::new(
            cx.clone(),
            RunnerOptions {
                width: config.workers,
                grace: GRACE,
                ..RunnerOptions::default()
            },
        )
    });
    let work = runner.map(|runner| tokio::spawn(runner.run(stop.clone())));
    if worker {
        tokio::spawn(slack::seed::watch(cx.clone(), stop.clone()));
        tokio::spawn(slack::socket::listen(cx.clone(), stop.clone()));
    }
    if let Some(listener) = listener {
        let address = listener.local_addr()?;
        let base_url = reached_at(config, address);
        cx.settings = Arc::new(Settings {
            base_url,
            ..(*cx.settings).clone()
        });
        let app = app(config, &cx, &stop);
        announce(config, &cx, &app, terminal).await?;
        let limits = Limits {
            connections: config.max_connections,
            ..Limits::default()
        };
        listener::serve(
            listener,
            daybook_server::router(app),
            limits,
            stop.clone().cancelled_owned(),
        )
        .await;
    } else {
        tracing::info!("working in the background");
        stop.cancelled().await;
    }
    if let Some(work) = work {
        work.await.ok();
    }
    cx.detached.close();
    tokio::time::timeout(LAST_GRACE, cx.detached.wait())
        .await
        .ok();
    if let Err(error) = jobs::let_go(&cx).await {
        tracing::warn!(%error, "leases were not given back; they run out by themselves");
    }
    cx.store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Keeps `restore` away from a SQLite file while this process uses it.
fn hold(config: &Config) -> Result<Option<wire::hold::Hold>> {
    wire::sqlite_file(config.database_url.expose_secret())
        .map(|file| wire::hold::shared(&file))
        .transpose()
}

/// The configured address of this server, or, when it follows from the bind address and the system chose the port, that one.
fn reached_at(config: &Config, address: std::net::SocketAddr) -> url::Url {
    let mut url = config.base_url.clone();
    if config.bind.port() == 0 && config.values.text("base_url").is_none() {
        url.set_port(Some(address.port())).ok();
    }
    url
}

fn app(config: &Config, cx: &Context, stop: &CancellationToken) -> App {
    let settings = HttpSettings {
        trusted_proxies: config
            .trusted_proxies
            .iter()
            .filter_map(|network| network.parse().ok())
            .collect(),
        setup_token: Some(
            config
                .setup_token
                .clone()
                .unwrap_or_else(|| random_token(cx)),
        ),
        metrics_token: config.metrics_token.clone(),
        ..HttpSettings::default()
    };
    let mut app = App::new(cx.clone(), settings);
    app.metrics = metrics_handle();
    app.stopping = stop.clone();
    app
}

fn random_token(cx: &Context) -> SecretString {
    let mut bytes = [0; 18];
    cx.ids.fill(&mut bytes);
    SecretString::from(URL_SAFE_NO_PAD.encode(bytes))
}

/// The process's metrics; `None` when they were started before, which only tests do.
fn metrics_handle() -> Option<PrometheusHandle> {
    PrometheusBuilder::new().install_recorder().ok()
}

async fn announce(config: &Config, cx: &Context, app: &App, terminal: &Terminal) -> Result<()> {
    let url = cx.settings.base_url.as_str().trim_end_matches('/');
    tracing::info!(bind = %config.bind, url, "serving");
    if setup::is_needed(cx).await? {
        terminal.note(format!(
            "Nobody has an account here yet. Open {url}/setup to create the first one."
        ));
        if let (false, Some(token)) = (config.bind.ip().is_loopback(), &app.http.setup_token) {
            terminal.note(format!(
                "From another machine it asks for this token: {}",
                secrecy::ExposeSecret::expose_secret(token)
            ));
        }
    }
    Ok(())
}

/// Cancels `stop` at the first SIGINT or SIGTERM.
pub async fn signals(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return tracing::warn!("stop signals cannot be caught; the process ends without draining");
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping: no new requests, finishing what was begun");
    stop.cancel();
}
