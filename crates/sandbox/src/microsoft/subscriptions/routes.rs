//! `/subscriptions`: create, read, renew, delete.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{LONGEST, SHORTEST, Subscription, handshake, shown};
use crate::microsoft::Sim;
use crate::microsoft::call::{Call, Caller, open, parse_time};
use crate::microsoft::errors::ApiError;
use crate::microsoft::scopes;
use crate::microsoft::state::State;

pub(in crate::microsoft) fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route("/subscriptions", routing::get(list).post(create))
        .route(
            "/subscriptions/{id}",
            routing::get(one).patch(renew).delete(delete),
        )
        .route(
            "/subscriptions/{id}/reauthorize",
            routing::post(reauthorize),
        )
}

async fn create(call: Call) -> Result<Response, ApiError> {
    let operation = "POST /subscriptions";
    call.begin("subscriptions.create", operation, &[]);
    let body = call.json(operation, Some("subscription"))?;
    let wanted = {
        let mut state = call.sim.lock();
        let caller = call.mailbox(&state, scopes::READ_CALENDARS)?;
        let wanted = read(&call, &mut state, &caller, &body)?;
        unique(&state, &wanted, call.now())?;
        wanted
    };
    let urls: Vec<String> = std::iter::once(&wanted.url)
        .chain(&wanted.lifecycle_url)
        .cloned()
        .collect();
    handshake::validate(&call.sim, &urls).await?;
    let mut state = call.sim.lock();
    // Somebody else may have been quicker while the handshake went on.
    unique(&state, &wanted, call.now())?;
    let mut answer = shown(&wanted);
    answer["clientState"] = json!(wanted.client_state);
    state.subscriptions.insert(wanted.id.clone(), wanted);
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

async fn list(call: Call) -> Result<Json<Value>, ApiError> {
    call.begin("subscriptions.list", "GET /subscriptions", &[]);
    let state = call.sim.lock();
    let caller = call.anyone(&state)?;
    let now = call.now();
    let own = state
        .subscriptions
        .values()
        .filter(|s| s.email == caller.email && s.client == caller.client && s.expires > now);
    Ok(Json(json!({"value": own.map(shown).collect::<Vec<_>>()})))
}

async fn one(Path(id): Path<String>, call: Call) -> Result<Json<Value>, ApiError> {
    call.begin(
        "subscriptions.get",
        "GET /subscriptions/{subscription-id}",
        &[],
    );
    let mut state = call.sim.lock();
    let subscription = own(&call, &mut state, &id)?;
    Ok(Json(shown(subscription)))
}

async fn renew(Path(id): Path<String>, call: Call) -> Result<Json<Value>, ApiError> {
    let operation = "PATCH /subscriptions/{subscription-id}";
    call.begin("subscriptions.renew", operation, &[]);
    let body = call.json(operation, Some("subscription"))?;
    let keys = body.as_object().into_iter().flatten().map(|(key, _)| key);
    for key in keys.filter(|k| *k != "expirationDateTime" && *k != "notificationUrl") {
        call.violate(operation, format!("{key} cannot be changed."));
    }
    let expires = expiry(&body, call.now())?;
    let mut state = call.sim.lock();
    let subscription = own(&call, &mut state, &id)?;
    subscription.expires = expires;
    subscription.stalled = false;
    Ok(Json(shown(subscription)))
}

async fn reauthorize(Path(id): Path<String>, call: Call) -> Result<StatusCode, ApiError> {
    call.begin(
        "subscriptions.reauthorize",
        "POST /subscriptions/{subscription-id}/reauthorize",
        &[],
    );
    let mut state = call.sim.lock();
    own(&call, &mut state, &id)?.stalled = false;
    Ok(StatusCode::NO_CONTENT)
}

async fn delete(Path(id): Path<String>, call: Call) -> Result<StatusCode, ApiError> {
    call.begin(
        "subscriptions.delete",
        "DELETE /subscriptions/{subscription-id}",
        &[],
    );
    let mut state = call.sim.lock();
    let id = own(&call, &mut state, &id)?.id.clone();
    state.subscriptions.remove(&id);
    Ok(StatusCode::NO_CONTENT)
}

fn own<'a>(call: &Call, state: &'a mut State, id: &str) -> Result<&'a mut Subscription, ApiError> {
    let caller = call.anyone(state)?;
    let now = call.now();
    let found = state.subscriptions.get_mut(id);
    let found =
        found.filter(|s| s.email == caller.email && s.client == caller.client && s.expires > now);
    found.ok_or_else(|| ApiError::new(404, "ResourceNotFound", "The object was not found."))
}

