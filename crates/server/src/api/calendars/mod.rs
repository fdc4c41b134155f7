//! Calendars: which are synced, how, and how that goes (SPEC §2.3).

pub mod aliases;
pub mod billing;
pub mod body;
pub mod manage;
pub mod sync;

use daybook_engine::{calendars, sync as engine_sync};

use super::connections::{provider_problem, sentence};
use crate::problem::Problem;

impl From<calendars::Error> for Problem {
    fn from(error: calendars::Error) -> Self {
        let text = sentence(&error.to_string());
        match error {
            calendars::Error::Invalid { pointer, detail } => Self::invalid_field(&pointer, detail),
            calendars::Error::UnknownCalendar => {
                Self::new(http::StatusCode::NOT_FOUND, "unknown_calendar", text)
            }
            calendars::Error::UnknownReference => Self::unprocessable("unknown_reference", text),
            calendars::Error::Store(error) => error.into(),
        }
    }
}

impl From<engine_sync::Error> for Problem {
    fn from(error: engine_sync::Error) -> Self {
        use engine_sync::Error;
        let text = sentence(&error.to_string());
        match error {
            Error::Running => Self::conflict("sync_running", text).with_retry_after(5),
            Error::Off => Self::conflict("sync_disabled", text),
            Error::NeedsReauth => Self::conflict("needs_reauth", text),
            Error::Disconnected => Self::conflict("disconnected", text),
            Error::LostLease => Self::unavailable(text),
            Error::Provider(error) => provider_problem(&error),
            Error::Store(error) => error.into(),
        }
    }
}
