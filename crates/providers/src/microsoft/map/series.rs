//! A series from the rows of one round (contracts/microsoft §4): the master's rule where it says exactly what was told, and
//! the told dates themselves where it does not.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use daybook_domain::event::{EventTime, ProviderEvent, Role};
use daybook_domain::recurrence::{
    DateValue, EventDuration, Limits, Occurrence, OccurrenceKey, RDate, Recurrence, Rule, Series,
    ZonedValue, expand,
};
use daybook_domain::zone::Zone;
use jiff::{SignedDuration, Timestamp};

use super::super::{recurrence, wire};
use super::{filled, length, provider_event, time};

/// What one round told of a series.
#[derive(Debug, Default, Clone)]
pub(in super::super) struct Rows {
    /// The series itself.
    pub(in super::super) master: Option<wire::Event>,
    /// Unchanged occurrences, by id; mostly without anything but times.
    pub(in super::super) plain: BTreeMap<String, wire::Event>,
    /// Changed occurrences, by id.
    pub(in super::super) exceptions: BTreeMap<String, wire::Event>,
    /// A row could not be understood: the set is not complete.
    pub(in super::super) broken: bool,
}

impl Rows {
    /// Whether a row could not be understood, so that the set is not complete: replacing the series would lose something.
    pub(in super::super) fn is_broken(&self, home: &Zone) -> bool {
        let of_days = |row: &wire::Event| row.is_all_day == Some(true);
        let all_day = self.master.as_ref().is_some_and(of_days);
        let known = |row: &wire::Event| time::times(row, of_days(row), None, home).is_some();
        self.broken
            || self
                .plain
                .values()
                .any(|row| key_of_row(row, all_day, home).is_none())
            || !self
                .master
                .iter()
                .chain(self.exceptions.values())
                .all(known)
    }
}

/// A day, by which whole days may be shifted against a window of instants.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A reading of the master's pattern: the rule, and the zone on whose wall it repeats.
struct Reading {
    recurrence: Recurrence,
    zone: Zone,
    /// Occurrences of the rule in the window that were not told.
    holes: Vec<OccurrenceKey>,
}

/// What is known of a master's times.
struct Frame {
    start: EventTime,
    duration: EventDuration,
    all_day: bool,
}

/// The events of series `id` as one resource: master and overrides. Empty when nothing of it lies in the window. `window` is
/// that of the round.
pub(in super::super) fn events(
    id: &str,
    rows: &Rows,
    window: &Range<Timestamp>,
    home: &Zone,
) -> Vec<ProviderEvent> {
    let Some(master) = &rows.master else {
        // Invited to some occurrences only: they are shown without their series.
        return overrides(id, rows, None, home);
    };
    let Some(mut frame) = frame(master, home) else {
        return overrides(id, rows, Some(master), home);
    };
    let own = frame.duration;
    frame.duration = length::usual(rows, own, frame.all_day, home);
    let told: BTreeSet<OccurrenceKey> = rows
        .plain
        .values()
        .filter(|row| row.is_cancelled != Some(true))
        .filter_map(|row| key_of_row(row, frame.all_day, home))
        .collect();
    if told.is_empty() && rows.exceptions.is_empty() {
        return Vec::new();
    }
    let reading = reading(master, &frame, &told, window, home)
        .unwrap_or_else(|| spelled_out(master, &frame, &told, home));
    let mut changed = overrides_of(id, rows, master, &reading, home);
    let role = Role::Master {
        recurrence: reading.recurrence.to_lines(None),
    };
    let name = reading.zone.iana_name().filter(|_| !frame.all_day);
    changed.extend(length::odd(id, rows, master, frame.duration, home));
    let Some(mut event) = provider_event(master, role, id, name, home) else {
        return changed;
    };
    if frame.duration != own {
        event.end = length::end(&event.start, frame.duration);
    }
    changed.insert(0, event);
    changed
}

/// Whether an incremental round that told of no plain occurrence of a series leaves out some that ought to be there. Then it
/// cannot be taken at its word, and the whole calendar is read.
pub(in super::super) fn is_doubtful(rows: &Rows, window: &Range<Timestamp>, home: &Zone) -> bool {
    let Some(master) = rows.master.as_ref().filter(|_| rows.plain.is_empty()) else {
        return false;
    };
    let Some(frame) = frame(master, home) else {
        return false;
    };
    let nothing = BTreeSet::new();
    reading(master, &frame, &nothing, window, home)
        .is_none_or(|reading| reading.holes.len() > rows.exceptions.len())
}

