//! Free time against a slow and simple answer: minute by minute, over every transition of every zone (R12), and set by set.
//!
//! Each transition is asked something else, at random: the seed is printed, and `DAYBOOK_ZONES_SEED` is another one.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use daybook_domain::availability::{Hours, Interval, Need, Person, Search, Set, TimeRange};
use daybook_domain::zone::Zone;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

const DAY_MINUTES: i64 = 1_440;

/// What clocks in `zone` show at every minute around `date`, looked up one by one.
struct Wall {
    first: i64,
    shown: Vec<DateTime>,
    zone: TimeZone,
}

impl Wall {
    fn around(zone: &TimeZone, date: Date) -> Self {
        let noon = date
            .at(12, 0, 0, 0)
            .to_zoned(TimeZone::UTC)
            .unwrap()
            .timestamp();
        let first = noon.as_second().div_euclid(60) - 2 * DAY_MINUTES;
        let shown = (0..4 * DAY_MINUTES)
            .map(|n| zone.to_datetime(Timestamp::from_second((first + n) * 60).unwrap()))
            .collect();
        Self {
            first,
            shown,
            zone: zone.clone(),
        }
    }

    /// The first minute that shows `wall`; where none does, the minute at which it would be by the offset before the gap.
    fn minute(&self, wall: DateTime) -> i64 {
        let seconds = |at: DateTime| at.to_zoned(TimeZone::UTC).unwrap().timestamp().as_second();
        if let Some(n) = self.shown.iter().position(|shown| *shown == wall) {
            return self.first + n as i64;
        }
        let after = self.shown.iter().position(|shown| *shown > wall).unwrap() as i64;
        let last = Timestamp::from_second((self.first + after - 1) * 60).unwrap();
        (seconds(wall) - i64::from(self.zone.to_offset(last).seconds())) / 60
    }

    fn open(&self, date: Date, from: Time, to: Time) -> std::ops::Range<i64> {
        let end = if to == Time::midnight() {
            date.checked_add(1.day()).unwrap().at(0, 0, 0, 0)
        } else {
            date.to_datetime(to)
        };
        self.minute(date.to_datetime(from))..self.minute(end)
    }
}

/// The slots of a day, found by trying every minute.
fn oracle(open: std::ops::Range<i64>, busy: &BTreeSet<i64>, ask: &Ask) -> Vec<i64> {
    let fits = |start: i64| {
        (start - open.start) % ask.step == 0
            && start + ask.duration <= open.end
            && (start - ask.before..start + ask.duration + ask.after)
                .all(|minute| !busy.contains(&minute))
    };
    open.clone().filter(|start| fits(*start)).collect()
}

#[derive(Debug, Clone)]
struct Ask {
    duration: i64,
    step: i64,
    before: i64,
    after: i64,
    from: Time,
    to: Time,
}

fn ours(zone: &Zone, date: Date, busy: &[Interval], ask: &Ask) -> Vec<i64> {
    let range = TimeRange {
        from: ask.from,
        to: ask.to,
    };
    let windows = Hours::on_days(zone.clone(), &[0, 1, 2, 3, 4, 5, 6], range).on(date);
    let people = [Person {
        busy: Set::of(busy.to_vec()),
        ..Person::default()
    }];
    let search = Search {
        windows: &windows,
        within: None,
        forbidden: &Set::empty(),
        duration: ask.duration * 60,
        step: ask.step * 60,
        round: None,
        before: ask.before * 60,
        after: ask.after * 60,
        people: &people,
        need: Need::All,
        most: usize::MAX,
        most_refused: 0,
    };
    search
        .run()
        .slots
        .iter()
        .map(|slot| slot.time.start / 60)
        .collect()
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % below) as i64
    }

    fn ask(&mut self) -> Ask {
        let minute = |n: i64| Time::new((n / 60) as i8, (n % 60) as i8, 0, 0).unwrap();
        // Most transitions are in the small hours: look there more often than not.
        let from = if self.roll(3) > 0 {
            self.roll(20) * 15
        } else {
            self.roll(92) * 15
        };
        let length = (1 + self.roll(32)) * 15;
        let to = (from + length).min(DAY_MINUTES) % DAY_MINUTES;
        Ask {
            duration: [15, 20, 30, 45, 60, 90][self.roll(6) as usize],
            step: [5, 15, 20, 30, 60][self.roll(5) as usize],
            before: [0, 0, 5, 15][self.roll(4) as usize],
            after: [0, 0, 10, 30][self.roll(4) as usize],
            from: minute(from),
            to: minute(to),
        }
    }

    fn busy(&mut self, around: i64) -> Vec<Interval> {
        (0..self.roll(12))
            .map(|_| {
                let start = around + self.roll(3 * DAY_MINUTES as u64) - DAY_MINUTES;
                Interval::new(start * 60, (start + 5 + self.roll(90)) * 60)
            })
            .collect()
    }
}

