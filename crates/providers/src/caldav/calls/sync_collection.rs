//! What changed in a calendar since a sync token (RFC 6578).

use bytes::Bytes;
use daybook_provider_api::Result;
use http::{Request, StatusCode};
use url::Url;

use super::list_etags::member;
use super::{Call, Depth, Member, escaped, multistatus, report};
use crate::caldav::errors;
use crate::caldav::href::Href;
use crate::caldav::transport::Answer;
use crate::caldav::xml::Tag;

/// REPORT `sync-collection` on a calendar.
pub(in crate::caldav) struct SyncCollection<'a> {
    /// Where the last one ended; empty for everything.
    pub(in crate::caldav) token: &'a str,
    /// Zero by the RFC; one for a few old servers.
    pub(in crate::caldav) depth: Depth,
}

/// One answer; there may be more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::caldav) struct SyncPage {
    /// Created or updated; the server does not tell which.
    pub(in crate::caldav) changed: Vec<Member>,
    /// Gone.
    pub(in crate::caldav) removed: Vec<Href>,
    /// Where the next one starts.
    pub(in crate::caldav) token: Option<String>,
    /// The server stopped early: ask again with the new token (RFC 6578 §3.6).
    pub(in crate::caldav) truncated: bool,
}

impl Call for SyncCollection<'_> {
    type Out = SyncPage;

    fn request(&self, url: &Url) -> Result<Request<Bytes>> {
        let token = escaped(self.token);
        // One popular server refuses the report without a token element and a prop element.
        let inner = format!(
            "<d:sync-token>{token}</d:sync-token><d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop>"
        );
        report(url, self.depth, "d:sync-collection", &inner)
    }

    fn parse(&self, answer: &Answer) -> Result<SyncPage> {
        let found = multistatus(answer)?;
        let mut page = SyncPage {
            token: found.sync_token,
            ..SyncPage::default()
        };
        for row in found.rows {
            if row.names(Tag::ValidSyncToken) {
                return Err(errors::cursor_expired(StatusCode::FORBIDDEN));
            }
            if row.status == Some(507) {
                page.truncated = true;
            } else if row.is_collection(&answer.url) {
                continue;
            } else if row.is_gone() {
                page.removed.push(row.href);
            } else {
                page.changed.push(member(row));
            }
        }
        Ok(page)
    }
}
