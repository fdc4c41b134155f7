//! Free slots of many people over thirty days: the sweep beside a scan of every busy stretch for every candidate.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "benches")]

use daybook_domain::availability::{Hours, Interval, Need, Person, Search, Set, Slot, TimeRange};
use daybook_domain::zone::Zone;
use divan::{Bencher, black_box};
use jiff::Timestamp;
use jiff::civil::time;

const BUSY_EACH: usize = 1_000;
const DAYS: i64 = 30;
const HALF_HOUR: i64 = 1_800;

/// `DAYBOOK_BENCH_SLOTS=10x60,1x1000` prints the starts of the slots of so many people with so many busy stretches each, for a
/// comparison with others, and measures nothing.
fn main() {
    let Ok(sizes) = std::env::var("DAYBOOK_BENCH_SLOTS") else {
        return divan::main();
    };
    for size in sizes.split(',') {
        let (count, busy_each) = size.split_once('x').unwrap();
        let people = people(count.parse().unwrap(), busy_each.parse().unwrap());
        let slots = sweep(&people, Need::All);
        let starts: Vec<i64> = slots.iter().map(|slot| slot.time.start).collect();
        println!("{size} {starts:?}");
    }
}

/// People as the mirror gives them: busy stretches in order of start, and the hours of a zone.
struct People {
    span: Interval,
    busy: Vec<Vec<Interval>>,
    hours: Vec<Hours>,
}

fn people(count: usize, busy_each: usize) -> People {
    let begin = "2026-03-16T00:00:00Z"
        .parse::<Timestamp>()
        .unwrap()
        .as_second();
    let span = Interval::new(begin, begin + DAYS * 86_400);
    let zones = [
        "Europe/Berlin",
        "Europe/London",
        "Europe/Helsinki",
        "Africa/Lagos",
    ];
    let range = TimeRange {
        from: time(8, 0, 0, 0),
        to: time(18, 0, 0, 0),
    };
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = move |below: i64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as i64
    };
    let mut busy = Vec::new();
    for _ in 0..count {
        let mut own: Vec<Interval> = (0..busy_each)
            .map(|_| {
                let start = begin + next(DAYS * 288) * 300;
                Interval::new(start, start + (1 + next(3)) * 300)
            })
            .collect();
        own.sort_unstable();
        busy.push(own);
    }
    let hours = (0..count)
        .map(|n| {
            Hours::on_days(
                Zone::iana(zones[n % zones.len()]).unwrap(),
                &[0, 1, 2, 3, 4],
                range,
            )
        })
        .collect();
    People { span, busy, hours }
}

/// From rows to slots, as a request does it: normalising, hours to instants, and the search.
fn sweep(people: &People, need: Need) -> Vec<Slot> {
    let all: Vec<Person> = people
        .busy
        .iter()
        .zip(&people.hours)
        .map(|(busy, hours)| Person {
            open: Some(hours.within(people.span)),
            busy: Set::of(busy.clone()),
            required: false,
        })
        .collect();
    let (windows, none) = (Set::of(vec![people.span]), Set::empty());
    let search = Search {
        windows: &windows,
        within: None,
        forbidden: &none,
        duration: HALF_HOUR,
        step: HALF_HOUR,
        round: None,
        before: 0,
        after: 0,
        people: &all,
        need,
        most: usize::MAX,
        most_refused: 0,
    };
    search.run().slots
}

/// Every candidate against every busy stretch of every person.
fn naive(people: &People, enough: usize) -> Vec<Slot> {
    let open: Vec<Set> = people
        .hours
        .iter()
        .map(|hours| hours.within(people.span))
        .collect();
    let mut found = Vec::new();
    let mut start = people.span.start;
    while start + HALF_HOUR <= people.span.end {
        let time = Interval::new(start, start + HALF_HOUR);
        let mut free = 0_u128;
        for (n, busy) in people.busy.iter().enumerate() {
            let works = open[n]
                .parts()
                .iter()
                .any(|part| part.start <= time.start && time.end <= part.end);
            if works && !busy.iter().any(|taken| taken.touches(time)) {
                free |= 1 << n;
            }
        }
        if free.count_ones() as usize >= enough {
            found.push(Slot { time, free });
        }
        start += HALF_HOUR;
    }
    found
}

#[divan::bench(args = [1, 10, 100])]
fn sweep_all(bencher: Bencher<'_, '_>, count: usize) {
    let people = people(count, BUSY_EACH);
    assert_eq!(sweep(&people, Need::All), naive(&people, count));
    bencher.bench(|| sweep(black_box(&people), Need::All));
}

#[divan::bench(args = [10, 100])]
fn sweep_half(bencher: Bencher<'_, '_>, count: usize) {
    let people = people(count, BUSY_EACH);
    assert_eq!(
        sweep(&people, Need::AtLeast(count / 2)),
        naive(&people, count / 2)
    );
    bencher.bench(|| sweep(black_box(&people), Need::AtLeast(count / 2)));
}

#[divan::bench(args = [1, 10, 100], sample_count = 10)]
fn naive_all(bencher: Bencher<'_, '_>, count: usize) {
    let people = people(count, BUSY_EACH);
    bencher.bench(|| naive(black_box(&people), count));
}
