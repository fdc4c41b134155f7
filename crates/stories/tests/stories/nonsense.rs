//! Providers that answer nonsense, and events that cannot be written: nothing is lost, nothing hangs, and it is said what happened.

use daybook_domain::connection::Status;
use daybook_engine::events::write::Error;
use daybook_engine::events::write::create::create;
use daybook_engine::events::write::delete::delete;
use daybook_engine::events::write::update::{Change, update};
use daybook_engine::sync::Mode;
use daybook_sandbox::caldav::CalendarSpec;
use daybook_sandbox::fault::{Fault, RetryAfter, Rule};
use daybook_sandbox::google::{OracleEvent, Role};
use daybook_testkit::{ADA, CALDAV_PASSWORD, CALDAV_USER, World, google_truth, mirror};
use serde_json::json;

use crate::microsoft;
use crate::mirror::ics;
use crate::writes::review;
use crate::{ada, calendar, connection, meeting, put, titles, week};

const TEAM: &str = "team@group.example";

fn nonsense() -> Vec<Fault> {
    vec![
        Fault::HtmlLogin,
        Fault::EmptyBody,
        Fault::Truncated,
        Fault::Garbage,
        Fault::DuplicateKeys,
        Fault::Deep { depth: 100_000 },
        Fault::GzipBomb { mebibytes: 64 },
        Fault::LoopingPaging,
        Fault::EndlessPaging,
    ]
}

#[tokio::test]
async fn nonsense_from_google_changes_nothing() {
    for fault in nonsense() {
        let world = World::builder().build().await.unwrap();
        put(&world, &meeting("Review", 5, 10));
        put(&world, &meeting("Talk", 6, 10));
        let (who, account, id) = ada(&world).await;
        let before = mirror(&world.cx.store, who.workspace_id, id).await;
        let name = format!("{fault:?}");
        world.google.desk().add(Rule::on("/calendar/", fault));
        for mode in [Mode::Incremental, Mode::Full] {
            let _ = world.sync_as(&who, id, mode).await;
            let held = mirror(&world.cx.store, who.workspace_id, id).await;
            assert_eq!(held, before, "{name}, {mode:?}");
            world.clock.pass(3_600);
        }
        let now = connection(&world, &who, account.id).await;
        assert_eq!(now.status, Status::Connected, "{name}");
        world.google.desk().clear();
        world.sync(&who, id).await.unwrap();
        let truth = google_truth(world.google.snapshot(ADA));
        assert_eq!(
            mirror(&world.cx.store, who.workspace_id, id).await,
            truth,
            "{name}"
        );
    }
}

#[tokio::test]
async fn nonsense_from_microsoft_changes_nothing() {
    for fault in nonsense() {
        let world = World::builder().build().await.unwrap();
        let (calendar, _) = world.microsoft.calendars_of(ADA).remove(0);
        let event = json!({
            "subject": "Review",
            "start": {"dateTime": "2026-03-05T10:00:00", "timeZone": "UTC"},
            "end": {"dateTime": "2026-03-05T11:00:00", "timeZone": "UTC"},
        });
        world.microsoft.put_event(&calendar, &event).unwrap();
        let who = world.owner("ada").await;
        let connected = world.connect_microsoft(&who).await;
        world.run_jobs().await;
        let id = connected.calendars[0].id;
        assert_eq!(titles(&week(&world, &who).await), ["Review"]);
        let name = format!("{fault:?}");
        world.microsoft.desk().add(Rule::on("/v1.0/", fault));
        for mode in [Mode::Incremental, Mode::Full] {
            let _ = world.sync_as(&who, id, mode).await;
            assert_eq!(
                titles(&week(&world, &who).await),
                ["Review"],
                "{name}, {mode:?}"
            );
            world.clock.pass(3_600);
        }
        let now = connection(&world, &who, connected.connection.id).await;
        assert_eq!(now.status, Status::Connected, "{name}");
        world.microsoft.desk().clear();
        world.sync(&who, id).await.unwrap();
        assert_eq!(titles(&week(&world, &who).await), ["Review"], "{name}");
    }
}

#[tokio::test]
async fn a_description_of_five_megabytes_does_not_keep_the_calendar_back() {
    let world = World::builder().build().await.unwrap();
    let mut large = meeting("Large", 5, 10);
    large["description"] = json!("<b>x</b> ".repeat(600_000));
    put(&world, &large);
    put(&world, &meeting("Talk", 6, 10));
    let (who, _, _) = ada(&world).await;
    let shown = week(&world, &who).await;
    assert_eq!(titles(&shown), ["Large", "Talk"]);
    let kept = shown[0].details.description.as_deref();
    assert!(kept.is_some_and(|text| !text.contains('<')), "kept as text");
}

/// Three bodies of 3.6 MB beside each other are more than is read of one answer; each alone is not.
#[tokio::test]
async fn large_bodies_beside_each_other_do_not_keep_a_microsoft_calendar_back() {
    let world = World::builder().build().await.unwrap();
    for (day, title) in (4..).zip(["One", "Two", "Three", "Talk"]) {
        let mut event = microsoft::meeting(title, day, 10);
        if title != "Talk" {
            event["body"] = json!({"contentType": "html", "content": "<b>x</b> ".repeat(400_000)});
        }
        microsoft::put(&world, &event);
    }
    let (who, _, id) = microsoft::ada(&world).await;
    let shown = week(&world, &who).await;
    assert_eq!(titles(&shown), ["One", "Two", "Three", "Talk"]);
    let held = calendar(&world, &who, id).await;
    assert!(held.last_error.is_none(), "{:?}", held.last_error);
}

