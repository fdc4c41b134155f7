//! `sandbox`: only the provider simulators, for a server that is started apart.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use daybook_sandbox::caldav::{DEMO_PASSWORD, DEMO_USER};
use daybook_sandbox::google::GoogleSim;
use daybook_sandbox::microsoft::MicrosoftSim;
use daybook_sandbox::slack::{App, SlackSim};
use daybook_sandbox::{Running, Sandbox};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::args;
use super::serve::signals;
use super::terminal::Terminal;
use crate::wire::EgressCourier;

/// The OAuth client that the simulated providers know.
pub(super) const CLIENT_ID: &str = "daybook-sandbox";
/// Its secret; made up, not a secret.
pub(super) const CLIENT_SECRET: &str = "sandbox-client-secret";

pub(super) async fn run(ask: &args::Sandbox, terminal: &Terminal) -> Result<()> {
    let sandbox = Sandbox {
        google_port: ask.port,
        caldav_port: if ask.port == 0 { 0 } else { ask.port + 1 },
        microsoft_port: if ask.port == 0 { 0 } else { ask.port + 2 },
        slack_port: if ask.port == 0 { 0 } else { ask.port + 3 },
        ..Sandbox::default()
    };
    let mut running = start(sandbox, &ask.server).await?;
    let env = environment(&running);
    let result = json!({"google": running.google_base, "caldav": running.caldav_base, "microsoft": running.microsoft_base, "slack": running.slack_base, "caldav_user": DEMO_USER, "caldav_password": DEMO_PASSWORD, "environment": env.iter().map(|(k, v)| (k.clone(), v.clone())).collect::<std::collections::BTreeMap<_, _>>()});
    terminal.result(&result, || {
        let exports: Vec<String> = env.iter().map(|(name, value)| format!("export {name}={value}")).collect();
        format!(
            "Simulators are running. Google's people and their events: {}\nMicrosoft's people and their events: {}\nSlack's people and what they type: {}\nCalDAV: {} (user {DEMO_USER}, password {DEMO_PASSWORD})\n\nStart the server with:\n{}\ndaybook serve",
            running.google_base,
            running.microsoft_base,
            running.slack_base,
            running.caldav_base,
            exports.join("\n")
        )
    })?;
    let stop = CancellationToken::new();
    tokio::spawn(signals(stop.clone()));
    tokio::select! {
        () = stop.cancelled() => Ok(()),
        ended = running.wait() => Ok(ended?),
    }
}

/// Starts simulators that know the server at `server`.
pub(super) async fn start(mut sandbox: Sandbox, server: &str) -> Result<Running> {
    sandbox.courier = Some(Arc::new(EgressCourier::new()?));
    sandbox.slack_courier = Some(Arc::new(EgressCourier::new()?));
    let running = sandbox
        .start(IpAddr::V4(Ipv4Addr::LOCALHOST))
        .await
        .context("the simulators cannot start: choose other ports with --port")?;
    let redirect = |provider: &str| {
        let server = server.trim_end_matches('/');
        format!("{server}/api/v1/integrations/{provider}/callback")
    };
    let (google, microsoft) = (redirect("google"), redirect("microsoft"));
    running
        .google
        .register_client(CLIENT_ID, CLIENT_SECRET, &google);
    running
        .microsoft
        .register_client(CLIENT_ID, CLIENT_SECRET, &microsoft);
    running
        .slack
        .register_app(App::daybook(CLIENT_ID, CLIENT_SECRET, server));
    Ok(running)
}

/// The settings with which a server talks to the simulators.
pub(super) fn environment(running: &Running) -> Vec<(String, String)> {
    let app = App::daybook(CLIENT_ID, CLIENT_SECRET, "");
    let google = GoogleSim::endpoints(&running.google_base);
    let microsoft = MicrosoftSim::endpoints(&running.microsoft_base, "common");
    let slack = SlackSim::endpoints(&running.slack_base);
    [
        ("DAYBOOK_ALLOW_PRIVATE_TARGETS", "true".to_owned()),
        ("GOOGLE_CLIENT_ID", CLIENT_ID.to_owned()),
        ("GOOGLE_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        ("MICROSOFT_CLIENT_ID", CLIENT_ID.to_owned()),
        ("MICROSOFT_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        ("SLACK_CLIENT_ID", CLIENT_ID.to_owned()),
        ("SLACK_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        ("SLACK_APP_ID", app.id),
        ("SLACK_SIGNING_SECRET", app.signing_secret),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .chain(google.settings("GOOGLE"))
    .chain(microsoft.settings("MICROSOFT"))
    .chain(slack.settings("SLACK"))
    .collect()
}
