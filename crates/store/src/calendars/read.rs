//! Reading calendars.

use daybook_domain::{CalendarId, ConnectionId, MemberId, WorkspaceId};
use jiff::Timestamp;

use super::{Calendar, select};
use crate::{Result, Tx};

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

/// Calendars of one member or of all, oldest first, also those the provider no longer lists.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: Option<MemberId>,
    after: Option<(Timestamp, CalendarId)>,
    limit: i64,
) -> Result<Vec<Calendar>> {
    let (at, id) = after.unwrap_or((Timestamp::MIN, uuid::Uuid::nil().into()));
    fetch_all!(
        tx,
        Calendar,
        select!(
            "WHERE c.workspace_id = $1 AND (n.member_id = $2 OR $2 IS NULL) AND (c.created_at, c.id) > ($3, $4) ORDER BY c.created_at, c.id LIMIT $5"
        ),
        ws,
        member,
        at,
        id,
        limit
    )
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
