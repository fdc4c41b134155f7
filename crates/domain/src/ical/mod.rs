//! iCalendar (RFC 5545, 7986, 6868): reading files from anybody, writing files that everybody reads, and changing a file
//! without losing what others put into it.
//!
//! Reading happens in three steps. [`Tree`] splits octets into lines and components, iteratively and within
//! [`ParseLimits`], so that nothing hostile gets further. `calcard` then decodes the properties of each event. Dates and
//! rules are read by [`crate::recurrence`], because they must be exact: what is malformed becomes a warning, never
//! another date.

mod ends;
mod event;
mod line;
mod meeting;
mod participant;
mod read;
mod timezone;
mod tree;
mod words;
mod write;

pub use event::{BusyStatus, CalendarObject, Class, Transparency, VEvent};
pub use line::{ContentLine, escape_text};
pub use meeting::meeting_url_in;
pub use participant::{CalendarUser, PartStat, Participant, ParticipantRole};
pub use read::parse;
pub use timezone::vtimezone_lines;
pub use tree::{Component, IcalError, Node, ParseLimits, Tree};
pub use write::{PRODID, write_calendar};
