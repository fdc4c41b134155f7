//! One resource's contents. Never asked of a collection: iCloud hangs up, others send the whole calendar.

use bytes::Bytes;
use daybook_provider_api::Result;
use http::Request;
use http::header::{ACCEPT, ETAG};
use url::Url;

use super::{Call, Resource, unsendable};
use crate::caldav::errors;
use crate::caldav::transport::Answer;

/// GET on a resource.
pub(in crate::caldav) struct GetResource;

impl Call for GetResource {
    type Out = Resource;

    fn request(&self, url: &Url) -> Result<Request<Bytes>> {
        Request::builder()
            .uri(url.as_str())
            .header(ACCEPT, "text/calendar")
            .body(Bytes::new())
            .map_err(|_| unsendable())
    }

    fn parse(&self, answer: &Answer) -> Result<Resource> {
        match answer.status.as_u16() {
            200 => present(answer),
            404 | 410 => Ok(Resource::Gone),
            _ => Err(errors::refused(answer)),
        }
    }
}

/// What is no whole calendar object was put there by something on the way, or cut off: believed, it would look as if the
/// resource held no events.
fn present(answer: &Answer) -> Result<Resource> {
    let data = String::from_utf8_lossy(&answer.body).into_owned();
    let text = data.trim_start_matches('\u{feff}').trim();
    let is =
        |line: Option<&str>, word: &str| line.is_some_and(|l| l.trim().eq_ignore_ascii_case(word));
    if !is(text.lines().next(), "BEGIN:VCALENDAR") || !is(text.lines().last(), "END:VCALENDAR") {
        return Err(errors::malformed(
            "The CalDAV server sent something else in place of a calendar object. Daybook tries again later.",
        )
        .with_code("not_a_calendar"));
    }
    Ok(Resource::Present {
        etag: answer
            .headers
            .get(ETAG)
            .and_then(|etag| etag.to_str().ok())
            .map(str::to_owned),
        data,
    })
}
