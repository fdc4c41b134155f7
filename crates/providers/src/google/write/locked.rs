//! Changes of events, of which some are locked copies (contracts/google §5): what those say is the original's, and Google refuses to
//! change it without saying why.

use daybook_provider_api::calendar::write::{LOCKED, Place};
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::{Error, Result, Session};
use serde_json::{Map, Value};

use super::{Found, errors, get};
use crate::google::calls::patch_event::PatchEvent;

/// What cannot be changed of a locked copy.
const MAIN: [&str; 6] = [
    "summary",
    "description",
    "location",
    "start",
    "end",
    "recurrence",
];

/// Changes these fields of an event. Of one that was read and is locked, Google is not even asked.
pub(super) async fn patch(
    session: &Session<'_>,
    place: &Place,
    found: &Found,
    fields: Map<String, Value>,
    notify: bool,
) -> Result<Value> {
    if found.event.as_ref().is_some_and(is_locked) && touches_main(&fields) {
        return Err(locked());
    }
    let fields = Value::Object(fields);
    let call = PatchEvent {
        calendar: &place.calendar,
        event: &found.id,
        fields: &fields,
        etag: found.etag.as_deref(),
        notify,
    };
    match call.send(session).await {
        Ok(event) => Ok(event),
        Err(error) => Err(explained(error, session, place, &found.id, &fields).await),
    }
}

/// What a refusal of these fields was about: that the event is locked, only the event tells.
async fn explained(
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
