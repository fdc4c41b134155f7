//! A Microsoft calendar is mirrored: what is shown equals what the calendar holds, whatever became of links, series, grants and
//! days meanwhile.

use std::collections::BTreeSet;

use daybook_domain::CalendarId;
use daybook_domain::availability::{BusyRules, Configuration as Settings};
use daybook_domain::connection::Status;
use daybook_domain::sync::Statistics;
use daybook_domain::zone::Zone;
use daybook_engine::availability::Origin;
use daybook_engine::availability::check::Ask;
use daybook_engine::jobs;
use daybook_engine::store::connections::Connection;
use daybook_engine::store::push_channels::{self, State};
use daybook_engine::{Principal, sync};
use daybook_sandbox::fault::{Fault, RetryAfter, Rule};
use daybook_sandbox::microsoft::{DeltaOddities, Reset, Rotation, ScopeStyle};
use daybook_testkit::{ADA, MICROSOFT_HOOK, Shown, World, microsoft_shown, microsoft_truth};
use jiff::SignedDuration;
use jiff::civil::date;
use serde_json::{Value, json};

use crate::availability::{THURSDAY, configure, day, on, starts};
use crate::{calendar, connection, counts, titles, week};

/// Ada's default calendar at Microsoft.
pub(crate) fn home(world: &World) -> String {
    world.microsoft.calendars_of(ADA).remove(0).0
}

/// Ada in her workspace, her Microsoft account connected and synced for the first time.
pub(crate) async fn ada(world: &World) -> (Principal, Connection, CalendarId) {
    let who = world.owner("ada").await;
    let connected = world.connect_microsoft(&who).await;
    assert!(connected.created);
    world.run_jobs().await;
    let primary = connected.calendars.iter().find(|c| c.is_primary).unwrap();
    (who, connected.connection, primary.id)
}

/// A meeting on a day of March 2026, from this hour (Berlin) for an hour.
pub(crate) fn meeting(title: &str, day: u32, hour: u32) -> Value {
    let at = |hour: u32| json!({"dateTime": format!("2026-03-{day:02}T{hour:02}:00:00"), "timeZone": "W. Europe Standard Time"});
    json!({"subject": title, "start": at(hour), "end": at(hour + 1)})
}

/// The same every week from then on.
pub(crate) fn weekly(title: &str, day: u32, hour: u32, weekday: &str) -> Value {
    let mut event = meeting(title, day, hour);
    event["recurrence"] = json!({
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": [weekday], "firstDayOfWeek": "monday"},
        "range": {"type": "noEnd", "startDate": format!("2026-03-{day:02}")},
    });
    event
}

pub(crate) fn put(world: &World, event: &Value) -> String {
    world.microsoft.put_event(&home(world), event).unwrap()
}

/// What is shown is what the calendar holds.
pub(crate) async fn same(world: &World, who: &Principal, id: CalendarId) {
    let (held, truth) = both(world, who, id).await;
    assert_eq!(held, truth);
    lawful(world);
}

/// Microsoft would have no complaint about what it was asked.
pub(crate) fn lawful(world: &World) {
    let found = world.microsoft.desk().violations();
    assert!(found.is_empty(), "{found:?}");
}

async fn both(
    world: &World,
    who: &Principal,
    id: CalendarId,
) -> (BTreeSet<Shown>, BTreeSet<Shown>) {
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let now = world.clock.now();
    let (from, to) = (now - days(20), now + days(300));
    let held = microsoft_shown(&world.cx.store, who.workspace_id, id, (from, to)).await;
    let calendar = calendar(world, who, id).await;
    let zone = calendar.time_zone.as_deref().and_then(Zone::iana).unwrap();
    let known = world.microsoft.snapshot(&calendar.external_id, from, to);
    (held, microsoft_truth(known, &zone))
}

async fn follow(world: &World, who: &Principal, id: CalendarId) -> Statistics {
    let done = world.sync(who, id).await.unwrap();
    same(world, who, id).await;
    done
}

