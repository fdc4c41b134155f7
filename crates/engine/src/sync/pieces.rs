//! From the provider's words to what expansion needs, and from what it draws to what the store keeps.

use daybook_domain::event::{EventTime, ProviderEvent, Role};
use daybook_domain::ical::{self, ParseLimits};
use daybook_domain::recurrence::OccurrenceKey;
use daybook_domain::zone::Zone;
use daybook_domain::{CalendarId, EventId};
use daybook_store as store;
use sha2::{Digest, Sha256};
use store::calendars::Calendar;
use store::instances::NewInstance;

use super::expand::{Drawn, Master, Piece, Replacement};

/// The calendar's zone: all-day events start at its midnight.
pub(super) fn zone_of(calendar: &Calendar) -> Zone {
    calendar
        .time_zone
        .as_deref()
        .and_then(Zone::iana)
        .unwrap_or_else(Zone::utc)
}

/// Two tellings with the same hash say the same. The version tag is left out: a CalDAV resource has one for all its events.
pub(super) fn content_hash(event: &ProviderEvent) -> [u8; 32] {
    let mut hash = Sha256::new();
    let words = (
        &event.provider_id,
        &event.resource,
        &event.ical_uid,
        &event.role,
        event.status,
        &event.start,
        &event.end,
    );
    let more = (
        event.opaque,
        event.informational,
        event.response_status,
        &event.details,
        &event.zone_definition,
    );
    for part in [serde_json::to_vec(&words), serde_json::to_vec(&more)]
        .into_iter()
        .flatten()
    {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// The provider id of the series an event belongs to: its own, unless it is an override.
pub(super) fn series_of(event: &ProviderEvent) -> &str {
    match &event.role {
        Role::Override { series, .. } => series,
        Role::Single | Role::Master { .. } => &event.provider_id,
    }
}

/// For overrides, which occurrence it stands in for.
pub(super) fn original_key(event: &ProviderEvent) -> Option<OccurrenceKey> {
    match &event.role {
        Role::Override { original_start, .. } => Some(OccurrenceKey::of(original_start)),
        Role::Single | Role::Master { .. } => None,
    }
}

pub(super) fn piece(calendar: CalendarId, event: &ProviderEvent) -> Piece {
    Piece {
        id: EventId::of(calendar, &event.provider_id),
        start: event.start.clone(),
        end: event.end.clone(),
        status: event.status,
        busy: event.is_busy(),
    }
}

pub(super) fn master(
    calendar: CalendarId,
    event: &ProviderEvent,
    recurrence: &[String],
    home: &Zone,
) -> Master {
    Master {
        piece: piece(calendar, event),
        recurrence: recurrence.to_vec(),
        zone: wall_zone(event, home),
    }
}

pub(super) fn replacement(calendar: CalendarId, event: &ProviderEvent) -> Option<Replacement> {
    let Role::Override {
        original_start,
        this_and_future,
        ..
    } = &event.role
    else {
        return None;
    };
    Some(Replacement {
        piece: piece(calendar, event),
        original: OccurrenceKey::of(original_start),
        this_and_future: *this_and_future,
    })
}

/// The zone a series' wall times are in: a named one, the one its file defines, or UTC.
fn wall_zone(event: &ProviderEvent, home: &Zone) -> Zone {
    let EventTime::Timed { zone, .. } = &event.start else {
        return home.clone();
    };
    let named = zone.as_deref().and_then(Zone::iana);
    named
        .or_else(|| {
            event
                .zone_definition
                .as_deref()
                .and_then(|text| defined(text, home))
        })
        .unwrap_or_else(Zone::utc)
}

/// A zone from the text of its VTIMEZONE, read through the same parser as everything else.
fn defined(vtimezone: &str, home: &Zone) -> Option<Zone> {
    let tzid = vtimezone
        .lines()
        .find_map(|line| line.strip_prefix("TZID:"))?
        .trim();
    let file = format!(
        "BEGIN:VCALENDAR\r\n{}\r\nBEGIN:VEVENT\r\nUID:zone\r\nDTSTART;TZID=\"{}\":20260101T000000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        vtimezone.trim(),
        tzid.replace('"', "")
    );
    let objects = ical::parse(file.as_bytes(), home, &ParseLimits::default()).ok()?;
    objects.into_iter().next()?.master.map(|event| event.zone)
}

/// A drawn instance as the store keeps it.
pub(super) fn row(drawn: Drawn) -> NewInstance {
    NewInstance {
        id: drawn.id,
        event_id: drawn.event_id,
        occurrence_key: drawn.occurrence.map(|key| key.to_string()),
        override_event_id: Some(drawn.shown_by).filter(|shown| *shown != drawn.event_id),
        start: drawn.start,
        end: drawn.end,
        all_day: drawn.days.is_some(),
        start_date: drawn.days.map(|(first, _)| first),
        end_date: drawn.days.map(|(_, after)| after),
        busy: drawn.busy,
        status: drawn.status,
    }
}
