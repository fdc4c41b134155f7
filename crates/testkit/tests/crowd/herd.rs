//! R11: 10,000 calendars that are polled every hour start one after the other, not together, and catching up after six hours of
//! being down asks no provider for more than it allows.

use std::sync::Arc;

use daybook_engine::store::calendars::{self, NewCalendars};
use daybook_engine::store::connections::{self, Authorised};
use daybook_engine::{Context, jobs};
use daybook_provider_api::Egress;
use daybook_provider_api::egress::EgressConfig;
use daybook_testkit::{Db, World, bell};
use jiff::{SignedDuration, Timestamp};

use crate::town::{self, APP, Meter, Town};
use crate::{hours, number};

/// Calendars of one account, and accounts of one workspace.
const CALENDARS: usize = 4;
const ACCOUNTS: usize = 25;
/// Jobs at once, over all nodes.
const WORKERS: usize = 64;
const DOWN: SignedDuration = SignedDuration::from_hours(6);
/// Parts of an hour.
const MINUTES: usize = 60;
const SECONDS: usize = 3_600;
/// The fullest minute, and the fullest second, in multiples of the mean. Independent moments of 10,000 calendars are 2.8 a second: by
/// chance alone the fullest of 3,600 seconds has about four times as many, and more than six times as many in one of ten thousand hours.
const FULL_MINUTE: f64 = 3.0;
const FULL_SECOND: f64 = 6.0;

struct Crowd {
    world: World,
    cx: Context,
    meter: Meter,
    back: Timestamp,
}

/// Calendars that were polled hourly, until the server went down six hours ago.
async fn crowd(calendars: usize) -> Crowd {
    crowd_on(Db::Memory, calendars).await.unwrap()
}

/// The same on a database; `None` when there is none.
async fn crowd_on(db: Db, calendars: usize) -> Option<Crowd> {
    let world = World::builder().db(db).build().await?;
    let meter = Meter::new(&world.clock);
    let registry = Arc::new(Town::registry());
    let config = EgressConfig {
        allow_private: true,
        ..EgressConfig::default()
    };
    let egress = Egress::with_transport(
        config.for_registry(&registry),
        Arc::new(world.clock.clone()),
        world.cx.ids.clone(),
        Arc::new(meter.clone()),
    );
    let cx = Context {
        registry,
        egress: Arc::new(egress),
        ..world.cx.clone()
    };
    for n in 0..calendars.div_ceil(CALENDARS * ACCOUNTS) {
        people(&world, n).await;
    }
    // Each was next due at a moment of its own, within the hour after the server went down. (Ids are random at their end.)
    let down = (world.clock.now() - DOWN).as_microsecond();
    let hour = SignedDuration::from_hours(1).as_micros();
    let chance = match db {
        Db::Postgres => format!("CAST(floor(random() * {hour}) AS BIGINT)"),
        _ => format!("abs(random()) % {hour}"),
    };
    let moments = format!("UPDATE calendar SET next_sync_at = {down} + {chance}");
    cx.store.execute_raw(moments).await.unwrap();
    jobs::ensure_schedule(&cx).await.unwrap();
    let back = world.clock.now();
    Some(Crowd {
        world,
        cx,
        meter,
        back,
    })
}

