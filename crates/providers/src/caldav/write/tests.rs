use daybook_domain::event::{Change, Draft, EventTime, Person, Role};
use daybook_domain::ical::{ParseLimits, Tree};
use proptest::prelude::*;

use super::super::errors::Field;
use super::*;
use crate::caldav::map;
use crate::caldav::transport::script::Script;
use daybook_provider_api::calendar::write::Like;

const SERVER: &str = "https://cal.example/";
const HREF: &str = "/ada/work/e.ics";
const AT: &str = "https://cal.example/ada/work/e.ics";
const KEY: Uuid = Uuid::from_u128(0x0193_6f2e_7c1a_7d3e_9a4b_5c6d_7e8f_9012);
const OURS: &str = "https://cal.example/ada/work/01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012.ics";

/// An object as other programs write it: alarms, vendors' lines, odd folds, a label of its own for the zone.
const SERIES: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//EN\r\nX-WR-CALNAME:Work\r\n\
    BEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\n\
    TZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\n\
    TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n\
    BEGIN:VEVENT\r\nUID:s-1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=W. Europe Standard Time:20261201T090000\r\n\
    DURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=5\r\nEXDATE;TZID=W. Europe Standard Time:20261202T090000\r\nSUMMARY;LANGUAGE=en:Sta\r\n nd-up\r\n\
    SEQUENCE:3\r\nX-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:s-1\r\nDTSTAMP:20260101T000000Z\r\nRECURRENCE-ID;TZID=W. Europe Standard Time:20261203T090000\r\n\
    DTSTART;TZID=W. Europe Standard Time:20261203T140000\r\nDTEND;TZID=W. Europe Standard Time:20261203T150000\r\nSUMMARY:Moved\r\nEND:VEVENT\r\n\
    END:VCALENDAR\r\n";

/// A meeting that somebody else called.
const INVITED: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:m-1\r\nDTSTAMP:20260101T000000Z\r\n\
    DTSTART:20261201T090000Z\r\nDTEND:20261201T100000Z\r\nORGANIZER;CN=Bo:mailto:bo@client.example\r\nSEQUENCE:2\r\n\
    ATTENDEE;CN=\"Lovelace, Ada\";PARTSTAT=NEEDS-ACTION;X-NUM=1:MAILTO:Ada@Example.com\r\n\
    ATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@client.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn place() -> Place {
    Place {
        calendar: "/ada/work/".to_owned(),
        default_zone: "Europe/Berlin".to_owned(),
        account_email: Some("ada@example.com".to_owned()),
    }
}

fn target(etag: Option<&str>) -> Target {
    Target {
        provider_id: HREF.to_owned(),
        resource: Some(HREF.to_owned()),
        series: None,
        occurrence: None,
        etag: etag.map(str::to_owned),
    }
}

fn occurrence(start: &str) -> Target {
    Target {
        series: Some(HREF.to_owned()),
        occurrence: Some(at(start)),
        ..target(None)
    }
}

fn at(text: &str) -> EventTime {
    EventTime::Timed {
        at: text.parse().unwrap(),
        zone: Some("Europe/Berlin".to_owned()),
    }
}

fn person(email: &str) -> Person {
    Person {
        email: Some(email.to_owned()),
        name: None,
    }
}

fn titled(title: &str) -> Patch {
    Patch {
        title: Some(title.to_owned()),
        ..Patch::default()
    }
}

fn draft() -> Draft {
    Draft {
        title: "Design; review".to_owned(),
        description: Some("A long text that has to be folded: ä, ö and ü are two octets each, so folding counts octets. ".repeat(3)),
        location: None,
        start: at("2026-12-01T09:00:00Z"),
        end: at("2026-12-01T10:00:00Z"),
        attendees: vec![person("bo@client.example")],
        recurrence: vec!["RRULE:FREQ=WEEKLY;COUNT=3".to_owned()],
        conference: None,
        opaque: false,
    }
}

fn new(draft: Draft, notify: bool) -> Create {
    Create {
        key: KEY,
        draft,
        notify,
        like: None,
    }
}

/// A server that holds one object at [`HREF`] and takes what is written.
fn holding(data: &str) -> Script {
    Script::new(SERVER)
        .on(&format!("GET {AT}"), 200, data)
        .header(&format!("PUT {AT}"), 204, ("etag", "\"2\""))
        .on(&format!("DELETE {AT}"), 204, "")
        .header(
            "OPTIONS https://cal.example/ada/work/",
            200,
            ("dav", "1, calendar-access"),
        )
}

/// What was put, unfolded, line by line.
fn put(script: &Script) -> Vec<String> {
    let made = script.made();
    let put = made
        .iter()
        .rfind(|made| made.line.starts_with("PUT "))
        .expect("nothing was put");
    assert!(
        !put.body.replace("\r\n", "").contains(['\r', '\n']),
        "CRLF everywhere"
    );
    assert!(
        put.body.split("\r\n").all(|line| line.len() <= 75),
        "folded"
    );
    unfolded(&put.body)
}

