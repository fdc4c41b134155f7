//! A calendar of a connection, and the settings that decide how it is synced.

use crate::text_enum;

text_enum! {
    /// What the account may do with the calendar.
    AccessRole {
        /// Sees only when time is taken.
        FreeBusyReader = "free_busy_reader",
        /// Reads events.
        Reader = "reader",
        /// Reads and writes events.
        Writer = "writer",
        /// Also changes the calendar itself.
        Owner = "owner",
    }
}

text_enum! {
    /// How changes to a calendar are noticed.
    PushMode {
        /// The provider tells of them; a slow poll runs behind.
        Push = "push",
        /// Its provider is asked from time to time.
        Poll = "poll",
    }
}

impl AccessRole {
    /// Whether events can be written.
    #[must_use]
    pub const fn can_write(self) -> bool {
        matches!(self, Self::Writer | Self::Owner)
    }
}

/// A calendar as its provider lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteCalendar {
    /// The provider's id (CalDAV: canonical href).
    pub external_id: String,
    /// The name people see.
    pub name: String,
    /// IANA zone, where the provider says one.
    pub time_zone: Option<String>,
    /// What the account may do.
    pub access_role: AccessRole,
    /// `#rrggbb`.
    pub background_color: Option<String>,
    /// The account's main calendar.
    pub primary: bool,
    /// Whether its events count as busy at all (CalDAV `schedule-calendar-transp`).
    pub busy_source: bool,
}

/// Shortest and longest sync interval that may be set, in minutes (SPEC §2.3).
pub const INTERVAL_MINUTES: std::ops::RangeInclusive<i64> = 5..=1440;
/// The interval a new calendar gets, in minutes.
pub const DEFAULT_INTERVAL_MINUTES: i64 = 60;
/// Billing lists reach this many days back by default.
pub const DEFAULT_PAST_DAYS: i64 = 7;
/// Billing lists reach this many days ahead by default.
pub const DEFAULT_FUTURE_DAYS: i64 = 30;
/// The mirror keeps instances this many days back.
pub const MIRROR_PAST_DAYS: i64 = 90;
/// The mirror keeps instances this many days ahead.
pub const MIRROR_FUTURE_DAYS: i64 = 400;
