//! `calendarView/delta`: rounds over a fixed window, with everything the field has seen (contract §4).

use axum::Json;
use axum::extract::Path;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::microsoft::call::{Call, Caller, open};
use crate::microsoft::config::{Config, Reset};
use crate::microsoft::errors::ApiError;
use crate::microsoft::scopes;
use crate::microsoft::state::calendar::Calendar;
use crate::microsoft::state::event::{Event, Kind};
use crate::microsoft::state::{Round, State};
use crate::microsoft::wire::View;

const DEFAULT_PAGE: usize = 10;
const MAX_PAGE: usize = 1000;
/// With more rounds than this the old ones are forgotten.
const MANY_ROUNDS: usize = 500;
const EXTRA: &[&str] = &["startDateTime", "endDateTime", "$deltatoken", "$skiptoken"];
const REFUSED: &[&str] = &[
    "$select", "$filter", "$orderby", "$expand", "$search", "$top", "$skip", "$count",
];

/// What a delta link remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Token {
    of: String,
    from: Timestamp,
    to: Timestamp,
    seq: u64,
    generation: u64,
    prefer: String,
    issued: i64,
}

/// A row and the item it belongs to.
type Row = (String, Value);

pub(super) async fn of_default(call: Call) -> Result<Json<Value>, ApiError> {
    delta(&call, None, "GET /me/calendarView/delta")
}

pub(super) async fn of_calendar(
    Path(id): Path<String>,
    call: Call,
) -> Result<Json<Value>, ApiError> {
    delta(
        &call,
        Some(&id),
        "GET /me/calendars/{calendar-id}/calendarView/delta",
    )
}

fn delta(call: &Call, id: Option<&str>, operation: &str) -> Result<Json<Value>, ApiError> {
    call.begin("delta", operation, EXTRA);
    if let Some(name) = REFUSED.iter().find(|name| call.param(name).is_some()) {
        call.violate(operation, format!("{name} does not go with delta."));
        let message = format!(
            "The following parameters are not supported with change tracking over the 'CalendarView' resource: '{name}'."
        );
        return Err(ApiError::new(400, "ErrorInvalidUrlQuery", message));
    }
    let mut state = call.sim.lock();
    let caller = call.mailbox(&state, scopes::READ_CALENDARS)?;
    let (calendar, _) = open(&state, &caller, id)?;
    if let Some(token) = call.param("$skiptoken") {
        return page(call, &state, &caller, token, operation);
    }
    let token = match call.param("$deltatoken") {
        Some(text) => resume(call, &state, &calendar, text, operation)?,
        None => begin(call, &state, &calendar)?,
    };
    call.sim.desk.count(if token.seq == 0 {
        "delta.full"
    } else {
        "delta.changes"
    });
    let round = round(call, &mut state, &caller, &calendar, token)?;
    if state.rounds.len() > MANY_ROUNDS {
        let hour_ago = |r: &Round| call.now().duration_since(r.issued).as_secs() < 3600;
        state.rounds.retain(|_, round| hour_ago(round));
    }
    let name = state.random_id(32);
    state.rounds.insert(name.clone(), round);
    page(call, &state, &caller, &format!("{name}.0"), operation)
}

fn begin(call: &Call, state: &State, calendar: &str) -> Result<Token, ApiError> {
    let (from, to) = call.window()?;
    Ok(Token {
        of: calendar.to_owned(),
        from,
        to,
        seq: 0,
        generation: state.calendars.get(calendar).map_or(0, |c| c.generation),
        prefer: call.prefer.bound(),
        issued: 0,
    })
}

