//! Shared pieces of listings: which members, which rows, and how an object looks when served.

use super::paths::encode;
use super::reply::prop_row;
use crate::caldav::state::State;
use crate::caldav::xml::{CALDAV, DAV, Element, Name, Node};

/// The members of a calendar, by name.
pub(super) fn current(state: &State, calendar: &str) -> Vec<String> {
    state.calendars[calendar].objects.keys().cloned().collect()
}

/// A row for a stored object, or `None` when it does not exist.
pub(super) fn object_row(
    state: &State,
    calendar: &str,
    name: &str,
    wanted: &[Name],
    with_data: bool,
) -> Option<Element> {
    let object = state.calendars[calendar].objects.get(name)?;
    let href = encode(state, &format!("{calendar}{name}"));
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for name in wanted {
        match (name.ns.as_str(), name.local.as_str()) {
            (DAV, "getetag") => found.push(Element::dav("getetag").text(&object.etag)),
            (DAV, "getcontenttype") => found.push(content_type(&object.ics)),
            (DAV, "resourcetype") => found.push(Element::dav("resourcetype")),
            (CALDAV, "calendar-data") if with_data => found.push(data(state, &object.ics)),
            _ => missing.push(name.clone()),
        }
    }
    Some(prop_row(&href, found, missing))
}

/// The row of the collection itself, which some servers put among the results.
pub(super) fn collection_row(state: &State, calendar: &str) -> Element {
    let etag = Element::dav("getetag").text("\"collection\"");
    let kind = Element::dav("resourcetype")
        .child(Element::dav("collection"))
        .child(Element::cal("calendar"));
    prop_row(&encode(state, calendar), vec![etag, kind], Vec::new())
}

/// Rows as the profile delivers them: possibly twice.
pub(super) fn deliver(state: &State, rows: Vec<Element>) -> Vec<Element> {
    if !state.quirks.duplicate_hrefs {
        return rows;
    }
    rows.into_iter()
        .flat_map(|row| [row.clone(), outdated(row)])
        .collect()
}

/// The same row with an ETag nobody may trust.
pub(super) fn outdated(mut row: Element) -> Element {
    replace_etag(&mut row);
    row
}

/// The object as this server serves it.
pub(super) fn served(state: &State, ics: &str) -> String {
    let mut out = ics.to_owned();
    if state.quirks.duplicate_dtstamp {
        out = repeat_line(&out, "DTSTAMP");
        out = out.replace(
            "X-APPLE-STRUCTURED-LOCATION:geo",
            "X-APPLE-STRUCTURED-LOCATION:geo ",
        );
    }
    if state.quirks.serve_duration_too {
        out = add_duration(&out);
    }
    out
}

pub(super) fn content_type(ics: &str) -> Element {
    let component = if ics.contains("BEGIN:VTODO") {
        "vtodo"
    } else {
        "vevent"
    };
    Element::dav("getcontenttype").text(format!("text/calendar; component={component}"))
}

fn data(state: &State, ics: &str) -> Element {
    let text = served(state, ics);
    let element = Element::cal("calendar-data");
    if state.quirks.cdata {
        element.cdata(text)
    } else {
        element.text(text)
    }
}

fn replace_etag(element: &mut Element) {
    if element.name.is(DAV, "getetag") {
        element.children = vec![Node::Text("\"outdated\"".to_owned())];
    }
    for node in &mut element.children {
        if let Node::Element(child) = node {
            replace_etag(child);
        }
    }
}

fn repeat_line(ics: &str, name: &str) -> String {
    let mut out = String::with_capacity(ics.len() + 64);
    for line in ics.split_inclusive('\n') {
        out.push_str(line);
        if line.starts_with(name) {
            out.push_str(line);
        }
    }
    out
}

/// DURATION beside DTEND, with the true length in minutes or days.
fn add_duration(ics: &str) -> String {
    use crate::caldav::ics::{Property, When, parse, write};
    let Ok(mut calendar) = parse(ics) else {
        return ics.to_owned();
    };
    for event in &mut calendar.children {
        let start = event.get("DTSTART").and_then(When::read);
        let end = event.get("DTEND").and_then(When::read);
        let (Some(start), Some(end)) = (start, end) else {
            continue;
        };
        let value = match start {
            When::Day(_) => {
                let days = start.wall().date().until(end.wall().date());
                format!("P{}D", days.map_or(1, |span| span.get_days()))
            }
            _ => {
                let minutes = (end.instant().as_second() - start.instant().as_second()) / 60;
                format!("PT{minutes}M")
            }
        };
        event.set(Property::new("DURATION", value));
    }
    write(&calendar)
}
