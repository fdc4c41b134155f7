//! From a tree of lines to events.

use std::collections::BTreeMap;

use calcard::icalendar::{ICalendar, ICalendarComponent, ICalendarProperty};
use jiff::Timestamp;

use super::event::{BusyStatus, CalendarObject, Class, Transparency, VEvent};
use super::line::ContentLine;
use super::meeting::{https_link, meeting_url_in};
use super::participant::{CalendarUser, Participant};
use super::timezone;
use super::tree::{Component, IcalError, ParseLimits, Tree};
use crate::event::{EventTime, Status};
use crate::recurrence::{DateValue, EventDuration, OccurrenceKey, Recurrence, ZonedValue};
use crate::zone::{VTimezone, Zone, resolve};

/// Reads a file. Times without a zone are those of `zone`: the calendar's, else the user's, never the server's.
///
/// An event that cannot be read at all (no start, too large) is left out with a warning on its object; nothing that one
/// event says makes the file fail.
///
/// # Errors
/// See [`Tree::parse`]; also [`IcalError::TooLarge`] for too many events.
pub fn parse(file: &[u8], zone: &Zone, limits: &ParseLimits) -> Result<Vec<CalendarObject>, IcalError> {
    let tree = Tree::parse(file, limits)?;
    let tops = tree.components.iter();
    let timezones: Vec<VTimezone> =
        tops.flat_map(|top| top.children("VTIMEZONE")).filter_map(timezone::read).take(200).collect();
    let reader = Reader {
        timezones: &timezones,
        zone,
        limits,
    };
    let mut objects: Vec<CalendarObject> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (number, component) in tree.events().enumerate() {
        if number >= limits.events {
            return Err(IcalError::TooLarge {
                limit: limits.events,
                what: "events",
            });
        }
        let mut warnings = Vec::new();
        let event = reader.event(component, &mut warnings);
        let uid = event.as_ref().map_or_else(|| reader.uid(component, &mut Vec::new()), |event| event.uid.clone());
        let place = *places.entry(uid.clone()).or_insert_with(|| {
            objects.push(CalendarObject {
                uid,
                master: None,
                overrides: Vec::new(),
                timezones: timezones.clone(),
                warnings: Vec::new(),
            });
            objects.len() - 1
        });
        if let Some(object) = objects.get_mut(place) {
            object.warnings.append(&mut warnings);
            if let Some(event) = event {
                add(object, event, limits);
            }
        }
    }
    Ok(objects)
}

fn add(object: &mut CalendarObject, event: VEvent, limits: &ParseLimits) {
    if event.recurrence_id.is_some() {
        if object.overrides.len() >= limits.overrides {
            warn_once(&mut object.warnings, format!("The series has more than {} changed occurrences; Daybook ignored the rest.", limits.overrides));
            return;
        }
        // The same occurrence twice: the newer revision wins.
        let same = object.overrides.iter().position(|other| other.recurrence_id == event.recurrence_id);
        match same.and_then(|place| object.overrides.get_mut(place)) {
            Some(other) if other.sequence <= event.sequence => *other = event,
            Some(_) => {}
            None => object.overrides.push(event),
        }
        return;
    }
    match &object.master {
        Some(master) if master.sequence > event.sequence => {}
        Some(_) => {
            warn_once(&mut object.warnings, "The file has this event twice; Daybook kept the newer one.".to_owned());
            object.master = Some(event);
        }
        None => object.master = Some(event),
    }
}

fn warn_once(warnings: &mut Vec<String>, warning: String) {
    if !warnings.contains(&warning) && warnings.len() < 50 {
        warnings.push(warning);
    }
}

struct Reader<'r> {
    timezones: &'r [VTimezone],
    zone: &'r Zone,
    limits: &'r ParseLimits,
}

/// A time as written, with the zone it is in.
struct Moment {
    value: DateValue,
    tzid: Option<String>,
    zone: Zone,
}

