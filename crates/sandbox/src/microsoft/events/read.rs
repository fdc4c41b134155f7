//! Reading: `calendarView`, `/events`, one event, the instances of a series (contract §4, §5, §6).

use axum::Json;
use axum::extract::Path;
use serde_json::{Value, json};

use super::filter::Marker;
use crate::microsoft::call::{Call, Caller, open};
use crate::microsoft::errors::ApiError;
use crate::microsoft::scopes;
use crate::microsoft::state::State;
use crate::microsoft::state::calendar::parse_id;
use crate::microsoft::state::event::Event;
use crate::microsoft::wire::{View, select};

const DEFAULT_PAGE: usize = 10;
const MAX_PAGE: usize = 1000;
/// Relations that the description leaves out.
const EXPAND: &[&str] = &["$expand"];

pub(super) async fn default_view(call: Call) -> Result<Json<Value>, ApiError> {
    view(&call, None, "GET /me/calendarView")
}

pub(super) async fn calendar_view(
    Path(id): Path<String>,
    call: Call,
) -> Result<Json<Value>, ApiError> {
    view(
        &call,
        Some(&id),
        "GET /me/calendars/{calendar-id}/calendarView",
    )
}

pub(super) async fn default_list(call: Call) -> Result<Json<Value>, ApiError> {
    list(&call, None, "GET /me/events")
}

pub(super) async fn list_of(Path(id): Path<String>, call: Call) -> Result<Json<Value>, ApiError> {
    list(&call, Some(&id), "GET /me/calendars/{calendar-id}/events")
}

pub(super) async fn get(Path(event): Path<String>, call: Call) -> Result<Json<Value>, ApiError> {
    one(&call, None, &event, "GET /me/events/{event-id}")
}

pub(super) async fn get_in(
    Path((id, event)): Path<(String, String)>,
    call: Call,
) -> Result<Json<Value>, ApiError> {
    one(
        &call,
        Some(&id),
        &event,
        "GET /me/calendars/{calendar-id}/events/{event-id}",
    )
}

pub(super) async fn instances(
    Path(event): Path<String>,
    call: Call,
) -> Result<Json<Value>, ApiError> {
    let extra = [
        "startDateTime",
        "endDateTime",
        "$top",
        "$skip",
        "$select",
        "$expand",
    ];
    call.begin(
        "events.instances",
        "GET /me/events/{event-id}/instances",
        &extra,
    );
    let window = call.window()?;
    let state = call.sim.lock();
    let caller = call.mailbox(&state, scopes::READ_CALENDARS)?;
    let (calendar, event) = find(&state, &caller, None, &event)?;
    if event.recurrence.is_none() {
        return Err(ApiError::invalid(
            "Your request can't be completed. The event is not a series master.",
        ));
    }
    answer(&call, &state, &caller, &calendar, event.instances(window))
}

/// The event an id names, and its calendar. Both forms of ids are understood.
pub(super) fn find(
    state: &State,
    caller: &Caller,
    calendar: Option<&str>,
    id: &str,
) -> Result<(String, Event), ApiError> {
    let malformed = || ApiError::new(400, "ErrorInvalidIdMalformed", "Id is malformed.");
    let (key, date) = parse_id(id).ok_or_else(malformed)?;
    let home = state
        .locate(&caller.email, &key)
        .ok_or_else(ApiError::not_found)?;
    let (home, _) = open(state, caller, Some(&home))?;
    if calendar.is_some_and(|wanted| wanted != home) {
        return Err(ApiError::not_found());
    }
    let event = state.calendars.get(&home).and_then(|c| c.find(&key, date));
    Ok((home, event.ok_or_else(ApiError::not_found)?))
}

fn view(call: &Call, id: Option<&str>, operation: &str) -> Result<Json<Value>, ApiError> {
    call.begin("calendarView", operation, EXPAND);
    let window = call.window()?;
    let state = call.sim.lock();
    let caller = call.mailbox(&state, scopes::READ_CALENDARS)?;
    let (id, _) = open(&state, &caller, id)?;
    let calendar = state.calendars.get(&id).ok_or_else(ApiError::not_found)?;
    let mut rows = calendar.view(window);
    if let Some(marker) = Marker::of(call)? {
        rows.retain(|e| marker.fits(e));
    }
    answer(call, &state, &caller, &id, rows)
}

/// Masters and single events, never occurrences.
fn list(call: &Call, id: Option<&str>, operation: &str) -> Result<Json<Value>, ApiError> {
    call.begin("events.list", operation, EXPAND);
    let state = call.sim.lock();
    let caller = call.mailbox(&state, scopes::READ_CALENDARS)?;
    let (id, _) = open(&state, &caller, id)?;
    let calendar = state.calendars.get(&id).ok_or_else(ApiError::not_found)?;
    let mut rows: Vec<Event> = calendar.events.values().cloned().collect();
    if let Some(marker) = Marker::of(call)? {
        rows.retain(|e| marker.fits(e));
    }
    rows.sort_by_key(|e| std::cmp::Reverse(e.created));
    answer(call, &state, &caller, &id, rows)
}

