//! The storm: all cursors of many calendars die at once (410, `syncStateNotFound`). Every calendar is read anew, within what the
//! provider allows one account; nothing disappears meanwhile, nothing is deleted, and every id stays.

use std::collections::BTreeSet;
use std::pin::pin;

use daybook_domain::CalendarId;
use daybook_engine::calendars::settings;
use daybook_engine::jobs::sync_calendar::{self, When};
use daybook_engine::store::instances::InstanceView;
use daybook_engine::sync::{self, Ask, Mode};
use daybook_engine::{Principal, events, jobs};
use daybook_sandbox::fault::Desk;
use daybook_sandbox::microsoft::Reset;
use daybook_testkit::{ADA, Builder, Point, World};
use futures::stream::{FuturesUnordered, StreamExt};
use jiff::Timestamp;
use serde_json::json;

use crate::runtime;

/// Calendars of the account.
const CALENDARS: usize = 60;
/// Events of each, one of them a series.
const EVENTS: u8 = 20;

/// Where a storm happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum At {
    Google,
    Microsoft(Reset),
}

impl At {
    fn key(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Microsoft(_) => "microsoft",
        }
    }

    fn builder(self) -> Builder {
        World::builder()
            .google(|config| config.page_cap = Some(1))
            .microsoft(|config| {
                config.page_cap = Some(1);
                config.rate_limit = Some(10_000);
                if let Self::Microsoft(reset) = self {
                    config.reset = reset;
                }
            })
    }

    fn desk(self, world: &World) -> &Desk {
        match self {
            Self::Google => world.google.desk(),
            Self::Microsoft(_) => world.microsoft.desk(),
        }
    }

    /// The ids of the account's calendars, all of them filled.
    fn furnish(self, world: &World) -> Vec<String> {
        (0..CALENDARS)
            .map(|n| {
                let id = match self {
                    Self::Google => {
                        let id = format!("c{n}@group.example");
                        world
                            .google
                            .add_calendar(ADA, &id, &format!("Calendar {n}"));
                        id
                    }
                    Self::Microsoft(_) => {
                        world.microsoft.add_calendar(ADA, &format!("Calendar {n}"))
                    }
                };
                (0..EVENTS).for_each(|event| self.put(world, &id, event));
                id
            })
            .collect()
    }

    fn put(self, world: &World, calendar: &str, nth: u8) {
        let day = 1 + nth;
        let at = |hour: u8| json!({"dateTime": format!("2026-03-{day:02}T{hour:02}:00:00"), "timeZone": "Europe/Berlin"});
        let mut event = json!({"start": at(9), "end": at(10)});
        match self {
            Self::Google => {
                event["summary"] = json!(format!("Meeting {nth}"));
                if nth == 0 {
                    event["recurrence"] = json!(["RRULE:FREQ=WEEKLY;COUNT=5"]);
                }
                world.google.put_event(calendar, &event).unwrap();
            }
            Self::Microsoft(_) => {
                event["subject"] = json!(format!("Meeting {nth}"));
                if nth == 0 {
                    event["recurrence"] = json!({"pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["sunday"]},
                        "range": {"type": "numbered", "startDate": "2026-03-01", "numberOfOccurrences": 5}});
                }
                world.microsoft.put_event(calendar, &event).unwrap();
            }
        }
    }

    /// How many reads of everything were begun.
    fn full_reads(self, desk: &Desk) -> usize {
        let begins = |query: &str| match self {
            Self::Google => !query.contains("syncToken=") && !query.contains("pageToken="),
            Self::Microsoft(_) => query.contains("startDateTime="),
        };
        let log = desk.requests();
        log.iter()
            .filter(|one| one.method == "GET" && one.status == 200 && begins(&one.query))
            .count()
    }

    fn kill(self, world: &World, calendars: &[String]) {
        for id in calendars {
            match self {
                Self::Google => world.google.invalidate_sync_tokens(id),
                Self::Microsoft(_) => world.microsoft.invalidate_delta(id),
            }
        }
    }
}

/// What of an instance must not change.
type Kept = (String, String, Timestamp, Timestamp, String);

async fn shown(world: &World, who: &Principal) -> BTreeSet<Kept> {
    let query = events::Query {
        from: Some("2026-02-01T00:00:00Z".parse().unwrap()),
        to: Some("2026-06-01T00:00:00Z".parse().unwrap()),
        limit: 100_000,
        ..events::Query::default()
    };
    let rows = events::list(&world.cx, who, query).await.unwrap();
    let kept = |one: InstanceView| {
        let ids = (one.id.to_string(), one.event_id.to_string());
        (ids.0, ids.1, one.start_us, one.end_us, one.details.title)
    };
    rows.into_iter().map(kept).collect()
}

/// The world with everything read once.
async fn settled(at: At) -> (World, Principal, Vec<CalendarId>, Vec<String>) {
    let world = at.builder().build().await.unwrap();
    let names = at.furnish(&world);
    let who = world.owner("ada").await;
    let connected = world.try_connect(&who, at.key(), ADA).await.unwrap();
    let ids: Vec<CalendarId> = connected.calendars.iter().map(|c| c.id).collect();
    for id in &ids {
        settings::enable(&world.cx, &who, *id, true).await.unwrap();
    }
    for _ in 0..30 {
        world.clock.pass(60);
        world.run_jobs().await;
    }
    world.clock.pass(700);
    at.desk(&world).reset_log();
    (world, who, ids, names)
}

