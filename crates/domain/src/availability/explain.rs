//! Why a slot is refused: each busy stretch remembers where it came from.

use super::Interval;
use crate::text_enum;

text_enum! {
    /// What stands in the way of a slot.
    Rule {
        /// An event of a calendar.
        Busy = "busy",
        /// A block made by hand.
        Block = "block",
        /// The event or block does not touch the slot, but the time to be kept free around it.
        Buffer = "buffer",
        /// The calendar cannot be read, and unknown is not free.
        Unknown = "unknown",
        /// It lies in the past, or sooner than the notice asked for.
        Notice = "notice",
        /// It lies on one of the days that are always kept.
        DaysBuffer = "days_buffer",
        /// It lies further ahead than bookings are taken.
        Horizon = "horizon",
        /// The day or week has as many meetings as it may have.
        Limit = "limit",
        /// Outside the hours.
        OutsideHours = "outside_hours",
        /// Too few of the others are free.
        TooFew = "too_few",
    }
}

/// A stretch that is taken, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// When.
    pub time: Interval,
    /// Why: `Busy`, `Block` or `Unknown`.
    pub rule: Rule,
    /// Which of the caller's sources it is.
    pub source: usize,
}

/// A claim that stands in the way of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The claim's rule, or `Buffer`.
    pub rule: Rule,
    /// Which of the caller's sources it is.
    pub source: usize,
}

/// Everything that is taken, ready to be asked.
#[derive(Debug, Clone, Default)]
pub struct Claims {
    sorted: Vec<Claim>,
    longest: i64,
}

impl Claims {
    /// Sorts them.
    #[must_use]
    pub fn new(mut claims: Vec<Claim>) -> Self {
        claims.retain(|claim| !claim.time.is_empty());
        claims.sort_by_key(|claim| (claim.time, claim.source));
        let longest = claims.iter().map(|claim| claim.time.seconds()).max();
        Self {
            longest: longest.unwrap_or(0),
            sorted: claims,
        }
    }

    /// What they take together.
    #[must_use]
    pub fn set(&self) -> super::Set {
        self.sorted.iter().map(|claim| claim.time).collect()
    }

    /// The stretches that are known to be taken.
    pub fn taken(&self) -> impl Iterator<Item = Interval> {
        let known = self
            .sorted
            .iter()
            .filter(|claim| claim.rule != Rule::Unknown);
        known.map(|claim| claim.time)
    }

    /// What stands in the way of `slot` with so much time kept free around it.
    pub fn hits(&self, slot: Interval, before: i64, after: i64) -> impl Iterator<Item = Hit> {
        let wide = Interval::new(slot.start - before, slot.end + after);
        let earliest = wide.start.saturating_sub(self.longest);
        let from = self
            .sorted
            .partition_point(|claim| claim.time.start < earliest);
        let near = self.sorted[from..]
            .iter()
            .take_while(move |claim| claim.time.start < wide.end);
        near.filter(move |claim| claim.time.touches(wide))
            .map(move |claim| {
                let apart = claim.rule != Rule::Unknown && !claim.time.touches(slot);
                Hit {
                    rule: if apart { Rule::Buffer } else { claim.rule },
                    source: claim.source,
                }
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_claim_in_the_way_is_found() {
        let claim = |start, end, source| Claim {
            time: Interval::new(start, end),
            rule: Rule::Busy,
            source,
        };
        let claims = Claims::new(vec![
            claim(0, 100, 0),
            claim(40, 50, 1),
            claim(50, 60, 2),
            claim(70, 80, 3),
        ]);
        let hits = |before, after| -> Vec<(Rule, usize)> {
            let slot = Interval::new(50, 60);
            claims
                .hits(slot, before, after)
                .map(|hit| (hit.rule, hit.source))
                .collect()
        };
        assert_eq!(hits(0, 0), [(Rule::Busy, 0), (Rule::Busy, 2)]);
        assert_eq!(
            hits(1, 0),
            [(Rule::Busy, 0), (Rule::Buffer, 1), (Rule::Busy, 2)]
        );
        assert_eq!(hits(0, 11).last(), Some(&(Rule::Buffer, 3)));
        assert_eq!(claims.set().parts(), &[Interval::new(0, 100)]);
    }
}
