//! Which days of a month a rule admits, as one bit per day.
//!
//! Every BY-part about days becomes a mask over a month, so that a whole month costs a few machine instructions whether
//! the rule repeats daily, monthly or yearly.

use super::civil::{
    days_in_month, days_in_year, days_of_civil, week_of_days, weekday_index, weekday_of_days,
    weeks_in_year,
};
use super::rule::{Frequency, Rule, WeekdayNum};

/// The parts of a rule that look at a day.
#[derive(Debug, Clone, Default)]
pub(super) struct DayFilter {
    /// Bit 1–12 per month; 0 admits every month.
    pub(super) months: u16,
    /// Bit 0–6 from Monday; with `ordinals` empty and this 0, every weekday is admitted.
    pub(super) weekdays: u8,
    /// Numbered weekdays: ordinal and weekday from Monday.
    ordinals: Vec<(i8, u8)>,
    /// Whether ordinals count within the year rather than the month.
    ordinals_in_year: bool,
    /// Bit 0 is the first day of the month.
    month_days: u32,
    /// Bit 0 is the last day of the month.
    month_days_back: u32,
    by_month_day: bool,
    year_days: Option<Box<YearDays>>,
    /// Bits 1–53, and 1–53 from the end.
    pub(super) weeks: u64,
    pub(super) weeks_back: u64,
    week_start: u8,
}

#[derive(Debug, Clone, Default)]
struct YearDays {
    forward: [u64; 6],
    back: [u64; 6],
}

impl YearDays {
    fn of(list: &[i16]) -> Option<Box<Self>> {
        let mut days = Self::default();
        for day in list {
            let (index, side) = (
                usize::from(day.unsigned_abs()) - 1,
                if *day > 0 {
                    &mut days.forward
                } else {
                    &mut days.back
                },
            );
            if let Some(word) = side.get_mut(index / 64) {
                *word |= 1 << (index % 64);
            }
        }
        (!list.is_empty()).then(|| Box::new(days))
    }

    fn admits(&self, index: i64, length: i64) -> bool {
        let bit = |side: &[u64; 6], at: i64| {
            let at = usize::try_from(at).unwrap_or(usize::MAX);
            side.get(at / 64)
                .is_some_and(|word| word >> (at % 64) & 1 == 1)
        };
        bit(&self.forward, index) || bit(&self.back, length - 1 - index)
    }
}

impl DayFilter {
    /// The filter of a rule's own parts; what DTSTART implies is added by the caller.
    pub(super) fn of(rule: &Rule) -> Self {
        // Numbers are about months and years only; elsewhere programs write them by mistake and the day is what is meant.
        let numbered = |day: &&WeekdayNum| rule.freq >= Frequency::Monthly && day.ordinal.is_some();
        let mut filter = Self {
            week_start: weekday_index(rule.week_start),
            ordinals_in_year: rule.freq == Frequency::Yearly && rule.by_month.is_empty(),
            by_month_day: !rule.by_month_day.is_empty(),
            year_days: YearDays::of(&rule.by_year_day),
            ..Self::default()
        };
        for month in &rule.by_month {
            filter.months |= 1 << month;
        }
        for day in &rule.by_day {
            if numbered(&day) {
                filter
                    .ordinals
                    .push((day.ordinal.unwrap_or(1), weekday_index(day.weekday)));
            } else {
                filter.weekdays |= 1 << weekday_index(day.weekday);
            }
        }
        for day in &rule.by_month_day {
            let bit = 1 << (u32::from(day.unsigned_abs()) - 1);
            *(if *day > 0 {
                &mut filter.month_days
            } else {
                &mut filter.month_days_back
            }) |= bit;
        }
        for week in &rule.by_week_no {
            let bit = 1 << week.unsigned_abs();
            *(if *week > 0 {
                &mut filter.weeks
            } else {
                &mut filter.weeks_back
            }) |= bit;
        }
        filter.ordinals.sort_unstable();
        filter.ordinals.dedup();
        filter
    }

