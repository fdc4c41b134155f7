//! R4: after any sequence of changes and faults, two rounds of syncing make each mirror equal to its calendar, and what it
//! shows equal to what a mirror made afresh shows.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::pin::pin;
use std::sync::Arc;

use daybook_domain::CalendarId;
use daybook_domain::connection::Status;
use daybook_engine::calendars::settings;
use daybook_engine::connections::{self, establish::Connected, refresh};
use daybook_engine::store::{self, calendars::Calendar};
use daybook_engine::sync::{self, Ask, Mode};
use daybook_engine::{Context, Principal};
use daybook_sandbox::fault::{Desk, Fault, RetryAfter, Rule};
use daybook_testkit::{Arrival, Builder, MirrorRow, Node, Point, World, mirror, shown, visible};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::runtime;

/// Steps of one seed.
const STEPS: u32 = 200;

/// What differs between providers.
pub(crate) trait Side: Default {
    /// What a mirror is compared by.
    type Row: Ord + Debug;
    /// The world at the beginning.
    fn builder(&mut self, builder: Builder, dice: &mut StdRng) -> Builder;
    /// People and calendars.
    fn furnish(&mut self, world: &World, dice: &mut StdRng);
    /// Connects the account, for the first time or again.
    fn connect(
        &self,
        world: &World,
        who: &Principal,
    ) -> impl Future<Output = Result<Connected, connections::Error>>;
    /// Where faults are scripted.
    fn desk<'a>(&self, world: &'a World) -> &'a Arc<Desk>;
    /// The requests of a sync.
    fn path(&self) -> &'static str;
    /// One change by the calendar's owner.
    fn change(&mut self, world: &World, dice: &mut StdRng) -> String;
    /// One thing that goes wrong at the provider, other than a faulty answer.
    fn trouble(&mut self, world: &World, dice: &mut StdRng) -> String;
    /// Everything that went wrong is put right.
    fn mend(&mut self, world: &World);
    /// For how many seconds it is quiet before the last two rounds: longer than anybody asks to wait.
    fn rest(&self, _: &mut StdRng) -> i64 {
        26 * 3600
    }
    /// What the mirror of this calendar holds, as far as it can be compared.
    fn held(
        &self,
        world: &World,
        who: &Principal,
        calendar: &Calendar,
    ) -> impl Future<Output = BTreeSet<Self::Row>>;
    /// What it must hold.
    fn truth(&self, world: &World, calendar: &Calendar) -> BTreeSet<Self::Row>;
    /// The cursor that an answer to a sync brings, as the mirror stores it; for the control.
    fn cursor(&self, world: &World, body: &[u8]) -> Option<String>;
}

/// One seed. With `early`, each cursor is stored as soon as it is seen: the bug that the simulation must find.
pub(crate) fn one<S: Side>(seed: u64, early: bool) -> Result<(), String> {
    runtime().block_on(async {
        let mut run = Run::<S>::begin(seed, early).await;
        for _ in 0..STEPS {
            run.step().await;
        }
        run.finish().await.map_err(|reason| run.explain(&reason))
    })
}

struct Run<S> {
    side: S,
    world: World,
    other: Node,
    who: Principal,
    calendars: Vec<CalendarId>,
    dice: StdRng,
    early: bool,
    story: Vec<String>,
}

impl<S: Side> Run<S> {
    async fn begin(seed: u64, early: bool) -> Self {
        let mut dice = StdRng::seed_from_u64(seed);
        let mut side = S::default();
        let builder = side.builder(World::builder().seed(seed), &mut dice);
        let world = builder.build().await.unwrap();
        side.furnish(&world, &mut dice);
        let who = world.owner("ada").await;
        let connected = side.connect(&world, &who).await.unwrap();
        let other = world.node("node-2").await;
        let calendars: Vec<CalendarId> = connected.calendars.iter().map(|c| c.id).collect();
        for id in &calendars {
            settings::enable(&world.cx, &who, *id, true).await.unwrap();
        }
        Self {
            side,
            world,
            other,
            who,
            calendars,
            dice,
            early,
            story: Vec::new(),
        }
    }

    async fn step(&mut self) {
        match self.dice.random_range(0..100) {
            0..70 => {
                let what = self.side.change(&self.world, &mut self.dice);
                self.tell(what);
            }
            70..94 => self.sync_somehow().await,
            94..97 => {
                let what = self.side.trouble(&self.world, &mut self.dice);
                self.tell(what);
            }
            97 => self.relist().await,
            _ => {
                let seconds = [30, 700, 3_000, 90_000][self.dice.random_range(0..4)];
                self.world.clock.pass(seconds);
                self.tell(format!("{seconds} s pass"));
            }
        }
    }

