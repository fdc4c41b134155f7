//! Calendars that colleagues share in Microsoft 365: listed, read and written where only accounts of organisations may connect.
//! Personal accounts do not know the permission, so where they may connect nobody is asked for it.

use daybook_domain::CalendarId;
use daybook_domain::calendar::AccessRole;
use daybook_engine::calendars::settings::enable;
use daybook_engine::connections::establish::Connected;
use daybook_engine::events::write::Error;
use daybook_engine::events::write::create::create;
use daybook_engine::events::write::delete::delete;
use daybook_engine::events::write::update::{Change, update};
use daybook_sandbox::microsoft::Account;
use daybook_testkit::{ADA, World};
use jiff::civil::date;
use serde_json::json;

use crate::microsoft::{lawful, meeting, same, weekly};
use crate::titles;
use crate::writes::{review, week};

const BO: &str = "bo@northwind.example";
const EVE: &str = "eve@outlook.example";

/// Bo and his calendar, shared with Ada.
fn shared(world: &World, can_edit: bool) -> String {
    let bos = world
        .microsoft
        .add_person(BO, "Bo", "Europe/Berlin", Account::Work);
    world.microsoft.share(&bos, ADA, can_edit);
    bos
}

fn of_bo(connected: &Connected, bos: &str) -> Option<(CalendarId, AccessRole)> {
    let found = connected.calendars.iter().find(|c| c.external_id == bos)?;
    Some((found.id, found.access_role))
}

#[tokio::test]
async fn a_colleagues_calendar_is_read_and_written() {
    for world in World::on_all(World::builder().tenant("organizations")).await {
        let bos = shared(&world, true);
        let sim = &world.microsoft;
        let series = sim
            .put_event(&bos, &weekly("Stand-up", 2, 9, "monday"))
            .unwrap();
        let mut secret = meeting("Doctor", 4, 11);
        secret["sensitivity"] = json!("private");
        sim.put_event(&bos, &secret).unwrap();
        let who = world.owner("ada").await;
        let connected = world.connect_microsoft(&who).await;
        assert_eq!(connected.connection.missing_scopes, Vec::<String>::new());
        let (id, role) = of_bo(&connected, &bos).unwrap();
        assert_eq!(role, AccessRole::Writer);
        enable(&world.cx, &who, id, true).await.unwrap();
        world.run_jobs().await;
        let shown = week(&world, &who).await;
        assert_eq!(titles(&shown)[..2], ["Stand-up", "Private Appointment"]);
        assert!(shown[1].busy);

        // An occurrence is told without its series, which is fetched by way of the calendar.
        let third = sim.occurrence_id(&bos, &series, date(2026, 3, 16)).unwrap();
        sim.move_by(&bos, &third, 90).unwrap();
        world.sync(&who, id).await.unwrap();
        let event = create(&world.cx, &who, id, review(), None).await.unwrap();
        let renamed = Change {
            title: Some("Retro".into()),
            ..Change::default()
        };
        update(&world.cx, &who, id, event.id.into(), None, renamed, None)
            .await
            .unwrap();
        assert!(sim.delete_event(&bos, &hidden(&world, &bos)));
        world.sync(&who, id).await.unwrap();
        same(&world, &who, id).await;
        delete(&world.cx, &who, id, event.id.into(), None, false)
            .await
            .unwrap();
        world.sync(&who, id).await.unwrap();
        same(&world, &who, id).await;

        // Bo takes it back: nothing is known of it any more, and nothing else suffers.
        sim.share_off(&bos, ADA);
        assert!(world.sync(&who, id).await.is_err());
    }
}

/// The private event, which the oracle shows and Graph does not.
fn hidden(world: &World, bos: &str) -> String {
    let at = |text: &str| text.parse().unwrap();
    let window = (at("2026-03-04T00:00:00Z"), at("2026-03-05T00:00:00Z"));
    let known = world.microsoft.snapshot(bos, window.0, window.1);
    known[0].id.clone()
}

#[tokio::test]
async fn one_that_may_only_be_read_is_not_written() {
    let world = World::builder().tenant("northwind.example").build().await;
    let world = world.unwrap();
    let bos = shared(&world, false);
    let who = world.owner("ada").await;
    let connected = world.connect_microsoft(&who).await;
    let (id, role) = of_bo(&connected, &bos).unwrap();
    assert_eq!(role, AccessRole::Reader);
    enable(&world.cx, &who, id, true).await.unwrap();
    world.run_jobs().await;
    let refused = create(&world.cx, &who, id, review(), None).await;
    assert!(matches!(refused, Err(Error::ReadOnly(_))), "{refused:?}");
    lawful(&world);
}

#[tokio::test]
async fn where_personal_accounts_may_connect_nobody_is_asked() {
    let world = World::builder().build().await.unwrap();
    let bos = shared(&world, true);
    let zone = "Europe/Berlin";
    world
        .microsoft
        .add_person(EVE, "Eve", zone, Account::Personal);
    let who = world.owner("ada").await;
    let connected = world.connect_microsoft(&who).await;
    assert!(of_bo(&connected, &bos).is_none());
    assert_eq!(connected.connection.missing_scopes, Vec::<String>::new());
    world.try_connect(&who, "microsoft", EVE).await.unwrap();
    // The control: asked for it, the same account is refused.
    let started = world.start(&who, "microsoft").await.unwrap();
    let mut url: url::Url = started.authorization_url.parse().unwrap();
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| match &*name {
            "scope" => (name.into_owned(), format!("{value} Calendars.Read.Shared")),
            _ => (name.into_owned(), value.into_owned()),
        })
        .collect();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    let more = daybook_engine::connections::authorize::Started {
        authorization_url: url.into(),
        ..started
    };
    let back = world
        .consent(&more, EVE, daybook_testkit::Consent::Allow)
        .await;
    assert_eq!(back.error.as_deref(), Some("invalid_scope"));
}
