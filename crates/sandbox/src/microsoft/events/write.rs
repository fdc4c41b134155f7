//! Create, change and delete events and occurrences, with etags (contract §6).

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::Value;

use super::draft::{self, Author, BLOB};
use super::read::{find, show};
use crate::microsoft::call::{Call, Caller, open_for_writing};
use crate::microsoft::errors::ApiError;
use crate::microsoft::scopes;
use crate::microsoft::state::event::Event;
use crate::microsoft::state::{Account, State};

pub(super) async fn create(call: Call) -> Result<Response, ApiError> {
    insert(&call, None, "POST /me/events")
}

pub(super) async fn create_in(Path(id): Path<String>, call: Call) -> Result<Response, ApiError> {
    insert(&call, Some(&id), "POST /me/calendars/{calendar-id}/events")
}

pub(super) async fn patch(Path(event): Path<String>, call: Call) -> Result<Json<Value>, ApiError> {
    change(&call, None, &event, "PATCH /me/events/{event-id}")
}

pub(super) async fn patch_in(
    Path((id, event)): Path<(String, String)>,
    call: Call,
) -> Result<Json<Value>, ApiError> {
    change(
        &call,
        Some(&id),
        &event,
        "PATCH /me/calendars/{calendar-id}/events/{event-id}",
    )
}

pub(super) async fn delete(Path(event): Path<String>, call: Call) -> Result<StatusCode, ApiError> {
    remove(&call, None, &event, "DELETE /me/events/{event-id}")
}

pub(super) async fn delete_in(
    Path((id, event)): Path<(String, String)>,
    call: Call,
) -> Result<StatusCode, ApiError> {
    remove(
        &call,
        Some(&id),
        &event,
        "DELETE /me/calendars/{calendar-id}/events/{event-id}",
    )
}

fn insert(call: &Call, id: Option<&str>, operation: &str) -> Result<Response, ApiError> {
    call.begin("events.create", operation, &[]);
    let body = call.json(operation, Some("event"))?;
    own_fields_only(call, operation, &body);
    let mut state = call.sim.lock();
    let caller = call.mailbox(&state, scopes::WRITE_EVENTS)?;
    let home = open_for_writing(&state, &caller, id)?;
    if let Some(known) = repeated(&state, &home, &body) {
        call.sim.desk.count("events.create.repeated");
        let row = show(call, &state, &caller, &home, &known)?;
        return Ok((StatusCode::CREATED, Json(row)).into_response());
    }
    let key = state.event_key();
    let event = with_author(call, &state, &home, |by| draft::create(&body, key, by))?;
    let row = store(call, &mut state, &caller, &home, event, false)?;
    Ok((StatusCode::CREATED, Json(row)).into_response())
}

/// The event an earlier POST with the same `transactionId` made, while it lives.
fn repeated(state: &State, home: &str, body: &Value) -> Option<Event> {
    let id = body.get("transactionId").and_then(Value::as_str)?;
    let calendar = state.calendars.get(home)?;
    let owner = &calendar.owner;
    let mut all = state
        .calendars
        .values()
        .filter(|c| c.owner == *owner)
        .flat_map(|c| c.events.values());
    all.find(|e| e.transaction.as_deref() == Some(id)).cloned()
}

fn change(
    call: &Call,
    calendar: Option<&str>,
    id: &str,
    operation: &str,
) -> Result<Json<Value>, ApiError> {
    call.begin("events.update", operation, &[]);
    let body = call.json(operation, Some("event"))?;
    own_fields_only(call, operation, &body);
    let mut state = call.sim.lock();
    let caller = call.mailbox(&state, scopes::WRITE_EVENTS)?;
    let (home, old) = find(&state, &caller, calendar, id)?;
    let home = open_for_writing(&state, &caller, Some(&home))?;
    if_match(call, &old)?;
    let online = old.is_online();
    let event = with_author(call, &state, &home, |by| draft::apply(old, &body, by))?;
    let content = event
        .fields
        .get("body")
        .and_then(|b| b.get("content"))
        .and_then(Value::as_str);
    if online && !content.unwrap_or_default().contains(BLOB) {
        // The invitation no longer says how to join.
        call.sim.desk.count("events.update.lost_join_link");
    }
    Ok(Json(store(
        call, &mut state, &caller, &home, event, online,
    )?))
}

fn remove(
    call: &Call,
    calendar: Option<&str>,
    id: &str,
    operation: &str,
) -> Result<StatusCode, ApiError> {
    call.begin("events.delete", operation, &[]);
    let mut state = call.sim.lock();
    let caller = call.mailbox(&state, scopes::WRITE_EVENTS)?;
    let (home, event) = find(&state, &caller, calendar, id)?;
    let home = open_for_writing(&state, &caller, Some(&home))?;
    if_match(call, &event)?;
    state.delete(&home, &event.key, event.original, call.now());
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn if_match(call: &Call, event: &Event) -> Result<(), ApiError> {
    match call.header(header::IF_MATCH) {
        Some(etag) if etag != "*" && etag != event.etag() => Err(ApiError::conflict_of_change()),
        _ => Ok(()),
    }
}

fn own_fields_only(call: &Call, operation: &str, body: &Value) {
    for name in draft::read_only(body) {
        call.violate(operation, format!("{name} is the server's to fill."));
    }
}

fn with_author(
    call: &Call,
    state: &State,
    home: &str,
    make: impl FnOnce(Author) -> Result<Event, ApiError>,
) -> Result<Event, ApiError> {
    let calendar = state.calendars.get(home).ok_or_else(ApiError::not_found)?;
    let owner = state.people.get(&calendar.owner);
    make(Author {
        owner: &calendar.owner,
        zone: owner.map_or("UTC", |p| p.time_zone.as_str()),
        teams: owner.is_some_and(|p| p.account == Account::Work),
        now: call.now(),
    })
}

fn store(
    call: &Call,
    state: &mut State,
    caller: &Caller,
    home: &str,
    mut event: Event,
    was_online: bool,
) -> Result<Value, ApiError> {
    if event.is_online() && !was_online {
        event.pending_reads = call.config.join_after_reads;
    }
    let stored = state
        .put(home, event, call.now())
        .ok_or_else(ApiError::not_found)?;
    show(call, state, caller, home, &stored)
}
