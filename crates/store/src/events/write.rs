//! Writing events, many at a time.

use daybook_domain::event::{EventTime, Role};
use daybook_domain::{CalendarId, EventId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::types::Json;

use super::{Kind, NewEvent};
use crate::{Result, Tx};

bulk! {
    UPSERT = "INSERT INTO event (id, workspace_id, calendar_id, provider_event_id, resource, etag, ical_uid, kind, series_provider_id, original_key, \
              original_start, this_and_future, status, all_day, start_us, end_us, start_date, end_date, time_zone, end_time_zone, opaque, informational, \
              response_status, search, details, recurrence, zone_definition, content_hash, seen_generation, updated_at, changed_at) VALUES ",
    fixed 0, columns 31,
    " ON CONFLICT (workspace_id, calendar_id, provider_event_id) DO UPDATE SET resource = excluded.resource, etag = excluded.etag, \
     ical_uid = excluded.ical_uid, kind = excluded.kind, series_provider_id = excluded.series_provider_id, original_key = excluded.original_key, \
     original_start = excluded.original_start, this_and_future = excluded.this_and_future, status = excluded.status, all_day = excluded.all_day, \
     start_us = excluded.start_us, end_us = excluded.end_us, start_date = excluded.start_date, end_date = excluded.end_date, \
     time_zone = excluded.time_zone, end_time_zone = excluded.end_time_zone, opaque = excluded.opaque, informational = excluded.informational, \
     response_status = excluded.response_status, search = excluded.search, details = excluded.details, recurrence = excluded.recurrence, \
     zone_definition = excluded.zone_definition, content_hash = excluded.content_hash, seen_generation = excluded.seen_generation, \
     updated_at = excluded.updated_at, changed_at = excluded.changed_at"
}
bulk! {
    TOUCH = "UPDATE event SET seen_generation = $1 WHERE workspace_id = $2 AND id IN (",
    fixed 2, columns 1, ")"
}
bulk! {
    DELETE_BY_PROVIDER_ID = "DELETE FROM event WHERE workspace_id = $1 AND calendar_id = $2 AND provider_event_id IN (",
    fixed 2, columns 1, ") RETURNING provider_event_id"
}
bulk! {
    DELETE_BY_RESOURCE = "DELETE FROM event WHERE workspace_id = $1 AND calendar_id = $2 AND resource IN (",
    fixed 2, columns 1, ") RETURNING provider_event_id"
}

/// What the columns of an event need beyond what the provider told.
struct Columns<'a> {
    kind: Kind,
    series: Option<&'a str>,
    original_start: Option<&'a EventTime>,
    this_and_future: bool,
    recurrence: Option<&'a [String]>,
}

impl<'a> Columns<'a> {
    fn of(role: &'a Role) -> Self {
        let single = Self {
            kind: Kind::Single,
            series: None,
            original_start: None,
            this_and_future: false,
            recurrence: None,
        };
        match role {
            Role::Single => single,
            Role::Master { recurrence } => Self {
                kind: Kind::Master,
                recurrence: Some(recurrence),
                ..single
            },
            Role::Override {
                series,
                original_start,
                this_and_future,
            } => Self {
                kind: Kind::Override,
                series: Some(series),
                original_start: Some(original_start),
                this_and_future: *this_and_future,
                ..single
            },
        }
    }
}

const fn date(time: &EventTime) -> Option<Date> {
    match time {
        EventTime::AllDay(date) => Some(*date),
        EventTime::Timed { .. } => None,
    }
}

/// Stores events: new ones are added, known ones (by provider id) replaced, all marked with `generation`. A provider id may
/// occur only once in `events`. Returns their ids, in order.
pub async fn upsert_batch(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
    generation: i64,
    events: &[NewEvent<'_>],
) -> Result<Vec<EventId>> {
    let now = tx.stamp().await?;
    let rows: Vec<(EventId, Columns<'_>, &NewEvent<'_>)> = events
        .iter()
        .map(|new| {
            let id = EventId::of(calendar, &new.event.provider_id);
            (id, Columns::of(&new.event.role), new)
        })
        .collect();
    bulk_execute!(tx, UPSERT, [], rows, |row| [
        row.0,
        ws,
        calendar,
        &row.2.event.provider_id,
        row.2.event.resource.as_deref(),
        row.2.event.etag.as_deref(),
        row.2.event.ical_uid.as_deref(),
        row.1.kind,
        row.1.series,
        row.2.original_key,
        row.1.original_start.map(Json),
        row.1.this_and_future,
        row.2.event.status,
        row.2.event.start.is_all_day(),
        row.2.start,
        row.2.end,
        date(&row.2.event.start),
        date(&row.2.event.end),
        row.2.event.start.zone(),
        row.2.event.end.zone(),
        row.2.event.opaque,
        row.2.event.informational,
        row.2.event.response_status,
        row.2.event.details.title.to_lowercase(),
        Json(&row.2.event.details),
        row.1.recurrence.map(Json),
        row.2.event.zone_definition.as_deref(),
        row.2.content_hash,
        generation,
        row.2.event.updated_at,
        now,
    ]);
    Ok(rows.into_iter().map(|(id, ..)| id).collect())
}

/// Lays an event elsewhere: what it says stays, but its days begin in another zone.
pub async fn lay(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: EventId,
    (start, end): (Timestamp, Timestamp),
) -> Result<()> {
    execute!(
        tx,
        "UPDATE event SET start_us = $3, end_us = $4 WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        start,
        end
    )?;
    Ok(())
}

/// Marks unchanged events as told in `generation`.
pub async fn touch_generation(
    tx: &mut Tx,
    ws: WorkspaceId,
    ids: &[EventId],
    generation: i64,
) -> Result<()> {
    bulk_execute!(tx, TOUCH, [generation, ws], ids, |id| [*id]);
    Ok(())
}

/// Removes these events with their instances. Returns the provider ids of those that were there.
pub async fn delete_by_provider_ids(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
    provider_ids: &[&str],
) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = bulk_fetch!(
        tx,
        (String,),
        DELETE_BY_PROVIDER_ID,
        [ws, calendar],
        provider_ids,
        |id| [*id]
    );
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Removes the events of these resources with their instances. Returns the provider ids of those that were there.
pub async fn delete_by_resources(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
    resources: &[&str],
) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = bulk_fetch!(
        tx,
        (String,),
        DELETE_BY_RESOURCE,
        [ws, calendar],
        resources,
        |href| [*href]
    );
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

row! {
    /// An event that a full read did not tell.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Swept of "event" {
        /// The provider's id.
        pub provider_event_id: String,
        /// For overrides: the master's provider id.
        pub series_provider_id: Option<String>,
    }
}

/// Ends a full read: removes the events that it did not tell, with their instances. Returns what went.
pub async fn sweep(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
    generation: i64,
) -> Result<Vec<Swept>> {
    fetch_all!(
        tx,
        Swept,
        "DELETE FROM event WHERE workspace_id = $1 AND calendar_id = $2 AND seen_generation < $3 RETURNING provider_event_id, series_provider_id",
        ws,
        calendar,
        generation
    )
}

/// As [`sweep`], for a read that tells only what was not over at `from`: single events that were stay.
pub async fn sweep_since(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
    generation: i64,
    from: Timestamp,
) -> Result<Vec<Swept>> {
    fetch_all!(
        tx,
        Swept,
        "DELETE FROM event WHERE workspace_id = $1 AND calendar_id = $2 AND seen_generation < $3 AND NOT (kind = 'single' AND end_us <= $4) RETURNING provider_event_id, series_provider_id",
        ws,
        calendar,
        generation,
        from
    )
}
