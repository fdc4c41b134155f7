//! What other rules than the providers' own make of their answers. A provider tells when somebody is busy, not by which events: those
//! that count otherwise are looked up in the mirror.

use daybook_domain::availability::{BusyRules, Interval, Set};
use daybook_store::instances::Taken;

use super::gather::time_of;

/// How the events of a calendar count otherwise than a provider counts them.
#[derive(Debug)]
pub(super) struct Difference<'a> {
    /// Events that count only by the rules.
    pub(super) more: Vec<&'a Taken>,
    /// Time that is taken only by events that do not count by the rules.
    excused: Set,
}

impl<'a> Difference<'a> {
    /// The difference that `rules` make to these events.
    pub(super) fn of(events: &'a [Taken], rules: &BusyRules) -> Self {
        let usual = BusyRules::default();
        let (mut more, mut fewer, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for event in events {
            let facts = event.facts();
            match (rules.count(&facts), usual.count(&facts)) {
                (true, true) => kept.push(time_of(event)),
                (true, false) => more.push(event),
                (false, true) => fewer.push(time_of(event)),
                (false, false) => {}
            }
        }
        Self {
            more,
            excused: Set::of(fewer).subtract(&Set::of(kept)),
        }
    }

    /// What is left of the time that a provider calls busy. What else may lie where an event does not count, the next sync tells.
    pub(super) fn left_of(&self, busy: Vec<Interval>) -> Vec<Interval> {
        Set::of(busy).subtract(&self.excused).parts().to_vec()
    }
}
