//! Notices are hints: lost, doubled, late, out of order and forged ones cost time at most. What is lost is made up for by the poll
//! that runs behind; where the last notice arrives, nobody has to wait for that, and many of them cost two syncs.

use std::pin::pin;

use daybook_domain::CalendarId;
use daybook_domain::connection::Status;
use daybook_engine::calendars::settings;
use daybook_engine::store::calendars::Calendar;
use daybook_engine::{Principal, connections, jobs};
use daybook_testkit::{Seeds, World, sweep};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::convergence::{Side, differ, fault};
use crate::google::Google;
use crate::microsoft::Microsoft;
use crate::{hold, runtime, share};

/// Steps of one seed.
const STEPS: u32 = 60;
/// For so many hours it may take until every calendar is watched again: half the life of a channel that nobody listens to, and
/// a day for the last try.
const HOURS: i64 = 5 * 24;
/// The receiver of the control drops what comes so soon after a sync, or during one.
const DEAF: SignedDuration = SignedDuration::from_secs(60);
/// More than the pause between two syncs that notices ask for.
const PAUSE: i64 = 11;

/// A side whose provider tells of changes.
pub(crate) trait Bell: Side {
    /// As it is sent.
    type Notice: Clone;
    /// Everything it has to say just now.
    fn said(&self, world: &World) -> Vec<Self::Notice>;
    /// What somebody else would send who has seen this one.
    fn forged(&self, notice: &Self::Notice, dice: &mut StdRng) -> Self::Notice;
    /// Hands one on to the engine.
    fn hand_on(&self, world: &World, notice: &Self::Notice) -> impl Future<Output = ()>;
    /// Something about the channels themselves.
    fn unsettle(&self, world: &World, dice: &mut StdRng) -> String;
    /// Whether it would tell of a change in any of so many calendars.
    fn hears(&self, _: &World, _: usize) -> bool {
        true
    }
    /// How many reads of changes were begun.
    fn reads(&self, world: &World) -> u64;
}

/// One seed. With `deaf`, notices are dropped that arrive during a sync or soon after it: the bug that must be found.
fn one<S: Bell>(seed: u64, deaf: bool) -> Result<(), String> {
    runtime().block_on(async {
        let mut run = Run::<S>::begin(seed, deaf).await;
        for _ in 0..STEPS {
            run.step().await;
        }
        let result = run.finish().await;
        result.map_err(|reason| run.explain(&reason))
    })
}

struct Run<S: Bell> {
    side: S,
    world: World,
    who: Principal,
    calendars: Vec<CalendarId>,
    dice: StdRng,
    /// Notices that are late, and until when.
    late: Vec<(Timestamp, S::Notice)>,
    /// Nothing is lost any more, and nothing kept for later.
    surely: bool,
    deaf: bool,
    synced: Option<Timestamp>,
    story: Vec<String>,
}

impl<S: Bell> Run<S> {
    async fn begin(seed: u64, deaf: bool) -> Self {
        let mut dice = StdRng::seed_from_u64(seed);
        let mut side = S::default();
        let builder = side.builder(World::builder().seed(seed).push(), &mut dice);
        let world = builder.build().await.unwrap();
        side.furnish(&world, &mut dice);
        let who = world.owner("ada").await;
        let connected = side.connect(&world, &who).await.unwrap();
        let calendars: Vec<CalendarId> = connected.calendars.iter().map(|c| c.id).collect();
        for id in &calendars {
            settings::enable(&world.cx, &who, *id, true).await.unwrap();
        }
        jobs::ensure_schedule(&world.cx).await.unwrap();
        Self {
            side,
            world,
            who,
            calendars,
            dice,
            late: Vec::new(),
            surely: false,
            deaf,
            synced: None,
            story: Vec::new(),
        }
    }

