//! `POST /freeBusy` (contract §8).

use std::sync::Arc;

use axum::{Json, Router, routing};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Sim;
use super::call::{Call, Caller};
use super::errors::ApiError;
use super::scopes;
use super::state::State;

const MAX_CALENDARS: usize = 50;
/// Longest range that is answered, in hours: about two months.
const MAX_HOURS: i64 = 62 * 24;

pub(super) fn routes() -> Router<Arc<Sim>> {
    Router::new().route("/freeBusy", routing::post(query))
}

async fn query(call: Call) -> Result<Json<Value>, ApiError> {
    let operation = "POST /freeBusy";
    call.begin("freeBusy.query", operation);
    let body = call.json(operation, "FreeBusyRequest")?;
    let time = |key: &str| {
        let text = body.get(key).and_then(Value::as_str);
        let parsed = text.and_then(|t| t.parse::<Timestamp>().ok());
        parsed.ok_or_else(|| ApiError::invalid(&format!("{key} must be an RFC 3339 time.")))
    };
    let (from, to) = (time("timeMin")?, time("timeMax")?);
    if to <= from {
        let message = "The specified time range is empty.";
        return Err(ApiError::new(400, "global", "timeRangeEmpty", message));
    }
    if to.duration_since(from).as_hours() > MAX_HOURS {
        let message = "The requested time range is too long.";
        return Err(ApiError::new(400, "calendar", "timeRangeTooLong", message));
    }
    let items = body.get("items").and_then(Value::as_array);
    let ids = items.into_iter().flatten();
    let ids: Vec<&str> = ids.filter_map(|i| i.get("id")?.as_str()).collect();
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, scopes::QUERY_FREE_BUSY)?;
    let max = body.get("calendarExpansionMax").and_then(Value::as_u64);
    let max = max.map_or(MAX_CALENDARS, |m| {
        usize::try_from(m).unwrap_or(MAX_CALENDARS)
    });
    let mut calendars = Map::new();
    for (index, id) in ids.iter().enumerate() {
        let answer = if index >= max.min(MAX_CALENDARS) {
            failed("tooManyCalendarsRequested")
        } else {
            busy(&state, &caller, id, (from, to))
        };
        calendars.insert((*id).to_owned(), answer);
    }
    Ok(Json(
        json!({"kind": "calendar#freeBusy", "timeMin": from, "timeMax": to, "calendars": calendars}),
    ))
}

fn busy(state: &State, caller: &Caller, id: &str, (from, to): (Timestamp, Timestamp)) -> Value {
    let opened = state.open(&caller.email, id);
    let Some(calendar) = opened.and_then(|(id, _)| state.calendars.get(&id)) else {
        return failed("notFound");
    };
    let zone = calendar.zone();
    let mut blocks: Vec<(Timestamp, Timestamp)> = Vec::new();
    for event in calendar.occurrences(from, to) {
        if !event.is_busy(&calendar.owner) {
            continue;
        }
        let start = event.start.instant(&zone).max(from);
        let end = event.end.instant(&zone).min(to);
        match blocks.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => blocks.push((start, end)),
        }
    }
    let blocks: Vec<Value> = blocks
        .iter()
        .map(|(s, e)| json!({"start": s, "end": e}))
        .collect();
    json!({ "busy": blocks })
}

fn failed(reason: &str) -> Value {
    json!({"errors": [{"domain": "global", "reason": reason}], "busy": []})
}
