//! How a calendar can be followed: its ctag, and whether it has sync tokens.

use bytes::Bytes;
use daybook_provider_api::Result;
use http::Request;
use url::Url;

use super::{Call, Depth, multistatus, propfind};
use crate::caldav::transport::Answer;
use crate::caldav::xml::Tag;

/// PROPFIND, Depth 0, on a calendar.
pub(in crate::caldav) struct Ctag;

/// What a calendar offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::caldav) struct Probe {
    /// `CS:getctag`, opaque: changes whenever something in the calendar does.
    pub(in crate::caldav) ctag: Option<String>,
    /// The server does `sync-collection` here (RFC 6578).
    pub(in crate::caldav) syncs: bool,
}

impl Call for Ctag {
    type Out = Probe;

    fn request(&self, url: &Url) -> Result<Request<Bytes>> {
        propfind(
            url,
            Depth::Zero,
            "<s:getctag/><d:sync-token/><d:supported-report-set/>",
        )
    }

    fn parse(&self, answer: &Answer) -> Result<Probe> {
        let found = multistatus(answer)?;
        let Some(row) = found.rows.first() else {
            return Ok(Probe::default());
        };
        let reports = row.prop(Tag::SupportedReports).is_some_and(|set| {
            set.children
                .iter()
                .filter_map(|supported| supported.child(Tag::Report))
                .any(|report| report.has(Tag::SyncCollection))
        });
        Ok(Probe {
            ctag: row.text(Tag::GetCtag).map(str::to_owned),
            syncs: reports || row.text(Tag::SyncToken).is_some(),
        })
    }
}
