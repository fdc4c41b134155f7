//! Sets of time: sorted, disjoint, never touching stretches, so that equal sets are equal values.

use jiff::Timestamp;

use crate::zone::timestamp_of_seconds;

/// A stretch of time from `start` up to, not including, `end`, in Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    /// First second in it.
    pub start: i64,
    /// First second after it.
    pub end: i64,
}

impl Interval {
    /// The stretch from `start` to `end`; it is empty when that is not later.
    #[must_use]
    pub const fn new(start: i64, end: i64) -> Self {
        Self { start, end }
    }

    /// The whole seconds that `start..end` touches.
    #[must_use]
    pub fn between(start: Timestamp, end: Timestamp) -> Self {
        let floor = |at: Timestamp| at.as_nanosecond().div_euclid(1_000_000_000) as i64;
        let ceil = |at: Timestamp| -((-at.as_nanosecond()).div_euclid(1_000_000_000) as i64);
        Self::new(floor(start), ceil(end))
    }

    /// Whether no time is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// How long it is.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        if self.is_empty() {
            0
        } else {
            self.end - self.start
        }
    }

    /// Whether the two have time in common.
    #[must_use]
    pub const fn touches(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end && !self.is_empty() && !other.is_empty()
    }

    /// When it starts.
    #[must_use]
    pub fn from(self) -> Timestamp {
        timestamp_of_seconds(self.start)
    }

    /// When it ends.
    #[must_use]
    pub fn until(self) -> Timestamp {
        timestamp_of_seconds(self.end)
    }

    /// What both have in common.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }
}

/// A set of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Set(Vec<Interval>);

impl Set {
    /// No time at all.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Vec::new())
    }

    /// The set of all these stretches, in any order, however they overlap.
    #[must_use]
    pub fn of(mut parts: Vec<Interval>) -> Self {
        parts.retain(|part| !part.is_empty());
        if !parts.is_sorted() {
            parts.sort_unstable();
        }
        let mut kept = 0;
        for n in 0..parts.len() {
            let part = parts[n];
            if kept > 0 && part.start <= parts[kept - 1].end {
                parts[kept - 1].end = parts[kept - 1].end.max(part.end);
            } else {
                parts[kept] = part;
                kept += 1;
            }
        }
        parts.truncate(kept);
        Self(parts)
    }

    /// Its stretches, in order.
    #[must_use]
    pub fn parts(&self) -> &[Interval] {
        &self.0
    }

    /// Whether no time is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much time is in it.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.0.iter().map(|part| part.seconds()).sum()
    }

    /// Whether the second `at` is in it.
    #[must_use]
    pub fn contains(&self, at: i64) -> bool {
        self.touches(Interval::new(at, at.saturating_add(1)))
    }

    /// Whether all of `part` is in it.
    #[must_use]
    pub fn covers(&self, part: Interval) -> bool {
        let next = self.0.partition_point(|own| own.end <= part.start);
        part.is_empty()
            || self
                .0
                .get(next)
                .is_some_and(|own| own.start <= part.start && part.end <= own.end)
    }

    /// Whether any of `part` is in it.
    #[must_use]
    pub fn touches(&self, part: Interval) -> bool {
        let next = self.0.partition_point(|own| own.end <= part.start);
        self.0.get(next).is_some_and(|own| own.touches(part))
    }

    /// The time in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let mut parts = Vec::with_capacity(self.0.len() + other.0.len());
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            let next = if x <= y { a.next() } else { b.next() };
            parts.extend(next.copied());
        }
        parts.extend(a.chain(b).copied());
        Self::of(parts)
    }

    /// The time in both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let (mut parts, mut i, mut j) = (Vec::new(), 0, 0);
        while let (Some(a), Some(b)) = (self.0.get(i), other.0.get(j)) {
            let both = a.and(*b);
            if !both.is_empty() {
                parts.push(both);
            }
            if a.end <= b.end {
                i += 1;
            } else {
                j += 1;
            }
        }
        Self(parts)
    }

    /// The time in this one that is not in the other.
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Self {
        let (mut parts, mut next) = (Vec::new(), 0);
        for own in &self.0 {
            let mut from = own.start;
            while other.0.get(next).is_some_and(|cut| cut.end <= from) {
                next += 1;
            }
            // The last cut may reach into the following stretch too: look at it again there.
            let mut at = next;
            while let Some(cut) = other.0.get(at).filter(|cut| cut.start < own.end) {
                if cut.start > from {
                    parts.push(Interval::new(from, cut.start));
                }
                from = from.max(cut.end);
                at += 1;
            }
            if from < own.end {
                parts.push(Interval::new(from, own.end));
            }
        }
        Self(parts)
    }

    /// The time of `within` that is not in it: free time, when this is the busy time.
    #[must_use]
    pub fn complement(&self, within: Interval) -> Self {
        Self::of(vec![within]).subtract(self)
    }

    /// The time of it that is also in `within`.
    #[must_use]
    pub fn clip(&self, within: Interval) -> Self {
        self.intersect(&Self::of(vec![within]))
    }
}

impl FromIterator<Interval> for Set {
    fn from_iter<I: IntoIterator<Item = Interval>>(parts: I) -> Self {
        Self::of(parts.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(parts: &[(i64, i64)]) -> Set {
        parts.iter().map(|(a, b)| Interval::new(*a, *b)).collect()
    }

    #[test]
    fn sets_are_normal() {
        assert_eq!(
            set(&[(5, 7), (1, 3), (3, 4), (9, 9), (8, 2), (6, 10)]),
            set(&[(1, 4), (5, 10)])
        );
        assert_eq!(
            set(&[(0, 10)]).subtract(&set(&[(2, 3), (5, 20)])),
            set(&[(0, 2), (3, 5)])
        );
        assert_eq!(
            set(&[(0, 4), (6, 9)]).subtract(&set(&[(3, 7)])),
            set(&[(0, 3), (7, 9)])
        );
        assert_eq!(
            set(&[(0, 4), (6, 9)]).intersect(&set(&[(3, 7)])),
            set(&[(3, 4), (6, 7)])
        );
        assert_eq!(
            set(&[(2, 3)]).complement(Interval::new(0, 5)),
            set(&[(0, 2), (3, 5)])
        );
        assert!(
            set(&[(0, 4)]).covers(Interval::new(1, 4))
                && !set(&[(0, 4)]).covers(Interval::new(1, 5))
        );
        assert!(!set(&[(0, 4)]).contains(4) && set(&[(0, 4)]).contains(3));
    }

    #[test]
    fn parts_of_seconds_are_taken_whole() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let one = Interval::between(
            at("1970-01-01T00:00:01.9Z"),
            at("1970-01-01T00:00:03.000001Z"),
        );
        assert_eq!(one, Interval::new(1, 4));
        let old = Interval::between(at("1969-12-31T23:59:58.5Z"), at("1969-12-31T23:59:59.5Z"));
        assert_eq!(old, Interval::new(-2, 0));
    }
}
