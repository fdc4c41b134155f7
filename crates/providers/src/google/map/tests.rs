//! Every class of event, every oddity, and anything at all.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::google::wire::Events;

const OWNER: Owner<'_> = Owner {
    email: Some("ada@example.com"),
    zone: "Europe/Berlin",
};

fn classes() -> Vec<Change> {
    let page = Events::parse(include_bytes!("../fixtures/event_classes.json")).unwrap();
    page.items
        .into_iter()
        .map(|event| change(event, &OWNER).unwrap())
        .collect()
}

fn class(id: &str) -> ProviderEvent {
    let found = classes().into_iter().find_map(|change| match change {
        Change::Upsert(event) if event.provider_id == id => Some(*event),
        _ => None,
    });
    found.unwrap()
}

fn timed(at: &str, zone: Option<&str>) -> EventTime {
    EventTime::Timed {
        at: at.parse().unwrap(),
        zone: zone.map(str::to_owned),
    }
}

fn day(date: &str) -> EventTime {
    EventTime::AllDay(date.parse().unwrap())
}

#[test]
fn a_series_with_everything() {
    let event = class("5k2");
    let lines = [
        "RRULE:FREQ=WEEKLY;BYDAY=TU",
        "EXDATE;TZID=Europe/Berlin:20261208T100000",
    ];
    assert_eq!(
        event.role,
        Role::Master {
            recurrence: lines.map(str::to_owned).to_vec()
        }
    );
    assert_eq!(
        event.start,
        timed("2026-12-01T09:00:00Z", Some("Europe/Berlin"))
    );
    assert_eq!(
        event.end,
        timed("2026-12-01T10:00:00Z", Some("Europe/Berlin"))
    );
    assert_eq!(
        (event.etag.as_deref(), event.ical_uid.as_deref()),
        (Some("\"3456\""), Some("5k2@google.com"))
    );
    assert_eq!(event.response_status, ResponseStatus::Accepted);
    assert_eq!(
        event.updated_at,
        Some("2026-11-03T09:12:44.120Z".parse().unwrap())
    );
    let details = &event.details;
    assert_eq!(
        (details.title.as_str(), details.description.as_deref()),
        ("Design review", Some("may contain HTML\nsecond & line"))
    );
    assert_eq!(
        details.meeting_url.as_deref(),
        Some("https://meet.google.com/abc-mnop-xyz")
    );
    assert_eq!(
        details.organizer.as_ref().unwrap().email.as_deref(),
        Some("ada@example.com")
    );
    assert_eq!(
        details.attendees[1].person.email.as_deref(),
        Some("bo@client.example")
    );
    assert_eq!(
        details.attendees[1].response_status,
        ResponseStatus::NeedsAction
    );
    assert_eq!(details.categories, ["Tomato"]);
    assert!(event.is_busy());
}

#[test]
fn exceptions_are_known_by_their_original_start() {
    let moved = class("5k2_20261215T090000Z");
    let original_start = timed("2026-12-15T09:00:00Z", Some("Europe/Berlin"));
    assert_eq!(
        moved.role,
        Role::Override {
            series: "5k2".to_owned(),
            original_start,
            this_and_future: false
        }
    );
    assert_eq!(moved.start, timed("2026-12-16T13:00:00Z", None));

    let hole = class("5k2_20261222T090000Z");
    let original_start = timed("2026-12-22T09:00:00Z", Some("Europe/Berlin"));
    assert_eq!((&hole.start, &hole.end), (&original_start, &original_start));
    assert_eq!(
        hole.role,
        Role::Override {
            series: "5k2".to_owned(),
            original_start,
            this_and_future: false
        }
    );
    assert_eq!(hole.status, Status::Cancelled);
    assert!(!hole.is_busy());

    let gone = Change::Removed {
        provider_id: "deleted".to_owned(),
    };
    assert_eq!(classes().last(), Some(&gone));
}

