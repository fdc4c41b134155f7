//! One seed: the same events at three providers, and some days of each looked at in three ways, by the usual rules and by others.

use daybook_domain::availability::{BusyRules, Configuration, Interval, Set};
use daybook_domain::{CalendarId, ConfigurationId};
use daybook_engine::availability::check::{Ask, Checked, check};
use daybook_engine::availability::{Origin, configurations};
use daybook_engine::{Once, Outcome, Principal};
use daybook_sandbox::microsoft::Account;
use daybook_testkit::World;
use jiff::ToSpan;
use jiff::civil::{Date, Time, date};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::providers::{self, PERSON};
use crate::spec::{self, Ends, Kind, Spec, ZONES, pick};

/// Days looked at in each calendar.
const DAYS: usize = 4;

/// What the oracle gets wrong, so that it must be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Whether events of this kind take time.
    Forgets(Kind),
    /// That occurrences at Microsoft end at the same time on the wall.
    KeepsLengths,
    /// That whole days at Microsoft begin at the midnight of the mailbox.
    DaysInUtc,
}

/// Plays a seed.
pub async fn one(seed: u64, wrong: Option<Wrong>) -> Result<(), String> {
    let mut dice = StdRng::seed_from_u64(seed);
    let specs = spec::calendar(&mut dice);
    let world = World::builder().seed(seed).build().await.unwrap();
    let who = world.owner("ada").await;
    let home = pick(&ZONES, &mut dice);
    for provider in ["google", "microsoft", "caldav"] {
        let calendar = connect(&world, &who, provider, &specs, home, &mut dice).await;
        let case = Case {
            world: &world,
            who: &who,
            provider,
            calendar,
            specs: &specs,
            home,
            wrong,
        };
        case.check(&mut dice).await?;
    }
    Ok(())
}

async fn connect(
    world: &World,
    who: &Principal,
    provider: &str,
    specs: &[Spec],
    home: &str,
    dice: &mut StdRng,
) -> CalendarId {
    match provider {
        "google" => providers::at_google(world, specs, home),
        // Personal accounts have no schedules: there, what is asked live is the calendar's own view.
        "microsoft" => {
            let account = pick(&[Account::Work, Account::Personal], dice);
            providers::at_microsoft(world, specs, home, account);
        }
        _ => providers::at_caldav(world, specs, home),
    }
    let connected = match provider {
        "caldav" => world.connect_caldav(who).await,
        _ => world.try_connect(who, provider, PERSON).await.unwrap(),
    };
    world.run_jobs().await;
    connected.calendars[0].id
}

struct Case<'a> {
    world: &'a World,
    who: &'a Principal,
    provider: &'static str,
    calendar: CalendarId,
    specs: &'a [Spec],
    /// Where the calendar's days begin.
    home: &'a str,
    wrong: Option<Wrong>,
}