#[tokio::test]
async fn what_is_not_ours_to_write_is_said_so() {
    let world = World::builder().build().await.unwrap();
    world
        .google
        .add_person("bob@northwind.example", "Bob", "Europe/Berlin");
    world
        .google
        .add_calendar("bob@northwind.example", TEAM, "Team");
    world.google.share(TEAM, ADA, Role::Reader);
    world
        .google
        .put_event(TEAM, &meeting("Theirs", 5, 10))
        .unwrap();
    let who = world.owner("ada").await;
    let connected = world.connect_google(&who).await;
    let team = connected
        .calendars
        .iter()
        .find(|c| !c.is_primary)
        .unwrap()
        .id;
    daybook_engine::calendars::settings::enable(&world.cx, &who, team, true)
        .await
        .unwrap();
    world.run_jobs().await;
    let event = week(&world, &who).await.remove(0);
    world.google.desk().reset_log();
    let title = || Change {
        title: Some("Mine".into()),
        ..Change::default()
    };
    let made = create(&world.cx, &who, team, review(), None).await;
    let changed = update(&world.cx, &who, team, event.id.into(), None, title(), None).await;
    let removed = delete(&world.cx, &who, team, event.id.into(), None, false).await;
    for refused in [made.err(), changed.err(), removed.err()] {
        assert!(matches!(refused, Some(Error::ReadOnly(_))), "{refused:?}");
    }
    assert!(
        world.google.desk().requests().is_empty(),
        "nothing was asked"
    );

    // The right was taken away, and the mirror does not know yet: the provider refuses, and nothing changes.
    world.google.share(TEAM, ADA, Role::Writer);
    daybook_engine::jobs::run_now(&world.cx, "full_calendar_sync")
        .await
        .unwrap();
    world.run_jobs().await;
    world.google.share(TEAM, ADA, Role::Reader);
    let refused = update(&world.cx, &who, team, event.id.into(), None, title(), None).await;
    assert!(matches!(refused, Err(Error::ReadOnly(_))), "{refused:?}");
    let held: Vec<OracleEvent> = world.google.snapshot(TEAM);
    assert_eq!(held[0].summary, "Theirs");
}

#[tokio::test]
async fn a_locked_event_is_written_later_or_not_at_all() {
    let world = World::builder().build().await.unwrap();
    world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
    let home = world
        .caldav
        .add_calendar(CALDAV_USER, CalendarSpec::named("Home"))
        .unwrap();
    world
        .caldav
        .put(&format!("{home}1.ics"), &ics("1@home", "Daily", 5))
        .unwrap();
    let who = world.owner("ada").await;
    let id = world.connect_caldav(&who).await.calendars[0].id;
    world.run_jobs().await;
    let event = week(&world, &who).await.remove(0);
    let locked = Fault::Status {
        status: 423,
        retry_after: RetryAfter::None,
    };
    world
        .caldav
        .desk()
        .add(Rule::on(home.clone(), locked).method("PUT"));
    let title = Change {
        title: Some("Mine".into()),
        ..Change::default()
    };
    let refused = update(&world.cx, &who, id, event.id.into(), None, title, None).await;
    assert!(matches!(refused, Err(Error::Locked(_))), "{refused:?}");
    world.caldav.desk().clear();
    world.clock.pass(600);
    world.run_jobs().await;
    world.sync(&who, id).await.unwrap();
    let ours = week(&world, &who).await.remove(0).details.title;
    let theirs = world.caldav.read(&format!("{home}1.ics")).unwrap().ics;
    assert!(
        theirs.contains(&format!("SUMMARY:{ours}")),
        "{ours}: {theirs}"
    );
}

/// A copy that Google keeps locked is refused in words of its own, whether or not it had to be read before; what is not its original's
/// is changed.
#[tokio::test]
async fn a_locked_copy_at_google_says_where_to_change_it() {
    let world = World::builder().build().await.unwrap();
    let mut copy = meeting("Theirs", 5, 10);
    copy["locked"] = json!(true);
    copy["attendees"] = json!([{"email": ADA, "responseStatus": "needsAction"}]);
    put(&world, &copy);
    let (who, _, id) = ada(&world).await;
    let event = week(&world, &who).await.remove(0);
    let title = Change {
        title: Some("Mine".into()),
        ..Change::default()
    };
    let with_guests = Change {
        attendees: Some(vec!["bo@client.example".into()]),
        ..title.clone()
    };
    for change in [title, with_guests] {
        let refused = update(&world.cx, &who, id, event.id.into(), None, change, None).await;
        let Err(Error::Locked(text)) = &refused else {
            panic!("{refused:?}");
        };
        assert!(text.contains("where it was made"), "{text}");
    }
    assert_eq!(week(&world, &who).await[0].details.title, "Theirs");
    let free = Change {
        opaque: Some(false),
        ..Change::default()
    };
    let changed = update(&world.cx, &who, id, event.id.into(), None, free, None).await;
    assert!(!changed.unwrap().busy);
}
