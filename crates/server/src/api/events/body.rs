//! What events look like in answers.

use daybook_domain::billing::LeftOut;
use daybook_domain::event::{Attendee, EventTime, Person, ResponseStatus, Status};
use daybook_domain::recurrence::OccurrenceKey;
use daybook_engine::events::{Listed, hint};
use daybook_engine::store::instances::InstanceView;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::wire::{EventStatusSchema, LeftOutSchema, ResponseStatusSchema};
use crate::extract::switch;

/// One instance of an event: a single event, or one occurrence of a series.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct EventBody {
    /// Names this instance; stays the same across syncs.
    pub id: Uuid,
    /// The single event or the series.
    pub event_id: Uuid,
    /// Its calendar.
    pub calendar_id: Uuid,
    /// The provider's id.
    pub provider_event_id: String,
    /// Title; empty when there is none, or when it is somebody else's private event.
    pub title: String,
    /// Plain text.
    #[schema(required = true)]
    pub description: Option<String>,
    /// Where.
    #[schema(required = true)]
    pub location: Option<String>,
    /// An instant in UTC; a date when it is all-day.
    #[schema(example = "2026-12-01T09:00:00Z")]
    pub start: String,
    /// An instant in UTC; a date (exclusive) when it is all-day.
    #[schema(example = "2026-12-01T10:00:00Z")]
    pub end: String,
    /// The IANA zone it was written in.
    #[schema(required = true)]
    pub time_zone: Option<String>,
    /// Whether it takes whole days.
    pub all_day: bool,
    /// Whether it takes place.
    #[schema(value_type = EventStatusSchema)]
    pub status: Status,
    /// Whether it takes the owner's time.
    pub busy: bool,
    /// The owner's answer.
    #[schema(value_type = ResponseStatusSchema)]
    pub response_status: ResponseStatus,
    /// Whether it belongs to a series.
    pub recurring: bool,
    /// When this occurrence was to start originally.
    #[schema(required = true)]
    pub occurrence_start: Option<String>,
    /// Who called it.
    #[schema(required = true)]
    pub organizer: Option<PersonBody>,
    /// Who is invited.
    pub attendees: Vec<AttendeeBody>,
    /// Where to join by video.
    #[schema(required = true)]
    pub meeting_url: Option<String>,
    /// Its page at the provider.
    #[schema(required = true)]
    pub html_url: Option<String>,
    /// Categories, or the colour's name.
    pub categories: Vec<String>,
    /// Whether its owner marked it private: then only the owner sees what it says, and everybody else when it is.
    pub private: bool,
    /// The lines that say how its series repeats (RFC 5545), such as `RRULE:FREQ=WEEKLY`; empty for a single event, and where
    /// only single occurrences of a series are in the calendar.
    pub recurrence: Vec<String>,
    /// RFC 5545 UID: the same in every calendar that shows the meeting.
    #[schema(required = true)]
    pub ical_uid: Option<String>,
    /// What becomes of it in billing lists.
    pub billable_hint: BillableHintBody,
    /// Where else the same meeting is seen, in lists with `distinct=true`.
    pub also_in: Vec<SightingBody>,
    /// The time entry made from it.
    #[schema(required = true)]
    pub time_entry_id: Option<Uuid>,
    /// When it last changed at the provider.
    #[schema(required = true)]
    pub updated_at: Option<Timestamp>,
}

/// What becomes of an event in billing lists. It can be converted by hand all the same.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = BillableHint)]
pub struct BillableHintBody {
    /// Whether it is offered for billing.
    pub offered: bool,
    /// Why it is left out.
    #[schema(required = true, value_type = Option<LeftOutSchema>)]
    pub reason: Option<LeftOut>,
    /// What of the calendar's filters decided, such as `title: lunch*`.
    #[schema(required = true)]
    pub matched: Option<String>,
}

/// The same meeting in another calendar of the same person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EventSighting)]
pub struct SightingBody {
    /// Its id there.
    pub id: Uuid,
    /// The calendar.
    pub calendar_id: Uuid,
}

/// A person in an event.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Person)]
pub struct PersonBody {
    /// Address.
    #[schema(required = true)]
    pub email: Option<String>,
    /// Name.
    #[schema(required = true)]
    pub name: Option<String>,
}

/// A person invited to an event.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Attendee)]
pub struct AttendeeBody {
    /// Address.
    #[schema(required = true)]
    pub email: Option<String>,
    /// Name.
    #[schema(required = true)]
    pub name: Option<String>,
    /// Their answer.
    #[schema(value_type = ResponseStatusSchema)]
    pub response_status: ResponseStatus,
}

