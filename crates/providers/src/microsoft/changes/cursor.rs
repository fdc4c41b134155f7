//! Where a read ended: a delta link and the window it is bound to. The window never moves, so it is written down beside it.

use std::ops::Range;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How far the mirror's window may move away from a link's before everything is read for the new one.
const SLACK: SignedDuration = SignedDuration::from_hours(24);

/// A delta link and its window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    link: String,
    start: Timestamp,
    end: Timestamp,
}

impl Cursor {
    /// Of a round that is complete.
    pub(super) const fn new(link: String, window: &Range<Timestamp>) -> Self {
        Self {
            link,
            start: window.start,
            end: window.end,
        }
    }

    /// As the engine kept it; `None` when it is not one of ours.
    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// For the engine to keep, encrypted: the link is a capability.
    pub(super) fn text(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// Whether the link still tells what the mirror's window `wanted` needs.
    pub(super) fn fits(&self, wanted: &Range<Timestamp>) -> bool {
        let starts_well = wanted.start.duration_since(self.start).abs() <= SLACK;
        let ends_well = wanted.end.duration_since(self.end) <= SLACK;
        starts_well && ends_well
    }

    /// The link, and its window.
    pub(super) fn parts(self) -> (String, Range<Timestamp>) {
        (self.link, self.start..self.end)
    }
}

/// The whole days, in UTC, that `window` touches.
pub(in super::super) fn whole_days(window: &Range<Timestamp>) -> Range<Timestamp> {
    let midnight = |at: Timestamp, days: i64| {
        let date = at.to_zoned(TimeZone::UTC).date();
        let date = date.checked_add(Span::new().days(days)).unwrap_or(date);
        TimeZone::UTC
            .to_timestamp(date.to_datetime(Time::midnight()))
            .unwrap_or(at)
    };
    let (start, last) = (midnight(window.start, 0), midnight(window.end, 0));
    let end = if last < window.end {
        midnight(window.end, 1)
    } else {
        last
    };
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn comes_back_as_it_was() {
        let window = at("2026-08-23T00:00:00Z")..at("2027-12-26T00:00:00Z");
        let cursor = Cursor::new("https://x.example/?$deltatoken=a".to_owned(), &window);
        let back = Cursor::parse(&cursor.text().unwrap()).unwrap();
        assert_eq!(back, cursor);
        assert_eq!(back.parts().1, window);
        for other in ["", "null", "CAEQ", "{}", r#"{"link":"x"}"#] {
            assert_eq!(Cursor::parse(other), None);
        }
    }

    #[test]
    fn a_window_that_fell_a_day_behind_does_not_fit() {
        let window = at("2026-08-23T00:00:00Z")..at("2027-12-26T00:00:00Z");
        let cursor = Cursor::new(String::new(), &window);
        let moved = |hours: i64| {
            let by = SignedDuration::from_hours(hours);
            window.start + by..window.end + by
        };
        assert!(cursor.fits(&moved(0)) && cursor.fits(&moved(24)));
        assert!(!cursor.fits(&moved(25)));
        assert!(!cursor.fits(&moved(-25)), "a clock that was set back");
        let longer = window.start..window.end + SignedDuration::from_hours(25);
        assert!(!cursor.fits(&longer));
        let shorter = window.start..window.end - SignedDuration::from_hours(1_000);
        assert!(cursor.fits(&shorter));
    }

    #[test]
    fn days_are_whole() {
        let days = whole_days(&(at("2026-08-23T11:30:00Z")..at("2027-12-26T00:00:01Z")));
        assert_eq!(days, at("2026-08-23T00:00:00Z")..at("2027-12-27T00:00:00Z"));
        assert_eq!(whole_days(&days), days);
    }
}
