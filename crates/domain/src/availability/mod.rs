//! When somebody is free: sets of time, working hours, and the search for slots. Pure: the caller brings the busy time and the hour.
//!
//! Everything here is in whole seconds since 1970 and half-open. A busy stretch is rounded outwards to seconds, so that
//! rounding never frees time. Zones are asked once per day and person, when hours become instants; the search itself is a
//! sweep over sorted numbers.

mod block;
mod busy;
mod configuration;
mod explain;
mod hours;
mod limits;
mod reach;
mod set;
mod slots;

pub use block::{Block, Weekly};
pub use busy::{BusyRules, Facts};
pub use configuration::{
    Configuration, DURATION_MINUTES, DateOverride, DayHours, Invalid, days_fault,
};
pub use explain::{Claim, Claims, Hit, Rule};
pub use hours::{Hours, TimeRange};
pub use limits::{Limit, Per, full_periods};
pub use reach::{Mirror, Unknown, unknown};
pub use set::{Interval, Set};
pub use slots::{Found, MOST_PEOPLE, Need, Person, Round, Search, Slot};
