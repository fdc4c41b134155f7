//! The times of day, or of an hour or minute, at which a rule fires: a product of sorted lists that is never multiplied out.

/// Offsets in seconds: every hour with every minute with every second.
#[derive(Debug, Clone)]
pub(super) struct Times {
    /// Multiples of 3,600.
    hours: Vec<i64>,
    /// Multiples of 60.
    minutes: Vec<i64>,
    seconds: Vec<i64>,
}

impl Times {
    pub(super) fn new(hours: &[u8], minutes: &[u8], seconds: &[u8]) -> Self {
        Self {
            hours: scaled(hours, 3600),
            minutes: scaled(minutes, 60),
            seconds: scaled(seconds, 1),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.hours.len() * self.minutes.len() * self.seconds.len()
    }

    /// The offset at a position below [`Times::len`].
    pub(super) fn at(&self, index: usize) -> i64 {
        let (seconds, minutes) = (self.seconds.len(), self.minutes.len());
        let part = |list: &[i64], index: usize| list.get(index).copied().unwrap_or(0);
        part(&self.hours, index / (seconds * minutes))
            + part(&self.minutes, index / seconds % minutes)
            + part(&self.seconds, index % seconds)
    }

    /// How many offsets are smaller than `offset`.
    pub(super) fn below(&self, offset: i64) -> usize {
        let (mut count, mut rest) = (0, offset);
        let levels = [
            (&self.hours, 3600, self.minutes.len() * self.seconds.len()),
            (&self.minutes, 60, self.seconds.len()),
        ];
        for (list, unit, inner) in levels {
            let whole = list.partition_point(|start| start + unit <= rest);
            count += whole * inner;
            match list.get(whole) {
                Some(start) if *start < rest => rest -= start,
                _ => return count,
            }
        }
        count + self.seconds.partition_point(|second| *second < rest)
    }
}

fn scaled(list: &[u8], unit: i64) -> Vec<i64> {
    let mut sorted: Vec<i64> = list.iter().map(|item| i64::from(*item) * unit).collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_offsets_agree() {
        let times = Times::new(&[9, 10, 17], &[0, 20, 59], &[5, 59]);
        let all: Vec<i64> = (0..times.len()).map(|index| times.at(index)).collect();
        assert!(all.is_sorted());
        for offset in 0..86_400 {
            assert_eq!(
                times.below(offset),
                all.iter().filter(|at| **at < offset).count()
            );
        }
    }
}
