//! What runs by the clock, and how often, in words. Firings are spread: each installation has its own offset, so that a
//! thousand servers do not call a provider in the same second.

use std::time::Duration;

use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::jobs::NewJob;

use crate::Context;

/// A line of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The job it enqueues.
    pub job: &'static str,
    /// How often.
    pub every: Duration,
    /// The same, for people.
    pub words: &'static str,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Everything that runs by the clock (SPEC §5).
pub const SCHEDULE: &[Entry] = &[
    Entry {
        job: "sync_all_calendars",
        every: Duration::from_secs(MINUTE),
        words: "every minute",
    },
    Entry {
        job: "refresh_tokens",
        every: Duration::from_secs(15 * MINUTE),
        words: "every 15 minutes",
    },
    Entry {
        job: "renew_push_channels",
        every: Duration::from_secs(10 * MINUTE),
        words: "every 10 minutes",
    },
    Entry {
        job: "full_calendar_sync",
        every: Duration::from_secs(DAY),
        words: "daily",
    },
    Entry {
        job: "cleanup_integration_logs",
        every: Duration::from_secs(DAY),
        words: "daily",
    },
    Entry {
        job: "cleanup_expired_connections",
        every: Duration::from_secs(7 * DAY),
        words: "weekly",
    },
    Entry {
        job: "send_slack_daily_summaries",
        every: Duration::from_secs(MINUTE),
        words: "every minute: who has 17:00, or the time they chose",
    },
    Entry {
        job: "send_invoice_notifications",
        every: Duration::from_secs(15 * MINUTE),
        words: "every 15 minutes: what is overdue since midnight in the workspace's zone",
    },
    Entry {
        job: "send_submit_reminders",
        every: Duration::from_secs(15 * MINUTE),
        words: "every 15 minutes: whose Monday morning it is",
    },
    Entry {
        job: "ask_about_meetings",
        every: Duration::from_secs(MINUTE),
        words: "every minute",
    },
];

/// The next firing after `now`: whole multiples of the cadence since the epoch, moved by an offset that depends on the
/// installation and the job.
#[must_use]
pub fn next_after(entry: &Entry, installation: &str, now: Timestamp) -> Timestamp {
    let every = i64::try_from(entry.every.as_secs())
        .unwrap_or(i64::MAX)
        .max(1);
    let digest = Sha256::digest(format!("{installation}/{}", entry.job).as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    let offset = i64::try_from(u64::from_be_bytes(bytes) % every.unsigned_abs()).unwrap_or(0);
    let rounds = (now.as_second() - offset).div_euclid(every) + 1;
    Timestamp::from_second(rounds * every + offset).unwrap_or(now)
}

/// Makes sure that every line of the schedule is in the database; new ones first run soon.
///
/// # Errors
/// When the database cannot be written.
pub async fn ensure(cx: &Context) -> store::Result<()> {
    let mut tx = cx.store.write().await?;
    let installation = store::meta::installation_id(&mut tx).await?.to_string();
    let now = tx.now().await?;
    let lines: Vec<(&str, Timestamp)> = SCHEDULE
        .iter()
        .map(|entry| (entry.job, next_after(entry, &installation, now)))
        .collect();
    store::schedules::ensure(&mut tx, &lines).await?;
    tx.commit().await
}

/// Enqueues what is due. Of several nodes one wins each firing, by compare-and-set on its time. Says when the next is due.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn tick(cx: &Context) -> store::Result<Option<Timestamp>> {
    let mut tx = cx.store.read().await?;
    let now = tx.now().await?;
    let all = store::schedules::list(&mut tx).await?;
    drop(tx);
    let mut earliest = None;
    for line in all {
        let Some(entry) = SCHEDULE.iter().find(|entry| entry.job == line.name) else {
            continue;
        };
        let next = if line.next_at <= now {
            fire(cx, entry, line.next_at).await?
        } else {
            line.next_at
        };
        earliest = Some(earliest.map_or(next, |other: Timestamp| other.min(next)));
    }
    Ok(earliest)
}

async fn fire(cx: &Context, entry: &Entry, seen: Timestamp) -> store::Result<Timestamp> {
    let mut tx = cx.store.write().await?;
    let installation = store::meta::installation_id(&mut tx).await?.to_string();
    let now = tx.now().await?;
    let next = next_after(entry, &installation, now);
    if store::schedules::claim(&mut tx, entry.job, seen, next).await? {
        store::jobs::enqueue(
            &mut tx,
            &NewJob {
                dedupe_key: Some(entry.job),
                max_attempts: super::TRIES,
                ..NewJob::new(entry.job, Value::Null)
            },
        )
        .await?;
        tx.commit().await?;
    }
    Ok(next)
}

/// How long to sleep until `next`, at most half a minute so that a moved clock is noticed.
#[must_use]
pub fn nap(next: Option<Timestamp>, now: Timestamp) -> Duration {
    let longest = Duration::from_secs(30);
    let wait = next.map_or(longest, |next| {
        Duration::try_from(next.duration_since(now).max(SignedDuration::ZERO)).unwrap_or(longest)
    });
    wait.clamp(Duration::from_millis(50), longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn firings_keep_their_cadence_and_differ_between_installations() {
        let entry = &SCHEDULE[1];
        let now: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
        let first = next_after(entry, "a", now);
        assert!(first > now && first.as_second() - now.as_second() <= 900);
        assert_eq!(
            next_after(entry, "a", first).as_second() - first.as_second(),
            900
        );
        let offsets: std::collections::BTreeSet<i64> = (0..50)
            .map(|n| next_after(entry, &n.to_string(), now).as_second() % 900)
            .collect();
        assert!(offsets.len() > 40, "{offsets:?}");
    }

    #[test]
    fn every_line_names_a_job() {
        for entry in SCHEDULE {
            assert!(
                super::super::JOBS.iter().any(|kind| kind.name == entry.job),
                "{}",
                entry.job
            );
        }
    }
}
