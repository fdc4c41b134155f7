//! From a tree of lines to events.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::event::{CalendarObject, VEvent};
use super::line::ContentLine;
use super::timezone;
use super::tree::{Component, IcalError, ParseLimits, Tree};
use super::words::describe;
use crate::event::EventTime;
use crate::recurrence::{DateValue, OccurrenceKey, Recurrence, ZonedValue};
use crate::zone::{Resolved, VTimezone, Zone, resolve};

/// Reads a file. Times without a zone are those of `zone`: the calendar's, else the user's, never the server's.
///
/// An event that cannot be read at all (no start, or it does not say which occurrence it replaces) is left out, with a warning on its
/// object and counted there; nothing that one event says makes the file fail.
///
/// # Errors
/// See [`Tree::parse`]; also [`IcalError::TooLarge`] for too many events.
pub fn parse(
    file: &[u8],
    zone: &Zone,
    limits: &ParseLimits,
) -> Result<Vec<CalendarObject>, IcalError> {
    let tree = Tree::parse(file, limits)?;
    let tops = tree.components.iter();
    let timezones: Arc<[VTimezone]> = tops
        .flat_map(|top| top.children("VTIMEZONE"))
        .filter_map(timezone::read)
        .take(200)
        .collect();
    let reader = Reader {
        timezones: &timezones,
        resolved: RefCell::default(),
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
        let uid = event.as_ref().map_or_else(
            || reader.uid(component, &mut Vec::new()),
            |event| event.uid.clone(),
        );
        let place = *places.entry(uid.clone()).or_insert_with(|| {
            objects.push(CalendarObject {
                uid,
                master: None,
                overrides: Vec::new(),
                left_out: 0,
                timezones: Arc::clone(&timezones),
                warnings: Vec::new(),
            });
            objects.len() - 1
        });
        if let Some(object) = objects.get_mut(place) {
            object.warnings.append(&mut warnings);
            match event {
                Some(event) => add(object, event, limits),
                None => object.left_out += 1,
            }
        }
    }
    Ok(objects)
}

fn add(object: &mut CalendarObject, event: VEvent, limits: &ParseLimits) {
    if event.recurrence_id.is_some() {
        if object.overrides.len() >= limits.overrides {
            warn_once(
                &mut object.warnings,
                format!(
                    "The series has more than {} changed occurrences; Daybook ignored the rest.",
                    limits.overrides
                ),
            );
            object.left_out += 1;
            return;
        }
        // The same occurrence twice: the newer revision wins.
        let same = object
            .overrides
            .iter()
            .position(|other| other.recurrence_id == event.recurrence_id);
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
            warn_once(
                &mut object.warnings,
                "The file has this event twice; Daybook kept the newer one.".to_owned(),
            );
            object.master = Some(event);
        }
        None => object.master = Some(event),
    }
}

pub(super) fn warn_once(warnings: &mut Vec<String>, warning: String) {
    if !warnings.contains(&warning) && warnings.len() < 50 {
        warnings.push(warning);
    }
}

pub(super) struct Reader<'r> {
    timezones: &'r [VTimezone],
    /// Labels met so far: a zone is worked out once per file, not once per event.
    resolved: RefCell<BTreeMap<String, Resolved>>,
    zone: &'r Zone,
    limits: &'r ParseLimits,
}

/// A time as written, with the zone it is in.
pub(super) struct Moment {
    pub(super) value: DateValue,
    pub(super) tzid: Option<String>,
    pub(super) zone: Zone,
}

