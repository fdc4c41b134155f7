//! `GET /me/calendars/{id}/calendarView`: every occurrence that touches a range, complete, without masters.

use std::ops::Range;

use daybook_provider_api::{Result, Session};
use jiff::Timestamp;

use super::super::errors;
use super::super::links::Links;
use super::super::wire::{Event, Page};

/// What is asked of each occurrence when only its place in a series matters.
pub(in super::super) const PLACES: &str =
    "id,type,seriesMasterId,start,end,isAllDay,isCancelled,originalStart,subject,showAs";
/// What is asked when only taken time matters.
pub(in super::super) const BUSY: &str =
    "id,type,start,end,isAllDay,isCancelled,showAs,responseStatus";

/// All occurrences in `window` of calendar `calendar`, with the properties in `select`.
pub(in super::super) async fn all(
    session: &Session<'_>,
    calendar: &str,
    window: &Range<Timestamp>,
    select: &str,
) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    let mut links = Links::default();
    loop {
        let request = match links.current() {
            Some(link) => super::get(link)?,
            None => super::get(&first(&session.api_url, calendar, window, select))?,
        };
        let body = super::send(session, request).await?;
        let page = Page::events(&body).ok_or_else(errors::malformed)?;
        if !page.unreadable.is_empty() {
            return Err(errors::malformed()); // what is not known is not free, and not gone
        }
        events.extend(page.value);
        match page.next_link {
            Some(link) => links.advance(link, &session.api_url)?,
            None => return Ok(events),
        }
    }
}

fn first(api_url: &str, calendar: &str, window: &Range<Timestamp>, select: &str) -> String {
    super::address(
        api_url,
        &["me", "calendars", calendar, "calendarView"],
        &[
            ("startDateTime", &window.start.to_string()),
            ("endDateTime", &window.end.to_string()),
            ("$select", select),
            ("$top", "500"),
        ],
    )
}
