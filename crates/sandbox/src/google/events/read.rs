//! Reading one event, and the instances of a series.

use axum::Json;
use axum::extract::Path;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::conference;
use crate::google::call::{Call, open};
use crate::google::cursor::{PageToken, bind, seal, unseal};
use crate::google::errors::ApiError;
use crate::google::scopes;
use crate::google::state::moment::Moment;
use crate::google::wire::View;

/// How far instances of endless series are listed without `timeMax`.
const OPEN_END: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);

/// `GET /calendars/{id}/events/{event}`; a deleted event is a `cancelled` row.
pub(super) async fn one(
    Path((id, event)): Path<(String, String)>,
    call: Call,
) -> Result<Json<Value>, ApiError> {
    call.begin("events.get", "GET /calendars/{calendarId}/events/{eventId}");
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, scopes::READ_EVENTS)?;
    let (id, role) = open(&state, &caller, &id)?;
    conference::settle(&mut state, &id, &event, call.sim.desk.clock().now());
    let calendar = state.calendars.get(&id).ok_or_else(ApiError::not_found)?;
    let event = calendar.find(&event).ok_or_else(ApiError::not_found)?;
    let view = View {
        calendar,
        role,
        max_attendees: call.number("maxAttendees")?,
    };
    Ok(Json(view.event(&event)))
}

/// `GET /calendars/{id}/events/{event}/instances`.
pub(super) async fn instances(
    Path((id, event)): Path<(String, String)>,
    call: Call,
) -> Result<Json<Value>, ApiError> {
    call.begin(
        "events.instances",
        "GET /calendars/{calendarId}/events/{eventId}/instances",
    );
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, scopes::READ_EVENTS)?;
    let (id, role) = open(&state, &caller, &id)?;
    let calendar = state.calendars.get(&id).ok_or_else(ApiError::not_found)?;
    let master = calendar
        .events
        .get(&event)
        .ok_or_else(ApiError::not_found)?;
    if !master.is_master() {
        return Err(ApiError::invalid("The event is not a recurring event."));
    }
    let now = call.sim.desk.clock().now();
    let (from, to) = (call.time("timeMin")?, call.time("timeMax")?);
    let open_end = now.checked_add(OPEN_END).unwrap_or(Timestamp::MAX);
    let zone = calendar.zone();
    let mut all = calendar.instances(master, to.unwrap_or(open_end));
    let deleted = call.flag("showDeleted")?.unwrap_or(false);
    all.retain(|e| (deleted || !e.is_cancelled()) && e.touches(from, to, &zone));
    if let Some(original) = call.param("originalStart") {
        let wanted = original_stamp(original);
        all.retain(|e| e.series.as_ref().map(|s| s.original.stamp()) == wanted);
    }
    let limit = call.number("maxResults")?.unwrap_or(250).clamp(1, 2500);
    let params = bind(&call.params, &["pageToken", "maxResults"]);
    let token: Option<PageToken> = call.param("pageToken").and_then(unseal);
    let offset = token.filter(|t| t.params == params).map_or(0, |t| t.last);
    let offset = usize::try_from(offset).unwrap_or(0);
    let view = View {
        calendar,
        role,
        max_attendees: call.number("maxAttendees")?,
    };
    let items: Vec<Value> = all
        .iter()
        .skip(offset)
        .take(limit)
        .map(|e| view.event(e))
        .collect();
    let last = offset + items.len();
    let mut answer = json!({"kind": "calendar#events", "summary": calendar.summary,
        "timeZone": calendar.time_zone, "accessRole": role.as_str(), "items": items});
    if last < all.len() {
        answer["nextPageToken"] = json!(seal(&PageToken {
            of: id,
            params,
            upper: 0,
            last: u64::try_from(last).unwrap_or(u64::MAX),
            page: 0,
        }));
    }
    Ok(Json(answer))
}

/// `originalStart` is a time with offset or a date.
fn original_stamp(text: &str) -> Option<String> {
    let key = if text.len() == 10 { "date" } else { "dateTime" };
    Moment::parse(&json!({ key: text }), "UTC")
        .ok()
        .map(|m| m.stamp())
}
