//! A calendar: its events, the order of their changes, and what an edit does to a series.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::State;
use super::event::{Event, InSeries, Status};
use super::moment::{self, Moment};

/// A calendar and everything that ever was in it: deleted events stay as tombstones.
#[derive(Debug, Clone)]
pub(crate) struct Calendar {
    pub id: String,
    pub summary: String,
    pub time_zone: String,
    pub owner: String,
    /// Holiday calendars refuse push channels.
    pub watchable: bool,
    /// Sync tokens carry it; when it moves on, all of them are dead.
    pub generation: u64,
    pub events: BTreeMap<String, Event>,
    /// Change number to event id, one entry per event.
    pub changes: BTreeMap<u64, String>,
}

impl Calendar {
    pub fn new(id: &str, summary: &str, owner: &str, time_zone: &str) -> Self {
        Self {
            id: id.to_owned(),
            summary: summary.to_owned(),
            time_zone: time_zone.to_owned(),
            owner: owner.to_owned(),
            watchable: !id.contains('#'),
            generation: 1,
            events: BTreeMap::new(),
            changes: BTreeMap::new(),
        }
    }

    pub fn zone(&self) -> TimeZone {
        moment::zone(&self.time_zone)
    }

    /// Keeps `event` under a new change number.
    pub fn keep(&mut self, mut event: Event, seq: u64, now: Timestamp) -> Event {
        if let Some(old) = self.events.get(&event.id) {
            self.changes.remove(&old.seq);
        }
        event.seq = seq;
        event.updated = now;
        self.changes.insert(seq, event.id.clone());
        self.events.insert(event.id.clone(), event.clone());
        event
    }

    /// Exceptions of a series, cancelled ones included.
    pub fn exceptions(&self, master: &str) -> Vec<&Event> {
        // Their ids start with the master's and `_`; the range avoids a walk over the whole calendar.
        let from = format!("{master}_");
        let to = format!("{master}`");
        let own = |e: &&Event| e.series.as_ref().is_some_and(|s| s.master == master);
        self.events
            .range(from..to)
            .map(|(_, e)| e)
            .filter(own)
            .collect()
    }

    /// An event by id, or the instance of a series the id names even when it is no exception yet.
    pub fn find(&self, id: &str) -> Option<Event> {
        if let Some(event) = self.events.get(id) {
            return Some(event.clone());
        }
        let (master, stamp) = id.rsplit_once('_')?;
        let master = self
            .events
            .get(master)
            .filter(|m| m.is_master() && !m.is_cancelled())?;
        let starts = master.starts(Timestamp::MAX.min(far(stamp)?), &self.zone());
        let start = starts.into_iter().find(|s| s.stamp() == stamp)?;
        Some(instance(master, start))
    }

    /// All instances of a series before `to` with exceptions in place; cancelled ones included.
    pub fn instances(&self, master: &Event, to: Timestamp) -> Vec<Event> {
        let mut all: BTreeMap<String, Event> = BTreeMap::new();
        for start in master.starts(to, &self.zone()) {
            let event = instance(master, start);
            all.insert(event.id.clone(), event);
        }
        for exception in self.exceptions(&master.id) {
            all.insert(exception.id.clone(), exception.clone());
        }
        let mut all: Vec<Event> = all.into_values().collect();
        let zone = self.zone();
        all.sort_by_key(|e| e.start.instant(&zone));
        all
    }

    /// Live single events and instances that meet the window, in order of start.
    pub fn occurrences(&self, from: Timestamp, to: Timestamp) -> Vec<Event> {
        let zone = self.zone();
        let mut all: Vec<Event> = Vec::new();
        for event in self.events.values().filter(|e| !e.is_cancelled()) {
            if event.is_master() {
                all.extend(self.instances(event, to));
            } else if event.series.is_none() {
                all.push(event.clone());
            }
        }
        all.retain(|e| !e.is_cancelled());
        all.retain(|e| super::event::overlaps(&e.start, &e.end, Some(from), Some(to), &zone));
        all.sort_by_key(|e| e.start.instant(&zone));
        all
    }
}

