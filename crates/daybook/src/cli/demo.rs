//! `demo`: a whole Daybook in a temporary folder, with simulated providers and sample people, and nothing else to set up.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use daybook_domain::account::{EmailAddress, Role};
use daybook_engine::accounts::provision::{self, Error, Provision};
use daybook_engine::jobs::sync_calendar::{self, When};
use daybook_engine::{Context, Once, Outcome, Principal, clients, projects};
use daybook_sandbox::caldav::{DEMO_PASSWORD, DEMO_USER};
use daybook_sandbox::{Running, Sandbox};
use daybook_store as store;
use secrecy::SecretString;
use serde_json::json;
use store::clients::NewClient;
use store::projects::NewProject;
use tokio_util::sync::CancellationToken;

use super::args::{self, Cli};
use super::serve::{listen, signals, until_stopped};
use super::terminal::Terminal;
use super::{logging, sandbox};
use crate::config::{self, Config};

/// Who signs in.
const EMAIL: &str = "ada@northwind.example";
/// With this; made up, not a secret.
const PASSWORD: &str = "ledger-of-hours";
/// Where.
const WORKSPACE: &str = "Northwind Studio";
/// How often the demo polls: the real thing listens to push or waits for the interval.
const POLL: Duration = Duration::from_secs(4);

pub(super) async fn run(ask: &args::Demo, cli: &Cli, terminal: &Terminal) -> Result<()> {
    let temporary = tempfile::Builder::new()
        .prefix("daybook-demo-")
        .tempdir()
        .context("no temporary folder can be made")?;
    let folder: PathBuf = ask
        .keep
        .clone()
        .unwrap_or_else(|| temporary.path().to_owned());
    let (mut config, listener) = address(cli, &folder).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let running = sandbox::start(Sandbox::default(), &url).await?;
    config = with_simulators(ask, cli, (folder.as_path(), url.as_str()), &running)?
        .with_bind(config.bind);
    logging::start(&config);
    let cx = super::ready(&config).await?;
    people(&cx).await?;
    let stop = CancellationToken::new();
    tokio::spawn(signals(stop.clone()));
    tokio::spawn(stop.clone().run_until_cancelled_owned(poll(cx.clone())));
    say(terminal, &url, &running, ask.keep.as_deref())?;
    until_stopped(&config, cx, Some(listener), true, stop, terminal).await
}

/// Opens the address first: everything else needs to know the port.
async fn address(cli: &Cli, folder: &Path) -> Result<(Config, tokio::net::TcpListener)> {
    let named: Vec<(&'static str, String)> = match (&cli.bind, std::env::var("DAYBOOK_BIND")) {
        (None, Ok(bind)) => vec![("bind", bind)],
        _ => Vec::new(),
    };
    let config = Config::from_values(config::load(
        &flags(cli, folder, &named),
        &BTreeMap::new(),
        None,
    )?)?;
    let anywhere = cli.bind.is_none() && named.is_empty();
    let listener = match (anywhere, listen(&config).await) {
        // The usual port is taken by somebody else: a demo takes another one.
        (true, Err(_)) => listen(&config.clone().with_bind(([127, 0, 0, 1], 0).into())).await?,
        (_, opened) => opened?,
    };
    Ok((config, listener))
}

/// The settings of a demo in a folder, at an address.
fn with_simulators(
    ask: &args::Demo,
    cli: &Cli,
    (folder, url): (&Path, &str),
    running: &Running,
) -> Result<Config> {
    let env: BTreeMap<String, String> = sandbox::environment(running).into_iter().collect();
    let mut more = vec![("base_url", url.to_owned())];
    more.extend(ask.smtp_url.clone().map(|server| ("smtp_url", server)));
    let values = config::load(&flags(cli, folder, &more), &env, None)?;
    Ok(Config::from_values(values)?)
}

/// Its own flags and where it listens aside, a demo ignores the environment and the configuration file: it shows what is in the box.
fn flags(cli: &Cli, folder: &Path, more: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
    let mut flags = vec![("data_dir", folder.display().to_string())];
    flags.extend(
        cli.flags()
            .into_iter()
            .filter(|(key, _)| matches!(*key, "bind" | "log")),
    );
    if cli.log.is_none() {
        flags.push(("log", "warn".to_owned()));
    }
    flags.extend(more.iter().cloned());
    flags
}

