//! The duration grammar: what it takes, what it refuses, and that printing and reading are each other's inverse.
#![expect(
    clippy::panic,
    clippy::too_many_lines,
    reason = "a test fails by panicking, and a table has its rows"
)]

use daybook_domain::duration::{
    Command, Error, Logged, MAX_INPUT, MAX_LINE, decimal_hours, format_minutes, parse,
    parse_command, parse_line, parse_minutes, same_project,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

/// A Friday.
const TODAY: Date = date(2026, 11, 27);

fn read(text: &str) -> Logged {
    parse(text, TODAY).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

#[test]
fn every_way_to_write_a_duration() {
    for (text, minutes) in [
        ("2.5 hours", 150),
        ("2,5 h", 150),
        ("2,5h", 150),
        ("2h 30m", 150),
        ("2h30m", 150),
        ("2h30", 150),
        ("2 h 30 min", 150),
        ("2 hours 30 minutes", 150),
        ("1:30", 90),
        ("1:30h", 90),
        ("01:05", 65),
        ("0:45", 45),
        ("90min", 90),
        ("90m", 90),
        ("90 min.", 90),
        ("1.5h", 90),
        (".5h", 30),
        ("1h", 60),
        ("1 hr", 60),
        ("+1h", 60),
        ("0.25 h", 15),
        ("1.3333h", 80),
        ("24h", 1440),
        ("24:00", 1440),
        ("2\u{a0}h\u{a0}30\u{a0}m", 150),
        ("2.5 HOURS", 150),
        ("2,5 horas", 150),
        ("1h 75m", 135),
    ] {
        assert_eq!(parse_minutes(text), Ok(minutes), "{text}");
        assert_eq!(read(text).minutes, minutes, "{text}");
        let said = read(&format!("{text}: Design review"));
        assert_eq!(
            (said.minutes, said.description.as_str()),
            (minutes, "Design review"),
            "{text}"
        );
    }
}

#[test]
fn descriptions_dates_and_projects() {
    let said = read("2.5 hours: Design review: part two");
    assert_eq!(said.description, "Design review: part two");
    assert_eq!(said.date, None);

    let said = read("1:30 yesterday #acme: Fix #login and #123, then C# \n now");
    assert_eq!(said.minutes, 90);
    assert_eq!(said.date, Some(date(2026, 11, 26)));
    assert_eq!(said.project.as_deref(), Some("acme"));
    assert_eq!(said.tags, ["login"]);
    assert_eq!(said.description, "Fix and #123, then C# now");

    for (text, day) in [
        ("today", date(2026, 11, 27)),
        ("yesterday", date(2026, 11, 26)),
        ("tomorrow", date(2026, 11, 28)),
        ("friday", date(2026, 11, 27)),
        ("last friday", date(2026, 11, 20)),
        ("Monday", date(2026, 11, 23)),
        ("sat", date(2026, 11, 21)),
        ("2026-02-28", date(2026, 2, 28)),
        ("lunes", date(2026, 11, 23)),
    ] {
        for written in [
            format!("2h {text}: Work"),
            format!("{text} 2h: Work"),
            format!("{text}, 2h #acme Work"),
        ] {
            let said = read(&written);
            assert_eq!(
                (said.date, said.minutes, said.description.as_str()),
                (Some(day), 120, "Work"),
                "{written}"
            );
        }
    }
    // Without a separator, the first other word begins the description.
    assert_eq!(
        read("45m standup with today's team").description,
        "standup with today's team"
    );
    assert_eq!(read("2h – Design").description, "Design");
    assert_eq!(
        read("2h - 30 minute standup").description,
        "30 minute standup"
    );
    assert_eq!(read("90min:no blank").description, "no blank");
    // What follows the colon is the person's own text.
    assert_eq!(read("2h: 3h of yesterday").description, "3h of yesterday");
}

#[test]
fn every_malformed_duration() {
    let long = "9".repeat(10_240);
    let wordy = format!("2h: {}", "a".repeat(10_240));
    let emoji = "⏰".repeat(20);
    for (text, error) in [
        ("", Error::Empty),
        ("   \t\n\u{a0}", Error::Empty),
        ("0", Error::NoUnit),
        ("0h", Error::Zero),
        ("0m", Error::Zero),
        ("0:00", Error::Zero),
        ("0,00 h", Error::Zero),
        ("0.001h", Error::Zero),
        ("-2h", Error::Negative),
        ("- 2h", Error::NoDuration),
        ("−1:30", Error::Negative),
        ("2h -30m", Error::Negative),
        ("25h", Error::TooLong),
        ("25 h: x", Error::TooLong),
        ("24:01", Error::TooLong),
        ("1441m", Error::TooLong),
        ("23h 90m", Error::TooLong),
        ("99999999999999999999999999h", Error::TooLong),
        ("1:75", Error::BadMinutes),
        ("1:75: x", Error::BadMinutes),
        ("1:5", Error::BadMinutes),
        ("1:300", Error::BadMinutes),
        ("1:30:00", Error::BadMinutes),
        ("1:30m", Error::BadMinutes),
        ("1:30x", Error::NoUnit),
        ("NaN", Error::NoDuration),
        ("NaN h", Error::NoDuration),
        ("Infinity hours", Error::NoDuration),
        ("∞h", Error::NoDuration),
        ("1e3h", Error::NoUnit),
        ("0x10h", Error::NoUnit),
        ("1.2.3h", Error::NoUnit),
        ("1h2h", Error::TwoDurations),
        ("2h 3h: x", Error::TwoDurations),
        ("2", Error::NoUnit),
        ("2: Review", Error::NoUnit),
        ("2h 30: Review", Error::NoUnit),
        ("2x", Error::NoUnit),
        ("2hh", Error::NoUnit),
        ("2d", Error::NoUnit),
        ("h", Error::NoDuration),
        ("hours: x", Error::NoDuration),
        (": x", Error::NoDuration),
        ("yesterday", Error::NoDuration),
        ("#acme: x", Error::NoDuration),
        ("Design review 2h", Error::NoDuration),
        ("⏰", Error::NoDuration),
        (&emoji, Error::NoDuration),
        ("2⏰", Error::NoUnit),
        ("٣h", Error::NoDuration),
        ("２h", Error::NoDuration),
        ("'; DROP TABLE time_entry; --", Error::NoDuration),
        ("2h today yesterday: x", Error::TwoDates),
        ("2h 2026-02-30: x", Error::BadDate),
        ("2h 2026-13-01: x", Error::BadDate),
        ("2h 2026-1-1: x", Error::BadDate),
        (&long, Error::InputTooLong),
        (&wordy, Error::InputTooLong),
    ] {
        let shown: String = text.chars().take(30).collect();
        assert_eq!(parse(text, TODAY), Err(error), "{shown}");
        assert!(parse_minutes(text).is_err(), "{shown}");
        let told = error.to_string();
        assert!(told.len() > 15 && !told.ends_with('.'), "{told}");
    }
    let tags: String = (0..20).map(|n| format!("#t{n} ")).collect();
    assert_eq!(parse(&format!("2h {tags}"), TODAY), Err(Error::Tags));
    assert_eq!(
        parse(&format!("2h #{}", "t".repeat(51)), TODAY),
        Err(Error::Tags)
    );
    // A day that is not in the calendar at all.
    assert_eq!(parse("2h yesterday", Date::MIN), Err(Error::BadDate));
}

#[test]
fn commands() {
    for (text, command) in [
        ("", Command::Help),
        ("  Help ", Command::Help),
        ("today", Command::Today),
        ("undo", Command::Undo),
    ] {
        assert_eq!(parse_command(text, TODAY), Ok(command), "{text:?}");
    }
    assert!(matches!(
        parse_command("today 2h: x", TODAY),
        Ok(Command::Log(_))
    ));
    assert_eq!(parse_command("undo it", TODAY), Err(Error::NoDuration));
}

#[test]
fn projects_by_their_name() {
    assert!(same_project("acme", "Acme"));
    assert!(same_project("acme-web", "ACME Web"));
    assert!(same_project("acmeweb", "Acme: Web!"));
    assert!(!same_project("acme", "Acme Web"));
    assert!(!same_project("-", "!"));
}

#[test]
fn lengths_for_people() {
    for (minutes, short, hours) in [
        (0, "0m", "0"),
        (1, "1m", "0.02"),
        (20, "20m", "0.33"),
        (40, "40m", "0.67"),
        (60, "1h", "1"),
        (150, "2h 30m", "2.5"),
        (600, "10h", "10"),
        (-90, "−1h 30m", "-1.5"),
        (i64::MAX, "153722867280912930h 7m", "153722867280912930.12"),
    ] {
        assert_eq!(format_minutes(minutes), short);
        assert_eq!(decimal_hours(minutes), hours);
    }
}

fn word() -> impl Strategy<Value = String> {
    // Anything without blanks that is not a tag.
    "[^\\s#\\p{C}][^\\s\\p{C}]{0,12}"
}

fn tags() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-z][a-z0-9_-]{0,8}[a-z]", 0..4).prop_map(|mut tags| {
        tags.sort();
        tags.dedup();
        tags
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_is_read_again(
        minutes in 1_i64..=1440,
        day in prop::option::of(-400_i64..400),
        tags in tags(),
        words in prop::collection::vec(word(), 0..8),
    ) {
        let mut tags = tags.into_iter();
        let said = Logged {
            minutes,
            date: day.map(|by| TODAY.checked_add(jiff::Span::new().days(by)).unwrap()),
            project: tags.next(),
            tags: tags.collect(),
            description: words.join(" "),
        };
        prop_assert_eq!(parse(&said.to_string(), TODAY), Ok(said));
    }

    #[test]
    fn nothing_makes_it_panic_or_leave_its_limits(text in "\\PC{0,60}", day in -200_000_i64..200_000) {
        let day = jiff::Span::new().days(day);
        let today = TODAY.checked_add(day).unwrap_or(TODAY);
        if let Ok(said) = parse(&text, today) {
            prop_assert!((1..=1440).contains(&said.minutes));
            prop_assert_eq!(parse(&said.to_string(), today), Ok(said));
        }
        if let Ok(minutes) = parse_minutes(&text) {
            prop_assert!((1..=1440).contains(&minutes));
        }
        let _ = parse_command(&text, today);
    }

    #[test]
    fn near_misses_neither(text in "[-+0-9.,: hmin#a\u{2013}\u{a0}]{0,24}") {
        if let Ok(said) = parse(&text, TODAY) {
            prop_assert!((1..=1440).contains(&said.minutes));
            prop_assert_eq!(parse(&said.to_string(), TODAY), Ok(said));
        }
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&String::from_utf8_lossy(&bytes), TODAY);
    }

    #[test]
    fn every_form_of_a_number_of_minutes(minutes in 1_i64..=1440) {
        let (hours, rest) = (minutes / 60, minutes % 60);
        for text in [
            format_minutes(minutes),
            format!("{minutes}min"),
            format!("{minutes} m"),
            format!("{hours}:{rest:02}"),
            format!("{hours}h {rest} minutes"),
            format!("{hours}h{rest:02}"),
        ] {
            prop_assert_eq!(parse_minutes(&text), Ok(minutes), "{}", text);
        }
    }
}

#[test]
fn the_longest_text_is_taken() {
    let text = format!("2h: {}", "ü".repeat(MAX_INPUT - 4));
    assert_eq!(parse(&text, TODAY).unwrap().minutes, 120);
}

#[test]
fn the_hours_of_a_line_may_be_many_a_number_alone_or_taken_off() {
    for (text, minutes) in [
        ("2h 30m", 150),
        ("1:30", 90),
        ("1.5", 90),
        (" 2 ", 120),
        ("160h", 9_600),
        ("-1:30", -90),
        ("−2h", -120),
        ("10000h", MAX_LINE),
    ] {
        assert_eq!(parse_line(text), Ok(minutes), "{text}");
    }
    for (text, error) in [
        ("", Error::Empty),
        ("0", Error::Zero),
        ("-0:00", Error::Zero),
        ("10000:01", Error::LineTooLong),
        ("9999999999999999999999h", Error::LineTooLong),
        ("2h 3h", Error::TwoDurations),
        ("2h of work", Error::NoDuration),
        ("1:75", Error::BadMinutes),
        ("--1h", Error::Negative),
        (".", Error::NoDuration),
    ] {
        assert_eq!(parse_line(text), Err(error), "{text}");
    }
}
