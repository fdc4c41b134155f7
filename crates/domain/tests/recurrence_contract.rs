//! The seventeen expansions that Daybook promises, and the rules around them.

#![expect(clippy::unwrap_used, reason = "tests")]

use daybook_domain::event::EventTime;
use daybook_domain::recurrence::{
    DateValue, EventDuration, Limits, OccurrenceKey, Override, Recurrence, RuleError, Series, Span,
    expand, instances, last_instant, occurrences_from,
};
use daybook_domain::zone::Zone;
use jiff::Timestamp;
use jiff::civil::Date;

const EVER: std::ops::Range<Timestamp> = Timestamp::MIN..Timestamp::MAX;

fn series(zone: &str, start: &str, lines: &[&str]) -> Series {
    let zone = Zone::iana(zone).unwrap();
    let recurrence = Recurrence::parse(lines).unwrap();
    match DateValue::parse(start).unwrap() {
        DateValue::Date(date) => Series::new(
            &EventTime::AllDay(date),
            EventDuration::days(1),
            zone,
            recurrence,
        ),
        DateValue::Local(wall) => {
            let event = EventTime::Timed {
                at: zone.to_timestamp(wall),
                zone: Some(zone.name().to_owned()),
            };
            Series::new(&event, EventDuration::seconds(3600), zone, recurrence).with_wall(wall)
        }
        DateValue::Utc(at) => Series::new(
            &EventTime::Timed { at, zone: None },
            EventDuration::seconds(3600),
            zone,
            recurrence,
        ),
    }
}

fn keys(series: &Series) -> Vec<String> {
    let found = expand(series, EVER, &Limits::default());
    assert!(!found.exhausted && !found.truncated);
    found
        .occurrences
        .iter()
        .map(|one| one.key.to_string())
        .collect()
}

fn check(case: u8, zone: &str, start: &str, lines: &[&str], expected: &[&str]) {
    let series = series(zone, start, lines);
    assert_eq!(keys(&series), expected, "case {case}");
    let iterated: Vec<String> = occurrences_from(&series, Timestamp::MIN, &Limits::default())
        .map(|one| one.key.to_string())
        .collect();
    assert_eq!(iterated, expected, "case {case}, iterated");
    let last = last_instant(&series).unwrap();
    assert!(
        expand(&series, EVER, &Limits::default())
            .occurrences
            .iter()
            .all(|one| one.end <= last),
        "case {case}, last"
    );
}

const NEW_YORK: &str = "America/New_York";
const BERLIN: &str = "Europe/Berlin";

#[test]
fn clocks_that_change_are_followed() {
    check(
        1,
        NEW_YORK,
        "20260302T090000",
        &["RRULE:FREQ=WEEKLY;COUNT=3"],
        &["20260302T140000Z", "20260309T130000Z", "20260316T130000Z"],
    );
    check(
        2,
        NEW_YORK,
        "20260307T023000",
        &["RRULE:FREQ=DAILY;COUNT=3"],
        &["20260307T073000Z", "20260308T073000Z", "20260309T063000Z"],
    );
    check(
        3,
        NEW_YORK,
        "20261031T013000",
        &["RRULE:FREQ=DAILY;COUNT=3"],
        &["20261031T053000Z", "20261101T053000Z", "20261102T063000Z"],
    );
    check(
        4,
        BERLIN,
        "20260320T090000",
        &["RRULE:FREQ=DAILY;UNTIL=20260322T080000Z"],
        &["20260320T080000Z", "20260321T080000Z", "20260322T080000Z"],
    );
    check(
        5,
        BERLIN,
        "20260327T090000",
        &["RRULE:FREQ=DAILY;UNTIL=20260330T070000Z"],
        &[
            "20260327T080000Z",
            "20260328T080000Z",
            "20260329T070000Z",
            "20260330T070000Z",
        ],
    );
}

#[test]
fn months_weeks_and_positions() {
    check(
        6,
        "UTC",
        "20260130",
        &["RRULE:FREQ=MONTHLY;COUNT=3"],
        &["20260130", "20260330", "20260430"],
    );
    check(
        7,
        BERLIN,
        "20260130T150000",
        &["RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3"],
        &["20260130T140000Z", "20260227T140000Z", "20260327T140000Z"],
    );
    check(
        8,
        "UTC",
        "20260130",
        &["RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=4"],
        &["20260130", "20260227", "20260331", "20260430"],
    );
    check(
        9,
        "UTC",
        "20260106",
        &["RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO"],
        &["20260106", "20260111", "20260120", "20260125"],
    );
    check(
        10,
        "UTC",
        "20260106",
        &["RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU"],
        &["20260106", "20260118", "20260120", "20260201"],
    );
    check(
        15,
        "UTC",
        "20260603T090000Z",
        &["RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3"],
        &["20260603T090000Z", "20260608T090000Z", "20260615T090000Z"],
    );
    check(
        16,
        "UTC",
        "20280229",
        &["RRULE:FREQ=YEARLY;COUNT=2"],
        &["20280229", "20320229"],
    );
}

