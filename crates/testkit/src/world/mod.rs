//! The engine in a simulated world.

pub mod connect;
pub mod hook;
mod image;
mod settings;
mod simulators;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use daybook_domain::account::Role;
use daybook_domain::clock::SeededIds;
use daybook_domain::{CalendarId, Ids};
use daybook_engine::{Context, Principal, Settings, jobs, live, sync};
use daybook_provider_api::egress::EgressConfig;
use daybook_provider_api::{Egress, Registry};
use daybook_sandbox::caldav::{CalDavSim, Profile};
use daybook_sandbox::google::{Config, GoogleSim, Seed};
use daybook_sandbox::microsoft::{self, MicrosoftSim};
use daybook_store::crypto::KeyRing;
use daybook_store::test_support::{KEYS, TestDb};
use daybook_store::{Options, Store, members, users, workspaces};
use jiff::Timestamp;
use url::Url;

use crate::clock::SimClock;
use crate::gate::Gate;
use crate::pause::SimPause;
use crate::transport::SimTransport;

/// Where Daybook is reached.
pub const BASE: &str = "http://daybook.test";
/// Where the Google simulator is reached.
pub const GOOGLE: &str = "http://google.test";
/// Where the Microsoft simulator is reached.
pub const MICROSOFT: &str = "http://microsoft.test";
/// Where the CalDAV simulator is reached.
pub const CALDAV: &str = "http://caldav.test";
/// The first person at the simulators of Google and Microsoft.
pub const ADA: &str = "ada@northwind.example";
/// When every world begins.
const BEGIN: &str = "2026-03-04T09:00:00Z";

/// Which database is behind a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Db {
    /// SQLite in memory: one connection.
    Memory,
    /// A SQLite file.
    File,
    /// PostgreSQL, where the environment names one.
    Postgres,
}

/// How a world begins.
#[derive(Debug, Clone)]
pub struct Builder {
    db: Db,
    seed: u64,
    google: Config,
    microsoft: microsoft::Config,
    contents: Seed,
    profile: Profile,
    push: bool,
    tenant: &'static str,
}

/// The engine, with everything around it simulated.
pub struct World {
    /// The engine's context of the first node.
    pub cx: Context,
    /// Everybody's time.
    pub clock: SimClock,
    /// Stops the first node; open to begin with.
    pub gate: Arc<Gate>,
    /// The Google simulator.
    pub google: GoogleSim,
    /// The Microsoft simulator.
    pub microsoft: MicrosoftSim,
    /// The CalDAV simulator.
    pub caldav: CalDavSim,
    seed: u64,
    push: bool,
    registry: Arc<Registry>,
    hosts: BTreeMap<&'static str, Router>,
    db: Option<TestDb>,
}

/// Another process of the same installation.
pub struct Node {
    /// Its context.
    pub cx: Context,
    /// Stops it; open to begin with.
    pub gate: Arc<Gate>,
}

impl Builder {
    /// On this database.
    #[must_use]
    pub fn db(mut self, db: Db) -> Self {
        self.db = db;
        self
    }

    /// Everything random follows from this.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Changes the Google simulator's settings.
    #[must_use]
    pub fn google(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.google);
        self
    }

    /// Changes the Microsoft simulator's settings.
    #[must_use]
    pub fn microsoft(mut self, change: impl FnOnce(&mut microsoft::Config)) -> Self {
        change(&mut self.microsoft);
        self
    }

    /// What is in the Google simulator. By default Ada with an empty calendar.
    #[must_use]
    pub fn contents(mut self, contents: Seed) -> Self {
        self.contents = contents;
        self
    }

    /// Which server the CalDAV simulator imitates.
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Providers are asked to tell of changes. What they say waits in the simulator until a test hands it on.
    #[must_use]
    pub fn push(mut self) -> Self {
        self.push = true;
        self
    }

    /// Whose accounts may connect to Microsoft; by default anybody's (`common`).
    #[must_use]
    pub const fn tenant(mut self, tenant: &'static str) -> Self {
        self.tenant = tenant;
        self
    }

    /// The world; `None` only for PostgreSQL, when there is none.
    pub async fn build(mut self) -> Option<World> {
        let db = match self.db {
            Db::Memory => None,
            Db::File => Some(TestDb::sqlite().await),
            Db::Postgres => Some(TestDb::postgres().await?),
        };
        let clock = SimClock::at(BEGIN.parse().unwrap_or(Timestamp::UNIX_EPOCH));
        let url = db.as_ref().map_or("sqlite::memory:", |db| db.url.as_str());
        let store = open(url, &clock, self.seed).await;
        if db.is_none() {
            must(image::migrate(&store).await);
        }
        let google = simulators::google(&mut self, &clock);
        let microsoft = simulators::microsoft(&mut self, &clock);
        let caldav = CalDavSim::new(Arc::new(clock.clone()), self.seed, self.profile);
        let registry = Arc::new(daybook_providers::registry(&settings::all(self.tenant)));
        let gate = Arc::new(Gate::default());
        let hosts = BTreeMap::from([
            ("google.test", google.router()),
            ("microsoft.test", microsoft.router()),
            ("caldav.test", caldav.router()),
        ]);
        let cx = context(&Parts {
            store,
            clock: &clock,
            registry: &registry,
            hosts: &hosts,
            gate: &gate,
            seed: self.seed,
            push: self.push,
            name: "node-1",
        });
        if self.push {
            microsoft.set_courier(Arc::new(hook::Door(cx.clone())));
        }
        Some(World {
            cx,
            clock,
            gate,
            google,
            microsoft,
            caldav,
            seed: self.seed,
            push: self.push,
            registry,
            hosts,
            db,
        })
    }
}

