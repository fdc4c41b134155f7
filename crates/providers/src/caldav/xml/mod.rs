//! Reads XML from servers that nobody vouches for.
//!
//! One pass, no recursion, namespaces resolved, and only what CalDAV names is kept. Document types and entities of a
//! server's own are refused, so nothing can be expanded or fetched (contracts/caldav-apple §3).

mod tag;

use std::borrow::Cow;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

pub(super) use tag::Tag;

/// Elements inside each other at most.
pub(super) const MAX_DEPTH: usize = 64;
/// Elements in one document at most: a listing of a very large calendar.
pub(super) const MAX_ELEMENTS: usize = 1_000_000;
/// Elements inside one child of the root at most: a single resource.
pub(super) const MAX_ELEMENTS_OF_CHILD: usize = 10_000;
/// Bytes in one document at most.
pub(super) const MAX_BYTES: usize = 50 * 1024 * 1024;

/// An element that CalDAV knows, with its known children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    /// What it is.
    pub(super) tag: Tag,
    /// Its own text, for elements that hold text; empty for the others.
    pub(super) text: String,
    /// The `name` attribute of `C:comp`.
    pub(super) name: Option<Box<str>>,
    /// Elements inside, without the unknown ones.
    pub(super) children: Vec<Element>,
}

impl Element {
    /// The first child of this kind.
    pub(super) fn child(&self, tag: Tag) -> Option<&Self> {
        self.children.iter().find(|child| child.tag == tag)
    }

    /// Whether there is a child of this kind.
    pub(super) fn has(&self, tag: Tag) -> bool {
        self.child(tag).is_some()
    }

    /// The text without white space around it; `None` when nothing is left.
    pub(super) fn text(&self) -> Option<&str> {
        let text = self.text.trim();
        (!text.is_empty()).then_some(text)
    }
}

/// Why a document was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Error {
    /// It declares a document type.
    #[error("it declares a document type, which Daybook does not accept")]
    DocumentType,
    /// It uses an entity beyond the five of XML.
    #[error("it uses an entity of its own, which Daybook does not accept")]
    Entity,
    /// More than [`MAX_DEPTH`] elements inside each other.
    #[error("its elements are nested too deeply")]
    TooDeep,
    /// More than [`MAX_ELEMENTS`] elements or [`MAX_BYTES`] bytes.
    #[error("it is too large")]
    TooLarge,
    /// It ends in the middle.
    #[error("it ends in the middle")]
    Truncated,
    /// It is not well-formed XML.
    #[error("it is not well-formed XML")]
    Syntax,
}

/// Reads `body` and hands every known child of the root to `each`, in order.
///
/// Gives the root's kind, or `None` when the body is blank. Text before the first `<` is skipped and text after the root
/// is not looked at, because both occur.
pub(super) fn read(body: &[u8], mut each: impl FnMut(Element)) -> Result<Option<Tag>, Error> {
    if body.len() > MAX_BYTES {
        return Err(Error::TooLarge);
    }
    let text = decode(body);
    let Some(start) = text.find('<') else {
        return Ok(None);
    };
    let mut reader = NsReader::from_str(text.get(start..).unwrap_or_default());
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().allow_dangling_amp = true;
    let mut tree = Tree::default();
    loop {
        match reader.read_resolved_event().map_err(syntax)? {
            (namespace, Event::Start(start)) => tree.open(&namespace, &start)?,
            (_, Event::End(_)) => match tree.close() {
                Closed::Child(child) => each(child),
                Closed::Root(tag) => return Ok(Some(tag)),
                Closed::Inner => {}
            },
            (_, Event::Text(text)) => tree.text(&text),
            (_, Event::CData(text)) => tree.text(&text),
            (_, Event::GeneralRef(reference)) => tree.reference(&reference)?,
            (_, Event::DocType(_)) => return Err(Error::DocumentType),
            (_, Event::Eof) => return Err(Error::Truncated),
            _ => {}
        }
    }
}

/// The elements that are open.
#[derive(Default)]
struct Tree {
    open: Vec<Element>,
    elements: usize,
    elements_of_child: usize,
}

enum Closed {
    Root(Tag),
    Child(Element),
    Inner,
}

impl Tree {
    fn open(&mut self, namespace: &ResolveResult<'_>, start: &BytesStart<'_>) -> Result<(), Error> {
        self.elements += 1;
        if self.open.len() >= MAX_DEPTH {
            return Err(Error::TooDeep);
        }
        self.elements_of_child = match self.open.len() {
            0 | 1 => 1,
            _ => self.elements_of_child + 1,
        };
        if self.elements > MAX_ELEMENTS || self.elements_of_child > MAX_ELEMENTS_OF_CHILD {
            return Err(Error::TooLarge);
        }
        let local = start.local_name();
        let tag = match namespace {
            ResolveResult::Bound(Namespace(uri)) => Tag::of(uri, local.as_ref()),
            _ => Tag::Unknown,
        };
        let name = if tag == Tag::Comp {
            comp_name(start)
        } else {
            None
        };
        self.open.push(Element {
            tag,
            text: String::new(),
            name,
            children: Vec::new(),
        });
        Ok(())
    }

    fn close(&mut self) -> Closed {
        let Some(element) = self.open.pop() else {
            return Closed::Inner;
        };
        match (self.open.len(), self.open.last_mut()) {
            (_, None) => return Closed::Root(element.tag),
            _ if element.tag == Tag::Unknown => {}
            (1, Some(_)) => return Closed::Child(element),
            (_, Some(parent)) => parent.children.push(element),
        }
        Closed::Inner
    }

    fn text(&mut self, text: &str) {
        if let Some(element) = self
            .open
            .last_mut()
            .filter(|element| element.tag.holds_text())
        {
            element.text.push_str(text);
        }
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), Error> {
        if reference.is_char_ref() {
            // A number that is no character is dropped: it never carries meaning here.
            if let Ok(Some(character)) = reference.resolve_char_ref() {
                self.text(character.encode_utf8(&mut [0; 4]));
            }
            return Ok(());
        }
        let character = match AsRef::<str>::as_ref(reference) {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            _ => return Err(Error::Entity),
        };
        self.text(character);
        Ok(())
    }
}

fn comp_name(start: &BytesStart<'_>) -> Option<Box<str>> {
    let attribute = start.try_get_attribute("name").ok().flatten()?;
    Some(attribute.value.trim().to_ascii_uppercase().into_boxed_str())
}

fn decode(body: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(body)
}

fn syntax(error: quick_xml::Error) -> Error {
    match error {
        quick_xml::Error::Syntax(_) => Error::Truncated,
        _ => Error::Syntax,
    }
}

#[cfg(test)]
mod tests;
