//! Files as programs write them, and files as nobody should.

#![expect(clippy::unwrap_used, reason = "tests")]

use daybook_domain::event::{EventTime, Status};
use daybook_domain::ical::{
    BusyStatus, CalendarObject, CalendarUser, Class, ContentLine, IcalError, ParseLimits, PartStat,
    Participant, ParticipantRole, Transparency, Tree, VEvent, meeting_url_in, parse,
    write_calendar,
};
use daybook_domain::recurrence::{EventDuration, Limits, Recurrence};
use daybook_domain::zone::Zone;
use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;

const EVER: std::ops::Range<Timestamp> = Timestamp::MIN..Timestamp::MAX;

fn berlin() -> Zone {
    Zone::iana("Europe/Berlin").unwrap()
}

fn read(text: &str) -> Vec<CalendarObject> {
    parse(text.as_bytes(), &berlin(), &ParseLimits::default()).unwrap()
}

fn one(lines: &str) -> (VEvent, Vec<String>) {
    let text = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let object = read(&text).remove(0);
    (object.master.unwrap(), object.warnings)
}

const MEETING: &str = "BEGIN:VCALENDAR\r
PRODID:-//Example//Calendar 1.0//EN\r
VERSION:2.0\r
X-WR-CALNAME:Team\r
BEGIN:VTIMEZONE\r
TZID:W. Europe Standard Time\r
BEGIN:STANDARD\r
DTSTART:16010101T030000\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r
END:STANDARD\r
BEGIN:DAYLIGHT\r
DTSTART:16010101T020000\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0200\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r
END:DAYLIGHT\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
UID:weekly@example.org\r
DTSTAMP:20260101T000000Z\r
DTSTAMP:20260102T000000Z\r
SEQUENCE:3\r
DTSTART;TZID=W. Europe Standard Time:20260601T090000\r
DTEND;TZID=W. Europe Standard Time:20260601T093000\r
RRULE:FREQ=DAILY;COUNT=4\r
EXDATE;TZID=W. Europe Standard Time:20260604T090000\r
SUMMARY;LANGUAGE=de:Plan\\, Stand\\; und\r
  mehr\\nüber Zürich\r
DESCRIPTION:Join: https://example.zoom.us/j/123?pwd=abc.\\nBye\r
LOCATION:Room 1\r
ORGANIZER;CN=\"Boss, The\":MAILTO:Boss@Example.org\r
ATTENDEE;CN=Ann;PARTSTAT=ACCEPTED;ROLE=CHAIR;RSVP=TRUE:mailto:ann@example.org\r
ATTENDEE;CUTYPE=ROOM;EMAIL=room@example.org:/principals/room/1\r
ATTENDEE;CN=Odd ^'nick^':urn:uuid:1\r
CATEGORIES:Work,Red\\, bright\r
CLASS:PRIVATE\r
TRANSP:OPAQUE\r
STATUS:CONFIRMED\r
X-MICROSOFT-CDO-BUSYSTATUS:OOF\r
X-UNKNOWN;X-P=1:kept\r
BEGIN:VALARM\r
ACTION:DISPLAY\r
TRIGGER:-PT15M\r
END:VALARM\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:weekly@example.org\r
RECURRENCE-ID:20260602T070000Z\r
DTSTART;TZID=W. Europe Standard Time:20260610T140000\r
DTEND;TZID=W. Europe Standard Time:20260610T150000\r
END:VEVENT\r
END:VCALENDAR\r
";

