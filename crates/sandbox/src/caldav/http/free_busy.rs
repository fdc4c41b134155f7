//! REPORT free-busy-query (RFC 4791 §7.10): when the events of a calendar take time, and nothing else of them. Who answered an
//! invitation how is not looked at: only TRANSP and STATUS decide.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::Call;
use super::listing::current;
use super::reply::Reply;
use super::report::time_range;
use crate::caldav::ics::{Component, Property, When, parse, wrap, write};
use crate::caldav::state::State;
use crate::caldav::xml::{CALDAV, Element};
use crate::google::{Moment, midnight, starts};

/// A stretch of taken time, and whether it is tentative.
type Taken = (Timestamp, Timestamp, bool);

pub(super) fn query(state: &mut State, call: &Call<'_>, path: &str, root: &Element) -> Reply {
    if call.header("depth") != Some("1") {
        let line = "free-busy-query without Depth 1".to_owned();
        state.violations.push(line);
    }
    let range = root.find(CALDAV, "time-range").map(time_range);
    let Some(Ok((Some(from), Some(to)))) = range else {
        return Reply::html(400, "a time-range with start and end is required");
    };
    let zone = TimeZone::get(&state.calendars[path].spec.zone).unwrap_or(TimeZone::UTC);
    let mut taken: Vec<Taken> = Vec::new();
    for name in current(state, path) {
        if let Ok(object) = parse(&state.calendars[path].objects[&name].ics) {
            taken.extend(of_object(&object, &zone, to));
        }
    }
    taken.retain(|(start, end, _)| *start < to && *end > from && start < end);
    taken.sort_unstable();
    let mut answer = Component::new("VFREEBUSY");
    answer.add(Property::new("DTSTAMP", stamp(state.now())));
    answer.add(Property::new("DTSTART", stamp(from)));
    answer.add(Property::new("DTEND", stamp(to)));
    for (start, end, tentative) in taken {
        let (start, end) = (start.max(from), end.min(to));
        let mut line = Property::new("FREEBUSY", format!("{}/{}", stamp(start), stamp(end)));
        if tentative {
            "FBTYPE=BUSY-TENTATIVE".clone_into(&mut line.params);
        }
        answer.add(line);
    }
    let kind = match state.quirks.octet_stream_when_empty {
        true => "application/octet-stream",
        false => "text/calendar; charset=utf-8",
    };
    Reply::status(200).body(kind, write(&wrap(vec![answer])))
}

/// When the events of one object take time, up to `to`. Whole days begin where the calendar is.
fn of_object(object: &Component, zone: &TimeZone, to: Timestamp) -> Vec<Taken> {
    let events: Vec<&Component> = object
        .items()
        .filter(|item| item.name == "VEVENT")
        .collect();
    let at = |event: &Component, name: &str| Some(moment(&When::read(event.get(name)?)?, zone));
    let mut apart = Vec::new();
    let mut taken = Vec::new();
    for event in &events {
        if let Some(original) = at(event, "RECURRENCE-ID") {
            apart.push(original.instant(zone));
            let start = at(event, "DTSTART").into_iter();
            taken.extend(start.filter_map(|start| one(event, &start, zone)));
        }
    }
    let master = events
        .into_iter()
        .filter(|event| event.get("RECURRENCE-ID").is_none())
        .find_map(|event| Some((event, at(event, "DTSTART")?)));
    let Some((master, first)) = master else {
        return taken;
    };
    let series = starts(&rules(master), &first, to, zone);
    let own = series
        .iter()
        .filter(|start| !apart.contains(&start.instant(zone)));
    taken.extend(own.filter_map(|start| one(master, start, zone)));
    taken
}

/// The lines that make a series of it.
fn rules(event: &Component) -> Vec<String> {
    let names = ["RRULE", "RDATE", "EXDATE"];
    let own = event
        .properties
        .iter()
        .filter(|line| names.contains(&line.name.as_str()));
    let text = |line: &Property| {
        let separator = if line.params.is_empty() { "" } else { ";" };
        format!("{}{separator}{}:{}", line.name, line.params, line.value)
    };
    own.map(text).collect()
}

/// What an occurrence that begins at `start` takes.
fn one(event: &Component, start: &Moment, zone: &TimeZone) -> Option<Taken> {
    let is = |name: &str, value: &str| {
        let own = event.value(name);
        own.is_some_and(|own| own.trim().eq_ignore_ascii_case(value))
    };
    if is("TRANSP", "TRANSPARENT") || is("STATUS", "CANCELLED") {
        return None;
    }
    let first = When::read(event.get("DTSTART")?)?;
    let last = event.get("DTEND").and_then(When::read);
    let said: Option<Span> = event
        .value("DURATION")
        .and_then(|text| text.trim().parse().ok());
    let begin = start.instant(zone);
    let end = match (start, first, last) {
        (Moment::Day(day), When::Day(first), last) => {
            let days = match last {
                Some(When::Day(last)) => first.until(last).ok()?,
                _ => said.unwrap_or_else(|| Span::new().days(1)),
            };
            midnight(day.checked_add(days).ok()?, zone)
        }
        (_, first, Some(last)) => {
            let first = moment(&first, zone).instant(zone);
            let length = moment(&last, zone).instant(zone).duration_since(first);
            begin.checked_add(length).ok()?
        }
        (Moment::At(at), ..) => at.checked_add(said?).ok()?.timestamp(),
        _ => return None,
    };
    Some((begin, end, is("STATUS", "TENTATIVE")))
}

fn moment(when: &When, zone: &TimeZone) -> Moment {
    let zone = match when {
        When::Day(day) => return Moment::Day(*day),
        When::Zoned(_, name) => TimeZone::get(name).unwrap_or(TimeZone::UTC),
        When::Utc(_) => TimeZone::UTC,
        When::Floating(_) => zone.clone(),
    };
    let at = zone.to_zoned(when.wall());
    Moment::At(at.unwrap_or_else(|_| Timestamp::MIN.to_zoned(TimeZone::UTC)))
}

fn stamp(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}