fn one(
    call: &Call,
    calendar: Option<&str>,
    id: &str,
    operation: &str,
) -> Result<Json<Value>, ApiError> {
    call.begin("events.get", operation, EXPAND);
    let mut state = call.sim.lock();
    let caller = call.mailbox(&state, scopes::READ_CALENDARS)?;
    let (home, event) = find(&state, &caller, calendar, id)?;
    let row = select(
        show(call, &state, &caller, &home, &event)?,
        call.param("$select"),
    );
    let row = with_series(call, &state, &home, &event, row);
    // A pending join link comes closer with every look.
    let stored = state
        .calendars
        .get_mut(&home)
        .and_then(|c| c.events.get_mut(&event.key));
    if let Some(stored) = stored.filter(|e| e.pending_reads > 0) {
        stored.pending_reads -= 1;
    }
    Ok(Json(row))
}

/// A master's changed and missing occurrences, when they are asked for by name.
fn with_series(call: &Call, state: &State, home: &str, event: &Event, mut row: Value) -> Value {
    let asked = |name: &str| {
        let listed = |p: &str| call.param(p).is_some_and(|v| v.contains(name));
        listed("$select") || listed("$expand")
    };
    let Some(calendar) = state
        .calendars
        .get(home)
        .filter(|_| event.recurrence.is_some())
    else {
        return row;
    };
    if asked("cancelledOccurrences") {
        let master = calendar.wire_id(event, call.prefer.immutable);
        row["cancelledOccurrences"] = event
            .holes
            .iter()
            .map(|date| format!("OID.{master}.{date}"))
            .collect();
    }
    if asked("exceptionOccurrences") {
        let view = View {
            calendar,
            prefer: &call.prefer,
            owner: true,
        };
        row["exceptionOccurrences"] = event.exceptions.values().map(|e| view.event(e)).collect();
    }
    row
}

/// The complete resource, with extended properties if `$expand` asks for them.
pub(super) fn show(
    call: &Call,
    state: &State,
    caller: &Caller,
    home: &str,
    event: &Event,
) -> Result<Value, ApiError> {
    let calendar = state.calendars.get(home).ok_or_else(ApiError::not_found)?;
    let view = View {
        calendar,
        prefer: &call.prefer,
        owner: calendar.owner == caller.email,
    };
    let mut row = view.event(event);
    let expand = call
        .param("$expand")
        .filter(|e| e.contains("singleValueExtendedProperties"));
    if let Some(expand) = expand {
        let wanted = super::filter::expanded(expand)?;
        let fits = |(id, _): &&(String, String)| wanted.eq_ignore_ascii_case(id);
        let found: Vec<Value> = event
            .extended
            .iter()
            .filter(fits)
            .map(|(id, value)| json!({"id": id, "value": value}))
            .collect();
        if !found.is_empty() {
            row["singleValueExtendedProperties"] = Value::Array(found);
        }
    }
    Ok(row)
}

/// A page of complete rows.
fn answer(
    call: &Call,
    state: &State,
    caller: &Caller,
    home: &str,
    rows: Vec<Event>,
) -> Result<Json<Value>, ApiError> {
    let top = call
        .number("$top")?
        .or(call.prefer.page)
        .unwrap_or(DEFAULT_PAGE);
    if !(1..=MAX_PAGE).contains(&top) {
        return Err(ApiError::new(
            400,
            "ErrorInvalidParameter",
            "The value of $top must be from 1 to 1000.",
        ));
    }
    let top = top.min(call.config.page_cap.unwrap_or(MAX_PAGE));
    let skip = call.number("$skip")?.unwrap_or(0);
    let page: Result<Vec<Value>, ApiError> = rows
        .iter()
        .skip(skip)
        .take(top)
        .map(|e| {
            let row = show(call, state, caller, home, e)?;
            let mut names = call.param("$select").map(str::to_owned);
            if let (Some(names), true) = (&mut names, call.param("$expand").is_some()) {
                names.push_str(",singleValueExtendedProperties");
            }
            Ok(select(row, names.as_deref()))
        })
        .collect();
    let base = call.base();
    let mut body = json!({"@odata.context": format!("{base}/v1.0/$metadata#Collection(event)"), "value": page?});
    if call.param("$count") == Some("true") {
        body["@odata.count"] = json!(rows.len());
    }
    if skip + top < rows.len() {
        body["@odata.nextLink"] = json!(next(call, &base, skip + top));
    }
    Ok(Json(body))
}

/// The same request further on.
pub(in crate::microsoft) fn next(call: &Call, base: &str, skip: usize) -> String {
    let base = call.config.foreign_links.as_deref().unwrap_or(base);
    let kept = call.params.iter().filter(|(name, _)| name != "$skip");
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(kept);
    query.append_pair("$skip", &skip.to_string());
    format!("{base}{}?{}", call.path, query.finish())
}
