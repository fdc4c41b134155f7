//! WebDAV XML: a small tree, a namespace-aware reader for requests and a writer that can imitate
//! the namespace habits of different servers.

mod read;
mod write;

pub(crate) use read::parse;
pub(crate) use write::{NsStyle, render};

/// `DAV:` (RFC 4918).
pub(crate) const DAV: &str = "DAV:";
/// CalDAV (RFC 4791).
pub(crate) const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
/// The calendarserver.org extensions (`getctag`, `subscribed`).
pub(crate) const CALSERVER: &str = "http://calendarserver.org/ns/";
/// Apple's iCal extensions (`calendar-color`).
pub(crate) const APPLE: &str = "http://apple.com/ns/ical/";

/// A qualified XML name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    pub(crate) ns: String,
    pub(crate) local: String,
}

impl Name {
    pub(crate) fn new(ns: &str, local: &str) -> Self {
        Self {
            ns: ns.to_owned(),
            local: local.to_owned(),
        }
    }

    pub(crate) fn is(&self, ns: &str, local: &str) -> bool {
        self.ns == ns && self.local == local
    }
}

/// One child of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    Element(Element),
    Text(String),
    CData(String),
}

/// An element with its attributes (unqualified) and children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: Name,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Node>,
}

impl Element {
    pub(crate) fn new(ns: &str, local: &str) -> Self {
        Self::named(Name::new(ns, local))
    }

    pub(crate) fn named(name: Name) -> Self {
        Self {
            name,
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }

    /// A `DAV:` element.
    pub(crate) fn dav(local: &str) -> Self {
        Self::new(DAV, local)
    }

    /// A CalDAV element.
    pub(crate) fn cal(local: &str) -> Self {
        Self::new(CALDAV, local)
    }

    pub(crate) fn text(mut self, text: impl Into<String>) -> Self {
        self.children.push(Node::Text(text.into()));
        self
    }

    pub(crate) fn cdata(mut self, text: impl Into<String>) -> Self {
        self.children.push(Node::CData(text.into()));
        self
    }

    pub(crate) fn child(mut self, child: Element) -> Self {
        self.children.push(Node::Element(child));
        self
    }

    pub(crate) fn children(mut self, children: impl IntoIterator<Item = Element>) -> Self {
        self.children
            .extend(children.into_iter().map(Node::Element));
        self
    }

    pub(crate) fn attribute(mut self, name: &str, value: impl Into<String>) -> Self {
        self.attributes.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) | Node::CData(_) => None,
        })
    }

    pub(crate) fn find(&self, ns: &str, local: &str) -> Option<&Element> {
        self.elements().find(|element| element.name.is(ns, local))
    }

    pub(crate) fn get_attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The text of this element (text and CDATA children, trimmed).
    pub(crate) fn content(&self) -> String {
        let mut out = String::new();
        for node in &self.children {
            match node {
                Node::Text(text) | Node::CData(text) => out.push_str(text),
                Node::Element(_) => {}
            }
        }
        out.trim().to_owned()
    }
}
