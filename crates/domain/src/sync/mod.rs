//! What a sync did, in numbers, and when the next one is due.

use jiff::{SignedDuration, Timestamp};

/// `SyncResult` of SPEC §2.10 without its calendar id. Counts are of provider events: a series counts once, each changed
/// or cancelled occurrence once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Statistics {
    /// Events that were not in the mirror.
    pub created: u64,
    /// Events that changed.
    pub updated: u64,
    /// Events that went.
    pub deleted: u64,
    /// Events that were told again and had not changed.
    pub unchanged: u64,
    /// All-day events among those kept: in the mirror, left out of billing lists.
    pub skipped_all_day: u64,
    /// Whether everything was read, not only what changed.
    pub full: bool,
    /// Pages read.
    pub pages: u64,
    /// Requests sent.
    pub provider_calls: u64,
    /// How long it took.
    pub duration_ms: u64,
}

/// When the next poll is due: one interval after `now`, moved by up to ±10 % so that calendars spread out (R11).
///
/// `fraction` is a random number in `[0, 1)`.
#[must_use]
pub fn next_due(now: Timestamp, interval_minutes: i64, fraction: f64) -> Timestamp {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a jitter of minutes needs no more than f64 gives"
    )]
    let seconds = (interval_minutes as f64 * 60.0 * (0.9 + 0.2 * fraction)) as i64;
    now.checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polls_spread_around_the_interval() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(next_due(now, 60, 0.0).as_second(), 3240);
        assert_eq!(next_due(now, 60, 0.5).as_second(), 3600);
        assert!(next_due(now, 60, 0.999).as_second() < 3960);
    }
}
