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
    pub(super) plan: &'p Plan,
    period: Period,
    /// First day, length and admitted days of the month last worked out.
    pub(super) month: (i64, i64, u32),
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

    pub(super) fn len(&self) -> usize {
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
    pub(super) fn below(&self, local: i64) -> usize {
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
    pub(super) fn load(&mut self, step: i64, to: i64, budget: &mut Budget) -> Load {
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

    pub(super) fn admits_day(&mut self, day: i64, budget: &mut Budget) -> Option<bool> {
        self.seek_month(day, budget)?;
        Some(self.month.2 >> (day - self.month.0) & 1 == 1)
    }

    pub(super) fn seek_month(&mut self, day: i64, budget: &mut Budget) -> Option<()> {
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
}

/// What became of working out a period.
pub(super) enum Load {
    Loaded(i64),
    Past,
    Exhausted,
}

/// The index that a `BYSETPOS` names among `total`.
pub(super) fn place(position: i32, total: usize) -> Option<usize> {
    let size = usize::try_from(position.unsigned_abs()).ok()?;
    if position > 0 {
        (size <= total).then(|| size - 1)
    } else {
        total.checked_sub(size)
    }
}
