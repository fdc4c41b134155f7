//! Google tells of changes: they show without polling; nothing that is not Google's is believed; a thousand notices cost two
//! syncs; channels are renewed, stopped, and never lost sight of.

use daybook_domain::connection::Status;
use daybook_domain::{CalendarId, ConnectionId};
use daybook_engine::calendars::{remove, settings};
use daybook_engine::connections::disconnect;
use daybook_engine::jobs::sync_calendar::{self, When};
use daybook_engine::jobs::{self, run_due};
use daybook_engine::push::Received;
use daybook_engine::store::push_channels::{self, PushChannel, State};
use daybook_engine::{Context, Principal};
use daybook_sandbox::fault::{Fault, RetryAfter, Rule};
use daybook_sandbox::google::{Delivery, Seed};
use daybook_testkit::{ADA, World, google_truth, mirror};
use jiff::SignedDuration;

use crate::{ada, calendar, counts, meeting, put, titles, week};

const HOLIDAYS: &str = "en.german#holiday@group.v.calendar.google.com";

/// Ada with a channel on her calendar, and nothing left to do.
async fn watched(world: &World) -> (Principal, ConnectionId, CalendarId) {
    let (who, connection, id) = ada(world).await;
    settle(world).await;
    world.deliver().await;
    settle(world).await;
    let channels = channels(world, &who, id).await;
    assert_eq!(channels.len(), 1);
    assert_eq!(channels[0].state, State::Live);
    world.google.desk().reset_log();
    (who, connection.id, id)
}

/// Runs what is due and what follows from it: a database of its own has a clock that trembles.
async fn settle(world: &World) {
    for _ in 0..3 {
        world.run_jobs().await;
    }
}

async fn channels(world: &World, who: &Principal, id: CalendarId) -> Vec<PushChannel> {
    let mut tx = world.cx.store.read().await.unwrap();
    push_channels::of_calendar(&mut tx, who.workspace_id, id)
        .await
        .unwrap()
}

fn syncs(world: &World) -> u64 {
    count(world, "GET", "/events")
}

fn count(world: &World, method: &str, end: &str) -> u64 {
    let log = world.google.desk().requests();
    log.iter()
        .filter(|one| one.method == method && one.path.ends_with(end))
        .count() as u64
}

/// A notice with something else in one of its headers.
fn with(delivery: &Delivery, name: &str, value: Option<&str>) -> Delivery {
    let mut changed = delivery.clone();
    changed.headers.retain(|(header, _)| header != name);
    if let Some(value) = value {
        changed.headers.push((name.to_owned(), value.to_owned()));
    }
    changed
}

/// Lets time pass as the worker sees it, without anybody handing on notices.
async fn hours(world: &World, hours: i64) {
    jobs::ensure_schedule(&world.cx).await.unwrap();
    for _ in 0..hours * 6 {
        world.clock.pass(600);
        jobs::tick(&world.cx).await.unwrap();
        world.run_jobs().await;
    }
}

/// The same in longer steps.
async fn half_a_day(world: &World) {
    jobs::ensure_schedule(&world.cx).await.unwrap();
    for _ in 0..12 {
        world.clock.pass(3600);
        jobs::tick(&world.cx).await.unwrap();
        world.run_jobs().await;
    }
}

#[tokio::test]
async fn a_change_shows_without_polling() {
    for world in World::on_all(World::builder().push()).await {
        let (who, _, id) = watched(&world).await;
        assert!(calendar(&world, &who, id).await.push_expires_at.is_some());
        put(&world, &meeting("Told", 5, 10));
        assert_eq!(world.run_jobs().await, 0, "nobody told yet");
        assert_eq!(world.deliver().await, 1);
        assert!(world.run_jobs().await > 0);
        assert_eq!(titles(&week(&world, &who).await), ["Told"]);
        assert_eq!(syncs(&world), 1);
    }
}

#[tokio::test]
async fn without_a_public_address_everything_is_polled() {
    for world in World::on_all(World::builder()).await {
        let (who, _, id) = ada(&world).await;
        put(&world, &meeting("Polled", 5, 10));
        hours(&world, 2).await;
        assert_eq!(titles(&week(&world, &who).await), ["Polled"]);
        assert!(calendar(&world, &who, id).await.push_expires_at.is_none());
        assert_eq!(count(&world, "POST", "/watch"), 0);
    }
}

