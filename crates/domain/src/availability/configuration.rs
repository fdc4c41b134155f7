//! Scheduling settings: how long, how far apart, how soon, how far ahead, and at which hours.

use std::ops::RangeInclusive;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{BusyRules, Hours, Interval, Rule, TimeRange};
use crate::zone::Zone;

/// Further than any calendar, in seconds: the ends of time for forbidden stretches.
const FOREVER: i64 = 1 << 45;
/// How long a slot may be, in minutes.
pub const DURATION_MINUTES: RangeInclusive<i64> = 1..=1_440;
/// Exceptions that one configuration may have.
const MOST_OVERRIDES: usize = 1_000;
/// Ranges that one week may have.
const MOST_RANGES: usize = 70;

/// Scheduling settings (SPEC §2.4). Lengths are in minutes, weekdays from 0 = Monday.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Configuration {
    /// How long a slot is unless asked for otherwise.
    pub duration: i64,
    /// Kept free before a slot.
    pub prep_time: i64,
    /// Kept free after a slot.
    pub buffer_after: i64,
    /// Days from today on which nothing is offered; 1: not today.
    pub days_buffer: i64,
    /// No slot begins sooner than this.
    pub notice_minutes: i64,
    /// Nothing is offered more days ahead than this.
    pub horizon_days: i64,
    /// From one slot's start to the next one's; `None`: as long as a slot.
    pub slot_interval: Option<i64>,
    /// When a working day begins.
    pub from_time: Time,
    /// When it ends, exclusive; midnight: at the end of the day.
    pub to_time: Time,
    /// Which days are working days.
    pub workdays: Vec<u8>,
    /// Hours of each day, in place of the three above.
    pub hours: Option<Vec<DayHours>>,
    /// The IANA zone of all these times.
    pub time_zone: String,
    /// Other hours on single dates.
    pub date_overrides: Vec<DateOverride>,
    /// Which events count as busy.
    pub busy_rules: BusyRules,
}

/// A range of hours on one weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DayHours {
    /// The weekday, 0 = Monday.
    pub day: u8,
    /// When it begins.
    pub from_time: Time,
    /// When it ends, exclusive.
    pub to_time: Time,
}

/// Other hours on one date. Several for one date add up; one without times closes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DateOverride {
    /// The date.
    pub date: Date,
    /// When it begins.
    pub from_time: Option<Time>,
    /// When it ends, exclusive.
    pub to_time: Option<Time>,
}

/// A setting that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct Invalid {
    /// Which, as a JSON pointer.
    pub pointer: String,
    /// What it must be.
    pub detail: String,
}

impl Default for Configuration {
    /// Half an hour, on working days from nine to five, as far ahead as the mirror reaches.
    fn default() -> Self {
        Self {
            duration: 30,
            prep_time: 0,
            buffer_after: 0,
            days_buffer: 0,
            notice_minutes: 0,
            horizon_days: 365,
            slot_interval: None,
            from_time: Time::constant(9, 0, 0, 0),
            to_time: Time::constant(17, 0, 0, 0),
            workdays: vec![0, 1, 2, 3, 4],
            hours: None,
            time_zone: "UTC".to_owned(),
            date_overrides: Vec::new(),
            busy_rules: BusyRules::default(),
        }
    }
}

