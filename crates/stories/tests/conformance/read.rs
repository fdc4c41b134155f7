//! Reading: calendars, events, what changed, what is free, and what goes wrong.

use daybook_domain::availability::Configuration as Settings;
use daybook_engine::availability::check::{Ask, Checked, check};
use daybook_engine::availability::{Origin, configurations};
use daybook_engine::connections::refresh;
use daybook_engine::{Once, Outcome, calendars, jobs};
use daybook_sandbox::fault::{Fault, RetryAfter, Rule};
use daybook_testkit::World;
use jiff::civil::date;

use crate::host::{Host, Meeting, all, calendar, starts, titles};

/// New, changed, gone.
type Counts = (u64, u64, u64);

async fn sync(
    world: &World,
    who: &daybook_engine::Principal,
    id: daybook_domain::CalendarId,
) -> Counts {
    let done = world.sync(who, id).await.unwrap();
    (done.created, done.updated, done.deleted)
}

/// Calendars are listed with their ids for good; one that is taken away is kept, and not synced any more.
pub async fn list_calendars(host: Host) {
    for world in World::on_all(World::builder()).await {
        host.furnish(&world);
        let team = host.add_calendar(&world, "team");
        let who = world.owner("ada").await;
        let connected = host.connect(&world, &who).await.unwrap();
        assert!(connected.created);
        assert_eq!(connected.calendars.len(), 2);
        assert!(connected.calendars.iter().any(|c| c.sync_enabled));
        let ids = |of: &[daybook_engine::store::calendars::Calendar]| {
            let mut ids: Vec<_> = of.iter().map(|c| (c.id, c.external_id.clone())).collect();
            ids.sort();
            ids
        };
        let before = ids(&connected.calendars);
        host.add_calendar(&world, "more");
        host.take_away(&world, &team);
        refresh::relist(&world.cx, &connected.connection)
            .await
            .unwrap();
        let filter = daybook_engine::store::calendars::Filter::default();
        let now = calendars::list::list(&world.cx, &who, filter, None, 100)
            .await
            .unwrap();
        assert_eq!(now.len(), 3);
        assert!(before.iter().all(|known| ids(&now).contains(known)));
        let gone = now.iter().find(|c| c.external_id == team).unwrap();
        assert!(!gone.active);
        let again = host.connect(&world, &who).await.unwrap();
        assert!(!again.created, "the same account");
        assert_eq!(again.connection.id, connected.connection.id);
    }
}

/// The first sync shows what the calendar holds.
pub async fn full_sync(host: Host) {
    for world in World::on_all(World::builder()).await {
        host.furnish(&world);
        host.put(&world, Meeting::on("Review", 5));
        host.put(&world, Meeting::on("Stand-up", 2).weekly(3));
        let (who, id) = host.ada(&world).await;
        let shown = all(&world, &who).await;
        assert_eq!(
            titles(&shown),
            ["Stand-up", "Review", "Stand-up", "Stand-up"]
        );
        assert_eq!(
            starts(&shown),
            [
                "2026-03-02T08:00:00Z",
                "2026-03-05T08:00:00Z",
                "2026-03-09T08:00:00Z",
                "2026-03-16T08:00:00Z"
            ]
        );
        assert!(shown.iter().all(|e| e.busy && !e.all_day));
        assert_eq!(shown[0].event_id, shown[2].event_id, "one series");
        let state = calendar(&world, &who, id).await;
        let done = state.last_statistics.unwrap();
        assert!(done.full && state.has_cursor && state.last_error.is_none());
        assert_eq!((done.created, done.updated, done.deleted), (2, 0, 0));
        host.in_step(&world, &who, id).await;
    }
}

/// What changed is told and counted, and nothing else is read.
pub async fn incremental_sync(host: Host) {
    for world in World::on_all(World::builder()).await {
        host.furnish(&world);
        let (who, id) = host.ada(&world).await;
        assert_eq!(sync(&world, &who, id).await, (0, 0, 0));
        let review = host.put(&world, Meeting::on("Review", 5));
        host.put(&world, Meeting::on("Workshop", 6));
        assert_eq!(sync(&world, &who, id).await, (2, 0, 0));
        let first = all(&world, &who).await.remove(0);
        host.rename(&world, &review, "Review II");
        assert_eq!(sync(&world, &who, id).await, (0, 1, 0));
        let now = all(&world, &who).await.remove(0);
        assert_eq!(
            (now.id, now.details.title.as_str()),
            (first.id, "Review II")
        );
        host.remove(&world, &review);
        assert_eq!(sync(&world, &who, id).await, (0, 0, 1));
        assert_eq!(titles(&all(&world, &who).await), ["Workshop"]);
        assert_eq!(sync(&world, &who, id).await, (0, 0, 0));
        let done = calendar(&world, &who, id).await.last_statistics.unwrap();
        assert!(!done.full);
        host.same(&world, &who, id).await;
    }
}