#[tokio::test]
async fn ten_thousand_forged_notices_cause_no_sync() {
    let world = World::builder().push().build().await.unwrap();
    let (who, _, id) = watched(&world).await;
    put(&world, &meeting("Secret", 5, 10));
    let true_one = world.google.take_deliveries().remove(0);
    let token = |value: &str| with(&true_one, "X-Goog-Channel-Token", Some(value));
    let mut forged = vec![
        with(&true_one, "X-Goog-Channel-Token", None),
        token(""),
        token("t0k"),
        with(&true_one, "X-Goog-Channel-ID", Some("another")),
        with(&true_one, "X-Goog-Resource-ID", Some("another")),
        with(&true_one, "X-Goog-Resource-ID", None),
    ];
    forged.extend((forged.len()..10_000).map(|n| token(&format!("{n:043}"))));
    for notice in &forged {
        let answer = world.hand_on(&world.cx, notice).await.unwrap();
        assert_eq!(answer, Received::Noted, "the answer tells nothing");
    }
    world.run_jobs().await;
    assert_eq!((forged.len(), syncs(&world)), (10_000, 0));
    assert!(week(&world, &who).await.is_empty());
    // The control: the true one is believed.
    world.hand_on(&world.cx, &true_one).await.unwrap();
    world.run_jobs().await;
    assert_eq!(syncs(&world), 1);
    assert_eq!(channels(&world, &who, id).await.len(), 1);
}

#[tokio::test]
async fn a_thousand_duplicates_cost_two_syncs() {
    for world in World::on_all(World::builder().push()).await {
        let (who, _, id) = watched(&world).await;
        put(&world, &meeting("Once", 5, 10));
        let notice = world.google.take_deliveries().remove(0);
        for n in 0..1_000 {
            world.hand_on(&world.cx, &notice).await.unwrap();
            // The worker is quick: it is done before the next two hundred.
            if n % 200 == 199 {
                world.run_jobs().await;
            }
        }
        world.clock.pass(60);
        settle(&world).await;
        let done = syncs(&world);
        assert!((1..=2).contains(&done), "{done} syncs");
        assert_eq!(titles(&week(&world, &who).await), ["Once"]);
        // The control: a sync for each notice is found.
        world.google.desk().reset_log();
        for _ in 0..10 {
            naive(&world.cx, &who, id).await;
            world.run_jobs().await;
        }
        assert!(syncs(&world) > 2);
    }
}

