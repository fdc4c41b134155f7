//! Push channels: what providers were asked to tell us, and by which secret their notices are known.
//!
//! A channel is written down before the provider is asked for it, so that one whose answer was lost is recognised by its first
//! notice and can be stopped. Its token is never needed again once it was sent, so only the hash is kept.
//!
//! Connections of one account may share a channel, at providers that keep one for each calendar: each has a row with the same token
//! and the provider's same id of it.

mod shared;

pub use shared::*;

use daybook_domain::{CalendarId, ConnectionId, PushChannelId, WorkspaceId};
use jiff::Timestamp;

use crate::{Result, Tx};

daybook_domain::text_enum! {
    /// Where a channel stands.
    State {
        /// Written down; the provider is being asked, or its answer was lost.
        Opening = "opening",
        /// The provider tells us of changes.
        Live = "live",
        /// No longer wanted; stays until the provider has stopped it or it has run out.
        Closing = "closing",
    }
}

row! {
    /// A channel.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PushChannel of "push_channel" {
        /// Our id of it: what Google is told to call it.
        pub id: PushChannelId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// By whose credentials it was made.
        pub connection_id: ConnectionId,
        /// Of which calendar; `None` once that was removed.
        pub calendar_id: Option<CalendarId>,
        /// The provider's key.
        pub provider: String,
        /// Where its notices go.
        pub address: String,
        /// SHA-256 of what its notices carry; the same in the rows of those who share it.
        pub token_hash: [u8; 32],
        /// What the provider calls it.
        pub remote_id: Option<String>,
        /// What the provider calls the resource, where stopping needs it.
        pub resource_id: Option<String>,
        /// Where it stands.
        pub state: State,
        /// When it ends by itself; until it is open, the latest time asked for.
        pub expires_at: Timestamp,
        /// When it should be renewed.
        pub renew_at: Option<Timestamp>,
        /// For when the last sync was promised because of its notices; while it is closing, when stopping it was last begun.
        pub promised_at: Option<Timestamp>,
        /// When it was written down.
        pub created_at: Timestamp,
    }
}

impl PushChannel {
    /// Whether the provider tells us of changes by it at `now`.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.state == State::Live && now < self.expires_at
    }
}

row! {
    /// A calendar whose channel needs care.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct DueChannel of "push_channel" {
        /// The channel.
        pub id: PushChannelId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// Of which calendar.
        pub calendar_id: CalendarId,
    }
}

row! {
    /// A channel that nobody wants any more.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Unwanted of "push_channel" {
        /// The channel.
        pub id: PushChannelId,
        /// Where.
        pub workspace_id: WorkspaceId,
    }
}

/// A channel that is about to be asked for.
#[derive(Debug, Clone, Copy)]
pub struct NewChannel<'a> {
    /// Our id of it.
    pub id: PushChannelId,
    /// By whose credentials.
    pub connection_id: ConnectionId,
    /// Of which calendar.
    pub calendar_id: CalendarId,
    /// The provider's key.
    pub provider: &'a str,
    /// Where its notices go.
    pub address: &'a str,
    /// SHA-256 of what its notices carry.
    pub token_hash: &'a [u8; 32],
    /// When it is asked to end.
    pub expires_at: Timestamp,
}

/// What the provider says of a channel it made or prolonged.
#[derive(Debug, Clone, Copy)]
pub struct Opened<'a> {
    /// What it calls it.
    pub remote_id: &'a str,
    /// What it calls the resource.
    pub resource_id: Option<&'a str>,
    /// When it ends it.
    pub expires_at: Timestamp,
    /// When it should be renewed.
    pub renew_at: Timestamp,
}

/// Writes down that a channel is about to be asked for.
pub async fn intend(tx: &mut Tx, ws: WorkspaceId, new: &NewChannel<'_>) -> Result<()> {
    let now = tx.stamp().await?;
    execute!(
        tx,
        "INSERT INTO push_channel (id, workspace_id, connection_id, calendar_id, provider, address, token_hash, state, expires_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'opening', $8, $9)",
        new.id,
        ws,
        new.connection_id,
        new.calendar_id,
        new.provider,
        new.address,
        new.token_hash,
        new.expires_at,
        now
    )?;
    Ok(())
}

/// Notes that the provider made or prolonged it. One that is no longer wanted meanwhile stays so. `NotFound` when it was forgotten.
pub async fn opened(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: PushChannelId,
    opened: &Opened<'_>,
) -> Result<PushChannel> {
    fetch_one!(
        tx,
        PushChannel,
        "UPDATE push_channel SET state = CASE WHEN state = 'opening' THEN 'live' ELSE state END, remote_id = $3, resource_id = $4, expires_at = $5, renew_at = $6
         WHERE workspace_id = $1 AND id = $2 RETURNING *",
        ws,
        id,
        opened.remote_id,
        opened.resource_id,
        opened.expires_at,
        opened.renew_at
    )
}

