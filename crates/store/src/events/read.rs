//! Reading events.

use std::collections::HashMap;

use daybook_domain::event::Status;
use daybook_domain::{CalendarId, EventId, WorkspaceId};
use jiff::Timestamp;

use super::{Event, Kind, Row};
use crate::{Result, Tx};

row! {
    /// What a sync needs to know of a stored event to tell what changed.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct EventState of "event" {
        /// Its id.
        pub id: EventId,
        /// The provider's id.
        pub provider_event_id: String,
        /// The resource it came in.
        pub resource: Option<String>,
        /// Version tag.
        pub etag: Option<String>,
        /// Its part in a series.
        pub kind: Kind,
        /// For overrides: the master's provider id.
        pub series_provider_id: Option<String>,
        /// Confirmed, tentative or cancelled.
        pub status: Status,
        /// Whether it takes whole days.
        pub all_day: bool,
        /// Hash of the contents.
        pub content_hash: Vec<u8>,
        /// The generation that last told it.
        pub seen_generation: i64,
    }
}

row! {
    /// A resource and its version.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Resource of "event" {
        /// Canonical href.
        pub resource: String,
        /// Version tag.
        pub etag: Option<String>,
    }
}

bulk! {
    BY_PROVIDER_ID = "SELECT id, provider_event_id, resource, etag, kind, series_provider_id, status, all_day, content_hash, seen_generation FROM event \
                      WHERE workspace_id = $1 AND calendar_id = $2 AND provider_event_id IN (",
    fixed 2, columns 1, ")"
}
bulk! {
    BY_RESOURCE = "SELECT id, provider_event_id, resource, etag, kind, series_provider_id, status, all_day, content_hash, seen_generation FROM event \
                   WHERE workspace_id = $1 AND calendar_id = $2 AND resource IN (",
    fixed 2, columns 1, ")"
}
bulk! {
    WITHIN = "SELECT e.provider_event_id FROM event e WHERE e.workspace_id = $1 AND e.calendar_id = $2 \
              AND EXISTS (SELECT 1 FROM instance i WHERE i.workspace_id = e.workspace_id AND i.event_id = e.id AND i.status <> 'cancelled' \
              AND i.start_us < $3 AND i.end_us > $4) AND e.provider_event_id IN (",
    fixed 4, columns 1, ")"
}
bulk! {
    MASTERS = "SELECT * FROM event WHERE workspace_id = $1 AND calendar_id = $2 AND provider_event_id IN (",
    fixed 2, columns 1, ")"
}
bulk! {
    OVERRIDES = "SELECT * FROM event WHERE workspace_id = $1 AND calendar_id = $2 AND series_provider_id IN (",
    fixed 2, columns 1, ") ORDER BY provider_event_id"
}

/// The state of those events that are stored, in no particular order.
pub async fn load_by_provider_ids(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
    provider_ids: &[&str],
) -> Result<Vec<EventState>> {
    Ok(bulk_fetch!(
        tx,
        EventState,
        BY_PROVIDER_ID,
        [ws, calendar],
        provider_ids,
        |id| [*id]
    ))
}

/// The state of the events of these resources, in no particular order.
pub async fn load_by_resources(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
    resources: &[&str],
) -> Result<Vec<EventState>> {
    Ok(bulk_fetch!(
        tx,
        EventState,
        BY_RESOURCE,
        [ws, calendar],
        resources,
        |href| [*href]
    ))
}

/// These events and all overrides of those that are series.
pub async fn series_rows(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
    provider_ids: &[&str],
) -> Result<Vec<Event>> {
    let mut rows: Vec<Row> =
        bulk_fetch!(tx, Row, MASTERS, [ws, calendar], provider_ids, |id| [*id]);
    rows.extend(bulk_fetch!(
        tx,
        Row,
        OVERRIDES,
        [ws, calendar],
        provider_ids,
        |id| [*id]
    ));
    Ok(rows.into_iter().map(Event::from).collect())
}