impl Reader<'_> {
    fn event(&self, component: &Component, warnings: &mut Vec<String>) -> Option<VEvent> {
        if component.size() > self.limits.object_bytes {
            warnings.push(format!("An event is larger than {} octets; Daybook did not read it.", self.limits.object_bytes));
            return None;
        }
        let uid = self.uid(component, warnings);
        let Some(start) = self.moment(component, "DTSTART", warnings) else {
            warnings.push("An event has no start that can be read; Daybook left it out.".to_owned());
            return None;
        };
        let (end, duration) = self.end(component, &start, warnings);
        let recurrence_id = self.moment(component, "RECURRENCE-ID", warnings);
        let mut event = VEvent::new(uid, event_time(&start), end, start.zone.clone());
        event.duration = duration;
        event.wall = match start.value {
            DateValue::Local(wall) => Some(wall),
            DateValue::Utc(at) => Some(start.zone.to_datetime(at)),
            DateValue::Date(_) => None,
        };
        event.recurrence_id = recurrence_id.map(|id| match id.value {
            DateValue::Date(date) => OccurrenceKey::Day(date),
            other => OccurrenceKey::Instant(other.instant_in(&id.zone)),
        });
        let range = component.line("RECURRENCE-ID").and_then(|line| line.param("RANGE"));
        event.this_and_future = range.is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
        event.sequence = component.value("SEQUENCE").and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        event.created = self.instant(component, "CREATED");
        event.last_modified = self.instant(component, "LAST-MODIFIED");
        event.recurrence = self.recurrence(component, &start, warnings);
        self.describe(component, &mut event);
        Some(event)
    }

    fn uid(&self, component: &Component, warnings: &mut Vec<String>) -> String {
        let uid: String = component.value("UID").unwrap_or_default().trim().chars().filter(|ch| !ch.is_control()).take(1_024).collect();
        if !uid.is_empty() {
            return uid;
        }
        warn_once(warnings, "An event has no UID; Daybook named it after what it says.".to_owned());
        let mut text = String::new();
        component.write_into(&mut text);
        use sha2::{Digest, Sha256};
        let hash = Sha256::digest(text.as_bytes());
        let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("{hex}@unnamed")
    }

    fn moment(&self, component: &Component, name: &str, warnings: &mut Vec<String>) -> Option<Moment> {
        let line = component.line(name)?;
        let Some(value) = DateValue::parse(line.value()) else {
            warn_once(warnings, format!("{name} is not a date: {:?}; Daybook ignored it.", line.value().chars().take(40).collect::<String>()));
            return None;
        };
        let tzid = line.param("TZID").map(std::borrow::Cow::into_owned).filter(|_| matches!(value, DateValue::Local(_)));
        let zone = match (&value, &tzid) {
            (DateValue::Utc(_), _) => Zone::utc(),
            (_, Some(tzid)) => self.resolve(tzid, warnings),
            _ => self.zone.clone(),
        };
        Some(Moment { value, tzid, zone })
    }

    fn resolve(&self, tzid: &str, warnings: &mut Vec<String>) -> Zone {
        let definition = self.timezones.iter().find(|definition| definition.tzid.eq_ignore_ascii_case(tzid.trim()));
        let resolved = resolve(tzid, definition, self.zone);
        if let Some(warning) = resolved.warning {
            warn_once(warnings, warning);
        }
        resolved.zone
    }

    fn instant(&self, component: &Component, name: &str) -> Option<Timestamp> {
        let moment = self.moment(component, name, &mut Vec::new())?;
        Some(moment.value.instant_in(&moment.zone))
    }

    /// RFC 5545 §3.6.1: DTEND, else DURATION, else a day for dates and nothing for times.
    fn end(&self, component: &Component, start: &Moment, warnings: &mut Vec<String>) -> (EventTime, EventDuration) {
        let from = event_time(start);
        let written = component.value("DURATION").map(str::parse::<EventDuration>);
        if let Some(Err(error)) = &written {
            warn_once(warnings, format!("{error}; Daybook ignored it."));
        }
        if let Some(end) = self.moment(component, "DTEND", warnings) {
            if written.is_some() {
                warn_once(warnings, "The event has both DTEND and DURATION; Daybook used DTEND.".to_owned());
            }
            return self.dtend(&from, &end, start, warnings);
        }
        let duration = match (written, &start.value) {
            (Some(Ok(duration)), _) => duration,
            (_, DateValue::Date(_)) => EventDuration::days(1),
            _ => EventDuration::ZERO,
        };
        let duration = if duration.days < 0 || duration.seconds < 0 {
            warn_once(warnings, "The event's DURATION is negative; Daybook took it as zero.".to_owned());
            EventDuration::ZERO
        } else {
            duration
        };
        match &from {
            EventTime::AllDay(date) => {
                let days = i64::from(duration.days) + (duration.seconds + 86_399) / 86_400;
                let duration = EventDuration::days(days);
                (EventTime::AllDay(after_days(*date, duration.days)), duration)
            }
            EventTime::Timed { at, zone } => {
                let at = duration.after(*at, &start.zone);
                (EventTime::Timed { at, zone: zone.clone() }, duration)
            }
        }
    }

    fn dtend(&self, from: &EventTime, end: &Moment, start: &Moment, warnings: &mut Vec<String>) -> (EventTime, EventDuration) {
        let to = match (from, &end.value) {
            (EventTime::AllDay(_), DateValue::Date(_)) => event_time(end),
            (EventTime::AllDay(_), other) => {
                warn_once(warnings, "The event starts on a date and ends at a time; Daybook used the date of its end.".to_owned());
                EventTime::AllDay(end.zone.to_datetime(other.instant_in(&end.zone)).date())
            }
            (_, DateValue::Date(date)) => {
                warn_once(warnings, "The event starts at a time and ends on a date; Daybook ended it where that day begins.".to_owned());
                EventTime::Timed {
                    at: start.zone.start_of_day(*date),
                    zone: from.zone().map(str::to_owned),
                }
            }
            _ => event_time(end),
        };
        let reversed = match (from, &to) {
            (EventTime::AllDay(from), EventTime::AllDay(to)) => to < from,
            (EventTime::Timed { at: from, .. }, EventTime::Timed { at: to, .. }) => to < from,
            _ => true,
        };
        if reversed {
            warn_once(warnings, "The event ends before it starts; Daybook took it as having no length.".to_owned());
            return (from.clone(), EventDuration::ZERO);
        }
        // A date that ends on itself is meant as that day.
        if let (EventTime::AllDay(from), EventTime::AllDay(to)) = (from, &to)
            && from == to
        {
            return (EventTime::AllDay(after_days(*from, 1)), EventDuration::days(1));
        }
        let duration = EventDuration::between(from, &to);
        (to, duration)
    }

    fn recurrence(&self, component: &Component, start: &Moment, warnings: &mut Vec<String>) -> Recurrence {
        let mut found = Recurrence::default();
        for line in component.lines() {
            let result = if line.is("RRULE") || line.is("EXRULE") {
                found.add_line(&format!("{}:{}", line.name(), line.value()))
            } else if line.is("RDATE") || line.is("EXDATE") {
                self.dates(&mut found, line, start, warnings)
            } else {
                Ok(())
            };
            if let Err(error) = result {
                warn_once(warnings, format!("{error}. Daybook ignored it."));
            }
        }
        found
    }

    fn dates(&self, found: &mut Recurrence, line: &ContentLine, start: &Moment, warnings: &mut Vec<String>) -> Result<(), crate::recurrence::RuleError> {
        let tzid = line.param("TZID").map(std::borrow::Cow::into_owned);
        let foreign = tzid.filter(|tzid| start.tzid.as_deref() != Some(tzid));
        let before = (found.exdates.len(), found.rdates.len());
        found.add_dates(line.is("EXDATE"), line.value(), foreign.as_deref())?;
        let Some(tzid) = foreign else {
            return Ok(());
        };
        // Labels of this file mean nothing outside it: what they say becomes IANA's name, or an instant.
        let zone = self.resolve(&tzid, warnings);
        let settle = |date: &mut ZonedValue| match (zone.iana_name(), date.value) {
            (Some(name), _) => date.tzid = date.tzid.as_ref().map(|_| name.to_owned()),
            (None, DateValue::Local(wall)) => (date.value, date.tzid) = (DateValue::Utc(zone.to_timestamp(wall)), None),
            _ => {}
        };
        found.exdates.iter_mut().skip(before.0).for_each(settle);
        found.rdates.iter_mut().skip(before.1).map(|rdate| &mut rdate.start).for_each(settle);
        Ok(())
    }

    /// What is not about time, decoded by `calcard`.
    fn describe(&self, component: &Component, event: &mut VEvent) {
        let Some(decoded) = self.decode(component) else {
            return;
        };
        let text = |property: ICalendarProperty| text_of(&decoded, &property);
        event.summary = text(ICalendarProperty::Summary);
        event.description = text(ICalendarProperty::Description);
        event.location = text(ICalendarProperty::Location);
        event.color = text(ICalendarProperty::Color);
        event.url = text(ICalendarProperty::Url);
        event.status = text(ICalendarProperty::Status).and_then(|text| status(&text));
        event.class = text(ICalendarProperty::Class).map(|text| Class::parse(&text)).unwrap_or_default();
        let transparent = text(ICalendarProperty::Transp).is_some_and(|text| text.eq_ignore_ascii_case("TRANSPARENT"));
        event.transparency = if transparent { Transparency::Transparent } else { Transparency::Opaque };
        event.busy_status = component.value("X-MICROSOFT-CDO-BUSYSTATUS").and_then(|text| BusyStatus::parse(text.trim()));
        event.organizer = decoded.property(&ICalendarProperty::Organizer).map(CalendarUser::of);
        event.attendees = decoded.properties(&ICalendarProperty::Attendee).take(2_000).map(Participant::of).collect();
        let categories = decoded.properties(&ICalendarProperty::Categories).flat_map(|entry| &entry.values);
        event.categories = categories.filter_map(|value| value.as_text()).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).take(100).collect();
        event.meeting_url = meeting_url(component, event);
    }

    /// The event alone, without what is read elsewhere and without lines too long to look into.
    fn decode(&self, component: &Component) -> Option<ICalendarComponent> {
        const ELSEWHERE: &[&str] = &["DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE", "EXRULE", "RDATE", "EXDATE", "ATTACH", "X-ALT-DESC"];
        let mut text = String::from("BEGIN:VEVENT\r\n");
        for line in component.lines() {
            let skipped = line.as_str().len() > self.limits.line_bytes || ELSEWHERE.iter().any(|name| line.is(name));
            if !skipped {
                text.push_str(line.as_str());
                text.push_str("\r\n");
            }
        }
        text.push_str("END:VEVENT\r\n");
        ICalendar::parse(&text).ok()?.components.into_iter().next()
    }
}

