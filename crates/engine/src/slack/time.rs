//! Days and durations, as people in Slack see them.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// The zone of this name; UTC when there is none.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// From the first instant of a day to the first of the next: 23, 24 or 25 hours.
pub fn day(date: Date, zone: &TimeZone) -> (Timestamp, Timestamp) {
    let start = |date: Date| {
        zone.to_ambiguous_zoned(date.at(0, 0, 0, 0))
            .compatible()
            .map_or(Timestamp::MIN, |at| at.timestamp())
    };
    (start(date), start(date.saturating_add(1.day())))
}

/// The week of a day, from Monday to Monday.
pub fn week(date: Date, zone: &TimeZone) -> (Timestamp, Timestamp) {
    let since = date.weekday().since(Weekday::Monday);
    let monday = date.saturating_sub(i64::from(since).days());
    let next = monday.saturating_add(7.days());
    (day(monday, zone).0, day(next, zone).0)
}

/// `2.5 h`, `45 min`, `1 h 25 min`.
pub fn duration(minutes: i64) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    match (hours, rest) {
        (hours, 0) => format!("{hours} h"),
        (0, rest) => format!("{rest} min"),
        (hours, 30) => format!("{hours}.5 h"),
        (hours, 15) => format!("{hours}.25 h"),
        (hours, 45) => format!("{hours}.75 h"),
        (hours, rest) => format!("{hours} h {rest} min"),
    }
}

/// `2.5`, as a form shows it; minutes that are no quarter as `1:25`.
pub fn hours(minutes: i64) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    match rest {
        0 => hours.to_string(),
        15 => format!("{hours}.25"),
        30 => format!("{hours}.5"),
        45 => format!("{hours}.75"),
        rest => format!("{hours}:{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_the_hours_they_have() {
        let berlin = zone("Europe/Berlin");
        let hours = |date: &str| {
            let (from, to) = day(date.parse().unwrap(), &berlin);
            to.duration_since(from).as_hours()
        };
        assert_eq!(hours("2026-03-29"), 23);
        assert_eq!(hours("2026-10-25"), 25);
        assert_eq!(hours("2026-11-21"), 24);
        let (from, to) = week("2026-03-29".parse().unwrap(), &berlin);
        assert_eq!(from.to_string(), "2026-03-22T23:00:00Z");
        assert_eq!(to.to_string(), "2026-03-29T22:00:00Z");
    }

    #[test]
    fn durations_read_well() {
        for (minutes, long, short) in [
            (150, "2.5 h", "2.5"),
            (45, "45 min", "0.75"),
            (60, "1 h", "1"),
            (85, "1 h 25 min", "1:25"),
            (0, "0 h", "0"),
            (105, "1.75 h", "1.75"),
        ] {
            assert_eq!(
                (duration(minutes), hours(minutes)),
                (long.to_owned(), short.to_owned())
            );
        }
    }
}
