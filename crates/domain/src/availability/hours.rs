//! Opening hours: wall-clock ranges by weekday with exceptions by date, turned into instants.
//!
//! A range begins at the instant clocks show its first time and ends at the instant they show its last, by the rule that all
//! wall times follow here (RFC 5545 §3.3.5): in a gap the offset before it, in an overlap the first of the two. So a range
//! inside a gap is empty, one around an overlap is longer by the repeated time, and nothing is offered at a time no clock shows.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};

use super::{Interval, Set};
use crate::recurrence::civil::{DAY, days_of_civil, weekday_of_days};
use crate::zone::{LocalCursor, Zone, timestamp_of_seconds};

/// From a time of day to a later one of the same day. Midnight as the end is the end of the day.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct TimeRange {
    /// When it begins.
    pub from: Time,
    /// When it ends, exclusive; midnight: at the end of the day.
    pub to: Time,
}

impl TimeRange {
    /// The whole day.
    pub const DAY: Self = Self {
        from: Time::midnight(),
        to: Time::midnight(),
    };

    /// Whether it ends after it begins.
    #[must_use]
    pub fn is_valid(self) -> bool {
        let (from, to) = self.seconds();
        from < to
    }

    /// Both ends in seconds since the day's midnight, as clocks that never change show them.
    fn seconds(self) -> (i64, i64) {
        let of = |time: Time| {
            i64::from(time.hour()) * 3_600
                + i64::from(time.minute()) * 60
                + i64::from(time.second())
        };
        let to = of(self.to);
        (of(self.from), if to == 0 { DAY } else { to })
    }
}

/// Opening hours in a zone.
#[derive(Debug, Clone)]
pub struct Hours {
    zone: Zone,
    week: [Vec<TimeRange>; 7],
    dates: BTreeMap<i64, Vec<TimeRange>>,
}

impl Hours {
    /// Hours by weekday (0 = Monday).
    #[must_use]
    pub const fn new(zone: Zone, week: [Vec<TimeRange>; 7]) -> Self {
        Self {
            zone,
            week,
            dates: BTreeMap::new(),
        }
    }

    /// The same range on each of these weekdays (0 = Monday; others are ignored).
    #[must_use]
    pub fn on_days(zone: Zone, days: &[u8], range: TimeRange) -> Self {
        let open = |day: usize| days.iter().any(|open| usize::from(*open) == day);
        let week = std::array::from_fn(|day| if open(day) { vec![range] } else { vec![] });
        Self::new(zone, week)
    }

    /// Other hours on one date; none: closed.
    pub fn set_date(&mut self, date: Date, ranges: Vec<TimeRange>) {
        self.dates.insert(day_number(date), ranges);
    }

    /// In which zone.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The ranges of a date, and whether they are an exception to the week.
    #[must_use]
    pub fn of_date(&self, date: Date) -> (&[TimeRange], bool) {
        let day = day_number(date);
        (self.of_day(day), self.dates.contains_key(&day))
    }

    /// The time they are open on one date, as clocks there count it.
    #[must_use]
    pub fn on(&self, date: Date) -> Set {
        let mut parts = Vec::new();
        self.push_day(
            &mut LocalCursor::new(&self.zone),
            day_number(date),
            &mut parts,
        );
        Set::of(parts)
    }

    /// The open time in a stretch.
    #[must_use]
    pub fn within(&self, span: Interval) -> Set {
        if span.is_empty() {
            return Set::empty();
        }
        let day_of = |at: i64| {
            let offset = self.zone.offset_at(timestamp_of_seconds(at));
            (at + i64::from(offset)).div_euclid(DAY)
        };
        let mut cursor = LocalCursor::new(&self.zone);
        let mut parts = Vec::new();
        for day in day_of(span.start) - 1..=day_of(span.end) + 1 {
            self.push_day(&mut cursor, day, &mut parts);
        }
        Set::of(parts).clip(span)
    }

    fn of_day(&self, day: i64) -> &[TimeRange] {
        let usual = &self.week[usize::from(weekday_of_days(day))];
        self.dates.get(&day).unwrap_or(usual)
    }

    fn push_day(&self, cursor: &mut LocalCursor<'_>, day: i64, parts: &mut Vec<Interval>) {
        for range in self.of_day(day) {
            let (from, to) = range.seconds();
            let start = cursor.instant(day * DAY + from);
            parts.push(Interval::new(start, cursor.instant(day * DAY + to)));
        }
    }
}

fn day_number(date: Date) -> i64 {
    let part = |n: i8| u8::try_from(n).unwrap_or(1);
    days_of_civil(i64::from(date.year()), part(date.month()), part(date.day()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    fn range(from: (i8, i8), to: (i8, i8)) -> TimeRange {
        TimeRange {
            from: time(from.0, from.1, 0, 0),
            to: time(to.0, to.1, 0, 0),
        }
    }

    fn open(zone: &str, range: TimeRange, day: Date) -> i64 {
        let zone = Zone::iana(zone).unwrap();
        Hours::on_days(zone, &[0, 1, 2, 3, 4, 5, 6], range)
            .on(day)
            .seconds()
    }

    #[test]
    fn days_are_as_long_as_clocks_make_them() {
        let spring = date(2026, 3, 29);
        assert_eq!(open("Europe/Berlin", TimeRange::DAY, spring), 23 * 3_600);
        assert_eq!(
            open("Europe/Berlin", TimeRange::DAY, date(2026, 10, 25)),
            25 * 3_600
        );
        assert_eq!(open("Europe/Berlin", range((2, 0), (3, 0)), spring), 0);
        assert_eq!(open("Europe/Berlin", range((2, 30), (3, 0)), spring), 0);
        assert_eq!(
            open("Europe/Berlin", range((2, 0), (3, 0)), date(2026, 10, 25)),
            2 * 3_600
        );
        assert_eq!(
            open("Australia/Lord_Howe", TimeRange::DAY, date(2026, 10, 4)),
            23 * 3_600 + 1_800
        );
        assert_eq!(
            open("Antarctica/Troll", TimeRange::DAY, date(2026, 3, 29)),
            22 * 3_600
        );
        // Midnight is in the gap: the day begins at one o'clock.
        assert_eq!(
            open("Africa/Cairo", TimeRange::DAY, date(2026, 4, 24)),
            23 * 3_600
        );
        // The island had no 30th of December.
        assert_eq!(open("Pacific/Apia", TimeRange::DAY, date(2011, 12, 30)), 0);
    }

    #[test]
    fn dates_take_the_place_of_the_week() {
        let mut hours = Hours::on_days(Zone::utc(), &[0], range((9, 0), (17, 0)));
        let (monday, tuesday) = (date(2026, 3, 2), date(2026, 3, 3));
        assert_eq!(
            (hours.on(monday).seconds(), hours.on(tuesday).seconds()),
            (8 * 3_600, 0)
        );
        hours.set_date(monday, vec![]);
        hours.set_date(
            tuesday,
            vec![range((10, 0), (11, 0)), range((22, 0), (0, 0))],
        );
        assert_eq!(
            (hours.on(monday).seconds(), hours.on(tuesday).seconds()),
            (0, 3 * 3_600)
        );
        assert!(hours.of_date(tuesday).1 && !hours.of_date(date(2026, 3, 4)).1);
    }
}
