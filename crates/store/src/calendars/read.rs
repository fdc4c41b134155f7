//! Reading calendars.

use daybook_domain::connection::{CONFIRMED_ERRORS_BEFORE_OFF, Status};
use daybook_domain::{CalendarId, ConnectionId, MemberId, WorkspaceId};
use jiff::Timestamp;

use super::{Calendar, select};
use crate::{Result, Tx};

/// Calendars read at once where all are wanted.
const PAGE: i64 = 500;

/// The calendar.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: CalendarId) -> Result<Calendar> {
    fetch_one!(
        tx,
        Calendar,
        select!("WHERE c.workspace_id = $1 AND c.id = $2"),
        ws,
        id
    )
}

bulk! {
    GET_MANY = select!("WHERE c.workspace_id = $1 AND c.id IN ("),
    fixed 1, columns 1, ") ORDER BY c.created_at, c.id"
}
bulk! {
    OF_MEMBERS = select!("WHERE c.workspace_id = $1 AND c.active AND c.sync_enabled AND n.member_id IN ("),
    fixed 1, columns 1, ") ORDER BY c.created_at, c.id"
}

/// Those of these calendars that are there.
pub async fn get_many(tx: &mut Tx, ws: WorkspaceId, ids: &[CalendarId]) -> Result<Vec<Calendar>> {
    Ok(bulk_fetch!(tx, Calendar, GET_MANY, [ws], ids, |id| [*id]))
}

/// The calendars of these members that are synced, also when their connection is in trouble.
pub async fn of_members(
    tx: &mut Tx,
    ws: WorkspaceId,
    members: &[MemberId],
) -> Result<Vec<Calendar>> {
    Ok(bulk_fetch!(tx, Calendar, OF_MEMBERS, [ws], members, |id| [
        *id
    ]))
}

/// The calendars that count as busy for this member: those that are to be synced, also when their connection is in trouble or the
/// provider no longer lists them, and those that were given up ([`Calendar::is_given_up`]).
pub async fn busy_sources(tx: &mut Tx, ws: WorkspaceId, member: MemberId) -> Result<Vec<Calendar>> {
    fetch_all!(
        tx,
        Calendar,
        select!(
            "WHERE c.workspace_id = $1 AND n.member_id = $2 AND c.busy_source AND (c.sync_enabled OR c.confirmed_errors >= $3) ORDER BY c.created_at, c.id"
        ),
        ws,
        member,
        i64::from(CONFIRMED_ERRORS_BEFORE_OFF)
    )
}

/// The calendar with this provider id; of one connection, or of the oldest one that has it.
pub async fn by_external_id(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: Option<MemberId>,
    provider: &str,
    connection: Option<ConnectionId>,
    external_id: &str,
) -> Result<Option<Calendar>> {
    fetch_optional!(
        tx,
        Calendar,
        select!(
            "WHERE c.workspace_id = $1 AND c.external_id = $2 AND n.provider = $3 AND (c.connection_id = $4 OR $4 IS NULL)
             AND (n.member_id = $5 OR $5 IS NULL) ORDER BY c.active DESC, c.created_at, c.id LIMIT 1"
        ),
        ws,
        external_id,
        provider,
        connection,
        member
    )
}

/// Which calendars to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this member.
    pub member_id: Option<MemberId>,
    /// Of this connection.
    pub connection_id: Option<ConnectionId>,
    /// That are synced, or are not.
    pub sync_enabled: Option<bool>,
}

/// Calendars, oldest first, also those the provider no longer lists.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    filter: &Filter,
    after: Option<(Timestamp, CalendarId)>,
    limit: i64,
) -> Result<Vec<Calendar>> {
    let (at, id) = after.unwrap_or((Timestamp::MIN, uuid::Uuid::nil().into()));
    fetch_all!(
        tx,
        Calendar,
        select!(
            "WHERE c.workspace_id = $1 AND (n.member_id = $2 OR $2 IS NULL) AND (c.connection_id = $3 OR $3 IS NULL) AND (c.sync_enabled = $4 OR $4 IS NULL)
             AND (c.created_at, c.id) > ($5, $6) ORDER BY c.created_at, c.id LIMIT $7"
        ),
        ws,
        filter.member_id,
        filter.connection_id,
        filter.sync_enabled,
        at,
        id,
        limit
    )
}

/// Every calendar of the workspace that is to be synced: switched on, still listed, and its connection not disconnected.
pub async fn all_enabled(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<Calendar>> {
    let filter = Filter {
        sync_enabled: Some(true),
        ..Filter::default()
    };
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = list(tx, ws, &filter, after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = Some((last.created_at, last.id));
        found.extend(page.into_iter().filter(|calendar| {
            calendar.active && calendar.connection_status != Status::Disconnected
        }));
    }
}

/// All calendars of a connection: the main one first, then by age.
pub async fn of_connection(
    tx: &mut Tx,
    ws: WorkspaceId,
    connection: ConnectionId,
) -> Result<Vec<Calendar>> {
    fetch_all!(
        tx,
        Calendar,
        select!(
            "WHERE c.workspace_id = $1 AND c.connection_id = $2 ORDER BY c.is_primary DESC, c.created_at, c.id"
        ),
        ws,
        connection
    )
}

/// How many calendars the workspace has.
pub async fn count(tx: &mut Tx, ws: WorkspaceId) -> Result<i64> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "SELECT count(*) FROM calendar WHERE workspace_id = $1",
        ws
    )?;
    Ok(count)
}

row! {
    /// What a connection's calendars amount to.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Summary of "calendar" {
        /// Which connection.
        pub connection_id: ConnectionId,
        /// How many calendars the provider lists.
        pub calendars: i64,
        /// When one of them was last synced.
        pub last_sync_at: Option<Timestamp>,
    }
}

/// The calendars of every connection of the workspace, summed up.
pub async fn summaries(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<Summary>> {
    fetch_all!(
        tx,
        Summary,
        "SELECT connection_id, count(*) AS calendars, max(last_sync_at) AS last_sync_at FROM calendar WHERE workspace_id = $1 AND active GROUP BY connection_id",
        ws
    )
}
