//! This occurrence and the following ones of an Outlook series in which single ones were changed or taken out before: Graph's
//! rules know no dates, so each of them is carried over by itself, and survives whatever becomes of the calls in between.

use daybook_domain::CalendarId;
use daybook_domain::event::Scope;
use daybook_engine::Principal;
use daybook_engine::events::write::Error;
use daybook_engine::events::write::create::{NewEvent, create};
use daybook_engine::events::write::delete::delete;
use daybook_engine::events::write::update::{Change, update};
use daybook_sandbox::fault::{Fault, Rule};
use daybook_testkit::World;

use crate::microsoft::{ada, same};
use crate::titles;
use crate::writes::{draft, week};

/// A series of eight weeks. The second and the sixth are taken out; the third is moved and renamed, the seventh renamed.
async fn handled(world: &World) -> (Principal, CalendarId) {
    let (who, _, id) = ada(world).await;
    let weekly = NewEvent {
        recurrence: vec!["RRULE:FREQ=WEEKLY;COUNT=8".into()],
        ..draft("Stand-up", "2026-03-02T09:00:00", "2026-03-02T09:15:00")
    };
    create(&world.cx, &who, id, weekly, None).await.unwrap();
    let shown = week(world, &who).await;
    let moved = Change {
        location: Some("Room 4".into()),
        start: Some("2026-03-17T14:00:00".parse().unwrap()),
        end: Some("2026-03-17T15:00:00".parse().unwrap()),
        ..named("Retro")
    };
    let one = Some(Scope::Instance);
    for (nth, change) in [(2, moved), (6, named("Demo"))] {
        let event = shown[nth].id.into();
        update(&world.cx, &who, id, event, one, change, None)
            .await
            .unwrap();
    }
    for nth in [1, 5] {
        delete(&world.cx, &who, id, shown[nth].id.into(), one, false)
            .await
            .unwrap();
    }
    in_step(world, &who, id).await;
    assert_eq!(
        titles(&week(world, &who).await),
        [
            "Stand-up", "Retro", "Stand-up", "Stand-up", "Demo", "Stand-up"
        ]
    );
    (who, id)
}

fn named(title: &str) -> Change {
    Change {
        title: Some(title.into()),
        ..Change::default()
    }
}

/// The mirror shows what the calendar holds, before and after a sync.
async fn in_step(world: &World, who: &Principal, id: CalendarId) {
    same(world, who, id).await;
    world.sync(who, id).await.unwrap();
    same(world, who, id).await;
}

const CUT: [&str; 6] = [
    "Stand-up", "Retro", "Stand-up", "Planning", "Demo", "Planning",
];

async fn is_cut(world: &World, who: &Principal, id: CalendarId, name: &str) {
    let shown = week(world, who).await;
    assert_eq!(titles(&shown), CUT, "{name}");
    let starts: Vec<String> = shown.iter().map(|e| e.start_us.to_string()).collect();
    let wanted = [
        "2026-03-02T08:00:00Z",
        "2026-03-17T13:00:00Z",
        "2026-03-23T08:00:00Z",
        "2026-03-30T07:00:00Z",
        "2026-04-13T07:00:00Z",
        "2026-04-20T07:00:00Z",
    ];
    assert_eq!(starts, wanted, "{name}");
    assert_eq!(shown[1].details.location.as_deref(), Some("Room 4"));
    in_step(world, who, id).await;
}

#[tokio::test]
async fn what_was_said_of_single_occurrences_stays() {
    for world in World::on_all(World::builder()).await {
        let (who, id) = handled(&world).await;
        let fifth = week(&world, &who).await.remove(3);
        let scope = Some(Scope::Following);
        let new = update(
            &world.cx,
            &who,
            id,
            fifth.id.into(),
            scope,
            named("Planning"),
            None,
        )
        .await
        .unwrap();
        assert_ne!(new.event_id, fifth.event_id);
        is_cut(&world, &who, id, "updated").await;
        // And removed from there on, the rest stays as it is.
        let shown = week(&world, &who).await;
        delete(&world.cx, &who, id, shown[2].id.into(), scope, false)
            .await
            .unwrap();
        let left = [&CUT[..2], &CUT[3..]].concat();
        assert_eq!(titles(&week(&world, &who).await), left);
        in_step(&world, &who, id).await;
    }
}

#[tokio::test]
async fn nothing_is_left_of_a_part_that_was_taken_out_before() {
    let world = World::builder().build().await.unwrap();
    let (who, id) = handled(&world).await;
    let shown = week(&world, &who).await;
    let one = Some(Scope::Instance);
    delete(&world.cx, &who, id, shown[0].id.into(), one, false)
        .await
        .unwrap();
    delete(&world.cx, &who, id, shown[1].id.into(), one, false)
        .await
        .unwrap();
    let scope = Some(Scope::Following);
    update(
        &world.cx,
        &who,
        id,
        shown[2].id.into(),
        scope,
        named("Rest"),
        None,
    )
    .await
    .unwrap();
    assert_eq!(
        titles(&week(&world, &who).await),
        ["Rest", "Rest", "Demo", "Rest"]
    );
    in_step(&world, &who, id).await;
}

/// Whichever call of the cut is lost, what was begun is finished later, and the same is there.
#[tokio::test]
async fn a_cut_survives_the_loss_of_any_call() {
    let mut cut_short = 0;
    for (nth, fault) in (0..40).flat_map(|n| [(n, Fault::ResetBefore), (n, Fault::DropResponse)]) {
        let world = World::builder().build().await.unwrap();
        let (who, id) = handled(&world).await;
        let fifth = week(&world, &who).await.remove(3);
        let name = format!("{fault:?} after {nth}");
        world
            .microsoft
            .desk()
            .add(Rule::on("/v1.0/*", fault).after(nth));
        let scope = Some(Scope::Following);
        let event = fifth.id.into();
        let done = update(&world.cx, &who, id, event, scope, named("Planning"), None).await;
        world.microsoft.desk().clear();
        if done.is_ok() {
            break;
        }
        cut_short += 1;
        world.clock.pass(180);
        world.run_jobs().await;
        let begun = week(&world, &who)
            .await
            .iter()
            .any(|e| e.details.title == "Planning");
        if !begun {
            // Nothing had arrived: then all of it is done when it is asked for again.
            assert!(
                matches!(done, Err(Error::Unknown(_) | Error::Provider(_))),
                "{name}: {done:?}"
            );
            update(&world.cx, &who, id, event, scope, named("Planning"), None)
                .await
                .unwrap();
        }
        is_cut(&world, &who, id, &name).await;
    }
    assert!(cut_short > 20, "the cut took only {cut_short} calls");
}