/// What a server does that takes each notice for a reason to sync.
async fn naive(cx: &Context, who: &Principal, id: CalendarId) {
    let mut tx = cx.store.write().await.unwrap();
    sync_calendar::enqueue(&mut tx, who.workspace_id, id, false, When::Now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_change_behind_a_waiting_sync_is_not_lost() {
    for world in World::on_all(World::builder().push()).await {
        let (who, _, _) = watched(&world).await;
        put(&world, &meeting("First", 5, 10));
        world.deliver().await;
        world.run_jobs().await;
        // Within the pause: promised for later, and a burst changes nothing about that.
        for day in 6..9 {
            put(&world, &meeting("Later", day, 10));
            world.deliver().await;
            world.run_jobs().await;
        }
        assert_eq!(titles(&week(&world, &who).await), ["First"]);
        world.clock.pass(11);
        world.run_jobs().await;
        assert_eq!(week(&world, &who).await.len(), 4);
        assert_eq!(syncs(&world), 2);
    }
}

#[tokio::test]
async fn order_and_lateness_do_not_matter() {
    let world = World::builder().push().build().await.unwrap();
    let (who, _, id) = watched(&world).await;
    for day in 5..9 {
        put(&world, &meeting("Daily", day, 10));
    }
    let mut notices = world.google.take_deliveries();
    notices.reverse();
    world.clock.pass(3600);
    for notice in &notices {
        world.hand_on(&world.cx, notice).await.unwrap();
    }
    world.clock.pass(30);
    world.run_jobs().await;
    assert_eq!(
        mirror(&world.cx.store, who.workspace_id, id).await,
        google_truth(world.google.snapshot(ADA))
    );
}

#[tokio::test]
async fn channels_are_renewed_before_they_end() {
    if let Some(world) = World::builder().push().build().await {
        let (who, _, id) = watched(&world).await;
        for _ in 0..40 {
            half_a_day(&world).await;
            let expires = calendar(&world, &who, id).await.push_expires_at;
            assert!(expires.is_some_and(|at| at > world.clock.now()));
            assert_eq!(
                channels(&world, &who, id).await.len(),
                1,
                "the old one is stopped"
            );
        }
        let (made, stopped) = (
            count(&world, "POST", "/watch"),
            count(&world, "POST", "/stop"),
        );
        assert!(
            (3..=4).contains(&made) && made == stopped,
            "{made} {stopped}"
        );
        let _ = world.google.take_deliveries();
        put(&world, &meeting("After weeks", 25, 10));
        assert_eq!(world.deliver().await, 1, "one channel tells");
        world.run_jobs().await;
        assert_eq!(
            mirror(&world.cx.store, who.workspace_id, id).await,
            google_truth(world.google.snapshot(ADA))
        );
    }
}

#[tokio::test]
async fn a_slow_poll_runs_behind() {
    let world = World::builder().push().build().await.unwrap();
    let (who, _, id) = watched(&world).await;
    put(&world, &meeting("Lost", 5, 10));
    let _ = world.google.take_deliveries();
    hours(&world, 3).await;
    assert_eq!(titles(&week(&world, &who).await), ["Lost"]);
    assert!(calendar(&world, &who, id).await.last_error.is_none());
}

#[tokio::test]
async fn what_cannot_be_watched_is_polled_and_not_in_error() {
    let world = World::builder()
        .push()
        .contents(Seed::Demo)
        .build()
        .await
        .unwrap();
    let (who, _, _) = ada(&world).await;
    let all = daybook_engine::calendars::list::list(
        &world.cx,
        &who,
        daybook_engine::store::calendars::Filter::default(),
        None,
        100,
    )
    .await
    .unwrap();
    let holidays = all.iter().find(|c| c.external_id == HOLIDAYS).unwrap().id;
    settings::enable(&world.cx, &who, holidays, true)
        .await
        .unwrap();
    world.run_jobs().await;
    let asked = || {
        let log = world.google.desk().requests();
        let of = |path: &str| path.contains("holiday") && path.ends_with("/watch");
        log.iter().filter(|one| of(&one.path)).count()
    };
    assert_eq!(asked(), 1);
    hours(&world, 24).await;
    let row = calendar(&world, &who, holidays).await;
    assert!(row.last_error.is_none() && row.sync_errors == 0 && row.push_expires_at.is_none());
    assert!(
        row.last_sync_at
            .is_some_and(|at| world.clock.now().duration_since(at).as_hours() < 2)
    );
    assert_eq!(asked(), 1, "remembered");
    assert!(channels(&world, &who, holidays).await.is_empty());
    world.clock.advance(SignedDuration::from_hours(6 * 24));
    hours(&world, 3).await;
    assert_eq!(asked(), 2, "asked again after a week");
}

#[tokio::test]
async fn a_channel_whose_answer_was_lost_is_recognised_and_stopped() {
    for world in World::on_all(World::builder().push()).await {
        let fault = Rule::on("/calendar/v3/calendars/*/events/watch", Fault::DropResponse).times(1);
        world.google.desk().add(fault);
        let (who, _, id) = ada(&world).await;
        settle(&world).await;
        let lost = channels(&world, &who, id).await;
        assert_eq!((lost.len(), lost[0].state), (1, State::Opening));
        assert!(calendar(&world, &who, id).await.last_error.is_none());
        // Nobody knows what Google calls the resource: only its notice tells.
        world.clock.pass(660);
        assert_eq!(world.deliver().await, 1);
        settle(&world).await;
        assert_eq!(count(&world, "POST", "/stop"), 1);
        hours(&world, 3).await;
        let now = channels(&world, &who, id).await;
        assert_eq!((now.len(), now[0].state), (1, State::Live));
        assert_ne!(now[0].id, lost[0].id);
        let _ = world.google.take_deliveries();
        put(&world, &meeting("Told once", 5, 10));
        assert_eq!(
            world.google.take_deliveries().len(),
            1,
            "one channel is left"
        );
    }
}

#[tokio::test]
async fn switching_off_removing_and_disconnecting_stop_the_channel() {
    for world in World::on_all(World::builder().push()).await {
        let (who, connection, id) = watched(&world).await;
        settings::enable(&world.cx, &who, id, false).await.unwrap();
        settle(&world).await;
        assert_eq!(count(&world, "POST", "/stop"), 1);
        assert!(channels(&world, &who, id).await.is_empty());
        put(&world, &meeting("Unseen", 5, 10));
        assert_eq!(world.deliver().await, 0);

        settings::enable(&world.cx, &who, id, true).await.unwrap();
        settle(&world).await;
        assert_eq!(channels(&world, &who, id).await.len(), 1);
        disconnect::disconnect(&world.cx, &who, connection)
            .await
            .unwrap();
        assert_eq!(count(&world, "POST", "/stop"), 2);
        let log = world.google.desk().requests();
        let at = |end: &str| log.iter().rposition(|one| one.path.ends_with(end));
        assert!(
            at("/channels/stop") < at("/revoke"),
            "while there are credentials"
        );

        let again = world.connect_google(&who).await;
        assert_eq!(again.connection.status, Status::Connected);
        settle(&world).await;
        assert_eq!(channels(&world, &who, id).await.len(), 1);
        remove::remove(&world.cx, &who, id).await.unwrap();
        settle(&world).await;
        assert_eq!(count(&world, "POST", "/stop"), 3);
        let mut tx = world.cx.store.read().await.unwrap();
        let left = push_channels::of_connection(&mut tx, who.workspace_id, connection)
            .await
            .unwrap();
        assert_eq!(left, []);
    }
}

#[tokio::test]
async fn a_channel_that_would_not_stop_is_stopped_when_it_speaks_again() {
    for world in World::on_all(World::builder().push()).await {
        let (who, _, id) = watched(&world).await;
        let down = Fault::Status {
            status: 400,
            retry_after: RetryAfter::None,
        };
        world
            .google
            .desk()
            .add(Rule::on("/calendar/v3/channels/stop", down));
        settings::enable(&world.cx, &who, id, false).await.unwrap();
        settle(&world).await;
        assert_eq!(channels(&world, &who, id).await[0].state, State::Closing);
        world.google.desk().clear();
        world.clock.pass(700);
        put(&world, &meeting("Stale", 5, 10));
        assert_eq!(world.deliver().await, 1);
        settle(&world).await;
        assert_eq!(syncs(&world), 0, "no sync of what is switched off");
        assert!(channels(&world, &who, id).await.is_empty());
        put(&world, &meeting("Silent", 6, 10));
        assert_eq!(world.deliver().await, 0);
    }
}

#[tokio::test]
async fn push_that_is_switched_off_gives_its_channels_back() {
    let world = World::builder().push().build().await.unwrap();
    let (who, _, id) = watched(&world).await;
    let mut off = world.cx.clone();
    let mut settings = (*off.settings).clone();
    settings.push = false;
    off.settings = std::sync::Arc::new(settings);
    jobs::run_now(&off, "renew_push_channels").await.unwrap();
    world.clock.pass(301);
    run_due(&off).await.unwrap();
    assert!(channels(&world, &who, id).await.is_empty());
    assert_eq!(count(&world, "POST", "/stop"), 1);
}

#[tokio::test]
async fn busy_calendars_are_polled_more_often_where_nobody_tells() {
    for world in World::on_all(World::builder()).await {
        let (who, _, id) = ada(&world).await;
        let minutes = async || {
            let row = calendar(&world, &who, id).await;
            let wait = row.next_sync_at.unwrap().duration_since(world.clock.now());
            wait.as_mins()
        };
        assert!(
            (6..=66).contains(&minutes().await),
            "anywhere in the first interval"
        );
        put(&world, &meeting("Busy", 5, 10));
        assert_eq!(counts(&world.sync(&who, id).await.unwrap()), (1, 0, 0, 0));
        assert!((13..=17).contains(&minutes().await));
        world.clock.pass(2 * 3600);
        world.sync(&who, id).await.unwrap();
        assert!((26..=33).contains(&minutes().await));
        world.clock.pass(30 * 3600);
        world.sync(&who, id).await.unwrap();
        assert!((6..=66).contains(&minutes().await), "late, and quiet again");
        world.clock.pass(3600);
        world.sync(&who, id).await.unwrap();
        assert!((53..=66).contains(&minutes().await), "quiet");
    }
}
