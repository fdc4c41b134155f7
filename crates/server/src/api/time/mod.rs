//! Clients, projects and time entries (SPEC §2.8).

pub mod approvals;
pub mod body;
pub mod bulk;
pub mod clients;
pub mod entries;
pub mod input;
pub mod more;
pub mod projects;
pub mod rates;
pub mod rules;

use daybook_engine::{clients as engine_clients, timesheets};

use super::connections::sentence;
use crate::problem::Problem;

impl From<engine_clients::Error> for Problem {
    fn from(error: engine_clients::Error) -> Self {
        use engine_clients::Error;
        let text = sentence(&error.to_string());
        match error {
            Error::Invalid { pointer, detail } => Self::invalid_field(pointer, detail),
            Error::UnknownReference => {
                Self::unprocessable("unknown_reference", text).at("/client_id")
            }
            Error::NotManager(_) => Self::forbidden("forbidden", text),
            Error::InUse => Self::conflict("in_use", text),
            Error::Once(error) => error.into(),
            Error::Store(error) => error.into(),
        }
    }
}

impl From<timesheets::Error> for Problem {
    fn from(error: timesheets::Error) -> Self {
        use timesheets::Error;
        let text = sentence(&error.to_string());
        match error {
            Error::Invalid { pointer, detail } => Self::invalid_field(pointer, detail),
            Error::AllDay => Self::unprocessable("all_day", text),
            Error::Declined => Self::unprocessable("declined", text),
            Error::Informational => Self::unprocessable("informational", text),
            Error::NotOffered(_) => Self::unprocessable("not_offered", text),
            Error::Cancelled => Self::unprocessable("cancelled", text),
            Error::UnknownReference => Self::unprocessable("unknown_reference", text),
            Error::Archived(_) => Self::unprocessable("archived", text),
            Error::OnInvoice { .. } => Self::conflict("on_invoice", text),
            Error::NotAllowed(_) => Self::conflict("wrong_status", text),
            Error::NotApprover => Self::forbidden("forbidden", text),
            Error::NothingWaits => Self::conflict("nothing_waits", text),
            Error::NotManager => Self::forbidden("forbidden", text),
            Error::OwnTime => Self::forbidden("self_approval", text),
            Error::Locked { .. } => Self::conflict("period_locked", text),
            Error::TimerRunning => Self::conflict("timer_running", text),
            Error::Running => Self::conflict("timer_running", text),
            Error::NoTimer => Self::conflict("no_timer", text),
            Error::Apart(_) => Self::unprocessable("cannot_merge", text),
            Error::Duration(_) => Self::invalid_field("/duration", text),
            Error::UnknownProject { .. } | Error::SeveralProjects { .. } => {
                Self::unprocessable("unknown_reference", text).at("/project_id")
            }
            Error::Changed => Self::conflict("changed_meanwhile", text),
            Error::Once(error) => error.into(),
            Error::Store(error) => error.into(),
        }
    }
}

impl From<timesheets::to_calendar::Error> for Problem {
    fn from(error: timesheets::to_calendar::Error) -> Self {
        use timesheets::to_calendar::Error;
        let text = sentence(&error.to_string());
        match error {
            Error::HasEvent => Self::conflict("has_event", text),
            Error::NoEnd => Self::unprocessable("no_end", text),
            Error::Write(error) => error.without_field().into(),
            Error::Entry(error) => error.into(),
        }
    }
}
