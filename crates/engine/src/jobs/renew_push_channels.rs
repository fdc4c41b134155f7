//! `renew_push_channels`: every ten minutes, renews push channels before they end, stops those that nobody wants, and forgets
//! those that have run out.

use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Failure, Work, stop_push_channel, watch_calendar};
use crate::{Context, push};

/// Its name.
pub const NAME: &str = "renew_push_channels";
/// Channels per round: more than this come with the next one.
const BATCH: i64 = 500;
/// A channel that the provider would not stop is tried again after this long.
const STOP_AGAIN: SignedDuration = SignedDuration::from_hours(6);
/// Renewals of one round are spread over this many seconds.
const SPREAD: f64 = 300.0;

pub(super) fn run(cx: Context, _: Value) -> Work {
    Box::pin(async move {
        let mut tx = cx.store.write().await?;
        let now = tx.now().await?;
        store::push_channels::delete_expired(&mut tx, now).await?;
        // Where push is off no address is ours: each channel is due, and is given up.
        let base = if cx.settings.push {
            push::addresses(&cx)
        } else {
            String::new()
        };
        for due in store::push_channels::due(&mut tx, now, &base, BATCH).await? {
            let at = later(now, cx.ids.fraction());
            watch_calendar::enqueue(&mut tx, due.workspace_id, due.calendar_id, Some(at)).await?;
        }
        tx.commit().await?;
        stop_unwanted(&cx).await
    })
}

async fn stop_unwanted(cx: &Context) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let mut tx = cx.store.write().await?;
        let now = tx.now().await?;
        let begun_before = now.saturating_sub(STOP_AGAIN).unwrap_or(now);
        let page = store::push_channels::unwanted(&mut tx, begun_before, after, BATCH).await?;
        for channel in &page {
            store::push_channels::close(&mut tx, channel.workspace_id, channel.id).await?;
            store::push_channels::promise(&mut tx, channel.workspace_id, channel.id, now).await?;
            stop_push_channel::enqueue(&mut tx, channel.workspace_id, channel.id).await?;
        }
        tx.commit().await?;
        after = page.last().map(|channel| channel.id);
        if page.len() < usize::try_from(BATCH).unwrap_or(usize::MAX) {
            return Ok(());
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a fraction of five minutes in seconds"
)]
fn later(now: Timestamp, fraction: f64) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs((fraction * SPREAD) as i64))
        .unwrap_or(now)
}
