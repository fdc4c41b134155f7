//! Walking a compiled rule through a stretch of wall time, starting at that stretch.

use super::civil::{
    DAY, LAST_SECOND, civil_of_days, days_in_month, days_of_civil, first_week_start, weeks_in_year,
};
use super::plan::{Plan, month_of};
use super::rule::Frequency;

/// Steps left. A step is a period looked at, a month's days worked out, or an instance produced.
#[derive(Debug)]
pub(super) struct Budget {
    left: u32,
    pub(super) spent: u32,
}

impl Budget {
    pub(super) const fn new(steps: u32) -> Self {
        Self {
            left: steps,
            spent: 0,
        }
    }

    #[inline]
    pub(super) const fn take(&mut self, steps: u32) -> bool {
        if self.left < steps {
            self.left = 0;
            return false;
        }
        self.left -= steps;
        self.spent += steps;
        true
    }
}

/// Why a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// At the end of the stretch; the rule goes on.
    Reached,
    /// The rule has nothing after this.
    Ended,
    /// The receiver had enough.
    Stopped,
    /// Out of steps.
    Exhausted,
}

/// The instances of one period: `anchors` with every one of the plan's times, or the positions picked out of those.
#[derive(Debug, Default)]
struct Period {
    /// Wall seconds of days, or of the hour, minute or second.
    anchors: Vec<i64>,
    picked: Vec<i64>,
}

/// A walker: the plan and what it remembers between periods.
pub(super) struct Walk<'p> {
    plan: &'p Plan,
    period: Period,
    /// First day, length and admitted days of the month last worked out.
    month: (i64, i64, u32),
}

