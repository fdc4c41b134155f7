//! Turning many wall times into instants quickly: a zone's offset is looked up once per stretch, not once per occurrence.

use jiff::tz::TimeZone;

use super::{Zone, timestamp_of_seconds};

/// Converts ascending wall times; remembers the stretch between two changes of the zone.
pub(crate) struct LocalCursor<'z> {
    zone: &'z Zone,
    from: i64,
    until: i64,
    offset: i64,
}

impl<'z> LocalCursor<'z> {
    pub(crate) const fn new(zone: &'z Zone) -> Self {
        Self {
            zone,
            from: 0,
            until: 0,
            offset: 0,
        }
    }

    /// The instant, in Unix seconds, at which the wall shows `local`.
    #[inline]
    pub(crate) fn instant(&mut self, local: i64) -> i64 {
        if local >= self.from && local < self.until {
            return local - self.offset;
        }
        self.seek(local)
    }

    #[cold]
    fn seek(&mut self, local: i64) -> i64 {
        let at = self.zone.instant_of_local(local);
        let (from, until, offset) = self.zone.stretch(at);
        (self.from, self.until, self.offset) = (from, until, i64::from(offset));
        at
    }
}

/// Local seconds from which on, and before which, the offset in force at `at` is the only reading of a wall time.
pub(super) fn stretch_of(tz: &TimeZone, at: i64) -> (i64, i64, i32) {
    let instant = timestamp_of_seconds(at);
    let offset = tz.to_offset(instant).seconds();
    let from = tz
        .preceding(timestamp_of_seconds(at.saturating_add(1)))
        .next()
        .map_or(i64::MIN / 4, |change| {
            let second = change.timestamp().as_second();
            let before = tz
                .to_offset(timestamp_of_seconds(second.saturating_sub(1)))
                .seconds();
            second + i64::from(before.max(offset))
        });
    let until = tz.following(instant).next().map_or(i64::MAX / 4, |change| {
        change.timestamp().as_second() + i64::from(offset.max(change.offset().seconds()))
    });
    // Between the last change of offset and here there may be changes of name only; they narrow the stretch, never widen it.
    (from, until, offset)
}
