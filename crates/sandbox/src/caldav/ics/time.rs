//! DATE and DATE-TIME values in their four forms (RFC 5545 §3.3.4, §3.3.5).

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::Property;

/// A start, end or recurrence id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum When {
    /// All-day.
    Day(Date),
    /// Wall time in a named zone.
    Zoned(DateTime, String),
    /// UTC.
    Utc(DateTime),
    /// Floating wall time.
    Floating(DateTime),
}

impl When {
    pub(crate) fn read(property: &Property) -> Option<Self> {
        let value = property.value.trim();
        if property.param("VALUE") == Some("DATE") || value.len() == 8 {
            return Date::strptime("%Y%m%d", value).ok().map(Self::Day);
        }
        if let Some(utc) = value.strip_suffix('Z') {
            return DateTime::strptime("%Y%m%dT%H%M%S", utc).ok().map(Self::Utc);
        }
        let wall = DateTime::strptime("%Y%m%dT%H%M%S", value).ok()?;
        Some(match property.param("TZID") {
            Some(zone) => Self::Zoned(wall, zone.to_owned()),
            None => Self::Floating(wall),
        })
    }

    pub(crate) fn property(&self, name: &str) -> Property {
        let (params, value) = match self {
            Self::Day(date) => ("VALUE=DATE".to_owned(), date.strftime("%Y%m%d").to_string()),
            Self::Zoned(wall, zone) => (format!("TZID={zone}"), stamp(*wall)),
            Self::Utc(wall) => (String::new(), format!("{}Z", stamp(*wall))),
            Self::Floating(wall) => (String::new(), stamp(*wall)),
        };
        Property {
            name: name.to_owned(),
            params,
            value,
        }
    }

    /// The same value moved on its wall clock; dates move by the whole days of the span.
    pub(crate) fn plus(&self, days: i64, minutes: i64) -> Self {
        let span = Span::new().days(days);
        let time = Span::new().minutes(minutes);
        let walk = |wall: DateTime| wall.saturating_add(span).saturating_add(time);
        match self {
            Self::Day(date) => Self::Day(date.saturating_add(span)),
            Self::Zoned(wall, zone) => Self::Zoned(walk(*wall), zone.clone()),
            Self::Utc(wall) => Self::Utc(walk(*wall)),
            Self::Floating(wall) => Self::Floating(walk(*wall)),
        }
    }

    /// Moved by whole months (day of month clamped by the calendar).
    pub(crate) fn plus_months(&self, months: i64) -> Self {
        let span = Span::new().months(months);
        match self {
            Self::Day(date) => Self::Day(date.saturating_add(span)),
            Self::Zoned(wall, zone) => Self::Zoned(wall.saturating_add(span), zone.clone()),
            Self::Utc(wall) => Self::Utc(wall.saturating_add(span)),
            Self::Floating(wall) => Self::Floating(wall.saturating_add(span)),
        }
    }

    /// The wall clock reading (midnight for dates).
    pub(crate) fn wall(&self) -> DateTime {
        match self {
            Self::Day(date) => date.to_datetime(jiff::civil::Time::midnight()),
            Self::Zoned(wall, _) | Self::Utc(wall) | Self::Floating(wall) => *wall,
        }
    }

    /// The instant; unknown zones and floating times count as UTC, which is good enough for the
    /// generous window filter of a server.
    pub(crate) fn instant(&self) -> Timestamp {
        let zone = match self {
            Self::Zoned(_, name) => TimeZone::get(name).unwrap_or(TimeZone::UTC),
            _ => TimeZone::UTC,
        };
        zone.to_ambiguous_timestamp(self.wall())
            .compatible()
            .unwrap_or(Timestamp::MAX)
    }
}

pub(crate) fn stamp(wall: DateTime) -> String {
    wall.strftime("%Y%m%dT%H%M%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_survives_a_round_trip() {
        for (params, value) in [
            ("VALUE=DATE", "20261201"),
            ("TZID=Europe/Berlin", "20261201T100000"),
            ("", "20261201T090000Z"),
            ("", "20261201T100000"),
        ] {
            let property = Property {
                name: "DTSTART".to_owned(),
                params: params.to_owned(),
                value: value.to_owned(),
            };
            let when = When::read(&property).unwrap();
            assert_eq!(when.property("DTSTART"), property);
        }
    }

    #[test]
    fn moving_keeps_the_wall_clock() {
        let start = When::Zoned(
            jiff::civil::date(2026, 3, 28).at(9, 0, 0, 0),
            "Europe/Berlin".to_owned(),
        );
        assert_eq!(start.plus(1, 30).property("X").value, "20260329T093000");
    }
}
