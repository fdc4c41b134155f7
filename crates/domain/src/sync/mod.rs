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

impl Statistics {
    /// Events that were not as the mirror had them.
    #[must_use]
    pub const fn changes(&self) -> u64 {
        self.created + self.updated + self.deleted
    }
}

/// How many minutes until the next poll of a calendar whose interval is set to `interval`.
///
/// One that changed within the last hour is polled four times as often and one that changed within the last day twice as often,
/// but never more often than `floor`. Where the provider tells us of changes that is not needed; a calendar that has been quiet
/// for a day then waits up to twice its interval, but at most six hours longer and at most a day: notices get lost by design, so
/// a slow poll always runs behind (contracts/README rule 7).
#[must_use]
pub fn pace(interval: i64, floor: i64, watched: bool, quiet_for: Option<SignedDuration>) -> i64 {
    const HOUR: SignedDuration = SignedDuration::from_hours(1);
    const DAY: SignedDuration = SignedDuration::from_hours(24);
    const MOST_LONGER: i64 = 360;
    const LONGEST: i64 = *crate::calendar::INTERVAL_MINUTES.end();
    match (watched, quiet_for) {
        (true, Some(quiet)) if quiet <= DAY => interval,
        (true, _) => (interval + interval.min(MOST_LONGER)).min(interval.max(LONGEST)),
        (false, Some(quiet)) if quiet <= HOUR => (interval / 4).max(floor.min(interval)),
        (false, Some(quiet)) if quiet <= DAY => (interval / 2).max(floor.min(interval)),
        (false, _) => interval,
    }
}

/// When the next poll is due: one interval after `now`, moved by up to ±10 % so that calendars spread out (R11).
///
/// `fraction` is a random number in `[0, 1)`.
#[must_use]
pub fn next_due(now: Timestamp, interval_minutes: i64, fraction: f64) -> Timestamp {
    after(now, interval_minutes, 0.9 + 0.2 * fraction)
}

/// When the next poll is due of a calendar whose last one came at no time of its own: with a thousand others when they were
/// connected, after the server was down, or when their provider fell ill. Anywhere in an interval, so that they part again; from
/// then on [`next_due`] keeps them apart.
///
/// `fraction` is a random number in `[0, 1)`.
#[must_use]
pub fn scattered_due(now: Timestamp, interval_minutes: i64, fraction: f64) -> Timestamp {
    after(now, interval_minutes, 0.1 + fraction)
}

fn after(now: Timestamp, interval_minutes: i64, share: f64) -> Timestamp {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a jitter of minutes needs no more than f64 gives"
    )]
    let seconds = (interval_minutes as f64 * 60.0 * share) as i64;
    now.checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_calendars_are_polled_more_often_and_watched_ones_still_are() {
        let ago = |hours| Some(SignedDuration::from_hours(hours));
        for (interval, watched, quiet, minutes) in [
            (60, false, None, 60),
            (60, false, ago(0), 15),
            (60, false, ago(5), 30),
            (60, false, ago(48), 60),
            (10, false, ago(0), 5),
            (5, false, ago(0), 5),
            (60, true, ago(0), 60),
            (60, true, ago(48), 120),
            (60, true, None, 120),
            (480, true, None, 840),
            (1440, true, None, 1440),
        ] {
            assert_eq!(
                pace(interval, 5, watched, quiet),
                minutes,
                "{interval} {watched} {quiet:?}"
            );
        }
    }

    #[test]
    fn polls_spread_around_the_interval() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(next_due(now, 60, 0.0).as_second(), 3240);
        assert_eq!(next_due(now, 60, 0.5).as_second(), 3600);
        assert!(next_due(now, 60, 0.999).as_second() < 3960);
        assert_eq!(scattered_due(now, 60, 0.0).as_second(), 360);
        assert!(scattered_due(now, 60, 0.999).as_second() < 3960);
    }
}