/// A cursor that is not known any more costs a full read, and no id.
pub async fn cursor_reset(host: Host) {
    for world in World::on_all(World::builder()).await {
        host.furnish(&world);
        for day in 3..20 {
            host.put(&world, Meeting::on("Daily", day));
        }
        host.put(&world, Meeting::on("Stand-up", 2).weekly(4));
        let (who, id) = host.ada(&world).await;
        let ids = async || -> Vec<_> {
            let shown = all(&world, &who).await;
            shown.iter().map(|e| (e.id, e.event_id)).collect()
        };
        let before = ids().await;
        assert_eq!(before.len(), 21);
        host.forget_cursors(&world);
        let done = world.sync(&who, id).await.unwrap();
        assert!(done.full);
        assert_eq!((done.created, done.updated, done.deleted), (0, 0, 0));
        assert_eq!(ids().await, before);
        host.in_step(&world, &who, id).await;
    }
}

/// Single occurrences are changed and taken out; the others stay what they are.
pub async fn exceptions(host: Host) {
    for world in World::on_all(World::builder()).await {
        host.furnish(&world);
        let series = host.put(&world, Meeting::on("Stand-up", 2).weekly(4));
        let (who, id) = host.ada(&world).await;
        let before = all(&world, &who).await;
        host.rename_one(&world, &series, 9, "Retro");
        world.sync(&who, id).await.unwrap();
        let shown = all(&world, &who).await;
        assert_eq!(
            titles(&shown),
            ["Stand-up", "Retro", "Stand-up", "Stand-up"]
        );
        let ids = |of: &[daybook_engine::store::instances::InstanceView]| {
            of.iter().map(|e| e.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(&shown), ids(&before), "an occurrence keeps its id");
        host.same(&world, &who, id).await;
        host.remove_one(&world, &series, 16);
        world.sync(&who, id).await.unwrap();
        let shown = all(&world, &who).await;
        assert_eq!(titles(&shown), ["Stand-up", "Retro", "Stand-up"]);
        assert_eq!(
            starts(&shown),
            [
                "2026-03-02T08:00:00Z",
                "2026-03-09T08:00:00Z",
                "2026-03-23T08:00:00Z"
            ]
        );
        host.in_step(&world, &who, id).await;
        host.remove(&world, &series);
        world.sync(&who, id).await.unwrap();
        assert!(all(&world, &who).await.is_empty());
        host.in_step(&world, &who, id).await;
    }
}

/// Whole days are days of the calendar's zone, and no zone shifts them.
pub async fn all_day(host: Host) {
    for world in World::on_all(World::builder()).await {
        host.furnish(&world);
        host.put(&world, Meeting::on("Fair", 10).days(2));
        host.put(&world, Meeting::on("Duty", 11).days(1).weekly(2));
        let (who, id) = host.ada(&world).await;
        let shown = all(&world, &who).await;
        assert_eq!(titles(&shown), ["Fair", "Duty", "Duty"]);
        assert!(shown.iter().all(|e| e.all_day));
        let days: Vec<_> = shown.iter().map(|e| (e.start_date, e.end_date)).collect();
        let day = |day| Some(date(2026, 3, day));
        assert_eq!(
            days,
            [(day(10), day(12)), (day(11), day(12)), (day(18), day(19))]
        );
        let zone = calendar(&world, &who, id).await.time_zone;
        let midnight = date(2026, 3, 10)
            .in_tz(zone.as_deref().unwrap_or("UTC"))
            .unwrap();
        assert_eq!(shown[0].start_us, midnight.timestamp());
        host.in_step(&world, &who, id).await;
    }
}

/// Asked live, the provider knows of what the mirror has not heard of yet; where it cannot be asked, the mirror counts.
pub async fn free_busy(host: Host) {
    for world in World::on_all(World::builder()).await {
        host.furnish(&world);
        let (who, id) = host.ada(&world).await;
        let new = configurations::Create {
            name: None,
            calendar_ids: vec![id],
            change: &|_: &mut Settings| (),
        };
        let made = configurations::create(&world.cx, &who, new, &Once::never())
            .await
            .unwrap();
        let Outcome::Fresh(hours) = made else {
            unreachable!("no key was given");
        };
        host.put(&world, Meeting::on("New", 5));
        let ask = |live| Ask {
            date: date(2026, 3, 5),
            duration_minutes: Some(60),
            live,
            explain: true,
        };
        let mirrored = check(&world.cx, &who, hours.id, ask(false)).await.unwrap();
        let free = |found: &Checked, hour| {
            let offered = found.slots.iter().any(|(_, from, _)| from.hour() == hour);
            assert_eq!(found.calendars[0].unknown, None);
            offered
        };
        assert!(free(&mirrored, 9) && free(&mirrored, 10));
        let live = check(&world.cx, &who, hours.id, ask(true)).await.unwrap();
        assert_eq!(live.calendars[0].origin, Origin::Live);
        assert!(!free(&live, 9) && free(&live, 10));
        if host.stops_telling(&world, true) {
            let found = check(&world.cx, &who, hours.id, ask(true)).await.unwrap();
            assert_eq!(found.calendars[0].origin, Origin::Mirror);
            assert!(free(&found, 9) && free(&found, 10));
            world.sync(&who, id).await.unwrap();
            let found = check(&world.cx, &who, hours.id, ask(true)).await.unwrap();
            assert!(!free(&found, 9) && free(&found, 10));
            host.stops_telling(&world, false);
        }
        // What it would not say is not free.
        let fault = Fault::Status {
            status: 503,
            retry_after: RetryAfter::None,
        };
        host.desk(&world).add(Rule::on("/*", fault));
        let silent = check(&world.cx, &who, hours.id, ask(true)).await;
        let seen = silent.map(|found| found.calendars[0]);
        let answered = seen.is_ok_and(|one| one.origin == Origin::Live && one.unknown.is_none());
        assert!(!answered, "an answer that did not come is no live answer");
    }
}

/// The provider tells of a change, and nobody polls.
pub async fn push(host: Host) {
    for world in World::on_all(World::builder().push()).await {
        host.furnish(&world);
        let (who, id) = host.ada(&world).await;
        for _ in 0..3 {
            world.run_jobs().await;
        }
        let until = calendar(&world, &who, id).await.push_expires_at;
        assert!(
            until.is_some_and(|at| at > world.clock.now()),
            "not watched"
        );
        world.deliver().await;
        world.microsoft.deliver().await;
        for _ in 0..3 {
            world.run_jobs().await;
        }
        host.put(&world, Meeting::on("Told", 5));
        assert_eq!(world.run_jobs().await, 0, "nobody told yet");
        assert_eq!(world.deliver().await + world.microsoft.deliver().await, 1);
        world.clock.pass(11);
        world.run_jobs().await;
        assert_eq!(titles(&all(&world, &who).await), ["Told"]);
        jobs::ensure_schedule(&world.cx).await.unwrap();
        host.same(&world, &who, id).await;
    }
}

/// Whatever answer comes instead: the mirror stays as it is, and the next good answer makes it whole.
pub async fn errors(host: Host) {
    let status = |status, retry_after| Fault::Status {
        status,
        retry_after,
    };
    let faults = [
        Fault::ResetBefore,
        Fault::DropResponse,
        Fault::HtmlLogin,
        Fault::Truncated,
        Fault::Garbage,
        Fault::EmptyBody,
        Fault::Deep { depth: 300 },
        Fault::Forbidden,
        Fault::RateLimited {
            retry_after: RetryAfter::Seconds(120),
        },
        status(500, RetryAfter::None),
        status(503, RetryAfter::Seconds(60)),
        status(503, RetryAfter::HttpDate(60)),
        status(502, RetryAfter::Garbage),
    ];
    for fault in faults {
        // What is empty is nothing new, says one kind of CalDAV server.
        if host == Host::Caldav && fault == Fault::EmptyBody {
            continue;
        }
        let world = World::builder().build().await.unwrap();
        let name = format!("{host:?}: {fault:?}");
        host.furnish(&world);
        host.put(&world, Meeting::on("Review", 5));
        host.put(&world, Meeting::on("Stand-up", 2).weekly(3));
        let (who, id) = host.ada(&world).await;
        let before = titles(&all(&world, &who).await).len();
        let new = host.put(&world, Meeting::on("New", 6));
        host.desk(&world).add(Rule::on(host.reads(), fault));
        let failed = world.sync(&who, id).await;
        assert!(failed.is_err(), "{name}");
        assert_eq!(all(&world, &who).await.len(), before, "{name}");
        let state = calendar(&world, &who, id).await;
        assert!(state.last_error.is_some() && state.sync_enabled, "{name}");
        host.desk(&world).clear();
        world.clock.pass(3_600);
        host.remove(&world, &new);
        host.put(&world, Meeting::on("Newer", 7));
        world.sync(&who, id).await.unwrap();
        assert!(
            calendar(&world, &who, id).await.last_error.is_none(),
            "{name}"
        );
        assert_eq!(all(&world, &who).await.len(), before + 1, "{name}");
        host.in_step(&world, &who, id).await;
    }
}
