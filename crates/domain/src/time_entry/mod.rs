//! Work with a duration: where it came from, where it stands, and which moves are allowed.

use jiff::Timestamp;

use crate::text_enum;

text_enum! {
    /// Where an entry came from (SPEC §1).
    Source {
        /// A calendar event.
        Calendar = "calendar",
        /// A Slack command.
        Slack = "slack",
        /// Typed in.
        Manual = "manual",
        /// The running timer.
        Timer = "timer",
        /// The API.
        Api = "api",
        /// A file from another product.
        Import = "import",
    }
}

text_enum! {
    /// Where an entry stands (SPEC §1).
    Status {
        /// Not handed in yet.
        Draft = "draft",
        /// Waits for approval.
        Pending = "pending",
        /// May be billed.
        Approved = "approved",
        /// Sent back.
        Rejected = "rejected",
        /// On an invoice.
        Invoiced = "invoiced",
    }
}

text_enum! {
    /// What somebody does to an entry.
    Step {
        /// Hands it in.
        Submit = "submit",
        /// Accepts it for billing.
        Approve = "approve",
        /// Sends it back.
        Reject = "reject",
        /// Changes its contents.
        Edit = "edit",
        /// Deletes it.
        Delete = "delete",
    }
}

/// The move is not allowed from where the entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot {step} a time entry that is {from}")]
pub struct NotAllowed {
    /// Where it stands.
    pub from: Status,
    /// What was tried.
    pub step: Step,
}

impl Status {
    /// Where an entry stands after `step`.
    ///
    /// # Errors
    /// [`NotAllowed`] when the step makes no sense from here. Invoiced entries never change.
    pub const fn after(self, step: Step) -> Result<Self, NotAllowed> {
        match (step, self) {
            (Step::Submit, Self::Draft | Self::Rejected) => Ok(Self::Pending),
            (Step::Approve, Self::Draft | Self::Pending | Self::Rejected) => Ok(Self::Approved),
            (Step::Reject, Self::Pending | Self::Approved) => Ok(Self::Rejected),
            (Step::Edit, Self::Approved) => Ok(Self::Pending),
            (Step::Edit | Step::Delete, Self::Draft | Self::Pending | Self::Rejected) => Ok(self),
            (Step::Delete, Self::Approved) => Ok(self),
            (step, from) => Err(NotAllowed { from, step }),
        }
    }
}

/// What makes two sightings the same meeting for one member: its UID, and of a series the occurrence (an `OccurrenceKey` in its text form). An
/// entry with such a cause is about that meeting, wherever it was seen.
#[must_use]
pub fn meeting_cause(uid: &str, occurrence: Option<&str>) -> String {
    format!("ical:{}:{uid}", occurrence.unwrap_or("-"))
}

/// Whether a cause is a meeting that others may have attended too: one of [`meeting_cause`].
#[must_use]
pub fn is_meeting(cause: &str) -> bool {
    cause.starts_with("ical:")
}

/// The longest single entry, in minutes: a week.
pub const MAX_MINUTES: i64 = 7 * 24 * 60;

/// Whole minutes between two instants, rounded to the nearest (half up): the billable length of a meeting is the
/// difference in UTC, whatever the clocks did meanwhile (contracts/icalendar-recurrence §6).
#[must_use]
pub fn minutes_between(start: Timestamp, end: Timestamp) -> i64 {
    let seconds = (end.as_second() - start.as_second()).max(0);
    (seconds + 30) / 60
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invoiced_time_never_changes() {
        for step in Step::ALL {
            assert!(Status::Invoiced.after(*step).is_err(), "{step}");
        }
    }

    #[test]
    fn an_hour_over_a_clock_change_is_what_the_clock_says_in_utc() {
        let start: Timestamp = "2026-03-28T22:00:00Z".parse().unwrap();
        let end: Timestamp = "2026-03-29T22:00:00Z".parse().unwrap();
        assert_eq!(minutes_between(start, end), 24 * 60);
    }
}