#[test]
fn dates_added_and_taken_out() {
    check(
        11,
        BERLIN,
        "20260601T090000",
        &[
            "RRULE:FREQ=DAILY;COUNT=4",
            "EXDATE;TZID=Europe/Berlin:20260602T090000",
            "EXDATE:20260603T070000Z",
        ],
        &["20260601T070000Z", "20260604T070000Z"],
    );
    check(
        14,
        "UTC",
        "20260601T090000Z",
        &["RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20260602T090000Z"],
        &["20260601T090000Z", "20260603T090000Z"],
    );
    check(
        17,
        BERLIN,
        "20260601T090000",
        &[
            "RRULE:FREQ=DAILY;COUNT=2",
            "RDATE;TZID=Europe/Berlin:20260602T090000,20260605T100000",
        ],
        &["20260601T070000Z", "20260602T070000Z", "20260605T080000Z"],
    );
    // An EXDATE that is a date takes out that local day; one in another zone its instant.
    check(
        0,
        NEW_YORK,
        "20260601T220000",
        &["RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20260602"],
        &["20260602T020000Z", "20260604T020000Z"],
    );
    check(
        0,
        BERLIN,
        "20260601T090000",
        &[
            "RRULE:FREQ=DAILY;COUNT=2",
            "EXDATE;TZID=America/New_York:20260602T030000",
        ],
        &["20260601T070000Z"],
    );
    // EXRULE subtracts; DTSTART can be taken out too.
    check(
        0,
        "UTC",
        "20260601T090000Z",
        &["RRULE:FREQ=DAILY;COUNT=4", "EXRULE:FREQ=DAILY;INTERVAL=2"],
        &["20260602T090000Z", "20260604T090000Z"],
    );
}

fn timed(start: &str, end: &str) -> Span {
    Span {
        start: start.parse().unwrap(),
        end: end.parse().unwrap(),
        days: None,
    }
}

fn change(id: &str, span: Span) -> Override {
    Override {
        recurrence_id: id.parse().unwrap(),
        cancelled: false,
        this_and_future: false,
        span,
        index: 7,
    }
}

fn starts(
    series: &Series,
    overrides: &[Override],
    window: std::ops::Range<Timestamp>,
) -> Vec<String> {
    let found = instances(series, overrides, window, &Limits::default());
    found
        .instances
        .iter()
        .map(|one| DateValue::Utc(one.span.start).to_string())
        .collect()
}

#[test]
fn a_moved_occurrence_is_where_it_moved_to() {
    let daily = series(BERLIN, "20260601T090000", &["RRULE:FREQ=DAILY;COUNT=3"]);
    let moved = change(
        "20260602T070000Z",
        timed("2026-06-10T12:00:00Z", "2026-06-10T13:00:00Z"),
    );
    assert_eq!(
        starts(&daily, &[moved], EVER),
        ["20260601T070000Z", "20260603T070000Z", "20260610T120000Z"],
        "case 12"
    );
    let day = |text: &str| format!("{text}T00:00:00Z").parse::<Timestamp>().unwrap();
    assert_eq!(
        starts(&daily, &[moved], day("2026-06-10")..day("2026-06-11")),
        ["20260610T120000Z"],
        "moved into the window"
    );
    assert!(
        starts(&daily, &[moved], day("2026-06-02")..day("2026-06-03")).is_empty(),
        "moved out of the window"
    );
    let cancelled = Override {
        cancelled: true,
        ..moved
    };
    assert_eq!(
        starts(&daily, &[cancelled], EVER),
        ["20260601T070000Z", "20260603T070000Z"],
        "a hole"
    );
    let detached = change(
        "20260901T070000Z",
        timed("2026-09-01T07:00:00Z", "2026-09-01T08:00:00Z"),
    );
    assert_eq!(
        starts(&daily, &[detached], EVER).last().unwrap(),
        "20260901T070000Z",
        "not in the set, still shown"
    );
    // By day, as some programs write it.
    let by_day = Override {
        recurrence_id: OccurrenceKey::Day(Date::constant(2026, 6, 2)),
        ..moved
    };
    assert_eq!(
        starts(&daily, &[by_day], EVER),
        ["20260601T070000Z", "20260603T070000Z", "20260610T120000Z"]
    );
}

