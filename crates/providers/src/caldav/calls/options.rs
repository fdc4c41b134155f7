//! What a server says it can do.

use bytes::Bytes;
use daybook_provider_api::Result;
use http::{Method, Request};
use url::Url;

use super::{Call, unsendable};
use crate::caldav::errors;
use crate::caldav::transport::Answer;

/// OPTIONS on a calendar: whether the server mails guests by itself (RFC 6638 §2).
pub(in crate::caldav) struct Options;

impl Call for Options {
    type Out = bool;

    fn request(&self, url: &Url) -> Result<Request<Bytes>> {
        Request::builder()
            .method(Method::OPTIONS)
            .uri(url.as_str())
            .body(Bytes::new())
            .map_err(|_| unsendable())
    }

    fn parse(&self, answer: &Answer) -> Result<bool> {
        if !answer.status.is_success() {
            return Err(errors::refused(answer));
        }
        let classes = answer.headers.get_all("dav").iter();
        Ok(classes
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .any(|class| class.trim().eq_ignore_ascii_case("calendar-auto-schedule")))
    }
}