    async fn relist(&mut self) {
        let connection = self.connection().await;
        let result = refresh::relist(&self.world.cx, &connection).await;
        self.tell(format!("relist: {:?}", result.map_err(|e| e.to_string())));
    }

    /// One sync with faults, on one of two nodes, perhaps cut short or overtaken.
    async fn sync_somehow(&mut self) {
        let desk = self.side.desk(&self.world).clone();
        if self.dice.random_bool(0.6) {
            for _ in 0..self.dice.random_range(1..=3) {
                let rule = fault(&mut self.dice, self.side.path());
                self.tell(format!("fault {rule:?}"));
                desk.add(rule);
            }
        }
        let id = self.calendars[self.dice.random_range(0..self.calendars.len())];
        let mode = if self.dice.random_bool(0.1) {
            Mode::Full
        } else {
            Mode::Incremental
        };
        let plan = Plan::draw(&mut self.dice);
        self.tell(format!("sync {id} {mode:?} {plan:?}"));
        let before = desk.stats().requests;
        let outcome = self.sync_once(id, mode, plan).await;
        self.trace(before, id).await;
        self.tell(format!("  {outcome}"));
        if self.dice.random_bool(0.6) {
            desk.clear();
        }
        self.recover().await;
        let seconds = self.dice.random_range(1..200);
        self.world.clock.pass(seconds);
    }

    async fn sync_once(&mut self, id: CalendarId, mode: Mode, plan: Plan) -> String {
        let ask = Ask {
            mode,
            by_hand: false,
        };
        let (cx, workspace) = (self.world.cx.clone(), self.who.workspace_id);
        let mut stops = self.world.gate.close();
        let mut sync = pin!(sync::run(&cx, workspace, id, ask));
        let mut passed = 0;
        let result = loop {
            tokio::select! {
                biased;
                result = &mut sync => break result,
                Some(stop) = stops.recv() => {
                    passed += 1;
                    self.trace_answer(&stop);
                    if self.early {
                        self.store_early(id, &stop).await;
                    }
                    match plan {
                        Plan::Crash(at) if at == passed => {
                            self.world.gate.open();
                            return "crashed".to_owned();
                        }
                        Plan::Overtaken(at) if at == passed => self.overtake(id).await,
                        _ => {}
                    }
                    stop.go();
                }
            }
        };
        self.world.gate.open();
        match result {
            Ok(done) => format!("{done:?}"),
            Err(error) => error.to_string(),
        }
    }

    /// The node stands still for longer than its lease; the calendar changes, and another node syncs it.
    async fn overtake(&mut self, id: CalendarId) {
        self.world.clock.pass(121);
        for _ in 0..self.dice.random_range(0..3) {
            let what = self.side.change(&self.world, &mut self.dice);
            self.tell(format!("  meanwhile {what}"));
        }
        let ask = Ask {
            mode: Mode::Incremental,
            by_hand: false,
        };
        let result = sync::run(&self.other.cx, self.who.workspace_id, id, ask).await;
        self.tell(format!(
            "  overtaken: {:?}",
            result.map_err(|e| e.to_string())
        ));
    }

