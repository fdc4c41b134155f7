//! When a calendar is busy, as its server works it out (RFC 4791 §7.10).

use bytes::Bytes;
use daybook_domain::ical::{ParseLimits, Tree};
use daybook_domain::recurrence::{DateValue, EventDuration};
use daybook_domain::zone::Zone;
use daybook_provider_api::calendar::free_busy::Busy;
use daybook_provider_api::{Error, Result};
use http::Request;
use jiff::Timestamp;
use url::Url;

use super::{Call, Depth, report};
use crate::caldav::errors;
use crate::caldav::transport::Answer;

/// REPORT `free-busy-query` on a calendar.
pub(in crate::caldav) struct FreeBusyQuery {
    /// From here, inclusive.
    pub(in crate::caldav) from: Timestamp,
    /// To here, exclusive.
    pub(in crate::caldav) to: Timestamp,
}

impl Call for FreeBusyQuery {
    type Out = Vec<Busy>;

    fn request(&self, url: &Url) -> Result<Request<Bytes>> {
        let inner = format!(
            "<c:time-range start=\"{}\" end=\"{}\"/>",
            DateValue::Utc(self.from),
            DateValue::Utc(self.to)
        );
        report(url, Depth::One, "c:free-busy-query", &inner)
    }

    /// The type that the answer claims to be is not looked at: servers name others (contracts/caldav-apple §10).
    fn parse(&self, answer: &Answer) -> Result<Vec<Busy>> {
        if answer.status.as_u16() != 200 {
            return Err(errors::refused(answer));
        }
        if let Some(error) = errors::web_page(answer) {
            return Err(error);
        }
        let tree = Tree::parse(&answer.body, &ParseLimits::default());
        let tree = tree.map_err(|_| match answer.body.trim_ascii().first() {
            // Nothing, or some XML: the answer to another call.
            None | Some(b'<') => another_answer(),
            Some(_) => unreadable(),
        })?;
        let mut parts = tree
            .components
            .iter()
            .flat_map(|top| top.children("VFREEBUSY"))
            .peekable();
        // No part at all would look like a free calendar.
        parts.peek().ok_or_else(another_answer)?;
        // And half of an answer like one that is free for the rest of the time.
        if !is_whole(&answer.body) {
            return Err(unreadable());
        }
        let mut busy = Vec::new();
        for line in parts.flat_map(|part| part.lines()) {
            let free = line
                .param("FBTYPE")
                .is_some_and(|kind| kind.eq_ignore_ascii_case("FREE"));
            if !line.is("FREEBUSY") || free {
                continue;
            }
            for text in line
                .value()
                .split(',')
                .filter(|text| !text.trim().is_empty())
            {
                busy.push(period(text).ok_or_else(unreadable)?);
            }
        }
        busy.retain(|one| one.start < one.end);
        busy.sort_unstable();
        Ok(busy)
    }
}

/// The server took the report for another call.
fn another_answer() -> Error {
    errors::malformed("The CalDAV server did not answer when the calendar is busy.")
        .with_code("not_free_busy")
}

fn unreadable() -> Error {
    errors::malformed("What the CalDAV server answered about busy times cannot be read.")
        .with_code("unreadable")
}

/// Whether the calendar in it ends.
fn is_whole(body: &[u8]) -> bool {
    const END: &[u8] = b"END:VCALENDAR";
    let body = body.trim_ascii();
    let from = body.len().saturating_sub(END.len());
    body[from..].eq_ignore_ascii_case(END)
}

/// `start/end` or `start/duration`, in UTC.
fn period(text: &str) -> Option<Busy> {
    let (start, end) = text.trim().split_once('/')?;
    let instant = |text: &str| Some(DateValue::parse(text)?.instant_in(&Zone::utc()));
    let start = instant(start)?;
    let end = match instant(end) {
        Some(end) => end,
        None => end
            .parse::<EventDuration>()
            .ok()?
            .after(start, &Zone::utc()),
    };
    Some(Busy { start, end })
}
