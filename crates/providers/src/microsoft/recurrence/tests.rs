//! Patterns and rules say the same days, or nothing is written.

use daybook_domain::event::EventTime;
use daybook_domain::recurrence::{EventDuration, Limits, Recurrence, Rule, Series, expand};
use daybook_domain::zone::Zone;
use daybook_provider_api::error::ErrorKind;
use jiff::Timestamp;
use proptest::prelude::*;

use super::super::wire;
use super::{pattern, rules};

/// Tuesday 3 November 2026, 10:00 in Berlin.
fn start() -> EventTime {
    starting("2026-11-03T09:00:00Z")
}

fn starting(text: &str) -> EventTime {
    EventTime::Timed {
        at: text.parse().unwrap(),
        zone: Some("Europe/Berlin".to_owned()),
    }
}

fn berlin() -> Zone {
    Zone::iana("Europe/Berlin").unwrap()
}

fn write(rule: &str, start: &EventTime) -> Result<wire::Recurrence, String> {
    let lines = [format!("RRULE:{rule}")];
    pattern(&lines, start, &berlin(), "Europe/Berlin").map_err(|error| {
        assert_eq!(error.kind, ErrorKind::Unsupported);
        error.message
    })
}

fn days(rule: &Rule, start: &EventTime) -> Vec<Timestamp> {
    let recurrence = Recurrence {
        rules: vec![rule.clone()],
        ..Recurrence::default()
    };
    let series = Series::new(start, EventDuration::ZERO, berlin(), recurrence);
    let window = "2026-01-01T00:00:00Z".parse().unwrap().."2034-01-01T00:00:00Z".parse().unwrap();
    let limits = Limits {
        instances: 5_000,
        steps: 200_000,
    };
    let found = expand(&series, window, &limits);
    assert!(!found.exhausted);
    found.occurrences.iter().map(|one| one.start).collect()
}