    pub(super) const fn add_month(&mut self, month: u8) {
        self.months |= 1 << month;
    }

    pub(super) const fn add_month_day(&mut self, day: u8) {
        self.month_days |= 1 << (day - 1);
        self.by_month_day = true;
    }

    /// Whether days are admitted by nothing but their weekday, or not filtered at all.
    pub(super) fn only_weekdays(&self) -> bool {
        self.months == 0
            && self.ordinals.is_empty()
            && !self.by_month_day
            && self.year_days.is_none()
            && self.weeks == 0
            && self.weeks_back == 0
    }

    pub(super) fn admits_all(&self) -> bool {
        self.only_weekdays() && matches!(self.weekdays, 0 | 0x7f)
    }

    /// The admitted days of a month: bit 0 is the first.
    pub(super) fn month(&self, year: i64, month: u8) -> u32 {
        if self.months != 0 && self.months >> month & 1 == 0 {
            return 0;
        }
        let length = u32::from(days_in_month(year, month));
        let all = u32::MAX >> (32 - length);
        let mut mask = all;
        if self.by_month_day {
            mask &= self.month_days | self.month_days_back.reverse_bits() >> (32 - length);
        }
        if mask == 0 {
            return 0;
        }
        let first = days_of_civil(year, month, 1);
        if self.weekdays != 0 || !self.ordinals.is_empty() {
            mask &= self.weekday_mask(first) | self.ordinal_mask(year, first, i64::from(length));
        }
        if let Some(days) = &self.year_days {
            let (before, of_year) = (first - days_of_civil(year, 1, 1), days_in_year(year));
            mask &= bits(length, |day| days.admits(before + day, of_year));
        }
        if self.weeks | self.weeks_back != 0 {
            mask &= self.week_mask(first, length);
        }
        mask & all
    }

    fn weekday_mask(&self, first: i64) -> u32 {
        let week = u64::from(self.weekdays);
        // Five weeks and the days before them, shifted so that bit 0 falls on the first of the month.
        let pattern = week | week << 7 | week << 14 | week << 21 | week << 28 | week << 35;
        (pattern >> weekday_of_days(first)) as u32
    }

    fn ordinal_mask(&self, year: i64, first: i64, length: i64) -> u32 {
        let (from, span) = if self.ordinals_in_year {
            (days_of_civil(year, 1, 1), days_in_year(year))
        } else {
            (first, length)
        };
        let mut mask = 0;
        for (ordinal, weekday) in &self.ordinals {
            let (ordinal, weekday) = (i64::from(*ordinal), i64::from(*weekday));
            let day = if ordinal > 0 {
                (weekday - i64::from(weekday_of_days(from))).rem_euclid(7) + (ordinal - 1) * 7
            } else {
                let last = from + span - 1;
                span - 1 - (i64::from(weekday_of_days(last)) - weekday).rem_euclid(7)
                    + (ordinal + 1) * 7
            };
            let in_month = from + day - first;
            if (0..span).contains(&day) && (0..length).contains(&in_month) {
                mask |= 1 << in_month;
            }
        }
        mask
    }

    fn week_mask(&self, first: i64, length: u32) -> u32 {
        bits(length, |day| {
            let (year, week) = week_of_days(first + day, self.week_start);
            let from_end = weeks_in_year(year, self.week_start) - week + 1;
            self.weeks >> week & 1 == 1 || self.weeks_back >> from_end & 1 == 1
        })
    }

    /// Days looked at for one month's mask, in units of a plain mask.
    pub(super) fn cost(&self) -> u32 {
        let weeks = if self.weeks | self.weeks_back == 0 {
            0
        } else {
            4
        };
        let year_days = if self.year_days.is_none() { 0 } else { 1 };
        1 + weeks + year_days + u32::try_from(self.ordinals.len() / 16).unwrap_or(0)
    }
}

fn bits(length: u32, admits: impl Fn(i64) -> bool) -> u32 {
    (0..length)
        .filter(|day| admits(i64::from(*day)))
        .fold(0, |mask, day| mask | 1 << day)
}
