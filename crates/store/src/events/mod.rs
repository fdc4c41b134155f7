//! The mirror's events: singles, series masters and overrides, as the provider told them.

mod read;
mod write;

use daybook_domain::event::{Details, EventTime, ProviderEvent, ResponseStatus, Role, Status};
use daybook_domain::{CalendarId, EventId};
use jiff::Timestamp;
use jiff::civil::Date;

pub use read::{
    EventState, Resource, count, count_all_day, count_since, counts, etags, get,
    load_by_provider_ids, load_by_resources, master_page, missed_within, resources_of, series_rows,
    within, zoned_page,
};
pub use write::{
    Swept, delete_by_provider_ids, delete_by_resources, lay, sweep, sweep_since, touch_generation,
    upsert_batch,
};

daybook_domain::text_enum! {
    /// What part an event plays, as stored.
    Kind {
        /// It stands alone.
        Single = "single",
        /// It is a series.
        Master = "master",
        /// It replaces or removes an occurrence of a series.
        Override = "override",
    }
}

/// An event to store.
#[derive(Debug, Clone, Copy)]
pub struct NewEvent<'a> {
    /// What the provider told.
    pub event: &'a ProviderEvent,
    /// When it starts; for all-day events midnight in the calendar's zone.
    pub start: Timestamp,
    /// When it ends, exclusive.
    pub end: Timestamp,
    /// For overrides: the text form of the occurrence it replaces.
    pub original_key: Option<&'a str>,
    /// Hash of the contents, to tell whether a later telling changes anything.
    pub content_hash: &'a [u8],
}

/// An event as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// Of which calendar.
    pub calendar_id: CalendarId,
    /// What the provider told.
    pub event: ProviderEvent,
    /// When it starts.
    pub start: Timestamp,
    /// When it ends, exclusive.
    pub end: Timestamp,
    /// For overrides: the text form of the occurrence it replaces.
    pub original_key: Option<String>,
    /// Hash of the contents.
    pub content_hash: Vec<u8>,
    /// When Daybook last saw it change.
    pub changed_at: Timestamp,
}

row! {
    /// All columns, as read.
    struct Row of "event" {
        id: EventId,
        calendar_id: CalendarId,
        provider_event_id: String,
        resource: Option<String>,
        etag: Option<String>,
        ical_uid: Option<String>,
        kind: Kind,
        series_provider_id: Option<String>,
        original_key: Option<String>,
        original_start: Option<EventTime>,
        this_and_future: bool,
        status: Status,
        start_us: Timestamp,
        end_us: Timestamp,
        start_date: Option<Date>,
        end_date: Option<Date>,
        time_zone: Option<String>,
        end_time_zone: Option<String>,
        opaque: bool,
        informational: bool,
        response_status: ResponseStatus,
        details: Details,
        recurrence: Option<Vec<String>>,
        zone_definition: Option<String>,
        content_hash: Vec<u8>,
        updated_at: Option<Timestamp>,
        changed_at: Timestamp,
    }
}

/// Date or instant with its zone, from the columns.
pub(crate) fn event_time(at: Timestamp, date: Option<Date>, zone: Option<String>) -> EventTime {
    match date {
        Some(date) => EventTime::AllDay(date),
        None => EventTime::Timed { at, zone },
    }
}

impl From<Row> for Event {
    fn from(row: Row) -> Self {
        let start = event_time(row.start_us, row.start_date, row.time_zone);
        let end = event_time(row.end_us, row.end_date, row.end_time_zone);
        let role = match (row.kind, row.series_provider_id) {
            (Kind::Master, _) => Role::Master {
                recurrence: row.recurrence.unwrap_or_default(),
            },
            (Kind::Override, Some(series)) => Role::Override {
                series,
                original_start: row.original_start.unwrap_or_else(|| start.clone()),
                this_and_future: row.this_and_future,
            },
            _ => Role::Single,
        };
        Self {
            id: row.id,
            calendar_id: row.calendar_id,
            event: ProviderEvent {
                provider_id: row.provider_event_id,
                resource: row.resource,
                etag: row.etag,
                ical_uid: row.ical_uid,
                role,
                status: row.status,
                start,
                end,
                opaque: row.opaque,
                informational: row.informational,
                response_status: row.response_status,
                details: row.details,
                zone_definition: row.zone_definition,
                updated_at: row.updated_at,
            },
            start: row.start_us,
            end: row.end_us,
            original_key: row.original_key,
            content_hash: row.content_hash,
            changed_at: row.changed_at,
        }
    }
}