#[test]
fn what_fits_is_written_exactly() {
    for (rule, shape) in [
        ("FREQ=DAILY", r#"{"type":"daily","interval":1}"#),
        ("FREQ=DAILY;INTERVAL=3", r#"{"type":"daily","interval":3}"#),
        (
            "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
            r#"{"type":"weekly","interval":1,"daysOfWeek":["monday","tuesday","wednesday","thursday","friday"],"firstDayOfWeek":"monday"}"#,
        ),
        (
            "FREQ=WEEKLY",
            r#"{"type":"weekly","interval":1,"daysOfWeek":["tuesday"],"firstDayOfWeek":"monday"}"#,
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU",
            r#"{"type":"weekly","interval":2,"daysOfWeek":["tuesday","sunday"],"firstDayOfWeek":"sunday"}"#,
        ),
        (
            "FREQ=MONTHLY",
            r#"{"type":"absoluteMonthly","interval":1,"dayOfMonth":3}"#,
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=3",
            r#"{"type":"absoluteMonthly","interval":1,"dayOfMonth":3}"#,
        ),
        (
            "FREQ=MONTHLY;BYDAY=1TU",
            r#"{"type":"relativeMonthly","interval":1,"daysOfWeek":["tuesday"],"index":"first"}"#,
        ),
        (
            "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=1",
            r#"{"type":"relativeMonthly","interval":1,"daysOfWeek":["tuesday"],"index":"first"}"#,
        ),
        (
            "FREQ=YEARLY",
            r#"{"type":"absoluteYearly","interval":1,"dayOfMonth":3,"month":11}"#,
        ),
        (
            "FREQ=YEARLY;BYMONTH=11;BYDAY=1TU",
            r#"{"type":"relativeYearly","interval":1,"daysOfWeek":["tuesday"],"index":"first","month":11}"#,
        ),
    ] {
        let made = write(rule, &start()).unwrap();
        let expected: serde_json::Value = serde_json::from_str(shape).unwrap();
        assert_eq!(
            serde_json::to_value(&made.pattern).unwrap(),
            expected,
            "{rule}"
        );
        assert_eq!(made.range.start_date.as_deref(), Some("2026-11-03"));
        assert_eq!(
            made.range.recurrence_time_zone.as_deref(),
            Some("Europe/Berlin")
        );
        assert_eq!(made.range.kind.as_deref(), Some("noEnd"));
    }
}

#[test]
fn ends_are_days_in_the_series_zone() {
    for (rule, kind, end, count) in [
        ("FREQ=DAILY;COUNT=5", "numbered", None, Some(5)),
        (
            "FREQ=DAILY;UNTIL=20261110T090000Z",
            "endDate",
            Some("2026-11-10"),
            None,
        ),
        // An hour too early for that day's occurrence.
        (
            "FREQ=DAILY;UNTIL=20261110T080000Z",
            "endDate",
            Some("2026-11-09"),
            None,
        ),
        (
            "FREQ=DAILY;UNTIL=20261110T235900Z",
            "endDate",
            Some("2026-11-10"),
            None,
        ),
        (
            "FREQ=DAILY;UNTIL=20261110",
            "endDate",
            Some("2026-11-10"),
            None,
        ),
    ] {
        let made = write(rule, &start()).unwrap();
        assert_eq!(made.range.kind.as_deref(), Some(kind), "{rule}");
        assert_eq!(made.range.end_date.as_deref(), end, "{rule}");
        assert_eq!(made.range.number_of_occurrences, count);
        let back = rules(Some(&made), &start(), &berlin());
        assert_eq!(
            days(&rule.parse().unwrap(), &start()),
            days(&back[0], &start()),
            "{rule}"
        );
    }
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    for (rule, named) in [
        ("FREQ=HOURLY", "more often"),
        ("FREQ=DAILY;BYHOUR=9,12", "BYHOUR"),
        ("FREQ=DAILY;INTERVAL=2;BYDAY=TU", "INTERVAL"),
        ("FREQ=DAILY;BYMONTH=11", "BYMONTH"),
        ("FREQ=WEEKLY;BYMONTH=11;BYDAY=TU", "BYMONTH"),
        ("FREQ=MONTHLY;BYMONTHDAY=3,15", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=3;BYDAY=TU", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=1TU,3TU", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=TU", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=2", "BYSETPOS"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=1,-1", "BYSETPOS"),
        ("FREQ=YEARLY;BYDAY=1TU", "BYMONTH"),
        ("FREQ=YEARLY;BYMONTHDAY=3", "BYMONTH"),
        ("FREQ=YEARLY;BYMONTH=10,11;BYMONTHDAY=3", "BYMONTH"),
        ("FREQ=YEARLY;BYYEARDAY=307", "BYYEARDAY"),
        ("FREQ=YEARLY;BYWEEKNO=45;BYDAY=TU", "BYWEEKNO"),
        ("FREQ=WEEKLY;BYDAY=MO", "first day"),
    ] {
        let refused = write(rule, &start()).unwrap_err();
        assert!(refused.contains(named), "{rule}: {refused}");
    }
    let late = starting("2026-10-31T09:00:00Z");
    assert!(
        write("FREQ=MONTHLY", &late)
            .unwrap_err()
            .contains("29 to 31")
    );
    assert!(
        write("FREQ=MONTHLY;BYMONTHDAY=-1", &late)
            .unwrap_err()
            .contains("negative")
    );
    assert!(
        write("FREQ=MONTHLY;BYDAY=5SA", &late)
            .unwrap_err()
            .contains("fourth")
    );
    assert!(
        write("FREQ=YEARLY", &late).is_ok(),
        "every year has a 31 October"
    );
    let leap = starting("2028-02-29T09:00:00Z");
    assert!(
        write("FREQ=YEARLY", &leap)
            .unwrap_err()
            .contains("29 February")
    );
    for lines in [
        &["RRULE:FREQ=DAILY", "EXDATE:20261104T090000Z"][..],
        &["RDATE:20261104T090000Z"],
        &["RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"],
        &["RRULE:FREQ=DAILY", "EXRULE:FREQ=WEEKLY"],
        &["RRULE:FREQ=NEVER"],
        &[],
    ] {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let refused = pattern(&lines, &start(), &berlin(), "Europe/Berlin").unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Unsupported, "{lines:?}");
    }
}

#[test]
fn of_several_weekdays_the_first_day_counts() {
    let wire = wire::Recurrence {
        pattern: wire::Pattern {
            kind: Some("relativeMonthly".to_owned()),
            days_of_week: Some(vec!["monday".to_owned(), "tuesday".to_owned()]),
            index: Some("first".to_owned()),
            ..wire::Pattern::default()
        },
        range: wire::Range::default(),
    };
    let made = rules(Some(&wire), &start(), &berlin());
    assert_eq!(made[0].to_string(), "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1");
    assert!(rules(None, &start(), &berlin()).is_empty());
}

/// Rules of every kind, most of which fit.
fn any_rule() -> impl Strategy<Value = String> {
    let weekday = prop::sample::select(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"]);
    let days = prop::collection::vec(weekday.clone(), 1..5).prop_map(|mut days| {
        days.sort_unstable();
        days.dedup();
        days.join(",")
    });
    let wkst = prop::sample::select(vec!["", ";WKST=SU", ";WKST=WE"]);
    let parts = prop_oneof![
        Just("FREQ=DAILY".to_owned()),
        days.clone()
            .prop_map(|days| format!("FREQ=DAILY;BYDAY={days}")),
        (days.clone(), wkst).prop_map(|(days, wkst)| format!("FREQ=WEEKLY;BYDAY={days}{wkst}")),
        (1..=31).prop_map(|day| format!("FREQ=MONTHLY;BYMONTHDAY={day}")),
        (
            prop::sample::select(vec![-2, -1, 1, 2, 3, 4, 5]),
            weekday.clone()
        )
            .prop_map(|(n, day)| format!("FREQ=MONTHLY;BYDAY={n}{day}")),
        days.prop_map(|days| format!("FREQ=MONTHLY;BYDAY={days};BYSETPOS=1")),
        (1..=12, 1..=31)
            .prop_map(|(month, day)| format!("FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}")),
        (1..=12, prop::sample::select(vec![-1, 1, 3]), weekday)
            .prop_map(|(month, n, day)| format!("FREQ=YEARLY;BYMONTH={month};BYDAY={n}{day}")),
    ];
    let end = prop_oneof![
        Just(String::new()),
        (1..60).prop_map(|count| format!(";COUNT={count}")),
        (2027..2031, 1..=12, 1..=28, 0..24).prop_map(|(year, month, day, hour)| format!(
            ";UNTIL={year}{month:02}{day:02}T{hour:02}3000Z"
        )),
    ];
    (parts, 1..4, end)
        .prop_map(|(parts, interval, end)| format!("{parts};INTERVAL={interval}{end}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A rule that is written as a pattern comes back as a rule for the same instants.
    #[test]
    fn written_and_read_again(rule in any_rule()) {
        let rule: Rule = rule.parse().unwrap();
        // Start on a day that the rule names.
        let unlimited = Rule { count: None, until: None, ..rule.clone() };
        let first = days(&unlimited, &start()).into_iter().nth(1);
        prop_assume!(first.is_some());
        let start = starting(&first.unwrap().to_string());
        let lines = Recurrence { rules: vec![rule.clone()], ..Recurrence::default() }.to_lines(None);
        let Ok(made) = pattern(&lines, &start, &berlin(), "Europe/Berlin") else {
            return Ok(());
        };
        // Through the wire, as Graph would keep it.
        let wire: wire::Recurrence =
            serde_json::from_value(serde_json::to_value(&made).unwrap()).unwrap();
        let back = rules(Some(&wire), &start, &berlin());
        let last = rule.until.is_some_and(|until| until.instant_in(&berlin()) < first.unwrap());
        if !last {
            prop_assert_eq!(days(&rule, &start), days(&back[0], &start));
        }
        // And once more, to the same pattern.
        let lines = Recurrence { rules: vec![back[0].clone()], ..Recurrence::default() }.to_lines(None);
        let again = pattern(&lines, &start, &berlin(), "Europe/Berlin").unwrap();
        prop_assert_eq!(again, made);
    }
}