impl Case<'_> {
    async fn check(&self, dice: &mut StdRng) -> Result<(), String> {
        let zone = pick(&ZONES, dice);
        let rules = BusyRules {
            tentative: dice.random_bool(0.5),
            declined: dice.random_bool(0.5),
            free: dice.random_bool(0.5),
            all_day: dice.random_bool(0.5),
            working_location: dice.random_bool(0.5),
            ..BusyRules::default()
        };
        let plain = self.configure(zone, BusyRules::default()).await;
        let other = self.configure(zone, rules).await;
        for _ in 0..DAYS {
            let day = date(2026, 2, 23).saturating_add(dice.random_range(0..60_i64).days());
            let mirror = self.ask(plain, day, false).await?;
            self.equal(
                "the oracle",
                zone,
                day,
                &mirror.busy,
                &self.oracle(zone, day, BusyRules::default()),
            )?;
            self.compare(zone, day, plain, &mirror).await?;
            let found = self.ask(other, day, false).await?;
            self.equal(
                &format!("the oracle by {rules:?}"),
                zone,
                day,
                &found.busy,
                &self.oracle(zone, day, rules),
            )?;
            if !self.calls_declined_busy() {
                let live = self.ask(other, day, true).await?;
                let whom = format!("the provider by {rules:?}");
                self.equal(&whom, zone, day, &found.busy, &live.busy)?;
            }
        }
        Ok(())
    }

    /// What the mirror says against what the provider says; and where it cannot be asked, the mirror is what is told.
    async fn compare(
        &self,
        zone: &str,
        day: Date,
        plain: ConfigurationId,
        mirror: &Checked,
    ) -> Result<(), String> {
        let live = self.ask(plain, day, true).await?;
        if live.calendars[0].origin != Origin::Live {
            return Err(format!("{} was not asked", self.provider));
        }
        let declined = BusyRules {
            declined: true,
            ..BusyRules::default()
        };
        if self.calls_declined_busy() {
            let ours = self.oracle(zone, day, declined);
            self.equal("the provider", zone, day, &ours, &live.busy)?;
        } else {
            self.equal("the provider", zone, day, &mirror.busy, &live.busy)?;
            self.same_slots(zone, day, mirror, &live)?;
        }
        if self.provider == "caldav" {
            let server = &self.world.caldav;
            server.tweak(|server| server.free_busy = false);
            let without = self.ask(plain, day, true).await?;
            server.tweak(|server| server.free_busy = true);
            if without.calendars[0].origin != Origin::Mirror {
                return Err("a server without the report is not one that cannot be asked".into());
            }
            self.same_slots(zone, day, mirror, &without)?;
        }
        Ok(())
    }

    /// A CalDAV server goes by TRANSP and STATUS (RFC 4791 §7.10), and not by how somebody answered.
    fn calls_declined_busy(&self) -> bool {
        self.provider == "caldav" && self.specs.iter().any(|spec| spec.kind == Kind::Declined)
    }

    fn same_slots(
        &self,
        zone: &str,
        day: Date,
        ours: &Checked,
        theirs: &Checked,
    ) -> Result<(), String> {
        match ours.slots == theirs.slots {
            true => Ok(()),
            false => Err(format!(
                "{} on {day} in {zone}: the slots differ",
                self.provider
            )),
        }
    }

    async fn configure(&self, zone: &str, rules: BusyRules) -> ConfigurationId {
        let zone = zone.to_owned();
        let change = move |set: &mut Configuration| {
            set.time_zone.clone_from(&zone);
            set.busy_rules = rules;
            (set.from_time, set.to_time) = (Time::midnight(), Time::midnight());
            set.workdays = (0..7).collect();
        };
        let new = configurations::Create {
            name: None,
            calendar_ids: vec![self.calendar],
            change: &change,
        };
        let made = configurations::create(&self.world.cx, self.who, new, &Once::never()).await;
        match made.unwrap() {
            Outcome::Fresh(made) => made.id,
            Outcome::Replayed(_) => unreachable!("no key was given"),
        }
    }

    async fn ask(&self, id: ConfigurationId, date: Date, live: bool) -> Result<Checked, String> {
        let ask = Ask {
            date,
            duration_minutes: None,
            live,
            explain: false,
        };
        let found = check(&self.world.cx, self.who, id, ask).await.unwrap();
        match found.calendars[0].unknown {
            Some(why) => Err(format!(
                "{} (live: {live}) is unknown: {why:?}",
                self.provider
            )),
            None => Ok(found),
        }
    }

    /// What takes time on a day.
    fn oracle(&self, zone: &str, day: Date, rules: BusyRules) -> Set {
        let (from, to) = (first(zone, day), first(zone, day.saturating_add(1.day())));
        let is = |wrong| self.wrong == Some(wrong);
        let microsoft = self.provider == "microsoft";
        let ends = match microsoft && !is(Wrong::KeepsLengths) {
            true => Ends::Wall,
            false => Ends::Length,
        };
        let home = match microsoft && is(Wrong::DaysInUtc) {
            true => "UTC",
            false => self.home,
        };
        let mut taken = Vec::new();
        for spec in self.specs {
            let counts = match spec.kind {
                Kind::Busy => true,
                Kind::Tentative => rules.tentative,
                Kind::Free => rules.free,
                Kind::Elsewhere => rules.working_location,
                Kind::Declined => rules.declined,
            };
            // Where somebody works is a matter of days by its nature: the rule about those does not concern it.
            let of_days = spec.all_day && spec.kind != Kind::Elsewhere;
            let counts = counts && (!of_days || rules.all_day);
            if counts == (self.wrong == Some(Wrong::Forgets(spec.kind))) {
                continue;
            }
            let within = spec.covers(home, ends).into_iter();
            taken
                .extend(within.map(|(start, end)| Interval::between(start.max(from), end.min(to))));
        }
        Set::of(taken)
    }

    fn equal(
        &self,
        whom: &str,
        zone: &str,
        day: Date,
        ours: &Set,
        theirs: &Set,
    ) -> Result<(), String> {
        if ours == theirs {
            return Ok(());
        }
        let shown = |set: &Set| {
            let parts = set.parts().iter();
            parts
                .map(|part| format!("{}/{}", part.from(), part.until()))
                .collect::<Vec<_>>()
                .join(" ")
        };
        Err(format!(
            "{} on {day} in {zone} (days begin in {}): Daybook says {}; {whom} says {}\n{:#?}",
            self.provider,
            self.home,
            shown(ours),
            shown(theirs),
            self.specs
        ))
    }
}

/// The first instant of a day.
fn first(zone: &str, day: Date) -> jiff::Timestamp {
    day.to_zoned(spec::zone(zone)).unwrap().timestamp()
}
