//! What becomes of writes in the engine, whatever the provider: reports, keys, notes that are looked after. What each provider must do
//! is the suite's affair (`tests/conformance`).

use daybook_domain::CalendarId;
use daybook_domain::account::Role;
use daybook_domain::event::Scope;
use daybook_engine::Principal;
use daybook_engine::accounts::once::Key;
use daybook_engine::events::write::Error;
use daybook_engine::events::write::create::{NewEvent, create};
use daybook_engine::events::write::delete::delete;
use daybook_engine::events::write::update::{Change, update};
use daybook_engine::events::{self, Query};
use daybook_engine::store::instances::InstanceView;
use daybook_engine::timesheets::to_calendar::{self, to_calendar};
use daybook_engine::timesheets::{convert, drafts, entries};
use daybook_sandbox::fault::{Fault, Rule};
use daybook_testkit::{ADA, World, google_truth, mirror};
use serde_json::json;

use crate::{ada, titles};

pub(crate) fn draft(title: &str, start: &str, end: &str) -> NewEvent {
    NewEvent {
        title: title.to_owned(),
        description: None,
        location: None,
        start: start.parse().unwrap(),
        end: end.parse().unwrap(),
        time_zone: None,
        attendees: Vec::new(),
        recurrence: Vec::new(),
        conference: None,
        opaque: true,
        notify: false,
    }
}

pub(crate) fn review() -> NewEvent {
    draft("Review", "2026-03-05T10:00:00", "2026-03-05T11:00:00")
}

pub(crate) fn key(name: &str) -> Key {
    Key {
        route: "POST /events".to_owned(),
        name: name.to_owned(),
        body_hash: [7; 32],
    }
}

fn is_report(line: &daybook_engine::store::activity::Activity) -> bool {
    line.detail["event"] == "calendar.event_updated"
}

/// What Google holds in Ada's calendar, cancelled ones left out.
fn held(world: &World) -> Vec<String> {
    google_truth(world.google.snapshot(ADA))
        .into_iter()
        .filter(|row| row.status != "cancelled")
        .map(|row| row.title)
        .collect()
}

/// All there is, far beyond the usual window.
pub(crate) async fn week(world: &World, who: &Principal) -> Vec<InstanceView> {
    let query = Query {
        from: Some("2026-02-01T00:00:00Z".parse().unwrap()),
        to: Some("2026-06-01T00:00:00Z".parse().unwrap()),
        limit: 1_000,
        ..Query::default()
    };
    events::list(&world.cx, who, query).await.unwrap()
}

async fn in_step(world: &World, who: &Principal, id: CalendarId) {
    world.sync(who, id).await.unwrap();
    assert_eq!(
        mirror(&world.cx.store, who.workspace_id, id).await,
        google_truth(world.google.snapshot(ADA))
    );
}

async fn changed(
    world: &World,
    who: &Principal,
    id: CalendarId,
    event: &InstanceView,
    scope: Option<Scope>,
    change: Change,
) -> Result<InstanceView, Error> {
    update(&world.cx, who, id, event.id.into(), scope, change, None).await
}

#[tokio::test]
async fn what_is_created_shows_at_once_and_the_next_sync_finds_nothing_new() {
    for world in World::on_all(World::builder()).await {
        let (who, _, id) = ada(&world).await;
        let event = create(&world.cx, &who, id, review(), None).await.unwrap();
        assert_eq!(event.details.title, "Review");
        assert_eq!(event.time_zone.as_deref(), Some("Europe/Berlin"));
        assert_eq!(event.start_us.to_string(), "2026-03-05T09:00:00Z");
        assert_eq!(titles(&week(&world, &who).await), ["Review"]);
        assert_eq!(held(&world), ["Review"]);
        let told = world.sync(&who, id).await.unwrap();
        assert_eq!(crate::counts(&told), (0, 0, 0, 1));
        let reported = async || {
            let lines = crate::log(&world, &who).await;
            let ours = |line: &&_| is_report(line);
            lines.iter().filter(ours).count()
        };
        assert_eq!(reported().await, 0);
        world
            .google
            .edit_event(ADA, &event.provider_event_id, &json!({"summary": "Theirs"}))
            .unwrap();
        in_step(&world, &who, id).await;
        assert_eq!(reported().await, 1, "a change made elsewhere is reported");
        in_step(&world, &who, id).await;
    }
}

#[tokio::test]
async fn one_key_is_for_one_event() {
    let world = World::builder().build().await.unwrap();
    let (who, _, id) = ada(&world).await;
    create(&world.cx, &who, id, review(), Some(&key("one")))
        .await
        .unwrap();
    let other = draft("Other", "2026-03-06T10:00:00", "2026-03-06T11:00:00");
    let refused = create(&world.cx, &who, id, other, Some(&key("one"))).await;
    assert!(matches!(refused, Err(Error::Reused)), "{refused:?}");
    assert_eq!(held(&world), ["Review"]);
}

#[tokio::test]
async fn a_write_whose_end_is_unknown_is_looked_after() {
    let world = World::builder().build().await.unwrap();
    let (who, _, id) = ada(&world).await;
    // The create is done, its answer lost, and so is the look for it.
    world
        .google
        .desk()
        .add(Rule::on("*/events*", Fault::DropResponse));
    let lost = create(&world.cx, &who, id, review(), None).await;
    assert!(matches!(lost, Err(Error::Unknown(_))), "{lost:?}");
    assert!(week(&world, &who).await.is_empty());
    world.google.desk().clear();
    world.clock.pass(180);
    world.run_jobs().await;
    assert_eq!(titles(&week(&world, &who).await), ["Review"]);
    // What never arrived is not done later, behind everybody's back.
    world
        .google
        .desk()
        .add(Rule::on("*/events*", Fault::ResetBefore));
    let lost = create(
        &world.cx,
        &who,
        id,
        draft("Never", "2026-03-07T10:00:00", "2026-03-07T11:00:00"),
        None,
    )
    .await;
    assert!(matches!(lost, Err(Error::Unknown(_))), "{lost:?}");
    world.google.desk().clear();
    world.clock.pass(180);
    world.run_jobs().await;
    assert_eq!(held(&world), ["Review"]);
}