fn say(terminal: &Terminal, url: &str, running: &Running, kept: Option<&Path>) -> Result<()> {
    let result = json!({"url": url, "email": EMAIL, "password": PASSWORD, "google": running.google_base, "caldav": running.caldav_base, "microsoft": running.microsoft_base, "slack": running.slack_base, "caldav_user": DEMO_USER, "caldav_password": DEMO_PASSWORD});
    terminal.result(&result, || {
        let place = kept.map_or_else(|| "a temporary folder that goes when you stop it".to_owned(), |folder| folder.display().to_string());
        format!(
            "Daybook demo: {url}\n  sign in as   {EMAIL}\n  password     {PASSWORD}\n\n  Simulated Google (change events here)     {}\n  Simulated Microsoft (change events here)  {}\n  Simulated Slack (type /time here)         {}\n  Simulated CalDAV server                   {}  user {DEMO_USER}, password {DEMO_PASSWORD}\n\nData is in {place}. Stop with Ctrl-C.",
            running.google_base, running.microsoft_base, running.slack_base, running.caldav_base
        )
    })
}

/// The sample workspace. In a kept folder it is there already the second time.
async fn people(cx: &Context) -> Result<()> {
    let email: EmailAddress = EMAIL.parse()?;
    let ask = |email: EmailAddress, name: &str, role: Role, password: Option<&str>| Provision {
        email,
        name: name.to_owned(),
        workspace: WORKSPACE.to_owned(),
        role,
        password: password.map(SecretString::from),
        reset_password: false,
    };
    match provision::user(
        cx,
        ask(email.clone(), "Ada Marsh", Role::Owner, Some(PASSWORD)),
    )
    .await
    {
        Err(Error::MemberAlready(_) | Error::HasPassword(_)) => return Ok(()),
        other => other?,
    };
    provision::user(
        cx,
        ask(
            "bo@northwind.example".parse()?,
            "Bo Lindqvist",
            Role::Member,
            Some(PASSWORD),
        ),
    )
    .await?;
    let who = provision::operator(cx, &email, None).await?;
    work(cx, &who).await
}

/// Clients and projects to bill to.
async fn work(cx: &Context, who: &Principal) -> Result<()> {
    for (name, color, project, rate) in [
        ("Peckham & Co", "#066a60", "Website relaunch", 9500),
        ("Harbour Foods", "#a65f00", "Retainer", 11000),
        ("Lumen Energy", "#5b4bb7", "Design system", 12500),
    ] {
        let new = NewClient {
            name: name.to_owned(),
            currency: Some("EUR".to_owned()),
            color: Some(color.to_owned()),
            ..NewClient::default()
        };
        let Outcome::Fresh(client) = clients::create(cx, who, new, &Once::never()).await? else {
            continue;
        };
        let new = NewProject {
            client_id: Some(client.id),
            name: project.to_owned(),
            color: Some(color.to_owned()),
            currency: Some("EUR".to_owned()),
            hourly_rate_minor: Some(rate),
            billable: true,
        };
        projects::create(cx, who, new, &Once::never()).await?;
    }
    Ok(())
}

/// Polls every few seconds, so that a change at a simulator's page shows while somebody looks.
async fn poll(cx: Context) {
    loop {
        tokio::time::sleep(POLL).await;
        if let Err(error) = poll_once(&cx).await {
            tracing::debug!(%error, "the demo's poll failed; trying again");
        }
    }
}

async fn poll_once(cx: &Context) -> store::Result<()> {
    let mut tx = cx.store.write().await?;
    for workspace in store::workspaces::list_all(&mut tx).await? {
        for calendar in store::calendars::all_enabled(&mut tx, workspace.id).await? {
            // The first sync has a job already.
            if calendar.last_sync_at.is_some() {
                sync_calendar::enqueue(&mut tx, workspace.id, calendar.id, false, When::Now)
                    .await?;
            }
        }
    }
    tx.commit().await
}
