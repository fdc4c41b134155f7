//! What servers say, in Daybook's words. Nothing here does I/O or fails.

mod calendar;
mod event;

pub(super) use calendar::calendars;
pub(super) use event::{Owner, read};

#[cfg(test)]
fn calendar_zone(text: &str) -> Option<daybook_domain::zone::Zone> {
    event::zone_of_definition(text)
}

#[cfg(test)]
mod tests;
