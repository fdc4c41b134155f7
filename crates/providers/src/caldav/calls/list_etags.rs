//! Every resource of a calendar with its etag, for servers without sync tokens.

use bytes::Bytes;
use daybook_provider_api::Result;
use http::Request;
use url::Url;

use super::{Call, Depth, multistatus, propfind};
use crate::caldav::errors;
use crate::caldav::href::Href;
use crate::caldav::multistatus::Row;
use crate::caldav::transport::Answer;
use crate::caldav::xml::Tag;

/// PROPFIND, Depth 1, on a calendar.
pub(in crate::caldav) struct ListEtags {
    /// The calendar is known to have had resources: a listing that does not even name the collection is refused.
    pub(in crate::caldav) had_some: bool,
}

/// A resource told to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::caldav) struct Member {
    /// Which.
    pub(in crate::caldav) href: Href,
    /// Its version, as written (quotes and `W/` included); some servers leave it out.
    pub(in crate::caldav) etag: Option<String>,
    /// False when the server told that it exists but not how it is now (an inner status other than success).
    pub(in crate::caldav) readable: bool,
}

impl Call for ListEtags {
    type Out = Vec<Member>;

    fn request(&self, url: &Url) -> Result<Request<Bytes>> {
        propfind(
            url,
            Depth::One,
            "<d:getetag/><d:resourcetype/><d:getcontenttype/>",
        )
    }

    fn parse(&self, answer: &Answer) -> Result<Vec<Member>> {
        let found = multistatus(answer)?;
        // A listing names at least the collection itself (RFC 4918 §9.1): one without a row is a broken server, and not a
        // reason to remove what there was.
        if self.had_some && found.rows.is_empty() {
            return Err(
                errors::malformed("The CalDAV server answered with an empty listing.")
                    .with_code("blank"),
            );
        }
        Ok(found
            .rows
            .into_iter()
            .filter(|row| !row.is_gone() && !row.is_collection(&answer.url) && may_hold_events(row))
            .map(member)
            .collect())
    }
}

/// The row of a resource in a listing.
pub(super) fn member(row: Row) -> Member {
    Member {
        etag: row.text(Tag::GetEtag).map(str::to_owned),
        readable: row.is_present(),
        href: row.href,
    }
}

/// Some servers tell the component in the content type: `text/calendar; component=vtodo`.
fn may_hold_events(row: &Row) -> bool {
    row.text(Tag::GetContentType).is_none_or(|content_type| {
        let content_type = content_type.to_ascii_lowercase();
        content_type
            .split_once("component=")
            .is_none_or(|(_, component)| component.trim_start_matches('"').starts_with("vevent"))
    })
}
