//! Meeting links that the provider makes after it has answered: the request waits a second for them, jobs fetch what comes later,
//! and what never comes is said so.

use daybook_domain::CalendarId;
use daybook_domain::activity::LogType;
use daybook_domain::event::Conference;
use daybook_engine::Principal;
use daybook_engine::events::write::Error;
use daybook_engine::events::write::create::{Batch, NewEvent, create};
use daybook_engine::live::Message;
use daybook_engine::provider::error::Field;
use daybook_sandbox::google::Meet;
use daybook_testkit::World;

use crate::writes::{review, week};
use crate::{ada, log, microsoft};

fn with(conference: Conference) -> NewEvent {
    NewEvent {
        conference: Some(conference),
        ..review()
    }
}

/// A world whose providers make links after so many reads, with Ada and her calendar at one of them.
async fn world(conference: Conference, reads: u8) -> (World, Principal, CalendarId) {
    let builder = World::builder()
        .google(|config| config.meet = Meet::PendingReads(reads))
        .microsoft(|config| config.join_after_reads = reads);
    let world = builder.build().await.unwrap();
    let (who, _, id) = match conference {
        Conference::GoogleMeet => ada(&world).await,
        _ => microsoft::ada(&world).await,
    };
    (world, who, id)
}

async fn link(world: &World, who: &Principal) -> Option<String> {
    let mut events = week(world, who).await;
    events.remove(0).details.meeting_url
}

/// What the log says of links: whether they were made.
async fn told(world: &World, who: &Principal) -> Vec<bool> {
    let lines = log(world, who).await;
    let links = lines
        .iter()
        .filter(|line| line.log_type == LogType::VideoLinkCreated);
    links.map(|line| line.success).collect()
}

const BOTH: [Conference; 2] = [Conference::GoogleMeet, Conference::MicrosoftTeams];

#[tokio::test]
async fn a_link_that_comes_within_a_second_is_in_the_answer() {
    for conference in BOTH {
        let (world, who, id) = world(conference, 0).await;
        let began = world.clock.now();
        let made = create(&world.cx, &who, id, with(conference), None)
            .await
            .unwrap();
        let url = made.details.meeting_url.unwrap();
        assert!(url.starts_with("https://"), "{url}");
        let waited = world.clock.now().duration_since(began);
        assert!(waited.as_secs() <= 2, "{conference:?} held for {waited:?}");
        assert_eq!(told(&world, &who).await, [true]);
        // The job that was promised finds it there, and asks nothing.
        for _ in 0..20 {
            world.run_jobs().await;
        }
        assert_eq!(told(&world, &who).await, [true]);
    }
}

#[tokio::test]
async fn a_link_that_comes_later_is_fetched_by_a_job_and_told_to_watchers() {
    for conference in BOTH {
        let (world, who, id) = world(conference, 3).await;
        let made = create(&world.cx, &who, id, with(conference), None)
            .await
            .unwrap();
        assert_eq!(made.details.meeting_url, None);
        let mut watcher = world.cx.live.watch();
        // The last of the looks: 14 seconds later.
        for _ in 0..20 {
            world.run_jobs().await;
        }
        assert!(link(&world, &who).await.is_some(), "{conference:?}");
        assert_eq!(told(&world, &who).await, [true]);
        let written = std::iter::from_fn(|| watcher.try_recv().ok()).any(|envelope| {
            matches!(envelope.message, Message::Sync { calendar_id, phase: "written", .. } if calendar_id == id)
        });
        assert!(written, "those who watch see the link");
    }
}

#[tokio::test]
async fn a_link_that_takes_longer_is_left_to_the_next_sync() {
    let (world, who, id) = world(Conference::GoogleMeet, 4).await;
    create(&world.cx, &who, id, with(Conference::GoogleMeet), None)
        .await
        .unwrap();
    for _ in 0..40 {
        world.run_jobs().await;
    }
    assert_eq!(link(&world, &who).await, None);
    // A listing is a look, too.
    for _ in 0..2 {
        world.sync(&who, id).await.unwrap();
    }
    assert!(link(&world, &who).await.is_some());
}

#[tokio::test]
async fn many_events_do_not_wait_for_their_links_one_by_one() {
    let (world, who, id) = world(Conference::GoogleMeet, 0).await;
    let began = world.clock.now();
    let mut batch = Batch::open(&world.cx, &who, id).await.unwrap();
    batch
        .create(&who, with(Conference::GoogleMeet), None)
        .await
        .unwrap();
    assert_eq!(world.clock.now(), began);
    for _ in 0..5 {
        world.run_jobs().await;
    }
    assert!(link(&world, &who).await.is_some());
}

#[tokio::test]
async fn a_link_that_is_refused_is_said_so() {
    let (world, who, id) = world(Conference::GoogleMeet, 0).await;
    world.google.configure(|config| config.meet = Meet::Fails);
    let made = create(&world.cx, &who, id, with(Conference::GoogleMeet), None)
        .await
        .unwrap();
    assert_eq!(made.details.meeting_url, None);
    assert_eq!(told(&world, &who).await, [false]);
}

#[tokio::test]
async fn a_calendar_without_meet_is_not_given_an_event_without_a_link() {
    let (world, who, id) = world(Conference::GoogleMeet, 0).await;
    world
        .google
        .configure(|config| config.meet = Meet::NotAllowed);
    let refused = create(&world.cx, &who, id, with(Conference::GoogleMeet), None).await;
    let Err(Error::Refused(error)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(error.field, Some(Field::Conference));
    let text = error.message;
    assert!(text.contains("allows no Google Meet"), "{text}");
    assert!(week(&world, &who).await.is_empty());
    world.sync(&who, id).await.unwrap();
    assert!(week(&world, &who).await.is_empty());
    create(&world.cx, &who, id, review(), None).await.unwrap();
}
