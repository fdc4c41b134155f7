//! What people want an event to say, before a provider has it.

use super::{EventTime, Person, ResponseStatus};
use crate::text_enum;

text_enum! {
    /// Where people join by video (SPEC §2.3 `conference`).
    Conference {
        /// Google Meet.
        GoogleMeet = "google_meet",
        /// Microsoft Teams.
        MicrosoftTeams = "microsoft_teams",
        /// Zoom.
        Zoom = "zoom",
        /// Webex.
        Webex = "webex",
    }
}

text_enum! {
    /// Which occurrences of a series a change reaches.
    Scope {
        /// This one alone.
        Instance = "instance",
        /// This one and those after it.
        Following = "following",
        /// All of them.
        Series = "series",
    }
}

/// An event to be created.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Draft {
    /// Title.
    pub title: String,
    /// Plain text.
    pub description: Option<String>,
    /// Where.
    pub location: Option<String>,
    /// Start. A repeating event needs a zone.
    pub start: EventTime,
    /// End, exclusive; of the same kind as `start` and after it.
    pub end: EventTime,
    /// Who is invited; every one has an address.
    pub attendees: Vec<Person>,
    /// RRULE, RDATE and EXDATE lines (RFC 5545 §3.8.5), checked by `recurrence`; empty: once.
    pub recurrence: Vec<String>,
    /// A meeting link to be made by the provider itself.
    pub conference: Option<Conference>,
    /// Whether it blocks time.
    pub opaque: bool,
}

/// A change of an event: `None` leaves what is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Patch {
    /// Title.
    pub title: Option<String>,
    /// Plain text; `Some(None)` removes it.
    pub description: Option<Option<String>>,
    /// Where; `Some(None)` removes it.
    pub location: Option<Option<String>>,
    /// Start and end.
    pub times: Option<(EventTime, EventTime)>,
    /// Who is invited: the whole list. People who stay keep their answers.
    pub attendees: Option<Vec<Person>>,
    /// The recurrence lines of a series: the whole set.
    pub recurrence: Option<Vec<String>>,
    /// Whether it blocks time.
    pub opaque: Option<bool>,
}

impl Patch {
    /// Whether nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The answers that can be given to an invitation.
pub const ANSWERS: [ResponseStatus; 3] = [
    ResponseStatus::Accepted,
    ResponseStatus::Tentative,
    ResponseStatus::Declined,
];
