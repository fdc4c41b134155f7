//! The storm: all cursors of many calendars die at once (410, `syncStateNotFound`, `valid-sync-token`). Every calendar is read anew,
//! once and hardly more, within what the provider allows one account; nothing disappears meanwhile, nothing is deleted, and every id
//! stays. `DAYBOOK_STORM_CALENDARS` makes it larger.

use std::collections::BTreeSet;
use std::pin::pin;

use daybook_domain::CalendarId;
use daybook_engine::calendars::settings;
use daybook_engine::jobs::sync_calendar::{self, When};
use daybook_engine::store::instances::InstanceView;
use daybook_engine::sync::{self, Ask, Mode};
use daybook_engine::{Principal, events, jobs};
use daybook_sandbox::caldav::CalendarSpec;
use daybook_sandbox::fault::Desk;
use daybook_sandbox::microsoft::Reset;
use daybook_testkit::{ADA, Builder, CALDAV_PASSWORD, CALDAV_USER, Point, World};
use futures::stream::{FuturesUnordered, StreamExt};
use jiff::Timestamp;
use serde_json::json;

use crate::runtime;

/// Events of each calendar, one of them a series.
const EVENTS: u8 = 20;
/// Occurrences of the series.
const OCCURRENCES: usize = 5;

/// Calendars of the account.
fn calendars() -> usize {
    let wanted = std::env::var("DAYBOOK_STORM_CALENDARS").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(60)
}

/// Where a storm happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum At {
    Google,
    Microsoft(Reset),
    Caldav,
}

impl At {
    fn key(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Microsoft(_) => "microsoft",
            Self::Caldav => "caldav",
        }
    }

    /// Requests that reading one calendar anew takes: the one that is refused, and the pages, of one event each where there are pages.
    fn needed(self) -> usize {
        let events = usize::from(EVENTS);
        match self {
            // At Microsoft occurrences come with their series.
            Self::Google | Self::Microsoft(_) => 1 + events,
            // What the server can do is asked as well; all events come in one listing.
            Self::Caldav => 3,
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
            Self::Caldav => world.caldav.desk(),
        }
    }

    async fn connect(self, world: &World, who: &Principal) -> Vec<CalendarId> {
        let connected = match self {
            Self::Caldav => world.try_caldav(&world.cx, who, CALDAV_PASSWORD).await,
            _ => world.try_connect(who, self.key(), ADA).await,
        };
        let calendars = connected.unwrap().calendars;
        calendars.iter().map(|calendar| calendar.id).collect()
    }

    /// The ids of the account's calendars, all of them filled.
    fn furnish(self, world: &World) -> Vec<String> {
        if self == Self::Caldav {
            world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
        }
        (0..calendars())
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
                    Self::Caldav => {
                        let spec = CalendarSpec::named(&format!("Calendar {n}"));
                        world.caldav.add_calendar(CALDAV_USER, spec).unwrap()
                    }
                };
                (0..EVENTS).for_each(|event| self.put(world, &id, event));
                id
            })
            .collect()
    }

    fn put(self, world: &World, calendar: &str, nth: u8) {
        let day = 1 + nth;
        if self == Self::Caldav {
            let rule = match nth {
                0 => "RRULE:FREQ=WEEKLY;COUNT=5\r\n",
                _ => "",
            };
            let text = format!(
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:{nth}@{calendar}\r\n\
                 DTSTAMP:20260301T000000Z\r\nDTSTART:202603{day:02}T090000Z\r\nDTEND:202603{day:02}T100000Z\r\n{rule}\
                 SUMMARY:Meeting {nth}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            );
            world
                .caldav
                .put(&format!("{calendar}{nth}.ics"), &text)
                .unwrap();
            return;
        }
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
            Self::Caldav => {}
        }
    }

    /// How many reads of everything were begun.
    fn full_reads(self, desk: &Desk) -> usize {
        let begins = |query: &str| match self {
            Self::Google => !query.contains("syncToken=") && !query.contains("pageToken="),
            Self::Microsoft(_) => query.contains("startDateTime="),
            Self::Caldav => false,
        };
        let log = desk.requests();
        log.iter()
            .filter(|one| one.method == "GET" && one.status == 200 && begins(&one.query))
            .count()
    }

    fn kill(self, world: &World, calendars: &[String]) {
        if self == Self::Caldav {
            world.caldav.invalidate_sync_tokens();
            return;
        }
        for id in calendars {
            match self {
                Self::Google => world.google.invalidate_sync_tokens(id),
                Self::Microsoft(_) => world.microsoft.invalidate_delta(id),
                Self::Caldav => {}
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
    let ids = at.connect(&world, &who).await;
    for id in &ids {
        settings::enable(&world.cx, &who, *id, true).await.unwrap();
    }
    for _ in 0..minutes() {
        world.clock.pass(60);
        world.run_jobs().await;
    }
    world.clock.pass(700);
    at.desk(&world).reset_log();
    (world, who, ids, names)
}

/// Within so many minutes all of them are read.
fn minutes() -> usize {
    30.max(calendars() / 10)
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
        At::Caldav,
    ] {
        runtime().block_on(async {
            let (world, who, ids, names) = settled(at).await;
            let before = shown(&world, &who).await;
            assert_eq!(
                before.len(),
                calendars() * (usize::from(EVENTS) + OCCURRENCES - 1),
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
            // Every so often somebody looks: everything is there all the time.
            let often = 100.max(calendars());
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
                        if stopped % often == 0 {
                            assert_eq!(shown(&world, &who).await, before, "{at:?} at {stopped}");
                        }
                        stop.go();
                    }
                }
            }
            world.gate.open();
            for _ in 0..minutes() {
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
    let (asked, needed) = (desk.requests().len(), calendars() * at.needed());
    println!("{at:?}: {asked} requests, {needed} needed");
    if at != At::Caldav {
        let read = at.full_reads(desk);
        assert!(read >= calendars(), "{at:?} was not read anew");
    }
    assert!(asked >= needed, "{at:?}: {asked} of {needed} requests");
    assert!(
        is_thrifty(asked, needed),
        "{at:?}: {asked} requests for {needed}"
    );
    assert!(!is_thrifty(2 * needed, needed), "reading twice is found");
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
    // Nothing is fetched anew from a CalDAV server whose version tags are the same, so its limit is not reached.
    assert!(
        asked > limits.0 || at == At::Caldav,
        "a limit that is not reached proves nothing"
    );
}

/// R4: calls are at most a tenth more than the pages need.
const fn is_thrifty(asked: usize, needed: usize) -> bool {
    asked * 10 <= needed * 11
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
