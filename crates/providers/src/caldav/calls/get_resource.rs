//! One resource's contents. Never asked of a collection: iCloud hangs up, others send the whole calendar.

use bytes::Bytes;
use daybook_provider_api::Result;
use http::Request;
use http::header::{ACCEPT, ETAG};
use url::Url;

use super::multiget::is_whole;
use super::{Call, Resource, unsendable};
use crate::caldav::errors;
use crate::caldav::transport::Answer;

/// Code of the error that says: this is no whole calendar object.
pub(in crate::caldav) const NOT_A_CALENDAR: &str = "not_a_calendar";

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
    if !is_whole(&data) {
        return Err(errors::malformed(
            "The CalDAV server sent something else in place of a calendar object. Daybook tries again later.",
        )
        .with_code(NOT_A_CALENDAR));
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