/// The token of a delta link, if it is still good.
fn resume(
    call: &Call,
    state: &State,
    calendar: &str,
    text: &str,
    operation: &str,
) -> Result<Token, ApiError> {
    if call.param("startDateTime").is_some() || call.param("endDateTime").is_some() {
        call.violate(operation, "A window was sent along with a delta token.");
    }
    let token = URL_SAFE_NO_PAD.decode(text).ok();
    let token: Option<Token> = token.and_then(|t| serde_json::from_slice(&t).ok());
    let window = token.as_ref().map(|t| (t.from, t.to));
    let generation = state.calendars.get(calendar).map(|c| c.generation);
    let ttl = call.config.delta_ttl_s.unwrap_or(i64::MAX);
    let age = |t: &Token| call.now().as_second() - t.issued;
    let alive =
        token.filter(|t| t.of == calendar && Some(t.generation) == generation && age(t) < ttl);
    let Some(token) = alive else {
        call.sim.desk.count("delta.reset");
        return Err(reset(call, window));
    };
    if token.prefer != call.prefer.bound() {
        call.violate(
            operation,
            "The Prefer header is not the one of the first request.",
        );
    }
    Ok(token)
}

/// `Location` begins the same window anew, when the token still tells which one that was.
fn reset(call: &Call, window: Option<(Timestamp, Timestamp)>) -> ApiError {
    match call.config.reset {
        Reset::Gone => {
            let query = window.map(|(from, to)| format!("startDateTime={from}&endDateTime={to}"));
            let query = query.unwrap_or_else(|| "$deltatoken=".to_owned());
            let location = format!("{}{}?{query}", call.base(), call.path);
            ApiError::new(410, "resyncRequired", "Resync is required.").at(location)
        }
        Reset::NotFound => ApiError::new(
            400,
            "syncStateNotFound",
            "The sync state generation is not found; a full sync is required.",
        ),
        Reset::Invalid => ApiError::new(400, "syncStateInvalid", "The sync state is not valid."),
    }
}

/// Freezes the rows of a round; changes made meanwhile belong to the next one.
fn round(
    call: &Call,
    state: &mut State,
    caller: &Caller,
    id: &str,
    token: Token,
) -> Result<Round, ApiError> {
    let calendar = state.calendars.get(id).ok_or_else(ApiError::not_found)?;
    let view = View {
        calendar,
        prefer: &call.prefer,
        owner: calendar.owner == caller.email,
    };
    let mut rows = rows(&view, calendar, &token);
    let next = Token {
        seq: state.seq(),
        issued: call.now().as_second(),
        ..token
    };
    odd(state, &call.config, &mut rows);
    let wanted = call.prefer.page.unwrap_or(DEFAULT_PAGE).min(MAX_PAGE);
    let limit = wanted.min(call.config.page_cap.unwrap_or(MAX_PAGE)).max(1);
    let pages = pages(rows, limit, &call.config);
    Ok(Round {
        pages,
        delta: URL_SAFE_NO_PAD.encode(serde_json::to_vec(&next).unwrap_or_default()),
        prefer: call.prefer.bound(),
        issued: call.now(),
        owner: caller.email.clone(),
    })
}

fn rows(view: &View, calendar: &Calendar, token: &Token) -> Vec<Row> {
    let window = (token.from, token.to);
    let first = token.seq == 0;
    let mut rows: Vec<Row> = Vec::new();
    let removed = |id: String| json!({"id": id, "@removed": {"reason": "deleted"}});
    let id = |key: &str, date| calendar.id_of(key, date, view.prefer.immutable);
    for event in calendar.events.values().filter(|e| e.seq > token.seq) {
        let key = event.key.clone();
        let instances = event.instances(window);
        if !first {
            let former = event.former.iter();
            rows.extend(former.map(|date| (key.clone(), removed(id(&key, Some(*date))))));
        }
        if instances.is_empty() {
            // Outside of the window: reported as removed, whether it ever was inside or not.
            if !first {
                rows.push((key.clone(), removed(id(&key, None))));
            }
            continue;
        }
        if event.kind == Kind::Master {
            rows.push((key.clone(), view.event(event)));
        }
        rows.extend(instances.iter().map(|i| (key.clone(), row(view, i))));
    }
    if !first {
        let gone = calendar.gone.iter().filter(|(_, seq)| **seq > token.seq);
        rows.extend(gone.map(|(key, _)| (key.clone(), removed(id(key, None)))));
    }
    rows
}