/// The most requests in any sixty seconds.
fn most_in_a_minute(desk: &Desk) -> usize {
    let at: Vec<i64> = desk
        .requests()
        .iter()
        .map(|one| one.at.as_second())
        .collect();
    let mut most = 0;
    let mut first = 0;
    for (n, second) in at.iter().enumerate() {
        while second - at[first] >= 60 {
            first += 1;
        }
        most = most.max(n + 1 - first);
    }
    most
}

#[test]
fn a_storm_of_dead_cursors_loses_nothing() {
    for at in [
        At::Google,
        At::Microsoft(Reset::Gone),
        At::Microsoft(Reset::NotFound),
        At::Microsoft(Reset::Invalid),
    ] {
        runtime().block_on(async {
            let (world, who, ids, names) = settled(at).await;
            let before = shown(&world, &who).await;
            assert_eq!(
                before.len(),
                CALENDARS * (usize::from(EVENTS) + 4),
                "{at:?}"
            );
            at.kill(&world, &names);
            let mut tx = world.cx.store.write().await.unwrap();
            for id in &ids {
                sync_calendar::enqueue(&mut tx, who.workspace_id, *id, false, When::Now)
                    .await
                    .unwrap();
            }
            tx.commit().await.unwrap();
            // At every hundredth stop somebody looks: everything is there all the time.
            let mut stops = world.gate.close();
            let cx = world.cx.clone();
            let mut work = pin!(jobs::run_due(&cx));
            let mut stopped = 0;
            loop {
                tokio::select! {
                    biased;
                    done = &mut work => { done.unwrap(); break }
                    Some(stop) = stops.recv() => {
                        stopped += 1;
                        if stopped % 100 == 0 {
                            assert_eq!(shown(&world, &who).await, before, "{at:?} at {stopped}");
                        }
                        stop.go();
                    }
                }
            }
            world.gate.open();
            for _ in 0..30 {
                world.clock.pass(60);
                jobs::run_due(&world.cx).await.unwrap();
            }
            assert_eq!(shown(&world, &who).await, before, "{at:?}");
            nothing_changed(&world, &who, &ids, at).await;
            within_limits(&world, at);
        });
    }
}

/// No sync says that it made, changed or deleted anything.
async fn nothing_changed(world: &World, who: &Principal, ids: &[CalendarId], at: At) {
    for id in ids {
        let calendar = daybook_engine::calendars::list::get(&world.cx, who, *id)
            .await
            .unwrap();
        let done = calendar.last_statistics.unwrap();
        assert_eq!(
            (done.created, done.updated, done.deleted),
            (0, 0, 0),
            "{at:?}"
        );
        assert!(calendar.last_error.is_none());
    }
}

/// Every calendar was read anew, and nobody was asked more than their limit allows.
fn within_limits(world: &World, at: At) {
    let desk = at.desk(world);
    assert!(at.full_reads(desk) >= CALENDARS, "{at:?} was not read anew");
    assert_eq!(desk.counter("throttled.rate"), 0);
    let refused = desk
        .requests()
        .iter()
        .filter(|one| one.status == 429)
        .count();
    assert_eq!(refused, 0, "{at:?}");
    let limits = limits(world, at);
    let most = most_in_a_minute(desk);
    assert!(most <= limits.0, "{most} requests in a minute, {at:?}");
    assert!(
        desk.requests().len() > limits.0,
        "a limit that is not reached proves nothing"
    );
}

/// Requests a minute and at a time, as the manifest says.
fn limits(world: &World, at: At) -> (usize, usize) {
    let entry = world.cx.registry.get(at.key()).unwrap();
    let limits = entry.provider.manifest().limits;
    (
        usize::try_from(limits.per_minute).unwrap(),
        usize::try_from(limits.concurrent).unwrap(),
    )
}

#[test]
fn a_storm_on_many_workers_asks_no_more_at_once_than_is_allowed() {
    for at in [At::Google, At::Microsoft(Reset::Gone)] {
        runtime().block_on(async {
            let (world, who, ids, names) = settled(at).await;
            at.kill(&world, &names);
            let ask = Ask {
                mode: Mode::Incremental,
                by_hand: false,
            };
            let mut stops = world.gate.close();
            let mut work: FuturesUnordered<_> = ids
                .iter()
                .take(24)
                .map(|id| sync::run(&world.cx, who.workspace_id, *id, ask))
                .collect();
            let (mut out, mut most, mut held) = (0_usize, 0, Vec::new());
            loop {
                tokio::select! {
                    biased;
                    done = work.next() => match done {
                        Some(done) => { done.unwrap(); }
                        None => break,
                    },
                    Some(stop) = stops.recv() => {
                        match &stop.point {
                            // Kept waiting, so that whoever may ask as well does so now.
                            Point::Before(_) => {
                                out += 1;
                                most = most.max(out);
                                held.push(stop);
                            }
                            Point::After(..) => {
                                out -= 1;
                                stop.go();
                            }
                            Point::Waiting => stop.go(),
                        }
                    }
                    () = tokio::task::yield_now(), if !held.is_empty() => {
                        held.remove(0).go();
                    }
                }
            }
            world.gate.open();
            let allowed = limits(&world, at).1;
            assert_eq!(most, allowed, "{at:?}");
        });
    }
}
