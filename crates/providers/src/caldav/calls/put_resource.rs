//! Writing one resource (contracts/caldav-apple §6).

use bytes::Bytes;
use daybook_provider_api::Result;
use http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use http::{Method, Request};
use url::Url;

use super::{Call, inner_statuses, unsendable};
use crate::caldav::errors;
use crate::caldav::transport::Answer;

/// PUT on a resource.
pub(in crate::caldav) struct PutResource<'a> {
    /// iCalendar text.
    pub(in crate::caldav) data: &'a str,
    /// What must be there for the write to happen.
    pub(in crate::caldav) based: Based<'a>,
    /// Asks the server not to mail anybody about it (RFC 6638 §8.1).
    pub(in crate::caldav) quiet: bool,
}

/// What a write is based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::caldav) enum Based<'a> {
    /// Nothing is there yet.
    Nothing,
    /// This version; `None` where the server gives none.
    Version(Option<&'a str>),
}

/// It is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::caldav) struct Stored {
    /// Its version, if the server stored exactly what was sent and says so: only a strong tag promises that (RFC 4791 §5.3.4).
    pub(in crate::caldav) etag: Option<String>,
}

impl Call for PutResource<'_> {
    type Out = Stored;

    fn request(&self, url: &Url) -> Result<Request<Bytes>> {
        let mut request = Request::builder()
            .method(Method::PUT)
            .uri(url.as_str())
            .header(CONTENT_TYPE, "text/calendar; charset=utf-8");
        request = match self.based {
            Based::Nothing => request.header(IF_NONE_MATCH, "*"),
            Based::Version(Some(etag)) => request.header(IF_MATCH, etag),
            // Without a tag the least to be said is that it must still exist.
            Based::Version(None) => request.header(IF_MATCH, "*"),
        };
        if self.quiet {
            request = request.header("schedule-reply", "F");
        }
        request
            .body(Bytes::from(self.data.to_owned()))
            .map_err(|_| unsendable())
    }

    fn parse(&self, answer: &Answer) -> Result<Stored> {
        match answer.status.as_u16() {
            200 | 201 | 204 | 207 => inner_statuses(answer)?,
            _ => return Err(errors::refused_write(answer)),
        }
        let etag = answer
            .headers
            .get(ETAG)
            .and_then(|etag| etag.to_str().ok())
            .map(str::trim)
            .filter(|etag| !etag.is_empty() && !etag.starts_with("W/"))
            .map(str::to_owned);
        Ok(Stored { etag })
    }
}
