//! Event times: a zoned instant or a date, and their wire form `{dateTime,timeZone}` / `{date}`.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use serde_json::{Value, json};

/// When an event starts or ends.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Moment {
    /// All day; no zone.
    Day(Date),
    /// A wall-clock time in a zone.
    At(Zoned),
}

impl Moment {
    /// Reads the wire form. A time without offset needs a zone; a time with one is expressed in `timeZone`, or
    /// else in `fallback`.
    pub fn parse(value: &Value, fallback: &str) -> Result<Self, String> {
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        match (text("date"), text("dateTime")) {
            (Some(date), None) => {
                let date = date.parse();
                date.map(Self::Day).map_err(|_| "Invalid date.".to_owned())
            }
            (None, Some(time)) => timed(time, text("timeZone"), fallback),
            (Some(_), Some(_)) => Err("Only one of date and dateTime may be set.".into()),
            (None, None) => Err("Missing date or dateTime.".into()),
        }
    }

    /// The wire form.
    pub fn to_wire(&self) -> Value {
        match self {
            Self::Day(date) => json!({"date": date.to_string()}),
            Self::At(at) => {
                json!({"dateTime": rfc3339(at), "timeZone": zone_name(at.time_zone())})
            }
        }
    }

    /// The instant; a date begins at midnight in `zone`.
    pub fn instant(&self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Day(date) => midnight(*date, zone),
            Self::At(at) => at.timestamp(),
        }
    }

    /// The wall-clock time; a date is its midnight.
    pub fn civil(&self) -> DateTime {
        match self {
            Self::Day(date) => date.at(0, 0, 0, 0),
            Self::At(at) => at.datetime(),
        }
    }

    /// The same kind of moment (date, or time in the same zone) at another wall-clock time.
    pub fn with_civil(&self, civil: DateTime) -> Self {
        match self {
            Self::Day(_) => Self::Day(civil.date()),
            Self::At(at) => {
                let zoned = at.time_zone().to_zoned(civil);
                Self::At(zoned.unwrap_or_else(|_| at.clone()))
            }
        }
    }

    /// Moved by whole minutes of elapsed time; a date moves by the whole days in them.
    pub fn plus_minutes(&self, minutes: i64) -> Self {
        match self {
            Self::Day(date) => Self::Day(date.saturating_add((minutes / 1440).days())),
            Self::At(at) => Self::At(at.saturating_add(minutes.minutes())),
        }
    }

    /// The part after `_` in an instance id: `20261208T090000Z` or `20261208`.
    pub fn stamp(&self) -> String {
        match self {
            Self::Day(date) => date.strftime("%Y%m%d").to_string(),
            Self::At(at) => {
                let utc = at.timestamp().to_zoned(TimeZone::UTC);
                utc.strftime("%Y%m%dT%H%M%SZ").to_string()
            }
        }
    }

    /// Whether this is a date.
    pub fn is_day(&self) -> bool {
        matches!(self, Self::Day(_))
    }
}

/// The named zone, or UTC when the name is unknown.
pub(crate) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// Midnight of `date` in `zone`.
pub(crate) fn midnight(date: Date, zone: &TimeZone) -> Timestamp {
    let start = zone.to_zoned(date.at(0, 0, 0, 0));
    start.map_or(Timestamp::UNIX_EPOCH, |z| z.timestamp())
}

fn timed(text: &str, zone_name: Option<&str>, fallback: &str) -> Result<Moment, String> {
    let zone = TimeZone::get(zone_name.unwrap_or(fallback))
        .map_err(|_| "Invalid time zone definition for start time.".to_owned())?;
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(Moment::At(instant.to_zoned(zone)));
    }
    if zone_name.is_none() {
        return Err("Missing time zone definition for start time.".into());
    }
    let civil: DateTime = text.parse().map_err(|_| "Invalid dateTime.".to_owned())?;
    let zoned = zone.to_zoned(civil);
    zoned
        .map(Moment::At)
        .map_err(|_| "Invalid dateTime.".to_owned())
}

fn rfc3339(at: &Zoned) -> String {
    let text = at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    match text.strip_suffix("+00:00") {
        Some(start) => format!("{start}Z"),
        None => text,
    }
}

fn zone_name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}
