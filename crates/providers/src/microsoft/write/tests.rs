//! What is sent for each intent, and what the mirror is told afterwards.

use daybook_domain::event::{Draft, Person, Status};
use serde_json::{Value, json};

use super::*;
use crate::microsoft::tests::Stage;

const KEY: &str = "019ac5b0-0000-7000-8000-000000000001";
const NOTHING: &str = r#"{"value":[]}"#;

fn place() -> Place {
    Place {
        calendar: "c".to_owned(),
        default_zone: "Europe/Berlin".to_owned(),
        account_email: Some("ada@contoso.com".to_owned()),
    }
}

fn timed(at: &str, zone: Option<&str>) -> EventTime {
    EventTime::Timed {
        at: at.parse().unwrap(),
        zone: zone.map(str::to_owned),
    }
}

fn draft() -> Draft {
    Draft {
        title: "Review".to_owned(),
        description: None,
        location: None,
        start: timed("2026-12-01T09:00:00Z", Some("Europe/Berlin")),
        end: timed("2026-12-01T10:00:00Z", Some("Europe/Berlin")),
        attendees: Vec::new(),
        recurrence: Vec::new(),
        conference: None,
        opaque: true,
    }
}

fn create_of(draft: Draft) -> Create {
    Create {
        key: KEY.parse().unwrap(),
        draft,
        notify: true,
        like: None,
    }
}

fn target(id: &str) -> Target {
    Target {
        provider_id: id.to_owned(),
        resource: Some(id.to_owned()),
        series: None,
        occurrence: None,
        etag: Some("W/\"1\"".to_owned()),
    }
}

/// The second occurrence of series `s`, which has no row of its own.
fn second() -> Target {
    Target {
        occurrence: Some(timed("2026-12-08T09:00:00Z", None)),
        ..target("s")
    }
}

fn event(id: &str, more: &str) -> String {
    format!(
        r#"{{"id":"{id}","@odata.etag":"W/\"2\"","type":"singleInstance","subject":"Review","showAs":"busy","transactionId":"{KEY}","start":{{"dateTime":"2026-12-01T09:00:00.0000000","timeZone":"UTC"}},"end":{{"dateTime":"2026-12-01T10:00:00.0000000","timeZone":"UTC"}}{more}}}"#
    )
}

fn master() -> String {
    r#"{"id":"s","type":"seriesMaster","subject":"Weekly","showAs":"busy","originalStartTimeZone":"Europe/Berlin","start":{"dateTime":"2026-12-01T09:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-12-01T10:00:00","timeZone":"UTC"},
    "recurrence":{"pattern":{"type":"weekly","interval":1,"daysOfWeek":["tuesday"]},"range":{"type":"numbered","startDate":"2026-12-01","numberOfOccurrences":3}}}"#.to_owned()
}

