//! The values that dates, times and lengths take in iCalendar (RFC 5545 §3.3.4–3.3.6).

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use std::ops::Range;

use super::civil::{DAY, date_of_days, days_of_date, seconds_of_datetime};
use crate::event::EventTime;
use crate::zone::{Zone, timestamp_of_seconds};

/// A date or a time as written, before any zone is applied to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateValue {
    /// `20261201`: a whole day.
    Date(Date),
    /// `20261201T100000`: wall time; where, is said elsewhere.
    Local(DateTime),
    /// `20261201T090000Z`: an instant.
    Utc(Timestamp),
}

impl DateValue {
    /// Reads `YYYYMMDD`, `YYYYMMDDTHHMMSS` or the latter with a `Z`; a missing second is taken as zero, a 60th as the 59th.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.is_ascii() || text.len() > 16 {
            return None;
        }
        let (body, utc) = match text.strip_suffix(['Z', 'z']) {
            Some(body) => (body, true),
            None => (text, false),
        };
        let Some((date, time)) = body.split_once(['T', 't']) else {
            return (!utc).then(|| parse_date(body)).flatten().map(Self::Date);
        };
        let wall = parse_date(date)?.to_datetime(parse_time(time)?);
        if utc {
            // The last day of the year 9999, a sentinel in some programs, is past what an instant can be.
            Some(Self::Utc(
                Offset::UTC.to_timestamp(wall).unwrap_or(Timestamp::MAX),
            ))
        } else {
            Some(Self::Local(wall))
        }
    }

    /// The instant this stands for when wall time and days are those of `zone`.
    #[must_use]
    pub fn instant_in(&self, zone: &Zone) -> Timestamp {
        match self {
            Self::Date(date) => zone.start_of_day(*date),
            Self::Local(wall) => zone.to_timestamp(*wall),
            Self::Utc(at) => *at,
        }
    }
}

impl fmt::Display for DateValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => write_date(f, *date),
            Self::Local(wall) => write_wall(f, *wall),
            Self::Utc(at) => {
                write_wall(f, Offset::UTC.to_datetime(*at))?;
                f.write_str("Z")
            }
        }
    }
}

/// The length of an event: calendar days, which follow the clocks, and exact seconds, which do not (RFC 5545 §3.3.6).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct EventDuration {
    /// Nominal days; a week is seven.
    pub days: i32,
    /// Exact seconds on top.
    pub seconds: i64,
}

/// No event is longer than this: lengths beyond are cut, so that arithmetic on them cannot overflow.
const MAX_DAYS: i64 = 40_000;

impl EventDuration {
    /// No time at all.
    pub const ZERO: Self = Self {
        days: 0,
        seconds: 0,
    };

    /// So many calendar days.
    #[must_use]
    pub fn days(days: i64) -> Self {
        Self {
            days: i32::try_from(days.clamp(-MAX_DAYS, MAX_DAYS)).unwrap_or(0),
            seconds: 0,
        }
    }

    /// So many exact seconds.
    #[must_use]
    pub fn seconds(seconds: i64) -> Self {
        Self {
            days: 0,
            seconds: seconds.clamp(-MAX_DAYS * DAY, MAX_DAYS * DAY),
        }
    }

    /// From one event time to another: calendar days between dates, exact seconds between instants. Never negative.
    #[must_use]
    pub fn between(start: &EventTime, end: &EventTime) -> Self {
        match (start, end) {
            (EventTime::AllDay(start), EventTime::AllDay(end)) => {
                Self::days((days_of_date(*end) - days_of_date(*start)).max(0))
            }
            (EventTime::Timed { at: start, .. }, EventTime::Timed { at: end, .. }) => {
                Self::seconds((end.as_second() - start.as_second()).max(0))
            }
            _ => Self::ZERO,
        }
    }

    /// The instant this much after `start`; days are counted on the wall of `zone`.
    #[must_use]
    pub fn after(&self, start: Timestamp, zone: &Zone) -> Timestamp {
        let mut at = start.as_second();
        if self.days != 0 {
            let wall = seconds_of_datetime(zone.to_datetime(start));
            at = zone.instant_of_local(wall.saturating_add(i64::from(self.days) * DAY));
        }
        timestamp_of_seconds(at.saturating_add(self.seconds))
    }

    /// Seconds that this never exceeds, whatever the clocks do.
    pub(crate) fn upper_bound(&self) -> i64 {
        let slack = if self.days == 0 { 0 } else { DAY };
        (i64::from(self.days) * DAY)
            .saturating_add(self.seconds)
            .max(0)
            + slack
    }
}

impl FromStr for EventDuration {
    type Err = super::RuleError;

    /// Reads `P1W`, `P1DT2H`, `-PT15M`; also `P1W2D`, which RFC 5545 forbids and programs write.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_duration(text.trim()).ok_or_else(|| super::RuleError::Part {
            part: "DURATION".to_owned(),
            value: text.chars().take(40).collect(),
        })
    }
}

