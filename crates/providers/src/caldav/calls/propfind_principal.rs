//! What an address is, and who we are there (RFC 5397, contracts/caldav-apple §2 step 2).

use bytes::Bytes;
use daybook_provider_api::Result;
use http::Request;
use url::Url;

use super::{Call, Depth, multistatus, propfind};
use crate::caldav::href;
use crate::caldav::transport::Answer;
use crate::caldav::xml::Tag;

/// PROPFIND, Depth 0, on an address that may be anything.
pub(in crate::caldav) struct PropfindPrincipal;

/// What an address told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::caldav) struct Entry {
    /// `DAV:current-user-principal`.
    pub(in crate::caldav) principal: Option<Url>,
    /// `C:calendar-home-set`, when the address is itself a principal.
    pub(in crate::caldav) home: Option<Url>,
    /// The server does not take us for anybody.
    pub(in crate::caldav) unauthenticated: bool,
    /// The address is itself a calendar.
    pub(in crate::caldav) is_calendar: bool,
    /// The address is a collection, perhaps a home.
    pub(in crate::caldav) is_collection: bool,
    /// The address is itself a principal.
    pub(in crate::caldav) is_principal: bool,
}

impl Call for PropfindPrincipal {
    type Out = Entry;

    fn request(&self, url: &Url) -> Result<Request<Bytes>> {
        propfind(
            url,
            Depth::Zero,
            "<d:current-user-principal/><c:calendar-home-set/><d:resourcetype/>",
        )
    }

    fn parse(&self, answer: &Answer) -> Result<Entry> {
        let found = multistatus(answer)?;
        // One row is asked for, so its address is not compared: iCloud has answered with another one.
        let Some(row) = found.rows.first() else {
            return Ok(Entry::default());
        };
        let url_in = |tag| {
            row.href_in(tag)
                .and_then(|raw| href::resolve(&answer.url, raw))
        };
        Ok(Entry {
            principal: url_in(Tag::CurrentUserPrincipal),
            home: url_in(Tag::CalendarHomeSet),
            unauthenticated: row
                .prop(Tag::CurrentUserPrincipal)
                .is_some_and(|who| who.has(Tag::Unauthenticated)),
            is_calendar: row.is_a(Tag::Calendar),
            is_collection: row.is_a(Tag::Collection),
            is_principal: row.is_a(Tag::Principal),
        })
    }
}
