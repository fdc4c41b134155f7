//! Nothing is deleted because of an empty, partial or malformed answer (R4); and one sync of a calendar at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use daybook_domain::CalendarId;
use daybook_engine::sync::{self, Mode};
use daybook_engine::{Context, Principal};
use daybook_provider_api::calendar::{
    CalendarCapability, CalendarProvider, ChangeStream, KnownResources, Next, Page, Pull,
};
use daybook_provider_api::manifest::Manifest;
use daybook_provider_api::registry::{Configured, Identity};
use daybook_provider_api::{Provider, Registry, Session};
use daybook_sandbox::caldav::CalendarSpec;
use daybook_sandbox::fault::{Fault, Rule};
use daybook_sandbox::google::Seed;
use daybook_testkit::{ADA, CALDAV_PASSWORD, CALDAV_USER, Point, World, google_truth, mirror};
use jiff::Span;
use jiff::civil::date;
use serde_json::json;

use crate::mirror::ics;
use crate::{ada, meeting, put};

const LOAD: &str = "load@northwind.example";

#[tokio::test]
async fn an_empty_answer_deletes_nothing() {
    for held in [3, 500] {
        let builder = World::builder().contents(Seed::Load(held));
        for world in World::on_all(builder).await {
            let who = world.owner("ada").await;
            let id = world.connect_google_as(&who, LOAD).await.calendars[0].id;
            world.run_jobs().await;
            let count = async || mirror(&world.cx.store, who.workspace_id, id).await.len();
            assert_eq!(count().await, held);
            world
                .google
                .desk()
                .add(Rule::on("/calendar/v3/calendars/*", Fault::EmptyList));
            for mode in [Mode::Incremental, Mode::Full, Mode::Full, Mode::Incremental] {
                let _ = world.sync_as(&who, id, mode).await;
                assert_eq!(count().await, held, "after {mode:?}");
            }
            world.google.desk().clear();
            world.sync(&who, id).await.unwrap();
            assert_eq!(
                mirror(&world.cx.store, who.workspace_id, id).await,
                google_truth(world.google.snapshot(LOAD))
            );
        }
    }
}

#[tokio::test]
async fn a_calendar_that_is_really_empty_is_believed_after_asking_twice() {
    let builder = World::builder().contents(Seed::Load(60));
    for world in World::on_all(builder).await {
        let who = world.owner("ada").await;
        let id = world.connect_google_as(&who, LOAD).await.calendars[0].id;
        world.run_jobs().await;
        for event in world.google.snapshot(LOAD) {
            world.google.delete_event(LOAD, &event.id);
        }
        world.google.invalidate_sync_tokens(LOAD);
        let before = world.google.desk().counter("events.list");
        let done = world.sync(&who, id).await.unwrap();
        assert_eq!(done.deleted, 60);
        assert!(
            mirror(&world.cx.store, who.workspace_id, id)
                .await
                .is_empty()
        );
        let asked = world.google.desk().counter("events.list") - before;
        assert!(asked >= 2, "{asked}");
    }
}

/// A complete answer with a cursor that leaves out most of a large calendar: told once, it is not believed. Told twice it is, which
/// is the control: without the second question everything would be gone.
#[tokio::test]
async fn most_of_a_calendar_goes_only_when_that_is_said_twice() {
    for (lies, left) in [(1, 5_000), (2, 1_000)] {
        let builder = World::builder().contents(Seed::Load(5_000));
        let world = builder.build().await.unwrap();
        let who = world.owner("ada").await;
        let id = world.connect_google_as(&who, LOAD).await.calendars[0].id;
        world.run_jobs().await;
        let cx = forgetful(&world, "google", lies, 1);
        let ask = sync::Ask {
            mode: Mode::Full,
            by_hand: true,
        };
        sync::run(&cx, who.workspace_id, id, ask).await.unwrap();
        let held = mirror(&world.cx.store, who.workspace_id, id).await.len();
        assert_eq!(held, left, "after {lies} lies");
        world.sync_as(&who, id, Mode::Full).await.unwrap();
        assert_eq!(
            mirror(&world.cx.store, who.workspace_id, id).await,
            google_truth(world.google.snapshot(LOAD))
        );
    }
}

/// So many events has a large calendar: five thousand where CI asks for everything.
fn large() -> usize {
    match std::env::var_os("DAYBOOK_REQUIRE_SEEDS") {
        Some(_) => 5_000,
        None => 500,
    }
}

/// Ada's calendar at Microsoft.
fn outlook(world: &World) -> String {
    world.microsoft.calendars_of(ADA).remove(0).0
}

