//! Events as files: what Daybook writes into other people's calendars and hands out as downloads.

use jiff::Timestamp;

use super::event::{Class, Transparency, VEvent};
use super::line::{ContentLine, escape_text};
use super::participant::{CalendarUser, Participant};
use super::timezone::vtimezone_lines;
use crate::event::{EventTime, Status};
use crate::recurrence::{DateValue, OccurrenceKey};
use crate::zone::Zone;

/// Who writes these files.
pub const PRODID: &str = "-//Daybook//Calendar//EN";

/// A file with these events: CRLF, folded, with a `VTIMEZONE` for every zone used and no `METHOD`. `stamp` becomes `DTSTAMP`.
#[must_use]
pub fn write_calendar(events: &[VEvent], stamp: Timestamp) -> String {
    let mut lines = vec![
        ContentLine::new("BEGIN", &[], "VCALENDAR"),
        ContentLine::new("VERSION", &[], "2.0"),
        ContentLine::new("PRODID", &[], PRODID),
        ContentLine::new("CALSCALE", &[], "GREGORIAN"),
    ];
    for (zone, since) in zones(events) {
        lines.append(&mut vtimezone_lines(&zone, zone.name(), since));
    }
    for event in events {
        write_event(&mut lines, event, stamp);
    }
    lines.push(ContentLine::new("END", &[], "VCALENDAR"));
    let mut out = String::new();
    lines.iter().for_each(|line| line.fold_into(&mut out));
    out
}

/// Every zone that the events name, with the earliest time it is needed for.
fn zones(events: &[VEvent]) -> Vec<(Zone, Timestamp)> {
    let mut found: Vec<(Zone, Timestamp)> = Vec::new();
    for event in events {
        let since = event.span().start;
        let own = zone_of(event).cloned();
        let end = event.end.zone().and_then(Zone::iana);
        let dates = event
            .recurrence
            .exdates
            .iter()
            .chain(event.recurrence.rdates.iter().map(|rdate| &rdate.start));
        let foreign = dates.filter_map(|date| Zone::iana(date.tzid.as_deref()?));
        for zone in own
            .into_iter()
            .chain(end)
            .chain(foreign)
            .filter(|zone| *zone != Zone::utc())
        {
            match found
                .iter_mut()
                .find(|(known, _)| known.name() == zone.name())
            {
                Some((_, earliest)) => *earliest = since.min(*earliest),
                None => found.push((zone, since)),
            }
        }
    }
    found
}

/// The zone that DTSTART is written in; `None` for dates and instants.
fn zone_of(event: &VEvent) -> Option<&Zone> {
    let named = matches!(&event.start, EventTime::Timed { zone: Some(_), .. });
    (named && event.zone != Zone::utc()).then_some(&event.zone)
}

fn write_event(lines: &mut Vec<ContentLine>, event: &VEvent, stamp: Timestamp) {
    let utc = |at: Timestamp| DateValue::Utc(at).to_string();
    let zone = zone_of(event);
    lines.push(ContentLine::new("BEGIN", &[], "VEVENT"));
    lines.push(ContentLine::new("UID", &[], &event.uid));
    lines.push(ContentLine::new("DTSTAMP", &[], &utc(stamp)));
    if let Some(id) = event.recurrence_id {
        lines.push(recurrence_id(id, event.this_and_future, zone));
    }
    let wall = event.wall.filter(|wall| {
        zone.is_some_and(|zone| DateValue::Local(*wall).instant_in(zone) == event.span().start)
    });
    lines.push(match (wall, zone) {
        (Some(wall), Some(zone)) => ContentLine::new(
            "DTSTART",
            &[("TZID", zone.name())],
            &DateValue::Local(wall).to_string(),
        ),
        _ => time_line("DTSTART", &event.start, zone),
    });
    let foreign = event
        .end
        .zone()
        .filter(|name| zone.is_some_and(|zone| zone.name() != *name))
        .and_then(Zone::iana);
    lines.push(time_line("DTEND", &event.end, foreign.as_ref().or(zone)));
    for line in event.recurrence.to_lines(zone.map(Zone::name)) {
        lines.push(ContentLine::raw(line));
    }
    lines.push(ContentLine::new(
        "SEQUENCE",
        &[],
        &event.sequence.to_string(),
    ));
    let stamps = [
        ("CREATED", event.created),
        ("LAST-MODIFIED", event.last_modified),
    ];
    for (name, at) in stamps
        .into_iter()
        .filter_map(|(name, at)| Some((name, at?)))
    {
        lines.push(ContentLine::new(name, &[], &utc(at)));
    }
    write_words(lines, event);
    lines.push(ContentLine::new("END", &[], "VEVENT"));
}