#[tokio::test]
async fn a_cut_that_was_interrupted_is_finished() {
    let world = World::builder().build().await.unwrap();
    let (who, _, id) = ada(&world).await;
    let weekly = NewEvent {
        recurrence: vec!["RRULE:FREQ=WEEKLY;COUNT=6".into()],
        ..draft("Stand-up", "2026-03-02T09:00:00", "2026-03-02T09:15:00")
    };
    create(&world.cx, &who, id, weekly, None).await.unwrap();
    let third = week(&world, &who).await.remove(2);
    // The new part is there; nothing is heard of the old one any more.
    world
        .google
        .desk()
        .add(Rule::on("*/events*", Fault::ResetBefore).after(1));
    let change = Change {
        title: Some("Planning".into()),
        ..Change::default()
    };
    let cut = changed(&world, &who, id, &third, Some(Scope::Following), change).await;
    assert!(cut.is_err(), "{cut:?}");
    world.google.desk().clear();
    world.clock.pass(180);
    world.run_jobs().await;
    assert_eq!(
        titles(&week(&world, &who).await),
        [
            "Stand-up", "Stand-up", "Planning", "Planning", "Planning", "Planning"
        ]
    );
    in_step(&world, &who, id).await;
}

#[tokio::test]
async fn what_cannot_be_written_is_said_so_and_nothing_is_called() {
    let world = World::builder().build().await.unwrap();
    let (who, _, id) = ada(&world).await;
    world.google.desk().reset_log();
    let hourly = NewEvent {
        recurrence: vec!["RRULE:FREQ=HOURLY".into()],
        ..review()
    };
    let zone = NewEvent {
        time_zone: Some("Mars/Olympus".into()),
        ..review()
    };
    let zoom = NewEvent {
        conference: Some(daybook_domain::event::Conference::Zoom),
        ..review()
    };
    let long = NewEvent {
        description: Some("x".repeat(5_000_000)),
        ..review()
    };
    let nobody = NewEvent {
        attendees: vec!["nobody".into()],
        ..review()
    };
    for (new, pointer) in [
        (hourly, "/recurrence"),
        (zone, "/time_zone"),
        (zoom, "/conference"),
        (long, "/description"),
        (nobody, "/attendee_emails/0"),
    ] {
        match create(&world.cx, &who, id, new, None).await {
            Err(Error::Invalid { pointer: found, .. }) => assert_eq!(found, pointer),
            other => panic!("{pointer}: {other:?}"),
        }
    }
    assert!(world.google.desk().requests().is_empty());
    let event = create(&world.cx, &who, id, review(), None).await.unwrap();
    world.google.delete_event(ADA, &event.provider_event_id);
    let title = Change {
        title: Some("Late".into()),
        ..Change::default()
    };
    let gone = changed(&world, &who, id, &event, None, title).await;
    assert!(matches!(gone, Err(Error::Gone)), "{gone:?}");
    delete(&world.cx, &who, id, event.id.into(), None, false)
        .await
        .unwrap();
    assert!(week(&world, &who).await.is_empty());
}

#[tokio::test]
async fn work_entered_by_hand_becomes_an_event_and_is_not_billed_twice() {
    for world in World::on_all(World::builder()).await {
        let (who, _, id) = ada(&world).await;
        let ask = entries::Create {
            description: "Workshop".into(),
            started_at: "2026-03-05T09:00:00Z".parse().unwrap(),
            ended_at: None,
            duration_minutes: Some(90),
            client_id: None,
            project_id: None,
            billable: None,
            tags: Vec::new(),
            source: daybook_domain::time_entry::Source::Manual,
        };
        let once = daybook_engine::Once::never();
        let entry = match entries::create(&world.cx, &who, ask, &once).await.unwrap() {
            daybook_engine::Outcome::Fresh(entry) => entry,
            daybook_engine::Outcome::Replayed(_) => unreachable!(),
        };
        let event = to_calendar(&world.cx, &who, entry.id, id).await.unwrap();
        assert_eq!(event.end_us.to_string(), "2026-03-05T10:30:00Z");
        assert_eq!(held(&world), ["Workshop"]);
        let again = to_calendar(&world.cx, &who, entry.id, id).await;
        assert!(
            matches!(again, Err(to_calendar::Error::HasEvent)),
            "{again:?}"
        );
        let convert = convert::Convert::of(event.id);
        let (same, created) = convert::convert(&world.cx, &who, convert).await.unwrap();
        assert!(!created && same.id == entry.id);
        in_step(&world, &who, id).await;
        // Nor by a colleague whose calendar shows it.
        let workspace = world.workspace(&who).await;
        let bob = world.member(&workspace, "bob", Role::Member).await;
        world.connect_google_as(&bob, ADA).await;
        world.run_jobs().await;
        let range = (
            "2026-03-01T00:00:00Z".parse().unwrap(),
            "2026-04-01T00:00:00Z".parse().unwrap(),
        );
        let found = drafts::list(&world.cx, &bob, drafts::Shown::Waiting, range, None, 10).await;
        let found = found.unwrap().drafts;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].billed_by, Some(who.member_id));
        assert!(!found[0].suggestion.billable);
    }
}
