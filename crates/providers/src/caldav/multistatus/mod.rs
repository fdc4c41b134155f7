//! A `207 Multi-Status` body as rows (RFC 4918 §13, contracts/caldav-apple §3).

use std::collections::HashSet;

use url::Url;

use super::href::Href;
use super::xml::{self, Element, Tag};

/// Rows in one answer at most; four times what iCloud lets an account have.
const MAX_ROWS: usize = 200_000;

/// What a server told about several resources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Multistatus {
    /// One row for each resource, in the order told; the first of several rows for one resource.
    pub(super) rows: Vec<Row>,
    /// `DAV:sync-token` of the answer.
    pub(super) sync_token: Option<String>,
}

/// What a server told about one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Which resource.
    pub(super) href: Href,
    /// Status of the whole resource, where that is what was told.
    pub(super) status: Option<u16>,
    /// Properties found (those in a `propstat` with status 200).
    props: Vec<Element>,
    /// Conditions named in `DAV:error`.
    conditions: Vec<Tag>,
}

/// Why a body is no multistatus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Error {
    /// The XML was not read.
    #[error(transparent)]
    Xml(#[from] xml::Error),
    /// It is XML of another kind, such as a web page.
    #[error("it is no WebDAV answer")]
    Other,
}

impl Multistatus {
    /// Reads a body that came from `base`. A blank body has no rows. Rows whose address is not on `base`'s server are
    /// left out, and so are second rows for one resource, except the one that says that the answer is not complete.
    pub(super) fn parse(body: &[u8], base: &Url) -> Result<Self, Error> {
        let mut found = Self::default();
        let mut seen = HashSet::new();
        let root = xml::read(body, |child| match child.tag {
            Tag::Response => {
                for row in rows(child, base) {
                    // 507 speaks of the answer, not of the collection, which may have a row of its own (RFC 6578 §3.6).
                    let ends = row.status == Some(507) && found.rows.len() < MAX_ROWS;
                    if ends || (seen.len() < MAX_ROWS && seen.insert(row.href.clone())) {
                        found.rows.push(row);
                    }
                }
            }
            Tag::SyncToken => found.sync_token = child.text().map(str::to_owned),
            _ => {}
        })?;
        match root {
            _ if seen.len() >= MAX_ROWS => Err(xml::Error::TooLarge.into()),
            None if body.trim_ascii().is_empty() => Ok(found),
            Some(Tag::Multistatus) => Ok(found),
            None | Some(_) => Err(Error::Other),
        }
    }
}

impl Row {
    /// A property, if the server has it.
    pub(super) fn prop(&self, tag: Tag) -> Option<&Element> {
        self.props.iter().find(|prop| prop.tag == tag)
    }

    /// A property's text.
    pub(super) fn text(&self, tag: Tag) -> Option<&str> {
        self.prop(tag)?.text()
    }

    /// A property's text as written, white space and all, taken out of the row.
    pub(super) fn take_text(&mut self, tag: Tag) -> Option<String> {
        let prop = self.props.iter_mut().find(|prop| prop.tag == tag)?;
        Some(std::mem::take(&mut prop.text))
    }

    /// The address inside a property such as `DAV:current-user-principal`.
    pub(super) fn href_in(&self, tag: Tag) -> Option<&str> {
        self.prop(tag)?.child(Tag::Href)?.text()
    }

    /// Whether `DAV:resourcetype` names this kind.
    pub(super) fn is_a(&self, kind: Tag) -> bool {
        self.prop(Tag::ResourceType)
            .is_some_and(|types| types.has(kind))
    }

    /// Whether the row's `DAV:error` names this condition.
    pub(super) fn names(&self, condition: Tag) -> bool {
        self.conditions.contains(&condition)
    }

    /// Every condition that the row's `DAV:error` names.
    pub(super) fn conditions(&self) -> &[Tag] {
        &self.conditions
    }

    /// The resource is told to be gone.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self.status, Some(404 | 410))
    }

    /// The resource is told to be there.
    pub(super) fn is_present(&self) -> bool {
        self.status
            .is_none_or(|status| (200..300).contains(&status))
    }

    /// Whether this is a collection, the one at `base` included: never an event.
    pub(super) fn is_collection(&self, base: &Url) -> bool {
        self.href.is_collection() || self.href.is_at(base) || self.is_a(Tag::Collection)
    }
}

/// The conditions that an error body names (RFC 4918 §16); none when it is no such body.
pub(super) fn conditions(body: &[u8]) -> Vec<Tag> {
    let mut found = Vec::new();
    match xml::read(body, |child| found.push(child.tag)) {
        Ok(Some(Tag::Error)) => found,
        _ => Vec::new(),
    }
}

fn rows(response: Element, base: &Url) -> Vec<Row> {
    let mut hrefs = Vec::new();
    let mut status = None;
    let mut props = Vec::new();
    let mut conditions = Vec::new();
    for child in response.children {
        match child.tag {
            Tag::Href => hrefs.extend(child.text().and_then(|raw| Href::of(base, raw))),
            Tag::Status => status = status_code(&child.text),
            Tag::Propstat => props.extend(found_props(child)),
            Tag::Error => conditions.extend(child.children.iter().map(|condition| condition.tag)),
            _ => {}
        }
    }
    // Several addresses share a status only (RFC 4918 §14.24), so properties go to the first.
    let mut hrefs = hrefs.into_iter();
    let mut rows = Vec::new();
    rows.extend(hrefs.next().map(|href| Row {
        href,
        status,
        props,
        conditions,
    }));
    rows.extend(hrefs.map(|href| Row {
        href,
        status,
        props: Vec::new(),
        conditions: Vec::new(),
    }));
    rows
}

fn found_props(propstat: Element) -> Vec<Element> {
    let found = propstat
        .child(Tag::Status)
        .and_then(|status| status_code(&status.text));
    if found != Some(200) {
        return Vec::new();
    }
    propstat
        .children
        .into_iter()
        .filter(|child| child.tag == Tag::Prop)
        .flat_map(|prop| prop.children)
        .collect()
}

/// The code in `HTTP/1.1 200 OK`.
fn status_code(line: &str) -> Option<u16> {
    line.split_ascii_whitespace()
        .find(|word| word.len() == 3)
        .and_then(|word| word.parse().ok())
}

#[cfg(test)]
mod tests;