fn event_time(moment: &Moment) -> EventTime {
    match moment.value {
        DateValue::Date(date) => EventTime::AllDay(date),
        DateValue::Utc(at) => EventTime::Timed { at, zone: None },
        DateValue::Local(wall) => EventTime::Timed {
            at: moment.zone.to_timestamp(wall),
            zone: Some(moment.zone.name().to_owned()),
        },
    }
}

fn after_days(date: jiff::civil::Date, days: i32) -> jiff::civil::Date {
    date.saturating_add(jiff::SignedDuration::from_hours(24 * i64::from(days)))
}

fn text_of(component: &ICalendarComponent, property: &ICalendarProperty) -> Option<String> {
    let entry = component.property(property)?;
    // A TEXT value that calcard took for a list is put together again.
    let parts: Vec<&str> = entry.values.iter().filter_map(|value| value.as_text()).collect();
    let text: String = parts.join(",").chars().filter(|ch| !ch.is_control() || matches!(ch, '\n' | '\t')).collect();
    (!text.trim().is_empty()).then_some(text)
}

fn status(text: &str) -> Option<Status> {
    Some(match text.to_ascii_uppercase().as_str() {
        "CONFIRMED" => Status::Confirmed,
        "TENTATIVE" => Status::Tentative,
        "CANCELLED" | "CANCELED" => Status::Cancelled,
        _ => return None,
    })
}

fn meeting_url(component: &Component, event: &VEvent) -> Option<String> {
    let conferences: Vec<&ContentLine> = component.lines().filter(|line| line.is("CONFERENCE")).collect();
    let video = conferences.iter().find(|line| line.param("FEATURE").is_some_and(|feature| feature.to_ascii_uppercase().contains("VIDEO")));
    let ordered = video.into_iter().chain(&conferences).map(|line| line.value());
    let vendors = ["X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK"];
    let named = ordered.chain(vendors.iter().filter_map(|name| component.value(name))).find_map(https_link);
    let texts = [&event.location, &event.description, &event.url];
    named.or_else(|| texts.into_iter().flatten().find_map(|text| meeting_url_in(text))).map(str::to_owned)
}
