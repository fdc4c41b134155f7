//! Where a principal's calendars are, and its addresses (RFC 4791 §6.2.1, RFC 6638 §2.4.1).

use bytes::Bytes;
use daybook_provider_api::Result;
use http::Request;
use url::Url;

use super::{Call, Depth, multistatus, propfind};
use crate::caldav::href;
use crate::caldav::transport::Answer;
use crate::caldav::xml::Tag;

/// PROPFIND, Depth 0, on a principal.
pub(in crate::caldav) struct PropfindHome;

/// What a principal told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::caldav) struct Principal {
    /// `C:calendar-home-set`: the first, where there are several.
    pub(in crate::caldav) home: Option<Url>,
    /// E-mail addresses of `C:calendar-user-address-set`, in lower case.
    pub(in crate::caldav) emails: Vec<String>,
    /// `DAV:displayname`.
    pub(in crate::caldav) name: Option<String>,
}

impl Call for PropfindHome {
    type Out = Principal;

    fn request(&self, url: &Url) -> Result<Request<Bytes>> {
        propfind(
            url,
            Depth::Zero,
            "<c:calendar-home-set/><c:calendar-user-address-set/><d:displayname/>",
        )
    }

    fn parse(&self, answer: &Answer) -> Result<Principal> {
        let found = multistatus(answer)?;
        let Some(row) = found.rows.first() else {
            return Ok(Principal::default());
        };
        let addresses = row
            .prop(Tag::CalendarUserAddressSet)
            .map_or(&[][..], |set| &set.children);
        Ok(Principal {
            home: row
                .href_in(Tag::CalendarHomeSet)
                .and_then(|raw| href::resolve(&answer.url, raw)),
            emails: addresses
                .iter()
                .filter_map(|address| email(address.text()?))
                .collect(),
            name: row.text(Tag::DisplayName).map(str::to_owned),
        })
    }
}

fn email(address: &str) -> Option<String> {
    let scheme = address.get(..7)?;
    let address = address
        .get(7..)
        .filter(|_| scheme.eq_ignore_ascii_case("mailto:"))?;
    let decoded = percent_encoding::percent_decode_str(address)
        .decode_utf8()
        .ok()?;
    decoded.contains('@').then(|| decoded.trim().to_lowercase())
}
