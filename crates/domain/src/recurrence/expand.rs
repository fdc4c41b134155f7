//! The occurrences of a series within a window.

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;

use super::civil::{DAY, LAST_SECOND, date_of_days};
use super::plan::Plan;
use super::seek::{Budget, Outcome, Walk};
use super::series::Series;
use super::values::{OccurrenceKey, loose_wall, wall_seconds};
use crate::zone::{LocalCursor, Zone, timestamp_of_seconds};

/// How much one expansion may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Occurrences returned.
    pub instances: usize,
    /// Steps taken: periods looked at, months worked out, instances produced.
    pub steps: u32,
}

impl Default for Limits {
    /// 2,000 occurrences and 50,000 steps.
    fn default() -> Self {
        Self {
            instances: 2_000,
            steps: 50_000,
        }
    }
}

/// When something takes place: half-open, as instants, and as days where it is of whole days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Start.
    pub start: Timestamp,
    /// End, exclusive; never before the start.
    pub end: Timestamp,
    /// First day and the day after the last, for all-day events.
    pub days: Option<(Date, Date)>,
}

impl Span {
    /// Whether this lies in the window at least in part; without a length, whether it starts in it.
    #[must_use]
    pub fn touches(&self, window: &Range<Timestamp>) -> bool {
        self.start < window.end && (self.end > window.start || self.start >= window.start)
    }
}

/// One occurrence of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// Start, Unix time.
    pub start: Timestamp,
    /// End, exclusive.
    pub end: Timestamp,
    /// First day and the day after the last, for series of dates.
    pub days: Option<(Date, Date)>,
    /// Its name for good.
    pub key: OccurrenceKey,
}

impl Occurrence {
    /// When it takes place.
    #[must_use]
    pub const fn span(&self) -> Span {
        Span {
            start: self.start,
            end: self.end,
            days: self.days,
        }
    }
}

/// What an expansion found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expansion {
    /// In order of start, each start once.
    pub occurrences: Vec<Occurrence>,
    /// The steps ran out: there may be more than this, and nothing is known about them.
    pub exhausted: bool,
    /// There are more occurrences than [`Limits::instances`]; these are the first.
    pub truncated: bool,
    /// Steps taken.
    pub steps: u32,
}

/// The occurrences that lie in `window` at least in part.
#[must_use]
pub fn expand(series: &Series, window: Range<Timestamp>, limits: &Limits) -> Expansion {
    let mut sweep = Sweep::new(series, &window, series.duration.upper_bound(), limits);
    sweep.run(|span| span.touches(&window));
    sweep.finish().0
}

/// An instant at or after the end of every occurrence, overrides aside; `None` when the series has no end, or none that
/// could be found within the default budget.
#[must_use]
pub fn last_instant(series: &Series) -> Option<Timestamp> {
    let mut last = series.start_at;
    let mut budget = Budget::new(Limits::default().steps);
    for plan in &series.rules {
        last = last.max(last_start(plan, &series.zone, &mut budget)?);
    }
    let end = |at: i64| {
        series
            .duration
            .after(timestamp_of_seconds(at), &series.zone)
    };
    let extras = series.extras.iter().map(|extra| {
        extra
            .end
            .map_or_else(|| end(extra.at), timestamp_of_seconds)
    });
    Some(extras.fold(end(last), Timestamp::max))
}

