//! Accounts end in different ways: by their owner's hand here or there, or because a calendar is taken away.

use daybook_domain::activity::LogType;
use daybook_domain::connection::Status;
use daybook_engine::calendars::settings;
use daybook_engine::connections::{self, disconnect::disconnect};
use daybook_engine::sync;
use daybook_sandbox::caldav::CalendarSpec;
use daybook_sandbox::fault::{Fault, Rule};
use daybook_testkit::{ADA, CALDAV_PASSWORD, CALDAV_USER, World};

use crate::mirror::ics;
use crate::{ada, calendar, connection, log, meeting, put, week};

#[tokio::test]
async fn the_grant_is_revoked_only_with_its_last_connection() {
    for world in World::on_all(World::builder()).await {
        let (who, first, _) = ada(&world).await;
        let other = world.owner("bob").await;
        let second = world.connect_google(&other).await.connection;

        let done = disconnect(&world.cx, &who, first.id).await.unwrap();
        assert_eq!(done.connection.status, Status::Disconnected);
        assert!(!done.revoked, "bob's connection lives on the same grant");
        assert_eq!(world.google.desk().counter("revoke"), 0);
        let id = second_calendar(&world, &other).await;
        world.sync(&other, id).await.unwrap();

        let done = disconnect(&world.cx, &other, second.id).await.unwrap();
        assert!(done.revoked && done.removal.is_none());
        assert_eq!(world.google.desk().counter("revoke"), 1);
        let again = disconnect(&world.cx, &other, second.id).await.unwrap();
        assert_eq!(again.connection.status, Status::Disconnected);
        assert!(!again.revoked);
        assert!(matches!(
            world.sync(&other, id).await,
            Err(sync::Error::Disconnected)
        ));
    }
}

async fn second_calendar(
    world: &World,
    who: &daybook_engine::Principal,
) -> daybook_domain::CalendarId {
    daybook_engine::calendars::list::list(&world.cx, who, Default::default(), None, 10)
        .await
        .unwrap()[0]
        .id
}

#[tokio::test]
async fn the_secrets_are_forgotten_even_when_the_provider_is_away() {
    for world in World::on_all(World::builder()).await {
        let (who, account, _) = ada(&world).await;
        world
            .google
            .desk()
            .add(Rule::on("/revoke", Fault::DropResponse));
        let done = disconnect(&world.cx, &who, account.id).await.unwrap();
        assert!(!done.revoked);
        assert!(!done.connection.has_refresh_token);
        let mut tx = world.cx.store.read().await.unwrap();
        let secrets =
            daybook_engine::store::connections::secrets(&mut tx, who.workspace_id, account.id)
                .await
                .unwrap();
        assert!(secrets.access_token.is_none() && secrets.refresh_token.is_none());
    }
}

#[tokio::test]
async fn a_withdrawn_grant_is_told_once_and_reconnecting_keeps_every_id() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Review", 5, 10));
        let (who, account, id) = ada(&world).await;
        let before: Vec<_> = week(&world, &who).await.iter().map(|e| e.id).collect();
        world.google.revoke_grant(ADA);
        for _ in 0..3 {
            assert!(world.sync(&who, id).await.is_err());
            world.run_jobs().await;
        }
        let lost = connection(&world, &who, account.id).await;
        assert_eq!(lost.status, Status::NeedsReauth);
        let notices = |lines: Vec<daybook_engine::store::activity::Activity>| {
            lines
                .iter()
                .filter(|line| line.log_type == LogType::NotificationSent)
                .count()
        };
        assert_eq!(notices(log(&world, &who).await), 1);
        assert!(matches!(
            world.sync(&who, id).await,
            Err(sync::Error::NeedsReauth)
        ));
        assert_eq!(before.len(), week(&world, &who).await.len(), "nothing went");

        let again = world.connect_google(&who).await;
        assert!(!again.created);
        assert_eq!(again.connection.id, account.id);
        assert_eq!(again.connection.status, Status::Connected);
        assert_eq!(again.calendars[0].id, id);
        world.run_jobs().await;
        put(&world, &meeting("After", 6, 10));
        world.sync(&who, id).await.unwrap();
        let after: Vec<_> = week(&world, &who).await.iter().map(|e| e.id).collect();
        assert_eq!(after[..1], before[..]);
        assert_eq!(after.len(), 2);
    }
}

#[tokio::test]
async fn a_changed_password_asks_for_the_new_one() {
    for world in World::on_all(World::builder()).await {
        world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
        let home = world
            .caldav
            .add_calendar(CALDAV_USER, CalendarSpec::named("Home"))
            .unwrap();
        world
            .caldav
            .put(&format!("{home}a.ics"), &ics("a@home", "Dentist", 6))
            .unwrap();
        let who = world.owner("ada").await;
        let account = world.connect_caldav(&who).await;
        world.run_jobs().await;
        world
            .caldav
            .change_password(CALDAV_USER, "new-one")
            .unwrap();
        let id = account.calendars[0].id;
        assert!(world.sync(&who, id).await.is_err());
        let lost = connection(&world, &who, account.connection.id).await;
        assert_eq!(lost.status, Status::NeedsReauth);
        assert!(matches!(
            world.try_caldav(&world.cx, &who, CALDAV_PASSWORD).await,
            Err(connections::Error::CredentialsRefused)
        ));
        let again = world.try_caldav(&world.cx, &who, "new-one").await.unwrap();
        assert!(!again.created);
        assert_eq!(again.connection.id, account.connection.id);
        assert_eq!(again.calendars[0].id, id);
        world.sync(&who, id).await.unwrap();
        assert_eq!(week(&world, &who).await.len(), 1);
    }
}

#[tokio::test]
async fn a_calendar_that_is_gone_five_times_is_switched_off_and_says_so() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Review", 5, 10));
        let (who, account, id) = ada(&world).await;
        world
            .google
            .desk()
            .add(Rule::on("/calendar/v3/calendars/*", Fault::NotFound));
        for round in 1..=5 {
            assert!(calendar(&world, &who, id).await.sync_enabled, "{round}");
            assert!(world.sync(&who, id).await.is_err());
        }
        let off = calendar(&world, &who, id).await;
        assert!(!off.sync_enabled);
        assert_eq!(off.confirmed_errors, 5);
        assert!(matches!(world.sync(&who, id).await, Err(sync::Error::Off)));
        let said = log(&world, &who).await;
        let lines = said
            .iter()
            .filter(|line| line.title.contains("switched off"));
        assert_eq!(lines.count(), 1);
        assert_eq!(
            connection(&world, &who, account.id).await.status,
            Status::Connected,
            "a calendar that is gone says nothing about its account"
        );
        world.google.desk().clear();
        settings::enable(&world.cx, &who, id, true).await.unwrap();
        world.run_jobs().await;
        assert_eq!(week(&world, &who).await.len(), 1);
        assert_eq!(calendar(&world, &who, id).await.confirmed_errors, 0);
    }
}
