//! The page shown when the binary was built without the dashboard: what works, and how to get the rest.

use std::borrow::Cow;

use askama::Template;
use http::{HeaderMap, StatusCode, header};

use crate::{CONTENT_SECURITY_POLICY, REVALIDATE, set, tagged, with_headers};

/// The colours are the dashboard's own, so that both look like one product.
const STYLESHEET: &str = concat!(
    include_str!("../../../../web/src/styles/tokens.css"),
    "\n",
    include_str!("../../static/public.css")
);

#[derive(Template)]
#[template(path = "notice.html")]
struct Notice {
    version: &'static str,
}

pub(crate) fn page() -> http::Response<Cow<'static, [u8]>> {
    let html = Notice {
        version: env!("CARGO_PKG_VERSION"),
    }
    .render()
    .unwrap_or_else(|_| "Daybook is running; the dashboard was not built.".to_owned());
    let mut answer = with_headers(
        StatusCode::OK,
        "text/html; charset=utf-8",
        REVALIDATE,
        Cow::Owned(html.into_bytes()),
    );
    set(
        &mut answer,
        header::CONTENT_SECURITY_POLICY,
        CONTENT_SECURITY_POLICY,
    );
    answer
}

pub(crate) fn stylesheet(headers: &HeaderMap) -> http::Response<Cow<'static, [u8]>> {
    // The text is fixed at build time: version and length tell one build's from another's.
    let tag = format!("{}{:06x}", env!("CARGO_PKG_VERSION"), STYLESHEET.len());
    tagged(
        tag.as_bytes(),
        "text/css; charset=utf-8",
        REVALIDATE,
        Cow::Borrowed(STYLESHEET.as_bytes()),
        headers,
    )
}
