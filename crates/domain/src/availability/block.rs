//! Time that somebody blocks by hand.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Hours, Interval, Set, TimeRange};
use crate::zone::Zone;

/// A stretch of every week.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Weekly {
    /// On which days, 0 = Monday.
    pub days: Vec<u8>,
    /// From when to when.
    pub time: TimeRange,
    /// The IANA zone of its times.
    pub time_zone: String,
    /// The first day it may fall on.
    pub first: Option<Date>,
    /// The last day it may fall on.
    pub last: Option<Date>,
}

/// When a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Once.
    Once(Interval),
    /// Every week.
    Weekly(Weekly),
}

impl Block {
    /// What it takes of `span`.
    #[must_use]
    pub fn within(&self, span: Interval) -> Set {
        match self {
            Self::Once(time) => Set::of(vec![time.and(span)]),
            Self::Weekly(weekly) => weekly.within(span),
        }
    }
}

impl Weekly {
    fn within(&self, span: Interval) -> Set {
        // A zone that is not known any more: the block is somewhere, so nothing is free.
        let Some(zone) = Zone::iana(&self.time_zone) else {
            return Set::of(vec![span]);
        };
        let start = |date: Date| zone.start_of_day(date).as_second();
        let from = self.first.map_or(span.start, start);
        let to = self
            .last
            .map_or(span.end, |last| start(last.saturating_add(1.day())));
        Hours::on_days(zone, &self.days, self.time).within(span.and(Interval::new(from, to)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use jiff::civil::{date, time};

    #[test]
    fn lunch_follows_the_clock() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
        let mut lunch = Weekly {
            days: vec![4, 0],
            time: TimeRange {
                from: time(12, 0, 0, 0),
                to: time(13, 0, 0, 0),
            },
            time_zone: "Europe/Berlin".into(),
            first: Some(date(2026, 3, 27)),
            last: None,
        };
        let fortnight = Interval::new(at("2026-03-23T00:00:00Z"), at("2026-04-03T10:30:00Z"));
        let set = Block::Weekly(lunch.clone()).within(fortnight);
        let starts: Vec<i64> = set.parts().iter().map(|part| part.start).collect();
        let expected = [
            "2026-03-27T11:00:00Z",
            "2026-03-30T10:00:00Z",
            "2026-04-03T10:00:00Z",
        ];
        assert_eq!(starts, expected.map(at));
        assert_eq!(set.parts()[2].end, at("2026-04-03T10:30:00Z"), "clipped");
        lunch.last = Some(date(2026, 3, 29));
        assert_eq!(
            Block::Weekly(lunch.clone()).within(fortnight).parts().len(),
            1
        );
        lunch.time_zone = "Mars/Olympus".into();
        assert_eq!(
            Block::Weekly(lunch).within(fortnight).seconds(),
            fortnight.seconds()
        );
    }
}