/// The rule that a series repeats by, before any occurrence is known: for what was just written.
pub(in super::super) fn lines(master: &wire::Event, home: &Zone) -> Vec<String> {
    let Some(frame) = frame(master, home) else {
        return Vec::new();
    };
    let zone = zones(master, home)
        .into_iter()
        .next()
        .unwrap_or_else(Zone::utc);
    let first = recurrence::rules(master.recurrence.as_ref(), &frame.start, &zone)
        .into_iter()
        .take(1);
    Recurrence {
        rules: first.collect(),
        ..Recurrence::default()
    }
    .to_lines(None)
}

fn frame(master: &wire::Event, home: &Zone) -> Option<Frame> {
    let all_day = master.is_all_day == Some(true);
    let (start, end) = time::times(master, all_day, None, home)?;
    Some(Frame {
        duration: EventDuration::between(&start, &end),
        start,
        all_day,
    })
}

/// Zones in which the pattern may be meant, the likeliest first.
fn zones(master: &wire::Event, home: &Zone) -> Vec<Zone> {
    let range = master.recurrence.as_ref().map(|found| &found.range);
    let named = [
        range.and_then(|range| range.recurrence_time_zone.as_deref()),
        master.original_start_time_zone.as_deref(),
    ];
    let mut found: Vec<Zone> = Vec::new();
    for zone in named
        .into_iter()
        .filter_map(time::zone)
        .chain(std::iter::once(home.clone()))
    {
        if !found.contains(&zone) {
            found.push(zone);
        }
    }
    found
}

/// The reading under which every told occurrence comes from the rule, with the fewest holes.
fn reading(
    master: &wire::Event,
    frame: &Frame,
    told: &BTreeSet<OccurrenceKey>,
    window: &Range<Timestamp>,
    home: &Zone,
) -> Option<Reading> {
    let mut best: Option<Reading> = None;
    for zone in zones(master, home) {
        for rule in recurrence::rules(master.recurrence.as_ref(), &frame.start, &zone) {
            let found = fit(rule, frame, told, window, &zone);
            let better = |found: &Reading| {
                best.as_ref()
                    .is_none_or(|best| found.holes.len() < best.holes.len())
            };
            if let Some(found) = found.filter(better) {
                best = Some(found);
            }
        }
    }
    best
}

fn fit(
    rule: Rule,
    frame: &Frame,
    told: &BTreeSet<OccurrenceKey>,
    window: &Range<Timestamp>,
    zone: &Zone,
) -> Option<Reading> {
    let recurrence = Recurrence {
        rules: vec![rule],
        ..Recurrence::default()
    };
    let series = Series::new(
        &frame.start,
        frame.duration,
        zone.clone(),
        recurrence.clone(),
    );
    let expansion = expand(&series, moved(window, DAY), &Limits::default());
    if expansion.exhausted || expansion.truncated {
        return None;
    }
    let made: BTreeSet<OccurrenceKey> = expansion.occurrences.iter().map(|one| one.key).collect();
    if !told.is_subset(&made) {
        return None;
    }
    // Whole days at the edges may be told or not, depending on the zone they are seen from.
    let sure = match frame.all_day {
        true => moved(window, -DAY),
        false => window.clone(),
    };
    let is_hole = |one: &&Occurrence| one.span().touches(&sure) && !told.contains(&one.key);
    let holes: Vec<OccurrenceKey> = expansion
        .occurrences
        .iter()
        .filter(is_hole)
        .map(|one| one.key)
        .collect();
    Some(Reading {
        recurrence: Recurrence {
            exdates: holes.iter().map(|key| value(*key)).collect(),
            ..recurrence
        },
        zone: zone.clone(),
        holes,
    })
}

/// The told occurrences one by one, and DTSTART taken out unless it is one of them.
fn spelled_out(
    master: &wire::Event,
    frame: &Frame,
    told: &BTreeSet<OccurrenceKey>,
    home: &Zone,
) -> Reading {
    let first = key(&frame.start);
    let rdates = told.iter().filter(|key| **key != first).map(|key| RDate {
        start: value(*key),
        end: None,
    });
    let exdates = (!told.contains(&first)).then(|| value(first));
    Reading {
        recurrence: Recurrence {
            rdates: rdates.collect(),
            exdates: exdates.into_iter().collect(),
            ..Recurrence::default()
        },
        zone: zones(master, home)
            .into_iter()
            .next()
            .unwrap_or_else(Zone::utc),
        holes: Vec::new(),
    }
}

