//! `cleanup_integration_logs` and `cleanup_expired_connections`: what is past its time goes.

use daybook_domain::activity::RETENTION_DAYS;
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::Work;
use crate::Context;

/// Daily: activity older than 90 days, finished jobs older than a week, answers kept for idempotency longer than a day.
pub const LOGS: &str = "cleanup_integration_logs";
/// Weekly: expired sessions and abandoned authorisations.
pub const CONNECTIONS: &str = "cleanup_expired_connections";
/// Finished jobs are kept this many days.
const JOB_DAYS: i64 = 7;
/// At most this many go at once.
const JOB_BATCH: i64 = 50_000;

pub(super) fn logs(cx: Context, _: Value) -> Work {
    Box::pin(async move {
        let mut tx = cx.store.write().await?;
        let now = tx.now().await?;
        store::activity::delete_older(&mut tx, days_before(now, RETENTION_DAYS)).await?;
        store::jobs::delete_finished_older(&mut tx, days_before(now, JOB_DAYS), JOB_BATCH).await?;
        store::idempotency::delete_older(&mut tx, days_before(now, 1)).await?;
        store::mails::delete_older(&mut tx, days_before(now, RETENTION_DAYS)).await?;
        store::submissions::delete_older(&mut tx, days_before(now, RETENTION_DAYS)).await?;
        store::event_writes::delete_older(&mut tx, days_before(now, RETENTION_DAYS)).await?;
        store::slack::notices::delete_older(&mut tx, days_before(now, RETENTION_DAYS)).await?;
        store::slack::requests::delete_expired(&mut tx, now).await?;
        store::slack::links::delete_expired(&mut tx, days_before(now, 1)).await?;
        tx.commit().await?;
        Ok(())
    })
}

pub(super) fn connections(cx: Context, _: Value) -> Work {
    Box::pin(async move {
        let mut tx = cx.store.write().await?;
        store::oauth_flows::delete_expired(&mut tx).await?;
        store::sessions::delete_expired(&mut tx).await?;
        store::sign_in_flows::delete_expired(&mut tx).await?;
        store::password_resets::delete_expired(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    })
}

fn days_before(now: Timestamp, days: i64) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * days))
        .unwrap_or(now)
}