#[test]
#[expect(clippy::too_many_lines, reason = "one assertion per property")]
fn a_meeting_is_read_whole() {
    let objects = read(MEETING);
    assert_eq!(objects.len(), 1);
    let object = &objects[0];
    assert_eq!(object.warnings, Vec::<String>::new());
    let event = object.master.as_ref().unwrap();
    assert_eq!(
        event.start,
        EventTime::Timed {
            at: "2026-06-01T07:00:00Z".parse().unwrap(),
            zone: Some("Europe/Berlin".to_owned())
        }
    );
    assert_eq!(
        event.summary.as_deref(),
        Some("Plan, Stand; und mehr\nüber Zürich")
    );
    assert_eq!(
        event.meeting_url.as_deref(),
        Some("https://example.zoom.us/j/123?pwd=abc")
    );
    assert_eq!(
        event.organizer,
        Some(CalendarUser {
            email: Some("boss@example.org".to_owned()),
            name: Some("Boss, The".to_owned())
        })
    );
    assert_eq!(event.attendees.len(), 3);
    assert_eq!(event.attendees[0].partstat, PartStat::Accepted);
    assert_eq!(event.attendees[0].role, ParticipantRole::Chair);
    assert!(event.attendees[0].rsvp && !event.attendees[0].is_resource);
    assert_eq!(
        event.attendees[1].user.email.as_deref(),
        Some("room@example.org")
    );
    assert!(event.attendees[1].is_resource);
    assert_eq!(
        event.attendees[2].user,
        CalendarUser {
            email: None,
            name: Some("Odd \"nick\"".to_owned())
        }
    );
    assert_eq!(event.categories, ["Work", "Red, bright"]);
    assert_eq!(
        (event.class, event.status, event.busy_status),
        (
            Class::Private,
            Some(Status::Confirmed),
            Some(BusyStatus::OutOfOffice)
        )
    );
    assert_eq!(
        (event.sequence, event.transparency),
        (3, Transparency::Opaque)
    );
    let starts: Vec<String> = object
        .instances(EVER, &Limits::default())
        .instances
        .iter()
        .map(|one| one.span.start.to_string())
        .collect();
    assert_eq!(
        starts,
        [
            "2026-06-01T07:00:00Z",
            "2026-06-03T07:00:00Z",
            "2026-06-10T12:00:00Z"
        ]
    );
}

#[test]
fn ends_are_worked_out() {
    let at = |text: &str| EventTime::Timed {
        at: text.parse().unwrap(),
        zone: None,
    };
    let (event, _) = one("DTSTART:20260601T090000Z");
    assert_eq!(
        (event.end, event.duration),
        (at("2026-06-01T09:00:00Z"), EventDuration::ZERO)
    );
    let (event, _) = one("DTSTART;VALUE=DATE:20260601");
    assert_eq!(
        (event.end, event.duration),
        (EventTime::AllDay(date(2026, 6, 2)), EventDuration::days(1))
    );
    let (event, _) = one("DTSTART:20260601T090000Z\r\nDURATION:PT45M");
    assert_eq!(event.end, at("2026-06-01T09:45:00Z"));
    let (event, warnings) =
        one("DTSTART:20260601T090000Z\r\nDTEND:20260601T100000Z\r\nDURATION:PT45M");
    assert_eq!((event.end, warnings.len()), (at("2026-06-01T10:00:00Z"), 1));
    let (event, warnings) = one("DTSTART:20260601T090000Z\r\nDTEND:20260601T080000Z");
    assert_eq!(
        (event.end, event.duration, warnings.len()),
        (at("2026-06-01T09:00:00Z"), EventDuration::ZERO, 1)
    );
    let (event, _) = one("DTSTART;TZID=Europe/Berlin:20260328T120000\r\nDURATION:P1D");
    assert_eq!(event.span().end, "2026-03-29T10:00:00Z".parse().unwrap());
}

#[test]
fn oddities_are_forgiven() {
    let (event, warnings) = one("DTSTART;TZID=Nowhere:20260601T090000");
    assert_eq!(
        (event.zone.name(), warnings.len()),
        ("Europe/Berlin", 1),
        "the calendar's zone stands in"
    );
    let (event, _) = one("DTSTART:20260601T090000");
    assert_eq!(event.start.zone(), Some("Europe/Berlin"), "floating");
    for (start, end) in [
        ("16010101T000000Z", "16010101T010000Z"),
        ("99991231T230000Z", "99991231T235959Z"),
    ] {
        let (event, _) = one(&format!(
            "DTSTART:{start}\r\nDTEND:{end}\r\nRRULE:FREQ=DAILY"
        ));
        let _ = event.series();
    }
    let (event, warnings) = one(
        "DTSTART:20260601T090000Z\r\nRRULE:FREQ=DAILY;INTERVAL=65537;BYMONTHDAY=300\r\nEXDATE:never",
    );
    assert!(
        event.recurrence.is_empty() && warnings.len() == 2,
        "{warnings:?}"
    );
    for ends in ["\n", "\r", "\r\n\r\n"] {
        let text = format!("\u{feff}{}", MEETING.replace("\r\n", ends));
        let found = read(&text);
        assert_eq!((found.len(), found[0].overrides.len()), (1, 1), "{ends:?}");
        assert_eq!(
            found[0].master.as_ref().unwrap().summary.as_deref(),
            Some("Plan, Stand; und mehr\nüber Zürich")
        );
    }
    // Folded within a character, no END, no VERSION, no UID.
    let mut broken = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260601T090000Z\r\nSUMMARY:Z\xc3\r\n \xbcrich\r\n".to_vec();
    let found = parse(&broken, &berlin(), &ParseLimits::default()).unwrap();
    assert_eq!(
        found[0].master.as_ref().unwrap().summary.as_deref(),
        Some("Zürich")
    );
    broken.extend_from_slice(b"COMMENT:\xff\xfe\0\r\n");
    assert!(parse(&broken, &berlin(), &ParseLimits::default()).is_ok());
    let only_override = MEETING.replacen("SEQUENCE:3", "RECURRENCE-ID:20260601T070000Z", 1);
    assert_eq!(
        read(&only_override)[0]
            .instances(EVER, &Limits::default())
            .instances
            .len(),
        2,
        "no master"
    );
}

