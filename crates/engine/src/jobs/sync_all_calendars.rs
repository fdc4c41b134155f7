//! `sync_all_calendars`: every minute, enqueues what is due until the next round, each calendar at its own second (R11).

use daybook_store as store;
use jiff::SignedDuration;
use serde_json::Value;

use super::Work;
use super::sync_calendar::{self, When};
use crate::Context;

/// Its name.
pub const NAME: &str = "sync_all_calendars";
/// Calendars per transaction.
const BATCH: i64 = 500;
/// When a calendar is due again if its sync never ends.
const FALLBACK: SignedDuration = SignedDuration::from_mins(60);
/// How far ahead a round looks: until the next one, and a little more.
const AHEAD: SignedDuration = SignedDuration::from_secs(75);
/// Calendars that are late, because the server was down or busy, start one after the other, this many a second: ten thousand
/// within four minutes, and with a few requests each below what a provider allows one app (Google: 10,000 a minute).
const CATCH_UP_PER_SECOND: i64 = 50;

pub(super) fn run(cx: Context, _: Value) -> Work {
    Box::pin(async move {
        let mut late = 0;
        loop {
            let mut tx = cx.store.write().await?;
            let now = tx.now().await?;
            let horizon = now.saturating_add(AHEAD).unwrap_or(now);
            let due = store::calendars::due(&mut tx, horizon, BATCH).await?;
            for calendar in &due {
                let at = if calendar.next_sync_at < now {
                    late += 1;
                    now.saturating_add(turn(late)).unwrap_or(now)
                } else {
                    calendar.next_sync_at
                };
                sync_calendar::enqueue(
                    &mut tx,
                    calendar.workspace_id,
                    calendar.id,
                    false,
                    When::At(at),
                )
                .await?;
                // The sync sets its own next time; this one is for the case that it never gets there.
                let fallback = at.saturating_add(FALLBACK).unwrap_or(at);
                store::calendars::schedule_sync(
                    &mut tx,
                    calendar.workspace_id,
                    calendar.id,
                    fallback,
                )
                .await?;
            }
            let full = due.len() == usize::try_from(BATCH).unwrap_or(usize::MAX);
            tx.commit().await?;
            if !full {
                return Ok(());
            }
        }
    })
}

/// How long the `nth` calendar that is late waits for its turn.
fn turn(nth: i64) -> SignedDuration {
    SignedDuration::from_millis((nth - 1) * 1_000 / CATCH_UP_PER_SECOND)
}
