//! One mailbox, connected by several people: Microsoft keeps one subscription for each of its calendars, and all of them are told by
//! it, whoever comes and goes.

use daybook_domain::account::Role;
use daybook_domain::{CalendarId, ConnectionId};
use daybook_engine::calendars::settings;
use daybook_engine::connections::disconnect;
use daybook_engine::store::push_channels::{self, PushChannel, State};
use daybook_engine::{Principal, jobs};
use daybook_sandbox::fault::{Fault, Rule};
use daybook_testkit::{ADA, World};

use crate::microsoft::{meeting, put, same};
use crate::{calendar, titles, week};

/// Somebody who connected Ada's mailbox.
struct Owner {
    who: Principal,
    connection: ConnectionId,
    calendar: CalendarId,
}

async fn connected(world: &World, who: Principal) -> Owner {
    let made = world.connect_microsoft(&who).await;
    settle(world).await;
    let primary = made.calendars.iter().find(|c| c.is_primary).unwrap();
    Owner {
        calendar: primary.id,
        connection: made.connection.id,
        who,
    }
}

/// Ada, and Bob in a workspace of his own.
async fn two(world: &World) -> [Owner; 2] {
    let (ada, bob) = (world.owner("ada").await, world.owner("bob").await);
    [connected(world, ada).await, connected(world, bob).await]
}

async fn settle(world: &World) {
    for _ in 0..4 {
        world.run_jobs().await;
    }
}

/// Lets days pass as the worker sees them.
async fn days(world: &World, days: u32) {
    jobs::ensure_schedule(&world.cx).await.unwrap();
    for _ in 0..days * 24 {
        world.clock.pass(3600);
        jobs::tick(&world.cx).await.unwrap();
        world.run_jobs().await;
    }
    settle(world).await;
}

/// A change shows at all of them because it is told, by one notice, and not before.
async fn told(world: &World, owners: &[&Owner], title: &str, day: u32) {
    world.clock.pass(60);
    settle(world).await;
    put(world, &meeting(title, day, 10));
    settle(world).await;
    for one in owners {
        assert!(!titles(&week(world, &one.who).await).contains(&title));
    }
    assert_eq!(world.microsoft.subscriptions_of(ADA), 1);
    assert_eq!(world.microsoft.deliver().await, 1);
    settle(world).await;
    for one in owners {
        assert!(titles(&week(world, &one.who).await).contains(&title));
        let row = calendar(world, &one.who, one.calendar).await;
        assert!(row.push_expires_at.is_some_and(|at| at > world.clock.now()));
        same(world, &one.who, one.calendar).await;
    }
}

async fn channels(world: &World, owner: &Owner) -> Vec<PushChannel> {
    let mut tx = world.cx.store.read().await.unwrap();
    push_channels::of_calendar(&mut tx, owner.who.workspace_id, owner.calendar)
        .await
        .unwrap()
}

async fn disconnects(world: &World, owner: &Owner) {
    disconnect::disconnect(&world.cx, &owner.who, owner.connection)
        .await
        .unwrap();
    settle(world).await;
    assert!(channels(world, owner).await.is_empty());
}

#[tokio::test]
async fn all_who_connected_a_mailbox_are_told_by_one_subscription() {
    for world in World::on_all(World::builder().push()).await {
        let [ada, bob] = two(&world).await;
        // And a colleague in Ada's workspace.
        let workspace = world.workspace(&ada.who).await;
        let carl = world.member(&workspace, "carl", Role::Member).await;
        let carl = connected(&world, carl).await;
        let all = [&ada, &bob, &carl];
        let mut seen = Vec::new();
        for one in all {
            let rows = channels(&world, one).await;
            assert_eq!((rows.len(), rows[0].state), (1, State::Live));
            seen.push(rows[0].remote_id.clone());
        }
        seen.dedup();
        assert_eq!(seen.len(), 1, "the same one");
        told(&world, &all, "Told", 5).await;
        days(&world, 8).await;
        told(&world, &all, "After a week", 20).await;

        disconnects(&world, &ada).await;
        told(&world, &[&bob, &carl], "Without Ada", 21).await;
        settings::enable(&world.cx, &carl.who, carl.calendar, false)
            .await
            .unwrap();
        settle(&world).await;
        told(&world, &[&bob], "Without Carl", 22).await;
        days(&world, 8).await;
        told(&world, &[&bob], "Bob alone", 23).await;
        disconnects(&world, &bob).await;
        assert_eq!(world.microsoft.subscriptions_of(ADA), 0, "the last one");
    }
}

#[tokio::test]
async fn a_subscription_that_microsoft_ends_is_made_again_for_all() {
    for world in World::on_all(World::builder().push()).await {
        let [ada, bob] = two(&world).await;
        // It says so.
        assert_eq!(world.microsoft.lifecycle(ADA, "subscriptionRemoved"), 1);
        world.microsoft.deliver().await;
        settle(&world).await;
        world.clock.pass(120);
        settle(&world).await;
        told(&world, &[&ada, &bob], "Made again", 5).await;
        // It does not.
        world.microsoft.lifecycle(ADA, "subscriptionRemoved");
        drop(world.microsoft.take_deliveries());
        days(&world, 5).await;
        told(&world, &[&ada, &bob], "Noticed", 20).await;
        // The authorisation it was made under is over.
        assert_eq!(world.microsoft.lifecycle(ADA, "reauthorizationRequired"), 1);
        world.microsoft.deliver().await;
        settle(&world).await;
        assert_eq!(world.microsoft.listeners_of(ADA), 1);
        told(&world, &[&ada, &bob], "Allowed anew", 21).await;
    }
}

/// What nobody knows of makes way, and what another is just making is waited for.
#[tokio::test]
async fn a_subscription_whose_answer_was_lost_makes_way() {
    for world in World::on_all(World::builder().push()).await {
        let lost = Rule::on("/v1.0/subscriptions", Fault::DropResponse).method("POST");
        world.microsoft.desk().add(lost.times(1));
        let ada = connected(&world, world.owner("ada").await).await;
        let rows = channels(&world, &ada).await;
        assert_eq!((rows.len(), rows[0].state), (1, State::Opening));
        assert_eq!(world.microsoft.subscriptions_of(ADA), 1);
        let bob = connected(&world, world.owner("bob").await).await;
        assert!(channels(&world, &bob).await.is_empty(), "Ada may have it");
        days(&world, 1).await;
        told(&world, &[&ada, &bob], "Told", 5).await;
    }
}
