//! At most so many meetings a day or a week.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::{Interval, Set};
use crate::text_enum;
use crate::zone::Zone;

text_enum! {
    /// The period a limit counts in.
    Per {
        /// A calendar day.
        Day = "day",
        /// A week that begins on Monday.
        Week = "week",
    }
}

/// At most `most` meetings begin in each period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The period.
    pub per: Per,
    /// How many.
    pub most: usize,
}

/// The periods in `zone` that the meetings which begin at `starts` (Unix seconds) have filled.
#[must_use]
pub fn full_periods(zone: &Zone, limit: Limit, starts: &[i64]) -> Set {
    let mut periods: Vec<Date> = starts
        .iter()
        .filter_map(|start| Timestamp::from_second(*start).ok())
        .map(|at| first_day(zone.to_datetime(at).date(), limit.per))
        .collect();
    periods.sort_unstable();
    let filled = periods.chunk_by(|a, b| a == b);
    filled
        .filter(|meetings| meetings.len() >= limit.most)
        .filter_map(|meetings| meetings.first().copied())
        .map(|day| {
            let length = match limit.per {
                Per::Day => 1.day(),
                Per::Week => 7.days(),
            };
            let end = zone.start_of_day(day.saturating_add(length));
            Interval::new(zone.start_of_day(day).as_second(), end.as_second())
        })
        .collect()
}

fn first_day(day: Date, per: Per) -> Date {
    match per {
        Per::Day => day,
        Per::Week => {
            let since_monday = i64::from(day.weekday().to_monday_zero_offset());
            day.saturating_sub(since_monday.days())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_day_is_the_zone_s_own() {
        let zone = Zone::iana("Europe/Berlin").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
        // The second of them begins on the 26th in Berlin, after a day of 25 hours.
        let starts = [
            at("2026-10-25T08:00:00Z"),
            at("2026-10-25T23:30:00Z"),
            at("2026-10-25T20:00:00Z"),
        ];
        let day = Limit {
            per: Per::Day,
            most: 2,
        };
        let full = full_periods(&zone, day, &starts);
        assert_eq!(
            full.parts(),
            &[Interval::new(
                at("2026-10-24T22:00:00Z"),
                at("2026-10-25T23:00:00Z")
            )]
        );
        let week = Limit {
            per: Per::Week,
            most: 2,
        };
        let full = full_periods(&zone, week, &starts);
        assert_eq!(
            full.parts(),
            &[Interval::new(
                at("2026-10-18T22:00:00Z"),
                at("2026-10-25T23:00:00Z")
            )]
        );
        assert!(
            full_periods(
                &zone,
                Limit {
                    per: Per::Day,
                    most: 3
                },
                &starts
            )
            .is_empty()
        );
    }
}
