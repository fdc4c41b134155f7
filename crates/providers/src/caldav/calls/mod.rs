//! One file per call: what is sent, and what the answer says. Nothing here does I/O.

mod ctag;
mod delete_resource;
mod find_by_uid;
mod free_busy_query;
mod get_resource;
mod list_calendars;
mod list_etags;
mod move_resource;
mod multiget;
mod options;
mod propfind_home;
mod propfind_principal;
mod put_resource;
mod sync_collection;

use bytes::Bytes;
use daybook_provider_api::Result;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Method, Request, StatusCode};
use url::Url;

use super::errors;
use super::multistatus::Multistatus;
use super::transport::Answer;

pub(super) use ctag::{Ctag, Probe};
pub(super) use delete_resource::DeleteResource;
pub(super) use find_by_uid::FindByUid;
pub(super) use free_busy_query::FreeBusyQuery;
pub(super) use get_resource::{GetResource, NOT_A_CALENDAR};
pub(super) use list_calendars::{CalendarRow, ListCalendars, Listing};
pub(super) use list_etags::{ListEtags, Member};
pub(super) use move_resource::MoveResource;
pub(super) use multiget::{Multiget, Resource, is_whole};
pub(super) use options::Options;
pub(super) use propfind_home::{Principal, PropfindHome};
pub(super) use propfind_principal::{Entry, PropfindPrincipal};
pub(super) use put_resource::{Based, PutResource};
pub(super) use sync_collection::{SyncCollection, SyncPage};

/// A call: turns into a request and reads the answer.
pub(super) trait Call: Sync {
    /// What the answer says.
    type Out: Send;

    /// The request to send to `url`.
    fn request(&self, url: &Url) -> Result<Request<Bytes>>;

    /// Reads the answer.
    fn parse(&self, answer: &Answer) -> Result<Self::Out>;
}

/// `Depth` of a PROPFIND or REPORT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// The resource itself.
    Zero,
    /// And its members.
    One,
}

/// What a `prop` element with these namespaces can name.
const NAMESPACES: &str = "xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\" \
                          xmlns:s=\"http://calendarserver.org/ns/\" xmlns:a=\"http://apple.com/ns/ical/\"";

fn propfind(url: &Url, depth: Depth, props: &str) -> Result<Request<Bytes>> {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<d:propfind {NAMESPACES}><d:prop>{props}</d:prop></d:propfind>"
    );
    xml_request("PROPFIND", url, depth, body)
}

fn report(url: &Url, depth: Depth, root: &str, inner: &str) -> Result<Request<Bytes>> {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<{root} {NAMESPACES}>{inner}</{root}>"
    );
    xml_request("REPORT", url, depth, body)
}

fn xml_request(method: &str, url: &Url, depth: Depth, body: String) -> Result<Request<Bytes>> {
    let depth = match depth {
        Depth::Zero => "0",
        Depth::One => "1",
    };
    let request = Method::from_bytes(method.as_bytes())
        .ok()
        .and_then(|method| {
            Request::builder()
                .method(method)
                .uri(url.as_str())
                .header(CONTENT_TYPE, "application/xml; charset=utf-8")
                .header(ACCEPT, "application/xml, text/xml")
                .header("depth", depth)
                .body(Bytes::from(body))
                .ok()
        });
    request.ok_or_else(unsendable)
}

fn unsendable() -> daybook_provider_api::Error {
    errors::malformed("The CalDAV server named an address that cannot be asked.")
        .with_code("address")
}

/// Reads a multistatus, or says what the refusal means. 200 with a multistatus body is seen from careless servers.
fn multistatus(answer: &Answer) -> Result<Multistatus> {
    if !matches!(answer.status.as_u16(), 200 | 207) {
        return Err(errors::refused(answer));
    }
    Multistatus::parse(&answer.body, &answer.url).map_err(|error| errors::unreadable(answer, error))
}

/// A success may hold a multistatus whose own statuses say otherwise. 200 with something else, such as a page to sign in at, is the
/// word of whoever stands before the server: it says nothing of what became of the write.
fn inner_statuses(answer: &Answer) -> Result<()> {
    let found = match Multistatus::parse(&answer.body, &answer.url) {
        Ok(found) => found,
        Err(error) if answer.status == StatusCode::OK => {
            return Err(errors::unreadable(answer, error));
        }
        Err(_) => return Ok(()),
    };
    let failed = found
        .rows
        .iter()
        .find(|row| row.status.is_some_and(|status| status >= 300));
    match failed {
        None => Ok(()),
        Some(row) => {
            let status = row
                .status
                .and_then(|status| StatusCode::from_u16(status).ok());
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Err(errors::refused_write_as(
                status,
                row.conditions(),
                &answer.headers,
            ))
        }
    }
}

/// `text` as XML character data.
fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}

#[cfg(test)]
mod tests;
