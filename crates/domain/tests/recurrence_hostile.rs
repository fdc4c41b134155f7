//! Rules written to do harm: each must be refused, or answered within the budget of steps. And the control: what an
//! expander without a window and a budget does with them.

#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::time::{Duration, Instant};

use common::naive;
use daybook_domain::event::EventTime;
use daybook_domain::recurrence::{
    EventDuration, Limits, Recurrence, Rule, Series, expand, last_instant, occurrences_from,
};
use daybook_domain::zone::Zone;
use jiff::Timestamp;
use jiff::civil::{DateTime, date};

/// Rules that look honest, crossed with starts, ends and intervals that are not.
#[expect(clippy::too_many_lines, reason = "a list")]
fn corpus() -> Vec<(String, DateTime)> {
    let starts = [
        date(1601, 1, 1).at(0, 0, 0, 0),
        date(1970, 1, 1).at(0, 0, 0, 0),
        date(2020, 2, 29).at(23, 59, 59, 0),
        date(9999, 12, 31).at(23, 59, 59, 0),
    ];
    let every_second = "BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23";
    let all = |most: u32| {
        (0..=most)
            .map(|number| number.to_string())
            .collect::<Vec<_>>()
            .join(",")
    };
    let days: Vec<String> = (1..=53)
        .flat_map(|n| ["MO", "SU"].map(|day| format!("{n}{day},-{n}{day}")))
        .collect();
    let year_days: String = (1..=366)
        .map(|day| format!("{day},-{day}"))
        .collect::<Vec<_>>()
        .join(",");
    let mut rules: Vec<String> = [
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;INTERVAL=4294967295",
        "FREQ=SECONDLY;INTERVAL=86399;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
        "FREQ=SECONDLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;COUNT=4294967295",
        "FREQ=SECONDLY;INTERVAL=7;BYMINUTE=3;COUNT=4294967295",
        "FREQ=SECONDLY;BYSETPOS=2",
        "FREQ=SECONDLY;BYSETPOS=1;BYDAY=MO",
        "FREQ=SECONDLY;BYSECOND=60",
        "FREQ=MINUTELY",
        "FREQ=MINUTELY;INTERVAL=1441;BYHOUR=3;BYMINUTE=7",
        "FREQ=MINUTELY;INTERVAL=30;BYMINUTE=7",
        "FREQ=MINUTELY;BYSETPOS=366;BYSECOND=1",
        "FREQ=HOURLY",
        "FREQ=HOURLY;INTERVAL=24;BYHOUR=9",
        "FREQ=HOURLY;INTERVAL=4294967295;COUNT=4294967295",
        "FREQ=HOURLY;BYYEARDAY=366",
        "FREQ=HOURLY;INTERVAL=5;BYDAY=TU;BYMONTH=3;COUNT=4294967295",
        "FREQ=DAILY;COUNT=4294967295",
        "FREQ=DAILY;INTERVAL=4294967295",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=4294967295",
        "FREQ=DAILY;INTERVAL=3;BYMONTH=2;BYMONTHDAY=30;COUNT=10",
        "FREQ=DAILY;BYWEEKNO=54",
        "FREQ=DAILY;BYWEEKNO=53;BYDAY=MO",
        "FREQ=WEEKLY;INTERVAL=4294967295;COUNT=4294967295",
        "FREQ=WEEKLY;BYMONTHDAY=31;BYMONTH=2",
        "FREQ=WEEKLY;BYSETPOS=366",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2,4,6,9,11",
        "FREQ=MONTHLY;BYDAY=53MO",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=366,-366",
        "FREQ=MONTHLY;COUNT=4294967295",
        "FREQ=MONTHLY;INTERVAL=4294967295",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
        "FREQ=YEARLY;BYWEEKNO=53;INTERVAL=9999",
        "FREQ=YEARLY;BYYEARDAY=366;INTERVAL=4;COUNT=4294967295",
        "FREQ=YEARLY;BYDAY=53SU,-53MO;COUNT=4294967295",
        "FREQ=YEARLY;COUNT=4294967295",
        "FREQ=YEARLY;INTERVAL=4294967295;COUNT=4294967295",
    ]
    .map(str::to_owned)
    .to_vec();
    rules.push(format!(
        "FREQ=DAILY;{every_second};BYMINUTE={};BYSECOND={}",
        all(59),
        all(60)
    ));
    rules.push(format!(
        "FREQ=YEARLY;BYYEARDAY={year_days};{every_second};BYMINUTE={};BYSECOND={}",
        all(59),
        all(59)
    ));
    rules.push(format!(
        "FREQ=YEARLY;BYDAY={};BYSETPOS=1,-1;{every_second};BYMINUTE={}",
        days.join(","),
        all(59)
    ));
    rules.push(format!(
        "FREQ=YEARLY;BYDAY={};COUNT=4294967295",
        days.join(",")
    ));
    rules.push(format!(
        "FREQ=MONTHLY;BYSECOND={};BYSETPOS={}",
        all(59),
        (1..=366)
            .map(|n| format!("{n},-{n}"))
            .collect::<Vec<_>>()
            .join(",")
    ));
    rules.push(format!(
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;{every_second};BYMINUTE={};COUNT=4294967295",
        all(59)
    ));
    let mut cases: Vec<(String, DateTime)> = Vec::new();
    for rule in &rules {
        cases.extend(starts.map(|start| (rule.clone(), start)));
        if !rule.contains("COUNT") {
            cases.push((format!("{rule};UNTIL=99991231T235959Z"), starts[0]));
            cases.push((format!("{rule};UNTIL=16010101T000000Z"), starts[1]));
        }
    }
    cases
}

