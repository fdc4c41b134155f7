//! A calendar file as a tree of lines: what cannot be understood is kept, in its place, and written back.

use std::borrow::Cow;

use super::line::ContentLine;

/// How much a file may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseLimits {
    /// Octets in the file.
    pub bytes: usize,
    /// Lines; a folded one counts once.
    pub lines: usize,
    /// Octets in a line of text, folded or not, that is looked into. A longer one (a description, an attachment) is kept and not read; what
    /// says when the event takes place is read whatever its length.
    pub line_bytes: usize,
    /// Components within components.
    pub depth: usize,
    /// Changed occurrences of one event.
    pub overrides: usize,
    /// Events in the file.
    pub events: usize,
}

impl Default for ParseLimits {
    /// 10 MiB, 100,000 lines, 64 KiB of a line looked into, 8 levels, 5,000 overrides, 50,000 events.
    fn default() -> Self {
        Self {
            bytes: 10 * 1024 * 1024,
            lines: 100_000,
            line_bytes: 64 * 1024,
            depth: 8,
            overrides: 5_000,
            events: 50_000,
        }
    }
}

/// Why a file was refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IcalError {
    /// Larger than a limit.
    #[error(
        "the calendar file has more than {limit} {what}; Daybook did not read it: split it, or leave out attachments"
    )]
    TooLarge {
        /// The limit.
        limit: usize,
        /// What is counted.
        what: &'static str,
    },
    /// There is no `BEGIN:VCALENDAR` and no `BEGIN:VEVENT` in it.
    #[error("this is not a calendar file; export it again in the iCalendar format (.ics)")]
    NotACalendar,
}

/// A line or a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A property.
    Line(ContentLine),
    /// A component.
    Component(Component),
}

/// `BEGIN:NAME` … `END:NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// The name, in upper case.
    pub name: String,
    /// What is in it, in order.
    pub nodes: Vec<Node>,
}

/// A calendar file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// The components at the top; lines outside of any are not kept.
    pub components: Vec<Component>,
}

impl Tree {
    /// Splits a file. Line breaks may be CRLF, LF or CR; a BOM, blank lines, stray `END`s and missing `END`s are forgiven, and
    /// octets that are not UTF-8 are replaced.
    ///
    /// # Errors
    /// [`IcalError::TooLarge`] as soon as a limit is passed; [`IcalError::NotACalendar`] when nothing like one is found.
    pub fn parse(file: &[u8], limits: &ParseLimits) -> Result<Self, IcalError> {
        check_size(file, limits)?;
        let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
        let mut open: Vec<Component> = Vec::new();
        let mut components = Vec::new();
        for line in unfold(file) {
            let line = ContentLine::raw(line);
            if line.is("BEGIN") {
                if open.len() >= limits.depth {
                    return Err(too_large(limits.depth, "components inside one another"));
                }
                open.push(Component::new(line.value()));
            } else if line.is("END") {
                close(&mut open, &mut components, line.value().trim());
            } else if let Some(component) = open.last_mut() {
                component.nodes.push(Node::Line(line));
            }
        }
        while let Some(component) = open.pop() {
            attach(&mut open, &mut components, component);
        }
        components.retain(|component: &Component| {
            component.name == "VCALENDAR" || component.name == "VEVENT"
        });
        if components.is_empty() {
            return Err(IcalError::NotACalendar);
        }
        Ok(Self { components })
    }

    /// The file again: CRLF, folded at 75 octets.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.components
            .iter()
            .for_each(|component| component.write_into(&mut out));
        out
    }

    /// Every `VEVENT`, in order.
    pub fn events(&self) -> impl Iterator<Item = &Component> {
        self.components.iter().flat_map(|top| {
            let own = (top.name == "VEVENT").then_some(top);
            own.into_iter().chain(top.children("VEVENT"))
        })
    }

    /// Every `VEVENT`, in order, to change.
    pub fn events_mut(&mut self) -> impl Iterator<Item = &mut Component> {
        self.components.iter_mut().flat_map(|top| {
            let nodes: Box<dyn Iterator<Item = &mut Component>> = if top.name == "VEVENT" {
                Box::new(std::iter::once(top))
            } else {
                Box::new(
                    top.nodes
                        .iter_mut()
                        .filter_map(Node::as_component_mut)
                        .filter(|child| child.name == "VEVENT"),
                )
            };
            nodes
        })
    }

    /// The master event of a series, or a single event: the first `VEVENT` with this UID and no `RECURRENCE-ID`.
    pub fn master_mut(&mut self, uid: &str) -> Option<&mut Component> {
        self.events_mut()
            .find(|event| event.value("UID") == Some(uid) && event.line("RECURRENCE-ID").is_none())
    }
}