#[test]
fn what_blocks_time_and_what_does_not() {
    for (id, busy) in [
        ("5k2", true),
        ("allday", false),
        ("declined", false),
        ("maybe", true),
        ("home", false),
        ("cake", false),
        ("private", true),
        ("endless", true),
        ("nulls", true),
        ("future", true),
    ] {
        assert_eq!(class(id).is_busy(), busy, "{id}");
    }
    assert_eq!(class("declined").response_status, ResponseStatus::Declined);
    assert_eq!(class("maybe").response_status, ResponseStatus::Tentative);
    assert_eq!(class("maybe").status, Status::Tentative);
    assert_eq!(class("private").response_status, ResponseStatus::Organizer);
    assert!(
        class("home").informational
            && class("cake").informational
            && !class("private").informational
    );
}

#[test]
fn dates_and_ends() {
    assert_eq!(
        (class("allday").start, class("allday").end),
        (day("2026-12-24"), day("2026-12-27"))
    );
    let endless = class("endless");
    assert_eq!(endless.start, endless.end);
    let local = class("nulls");
    assert_eq!(
        local.start,
        timed("2026-12-09T15:00:00Z", Some("America/New_York"))
    );
    assert_eq!(local.details.title, "");
    let future = class("future");
    assert_eq!(
        (&future.start, &future.end),
        (&day("9999-12-31"), &day("9999-12-31"))
    );
    assert_eq!(future.status, Status::Confirmed);
    assert_eq!(
        (future.details.html_url, future.details.categories),
        (None, Vec::new())
    );
}

#[test]
fn ways_to_join() {
    assert_eq!(
        class("maybe").details.meeting_url.as_deref(),
        Some("https://acme.zoom.us/j/1")
    );
    assert_eq!(
        class("pending").details.meeting_url.as_deref(),
        Some("https://teams.microsoft.com/l/meetup-join/x")
    );
    assert_eq!(class("private").details.meeting_url, None);
}

#[test]
fn links_in_place_and_text() {
    for (place, said, found) in text::INVITATIONS {
        let event = json!({"id": "e", "start": {"date": "2026-12-01"}, "location": place, "description": said});
        let Ok(Change::Upsert(event)) = change(wire::Event::of(event).unwrap(), &OWNER) else {
            panic!("{said}");
        };
        assert_eq!(event.details.meeting_url.as_deref(), found, "{said}");
    }
}

#[test]
fn private_events_are_marked() {
    for (visibility, private) in [
        ("default", false),
        ("public", false),
        ("private", true),
        ("confidential", true),
    ] {
        let event = json!({"id": "e", "start": {"date": "2026-12-01"}, "summary": "S", "visibility": visibility});
        let Ok(Change::Upsert(event)) = change(wire::Event::of(event).unwrap(), &OWNER) else {
            panic!("{visibility}");
        };
        assert_eq!(event.details.private, private, "{visibility}");
        assert_eq!(event.details.title, "S");
    }
}

#[test]
fn whose_answer_counts() {
    let answered = |event: Value| {
        let mut event = event;
        event["id"] = json!("x");
        event["start"] = json!({"date": "2026-12-01"});
        let event = serde_json::from_value(event).unwrap();
        match change(event, &OWNER).unwrap() {
            Change::Upsert(event) => event.response_status,
            other => panic!("{other:?}"),
        }
    };
    use ResponseStatus::*;
    assert_eq!(answered(json!({})), Organizer);
    assert_eq!(answered(json!({"organizer": {"self": true}})), Organizer);
    assert_eq!(
        answered(json!({"organizer": {"email": "bo@x.example"}})),
        NeedsAction
    );
    assert_eq!(
        answered(json!({"attendees": [{"email": "bo@x.example", "responseStatus": "declined"}]})),
        NeedsAction
    );
    let own = |status: &str| json!({"organizer": {"self": true}, "attendees": [{"self": true, "responseStatus": status}]});
    assert_eq!(answered(own("accepted")), Accepted);
    assert_eq!(answered(own("declined")), Declined);
    assert_eq!(
        answered(
            json!({"attendees": [{"email": "ADA@example.com", "responseStatus": "accepted"}]})
        ),
        Accepted
    );
}