/// The exceptions, each with the start it was moved from: told, else the occurrence that is left over, else its own.
fn overrides_of(
    id: &str,
    rows: &Rows,
    master: &wire::Event,
    reading: &Reading,
    home: &Zone,
) -> Vec<ProviderEvent> {
    let mut made = overrides(id, rows, Some(master), home);
    let untold = |event: &ProviderEvent| {
        rows.exceptions
            .get(&event.provider_id)
            .is_none_or(|row| filled(row.original_start.as_deref()).is_none())
    };
    let claimed: BTreeSet<OccurrenceKey> = made
        .iter()
        .filter(|event| !untold(event))
        .filter_map(|event| match &event.role {
            Role::Override { original_start, .. } => Some(key(original_start)),
            _ => None,
        })
        .collect();
    let mut left: Vec<OccurrenceKey> = reading.holes.clone();
    left.retain(|key| !claimed.contains(key));
    let mut seekers: Vec<&mut ProviderEvent> =
        made.iter_mut().filter(|event| untold(event)).collect();
    if seekers.is_empty() || seekers.len() != left.len() {
        return made;
    }
    seekers.sort_by_key(|event| key(&event.start));
    for (event, found) in seekers.into_iter().zip(left) {
        if let Role::Override { original_start, .. } = &mut event.role {
            *original_start = match found {
                OccurrenceKey::Day(day) => EventTime::AllDay(day),
                OccurrenceKey::Instant(at) => EventTime::Timed {
                    at,
                    zone: reading.zone.iana_name().map(str::to_owned),
                },
            };
        }
    }
    made
}

fn overrides(
    id: &str,
    rows: &Rows,
    master: Option<&wire::Event>,
    home: &Zone,
) -> Vec<ProviderEvent> {
    let made = rows
        .exceptions
        .values()
        .filter_map(|row| one_override(id, row, master, home));
    made.collect()
}

/// One changed occurrence as the mirror keeps it.
pub(in super::super) fn one_override(
    id: &str,
    row: &wire::Event,
    master: Option<&wire::Event>,
    home: &Zone,
) -> Option<ProviderEvent> {
    let of_days = master.unwrap_or(row).is_all_day == Some(true);
    let zone = match master {
        Some(master) => zones(master, home).into_iter().next(),
        None => time::zone(row.original_start_time_zone.as_deref()),
    };
    let zone = zone.unwrap_or_else(|| home.clone());
    let told = row
        .original_start
        .as_deref()
        .and_then(|text| time::original(text, of_days, &zone));
    let (start, _) = time::times(row, row.is_all_day == Some(true), zone.iana_name(), home)?;
    let role = Role::Override {
        series: id.to_owned(),
        original_start: told.unwrap_or(start),
        this_and_future: false,
    };
    let mut event = provider_event(row, role, id, None, home)?;
    // Graph gives every occurrence a UID of its own; the series has one.
    let series_uid = master.and_then(|master| master.ical_uid.clone());
    event.ical_uid = series_uid.or(event.ical_uid);
    Some(event)
}

/// The key of an occurrence's row, which mostly lacks `isAllDay`.
fn key_of_row(row: &wire::Event, all_day: bool, home: &Zone) -> Option<OccurrenceKey> {
    let start = row.start.as_ref()?;
    Some(match all_day {
        true => OccurrenceKey::Day(time::date(start)?),
        false => OccurrenceKey::Instant(time::instant(start, home)?),
    })
}

/// The key of the occurrence that starts at `start`.
pub(in super::super) fn key(start: &EventTime) -> OccurrenceKey {
    match start {
        EventTime::Timed { at, .. } => OccurrenceKey::Instant(*at),
        EventTime::AllDay(day) => OccurrenceKey::Day(*day),
    }
}

fn value(key: OccurrenceKey) -> ZonedValue {
    ZonedValue {
        value: match key {
            OccurrenceKey::Day(day) => DateValue::Date(day),
            OccurrenceKey::Instant(at) => DateValue::Utc(at),
        },
        tzid: None,
    }
}

/// The window, wider by `by` on both sides, or narrower.
fn moved(window: &Range<Timestamp>, by: SignedDuration) -> Range<Timestamp> {
    let start = window.start.saturating_sub(by).unwrap_or(window.start);
    let end = window.end.saturating_add(by).unwrap_or(window.end);
    start..end
}
