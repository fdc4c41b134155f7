//! Random events, said in no provider's words, and when they take time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rand::rngs::StdRng;
use rand::{Rng, RngExt};

pub const ZONES: [&str; 8] = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "UTC",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Africa/Casablanca",
    "Pacific/Auckland",
];
/// What a mirror begins with is the 4th of March 2026; clocks change on the 8th and 29th of March and the 5th of April.
const FIRST: Date = jiff::civil::date(2026, 2, 22);

/// Whether an event takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Busy,
    Tentative,
    Free,
    /// Working elsewhere; at Google a working location.
    Elsewhere,
    Declined,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freq {
    Daily,
    Weekly,
    Monthly,
}

#[derive(Debug, Clone, Copy)]
pub enum End {
    Never,
    Count(i64),
    /// The last day on which one may begin.
    Until(Date),
}

#[derive(Debug, Clone)]
pub struct Rule {
    pub freq: Freq,
    pub interval: i64,
    /// Of a weekly one, Monday first.
    pub days: Vec<Weekday>,
    pub end: End,
}

/// What the occurrences of a series have in common where the clocks change within one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// Their length, as in iCalendar.
    Length,
    /// The time on the wall at which they end, as in Exchange.
    Wall,
}

/// One event or series.
#[derive(Debug, Clone)]
pub struct Spec {
    pub n: usize,
    pub start: DateTime,
    pub minutes: i64,
    pub all_day: bool,
    pub zone: &'static str,
    pub kind: Kind,
    pub rule: Option<Rule>,
    /// Occurrences that are cancelled, by their place in the series.
    pub holes: BTreeSet<usize>,
    /// Occurrences that begin so many minutes later.
    pub moved: BTreeMap<usize, i64>,
}

/// The events of a calendar.
pub fn calendar(dice: &mut StdRng) -> Vec<Spec> {
    let count = dice.random_range(3..14);
    (0..count).map(|n| spec(n, dice)).collect()
}

fn spec(n: usize, dice: &mut StdRng) -> Spec {
    let date = FIRST.saturating_add(dice.random_range(0..56_i64).days());
    let all_day = dice.random_bool(0.15);
    let time = if all_day {
        jiff::civil::Time::midnight()
    } else {
        jiff::civil::time(dice.random_range(0..24), 5 * dice.random_range(0..12), 0, 0)
    };
    let minutes = if all_day {
        1_440 * dice.random_range(1..4)
    } else if dice.random_bool(0.05) {
        5 * dice.random_range(100..600)
    } else {
        5 * dice.random_range(1..48)
    };
    let mut spec = Spec {
        n,
        start: date.to_datetime(time),
        minutes,
        all_day,
        zone: pick(&ZONES, dice),
        kind: pick(
            &[
                Kind::Busy,
                Kind::Busy,
                Kind::Busy,
                Kind::Tentative,
                Kind::Free,
                Kind::Elsewhere,
                Kind::Declined,
            ],
            dice,
        ),
        rule: None,
        holes: BTreeSet::new(),
        moved: BTreeMap::new(),
    };
    // Hours that a change of clocks leaves out or doubles cannot be said by a wall clock.
    if !all_day && !spec.is_plain(spec.start) {
        spec.start = date.at(12, 0, 0, 0);
    }
    if dice.random_bool(0.5) {
        repeat(&mut spec, dice);
    }
    spec
}

fn repeat(spec: &mut Spec, dice: &mut StdRng) {
    let date = spec.start.date();
    let freq = pick(
        &[Freq::Daily, Freq::Weekly, Freq::Weekly, Freq::Monthly],
        dice,
    );
    if freq == Freq::Monthly && date.day() > 28 {
        return;
    }
    // Occurrences do not reach into each other: some providers forbid that.
    spec.minutes = spec.minutes.min(1_440);
    let mut days = BTreeSet::from([date.weekday().to_monday_zero_offset()]);
    for _ in 0..dice.random_range(0..3) {
        days.insert(dice.random_range(0..7));
    }
    let end = match dice.random_range(0..3) {
        0 => End::Never,
        1 => End::Count(dice.random_range(2..20)),
        _ => End::Until(date.saturating_add(dice.random_range(3..60_i64).days())),
    };
    spec.rule = Some(Rule {
        freq,
        interval: dice.random_range(1..4),
        days: days
            .into_iter()
            .map(|day| Weekday::from_monday_zero_offset(day).unwrap())
            .collect(),
        end,
    });
    let all = spec.dates().len().min(20);
    for _ in 0..dice.random_range(0..3) {
        spec.holes.insert(dice.random_range(0..all));
    }
    for _ in 0..dice.random_range(0..3) {
        let nth = dice.random_range(0..all);
        let room = 1_440 - spec.minutes - i64::from(spec.start.hour()) * 60 - 60;
        let wall = spec.wall(nth);
        if spec.all_day || spec.holes.contains(&nth) || room < 10 {
            continue;
        }
        let minutes = 5 * dice.random_range(1..=room / 5).max(1);
        if spec.is_plain(wall) && spec.is_plain(wall.saturating_add(minutes.minutes())) {
            spec.moved.insert(nth, minutes);
        }
    }
}

