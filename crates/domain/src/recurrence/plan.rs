//! A rule made ready for seeking: anchored at its DTSTART, with everything that DTSTART implies filled in.

use super::civil::{
    DAY, LAST_SECOND, civil_of_days, days_of_civil, first_week_start, week_of_days, weekday_index,
    weekday_of_days,
};
use super::filter::DayFilter;
use super::rule::{Frequency, Rule};
use super::times::Times;
use super::values::{DateValue, loose_wall, wall_seconds};
use crate::zone::Zone;

/// Where a rule stops by `UNTIL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Until {
    /// No wall second after this one fires.
    pub(super) local: i64,
    /// Nor any instant after this one.
    pub(super) instant: i64,
}

/// A compiled rule. All times are wall seconds since 1970-01-01T00:00.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) freq: Frequency,
    pub(super) interval: i64,
    pub(super) start: i64,
    pub(super) until: Until,
    /// Instances left to the rule itself.
    pub(super) count: Option<u64>,
    pub(super) days: DayFilter,
    pub(super) times: Times,
    pub(super) set_pos: Vec<i32>,
    pub(super) week_start: u8,
    /// Number of the period that holds DTSTART: day, week, month, year, hour, minute or second since 1970 (years: since 0).
    pub(super) base: i64,
    /// Periods are years of weeks rather than of months.
    pub(super) week_years: bool,
    /// Sub-daily rules: hours, minutes and seconds that are admitted, one bit each.
    pub(super) hours: u64,
    pub(super) minutes: u64,
    pub(super) seconds: u64,
    /// The rule can never fire.
    pub(super) void: bool,
}

impl Plan {
    /// `all_day`: the series is of dates, `start` is a midnight, and parts about times say nothing.
    pub(super) fn compile(rule: &Rule, start: i64, zone: &Zone, all_day: bool) -> Self {
        let freq =
            if rule.freq < Frequency::Daily && rule.interval <= 1 && rule.by_set_pos.is_empty() {
                // Every hour, minute or second is the same as every day at all of them, and days can be skipped.
                Frequency::Daily
            } else {
                rule.freq
            };
        let mut plan = Self {
            freq,
            interval: i64::from(rule.interval.max(1)),
            start,
            until: until(rule, zone, all_day),
            count: rule.count.map(u64::from),
            days: DayFilter::of(rule),
            times: times(rule, freq, start, all_day),
            set_pos: rule
                .by_set_pos
                .iter()
                .map(|position| i32::from(*position))
                .collect(),
            week_start: weekday_index(rule.week_start),
            base: 0,
            week_years: freq == Frequency::Yearly && !rule.by_week_no.is_empty(),
            hours: bit_set(&rule.by_hour),
            minutes: bit_set(&rule.by_minute),
            seconds: bit_set(&rule.by_second),
            void: all_day && rule.freq < Frequency::Daily,
        };
        plan.imply(rule);
        plan.base = plan.period_of(start);
        plan.anchor_week_years();
        plan.void |= plan.never_meets_its_times();
        plan
    }

    /// RFC 5545 §3.3.10: what a rule leaves open is taken from DTSTART.
    fn imply(&mut self, rule: &Rule) {
        let day = self.start.div_euclid(DAY);
        let (_, month, month_day) = civil_of_days(day);
        let no_days =
            rule.by_day.is_empty() && rule.by_month_day.is_empty() && rule.by_year_day.is_empty();
        match self.freq {
            _ if !no_days => {}
            Frequency::Yearly if !rule.by_week_no.is_empty() => {
                self.days.weekdays = 1 << weekday_of_days(day)
            }
            Frequency::Yearly => {
                self.days.add_month_day(month_day);
                if rule.by_month.is_empty() {
                    self.days.add_month(month);
                }
            }
            Frequency::Monthly if rule.by_week_no.is_empty() => self.days.add_month_day(month_day),
            Frequency::Weekly => self.days.weekdays = 1 << weekday_of_days(day),
            _ => {}
        }
    }

    /// With INTERVAL, years of weeks are counted from DTSTART's own when DTSTART is an instance, else from its calendar year.
    fn anchor_week_years(&mut self) {
        if self.week_years && self.interval > 1 {
            let day = self.start.div_euclid(DAY);
            let (year, month, month_day) = civil_of_days(day);
            let fires = self.days.month(year, month) >> (month_day - 1) & 1 == 1;
            if !fires {
                self.base = year;
            }
        }
    }

    /// The number of the period that a wall second falls into.
    pub(super) fn period_of(&self, local: i64) -> i64 {
        let day = local.div_euclid(DAY);
        match self.freq {
            Frequency::Secondly => local,
            Frequency::Minutely => local.div_euclid(60),
            Frequency::Hourly => local.div_euclid(3600),
            Frequency::Daily => day,
            Frequency::Weekly => (day + 3 - i64::from(self.week_start)).div_euclid(7),
            Frequency::Monthly => {
                let (year, month, _) = civil_of_days(day);
                year * 12 + i64::from(month) - 1
            }
            Frequency::Yearly if self.week_years => week_of_days(day, self.week_start).0,
            Frequency::Yearly => civil_of_days(day).0,
        }
    }

