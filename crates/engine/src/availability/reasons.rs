//! Why slots are refused, in terms that can be looked up: rule, calendar, event, and how old what is known is.

use daybook_domain::availability::{Interval, Limit, Rule, Set, Slot, Unknown};
use daybook_domain::{BlockId, CalendarId, EventId, InstanceId};
use jiff::Timestamp;

use super::gather::{Gathered, Source};

/// Refused slots that are explained at most.
pub const MOST_REFUSED: usize = 500;
/// Reasons that one slot is given at most.
const MOST_REASONS: usize = 20;

/// Why a slot, or a whole day, is not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// By which rule.
    pub rule: Rule,
    /// Because of whom, by their place in the question.
    pub participant: Option<usize>,
    /// Because of which calendar.
    pub calendar_id: Option<CalendarId>,
    /// Because of which event.
    pub event_id: Option<EventId>,
    /// Because of which instance of it.
    pub instance_id: Option<InstanceId>,
    /// Because of which block.
    pub block_id: Option<BlockId>,
    /// As of when the calendar is known.
    pub synced_at: Option<Timestamp>,
    /// Why it is not known.
    pub unknown: Option<Unknown>,
    /// The limit that is reached.
    pub limit: Option<Limit>,
}

/// Limits, and the periods in which they are reached.
pub type Full = Vec<(Limit, Set)>;

/// A slot that is not offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// When it would be.
    pub time: Interval,
    /// Why not.
    pub reasons: Vec<Reason>,
}

/// What refusals are judged by.
pub struct Judge<'a> {
    /// What is known of each person.
    pub known: &'a [Gathered],
    /// The hours of each person; `None`: any time.
    pub open: &'a [Option<Set>],
    /// The limits that each person has reached.
    pub full: &'a [Full],
    /// Start times that are out of the question, and by which rule.
    pub forbidden: &'a [(Rule, Interval)],
    /// Time kept free before a slot, in seconds.
    pub before: i64,
    /// Time kept free after a slot, in seconds.
    pub after: i64,
    /// Whether some may be missing.
    pub some: bool,
}

impl Reason {
    /// A reason that names nothing but its rule.
    #[must_use]
    pub const fn plain(rule: Rule) -> Self {
        Self {
            rule,
            participant: None,
            calendar_id: None,
            event_id: None,
            instance_id: None,
            block_id: None,
            synced_at: None,
            unknown: None,
            limit: None,
        }
    }

    fn of(rule: Rule, participant: usize, source: Source, known: &Gathered) -> Self {
        let mut reason = Self {
            participant: Some(participant),
            ..Self::plain(rule)
        };
        match source {
            Source::Event(calendar, event, instance) => {
                reason.calendar_id = Some(calendar);
                reason.event_id = Some(event);
                reason.instance_id = Some(instance);
            }
            Source::Live(calendar) => reason.calendar_id = Some(calendar),
            Source::Block(block) => reason.block_id = Some(block),
            Source::Unknown(calendar, why) => {
                reason.calendar_id = calendar;
                reason.unknown = Some(why);
            }
        }
        let seen = known
            .calendars
            .iter()
            .find(|seen| Some(seen.id) == reason.calendar_id);
        reason.synced_at = seen.and_then(|seen| seen.synced_at);
        reason
    }
}

/// Everything that is not known, once for each calendar.
pub fn gaps(known: &[Gathered]) -> Vec<Reason> {
    let mut all = Vec::new();
    for (n, one) in known.iter().enumerate() {
        for source in &one.sources {
            if matches!(source, Source::Unknown(..)) {
                all.push(Reason::of(Rule::Unknown, n, *source, one));
            }
        }
    }
    all
}

impl Judge<'_> {
    /// Why this slot was refused.
    pub fn explain(&self, slot: &Slot) -> Refused {
        let start = Interval::new(slot.time.start, slot.time.start + 1);
        let rules = self
            .forbidden
            .iter()
            .filter(|(_, time)| time.touches(start));
        let mut reasons: Vec<Reason> = rules.map(|(rule, _)| Reason::plain(*rule)).collect();
        let missing = (0..self.known.len()).filter(|n| !slot.has(*n));
        for n in missing.clone() {
            self.of_person(n, slot.time, &mut reasons);
        }
        if self.some && missing.count() > 0 {
            reasons.insert(0, Reason::plain(Rule::TooFew));
        }
        reasons.truncate(MOST_REASONS);
        Refused {
            time: slot.time,
            reasons,
        }
    }

    fn of_person(&self, n: usize, slot: Interval, reasons: &mut Vec<Reason>) {
        let Some(known) = self.known.get(n) else {
            return;
        };
        let open = self.open.get(n).and_then(Option::as_ref);
        if open.is_some_and(|open| !open.covers(slot)) {
            reasons.push(Reason {
                participant: Some(n),
                ..Reason::plain(Rule::OutsideHours)
            });
        }
        for (limit, periods) in self.full.get(n).into_iter().flatten() {
            if periods.touches(slot) {
                reasons.push(Reason {
                    participant: Some(n),
                    limit: Some(*limit),
                    ..Reason::plain(Rule::Limit)
                });
            }
        }
        for hit in known.claims.hits(slot, self.before, self.after) {
            let source = known.sources.get(hit.source);
            reasons.extend(source.map(|source| Reason::of(hit.rule, n, *source, known)));
        }
    }
}
