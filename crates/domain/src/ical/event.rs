//! Events as iCalendar has them.

use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::event::{EventTime, Status};
use crate::recurrence::{
    EventDuration, Instances, Limits, OccurrenceKey, Override, Recurrence, Series, Span, instances,
};
use crate::zone::{VTimezone, Zone};

use super::participant::{CalendarUser, Participant};

/// `TRANSP`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Transparency {
    /// It takes up time.
    #[default]
    Opaque,
    /// It does not.
    Transparent,
}

/// `CLASS`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Class {
    #[default]
    Public,
    Private,
    Confidential,
}

/// `X-MICROSOFT-CDO-BUSYSTATUS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BusyStatus {
    Free,
    Tentative,
    Busy,
    OutOfOffice,
    WorkingElsewhere,
}

/// A `VEVENT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VEvent {
    /// `UID`; the same in overrides, and not unique across calendars.
    pub uid: String,
    /// `RECURRENCE-ID`: the original start of the occurrence that this replaces.
    pub recurrence_id: Option<OccurrenceKey>,
    /// `RANGE=THISANDFUTURE` on it.
    pub this_and_future: bool,
    /// `SEQUENCE`.
    pub sequence: u32,
    /// `DTSTART`.
    pub start: EventTime,
    /// `DTEND`, exclusive, or what `DURATION` or the defaults of RFC 5545 §3.6.1 make of it; never before the start.
    pub end: EventTime,
    /// How long each occurrence is.
    pub duration: EventDuration,
    /// The wall time of `DTSTART`, when it has one.
    pub wall: Option<DateTime>,
    /// The zone in which it repeats; for dates and floating times the calendar's.
    pub zone: Zone,
    /// `SUMMARY`.
    pub summary: Option<String>,
    /// `DESCRIPTION`.
    pub description: Option<String>,
    /// `LOCATION`.
    pub location: Option<String>,
    /// `STATUS`.
    pub status: Option<Status>,
    /// `TRANSP`.
    pub transparency: Transparency,
    /// `CLASS`.
    pub class: Class,
    /// `X-MICROSOFT-CDO-BUSYSTATUS`.
    pub busy_status: Option<BusyStatus>,
    /// `ORGANIZER`.
    pub organizer: Option<CalendarUser>,
    /// `ATTENDEE`.
    pub attendees: Vec<Participant>,
    /// `CATEGORIES`.
    pub categories: Vec<String>,
    /// `COLOR`.
    pub color: Option<String>,
    /// `URL`.
    pub url: Option<String>,
    /// Where to join by video: `CONFERENCE`, a vendor's property, or a known service's link in the place or description.
    pub meeting_url: Option<String>,
    /// `CREATED`.
    pub created: Option<Timestamp>,
    /// `LAST-MODIFIED`.
    pub last_modified: Option<Timestamp>,
    /// `RRULE`, `EXRULE`, `RDATE`, `EXDATE`.
    pub recurrence: Recurrence,
}

/// Everything a file says about one UID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarObject {
    /// `UID`.
    pub uid: String,
    /// The series or single event; `None` when the file holds only occurrences of it (an invitation to one of them).
    pub master: Option<VEvent>,
    /// Changed occurrences.
    pub overrides: Vec<VEvent>,
    /// How many events with this UID the file has that could not be read, or are more changed occurrences than one series may have: they
    /// are in neither of the above, and the warnings say why.
    pub left_out: usize,
    /// The zones that the file defines.
    pub timezones: Arc<[VTimezone]>,
    /// What was odd, for people.
    pub warnings: Vec<String>,
}