/// The rules that the name stands for: the system's, which may be newer than those that came with us.
fn rules(name: &str) -> Option<TimeZone> {
    let name = Zone::iana(name)?.name().to_owned();
    let bundled = || TimeZoneDatabase::bundled().get(&name);
    TimeZone::get(&name).or_else(|_| bundled()).ok()
}

/// Every zone's every change of clocks from 2020 to 2037.
fn transitions() -> Vec<(String, Timestamp)> {
    let (from, to): (Timestamp, Timestamp) = (
        "2020-01-01T00:00:00Z".parse().unwrap(),
        "2038-01-01T00:00:00Z".parse().unwrap(),
    );
    let mut all = Vec::new();
    for name in TimeZoneDatabase::bundled().available() {
        let Some(zone) = rules(name.as_str()) else {
            continue;
        };
        let changes: Vec<Timestamp> = zone
            .following(from)
            .map(|change| change.timestamp())
            .take_while(|at| *at < to)
            .collect();
        all.extend(changes.into_iter().map(|at| (name.as_str().to_owned(), at)));
        // Zones that never change are asked on an ordinary day.
        all.push((name.as_str().to_owned(), from + 3_000.hours()));
    }
    all
}

#[test]
fn slots_are_those_of_the_minute_by_minute_oracle() {
    let seed = std::env::var("DAYBOOK_ZONES_SEED")
        .ok()
        .and_then(|text| text.parse().ok());
    let seed: u64 = seed.unwrap_or(20_261_127);
    let all = transitions();
    let mut dice = Dice(seed);
    let (mut days, mut slots, mut zones) = (0, 0, BTreeSet::new());
    for (name, at) in &all {
        let tz = rules(name).unwrap();
        let zone = Zone::iana(name).unwrap();
        let date = tz
            .to_datetime(*at)
            .date()
            .checked_add((dice.roll(3) - 1).days())
            .unwrap();
        let wall = Wall::around(&tz, date);
        let (ask, busy) = (dice.ask(), dice.busy(at.as_second() / 60));
        let minutes = busy
            .iter()
            .flat_map(|part| part.start / 60..part.end / 60)
            .collect();
        let expected = oracle(wall.open(date, ask.from, ask.to), &minutes, &ask);
        let found = ours(&zone, date, &busy, &ask);
        assert_eq!(
            found, expected,
            "{name} on {date}, {ask:?}: DAYBOOK_ZONES_SEED={seed}"
        );
        (days, slots) = (days + 1, slots + found.len());
        zones.insert(name);
    }
    println!(
        "{days} days in {} zones, {slots} slots, DAYBOOK_ZONES_SEED={seed}",
        zones.len()
    );
    assert!(days > 5_000 && slots > 10_000, "{days} days, {slots} slots");
}

/// The control: with clocks that never change, the same days come out wrong.
#[test]
fn the_oracle_notices_a_clock_that_stands_still() {
    let (mut dice, mut wrong) = (Dice(7), 0);
    for (name, at) in transitions().iter().step_by(97) {
        let tz = rules(name).unwrap();
        let date = tz.to_datetime(*at).date();
        let still = Zone::fixed(tz.to_offset(*at).seconds()).unwrap();
        let ask = dice.ask();
        let expected = oracle(
            Wall::around(&tz, date).open(date, ask.from, ask.to),
            &BTreeSet::new(),
            &ask,
        );
        wrong += usize::from(ours(&still, date, &[], &ask) != expected);
    }
    assert!(wrong > 20, "only {wrong} days differ");
}

#[test]
fn every_slot_of_the_repeated_hour_is_offered() {
    for (name, day, hours) in [
        ("Europe/Berlin", "2026-10-25", 25 * 2),
        ("Europe/Berlin", "2026-03-29", 23 * 2),
        ("Australia/Lord_Howe", "2026-04-05", 49),
        ("Antarctica/Troll", "2026-10-25", 26 * 2),
        ("Africa/Casablanca", "2026-02-15", 25 * 2),
        ("Africa/Casablanca", "2026-03-22", 23 * 2),
    ] {
        let ask = Ask {
            duration: 30,
            step: 30,
            before: 0,
            after: 0,
            from: Time::midnight(),
            to: Time::midnight(),
        };
        let found = ours(&Zone::iana(name).unwrap(), day.parse().unwrap(), &[], &ask);
        assert_eq!(found.len(), hours, "{name} {day}");
    }
}

