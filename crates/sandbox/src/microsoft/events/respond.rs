//! `cancel` for organizers; `accept`, `decline` and `tentativelyAccept` for guests (contract §6).

use axum::extract::Path;
use http::StatusCode;
use serde_json::Value;

use super::read::find;
use crate::microsoft::call::{Call, open_for_writing};
use crate::microsoft::errors::ApiError;
use crate::microsoft::scopes;

pub(super) async fn cancel(Path(event): Path<String>, call: Call) -> Result<StatusCode, ApiError> {
    let operation = "POST /me/events/{event-id}/cancel";
    call.begin("events.cancel", operation, &[]);
    let body = call.json(operation, None)?;
    only(&call, operation, &body, &["comment"]);
    let mut state = call.sim.lock();
    let caller = call.mailbox(&state, scopes::WRITE_EVENTS)?;
    let (home, event) = find(&state, &caller, None, &event)?;
    let home = open_for_writing(&state, &caller, Some(&home))?;
    let owner = state.calendars.get(&home).map(|c| c.owner.clone());
    if owner.as_deref() != Some(event.organizer.as_str()) {
        return Err(ApiError::invalid(
            "Your request can't be completed. You need to be an organizer to cancel a meeting.",
        ));
    }
    state.delete(&home, &event.key, event.original, call.now());
    Ok(StatusCode::ACCEPTED)
}

pub(super) async fn accept(path: Path<String>, call: Call) -> Result<StatusCode, ApiError> {
    answer(
        &call,
        &path.0,
        "accepted",
        "POST /me/events/{event-id}/accept",
    )
}

pub(super) async fn decline(path: Path<String>, call: Call) -> Result<StatusCode, ApiError> {
    answer(
        &call,
        &path.0,
        "declined",
        "POST /me/events/{event-id}/decline",
    )
}

pub(super) async fn tentatively(path: Path<String>, call: Call) -> Result<StatusCode, ApiError> {
    answer(
        &call,
        &path.0,
        "tentativelyAccepted",
        "POST /me/events/{event-id}/tentativelyAccept",
    )
}

fn answer(call: &Call, id: &str, response: &str, operation: &str) -> Result<StatusCode, ApiError> {
    call.begin("events.respond", operation, &[]);
    let body = call.json(operation, None)?;
    only(
        call,
        operation,
        &body,
        &["comment", "sendResponse", "proposedNewTime"],
    );
    let mut state = call.sim.lock();
    let caller = call.mailbox(&state, scopes::WRITE_EVENTS)?;
    let (home, mut event) = find(&state, &caller, None, id)?;
    let home = open_for_writing(&state, &caller, Some(&home))?;
    let owner = state
        .calendars
        .get(&home)
        .map(|c| c.owner.clone())
        .unwrap_or_default();
    if owner == event.organizer {
        return Err(ApiError::invalid(
            "Your request can't be completed. You can't respond to this meeting because you're the meeting organizer.",
        ));
    }
    if response == "declined" && event.original.is_none() {
        // Outlook takes a declined meeting out of the calendar.
        state.delete(&home, &event.key, None, call.now());
        return Ok(StatusCode::ACCEPTED);
    }
    event.response = response.to_owned();
    event.responded = Some(call.now());
    let show_as = match response {
        "accepted" => "busy",
        "declined" => "free",
        _ => "tentative",
    };
    event.fields.insert("showAs".into(), show_as.into());
    state.put(&home, event, call.now());
    Ok(StatusCode::ACCEPTED)
}

fn only(call: &Call, operation: &str, body: &Value, known: &[&str]) {
    let keys = body.as_object().into_iter().flatten().map(|(key, _)| key);
    for key in keys.filter(|k| !known.iter().any(|n| n.eq_ignore_ascii_case(k))) {
        call.violate(operation, format!("Unknown field {key}."));
    }
}