impl Component {
    /// An empty component.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let name: String = name
            .trim()
            .chars()
            .filter(|ch| !ch.is_control())
            .take(64)
            .collect();
        Self {
            name: name.trim().to_ascii_uppercase(),
            nodes: Vec::new(),
        }
    }

    /// Its own properties, in order.
    pub fn lines(&self) -> impl Iterator<Item = &ContentLine> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Line(line) => Some(line),
            Node::Component(_) => None,
        })
    }

    /// The first property `name`.
    #[must_use]
    pub fn line(&self, name: &str) -> Option<&ContentLine> {
        self.lines().find(|line| line.is(name))
    }

    /// The raw value of the first property `name`.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.line(name).map(ContentLine::value)
    }

    /// The components directly inside that are called `name`.
    pub fn children<'c>(&'c self, name: &'c str) -> impl Iterator<Item = &'c Self> {
        self.nodes.iter().filter_map(move |node| match node {
            Node::Component(child) if child.name == name => Some(child),
            _ => None,
        })
    }

    /// Puts a property in the place of the first of its name, and drops the others; at the end of the properties when new.
    pub fn set(&mut self, line: ContentLine) {
        let name = line.name().to_owned();
        let is_it = |node: &Node| matches!(node, Node::Line(line) if line.is(&name));
        let Some(place) = self.nodes.iter().position(is_it) else {
            let end = self
                .nodes
                .iter()
                .position(|node| matches!(node, Node::Component(_)));
            self.nodes
                .insert(end.unwrap_or(self.nodes.len()), Node::Line(line));
            return;
        };
        let mut index = 0;
        self.nodes.retain(|node| {
            index += 1;
            index - 1 <= place || !is_it(node)
        });
        if let Some(node) = self.nodes.get_mut(place) {
            *node = Node::Line(line);
        }
    }

    /// Drops every property `name`.
    pub fn remove(&mut self, name: &str) {
        self.nodes
            .retain(|node| !matches!(node, Node::Line(line) if line.is(name)));
    }

    /// Appends it, folded.
    pub fn write_into(&self, out: &mut String) {
        ContentLine::new("BEGIN", &[], &self.name).fold_into(out);
        for node in &self.nodes {
            match node {
                Node::Line(line) => line.fold_into(out),
                Node::Component(child) => child.write_into(out),
            }
        }
        ContentLine::new("END", &[], &self.name).fold_into(out);
    }
}

impl Node {
    const fn as_component_mut(&mut self) -> Option<&mut Component> {
        match self {
            Self::Component(component) => Some(component),
            Self::Line(_) => None,
        }
    }
}

const fn too_large(limit: usize, what: &'static str) -> IcalError {
    IcalError::TooLarge { limit, what }
}

/// Sizes first: nothing is copied before these hold.
fn check_size(file: &[u8], limits: &ParseLimits) -> Result<(), IcalError> {
    if file.len() > limits.bytes {
        return Err(too_large(limits.bytes, "octets"));
    }
    // What goes on with a line costs no more than its octets, which are counted already.
    let lines = file
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .filter(|line| !matches!(line.first(), None | Some(b' ' | b'\t')))
        .take(limits.lines.saturating_add(1))
        .count();
    if lines > limits.lines {
        return Err(too_large(limits.lines, "lines"));
    }
    Ok(())
}

/// Unfolded lines without blank ones. Folds are undone on octets, because some programs fold inside a character.
fn unfold(file: &[u8]) -> impl Iterator<Item = String> {
    let mut physical = file
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .map(without_nul)
        .filter(|line| !line.is_empty())
        .peekable();
    std::iter::from_fn(move || {
        let mut line = physical.next()?.into_owned();
        while let Some(more) =
            physical.next_if(|next| next.starts_with(b" ") || next.starts_with(b"\t"))
        {
            line.extend_from_slice(more.get(1..).unwrap_or_default());
        }
        Some(
            String::from_utf8(line)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        )
    })
}

/// NUL has no business in a line and must not travel on from here. It goes before anything else is decided: a line of nothing else is blank,
/// and one where a blank follows it is a fold.
fn without_nul(line: &[u8]) -> Cow<'_, [u8]> {
    if line.contains(&0) {
        Cow::Owned(line.iter().copied().filter(|byte| *byte != 0).collect())
    } else {
        Cow::Borrowed(line)
    }
}

/// Closes the innermost open component of that name, and with it those left open inside.
fn close(open: &mut Vec<Component>, done: &mut Vec<Component>, name: &str) {
    let Some(place) = open
        .iter()
        .rposition(|component| component.name.eq_ignore_ascii_case(name))
    else {
        return;
    };
    while open.len() > place {
        if let Some(component) = open.pop() {
            attach(open, done, component);
        }
    }
}

fn attach(open: &mut [Component], done: &mut Vec<Component>, component: Component) {
    match open.last_mut() {
        Some(parent) => parent.nodes.push(Node::Component(component)),
        None => done.push(component),
    }
}