    async fn step(&mut self) {
        match self.dice.random_range(0..100) {
            0..45 => self.change(),
            45..75 => self.deliver().await,
            75..90 => {
                let seconds = self.dice.random_range(0..40);
                self.work(seconds).await;
            }
            90..94 => {
                let rule = fault(&mut self.dice, self.side.path());
                self.tell(format!("fault {rule:?}"));
                self.side.desk(&self.world).add(rule);
            }
            94..97 => {
                let seconds = [600, 3_600, 40_000][self.dice.random_range(0..3)];
                self.tell(format!("{seconds} s pass"));
                jobs::tick(&self.world.cx).await.unwrap();
                self.work(seconds).await;
                self.side.desk(&self.world).clear();
            }
            _ => {
                let what = self.side.unsettle(&self.world, &mut self.dice);
                self.tell(what);
            }
        }
    }

    fn change(&mut self) {
        for _ in 0..self.dice.random_range(1..4) {
            let what = self.side.change(&self.world, &mut self.dice);
            self.tell(what);
        }
    }

    /// Hands on what there is to be said, the way a bad network does.
    async fn deliver(&mut self) {
        let surely = self.surely;
        let now = self.world.clock.now();
        let mut going = Vec::new();
        let mut waiting = std::mem::take(&mut self.late);
        waiting.retain(|(due, notice)| {
            let ripe = surely || *due <= now;
            if ripe {
                going.push(notice.clone());
            }
            !ripe
        });
        for notice in self.side.said(&self.world) {
            if self.dice.random_bool(0.3) {
                going.push(self.side.forged(&notice, &mut self.dice));
            }
            match self.dice.random_range(0..10) {
                0 | 1 if !surely => {}
                2..5 if !surely => {
                    let by = SignedDuration::from_secs(self.dice.random_range(1..4_000));
                    waiting.push((now + by, notice));
                }
                5..8 => {
                    let times = self.dice.random_range(2..6);
                    going.extend(std::iter::repeat_n(notice, times));
                }
                _ => going.push(notice),
            }
        }
        self.late = waiting;
        for n in (1..going.len()).rev() {
            going.swap(n, self.dice.random_range(0..=n));
        }
        self.tell(format!("{} notices", going.len()));
        for notice in &going {
            self.hand_on(notice).await;
        }
    }

    async fn hand_on(&self, notice: &S::Notice) {
        let now = self.world.clock.now();
        let soon = self.synced.is_some_and(|at| now.duration_since(at) < DEAF);
        if !(self.deaf && soon) {
            self.side.hand_on(&self.world, notice).await;
        }
    }

    /// The worker works; what it does is interrupted by changes, and notices of them.
    async fn work(&mut self, seconds: i64) {
        self.world.clock.pass(seconds);
        let before = self.side.reads(&self.world);
        let cx = self.world.cx.clone();
        let mut stops = self.world.gate.close();
        let mut work = pin!(jobs::run_due(&cx));
        let mut interruptions = 0;
        let tries = loop {
            tokio::select! {
                biased;
                tries = &mut work => break tries.unwrap(),
                Some(stop) = stops.recv() => {
                    if self.side.reads(&self.world) > before {
                        self.synced = Some(self.world.clock.now());
                    }
                    if interruptions < 4 && self.dice.random_bool(0.1) {
                        interruptions += 1;
                        self.change();
                        self.deliver().await;
                    }
                    stop.go();
                }
            }
        };
        self.world.gate.open();
        self.tell(format!("{tries} jobs after {seconds} s"));
    }

    async fn finish(&mut self) -> Result<(), String> {
        self.side.mend(&self.world);
        self.side.desk(&self.world).clear();
        // What was lost is lost: the poll finds out what happened. Nothing waits longer than three hours because of a fault.
        self.late.clear();
        drop(self.side.said(&self.world));
        let mut hours = 0;
        loop {
            let step = if hours < 3 { 1 } else { 6 };
            self.world.clock.pass(step * 3_600);
            hours += step;
            self.recover().await;
            jobs::tick(&self.world.cx).await.unwrap();
            jobs::run_due(&self.world.cx).await.unwrap();
            let state = self.compare().await;
            if hours >= 3 && state.is_ok() && self.is_watched().await {
                break;
            }
            if hours > HOURS {
                state.map_err(|reason| format!("the poll behind: {reason}"))?;
                return Err("a calendar is not watched".to_owned());
            }
        }
        self.tell(format!("quiet after {hours} h"));
        drop(self.side.said(&self.world));
        self.told_is_enough().await
    }

