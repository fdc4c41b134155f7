//! Nothing is deleted because of an empty, partial or malformed answer (R4); and one sync of a calendar at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use daybook_engine::Context;
use daybook_engine::sync::{self, Mode};
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
        let forgetful = Forgetful {
            google: world.cx.registry.get("google").unwrap().provider.clone(),
            lies: Arc::new(AtomicU32::new(lies)),
        };
        let mut registry = Registry::default();
        for entry in world.cx.registry.all() {
            registry = registry.with(entry.clone());
        }
        let google = world.cx.registry.get("google").unwrap().clone();
        let cx = Context {
            registry: Arc::new(registry.with(Configured {
                provider: Arc::new(forgetful),
                ..google
            })),
            ..world.cx.clone()
        };
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

/// Google, of whose complete reads the first ones leave out four events of five.
struct Forgetful {
    google: Arc<dyn Provider>,
    lies: Arc<AtomicU32>,
}

struct Forgetting {
    inner: Box<dyn ChangeStream>,
    lies: Arc<AtomicU32>,
    told: usize,
}

#[async_trait]
impl Provider for Forgetful {
    fn manifest(&self) -> &Manifest {
        self.google.manifest()
    }

    fn calendar(&self) -> Option<&dyn CalendarProvider> {
        Some(self)
    }

    async fn identify(&self, session: &Session<'_>) -> daybook_provider_api::Result<Identity> {
        self.google.identify(session).await
    }
}

#[async_trait]
impl CalendarProvider for Forgetful {
    fn capability(&self) -> CalendarCapability {
        self.google.calendar().unwrap().capability()
    }

    async fn list_calendars(
        &self,
        session: &Session<'_>,
    ) -> daybook_provider_api::Result<Vec<daybook_domain::calendar::RemoteCalendar>> {
        self.google
            .calendar()
            .unwrap()
            .list_calendars(session)
            .await
    }

    fn changes(&self, pull: Pull) -> Box<dyn ChangeStream> {
        Box::new(Forgetting {
            inner: self.google.calendar().unwrap().changes(pull),
            lies: self.lies.clone(),
            told: 0,
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
        page.changes.retain(|_| {
            self.told += 1;
            self.told.is_multiple_of(5)
        });
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
