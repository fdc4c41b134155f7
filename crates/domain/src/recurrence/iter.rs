//! Occurrences one after another, for callers that do not know how far they will look.

use jiff::{SignedDuration, Timestamp};

use super::civil::DAY;
use super::expand::{Limits, Occurrence, Sweep};
use super::series::Series;

/// Iterates over the occurrences that start at or after `from`. Ends with the series, in the year 9999, or when a stretch
/// of it needs more steps than `limits` allows.
#[must_use]
pub fn occurrences_from<'s>(
    series: &'s Series,
    from: Timestamp,
    limits: &Limits,
) -> Occurrences<'s> {
    Occurrences {
        series,
        limits: *limits,
        next: Some(from.max(series.start())),
        stretch: 64 * DAY,
        ready: Vec::new().into_iter(),
        exhausted: false,
    }
}

/// See [`occurrences_from`].
#[derive(Debug)]
pub struct Occurrences<'s> {
    series: &'s Series,
    limits: Limits,
    /// Where the next stretch begins.
    next: Option<Timestamp>,
    /// Length of the next stretch in seconds.
    stretch: i64,
    ready: std::vec::IntoIter<Occurrence>,
    exhausted: bool,
}

impl Occurrences<'_> {
    /// Whether iteration ended because the steps ran out.
    #[must_use]
    pub const fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    fn refill(&mut self) -> Option<()> {
        let from = self.next.take()?;
        let to = from
            .saturating_add(SignedDuration::from_secs(self.stretch))
            .unwrap_or(Timestamp::MAX);
        let window = from..to;
        let mut sweep = Sweep::new(self.series, &window, 0, &self.limits);
        sweep.run(|span| window.contains(&span.start));
        let ended = sweep.ended;
        let (expansion, cut) = sweep.finish();
        self.exhausted = expansion.exhausted;
        self.next = match cut {
            _ if expansion.exhausted => None,
            Some(last) => last.checked_add(SignedDuration::from_secs(1)).ok(),
            None if expansion.truncated => None,
            _ if ended || to == Timestamp::MAX => None,
            _ => Some(to),
        };
        if expansion.occurrences.len() < self.limits.instances / 4 {
            self.stretch = (self.stretch * 4).min(400 * 366 * DAY);
        }
        self.ready = expansion.occurrences.into_iter();
        Some(())
    }
}

impl Iterator for Occurrences<'_> {
    type Item = Occurrence;

    fn next(&mut self) -> Option<Occurrence> {
        loop {
            if let Some(occurrence) = self.ready.next() {
                return Some(occurrence);
            }
            self.refill()?;
        }
    }
}
