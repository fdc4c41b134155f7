//! Insert, patch, update, delete and move, with etags and client-chosen ids (contract §6).

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use jiff::Timestamp;
use serde_json::Value;

use super::conference;
use super::draft::{self, Author};
use crate::google::call::{Call, open_for_writing};
use crate::google::errors::ApiError;
use crate::google::scopes;
use crate::google::state::event::Event;
use crate::google::state::{Role, State};
use crate::google::wire::View;

pub(super) async fn insert(Path(id): Path<String>, call: Call) -> Result<Json<Value>, ApiError> {
    let operation = "POST /calendars/{calendarId}/events";
    call.begin("events.insert", operation);
    let body = call.json(operation, "Event")?;
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, scopes::WRITE_EVENTS)?;
    let calendar = open_for_writing(&state, &caller, &id)?;
    let wanted = body.get("id").and_then(Value::as_str);
    if wanted.is_some() && body.get("iCalUID").is_some() {
        return Err(ApiError::invalid("Only one of id and iCalUID may be set."));
    }
    if wanted.is_some_and(|id| !draft::is_legal_id(id)) {
        return Err(ApiError::invalid("Invalid resource id value."));
    }
    let id = wanted.map_or_else(|| state.random_id(26), str::to_owned);
    // An id stays taken after deletion.
    if state
        .calendars
        .get(&calendar)
        .is_some_and(|c| c.events.contains_key(&id))
    {
        return Err(ApiError::duplicate());
    }
    let event = with_author(&call, &state, &calendar, &caller.email, |by| {
        draft::create(&body, id, by)
    })?;
    store(&call, &mut state, &calendar, event, None)
}

pub(super) async fn patch(
    Path((id, event)): Path<(String, String)>,
    call: Call,
) -> Result<Json<Value>, ApiError> {
    let operation = "PATCH /calendars/{calendarId}/events/{eventId}";
    call.begin("events.patch", operation);
    change(&call, operation, &id, &event, |old, sent| {
        let mut body = draft::as_body(old);
        draft::merge(&mut body, sent);
        body
    })
}

pub(super) async fn replace(
    Path((id, event)): Path<(String, String)>,
    call: Call,
) -> Result<Json<Value>, ApiError> {
    let operation = "PUT /calendars/{calendarId}/events/{eventId}";
    call.begin("events.update", operation);
    change(&call, operation, &id, &event, |_, sent| sent.clone())
}

