//! The contents of several resources at once (RFC 4791 §7.9).

use bytes::Bytes;
use daybook_provider_api::Result;
use http::Request;
use url::Url;

use super::{Call, Depth, escaped, multistatus, report};
use crate::caldav::href::Href;
use crate::caldav::multistatus::Row;
use crate::caldav::transport::Answer;
use crate::caldav::xml::Tag;

/// REPORT `calendar-multiget` on a calendar.
pub(in crate::caldav) struct Multiget<'a> {
    /// Which resources; 50 at most (contracts/caldav-apple §5).
    pub(in crate::caldav) hrefs: &'a [Href],
}

/// A resource's contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::caldav) enum Resource {
    /// It is there.
    Present {
        /// Its version.
        etag: Option<String>,
        /// iCalendar text.
        data: String,
    },
    /// It is gone.
    Gone,
}

impl Call for Multiget<'_> {
    type Out = Vec<(Href, Resource)>;

    fn request(&self, url: &Url) -> Result<Request<Bytes>> {
        let hrefs: String = self
            .hrefs
            .iter()
            .map(|href| format!("<d:href>{}</d:href>", escaped(href.as_str())))
            .collect();
        let inner = format!("<d:prop><d:getetag/><c:calendar-data/></d:prop>{hrefs}");
        report(url, Depth::One, "c:calendar-multiget", &inner)
    }

    /// Resources that the server says nothing useful about are left out.
    fn parse(&self, answer: &Answer) -> Result<Self::Out> {
        let found = multistatus(answer)?;
        Ok(found.rows.into_iter().filter_map(resource).collect())
    }
}

/// Whether a text begins and ends as a calendar object does, and so was not cut off on its way.
pub(in crate::caldav) fn is_whole(data: &str) -> bool {
    let mut lines = data
        .trim_start_matches('\u{feff}')
        .split(['\r', '\n'])
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let is = |line: Option<&str>, word: &str| line.is_some_and(|l| l.eq_ignore_ascii_case(word));
    is(lines.next(), "BEGIN:VCALENDAR") && is(lines.next_back(), "END:VCALENDAR")
}

pub(super) fn resource(mut row: Row) -> Option<(Href, Resource)> {
    if row.is_gone() {
        return Some((row.href, Resource::Gone));
    }
    let data = row.take_text(Tag::CalendarData)?;
    if data.trim().is_empty() {
        return None;
    }
    let etag = row.text(Tag::GetEtag).map(str::to_owned);
    Some((row.href, Resource::Present { etag, data }))
}
