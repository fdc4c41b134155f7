//! Listing calendars into the store, and their settings.

use daybook_domain::billing::BillingFilters;
use daybook_domain::calendar::{
    DEFAULT_FUTURE_DAYS, DEFAULT_INTERVAL_MINUTES, DEFAULT_PAST_DAYS, RemoteCalendar,
};
use daybook_domain::{CalendarId, ClientId, ConnectionId, ProjectId, WorkspaceId};

use sqlx::types::Json;

use super::{Calendar, read};
use crate::{Result, Tx};

/// Which calendars are synced from the moment they are first listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewCalendars {
    /// None: people choose.
    Off,
    /// The account's main one.
    PrimaryOn,
    /// All of them.
    AllOn,
}

impl NewCalendars {
    const fn switches_on(self, calendar: &RemoteCalendar) -> bool {
        match self {
            Self::Off => false,
            Self::PrimaryOn => calendar.primary,
            Self::AllOn => true,
        }
    }
}

/// What changes; `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// How often it is synced, in minutes.
    pub sync_interval_minutes: Option<i64>,
    /// How far back billing lists reach, in days.
    pub sync_past_days: Option<i64>,
    /// How far ahead billing lists reach, in days.
    pub sync_future_days: Option<i64>,
    /// Whether its events count as busy.
    pub busy_source: Option<bool>,
    /// Whether new events are written to it.
    pub write_target: Option<bool>,
    /// Client of entries made from its events; `Some(None)` clears it.
    pub default_client_id: Option<Option<ClientId>>,
    /// Project of entries made from its events; `Some(None)` clears it.
    pub default_project_id: Option<Option<ProjectId>>,
    /// Which of its events are offered for billing; `Some(None)`: all.
    pub billing_filters: Option<Option<BillingFilters>>,
}

bulk! {
    /// Adds listed calendars and refreshes what the provider says of known ones; people's choices stay. In another zone whole
    /// days lie elsewhere: what is laid out counts for nothing then, and whoever lays it out just now has lost the calendar.
    UPSERT = "INSERT INTO calendar (id, workspace_id, connection_id, external_id, name, time_zone, access_role, background_color, is_primary, \
              active, listing, sync_enabled, sync_interval_minutes, sync_past_days, sync_future_days, busy_source, write_target, next_sync_at, created_at) VALUES ",
    fixed 0, columns 19,
    " ON CONFLICT (connection_id, external_id) DO UPDATE SET name = excluded.name, time_zone = excluded.time_zone, access_role = excluded.access_role, \
     background_color = excluded.background_color, is_primary = excluded.is_primary, active = excluded.active, listing = excluded.listing, \
     expanded_until = CASE WHEN calendar.time_zone IS NOT DISTINCT FROM excluded.time_zone THEN calendar.expanded_until ELSE 0 END, \
     lease_until = CASE WHEN calendar.time_zone IS NOT DISTINCT FROM excluded.time_zone THEN calendar.lease_until END, \
     lease_fence = calendar.lease_fence + CASE WHEN calendar.time_zone IS NOT DISTINCT FROM excluded.time_zone THEN 0 ELSE 1 END"
}