fn row(view: &View, event: &Event) -> Value {
    if event.kind == Kind::Occurrence {
        view.sparse(event)
    } else {
        view.event(event)
    }
}

/// Shuffles, and puts untrue copies in front of true rows.
fn odd(state: &mut State, config: &Config, rows: &mut Vec<Row>) {
    if config.delta.shuffle {
        for n in (1..rows.len()).rev() {
            rows.swap(n, state.rng.random_range(0..=n));
        }
    }
    if !config.delta.duplicates {
        return;
    }
    let mut n = 0;
    while n < rows.len() {
        if state.rng.random_bool(0.5) {
            let (key, row) = rows[n].clone();
            let old = stale(&row, state.rng.random_range(0..3_u8));
            rows.insert(state.rng.random_range(0..=n), (key, old));
            n += 1;
        }
        n += 1;
    }
}

/// An earlier state of a row: another subject, a removal, or the same.
fn stale(row: &Value, which: u8) -> Value {
    let mut old = row.clone();
    match which {
        0 if row.get("subject").is_some() => {
            old["subject"] = json!("(an earlier subject)");
            old["@odata.etag"] = json!("W/\"DwAAABYAAAAAAAAAAAA=\"");
            old
        }
        1 if row["type"] == "singleInstance" => {
            json!({"id": row["id"], "@removed": {"reason": "deleted"}})
        }
        _ => old,
    }
}

/// A page ends after `limit` rows, but not within a series unless that is asked for.
fn pages(rows: Vec<Row>, limit: usize, config: &Config) -> Vec<Vec<Value>> {
    let mut pages: Vec<Vec<Value>> = vec![Vec::new()];
    let mut last = String::new();
    let together = !config.delta.split_series;
    for (key, row) in rows {
        let page = pages.last_mut();
        let full = page.as_ref().is_some_and(|p| p.len() >= limit);
        if full && !(together && key == last) {
            pages.push(vec![row]);
        } else if let Some(page) = page {
            page.push(row);
        }
        last = key;
    }
    if !config.delta.empty_pages {
        return pages;
    }
    pages
        .into_iter()
        .flat_map(|page| [Vec::new(), page])
        .collect()
}

fn page(
    call: &Call,
    state: &State,
    caller: &Caller,
    token: &str,
    operation: &str,
) -> Result<Json<Value>, ApiError> {
    let (name, number) = token.rsplit_once('.').unwrap_or((token, ""));
    let ttl = call.config.page_ttl_s.unwrap_or(i64::MAX);
    let alive =
        |r: &&Round| r.owner == caller.email && call.now().duration_since(r.issued).as_secs() < ttl;
    let round = state.rounds.get(name).filter(alive);
    let number: Option<usize> = number.parse().ok();
    let Some((round, number)) = round.zip(number).filter(|(r, n)| *n < r.pages.len()) else {
        return Err(reset(call, None));
    };
    if round.prefer != call.prefer.bound() {
        call.violate(
            operation,
            "The Prefer header is not the one of the first page.",
        );
    }
    let base = call.base();
    let at = |base: &str, query: String| format!("{base}{}?{query}", call.path);
    let mut answer = json!({"@odata.context": format!("{base}/v1.0/$metadata#Collection(event)"), "value": round.pages[number]});
    if number + 1 < round.pages.len() {
        let base = call.config.foreign_links.clone().unwrap_or(base);
        answer["@odata.nextLink"] = json!(at(&base, format!("$skiptoken={name}.{}", number + 1)));
    } else {
        answer["@odata.deltaLink"] = json!(at(&base, format!("$deltatoken={}", round.delta)));
    }
    Ok(Json(answer))
}