#[test]
fn odd_events_do_not_hide_the_others() {
    let page = Events::parse(include_bytes!("../fixtures/odd_events.json")).unwrap();
    assert_eq!(page.next_sync_token.as_deref(), Some("s"));
    assert_eq!(page.unreadable, ["badstart"]);
    let (mut kept, mut kept_as_is) = (Vec::new(), Vec::new());
    for event in page.items {
        match change(event, &OWNER) {
            Ok(Change::Upsert(event)) => kept.push(*event),
            Ok(other) => panic!("{other:?}"),
            Err(id) => kept_as_is.push(id),
        }
    }
    let ids: Vec<_> = kept
        .iter()
        .map(|event| event.provider_id.as_str())
        .collect();
    assert_eq!(
        ids,
        [
            "good",
            "typed",
            "backwards",
            "mixed",
            "end-of-time",
            "twice"
        ]
    );
    let known = |id: &str| Some(id.to_owned());
    assert_eq!(
        kept_as_is,
        [known("nostart"), known("baddate"), known("hole"), None]
    );
    assert!(kept[1].details.attendees.is_empty() && kept[1].details.title.is_empty());
    assert_eq!(kept[2].start, kept[2].end);
    assert_eq!(kept[3].end, day("2026-12-02"));
    assert_eq!(
        kept[4].start,
        EventTime::Timed {
            at: Timestamp::MAX,
            zone: None
        }
    );
}

#[test]
fn what_is_no_page_of_events() {
    for bad in [
        "",
        "{}",
        "[]",
        "null",
        "7",
        "<html>",
        "{\"items\":[",
        "{\"items\":{}}",
        "{\"kind\":\"calendar#event\"}",
        "{\"items\":null}",
    ] {
        assert_eq!(Events::parse(bad.as_bytes()), None, "{bad}");
    }
    assert!(
        Events::parse(b"{\"kind\":\"calendar#events\",\"nextPageToken\":\"p\"}")
            .unwrap()
            .items
            .is_empty()
    );
    let deep = format!(
        "{{\"items\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert_eq!(Events::parse(deep.as_bytes()), None);
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("cancelled".to_owned()),
        Just("2026-12-01".to_owned()),
        Just("9999-12-31T23:59:60Z".to_owned()),
        Just("-009999-01-01T00:00:00+23:59".to_owned()),
        Just("Europe/Berlin".to_owned()),
        Just("RRULE:FREQ=DAILY".to_owned()),
        Just("<p>&#x1F600;</p".to_owned()),
        Just("https://zoom.us/j/1".to_owned()),
        Just("11".to_owned()),
        ".{0,20}",
    ]
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words().prop_map(Value::from),
    ];
    let fields = prop::sample::select(vec![
        "id",
        "status",
        "start",
        "end",
        "date",
        "dateTime",
        "timeZone",
        "recurrence",
        "recurringEventId",
        "originalStartTime",
        "attendees",
        "organizer",
        "self",
        "email",
        "responseStatus",
        "location",
        "description",
        "hangoutLink",
        "conferenceData",
        "entryPoints",
        "entryPointType",
        "uri",
        "colorId",
        "updated",
        "summary",
    ]);
    leaf.prop_recursive(4, 48, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((fields.clone(), inner), 0..12).prop_map(|pairs| pairs
                .into_iter()
                .map(|(k, v)| (k.to_owned(), v))
                .collect::<Value>()),
        ]
    })
}

proptest! {
    #[test]
    fn mapping_anything_never_panics_and_ends_never_precede_starts(items in prop::collection::vec(anything(), 0..4)) {
        let body = json!({"kind": "calendar#events", "items": items}).to_string();
        for event in Events::parse(body.as_bytes()).unwrap().items {
            if let Ok(Change::Upsert(event)) = change(event, &OWNER) {
                match (&event.start, &event.end) {
                    (EventTime::Timed { at, .. }, EventTime::Timed { at: end, .. }) => prop_assert!(at <= end),
                    (EventTime::AllDay(first), EventTime::AllDay(end)) => prop_assert!(first <= end),
                    mixed => prop_assert!(false, "{mixed:?}"),
                }
            }
        }
    }

    #[test]
    fn text_of_anything_never_panics(text in "[<>&;#a-z/ßäü\\n ]{0,60}|.{0,60}") {
        let _ = super::text::plain(&text);
        let _ = super::text::meeting_link(&text);
    }
}
