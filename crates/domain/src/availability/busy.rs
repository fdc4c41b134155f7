//! Which events take time: the rules of the providers' contracts, each of which can be switched.

use crate::event::{ResponseStatus, Status};

/// What decides whether an event takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Confirmed, tentative or cancelled.
    pub status: Status,
    /// The calendar owner's answer.
    pub response: ResponseStatus,
    /// Whether the provider says that it blocks time (TRANSP, `transparency`, `showAs`).
    pub opaque: bool,
    /// Working locations, birthdays and the like.
    pub informational: bool,
    /// Its owner works elsewhere meanwhile.
    pub elsewhere: bool,
    /// Whether it is a matter of days.
    pub all_day: bool,
}

/// Which kinds of events count as busy. The defaults are those of the contracts (google §5, microsoft §5, caldav-apple §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct BusyRules {
    /// Tentative events, and those answered with "perhaps".
    pub tentative: bool,
    /// Invitations without an answer.
    pub unanswered: bool,
    /// Declined events.
    pub declined: bool,
    /// Events marked as free.
    pub free: bool,
    /// All-day events that are marked as busy.
    pub all_day: bool,
    /// Working locations, working elsewhere, birthdays and the like.
    pub working_location: bool,
}

impl Default for BusyRules {
    fn default() -> Self {
        Self {
            tentative: true,
            unanswered: true,
            declined: false,
            free: false,
            all_day: true,
            working_location: false,
        }
    }
}

impl BusyRules {
    /// Whether an event takes time. A cancelled one never does.
    #[must_use]
    pub fn count(&self, event: &Facts) -> bool {
        let perhaps =
            event.status == Status::Tentative || event.response == ResponseStatus::Tentative;
        let note = event.informational || event.elsewhere;
        let refusals = [
            event.status == Status::Cancelled,
            note && !self.working_location,
            // A working location is marked as free by its nature; switched on, it counts all the same.
            !event.opaque && !self.free && !note,
            event.response == ResponseStatus::Declined && !self.declined,
            event.response == ResponseStatus::NeedsAction && !self.unanswered,
            perhaps && !self.tentative,
            event.all_day && !self.all_day && !note,
        ];
        !refusals.contains(&true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every() -> Vec<Facts> {
        let mut all = Vec::new();
        for status in Status::ALL {
            for response in ResponseStatus::ALL {
                for bits in 0..16 {
                    all.push(Facts {
                        status: *status,
                        response: *response,
                        opaque: bits & 1 > 0,
                        informational: bits & 2 > 0,
                        all_day: bits & 4 > 0,
                        elsewhere: bits & 8 > 0,
                    });
                }
            }
        }
        all
    }

    #[test]
    fn the_defaults_are_those_of_the_mirror() {
        for event in every() {
            let busy = event.status != Status::Cancelled
                && event.opaque
                && !event.informational
                && !event.elsewhere
                && event.response != ResponseStatus::Declined;
            assert_eq!(BusyRules::default().count(&event), busy, "{event:?}");
        }
    }

    /// Working elsewhere is decided by the switch about working locations alone, however it is marked otherwise.
    #[test]
    fn working_elsewhere_has_its_switch() {
        let event = Facts {
            status: Status::Confirmed,
            response: ResponseStatus::Organizer,
            opaque: false,
            informational: false,
            elsewhere: true,
            all_day: true,
        };
        for (free, working_location) in [(false, false), (false, true), (true, false), (true, true)]
        {
            let rules = BusyRules {
                free,
                working_location,
                all_day: false,
                ..BusyRules::default()
            };
            assert_eq!(rules.count(&event), working_location, "{rules:?}");
        }
    }

    /// Each switch turned on makes something busy that was not, and takes nothing away.
    #[test]
    fn every_switch_does_something() {
        let off = BusyRules {
            tentative: false,
            unanswered: false,
            declined: false,
            free: false,
            all_day: false,
            working_location: false,
        };
        let switches: [fn(&mut BusyRules); 6] = [
            |rules| rules.tentative = true,
            |rules| rules.unanswered = true,
            |rules| rules.declined = true,
            |rules| rules.free = true,
            |rules| rules.all_day = true,
            |rules| rules.working_location = true,
        ];
        for (n, switch) in switches.into_iter().enumerate() {
            let mut on = off;
            switch(&mut on);
            let more = every()
                .iter()
                .filter(|event| on.count(event) && !off.count(event))
                .count();
            let fewer = every()
                .iter()
                .filter(|event| off.count(event) && !on.count(event))
                .count();
            assert!(
                more > 0 && fewer == 0,
                "switch {n}: {more} more, {fewer} fewer"
            );
        }
    }
}