fn read(
    call: &Call,
    state: &mut State,
    caller: &Caller,
    body: &Value,
) -> Result<Subscription, ApiError> {
    let text = |key: &str| {
        body.get(key)
            .and_then(Value::as_str)
            .filter(|t| !t.is_empty())
            .map(str::to_owned)
    };
    let missing = |key: &str| invalid(format!("{key} is missing."));
    let need = |key: &str| text(key).ok_or_else(|| missing(key));
    let changes: BTreeSet<String> = need("changeType")?
        .split(',')
        .map(|c| c.trim().to_owned())
        .collect();
    if changes
        .iter()
        .any(|c| !matches!(c.as_str(), "created" | "updated" | "deleted"))
    {
        return Err(invalid("changeType knows created, updated and deleted."));
    }
    let client_state = text("clientState");
    if client_state
        .as_ref()
        .is_some_and(|s| s.chars().count() > 128)
    {
        return Err(invalid("clientState must be at most 128 characters."));
    }
    let urls = (need("notificationUrl")?, text("lifecycleNotificationUrl"));
    for url in std::iter::once(&urls.0).chain(&urls.1) {
        url::Url::parse(url).map_err(|_| invalid(format!("{url} is not a URL.")))?;
    }
    let expires = expiry(body, call.now())?;
    let resource = need("resource")?;
    let calendar = calendar_of(state, caller, &resource)?;
    Ok(Subscription {
        id: state.uuid(),
        client: caller.client.clone(),
        email: caller.email.clone(),
        calendar,
        resource,
        changes,
        url: urls.0,
        lifecycle_url: urls.1,
        client_state,
        expires,
        immutable: call.prefer.immutable,
        stalled: false,
    })
}

/// `/me/events` or `/me/calendars/{id}/events`, with or without the first slash, the id encoded or not.
fn calendar_of(state: &State, caller: &Caller, resource: &str) -> Result<String, ApiError> {
    let plain = percent_encoding::percent_decode_str(resource).decode_utf8_lossy();
    let path = plain.trim_start_matches('/');
    let id = match path {
        "me/events" | "me/calendar/events" => None,
        other => {
            let id = other
                .strip_prefix("me/calendars/")
                .and_then(|r| r.strip_suffix("/events"));
            Some(id.ok_or_else(|| invalid(format!("Resource '{resource}' is not supported.")))?)
        }
    };
    open(state, caller, id).map(|(id, _)| id)
}

fn unique(state: &State, wanted: &Subscription, now: Timestamp) -> Result<(), ApiError> {
    let same = |s: &&Subscription| {
        s.email == wanted.email
            && s.client == wanted.client
            && s.calendar == wanted.calendar
            && s.changes == wanted.changes
            && s.expires > now
    };
    match state.subscriptions.values().find(same) {
        Some(_) => Err(ApiError::new(
            409,
            "Conflict",
            "A subscription to this resource with these change types exists already.",
        )),
        None => Ok(()),
    }
}

/// As asked, between 45 minutes and 10,080 minutes from now.
fn expiry(body: &Value, now: Timestamp) -> Result<Timestamp, ApiError> {
    let text = body.get("expirationDateTime").and_then(Value::as_str);
    let asked = text
        .and_then(parse_time)
        .ok_or_else(|| invalid("expirationDateTime is missing or not a time."))?;
    if asked <= now {
        return Err(invalid("Subscription expiration must be in the future."));
    }
    if asked.duration_since(now) > LONGEST {
        return Err(invalid(
            "Subscription expiration can only be 10080 minutes in the future.",
        ));
    }
    Ok(asked.max(now.checked_add(SHORTEST).unwrap_or(now)))
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "ExtensionError", message)
}