#[test]
fn limits_hold_before_anything_is_read() {
    let limits = ParseLimits {
        bytes: 10_000,
        lines: 200,
        line_bytes: 500,
        ..ParseLimits::default()
    };
    let refused = |text: &str| {
        matches!(
            parse(text.as_bytes(), &berlin(), &limits),
            Err(IcalError::TooLarge { .. })
        )
    };
    assert!(refused(&"BEGIN:VCALENDAR\r\n".repeat(2_000)));
    assert!(refused(&"A:B\r\n".repeat(500)));
    for long in ["y".repeat(600), "y\r\n ".repeat(600)] {
        assert!(!refused(&format!("BEGIN:VCALENDAR\r\nX:{long}")), "kept");
    }
    assert!(refused(&"BEGIN:VEVENT\r\n".repeat(9)), "nine levels");
    assert!(!refused(&"BEGIN:VEVENT\r\n".repeat(8)));
    assert_eq!(
        parse(b"hello", &berlin(), &limits),
        Err(IcalError::NotACalendar)
    );
    assert_eq!(parse(b"", &berlin(), &limits), Err(IcalError::NotACalendar));
    let deep = "BEGIN:A\r\n".repeat(1_000_000);
    assert!(matches!(
        parse(deep.as_bytes(), &berlin(), &ParseLimits::default()),
        Err(IcalError::TooLarge { .. })
    ));
}

/// Neither a description nor an attachment says when an event takes place: the rest is read whatever their size, folded or not.
#[test]
fn times_are_read_whatever_the_size_of_the_rest() {
    let folded =
        |name: &str, rows: usize| format!("{name}:{}", vec!["x".repeat(74); rows].join("\r\n "));
    let long = "x".repeat(100_000);
    for large in [
        folded("DESCRIPTION", 70_000),
        folded("ATTACH;ENCODING=BASE64;VALUE=BINARY", 120_000),
        format!("DESCRIPTION:{long}"),
        format!("X-ALT-DESC;FMTTYPE=text/html:{long}"),
        format!("X-UNKNOWN;X-P=\"{long}\":1"),
        format!("ATTENDEE;CN={long}:mailto:a@example.org"),
        format!(
            "EXDATE:20270101T090000Z{}",
            ",20270101T090000Z".repeat(5_000)
        ),
        format!("X:{}\r\n", "y".repeat(60_000)).repeat(20) + "X:1",
    ] {
        let (event, _) = one(&format!(
            "{large}\r\nDTSTART:20260601T090000Z\r\nDTEND:20260601T100000Z\r\nRRULE:FREQ=DAILY;COUNT=3\r\n\
             TRANSP:OPAQUE\r\nLOCATION:Room 1"
        ));
        let name: String = large.chars().take(20).collect();
        let at = |time: &str| EventTime::Timed {
            at: time.parse().unwrap(),
            zone: None,
        };
        assert_eq!(event.start, at("2026-06-01T09:00:00Z"), "{name}");
        assert_eq!(event.end, at("2026-06-01T10:00:00Z"), "{name}");
        assert_eq!(event.recurrence.rules.len(), 1, "{name}");
        assert_eq!(event.location.as_deref(), Some("Room 1"), "{name}");
        assert_eq!(event.description, None, "{name}");
        assert!(event.attendees.is_empty(), "{name}");
    }
}

