//! What the mirror holds and what it should hold, in the same words.

mod microsoft;

use std::collections::BTreeSet;

use daybook_domain::CalendarId;
use daybook_domain::WorkspaceId;
use daybook_domain::event::{EventTime, Role, Status};
use daybook_domain::ical::{self, ParseLimits, VEvent};
use daybook_domain::recurrence::OccurrenceKey;
use daybook_domain::zone::Zone;
use daybook_sandbox::caldav::OracleResource;
use daybook_sandbox::google::{OracleEvent, OracleTime};
use daybook_store::{Kind, Store, events, instances};
use jiff::Timestamp;

pub use microsoft::{microsoft_shown, microsoft_truth};

use crate::world::must;

/// A row of a mirror, as far as R4 compares it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MirrorRow {
    /// The provider's id, or the href of the resource and the occurrence it replaces.
    pub id: String,
    /// Version tag.
    pub etag: Option<String>,
    /// Start; nothing for a cancelled occurrence.
    pub start: Option<String>,
    /// End; nothing for a cancelled occurrence.
    pub end: Option<String>,
    /// Confirmed, tentative or cancelled.
    pub status: String,
    /// Title.
    pub title: String,
    /// Recurrence lines of a master.
    pub recurrence: Vec<String>,
    /// Which occurrence it replaces.
    pub original: Option<String>,
    /// And of which series.
    pub series: Option<String>,
}

/// An instance as the mirror shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown {
    /// Start.
    pub start: Timestamp,
    /// End.
    pub end: Timestamp,
    /// The provider's id of the event it belongs to.
    pub event: String,
    /// Which occurrence of a series.
    pub occurrence: Option<String>,
    /// Title.
    pub title: String,
    /// All day.
    pub all_day: bool,
    /// Blocks time.
    pub busy: bool,
}

/// Everything the mirror of a calendar holds.
pub async fn mirror(
    store: &Store,
    workspace: WorkspaceId,
    calendar: CalendarId,
) -> BTreeSet<MirrorRow> {
    let names = names(store, calendar).await;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut tx = must(store.read().await);
    let rows = must(events::series_rows(&mut tx, workspace, calendar, &names).await);
    rows.into_iter().map(row).collect()
}

/// Rows without the holes in series that are not there: nothing shows them, and no provider tells of them reliably. (A series
/// that goes is told; that its cancelled occurrences went with it is not.)
#[must_use]
pub fn visible(rows: BTreeSet<MirrorRow>) -> BTreeSet<MirrorRow> {
    let alive: BTreeSet<String> = rows
        .iter()
        .filter(|row| row.series.is_none() && row.status != "cancelled")
        .map(|row| row.id.clone())
        .collect();
    let hole = |row: &MirrorRow| {
        let series = row.series.as_ref();
        row.status == "cancelled" && series.is_some_and(|series| !alive.contains(series))
    };
    rows.into_iter().filter(|row| !hole(row)).collect()
}

/// Every instance of a calendar between two instants.
pub async fn shown(
    store: &Store,
    workspace: WorkspaceId,
    calendar: CalendarId,
    (from, to): (Timestamp, Timestamp),
) -> BTreeSet<Shown> {
    let mut tx = must(store.read().await);
    let range = instances::Range {
        calendars: &[calendar],
        from,
        to,
        q: None,
        converted: None,
        cancelled: false,
        after: None,
        limit: 100_000,
    };
    let rows = must(instances::range(&mut tx, workspace, &range).await);
    rows.into_iter()
        .map(|row| Shown {
            start: row.start_us,
            end: row.end_us,
            event: row.provider_event_id,
            occurrence: row.occurrence_key,
            title: row.details.title,
            all_day: row.all_day,
            busy: row.busy,
        })
        .collect()
}

/// What a mirror of this Google calendar must hold.
#[must_use]
pub fn google_truth(events: Vec<OracleEvent>) -> BTreeSet<MirrorRow> {
    let time = |time: &OracleTime| match time {
        OracleTime::Date(date) => date.to_string(),
        OracleTime::At { instant, .. } => instant.to_string(),
    };
    let row = |event: OracleEvent| MirrorRow {
        id: event.id,
        etag: Some(event.etag),
        start: event.start.as_ref().map(time),
        end: event.end.as_ref().map(time),
        status: event.status,
        title: event.summary,
        recurrence: event.recurrence,
        original: event.original_start.as_ref().map(time),
        series: event.recurring_event_id,
    };
    events.into_iter().map(row).collect()
}

/// What a mirror of this CalDAV calendar must hold.
#[must_use]
pub fn caldav_truth(resources: &[OracleResource], zone: &Zone) -> BTreeSet<MirrorRow> {
    let mut rows = BTreeSet::new();
    for resource in resources {
        let objects = must(ical::parse(
            resource.ics.as_bytes(),
            zone,
            &ParseLimits::default(),
        ));
        for object in objects {
            rows.extend(
                object
                    .master
                    .iter()
                    .chain(&object.overrides)
                    .map(|event| written(resource, event)),
            );
        }
    }
    rows
}

/// The provider's ids of everything the mirror of a calendar holds: past every index, so that nothing can hide.
async fn names(store: &Store, calendar: CalendarId) -> Vec<String> {
    let id = calendar.as_uuid();
    let id = match store.kind() {
        Kind::Sqlite => format!("X'{}'", id.simple()),
        Kind::Postgres => format!("'{id}'"),
    };
    let text = format!("SELECT provider_event_id FROM event WHERE calendar_id = {id}");
    must(store.texts_raw(text).await)
}

fn row(event: events::Event) -> MirrorRow {
    let event = event.event;
    let gone = event.status == Status::Cancelled && matches!(event.role, Role::Override { .. });
    let google = event.resource.is_none();
    let (recurrence, original, series) = match event.role {
        Role::Single => (Vec::new(), None, None),
        Role::Master { recurrence } => (recurrence, None, None),
        Role::Override {
            original_start,
            series,
            ..
        } => (Vec::new(), Some(words(&original_start)), Some(series)),
    };
    MirrorRow {
        id: event.provider_id,
        etag: event.etag,
        start: (!(gone && google)).then(|| words(&event.start)),
        end: (!(gone && google)).then(|| words(&event.end)),
        status: event.status.to_string(),
        title: if gone && google {
            String::new()
        } else {
            event.details.title
        },
        recurrence,
        original,
        series,
    }
}

fn written(resource: &OracleResource, event: &VEvent) -> MirrorRow {
    let original = event.recurrence_id;
    let recurrence = if original.is_none() {
        event.recurrence.to_lines(event.zone.iana_name())
    } else {
        Vec::new()
    };
    MirrorRow {
        id: match original {
            Some(key) => format!("{}#{key}", resource.path),
            None => resource.path.clone(),
        },
        etag: Some(resource.etag.clone()),
        start: Some(words(&event.start)),
        end: Some(words(&event.end)),
        status: event.status.unwrap_or(Status::Confirmed).to_string(),
        title: event.summary.clone().unwrap_or_default(),
        recurrence,
        original: original.map(|key| match key {
            OccurrenceKey::Day(date) => date.to_string(),
            OccurrenceKey::Instant(at) => at.to_string(),
        }),
        series: original.map(|_| resource.path.clone()),
    }
}

fn words(time: &EventTime) -> String {
    match time {
        EventTime::AllDay(date) => date.to_string(),
        EventTime::Timed { at, .. } => at.to_string(),
    }
}