    /// The first wall second of a period.
    pub(super) fn period_start(&self, period: i64) -> i64 {
        match self.freq {
            Frequency::Secondly => period,
            Frequency::Minutely => period * 60,
            Frequency::Hourly => period * 3600,
            Frequency::Daily => period * DAY,
            Frequency::Weekly => self.week_first_day(period) * DAY,
            Frequency::Monthly => days_of_civil(period.div_euclid(12), month_of(period), 1) * DAY,
            Frequency::Yearly if self.week_years => first_week_start(period, self.week_start) * DAY,
            Frequency::Yearly => days_of_civil(period, 1, 1) * DAY,
        }
    }

    pub(super) fn week_first_day(&self, period: i64) -> i64 {
        period * 7 - 3 + i64::from(self.week_start)
    }

    /// The number, counted from DTSTART's period, of the first period of this rule that ends after `local`.
    pub(super) fn first_step(&self, local: i64) -> i64 {
        let ahead = self.period_of(local) - self.base;
        if ahead <= 0 {
            0
        } else {
            (ahead - 1) / self.interval + 1
        }
    }

    /// The period number of a step; beyond the end of time when it would overflow.
    pub(super) fn period_at(&self, step: i64) -> i64 {
        self.base
            .saturating_add(step.saturating_mul(self.interval))
            .min(LAST_SECOND + 1)
    }

    /// Whether an interval and the times asked for can never fall together, as with every 24 hours from ten, at nine.
    fn never_meets_its_times(&self) -> bool {
        let (per_day, unit) = match self.freq {
            Frequency::Hourly => (24, 3600),
            Frequency::Minutely => (1440, 60),
            Frequency::Secondly => (86_400, 1),
            _ => return false,
        };
        if self.hours == 0 && self.minutes == 0 && self.seconds == 0 {
            return false;
        }
        let stride = gcd(self.interval, per_day);
        let mut of_day = self.base.rem_euclid(per_day) % stride;
        while of_day < per_day {
            if self.admits_time(of_day * unit) {
                return false;
            }
            of_day += stride;
        }
        true
    }

    /// Whether a sub-daily period that begins at this second of the day is admitted.
    pub(super) fn admits_time(&self, of_day: i64) -> bool {
        let has = |set: u64, at: i64| set == 0 || set >> at & 1 == 1;
        has(self.hours, of_day / 3600)
            && (matches!(self.freq, Frequency::Hourly) || has(self.minutes, of_day / 60 % 60))
            && (!matches!(self.freq, Frequency::Secondly) || has(self.seconds, of_day % 60))
    }
}

pub(super) const fn month_of(period: i64) -> u8 {
    period.rem_euclid(12) as u8 + 1
}

const fn gcd(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn bit_set(list: &[u8]) -> u64 {
    list.iter().fold(0, |set, item| set | 1 << (*item).min(59))
}

fn times(rule: &Rule, freq: Frequency, start: i64, all_day: bool) -> Times {
    if all_day {
        return Times::new(&[0], &[0], &[0]);
    }
    let of_day = start.rem_euclid(DAY);
    let own = |value: i64| vec![u8::try_from(value).unwrap_or(0)];
    // A part that is missing is DTSTART's, unless the rule's own step goes through all of its values.
    let pick = |list: &[u8], steps: bool, own: Vec<u8>, most: u8| match (list.is_empty(), steps) {
        (false, _) => list.iter().map(|item| (*item).min(most)).collect(),
        (true, true) => (0..=most).collect(),
        (true, false) => own,
    };
    let hours = pick(
        &rule.by_hour,
        rule.freq <= Frequency::Hourly,
        own(of_day / 3600),
        23,
    );
    let minutes = pick(
        &rule.by_minute,
        rule.freq <= Frequency::Minutely,
        own(of_day / 60 % 60),
        59,
    );
    let seconds = pick(
        &rule.by_second,
        rule.freq == Frequency::Secondly,
        own(of_day % 60),
        59,
    );
    match freq {
        Frequency::Hourly => Times::new(&[0], &minutes, &seconds),
        Frequency::Minutely => Times::new(&[0], &[0], &seconds),
        Frequency::Secondly => Times::new(&[0], &[0], &[0]),
        _ => Times::new(&hours, &minutes, &seconds),
    }
}

fn until(rule: &Rule, zone: &Zone, all_day: bool) -> Until {
    let end_of_day = |days: i64| Until {
        local: days * DAY + DAY - 1,
        instant: i64::MAX,
    };
    match &rule.until {
        None => Until {
            local: LAST_SECOND,
            instant: i64::MAX,
        },
        Some(DateValue::Date(date)) => end_of_day(super::civil::days_of_date(*date)),
        Some(DateValue::Local(wall)) => Until {
            local: super::civil::seconds_of_datetime(*wall),
            instant: i64::MAX,
        },
        Some(DateValue::Utc(at)) if all_day => {
            // Programs mean the date they write when they write a day's first or last second; otherwise an instant.
            let seconds = at.as_second();
            let edge = matches!(seconds.rem_euclid(DAY), 0 | 86_399);
            let wall = if edge {
                seconds
            } else {
                wall_seconds(zone, *at)
            };
            end_of_day(wall.div_euclid(DAY))
        }
        Some(DateValue::Utc(at)) => Until {
            // A wall can show the same time twice, so the wall bound is loose and the instant decides.
            local: loose_wall(zone, *at).end,
            instant: at.as_second(),
        },
    }
}