fn last_start(plan: &Plan, zone: &Zone, budget: &mut Budget) -> Option<i64> {
    if plan.until.local < LAST_SECOND {
        return Some(
            zone.instant_of_local(plan.until.local)
                .min(plan.until.instant),
        );
    }
    let count = plan.count?;
    if plan.void || count == 0 {
        return Some(i64::MIN);
    }
    // The step at which the count is reached: doubled until passed, then halved in on.
    let (mut low, mut high) = (0, 1);
    loop {
        let reached = Walk::new(plan).count_before(high, budget)? >= count;
        if reached || plan.period_start(plan.period_at(high)) > LAST_SECOND {
            break;
        }
        (low, high) = (high, high.saturating_mul(2));
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if Walk::new(plan).count_before(middle, budget)? >= count {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(zone.instant_of_local(plan.period_start(plan.period_at(high)).min(LAST_SECOND)))
}

/// One pass over a series: candidates come in by wall time and leave as occurrences.
pub(super) struct Sweep<'s> {
    series: &'s Series,
    limits: Limits,
    budget: Budget,
    /// Wall seconds that may hold anything of the window.
    local: Range<i64>,
    /// Unix seconds at which the window ends.
    until: i64,
    found: Vec<Occurrence>,
    exhausted: bool,
    truncated: bool,
    /// Every rule has told that it has nothing after this window.
    pub(super) ended: bool,
}

impl<'s> Sweep<'s> {
    /// `reach`: seconds before the window in which a start still matters.
    pub(super) fn new(
        series: &'s Series,
        window: &Range<Timestamp>,
        reach: i64,
        limits: &Limits,
    ) -> Self {
        let from = timestamp_of_seconds(window.start.as_second().saturating_sub(reach));
        let to = timestamp_of_seconds(window.end.as_second().saturating_add(1));
        Self {
            series,
            limits: *limits,
            budget: Budget::new(limits.steps),
            local: loose_wall(&series.zone, from).start..loose_wall(&series.zone, to).end,
            until: window.end.as_second(),
            found: Vec::new(),
            exhausted: false,
            truncated: false,
            ended: true,
        }
    }

    pub(super) fn run(&mut self, wanted: impl Fn(&Span) -> bool) {
        let series = self.series;
        self.offer(series.start, series.start_at, None, &wanted);
        for extra in &series.extras {
            self.offer(extra.local, extra.at, extra.end, &wanted);
        }
        if series
            .extras
            .last()
            .is_some_and(|last| last.local >= self.local.end)
            || series.start >= self.local.end
        {
            self.ended = false;
        }
        for plan in &series.rules {
            self.walk(plan, &wanted);
        }
    }

    /// The expansion, and the last start looked at when there was no room for more.
    pub(super) fn finish(mut self) -> (Expansion, Option<Timestamp>) {
        self.found.sort_unstable();
        self.found.dedup_by_key(|occurrence| occurrence.key);
        if self.found.len() > self.limits.instances {
            self.found.truncate(self.limits.instances);
            self.truncated = true;
        }
        let cut = self
            .found
            .last()
            .filter(|_| self.truncated)
            .map(|last| last.start);
        self.exclude();
        let expansion = Expansion {
            occurrences: self.found,
            exhausted: self.exhausted,
            truncated: self.truncated,
            steps: self.budget.spent,
        };
        (expansion, cut)
    }

    /// Takes out what `EXRULE`s fire on, between the first and the last that was found.
    fn exclude(&mut self) {
        let zone = &self.series.zone;
        let (Some(first), Some(last)) = (self.found.first(), self.found.last()) else {
            return;
        };
        let local =
            loose_wall(zone, first.start).start..loose_wall(zone, last.start).end.saturating_add(1);
        let mut excluded = Vec::new();
        for plan in &self.series.exrules {
            let mut cursor = LocalCursor::new(zone);
            let outcome = Walk::new(plan).visit(local.start, local.end, &mut self.budget, |at| {
                let instant = cursor.instant(at);
                if instant <= plan.until.instant {
                    excluded.push(instant);
                }
                true
            });
            self.exhausted |= outcome == Outcome::Exhausted;
        }
        excluded.sort_unstable();
        self.found
            .retain(|occurrence| !contains(&excluded, occurrence.start.as_second()));
    }

    fn walk(&mut self, plan: &Plan, wanted: &impl Fn(&Span) -> bool) {
        let series = self.series;
        let mut cursor = LocalCursor::new(&series.zone);
        let mut budget = std::mem::replace(&mut self.budget, Budget::new(0));
        // One more than asked for, to know that there is more; duplicates of DTSTART and RDATEs are few.
        let room = self
            .limits
            .instances
            .saturating_add(2 + series.extras.len());
        let (mut taken, mut beyond) = (0, false);
        let outcome =
            Walk::new(plan).visit(self.local.start, self.local.end, &mut budget, |local| {
                let at = if local == series.start {
                    series.start_at
                } else {
                    cursor.instant(local)
                };
                if at > plan.until.instant {
                    return true;
                }
                beyond |= at >= self.until;
                taken += usize::from(self.offer(local, at, None, wanted));
                taken < room
            });
        self.budget = budget;
        self.exhausted |= outcome == Outcome::Exhausted;
        self.truncated |= outcome == Outcome::Stopped;
        // The walk goes a little past the window, and what it met there is still to come.
        self.ended &= outcome == Outcome::Ended && !beyond;
    }

    fn offer(
        &mut self,
        local: i64,
        at: i64,
        end: Option<i64>,
        wanted: &impl Fn(&Span) -> bool,
    ) -> bool {
        let series = self.series;
        let day = local.div_euclid(DAY);
        let excluded = contains(&series.excluded_days, day) || contains(&series.excluded, at);
        if excluded {
            return false;
        }
        let start = timestamp_of_seconds(at);
        let occurrence = if series.all_day {
            let after = day + i64::from(series.duration.days).max(0);
            Occurrence {
                start,
                end: timestamp_of_seconds(series.zone.instant_of_local(after * DAY)).max(start),
                days: Some((date_of_days(day), date_of_days(after))),
                key: OccurrenceKey::day(day),
            }
        } else {
            let end = end.map_or_else(
                || series.duration.after(start, &series.zone),
                timestamp_of_seconds,
            );
            Occurrence {
                start,
                end: end.max(start),
                days: None,
                key: OccurrenceKey::instant(at),
            }
        };
        let wanted = wanted(&occurrence.span());
        if wanted {
            self.found.push(occurrence);
        }
        wanted
    }
}

fn contains(sorted: &[i64], value: i64) -> bool {
    !sorted.is_empty() && sorted.binary_search(&value).is_ok()
}

/// The wall seconds of an instant in the zone of a series.
pub(super) fn wall_in(series: &Series, at: Timestamp) -> i64 {
    wall_seconds(&series.zone, at)
}