    /// The bug of the control.
    async fn store_early(&self, id: CalendarId, stop: &Arrival) {
        let Point::After(_, body) = &stop.point else {
            return;
        };
        if let Some(cursor) = self.side.cursor(&self.world, body) {
            let mut tx = self.world.cx.store.write().await.unwrap();
            let workspace = self.who.workspace_id;
            store::calendars::force_cursor(&mut tx, workspace, id, &cursor)
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
    }

    /// What the account's owner does when told.
    async fn recover(&mut self) {
        if self.connection().await.status == Status::NeedsReauth {
            let again = self.side.connect(&self.world, &self.who).await;
            self.tell(format!(
                "reconnect: {:?}",
                again.map_err(|e| e.to_string()).map(|c| c.created)
            ));
        }
        for id in self.calendars.clone() {
            if !self.calendar(id).await.sync_enabled && self.dice.random_bool(0.3) {
                settings::enable(&self.world.cx, &self.who, id, true)
                    .await
                    .unwrap();
            }
        }
    }

    async fn finish(&mut self) -> Result<(), String> {
        self.side.mend(&self.world);
        self.side.desk(&self.world).clear();
        let rest = self.side.rest(&mut self.dice);
        self.world.clock.pass(rest);
        // A grant that was withdrawn unnoticed shows now; its owner is told and connects again.
        let connection = self.connection().await;
        if refresh::relist(&self.world.cx, &connection).await.is_err() {
            let again = self.side.connect(&self.world, &self.who).await;
            again.map_err(|e| format!("cannot be connected again: {e}"))?;
        }
        for id in self.calendars.clone() {
            settings::enable(&self.world.cx, &self.who, id, true)
                .await
                .unwrap();
            let before = self.side.desk(&self.world).stats().requests;
            let first = self.sync_once(id, Mode::Incremental, Plan::Through).await;
            self.trace(before, id).await;
            self.tell(format!("round 1: {first}"));
            let second = self.world.sync(&self.who, id).await;
            second.map_err(|e| format!("the second round failed: {e}"))?;
            self.compare(id).await?;
        }
        self.compare_shown().await
    }

    async fn compare(&self, id: CalendarId) -> Result<(), String> {
        let calendar = self.calendar(id).await;
        let held = self.side.held(&self.world, &self.who, &calendar).await;
        let truth = self.side.truth(&self.world, &calendar);
        differ("the mirror", &held, &truth)
    }

    /// A stranger's fresh mirror of the same account shows the same.
    async fn compare_shown(&self) -> Result<(), String> {
        let world = &self.world;
        let eve = world.owner("eve").await;
        let fresh = self.side.connect(world, &eve).await.unwrap();
        let window = reach(world);
        for id in &self.calendars {
            let own = self.calendar(*id).await;
            let twin = fresh
                .calendars
                .iter()
                .find(|c| c.external_id == own.external_id)
                .ok_or("the fresh listing lacks a calendar")?;
            settings::enable(&world.cx, &eve, twin.id, true)
                .await
                .unwrap();
            let synced = world.sync(&eve, twin.id).await;
            synced.map_err(|e| format!("the fresh mirror failed: {e}"))?;
            let store = &world.cx.store;
            let held = shown(store, self.who.workspace_id, *id, window).await;
            let expected = shown(store, eve.workspace_id, twin.id, window).await;
            differ("what is shown", &held, &expected)?;
        }
        Ok(())
    }

    async fn connection(&self) -> daybook_engine::store::connections::Connection {
        let all =
            connections::list::list(&self.world.cx, &self.who, Default::default(), None, 10).await;
        all.unwrap().remove(0)
    }

    async fn calendar(&self, id: CalendarId) -> Calendar {
        let cx: &Context = &self.world.cx;
        daybook_engine::calendars::list::get(cx, &self.who, id)
            .await
            .unwrap()
    }

    /// For replays: the answers of the simulator, with `DAYBOOK_SIM_ANSWERS`.
    fn trace_answer(&mut self, stop: &Arrival) {
        if let Point::After(path, body) = &stop.point
            && std::env::var("DAYBOOK_SIM_ANSWERS").is_ok()
        {
            let body = String::from_utf8_lossy(body).into_owned();
            self.tell(format!("  {path}: {body}"));
        }
    }

    /// For replays: the requests of a sync, and whether the mirror holds `DAYBOOK_SIM_TRACE` (a part of a provider's id) after it.
    async fn trace(&mut self, before: u64, id: CalendarId) {
        let Ok(wanted) = std::env::var("DAYBOOK_SIM_TRACE") else {
            return;
        };
        let log = self.side.desk(&self.world).requests();
        for request in log.iter().filter(|request| request.number > before) {
            let (method, path, query) = (&request.method, &request.path, &request.query);
            let line = format!(
                "  {method} {path} {query} {} {:?}",
                request.status, request.fault
            );
            self.tell(line);
        }
        let rows = mirror(&self.world.cx.store, self.who.workspace_id, id).await;
        let held: Vec<&String> = rows.iter().map(|row| &row.id).collect();
        let traced = held.iter().filter(|id| id.contains(&wanted)).count();
        let line = format!("  {} rows, {traced} of {wanted}", held.len());
        self.tell(line);
    }

    fn tell(&mut self, line: String) {
        self.story
            .push(format!("{} {line}", self.world.clock.now()));
    }

    fn explain(&self, reason: &str) -> String {
        if std::env::var("DAYBOOK_SIM_SEED").is_ok() {
            for line in &self.story {
                println!("{line}");
            }
        }
        reason.to_owned()
    }
}

/// What is compared of what is shown.
pub(crate) fn reach(world: &World) -> (Timestamp, Timestamp) {
    let days = |n: i64| SignedDuration::from_hours(24 * n);
    let now = world.clock.now();
    (
        now.saturating_sub(days(20)).unwrap(),
        now.saturating_add(days(300)).unwrap(),
    )
}

/// The rows of a mirror, for providers that tell rows.
pub(crate) async fn rows(
    world: &World,
    who: &Principal,
    calendar: &Calendar,
) -> BTreeSet<MirrorRow> {
    visible(mirror(&world.cx.store, who.workspace_id, calendar.id).await)
}

/// What becomes of a sync.
#[derive(Debug, Clone, Copy)]
enum Plan {
    Through,
    /// The process dies at this stop.
    Crash(u32),
    /// The process stands still at this stop for longer than its lease.
    Overtaken(u32),
}

impl Plan {
    fn draw(dice: &mut StdRng) -> Self {
        match dice.random_range(0..10) {
            0..6 => Self::Through,
            6..8 => Self::Crash(dice.random_range(1..12)),
            _ => Self::Overtaken(dice.random_range(1..12)),
        }
    }
}

/// Something that goes wrong with the answers to requests below `path`.
pub(crate) fn fault(dice: &mut StdRng, path: &str) -> Rule {
    let retry_after = match dice.random_range(0..6) {
        0 => RetryAfter::Seconds(0),
        1 => RetryAfter::Seconds(3_600),
        2 => RetryAfter::HttpDate(120),
        3 => RetryAfter::HttpDate(-60),
        4 => RetryAfter::Garbage,
        _ => RetryAfter::None,
    };
    let status = [500, 502, 503, 504][dice.random_range(0..4)];
    let kind = match dice.random_range(0..26) {
        0 => Fault::ResetBefore,
        1 => Fault::ResetAfter,
        2 | 3 => Fault::ResetMidBody,
        4 => Fault::DropResponse,
        5 => Fault::HtmlLogin,
        6 => Fault::EmptyList,
        7 => Fault::EmptyBody,
        8 | 9 => Fault::Truncated,
        10 => Fault::Garbage,
        11 => Fault::DuplicateKeys,
        12 => Fault::Deep { depth: 300 },
        13 => Fault::WrongContentType {
            content_type: "text/html".to_owned(),
        },
        14 => Fault::Unauthorized,
        15 => Fault::QuotaExceeded { reason: None },
        16 => Fault::Forbidden,
        17 => Fault::NotFound,
        18 => Fault::Gone,
        19 => Fault::CursorExpired,
        20 => Fault::PageCursorExpired,
        // The simulated CalDAV server takes an invented sync token for none at all, which no server does.
        21 if path != "/" => Fault::LoopingPaging,
        22 if path != "/" => Fault::EndlessPaging,
        23 => Fault::RateLimited { retry_after },
        24 => Fault::Delay { ms: 31_000 },
        _ => Fault::Status {
            status,
            retry_after,
        },
    };
    // What a CalDAV server says of one resource, asked for it alone (GET), is an answer and no fault: refused, it is left as
    // it was; gone, it goes.
    let refused = path == "/" && matches!(kind, Fault::Forbidden | Fault::NotFound | Fault::Gone);
    let rule = Rule::on(path, kind).after(dice.random_range(0..4));
    let rule = if refused { rule.method("REPORT") } else { rule };
    if dice.random_bool(0.3) {
        rule.with_probability(0.4).times(8)
    } else {
        rule.times(dice.random_range(1..4))
    }
}

/// What differs, in words.
pub(crate) fn differ<T: Ord + Debug>(
    what: &str,
    held: &BTreeSet<T>,
    truth: &BTreeSet<T>,
) -> Result<(), String> {
    if held == truth {
        return Ok(());
    }
    let some = |of: &BTreeSet<T>, not: &BTreeSet<T>| {
        let rows: Vec<&T> = of.difference(not).take(4).collect();
        format!("{rows:#?}")
    };
    Err(format!(
        "{what} differs ({} held, {} true)\ntoo much: {}\nmissing: {}",
        held.len(),
        truth.len(),
        some(held, truth),
        some(truth, held)
    ))
}
