#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    reason = "tests, told as stories"
)]
//! Writing at Google, against the simulator: over HTTP, and with answers that never come.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use daybook_domain::clock::SeededIds;
use daybook_domain::event::{
    Change, Conference, Draft, EventTime, Patch, Person, ProviderEvent, ResponseStatus, Role,
    Status,
};
use daybook_provider_api::calendar::free_busy::Answer;
use daybook_provider_api::calendar::write::{Create, Place, Target, Written};
use daybook_provider_api::calendar::{EventWriter, FreeBusy};
use daybook_provider_api::egress::EgressConfig;
use daybook_provider_api::error::{ErrorKind, Field};
use daybook_provider_api::registry::Provider;
use daybook_provider_api::{Credential, Egress, Session};
use daybook_providers::google::Google;
use daybook_sandbox::fault::{Fault, Rule};
use daybook_sandbox::google::{Config, GoogleSim, Role as Access, Seed};
use daybook_sandbox::{Running, Sandbox};
use daybook_testkit::{Gate, SimClock, SimTransport};
use uuid::Uuid;

const ADA: &str = "ada@northwind.example";
const TEAM: &str = "team#1@group.example";
const KEY: Uuid = Uuid::from_u128(0x0193_6f2e_7c1a_7d3e_9a4b_5c6d_7e8f_9012);
const EVENTS: &str = "/calendar/v3/calendars/*";
const SCOPES: &[&str] = &[
    "https://www.googleapis.com/auth/calendar.readonly",
    "https://www.googleapis.com/auth/calendar.events",
];

fn config() -> Config {
    let spec = "../../../shared/specs/google-calendar.json";
    Config {
        // Where the provider's own description is at hand, every request is held against it.
        spec_path: Some(Path::new(env!("CARGO_MANIFEST_DIR")).join(spec)),
        ..Config::default()
    }
}

fn furnish(google: &GoogleSim) -> String {
    google.add_person(ADA, "Ada", "Europe/Berlin");
    google.add_calendar(ADA, TEAM, "Team");
    google.access_token(ADA, SCOPES)
}

/// The simulator on a port of this machine.
struct Http {
    running: Running,
    egress: Egress,
    token: String,
}

impl Http {
    async fn start(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = config();
        change(&mut config);
        let sandbox = Sandbox {
            google: config,
            seed: Seed::Empty,
            ..Sandbox::default()
        };
        let running = sandbox
            .start(IpAddr::V4(Ipv4Addr::LOCALHOST))
            .await
            .unwrap();
        let token = furnish(&running.google);
        let allowed = EgressConfig {
            allow_private: true,
            ..EgressConfig::default()
        };
        let clock = Arc::new(daybook_domain::clock::SystemClock);
        let egress = Egress::new(allowed, clock, Arc::new(SeededIds::new(1))).unwrap();
        Self {
            running,
            egress,
            token,
        }
    }

    fn google(&self) -> &GoogleSim {
        &self.running.google
    }

    fn session(&self) -> Session<'_> {
        session(&self.egress, &self.running.google_base, &self.token)
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.google().desk().violations(), []);
        }
    }
}

fn session<'a>(egress: &'a Egress, base: &str, token: &str) -> Session<'a> {
    let at = GoogleSim::endpoints(base);
    let credential = Credential::Bearer(token.to_owned().into());
    Session::new(
        egress,
        "google",
        "ada".to_owned(),
        at.api_url,
        None,
        credential,
    )
}

fn writer() -> &'static dyn EventWriter {
    static GOOGLE: Google = Google::new();
    GOOGLE.calendar().unwrap().writer().unwrap()
}

