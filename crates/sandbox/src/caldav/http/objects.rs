//! GET, PUT, DELETE, MOVE, OPTIONS and MKCALENDAR.

use super::Call;
use super::listing::served;
use super::paths::{Target, encode, from_href, resolve_path};
use super::reply::{Reply, status_row};
use crate::caldav::ics::{check, parse, politeness, write};
use crate::caldav::profile::{GetCollection, PutEtag};
use crate::caldav::state::{Calendar, CalendarKind, CalendarSpec, State};
use crate::caldav::xml::{CALDAV, DAV, Element};

pub(super) const ALLOW: &str =
    "OPTIONS, GET, HEAD, PUT, DELETE, MOVE, PROPFIND, REPORT, MKCALENDAR";

pub(super) fn options(state: &State, call: &Call<'_>) -> Reply {
    let reply = Reply::status(200).header("allow", ALLOW);
    if state.quirks.root_hides_caldav && call.path == "/" {
        return reply.header("dav", "1, 3");
    }
    let schedule = if state.quirks.calendar_auto_schedule {
        ", calendar-auto-schedule"
    } else {
        ""
    };
    reply.header(
        "dav",
        format!("1, 2, 3, access-control, calendar-access{schedule}"),
    )
}

pub(super) fn get(state: &mut State, call: &Call<'_>, target: &Target) -> Reply {
    match target {
        Target::Object(calendar, name) => {
            let Some(object) = state.calendars[calendar].objects.get(name) else {
                return Reply::html(404, "Not Found");
            };
            let body = served(state, &object.ics);
            let reply = Reply::status(200).header("etag", &object.etag);
            reply.body("text/calendar; charset=utf-8", body)
        }
        Target::Calendar(path) => {
            let line = format!("GET on the collection {}", call.path);
            state.violations.push(line);
            get_collection(state, path)
        }
        Target::Forbidden => Reply::error(403, Element::dav("need-privileges"), &state.quirks),
        Target::Nothing => Reply::html(404, "Not Found"),
        _ => Reply::html(200, "Calendar server"),
    }
}

fn get_collection(state: &State, path: &str) -> Reply {
    match state.quirks.get_collection {
        GetCollection::Refused => Reply::status(405).header("allow", ALLOW),
        GetCollection::Html => Reply::html(200, "A calendar"),
        GetCollection::Drop => Reply::dropped(),
        GetCollection::WholeCalendar => {
            let items = state.calendars[path]
                .objects
                .values()
                .filter_map(|object| parse(&object.ics).ok())
                .flat_map(|calendar| calendar.children)
                .collect();
            let whole = write(&crate::caldav::ics::wrap(items));
            Reply::status(200).body("text/calendar; charset=utf-8", whole)
        }
    }
}

pub(super) fn put(state: &mut State, call: &Call<'_>, target: &Target) -> Reply {
    let (path, name) = match target {
        Target::Object(path, name) => (path, name),
        Target::Calendar(_) | Target::Root | Target::Home(_) | Target::Principal(_) => {
            return Reply::status(405).header("allow", ALLOW);
        }
        Target::Forbidden => {
            return Reply::error(403, Element::dav("need-privileges"), &state.quirks);
        }
        Target::Nothing => return Reply::html(409, "the parent collection does not exist"),
    };
    if let Some(reply) = not_writable(state, path) {
        return reply;
    }
    if let Some(reply) = precondition(state, call, path, name, "PUT") {
        return reply;
    }
    let text = match acceptable(state, call, path, name) {
        Ok(text) => text,
        Err(reply) => return reply,
    };
    store(state, path, name, text)
}