fn set_of(parts: &[(i64, i64)]) -> Set {
    parts
        .iter()
        .map(|(start, length)| Interval::new(*start, start + length))
        .collect()
}

fn members(set: &Set) -> BTreeSet<i64> {
    set.parts()
        .iter()
        .flat_map(|part| part.start..part.end)
        .collect()
}

fn parts() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((0_i64..400, -2_i64..40), 0..24)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sets_are_sets(a in parts(), b in parts(), at in 0_i64..400, length in 0_i64..60) {
        let (x, y) = (set_of(&a), set_of(&b));
        let (p, q) = (members(&x), members(&y));
        prop_assert_eq!(members(&x.union(&y)), p.union(&q).copied().collect());
        prop_assert_eq!(members(&x.intersect(&y)), p.intersection(&q).copied().collect());
        prop_assert_eq!(members(&x.subtract(&y)), p.difference(&q).copied().collect());
        prop_assert_eq!(x.union(&y), y.union(&x));
        prop_assert_eq!(x.union(&x), x.clone());
        prop_assert_eq!(Set::of(x.parts().to_vec()), x.clone());
        prop_assert!(x.parts().windows(2).all(|pair| pair[0].end < pair[1].start));
        let part = Interval::new(at, at + length);
        prop_assert_eq!(x.contains(at), p.contains(&at));
        prop_assert_eq!(x.covers(part), (at..at + length).all(|n| p.contains(&n)));
        prop_assert_eq!(x.touches(part), (at..at + length).any(|n| p.contains(&n)));
        prop_assert_eq!(x.seconds(), p.len() as i64);
    }

    #[test]
    fn free_is_what_is_not_busy(a in parts(), from in 0_i64..200, length in 0_i64..300) {
        let (busy, within) = (set_of(&a), Interval::new(from, from + length));
        let free = busy.complement(within);
        prop_assert!(free.intersect(&busy).is_empty());
        prop_assert_eq!(free.union(&busy.clip(within)), Set::of(vec![within]));
        prop_assert_eq!(free.complement(within), busy.clip(within));
    }

    /// One more event never makes a slot appear, nor a person free.
    #[test]
    fn more_events_never_mean_more_slots(
        people in prop::collection::vec((parts(), any::<bool>()), 1..5),
        more in (0_i64..400, 1_i64..40),
        who in any::<prop::sample::Index>(),
        duration in 1_i64..30, step in 1_i64..20, before in 0_i64..9, after in 0_i64..9, need in 0_usize..5,
    ) {
        let person = |(busy, required): &(Vec<(i64, i64)>, bool)| Person { open: None, busy: set_of(busy), required: *required };
        let fewer: Vec<Person> = people.iter().map(person).collect();
        let mut fuller = fewer.clone();
        let who = who.index(fuller.len());
        fuller[who].busy = fuller[who].busy.union(&set_of(&[more]));
        let (windows, none) = (set_of(&[(0, 180), (200, 230)]), Set::empty());
        let need = if need == 0 { Need::All } else { Need::AtLeast(need) };
        let search = |people| Search {
            windows: &windows, within: None, forbidden: &none, duration, step, round: None, before, after,
            people, need, most: usize::MAX, most_refused: usize::MAX,
        };
        let (loose, tight) = (search(&fewer).run(), search(&fuller).run());
        let unasked = Search { most_refused: 0, ..search(&fewer) }.run();
        prop_assert_eq!(&unasked.slots, &loose.slots);
        let starts = |slots: &[daybook_domain::availability::Slot]| slots.iter().map(|slot| slot.time.start).collect::<BTreeSet<_>>();
        prop_assert!(starts(&tight.slots).is_subset(&starts(&loose.slots)));
        prop_assert_eq!(loose.slots.len() + loose.refused.len(), tight.slots.len() + tight.refused.len());
        for slot in &loose.slots {
            for (n, person) in fewer.iter().enumerate() {
                let wide = Interval::new(slot.time.start - before, slot.time.end + after);
                prop_assert_eq!(slot.has(n), !person.busy.touches(wide));
            }
        }
    }
}
