//! What must hold of every rule, window and line.

#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{Dice, naive, random_rule};
use daybook_domain::event::EventTime;
use daybook_domain::recurrence::{
    EventDuration, Limits, OccurrenceKey, Recurrence, Rule, Series, expand, last_instant,
    occurrences_from, rule_instances,
};
use daybook_domain::zone::Zone;
use jiff::civil::DateTime;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

const STEPS: u32 = 20_000_000;

/// `PROPTEST_CASES` for long runs.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(256)
}

fn horizon(rule: &Rule, start: DateTime) -> DateTime {
    use daybook_domain::recurrence::Frequency::{Hourly, Minutely, Secondly};
    let span = match rule.freq {
        Secondly => 5.hours(),
        Minutely => 6.days(),
        Hourly => 200.days(),
        _ => 9.years(),
    };
    start.checked_add(span).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    /// Any window of a rule is that part of what the naive expander finds from DTSTART on.
    #[test]
    fn a_window_is_the_filtered_naive_whole(seed: u64, from in 0.0..1.0_f64, width in 0.0..0.5_f64, keep_weeks: bool) {
        let mut dice = Dice(seed);
        let (mut text, start) = random_rule(&mut dice);
        if keep_weeks && text.contains("FREQ=WEEKLY") && text.contains("BYDAY") {
            text.push_str(";BYSETPOS=1,-1");
        }
        let rule: Rule = text.parse().unwrap();
        let end = horizon(&rule, start);
        let Some(whole) = naive(&rule, start, end, 400_000) else { return Ok(()) };
        let total = (Zone::utc().to_timestamp(end).as_second() - Zone::utc().to_timestamp(start).as_second()) as f64;
        let low = start.checked_add(((total * from) as i64).seconds()).unwrap();
        let high = low.checked_add(((total * width) as i64 + 1).seconds()).unwrap().min(end);
        let (found, exhausted) = rule_instances(&rule, start, &Zone::utc(), low..high, usize::MAX, STEPS);
        let expected: Vec<DateTime> = whole.into_iter().filter(|at| *at >= low && *at < high).collect();
        prop_assert!(!exhausted);
        prop_assert_eq!(found, expected, "{} from {} in {}..{}", text, start, low, high);
    }

    /// Iterating, expanding the whole and expanding pieces are one and the same, in every zone.
    #[test]
    fn pieces_make_the_whole(seed: u64) {
        let mut dice = Dice(seed);
        let (text, start) = random_rule(&mut dice);
        let zones: [&str; 6] = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"];
        let zone = Zone::iana(zones[dice.below(6) as usize]).unwrap();
        let rule: Rule = text.parse().unwrap();
        let end = zone.to_timestamp(horizon(&rule, start));
        let event = EventTime::Timed { at: zone.to_timestamp(start), zone: None };
        let recurrence = Recurrence { rules: vec![rule], ..Recurrence::default() };
        let series = Series::new(&event, EventDuration::seconds(dice.within(0, 90_000)), zone, recurrence);
        let limits = Limits { instances: 200_000, steps: STEPS };
        let whole = expand(&series, Timestamp::MIN..end, &limits).occurrences;
        for (instances, most) in [(2_000, 3_000), (7, 100)] {
            let limits = Limits { instances, steps: 50_000 };
            let mut iterator = occurrences_from(&series, Timestamp::MIN, &limits);
            let iterated: Vec<_> = iterator.by_ref().take_while(|one| one.start < end).take(most).collect();
            if !iterator.is_exhausted() {
                prop_assert_eq!(&whole[..whole.len().min(most)], &iterated[..], "{} iterated by {}", text, instances);
            }
        }
        let cut = Timestamp::from_second(dice.within(series.start().as_second(), end.as_second())).unwrap();
        let mut pieces = expand(&series, Timestamp::MIN..cut, &limits).occurrences;
        pieces.extend(expand(&series, cut..end, &limits).occurrences);
        pieces.sort_unstable();
        pieces.dedup();
        prop_assert_eq!(&pieces, &whole, "{} cut at {}", text, cut);
        prop_assert!(whole.is_sorted_by(|a, b| a.start < b.start));
        if let Some(last) = last_instant(&series) {
            prop_assert!(whole.iter().all(|one| one.end <= last), "{}", text);
        }
    }

    #[test]
    fn rules_survive_being_written(seed: u64) {
        let (text, _) = random_rule(&mut Dice(seed));
        let rule: Rule = text.parse().unwrap();
        prop_assert_eq!(rule.to_string().parse::<Rule>().unwrap(), rule);
    }

    #[test]
    fn keys_survive_being_written(second in -62_135_596_800_i64..253_402_207_200, days in 0..100_000_i32) {
        let instant = OccurrenceKey::Instant(Timestamp::from_second(second).unwrap());
        prop_assert_eq!(instant.to_string().parse::<OccurrenceKey>().unwrap(), instant);
        let day = jiff::civil::date(1900, 1, 1).checked_add(days.days()).unwrap();
        prop_assert_eq!(OccurrenceKey::Day(day).to_string().parse::<OccurrenceKey>().unwrap(), OccurrenceKey::Day(day));
    }

    /// Whatever a line says, reading it ends in a value or an error.
    #[test]
    fn no_line_is_too_odd(line in "(RRULE|EXRULE|RDATE|EXDATE)?(;TZID=[A-Za-z/\"]{0,12}|;VALUE=DATE)?:?(FREQ=[A-Z]{0,9};?|BYDAY=[-+0-9A-ZɹМ,]{0,12};?|[A-Z]{3,10}=[-+0-9TZ,]{0,22};?){0,5}[\\PC]{0,8}") {
        if let Ok(recurrence) = Recurrence::parse([&line]) {
            let event = EventTime::Timed { at: "2020-02-29T12:00:00Z".parse().unwrap(), zone: None };
            let series = Series::new(&event, EventDuration::seconds(60), Zone::utc(), recurrence.clone());
            let window = "2026-11-01T00:00:00Z".parse().unwrap().."2026-12-01T00:00:00Z".parse().unwrap();
            prop_assert!(expand(&series, window, &Limits::default()).steps <= 50_000);
            prop_assert_eq!(Recurrence::parse(recurrence.to_lines(None)).unwrap(), recurrence);
        }
    }
}

/// Found by `pieces_make_the_whole`: the last instance fell on the very end of a stretch.
#[test]
fn an_instance_at_the_end_of_a_stretch_is_not_lost() {
    let zone = Zone::iana("Asia/Kathmandu").unwrap();
    let start = "2019-09-10T13:15:00Z".parse().unwrap();
    let recurrence =
        Recurrence::parse(["RRULE:FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,FR;COUNT=20"]).unwrap();
    let series = Series::new(
        &EventTime::Timed {
            at: start,
            zone: None,
        },
        EventDuration::ZERO,
        zone,
        recurrence,
    );
    assert_eq!(
        occurrences_from(
            &series,
            Timestamp::MIN,
            &Limits {
                instances: 7,
                steps: 50_000
            }
        )
        .count(),
        20
    );
}