pub(super) async fn delete(
    Path((id, event)): Path<(String, String)>,
    call: Call,
) -> Result<Response, ApiError> {
    call.begin(
        "events.delete",
        "DELETE /calendars/{calendarId}/events/{eventId}",
    );
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, scopes::WRITE_EVENTS)?;
    let calendar = open_for_writing(&state, &caller, &id)?;
    let old = find(&state, &calendar, &event)?;
    if old.is_cancelled() {
        return Err(ApiError::deleted());
    }
    if_match(&call, &old)?;
    state.delete(&calendar, &event, call.sim.desk.clock().now());
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST …/move?destination=`: cancelled here, new there, same ids.
pub(super) async fn relocate(
    Path((id, event)): Path<(String, String)>,
    call: Call,
) -> Result<Json<Value>, ApiError> {
    call.begin(
        "events.move",
        "POST /calendars/{calendarId}/events/{eventId}/move",
    );
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, scopes::WRITE_EVENTS)?;
    let calendar = open_for_writing(&state, &caller, &id)?;
    let target = call.param("destination");
    let target = target
        .ok_or_else(|| ApiError::parameter("destination", "Required parameter: destination"))?;
    let target = open_for_writing(&state, &caller, target)?;
    let old = find(&state, &calendar, &event)?;
    if old.is_cancelled() {
        return Err(ApiError::deleted());
    }
    if old.series.is_some() || target == calendar {
        let message = "This event cannot be moved.";
        return Err(ApiError::new(
            400,
            "calendar",
            "cannotChangeOrganizerOfInstance",
            message,
        ));
    }
    let now = call.sim.desk.clock().now();
    state.relocate(&calendar, &target, &event, now);
    let moved = find(&state, &target, &event)?;
    Ok(Json(show(&state, &target, &moved)))
}

impl State {
    /// Moves an event, or a series with its exceptions, to another calendar.
    pub fn relocate(&mut self, from: &str, to: &str, id: &str, now: Timestamp) -> bool {
        let Some(calendar) = self.calendars.get(from) else {
            return false;
        };
        let Some(root) = calendar
            .events
            .get(id)
            .filter(|e| !e.is_cancelled())
            .cloned()
        else {
            return false;
        };
        let exceptions: Vec<Event> = calendar.exceptions(id).into_iter().cloned().collect();
        let owner = self.calendars.get(to).map(|c| c.owner.clone());
        self.delete(from, id, now);
        for mut event in std::iter::once(root).chain(exceptions) {
            event.organizer = owner.clone().unwrap_or_default();
            self.put(to, event, now);
        }
        true
    }
}

fn change(
    call: &Call,
    operation: &str,
    id: &str,
    event: &str,
    body: impl FnOnce(&Event, &Value) -> Value,
) -> Result<Json<Value>, ApiError> {
    let sent = call.json(operation, "Event")?;
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, scopes::WRITE_EVENTS)?;
    let calendar = open_for_writing(&state, &caller, id)?;
    let old = find(&state, &calendar, event)?;
    if_match(call, &old)?;
    if old.series.is_some() && sent.get("recurrence").is_some_and(|r| !r.is_null()) {
        return Err(ApiError::invalid("An instance cannot have a recurrence."));
    }
    let body = body(&old, &sent);
    if is_locked(&old) && changes_main(&draft::as_body(&old), &body) {
        return Err(ApiError::forbidden());
    }
    let before = old.fields.get("conferenceData").cloned();
    let event = with_author(call, &state, &calendar, &caller.email, |by| {
        draft::apply(old, &body, by)
    })?;
    store(call, &mut state, &calendar, event, before.as_ref())
}

/// A copy that only its original changes (contract §5).
fn is_locked(event: &Event) -> bool {
    event.fields.get("locked").and_then(Value::as_bool) == Some(true)
}

fn changes_main(old: &Value, new: &Value) -> bool {
    let main = [
        "summary",
        "description",
        "location",
        "start",
        "end",
        "recurrence",
    ];
    main.iter().any(|name| old.get(name) != new.get(name))
}

fn find(state: &State, calendar: &str, event: &str) -> Result<Event, ApiError> {
    let found = state.calendars.get(calendar).and_then(|c| c.find(event));
    found.ok_or_else(ApiError::not_found)
}

fn if_match(call: &Call, event: &Event) -> Result<(), ApiError> {
    match call.header(header::IF_MATCH) {
        Some(etag) if etag != "*" && etag != event.etag() => Err(ApiError::precondition()),
        _ => Ok(()),
    }
}

fn with_author(
    call: &Call,
    state: &State,
    calendar: &str,
    email: &str,
    make: impl FnOnce(Author) -> Result<Event, ApiError>,
) -> Result<Event, ApiError> {
    let calendar = state
        .calendars
        .get(calendar)
        .ok_or_else(ApiError::not_found)?;
    make(Author {
        email,
        owner: &calendar.owner,
        zone: &calendar.time_zone,
        now: call.sim.desk.clock().now(),
        conference: call.param("conferenceDataVersion") == Some("1"),
    })
}

fn store(
    call: &Call,
    state: &mut State,
    calendar: &str,
    mut event: Event,
    before: Option<&Value>,
) -> Result<Json<Value>, ApiError> {
    conference::request(&mut event, before, &call.sim.config());
    let now = call.sim.desk.clock().now();
    let stored = state
        .put(calendar, event, now)
        .ok_or_else(ApiError::not_found)?;
    Ok(Json(show(state, calendar, &stored)))
}

fn show(state: &State, calendar: &str, event: &Event) -> Value {
    let Some(calendar) = state.calendars.get(calendar) else {
        return Value::Null;
    };
    let view = View {
        calendar,
        role: Role::Owner,
        max_attendees: None,
    };
    view.event(event)
}
