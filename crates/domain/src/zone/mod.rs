//! Time zones: from the many names that calendars give them to rules that turn wall time into instants.
//!
//! A `TZID` is only a label. [`resolve`] finds what is meant, in the order that fails last: IANA names and their old
//! spellings, names with a vendor's prefix, Windows names, plain offsets, the location noted inside a `VTIMEZONE`, the
//! `VTIMEZONE`'s own rules, and at the very end the calendar's zone with a warning.
//!
//! Wall time to instant follows RFC 5545 §3.3.5: in a gap the offset before it counts, in an overlap the first of the two.

mod cursor;
mod names;
mod vtimezone;
mod windows;

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

pub(crate) use cursor::LocalCursor;
pub use names::{Resolved, resolve};
pub use vtimezone::{Observance, VTimezone};
pub use windows::windows_to_iana;

use crate::recurrence::civil::{datetime_of_seconds, seconds_of_datetime};
use vtimezone::Transitions;

/// A time zone. Cheap to clone.
#[derive(Clone)]
pub struct Zone(Kind);

#[derive(Clone)]
enum Kind {
    Rules { name: Arc<str>, tz: TimeZone },
    Custom(Arc<Transitions>),
}

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self(Kind::Rules {
            name: Arc::from("UTC"),
            tz: TimeZone::UTC,
        })
    }

    /// The zone of an IANA name or alias, compared without regard to case; `None` when there is none.
    ///
    /// Renamed zones are found under both names, and known afterwards under the present one.
    #[must_use]
    pub fn iana(name: &str) -> Option<Self> {
        names::iana(name)
    }

    /// A zone that is always `seconds` east of UTC; `None` beyond ±25 hours.
    #[must_use]
    pub fn fixed(seconds: i32) -> Option<Self> {
        let offset = Offset::from_seconds(seconds).ok()?;
        if seconds == 0 {
            return Some(Self::utc());
        }
        let (sign, size) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs());
        Some(Self(Kind::Rules {
            name: Arc::from(format!("UTC{sign}{:02}:{:02}", size / 3600, size / 60 % 60).as_str()),
            tz: TimeZone::fixed(offset),
        }))
    }

    /// The zone that a `VTIMEZONE` describes by its own rules; `None` when it has no observance.
    #[must_use]
    pub fn custom(definition: &VTimezone) -> Option<Self> {
        Transitions::of(definition).map(|transitions| Self(Kind::Custom(Arc::new(transitions))))
    }

    /// The name: IANA's where there is one, else `UTC+01:00` or the `VTIMEZONE`'s `TZID`.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.0 {
            Kind::Rules { name, .. } => name,
            Kind::Custom(transitions) => &transitions.name,
        }
    }

    /// The name, when it is one that IANA knows.
    #[must_use]
    pub fn iana_name(&self) -> Option<&str> {
        match &self.0 {
            Kind::Rules { name, tz } if tz.iana_name().is_some() => Some(name),
            _ => None,
        }
    }

    /// The instant at which clocks here show `wall`: before a gap's offset, first of an overlap. Saturates at the ends of time.
    #[must_use]
    pub fn to_timestamp(&self, wall: DateTime) -> Timestamp {
        timestamp_of_seconds(self.instant_of_local(seconds_of_datetime(wall)))
    }

    /// The instant at which the day `date` begins here.
    #[must_use]
    pub fn start_of_day(&self, date: Date) -> Timestamp {
        self.to_timestamp(date.at(0, 0, 0, 0))
    }

    /// What clocks here show at `at`, to the second.
    #[must_use]
    pub fn to_datetime(&self, at: Timestamp) -> DateTime {
        datetime_of_seconds(at.as_second().saturating_add(i64::from(self.offset_at(at))))
    }

    /// Seconds east of UTC at `at`.
    #[must_use]
    pub fn offset_at(&self, at: Timestamp) -> i32 {
        match &self.0 {
            Kind::Rules { tz, .. } => tz.to_offset(at).seconds(),
            Kind::Custom(transitions) => transitions.offset_at(at.as_second()),
        }
    }

    /// The next instant after `at` from which on another offset, or another name for it, holds.
    #[must_use]
    pub fn next_change(&self, at: Timestamp) -> Option<Timestamp> {
        match &self.0 {
            Kind::Rules { tz, .. } => tz.following(at).next().map(|change| change.timestamp()),
            Kind::Custom(transitions) => transitions
                .next_after(at.as_second())
                .map(timestamp_of_seconds),
        }
    }

    /// The instant (Unix seconds) of a wall time given in seconds since 1970-01-01T00:00 on the wall.
    pub(crate) fn instant_of_local(&self, local: i64) -> i64 {
        match &self.0 {
            Kind::Rules { tz, .. } => {
                let wall = datetime_of_seconds(local);
                tz.to_ambiguous_timestamp(wall)
                    .compatible()
                    .map_or(local, Timestamp::as_second)
            }
            Kind::Custom(transitions) => transitions.instant_of_local(local),
        }
    }

    /// The stretch of local seconds around the instant `at` in which one offset holds without a doubt.
    pub(crate) fn stretch(&self, at: i64) -> (i64, i64, i32) {
        match &self.0 {
            Kind::Rules { tz, .. } => cursor::stretch_of(tz, at),
            Kind::Custom(transitions) => transitions.stretch(at),
        }
    }

    pub(crate) fn from_tz(name: &str, tz: TimeZone) -> Self {
        Self(Kind::Rules {
            name: Arc::from(name),
            tz,
        })
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Kind::Rules { tz: a, .. }, Kind::Rules { tz: b, .. }) => a == b,
            (Kind::Custom(a), Kind::Custom(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Unix seconds as an instant, kept within the years that `jiff` knows.
pub(crate) fn timestamp_of_seconds(seconds: i64) -> Timestamp {
    let limit = if seconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_second(seconds).unwrap_or(limit)
}