impl VEvent {
    /// An event at a time, with nothing else said.
    #[must_use]
    pub fn new(uid: String, start: EventTime, end: EventTime, zone: Zone) -> Self {
        let wall = match &start {
            EventTime::Timed { at, .. } => Some(zone.to_datetime(*at)),
            EventTime::AllDay(_) => None,
        };
        Self {
            uid,
            recurrence_id: None,
            this_and_future: false,
            sequence: 0,
            duration: EventDuration::between(&start, &end),
            start,
            end,
            wall,
            zone,
            summary: None,
            description: None,
            location: None,
            status: None,
            transparency: Transparency::default(),
            class: Class::default(),
            busy_status: None,
            organizer: None,
            attendees: Vec::new(),
            categories: Vec::new(),
            color: None,
            url: None,
            meeting_url: None,
            created: None,
            last_modified: None,
            recurrence: Recurrence::default(),
        }
    }

    /// Ready for expansion.
    #[must_use]
    pub fn series(&self) -> Series {
        let series = Series::new(
            &self.start,
            self.duration,
            self.zone.clone(),
            self.recurrence.clone(),
        );
        match self.wall {
            Some(wall) => series.with_wall(wall),
            None => series,
        }
    }

    /// When it takes place, the first time.
    #[must_use]
    pub fn span(&self) -> Span {
        match (&self.start, &self.end) {
            (EventTime::AllDay(first), EventTime::AllDay(after)) => Span {
                start: self.zone.start_of_day(*first),
                end: self.zone.start_of_day(*after),
                days: Some((*first, *after)),
            },
            (start, end) => {
                let instant = |time: &EventTime| match time {
                    EventTime::Timed { at, .. } => *at,
                    EventTime::AllDay(date) => self.zone.start_of_day(*date),
                };
                Span {
                    start: instant(start),
                    end: instant(end).max(instant(start)),
                    days: None,
                }
            }
        }
    }

    /// Whether it takes up time: not when transparent, cancelled, or marked free by Outlook.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.transparency == Transparency::Opaque
            && self.status != Some(Status::Cancelled)
            && !matches!(
                self.busy_status,
                Some(BusyStatus::Free | BusyStatus::WorkingElsewhere)
            )
    }
}

impl CalendarObject {
    /// The overrides in the form that expansion takes; `index` is the place in [`CalendarObject::overrides`].
    #[must_use]
    pub fn override_list(&self) -> Vec<Override> {
        let with_id = |(index, event): (usize, &VEvent)| {
            Some(Override {
                recurrence_id: event.recurrence_id?,
                cancelled: event.status == Some(Status::Cancelled),
                this_and_future: event.this_and_future,
                span: event.span(),
                index,
            })
        };
        self.overrides
            .iter()
            .enumerate()
            .filter_map(with_id)
            .collect()
    }

    /// What the window shows of this object; without a master, its occurrences alone.
    #[must_use]
    pub fn instances(&self, window: Range<Timestamp>, limits: &Limits) -> Instances {
        let overrides = self.override_list();
        match &self.master {
            Some(master) => instances(&master.series(), &overrides, window, limits),
            None => {
                let shown = overrides
                    .iter()
                    .filter(|change| !change.cancelled && change.span.touches(&window));
                let mut found: Vec<_> = shown
                    .map(|change| crate::recurrence::Instance {
                        span: change.span,
                        key: change.recurrence_id,
                        source: Some(change.index),
                    })
                    .collect();
                found.sort_unstable();
                Instances {
                    instances: found,
                    ..Instances::default()
                }
            }
        }
    }
}

impl Class {
    pub(super) fn parse(text: &str) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "PUBLIC" | "" => Self::Public,
            "CONFIDENTIAL" => Self::Confidential,
            // A word that is not known is as good as this one (RFC 5545 §3.8.1.3).
            _ => Self::Private,
        }
    }
}

impl BusyStatus {
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_uppercase().as_str() {
            "FREE" => Self::Free,
            "TENTATIVE" => Self::Tentative,
            "BUSY" => Self::Busy,
            "OOF" => Self::OutOfOffice,
            "WORKINGELSEWHERE" => Self::WorkingElsewhere,
            _ => return None,
        })
    }

    /// As Outlook writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Free => "FREE",
            Self::Tentative => "TENTATIVE",
            Self::Busy => "BUSY",
            Self::OutOfOffice => "OOF",
            Self::WorkingElsewhere => "WORKINGELSEWHERE",
        }
    }
}