/// Everything RFC 4791 §5.3.2.1 asks of a stored object.
fn acceptable(
    state: &mut State,
    call: &Call<'_>,
    path: &str,
    name: &str,
) -> Result<(String, String), Reply> {
    let quirks = state.quirks.clone();
    let refuse = |status, name: &str, text: String| {
        Err(Reply::error(status, Element::cal(name).text(text), &quirks))
    };
    if call.body.len() > quirks.max_resource_size {
        return refuse(403, "max-resource-size", String::new());
    }
    let kind = call.header("content-type").unwrap_or_default();
    if !kind.starts_with("text/calendar") {
        return refuse(415, "supported-calendar-data", kind.to_owned());
    }
    let Ok(text) = std::str::from_utf8(call.body) else {
        return refuse(403, "valid-calendar-data", "not UTF-8".to_owned());
    };
    let facts = match check(text, quirks.require_dtend) {
        Ok(facts) => facts,
        Err((condition, reason)) => return refuse(403, condition, reason),
    };
    let notes = politeness(text);
    state.violations.extend(
        notes
            .into_iter()
            .map(|note| format!("PUT {}: {note}", call.path)),
    );
    let calendar = &state.calendars[path];
    if !calendar
        .spec
        .components()
        .contains(&facts.component.as_str())
    {
        return refuse(403, "supported-calendar-component", facts.component);
    }
    let twin = calendar
        .objects
        .iter()
        .find(|(other, object)| object.uid == facts.uid && other.as_str() != name);
    if let Some((other, _)) = twin {
        let href = Element::dav("href").text(encode(state, &format!("{path}{other}")));
        let condition = Element::cal("no-uid-conflict").child(href);
        return Err(Reply::error(quirks.uid_conflict_status, condition, &quirks));
    }
    Ok((facts.uid, text.to_owned()))
}

fn store(state: &mut State, path: &str, name: &str, (uid, mut text): (String, String)) -> Reply {
    let existed = state.calendars[path].objects.contains_key(name);
    if state.quirks.rewrite_on_put {
        text = text.replacen("END:VEVENT", "X-SERVER-SEEN:1\r\nEND:VEVENT", 1);
    }
    let etag = state.store(path, name, &uid, text).unwrap_or_default();
    state.puts += 1;
    let status = if existed { 204 } else { 201 };
    if state.quirks.put_multistatus {
        let href = encode(state, &format!("{path}{name}"));
        let root = Element::dav("multistatus").child(status_row(&href, status));
        return Reply::xml(207, &root, &state.quirks);
    }
    let silent = match state.quirks.put_etag {
        PutEtag::Always => false,
        PutEtag::Never => true,
        PutEtag::Sometimes => state.puts.is_multiple_of(2),
    };
    if silent || state.quirks.rewrite_on_put {
        return Reply::status(status);
    }
    Reply::status(status).header("etag", etag)
}

pub(super) fn delete(state: &mut State, call: &Call<'_>, target: &Target) -> Reply {
    let (path, name) = match target {
        Target::Object(path, name) => (path, name),
        Target::Calendar(path) => {
            let line = format!("DELETE on the collection {}", call.path);
            state.violations.push(line);
            state.calendars.remove(path);
            return Reply::status(204);
        }
        Target::Nothing => return Reply::html(404, "Not Found"),
        _ => return Reply::error(403, Element::dav("need-privileges"), &state.quirks),
    };
    if let Some(reply) = not_writable(state, path) {
        return reply;
    }
    if !state.calendars[path].objects.contains_key(name) {
        return Reply::html(404, "Not Found");
    }
    if let Some(reply) = precondition(state, call, path, name, "DELETE") {
        return reply;
    }
    state.remove(path, name);
    if state.quirks.delete_with_body {
        let href = encode(state, &format!("{path}{name}"));
        let root = Element::dav("multistatus").child(status_row(&href, 200));
        return Reply::xml(200, &root, &state.quirks);
    }
    Reply::status(204)
}