fn view(days: &[u8]) -> String {
    let rows: Vec<String> = days
        .iter()
        .map(|day| format!(
            r#"{{"id":"s-{day}","type":"occurrence","seriesMasterId":"s","subject":"Weekly","start":{{"dateTime":"2026-12-{day:02}T09:00:00","timeZone":"UTC"}},"end":{{"dateTime":"2026-12-{day:02}T10:00:00","timeZone":"UTC"}}}}"#
        ))
        .collect();
    format!(r#"{{"value":[{}]}}"#, rows.join(","))
}

fn body(sent: &(String, String, String)) -> Value {
    serde_json::from_str(&sent.2).unwrap()
}

async fn create(stage: &Stage, draft: Draft) -> Result<Written> {
    Microsoft::new()
        .create(&stage.session(), &place(), &create_of(draft))
        .await
}

async fn update(stage: &Stage, target: &Target, patch: Patch) -> Result<Written> {
    Microsoft::new()
        .update(&stage.session(), &place(), target, &patch, true)
        .await
}

#[tokio::test]
async fn a_create_carries_its_key_twice() {
    let stage = Stage::with(&[(200, NOTHING), (201, &event("new", ""))]);
    let written = create(
        &stage,
        Draft {
            description: Some("1 < 2".to_owned()),
            location: Some("Room 4".to_owned()),
            attendees: vec![Person {
                email: Some("bo@x.example".to_owned()),
                name: Some("Bo".to_owned()),
            }],
            ..draft()
        },
    )
    .await
    .unwrap();
    assert_eq!(
        (written.provider_id.as_str(), written.conference_pending),
        ("new", false)
    );
    assert!(matches!(&written.changes[..], [Change::Resource { href, .. }] if href == "new"));
    let asked = stage.asked();
    assert_eq!(asked[0].0, "GET", "looks for its marker first");
    assert_eq!(
        (asked[1].0.as_str(), asked[1].1.as_str()),
        (
            "POST",
            "https://graph.microsoft.com/v1.0/me/calendars/c/events"
        )
    );
    assert_eq!(
        body(&asked[1]),
        json!({
            "subject": "Review",
            "start": {"dateTime": "2026-12-01T10:00:00", "timeZone": "Europe/Berlin"},
            "end": {"dateTime": "2026-12-01T11:00:00", "timeZone": "Europe/Berlin"},
            "isAllDay": false,
            "showAs": "busy",
            "transactionId": KEY,
            "singleValueExtendedProperties": [{"id": "String {66f5a359-4659-4638-81a3-d1d2b2f5c5b4} Name DaybookId", "value": KEY}],
            "body": {"contentType": "text", "content": "1 < 2"},
            "location": {"displayName": "Room 4"},
            "attendees": [{"type": "required", "emailAddress": {"address": "bo@x.example", "name": "Bo"}}],
        })
    );
}

#[tokio::test]
async fn an_earlier_attempt_is_found_and_not_repeated() {
    let found = format!(r#"{{"value":[{}]}}"#, event("first", ""));
    let stage = Stage::with(&[(200, &found)]);
    assert_eq!(create(&stage, draft()).await.unwrap().provider_id, "first");
    assert_eq!(stage.asked().len(), 1, "nothing is posted");
    // The answer of the POST was lost, and so was that of the second: the third finds it.
    let stage = Stage::with(&[(200, NOTHING)]);
    let error = create(&stage, draft()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable);
    assert_eq!(stage.asked().len(), 2, "a POST is never repeated by itself");
    stage.then(200, &found);
    assert_eq!(create(&stage, draft()).await.unwrap().provider_id, "first");
    // A duplicate that Graph refuses.
    let stage = Stage::with(&[(200, NOTHING), (409, ""), (200, &found)]);
    assert_eq!(create(&stage, draft()).await.unwrap().provider_id, "first");
    // Somebody else's event from a filter that was not understood.
    let theirs = found.replace(KEY, "bk_other");
    let stage = Stage::with(&[(200, &theirs), (201, &event("new", ""))]);
    assert_eq!(create(&stage, draft()).await.unwrap().provider_id, "new");
    let stage = Stage::with(&[(200, NOTHING)]);
    let none = Microsoft::new()
        .find(&stage.session(), &place(), KEY.parse().unwrap())
        .await;
    assert_eq!(none.unwrap(), None);
}

#[tokio::test]
async fn teams_links_only_where_there_is_teams() {
    let calendars =
        r#"{"value":[{"id":"c","allowedOnlineMeetingProviders":["teamsForBusiness"]}]}"#;
    let online = |link: &str| {
        event(
            "new",
            &format!(r#","isOnlineMeeting":true,"onlineMeeting":{link}"#),
        )
    };
    let wanted = || Draft {
        conference: Some(Conference::MicrosoftTeams),
        ..draft()
    };
    let stage = Stage::with(&[
        (200, NOTHING),
        (200, calendars),
        (201, &online(r#"{"joinUrl":null}"#)),
    ]);
    assert!(create(&stage, wanted()).await.unwrap().conference_pending);
    let sent = body(&stage.asked()[2]);
    assert_eq!(
        (&sent["isOnlineMeeting"], &sent["onlineMeetingProvider"]),
        (&json!(true), &json!("teamsForBusiness"))
    );
    stage.then(
        200,
        &online(r#"{"joinUrl":"https://teams.microsoft.com/l/1"}"#),
    );
    let read = Microsoft::new()
        .read(&stage.session(), &place(), &target("new"))
        .await
        .unwrap();
    assert!(!read.conference_pending);
    let personal = r#"{"value":[{"id":"c","allowedOnlineMeetingProviders":[]}]}"#;
    let stage = Stage::with(&[(200, NOTHING), (200, personal)]);
    assert_eq!(
        create(&stage, wanted()).await.unwrap_err().kind,
        ErrorKind::Unsupported
    );
    let stage = Stage::with(&[]);
    let zoom = Draft {
        conference: Some(Conference::Zoom),
        ..draft()
    };
    assert_eq!(
        create(&stage, zoom).await.unwrap_err().kind,
        ErrorKind::Unsupported
    );
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn whole_days_and_series() {
    let stage = Stage::with(&[(200, NOTHING), (201, &event("new", ""))]);
    let days = Draft {
        start: EventTime::AllDay("2026-12-24".parse().unwrap()),
        end: EventTime::AllDay("2026-12-27".parse().unwrap()),
        opaque: false,
        ..draft()
    };
    create(&stage, days).await.unwrap();
    let sent = body(&stage.asked()[1]);
    assert_eq!(
        sent["start"],
        json!({"dateTime": "2026-12-24T00:00:00", "timeZone": "Europe/Berlin"})
    );
    assert_eq!(
        (&sent["isAllDay"], &sent["showAs"]),
        (&json!(true), &json!("free"))
    );
    // A series in UTC would drift: it takes the calendar's zone.
    let weekly = |line: &str| Draft {
        start: timed("2026-12-01T09:00:00Z", None),
        end: timed("2026-12-01T10:00:00Z", None),
        recurrence: vec![line.to_owned()],
        ..draft()
    };
    let stage = Stage::with(&[(200, NOTHING), (201, &master()), (200, &view(&[1, 8, 15]))]);
    let written = create(&stage, weekly("RRULE:FREQ=WEEKLY;COUNT=3"))
        .await
        .unwrap();
    let sent = body(&stage.asked()[1]);
    assert_eq!(
        sent["start"],
        json!({"dateTime": "2026-12-01T10:00:00", "timeZone": "Europe/Berlin"})
    );
    assert_eq!(
        sent["recurrence"],
        json!({
            "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["tuesday"], "firstDayOfWeek": "monday"},
            "range": {"type": "numbered", "startDate": "2026-12-01", "numberOfOccurrences": 3, "recurrenceTimeZone": "Europe/Berlin"},
        })
    );
    assert!(
        matches!(&written.changes[..], [Change::Resource { href, events, .. }] if href == "s" && events.len() == 1)
    );
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_before_anything_is_sent() {
    let monthly = Draft {
        recurrence: vec!["RRULE:FREQ=MONTHLY;BYMONTHDAY=1,15".to_owned()],
        ..draft()
    };
    let stage = Stage::with(&[]);
    let error = create(&stage, monthly).await.unwrap_err();
    assert!(error.kind == ErrorKind::Unsupported && error.message.contains("BYMONTHDAY"));
    let invited = Draft {
        attendees: vec![Person::default()],
        ..draft()
    };
    let quiet = Create {
        notify: false,
        ..create_of(invited)
    };
    let error = Microsoft::new()
        .create(&stage.session(), &place(), &quiet)
        .await
        .unwrap_err();
    assert_eq!(error.code.as_deref(), Some("always_notifies"));
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn a_write_that_happened_is_never_an_error_for_what_follows() {
    let weekly = Draft {
        recurrence: vec!["RRULE:FREQ=WEEKLY;COUNT=3".to_owned()],
        ..draft()
    };
    let stage = Stage::with(&[(200, NOTHING), (201, &master()), (503, "")]);
    let written = create(&stage, weekly).await.unwrap();
    assert!(matches!(&written.changes[..], [Change::Upsert(event)] if event.provider_id == "s"));
}

#[tokio::test]
async fn an_update_sends_what_changes_and_the_version_it_is_based_on() {
    let current = event("a", r#","showAs":"oof","attendees":[{"type":"resource","emailAddress":{"address":"Room@x.example"}}]"#).replacen(r#""showAs":"busy","#, "", 1);
    let stage = Stage::with(&[(200, &current), (200, &event("a", ""))]);
    let person = |email: &str| Person {
        email: Some(email.to_owned()),
        name: None,
    };
    let patch = Patch {
        title: Some("New".to_owned()),
        location: Some(None),
        attendees: Some(vec![person("room@x.example"), person("bo@x.example")]),
        opaque: Some(true),
        times: Some((
            timed("2026-12-02T09:00:00Z", None),
            timed("2026-12-02T10:00:00Z", None),
        )),
        ..Patch::default()
    };
    update(&stage, &target("a"), patch).await.unwrap();
    let asked = stage.asked();
    assert_eq!(asked[1].0, "PATCH");
    assert!(asked[1].1.ends_with("/v1.0/me/calendars/c/events/a"));
    assert_eq!(
        body(&asked[1]),
        json!({
            "subject": "New",
            "location": {"displayName": ""},
            "attendees": [
                {"type": "resource", "emailAddress": {"address": "room@x.example"}},
                {"type": "required", "emailAddress": {"address": "bo@x.example"}},
            ],
            "start": {"dateTime": "2026-12-02T09:00:00", "timeZone": "UTC"},
            "end": {"dateTime": "2026-12-02T10:00:00", "timeZone": "UTC"},
            "isAllDay": false,
        }),
        "out of office is taken already"
    );
    let conflict = r#"{"error":{"code":"ErrorIrresolvableConflict","message":"m"}}"#;
    let stage = Stage::with(&[(200, &current), (412, conflict)]);
    let patch = Patch {
        title: Some("New".to_owned()),
        ..Patch::default()
    };
    let error = update(&stage, &target("a"), patch).await.unwrap_err();
    assert_eq!((error.kind, error.status), (ErrorKind::Conflict, Some(412)));
    // Nothing to change: nothing is sent.
    let stage = Stage::with(&[(200, &current)]);
    update(
        &stage,
        &target("a"),
        Patch {
            opaque: Some(true),
            ..Patch::default()
        },
    )
    .await
    .unwrap();
    assert_eq!(stage.asked().len(), 1);
}

#[tokio::test]
async fn the_way_to_join_stays_in_the_text() {
    let online = |html: &str| {
        event(
            "a",
            &format!(
                r#","isOnlineMeeting":true,"onlineMeeting":{{"joinUrl":"https://teams.microsoft.com/l/1?a=1&b=2"}},"body":{{"contentType":"html","content":{}}}"#,
                json!(html)
            ),
        )
    };
    let patch = || Patch {
        description: Some(Some("new <b>\ntext".to_owned())),
        ..Patch::default()
    };
    for (html, kept) in [
        (
            "<html><body><p>old</p><div>________________</div>Join here</body></html>",
            "________________</div>Join here",
        ),
        (
            "<html><body>old<div class=\"me-email-text\">Join</div></body></html>",
            "<div class=\"me-email-text\">Join</div>",
        ),
        (
            "<p>old</p>",
            "<div><a href=\"https://teams.microsoft.com/l/1?a=1&amp;b=2\">https://teams.microsoft.com/l/1?a=1&amp;b=2</a></div>",
        ),
    ] {
        let stage = Stage::with(&[(200, &online(html)), (200, &event("a", ""))]);
        update(&stage, &target("a"), patch()).await.unwrap();
        assert_eq!(
            body(&stage.asked()[1])["body"],
            json!({"contentType": "html", "content": format!("<div>new &lt;b&gt;<br>text</div>{kept}")})
        );
    }
}

#[tokio::test]
async fn one_occurrence_is_changed_by_its_own_id() {
    let changed = r#"{"id":"s-8","type":"exception","seriesMasterId":"s","subject":"Moved","originalStart":"2026-12-08T09:00:00Z","start":{"dateTime":"2026-12-09T09:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-12-09T10:00:00","timeZone":"UTC"}}"#;
    let current = view(&[8]).replace(r#"{"value":["#, "").replace("]}", "");
    let after = format!(r#"{{"value":[{changed}]}}"#);
    let stage = Stage::with(&[
        (200, &view(&[1, 8])),
        (200, &current),
        (200, changed),
        (200, &master()),
        (200, &after),
        (200, changed),
    ]);
    let patch = Patch {
        title: Some("Moved".to_owned()),
        ..Patch::default()
    };
    let written = update(&stage, &second(), patch).await.unwrap();
    assert_eq!(written.provider_id, "s-8");
    assert!(stage.asked()[2].1.ends_with("/me/calendars/c/events/s-8"));
    let Change::Resource { events, .. } = &written.changes[0] else {
        panic!();
    };
    assert_eq!(
        (events.len(), events[1].details.title.as_str()),
        (2, "Moved")
    );
    // One that is not there.
    let stage = Stage::with(&[(200, NOTHING)]);
    let error = update(&stage, &second(), Patch::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn a_series_that_moves_keeps_to_its_own_rule() {
    let moved = |day: &str| Patch {
        times: Some((
            timed(&format!("2026-12-{day}T12:00:00Z"), Some("Europe/Berlin")),
            timed(&format!("2026-12-{day}T13:00:00Z"), Some("Europe/Berlin")),
        )),
        ..Patch::default()
    };
    let stage = Stage::with(&[(200, &master()), (200, &master()), (200, &view(&[1]))]);
    update(&stage, &target("s"), moved("08")).await.unwrap();
    let sent = body(&stage.asked()[1]);
    assert_eq!(sent["recurrence"]["range"]["startDate"], "2026-12-08");
    assert_eq!(sent["start"]["dateTime"], "2026-12-08T13:00:00");
    let stage = Stage::with(&[(200, &master())]);
    let error = update(&stage, &target("s"), moved("09")).await.unwrap_err();
    assert!(error.kind == ErrorKind::Unsupported && error.message.contains("first day"));
    let stage = Stage::with(&[(200, &master()), (200, &event("s", ""))]);
    update(
        &stage,
        &target("s"),
        Patch {
            recurrence: Some(Vec::new()),
            ..Patch::default()
        },
    )
    .await
    .unwrap();
    assert_eq!(body(&stage.asked()[1]), json!({"recurrence": null}));
}

#[tokio::test]
async fn deleting_what_is_gone_is_success() {
    let gone = r#"{"error":{"code":"ErrorItemNotFound","message":"m"}}"#;
    for answer in [(204, ""), (404, gone)] {
        let stage = Stage::with(&[answer]);
        let written = Microsoft::new()
            .delete(&stage.session(), &place(), &target("a"), true)
            .await
            .unwrap();
        assert_eq!(written.changes, [removed("a")]);
    }
    let stage = Stage::with(&[
        (200, &view(&[1, 8, 15])),
        (204, ""),
        (200, &master()),
        (200, &view(&[1, 15])),
    ]);
    let written = Microsoft::new()
        .delete(&stage.session(), &place(), &second(), true)
        .await
        .unwrap();
    assert!(stage.asked()[1].1.ends_with("/me/calendars/c/events/s-8"));
    let Change::Resource { events, .. } = &written.changes[0] else {
        panic!();
    };
    assert!(format!("{:?}", events[0].role).contains("EXDATE:20261208T090000Z"));
    let stage = Stage::with(&[(200, NOTHING), (404, gone)]);
    let written = Microsoft::new()
        .delete(&stage.session(), &place(), &second(), true)
        .await
        .unwrap();
    assert_eq!(written.changes, [removed("s")]);
    let stage = Stage::with(&[(412, "")]);
    let error = Microsoft::new()
        .delete(&stage.session(), &place(), &target("a"), true)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
}

#[tokio::test]
async fn answers_to_invitations() {
    let gone = r#"{"error":{"code":"ErrorItemNotFound","message":"m"}}"#;
    let invited = event(
        "a",
        r#","responseStatus":{"response":"tentativelyAccepted"}"#,
    );
    let respond = async |stage: &Stage, answer| {
        Microsoft::new()
            .respond(&stage.session(), &place(), &target("a"), answer, false)
            .await
    };
    let stage = Stage::with(&[(202, ""), (200, &invited)]);
    let written = respond(&stage, ResponseStatus::Tentative).await.unwrap();
    let Change::Resource { events, .. } = &written.changes[0] else {
        panic!();
    };
    assert_eq!(
        (events[0].response_status, events[0].status),
        (ResponseStatus::Tentative, Status::Confirmed)
    );
    let asked = stage.asked();
    assert!(asked[0].1.ends_with("/me/events/a/tentativelyAccept"));
    assert_eq!(body(&asked[0]), json!({"sendResponse": false}));
    let stage = Stage::with(&[(202, ""), (404, gone)]);
    let written = respond(&stage, ResponseStatus::Declined).await.unwrap();
    assert_eq!(written.changes, [removed("a")]);
    let organizer = r#"{"error":{"code":"ErrorInvalidRequest","message":"m"}}"#;
    let stage = Stage::with(&[(400, organizer)]);
    assert_eq!(
        respond(&stage, ResponseStatus::Accepted)
            .await
            .unwrap_err()
            .kind,
        ErrorKind::Unsupported
    );
    let stage = Stage::with(&[]);
    assert_eq!(
        respond(&stage, ResponseStatus::Organizer)
            .await
            .unwrap_err()
            .kind,
        ErrorKind::Unsupported
    );
}