fn series(rule: Rule, start: DateTime, zone: &Zone) -> Series {
    let event = EventTime::Timed {
        at: zone.to_timestamp(start),
        zone: None,
    };
    let recurrence = Recurrence {
        rules: vec![rule],
        ..Recurrence::default()
    };
    Series::new(
        &event,
        EventDuration::seconds(3_600),
        zone.clone(),
        recurrence,
    )
}

#[test]
fn every_hostile_rule_stays_within_its_budget() {
    let cases = corpus();
    assert!(cases.len() >= 200, "{}", cases.len());
    let limits = Limits::default();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let windows = [
        at("2026-11-01T00:00:00Z")..at("2026-12-01T00:00:00Z"),
        at("2026-01-01T00:00:00Z")..at("2031-01-01T00:00:00Z"),
        at("2026-11-21T09:00:00Z")..at("2026-11-21T09:00:01Z"),
        at("9999-12-01T00:00:00Z")..Timestamp::MAX,
        Timestamp::MIN..at("1700-01-01T00:00:00Z"),
    ];
    let (mut slowest, mut exhausted, mut runs) = ((Duration::ZERO, String::new()), 0, 0);
    for (text, start) in &cases {
        let Ok(rule) = text.parse::<Rule>() else {
            continue;
        };
        for zone in ["UTC", "America/New_York"].map(|name| Zone::iana(name).unwrap()) {
            let began = Instant::now();
            let series = series(rule.clone(), *start, &zone);
            let _ = last_instant(&series);
            let mut spent = began.elapsed();
            for window in &windows {
                let began = Instant::now();
                let found = expand(&series, window.clone(), &limits);
                spent = spent.max(began.elapsed());
                assert!(found.steps <= limits.steps, "{text}");
                assert!(found.occurrences.len() <= limits.instances, "{text}");
                assert!(
                    found
                        .occurrences
                        .iter()
                        .all(|one| one.span().touches(window)),
                    "{text}"
                );
                exhausted += usize::from(found.exhausted);
                runs += 1;
            }
            if spent > slowest.0 {
                slowest = (spent, format!("{text} from {start}"));
            }
        }
    }
    let shown: String = slowest.1.chars().take(120).collect();
    println!(
        "{} rules, {runs} expansions, {exhausted} out of steps; slowest {:?}: {shown}",
        cases.len(),
        slowest.0
    );
}