impl World {
    /// An empty world in memory.
    #[must_use]
    pub fn builder() -> Builder {
        Builder {
            db: Db::Memory,
            seed: 1,
            google: Config::default(),
            microsoft: microsoft::Config::default(),
            contents: Seed::Empty,
            profile: Profile::Radicale,
            push: false,
            tenant: "common",
        }
    }

    /// The same world on every database there is.
    pub async fn on_all(builder: Builder) -> Vec<Self> {
        let mut worlds = Vec::new();
        for db in [Db::Memory, Db::File, Db::Postgres] {
            worlds.extend(builder.clone().db(db).build().await);
        }
        worlds
    }

    /// Another node of this installation: its own limits, circuits and gate. Where the database is more than a piece of
    /// memory it has its own connections too.
    pub async fn node(&self, name: &str) -> Node {
        let seed = self
            .seed
            .wrapping_add(name.bytes().map(u64::from).sum::<u64>());
        let store = match &self.db {
            Some(db) => open(&db.url, &self.clock, seed ^ 0x5eed).await,
            None => self.cx.store.clone(),
        };
        let gate = Arc::new(Gate::default());
        let cx = context(&Parts {
            store,
            clock: &self.clock,
            registry: &self.registry,
            hosts: &self.hosts,
            gate: &gate,
            seed,
            push: self.push,
            name,
        });
        Node { cx, gate }
    }

    /// A person with a workspace of their own.
    pub async fn owner(&self, name: &str) -> Principal {
        let mut tx = must(self.cx.store.write().await);
        let new = workspaces::NewWorkspace {
            name,
            slug: name,
            time_zone: "Europe/Berlin",
            currency: "EUR",
        };
        let workspace = must(workspaces::create(&mut tx, &new).await);
        must(tx.commit().await);
        self.member(&workspace, name, Role::Owner).await
    }

    /// One more person in a workspace.
    pub async fn member(
        &self,
        workspace: &workspaces::Workspace,
        name: &str,
        role: Role,
    ) -> Principal {
        let mut tx = must(self.cx.store.write().await);
        let email = must(format!("{name}@people.example").parse());
        let new = users::NewUser {
            email: &email,
            name,
            password_hash: None,
            time_zone: "Europe/Berlin",
            locale: "en",
        };
        let user = must(users::create(&mut tx, &new).await);
        let member = must(members::create(&mut tx, workspace.id, user.id, role).await);
        must(tx.commit().await);
        Principal::operator(workspace.id, user.id, member.id, role)
    }

    /// The workspace of a principal.
    pub async fn workspace(&self, who: &Principal) -> workspaces::Workspace {
        let mut tx = must(self.cx.store.read().await);
        must(workspaces::get(&mut tx, who.workspace_id).await)
    }

    /// Runs what is due a second later (a database of its own has a clock that trembles); answers how many tries that took.
    pub async fn run_jobs(&self) -> usize {
        self.clock.pass(1);
        must(jobs::run_due(&self.cx).await)
    }

    /// Syncs a calendar incrementally.
    ///
    /// # Errors
    /// As [`sync::run`].
    pub async fn sync(
        &self,
        who: &Principal,
        calendar: CalendarId,
    ) -> Result<daybook_domain::sync::Statistics, sync::Error> {
        self.sync_as(who, calendar, sync::Mode::Incremental).await
    }

    /// Syncs a calendar.
    ///
    /// # Errors
    /// As [`sync::run`].
    pub async fn sync_as(
        &self,
        who: &Principal,
        calendar: CalendarId,
        mode: sync::Mode,
    ) -> Result<daybook_domain::sync::Statistics, sync::Error> {
        let ask = sync::Ask {
            mode,
            by_hand: true,
        };
        sync::run(&self.cx, who.workspace_id, calendar, ask).await
    }
}

struct Parts<'a> {
    store: Store,
    clock: &'a SimClock,
    registry: &'a Arc<Registry>,
    hosts: &'a BTreeMap<&'static str, Router>,
    gate: &'a Arc<Gate>,
    seed: u64,
    push: bool,
    name: &'a str,
}

fn context(parts: &Parts<'_>) -> Context {
    let clock = Arc::new(parts.clock.clone());
    let ids: Arc<dyn Ids> = Arc::new(SeededIds::new(parts.seed ^ 0x1d5));
    let transport = SimTransport::new(parts.hosts.clone(), parts.clock.clone(), parts.gate.clone());
    let config = EgressConfig {
        allow_private: true,
        ..EgressConfig::default()
    };
    let egress = Egress::with_transport(
        config.for_registry(parts.registry),
        clock.clone(),
        ids.clone(),
        Arc::new(transport),
    );
    let mut settings = Settings::at(must(Url::parse(BASE)));
    settings.allow_private_targets = true;
    settings.push = parts.push;
    Context {
        store: parts.store.clone(),
        clock,
        ids,
        registry: parts.registry.clone(),
        egress: Arc::new(egress),
        live: live::Bus::default(),
        pause: Arc::new(SimPause {
            clock: parts.clock.clone(),
            gate: parts.gate.clone(),
        }),
        settings: Arc::new(settings),
        node: parts.name.into(),
        refreshes: Arc::default(),
        notices: Arc::default(),
        detached: tokio_util::task::TaskTracker::new(),
    }
}

async fn open(url: &str, clock: &SimClock, seed: u64) -> Store {
    let options = Options {
        key_ring: must(KeyRing::parse(KEYS)),
        clock: Arc::new(clock.clone()),
        ids: Arc::new(SeededIds::new(seed)),
        max_connections: 8,
    };
    must(Store::open(url, options).await)
}

#[expect(clippy::panic, reason = "a world that cannot be made fails the test")]
#[track_caller]
pub(crate) fn must<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("the simulated world does not work: {error}"),
    }
}
