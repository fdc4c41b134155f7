//! Push channels: watch, stop, and notifications queued for delivery (contract §9).

use std::sync::Arc;

use axum::extract::{Path, State as AxumState};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use super::Sim;
use super::call::{Call, open};
use super::errors::ApiError;
use super::scopes;
use super::state::State;

/// Default and longest life of a channel.
const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A live subscription.
#[derive(Debug, Clone)]
pub(super) struct Channel {
    pub id: String,
    pub resource_id: String,
    pub email: String,
    pub calendar: String,
    pub address: String,
    pub token: Option<String>,
    pub expires: Timestamp,
    pub messages: u64,
}

/// A notification as it would be sent: a POST with these headers and an empty body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Where to.
    pub address: String,
    /// `X-Goog-…` headers in order.
    pub headers: Vec<(String, String)>,
}

pub(super) fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route("/calendars/{calendar}/events/watch", routing::post(watch))
        .route("/channels/stop", routing::post(stop))
}

/// `GET /_sandbox/deliveries`: takes all queued notifications.
pub(super) async fn take(AxumState(sim): AxumState<Arc<Sim>>) -> Json<Vec<Delivery>> {
    Json(std::mem::take(&mut sim.lock().deliveries))
}

impl State {
    /// Queues one notification for every live channel on the calendar.
    pub fn notify(&mut self, calendar: &str, now: Timestamp) {
        for channel in self.channels.values_mut() {
            if channel.calendar == calendar && channel.expires > now {
                channel.messages += 1;
                self.deliveries.push(delivery(channel, "exists"));
            }
        }
    }
}

async fn watch(Path(calendar): Path<String>, call: Call) -> Result<Json<Value>, ApiError> {
    let operation = "POST /calendars/{calendarId}/events/watch";
    call.begin("channels.watch", operation);
    let body = call.json(operation, "Channel")?;
    let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
    let now = call.sim.desk.clock().now();
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, scopes::READ_EVENTS)?;
    let (calendar, _) = open(&state, &caller, &calendar)?;
    if !state.calendars.get(&calendar).is_some_and(|c| c.watchable) {
        let reason = "pushNotSupportedForRequestedResource";
        let message = "Push notifications are not supported by this resource.";
        return Err(ApiError::new(400, "calendar", reason, message));
    }
    let id = text("id").filter(|id| !id.is_empty() && id.len() <= 64);
    let id = id.ok_or_else(|| ApiError::invalid("Channel id must be 1 to 64 characters."))?;
    let address = text("address").ok_or_else(|| ApiError::invalid("Missing address."))?;
    if text("token").is_some_and(|t| t.len() > 256) {
        return Err(ApiError::invalid(
            "Channel token must be at most 256 characters.",
        ));
    }
    if state.channels.contains_key(&id) {
        let message = format!("Channel id {id} not unique");
        return Err(ApiError::new(400, "global", "channelIdNotUnique", &message));
    }
    let mut channel = Channel {
        resource_id: format!("res{}", state.random_id(24)),
        expires: expiry(text("expiration"), now),
        token: text("token"),
        email: caller.email,
        messages: 1,
        calendar,
        address,
        id,
    };
    state.deliveries.push(delivery(&channel, "sync"));
    channel.messages = 1;
    let answer = json!({"kind": "api#channel", "id": channel.id, "resourceId": channel.resource_id,
        "resourceUri": resource_uri(&channel), "token": channel.token,
        "expiration": channel.expires.as_millisecond().to_string()});
    state.channels.insert(channel.id.clone(), channel);
    Ok(Json(answer))
}

async fn stop(call: Call) -> Result<Response, ApiError> {
    let operation = "POST /channels/stop";
    call.begin("channels.stop", operation);
    let body = call.json(operation, "Channel")?;
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, scopes::READ_EVENTS)?;
    let ours = |c: &&Channel| c.resource_id == text("resourceId") && c.email == caller.email;
    if state.channels.get(text("id")).filter(ours).is_none() {
        return Err(ApiError::not_found());
    }
    state.channels.remove(text("id"));
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// As asked, but at most seven days.
fn expiry(asked: Option<String>, now: Timestamp) -> Timestamp {
    let latest = now.checked_add(LIFE).unwrap_or(now);
    let asked = asked.and_then(|ms| ms.parse().ok());
    let asked = asked.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    asked.unwrap_or(latest).min(latest)
}

fn resource_uri(channel: &Channel) -> String {
    format!(
        "https://www.googleapis.com/calendar/v3/calendars/{}/events?alt=json",
        channel.calendar
    )
}

fn delivery(channel: &Channel, state: &str) -> Delivery {
    let expires = channel
        .expires
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    let mut headers = vec![
        ("X-Goog-Channel-ID", channel.id.clone()),
        ("X-Goog-Message-Number", channel.messages.to_string()),
        ("X-Goog-Resource-ID", channel.resource_id.clone()),
        ("X-Goog-Resource-State", state.to_owned()),
        ("X-Goog-Resource-URI", resource_uri(channel)),
        ("X-Goog-Channel-Expiration", expires),
    ];
    if let Some(token) = &channel.token {
        headers.push(("X-Goog-Channel-Token", token.clone()));
    }
    let headers = headers
        .into_iter()
        .map(|(n, v)| (n.to_owned(), v))
        .collect();
    Delivery {
        address: channel.address.clone(),
        headers,
    }
}
