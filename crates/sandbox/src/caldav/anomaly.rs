//! Anomalies only CalDAV has, beside the shared fault engine: multiget answers with holes and
//! refused sync tokens that cannot be told from a URL.

use super::xml::{Element, parse, render};
use crate::fault::{Dialect, Shape};
use axum::response::Response;
use http::Uri;

use super::http::reply::{Reply, status_row};
use super::profile::Quirks;

/// Sync tokens that the paging faults of the shared engine invent start with this.
pub(crate) const INVENTED: &str = "sandbox-page-";

/// A one-off deviation, taken by the next request it fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anomaly {
    /// `calendar-multiget`: the n-th href (from 0) is not answered at all.
    MultigetOmits(usize),
    /// `calendar-multiget`: the n-th href (from 0) is answered 404 although it exists.
    MultigetMissing(usize),
    /// `sync-collection` with a token: the token is refused.
    TokenRefused,
    /// `sync-collection`: every property of every row is in a 404 propstat.
    PropertiesMissing,
}

/// How a CalDAV server words errors, for the shared fault engine.
#[derive(Debug, Clone, Copy, Default)]
pub struct CalDavDialect;

impl Dialect for CalDavDialect {
    fn error(&self, shape: &Shape) -> Response {
        let quirks = Quirks::default();
        let condition = |status, name| Reply::error(status, Element::dav(name), &quirks);
        let reply = match shape {
            Shape::Unauthorized => {
                Reply::status(401).header("www-authenticate", "Basic realm=\"Calendar\"")
            }
            Shape::Quota(_) => condition(507, "quota-not-exceeded"),
            Shape::Forbidden | Shape::Scope => condition(403, "need-privileges"),
            Shape::NotFound => Reply::html(404, "Not Found"),
            Shape::Gone => Reply::html(410, "Gone"),
            Shape::Cursor | Shape::PageCursor => condition(403, "valid-sync-token"),
            Shape::Conflict => Reply::html(409, "Conflict"),
            Shape::Precondition => Reply::html(412, "Precondition Failed"),
            Shape::RateLimited => Reply::html(429, "Too Many Requests"),
            Shape::Status(status) => Reply::html(status.as_u16(), "Server error"),
        };
        reply.into_response()
    }

    fn empty_list(&self, _body: &[u8]) -> Vec<u8> {
        render(&Element::dav("multistatus"), Quirks::default().ns).into_bytes()
    }

    fn has_page_cursor(&self, _uri: &Uri) -> bool {
        true
    }

    fn has_sync_cursor(&self, _uri: &Uri) -> bool {
        true
    }

    fn with_next_page(&self, body: &[u8], cursor: &str) -> Vec<u8> {
        let Ok(mut root) = parse(&String::from_utf8_lossy(body)) else {
            return body.to_vec();
        };
        root.children.retain(|node| match node {
            super::xml::Node::Element(child) => !child.name.is(super::xml::DAV, "sync-token"),
            _ => true,
        });
        let root = root
            .child(status_row("/", 507))
            .child(Element::dav("sync-token").text(cursor));
        render(&root, Quirks::default().ns).into_bytes()
    }

    fn without_page_cursor(&self, uri: &Uri) -> Uri {
        uri.clone()
    }
}
