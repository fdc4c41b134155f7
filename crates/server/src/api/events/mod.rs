//! Events of the mirror, and the time entries made from them (SPEC §2.3).

pub mod body;
pub mod convert;
pub mod input;
pub mod list;
pub mod write;

use std::borrow::Cow;

use daybook_engine::events::{Error, write as engine_write};
use daybook_engine::provider::error::Field;
use http::StatusCode;

use super::connections::{provider_problem, sentence};
use crate::problem::Problem;

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Range(why) => Self::invalid_field("?to", sentence(why)),
            Error::Store(error) => error.into(),
        }
    }
}

impl From<engine_write::Error> for Problem {
    fn from(error: engine_write::Error) -> Self {
        use engine_write::Error;
        let text = sentence(&error.to_string());
        match error {
            Error::Invalid { pointer, detail } => Self::invalid_field(&pointer, detail),
            Error::ReadOnly(_) => Self::forbidden("read_only", text),
            Error::NotTarget(_) => Self::conflict("not_a_write_target", text),
            Error::Unsupported(_) => Self::unprocessable("provider_cannot", text),
            Error::Refused(error) => {
                let problem = Self::unprocessable("provider_cannot", text);
                match error.field {
                    Some(field) => problem.at(&pointer(field)),
                    None => problem,
                }
            }
            Error::Locked(_) => Self::conflict("event_locked", text),
            Error::AlwaysNotifies => {
                Self::unprocessable("attendees_always_notified", text).at("/notify_attendees")
            }
            Error::Changed => Self::conflict("event_changed", text),
            Error::Gone => Self::new(StatusCode::GONE, "event_gone", text),
            Error::Reused => Self::unprocessable("idempotency_key_reuse", text),
            Error::NeedsReauth => Self::conflict("needs_reauth", text),
            Error::Disconnected => Self::conflict("disconnected", text),
            Error::Unknown(_) => Self::provider("provider_unreachable", text),
            Error::NotBegun => Self::new(StatusCode::SERVICE_UNAVAILABLE, "not_begun", text),
            Error::Provider(error) => provider_problem(&error),
            Error::Store(error) => error.into(),
        }
    }
}

/// What requests that write events call a part of an event.
fn pointer(field: Field) -> Cow<'static, str> {
    Cow::Borrowed(match field {
        Field::Attendee(index) => return format!("/attendee_emails/{index}").into(),
        Field::Title => "/summary",
        Field::Description => "/description",
        Field::Location => "/location",
        Field::Start => "/start_time",
        Field::End => "/end_time",
        Field::TimeZone => "/time_zone",
        Field::Attendees => "/attendee_emails",
        Field::Recurrence => "/recurrence",
        Field::Conference => "/conference",
        Field::Busy => "/busy",
        Field::Notify => "/notify_attendees",
        Field::Answer => "/response",
    })
}