fn unfolded(text: &str) -> Vec<String> {
    let text = text.replace("\r\n ", "").replace("\r\n\t", "");
    text.lines().map(str::to_owned).collect()
}

fn sorted<T: Into<String>>(lines: impl IntoIterator<Item = T>) -> Vec<String> {
    let mut lines: Vec<String> = lines.into_iter().map(Into::into).collect();
    lines.sort();
    lines
}

/// Lines of `now` that are not in `before`, and the other way round.
fn difference(before: &str, now: &[String]) -> (Vec<String>, Vec<String>) {
    let before = unfolded(before);
    let minus = |a: &[String], b: &[String]| {
        let mut rest = b.to_vec();
        let gone = |line: &&String| match rest.iter().position(|other| other == *line) {
            Some(place) => {
                rest.remove(place);
                false
            }
            None => true,
        };
        a.iter().filter(gone).cloned().collect::<Vec<_>>()
    };
    (sorted(minus(&before, now)), sorted(minus(now, &before)))
}

async fn update(script: &Script, target: &Target, patch: &Patch) -> Result<Written> {
    let place = place();
    Site::new(script, &place)?
        .update(target, patch, false)
        .await
}

fn events(written: &Written) -> Vec<daybook_domain::event::ProviderEvent> {
    match written.changes.as_slice() {
        [Change::Resource { events, .. }] => events.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_new_event_has_what_every_server_wants() {
    let script = Script::new(SERVER).header(&format!("PUT {OURS}"), 201, ("etag", "\"1\""));
    let place = place();
    let site = Site::new(&script, &place).unwrap();
    let written = site.create(&new(draft(), false)).await.unwrap();
    let lines = put(&script);
    let count = |line: &str| lines.iter().filter(|one| *one == line).count();
    for line in [
        "VERSION:2.0",
        "UID:01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012@daybook",
        "DTSTAMP:20261127T120000Z",
        "DTSTART;TZID=Europe/Berlin:20261201T100000",
        "DTEND;TZID=Europe/Berlin:20261201T110000",
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Berlin",
        "SUMMARY:Design\\; review",
        "TRANSP:TRANSPARENT",
        "ORGANIZER:mailto:ada@example.com",
        "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;SCHEDULE-AGENT=CLIENT:mailto:bo@client.example",
    ] {
        assert_eq!(count(line), 1, "{line}\n{lines:#?}");
    }
    assert!(lines.iter().all(|line| !line.starts_with("METHOD")));
    let made = &script.made()[0];
    assert_eq!(made.condition.as_deref(), Some("if-none-match: *"));
    assert_eq!(made.schedule_reply.as_deref(), Some("F"));
    assert_eq!(script.made().len(), 1, "a strong tag needs no second look");
    assert!(matches!(&events(&written)[0].role, Role::Master { .. }));
    assert_eq!(events(&written)[0].etag.as_deref(), Some("\"1\""));

    // With mail, the server does it.
    let script = Script::new(SERVER).header(&format!("PUT {OURS}"), 201, ("etag", "\"1\""));
    let site = Site::new(&script, &place).unwrap();
    site.create(&new(draft(), true)).await.unwrap();
    assert!(
        put(&script)
            .iter()
            .all(|line| !line.contains("SCHEDULE-AGENT"))
    );
    assert_eq!(script.made()[0].schedule_reply, None);
}

#[tokio::test]
async fn a_second_attempt_finds_the_first() {
    let place = place();
    let ours = SERIES.replace("UID:s-1", &format!("UID:{}", uid(KEY)));
    for (status, body) in [
        (412, ""),
        (
            409,
            r#"<d:error xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><c:no-uid-conflict/></d:error>"#,
        ),
        (
            403,
            r#"<d:error xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><c:no-uid-conflict/></d:error>"#,
        ),
    ] {
        let script = Script::new(SERVER)
            .on(&format!("PUT {OURS}"), status, body)
            .on(&format!("GET {OURS}"), 200, &ours);
        let site = Site::new(&script, &place).unwrap();
        let written = site.create(&new(draft(), true)).await.unwrap();
        assert_eq!(events(&written)[0].ical_uid, Some(uid(KEY)), "{status}");
    }
    // Under another name.
    let rows = format!(
        "<d:multistatus xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\">\
         <d:response><d:href>/ada/work/other.ics</d:href><d:propstat><d:prop><c:calendar-data>{SERIES}</c:calendar-data></d:prop>\
         <d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>\
         <d:response><d:href>/ada/work/mine.ics</d:href><d:propstat><d:prop><d:getetag>\"9\"</d:getetag><c:calendar-data>{ours}</c:calendar-data></d:prop>\
         <d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>"
    );
    let script = Script::new(SERVER).on(&format!("PUT {OURS}"), 409, "").on(
        "REPORT https://cal.example/ada/work/",
        207,
        &rows,
    );
    let site = Site::new(&script, &place).unwrap();
    let written = site.create(&new(draft(), true)).await.unwrap();
    assert_eq!(written.provider_id, "/ada/work/mine.ics");

    // Control: what is there is somebody else's.
    let script = Script::new(SERVER).on(&format!("PUT {OURS}"), 412, "").on(
        &format!("GET {OURS}"),
        200,
        SERIES,
    );
    let site = Site::new(&script, &place).unwrap();
    let error = site.create(&new(draft(), true)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
}

#[tokio::test]
async fn one_property_changes_and_the_rest_is_what_it_was() {
    let script = holding(SERIES);
    let written = update(&script, &target(Some("\"1\"")), &titled("Daily"))
        .await
        .unwrap();
    let (gone, new) = difference(SERIES, &put(&script));
    assert_eq!(
        gone,
        sorted([
            "DTSTAMP:20260101T000000Z",
            "SUMMARY;LANGUAGE=en:Stand-up",
            "SEQUENCE:3"
        ])
    );
    assert_eq!(
        new,
        sorted([
            "DTSTAMP:20261127T120000Z",
            "SUMMARY:Daily",
            "SEQUENCE:4",
            "LAST-MODIFIED:20261127T120000Z"
        ])
    );
    let made = script.made();
    let put = made
        .iter()
        .find(|made| made.line.starts_with("PUT"))
        .unwrap();
    assert_eq!(put.condition.as_deref(), Some("if-match: \"1\""));
    assert_eq!(events(&written)[0].details.title, "Daily");
    assert_eq!(events(&written).len(), 2);
}

#[tokio::test]
async fn another_version_is_a_conflict_before_anything_is_sent() {
    let script = Script::new(SERVER).push_ok(&format!("GET {AT}"), ("etag", "\"7\""), SERIES);
    let error = update(&script, &target(Some("\"1\"")), &titled("X"))
        .await
        .unwrap_err();
    assert_eq!((error.kind, error.status), (ErrorKind::Conflict, Some(412)));
    assert_eq!(script.lines(), [format!("GET {AT}")]);
    // A proxy's mark of weakness is no other version.
    let script = Script::new(SERVER)
        .push_ok(&format!("GET {AT}"), ("etag", "W/\"1\""), SERIES)
        .on(&format!("PUT {AT}"), 412, "");
    let error = update(&script, &target(Some("\"1\"")), &titled("X"))
        .await
        .unwrap_err();
    assert_eq!((error.kind, error.status), (ErrorKind::Conflict, Some(412)));
    assert_eq!(script.lines().len(), 2);
}

#[tokio::test]
async fn an_answer_without_a_tag_is_looked_at_and_inner_statuses_count() {
    let rewritten = SERIES.replace("PT1H", "PT2H");
    let script = Script::new(SERVER)
        .on(&format!("GET {AT}"), 200, SERIES)
        .push_ok(&format!("GET {AT}"), ("etag", "\"3\""), &rewritten)
        .on(&format!("PUT {AT}"), 204, "");
    let written = update(&script, &target(None), &titled("X")).await.unwrap();
    assert_eq!(events(&written)[0].etag.as_deref(), Some("\"3\""));
    assert_eq!(events(&written)[0].end, at("2026-12-01T10:00:00Z"));

    let inner = |status: &str| {
        format!(
            "<d:multistatus xmlns:d=\"DAV:\"><d:response><d:href>{HREF}</d:href><d:status>HTTP/1.1 {status}</d:status></d:response></d:multistatus>"
        )
    };
    let script = Script::new(SERVER)
        .on(&format!("GET {AT}"), 200, SERIES)
        .on(&format!("PUT {AT}"), 207, &inner("403 Forbidden"));
    let error = update(&script, &target(None), &titled("X"))
        .await
        .unwrap_err();
    assert_eq!((error.kind, error.status), (ErrorKind::Scope, Some(403)));
    let script = Script::new(SERVER)
        .on(&format!("GET {AT}"), 200, SERIES)
        .on(&format!("PUT {AT}"), 207, &inner("204 No Content"));
    assert!(update(&script, &target(None), &titled("X")).await.is_ok());
}

#[tokio::test]
async fn an_occurrence_gets_an_event_of_its_own_with_all_that_the_series_says() {
    let script = holding(SERIES);
    let patch = Patch {
        times: Some((at("2026-12-04T12:00:00Z"), at("2026-12-04T12:30:00Z"))),
        ..Patch::default()
    };
    let written = update(&script, &occurrence("2026-12-04T08:00:00Z"), &patch)
        .await
        .unwrap();
    let (gone, new) = difference(SERIES, &put(&script));
    assert_eq!(gone, Vec::<String>::new());
    for line in [
        "RECURRENCE-ID;TZID=W. Europe Standard Time:20261204T090000",
        "DTSTART;TZID=W. Europe Standard Time:20261204T130000",
        "DTEND;TZID=W. Europe Standard Time:20261204T133000",
        "SUMMARY;LANGUAGE=en:Stand-up",
        "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC",
        "TRIGGER:-PT15M",
        "SEQUENCE:4",
    ] {
        assert!(new.iter().any(|one| one == line), "{line}: {new:#?}");
    }
    assert!(
        new.iter()
            .all(|line| !line.starts_with("RRULE") && !line.starts_with("DURATION"))
    );
    assert_eq!(written.provider_id, format!("{HREF}#20261204T080000Z"));
    assert_eq!(events(&written).len(), 3);

    // One that has its own event is changed there.
    let script = holding(SERIES);
    let own = Target {
        provider_id: format!("{HREF}#20261203T080000Z"),
        ..occurrence("2026-12-03T08:00:00Z")
    };
    update(&script, &own, &titled("Again")).await.unwrap();
    let (gone, _) = difference(SERIES, &put(&script));
    assert_eq!(gone, sorted(["DTSTAMP:20260101T000000Z", "SUMMARY:Moved"]));

    // One that was taken out, or never was, is not there.
    for start in [
        "2026-12-02T08:00:00Z",
        "2026-12-04T09:00:00Z",
        "2027-01-01T08:00:00Z",
    ] {
        let script = holding(SERIES);
        let error = update(&script, &occurrence(start), &titled("X"))
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound, "{start}");
        assert_eq!(script.lines().len(), 1);
    }
}

#[tokio::test]
async fn an_occurrence_is_taken_out_once() {
    let place = place();
    let script = holding(SERIES);
    let site = Site::new(&script, &place).unwrap();
    let written = site
        .delete(&occurrence("2026-12-03T08:00:00Z"), false)
        .await
        .unwrap();
    let lines = put(&script);
    assert!(lines.contains(&"EXDATE;TZID=W. Europe Standard Time:20261203T090000".to_owned()));
    assert!(lines.contains(&"EXDATE;TZID=W. Europe Standard Time:20261202T090000".to_owned()));
    assert!(!lines.contains(&"SUMMARY:Moved".to_owned()));
    assert_eq!(events(&written).len(), 1);
    assert_eq!(written.provider_id, format!("{HREF}#20261203T080000Z"));

    let script = holding(SERIES);
    let site = Site::new(&script, &place).unwrap();
    site.delete(&occurrence("2026-12-02T08:00:00Z"), false)
        .await
        .unwrap();
    assert_eq!(script.lines(), [format!("GET {AT}")], "it was out already");

    let script = holding(SERIES);
    let site = Site::new(&script, &place).unwrap();
    let written = site.delete(&target(None), false).await.unwrap();
    assert!(matches!(&written.changes[..], [Change::ResourceRemoved { href }] if href == HREF));
    assert_eq!(
        script.lines(),
        [format!("GET {AT}"), format!("DELETE {AT}")]
    );
    let script = Script::new(SERVER);
    let site = Site::new(&script, &place).unwrap();
    assert!(
        site.delete(&target(Some("\"1\"")), false).await.is_ok(),
        "already gone"
    );
}

#[tokio::test]
async fn a_series_that_moves_takes_its_exceptions_along() {
    let script = holding(&SERIES.replace("COUNT=5", "UNTIL=20261205T080000Z"));
    let patch = Patch {
        times: Some((at("2026-12-02T14:30:00Z"), at("2026-12-02T15:00:00Z"))),
        ..Patch::default()
    };
    update(&script, &target(None), &patch).await.unwrap();
    let lines = put(&script);
    for line in [
        "DTSTART;TZID=W. Europe Standard Time:20261202T153000",
        "DTEND;TZID=W. Europe Standard Time:20261202T160000",
        "RRULE:FREQ=DAILY;UNTIL=20261206T143000Z",
        "EXDATE;TZID=W. Europe Standard Time:20261203T153000",
        "RECURRENCE-ID;TZID=W. Europe Standard Time:20261204T153000",
        "DTSTART;TZID=W. Europe Standard Time:20261203T140000",
    ] {
        assert!(lines.iter().any(|one| one == line), "{line}: {lines:#?}");
    }
    assert!(lines.iter().all(|line| !line.starts_with("DURATION")));

    // To whole days, and to another zone, which is defined.
    let script = holding(SERIES);
    let patch = Patch {
        times: Some((
            EventTime::AllDay("2026-12-01".parse().unwrap()),
            EventTime::AllDay("2026-12-02".parse().unwrap()),
        )),
        ..Patch::default()
    };
    update(&script, &target(None), &patch).await.unwrap();
    let lines = put(&script);
    assert!(
        lines.contains(&"EXDATE;VALUE=DATE:20261202".to_owned()),
        "{lines:#?}"
    );
    assert!(lines.contains(&"RECURRENCE-ID;VALUE=DATE:20261203".to_owned()));

    let script = holding(SERIES);
    let new_york = |text: &str| EventTime::Timed {
        at: text.parse().unwrap(),
        zone: Some("America/New_York".to_owned()),
    };
    let patch = Patch {
        times: Some((
            new_york("2026-12-01T14:00:00Z"),
            new_york("2026-12-01T15:00:00Z"),
        )),
        ..Patch::default()
    };
    update(&script, &target(None), &patch).await.unwrap();
    let lines = put(&script);
    assert!(lines.contains(&"TZID:America/New_York".to_owned()));
    assert!(lines.contains(&"TZID:W. Europe Standard Time".to_owned()));
    assert!(lines.contains(&"EXDATE;TZID=America/New_York:20261202T090000".to_owned()));
}

#[tokio::test]
async fn a_shorter_rule_drops_the_changed_occurrences_it_no_longer_has() {
    let rule = |lines: &[&str]| Patch {
        recurrence: Some(lines.iter().map(|line| (*line).to_owned()).collect()),
        ..Patch::default()
    };
    let exdate = "EXDATE;TZID=Europe/Berlin:20261202T090000";
    let script = holding(SERIES);
    let patch = rule(&["RRULE:FREQ=DAILY;UNTIL=20261202T080000Z", exdate]);
    let written = update(&script, &target(None), &patch).await.unwrap();
    assert_eq!(events(&written).len(), 1);
    assert!(
        put(&script).contains(&"TZID:Europe/Berlin".to_owned()),
        "the new label is defined"
    );
    // The same rule in other words changes no line of it.
    let script = holding(SERIES);
    update(
        &script,
        &target(None),
        &rule(&["RRULE:COUNT=5;FREQ=DAILY", exdate]),
    )
    .await
    .unwrap();
    let (gone, _) = difference(SERIES, &put(&script));
    assert_eq!(gone, sorted(["DTSTAMP:20260101T000000Z", "SEQUENCE:3"]));
    let script = holding(SERIES);
    let error = update(&script, &target(None), &rule(&["DTSTART:1"]))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (ErrorKind::Unsupported, Some("recurrence"))
    );
    let error = update(&script, &occurrence("2026-12-04T08:00:00Z"), &rule(&[]))
        .await
        .unwrap_err();
    assert_eq!(error.field, Some(Field::Recurrence));
}

#[tokio::test]
async fn an_answer_changes_one_parameter() {
    let place = place();
    let script = holding(INVITED);
    let site = Site::new(&script, &place).unwrap();
    site.respond(&target(None), ResponseStatus::Accepted, true)
        .await
        .unwrap();
    let (gone, new) = difference(INVITED, &put(&script));
    assert_eq!(
        gone,
        sorted([
            "DTSTAMP:20260101T000000Z",
            "ATTENDEE;CN=\"Lovelace, Ada\";PARTSTAT=NEEDS-ACTION;X-NUM=1:MAILTO:Ada@Example.com"
        ])
    );
    assert_eq!(
        new,
        sorted([
            "DTSTAMP:20261127T120000Z",
            "ATTENDEE;CN=\"Lovelace, Ada\";PARTSTAT=ACCEPTED;X-NUM=1:MAILTO:Ada@Example.com",
            "LAST-MODIFIED:20261127T120000Z"
        ])
    );
    let script = holding(SERIES);
    let site = Site::new(&script, &place).unwrap();
    let error = site
        .respond(&target(None), ResponseStatus::Accepted, true)
        .await
        .unwrap_err();
    assert_eq!(error.code.as_deref(), Some("not_invited"));
}

#[tokio::test]
async fn guests_that_stay_keep_their_lines_and_nobody_is_mailed_unasked() {
    let ours = INVITED.replace(
        "ORGANIZER;CN=Bo:mailto:bo@client.example",
        "ORGANIZER:mailto:ada@example.com",
    );
    let patch = Patch {
        attendees: Some(vec![
            person("BO@client.example"),
            person("di@client.example"),
        ]),
        ..Patch::default()
    };
    let script = holding(&ours);
    update(&script, &target(None), &patch).await.unwrap();
    let (gone, new) = difference(&ours, &put(&script));
    assert!(
        gone.iter().any(|line| line.contains("Lovelace")) && gone.len() == 3,
        "{gone:#?}"
    );
    assert!(new.contains(&"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;SCHEDULE-AGENT=CLIENT:mailto:di@client.example".to_owned()));

    // A server that schedules would mail Bo about it.
    let schedules = |data: &str| {
        Script::new(SERVER)
            .on(&format!("GET {AT}"), 200, data)
            .header(&format!("PUT {AT}"), 204, ("etag", "\"2\""))
            .header(
                "OPTIONS https://cal.example/ada/work/",
                200,
                ("dav", "1, calendar-auto-schedule"),
            )
    };
    let script = schedules(&ours);
    let error = update(&script, &target(None), &titled("X"))
        .await
        .unwrap_err();
    assert_eq!(error.code.as_deref(), Some("always_notifies"));
    assert!(script.lines().iter().all(|line| !line.starts_with("PUT")));
    let place = place();
    let site = Site::new(&script, &place).unwrap();
    let error = site.delete(&target(None), false).await.unwrap_err();
    assert_eq!(error.code.as_deref(), Some("always_notifies"));
    site.update(&target(None), &titled("X"), true)
        .await
        .unwrap();

    // Guests that were kept from the server stay so in quiet writes, and are given to it with the first loud one.
    let quiet = ours.replace("ATTENDEE;", "ATTENDEE;SCHEDULE-AGENT=CLIENT;");
    let script = schedules(&quiet);
    update(&script, &target(None), &titled("X")).await.unwrap();
    assert!(
        put(&script)
            .iter()
            .any(|line| line.contains("SCHEDULE-AGENT=CLIENT"))
    );
    let script = schedules(&quiet);
    let site = Site::new(&script, &place).unwrap();
    site.update(&target(None), &titled("X"), true)
        .await
        .unwrap();
    assert!(
        put(&script)
            .iter()
            .all(|line| !line.contains("SCHEDULE-AGENT"))
    );
}

#[tokio::test]
async fn preconditions_are_named() {
    for (name, kind, field) in [
        ("valid-calendar-data", ErrorKind::Unsupported, None),
        ("supported-calendar-component", ErrorKind::Unsupported, None),
        (
            "max-resource-size",
            ErrorKind::Unsupported,
            Some(Field::Description),
        ),
        (
            "max-attendees-per-instance",
            ErrorKind::Unsupported,
            Some(Field::Attendees),
        ),
        (
            "max-instances",
            ErrorKind::Unsupported,
            Some(Field::Recurrence),
        ),
        ("max-date-time", ErrorKind::Unsupported, None),
        (
            "allowed-attendee-scheduling-object-change",
            ErrorKind::Scope,
            None,
        ),
    ] {
        let body = format!(
            "<d:error xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\"><c:{name}/></d:error>"
        );
        let script = Script::new(SERVER)
            .on(&format!("GET {AT}"), 200, SERIES)
            .on(&format!("PUT {AT}"), 403, &body);
        let error = update(&script, &target(None), &titled("X"))
            .await
            .unwrap_err();
        assert_eq!((error.kind, error.code.as_deref()), (kind, Some(name)));
        assert_eq!(error.field, field, "{error}");
    }
}

#[tokio::test]
async fn nothing_is_written_to_another_server() {
    let script = Script::new(SERVER);
    let elsewhere = Target {
        resource: Some("https://evil.example/ada/work/e.ics".to_owned()),
        ..target(None)
    };
    let error = update(&script, &elsewhere, &titled("X")).await.unwrap_err();
    assert_eq!(error.code.as_deref(), Some("address"));
    let collection = Target {
        resource: Some("/ada/work/".to_owned()),
        ..target(None)
    };
    assert!(update(&script, &collection, &titled("X")).await.is_err());
    assert_eq!(script.lines(), Vec::<String>::new());
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "told in one go")]
async fn busy_times_are_read_and_a_server_that_cannot_say_is_not_asked() {
    use crate::caldav::calls::FreeBusyQuery;
    use crate::caldav::free_busy::ask_all;
    use daybook_provider_api::calendar::free_busy::Answer;
    let told = "BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\nFREEBUSY:20261201T090000Z/PT1H,20261201T080000Z/20261201T083000Z\r\n\
                FREEBUSY;FBTYPE=FREE:20261201T200000Z/PT1H\r\nFREEBUSY;FBTYPE=BUSY-TENTATIVE:20261202T090000Z/P1D\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n";
    let call = FreeBusyQuery {
        from: "2026-12-01T00:00:00Z".parse().unwrap(),
        to: "2026-12-05T00:00:00Z".parse().unwrap(),
    };
    let calendars = ["/ada/work/", "/ada/none/", "/ada/home/", "/ada/last/"].map(str::to_owned);
    let script = Script::new(SERVER)
        .on("REPORT https://cal.example/ada/work/", 200, told)
        .on("REPORT https://cal.example/ada/home/", 501, "")
        .on("REPORT https://cal.example/ada/last/", 200, told);
    let answers = ask_all(&script, &calendars, &call).await.unwrap();
    let Answer::Known(busy) = &answers[0] else {
        panic!("{answers:?}")
    };
    let busy: Vec<String> = busy
        .iter()
        .map(|one| format!("{}/{}", one.start, one.end))
        .collect();
    assert_eq!(
        busy,
        [
            "2026-12-01T08:00:00Z/2026-12-01T08:30:00Z",
            "2026-12-01T09:00:00Z/2026-12-01T10:00:00Z",
            "2026-12-02T09:00:00Z/2026-12-03T09:00:00Z"
        ]
    );
    let unknown = |word: &str| Answer::Unknown(word.to_owned());
    assert_eq!(answers[1], unknown("not_found"));
    assert_eq!(answers[2..], [Answer::CannotAsk, Answer::CannotAsk]);
    let once = async |status, body: &str| {
        let script = Script::new(SERVER).on("REPORT https://cal.example/ada/work/", status, body);
        ask_all(&script, &calendars[..1], &call).await
    };
    for (status, body) in [
        (200, ""),
        (200, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
        (207, r#"<d:multistatus xmlns:d="DAV:"/>"#),
        (403, SUPPORTED_REPORT),
        (403, ""),
        (415, ""),
    ] {
        let answers = once(status, body).await.unwrap();
        assert_eq!(answers, [Answer::CannotAsk], "{status} {body}");
    }
    let no_right = r#"<d:error xmlns:d="DAV:"><d:need-privileges/></d:error>"#;
    let answers = once(403, no_right).await.unwrap();
    assert_eq!(answers, [unknown("need-privileges")]);
    // Whoever fails is not one who cannot be asked; half an answer is none.
    let half = told.rsplit_once("END:VFREEBUSY").unwrap().0;
    for (status, body, kind) in [
        (200, "<html>", ErrorKind::Unavailable),
        (200, "????", ErrorKind::Malformed),
        (200, half, ErrorKind::Malformed),
        (503, "", ErrorKind::Unavailable),
    ] {
        let failed = once(status, body).await.unwrap_err();
        assert_eq!(failed.kind, kind, "{status} {body}");
    }
    let script = Script::new(SERVER).on("REPORT https://cal.example/ada/work/", 401, "");
    assert_eq!(
        ask_all(&script, &calendars, &call).await.unwrap_err().kind,
        ErrorKind::Auth
    );
}

const SUPPORTED_REPORT: &str = r#"<d:error xmlns:d="DAV:"><d:supported-report/></d:error>"#;

/// Any line that is no structure and not among those that a change of the title stamps.
fn any_line() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("X-CUSTOM".to_owned()),
        Just("ATTENDEE".to_owned()),
        Just("DESCRIPTION".to_owned()),
        Just("GEO".to_owned()),
        Just("CATEGORIES".to_owned()),
        "[A-Z]{1,8}(-[A-Z]{1,4})?",
        "\\PC{1,12}",
    ];
    let rest = prop_oneof![
        "(;[A-Z]{1,6}=(\"[^\"\\r\\n\\x00]{0,12}\"|[a-z^]{0,9}))?:\\PC{0,120}",
        "[^\\r\\n\\x00]{0,40}",
        Just(":äöü €€€ 😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀 \\, \\; \\n ".to_owned()),
    ];
    (name, rest)
        .prop_map(|(name, rest)| format!("{name}{rest}"))
        .prop_filter("structure", |line| {
            let name: String = line
                .split([';', ':'])
                .next()
                .unwrap_or_default()
                .trim()
                .to_uppercase();
            let own = [
                "BEGIN",
                "END",
                "UID",
                "DTSTART",
                "DTEND",
                "DURATION",
                "RECURRENCE-ID",
                "RRULE",
                "RDATE",
                "EXRULE",
                "EXDATE",
                "SUMMARY",
                "DTSTAMP",
                "SEQUENCE",
                "LAST-MODIFIED",
            ];
            !line.starts_with([' ', '\t']) && !own.contains(&name.as_str())
        })
}