#[test]
fn a_range_moves_what_follows() {
    let daily = series(BERLIN, "20260601T090000", &["RRULE:FREQ=DAILY;COUNT=4"]);
    let range = Override {
        this_and_future: true,
        ..change(
            "20260603T070000Z",
            timed("2026-06-03T09:00:00Z", "2026-06-03T11:00:00Z"),
        )
    };
    let expected = [
        "20260601T070000Z",
        "20260602T070000Z",
        "20260603T090000Z",
        "20260604T090000Z",
    ];
    assert_eq!(starts(&daily, &[range], EVER), expected, "case 13");
    let found = instances(&daily, &[range], EVER, &Limits::default()).instances;
    assert_eq!(
        found[3].span.end,
        "2026-06-04T11:00:00Z".parse().unwrap(),
        "and their length"
    );
    assert_eq!(
        found[3].key.to_string(),
        "20260604T070000Z",
        "the key stays"
    );
    assert_eq!(found[3].source, Some(7));
    // A later single override wins over the range; a window that only the shift reaches is still answered.
    let single = change(
        "20260604T070000Z",
        timed("2026-06-04T05:00:00Z", "2026-06-04T06:00:00Z"),
    );
    assert_eq!(
        starts(&daily, &[range, single], EVER).last().unwrap(),
        "20260604T050000Z"
    );
    let far = Override {
        this_and_future: true,
        ..change(
            "20260603T070000Z",
            timed("2026-06-20T09:00:00Z", "2026-06-20T11:00:00Z"),
        )
    };
    let window = "2026-06-21T00:00:00Z".parse().unwrap().."2026-06-22T00:00:00Z".parse().unwrap();
    assert_eq!(starts(&daily, &[far], window), ["20260621T090000Z"]);
}

#[test]
fn until_is_read_however_it_is_written() {
    // A date with a timed DTSTART: to the end of that local day.
    let late = series(
        NEW_YORK,
        "20260601T230000",
        &["RRULE:FREQ=DAILY;UNTIL=20260603"],
    );
    assert_eq!(
        keys(&late),
        ["20260602T030000Z", "20260603T030000Z", "20260604T030000Z"]
    );
    // Without a zone: DTSTART's.
    let floating = series(
        NEW_YORK,
        "20260601T230000",
        &["RRULE:FREQ=DAILY;UNTIL=20260602T230000"],
    );
    assert_eq!(keys(&floating).len(), 2);
    // Times with dates: the day's first and last second by their date, others in the zone.
    for until in [
        "20260603",
        "20260603T000000Z",
        "20260603T235959Z",
        "20260602T220000Z",
        "20260603T215959Z",
    ] {
        let days = series(
            BERLIN,
            "20260601",
            &[&format!("RRULE:FREQ=DAILY;UNTIL={until}")],
        );
        assert_eq!(keys(&days), ["20260601", "20260602", "20260603"], "{until}");
    }
    // Within an overlap the instant decides: the first 01:30 is in, the second would not be.
    let overlap = series(
        NEW_YORK,
        "20261030T013000",
        &["RRULE:FREQ=DAILY;UNTIL=20261101T053000Z"],
    );
    assert_eq!(keys(&overlap).len(), 3);
    let before = series(
        NEW_YORK,
        "20261030T013000",
        &["RRULE:FREQ=DAILY;UNTIL=20261101T052959Z"],
    );
    assert_eq!(keys(&before).len(), 2);
}