impl Configuration {
    /// Everything that makes no sense in it.
    #[must_use]
    pub fn faults(&self) -> Vec<Invalid> {
        let mut faults = Vec::new();
        let mut wrong = |pointer: String, detail: &str| {
            faults.push(Invalid {
                pointer,
                detail: detail.to_owned(),
            });
        };
        let numbers = [
            ("/duration", Some(self.duration), DURATION_MINUTES),
            ("/prep_time", Some(self.prep_time), 0..=1_440),
            ("/buffer_after", Some(self.buffer_after), 0..=1_440),
            ("/days_buffer", Some(self.days_buffer), 0..=365),
            ("/notice_minutes", Some(self.notice_minutes), 0..=525_600),
            ("/horizon_days", Some(self.horizon_days), 1..=400),
            ("/slot_interval", self.slot_interval, 1..=1_440),
        ];
        for (pointer, value, range) in numbers {
            if value.is_some_and(|value| !range.contains(&value)) {
                let detail = format!("must be from {} to {}", range.start(), range.end());
                wrong(pointer.to_owned(), &detail);
            }
        }
        if !range(self.from_time, self.to_time).is_valid() {
            wrong("/to_time".to_owned(), LATER);
        }
        if let Some(detail) = days_fault(&self.workdays) {
            wrong("/workdays".to_owned(), detail);
        }
        if Zone::iana(&self.time_zone).is_none() {
            wrong("/time_zone".to_owned(), ZONE);
        }
        for (pointer, detail) in self.list_faults() {
            wrong(pointer, detail);
        }
        faults
    }

    fn list_faults(&self) -> Vec<(String, &'static str)> {
        let mut faults = Vec::new();
        let hours = self.hours.as_deref().unwrap_or_default();
        if hours.len() > MOST_RANGES {
            faults.push(("/hours".to_owned(), "must have at most 70 ranges"));
        }
        for (n, one) in hours.iter().enumerate().take(MOST_RANGES) {
            if one.day > 6 {
                faults.push((format!("/hours/{n}/day"), "must be from 0 (Monday) to 6"));
            }
            if !range(one.from_time, one.to_time).is_valid() {
                faults.push((format!("/hours/{n}/to_time"), LATER));
            }
        }
        if self.date_overrides.len() > MOST_OVERRIDES {
            faults.push((
                "/date_overrides".to_owned(),
                "must have at most 1000 entries",
            ));
        }
        for (n, one) in self.date_overrides.iter().enumerate().take(MOST_OVERRIDES) {
            let fault = match (one.from_time, one.to_time) {
                (Some(from), Some(to)) if !range(from, to).is_valid() => Some(LATER),
                (Some(_), None) | (None, Some(_)) => {
                    Some("must be given together with from_time; give neither to close the date")
                }
                _ => None,
            };
            faults.extend(fault.map(|detail| (format!("/date_overrides/{n}/to_time"), detail)));
        }
        faults
    }

    /// The hours it describes; `None` when its zone is not known.
    #[must_use]
    pub fn opening(&self) -> Option<Hours> {
        let zone = Zone::iana(&self.time_zone)?;
        let mut hours = match &self.hours {
            None => Hours::on_days(zone, &self.workdays, range(self.from_time, self.to_time)),
            Some(each) => {
                let of = |day: usize| {
                    let own = each.iter().filter(|one| usize::from(one.day) == day);
                    own.map(|one| range(one.from_time, one.to_time)).collect()
                };
                Hours::new(zone, std::array::from_fn(of))
            }
        };
        for one in &self.date_overrides {
            let same = self
                .date_overrides
                .iter()
                .filter(|other| other.date == one.date);
            let ranges = same.filter_map(|other| Some(range(other.from_time?, other.to_time?)));
            hours.set_date(one.date, ranges.collect());
        }
        Some(hours)
    }

    /// Start times that are out of the question at `now`, and by which rule.
    #[must_use]
    pub fn forbidden(&self, zone: &Zone, now: Timestamp) -> Vec<(Rule, Interval)> {
        let today = zone.to_datetime(now).date();
        let day = |days: i64| {
            zone.start_of_day(today.saturating_add(days.days()))
                .as_second()
        };
        let notice = SignedDuration::from_mins(self.notice_minutes);
        let soonest = Interval::between(now, now).end + notice.as_secs();
        let mut all = vec![
            (Rule::Notice, Interval::new(-FOREVER, soonest)),
            (
                Rule::Horizon,
                Interval::new(day(self.horizon_days + 1), FOREVER),
            ),
        ];
        if self.days_buffer > 0 {
            all.push((
                Rule::DaysBuffer,
                Interval::new(-FOREVER, day(self.days_buffer)),
            ));
        }
        all
    }
}