fn component(inside: Vec<String>, name: &str) -> Vec<String> {
    let mut lines = vec![format!("BEGIN:{name}")];
    lines.extend(inside);
    lines.push(format!("END:{name}"));
    lines
}

prop_compose! {
    /// A file with hostile lines everywhere, folded anywhere, and a single event in the midst of it.
    fn any_file()(
        head in prop::collection::vec(any_line(), 0..5),
        body in prop::collection::vec(any_line(), 0..12),
        alarm in prop::collection::vec(any_line(), 0..4),
        strange in prop::collection::vec(any_line(), 0..4),
        zone in prop::collection::vec(any_line(), 0..4),
        place in 0_usize..12,
        fold in 20_usize..90,
        crlf in any::<bool>(),
    ) -> String {
        let mut event = body;
        for line in ["UID:u-1", "DTSTART:20261201T090000Z", "DTEND:20261201T100000Z", "SUMMARY:Old"] {
            event.insert(place.min(event.len()), line.to_owned());
        }
        event.extend(component(alarm, "VALARM"));
        let mut inside = head;
        inside.extend(component(zone, "VTIMEZONE"));
        inside.extend(component(event, "VEVENT"));
        inside.extend(component(strange, "X-STRANGE"));
        let end = if crlf { "\r\n" } else { "\n" };
        let mut text = String::new();
        for line in component(inside, "VCALENDAR") {
            let chars: Vec<char> = line.chars().collect();
            let pieces: Vec<String> = chars.chunks(fold).map(|piece| piece.iter().collect()).collect();
            text.push_str(&pieces.join(&format!("{end} ")));
            text.push_str(end);
        }
        text
    }
}