/// A page of the provider ids of a calendar's series masters, in order; pass the last one to go on.
pub async fn master_page(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<String>> {
    let rows = fetch_all!(
        tx,
        (String,),
        "SELECT provider_event_id FROM event WHERE workspace_id = $1 AND calendar_id = $2 AND kind = 'master' AND provider_event_id > $3 ORDER BY provider_event_id LIMIT $4",
        ws,
        calendar,
        after.unwrap_or_default(),
        limit
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A page of what depends on the calendar's zone: the provider ids of series, and of whatever takes whole days, in order; of an
/// override its series' id. Pass the last one to go on.
pub async fn zoned_page(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<String>> {
    let rows = fetch_all!(
        tx,
        (String,),
        "SELECT DISTINCT coalesce(series_provider_id, provider_event_id) AS name FROM event WHERE workspace_id = $1 AND calendar_id = $2
         AND (kind = 'master' OR all_day) AND coalesce(series_provider_id, provider_event_id) > $3 ORDER BY name LIMIT $4",
        ws,
        calendar,
        after.unwrap_or_default(),
        limit
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// One event.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: EventId) -> Result<Event> {
    let row = fetch_one!(
        tx,
        Row,
        "SELECT * FROM event WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )?;
    Ok(row.into())
}

/// How many events the calendar's mirror holds.
pub async fn count(tx: &mut Tx, ws: WorkspaceId, calendar: CalendarId) -> Result<i64> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "SELECT count(*) FROM event WHERE workspace_id = $1 AND calendar_id = $2",
        ws,
        calendar
    )?;
    Ok(count)
}

/// How many of them a read can tell of that tells only what was not over at `from`.
pub async fn count_since(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
    from: Timestamp,
) -> Result<i64> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "SELECT count(*) FROM event WHERE workspace_id = $1 AND calendar_id = $2 AND NOT (kind = 'single' AND end_us <= $3)",
        ws,
        calendar,
        from
    )?;
    Ok(count)
}

/// Singles and series that no read has told since `generation` began, although something of them lies between `from` and `to`: their
/// provider ids.
pub async fn missed_within(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
    generation: i64,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<String>> {
    let rows = fetch_all!(
        tx,
        (String,),
        "SELECT e.provider_event_id FROM event e WHERE e.workspace_id = $1 AND e.calendar_id = $2 AND e.seen_generation < $3 AND e.kind <> 'override'
         AND EXISTS (SELECT 1 FROM instance i WHERE i.workspace_id = e.workspace_id AND i.event_id = e.id AND i.status <> 'cancelled'
         AND i.start_us < $4 AND i.end_us > $5)",
        ws,
        calendar,
        generation,
        to,
        from
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Those of these events of which something lies between `from` and `to`: their provider ids.
pub async fn within(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
    ids: &[&str],
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        bulk_fetch!(tx, (String,), WITHIN, [ws, calendar, to, from], ids, |id| [
            *id
        ]);
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How many events the mirror of each calendar of the workspace holds; calendars without any are left out.
pub async fn counts(tx: &mut Tx, ws: WorkspaceId) -> Result<HashMap<CalendarId, i64>> {
    let rows = fetch_all!(
        tx,
        (uuid::Uuid, i64),
        "SELECT calendar_id, count(*) FROM event WHERE workspace_id = $1 GROUP BY calendar_id",
        ws
    )?;
    Ok(rows
        .into_iter()
        .map(|(calendar, count)| (calendar.into(), count))
        .collect())
}

/// How many of them are all-day and not cancelled.
pub async fn count_all_day(tx: &mut Tx, ws: WorkspaceId, calendar: CalendarId) -> Result<i64> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "SELECT count(*) FROM event WHERE workspace_id = $1 AND calendar_id = $2 AND all_day AND status <> 'cancelled'",
        ws,
        calendar
    )?;
    Ok(count)
}

/// The version tag of every resource of the calendar.
pub async fn etags(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
) -> Result<HashMap<String, Option<String>>> {
    let rows = resources_of(tx, ws, calendar).await?;
    Ok(rows.into_iter().map(|r| (r.resource, r.etag)).collect())
}

/// Every resource of the calendar, in order.
pub async fn resources_of(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
) -> Result<Vec<Resource>> {
    fetch_all!(
        tx,
        Resource,
        "SELECT resource, max(etag) AS etag FROM event WHERE workspace_id = $1 AND calendar_id = $2 AND resource IS NOT NULL GROUP BY resource ORDER BY resource",
        ws,
        calendar
    )
}
