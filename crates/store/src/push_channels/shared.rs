//! Channels as others know them: by what their notices carry and by what providers call them, whoever's they are.

use daybook_domain::{CalendarId, PushChannelId, WorkspaceId};
use jiff::Timestamp;

use super::PushChannel;
use crate::{Result, Tx};

bulk! {
    BY_TOKEN = "SELECT * FROM push_channel WHERE provider = $1 AND token_hash IN (",
    fixed 1, columns 1, ")"
}

bulk! {
    BY_REMOTE = "SELECT * FROM push_channel WHERE provider = $1 AND remote_id IN (",
    fixed 1, columns 1, ")"
}

/// Keeps a live channel as it is until the transaction ends. False when it is not live any more, or has run out by `now`.
pub async fn hold(tx: &mut Tx, ws: WorkspaceId, id: PushChannelId, now: Timestamp) -> Result<bool> {
    let held = execute!(
        tx,
        "UPDATE push_channel SET state = state WHERE workspace_id = $1 AND id = $2 AND state = 'live' AND expires_at > $3",
        ws,
        id,
        now
    )?;
    Ok(held == 1)
}

/// Its notices carry another token than was meant: that of the channel which is shared. `NotFound` when it was forgotten.
pub async fn set_token_hash(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: PushChannelId,
    token_hash: &[u8; 32],
) -> Result<()> {
    execute_one!(
        tx,
        "UPDATE push_channel SET token_hash = $3 WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        token_hash
    )
}

/// The channels of a provider whose notices carry one of these tokens, of every workspace.
pub async fn by_token_hashes(
    tx: &mut Tx,
    provider: &str,
    hashes: &[[u8; 32]],
) -> Result<Vec<PushChannel>> {
    Ok(bulk_fetch!(
        tx,
        PushChannel,
        BY_TOKEN,
        [provider],
        hashes,
        |hash| [hash]
    ))
}

/// The channels that a provider calls so, of every workspace.
pub async fn by_remote_ids(tx: &mut Tx, provider: &str, ids: &[&str]) -> Result<Vec<PushChannel>> {
    Ok(bulk_fetch!(
        tx,
        PushChannel,
        BY_REMOTE,
        [provider],
        ids,
        |id| [*id]
    ))
}

/// Whether a channel to the same calendar of the same account was asked for through another connection, of any workspace, after
/// `since` and without an answer yet.
pub async fn opening_elsewhere(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendar: CalendarId,
    since: Timestamp,
) -> Result<bool> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "SELECT count(*) FROM calendar mine JOIN connection me ON me.workspace_id = mine.workspace_id AND me.id = mine.connection_id
         JOIN connection n ON n.provider = me.provider AND n.subject = me.subject AND n.id <> me.id
         JOIN calendar c ON c.workspace_id = n.workspace_id AND c.connection_id = n.id AND c.external_id = mine.external_id
         JOIN push_channel p ON p.workspace_id = c.workspace_id AND p.calendar_id = c.id
         WHERE mine.workspace_id = $1 AND mine.id = $2 AND p.state = 'opening' AND p.created_at > $3",
        ws,
        calendar,
        since
    )?;
    Ok(count > 0)
}
