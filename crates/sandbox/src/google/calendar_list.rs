//! `GET /users/me/calendarList`, full and incremental (contract §3), and `GET /calendars/{id}`.

use std::sync::Arc;

use axum::extract::Path;
use axum::{Json, Router, routing};
use serde_json::{Value, json};

use super::Sim;
use super::call::{Call, open};
use super::cursor::{PageToken, SyncToken, bind, seal, unseal};
use super::errors::ApiError;
use super::scopes;
use super::state::{Entry, Role, State};
use super::wire::{conferences, list_entry};

const DEFAULT_PAGE: usize = 100;
const MAX_PAGE: usize = 250;
/// Parameters that may change from page to page or from sync to sync.
const FREE: &[&str] = &[
    "pageToken",
    "syncToken",
    "maxResults",
    "alt",
    "fields",
    "key",
    "prettyPrint",
    "quotaUser",
];

pub(super) fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route("/users/me/calendarList", routing::get(list))
        .route("/users/me/calendarList/{calendar}", routing::get(one))
        .route("/calendars/{calendar}", routing::get(resource))
}

async fn list(call: Call) -> Result<Json<Value>, ApiError> {
    call.begin("calendarList.list", "GET /users/me/calendarList");
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, scopes::LIST_CALENDARS)?;
    let key = format!("list:{}", caller.email);
    let since = since(&call, &state, &key)?;
    let page = page(&call, &state, &key)?;
    let hidden = since.is_some() || call.flag("showHidden")?.unwrap_or(false);
    let deleted = since.is_some() || call.flag("showDeleted")?.unwrap_or(false);
    let least = call.param("minAccessRole").map(role).transpose()?;
    let wanted = |e: &Entry| {
        let fits = least.is_none_or(|least| e.role >= least);
        (hidden || !e.hidden) && (deleted || !e.deleted) && fits
    };
    let from = page.last.max(since.unwrap_or(0));
    let entries = &state
        .people
        .get(&caller.email)
        .ok_or_else(ApiError::unauthorized)?
        .list;
    let mut rows: Vec<(&String, &Entry)> = entries.iter().collect();
    rows.retain(|(_, e)| e.seq > from && e.seq <= page.upper && wanted(e));
    rows.sort_by_key(|(_, e)| e.seq);
    let limit = call
        .number("maxResults")?
        .unwrap_or(DEFAULT_PAGE)
        .clamp(1, MAX_PAGE);
    let limit = limit.min(call.sim.config().page_cap.unwrap_or(MAX_PAGE));
    let more = rows.len() > limit;
    rows.truncate(limit);
    let meet = call.sim.config().meet;
    let line =
        |(id, e): &(&String, &Entry)| state.calendars.get(*id).map(|c| list_entry(c, e, meet));
    let items: Vec<Value> = rows.iter().filter_map(line).collect();
    let etag = format!("\"p{}\"", page.upper);
    let mut answer = json!({"kind": "calendar#calendarList", "etag": etag, "items": items});
    if more {
        let last = rows.last().map_or(from, |(_, e)| e.seq);
        let next = PageToken {
            last,
            page: page.page + 1,
            ..page
        };
        answer["nextPageToken"] = json!(seal(&next));
    } else {
        answer["nextSyncToken"] = json!(seal(&SyncToken {
            of: key,
            seq: page.upper,
            generation: state.list_generation,
            params: String::new(),
            window: (None, None),
            issued: call.sim.desk.clock().now().as_second(),
        }));
    }
    Ok(Json(answer))
}

async fn one(Path(id): Path<String>, call: Call) -> Result<Json<Value>, ApiError> {
    call.begin(
        "calendarList.get",
        "GET /users/me/calendarList/{calendarId}",
    );
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, scopes::LIST_CALENDARS)?;
    let (id, _) = open(&state, &caller, &id)?;
    let entry = state
        .people
        .get(&caller.email)
        .and_then(|p| p.list.get(&id));
    match (state.calendars.get(&id), entry) {
        (Some(calendar), Some(entry)) => {
            Ok(Json(list_entry(calendar, entry, call.sim.config().meet)))
        }
        _ => Err(ApiError::not_found()),
    }
}

async fn resource(Path(id): Path<String>, call: Call) -> Result<Json<Value>, ApiError> {
    call.begin("calendars.get", "GET /calendars/{calendarId}");
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, scopes::LIST_CALENDARS)?;
    let (id, _) = open(&state, &caller, &id)?;
    let calendar = state.calendars.get(&id).ok_or_else(ApiError::not_found)?;
    Ok(Json(
        json!({"kind": "calendar#calendar", "etag": "\"c\"", "id": id, "summary": calendar.summary,
        "timeZone": calendar.time_zone, "dataOwner": calendar.owner,
        "conferenceProperties": conferences(call.sim.config().meet)}),
    ))
}

/// Position of a sync token, with the rules that come with it.
fn since(call: &Call, state: &State, key: &str) -> Result<Option<u64>, ApiError> {
    let Some(text) = call.param("syncToken") else {
        return Ok(None);
    };
    for name in ["minAccessRole", "showOwnOrganizationOnly"] {
        if call.param(name).is_some() {
            let message = format!("{name} cannot be combined with syncToken.");
            return Err(ApiError::parameter(name, &message));
        }
    }
    for name in ["showHidden", "showDeleted"] {
        if call.flag(name)? == Some(false) {
            let message = format!("{name} must not be false with syncToken.");
            return Err(ApiError::parameter(name, &message));
        }
    }
    let token: Option<SyncToken> = unseal(text);
    let alive = token.filter(|t| t.of == key && t.generation == state.list_generation);
    alive
        .map(|t| Some(t.seq))
        .ok_or_else(ApiError::full_sync_required)
}

fn page(call: &Call, state: &State, key: &str) -> Result<PageToken, ApiError> {
    let params = bind(&call.params, FREE);
    let Some(text) = call.param("pageToken") else {
        return Ok(PageToken {
            of: key.to_owned(),
            params,
            upper: state.seq(),
            last: 0,
            page: 0,
        });
    };
    let token: Option<PageToken> = unseal(text);
    token
        .filter(|t| t.of == key && t.params == params)
        .ok_or_else(|| ApiError::parameter("pageToken", "Invalid page token value."))
}

fn role(name: &str) -> Result<Role, ApiError> {
    match name {
        "freeBusyReader" => Ok(Role::FreeBusyReader),
        "reader" => Ok(Role::Reader),
        "writer" => Ok(Role::Writer),
        "owner" => Ok(Role::Owner),
        _ => Err(ApiError::parameter("minAccessRole", "Invalid value.")),
    }
}
