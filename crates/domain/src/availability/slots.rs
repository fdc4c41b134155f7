//! The search: one pass over the candidates for each person, with a cursor in that person's sorted busy time.

use super::{Interval, Set};
use crate::zone::{Zone, timestamp_of_seconds};

/// Most people that one search looks at: a bit each.
pub const MOST_PEOPLE: usize = 128;
/// Candidates looked at together, so that a search for a few slots ends early.
const CHUNK: usize = 512;

/// One of those who should meet.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Their own hours; `None`: any time.
    pub open: Option<Set>,
    /// When they are taken, or not known to be free.
    pub busy: Set,
    /// Whether nothing works without them.
    pub required: bool,
}

/// How many must be free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Everybody.
    All,
    /// At least so many, and all who are required.
    AtLeast(usize),
}

/// Start times on multiples of so many seconds after midnight, as clocks in the zone show it.
#[derive(Debug, Clone)]
pub struct Round {
    /// The multiple, in seconds.
    pub to: i64,
    /// Whose clocks.
    pub zone: Zone,
}

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Search<'a> {
    /// Where slots may lie. The first candidate begins where such a stretch begins, the others in steps after it.
    pub windows: &'a Set,
    /// Where slots must lie as well; candidates elsewhere are none. `None`: anywhere.
    pub within: Option<&'a Set>,
    /// Start times that are out of the question: too soon, too far away, on a day that is full.
    pub forbidden: &'a Set,
    /// How long a slot is, in seconds.
    pub duration: i64,
    /// From one candidate to the next, in seconds.
    pub step: i64,
    /// Moves the first candidate of a stretch to a round time.
    pub round: Option<Round>,
    /// Time kept free before a slot, in seconds.
    pub before: i64,
    /// Time kept free after a slot, in seconds.
    pub after: i64,
    /// Who should meet; at most 128, more are not looked at.
    pub people: &'a [Person],
    /// How many of them must be free.
    pub need: Need,
    /// So many slots are enough.
    pub most: usize,
    /// So many of the refused candidates are wanted too.
    pub most_refused: usize,
}

/// A slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// When.
    pub time: Interval,
    /// A bit for each person who is free, the first person's lowest.
    pub free: u128,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Slots, in order.
    pub slots: Vec<Slot>,
    /// Candidates that were refused, in order.
    pub refused: Vec<Slot>,
    /// Whether there may be more slots than were asked for.
    pub more: bool,
}

impl Slot {
    /// Whether the person in this place is free.
    #[must_use]
    pub const fn has(&self, person: usize) -> bool {
        person < MOST_PEOPLE && self.free >> person & 1 == 1
    }
}

impl Search<'_> {
    /// Looks for slots, the earliest first.
    #[must_use]
    pub fn run(&self) -> Found {
        let mut found = Found::default();
        if self.duration <= 0 || self.step <= 0 || self.most == 0 {
            return found;
        }
        let people = &self.people[..self.people.len().min(MOST_PEOPLE)];
        let mut cursors = vec![Cursor::default(); people.len()];
        let required = mask(
            people
                .iter()
                .map(|person| person.required || self.need == Need::All),
        );
        let enough = match self.need {
            Need::All => people.len(),
            Need::AtLeast(n) => n,
        };
        // Where everybody must be free and nobody asks why not, those who come later look at what is left.
        let only_all = self.need == Need::All && self.most_refused == 0;
        let mut candidates = self.candidates();
        let (mut starts, mut free) = (Vec::with_capacity(CHUNK), Vec::with_capacity(CHUNK));
        loop {
            starts.clear();
            starts.extend(candidates.by_ref().take(CHUNK));
            if starts.is_empty() {
                return found;
            }
            free.clear();
            free.resize(starts.len(), 0_u128);
            for (n, (person, cursor)) in people.iter().zip(&mut cursors).enumerate() {
                self.mark(person, cursor, 1 << n, &starts, &mut free);
                if only_all {
                    keep(1 << n, &mut starts, &mut free);
                }
            }
            for (start, free) in starts.iter().zip(&free) {
                let slot = Slot {
                    time: Interval::new(*start, start + self.duration),
                    free: *free,
                };
                let takes = free & required == required && free.count_ones() as usize >= enough;
                if !takes || self.forbidden.contains(*start) {
                    if found.refused.len() < self.most_refused {
                        found.refused.push(slot);
                    }
                } else if found.slots.len() < self.most {
                    found.slots.push(slot);
                } else {
                    found.more = true;
                    return found;
                }
            }
        }
    }

    /// Every start time that is looked at, in order.
    fn candidates(&self) -> impl Iterator<Item = i64> {
        let fits = |start: &i64| {
            let slot = Interval::new(*start, start + self.duration);
            self.within.is_none_or(|within| within.covers(slot))
        };
        let starts = self.windows.parts().iter().flat_map(move |window| {
            let first = self
                .round
                .as_ref()
                .map_or(window.start, |round| round.up(window.start));
            let last = window.end - self.duration;
            let steps = if first > last {
                0
            } else {
                (last - first) / self.step + 1
            };
            (0..steps).map(move |n| first + n * self.step)
        });
        starts.filter(fits)
    }

    /// Sets the person's bit at each start at which they are free.
    fn mark(
        &self,
        person: &Person,
        cursor: &mut Cursor,
        bit: u128,
        starts: &[i64],
        free: &mut [u128],
    ) {
        let busy = person.busy.parts();
        for (start, free) in starts.iter().zip(free) {
            let (from, to) = (start - self.before, start + self.duration + self.after);
            if let Some(open) = &person.open {
                let (open, end) = (open.parts(), start + self.duration);
                cursor.open = skip(open, cursor.open, |part| part.end < end);
                if open.get(cursor.open).is_none_or(|part| part.start > *start) {
                    continue;
                }
            }
            cursor.busy = skip(busy, cursor.busy, |part| part.end <= from);
            if busy.get(cursor.busy).is_none_or(|part| part.start >= to) {
                *free |= bit;
            }
        }
    }
}