#[tokio::test]
async fn a_first_sync_shows_what_the_calendar_holds() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Review", 5, 10));
        put(&world, &weekly("Stand-up", 2, 9, "monday"));
        let midnight = |day: u32| json!({"dateTime": format!("2026-03-{day:02}T00:00:00"), "timeZone": "Europe/Berlin"});
        put(
            &world,
            &json!({"subject": "Holiday", "isAllDay": true, "showAs": "free", "start": midnight(10), "end": midnight(12)}),
        );
        let (who, account, id) = ada(&world).await;
        assert_eq!(account.account_email.as_deref(), Some(ADA));
        let calendar = calendar(&world, &who, id).await;
        assert_eq!(calendar.time_zone.as_deref(), Some("Europe/Berlin"));
        assert_eq!(counts(&calendar.last_statistics.unwrap()), (3, 0, 0, 0));
        let events = week(&world, &who).await;
        assert_eq!(events[1].details.title, "Review");
        assert_eq!(events[1].start_us.to_string(), "2026-03-05T09:00:00Z");
        let holiday = events.iter().find(|e| e.details.title == "Holiday");
        assert_eq!(
            holiday.unwrap().start_us.to_string(),
            "2026-03-09T23:00:00Z"
        );
        same(&world, &who, id).await;
        assert_eq!(counts(&follow(&world, &who, id).await), (0, 0, 0, 0));
    }
}

#[tokio::test]
async fn every_kind_of_change_is_followed() {
    let odd = World::builder().microsoft(|config| {
        config.page_cap = Some(2);
        config.delta = DeltaOddities {
            shuffle: true,
            duplicates: true,
            empty_pages: true,
            split_series: true,
        };
        config.scope_style = ScopeStyle::Odd;
    });
    for builder in [World::builder(), odd] {
        for world in World::on_all(builder).await {
            let calendar = home(&world);
            let sim = &world.microsoft;
            let single = put(&world, &meeting("Review", 5, 10));
            let series = put(&world, &weekly("Stand-up", 2, 9, "monday"));
            let (who, _, id) = ada(&world).await;
            same(&world, &who, id).await;

            sim.edit_event(&calendar, &single, &json!({"subject": "Review II"}))
                .unwrap();
            assert_eq!(counts(&follow(&world, &who, id).await), (0, 1, 0, 0));

            let of = |day| sim.occurrence_id(&calendar, &series, day).unwrap();
            sim.move_by(&calendar, &of(date(2026, 3, 16)), 90).unwrap();
            follow(&world, &who, id).await;
            assert!(sim.delete_event(&calendar, &of(date(2026, 3, 9))));
            follow(&world, &who, id).await;
            sim.edit_event(
                &calendar,
                &of(date(2026, 3, 23)),
                &json!({"subject": "Retro", "showAs": "free"}),
            )
            .unwrap();
            follow(&world, &who, id).await;
            // Over a weekend and to another day than the rule's, and the first of all.
            sim.move_by(&calendar, &of(date(2026, 3, 30)), 5 * 1440)
                .unwrap();
            sim.move_by(&calendar, &of(date(2026, 3, 2)), -30).unwrap();
            follow(&world, &who, id).await;
            // A changed one goes.
            assert!(sim.delete_event(&calendar, &of(date(2026, 3, 16))));
            follow(&world, &who, id).await;
            sim.edit_event(&calendar, &series, &json!({"subject": "Daily"}))
                .unwrap();
            follow(&world, &who, id).await;
            // Summer time begins within it.
            sim.move_by(&calendar, &series, 60).unwrap();
            follow(&world, &who, id).await;
            let rule = json!({"recurrence": {
                "pattern": {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31},
                "range": {"type": "numbered", "startDate": "2026-03-31", "numberOfOccurrences": 7},
            }});
            sim.edit_event(&calendar, &series, &rule).unwrap();
            follow(&world, &who, id).await;
            sim.edit_event(&calendar, &series, &json!({"recurrence": null}))
                .unwrap();
            follow(&world, &who, id).await;
            let rule = json!({"recurrence": {
                "pattern": {"type": "daily", "interval": 2},
                "range": {"type": "endDate", "startDate": "2026-03-05", "endDate": "2026-04-20"},
            }});
            sim.edit_event(&calendar, &single, &rule).unwrap();
            follow(&world, &who, id).await;
            sim.edit_event(&calendar, &single, &json!({"isCancelled": true}))
                .unwrap();
            follow(&world, &who, id).await;
            assert!(sim.delete_event(&calendar, &single));
            assert!(sim.delete_event(&calendar, &series));
            follow(&world, &who, id).await;
            assert!(both(&world, &who, id).await.0.is_empty());
        }
    }
}

