//! A calendar: its events and tombstones, the forms of their ids, and what a change does to a series.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::State;
use super::event::{Event, Kind};

/// Characters of an event's key inside its id.
pub(crate) const KEY: usize = 24;
const IMMUTABLE: &str = "AAkALgAAAAAAHYQDEapmEc2byACqAC-";
const MUTABLE: &str = "AAMkAD";

/// A calendar folder of a mailbox.
#[derive(Debug, Clone)]
pub(crate) struct Calendar {
    pub id: String,
    /// Part of changeable event ids.
    pub number: u32,
    pub owner: String,
    pub name: String,
    pub default: bool,
    /// Delta tokens carry it; when it moves on, all of them are dead.
    pub generation: u64,
    pub events: BTreeMap<String, Event>,
    /// Keys of deleted or moved events, with the number of that change.
    pub gone: BTreeMap<String, u64>,
}

impl Calendar {
    /// The id as a client sees it. Only the immutable form survives a move to another calendar.
    pub fn wire_id(&self, event: &Event, immutable: bool) -> String {
        self.id_of(&event.key, event.original, immutable)
    }

    pub fn id_of(&self, key: &str, date: Option<Date>, immutable: bool) -> String {
        let date = date
            .map(|d| d.strftime("O%Y%m%d").to_string())
            .unwrap_or_default();
        if immutable {
            format!("{IMMUTABLE}{key}{date}=")
        } else {
            format!("{MUTABLE}{:04}-{key}{date}=", self.number)
        }
    }

    /// The event or instance behind an id's parts.
    pub fn find(&self, key: &str, date: Option<Date>) -> Option<Event> {
        let event = self.events.get(key)?;
        match date {
            None => Some(event.clone()),
            Some(date) => event.at(date),
        }
    }

    /// All instances that meet the window, in order of start. Masters are not among them.
    pub fn view(&self, window: (Timestamp, Timestamp)) -> Vec<Event> {
        let mut all: Vec<Event> = self
            .events
            .values()
            .flat_map(|e| e.instances(window))
            .collect();
        all.sort_by(|a, b| {
            (a.instants(), &a.key, a.original).cmp(&(b.instants(), &b.key, b.original))
        });
        all
    }

    fn keep(&mut self, mut event: Event, seq: u64, now: Timestamp) -> Event {
        event.seq = seq;
        event.modified = now;
        self.gone.remove(&event.key);
        if let (Some(date), Some(master)) = (event.original, self.events.get_mut(&event.key)) {
            // A changed occurrence changes the item it is stored in.
            event.kind = Kind::Exception;
            master.seq = seq;
            master.modified = now;
            master.holes.remove(&date);
            master.exceptions.insert(date, event.clone());
        } else {
            self.events.insert(event.key.clone(), event.clone());
        }
        event
    }
}

/// Key and pattern date in an id of either form.
pub(crate) fn parse_id(text: &str) -> Option<(String, Option<Date>)> {
    let text = text.strip_suffix('=')?;
    let rest = match text.strip_prefix(IMMUTABLE) {
        Some(rest) => rest,
        None => text.strip_prefix(MUTABLE)?.split_once('-')?.1,
    };
    let (key, date) = rest.split_at_checked(KEY)?;
    let date = match date.strip_prefix('O') {
        Some(digits) => Some(Date::strptime("%Y%m%d", digits).ok()?),
        None if date.is_empty() => None,
        None => return None,
    };
    Some((key.to_owned(), date))
}

impl State {
    /// Stores a new or changed event or instance and tells the subscribers.
    pub fn put(&mut self, calendar: &str, event: Event, now: Timestamp) -> Option<Event> {
        let seq = self.next_seq();
        let cal = self.calendars.get_mut(calendar)?;
        let change = if cal.events.contains_key(&event.key) {
            "updated"
        } else {
            "created"
        };
        let stored = cal.keep(event, seq, now);
        self.notify(calendar, &stored, change, now);
        Some(stored)
    }

    /// Deletes an event, a series, or one occurrence. False when there was none.
    pub fn delete(
        &mut self,
        calendar: &str,
        key: &str,
        date: Option<Date>,
        now: Timestamp,
    ) -> bool {
        let found = self.calendars.get(calendar).and_then(|c| c.find(key, date));
        let Some(event) = found else { return false };
        let seq = self.next_seq();
        let Some(cal) = self.calendars.get_mut(calendar) else {
            return false;
        };
        match date {
            None => {
                cal.events.remove(key);
                cal.gone.insert(key.to_owned(), seq);
            }
            Some(date) => {
                if let Some(master) = cal.events.get_mut(key) {
                    master.exceptions.remove(&date);
                    master.holes.insert(date);
                    master.seq = seq;
                    master.modified = now;
                }
            }
        }
        self.notify(calendar, &event, "deleted", now);
        true
    }

    /// Moves an event or a series to another calendar: gone here, new there.
    pub fn relocate(&mut self, from: &str, to: &str, key: &str, now: Timestamp) -> bool {
        let event = self
            .calendars
            .get(from)
            .and_then(|c| c.events.get(key))
            .cloned();
        let Some(event) = event.filter(|_| from != to && self.calendars.contains_key(to)) else {
            return false;
        };
        self.delete(from, key, None, now);
        self.put(to, event, now).is_some()
    }

    /// The calendar that holds an event and that `email` can see.
    pub fn locate(&self, email: &str, key: &str) -> Option<String> {
        let list = &self.people.get(email)?.list;
        let holds = |id: &&String| {
            self.calendars
                .get(*id)
                .is_some_and(|c| c.events.contains_key(key))
        };
        list.iter()
            .map(|entry| &entry.calendar)
            .find(holds)
            .cloned()
    }
}