#[test]
fn lengths_in_days_follow_the_clocks_and_seconds_do_not() {
    let berlin = Zone::iana(BERLIN).unwrap();
    let start: Timestamp = "2026-03-28T11:00:00Z".parse().unwrap();
    let day: EventDuration = "P1D".parse().unwrap();
    let hours: EventDuration = "PT24H".parse().unwrap();
    assert_eq!(
        day.after(start, &berlin),
        "2026-03-29T10:00:00Z".parse().unwrap()
    );
    assert_eq!(
        hours.after(start, &berlin),
        "2026-03-29T11:00:00Z".parse().unwrap()
    );
    for text in [
        "P1D", "PT15M", "-PT15M", "P1DT2H", "PT0S", "P14D", "PT1H30M", "PT45S",
    ] {
        assert_eq!(text.parse::<EventDuration>().unwrap().to_string(), text);
    }
    assert_eq!(
        "P2W".parse::<EventDuration>().unwrap(),
        EventDuration::days(14)
    );
    for text in [
        "",
        "P",
        "1D",
        "PT",
        "P1",
        "PX",
        "PT5",
        "P1H",
        "P99999999999999999999999S",
    ] {
        assert!(text.parse::<EventDuration>().is_err(), "{text}");
    }
    // All-day occurrences are 23 or 25 hours long where the clocks change.
    let days = series(BERLIN, "20260328", &["RRULE:FREQ=DAILY;COUNT=2"]);
    let found = expand(&days, EVER, &Limits::default()).occurrences;
    assert_eq!(
        found[1].end.as_second() - found[1].start.as_second(),
        23 * 3600
    );
}

#[test]
fn periods_keep_their_own_length() {
    let lines = ["RDATE;VALUE=PERIOD:20260605T090000Z/20260605T113000Z,20260606T090000Z/PT15M"];
    let found = expand(
        &series("UTC", "20260601T090000Z", &lines),
        EVER,
        &Limits::default(),
    )
    .occurrences;
    let lengths: Vec<i64> = found
        .iter()
        .map(|one| one.end.as_second() - one.start.as_second())
        .collect();
    assert_eq!(lengths, [3_600, 9_000, 900]);
}

#[test]
fn lines_are_read_and_written() {
    let lines = [
        "RRULE:FREQ=WEEKLY;UNTIL=20271231T225959Z;INTERVAL=2;BYDAY=MO,WE",
        "EXRULE:FREQ=MONTHLY;BYDAY=1MO",
        "RDATE;TZID=Europe/Berlin:20260605T100000",
        "RDATE;VALUE=PERIOD:20260605T090000Z/PT1H30M",
        "EXDATE;VALUE=DATE:20260601",
        "EXDATE;TZID=America/New_York:20260601T090000",
        "EXDATE:20260601T070000Z",
    ];
    let recurrence = Recurrence::parse(lines).unwrap();
    assert_eq!(recurrence.to_lines(None), lines);
    assert_eq!(
        Recurrence::parse(recurrence.to_lines(None)).unwrap(),
        recurrence
    );
    assert!(recurrence.check_writable().is_err());
    let floating = Recurrence::parse(["EXDATE:20260601T090000"]).unwrap();
    assert_eq!(
        floating.to_lines(Some("Europe/Berlin")),
        ["EXDATE;TZID=Europe/Berlin:20260601T090000"]
    );
    for wrong in [
        "",
        "RRULE",
        "DTSTART:20260101",
        "EXDATE:yesterday",
        "RDATE:20260101T000000Z/soon",
        "RRULE:FREQ=NEVER",
    ] {
        assert!(Recurrence::parse([wrong]).is_err(), "{wrong}");
    }
    for wrong in [
        "FREQ=DAILY;COUNT=3;UNTIL=20260101",
        "FREQ=WEEKLY;BYDAY=-ɹR",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=99999999999",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;BYMONTH=",
        "FREQ=DAILY;X=1",
        "INTERVAL=2",
        "FREQ=DAILY;UNTIL=20260230",
    ] {
        assert!(
            wrong.parse::<daybook_domain::recurrence::Rule>().is_err(),
            "{wrong}"
        );
    }
    let hourly: daybook_domain::recurrence::Rule = "FREQ=HOURLY".parse().unwrap();
    assert!(matches!(
        hourly.check_writable(),
        Err(RuleError::NotWritable(_))
    ));
}

#[test]
fn an_old_endless_rule_costs_no_more_than_a_young_one() {
    let window: std::ops::Range<Timestamp> =
        "2026-11-01T00:00:00Z".parse().unwrap().."2026-12-01T00:00:00Z".parse().unwrap();
    let steps = |year: &str| {
        let series = series(
            BERLIN,
            &format!("{year}0105T090000"),
            &["RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR"],
        );
        let found = expand(&series, window.clone(), &Limits::default());
        assert_eq!(found.occurrences.len(), 13, "{year}");
        found.steps
    };
    assert_eq!(steps("1602"), steps("2026"));
    let counted = series(
        BERLIN,
        "19020106T090000",
        &["RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=4294967295"],
    );
    assert!(expand(&counted, window, &Limits::default()).steps < 50);
    assert_eq!(
        last_instant(&series(BERLIN, "20260105T090000", &["RRULE:FREQ=WEEKLY"])),
        None
    );
}