/// A changed occurrence that does not say which one it is must not be taken for its series.
#[test]
fn what_is_left_out_is_counted() {
    assert_eq!(read(MEETING)[0].left_out, 0);
    let broken = MEETING.replacen(
        "RECURRENCE-ID:20260602T070000Z",
        "RECURRENCE-ID:on Tuesday",
        1,
    );
    let object = read(&broken).remove(0);
    assert_eq!((object.left_out, object.overrides.len()), (1, 0));
    assert!(!object.master.unwrap().recurrence.is_empty());
    let start = "DTSTART;TZID=W. Europe Standard Time:20260601T090000";
    let object = read(&MEETING.replacen(start, "X-START:lost", 1)).remove(0);
    assert_eq!((object.left_out, object.overrides.len()), (1, 1));
    assert!(object.master.is_none());
}

#[test]
fn a_change_keeps_everything_else() {
    let mut tree = Tree::parse(MEETING.as_bytes(), &ParseLimits::default()).unwrap();
    let before = tree.clone();
    assert_eq!(
        Tree::parse(tree.to_text().as_bytes(), &ParseLimits::default()).unwrap(),
        before,
        "nothing is lost by writing"
    );
    let event = tree.master_mut("weekly@example.org").unwrap();
    event.set(ContentLine::text("SUMMARY", &[], "New, and with ü"));
    event.set(ContentLine::new(
        "DTSTART",
        &[("TZID", "W. Europe Standard Time")],
        "20260601T100000",
    ));
    event.set(ContentLine::text("COMMENT", &[], "added"));
    let text = tree.to_text();
    for kept in [
        "X-WR-CALNAME:Team",
        "X-UNKNOWN;X-P=1:kept",
        "BEGIN:VALARM",
        "TRIGGER:-PT15M",
        "ATTENDEE;CUTYPE=ROOM;EMAIL=room@example.org",
        "RECURRENCE-ID:20260602T070000Z",
    ] {
        assert!(text.contains(kept), "{kept}");
    }
    assert!(text.contains("SUMMARY:New\\, and with ü\r\n") && !text.contains("Plan"));
    assert!(
        text.find("COMMENT:added").unwrap() < text.find("BEGIN:VALARM").unwrap(),
        "properties come before components"
    );
    let object = read(&text).remove(0);
    assert_eq!(
        object.master.unwrap().start,
        EventTime::Timed {
            at: "2026-06-01T08:00:00Z".parse().unwrap(),
            zone: Some("Europe/Berlin".to_owned())
        }
    );
}

#[test]
fn lines_fold_at_75_octets_and_never_inside_a_character() {
    let text = write_calendar(
        &[described(&"ü😀x".repeat(300), None)],
        Timestamp::UNIX_EPOCH,
    );
    assert!(text.split("\r\n").all(|line| line.len() <= 75));
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    assert_eq!(
        read(&text)[0].master.as_ref().unwrap().summary.as_deref(),
        Some("ü😀x".repeat(300).as_str())
    );
}

#[test]
fn nothing_that_people_type_becomes_a_line_of_its_own() {
    let evil = "x\r\nATTENDEE:mailto:evil@example.org\r\nEND:VEVENT\u{85}\u{0}";
    let mut event = described(evil, Some(evil));
    event.url = Some(evil.to_owned());
    event.organizer = Some(CalendarUser {
        email: Some("a@b.c".to_owned()),
        name: Some(evil.to_owned()),
    });
    event.uid = evil.to_owned();
    let text = write_calendar(&[event], Timestamp::UNIX_EPOCH);
    let found = read(&text).remove(0);
    let event = found.master.unwrap();
    assert!(event.attendees.is_empty());
    assert_eq!(
        event.summary.as_deref(),
        Some("x\nATTENDEE:mailto:evil@example.org\nEND:VEVENT")
    );
    assert_eq!(
        event.organizer.unwrap().name.as_deref(),
        Some("x\nATTENDEE:mailto:evil@example.org\nEND:VEVENT")
    );
}

#[test]
fn meeting_links_are_told_from_others() {
    for (text, expected) in [
        (
            "see https://example.org and https://meet.google.com/abc-defg-hij now",
            Some("https://meet.google.com/abc-defg-hij"),
        ),
        (
            "<https://teams.microsoft.com/l/meetup-join/19%3a>",
            Some("https://teams.microsoft.com/l/meetup-join/19%3a"),
        ),
        (
            "https://evilzoom.us/j/1 https://zoom.us.evil.org/j/1 https://zoom.us@evil.org/",
            None,
        ),
        ("http://zoom.us/j/1", None),
        (
            "https://acme.webex.com/meet/ann.",
            Some("https://acme.webex.com/meet/ann"),
        ),
        ("https://", None),
    ] {
        assert_eq!(meeting_url_in(text), expected, "{text}");
    }
    let (event, _) = one(
        "DTSTART:20260601T090000Z\r\nLOCATION:https://zoom.us/j/1\r\nCONFERENCE;VALUE=URI;FEATURE=AUDIO:tel:+1\r\nCONFERENCE;VALUE=URI;FEATURE=VIDEO:https://video.example.org/1",
    );
    assert_eq!(
        event.meeting_url.as_deref(),
        Some("https://video.example.org/1")
    );
}