/// Every line of a file, as the tree has it, with the component it is in.
fn flat(text: &str) -> Vec<String> {
    fn walk(component: &daybook_domain::ical::Component, path: &str, out: &mut Vec<String>) {
        let path = format!("{path}/{}", component.name);
        for node in &component.nodes {
            match node {
                daybook_domain::ical::Node::Line(line) => {
                    out.push(format!("{path} {}", line.as_str()))
                }
                daybook_domain::ical::Node::Component(child) => walk(child, &path, out),
            }
        }
    }
    let mut out = Vec::new();
    for top in &Tree::parse(text.as_bytes(), &ParseLimits::default())
        .unwrap()
        .components
    {
        walk(top, "", &mut out);
    }
    out
}

proptest! {
    #[test]
    fn a_new_title_leaves_every_other_line_byte_for_byte(file in any_file(), title in "\\PC{0,90}") {
        let place = place();
        let script = Script::new(SERVER);
        let site = Site::new(&script, &place).unwrap();
        let mut object = Object::open(&file, &site.zone, None).unwrap();
        series::change_all(&mut object, &titled(&title), &site, false).unwrap();
        times::define_zones(&mut object.tree);
        let written = object.tree.to_text();
        prop_assert!(written.split("\r\n").all(|line| line.len() <= 75));
        let stamped = ["DTSTAMP", "SEQUENCE", "LAST-MODIFIED", "SUMMARY"];
        let others = |text: &str| -> Vec<String> {
            let own = |line: &String| {
                stamped.iter().any(|name| line.starts_with(&format!("/VCALENDAR/VEVENT {name}:")))
            };
            flat(text).into_iter().filter(|line| !own(line)).collect()
        };
        // A zone that a line happens to name is defined; nothing else is added, and nothing goes.
        let (before, after) = (others(&file), others(&written));
        let mut rest = before.iter();
        let mut next = rest.next();
        for line in &after {
            if Some(line) == next {
                next = rest.next();
            } else {
                prop_assert!(line.starts_with("/VCALENDAR/VTIMEZONE"), "added {line}");
            }
        }
        prop_assert_eq!(next, None, "lost");
        let read = map::read(&site.owner, HREF, None, &written);
        prop_assert_eq!((read.events.len(), read.whole), (1, true));
    }
}

