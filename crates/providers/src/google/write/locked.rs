//! Locked copies of events (contracts/google §5): what they say is the original's, and changes to it are refused without a reason.

use daybook_provider_api::calendar::write::{LOCKED, Place};
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::{Error, Result, Session};
use serde_json::{Map, Value};

use super::{errors, get};

/// What cannot be changed of a locked copy.
const MAIN: [&str; 6] = [
    "summary",
    "description",
    "location",
    "start",
    "end",
    "recurrence",
];

/// Refuses, before Google is asked, what it would refuse of an event that was read.
pub(super) fn check(event: Option<&Value>, fields: &Map<String, Value>) -> Result<()> {
    match event {
        Some(event) if is_locked(event) && touches_main(fields) => Err(locked()),
        _ => Ok(()),
    }
}

/// What a refusal of these fields was about: that the event is locked, only the event tells.
pub(super) async fn explained(
    error: Error,
    session: &Session<'_>,
    place: &Place,
    id: &str,
    fields: &Value,
) -> Error {
    let refused = matches!(error.status, Some(400 | 403))
        && !matches!(error.kind, ErrorKind::RateLimited | ErrorKind::Auth);
    if !refused || !fields.as_object().is_some_and(touches_main) {
        return error;
    }
    match get(session, place, id).await {
        Ok(event) if is_locked(&event) => locked(),
        _ => error,
    }
}

fn touches_main(fields: &Map<String, Value>) -> bool {
    MAIN.iter().any(|name| fields.contains_key(*name))
}

fn is_locked(event: &Value) -> bool {
    event.get("locked").and_then(Value::as_bool) == Some(true)
}

fn locked() -> Error {
    errors::unsupported(
        LOCKED,
        "Google has locked this copy of the event: its title, text, place and time are those of the original, so nothing was \
         written. Change the event in the calendar where it was made.",
    )
}
