//! A resource opened for editing: its tree of lines, and what each event of one UID in it means.

use daybook_domain::ical::{Component, Node, ParseLimits, Tree, VEvent, parse};
use daybook_domain::recurrence::{Limits, OccurrenceKey, expand};
use daybook_domain::zone::Zone;
use daybook_provider_api::Result;
use jiff::SignedDuration;

use crate::caldav::errors;

/// A resource and one UID in it.
pub(super) struct Object {
    /// The file, as lines.
    pub(super) tree: Tree,
    /// The events of the UID.
    pub(super) entries: Vec<Entry>,
    zone: Zone,
    uid: String,
    others: bool,
}

/// An event in a resource.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Its place among the tree's events.
    pub(super) index: usize,
    /// What it says.
    pub(super) event: VEvent,
}

impl Object {
    /// Opens a resource. `uid`: which one, when the resource holds more than one, against RFC 4791 §4.1.
    ///
    /// # Errors
    /// `Unsupported` with the code `unreadable` for a resource that cannot be read: what is not understood is not rewritten.
    /// `NotFound` when it holds no such event.
    pub(super) fn open(data: &str, zone: &Zone, uid: Option<&str>) -> Result<Self> {
        let limits = ParseLimits::default();
        let unreadable = || {
            errors::unsupported(
                "unreadable",
                "The event on the CalDAV server is not written in a way that Daybook can change safely, so nothing was \
                 written. Change it in another program.",
            )
        };
        let tree = Tree::parse(data.as_bytes(), &limits).map_err(|_| unreadable())?;
        let objects = parse(data.as_bytes(), zone, &limits).map_err(|_| unreadable())?;
        let object = match uid {
            Some(uid) => objects.iter().find(|object| object.uid == uid),
            None => objects.first(),
        };
        let uid = object.ok_or_else(errors::no_event)?.uid.clone();
        let mut opened = Self {
            tree,
            entries: Vec::new(),
            zone: zone.clone(),
            uid,
            others: objects.len() > 1,
        };
        opened.refresh();
        if opened.entries.is_empty() {
            return Err(unreadable());
        }
        Ok(opened)
    }

    /// Reads the events again, after the tree has changed.
    pub(super) fn refresh(&mut self) {
        let zones = self.zones();
        self.entries = self
            .tree
            .events()
            .enumerate()
            .filter(|(_, component)| self.is_ours(component))
            .filter_map(|(index, component)| {
                let event = read(component, &zones, &self.zone)?;
                Some(Entry { index, event })
            })
            .collect();
    }

    /// The series or single event: of several, the newest revision.
    pub(super) fn master(&self) -> Option<&Entry> {
        let masters = self.entries.iter();
        masters
            .filter(|entry| entry.event.recurrence_id.is_none())
            .max_by_key(|entry| entry.event.sequence)
    }

    /// The changed occurrence that stands for `key`.
    pub(super) fn changed(&self, key: OccurrenceKey) -> Option<&Entry> {
        let entries = self.entries.iter();
        entries
            .filter(|entry| entry.event.recurrence_id == Some(key))
            .max_by_key(|entry| entry.event.sequence)
    }

    /// An event's lines.
    pub(super) fn component(&self, index: usize) -> Option<&Component> {
        self.tree.events().nth(index)
    }

    /// An event's lines, to change.
    ///
    /// # Errors
    /// None in practice: the index comes from [`Object::entries`].
    pub(super) fn component_mut(&mut self, index: usize) -> Result<&mut Component> {
        self.tree
            .events_mut()
            .nth(index)
            .ok_or_else(errors::no_event)
    }

    /// Adds an event after the last.
    pub(super) fn add(&mut self, component: Component) {
        let is_event = |node: &Node| matches!(node, Node::Component(one) if one.name == "VEVENT");
        let tops = self.tree.components.iter_mut();
        let top = tops
            .filter(|top| top.name == "VCALENDAR")
            .find(|top| top.nodes.iter().any(is_event));
        if let Some(top) = top {
            let last = top.nodes.iter().rposition(is_event);
            let place = last.map_or(top.nodes.len(), |last| last + 1);
            top.nodes.insert(place, Node::Component(component));
        }
        self.refresh();
    }

    /// Drops the events for which `goes` holds.
    pub(super) fn drop_events(&mut self, goes: impl Fn(&Entry) -> bool) {
        let gone: Vec<usize> = self
            .entries
            .iter()
            .filter(|entry| goes(entry))
            .map(|entry| entry.index)
            .collect();
        if gone.is_empty() {
            return;
        }
        let mut index = 0;
        let mut stays = |component: &Component| {
            if component.name != "VEVENT" {
                return true;
            }
            index += 1;
            !gone.contains(&(index - 1))
        };
        self.tree.components.retain_mut(|top| {
            if top.name == "VEVENT" {
                return stays(top);
            }
            top.nodes.retain(|node| match node {
                Node::Component(component) => stays(component),
                Node::Line(_) => true,
            });
            true
        });
        self.refresh();
    }

    /// Whether events of another UID are in the resource.
    pub(super) const fn has_others(&self) -> bool {
        self.others
    }

    fn is_ours(&self, component: &Component) -> bool {
        let uid: String = component
            .value("UID")
            .unwrap_or_default()
            .trim()
            .chars()
            .filter(|ch| !ch.is_control())
            .take(1_024)
            .collect();
        uid == self.uid || (uid.is_empty() && self.uid.ends_with("@unnamed"))
    }

    /// The definitions of zones in the file.
    fn zones(&self) -> String {
        let mut text = String::new();
        let tops = self.tree.components.iter();
        tops.flat_map(|top| top.children("VTIMEZONE"))
            .for_each(|zone| zone.write_into(&mut text));
        text
    }
}

/// Whether the series, by its own rules and exceptions, takes place at `key`.
pub(super) fn takes_place(event: &VEvent, key: OccurrenceKey) -> bool {
    let at = match key {
        OccurrenceKey::Day(date) => event.zone.start_of_day(date),
        OccurrenceKey::Instant(at) => at,
    };
    let after = at.checked_add(SignedDuration::from_secs(1)).unwrap_or(at);
    let found = expand(&event.series(), at..after, &Limits::default());
    found.occurrences.iter().any(|one| one.key == key)
}

/// One event alone.
fn read(component: &Component, zones: &str, zone: &Zone) -> Option<VEvent> {
    let mut text = format!("BEGIN:VCALENDAR\r\n{zones}");
    component.write_into(&mut text);
    text.push_str("END:VCALENDAR\r\n");
    let objects = parse(text.as_bytes(), zone, &ParseLimits::default()).ok()?;
    let object = objects.into_iter().next()?;
    object
        .master
        .or_else(|| object.overrides.into_iter().next())
}