impl Reader<'_> {
    fn event(&self, component: &Component, warnings: &mut Vec<String>) -> Option<VEvent> {
        let uid = self.uid(component, warnings);
        let Some(start) = self.moment(component, "DTSTART", warnings) else {
            warnings
                .push("An event has no start that can be read; Daybook left it out.".to_owned());
            return None;
        };
        let (end, duration) = self.end(component, &start, warnings);
        let recurrence_id = self.moment(component, "RECURRENCE-ID", warnings);
        let written = component.value("RECURRENCE-ID").unwrap_or_default();
        if recurrence_id.is_none() && !written.trim().is_empty() {
            // Taken for the series itself, it would put an end to all other occurrences.
            warnings.push(
                "A changed occurrence does not say which one it replaces; Daybook left it out."
                    .to_owned(),
            );
            return None;
        }
        let mut event = VEvent::new(uid, event_time(&start), end, start.zone.clone());
        event.duration = duration;
        event.wall = match start.value {
            DateValue::Local(wall) => Some(wall),
            DateValue::Utc(at) => Some(start.zone.to_datetime(at)),
            DateValue::Date(_) => None,
        };
        event.recurrence_id = recurrence_id.map(|id| match id.value {
            DateValue::Date(date) => OccurrenceKey::Day(date),
            // Without a zone of its own it is on the same wall as the start that it replaces.
            DateValue::Local(wall) if id.tzid.is_none() => {
                OccurrenceKey::Instant(start.zone.to_timestamp(wall))
            }
            other => OccurrenceKey::Instant(other.instant_in(&id.zone)),
        });
        let range = component
            .line("RECURRENCE-ID")
            .and_then(|line| line.param("RANGE"));
        event.this_and_future =
            range.is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
        event.sequence = component
            .value("SEQUENCE")
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0);
        event.created = self.instant(component, "CREATED");
        event.last_modified = self.instant(component, "LAST-MODIFIED");
        event.recurrence = self.recurrence(component, &start, warnings);
        describe(component, &mut event, self.limits.line_bytes);
        Some(event)
    }

    fn uid(&self, component: &Component, warnings: &mut Vec<String>) -> String {
        let uid: String = component
            .value("UID")
            .unwrap_or_default()
            .trim()
            .chars()
            .filter(|ch| !ch.is_control())
            .take(1_024)
            .collect();
        if !uid.is_empty() {
            return uid;
        }
        warn_once(
            warnings,
            "An event has no UID; Daybook named it after what it says.".to_owned(),
        );
        let mut text = String::new();
        component.write_into(&mut text);
        use sha2::{Digest, Sha256};
        let hash = Sha256::digest(text.as_bytes());
        let hex: String = hash
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{hex}@unnamed")
    }

    pub(super) fn moment(
        &self,
        component: &Component,
        name: &str,
        warnings: &mut Vec<String>,
    ) -> Option<Moment> {
        let line = component.line(name)?;
        let Some(value) = DateValue::parse(line.value()) else {
            warn_once(
                warnings,
                format!(
                    "{name} is not a date: {:?}; Daybook ignored it.",
                    line.value().chars().take(40).collect::<String>()
                ),
            );
            return None;
        };
        let tzid = line
            .param("TZID")
            .map(std::borrow::Cow::into_owned)
            .filter(|_| matches!(value, DateValue::Local(_)));
        let zone = match (&value, &tzid) {
            (DateValue::Utc(_), _) => Zone::utc(),
            (_, Some(tzid)) => self.resolve(tzid, warnings),
            _ => self.zone.clone(),
        };
        Some(Moment { value, tzid, zone })
    }

    fn resolve(&self, tzid: &str, warnings: &mut Vec<String>) -> Zone {
        let label = tzid.trim();
        let known = self.resolved.borrow().get(label).cloned();
        let resolved = known.unwrap_or_else(|| {
            let mut definitions = self.timezones.iter();
            let definition = definitions.find(|one| one.tzid.eq_ignore_ascii_case(label));
            let found = resolve(label, definition, self.zone);
            self.resolved
                .borrow_mut()
                .insert(label.to_owned(), found.clone());
            found
        });
        if let Some(warning) = resolved.warning {
            warn_once(warnings, warning);
        }
        resolved.zone
    }

    fn instant(&self, component: &Component, name: &str) -> Option<Timestamp> {
        let moment = self.moment(component, name, &mut Vec::new())?;
        Some(moment.value.instant_in(&moment.zone))
    }

    fn recurrence(
        &self,
        component: &Component,
        start: &Moment,
        warnings: &mut Vec<String>,
    ) -> Recurrence {
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

    fn dates(
        &self,
        found: &mut Recurrence,
        line: &ContentLine,
        start: &Moment,
        warnings: &mut Vec<String>,
    ) -> Result<(), crate::recurrence::RuleError> {
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
            (None, DateValue::Local(wall)) => {
                (date.value, date.tzid) = (DateValue::Utc(zone.to_timestamp(wall)), None)
            }
            _ => {}
        };
        found.exdates.iter_mut().skip(before.0).for_each(settle);
        found
            .rdates
            .iter_mut()
            .skip(before.1)
            .map(|rdate| &mut rdate.start)
            .for_each(settle);
        Ok(())
    }
}

pub(super) fn event_time(moment: &Moment) -> EventTime {
    match moment.value {
        DateValue::Date(date) => EventTime::AllDay(date),
        DateValue::Utc(at) => EventTime::Timed { at, zone: None },
        DateValue::Local(wall) => EventTime::Timed {
            at: moment.zone.to_timestamp(wall),
            zone: Some(moment.zone.name().to_owned()),
        },
    }
}
