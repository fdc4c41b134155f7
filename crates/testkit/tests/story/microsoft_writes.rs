//! Events are written to Outlook once, whatever happens to the call, and never over somebody else's change.

use daybook_domain::CalendarId;
use daybook_domain::event::{Conference, ResponseStatus, Scope};
use daybook_engine::Principal;
use daybook_engine::events::write::Error;
use daybook_engine::events::write::create::{NewEvent, create};
use daybook_engine::events::write::delete::delete;
use daybook_engine::events::write::respond::respond;
use daybook_engine::events::write::update::{Change, update};
use daybook_engine::store::instances::InstanceView;
use daybook_sandbox::fault::{Fault, RetryAfter, Rule};
use daybook_testkit::World;
use serde_json::json;

use crate::microsoft::{ada, home, meeting, put, same};
use crate::titles;
use crate::writes::{draft, key, review, week};

/// What Microsoft holds in Ada's calendar.
fn held(world: &World) -> Vec<String> {
    let all = world.microsoft.snapshot(
        &home(world),
        "2026-02-01T00:00:00Z".parse().unwrap(),
        "2026-06-01T00:00:00Z".parse().unwrap(),
    );
    all.into_iter().map(|one| one.subject).collect()
}

async fn in_step(world: &World, who: &Principal, id: CalendarId) {
    same(world, who, id).await;
    world.sync(who, id).await.unwrap();
    same(world, who, id).await;
}

fn named(title: &str) -> Change {
    Change {
        title: Some(title.into()),
        ..Change::default()
    }
}

async fn changed(
    world: &World,
    who: &Principal,
    id: CalendarId,
    event: &InstanceView,
    scope: Option<Scope>,
    change: Change,
) -> Result<InstanceView, Error> {
    update(&world.cx, who, id, event.id.into(), scope, change).await
}

#[tokio::test]
async fn what_is_created_shows_at_once_and_the_next_sync_finds_nothing_new() {
    for world in World::on_all(World::builder()).await {
        let (who, _, id) = ada(&world).await;
        let event = create(&world.cx, &who, id, review(), None).await.unwrap();
        assert_eq!(event.details.title, "Review");
        assert_eq!(event.start_us.to_string(), "2026-03-05T09:00:00Z");
        assert_eq!(held(&world), ["Review"]);
        same(&world, &who, id).await;
        let told = world.sync(&who, id).await.unwrap();
        assert_eq!(crate::counts(&told), (0, 0, 0, 1));
        let moved = Change {
            start: Some("2026-03-06T14:00:00".parse().unwrap()),
            end: Some("2026-03-06T15:30:00".parse().unwrap()),
            ..named("Review II")
        };
        let moved = changed(&world, &who, id, &event, None, moved)
            .await
            .unwrap();
        assert_eq!(moved.start_us.to_string(), "2026-03-06T13:00:00Z");
        assert_eq!(moved.id, event.id);
        in_step(&world, &who, id).await;
        delete(&world.cx, &who, id, event.id.into(), None, false)
            .await
            .unwrap();
        assert!(held(&world).is_empty());
        in_step(&world, &who, id).await;
    }
}

#[tokio::test]
async fn a_create_happens_once_whatever_becomes_of_the_call() {
    let faults = [
        Fault::DropResponse,
        Fault::ResetBefore,
        Fault::HtmlLogin,
        Fault::Garbage,
        Fault::Status {
            status: 503,
            retry_after: RetryAfter::None,
        },
    ];
    for fault in faults {
        for lost in 1..=3_u32 {
            let world = World::builder().build().await.unwrap();
            let (who, _, id) = ada(&world).await;
            let name = format!("{fault:?} × {lost}");
            world
                .microsoft
                .desk()
                .add(Rule::on("*/events*", fault.clone()).times(lost));
            let mut shown = None;
            for _ in 0..6 {
                match create(&world.cx, &who, id, review(), Some(&key("one"))).await {
                    Ok(event) => {
                        shown = Some(event);
                        break;
                    }
                    Err(Error::Unknown(_)) => {}
                    Err(other) => panic!("{name}: {other}"),
                }
            }
            let shown = shown.unwrap_or_else(|| panic!("{name}: never created"));
            let again = create(&world.cx, &who, id, review(), Some(&key("one")))
                .await
                .unwrap();
            assert_eq!(again.id, shown.id, "{name}");
            assert_eq!(held(&world), ["Review"], "{name}");
            in_step(&world, &who, id).await;
        }
    }
}

/// Takes the key away: then the same faults must leave two events, or the test above proves nothing.
#[tokio::test]
async fn control_without_the_same_key_a_lost_answer_doubles() {
    let world = World::builder().build().await.unwrap();
    let (who, _, id) = ada(&world).await;
    world
        .microsoft
        .desk()
        .add(Rule::on("*/events*", Fault::DropResponse).after(1));
    // It is looked for, then posted; from there on no answer comes.
    assert!(
        create(&world.cx, &who, id, review(), Some(&key("one")))
            .await
            .is_err()
    );
    world.microsoft.desk().clear();
    create(&world.cx, &who, id, review(), Some(&key("two")))
        .await
        .unwrap();
    assert_eq!(held(&world), ["Review", "Review"]);
}