impl<'p> Walk<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Self {
            plan,
            period: Period::default(),
            month: (0, 0, 0),
        }
    }

    /// Hands every instance in `from..to` to `emit`, in order, until it answers `false`.
    pub(super) fn visit(
        &mut self,
        from: i64,
        to: i64,
        budget: &mut Budget,
        mut emit: impl FnMut(i64) -> bool,
    ) -> Outcome {
        let plan = self.plan;
        let from = from.max(plan.start);
        let end = plan.until.local.min(LAST_SECOND).saturating_add(1);
        let (to, past) = if end <= to {
            (end, Outcome::Ended)
        } else {
            (to, Outcome::Reached)
        };
        if plan.void || plan.count == Some(0) {
            return Outcome::Ended;
        }
        if from >= to {
            return past;
        }
        let mut step = plan.first_step(from);
        let mut left = match plan.count {
            None => u64::MAX,
            Some(count) => match self.count_before(step, budget) {
                None => return Outcome::Exhausted,
                Some(before) if before >= count => return Outcome::Ended,
                Some(before) => count - before,
            },
        };
        loop {
            step = match self.load(step, to, budget) {
                Load::Loaded(step) => step,
                Load::Past => return past,
                Load::Exhausted => return Outcome::Exhausted,
            };
            let floor = if step == 0 { self.below(plan.start) } else { 0 };
            let mut index = self.below(from).max(floor);
            let skipped = (index - floor) as u64;
            if skipped >= left {
                return Outcome::Ended;
            }
            left -= skipped;
            let len = self.len();
            while index < len {
                let local = self.at(index);
                if local >= to {
                    return past;
                }
                if !budget.take(1) {
                    return Outcome::Exhausted;
                }
                if !emit(local) {
                    return Outcome::Stopped;
                }
                left -= 1;
                if left == 0 {
                    return Outcome::Ended;
                }
                index += 1;
            }
            step += 1;
        }
    }

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

    fn len(&self) -> usize {
        if self.plan.set_pos.is_empty() {
            self.period.anchors.len() * self.plan.times.len()
        } else {
            self.period.picked.len()
        }
    }

    fn at(&self, index: usize) -> i64 {
        if self.plan.set_pos.is_empty() {
            self.product(index)
        } else {
            self.period
                .picked
                .get(index)
                .copied()
                .unwrap_or(LAST_SECOND)
        }
    }

    #[inline]
    fn product(&self, index: usize) -> i64 {
        let times = self.plan.times.len();
        let anchor = self
            .period
            .anchors
            .get(index / times)
            .copied()
            .unwrap_or(LAST_SECOND);
        anchor + self.plan.times.at(index % times)
    }

    /// How many instances of the loaded period come before `local`.
    fn below(&self, local: i64) -> usize {
        if !self.plan.set_pos.is_empty() {
            return self.period.picked.partition_point(|at| *at < local);
        }
        let anchors = &self.period.anchors;
        let passed = anchors.partition_point(|anchor| *anchor < local);
        let Some(last) = passed.checked_sub(1).and_then(|last| anchors.get(last)) else {
            return 0;
        };
        (passed - 1) * self.plan.times.len() + self.plan.times.below(local - last)
    }

    /// Works out the first period from `step` on that begins before `to`; only sub-daily rules skip ahead.
    fn load(&mut self, step: i64, to: i64, budget: &mut Budget) -> Load {
        let plan = self.plan;
        if !budget.take(1) {
            return Load::Exhausted;
        }
        let mut step = step;
        if plan.freq < Frequency::Daily {
            match self.seek_unit(step, to, budget) {
                Load::Loaded(found) => step = found,
                other => return other,
            }
        }
        let period = plan.period_at(step);
        let starts = plan.period_start(period);
        if starts >= to || starts > LAST_SECOND {
            return Load::Past;
        }
        self.period.anchors.clear();
        let filled = match plan.freq {
            Frequency::Yearly if plan.week_years => self.fill_week_year(period, budget),
            Frequency::Yearly => {
                (1..=12).try_for_each(|month| self.fill_month(period, month, budget))
            }
            Frequency::Monthly => self.fill_month(period.div_euclid(12), month_of(period), budget),
            Frequency::Weekly => self.fill_week(plan.week_first_day(period), 7, budget),
            Frequency::Daily => self.fill_week(period, 1, budget),
            _ => {
                self.period.anchors.push(starts);
                Some(())
            }
        };
        if filled.is_none() {
            return Load::Exhausted;
        }
        self.pick();
        Load::Loaded(step)
    }

    fn pick(&mut self) {
        if self.plan.set_pos.is_empty() {
            return;
        }
        let total = self.period.anchors.len() * self.plan.times.len();
        let mut picked = std::mem::take(&mut self.period.picked);
        picked.clear();
        picked.extend(
            self.plan
                .set_pos
                .iter()
                .filter_map(|position| place(*position, total))
                .map(|index| self.product(index)),
        );
        picked.sort_unstable();
        picked.dedup();
        self.period.picked = picked;
    }

    fn fill_month(&mut self, year: i64, month: u8, budget: &mut Budget) -> Option<()> {
        let plan = self.plan;
        if plan.days.months != 0 && plan.days.months >> month & 1 == 0 {
            return Some(());
        }
        budget.take(plan.days.cost()).then_some(())?;
        let mut mask = plan.days.month(year, month);
        let first = days_of_civil(year, month, 1);
        while mask != 0 {
            self.period
                .anchors
                .push((first + i64::from(mask.trailing_zeros())) * DAY);
            mask &= mask - 1;
        }
        Some(())
    }

    fn fill_week(&mut self, first: i64, days: i64, budget: &mut Budget) -> Option<()> {
        let plan = self.plan;
        let simple = plan.days.only_weekdays();
        for day in first..first + days {
            let admitted = if simple {
                plan.days.weekdays == 0
                    || plan.days.weekdays >> super::civil::weekday_of_days(day) & 1 == 1
            } else {
                self.admits_day(day, budget)?
            };
            if admitted {
                self.period.anchors.push(day * DAY);
            }
        }
        Some(())
    }

    fn fill_week_year(&mut self, year: i64, budget: &mut Budget) -> Option<()> {
        let plan = self.plan;
        let first = first_week_start(year, plan.week_start);
        let count = weeks_in_year(year, plan.week_start);
        for week in 1..=count {
            if plan.days.weeks >> week & 1 == 1
                || plan.days.weeks_back >> (count - week + 1) & 1 == 1
            {
                self.fill_week(first + (week - 1) * 7, 7, budget)?;
            }
        }
        Some(())
    }

    fn admits_day(&mut self, day: i64, budget: &mut Budget) -> Option<bool> {
        self.seek_month(day, budget)?;
        Some(self.month.2 >> (day - self.month.0) & 1 == 1)
    }

    fn seek_month(&mut self, day: i64, budget: &mut Budget) -> Option<()> {
        let (first, length, _) = self.month;
        if day < first || day >= first + length {
            budget.take(self.plan.days.cost()).then_some(())?;
            let (year, month, of_month) = civil_of_days(day);
            let mask = self.plan.days.month(year, month);
            self.month = (
                day - i64::from(of_month) + 1,
                i64::from(days_in_month(year, month)),
                mask,
            );
        }
        Some(())
    }

    /// Sub-daily: the first step whose period is admitted, leaping over days, hours and minutes that are not.
    fn seek_unit(&mut self, mut step: i64, to: i64, budget: &mut Budget) -> Load {
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

enum Load {
    Loaded(i64),
    Past,
    Exhausted,
}

fn next_bit(set: u64, from: i64) -> Option<i64> {
    let ahead = set.checked_shr(u32::try_from(from).ok()?)?;
    (ahead != 0).then(|| from + i64::from(ahead.trailing_zeros()))
}

/// The index that a `BYSETPOS` names among `total`.
fn place(position: i32, total: usize) -> Option<usize> {
    let size = usize::try_from(position.unsigned_abs()).ok()?;
    if position > 0 {
        (size <= total).then(|| size - 1)
    } else {
        total.checked_sub(size)
    }
}