/// What is wrong with an unknown zone.
pub(crate) const ZONE: &str = "must be an IANA time zone such as Europe/Berlin";
/// What is wrong with a range that does not end after it begins.
pub(crate) const LATER: &str = "must be later than from_time; 00:00:00 means the end of the day";

const fn range(from: Time, to: Time) -> TimeRange {
    TimeRange { from, to }
}

/// What is wrong with a list of weekdays.
#[must_use]
pub fn days_fault(days: &[u8]) -> Option<&'static str> {
    let mut seen = [false; 7];
    for day in days {
        match seen.get_mut(usize::from(*day)) {
            Some(seen) if !*seen => *seen = true,
            _ => return Some("must be different numbers from 0 (Monday) to 6 (Sunday)"),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    #[test]
    fn the_defaults_make_sense_and_nonsense_is_pointed_at() {
        let good = Configuration::default();
        assert_eq!(good.faults(), []);
        let bad = Configuration {
            duration: 0,
            prep_time: -1,
            slot_interval: Some(0),
            horizon_days: 3_650,
            from_time: time(17, 0, 0, 0),
            to_time: time(9, 0, 0, 0),
            workdays: vec![0, 0],
            hours: Some(vec![DayHours {
                day: 7,
                from_time: time(9, 0, 0, 0),
                to_time: time(9, 0, 0, 0),
            }]),
            time_zone: "Mars/Olympus".into(),
            date_overrides: vec![DateOverride {
                date: date(2026, 12, 24),
                from_time: Some(time(9, 0, 0, 0)),
                to_time: None,
            }],
            ..good
        };
        let pointers: Vec<String> = bad
            .faults()
            .into_iter()
            .map(|fault| fault.pointer)
            .collect();
        let expected = [
            "/duration",
            "/prep_time",
            "/horizon_days",
            "/slot_interval",
            "/to_time",
            "/workdays",
            "/time_zone",
            "/hours/0/day",
            "/hours/0/to_time",
            "/date_overrides/0/to_time",
        ];
        assert_eq!(pointers, expected);
    }

    #[test]
    fn hours_of_each_day_and_exceptions() {
        let at = |hour| time(hour, 0, 0, 0);
        let day = |day, from, to| DayHours {
            day,
            from_time: at(from),
            to_time: at(to),
        };
        let over = |from: Option<i8>, to: Option<i8>, day| DateOverride {
            date: date(2026, 3, day),
            from_time: from.map(at),
            to_time: to.map(at),
        };
        let one = Configuration {
            hours: Some(vec![day(0, 9, 12), day(0, 13, 15), day(6, 22, 0)]),
            date_overrides: vec![
                over(Some(8), Some(9), 3),
                over(Some(20), Some(21), 3),
                over(None, None, 9),
            ],
            ..Configuration::default()
        };
        let hours = one.opening().unwrap();
        let open = |day| hours.on(date(2026, 3, day)).seconds() / 3_600;
        assert_eq!(
            [open(2), open(3), open(4), open(8), open(9)],
            [5, 2, 0, 2, 0]
        );
    }

    #[test]
    fn too_soon_and_too_far() {
        let zone = Zone::iana("Europe/Berlin").unwrap();
        let now: Timestamp = "2026-03-28T23:30:00.5Z".parse().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
        let one = Configuration {
            notice_minutes: 60,
            days_buffer: 1,
            horizon_days: 2,
            ..Configuration::default()
        };
        let ends: Vec<(Rule, i64, i64)> = one
            .forbidden(&zone, now)
            .iter()
            .map(|(rule, time)| (*rule, time.start, time.end))
            .collect();
        // It is the 29th in Berlin, a day of 23 hours.
        assert_eq!(ends[0].2, at("2026-03-29T00:30:01Z"));
        assert_eq!(ends[1].1, at("2026-03-31T22:00:00Z"));
        assert_eq!(ends[2].2, at("2026-03-29T22:00:00Z"));
    }
}