fn write_words(lines: &mut Vec<ContentLine>, event: &VEvent) {
    let texts = [
        ("SUMMARY", &event.summary),
        ("DESCRIPTION", &event.description),
        ("LOCATION", &event.location),
        ("COLOR", &event.color),
    ];
    for (name, text) in texts
        .into_iter()
        .filter_map(|(name, text)| Some((name, text.as_ref()?)))
    {
        lines.push(ContentLine::text(name, &[], text));
    }
    let uris = event
        .url
        .iter()
        .map(|url| ContentLine::new("URL", &[], url));
    let meeting = event.meeting_url.iter();
    let meeting = meeting
        .map(|url| ContentLine::new("CONFERENCE", &[("VALUE", "URI"), ("FEATURE", "VIDEO")], url));
    lines.extend(uris.chain(meeting));
    if !event.categories.is_empty() {
        let escaped: Vec<String> = event
            .categories
            .iter()
            .map(|category| escape_text(category))
            .collect();
        lines.push(ContentLine::new("CATEGORIES", &[], &escaped.join(",")));
    }
    write_marks(lines, event);
    write_people(lines, event);
}

fn write_marks(lines: &mut Vec<ContentLine>, event: &VEvent) {
    if let Some(status) = event.status {
        let status = match status {
            Status::Confirmed => "CONFIRMED",
            Status::Tentative => "TENTATIVE",
            Status::Cancelled => "CANCELLED",
        };
        lines.push(ContentLine::new("STATUS", &[], status));
    }
    if event.transparency == Transparency::Transparent {
        lines.push(ContentLine::new("TRANSP", &[], "TRANSPARENT"));
    }
    match event.class {
        Class::Public => {}
        Class::Private => lines.push(ContentLine::new("CLASS", &[], "PRIVATE")),
        Class::Confidential => lines.push(ContentLine::new("CLASS", &[], "CONFIDENTIAL")),
    }
    if let Some(busy) = event.busy_status {
        lines.push(ContentLine::new(
            "X-MICROSOFT-CDO-BUSYSTATUS",
            &[],
            busy.as_str(),
        ));
    }
}

fn write_people(lines: &mut Vec<ContentLine>, event: &VEvent) {
    let address = |user: &CalendarUser| {
        user.email.as_ref().map_or_else(
            || "invalid:nomail".to_owned(),
            |email| format!("mailto:{email}"),
        )
    };
    if let Some(organizer) = &event.organizer {
        lines.push(ContentLine::new(
            "ORGANIZER",
            &name_param(organizer),
            &address(organizer),
        ));
    }
    for attendee in &event.attendees {
        lines.push(ContentLine::new(
            "ATTENDEE",
            &attendee_params(attendee),
            &address(&attendee.user),
        ));
    }
}

fn name_param(user: &CalendarUser) -> Vec<(&'static str, &str)> {
    user.name.iter().map(|name| ("CN", name.as_str())).collect()
}

fn attendee_params(attendee: &Participant) -> Vec<(&'static str, &str)> {
    let mut params = name_param(&attendee.user);
    if attendee.is_resource {
        params.push(("CUTYPE", "RESOURCE"));
    }
    params.push(("ROLE", attendee.role.as_str()));
    params.push(("PARTSTAT", attendee.partstat.as_str()));
    if attendee.rsvp {
        params.push(("RSVP", "TRUE"));
    }
    params
}

fn time_line(name: &str, time: &EventTime, zone: Option<&Zone>) -> ContentLine {
    match (time, zone) {
        (EventTime::AllDay(date), _) => ContentLine::new(
            name,
            &[("VALUE", "DATE")],
            &DateValue::Date(*date).to_string(),
        ),
        (EventTime::Timed { at, .. }, Some(zone)) => {
            let wall = zone.to_datetime(*at);
            // The second of two equal wall times can only be said as an instant.
            if zone.to_timestamp(wall).as_second() == at.as_second() {
                ContentLine::new(
                    name,
                    &[("TZID", zone.name())],
                    &DateValue::Local(wall).to_string(),
                )
            } else {
                ContentLine::new(name, &[], &DateValue::Utc(*at).to_string())
            }
        }
        (EventTime::Timed { at, .. }, None) => {
            ContentLine::new(name, &[], &DateValue::Utc(*at).to_string())
        }
    }
}

fn recurrence_id(id: OccurrenceKey, this_and_future: bool, zone: Option<&Zone>) -> ContentLine {
    let time = match id {
        OccurrenceKey::Day(date) => EventTime::AllDay(date),
        OccurrenceKey::Instant(at) => EventTime::Timed { at, zone: None },
    };
    let line = time_line("RECURRENCE-ID", &time, zone);
    if !this_and_future {
        return line;
    }
    let rest = line.as_str().trim_start_matches("RECURRENCE-ID");
    ContentLine::raw(format!("RECURRENCE-ID;RANGE=THISANDFUTURE{rest}"))
}
