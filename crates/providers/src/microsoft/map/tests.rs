//! Events and series as Graph tells them, and what the mirror is told.

use daybook_domain::recurrence::OccurrenceKey;
use jiff::Timestamp;

use super::series::{Rows, events, is_doubtful};
use super::*;

fn berlin() -> Zone {
    Zone::iana("Europe/Berlin").unwrap()
}

fn window() -> std::ops::Range<Timestamp> {
    at("2026-08-23T00:00:00Z")..at("2027-12-26T00:00:00Z")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn fixture() -> Vec<wire::Event> {
    wire::Page::events(include_bytes!("../fixtures/events.json"))
        .unwrap()
        .value
}

fn read(id: &str) -> ProviderEvent {
    let event = fixture()
        .into_iter()
        .find(|event| event.id.as_deref() == Some(id))
        .unwrap();
    match single(&event, &berlin()) {
        Some(Change::Resource {
            href, mut events, ..
        }) => {
            assert_eq!((href.as_str(), events.len()), (id, 1));
            events.remove(0)
        }
        other => panic!("{other:?}"),
    }
}

fn timed(text: &str, zone: &str) -> EventTime {
    EventTime::Timed {
        at: at(text),
        zone: Some(zone.to_owned()),
    }
}

#[test]
fn a_meeting_with_everything() {
    let event = read("single");
    assert_eq!(event.start, timed("2026-12-01T09:00:00Z", "Europe/Berlin"));
    assert_eq!(event.end, timed("2026-12-01T10:00:00Z", "Europe/Berlin"));
    assert_eq!(event.etag.as_deref(), Some("W/\"DwAAAB\""));
    assert_eq!(event.ical_uid.as_deref(), Some("0400"));
    assert_eq!(event.resource.as_deref(), Some("single"));
    assert_eq!(event.response_status, ResponseStatus::Organizer);
    assert_eq!(event.updated_at, Some(at("2026-11-03T09:12:44Z")));
    assert!(event.is_busy());
    let details = event.details;
    assert_eq!(details.title, "Design review");
    assert_eq!(details.description.as_deref(), Some("Agenda\n1 < 2"));
    assert_eq!(details.location.as_deref(), Some("Room 4"));
    assert_eq!(
        details.organizer.unwrap().email.as_deref(),
        Some("ada@contoso.com")
    );
    let answers: Vec<_> = details
        .attendees
        .iter()
        .map(|a| a.response_status)
        .collect();
    assert_eq!(
        answers,
        [ResponseStatus::NeedsAction, ResponseStatus::Tentative]
    );
    assert_eq!(
        details.meeting_url.as_deref(),
        Some("https://teams.microsoft.com/l/meetup-join/1")
    );
    assert_eq!(details.categories, ["Blue category"]);
    assert!(details.html_url.is_some());
}

#[test]
fn links_in_place_and_text() {
    for (place, said, found) in text::INVITATIONS {
        let event = serde_json::json!({"id": "e", "type": "singleInstance",
            "start": {"dateTime": "2026-12-01T09:00:00", "timeZone": "UTC"},
            "end": {"dateTime": "2026-12-01T10:00:00", "timeZone": "UTC"},
            "location": {"displayName": place}, "body": {"contentType": "html", "content": said}});
        let event = wire::event(event.to_string().as_bytes()).unwrap();
        let Some(Change::Resource { events, .. }) = single(&event, &berlin()) else {
            panic!("{said}");
        };
        assert_eq!(events[0].details.meeting_url.as_deref(), found, "{said}");
    }
}

#[test]
fn whole_days_are_not_shifted_by_any_zone() {
    let event = read("allday");
    let day = |text: &str| EventTime::AllDay(text.parse().unwrap());
    assert_eq!(
        (event.start.clone(), event.end.clone()),
        (day("2026-12-24"), day("2026-12-27"))
    );
    assert!(!event.is_busy());
    assert_eq!(event.response_status, ResponseStatus::Organizer);
}

#[test]
fn zones_known_and_not() {
    let custom = read("custom");
    assert_eq!(
        custom.start,
        timed("2026-12-01T09:00:00Z", "Europe/Berlin"),
        "the calendar's"
    );
    assert_eq!(custom.status, Status::Tentative);
    assert!(custom.is_busy());
    assert_eq!(
        custom.details.meeting_url.as_deref(),
        Some("https://acme.zoom.us/j/1")
    );
    let kyiv = read("kyiv");
    assert_eq!(kyiv.start.zone(), Some("Europe/Kyiv"));
    assert!(!kyiv.is_busy(), "declined");
    let zoned = read("zoned");
    assert_eq!(zoned.start, timed("2026-12-01T09:00:00Z", "Europe/Berlin"));
    assert_eq!(zoned.end, timed("2026-12-01T10:00:00Z", "Europe/Berlin"));
    assert!(!zoned.is_busy(), "working elsewhere");
    assert!(zoned.details.elsewhere && !zoned.informational);
    assert!(!kyiv.details.elsewhere);
}

#[test]
fn private_cancelled_and_without_a_start() {
    let hidden = read("hidden");
    assert_eq!(hidden.details.title, "");
    assert_eq!(hidden.status, Status::Cancelled);
    assert!(hidden.opaque, "what is unknown blocks");
    assert_eq!(hidden.start, hidden.end, "never before the start");
    assert_eq!(hidden.details.description.as_deref(), Some("a < b & c"));
    let last = fixture().pop().unwrap();
    assert!(single(&last, &berlin()).is_none());
}

#[test]
fn private_events_are_marked() {
    for (label, private) in [
        ("normal", false),
        ("personal", true),
        ("private", true),
        ("confidential", true),
    ] {
        let told = format!(
            r#"{{"id": "e", "type": "singleInstance", "subject": "S", "sensitivity": "{label}",
            "start": {{"dateTime": "2026-12-01T09:00:00", "timeZone": "UTC"}},
            "end": {{"dateTime": "2026-12-01T10:00:00", "timeZone": "UTC"}}}}"#
        );
        let Some(Change::Resource { events, .. }) = single(&event(&told), &berlin()) else {
            panic!("{label}");
        };
        assert_eq!(events[0].details.private, private, "{label}");
    }
}