    /// From here on nobody polls: every change is told, if late, and that is enough.
    async fn told_is_enough(&mut self) -> Result<(), String> {
        self.surely = true;
        for _ in 0..3 {
            self.change();
            self.deliver().await;
            let seconds = self.dice.random_range(0..30);
            self.work(seconds).await;
        }
        self.deliver().await;
        for _ in 0..3 {
            self.work(PAUSE).await;
            self.deliver().await;
        }
        for _ in 0..6 {
            self.world.clock.pass(PAUSE);
            jobs::run_due(&self.world.cx).await.unwrap();
        }
        let state = self.compare().await;
        state.map_err(|reason| format!("told, and not seen: {reason}"))?;
        self.forged_is_nothing().await
    }

    /// Forged notices alone cause no sync, and a burst of true ones two of each calendar.
    async fn forged_is_nothing(&mut self) -> Result<(), String> {
        self.change();
        let notices = self.side.said(&self.world);
        let before = self.side.reads(&self.world);
        for notice in &notices {
            for _ in 0..5 {
                let forged = self.side.forged(notice, &mut self.dice);
                self.side.hand_on(&self.world, &forged).await;
            }
        }
        self.world.clock.pass(PAUSE);
        jobs::run_due(&self.world.cx).await.unwrap();
        let believed = self.side.reads(&self.world) - before;
        if believed > 0 {
            return Err(format!("{believed} syncs because of forged notices"));
        }
        for notice in &notices {
            for _ in 0..20 {
                self.side.hand_on(&self.world, notice).await;
            }
            jobs::run_due(&self.world.cx).await.unwrap();
        }
        for _ in 0..3 {
            self.world.clock.pass(PAUSE);
            jobs::run_due(&self.world.cx).await.unwrap();
        }
        let done = self.side.reads(&self.world) - before;
        if done > 2 * self.calendars.len() as u64 {
            return Err(format!("{done} syncs for one burst"));
        }
        self.compare().await
    }

    async fn compare(&self) -> Result<(), String> {
        for id in &self.calendars {
            let calendar = self.calendar(*id).await;
            let held = self.side.held(&self.world, &self.who, &calendar).await;
            let truth = self.side.truth(&self.world, &calendar);
            differ("the mirror", &held, &truth)?;
        }
        Ok(())
    }

    /// What the account's owner does when told.
    async fn recover(&mut self) {
        let filter = Default::default();
        let mut all = connections::list::list(&self.world.cx, &self.who, filter, None, 10)
            .await
            .unwrap();
        if all.remove(0).status == Status::NeedsReauth {
            self.tell("connected again".to_owned());
            self.side.connect(&self.world, &self.who).await.unwrap();
        }
        for id in self.calendars.clone() {
            if !self.calendar(id).await.sync_enabled {
                settings::enable(&self.world.cx, &self.who, id, true)
                    .await
                    .unwrap();
            }
        }
    }

    async fn is_watched(&self) -> bool {
        if !self.side.hears(&self.world, self.calendars.len()) {
            return false;
        }
        for id in &self.calendars {
            let until = self.calendar(*id).await.push_expires_at;
            if until.is_none_or(|until| until <= self.world.clock.now()) {
                return false;
            }
        }
        true
    }

    async fn calendar(&self, id: CalendarId) -> Calendar {
        daybook_engine::calendars::list::get(&self.world.cx, &self.who, id)
            .await
            .unwrap()
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

shares!(notices_of_google_are_hints, 250, |seed| one::<Google>(
    seed, false
));
shares!(notices_of_microsoft_are_hints, 250, |seed| {
    one::<Microsoft>(seed, false)
});

#[test]
fn a_receiver_that_is_deaf_during_a_sync_is_found() {
    for (name, deaf) in [
        ("google", one::<Google> as fn(u64, bool) -> _),
        ("microsoft", one::<Microsoft>),
    ] {
        let (run, failed) = sweep(Seeds::from_env(1_000, 120), |seed| deaf(seed, true));
        let (seed, reason) =
            failed.unwrap_or_else(|| panic!("the control was not found in {run} seeds of {name}"));
        assert!(reason.starts_with("told, and not seen"), "{reason}");
        println!("{name}: found at seed {seed} after {run}");
    }
}