/// Everything that is not the new part's own goes along, whatever other programs wrote.
#[tokio::test]
async fn a_series_that_goes_on_with_another_has_all_its_lines() {
    let theirs = SERIES
        .replacen(
            "SEQUENCE:3",
            "SEQUENCE:3\r\nCLASS:PRIVATE\r\nCATEGORIES:Client\r\nORGANIZER;CN=Ada:mailto:ada@example.com\r\n\
             ATTENDEE;CN=Bo;ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED;SCHEDULE-STATUS=1.2:mailto:bo@client.example",
            1,
        );
    let script = holding(&theirs).header(&format!("PUT {OURS}"), 201, ("etag", "\"1\""));
    let create = Create {
        key: KEY,
        draft: Draft {
            title: "Planning".to_owned(),
            start: at("2026-12-04T08:00:00Z"),
            end: at("2026-12-04T09:00:00Z"),
            recurrence: vec!["RRULE:FREQ=DAILY;COUNT=2".to_owned()],
            attendees: Vec::new(),
            ..draft()
        },
        notify: false,
        like: Some(Like {
            of: target(None),
            patch: titled("Planning"),
        }),
    };
    let place = place();
    let site = Site::new(&script, &place).unwrap();
    site.create(&create).await.unwrap();
    let lines = put(&script);
    let has = |line: &str| lines.iter().any(|own| own == line);
    for line in [
        "UID:01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012@daybook",
        "SUMMARY:Planning",
        "DTSTART;TZID=W. Europe Standard Time:20261204T090000",
        "DTEND;TZID=W. Europe Standard Time:20261204T100000",
        "RRULE:FREQ=DAILY;COUNT=2",
        "CLASS:PRIVATE",
        "CATEGORIES:Client",
        "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC",
        "TRIGGER:-PT15M",
        "X-WR-CALNAME:Work",
        "ORGANIZER;CN=Ada:mailto:ada@example.com",
        "ATTENDEE;CN=Bo;ROLE=OPT-PARTICIPANT;PARTSTAT=NEEDS-ACTION;SCHEDULE-AGENT=CLIENT:mailto:bo@client.example",
    ] {
        assert!(has(line), "{line} in {lines:#?}");
    }
    let starting = |word: &str| lines.iter().filter(|line| line.starts_with(word)).count();
    assert_eq!(
        starting("BEGIN:VEVENT"),
        1,
        "no changed occurrence of the old part"
    );
    for word in ["RECURRENCE-ID", "EXDATE", "SEQUENCE", "DURATION"] {
        assert_eq!(starting(word), 0, "{word}");
    }
}
