//! The shared fixtures: every rule's own expansion, then the same through random windows.

#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{Dice, fixtures, wall};
use daybook_domain::event::EventTime;
use daybook_domain::recurrence::{
    EventDuration, Limits, Recurrence, Rule, Series, expand, rule_instances,
};
use daybook_domain::zone::Zone;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

const STEPS: u32 = 2_000_000;

#[test]
fn every_fixture_expands_as_written() {
    let Some(fixtures) = fixtures() else { return };
    assert_eq!(fixtures.len(), 115);
    for (index, fixture) in fixtures.iter().enumerate() {
        let rule: Rule = fixture.rrule.parse().unwrap();
        let start = wall(&fixture.dtstart);
        let expected: Vec<DateTime> = fixture.instances.iter().map(|text| wall(text)).collect();
        let (found, exhausted) = rule_instances(
            &rule,
            start,
            &Zone::utc(),
            start..DateTime::MAX,
            expected.len() + 5,
            STEPS,
        );
        assert!(!exhausted, "{index}: {}", fixture.rrule);
        assert_eq!(
            found, expected,
            "{index}: {} from {} ({})",
            fixture.rrule, fixture.dtstart, fixture.note
        );
    }
}

#[test]
fn every_fixture_survives_being_written() {
    let Some(fixtures) = fixtures() else { return };
    for fixture in &fixtures {
        let rule: Rule = fixture.rrule.parse().unwrap();
        let again: Rule = rule.to_string().parse().unwrap();
        assert_eq!(rule, again, "{}", fixture.rrule);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one setup")]
fn every_window_of_every_fixture_is_the_filtered_whole() {
    let Some(fixtures) = fixtures() else { return };
    let mut dice = Dice(20_261_121);
    let zones: [&str; 5] = [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
        "Pacific/Apia",
    ];
    let limits = Limits {
        instances: 100_000,
        steps: STEPS,
    };
    let mut windows = 0;
    for fixture in &fixtures {
        let rule: Rule = fixture.rrule.parse().unwrap();
        let name: &str = dice.pick::<&str>(&zones);
        let zone = Zone::iana(name).unwrap();
        let start = wall(&fixture.dtstart);
        let all_day = !fixture.dtstart.contains('T');
        let event = if all_day {
            EventTime::AllDay(start.date())
        } else {
            EventTime::Timed {
                at: zone.to_timestamp(start),
                zone: None,
            }
        };
        let duration = if all_day {
            EventDuration::days(2)
        } else {
            EventDuration::seconds(dice.within(0, 200_000))
        };
        let recurrence = Recurrence {
            rules: vec![rule],
            ..Recurrence::default()
        };
        let series = Series::new(&event, duration, zone, recurrence);
        let last = wall(fixture.instances.last().unwrap());
        let end = Zone::utc().to_timestamp(last) + SignedDuration::from_hours(24 * 40);
        let whole = expand(&series, Timestamp::MIN..end, &limits);
        assert!(!whole.exhausted && !whole.truncated, "{}", fixture.rrule);
        assert!(
            whole.occurrences.len() >= fixture.instances.len().min(1),
            "{}",
            fixture.rrule
        );
        let span = end.as_second() - series.start().as_second();
        for _ in 0..200 {
            let from = series.start().as_second() + dice.within(-100_000, span);
            let width = *dice.pick(&[1, 60, 3_600, 86_400, 700_000, 3_000_000, 40_000_000]);
            let window = Timestamp::from_second(from).unwrap()
                ..Timestamp::from_second((from + dice.within(1, width)).min(end.as_second()))
                    .unwrap();
            let found = expand(&series, window.clone(), &limits);
            let expected: Vec<_> = whole
                .occurrences
                .iter()
                .filter(|one| one.span().touches(&window))
                .copied()
                .collect();
            assert_eq!(
                found.occurrences,
                expected,
                "{} in {window:?} on {}",
                fixture.rrule,
                series.zone()
            );
            windows += 1;
        }
    }
    println!("{windows} windows");
}