/// A large calendar at a provider, read once.
async fn filled(provider: &str) -> (World, Principal, CalendarId) {
    let size = large();
    let contents = match provider {
        "google" => Seed::Load(size),
        _ => Seed::Empty,
    };
    let world = World::builder().contents(contents).build().await.unwrap();
    let who = world.owner("ada").await;
    let day = |n: usize| {
        date(2026, 3, 1).saturating_add(Span::new().days(i64::try_from(n % 200).unwrap()))
    };
    let connected = match provider {
        "google" => world.connect_google_as(&who, LOAD).await,
        "microsoft" => {
            for n in 0..size {
                let at = |hour: usize| json!({"dateTime": format!("{}T{hour:02}:00:00", day(n)), "timeZone": "UTC"});
                let (from, to) = (at(n / 200 % 23), at(n / 200 % 23 + 1));
                let event = json!({"subject": format!("Meeting {n}"), "start": from, "end": to});
                world.microsoft.put_event(&outlook(&world), &event).unwrap();
            }
            world.connect_microsoft(&who).await
        }
        _ => {
            world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
            let home = CalendarSpec::named("Home");
            let home = world.caldav.add_calendar(CALDAV_USER, home).unwrap();
            for n in 0..size {
                let title = format!("Meeting {n}");
                let text = ics(
                    &format!("{n}@home"),
                    &title,
                    u32::try_from(n % 27 + 1).unwrap(),
                );
                world.caldav.put(&format!("{home}{n}.ics"), &text).unwrap();
            }
            world.connect_caldav(&who).await
        }
    };
    for _ in 0..3 {
        world.run_jobs().await;
    }
    let id = connected
        .calendars
        .iter()
        .find(|c| c.sync_enabled)
        .unwrap()
        .id;
    (world, who, id)
}

/// The provider forgets where the last read ended.
fn lose_the_thread(world: &World, provider: &str) -> Mode {
    match provider {
        "google" => world.google.invalidate_sync_tokens(LOAD),
        "microsoft" => world.microsoft.invalidate_delta(&outlook(world)),
        _ => return Mode::Full,
    }
    Mode::Incremental
}

/// At each provider: a whole answer that comes with a cursor and is empty, or tells less than half, takes nothing away, whether the
/// cursor was lost or everything was asked for. Said twice it is believed, which is the control.
#[tokio::test]
async fn no_provider_takes_most_of_a_large_calendar_by_one_answer() {
    for provider in ["google", "microsoft", "caldav"] {
        let (world, who, id) = filled(provider).await;
        let size = large();
        let held = async || mirror(&world.cx.store, who.workspace_id, id).await.len();
        assert_eq!(held().await, size, "{provider}");
        for told_of_five in [0, 2] {
            let left = size / 5 * told_of_five;
            for (lies, after) in [(1, size), (2, left)] {
                let cx = forgetful(&world, provider, lies, told_of_five);
                let mode = lose_the_thread(&world, provider);
                let ask = sync::Ask {
                    mode,
                    by_hand: true,
                };
                sync::run(&cx, who.workspace_id, id, ask).await.unwrap();
                let what = format!("{provider}: {told_of_five} of five, {lies} times");
                assert_eq!(held().await, after, "{what}");
                let all = world.sync_as(&who, id, Mode::Full).await.unwrap();
                assert_eq!((held().await, all.deleted), (size, 0), "{what}");
            }
            // A round that tells changes only, and tells none, takes nothing away either.
            let cx = forgetful(&world, provider, 1, told_of_five);
            let ask = sync::Ask {
                mode: Mode::Incremental,
                by_hand: true,
            };
            let done = sync::run(&cx, who.workspace_id, id, ask).await.unwrap();
            assert_eq!((held().await, done.deleted), (size, 0), "{provider}");
        }
    }
}

/// A node to which `provider` lies so many times: of a complete read it is told so many events of five.
fn forgetful(world: &World, provider: &str, lies: u32, told_of_five: usize) -> Context {
    let entry = world.cx.registry.get(provider).unwrap().clone();
    let liar = Forgetful {
        inner: entry.provider.clone(),
        lies: Arc::new(AtomicU32::new(lies)),
        told_of_five,
    };
    let mut registry = Registry::default();
    for entry in world.cx.registry.all() {
        registry = registry.with(entry.clone());
    }
    Context {
        registry: Arc::new(registry.with(Configured {
            provider: Arc::new(liar),
            ..entry
        })),
        ..world.cx.clone()
    }
}

/// A provider of whose complete reads the first ones leave out some events of every five.
struct Forgetful {
    inner: Arc<dyn Provider>,
    lies: Arc<AtomicU32>,
    told_of_five: usize,
}

struct Forgetting {
    inner: Box<dyn ChangeStream>,
    lies: Arc<AtomicU32>,
    told_of_five: usize,
    seen: usize,
}

#[async_trait]
impl Provider for Forgetful {
    fn manifest(&self) -> &Manifest {
        self.inner.manifest()
    }

    fn calendar(&self) -> Option<&dyn CalendarProvider> {
        Some(self)
    }

    async fn identify(&self, session: &Session<'_>) -> daybook_provider_api::Result<Identity> {
        self.inner.identify(session).await
    }
}

#[async_trait]
impl CalendarProvider for Forgetful {
    fn capability(&self) -> CalendarCapability {
        self.inner.calendar().unwrap().capability()
    }