fn event(json: &str) -> wire::Event {
    wire::event(json.as_bytes()).unwrap()
}

#[test]
fn parts_are_told_by_what_they_carry() {
    for (json, expected) in [
        (r#"{"id":"a","type":"seriesMaster"}"#, Part::Master),
        (
            r#"{"id":"a","type":"occurrence","seriesMasterId":"s"}"#,
            Part::Occurrence,
        ),
        (
            r#"{"id":"a","type":"exception","seriesMasterId":"s"}"#,
            Part::Exception,
        ),
        (
            r#"{"id":"a","type":"singleInstance","seriesMasterId":null}"#,
            Part::Single,
        ),
        (r#"{"id":"a","type":"occurrence"}"#, Part::Single),
        (r#"{"id":"a","seriesMasterId":"s"}"#, Part::Occurrence),
        (
            r#"{"id":"a","seriesMasterId":"s","subject":"x"}"#,
            Part::Exception,
        ),
        (
            r#"{"id":"a","recurrence":{"pattern":{},"range":{}}}"#,
            Part::Master,
        ),
        (r#"{"id":"a","type":"brandNew"}"#, Part::Single),
    ] {
        assert_eq!(part(&event(json)), expected, "{json}");
    }
}

/// A weekly series in Berlin, Tuesdays 10:00, from 3 November 2026.
fn master(pattern: &str, range: &str) -> wire::Event {
    event(&format!(
        r#"{{"id":"s","type":"seriesMaster","subject":"Weekly","iCalUId":"uid-s","showAs":"busy",
        "start":{{"dateTime":"2026-11-03T09:00:00.0000000","timeZone":"UTC"}},"end":{{"dateTime":"2026-11-03T09:30:00.0000000","timeZone":"UTC"}},
        "originalStartTimeZone":"W. Europe Standard Time",
        "recurrence":{{"pattern":{pattern},"range":{range}}}}}"#
    ))
}

const WEEKLY: &str =
    r#"{"type":"weekly","interval":1,"daysOfWeek":["tuesday"],"firstDayOfWeek":"sunday"}"#;
const FIVE: &str = r#"{"type":"numbered","startDate":"2026-11-03","numberOfOccurrences":5,"endDate":"0001-01-01","recurrenceTimeZone":"W. Europe Standard Time"}"#;

fn sparse(series: &str, starts: &[&str]) -> Rows {
    let mut rows = Rows::default();
    for (n, start) in starts.iter().enumerate() {
        let id = format!("o{n}");
        let row = format!(
            r#"{{"id":"{id}","type":"occurrence","seriesMasterId":"{series}","start":{{"dateTime":"{start}","timeZone":"UTC"}},"end":{{"dateTime":"{start}","timeZone":"UTC"}}}}"#
        );
        rows.plain.insert(id, event(&row));
    }
    rows
}

fn lines(events: &[ProviderEvent]) -> Vec<String> {
    match &events[0].role {
        Role::Master { recurrence } => recurrence.clone(),
        other => panic!("{other:?}"),
    }
}

fn told(rows: &Rows) -> Vec<ProviderEvent> {
    events("s", rows, &window(), &Zone::utc())
}

#[test]
fn a_rule_that_says_what_was_told_is_kept() {
    let mut rows = sparse(
        "s",
        &[
            "2026-11-03T09:00:00.0000000",
            "2026-11-10T09:00:00.0000000",
            "2026-11-17T09:00:00.0000000",
            "2026-11-24T09:00:00.0000000",
            "2026-12-01T09:00:00.0000000",
        ],
    );
    rows.master = Some(master(WEEKLY, FIVE));
    let events = told(&rows);
    assert_eq!(events.len(), 1);
    assert_eq!(
        lines(&events),
        ["RRULE:FREQ=WEEKLY;COUNT=5;BYDAY=TU;WKST=SU"]
    );
    assert_eq!(
        events[0].start,
        timed("2026-11-03T09:00:00Z", "Europe/Berlin")
    );
    assert_eq!(events[0].details.title, "Weekly");
    // A hole that nobody named.
    rows.plain.remove("o2");
    assert_eq!(
        lines(&told(&rows)),
        [
            "RRULE:FREQ=WEEKLY;COUNT=5;BYDAY=TU;WKST=SU",
            "EXDATE:20261117T090000Z"
        ]
    );
    // Cancelled and still told is a hole too.
    rows.plain.get_mut("o1").unwrap().is_cancelled = Some(true);
    assert_eq!(lines(&told(&rows)).len(), 3);
}

#[test]
fn a_rule_that_says_something_else_gives_way_to_what_was_told() {
    let mut rows = sparse("s", &["2026-11-05T09:00:00", "2026-11-12T10:00:00"]);
    rows.master = Some(master(WEEKLY, FIVE));
    assert_eq!(
        lines(&told(&rows)),
        [
            "RDATE:20261105T090000Z",
            "RDATE:20261112T100000Z",
            "EXDATE:20261103T090000Z"
        ],
        "the master's own date is no meeting"
    );
    rows.master = Some(event(
        r#"{"id":"s","type":"seriesMaster","start":{"dateTime":"2026-11-05T09:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-11-05T09:30:00","timeZone":"UTC"},"recurrence":{"pattern":{"type":"brandNew"},"range":{}}}"#,
    ));
    assert_eq!(lines(&told(&rows)), ["RDATE:20261112T100000Z"]);
}

#[test]
fn the_clocks_change_within_a_series() {
    let mut rows = sparse("s", &["2026-10-20T08:00:00", "2026-10-27T09:00:00"]);
    let range = r#"{"type":"endDate","startDate":"2026-10-20","endDate":"2026-10-27"}"#;
    let mut first = master(WEEKLY, range);
    for time in [&mut first.start, &mut first.end] {
        time.as_mut().unwrap().date_time = Some("2026-10-20T08:00:00".to_owned());
    }
    rows.master = Some(first);
    assert_eq!(
        lines(&told(&rows)),
        ["RRULE:FREQ=WEEKLY;UNTIL=20261027T090000Z;BYDAY=TU;WKST=SU"]
    );
}

/// From one at night to three on the wall: an hour longer in the night that the clocks go back in.
#[test]
#[expect(clippy::too_many_lines, reason = "two nights in full")]
fn one_that_lasts_longer_is_an_exception_to_its_series() {
    let mut rows = sparse(
        "s",
        &[
            "2026-10-17T23:00:00",
            "2026-10-24T23:00:00",
            "2026-11-01T00:00:00",
        ],
    );
    for (id, end) in [
        ("o0", "2026-10-18T01:00:00"),
        ("o1", "2026-10-25T02:00:00"),
        ("o2", "2026-11-01T02:00:00"),
    ] {
        let row = rows.plain.get_mut(id).unwrap();
        row.end.as_mut().unwrap().date_time = Some(end.to_owned());
    }
    rows.plain.get_mut("o1").unwrap().etag = Some("W/\"o1\"".to_owned());
    let pattern = r#"{"type":"weekly","interval":1,"daysOfWeek":["sunday"]}"#;
    let range = r#"{"type":"numbered","startDate":"2026-10-18","numberOfOccurrences":3}"#;
    let series = |start: &str, end: &str| {
        let mut found = master(pattern, range);
        let time = |time: &mut Option<wire::Time>, text: &str| {
            time.as_mut().unwrap().date_time = Some(text.to_owned());
        };
        time(&mut found.start, start);
        time(&mut found.end, end);
        found
    };
    rows.master = Some(series("2026-10-17T23:00:00", "2026-10-18T01:00:00"));
    let events = told(&rows);
    assert_eq!(
        lines(&events),
        ["RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=SU;WKST=SU"]
    );
    assert_eq!(
        originals(&events),
        [OccurrenceKey::Instant(at("2026-10-24T23:00:00Z"))]
    );
    let long = &events[1];
    assert_eq!(
        (long.provider_id.as_str(), long.etag.as_deref()),
        ("o1", Some("W/\"o1\""))
    );
    assert_eq!(long.end, timed("2026-10-25T02:00:00Z", "Europe/Berlin"));
    assert_eq!(long.details.title, "Weekly", "all else is the series'");
    assert!(long.is_busy());
    // Where the first one is the odd one, it is still one that is odd, and not all the others.
    rows.plain.remove("o0");
    rows.plain.insert(
        "o3".to_owned(),
        wire::Event {
            id: Some("o3".to_owned()),
            start: Some(wire::Time {
                date_time: Some("2026-11-08T00:00:00".to_owned()),
                time_zone: Some("UTC".to_owned()),
            }),
            end: Some(wire::Time {
                date_time: Some("2026-11-08T02:00:00".to_owned()),
                time_zone: Some("UTC".to_owned()),
            }),
            ..rows.plain["o2"].clone()
        },
    );
    let range = r#"{"type":"numbered","startDate":"2026-10-25","numberOfOccurrences":3}"#;
    let mut first = series("2026-10-24T23:00:00", "2026-10-25T02:00:00");
    first.recurrence = master(pattern, range).recurrence;
    rows.master = Some(first);
    let events = told(&rows);
    assert_eq!(
        events[0].end,
        timed("2026-10-25T01:00:00Z", "Europe/Berlin")
    );
    assert_eq!(
        originals(&events),
        [OccurrenceKey::Instant(at("2026-10-24T23:00:00Z"))]
    );
}

fn exception(id: &str, start: &str, original: &str) -> wire::Event {
    event(&format!(
        r#"{{"id":"{id}","type":"exception","seriesMasterId":"s","subject":"Moved","iCalUId":"own-uid","start":{{"dateTime":"{start}","timeZone":"UTC"}},"end":{{"dateTime":"{start}","timeZone":"UTC"}}{original}}}"#
    ))
}

fn originals(events: &[ProviderEvent]) -> Vec<OccurrenceKey> {
    events
        .iter()
        .filter_map(|event| match &event.role {
            Role::Override {
                original_start,
                series,
                ..
            } => {
                assert_eq!(
                    (series.as_str(), event.ical_uid.as_deref()),
                    ("s", Some("uid-s"))
                );
                Some(series::key(original_start))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn exceptions_know_where_they_were_moved_from() {
    let mut rows = sparse(
        "s",
        &[
            "2026-11-03T09:00:00",
            "2026-11-10T09:00:00",
            "2026-11-24T09:00:00",
        ],
    );
    rows.master = Some(master(WEEKLY, FIVE));
    let key = |text: &str| OccurrenceKey::Instant(at(text));
    rows.exceptions.insert(
        "e1".to_owned(),
        exception(
            "e1",
            "2026-11-18T14:00:00",
            r#","originalStart":"2026-11-17T09:00:00Z""#,
        ),
    );
    rows.exceptions
        .insert("e2".to_owned(), exception("e2", "2026-12-02T14:00:00", ""));
    let events = told(&rows);
    assert_eq!(
        originals(&events),
        [key("2026-11-17T09:00:00Z"), key("2026-12-01T09:00:00Z")],
        "the second is the one left over"
    );
    assert_eq!(
        lines(&events)[1..],
        ["EXDATE:20261117T090000Z", "EXDATE:20261201T090000Z"],
        "an exception that goes leaves a hole and not what it stood for"
    );
    // Nothing to conclude from: its own start.
    rows.plain.remove("o0");
    assert_eq!(originals(&told(&rows))[1], key("2026-12-02T14:00:00Z"));
    // Without the series: only what one was invited to.
    rows.master = None;
    rows.plain.clear();
    let alone = events_without_master(&rows);
    assert_eq!(alone.len(), 2);
    assert!(
        alone
            .iter()
            .all(|event| matches!(event.role, Role::Override { .. }))
    );
}

fn events_without_master(rows: &Rows) -> Vec<ProviderEvent> {
    events("s", rows, &window(), &Zone::utc())
}

#[test]
fn nothing_in_the_window_is_nothing() {
    let rows = Rows {
        master: Some(master(WEEKLY, FIVE)),
        ..Rows::default()
    };
    assert!(told(&rows).is_empty());
    assert!(is_doubtful(&rows, &window(), &Zone::utc()));
    let past = Rows {
        master: Some(master(
            WEEKLY,
            r#"{"type":"endDate","startDate":"2026-11-03","endDate":"2026-11-03"}"#,
        )),
        ..Rows::default()
    };
    let later = at("2026-11-04T00:00:00Z")..window().end;
    assert!(!is_doubtful(&past, &later, &Zone::utc()));
}

#[test]
fn series_of_days_keep_their_days() {
    let mut rows = sparse(
        "s",
        &[
            "2026-12-31T00:00:00",
            "2027-01-31T00:00:00",
            "2027-02-28T00:00:00",
        ],
    );
    rows.master = Some(event(
        r#"{"id":"s","type":"seriesMaster","isAllDay":true,"iCalUId":"uid-s","originalStartTimeZone":"Pacific Standard Time",
        "start":{"dateTime":"2026-12-31T00:00:00.0000000","timeZone":"UTC"},"end":{"dateTime":"2027-01-01T00:00:00.0000000","timeZone":"UTC"},
        "recurrence":{"pattern":{"type":"absoluteMonthly","interval":1,"dayOfMonth":31},"range":{"type":"endDate","startDate":"2026-12-31","endDate":"2027-02-28"}}}"#,
    ));
    rows.exceptions.insert(
        "e".to_owned(),
        event(
            r#"{"id":"e","type":"exception","seriesMasterId":"s","isAllDay":true,"originalStart":"2027-01-31T08:00:00Z","start":{"dateTime":"2027-02-02T00:00:00","timeZone":"UTC"},"end":{"dateTime":"2027-02-03T00:00:00","timeZone":"UTC"}}"#,
        ),
    );
    rows.plain.remove("o1");
    let events = told(&rows);
    assert_eq!(
        lines(&events),
        [
            "RRULE:FREQ=MONTHLY;UNTIL=20270228;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
            "EXDATE;VALUE=DATE:20270131"
        ],
        "Exchange takes the last day where a month has no 31st"
    );
    assert_eq!(
        events[0].start,
        EventTime::AllDay("2026-12-31".parse().unwrap())
    );
    assert_eq!(
        originals(&events),
        [OccurrenceKey::Day("2027-01-31".parse().unwrap())],
        "midnight in the series' zone"
    );
}

#[test]
fn arbitrary_rows_never_panic() {
    let odd = [
        r#"{"id":"s","type":"seriesMaster","start":{"dateTime":"9999-12-31T23:59:59","timeZone":"UTC"},"end":{"dateTime":"0001-01-01T00:00:00"},"recurrence":{"pattern":{"type":"weekly","interval":4294967295,"daysOfWeek":["noday"]},"range":{"type":"numbered","numberOfOccurrences":4294967295}}}"#,
        r#"{"id":"s","type":"seriesMaster","isAllDay":true,"start":{"dateTime":"-9999-01-01"},"recurrence":{"pattern":{"type":"absoluteYearly","month":13,"dayOfMonth":-5},"range":{"type":"endDate","endDate":"x"}}}"#,
        r#"{"id":"s","type":"seriesMaster","start":{"dateTime":"ä"}}"#,
        r#"{"id":"s","type":"seriesMaster"}"#,
    ];
    for json in odd {
        let mut rows = sparse(
            "s",
            &["2026-11-03T09:00:00", "nonsense", "€2026-11-03T09:0"],
        );
        rows.master = Some(event(json));
        rows.exceptions.insert(
            "e".to_owned(),
            exception("e", "x", r#","originalStart":"0001-01-01T00:00:00Z""#),
        );
        let _ = told(&rows);
        let _ = is_doubtful(&rows, &window(), &Zone::utc());
    }
}
