//! How far a mirror can be believed. What it cannot tell is unknown, and unknown is never free.

use jiff::{SignedDuration, Timestamp};

use crate::connection::Status;
use crate::text_enum;

/// A mirror that missed this many polls is too old to be believed.
const INTERVALS: i64 = 3;
/// However short its interval, a mirror is believed for this long.
const AT_LEAST_MINUTES: i64 = 15;

text_enum! {
    /// Why a calendar does not say when it is free.
    Unknown {
        /// Its account must be connected again.
        NeedsReauth = "needs_reauth",
        /// Its account was disconnected.
        Disconnected = "disconnected",
        /// The provider no longer lists it.
        Gone = "gone",
        /// It is not synced.
        SyncOff = "sync_off",
        /// It has not been synced yet.
        NeverSynced = "never_synced",
        /// It was last synced too long ago.
        Stale = "stale",
        /// The mirror does not reach that far.
        BeyondMirror = "beyond_mirror",
        /// There is no calendar that counts.
        NoCalendars = "no_calendars",
        /// The provider was asked and did not say.
        ProviderSilent = "provider_silent",
        /// The provider was asked and could not be reached, or refused.
        ProviderFailed = "provider_failed",
    }
}

/// What is known of a mirror.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mirror {
    /// How its connection stands.
    pub status: Status,
    /// Whether the provider lists the calendar.
    pub active: bool,
    /// Whether it is synced.
    pub sync_enabled: bool,
    /// When it was last synced without error.
    pub synced_at: Option<Timestamp>,
    /// How often it is polled, in minutes.
    pub interval_minutes: i64,
    /// Up to when series are expanded.
    pub expanded_until: Option<Timestamp>,
}

/// Why nothing that the mirror says at `now` can be believed; `None`: it can, up to [`Mirror::expanded_until`].
#[must_use]
pub fn unknown(mirror: &Mirror, now: Timestamp) -> Option<Unknown> {
    match mirror.status {
        Status::NeedsReauth => return Some(Unknown::NeedsReauth),
        Status::Disconnected => return Some(Unknown::Disconnected),
        Status::Connected | Status::Error => {}
    }
    if !mirror.active {
        return Some(Unknown::Gone);
    }
    if !mirror.sync_enabled {
        return Some(Unknown::SyncOff);
    }
    let Some(synced_at) = mirror.synced_at else {
        return Some(Unknown::NeverSynced);
    };
    let minutes = (mirror.interval_minutes.saturating_mul(INTERVALS)).max(AT_LEAST_MINUTES);
    let old = now.duration_since(synced_at) > SignedDuration::from_mins(minutes);
    old.then_some(Unknown::Stale)
}

impl Unknown {
    /// A sentence for people: what is wrong, and what to do.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NeedsReauth => {
                "The account must be connected again before its calendar can be read."
            }
            Self::Disconnected => {
                "The account was disconnected; connect it again, or leave the calendar out."
            }
            Self::Gone => {
                "The provider no longer lists this calendar; switch it off or remove it, or leave it out."
            }
            Self::SyncOff => {
                "The calendar is not synced; switch syncing on, mark it as no source of busy time, or leave it out."
            }
            Self::NeverSynced => "The calendar has not been synced yet; try again in a minute.",
            Self::Stale => {
                "The calendar could not be synced for too long to be relied upon; sync it now, or look at its last error."
            }
            Self::BeyondMirror => {
                "The calendar is known only up to an earlier day; ask for an earlier time."
            }
            Self::NoCalendars => {
                "No calendar that counts as busy is given; connect one, or mark one as a source of busy time."
            }
            Self::ProviderSilent => "The provider did not say when this calendar is busy.",
            Self::ProviderFailed => {
                "The provider could not be asked; try again, or ask without `live`."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_unknown() {
        let now: Timestamp = "2026-03-04T12:00:00Z".parse().unwrap();
        let why = |change: &dyn Fn(&mut Mirror)| {
            let mut mirror = Mirror {
                status: Status::Connected,
                active: true,
                sync_enabled: true,
                synced_at: Some(now),
                interval_minutes: 60,
                expanded_until: None,
            };
            change(&mut mirror);
            unknown(&mirror, now)
        };
        let old = |minutes: i64, interval: i64| {
            why(&move |mirror| {
                mirror.synced_at = now.checked_sub(SignedDuration::from_mins(minutes)).ok();
                mirror.interval_minutes = interval;
            })
        };
        assert_eq!(why(&|_| ()), None);
        assert_eq!(why(&|mirror| mirror.status = Status::Error), None);
        let gone = why(&|mirror| mirror.status = Status::Disconnected);
        assert_eq!(gone, Some(Unknown::Disconnected));
        let lost = why(&|mirror| mirror.status = Status::NeedsReauth);
        assert_eq!(lost, Some(Unknown::NeedsReauth));
        assert_eq!(why(&|mirror| mirror.active = false), Some(Unknown::Gone));
        assert_eq!(
            why(&|mirror| mirror.sync_enabled = false),
            Some(Unknown::SyncOff)
        );
        assert_eq!(
            why(&|mirror| mirror.synced_at = None),
            Some(Unknown::NeverSynced)
        );
        assert_eq!((old(180, 60), old(181, 60)), (None, Some(Unknown::Stale)));
        assert_eq!((old(15, 5), old(16, 5)), (None, Some(Unknown::Stale)));
        assert_eq!((old(14, 1), old(16, 1)), (None, Some(Unknown::Stale)));
    }
}