#[tokio::test]
async fn ids_survive_a_dead_delta_link() {
    for reset in [Reset::Gone, Reset::NotFound, Reset::Invalid] {
        let builder = World::builder().microsoft(|config| config.reset = reset);
        for world in World::on_all(builder).await {
            for day in 3..20 {
                put(&world, &meeting("Daily", day, 10));
            }
            put(&world, &weekly("Stand-up", 2, 9, "monday"));
            let (who, _, id) = ada(&world).await;
            let before: Vec<_> = week(&world, &who).await.iter().map(|e| e.id).collect();
            assert!(before.len() > 15);
            world.microsoft.invalidate_delta(&home(&world));
            let done = follow(&world, &who, id).await;
            assert!(done.full);
            assert_eq!(counts(&done), (0, 0, 0, 18));
            let after: Vec<_> = week(&world, &who).await.iter().map(|e| e.id).collect();
            assert_eq!(before, after);
        }
    }
}

#[tokio::test]
async fn the_window_slides_with_the_days() {
    for world in World::on_all(World::builder()).await {
        put(&world, &weekly("Stand-up", 2, 9, "monday"));
        let far = json!({"dateTime": "2027-04-20T10:00:00", "timeZone": "UTC"});
        let late = json!({"dateTime": "2027-04-20T11:00:00", "timeZone": "UTC"});
        put(
            &world,
            &json!({"subject": "Next year", "start": far, "end": late}),
        );
        let (who, _, id) = ada(&world).await;
        let before: Vec<_> = week(&world, &who).await.iter().map(|e| e.id).collect();
        for _ in 0..20 {
            world.clock.pass(86_400);
            follow(&world, &who, id).await;
        }
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        let now = world.clock.now();
        let far = microsoft_shown(
            &world.cx.store,
            who.workspace_id,
            id,
            (now + days(380), now + days(399)),
        )
        .await;
        assert!(far.iter().any(|one| one.title == "Next year"));
        let after: Vec<_> = week(&world, &who).await.iter().map(|e| e.id).collect();
        assert!(before.iter().any(|id| after.contains(id)));
    }
}