/// MOVE of an object to another collection (RFC 4918 §9.9): the same contents under another address.
pub(super) fn relocate(state: &mut State, call: &Call<'_>, target: &Target) -> Reply {
    let Target::Object(path, name) = target else {
        return Reply::html(404, "Not Found");
    };
    let Some(destination) = call.header("destination").map(from_href) else {
        return Reply::html(400, "MOVE without a destination");
    };
    let Target::Object(to, new_name) = resolve_path(state, &call.user, &destination) else {
        return Reply::html(409, "the parent collection does not exist");
    };
    for calendar in [path, &to] {
        if let Some(reply) = not_writable(state, calendar) {
            return reply;
        }
    }
    let Some(object) = state.calendars[path].objects.get(name) else {
        return Reply::html(404, "Not Found");
    };
    let (uid, ics) = (object.uid.clone(), object.ics.clone());
    if let Some(reply) = precondition(state, call, path, name, "MOVE") {
        return reply;
    }
    let there = &state.calendars[&to].objects;
    if there.contains_key(&new_name) && call.header("overwrite") == Some("F") {
        return Reply::html(412, "Precondition Failed");
    }
    if there.values().any(|other| other.uid == uid) {
        let condition = Element::cal("no-uid-conflict");
        return Reply::error(state.quirks.uid_conflict_status, condition, &state.quirks);
    }
    state.remove(path, name);
    state.store(&to, &new_name, &uid, ics);
    Reply::status(201)
}

pub(super) fn mkcalendar(state: &mut State, call: &Call<'_>, target: &Target) -> Reply {
    if *target != Target::Nothing {
        return Reply::error(405, Element::dav("resource-must-be-null"), &state.quirks);
    }
    let home = state.accounts[&call.user].layout.home.clone();
    let path = format!("{}/", call.path.trim_end_matches('/'));
    let id = path.strip_prefix(&home).map(|id| id.trim_end_matches('/'));
    if id.is_none_or(|id| id.is_empty() || id.contains('/')) {
        let condition = Element::cal("calendar-collection-location-ok");
        return Reply::error(403, condition, &state.quirks);
    }
    let props = match &call.xml {
        Some(Ok(root)) => root
            .find(DAV, "set")
            .and_then(|set| set.find(DAV, "prop"))
            .cloned(),
        Some(Err(reason)) => return Reply::html(400, reason),
        None => None,
    };
    let spec = new_calendar(props.as_ref(), id.unwrap_or_default());
    state
        .calendars
        .insert(path.clone(), Calendar::new(path, &call.user, spec));
    Reply::status(201)
}

fn new_calendar(props: Option<&Element>, id: &str) -> CalendarSpec {
    let name = props
        .and_then(|props| props.find(DAV, "displayname"))
        .map_or_else(|| id.to_owned(), Element::content);
    let spec = CalendarSpec::named(&name);
    let reminders = props
        .and_then(|props| props.find(CALDAV, "supported-calendar-component-set"))
        .is_some_and(|set| {
            set.elements()
                .all(|component| component.get_attribute("name") == Some("VTODO"))
        });
    if reminders {
        spec.kind(CalendarKind::Reminders)
    } else {
        spec
    }
}

fn not_writable(state: &State, path: &str) -> Option<Reply> {
    let spec = &state.calendars[path].spec;
    let closed = spec.read_only || spec.kind == CalendarKind::Subscribed;
    closed.then(|| Reply::error(403, Element::dav("need-privileges"), &state.quirks))
}

/// `If-Match` and `If-None-Match` (RFC 9110 §13).
fn precondition(
    state: &mut State,
    call: &Call<'_>,
    path: &str,
    name: &str,
    verb: &str,
) -> Option<Reply> {
    let current = state.calendars[path]
        .objects
        .get(name)
        .map(|object| object.etag.clone());
    let if_match = call.header("if-match");
    let if_none = call.header("if-none-match");
    if if_match.is_none() && if_none.is_none() {
        let line = format!("{verb} {} without a precondition", call.path);
        state.violations.push(line);
    }
    let holds = |list: &str| {
        list.split(',').map(str::trim).any(|tag| match &current {
            Some(etag) => tag == "*" || tag == etag,
            None => false,
        })
    };
    let failed = if_match.is_some_and(|list| !holds(list)) || if_none.is_some_and(holds);
    failed.then(|| Reply::html(412, "Precondition Failed"))
}
