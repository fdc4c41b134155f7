//! One event as the mailbox keeps it. Exceptions and holes of a series live inside its master, as in Exchange.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value};

use super::recurrence::Recurrence;

/// `type` of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Single,
    Occurrence,
    Exception,
    Master,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Single => "singleInstance",
            Self::Occurrence => "occurrence",
            Self::Exception => "exception",
            Self::Master => "seriesMaster",
        }
    }
}

/// A single event, a master with everything of its series, or one instance taken from a master.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub key: String,
    /// Number of the last change; etag and place in the change log.
    pub seq: u64,
    pub created: Timestamp,
    pub modified: Timestamp,
    /// Wall-clock times in `zone`; midnights of an all-day event.
    pub start: DateTime,
    pub end: DateTime,
    pub all_day: bool,
    pub zone: TimeZone,
    /// The zone's name as it was given, or nonsense that some clients leave behind.
    pub zone_label: String,
    pub recurrence: Option<Recurrence>,
    /// Pattern dates without occurrence.
    pub holes: BTreeSet<Date>,
    /// Changed occurrences by pattern date.
    pub exceptions: BTreeMap<Date, Event>,
    /// Pattern date of an instance.
    pub original: Option<Date>,
    /// Start of the unchanged occurrence.
    pub original_start: Option<Timestamp>,
    pub kind: Kind,
    /// Dates of the series this single event once was.
    pub former: BTreeSet<Date>,
    pub cancelled: bool,
    pub organizer: String,
    /// The owner's answer: `organizer`, `none`, `accepted`, ….
    pub response: String,
    pub responded: Option<Timestamp>,
    /// Everything else in wire form: subject, body, showAs, attendees, ….
    pub fields: Map<String, Value>,
    pub transaction: Option<String>,
    /// Single-value extended properties: id and value.
    pub extended: Vec<(String, String)>,
    pub join_url: Option<String>,
    /// Reads left until the join link is told.
    pub pending_reads: u8,
}

impl Event {
    /// An event without content at this time.
    pub fn new(
        key: String,
        (start, end): (DateTime, DateTime),
        zone: (TimeZone, &str),
        now: Timestamp,
    ) -> Self {
        Self {
            key,
            seq: 0,
            created: now,
            modified: now,
            start,
            end,
            all_day: false,
            zone: zone.0,
            zone_label: zone.1.to_owned(),
            recurrence: None,
            holes: BTreeSet::new(),
            exceptions: BTreeMap::new(),
            original: None,
            original_start: None,
            kind: Kind::Single,
            former: BTreeSet::new(),
            cancelled: false,
            organizer: String::new(),
            response: "organizer".to_owned(),
            responded: None,
            fields: Map::new(),
            transaction: None,
            extended: Vec::new(),
            join_url: None,
            pending_reads: 0,
        }
    }

    /// `changeKey`; in quotes with `W/` it is the etag.
    pub fn change_key(&self) -> String {
        let seq = STANDARD.encode(self.seq.to_be_bytes());
        format!("DwAAABYA{seq}")
    }

    pub fn etag(&self) -> String {
        format!("W/\"{}\"", self.change_key())
    }

    /// A text field, empty when absent.
    pub fn text(&self, key: &str) -> &str {
        self.fields
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub fn show_as(&self) -> &str {
        match self.text("showAs") {
            "" => "busy",
            other => other,
        }
    }

    pub fn is_online(&self) -> bool {
        self.fields.get("isOnlineMeeting") == Some(&Value::Bool(true))
    }

    /// Start and end as instants; all-day events float and are laid on UTC.
    pub fn instants(&self) -> (Timestamp, Timestamp) {
        (self.instant(self.start), self.instant(self.end))
    }

    fn instant(&self, civil: DateTime) -> Timestamp {
        let zone = if self.all_day {
            TimeZone::UTC
        } else {
            self.zone.clone()
        };
        let zoned = zone.to_zoned(civil);
        zoned.map_or(Timestamp::UNIX_EPOCH, |z| z.timestamp())
    }

    /// Whether it meets `[from, to)`; an event without length counts as its moment.
    pub fn meets(&self, (from, to): (Timestamp, Timestamp)) -> bool {
        let (start, end) = self.instants();
        start < to && (end > from || (start == end && start >= from))
    }

    /// The instances that meet the window: the event itself unless it is a master.
    pub fn instances(&self, window: (Timestamp, Timestamp)) -> Vec<Event> {
        let Some(recurrence) = &self.recurrence else {
            return self
                .meets(window)
                .then(|| self.clone())
                .into_iter()
                .collect();
        };
        let last = window
            .1
            .to_zoned(TimeZone::UTC)
            .date()
            .saturating_add(2.days());
        let mut all: Vec<Event> = recurrence
            .dates(last)
            .into_iter()
            .filter(|date| !self.holes.contains(date) && !self.exceptions.contains_key(date))
            .map(|date| self.occurrence(date))
            .collect();
        all.extend(self.exceptions.values().cloned());
        all.retain(|e| e.meets(window));
        all.sort_by_key(|e| e.instants());
        all
    }

    /// The instance of a pattern date, if the series has one there.
    pub fn at(&self, date: Date) -> Option<Event> {
        if let Some(exception) = self.exceptions.get(&date) {
            return Some(exception.clone());
        }
        let on_pattern = self.recurrence.as_ref()?.dates(date).last() == Some(&date);
        (on_pattern && !self.holes.contains(&date)).then(|| self.occurrence(date))
    }

    /// The untouched occurrence of a pattern date.
    fn occurrence(&self, date: Date) -> Event {
        let length = self.start.duration_until(self.end);
        let start = date.to_datetime(self.start.time());
        let mut event = Event {
            exceptions: BTreeMap::new(),
            holes: BTreeSet::new(),
            former: BTreeSet::new(),
            recurrence: None,
            kind: Kind::Occurrence,
            original: Some(date),
            transaction: None,
            start,
            end: start.saturating_add(length),
            ..self.shallow()
        };
        event.original_start = Some(event.instants().0);
        event
    }

    /// A copy without the series' contents, which may be large.
    fn shallow(&self) -> Event {
        let mut copy = Event::new(
            self.key.clone(),
            (self.start, self.end),
            (self.zone.clone(), &self.zone_label),
            self.created,
        );
        copy.seq = self.seq;
        copy.modified = self.modified;
        copy.all_day = self.all_day;
        copy.cancelled = self.cancelled;
        copy.organizer.clone_from(&self.organizer);
        copy.response.clone_from(&self.response);
        copy.responded = self.responded;
        copy.fields.clone_from(&self.fields);
        copy.extended.clone_from(&self.extended);
        copy.join_url.clone_from(&self.join_url);
        copy.pending_reads = self.pending_reads;
        copy
    }

    /// Makes a master or a single event of it, and forgets what no longer fits.
    pub fn settle(&mut self, pattern_changed: bool) {
        if self.original.is_some() {
            self.kind = Kind::Exception;
            return;
        }
        if pattern_changed {
            self.exceptions.clear();
            self.holes.clear();
        }
        match self.recurrence.as_ref().and_then(Recurrence::first) {
            Some(first) => {
                let length = self.start.duration_until(self.end);
                self.start = first.to_datetime(self.start.time());
                self.end = self.start.saturating_add(length);
                self.kind = Kind::Master;
                self.former.clear();
            }
            None => self.kind = Kind::Single,
        }
    }
}
