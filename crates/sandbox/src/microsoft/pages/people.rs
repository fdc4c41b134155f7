//! The list of people, one person's coming weeks, and what their forms do.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Form, Path, Query, State as AxumState};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;
use jiff::civil::DateTime;
use jiff::{Timestamp, ToSpan};
use serde_json::json;

use super::rows::{add_form, days, encode};
use crate::microsoft::Sim;
use crate::microsoft::oracle::{edit, find, put_body, shift};
use crate::microsoft::state::calendar::parse_id;
use crate::microsoft::state::{State, zones};
use crate::shell::{escape, shell};

type Fields = HashMap<String, String>;

pub(super) async fn index(AxumState(sim): AxumState<Arc<Sim>>) -> Html<String> {
    let state = sim.lock();
    let mut people = String::new();
    for person in state.people.values() {
        let names = person
            .list
            .iter()
            .filter_map(|e| Some(escape(&state.calendars.get(&e.calendar)?.name)));
        people.push_str(&format!(
            "<li><a href=\"/people/{}\"><b>{}</b></a> <span class=soft>{}</span><br><small>{}</small></li>",
            encode(&person.email),
            escape(&person.name),
            escape(&person.email),
            names.collect::<Vec<_>>().join(" · "),
        ));
    }
    let body = format!(
        "<main><p class=tag>Sandbox</p><h1>A pretend Microsoft 365</h1>\
         <p>Open a person, change something, and watch the connected calendar follow.</p>\
         <ul class=list>{people}</ul></main>"
    );
    Html(shell("Sandbox people", &body))
}

pub(super) async fn week(
    AxumState(sim): AxumState<Arc<Sim>>,
    Path(email): Path<String>,
    Query(query): Query<Fields>,
) -> Response {
    let state = sim.lock();
    let Some(person) = state.people.get(&email) else {
        let body =
            "<main><h1>Nobody here by that address</h1><p><a href=\"/\">All people</a></p></main>";
        return (StatusCode::NOT_FOUND, Html(shell("Not found", body))).into_response();
    };
    let now = sim.desk.clock().now();
    let note = query.get("note").map_or(String::new(), |note| {
        format!("<p class=note role=status>{}</p>", escape(note))
    });
    let body = format!(
        "<main><p class=tag><a href=\"/\">Sandbox</a></p><h1>{}</h1>{note}{}{}</main>",
        escape(&person.name),
        add_form(&state, person, now),
        days(&state, person, now),
    );
    Html(shell(&person.name, &body)).into_response()
}

pub(super) async fn add(
    AxumState(sim): AxumState<Arc<Sim>>,
    Path(email): Path<String>,
    Form(fields): Form<Fields>,
) -> Redirect {
    let now = sim.desk.clock().now();
    let done = added(&mut sim.lock(), &email, &fields, now);
    let note = done.map_or_else(
        |why| format!("Nothing was added. {why}"),
        |()| "Added.".to_owned(),
    );
    back(&email, &note)
}

pub(super) async fn change(
    AxumState(sim): AxumState<Arc<Sim>>,
    Path(email): Path<String>,
    Form(fields): Form<Fields>,
) -> Redirect {
    let now = sim.desk.clock().now();
    let done = changed(&mut sim.lock(), &email, &fields, now);
    let note = done.map_or_else(|why| format!("Nothing was changed. {why}"), str::to_owned);
    back(&email, &note)
}

fn added(state: &mut State, email: &str, fields: &Fields, now: Timestamp) -> Result<(), String> {
    let get = |name: &str| fields.get(name).map_or("", |v| v.trim());
    let calendar = writable(state, email, get("calendar"))?;
    let start: DateTime = get("start")
        .parse()
        .map_err(|_| "The start is not a time.")?;
    let minutes: i64 = get("minutes")
        .parse()
        .map_err(|_| "The length is not a number.")?;
    let end = start.saturating_add(minutes.clamp(5, 1440).minutes());
    let zone = state
        .people
        .get(email)
        .map_or("UTC", |p| p.time_zone.as_str());
    let title = match get("title") {
        "" => "New meeting",
        title => title,
    };
    let at = |t: DateTime| json!({"dateTime": t.strftime("%Y-%m-%dT%H:%M:%S").to_string(), "timeZone": zones::windows(zone)});
    let body = json!({"subject": title, "start": at(start), "end": at(end)});
    put_body(state, &calendar, &body, now).map(drop)
}

fn changed(
    state: &mut State,
    email: &str,
    fields: &Fields,
    now: Timestamp,
) -> Result<&'static str, String> {
    let get = |name: &str| fields.get(name).map_or("", String::as_str);
    let calendar = writable(state, email, get("calendar"))?;
    let id = get("event");
    match get("do") {
        "rename" => {
            edit(state, &calendar, id, &json!({"subject": get("title")}), now)?;
            Ok("Renamed.")
        }
        "later" => {
            let all_day = find(state, &calendar, id)?.all_day;
            shift(state, &calendar, id, if all_day { 1440 } else { 60 }, now)?;
            Ok("Moved.")
        }
        "delete" => {
            let gone =
                parse_id(id).is_some_and(|(key, date)| state.delete(&calendar, &key, date, now));
            gone.then_some("Deleted.")
                .ok_or_else(|| "There is no such event.".to_owned())
        }
        _ => Err("There is no such event.".to_owned()),
    }
}

fn writable(state: &State, email: &str, calendar: &str) -> Result<String, String> {
    let opened = state
        .open(email, Some(calendar))
        .filter(|(_, can_edit)| *can_edit);
    opened
        .map(|(id, _)| id)
        .ok_or_else(|| "This calendar is read-only.".to_owned())
}

fn back(email: &str, note: &str) -> Redirect {
    Redirect::to(&format!("/people/{}?note={}", encode(email), encode(note)))
}
