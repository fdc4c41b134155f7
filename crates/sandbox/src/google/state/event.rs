//! One event as the provider keeps it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::moment::Moment;
use super::recurrence;

/// `status` of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Confirmed,
    Tentative,
    Cancelled,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Tentative => "tentative",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "confirmed" => Some(Self::Confirmed),
            "tentative" => Some(Self::Tentative),
            "cancelled" => Some(Self::Cancelled),
            _ => None,
        }
    }
}

/// Where an exception belongs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct InSeries {
    pub master: String,
    pub original: Moment,
}

/// An event, a series master, an exception of a series, or the tombstone of one of them.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub id: String,
    /// Number of the last change; etag and sync position.
    pub seq: u64,
    pub status: Status,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub sequence: u32,
    pub start: Moment,
    pub end: Moment,
    /// RRULE, EXRULE, RDATE and EXDATE lines; empty unless a master.
    pub recurrence: Vec<String>,
    pub series: Option<InSeries>,
    /// Who made it.
    pub creator: String,
    pub organizer: String,
    pub ical_uid: String,
    /// Everything else in wire form: summary, attendees, eventType, ….
    pub fields: Map<String, Value>,
    /// Reads left until a pending conference is ready.
    pub pending_reads: u8,
}

impl Event {
    /// Google quotes its etags.
    pub fn etag(&self) -> String {
        format!("\"{}\"", 3_400_000_000_000_u64 + 2 * self.seq)
    }

    pub fn is_master(&self) -> bool {
        !self.recurrence.is_empty()
    }

    pub fn is_cancelled(&self) -> bool {
        self.status == Status::Cancelled
    }

    /// A text field, empty when absent.
    pub fn text(&self, key: &str) -> &str {
        self.fields
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub fn event_type(&self) -> &str {
        match self.text("eventType") {
            "" => "default",
            other => other,
        }
    }

    /// Starts of the instances before `to`: one for a single event.
    pub fn starts(&self, to: Timestamp, home: &TimeZone) -> Vec<Moment> {
        recurrence::starts(&self.recurrence, &self.start, to, home)
    }

    /// The end that belongs to an instance starting at `start`: same length as the master, in wall-clock days for
    /// dates and in elapsed time for times.
    pub fn end_for(&self, start: &Moment) -> Moment {
        match (start, &self.start, &self.end) {
            (Moment::Day(day), Moment::Day(from), Moment::Day(to)) => {
                let days = from.duration_until(*to);
                Moment::Day(day.saturating_add(days))
            }
            (Moment::At(at), Moment::At(from), Moment::At(to)) => {
                let length = from.duration_until(to);
                let end = at.saturating_add(length);
                Moment::At(end.with_time_zone(to.time_zone().clone()))
            }
            _ => self.end.clone(),
        }
    }

    /// Whether anything of it lies between `from` and `to` (either open), the provider's way: the end is compared
    /// with `timeMin`, the start with `timeMax`, both exclusive.
    pub fn touches(&self, from: Option<Timestamp>, to: Option<Timestamp>, home: &TimeZone) -> bool {
        if !self.is_master() {
            return overlaps(&self.start, &self.end, from, to, home)
                || self.series.as_ref().is_some_and(|s| {
                    overlaps(&s.original, &s.original.plus_minutes(1440), from, to, home)
                });
        }
        let far = Timestamp::MAX;
        if recurrence::endless(&self.recurrence) {
            return to.is_none_or(|to| self.start.instant(home) < to);
        }
        let starts = self.starts(to.unwrap_or(far), home);
        starts
            .iter()
            .any(|s| overlaps(s, &self.end_for(s), from, to, home))
    }

    /// Busy as seen from `email`'s calendar (contract §5).
    pub fn is_busy(&self, email: &str) -> bool {
        let declined = self
            .attendee(email)
            .is_some_and(|a| a.get("responseStatus").and_then(Value::as_str) == Some("declined"));
        !self.is_cancelled()
            && self.text("transparency") != "transparent"
            && !declined
            && !matches!(self.event_type(), "workingLocation" | "birthday")
    }

    fn attendee(&self, email: &str) -> Option<&Value> {
        let attendees = self.fields.get("attendees")?.as_array()?;
        let is_them = |a: &&Value| a.get("email").and_then(Value::as_str) == Some(email);
        attendees.iter().find(is_them)
    }
}

/// Whether `[start, end)` meets the open window.
pub(crate) fn overlaps(
    start: &Moment,
    end: &Moment,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    home: &TimeZone,
) -> bool {
    from.is_none_or(|from| end.instant(home) > from) && to.is_none_or(|to| start.instant(home) < to)
}
