//! `full_calendar_sync`: daily, lists every account's calendars again and rolls the mirrors' window of instances forward. With a
//! connection in its payload it does that one only, which is how a listing that failed while connecting is made up for.

use daybook_domain::connection::Status;
use daybook_domain::{ConnectionId, WorkspaceId};
use daybook_store as store;
use serde::Deserialize;
use serde_json::{Value, json};
use store::jobs::NewJob;

use super::{Failure, Work};
use crate::connections::{self, refresh};
use crate::{Context, sync};

/// Its name.
pub const NAME: &str = "full_calendar_sync";
/// Connections per page of the daily round.
const BATCH: i64 = 200;

#[derive(Deserialize)]
struct One {
    workspace_id: WorkspaceId,
    connection_id: ConnectionId,
}

pub(super) fn run(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        match serde_json::from_value::<One>(payload) {
            Ok(one) => relist(&cx, one).await,
            Err(_) => everything(&cx).await,
        }
    })
}

/// Enqueues the listing of one account's calendars in the caller's transaction.
///
/// # Errors
/// When the database cannot be written.
pub async fn enqueue(
    tx: &mut store::Tx,
    workspace: WorkspaceId,
    id: ConnectionId,
) -> store::Result<()> {
    let (key, payload) = (
        format!("connection:{id}"),
        json!({"workspace_id": workspace, "connection_id": id}),
    );
    let job = NewJob {
        dedupe_key: Some(&key),
        workspace_id: Some(workspace),
        max_attempts: super::TRIES,
        ..NewJob::new(NAME, payload)
    };
    store::jobs::enqueue(tx, &job).await.map(|_| ())
}

/// One account: a failure that may pass is tried again, others are noted on the connection.
async fn relist(cx: &Context, one: One) -> Result<(), Failure> {
    let mut tx = cx.store.read_in(one.workspace_id).await?;
    let connection = store::connections::get(&mut tx, one.workspace_id, one.connection_id).await?;
    drop(tx);
    if connection.status != Status::Connected {
        return Ok(());
    }
    match refresh::relist(cx, &connection).await {
        Err(connections::Error::Provider(error))
            if error.retry != daybook_provider_api::Retry::No =>
        {
            Err(Failure::Again(error.message))
        }
        Err(connections::Error::Store(error)) => Err(error.into()),
        _ => Ok(()),
    }
}

/// All accounts: a job each, so that one that hangs does not hold up the others, then the windows.
async fn everything(cx: &Context) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let mut tx = cx.store.write().await?;
        let page = store::connections::all_connected(&mut tx, after, BATCH).await?;
        for (workspace, id) in &page {
            enqueue(&mut tx, *workspace, *id).await?;
        }
        after = page.last().map(|(_, id)| *id);
        let more = page.len() == usize::try_from(BATCH).unwrap_or(usize::MAX);
        tx.commit().await?;
        if !more {
            break;
        }
    }
    sync::roll_forward(cx).await.map_err(Failure::from)
}
