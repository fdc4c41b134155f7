//! Reading connections.

use daybook_domain::connection::Status;
use daybook_domain::{ConnectionId, MemberId, WorkspaceId};
use jiff::Timestamp;

use super::{Connection, columns};
use crate::{Result, Tx};

/// The connection.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: ConnectionId) -> Result<Connection> {
    fetch_one!(
        tx,
        Connection,
        concat!(
            "SELECT ",
            columns!(),
            " FROM connection WHERE workspace_id = $1 AND id = $2"
        ),
        ws,
        id
    )
}

/// Which connections to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this member.
    pub member_id: Option<MemberId>,
    /// At this provider.
    pub provider: Option<String>,
    /// Standing so.
    pub status: Option<Status>,
}

/// Connections, oldest first, also disconnected ones.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    filter: &Filter,
    after: Option<(Timestamp, ConnectionId)>,
    limit: i64,
) -> Result<Vec<Connection>> {
    let (at, id) = after.unwrap_or((Timestamp::MIN, uuid::Uuid::nil().into()));
    fetch_all!(
        tx,
        Connection,
        concat!(
            "SELECT ",
            columns!(),
            " FROM connection WHERE workspace_id = $1 AND (member_id = $2 OR $2 IS NULL) AND (provider = $3 OR $3 IS NULL) AND (status = $4 OR $4 IS NULL) \
             AND (created_at, id) > ($5, $6) ORDER BY created_at, id LIMIT $7"
        ),
        ws,
        filter.member_id,
        filter.provider.as_deref(),
        filter.status,
        at,
        id,
        limit
    )
}

/// How many connections of this account are not disconnected, on the whole server: the grant is revoked with the last one.
pub async fn count_same_grant(tx: &mut Tx, provider: &str, subject: &str) -> Result<i64> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "SELECT count(*) FROM connection WHERE provider = $1 AND subject = $2 AND status <> 'disconnected'",
        provider,
        subject
    )?;
    Ok(count)
}

/// Connections that answer, of every workspace, in order of id: a page after `after`.
pub async fn all_connected(
    tx: &mut Tx,
    after: Option<ConnectionId>,
    limit: i64,
) -> Result<Vec<(WorkspaceId, ConnectionId)>> {
    let after = after.unwrap_or(uuid::Uuid::nil().into());
    let rows = fetch_all!(
        tx,
        (uuid::Uuid, uuid::Uuid),
        "SELECT workspace_id, id FROM connection WHERE status IN ('connected', 'error') AND id > $1 ORDER BY id LIMIT $2",
        after,
        limit
    )?;
    Ok(rows
        .into_iter()
        .map(|(ws, id)| (ws.into(), id.into()))
        .collect())
}