impl Spec {
    /// Whether a time and the end of an event that begins then are said by a wall clock without doubt.
    fn is_plain(&self, start: DateTime) -> bool {
        let tz = zone(self.zone);
        let plain = |wall: DateTime| tz.to_ambiguous_timestamp(wall).is_ambiguous();
        let end = self.end_of(start);
        !plain(start) && !plain(tz.to_datetime(end))
    }

    /// When each occurrence is by the rule, up to a hundred days on.
    pub fn dates(&self) -> Vec<Date> {
        let first = self.start.date();
        let Some(rule) = &self.rule else {
            return vec![first];
        };
        let last = first.saturating_add(100.days());
        let mut dates = Vec::new();
        for step in 0..=100_i64 {
            let n = step * rule.interval;
            match rule.freq {
                Freq::Daily => dates.push(first.saturating_add(n.days())),
                Freq::Monthly => dates.push(first.saturating_add(n.months())),
                Freq::Weekly => {
                    let back = i64::from(first.weekday().to_monday_zero_offset());
                    let monday = first.saturating_sub(back.days()).saturating_add(n.weeks());
                    let on = |day: &Weekday| {
                        monday.saturating_add(i64::from(day.to_monday_zero_offset()).days())
                    };
                    dates.extend(rule.days.iter().map(on));
                }
            }
        }
        dates.retain(|date| *date >= first);
        match rule.end {
            End::Never => {}
            End::Count(count) => dates.truncate(usize::try_from(count).unwrap()),
            End::Until(until) => dates.retain(|date| *date <= until),
        }
        dates.retain(|date| *date <= last);
        dates
    }

    /// When the nth occurrence begins by the rule.
    pub fn wall(&self, nth: usize) -> DateTime {
        self.dates()[nth].to_datetime(self.start.time())
    }

    /// When something that begins at this time ends.
    pub fn end_of(&self, start: DateTime) -> Timestamp {
        instant(self.zone, start) + SignedDuration::from_mins(self.minutes)
    }

    /// When the nth occurrence ends, if nobody moved it.
    fn usual_end(&self, nth: usize, ends: Ends) -> Timestamp {
        let wall = self.wall(nth);
        if ends == Ends::Length || self.rule.is_none() {
            return self.end_of(wall);
        }
        let first = zone(self.zone).to_datetime(self.end_of(self.start));
        let length = self.start.duration_until(first);
        instant(self.zone, wall.saturating_add(length)).max(instant(self.zone, wall))
    }

    /// Every stretch that it covers. Days begin where `home` says.
    pub fn covers(&self, home: &str, ends: Ends) -> Vec<(Timestamp, Timestamp)> {
        let occurrences = (0..self.dates().len()).filter(|nth| !self.holes.contains(nth));
        occurrences
            .map(|nth| {
                let wall = self.wall(nth);
                if self.all_day {
                    let after = wall.saturating_add((self.minutes / 1_440).days());
                    return (instant(home, wall), instant(home, after));
                }
                if let Some(later) = self.moved.get(&nth) {
                    let start = wall.saturating_add(later.minutes());
                    return (instant(self.zone, start), self.end_of(start));
                }
                (instant(self.zone, wall), self.usual_end(nth, ends))
            })
            .collect()
    }
}

pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

pub fn instant(name: &str, wall: DateTime) -> Timestamp {
    zone(name).to_timestamp(wall).unwrap()
}

pub fn pick<T: Copy>(from: &[T], dice: &mut impl Rng) -> T {
    from[dice.random_range(0..from.len())]
}
