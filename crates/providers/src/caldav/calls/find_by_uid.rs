//! The resource that holds a UID, wherever the server or somebody put it (RFC 4791 §7.8.6).

use bytes::Bytes;
use daybook_provider_api::Result;
use http::Request;
use url::Url;

use super::multiget::{Resource, resource};
use super::{Call, Depth, escaped, multistatus, report};
use crate::caldav::href::Href;
use crate::caldav::transport::Answer;

/// REPORT `calendar-query` on a calendar. Servers return more than was asked: the caller looks at the UID.
pub(in crate::caldav) struct FindByUid<'a> {
    /// The UID.
    pub(in crate::caldav) uid: &'a str,
}

impl Call for FindByUid<'_> {
    type Out = Vec<(Href, Resource)>;

    fn request(&self, url: &Url) -> Result<Request<Bytes>> {
        let inner = format!(
            "<d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter><c:comp-filter name=\"VCALENDAR\">\
             <c:comp-filter name=\"VEVENT\"><c:prop-filter name=\"UID\"><c:text-match collation=\"i;octet\">{}\
             </c:text-match></c:prop-filter></c:comp-filter></c:comp-filter></c:filter>",
            escaped(self.uid)
        );
        report(url, Depth::One, "c:calendar-query", &inner)
    }

    fn parse(&self, answer: &Answer) -> Result<Self::Out> {
        let found = multistatus(answer)?;
        Ok(found.rows.into_iter().filter_map(resource).collect())
    }
}
