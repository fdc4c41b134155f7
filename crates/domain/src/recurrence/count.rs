//! `COUNT` without walking: how many instances come before a period, by arithmetic wherever periods are alike.

use super::rule::Frequency;
use super::seek::{Budget, Load, Walk, place};

impl Walk<'_> {
    /// How many instances the periods before `step` hold.
    pub(super) fn count_before(&mut self, step: i64, budget: &mut Budget) -> Option<u64> {
        if step == 0 {
            return Some(0);
        }
        let first = match self.load(0, i64::MAX, budget) {
            Load::Loaded(0) => (self.len() - self.below(self.plan.start)) as u64,
            Load::Exhausted => return None,
            _ => 0,
        };
        let rest = u64::try_from(step - 1).unwrap_or(0);
        if let Some(each) = self.same_in_every_period() {
            return Some(first.saturating_add(each.saturating_mul(rest)));
        }
        if self.plan.freq == Frequency::Daily && self.plan.interval == 1 {
            let each = self.picked_of(1);
            let days = self.count_days(self.plan.base + 1, self.plan.base + step, budget)?;
            return Some(first.saturating_add(each.saturating_mul(days)));
        }
        let (mut total, mut at) = (first, 1);
        let to = self.plan.period_start(self.plan.period_at(step));
        while at < step {
            match self.load(at, to, budget) {
                Load::Loaded(found) if found < step => {
                    total = total.saturating_add(self.len() as u64);
                    at = found + 1;
                }
                Load::Exhausted => return None,
                _ => break,
            }
            if self.plan.count.is_some_and(|count| total >= count) {
                break;
            }
        }
        Some(total)
    }

    fn same_in_every_period(&self) -> Option<u64> {
        let plan = self.plan;
        match plan.freq {
            Frequency::Daily if plan.days.admits_all() => Some(self.picked_of(1)),
            Frequency::Weekly if plan.days.only_weekdays() => {
                Some(self.picked_of(plan.days.weekdays.count_ones() as usize))
            }
            Frequency::Hourly | Frequency::Minutely | Frequency::Secondly => {
                let limited = plan.hours
                    | if plan.freq == Frequency::Hourly {
                        0
                    } else {
                        plan.minutes
                    };
                let seconds = if plan.freq == Frequency::Secondly {
                    plan.seconds
                } else {
                    0
                };
                (plan.days.admits_all() && limited | seconds == 0).then(|| self.picked_of(1))
            }
            _ => None,
        }
    }

    /// How many instances a period of so many anchors has.
    fn picked_of(&self, anchors: usize) -> u64 {
        let total = anchors * self.plan.times.len();
        if self.plan.set_pos.is_empty() {
            return total as u64;
        }
        let mut picked: Vec<usize> = self
            .plan
            .set_pos
            .iter()
            .filter_map(|position| place(*position, total))
            .collect();
        picked.sort_unstable();
        picked.dedup();
        picked.len() as u64
    }

    /// Admitted days in `from..to`, by whole months.
    fn count_days(&mut self, from: i64, to: i64, budget: &mut Budget) -> Option<u64> {
        let (mut day, mut total) = (from, 0);
        while day < to {
            self.seek_month(day, budget)?;
            let (first, length, mask) = self.month;
            let mut mask = mask & (u32::MAX << (day - first));
            if to < first + length {
                mask &= (1 << (to - first)) - 1;
            }
            total += u64::from(mask.count_ones());
            day = first + length;
        }
        Some(total)
    }
}
