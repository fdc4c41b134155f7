//! The list of people, and one person's coming weeks with forms to change them.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Form, Path, Query, State as AxumState};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp, ToSpan};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::{escape, shell};
use crate::google::Sim;
use crate::google::oracle::{edit, put_body, shift};
use crate::google::state::calendar::Calendar;
use crate::google::state::event::Event;
use crate::google::state::moment::{self, Moment};
use crate::google::state::{Person, Role, State};

/// How far the page looks ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(21 * 24);
/// Rows shown per person.
const ROWS: usize = 120;

type Fields = HashMap<String, String>;

pub(super) async fn index(AxumState(sim): AxumState<Arc<Sim>>) -> Html<String> {
    let state = sim.lock();
    let mut people = String::new();
    for person in state.people.values() {
        let calendars: Vec<String> = person
            .list
            .iter()
            .filter(|(_, entry)| !entry.deleted)
            .filter_map(|(id, _)| Some(escape(&state.calendars.get(id)?.summary)))
            .collect();
        people.push_str(&format!(
            "<li><a href=\"/people/{}\"><b>{}</b></a> <span class=soft>{}</span><br><small>{}</small></li>",
            encode(&person.email),
            escape(&person.name),
            escape(&person.email),
            calendars.join(" · "),
        ));
    }
    let body = format!(
        "<main><p class=tag>Sandbox</p><h1>A pretend Google Calendar</h1>\
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
    let mut state = sim.lock();
    let now = sim.desk.clock().now();
    let note = match added(&mut state, &email, &fields, now) {
        Ok(()) => "Added.".to_owned(),
        Err(why) => format!("Nothing was added. {why}"),
    };
    back(&email, &note)
}

pub(super) async fn change(
    AxumState(sim): AxumState<Arc<Sim>>,
    Path(email): Path<String>,
    Form(fields): Form<Fields>,
) -> Redirect {
    let mut state = sim.lock();
    let now = sim.desk.clock().now();
    let note = match changed(&mut state, &email, &fields, now) {
        Ok(note) => note.to_owned(),
        Err(why) => format!("Nothing was changed. {why}"),
    };
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
        .calendars
        .get(&calendar)
        .map_or("UTC", |c| c.time_zone.as_str());
    let title = if get("title").is_empty() {
        "New meeting"
    } else {
        get("title")
    };
    let at = |t: DateTime| json!({"dateTime": t.strftime("%Y-%m-%dT%H:%M:%S").to_string(), "timeZone": zone});
    let body = json!({"summary": title, "start": at(start), "end": at(end)});
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
    let event = get("event");
    match get("do") {
        "rename" => {
            edit(
                state,
                &calendar,
                event,
                &json!({"summary": get("title")}),
                now,
            )?;
            Ok("Renamed.")
        }
        "later" => {
            let found = state.calendars.get(&calendar).and_then(|c| c.find(event));
            let all_day = found.is_some_and(|e| e.start.is_day());
            shift(
                state,
                &calendar,
                event,
                if all_day { 1440 } else { 60 },
                now,
            )?;
            Ok("Moved.")
        }
        "delete" if state.delete(&calendar, event, now) => Ok("Deleted."),
        _ => Err("There is no such event.".to_owned()),
    }
}

fn writable(state: &State, email: &str, calendar: &str) -> Result<String, String> {
    let opened = state
        .open(email, calendar)
        .filter(|(_, role)| *role >= Role::Writer);
    opened
        .map(|(id, _)| id)
        .ok_or_else(|| "This calendar is read-only.".to_owned())
}

fn back(email: &str, note: &str) -> Redirect {
    Redirect::to(&format!("/people/{}?note={}", encode(email), encode(note)))
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn add_form(state: &State, person: &Person, now: Timestamp) -> String {
    let writable = person
        .list
        .iter()
        .filter(|(_, e)| !e.deleted && e.role >= Role::Writer);
    let options: String = writable
        .filter_map(|(id, entry)| {
            let selected = if entry.primary { " selected" } else { "" };
            let name = escape(&state.calendars.get(id)?.summary);
            Some(format!(
                "<option value=\"{}\"{selected}>{name}</option>",
                escape(id)
            ))
        })
        .collect();
    let soon = now
        .to_zoned(moment::zone(&person.time_zone))
        .saturating_add(1.hour());
    format!(
        "<form class=add method=post action=\"/people/{}/add\">\
         <label>Title <input type=text name=title value=\"New meeting\" required></label>\
         <label>Calendar <select name=calendar>{options}</select></label>\
         <label>Starts ({}) <input type=datetime-local name=start value=\"{}\" required></label>\
         <label>Minutes <input type=number name=minutes value=30 min=5 max=1440></label>\
         <button>Add</button></form>",
        encode(&person.email),
        escape(&person.time_zone),
        soon.strftime("%Y-%m-%dT%H:00"),
    )
}

fn days(state: &State, person: &Person, now: Timestamp) -> String {
    let zone = moment::zone(&person.time_zone);
    let today = moment::midnight(now.to_zoned(zone.clone()).date(), &zone);
    let to = today.checked_add(AHEAD).unwrap_or(today);
    let open = person.list.iter().filter(|(_, entry)| !entry.deleted);
    let mut rows: Vec<(Timestamp, Role, &Calendar, Event)> = open
        .filter_map(|(id, entry)| Some((entry.role, state.calendars.get(id)?)))
        .flat_map(|(role, c)| {
            c.occurrences(today, to)
                .into_iter()
                .map(move |e| (role, c, e))
        })
        .map(|(role, c, e)| (e.start.instant(&zone), role, c, e))
        .collect();
    rows.sort_by_key(|row| row.0);
    let mut html = String::new();
    let mut heading = String::new();
    for (start, role, calendar, event) in rows.iter().take(ROWS) {
        let day = start
            .to_zoned(zone.clone())
            .strftime("%A, %-d %B")
            .to_string();
        if day != heading {
            let close = if heading.is_empty() { "" } else { "</ul>" };
            html.push_str(&format!("{close}<h2>{day}</h2><ul class=list>"));
            heading = day;
        }
        html.push_str(&event_row(person, *role, calendar, event));
    }
    html.push_str(if heading.is_empty() {
        "<p>Nothing in the coming weeks.</p>"
    } else {
        "</ul>"
    });
    html
}

fn event_row(person: &Person, role: Role, calendar: &Calendar, event: &Event) -> String {
    let title = match event.text("summary") {
        "" => "(no title)",
        title => title,
    };
    let repeats = if event.series.is_some() {
        " · repeats"
    } else {
        ""
    };
    let about = format!(
        "<div><b>{}</b><br><small>{} · {}{repeats}</small></div>",
        escape(title),
        when(person, event),
        escape(&calendar.summary)
    );
    if role < Role::Writer {
        return format!("<li class=event>{about}</li>");
    }
    let step = if event.start.is_day() {
        "+1 day"
    } else {
        "+1 h"
    };
    let title = escape(title);
    format!(
        "<li class=event>{about}<form method=post action=\"/people/{email}/change\">\
         <input type=hidden name=calendar value=\"{calendar}\"><input type=hidden name=event value=\"{event}\">\
         <input type=text name=title value=\"{title}\" aria-label=\"Title of {title}\">\
         <button name=do value=rename>Rename</button>\
         <button name=do value=later class=quiet aria-label=\"Move {title} by {step}\">{step}</button>\
         <button name=do value=delete class=quiet aria-label=\"Delete {title}\">Delete</button></form></li>",
        email = encode(&person.email),
        calendar = escape(&calendar.id),
        event = escape(&event.id),
    )
}

fn when(person: &Person, event: &Event) -> String {
    let zone = moment::zone(&person.time_zone);
    let clock = |m: &Moment| {
        m.instant(&zone)
            .to_zoned(zone.clone())
            .strftime("%H:%M")
            .to_string()
    };
    if event.start.is_day() {
        "all day".to_owned()
    } else {
        format!("{}–{}", clock(&event.start), clock(&event.end))
    }
}