fn place() -> Place {
    Place {
        calendar: TEAM.to_owned(),
        default_zone: "Europe/Berlin".to_owned(),
        account_email: Some(ADA.to_owned()),
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

fn create(change: impl FnOnce(&mut Draft)) -> Create {
    let mut draft = Draft {
        title: "Design review".to_owned(),
        description: Some("Bring <b>drawings</b>".to_owned()),
        location: Some("Room 4".to_owned()),
        start: at("2026-12-01T09:00:00Z"),
        end: at("2026-12-01T10:00:00Z"),
        attendees: Vec::new(),
        recurrence: Vec::new(),
        conference: None,
        opaque: true,
    };
    change(&mut draft);
    Create {
        key: KEY,
        draft,
        notify: false,
        like: None,
    }
}

fn weekly() -> Create {
    create(|draft| draft.recurrence = vec!["RRULE:FREQ=WEEKLY;COUNT=4".to_owned()])
}

fn event(written: &Written) -> ProviderEvent {
    match written.changes.as_slice() {
        [Change::Upsert(event)] => event.as_ref().clone(),
        other => panic!("{other:?}"),
    }
}

fn target(written: &Written) -> Target {
    Target {
        provider_id: written.provider_id.clone(),
        resource: None,
        series: None,
        occurrence: None,
        etag: event(written).etag,
    }
}

fn titled(title: &str) -> Patch {
    Patch {
        title: Some(title.to_owned()),
        ..Patch::default()
    }
}

#[tokio::test]
async fn the_same_key_makes_one_event_however_often_the_answer_is_lost() {
    let http = Http::start(|_| {}).await;
    let session = http.session();
    // The request takes effect, the answer is lost, and so is that of the repetition.
    http.google()
        .desk()
        .add(Rule::on(EVENTS, Fault::ResetAfter).method("POST").times(2));
    let lost = writer().create(&session, &place(), &create(|_| {})).await;
    assert_eq!(lost.unwrap_err().kind, ErrorKind::Unavailable);
    assert_eq!(http.google().snapshot(TEAM).len(), 1, "it was committed");
    let found = writer().find(&session, &place(), KEY).await.unwrap();
    let again = writer()
        .create(&session, &place(), &create(|_| {}))
        .await
        .unwrap();
    assert_eq!(found.unwrap().provider_id, again.provider_id);
    assert_eq!(again.provider_id, KEY.simple().to_string());
    let events = http.google().snapshot(TEAM);
    assert_eq!(events.len(), 1);
    let made = event(&again);
    assert_eq!(made.details.title, "Design review");
    assert_eq!(made.etag.as_deref(), Some(events[0].etag.as_str()));
    // Control: another key is another event.
    let other = Create {
        key: Uuid::from_u128(7),
        ..create(|_| {})
    };
    writer().create(&session, &place(), &other).await.unwrap();
    assert_eq!(http.google().snapshot(TEAM).len(), 2);
    assert!(
        writer()
            .find(&session, &place(), Uuid::from_u128(8))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn an_answer_that_never_comes_is_asked_for_again() {
    let clock = SimClock::at("2026-11-27T12:00:00Z".parse().unwrap());
    let google = GoogleSim::new(config(), Arc::new(clock.clone()), Seed::Empty);
    let token = furnish(&google);
    let hosts = BTreeMap::from([("google.test", google.router())]);
    let transport = SimTransport::new(hosts, clock.clone(), Arc::new(Gate::default()));
    let egress = Egress::with_transport(
        EgressConfig {
            allow_private: true,
            ..EgressConfig::default()
        },
        Arc::new(clock),
        Arc::new(SeededIds::new(1)),
        Arc::new(transport),
    );
    let session = session(&egress, "http://google.test", &token);
    for fault in [Fault::DropResponse, Fault::ResetMidBody, Fault::Truncated] {
        google
            .desk()
            .add(Rule::on(EVENTS, fault).method("POST").times(1));
    }
    let mut tries = 0;
    let written = loop {
        tries += 1;
        match writer().create(&session, &place(), &create(|_| {})).await {
            Ok(written) => break written,
            Err(error) => assert!(
                matches!(error.kind, ErrorKind::Unavailable | ErrorKind::Malformed),
                "{error}"
            ),
        }
        assert!(tries < 5);
    };
    assert!(tries >= 2, "the answers were lost");
    assert_eq!(google.snapshot(TEAM).len(), 1);
    assert_eq!(event(&written).provider_id, KEY.simple().to_string());
    assert_eq!(google.desk().violations(), []);
}

#[tokio::test]
async fn an_id_that_was_deleted_or_is_somebody_elses_is_not_success() {
    let http = Http::start(|_| {}).await;
    let session = http.session();
    let made = writer()
        .create(&session, &place(), &create(|_| {}))
        .await
        .unwrap();
    http.google().delete_event(TEAM, &made.provider_id);
    let gone = writer()
        .create(&session, &place(), &create(|_| {}))
        .await
        .unwrap_err();
    assert_eq!(gone.kind, ErrorKind::Gone);
    assert!(
        writer()
            .find(&session, &place(), KEY)
            .await
            .unwrap()
            .is_none()
    );
    let strange = serde_json::json!({"id": Uuid::from_u128(9).simple().to_string(), "summary": "Not ours",
        "start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"}});
    if http
        .google()
        .put_event(TEAM, &strange)
        .is_ok_and(|id| id == Uuid::from_u128(9).simple().to_string())
    {
        let other = Create {
            key: Uuid::from_u128(9),
            ..create(|_| {})
        };
        let taken = writer()
            .create(&session, &place(), &other)
            .await
            .unwrap_err();
        assert_eq!(
            (taken.kind, taken.code.as_deref()),
            (ErrorKind::Conflict, Some("id_taken"))
        );
    }
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_a_stale_version_nothing() {
    let http = Http::start(|_| {}).await;
    let session = http.session();
    let guests = ["bo@client.example", "cy@client.example"];
    let made = writer()
        .create(
            &session,
            &place(),
            &create(|draft| draft.attendees = guests.map(person).to_vec()),
        )
        .await
        .unwrap();
    // Bo accepts, with a remark, behind our back.
    let answered = serde_json::json!({"colorId": "9", "attendees": [
        {"email": "bo@client.example", "responseStatus": "accepted", "comment": "late", "optional": true},
        {"email": "cy@client.example", "responseStatus": "declined"}]});
    http.google()
        .edit_event(TEAM, &made.provider_id, &answered)
        .unwrap();
    let stale = writer()
        .update(&session, &place(), &target(&made), &titled("X"), false)
        .await
        .unwrap_err();
    assert_eq!((stale.kind, stale.status), (ErrorKind::Conflict, Some(412)));

    let fresh = writer()
        .read(&session, &place(), &target(&made))
        .await
        .unwrap();
    let patch = Patch {
        location: Some(None),
        attendees: Some(vec![
            person("BO@client.example"),
            person("di@client.example"),
        ]),
        times: Some((
            EventTime::AllDay("2026-12-24".parse().unwrap()),
            EventTime::AllDay("2026-12-27".parse().unwrap()),
        )),
        ..Patch::default()
    };
    let changed = writer()
        .update(&session, &place(), &target(&fresh), &patch, true)
        .await
        .unwrap();
    let event = event(&changed);
    assert_eq!(event.details.title, "Design review");
    assert_eq!(event.details.location, None);
    assert_eq!(event.details.categories, ["Blueberry"]);
    assert_eq!(
        event.start,
        EventTime::AllDay("2026-12-24".parse().unwrap())
    );
    let answers: Vec<_> = event
        .details
        .attendees
        .iter()
        .map(|one| (one.person.email.clone().unwrap(), one.response_status))
        .collect();
    assert_eq!(
        answers,
        [
            ("bo@client.example".to_owned(), ResponseStatus::Accepted),
            ("di@client.example".to_owned(), ResponseStatus::NeedsAction)
        ]
    );
    let writes: Vec<String> = http
        .google()
        .desk()
        .requests()
        .into_iter()
        .filter(|request| matches!(request.method.as_str(), "POST" | "PATCH"))
        .map(|request| request.query)
        .collect();
    assert!(
        writes
            .iter()
            .all(|query| query.contains("conferenceDataVersion=1"))
    );
    assert!(writes[0].contains("sendUpdates=none"));
    assert!(writes.last().unwrap().contains("sendUpdates=all"));
}

#[tokio::test]
async fn one_occurrence_is_found_changed_and_removed() {
    let http = Http::start(|_| {}).await;
    let session = http.session();
    let series = writer()
        .create(&session, &place(), &weekly())
        .await
        .unwrap();
    let one = |start: &str| Target {
        series: Some(series.provider_id.clone()),
        occurrence: Some(at(start)),
        ..target(&series)
    };
    let second = one("2026-12-08T09:00:00Z");
    let moved = Patch {
        times: Some((at("2026-12-08T13:00:00Z"), at("2026-12-08T14:00:00Z"))),
        ..Patch::default()
    };
    let changed = writer()
        .update(&session, &place(), &second, &moved, false)
        .await
        .unwrap();
    let own = event(&changed);
    assert!(
        matches!(&own.role, Role::Override { series: of, original_start, .. }
            if *of == series.provider_id && *original_start == at("2026-12-08T09:00:00Z")),
        "{:?}",
        own.role
    );
    assert_eq!(own.start, at("2026-12-08T13:00:00Z"));

    // By the override's own id.
    let direct = Target {
        provider_id: changed.provider_id.clone(),
        etag: own.etag.clone(),
        ..second.clone()
    };
    let again = writer()
        .update(&session, &place(), &direct, &titled("Moved"), false)
        .await
        .unwrap();
    assert_eq!(event(&again).details.title, "Moved");

    let third = one("2026-12-15T09:00:00Z");
    for _ in 0..2 {
        let removed = writer()
            .delete(&session, &place(), &third, false)
            .await
            .unwrap();
        assert_eq!(event(&removed).status, Status::Cancelled);
    }
    let never = writer()
        .update(
            &session,
            &place(),
            &one("2026-12-09T09:00:00Z"),
            &titled("X"),
            false,
        )
        .await
        .unwrap_err();
    assert_eq!(never.code.as_deref(), Some("no_occurrence"));
    let left = http.google().snapshot(TEAM);
    assert_eq!(left.len(), 3, "the series, a moved one and a hole");

    let whole = Target {
        etag: None,
        ..target(&series)
    };
    for _ in 0..2 {
        let removed = writer()
            .delete(&session, &place(), &whole, false)
            .await
            .unwrap();
        assert_eq!(
            removed.changes,
            [Change::Removed {
                provider_id: series.provider_id.clone()
            }]
        );
    }
    assert_eq!(http.google().snapshot(TEAM), []);
    // Gone is success only while the calendar itself answers.
    let nowhere = Place {
        calendar: "gone@group.example".to_owned(),
        ..place()
    };
    let error = writer()
        .delete(&session, &nowhere, &whole, false)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn an_invitation_is_answered_for_the_owner_alone() {
    let http = Http::start(|_| {}).await;
    let session = http.session();
    let invited = create(|draft| draft.attendees = [ADA, "bo@client.example"].map(person).to_vec());
    let made = writer().create(&session, &place(), &invited).await.unwrap();
    let answered = writer()
        .respond(
            &session,
            &place(),
            &target(&made),
            ResponseStatus::Declined,
            false,
        )
        .await
        .unwrap();
    let event = event(&answered);
    assert_eq!(event.response_status, ResponseStatus::Declined);
    assert_eq!(
        event.details.attendees[1].response_status,
        ResponseStatus::NeedsAction
    );
    let alone = Create {
        key: Uuid::from_u128(7),
        ..create(|_| {})
    };
    let alone = writer().create(&session, &place(), &alone).await.unwrap();
    let error = writer()
        .respond(
            &session,
            &place(),
            &target(&alone),
            ResponseStatus::Accepted,
            false,
        )
        .await
        .unwrap_err();
    assert_eq!(error.code.as_deref(), Some("not_invited"));
}

#[tokio::test]
async fn a_meeting_link_is_pending_until_it_is_there() {
    let http = Http::start(|_| {}).await;
    let session = http.session();
    let meet = create(|draft| draft.conference = Some(Conference::GoogleMeet));
    let made = writer().create(&session, &place(), &meet).await.unwrap();
    assert!(made.conference_pending);
    assert_eq!(event(&made).details.meeting_url, None);
    let mut reads = 0;
    let ready = loop {
        let target = Target {
            etag: None,
            ..target(&made)
        };
        let read = writer().read(&session, &place(), &target).await.unwrap();
        reads += 1;
        if !read.conference_pending {
            break read;
        }
        assert!(reads < 5);
    };
    let url = event(&ready).details.meeting_url.unwrap();
    assert!(url.starts_with("https://meet.google.com/"), "{url}");
    // Another change leaves the link alone.
    let renamed = writer()
        .update(
            &session,
            &place(),
            &target(&ready),
            &titled("Renamed"),
            false,
        )
        .await
        .unwrap();
    assert_eq!(event(&renamed).details.meeting_url, Some(url));
}

#[tokio::test]
async fn refusals_say_who_and_what() {
    let http = Http::start(|_| {}).await;
    let session = http.session();
    let backwards = create(|draft| draft.end = at("2026-12-01T08:00:00Z"));
    let error = writer()
        .create(&session, &place(), &backwards)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unsupported);
    assert_eq!(error.field, Some(Field::End), "{error}");
    let nobody = create(|draft| draft.attendees = vec![person("nobody")]);
    let error = writer()
        .create(&session, &place(), &nobody)
        .await
        .unwrap_err();
    assert_eq!(error.field, Some(Field::Attendee(0)), "{error}");

    http.google()
        .add_person("bob@northwind.example", "Bob", "UTC");
    let theirs = "theirs@group.example";
    http.google()
        .add_calendar("bob@northwind.example", theirs, "Theirs");
    http.google().share(theirs, ADA, Access::Reader);
    let theirs = Place {
        calendar: theirs.to_owned(),
        ..place()
    };
    let error = writer()
        .create(&session, &theirs, &create(|_| {}))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (ErrorKind::Scope, Some("requiredAccessLevel"))
    );
}

#[tokio::test]
async fn busy_times_over_many_months_and_calendars() {
    static GOOGLE: Google = Google::new();
    let http = Http::start(|_| {}).await;
    let session = http.session();
    // Over the end of the first 31 days.
    let long = create(|draft| {
        draft.start = at("2026-12-31T22:00:00Z");
        draft.end = at("2027-01-01T03:00:00Z");
    });
    writer().create(&session, &place(), &long).await.unwrap();
    let free: &dyn FreeBusy = GOOGLE.calendar().unwrap().free_busy().unwrap();
    let mut calendars = vec![TEAM.to_owned(), "unknown@group.example".to_owned()];
    calendars.extend((0..60).map(|n| format!("c{n}@group.example")));
    calendars.push(TEAM.to_owned());
    let (from, to) = (
        "2026-12-01T00:00:00Z".parse().unwrap(),
        "2027-03-20T00:00:00Z".parse().unwrap(),
    );
    let answers = free
        .free_busy(&session, &calendars, from, to)
        .await
        .unwrap();
    assert_eq!(answers.len(), calendars.len());
    let Answer::Known(busy) = &answers[0] else {
        panic!("{:?}", answers[0])
    };
    let stretches: Vec<String> = busy
        .iter()
        .map(|one| format!("{}/{}", one.start, one.end))
        .collect();
    assert_eq!(stretches, ["2026-12-31T22:00:00Z/2027-01-01T03:00:00Z"]);
    assert_eq!(answers[1], Answer::Unknown("notFound".to_owned()));
    assert_eq!(answers[62], answers[0]);
    assert_eq!(http.google().desk().counter("freeBusy.query"), 8);

    http.google()
        .desk()
        .add(Rule::on("/calendar/v3/freeBusy", Fault::Unauthorized));
    let error = free
        .free_busy(&session, &calendars, from, to)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Auth);
}