impl fmt::Display for EventDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, seconds) = (i64::from(self.days), self.seconds);
        // Days and seconds of different sign cannot be written; the exact reading of the days stands in.
        let (days, seconds) = if days.signum() * seconds.signum() < 0 {
            (0, days * DAY + seconds)
        } else {
            (days, seconds)
        };
        let sign = if days < 0 || seconds < 0 { "-" } else { "" };
        let (days, seconds) = (days.unsigned_abs(), seconds.unsigned_abs());
        write!(f, "{sign}P")?;
        if days > 0 {
            write!(f, "{days}D")?;
        }
        if seconds > 0 || days == 0 {
            f.write_str("T")?;
            for (size, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M')] {
                if size > 0 {
                    write!(f, "{size}{unit}")?;
                }
            }
            if seconds % 60 > 0 || seconds == 0 {
                write!(f, "{}S", seconds % 60)?;
            }
        }
        Ok(())
    }
}

/// What names one occurrence of a series for good: its original start, as an instant or, for all-day series, a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OccurrenceKey {
    /// `YYYYMMDD`.
    Day(Date),
    /// `YYYYMMDDTHHMMSSZ`.
    Instant(Timestamp),
}

impl OccurrenceKey {
    /// The key of the occurrence that originally starts at `start`.
    #[must_use]
    pub const fn of(start: &EventTime) -> Self {
        match start {
            EventTime::Timed { at, .. } => Self::Instant(*at),
            EventTime::AllDay(date) => Self::Day(*date),
        }
    }

    pub(crate) fn instant(seconds: i64) -> Self {
        Self::Instant(timestamp_of_seconds(seconds))
    }

    pub(crate) fn day(days: i64) -> Self {
        Self::Day(date_of_days(days))
    }
}

impl fmt::Display for OccurrenceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => write_date(f, *date),
            Self::Instant(at) => DateValue::Utc(*at).fmt(f),
        }
    }
}

impl FromStr for OccurrenceKey {
    type Err = super::RuleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match DateValue::parse(text) {
            Some(DateValue::Date(date)) => Ok(Self::Day(date)),
            Some(DateValue::Utc(at)) => Ok(Self::Instant(at)),
            _ => Err(super::RuleError::Line(text.chars().take(40).collect())),
        }
    }
}

fn write_date(f: &mut fmt::Formatter<'_>, date: Date) -> fmt::Result {
    write!(
        f,
        "{:04}{:02}{:02}",
        date.year().max(0),
        date.month(),
        date.day()
    )
}

fn write_wall(f: &mut fmt::Formatter<'_>, wall: DateTime) -> fmt::Result {
    write_date(f, wall.date())?;
    write!(
        f,
        "T{:02}{:02}{:02}",
        wall.hour(),
        wall.minute(),
        wall.second()
    )
}

fn digits(text: &str, from: usize, len: usize) -> Option<i16> {
    let part = text.get(from..from + len)?;
    part.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| part.parse().ok())?
}

fn small(text: &str, from: usize) -> Option<i8> {
    i8::try_from(digits(text, from, 2)?).ok()
}

fn parse_date(text: &str) -> Option<Date> {
    if text.len() != 8 {
        return None;
    }
    let year = digits(text, 0, 4).filter(|year| *year > 0)?;
    Date::new(year, small(text, 4)?, small(text, 6)?).ok()
}

fn parse_time(text: &str) -> Option<Time> {
    let second = match text.len() {
        4 => 0,
        6 => small(text, 4)?.min(if small(text, 4)? == 60 { 59 } else { i8::MAX }),
        _ => return None,
    };
    Time::new(small(text, 0)?, small(text, 2)?, second, 0).ok()
}

fn parse_duration(text: &str) -> Option<EventDuration> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let rest = rest.strip_prefix(['P', 'p'])?;
    let (mut days, mut seconds, mut in_time, mut size) = (0_i64, 0_i64, false, None::<i64>);
    for ch in rest.chars() {
        if let Some(digit) = ch.to_digit(10) {
            let grown = size
                .unwrap_or(0)
                .saturating_mul(10)
                .saturating_add(i64::from(digit));
            size = Some(grown.min(10_000_000_000));
            continue;
        }
        if matches!(ch, 'T' | 't') && size.is_none() && !in_time {
            in_time = true;
            continue;
        }
        let amount = size.take()?;
        match (ch.to_ascii_uppercase(), in_time) {
            ('W', false) => days += amount * 7,
            ('D', _) => days += amount,
            ('H', true) => seconds += amount * 3600,
            ('M', true) => seconds += amount * 60,
            ('S', true) => seconds += amount,
            _ => return None,
        }
    }
    let complete = size.is_none() && rest.len() > 1;
    complete.then(|| EventDuration {
        days: EventDuration::days(sign * days).days,
        seconds: EventDuration::seconds(sign * seconds).seconds,
    })
}

/// Wall seconds of a moment in a zone.
pub(crate) fn wall_seconds(zone: &Zone, at: Timestamp) -> i64 {
    at.as_second().saturating_add(i64::from(zone.offset_at(at)))
}

/// The wall times that an instant may have been written with: one, unless the zone changes within a day of it.
pub(crate) fn loose_wall(zone: &Zone, at: Timestamp) -> Range<i64> {
    let near = [-DAY, 0, DAY].map(|shift| {
        let moment = timestamp_of_seconds(at.as_second().saturating_add(shift));
        i64::from(zone.offset_at(moment))
    });
    let [a, b, c] = near;
    at.as_second().saturating_add(a.min(b).min(c))..at.as_second().saturating_add(a.max(b).max(c))
}