#[test]
fn written_zones_mean_what_the_real_ones_do() {
    for name in [
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Asia/Kolkata",
        "America/Santiago",
        "Africa/Cairo",
        "Asia/Gaza",
    ] {
        let zone = Zone::iana(name).unwrap();
        let start: Timestamp = "2026-06-01T07:00:00Z".parse().unwrap();
        let time = EventTime::Timed {
            at: start,
            zone: Some(name.to_owned()),
        };
        let text = write_calendar(
            &[VEvent::new(
                "a".to_owned(),
                time.clone(),
                time,
                zone.clone(),
            )],
            start,
        );
        let found = read(&text.replace(name, "Customized"));
        let own = found[0].master.as_ref().unwrap().zone.clone();
        assert_eq!(own.name(), "Customized");
        let mut at = start;
        let end: Timestamp = "2037-01-01T00:00:00Z".parse().unwrap();
        while at < end {
            assert_eq!(own.offset_at(at), zone.offset_at(at), "{name} {at}\n{text}");
            at = at.checked_add(jiff::SignedDuration::from_hours(5)).unwrap();
        }
    }
}

/// What the fuzzer found or was given, without the fuzzer: read, expand, write, read again.
#[test]
fn the_fuzz_corpus_replays() {
    let corpus = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fuzz/corpus/ical_roundtrip"
    );
    let (mut files, mut events) = (0, 0);
    for entry in std::fs::read_dir(corpus).unwrap() {
        let file = std::fs::read(entry.unwrap().path()).unwrap();
        files += 1;
        for object in parse(&file, &berlin(), &ParseLimits::default())
            .into_iter()
            .flatten()
        {
            let window =
                "2026-11-01T00:00:00Z".parse().unwrap().."2026-12-01T00:00:00Z".parse().unwrap();
            assert!(object.instances(window, &Limits::default()).steps <= 50_000);
            let all: Vec<VEvent> = object.master.into_iter().chain(object.overrides).collect();
            events += all.len();
            let text = write_calendar(&all, Timestamp::UNIX_EPOCH);
            assert!(
                all.is_empty()
                    || parse(text.as_bytes(), &berlin(), &ParseLimits::default())
                        .unwrap()
                        .len()
                        == 1
            );
        }
    }
    assert!(files >= 7 && events >= 14, "{files} files, {events} events");
}