/// A workspace with its accounts.
async fn people(world: &World, n: usize) {
    let who = world.owner(&format!("team-{n}")).await;
    let mut tx = world.cx.store.write().await.unwrap();
    for account in 0..ACCOUNTS {
        let subject = format!("a{n}-{account}");
        let authorised = Authorised {
            member_id: who.member_id,
            provider: town::KEY.to_owned(),
            subject: subject.clone(),
            account_email: None,
            display_name: None,
            api_url: Some(town::HOST.to_owned()),
            username: Some(subject.clone()),
            scopes: Vec::new(),
            missing_scopes: Vec::new(),
            access_token: None,
            refresh_token: None,
            password: Some("quiet river".into()),
            token_expires_at: None,
            refresh_token_expires_at: None,
        };
        let ws = who.workspace_id;
        let (connection, _) = connections::upsert_authorised(&mut tx, ws, &authorised)
            .await
            .unwrap();
        let listed: Vec<_> = (0..CALENDARS)
            .map(|calendar| bell::calendar(&format!("{subject}/c{calendar}")))
            .collect();
        calendars::upsert_listed(&mut tx, ws, connection.id, &listed, NewCalendars::AllOn)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

impl Crowd {
    /// Until so long after the server came back.
    async fn until(&self, since: SignedDuration) {
        let end = self.back + since;
        hours::pass_with(&self.cx, &self.world.clock, &self.meter, WORKERS, end).await;
    }

    /// How many syncs started in each of so many equal parts of the hour that begins so long after the server came back.
    fn hour_from(&self, since: SignedDuration, parts: usize) -> Vec<usize> {
        let length = i64::try_from(SECONDS / parts).unwrap();
        let mut started = vec![0; parts];
        for at in &self.meter.state().starts {
            let second = at.duration_since(self.back + since).as_secs();
            if let Some(part) = usize::try_from(second.div_euclid(length))
                .ok()
                .filter(|part| *part < parts)
            {
                started[part] += 1;
            }
        }
        started
    }

    /// The fullest of so many equal parts of an hour, as a multiple of the mean.
    fn peak(&self, since: SignedDuration, parts: usize) -> f64 {
        let started = self.hour_from(since, parts);
        let (most, all) = (started.iter().max().unwrap(), started.iter().sum::<usize>());
        *most as f64 * parts as f64 / all.max(1) as f64
    }
}

fn mins(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

#[tokio::test]
async fn ten_thousand_calendars_never_start_in_a_herd() {
    let count = number("DAYBOOK_CROWD_CALENDARS", 10_000);
    let crowd = crowd(count).await;
    crowd.until(mins(5)).await;
    let caught_up = crowd.meter.state().starts.len();
    println!("{caught_up} of {count} calendars within five minutes of being back");
    assert!(
        count > 15_000 || caught_up >= count,
        "{caught_up} of {count}"
    );

    // In the first hour every calendar is polled again at a moment of its own; in the next one it is as it always was.
    let hours = number("DAYBOOK_CROWD_HOURS", 2);
    crowd
        .until(mins(6 + 60 * i64::try_from(hours).unwrap()))
        .await;
    for (name, from) in [("first", mins(6)), ("second", mins(66))]
        .into_iter()
        .take(hours)
    {
        let minutes = crowd.hour_from(from, MINUTES);
        let starts: usize = minutes.iter().sum();
        let peak = crowd.peak(from, MINUTES);
        let second = crowd.peak(from, SECONDS);
        println!(
            "{name} hour: {starts} starts, the fullest minute has {peak:.2} times the mean, the fullest second {second:.2} times"
        );
        assert!(starts > count * 8 / 10, "{starts}");
        assert!(peak <= FULL_MINUTE, "{peak}: {minutes:?}");
        // Of fewer calendars chance makes fuller seconds.
        assert!(count < 10_000 || second <= FULL_SECOND, "{second}");
    }
    let state = crowd.meter.state();
    println!(
        "{} requests, at most {} a minute and {} at once of one account, {} refused",
        state.requests, state.most_a_minute, state.most_at_once, state.refused
    );
    assert_eq!(state.refused, 0);
    assert!(state.most_a_minute <= APP);
}

/// The control of catching up: everybody who is late starts at once.
#[tokio::test]
async fn without_turns_catching_up_is_refused() {
    let crowd = crowd(10_000).await;
    daybook_engine::jobs::run_now(&crowd.cx, "sync_all_calendars")
        .await
        .unwrap();
    let now = crowd.world.clock.now().as_microsecond();
    let together = format!("UPDATE job SET due_at = {now} WHERE kind = 'sync_calendar'");
    crowd.cx.store.execute_raw(together).await.unwrap();
    crowd.until(mins(1)).await;
    let state = crowd.meter.state();
    println!("{} of {} requests refused", state.refused, state.requests);
    assert!(state.refused > 0, "the control was not found");
}

/// The control of the histogram: everybody is due on the hour.
#[tokio::test]
async fn without_moments_of_their_own_calendars_start_in_a_herd() {
    let crowd = crowd(1_000).await;
    crowd.until(mins(5)).await;
    let on_the_hour = (crowd.back + mins(30)).as_microsecond();
    let together = format!("UPDATE calendar SET next_sync_at = {on_the_hour}");
    crowd.cx.store.execute_raw(together).await.unwrap();
    crowd.until(mins(66)).await;
    let (peak, second) = (crowd.peak(mins(6), MINUTES), crowd.peak(mins(6), SECONDS));
    println!(
        "the fullest minute has {peak:.1} times the mean, the fullest second {second:.0} times"
    );
    assert!(peak > FULL_MINUTE, "the control was not found: {peak}");
    // Ten times over, because a thousand calendars make fuller seconds by chance.
    assert!(
        second > 10.0 * FULL_SECOND,
        "the control was not found: {second}"
    );
}

/// A figure, not a proof, so only with `DAYBOOK_CROWD_NODES` and a PostgreSQL to use: how long two nodes take for what one takes long for, on PostgreSQL, and that each calendar is read once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_due_calendars_on_two_nodes() {
    let count = number("DAYBOOK_CROWD_NODES", 0);
    if count == 0 {
        println!("skipped: DAYBOOK_CROWD_NODES says how many calendars");
        return;
    }
    let mut took = Vec::new();
    for nodes in [1, 2] {
        let Some(crowd) = crowd_on(Db::Postgres, count).await else {
            println!("skipped: there is no PostgreSQL");
            return;
        };
        jobs::run_now(&crowd.cx, "sync_all_calendars")
            .await
            .unwrap();
        crowd.world.clock.pass(600);
        let started = std::time::Instant::now();
        let mut working = tokio::task::JoinSet::new();
        for node in 0..nodes {
            let own = crowd.world.node(&format!("node-{node}")).await.cx;
            for _ in 0..4 {
                let cx = Context {
                    registry: crowd.cx.registry.clone(),
                    egress: crowd.cx.egress.clone(),
                    ..own.clone()
                };
                working.spawn(async move { jobs::run_due(&cx).await.unwrap() });
            }
        }
        let meter = crowd.meter.clone();
        let answers = tokio::spawn(async move {
            loop {
                meter.all_wait(1).await;
                meter.answer_next();
            }
        });
        while let Some(done) = working.join_next().await {
            done.unwrap();
        }
        answers.abort();
        let seconds = started.elapsed().as_secs_f64();
        let state = crowd.meter.state();
        println!(
            "{nodes} nodes of 4 workers: {} syncs of {count} calendars in {seconds:.1} s, {} refused",
            state.starts.len(),
            state.refused
        );
        assert_eq!(state.starts.len(), count, "each calendar is read once");
        took.push(seconds);
    }
    println!("two nodes take {:.2} of the time of one", took[1] / took[0]);
}
