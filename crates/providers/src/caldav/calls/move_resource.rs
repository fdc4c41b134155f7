//! Moving one resource to another collection of the server (RFC 4918 §9.9).

use bytes::Bytes;
use daybook_provider_api::Result;
use daybook_provider_api::calendar::write::NO_MOVE;
use http::header::IF_MATCH;
use http::{Method, Request};
use url::Url;

use super::{Call, inner_statuses, unsendable};
use crate::caldav::errors;
use crate::caldav::transport::Answer;

/// MOVE of a resource; never onto one that is there.
pub(in crate::caldav) struct MoveResource<'a> {
    /// Where it goes.
    pub(in crate::caldav) destination: &'a Url,
    /// The version that is meant.
    pub(in crate::caldav) etag: Option<&'a str>,
    /// Asks the server not to mail anybody about it (RFC 6638 §8.1).
    pub(in crate::caldav) quiet: bool,
}

impl Call for MoveResource<'_> {
    type Out = ();

    fn request(&self, url: &Url) -> Result<Request<Bytes>> {
        let method = Method::from_bytes(b"MOVE").map_err(|_| unsendable())?;
        let mut request = Request::builder()
            .method(method)
            .uri(url.as_str())
            .header("destination", self.destination.as_str())
            .header("overwrite", "F")
            .header(IF_MATCH, self.etag.unwrap_or("*"));
        if self.quiet {
            request = request.header("schedule-reply", "F");
        }
        request.body(Bytes::new()).map_err(|_| unsendable())
    }

    fn parse(&self, answer: &Answer) -> Result<()> {
        match answer.status.as_u16() {
            200 | 201 | 204 | 207 => inner_statuses(answer),
            405 | 501 => Err(errors::unsupported(
                NO_MOVE,
                "The CalDAV server cannot move events between calendars, so nothing was moved.",
            )),
            _ => Err(errors::refused_write(answer)),
        }
    }
}