#[test]
fn a_window_is_answered_however_old_the_rule() {
    let zone = Zone::utc();
    let window = "2026-11-21T09:00:00Z".parse::<Timestamp>().unwrap()
        .."2026-11-21T09:10:00Z".parse().unwrap();
    for (text, expected) in [
        ("FREQ=SECONDLY", 600),
        ("FREQ=SECONDLY;COUNT=4294967295", 600),
        ("FREQ=SECONDLY;INTERVAL=30", 20),
        ("FREQ=SECONDLY;BYSECOND=7;BYDAY=SA", 10),
        ("FREQ=MINUTELY;INTERVAL=2;COUNT=4294967295", 5),
        (
            "FREQ=DAILY;BYHOUR=9;BYMINUTE=5;BYDAY=SA;BYMONTH=11;COUNT=1000000",
            1,
        ),
    ] {
        let mut series = series(
            text.parse().unwrap(),
            date(1970, 1, 1).at(0, 0, 0, 0),
            &zone,
        );
        series = Series::new(
            &EventTime::Timed {
                at: series.start(),
                zone: None,
            },
            EventDuration::ZERO,
            zone.clone(),
            series.recurrence().clone(),
        );
        let found = expand(&series, window.clone(), &Limits::default());
        assert_eq!(found.occurrences.len(), expected, "{text}");
        assert!(!found.exhausted, "{text}");
        assert!(found.steps < 5_000, "{text}: {}", found.steps);
    }
}

#[test]
fn thousands_of_exceptions_are_no_trouble() {
    let zone = Zone::iana("Europe/Berlin").unwrap();
    let start = date(2020, 1, 1).at(9, 0, 0, 0);
    let mut lines = vec!["RRULE:FREQ=DAILY".to_owned()];
    let mut day = start;
    for _ in 0..5_000 {
        lines.push(format!(
            "EXDATE;TZID=W. Europe Standard Time:{}",
            day.strftime("%Y%m%dT%H%M%S")
        ));
        day = day.checked_add(jiff::Span::new().days(1)).unwrap();
    }
    let event = EventTime::Timed {
        at: zone.to_timestamp(start),
        zone: None,
    };
    let series = Series::new(
        &event,
        EventDuration::ZERO,
        zone,
        Recurrence::parse(&lines).unwrap(),
    );
    let first = expand(
        &series,
        Timestamp::MIN.."2040-01-01T00:00:00Z".parse().unwrap(),
        &Limits::default(),
    );
    assert_eq!(
        first.occurrences[0].start,
        "2033-09-09T07:00:00Z".parse().unwrap()
    );
    lines.extend((0..6_000).map(|_| "EXDATE:20200101T000000Z".to_owned()));
    assert!(
        Recurrence::parse(&lines).is_err(),
        "more dates than any event needs are refused"
    );
}

#[test]
fn iteration_ends_even_where_the_rule_does_not() {
    let zone = Zone::utc();
    for text in [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY",
    ] {
        let series = series(
            text.parse().unwrap(),
            date(2020, 2, 29).at(9, 0, 0, 0),
            &zone,
        );
        let found = occurrences_from(&series, Timestamp::MIN, &Limits::default()).count();
        println!("{text}: {found}");
        assert!(found >= 1);
    }
}

/// The control: with neither window nor budget, the same question is not answered in a million candidates.
#[test]
fn control_walking_from_dtstart_does_not_come_to_an_end() {
    let end = date(2026, 11, 22).at(0, 0, 0, 0);
    let start = date(1970, 1, 1).at(0, 0, 0, 0);
    for text in [
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MINUTELY;INTERVAL=2;COUNT=4294967295",
    ] {
        assert_eq!(
            naive(&text.parse().unwrap(), start, end, 1_000_000),
            None,
            "{text}: the naive expander must give up"
        );
        let unbounded = Limits {
            instances: usize::MAX,
            steps: 300_000,
        };
        let series = series(text.parse().unwrap(), start, &Zone::utc());
        let whole = expand(
            &series,
            series.start().."2026-11-22T00:00:00Z".parse().unwrap(),
            &unbounded,
        );
        assert!(
            whole.exhausted || whole.occurrences.len() <= 1,
            "{text}: without a window the budget is what ends it"
        );
    }
}