impl State {
    /// Stores an event; for a series whose times changed, cancels the exceptions that no longer fit.
    pub fn put(&mut self, calendar: &str, event: Event, now: Timestamp) -> Option<Event> {
        let seq = self.next_seq();
        let cal = self.calendars.get_mut(calendar)?;
        let stored = cal.keep(event, seq, now);
        if stored.is_master() {
            self.drop_stale_exceptions(calendar, &stored, now);
        } else if stored.series.is_none() {
            // No longer a series: its exceptions go with it.
            self.cancel_exceptions(calendar, &stored.id, |_| true, now);
        }
        self.notify(calendar, now);
        Some(stored)
    }

    /// Deletes an event, a series with its exceptions, or one instance of a series. False when there was none.
    pub fn delete(&mut self, calendar: &str, id: &str, now: Timestamp) -> bool {
        let found = self.calendars.get(calendar).and_then(|c| c.find(id));
        let Some(mut event) = found.filter(|e| !e.is_cancelled()) else {
            return false;
        };
        let was_master = event.is_master();
        event.status = Status::Cancelled;
        let seq = self.next_seq();
        if let Some(cal) = self.calendars.get_mut(calendar) {
            cal.keep(event, seq, now);
        }
        if was_master {
            self.cancel_exceptions(calendar, id, |_| true, now);
        }
        self.notify(calendar, now);
        true
    }

    fn drop_stale_exceptions(&mut self, calendar: &str, master: &Event, now: Timestamp) {
        let Some(cal) = self.calendars.get(calendar) else {
            return;
        };
        let exceptions = cal.exceptions(&master.id);
        let last = exceptions.iter().filter_map(|e| e.series.as_ref());
        let Some(last) = last.map(|s| s.original.instant(&cal.zone())).max() else {
            return;
        };
        let to = last
            .checked_add(jiff::SignedDuration::from_secs(1))
            .unwrap_or(last);
        let valid: BTreeSet<String> = master
            .starts(to, &cal.zone())
            .iter()
            .map(Moment::stamp)
            .collect();
        let stale = |e: &Event| {
            let stamp = e.series.as_ref().map(|s| s.original.stamp());
            stamp.is_none_or(|s| !valid.contains(&s))
        };
        self.cancel_exceptions(calendar, &master.id, stale, now);
    }

    fn cancel_exceptions(
        &mut self,
        calendar: &str,
        master: &str,
        which: impl Fn(&Event) -> bool,
        now: Timestamp,
    ) {
        let Some(cal) = self.calendars.get(calendar) else {
            return;
        };
        let live = cal.exceptions(master).into_iter();
        let doomed: Vec<Event> = live
            .filter(|e| !e.is_cancelled() && which(e))
            .cloned()
            .collect();
        for mut event in doomed {
            event.status = Status::Cancelled;
            let seq = self.next_seq();
            if let Some(cal) = self.calendars.get_mut(calendar) {
                cal.keep(event, seq, now);
            }
        }
    }
}

/// The untouched instance of a series that starts at `start`.
fn instance(master: &Event, start: Moment) -> Event {
    let mut event = master.clone();
    event.id = format!("{}_{}", master.id, start.stamp());
    event.end = master.end_for(&start);
    event.recurrence = Vec::new();
    event.series = Some(InSeries {
        master: master.id.clone(),
        original: start.clone(),
    });
    event.start = start;
    event
}

/// Two days after the day a stamp names: a safe bound for finding it.
fn far(stamp: &str) -> Option<Timestamp> {
    let day = jiff::civil::Date::strptime("%Y%m%d", stamp.get(..8)?).ok()?;
    let start = moment::midnight(day, &TimeZone::UTC);
    start.checked_add(jiff::SignedDuration::from_hours(72)).ok()
}
