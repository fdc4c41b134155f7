//! `refresh_tokens`: every 15 minutes, refreshes tokens that expire soon and any that were idle for a day, so that grants
//! which end when unused stay alive. The vault makes sure that each is refreshed once over all nodes.

use daybook_store as store;
use jiff::SignedDuration;
use serde_json::Value;

use super::Work;
use crate::Context;
use crate::connections::vault;

/// Its name.
pub const NAME: &str = "refresh_tokens";
/// Connections per round of the loop.
const BATCH: i64 = 100;
/// Expiring within this time counts as soon: until the round after the next.
const SOON: SignedDuration = SignedDuration::from_mins(31);
/// Not refreshed for this long counts as idle.
const IDLE: SignedDuration = SignedDuration::from_hours(24);

pub(super) fn run(cx: Context, _: Value) -> Work {
    Box::pin(async move {
        let mut tried = std::collections::HashSet::new();
        loop {
            let mut tx = cx.store.read().await?;
            let now = tx.now().await?;
            let soon = now.saturating_add(SOON).unwrap_or(now);
            let idle = now.saturating_sub(IDLE).unwrap_or(now);
            let due = store::connections::due_for_refresh(&mut tx, soon, idle, BATCH).await?;
            drop(tx);
            let fresh: Vec<_> = due
                .iter()
                .filter(|connection| tried.insert(connection.id))
                .collect();
            if fresh.is_empty() {
                return Ok(());
            }
            for connection in fresh {
                // One that fails is noted on its connection and must not keep the others waiting.
                if let Err(error) = vault::renew(
                    &cx,
                    connection.workspace_id,
                    connection.id,
                    connection.token_version,
                )
                .await
                {
                    tracing::info!(connection.id = %connection.id, %error, "a token could not be refreshed ahead of time");
                }
            }
        }
    })
}
