//! A calendar event, whoever's calendar it comes from: the neutral form that adapters produce and the mirror keeps.

mod draft;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::text_enum;

pub use draft::{ANSWERS, Conference, Draft, Patch, Scope};

/// When an event starts or ends.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum EventTime {
    /// An instant, and the IANA zone it was written in (`None`: UTC).
    Timed {
        /// The instant.
        at: Timestamp,
        /// The zone's IANA name.
        zone: Option<String>,
    },
    /// A whole day in no particular zone. As an end it is exclusive.
    AllDay(Date),
}

impl EventTime {
    /// Whether this is a date without a time.
    #[must_use]
    pub const fn is_all_day(&self) -> bool {
        matches!(self, Self::AllDay(_))
    }

    /// The zone's IANA name, for times that have one.
    #[must_use]
    pub fn zone(&self) -> Option<&str> {
        match self {
            Self::Timed { zone, .. } => zone.as_deref(),
            Self::AllDay(_) => None,
        }
    }
}

text_enum! {
    /// RFC 5545 §3.8.1.11 STATUS.
    Status {
        /// It takes place.
        Confirmed = "confirmed",
        /// It may take place.
        Tentative = "tentative",
        /// It does not.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// The calendar owner's own answer.
    ResponseStatus {
        /// No answer yet.
        NeedsAction = "needs_action",
        /// Coming.
        Accepted = "accepted",
        /// Perhaps.
        Tentative = "tentative",
        /// Not coming.
        Declined = "declined",
        /// The calendar's owner called the meeting, or is alone in it.
        Organizer = "organizer",
    }
}

/// A person named in an event.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Person {
    /// Address in lower case, where one is given.
    pub email: Option<String>,
    /// Display name.
    pub name: Option<String>,
}

/// A person invited to an event.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Attendee {
    /// Who.
    #[serde(flatten)]
    pub person: Person,
    /// Their answer.
    pub response_status: ResponseStatus,
}

/// What an event says, apart from when.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Details {
    /// Title; empty when the event has none.
    pub title: String,
    /// Plain text.
    pub description: Option<String>,
    /// Where.
    pub location: Option<String>,
    /// Who called it.
    pub organizer: Option<Person>,
    /// Who is invited.
    pub attendees: Vec<Attendee>,
    /// Where to join by video.
    pub meeting_url: Option<String>,
    /// The event's page at the provider.
    pub html_url: Option<String>,
    /// Categories or the colour's name.
    pub categories: Vec<String>,
    /// Its owner marked it private: what it says is for nobody else, when it is for everybody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
    /// Its owner works elsewhere meanwhile (Graph's `workingElsewhere`, `X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE`): not opaque,
    /// and free unless the rule about working locations says otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elsewhere: bool,
}

impl Details {
    /// What anybody but the owner may know of a private event.
    #[must_use]
    pub fn withheld() -> Self {
        Self {
            private: true,
            ..Self::default()
        }
    }
}

/// What part an event plays in a series.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Role {
    /// It stands alone.
    Single,
    /// It is a series: these are its RRULE, RDATE, EXDATE and EXRULE lines (RFC 5545 §3.8.5), as written.
    Master {
        /// The recurrence lines.
        recurrence: Vec<String>,
    },
    /// It replaces (or, cancelled, removes) the occurrence of `series` that originally started at `original_start`.
    Override {
        /// The master's `provider_id`.
        series: String,
        /// RECURRENCE-ID, Google's `originalStartTime`.
        original_start: EventTime,
        /// RANGE=THISANDFUTURE: also the occurrences after it.
        this_and_future: bool,
    },
}

/// One event as the provider tells it: single, series master or override.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ProviderEvent {
    /// The provider's id, unique in its calendar. CalDAV: the href, for overrides followed by `#` and the occurrence key.
    pub provider_id: String,
    /// The resource it came in (CalDAV href); rows of a resource live and die together. `None` where each event is its own.
    pub resource: Option<String>,
    /// Version tag, opaque.
    pub etag: Option<String>,
    /// RFC 5545 UID, the same in every calendar that holds the meeting.
    pub ical_uid: Option<String>,
    /// Its part in a series.
    pub role: Role,
    /// Confirmed, tentative or cancelled.
    pub status: Status,
    /// Start.
    pub start: EventTime,
    /// End, exclusive. Never before `start`.
    pub end: EventTime,
    /// Whether the provider says it blocks time, before the owner's answer is considered.
    pub opaque: bool,
    /// Working locations, birthdays and the like: shown, never billed, never busy.
    pub informational: bool,
    /// The owner's answer.
    pub response_status: ResponseStatus,
    /// What it says.
    pub details: Details,
    /// VTIMEZONE text and the like that expansion needs and the rows do not hold.
    pub zone_definition: Option<String>,
    /// When the provider last changed it.
    pub updated_at: Option<Timestamp>,
}

impl ProviderEvent {
    /// Whether it blocks the owner's time (contracts/google §5, caldav-apple §8).
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.status != Status::Cancelled
            && self.opaque
            && !self.informational
            && self.response_status != ResponseStatus::Declined
    }
}

/// One change that a page of a sync brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// This event exists now, and looks like this.
    Upsert(Box<ProviderEvent>),
    /// The event with this provider id is gone.
    Removed {
        /// The provider's id.
        provider_id: String,
    },
    /// This resource holds exactly these events now (CalDAV: one UID with its overrides).
    Resource {
        /// Canonical href.
        href: String,
        /// Version tag, where the server gives one.
        etag: Option<String>,
        /// Master and overrides, or the single event. Empty when the resource holds nothing we keep.
        events: Vec<ProviderEvent>,
    },
    /// The resource is gone, with all its events.
    ResourceRemoved {
        /// Canonical href.
        href: String,
    },
}
