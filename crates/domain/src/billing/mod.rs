//! Which of a calendar's events are offered for billing: what can never be billed by itself, and the calendar's own filters by
//! title, category or colour, provider, and the guests' domains.
//!
//! Patterns are words, or have `*` for anything: matched in one pass without a regular expression, whatever their case.

mod filters;
mod pattern;

pub use filters::{BillingFilters, MAX_CHARS, MAX_VALUES, Subject, Traits, Wrong};
pub use pattern::Pattern;

use crate::event::{ResponseStatus, Status};
use crate::text_enum;

text_enum! {
    /// Why an event is not offered for billing.
    LeftOut {
        /// It takes whole days.
        AllDay = "all_day",
        /// The owner declined.
        Declined = "declined",
        /// A working location, birthday or the like.
        Informational = "informational",
        /// It does not take place.
        Cancelled = "cancelled",
        /// It is marked as free: it takes no time.
        Free = "free",
        /// It ends when it begins: a reminder.
        NoLength = "no_length",
        /// The calendar's filters leave it out.
        Excluded = "excluded",
        /// The calendar's filters name others, not this one.
        NotIncluded = "not_included",
    }
}

impl LeftOut {
    /// Whether the calendar's own filters are the reason.
    #[must_use]
    pub const fn by_filter(self) -> bool {
        matches!(self, Self::Excluded | Self::NotIncluded)
    }
}

/// What becomes of an event in billing lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hint {
    /// Why it is left out; `None`: it is offered.
    pub left_out: Option<LeftOut>,
    /// What of the filters decided, such as `title: lunch*`.
    pub matched: Option<String>,
}

impl Hint {
    /// Whether the event is offered.
    #[must_use]
    pub const fn is_offered(&self) -> bool {
        self.left_out.is_none()
    }
}

/// What an event is like, apart from its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nature {
    /// Confirmed, tentative or cancelled.
    pub status: Status,
    /// The owner's answer.
    pub response: ResponseStatus,
    /// Whether it takes whole days.
    pub all_day: bool,
    /// Working locations, birthdays and the like.
    pub informational: bool,
    /// Whether it takes time.
    pub busy: bool,
    /// Whether it is as long as a minute.
    pub lasts: bool,
}

/// What becomes of an event: what it is by itself, then what the filters say.
#[must_use]
pub fn hint(nature: &Nature, subject: &Subject<'_>, filters: Option<&BillingFilters>) -> Hint {
    let by_nature = match nature {
        one if one.status == Status::Cancelled => Some(LeftOut::Cancelled),
        one if one.all_day => Some(LeftOut::AllDay),
        one if one.response == ResponseStatus::Declined => Some(LeftOut::Declined),
        one if one.informational => Some(LeftOut::Informational),
        one if !one.busy => Some(LeftOut::Free),
        one if !one.lasts => Some(LeftOut::NoLength),
        _ => None,
    };
    match (by_nature, filters) {
        (None, Some(filters)) => filters.decide(subject),
        (left_out, _) => Hint {
            left_out,
            matched: None,
        },
    }
}
