//! All simulators together, each on a listener of its own: what `daybook demo` and `daybook sandbox` start.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::caldav::{CalDavSim, Profile};
use crate::clock::{RealClock, SandboxClock};
use crate::google::{self, GoogleSim};
use crate::microsoft::{self, Courier, MicrosoftSim};
use crate::serve::serve;
use crate::slack::{self, SlackSim};

/// How often queued change notifications are posted.
const DELIVERY: Duration = Duration::from_millis(250);

/// What to start. The default is the demo world on the machine's clock, on free ports.
#[derive(Debug, Clone)]
pub struct Sandbox {
    /// Shared by all simulators.
    pub clock: Arc<dyn SandboxClock>,
    /// Settings of the Google simulator.
    pub google: google::Config,
    /// Settings of the Microsoft simulator.
    pub microsoft: microsoft::Config,
    /// Contents of the Google simulator; anything but `Empty` seeds CalDAV too, `Demo` seeds Microsoft and Slack too.
    pub seed: google::Seed,
    /// Who carries Microsoft's validation requests and notifications; without one nobody can subscribe.
    pub courier: Option<Arc<dyn Courier>>,
    /// Which server the CalDAV simulator behaves like.
    pub caldav: Profile,
    /// Port of the Google simulator; 0 takes a free one.
    pub google_port: u16,
    /// Port of the CalDAV simulator; 0 takes a free one.
    pub caldav_port: u16,
    /// Port of the Microsoft simulator; 0 takes a free one.
    pub microsoft_port: u16,
    /// Settings of the Slack simulator.
    pub slack: slack::Config,
    /// Who posts Slack's commands, interactions and events; without one nothing reaches the app.
    pub slack_courier: Option<Arc<dyn slack::Courier>>,
    /// Port of the Slack simulator; 0 takes a free one.
    pub slack_port: u16,
}

impl Default for Sandbox {
    fn default() -> Self {
        Self {
            clock: Arc::new(RealClock::new()),
            google: google::Config::default(),
            microsoft: microsoft::Config::default(),
            courier: None,
            seed: google::Seed::Demo,
            caldav: Profile::ALL[0],
            google_port: 0,
            caldav_port: 0,
            microsoft_port: 0,
            slack: slack::Config::default(),
            slack_courier: None,
            slack_port: 0,
        }
    }
}

/// Running simulators. Dropping it ends them and cuts their connections.
#[derive(Debug)]
pub struct Running {
    /// `http://127.0.0.1:PORT`; see [`GoogleSim::endpoints`].
    pub google_base: String,
    /// `http://127.0.0.1:PORT`
    pub caldav_base: String,
    /// `http://127.0.0.1:PORT`; see [`MicrosoftSim::endpoints`].
    pub microsoft_base: String,
    /// `http://127.0.0.1:PORT`; see [`SlackSim::endpoints`].
    pub slack_base: String,
    /// To script faults, register clients, change events.
    pub google: GoogleSim,
    /// To script faults and change resources.
    pub caldav: CalDavSim,
    /// To script faults, register clients, change events.
    pub microsoft: MicrosoftSim,
    /// To script faults, register apps, act as people.
    pub slack: SlackSim,
    tasks: JoinSet<io::Result<()>>,
}

impl Sandbox {
    /// Opens the listeners on `bind` and serves until the answer is dropped.
    ///
    /// # Errors
    /// When a port is taken or the CalDAV seed does not fit.
    pub async fn start(self, bind: IpAddr) -> io::Result<Running> {
        let caldav = CalDavSim::new(self.clock.clone(), self.google.rng_seed, self.caldav);
        if self.seed != google::Seed::Empty {
            caldav.seed_demo().map_err(io::Error::other)?;
        }
        let google = GoogleSim::new(self.google, self.clock.clone(), self.seed);
        let (seed, slack_seed) = match self.seed {
            google::Seed::Demo => (microsoft::Seed::Demo, slack::Seed::Demo),
            _ => (microsoft::Seed::Empty, slack::Seed::Empty),
        };
        let microsoft = MicrosoftSim::new(self.microsoft, self.clock.clone(), seed);
        let slack = SlackSim::new(self.slack, self.clock, slack_seed);
        let mut tasks = JoinSet::new();
        let google_at = (bind, self.google_port).into();
        let google_base = open(&mut tasks, google_at, google.router()).await?;
        let caldav_at = (bind, self.caldav_port).into();
        let caldav_base = open(&mut tasks, caldav_at, caldav.router()).await?;
        let microsoft_at = (bind, self.microsoft_port).into();
        let microsoft_base = open(&mut tasks, microsoft_at, microsoft.router()).await?;
        let slack_at = (bind, self.slack_port).into();
        let slack_base = open(&mut tasks, slack_at, slack.router()).await?;
        slack.configure(|config| {
            let own = config.public_url.get_or_insert_default();
            if own.is_empty() {
                own.clone_from(&slack_base);
            }
        });
        if let Some(courier) = self.slack_courier {
            slack.set_courier(courier);
            tasks.spawn(deliver_events(slack.clone()));
        }
        if let Some(courier) = self.courier {
            microsoft.set_courier(courier);
            tasks.spawn(deliver(microsoft.clone()));
        }
        Ok(Running {
            google_base,
            caldav_base,
            microsoft_base,
            slack_base,
            google,
            caldav,
            microsoft,
            slack,
            tasks,
        })
    }
}

impl Running {
    /// Waits until a listener fails; until then it never returns.
    ///
    /// # Errors
    /// What the listener failed with.
    pub async fn wait(&mut self) -> io::Result<()> {
        match self.tasks.join_next().await {
            Some(Ok(result)) => result,
            Some(Err(error)) => Err(io::Error::other(error)),
            None => Ok(()),
        }
    }
}

async fn open(
    tasks: &mut JoinSet<io::Result<()>>,
    address: SocketAddr,
    router: Router,
) -> io::Result<String> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    tasks.spawn(serve(listener, router));
    Ok(format!("http://{address}"))
}

async fn deliver(microsoft: MicrosoftSim) -> io::Result<()> {
    loop {
        tokio::time::sleep(DELIVERY).await;
        microsoft.deliver().await;
    }
}

async fn deliver_events(slack: SlackSim) -> io::Result<()> {
    loop {
        tokio::time::sleep(DELIVERY).await;
        slack.deliver().await;
    }
}
