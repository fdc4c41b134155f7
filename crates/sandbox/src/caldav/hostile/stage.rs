//! Which step of its work a client is at, read from one request.

use crate::caldav::CalDavSim;
use crate::caldav::xml::{CALDAV, DAV, Element, parse};

/// A step of a client's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Looking for the principal: the well-known path or any PROPFIND on the way to it.
    Discovery,
    /// Reading the principal for the calendar home.
    Principal,
    /// Listing the calendars of the home.
    CalendarList,
    /// Asking a calendar what changed (sync-collection, etag listing or query).
    Sync,
    /// Fetching objects (multiget or GET).
    Objects,
}

pub(super) fn of(method: &str, path: &str, body: &[u8], sim: &CalDavSim) -> Option<Stage> {
    let (principal, home) = sim.paths_of(super::USER).ok()?;
    let same = |other: &str| path.trim_end_matches('/') == other.trim_end_matches('/');
    let inside = path.starts_with(&home) && !same(&home);
    let root = std::str::from_utf8(body)
        .ok()
        .and_then(|text| parse(text).ok());
    match method {
        "GET" if inside => Some(Stage::Objects),
        "REPORT" => root.map(|root| report(&root)),
        "PROPFIND" if same(&principal) => Some(Stage::Principal),
        "PROPFIND" if same(&home) => Some(Stage::CalendarList),
        "PROPFIND" if inside => {
            let listing = root
                .and_then(|root| root.find(DAV, "prop").cloned())
                .is_some_and(|prop| prop.find(DAV, "getetag").is_some());
            listing.then_some(Stage::Sync)
        }
        "PROPFIND" | "GET" | "HEAD" => Some(Stage::Discovery),
        _ => None,
    }
}

fn report(root: &Element) -> Stage {
    if root.name.is(CALDAV, "calendar-multiget") {
        Stage::Objects
    } else {
        Stage::Sync
    }
}
