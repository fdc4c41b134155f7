//! Instances: single events and the occurrences of series, expanded for a rolling window, so that a range is one read.

mod read;
mod taken;
mod write;

use daybook_domain::event::Status;
use daybook_domain::{EventId, InstanceId};
use jiff::Timestamp;
use jiff::civil::Date;

pub use read::{Busy, InstanceView, Range, busy, get, get_many, range};
pub use taken::{Taken, taken};
pub use write::{delete_for_events, replace_for_events};

/// An instance to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInstance {
    /// Its id: [`InstanceId::of`].
    pub id: InstanceId,
    /// The single event or series master it comes from.
    pub event_id: EventId,
    /// For occurrences: the text form of the occurrence.
    pub occurrence_key: Option<String>,
    /// The override whose details it shows in place of the master's.
    pub override_event_id: Option<EventId>,
    /// When it starts.
    pub start: Timestamp,
    /// When it ends, exclusive.
    pub end: Timestamp,
    /// Whether it is a matter of days.
    pub all_day: bool,
    /// First day, when all-day.
    pub start_date: Option<Date>,
    /// Day after the last, when all-day.
    pub end_date: Option<Date>,
    /// Whether it blocks time.
    pub busy: bool,
    /// Confirmed, tentative or cancelled.
    pub status: Status,
}
