//! What things are: ids, values and pure decisions.
//!
//! Nothing here is async, opens a socket or a file, or knows a database. Everything above this room speaks in these words.

pub mod account;
pub mod activity;
pub mod availability;
pub mod billing;
pub mod calendar;
pub mod clock;
pub mod connection;
pub mod duration;
pub mod event;
pub mod ical;
pub mod id;
pub mod import;
pub mod invoice;
pub mod money;
pub mod nul;
pub mod rate;
pub mod recurrence;
pub mod retry;
pub mod rule;
pub mod sync;
pub mod time_entry;
pub mod zone;

pub use clock::{Clock, Ids};
pub use id::*;