    async fn list_calendars(
        &self,
        session: &Session<'_>,
    ) -> daybook_provider_api::Result<Vec<daybook_domain::calendar::RemoteCalendar>> {
        self.inner.calendar().unwrap().list_calendars(session).await
    }

    fn changes(&self, pull: Pull) -> Box<dyn ChangeStream> {
        Box::new(Forgetting {
            inner: self.inner.calendar().unwrap().changes(pull),
            lies: self.lies.clone(),
            told_of_five: self.told_of_five,
            seen: 0,
        })
    }
}

#[async_trait]
impl ChangeStream for Forgetting {
    async fn next(
        &mut self,
        session: &Session<'_>,
        known: &dyn KnownResources,
    ) -> daybook_provider_api::Result<Page> {
        let mut page = self.inner.next(session, known).await?;
        if self.lies.load(Ordering::Relaxed) == 0 {
            return Ok(page);
        }
        let mut is_told = || {
            self.seen += 1;
            self.seen % 5 < self.told_of_five
        };
        page.changes.retain(|_| is_told());
        page.unchanged.retain(|_| is_told());
        if matches!(page.next, Next::Done { .. }) {
            self.lies.fetch_sub(1, Ordering::Relaxed);
        }
        Ok(page)
    }
}

#[tokio::test]
async fn an_empty_caldav_answer_deletes_nothing() {
    for world in World::on_all(World::builder()).await {
        world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
        let home = world
            .caldav
            .add_calendar(CALDAV_USER, CalendarSpec::named("Home"))
            .unwrap();
        for n in 0..60 {
            let (name, uid) = (format!("{home}{n}.ics"), format!("{n}@home"));
            let event = ics(&uid, "Daily", n % 27 + 1);
            world.caldav.put(&name, &event).unwrap();
        }
        let who = world.owner("ada").await;
        let id = world.connect_caldav(&who).await.calendars[0].id;
        world.run_jobs().await;
        world
            .caldav
            .desk()
            .add(Rule::on(home.clone(), Fault::EmptyList).method("REPORT"));
        for mode in [Mode::Full, Mode::Incremental, Mode::Full] {
            let _ = world.sync_as(&who, id, mode).await;
            let held = mirror(&world.cx.store, who.workspace_id, id).await.len();
            assert_eq!(held, 60, "after {mode:?}");
        }
        world.caldav.desk().clear();
        world.sync(&who, id).await.unwrap();
        assert_eq!(
            mirror(&world.cx.store, who.workspace_id, id).await.len(),
            60
        );
    }
}

#[tokio::test]
async fn a_second_sync_of_a_calendar_finds_it_running() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Review", 5, 10));
        let (who, _, id) = ada(&world).await;
        put(&world, &meeting("New", 6, 10));
        let other = world.node("node-2").await;
        let ask = sync::Ask {
            mode: Mode::Incremental,
            by_hand: true,
        };
        let mut stops = world.gate.close();
        let first = world.sync(&who, id);
        let second = async {
            let stopped = stops.recv().await.unwrap();
            assert!(matches!(stopped.point, Point::Before(_)));
            let result = sync::run(&other.cx, who.workspace_id, id, ask).await;
            assert!(matches!(result, Err(sync::Error::Running)), "{result:?}");
            world.gate.open();
            stopped.go();
        };
        let (done, ()) = tokio::join!(first, second);
        assert_eq!(done.unwrap().created, 1);
    }
}

#[tokio::test]
async fn a_sync_that_was_taken_over_writes_nothing() {
    for world in World::on_all(World::builder()).await {
        let (who, _, id) = ada(&world).await;
        put(&world, &meeting("New", 6, 10));
        let other = world.node("node-2").await;
        let ask = sync::Ask {
            mode: Mode::Incremental,
            by_hand: true,
        };
        let mut stops = world.gate.close();
        let slow = world.sync(&who, id);
        let takeover = async {
            stops.recv().await.unwrap().go();
            let stalled = stops.recv().await.unwrap();
            assert!(matches!(stalled.point, Point::After(..)));
            world.clock.pass(121);
            put(&world, &meeting("Newer", 7, 10));
            let done = sync::run(&other.cx, who.workspace_id, id, ask)
                .await
                .unwrap();
            assert_eq!(done.created, 2);
            let cursor = cursor_of(&world, &who, id).await;
            world.gate.open();
            stalled.go();
            cursor
        };
        let (result, cursor) = tokio::join!(slow, takeover);
        assert!(matches!(result, Err(sync::Error::LostLease)), "{result:?}");
        assert_eq!(cursor_of(&world, &who, id).await, cursor);
        assert_eq!(
            mirror(&world.cx.store, who.workspace_id, id).await,
            google_truth(world.google.snapshot(ADA))
        );
    }
}

async fn cursor_of(
    world: &World,
    who: &daybook_engine::Principal,
    id: daybook_domain::CalendarId,
) -> Option<String> {
    let mut tx = world.cx.store.read().await.unwrap();
    daybook_engine::store::calendars::cursor(&mut tx, who.workspace_id, id)
        .await
        .unwrap()
}
