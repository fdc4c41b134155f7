//! What requests that write events may say.

use daybook_domain::event::{Conference, Scope};
use daybook_engine::events::write::create::NewEvent;
use daybook_engine::events::write::update::Change;
use daybook_engine::events::write::{self, When};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::wire::{ConferenceSchema, EventScopeSchema};
use crate::extract::nullable;
use crate::problem::Check;
use crate::problem::Problem;

/// An event to be created.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventInput {
    /// Title, at most 1,000 characters.
    pub summary: String,
    /// Plain text, at most 8,000 characters.
    pub description: Option<String>,
    /// An instant, a wall time in `time_zone`, or a date for all-day events. A wall time that the clocks skip is refused; one that
    /// they show twice is the first of the two (RFC 5545 §3.3.5), unless an offset says which.
    #[schema(example = "2026-12-01T09:00:00")]
    pub start_time: String,
    /// Exclusive. For all-day events the day after the last.
    #[schema(example = "2026-12-01T10:00:00")]
    pub end_time: String,
    /// IANA zone; by default the calendar's.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: Option<String>,
    /// Addresses, at most 50.
    #[serde(default)]
    #[schema(required = false)]
    pub attendee_emails: Vec<String>,
    /// Where, at most 1,000 characters.
    pub location: Option<String>,
    /// RRULE, RDATE and EXDATE lines (RFC 5545).
    #[serde(default)]
    #[schema(required = false)]
    pub recurrence: Vec<String>,
    /// A meeting link, made by the calendar's own provider.
    #[schema(value_type = Option<ConferenceSchema>)]
    pub conference: Option<Conference>,
    /// Whether it takes the owner's time; by default yes.
    pub busy: Option<bool>,
    /// Whether the provider may mail the attendees; by default nobody is mailed.
    #[serde(default)]
    #[schema(required = false)]
    pub notify_attendees: bool,
}

/// Several events to be created.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventBatchInput {
    /// At most 50.
    pub items: Vec<EventInput>,
}

/// Changes of an event; what is not named stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventPatch {
    /// Title.
    pub summary: Option<String>,
    /// Plain text; null removes it.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    /// An instant, a wall time in `time_zone`, or a date; with `end_time`.
    pub start_time: Option<String>,
    /// Exclusive; with `start_time`.
    pub end_time: Option<String>,
    /// IANA zone of the new times; by default the event's.
    pub time_zone: Option<String>,
    /// Addresses: the whole list. Who stays keeps their answer.
    pub attendee_emails: Option<Vec<String>>,
    /// Where; null removes it.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub location: Option<Option<String>>,
    /// Recurrence lines of a series: the whole set.
    pub recurrence: Option<Vec<String>>,
    /// Whether it takes the owner's time.
    pub busy: Option<bool>,
    /// Whether the provider may mail the attendees.
    #[serde(default)]
    #[schema(required = false)]
    pub notify_attendees: bool,
}

/// An answer to an invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RespondInput {
    /// `accepted`, `tentative` or `declined`.
    pub response: String,
    /// Whether the organizer is told; by default yes.
    pub notify_organizer: Option<bool>,
}

/// Where an event goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveInput {
    /// Another calendar of the same person.
    pub calendar_id: Uuid,
    /// Whether the providers may mail the attendees; by default nobody is mailed.
    #[serde(default)]
    #[schema(required = false)]
    pub notify_attendees: bool,
}

/// Which occurrences of a series are meant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ScopeQuery {
    /// By default the occurrence named by the id, or all of a series named by its `event_id`.
    #[param(value_type = Option<EventScopeSchema>)]
    pub scope: Option<Scope>,
    /// Whether the provider may mail the attendees; by default nobody is mailed.
    #[serde(default)]
    #[param(required = false)]
    pub notify_attendees: bool,
}

/// Which occurrences of a series are meant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OnlyScopeQuery {
    /// By default the occurrence named by the id, or all of a series named by its `event_id`.
    #[param(value_type = Option<EventScopeSchema>)]
    pub scope: Option<Scope>,
}

impl EventInput {
    /// The engine's words for it.
    pub fn read(self) -> Result<NewEvent, Problem> {
        let mut check = Check::new();
        let start = when(&mut check, "/start_time", Some(&self.start_time));
        let end = when(&mut check, "/end_time", Some(&self.end_time));
        let (start, end) = (check.required(start)?, check.required(end)?);
        check.done()?;
        Ok(NewEvent {
            title: self.summary,
            description: self.description,
            location: self.location,
            start,
            end,
            time_zone: self.time_zone,
            attendees: self.attendee_emails,
            recurrence: self.recurrence,
            conference: self.conference,
            opaque: self.busy.unwrap_or(true),
            notify: self.notify_attendees,
        })
    }
}

impl EventPatch {
    /// The engine's words for it.
    pub fn read(self) -> Result<Change, Problem> {
        let mut check = Check::new();
        let start = when(&mut check, "/start_time", self.start_time.as_deref());
        let end = when(&mut check, "/end_time", self.end_time.as_deref());
        check.done()?;
        let cleared = |text: Option<Option<String>>| text.map(Option::unwrap_or_default);
        Ok(Change {
            title: self.summary,
            description: cleared(self.description),
            location: cleared(self.location),
            start,
            end,
            time_zone: self.time_zone,
            attendees: self.attendee_emails,
            recurrence: self.recurrence,
            opaque: self.busy,
            notify: self.notify_attendees,
        })
    }
}

fn when(check: &mut Check, pointer: &str, text: Option<&str>) -> Option<When> {
    match text?.parse() {
        Ok(when) => Some(when),
        Err(write::Error::Invalid { detail, .. }) => {
            check.wrong(pointer, detail);
            None
        }
        Err(other) => {
            check.wrong(pointer, other.to_string());
            None
        }
    }
}