/// Stores the complete list of a connection's calendars. Known ones keep their ids and settings; those that are no longer
/// listed become inactive; `new` says which of the new ones are synced. Returns all of them.
pub async fn upsert_listed(
    tx: &mut Tx,
    ws: WorkspaceId,
    connection: ConnectionId,
    listed: &[RemoteCalendar],
    new: NewCalendars,
) -> Result<Vec<Calendar>> {
    let now = tx.stamp().await?;
    let (listing,) = fetch_one!(
        tx,
        (i64,),
        "SELECT coalesce(max(listing), 0) + 1 FROM calendar WHERE workspace_id = $1 AND connection_id = $2",
        ws,
        connection
    )?;
    // A provider that lists a calendar twice must not break the statement: the last one counts.
    let mut unique: Vec<&RemoteCalendar> = Vec::with_capacity(listed.len());
    let mut seen = std::collections::HashMap::new();
    for calendar in listed {
        match seen.insert(&calendar.external_id, unique.len()) {
            None => unique.push(calendar),
            Some(at) => {
                seen.insert(&calendar.external_id, at);
                unique[at] = calendar;
            }
        }
    }
    let rows: Vec<(CalendarId, &RemoteCalendar)> = unique
        .into_iter()
        .map(|calendar| (tx.id(), calendar))
        .collect();
    bulk_execute!(tx, UPSERT, [], rows, |row| [
        row.0,
        ws,
        connection,
        &row.1.external_id,
        &row.1.name,
        row.1.time_zone.as_deref(),
        row.1.access_role,
        row.1.background_color.as_deref(),
        row.1.primary,
        true,
        listing,
        new.switches_on(row.1),
        DEFAULT_INTERVAL_MINUTES,
        DEFAULT_PAST_DAYS,
        DEFAULT_FUTURE_DAYS,
        row.1.busy_source,
        row.1.access_role.can_write(),
        new.switches_on(row.1).then_some(now),
        now
    ]);
    execute!(
        tx,
        "UPDATE calendar SET active = FALSE WHERE workspace_id = $1 AND connection_id = $2 AND listing <> $3 AND active",
        ws,
        connection,
        listing
    )?;
    read::of_connection(tx, ws, connection).await
}

/// Changes settings.
pub async fn update_settings(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: CalendarId,
    settings: &Settings,
) -> Result<Calendar> {
    execute_one!(
        tx,
        "UPDATE calendar SET sync_interval_minutes = coalesce($3, sync_interval_minutes), sync_past_days = coalesce($4, sync_past_days),
         sync_future_days = coalesce($5, sync_future_days), busy_source = coalesce($6, busy_source), write_target = coalesce($7, write_target),
         default_client_id = CASE WHEN $8 THEN $9 ELSE default_client_id END,
         default_project_id = CASE WHEN $10 THEN $11 ELSE default_project_id END,
         billing_filters = CASE WHEN $12 THEN $13 ELSE billing_filters END
         WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        settings.sync_interval_minutes,
        settings.sync_past_days,
        settings.sync_future_days,
        settings.busy_source,
        settings.write_target,
        settings.default_client_id.is_some(),
        settings.default_client_id.flatten(),
        settings.default_project_id.is_some(),
        settings.default_project_id.flatten(),
        settings.billing_filters.is_some(),
        settings.billing_filters.as_ref().and_then(Option::as_ref).map(Json)
    )?;
    read::get(tx, ws, id).await
}

/// Switches syncing on (due at once, with a clean slate) or off, as somebody decided.
pub async fn set_enabled(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: CalendarId,
    enabled: bool,
) -> Result<Calendar> {
    let now = tx.now().await?;
    if enabled {
        execute_one!(
            tx,
            "UPDATE calendar SET sync_enabled = TRUE, next_sync_at = $3, sync_errors = 0, confirmed_errors = 0, last_error = NULL WHERE workspace_id = $1 AND id = $2",
            ws,
            id,
            now
        )?;
    } else {
        execute_one!(
            tx,
            "UPDATE calendar SET sync_enabled = FALSE, next_sync_at = NULL, confirmed_errors = 0 WHERE workspace_id = $1 AND id = $2",
            ws,
            id
        )?;
    }
    read::get(tx, ws, id).await
}

/// Switches syncing off because access was refused too often: [`Calendar::is_given_up`] until somebody decides.
pub async fn give_up(tx: &mut Tx, ws: WorkspaceId, id: CalendarId) -> Result<()> {
    execute_one!(
        tx,
        "UPDATE calendar SET sync_enabled = FALSE, next_sync_at = NULL WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// Removes the calendar with its mirror. Time entries stay, and so do its push channels until they are stopped.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: CalendarId) -> Result<()> {
    execute!(
        tx,
        "UPDATE push_channel SET calendar_id = NULL, state = 'closing' WHERE workspace_id = $1 AND calendar_id = $2",
        ws,
        id
    )?;
    execute!(
        tx,
        "DELETE FROM instance WHERE workspace_id = $1 AND calendar_id = $2",
        ws,
        id
    )?;
    execute_one!(
        tx,
        "DELETE FROM calendar WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}