/// Whole days begin at the midnight of the mailbox; nothing of them is told again when it moves.
#[tokio::test]
async fn whole_days_move_along_with_the_mailbox() {
    for world in World::on_all(World::builder()).await {
        let midnight =
            |day: u32| json!({"dateTime": format!("2026-03-{day:02}T00:00:00"), "timeZone": "UTC"});
        let holiday = |title: &str, day: u32| json!({"subject": title, "isAllDay": true, "start": midnight(day), "end": midnight(day + 1)});
        put(&world, &holiday("Fair", 10));
        let mut daily = holiday("Duty", 5);
        daily["recurrence"] = json!({"pattern": {"type": "daily", "interval": 1},
            "range": {"type": "numbered", "startDate": "2026-03-05", "numberOfOccurrences": 3}});
        put(&world, &daily);
        let (who, account, id) = ada(&world).await;
        let before = week(&world, &who).await;
        assert_eq!(before[0].start_us.to_string(), "2026-03-04T23:00:00Z");
        world.microsoft.set_time_zone(ADA, "America/New_York");
        daybook_engine::connections::refresh::relist(&world.cx, &account)
            .await
            .unwrap();
        let done = follow(&world, &who, id).await;
        assert_eq!(counts(&done), (0, 0, 0, 0), "nothing was told");
        let now = week(&world, &who).await;
        let starts: Vec<String> = now.iter().map(|e| e.start_us.to_string()).collect();
        assert_eq!(
            starts,
            [
                "2026-03-05T05:00:00Z",
                "2026-03-06T05:00:00Z",
                "2026-03-07T05:00:00Z",
                "2026-03-10T04:00:00Z"
            ]
        );
        let ids = |of: &[daybook_engine::store::instances::InstanceView]| {
            of.iter().map(|e| e.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(&before), ids(&now));
        let until = calendar(&world, &who, id).await.expanded_until;
        assert!(until.is_some_and(|at| at > world.clock.now()));
    }
}

#[tokio::test]
async fn tokens_rotate_and_a_withdrawn_grant_asks_for_its_owner() {
    for rotation in [Rotation::Keep, Rotation::RotateKeepOld, Rotation::SingleUse] {
        let builder = World::builder().microsoft(|config| config.rotation = rotation);
        for world in World::on_all(builder).await {
            let (who, account, id) = ada(&world).await;
            for day in 5..10 {
                put(&world, &meeting("Daily", day, 10));
                world.clock.pass(2 * 3600);
                follow(&world, &who, id).await;
            }
            world.microsoft.expire_tokens(ADA);
            follow(&world, &who, id).await;
            let ids: Vec<_> = week(&world, &who).await.iter().map(|e| e.id).collect();

            world.microsoft.revoke_grant(ADA);
            for _ in 0..2 {
                assert!(world.sync(&who, id).await.is_err());
            }
            let lost = connection(&world, &who, account.id).await;
            assert_eq!(lost.status, Status::NeedsReauth);
            let refused = world.sync(&who, id).await;
            assert!(matches!(refused, Err(sync::Error::NeedsReauth)));
            assert_eq!(titles(&week(&world, &who).await).len(), 5);

            let again = world.connect_microsoft(&who).await;
            assert!(!again.created);
            follow(&world, &who, id).await;
            let after: Vec<_> = week(&world, &who).await.iter().map(|e| e.id).collect();
            assert_eq!(ids, after);
        }
    }
}

#[tokio::test]
async fn throttling_is_obeyed_and_loses_nothing() {
    for world in World::on_all(World::builder()).await {
        let (who, _, id) = ada(&world).await;
        put(&world, &meeting("Review", 5, 10));
        let retry_after = RetryAfter::Seconds(7);
        world
            .microsoft
            .desk()
            .add(Rule::on("/v1.0/*", Fault::RateLimited { retry_after }).times(1));
        let began = world.clock.now();
        let first = world.sync(&who, id).await;
        if first.is_err() {
            world.clock.pass(60);
            world.sync(&who, id).await.unwrap();
        }
        assert!(world.clock.now().duration_since(began).as_secs() >= 7);
        same(&world, &who, id).await;
        assert_eq!(titles(&week(&world, &who).await), ["Review"]);
    }
}

/// Outlook allows four requests at once for a mailbox, whoever is connected to it (contracts/microsoft §10).
#[tokio::test]
async fn two_workspaces_with_one_mailbox_share_its_limit() {
    let world = World::builder().build().await.unwrap();
    let mut asked = Vec::new();
    for name in ["ada", "bob"] {
        let who = world.owner(name).await;
        let connection = world.connect_microsoft(&who).await.connection.id;
        world.run_jobs().await;
        asked.push((who, connection));
    }
    let mut arrivals = world.gate.close();
    let mut work = tokio::task::JoinSet::new();
    for (who, connection) in &asked {
        for _ in 0..4 {
            let (cx, who, connection) = (world.cx.clone(), who.clone(), *connection);
            work.spawn(async move {
                daybook_engine::connections::check::check(&cx, &who, connection).await
            });
        }
    }
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(arrivals.recv().await.unwrap());
    }
    // Nobody else sets out, however long they are held.
    let fifth = tokio::time::timeout(std::time::Duration::from_millis(300), arrivals.recv()).await;
    assert!(fifth.is_err(), "{fifth:?}");
    world.gate.open();
    for arrival in held {
        arrival.go();
    }
    while let Some(done) = work.join_next().await {
        assert!(done.unwrap().unwrap().error.is_none());
    }
}