#[tokio::test]
async fn a_change_is_merged_with_other_changes_and_never_overwrites_the_same_thing() {
    for world in World::on_all(World::builder()).await {
        let theirs = put(&world, &meeting("Review", 5, 10));
        let (who, _, id) = ada(&world).await;
        let event = week(&world, &who).await.remove(0);
        let edit = |patch| {
            let calendar = home(&world);
            world
                .microsoft
                .edit_event(&calendar, &theirs, &patch)
                .unwrap();
        };
        edit(json!({"location": {"displayName": "Room 4"}}));
        let merged = changed(&world, &who, id, &event, None, named("Design review"))
            .await
            .unwrap();
        assert_eq!(merged.details.title, "Design review");
        assert_eq!(merged.details.location.as_deref(), Some("Room 4"));
        assert_eq!(merged.id, event.id);

        edit(json!({"subject": "Theirs"}));
        let clash = changed(&world, &who, id, &event, None, named("Ours")).await;
        assert!(matches!(clash, Err(Error::Changed)), "{clash:?}");
        assert_eq!(held(&world), ["Theirs"]);
        in_step(&world, &who, id).await;
    }
}

#[tokio::test]
async fn one_occurrence_the_following_or_all() {
    for world in World::on_all(World::builder()).await {
        let (who, _, id) = ada(&world).await;
        let weekly = NewEvent {
            recurrence: vec!["RRULE:FREQ=WEEKLY;COUNT=6".into()],
            ..draft("Stand-up", "2026-03-02T09:00:00", "2026-03-02T09:15:00")
        };
        create(&world.cx, &who, id, weekly, None).await.unwrap();
        in_step(&world, &who, id).await;

        let shown = week(&world, &who).await;
        let later = Change {
            start: Some("2026-03-24T14:00:00".parse().unwrap()),
            end: Some("2026-03-24T14:30:00".parse().unwrap()),
            ..named("Planning")
        };
        let new = changed(&world, &who, id, &shown[3], Some(Scope::Following), later)
            .await
            .unwrap();
        assert_ne!(new.event_id, shown[3].event_id);
        in_step(&world, &who, id).await;
        let shown = week(&world, &who).await;
        assert_eq!(
            titles(&shown),
            [
                "Stand-up", "Stand-up", "Stand-up", "Planning", "Planning", "Planning"
            ]
        );
        let starts: Vec<String> = shown[3..].iter().map(|e| e.start_us.to_string()).collect();
        assert_eq!(
            starts,
            [
                "2026-03-24T13:00:00Z",
                "2026-03-31T12:00:00Z",
                "2026-04-07T12:00:00Z"
            ]
        );

        delete(
            &world.cx,
            &who,
            id,
            shown[4].id.into(),
            Some(Scope::Following),
            false,
        )
        .await
        .unwrap();
        in_step(&world, &who, id).await;
        let second = week(&world, &who).await.remove(1);
        let one = changed(
            &world,
            &who,
            id,
            &second,
            Some(Scope::Instance),
            named("Retro"),
        )
        .await
        .unwrap();
        assert_eq!(one.id, second.id);
        in_step(&world, &who, id).await;
        delete(
            &world.cx,
            &who,
            id,
            shown[0].id.into(),
            Some(Scope::Instance),
            false,
        )
        .await
        .unwrap();
        in_step(&world, &who, id).await;
        let left = week(&world, &who).await;
        assert_eq!(titles(&left), ["Retro", "Stand-up", "Planning"]);
        delete(
            &world.cx,
            &who,
            id,
            new.event_id.into(),
            Some(Scope::Series),
            false,
        )
        .await
        .unwrap();
        in_step(&world, &who, id).await;
        assert_eq!(titles(&week(&world, &who).await), ["Retro", "Stand-up"]);
    }
}

#[tokio::test]
async fn an_invitation_is_answered() {
    let answers = [
        (ResponseStatus::Accepted, true),
        (ResponseStatus::Tentative, true),
        (ResponseStatus::Declined, false),
    ];
    for (answer, stays) in answers {
        let world = World::builder().build().await.unwrap();
        let mut invitation = meeting("Review", 5, 10);
        invitation["organizer"] =
            json!({"emailAddress": {"name": "Bo", "address": "bo@client.example"}});
        put(&world, &invitation);
        let (who, _, id) = ada(&world).await;
        let event = week(&world, &who).await.remove(0);
        assert_eq!(event.response_status, ResponseStatus::NeedsAction);
        let event_id = event.id.into();
        let answered = respond(&world.cx, &who, id, event_id, None, answer, false).await;
        if stays {
            assert_eq!(answered.unwrap().response_status, answer);
        }
        // Outlook takes a declined meeting out of the calendar.
        assert_eq!(week(&world, &who).await.len(), usize::from(stays));
        in_step(&world, &who, id).await;
    }
}

#[tokio::test]
async fn a_teams_link_comes_with_the_event_and_stays() {
    let world = World::builder().build().await.unwrap();
    let (who, _, id) = ada(&world).await;
    let meeting = NewEvent {
        conference: Some(Conference::MicrosoftTeams),
        ..review()
    };
    let event = create(&world.cx, &who, id, meeting, None).await.unwrap();
    world.sync(&who, id).await.unwrap();
    for _ in 0..4 {
        world.clock.pass(120);
        world.run_jobs().await;
    }
    let text = Change {
        description: Some("Bring numbers".into()),
        ..Change::default()
    };
    changed(&world, &who, id, &event, None, text).await.unwrap();
    let shown = week(&world, &who).await.remove(0);
    let link = shown.details.meeting_url.unwrap();
    assert!(link.starts_with("https://teams.microsoft.com/"), "{link}");
    let lost = world
        .microsoft
        .desk()
        .counter("events.update.lost_join_link");
    assert_eq!(lost, 0);
    in_step(&world, &who, id).await;
}