fn described(summary: &str, location: Option<&str>) -> VEvent {
    let start = EventTime::Timed {
        at: "2026-06-01T07:00:00Z".parse().unwrap(),
        zone: Some("Europe/Berlin".to_owned()),
    };
    let end = EventTime::Timed {
        at: "2026-06-01T08:00:00Z".parse().unwrap(),
        zone: Some("Europe/Berlin".to_owned()),
    };
    let mut event = VEvent::new("a@example.org".to_owned(), start, end, berlin());
    event.summary = Some(summary.to_owned());
    event.location = location.map(str::to_owned);
    event
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is written is read back as it was.
    #[test]
    fn writing_and_reading_is_the_identity(
        summary in "[^\\p{C}]{0,20}[\\PC\n]{1,120}x",
        name in "[\\PC]{1,40}x",
        categories in prop::collection::vec("[a-zA-Z0-9;,\\\\ü]{1,12}x", 0..4),
        second in 0..4_000_000_000_i64,
        length in 0..100_000_i64,
        all_day: bool,
        zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "UTC", "Asia/Kathmandu"]),
    ) {
        let zone = Zone::iana(zone).unwrap();
        let at = Timestamp::from_second(second).unwrap();
        let day = zone.to_datetime(at).date();
        let named = (zone != Zone::utc()).then(|| zone.name().to_owned());
        let (start, end) = if all_day {
            (EventTime::AllDay(day), EventTime::AllDay(day.tomorrow().unwrap()))
        } else {
            (EventTime::Timed { at, zone: named.clone() }, EventTime::Timed { at: at.checked_add(jiff::SignedDuration::from_secs(length)).unwrap(), zone: named })
        };
        let mut event = VEvent::new("a@example.org".to_owned(), start, end, zone.clone());
        // The second of two equal wall times is written as an instant, and then it is in UTC: not what this is about.
        prop_assume!(all_day || zone.to_timestamp(zone.to_datetime(at)) == at);
        prop_assume!(!name.contains("\\,"));
        prop_assume!(all_day || { let end = event.span().end; zone.to_timestamp(zone.to_datetime(end)) == end });
        event.summary = Some(summary);
        event.categories = categories;
        event.organizer = Some(CalendarUser { email: Some("boss@example.org".to_owned()), name: Some(name.trim().to_owned()) });
        event.attendees = vec![Participant { partstat: PartStat::Declined, role: ParticipantRole::Optional, rsvp: true, ..Participant::default() }];
        event.recurrence = Recurrence::parse(["RRULE:FREQ=WEEKLY;COUNT=5"]).unwrap();
        let text = write_calendar(std::slice::from_ref(&event), at);
        let found = parse(text.as_bytes(), &zone, &ParseLimits::default()).unwrap().remove(0);
        prop_assert_eq!(&found.warnings, &Vec::<String>::new());
        let again = found.master.unwrap();
        prop_assert_eq!(again, event, "{}", text);
    }

    /// Whatever the octets, reading ends, and what was read can be expanded and written.
    #[test]
    fn no_file_is_too_odd(lines in prop::collection::vec("(BEGIN:VEVENT|END:VEVENT|DTSTART(;TZID=[A-Z+0-9/]{0,8})?:[0-9TZ]{6,16}|DTEND:2026[0-9T]{0,11}Z?|RRULE:FREQ=[A-Z]{5,8};[A-Z=0-9;,-]{0,30}|RECURRENCE-ID(;RANGE=THISANDFUTURE)?:2026[0-9TZ]{4,12}|DURATION:-?P[0-9DTHMSW]{0,9}|[A-Z-]{1,8}[;=:\"A-Z0-9,^ ]{0,30}|[\\PC]{0,30})", 0..40)) {
        let text = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260601T090000Z\n{}\nEND:VCALENDAR", lines.join("\n"));
        for object in parse(text.as_bytes(), &berlin(), &ParseLimits::default()).into_iter().flatten() {
            let window = "2026-06-01T00:00:00Z".parse().unwrap().."2026-07-01T00:00:00Z".parse().unwrap();
            prop_assert!(object.instances(window, &Limits::default()).steps <= 50_000);
            let events: Vec<VEvent> = object.master.into_iter().chain(object.overrides).collect();
            let again = write_calendar(&events, Timestamp::UNIX_EPOCH);
            prop_assert!(parse(again.as_bytes(), &berlin(), &ParseLimits::default()).is_ok());
        }
    }
}

/// Found by the fuzz target: what is written must be what is read.
#[test]
fn odd_lines_and_names_are_written_as_they_are_read() {
    for inside in [
        "SUMMARY:a\r\0\0\0\r\nLOCATION:b\r\n",
        "SUMMARY:a\r\n\0\r\nLOCATION:b\r\n",
        "SUMMARY:a\r\n\0 more\r\nLOCATION:b\r\n",
        "SUMMARY:a\0\r\n \0\r\n\0 \0more\r\n",
        &format!("BEGIN:X{}Y\r\nEND:X\r\n", " ".repeat(70)),
    ] {
        let file =
            format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{inside}END:VEVENT\r\nEND:VCALENDAR\r\n");
        let text = Tree::parse(file.as_bytes(), &ParseLimits::default())
            .unwrap()
            .to_text();
        let again = Tree::parse(text.as_bytes(), &ParseLimits::default()).unwrap();
        assert_eq!(again.to_text(), text, "{inside:?}");
        assert!(
            !text.contains('\0') && !text.contains("\r\n\r\n"),
            "{text:?}"
        );
    }
}

#[test]
fn a_class_that_nobody_knows_is_private() {
    let start = "DTSTART:20260302T090000Z\r\nDTEND:20260302T100000Z\r\n";
    for (line, class) in [
        ("", Class::Public),
        ("CLASS:public\r\n", Class::Public),
        ("CLASS:CONFIDENTIAL\r\n", Class::Confidential),
        ("CLASS:X-SECRET\r\n", Class::Private),
    ] {
        let (event, _) = one(&format!("{start}{line}"));
        assert_eq!(event.class, class, "{line:?}");
    }
}
