//! Repeating events: reading rules, and working out the occurrences that fall into a window.
//!
//! Public crates walk a rule from its first instance; asked in 2026 about a rule per second from 1970 they never answer.
//! Here every walk starts at the window, by arithmetic, and everything a walk does is counted against a budget of steps.
//!
//! Where RFC 5545 leaves room:
//! - DTSTART is always an instance and the first one that COUNT counts, even when the rule does not name it.
//! - `BYWEEKNO` without any part that names days takes DTSTART's weekday.
//! - A time in a gap of the clocks uses the offset before it, a time that comes twice is the first of the two.
//! - Steps shorter than a day on a series of dates say nothing; such a rule is ignored.

pub(crate) mod civil;
mod count;
mod expand;
mod filter;
mod iter;
mod overrides;
mod plan;
mod rule;
mod seek;
mod series;
mod set;
mod skip;
mod split;
mod times;
mod values;

use std::ops::Range;

use jiff::civil::DateTime;

pub use expand::{Expansion, Limits, Occurrence, Span, expand, last_instant};
pub use iter::{Occurrences, occurrences_from};
pub use overrides::{Instance, Instances, Override, apply_overrides, instances};
pub use rule::{Frequency, Rule, RuleError, WeekdayNum};
pub use series::Series;
pub use set::{PeriodEnd, RDate, Recurrence, ZonedValue};
pub use split::{Split, moved, split};
pub use values::{DateValue, EventDuration, OccurrenceKey};

use crate::zone::Zone;
use plan::Plan;
use seek::{Budget, Outcome, Walk};

/// The wall times in `window` at which `rule` itself fires from `start` on, DTSTART only when the rule names it; at most
/// `limit`. The flag tells whether `steps` were not enough. What iCalendar libraries call the rule's own expansion.
#[must_use]
pub fn rule_instances(
    rule: &Rule,
    start: DateTime,
    zone: &Zone,
    window: Range<DateTime>,
    limit: usize,
    steps: u32,
) -> (Vec<DateTime>, bool) {
    let plan = Plan::compile(rule, civil::seconds_of_datetime(start), zone, false);
    let mut budget = Budget::new(steps);
    let mut cursor = crate::zone::LocalCursor::new(zone);
    let mut found = Vec::new();
    let range = civil::seconds_of_datetime(window.start)..civil::seconds_of_datetime(window.end);
    let outcome = Walk::new(&plan).visit(range.start, range.end, &mut budget, |local| {
        if cursor.instant(local) <= plan.until.instant {
            found.push(civil::datetime_of_seconds(local));
        }
        found.len() < limit
    });
    (found, outcome == Outcome::Exhausted)
}

/// The wall seconds in `window` at which the rules of a `VTIMEZONE` fire; their UNTIL is an instant at `offset`. Takes what it
/// needs from `steps`.
pub(crate) fn onsets(
    rules: &[Rule],
    start: DateTime,
    offset: i32,
    window: Range<i64>,
    limit: usize,
    steps: &mut u32,
) -> Vec<i64> {
    let zone = Zone::fixed(offset).unwrap_or_else(Zone::utc);
    let mut budget = Budget::new(*steps);
    let mut found = Vec::new();
    for rule in rules {
        let plan = Plan::compile(rule, civil::seconds_of_datetime(start), &zone, false);
        Walk::new(&plan).visit(window.start, window.end, &mut budget, |local| {
            if local - i64::from(offset) <= plan.until.instant {
                found.push(local);
            }
            found.len() < limit
        });
    }
    *steps -= budget.spent.min(*steps);
    found
}