#[tokio::test]
async fn live_free_busy_knows_what_the_mirror_does_not() {
    for world in World::on_all(World::builder()).await {
        let (who, _, id) = ada(&world).await;
        let hours = configure(&world, &who, &[id], |_| ()).await;
        put(&world, &meeting("New", 5, 10));
        let mirrored = on(&world, &who, hours, day(THURSDAY)).await;
        assert_eq!(starts(&mirrored), [9, 10, 11, 12, 13, 14, 15, 16]);
        let ask = Ask {
            live: true,
            ..day(THURSDAY)
        };
        let found = on(&world, &who, hours, ask).await;
        assert_eq!(found.calendars[0].origin, Origin::Live);
        assert_eq!(starts(&found), [9, 11, 12, 13, 14, 15, 16]);
        lawful(&world);
    }
}

/// Working elsewhere is free unless the rule about working locations says otherwise, whoever is asked.
#[tokio::test]
async fn working_elsewhere_has_a_rule_of_its_own() {
    for world in World::on_all(World::builder()).await {
        for (hour, shown) in [(10, "workingElsewhere"), (12, "free"), (14, "busy")] {
            let mut event = meeting(shown, 5, hour);
            event["showAs"] = json!(shown);
            put(&world, &event);
        }
        let (who, _, id) = ada(&world).await;
        for (free, working_location, expected) in [
            (false, false, &[9, 10, 11, 12, 13, 15, 16][..]),
            (false, true, &[9, 11, 12, 13, 15, 16][..]),
            (true, false, &[9, 10, 11, 13, 15, 16][..]),
        ] {
            let rules = BusyRules {
                free,
                working_location,
                ..BusyRules::default()
            };
            let change = move |set: &mut Settings| set.busy_rules = rules;
            let configuration = configure(&world, &who, &[id], change).await;
            for live in [false, true] {
                let ask = Ask {
                    live,
                    ..day(THURSDAY)
                };
                let found = on(&world, &who, configuration, ask).await;
                assert_eq!(starts(&found), expected, "live: {live}, {rules:?}");
                let origin = if live { Origin::Live } else { Origin::Mirror };
                assert_eq!(found.calendars[0].origin, origin);
            }
        }
    }
}

#[tokio::test]
async fn microsoft_tells_of_changes() {
    for world in World::on_all(World::builder().push()).await {
        let (who, _, id) = ada(&world).await;
        for _ in 0..4 {
            world.run_jobs().await;
        }
        assert_eq!(world.microsoft.subscriptions_of(ADA), 1);
        assert_eq!(
            world.microsoft.desk().counter("subscriptions.handshake"),
            2,
            "both addresses were asked"
        );
        let channels = async || {
            let mut tx = world.cx.store.read().await.unwrap();
            push_channels::of_calendar(&mut tx, who.workspace_id, id)
                .await
                .unwrap()
        };
        let live = channels().await;
        assert_eq!(live.len(), 1);
        assert_eq!(live[0].state, State::Live);

        put(&world, &meeting("Told", 5, 10));
        assert_eq!(world.run_jobs().await, 0, "nobody told yet");
        assert_eq!(world.microsoft.deliver().await, 1);
        for _ in 0..4 {
            world.run_jobs().await;
        }
        assert_eq!(titles(&week(&world, &who).await), ["Told"]);

        // Forged ones cause nothing.
        world.microsoft.configure(|config| config.push.forge = true);
        put(&world, &meeting("Again", 6, 10));
        world.microsoft.deliver().await;
        for _ in 0..4 {
            world.clock.pass(60);
            world.run_jobs().await;
        }
        same(&world, &who, id).await;

        // What was missed is read, and what was removed is made anew.
        put(&world, &meeting("Missed", 7, 10));
        drop(world.microsoft.take_deliveries());
        assert_eq!(world.microsoft.lifecycle(ADA, "missed"), 1);
        world.microsoft.deliver().await;
        for _ in 0..3 {
            world.run_jobs().await;
        }
        same(&world, &who, id).await;
        jobs::ensure_schedule(&world.cx).await.unwrap();
        for _ in 0..8 * 24 {
            world.clock.pass(3600);
            jobs::tick(&world.cx).await.unwrap();
            world.run_jobs().await;
        }
        assert_eq!(
            world.microsoft.subscriptions_of(ADA),
            1,
            "renewed past its life"
        );
        assert!(MICROSOFT_HOOK.ends_with("/microsoft"));
        lawful(&world);
    }
}