/// Which events of one calendar.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CalendarEventsQuery {
    /// Ending after this instant or date; by default the calendar's sync window.
    pub from: Option<String>,
    /// Starting before this instant or date.
    pub to: Option<String>,
    /// Title contains.
    pub q: Option<String>,
    /// Only those that became time entries, or only the others. The others come without those that the calendar's filters leave
    /// out of billing, unless `billable` says otherwise.
    #[serde(default, deserialize_with = "switch")]
    pub converted: Option<bool>,
    /// Only those that are offered for billing, or only those left out (`billable_hint` says why).
    #[serde(default, deserialize_with = "switch")]
    pub billable: Option<bool>,
    /// Each meeting once, although several of your calendars show it.
    #[serde(default, deserialize_with = "switch")]
    #[param(required = false)]
    pub distinct: bool,
    /// Rows a page, by default 50.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The previous page's `next_cursor`.
    pub cursor: Option<String>,
}

/// Which events of several calendars.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// Of these calendars (repeat the parameter); by default of all of yours that are synced.
    #[serde(default)]
    #[param(required = false)]
    pub calendar_id: Vec<Uuid>,
    /// Of calendars of this provider only, such as `google`.
    pub provider: Option<String>,
    /// Ending after this instant or date; by default the calendars' sync window.
    pub from: Option<String>,
    /// Starting before this instant or date.
    pub to: Option<String>,
    /// Title contains.
    pub q: Option<String>,
    /// Only those that became time entries, or only the others. The others come without those that the calendar's filters leave
    /// out of billing, unless `billable` says otherwise.
    #[serde(default, deserialize_with = "switch")]
    pub converted: Option<bool>,
    /// Only those that are offered for billing, or only those left out (`billable_hint` says why).
    #[serde(default, deserialize_with = "switch")]
    pub billable: Option<bool>,
    /// Each meeting once, although several of your calendars show it.
    #[serde(default, deserialize_with = "switch")]
    #[param(required = false)]
    pub distinct: bool,
    /// Rows a page, by default 50.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The previous page's `next_cursor`.
    pub cursor: Option<String>,
}

impl From<InstanceView> for EventBody {
    fn from(view: InstanceView) -> Self {
        let (start, end) = (wire(&view.start()), wire(&view.end()));
        let recurring = view.recurring();
        let hint = hint(&view);
        let details = view.details;
        Self {
            id: view.id.into(),
            event_id: view.event_id.into(),
            calendar_id: view.calendar_id.into(),
            provider_event_id: view.provider_event_id,
            title: details.title,
            description: details.description,
            location: details.location,
            start,
            end,
            time_zone: view.time_zone,
            all_day: view.all_day,
            status: view.status,
            busy: view.busy,
            response_status: view.response_status,
            recurring,
            occurrence_start: view.occurrence_key.as_deref().and_then(occurrence),
            organizer: details.organizer.map(Into::into),
            attendees: details.attendees.into_iter().map(Into::into).collect(),
            meeting_url: details.meeting_url,
            html_url: details.html_url,
            categories: details.categories,
            private: details.private,
            recurrence: view.recurrence.unwrap_or_default(),
            ical_uid: view.ical_uid,
            billable_hint: BillableHintBody {
                offered: hint.is_offered(),
                reason: hint.left_out,
                matched: hint.matched,
            },
            also_in: Vec::new(),
            time_entry_id: view.time_entry_id.map(Into::into),
            updated_at: view.updated_at,
        }
    }
}

impl From<Listed> for EventBody {
    fn from(listed: Listed) -> Self {
        let sightings = listed.also_in.into_iter().map(|sighting| SightingBody {
            id: sighting.id.into(),
            calendar_id: sighting.calendar_id.into(),
        });
        Self {
            also_in: sightings.collect(),
            ..Self::from(listed.event)
        }
    }
}

impl From<Person> for PersonBody {
    fn from(person: Person) -> Self {
        Self {
            email: person.email,
            name: person.name,
        }
    }
}

impl From<Attendee> for AttendeeBody {
    fn from(attendee: Attendee) -> Self {
        let Attendee {
            person,
            response_status,
        } = attendee;
        Self {
            email: person.email,
            name: person.name,
            response_status,
        }
    }
}

fn wire(time: &EventTime) -> String {
    match time {
        EventTime::Timed { at, .. } => at.to_string(),
        EventTime::AllDay(date) => date.to_string(),
    }
}

fn occurrence(key: &str) -> Option<String> {
    Some(match key.parse().ok()? {
        OccurrenceKey::Day(date) => date.to_string(),
        OccurrenceKey::Instant(at) => at.to_string(),
    })
}