/// Notes what a notice told of a channel whose making was never answered, and that it is not wanted.
pub async fn learn(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: PushChannelId,
    remote_id: &str,
    resource_id: Option<&str>,
) -> Result<()> {
    execute_one!(
        tx,
        "UPDATE push_channel SET state = 'closing', remote_id = $3, resource_id = coalesce($4, resource_id) WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        remote_id,
        resource_id
    )
}

/// The channel.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: PushChannelId) -> Result<PushChannel> {
    fetch_one!(
        tx,
        PushChannel,
        "SELECT * FROM push_channel WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// All channels of a calendar, the newest first.
pub async fn of_calendar(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
) -> Result<Vec<PushChannel>> {
    fetch_all!(
        tx,
        PushChannel,
        "SELECT * FROM push_channel WHERE workspace_id = $1 AND calendar_id = $2 ORDER BY created_at DESC, id DESC",
        ws,
        calendar
    )
}

/// All channels of a connection, also of calendars that were removed.
pub async fn of_connection(
    tx: &mut Tx,
    ws: WorkspaceId,
    connection: ConnectionId,
) -> Result<Vec<PushChannel>> {
    fetch_all!(
        tx,
        PushChannel,
        "SELECT * FROM push_channel WHERE workspace_id = $1 AND connection_id = $2 ORDER BY created_at, id",
        ws,
        connection
    )
}

/// Notes that a channel is no longer wanted.
pub async fn close(tx: &mut Tx, ws: WorkspaceId, id: PushChannelId) -> Result<()> {
    execute_one!(
        tx,
        "UPDATE push_channel SET state = 'closing' WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// Sets when a channel should be renewed.
pub async fn set_renew_at(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: PushChannelId,
    at: Timestamp,
) -> Result<()> {
    execute_one!(
        tx,
        "UPDATE push_channel SET renew_at = $3 WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        at
    )
}

/// The account was authorised again: its live channels were made under an older grant, and should be renewed.
pub async fn renew_all(
    tx: &mut Tx,
    ws: WorkspaceId,
    connection: ConnectionId,
    now: Timestamp,
) -> Result<()> {
    execute!(
        tx,
        "UPDATE push_channel SET renew_at = $3 WHERE workspace_id = $1 AND connection_id = $2 AND state = 'live'",
        ws,
        connection,
        now
    )?;
    Ok(())
}

/// Notes for when a sync (or, of one that is closing, its stopping) was promised.
pub async fn promise(tx: &mut Tx, ws: WorkspaceId, id: PushChannelId, at: Timestamp) -> Result<()> {
    execute_one!(
        tx,
        "UPDATE push_channel SET promised_at = $3 WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        at
    )
}

/// Forgets a channel that the provider does not have, or no longer has. True when it was there.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: PushChannelId) -> Result<bool> {
    let changed = execute!(
        tx,
        "DELETE FROM push_channel WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )?;
    Ok(changed == 1)
}

/// Live channels that are due for renewal by `now`, or whose notices do not go to `base` followed by the provider's key; not
/// those of calendars that are left alone for now.
pub async fn due(tx: &mut Tx, now: Timestamp, base: &str, limit: i64) -> Result<Vec<DueChannel>> {
    fetch_all!(
        tx,
        DueChannel,
        "SELECT p.id, p.workspace_id, p.calendar_id FROM push_channel p JOIN calendar c ON c.workspace_id = p.workspace_id AND c.id = p.calendar_id
         JOIN connection n ON n.workspace_id = p.workspace_id AND n.id = p.connection_id
         WHERE p.state = 'live' AND (p.renew_at <= $1 OR p.address <> CAST($2 AS TEXT) || p.provider) AND n.status IN ('connected', 'error')
         AND (c.watch_after IS NULL OR c.watch_after <= $1) ORDER BY p.expires_at LIMIT $3",
        now,
        base,
        limit
    )
}

/// Channels that must be stopped, after the one with id `after`: those that are closing, and those of calendars that are no
/// longer synced or listed. Only of connections that answer, and not those whose stopping was begun after `begun_before`.
pub async fn unwanted(
    tx: &mut Tx,
    begun_before: Timestamp,
    after: Option<PushChannelId>,
    limit: i64,
) -> Result<Vec<Unwanted>> {
    fetch_all!(
        tx,
        Unwanted,
        "SELECT p.id, p.workspace_id FROM push_channel p JOIN connection n ON n.workspace_id = p.workspace_id AND n.id = p.connection_id
         LEFT JOIN calendar c ON c.workspace_id = p.workspace_id AND c.id = p.calendar_id
         WHERE p.id > $1 AND p.remote_id IS NOT NULL AND n.status IN ('connected', 'error')
         AND ((p.state = 'closing' AND (p.promised_at IS NULL OR p.promised_at <= $3)) OR (p.state = 'live' AND NOT (c.sync_enabled AND c.active)))
         ORDER BY p.id LIMIT $2",
        after.unwrap_or(uuid::Uuid::nil().into()),
        limit,
        begun_before
    )
}

/// Forgets channels that have run out. Returns how many.
pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    execute!(tx, "DELETE FROM push_channel WHERE expires_at <= $1", now)
}
