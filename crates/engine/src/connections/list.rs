//! Reads connections: all of the workspace for admins, their own for members.

use std::collections::HashMap;

use daybook_domain::ConnectionId;
use daybook_store as store;
use jiff::Timestamp;
use store::calendars::Summary;
use store::connections::{Connection, Filter};

use super::Error;
use crate::{Context, Principal};

/// A page of connections, oldest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    cx: &Context,
    who: &Principal,
    mut filter: Filter,
    after: Option<(Timestamp, ConnectionId)>,
    limit: i64,
) -> Result<Vec<Connection>, Error> {
    filter.member_id = who.own_only().or(filter.member_id);
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::connections::list(&mut tx, who.workspace_id, &filter, after, limit).await?)
}

/// What the calendars of each connection of the workspace amount to.
///
/// # Errors
/// When the database cannot be read.
pub async fn summaries(
    cx: &Context,
    who: &Principal,
) -> Result<HashMap<ConnectionId, Summary>, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let rows = store::calendars::summaries(&mut tx, who.workspace_id).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.connection_id, row))
        .collect())
}

/// One connection.
///
/// # Errors
/// [`store::Error::NotFound`] also for other members' connections, to plain members.
pub async fn get(cx: &Context, who: &Principal, id: ConnectionId) -> Result<Connection, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let connection = store::connections::get(&mut tx, who.workspace_id, id).await?;
    if who.sees(connection.member_id) {
        Ok(connection)
    } else {
        Err(store::Error::NotFound.into())
    }
}
