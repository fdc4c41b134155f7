//! Rules that step by hours, minutes or seconds: leaping over days, hours and minutes that they do not admit.

use super::civil::{DAY, LAST_SECOND};
use super::rule::Frequency;
use super::seek::{Budget, Load, Walk};

impl Walk<'_> {
    /// Sub-daily: the first step whose period is admitted, leaping over days, hours and minutes that are not.
    pub(super) fn seek_unit(&mut self, mut step: i64, to: i64, budget: &mut Budget) -> Load {
        let plan = self.plan;
        loop {
            let local = plan.period_start(plan.period_at(step));
            if local >= to || local > LAST_SECOND {
                return Load::Past;
            }
            let Some(target) = self.unit_target(local, to, budget) else {
                return Load::Exhausted;
            };
            if target <= local {
                return Load::Loaded(step);
            }
            if !budget.take(1) {
                return Load::Exhausted;
            }
            step = plan.first_step(target).max(step + 1);
        }
    }

    /// `local` itself when admitted, else the next wall second that may be.
    fn unit_target(&mut self, local: i64, to: i64, budget: &mut Budget) -> Option<i64> {
        let plan = self.plan;
        let (day, of_day) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        if !plan.days.admits_all() && !self.admits_day(day, budget)? {
            return self
                .next_admitted_day(day + 1, to, budget)
                .map(|next| next * DAY);
        }
        if plan.admits_time(of_day) {
            return Some(local);
        }
        let (hour, minute) = (of_day / 3600, of_day / 60 % 60);
        if plan.hours != 0 && plan.hours >> hour & 1 == 0 {
            let next = next_bit(plan.hours, hour + 1).filter(|next| *next < 24);
            return Some(day * DAY + next.map_or(DAY, |next| next * 3600));
        }
        if plan.freq != Frequency::Hourly && plan.minutes != 0 && plan.minutes >> minute & 1 == 0 {
            let next = next_bit(plan.minutes, minute + 1).filter(|next| *next < 60);
            return Some(day * DAY + hour * 3600 + next.map_or(3600, |next| next * 60));
        }
        let next = next_bit(plan.seconds, of_day % 60 + 1).filter(|next| *next < 60);
        Some(local - of_day % 60 + next.unwrap_or(60))
    }

    fn next_admitted_day(&mut self, from: i64, to: i64, budget: &mut Budget) -> Option<i64> {
        let mut day = from;
        while day * DAY < to && day * DAY <= LAST_SECOND {
            self.seek_month(day, budget)?;
            let (first, length, mask) = self.month;
            let ahead = mask & (u32::MAX << (day - first));
            if ahead != 0 {
                return Some(first + i64::from(ahead.trailing_zeros()));
            }
            day = first + length;
        }
        Some(day)
    }
}

fn next_bit(set: u64, from: i64) -> Option<i64> {
    let ahead = set.checked_shr(u32::try_from(from).ok()?)?;
    (ahead != 0).then(|| from + i64::from(ahead.trailing_zeros()))
}
