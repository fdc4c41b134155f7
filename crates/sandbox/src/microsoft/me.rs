//! Who somebody is, their settings, and their calendars (contract §2, §3).

use std::sync::Arc;

use axum::extract::Path;
use axum::{Json, Router, routing};
use serde_json::{Value, json};

use super::Sim;
use super::call::{Call, Caller, open, person};
use super::errors::ApiError;
use super::events::next;
use super::scopes;
use super::state::State;
use super::wire::{self, select};

const DEFAULT_PAGE: usize = 10;
const MAX_PAGE: usize = 1000;

pub(super) fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route("/me", routing::get(me))
        .route("/me/mailboxSettings", routing::get(settings))
        .route("/me/calendars", routing::get(calendars))
        .route("/me/calendar", routing::get(default))
        .route("/me/calendars/{calendar}", routing::get(one))
}

async fn me(call: Call) -> Result<Json<Value>, ApiError> {
    call.begin("me", "GET /me", &[]);
    let state = call.sim.lock();
    let caller = call.caller(&state, scopes::PROFILE)?;
    let person = person(&state, &caller)?;
    let row = json!({"@odata.context": format!("{}/v1.0/$metadata#users/$entity", call.base()), "id": person.id,
        "displayName": person.name, "mail": person.mail, "userPrincipalName": person.email, "givenName": null,
        "surname": null, "jobTitle": null, "officeLocation": null, "preferredLanguage": null, "businessPhones": [],
        "mobilePhone": null});
    Ok(Json(select(row, call.param("$select"))))
}

/// `GET /oidc/userinfo`.
pub(super) async fn userinfo(call: Call) -> Result<Json<Value>, ApiError> {
    call.sim.desk.count("userinfo");
    let state = call.sim.lock();
    let caller = call.caller(&state, &["openid"])?;
    let person = person(&state, &caller)?;
    let mut answer = json!({"sub": format!("sub-{}", person.id), "name": person.name, "picture": format!("{}/v1.0/me/photo/$value", call.base())});
    if scopes::allow(&caller.scopes, &["email"]) {
        answer["email"] = json!(person.mail);
    }
    Ok(Json(answer))
}

async fn settings(call: Call) -> Result<Json<Value>, ApiError> {
    call.begin("mailboxSettings", "GET /me/mailboxSettings", &["$select"]);
    let state = call.sim.lock();
    let caller = call.mailbox(&state, scopes::MAILBOX)?;
    let row = wire::settings(person(&state, &caller)?);
    Ok(Json(select(row, call.param("$select"))))
}

async fn calendars(call: Call) -> Result<Json<Value>, ApiError> {
    call.begin("calendars.list", "GET /me/calendars", &[]);
    let state = call.sim.lock();
    let caller = call.mailbox(&state, scopes::READ_CALENDARS)?;
    let list = &person(&state, &caller)?.list;
    let ids = list.iter().map(|entry| entry.calendar.as_str());
    let visible: Vec<&str> = ids
        .filter(|id| open(&state, &caller, Some(id)).is_ok())
        .collect();
    let top = call
        .number("$top")?
        .or(call.prefer.page)
        .unwrap_or(DEFAULT_PAGE)
        .clamp(1, MAX_PAGE);
    let top = top.min(call.config.page_cap.unwrap_or(MAX_PAGE));
    let skip = call.number("$skip")?.unwrap_or(0);
    let line = |id: &&str| line(&state, &caller, id).map(|row| select(row, call.param("$select")));
    let rows: Result<Vec<Value>, ApiError> =
        visible.iter().skip(skip).take(top).map(line).collect();
    let base = call.base();
    let mut body =
        json!({"@odata.context": format!("{base}/v1.0/$metadata#me/calendars"), "value": rows?});
    if skip + top < visible.len() {
        body["@odata.nextLink"] = json!(next(&call, &base, skip + top));
    }
    Ok(Json(body))
}

async fn one(Path(id): Path<String>, call: Call) -> Result<Json<Value>, ApiError> {
    call.begin("calendars.get", "GET /me/calendars/{calendar-id}", &[]);
    resource(&call, Some(&id))
}

async fn default(call: Call) -> Result<Json<Value>, ApiError> {
    call.begin("calendars.get", "GET /me/calendar", &["$select"]);
    resource(&call, None)
}

fn resource(call: &Call, id: Option<&str>) -> Result<Json<Value>, ApiError> {
    let state = call.sim.lock();
    let caller = call.mailbox(&state, scopes::READ_CALENDARS)?;
    let (id, _) = open(&state, &caller, id)?;
    Ok(Json(select(
        line(&state, &caller, &id)?,
        call.param("$select"),
    )))
}

fn line(state: &State, caller: &Caller, id: &str) -> Result<Value, ApiError> {
    let person = person(state, caller)?;
    let entry = person.list.iter().find(|e| e.calendar == id);
    let found = entry.zip(state.calendars.get(id));
    let (entry, calendar) = found.ok_or_else(ApiError::not_found)?;
    Ok(wire::calendar(
        calendar,
        entry,
        person,
        state.people.get(&calendar.owner),
    ))
}
