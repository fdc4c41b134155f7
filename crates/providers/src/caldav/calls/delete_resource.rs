//! Removing one resource. Never asked of a collection.

use bytes::Bytes;
use daybook_provider_api::Result;
use http::header::IF_MATCH;
use http::{Method, Request};
use url::Url;

use super::{Call, inner_statuses, unsendable};
use crate::caldav::errors;
use crate::caldav::transport::Answer;

/// DELETE on a resource. Already gone is success.
pub(in crate::caldav) struct DeleteResource<'a> {
    /// The version that is to go.
    pub(in crate::caldav) etag: Option<&'a str>,
    /// Asks the server not to send the organizer a refusal (RFC 6638 §8.1).
    pub(in crate::caldav) quiet: bool,
}

impl Call for DeleteResource<'_> {
    type Out = ();

    fn request(&self, url: &Url) -> Result<Request<Bytes>> {
        let mut request = Request::builder()
            .method(Method::DELETE)
            .uri(url.as_str())
            .header(IF_MATCH, self.etag.unwrap_or("*"));
        if self.quiet {
            request = request.header("schedule-reply", "F");
        }
        request.body(Bytes::new()).map_err(|_| unsendable())
    }

    fn parse(&self, answer: &Answer) -> Result<()> {
        match answer.status.as_u16() {
            404 | 410 => Ok(()),
            200 | 202 | 204 | 207 => match inner_statuses(answer) {
                Err(error) if matches!(error.status, Some(404 | 410)) => Ok(()),
                result => result,
            },
            _ => Err(errors::refused_write(answer)),
        }
    }
}