/// The first place from `at` on that is not over yet: steps that double, then a search between the last two.
#[inline]
fn skip(parts: &[Interval], mut at: usize, over: impl Fn(&Interval) -> bool) -> usize {
    if !parts.get(at).is_some_and(&over) {
        return at;
    }
    let mut step = 1;
    while parts.get(at + step).is_some_and(&over) {
        at += step;
        step *= 2;
    }
    let rest = parts.get(at + 1..(at + step).min(parts.len()));
    at + 1 + rest.unwrap_or_default().partition_point(over)
}

/// Keeps the starts that have the bit.
fn keep(bit: u128, starts: &mut Vec<i64>, free: &mut Vec<u128>) {
    let mut kept = 0;
    for n in 0..starts.len() {
        if free[n] & bit != 0 {
            (starts[kept], free[kept]) = (starts[n], free[n]);
            kept += 1;
        }
    }
    starts.truncate(kept);
    free.truncate(kept);
}

impl Round {
    /// The first round time at or after `start`, by the offset that holds then.
    fn up(&self, start: i64) -> i64 {
        let to = self.to.max(1);
        let wall = start + i64::from(self.zone.offset_at(timestamp_of_seconds(start)));
        let since_midnight = wall.rem_euclid(86_400);
        start + (to - since_midnight % to) % to
    }
}

/// How far a person's lists have been read.
#[derive(Debug, Clone, Copy, Default)]
struct Cursor {
    busy: usize,
    open: usize,
}

fn mask(bits: impl Iterator<Item = bool>) -> u128 {
    bits.enumerate()
        .fold(0, |mask, (n, bit)| mask | u128::from(bit) << n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(parts: &[(i64, i64)]) -> Set {
        parts.iter().map(|(a, b)| Interval::new(*a, *b)).collect()
    }

    fn busy(parts: &[(i64, i64)]) -> Person {
        Person {
            busy: set(parts),
            ..Person::default()
        }
    }

    fn starts(search: &Search<'_>) -> Vec<i64> {
        search
            .run()
            .slots
            .iter()
            .map(|slot| slot.time.start)
            .collect()
    }

    const fn search<'a>(windows: &'a Set, forbidden: &'a Set, people: &'a [Person]) -> Search<'a> {
        Search {
            windows,
            within: None,
            forbidden,
            duration: 10,
            step: 10,
            round: None,
            before: 0,
            after: 0,
            people,
            need: Need::All,
            most: 100,
            most_refused: 0,
        }
    }

    #[test]
    fn buffers_keep_their_distance_and_ends_touch() {
        let (windows, none) = (set(&[(0, 100)]), Set::empty());
        let people = [busy(&[(30, 40)])];
        let mut one = search(&windows, &none, &people);
        assert_eq!(starts(&one), [0, 10, 20, 40, 50, 60, 70, 80, 90]);
        (one.before, one.after) = (5, 15);
        assert_eq!(starts(&one), [0, 50, 60, 70, 80, 90]);
        one.forbidden = &none;
        one.most = 2;
        assert!(one.run().more && starts(&one) == [0, 50]);
    }

    #[test]
    fn some_of_many_and_those_who_must() {
        let (windows, none) = (set(&[(0, 40)]), Set::empty());
        let people = [busy(&[(0, 10)]), busy(&[(10, 20)]), busy(&[(10, 30)])];
        let mut some = search(&windows, &none, &people);
        assert_eq!(starts(&some), [30]);
        some.need = Need::AtLeast(2);
        assert_eq!(starts(&some), [0, 20, 30]);
        some.need = Need::AtLeast(1);
        assert_eq!(starts(&some), [0, 10, 20, 30]);
        assert_eq!(some.run().slots[1].free, 0b001);
        let mut people = people.clone();
        people[2].required = true;
        some.people = &people;
        assert_eq!(starts(&some), [0, 30]);
        let mut people = people.clone();
        people[0].open = Some(set(&[(30, 39)]));
        let all = search(&windows, &none, &people);
        assert_eq!(starts(&all), Vec::<i64>::new());
    }

    #[test]
    fn refused_ones_are_told_and_elsewhere_is_no_candidate() {
        let (windows, forbidden) = (set(&[(0, 50)]), set(&[(0, 10)]));
        let people = [busy(&[(20, 21)])];
        let within = set(&[(0, 40)]);
        let mut one = search(&windows, &forbidden, &people);
        (one.within, one.most_refused) = (Some(&within), 9);
        let found = one.run();
        assert_eq!(starts(&one), [10, 30]);
        let refused: Vec<i64> = found.refused.iter().map(|slot| slot.time.start).collect();
        assert_eq!(refused, [0, 20]);
        assert!(found.refused[0].has(0) && !found.refused[1].has(0));
    }

    #[test]
    fn round_times_are_those_of_the_clock() {
        let round = |zone: &str| Round {
            to: 1_800,
            zone: Zone::iana(zone).unwrap(),
        };
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
        let from = at("2026-03-02T09:10:00Z");
        assert_eq!(round("UTC").up(from), at("2026-03-02T09:30:00Z"));
        // 14:55 in Kathmandu.
        assert_eq!(round("Asia/Kathmandu").up(from), at("2026-03-02T09:15:00Z"));
        assert_eq!(
            round("UTC").up(at("2026-03-02T09:30:00Z")),
            at("2026-03-02T09:30:00Z")
        );
    }
}
