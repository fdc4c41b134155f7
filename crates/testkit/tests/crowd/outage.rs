//! R13: a day on which all providers answer with errors, with pages for people, not at all, or cannot even be found. Of many connections (a
//! thousand with `DAYBOOK_CROWD_CONNECTIONS=1000`) none is switched off, nobody is told more than once, few requests are sent, and an interval after the providers are back every
//! calendar is up to date.

use std::sync::Arc;

use async_trait::async_trait;
use daybook_domain::calendar::RemoteCalendar;
use daybook_domain::connection::ErrorKind;
use daybook_engine::connections::password;
use daybook_engine::{Context, Principal};
use daybook_provider_api::calendar::{
    CalendarCapability, CalendarProvider, ChangeStream, KnownResources, Page, Pull,
};
use daybook_provider_api::manifest::Manifest;
use daybook_provider_api::registry::{Configured, Identity};
use daybook_provider_api::{Error, Provider, Registry, Result, Session};
use daybook_sandbox::caldav::CalendarSpec;
use daybook_sandbox::fault::{Desk, Fault, RetryAfter, Rule};
use daybook_sandbox::microsoft::Account;
use daybook_testkit::{CALDAV, CALDAV_PASSWORD, World};
use jiff::SignedDuration;
use serde_json::json;

use crate::{hours, number};

/// Connections of one workspace.
const TEAM: usize = 10;

/// A person by number, and the team's number.
fn name(team: usize, n: usize) -> String {
    format!("p{team}-{n}@crowd.example")
}

/// Those of this many people whose calendars are on the CalDAV server.
fn on_servers(count: usize) -> Vec<String> {
    let all = (0..count).map(|nth| (nth / TEAM, nth % TEAM));
    let there = all.filter(|(team, n)| (team + n) % 3 == 2);
    there.map(|(team, n)| name(team, n)).collect()
}

/// A world with this many people, a third of them each with calendars at Google, at Microsoft and on a CalDAV server, all read once.
async fn people(count: usize) -> World {
    let world = World::builder().build().await.unwrap();
    for team in 0..count.div_ceil(TEAM) {
        let who = world.owner(&format!("team-{team}")).await;
        for n in 0..TEAM.min(count - team * TEAM) {
            let person = name(team, n);
            let zone = "Europe/Berlin";
            match (team + n) % 3 {
                0 => {
                    world.google.add_person(&person, "P", zone);
                    world.try_connect(&who, "google", &person).await.unwrap();
                }
                1 => {
                    let kind = Account::Work;
                    world.microsoft.add_person(&person, "P", zone, kind);
                    world.try_connect(&who, "microsoft", &person).await.unwrap();
                }
                _ => on_a_server(&world, &who, &person).await,
            }
        }
    }
    daybook_engine::jobs::ensure_schedule(&world.cx)
        .await
        .unwrap();
    world
}

/// An account on the CalDAV server, connected with its password.
async fn on_a_server(world: &World, who: &Principal, person: &str) {
    world.caldav.add_account(person, CALDAV_PASSWORD);
    let home = CalendarSpec::named("Home");
    world.caldav.add_calendar(person, home).unwrap();
    let ask = password::Connect {
        provider: "caldav".to_owned(),
        url: Some(format!("{CALDAV}/")),
        username: person.to_owned(),
        password: CALDAV_PASSWORD.to_owned().into(),
    };
    password::connect(&world.cx, who, ask).await.unwrap();
}

fn desks(world: &World) -> [&Arc<Desk>; 3] {
    [
        world.google.desk(),
        world.microsoft.desk(),
        world.caldav.desk(),
    ]
}

/// All providers fall ill: every request below these paths gets an error, a page for people, or nothing, or finds no address.
fn fall_ill(world: &World, paths: [&str; 3]) {
    let status = |status| Fault::Status {
        status,
        retry_after: RetryAfter::None,
    };
    for (desk, path) in desks(world).into_iter().zip(paths) {
        desk.add(Rule::on(path, status(503)).with_probability(0.25));
        desk.add(Rule::on(path, Fault::HtmlLogin).with_probability(0.4));
        desk.add(Rule::on(path, Fault::DropResponse).with_probability(0.4));
        desk.add(Rule::on(path, Fault::NoAddress).with_probability(0.5));
        desk.add(Rule::on(path, status(500)));
    }
}

/// How many requests reached the providers since the last time.
fn requests(world: &World) -> u64 {
    let mut all = 0;
    for desk in desks(world) {
        all += desk.by_endpoint().values().sum::<u64>();
        desk.reset_log();
    }
    all
}

async fn pass(world: &World, cx: &Context, time: SignedDuration) {
    hours::pass(cx, &world.clock, world.clock.now() + time).await;
}

/// What a query counts.
async fn count(world: &World, what: &str) -> usize {
    let query = format!("SELECT CAST(count(*) AS TEXT) FROM {what}");
    world.cx.store.texts_raw(query).await.unwrap()[0]
        .parse()
        .unwrap()
}

/// The most notices that a workspace got: what was sent to people, and lines about accounts.
async fn most_notices(world: &World) -> usize {
    let query = "SELECT CAST(count(*) AS TEXT) FROM activity WHERE log_type IN ('notification_sent', 'error') GROUP BY workspace_id";
    let counts = world.cx.store.texts_raw(query.to_owned()).await.unwrap();
    counts.iter().map(|n| n.parse().unwrap()).max().unwrap_or(0)
}

/// Something new in every calendar, so that being up to date can be seen.
fn news(world: &World, servers_people: &[String]) {
    for person in world.google.people() {
        let event = json!({
            "summary": "News",
            "start": {"dateTime": "2026-03-09T10:00:00Z"}, "end": {"dateTime": "2026-03-09T11:00:00Z"},
        });
        world.google.put_event(&person, &event).unwrap();
    }
    for person in world.microsoft.people() {
        let (calendar, ..) = world.microsoft.calendars_of(&person).remove(0);
        let event = json!({
            "subject": "News",
            "start": {"dateTime": "2026-03-09T10:00:00", "timeZone": "UTC"},
            "end": {"dateTime": "2026-03-09T11:00:00", "timeZone": "UTC"},
        });
        world.microsoft.put_event(&calendar, &event).unwrap();
    }
    for person in servers_people {
        let home = world.caldav.calendars(person).remove(0);
        let event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:news\r\nDTSTAMP:20260301T000000Z\r\n\
                     DTSTART:20260309T100000Z\r\nDTEND:20260309T110000Z\r\nSUMMARY:News\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        world.caldav.put(&format!("{home}news.ics"), event).unwrap();
    }
}

#[tokio::test]
async fn a_day_of_outage_costs_connections_nothing() {
    let people_count = number("DAYBOOK_CROWD_CONNECTIONS", 200);
    let world = people(people_count).await;
    let cx = world.cx.clone();
    let hour = SignedDuration::from_hours(1);
    pass(&world, &cx, hour).await;
    let enabled = count(&world, "calendar WHERE sync_enabled").await;
    assert!(enabled >= people_count, "{enabled}");
    requests(&world);
    pass(&world, &cx, hour).await;
    let normal = requests(&world);

    fall_ill(&world, ["/", "/", "/"]);
    news(&world, &on_servers(people_count));
    requests(&world);
    pass(&world, &cx, hour * 24).await;
    let during = requests(&world);
    println!("{normal} requests in an hour before; {during} in 24 hours of outage");
    assert_eq!(count(&world, "calendar WHERE sync_enabled").await, enabled);
    assert_eq!(
        count(&world, "calendar WHERE confirmed_errors > 0").await,
        0
    );
    let well = count(&world, "connection WHERE status = 'connected'").await;
    assert_eq!(well, people_count);
    let notices = most_notices(&world).await;
    println!("at most {notices} notices in a workspace");
    assert!(notices <= 1, "{notices} notices in a workspace");
    assert!(
        during * 5 <= normal * 24,
        "{during} requests in 24 hours of outage, {normal} in an hour before"
    );

    for desk in desks(&world) {
        desk.clear();
    }
    let back = world.clock.now();
    // An interval with its jitter.
    pass(&world, &cx, SignedDuration::from_mins(66)).await;
    let since = back.as_microsecond();
    let behind = format!(
        "calendar WHERE sync_enabled AND (last_sync_at < {since} OR last_error IS NOT NULL)"
    );
    assert_eq!(count(&world, &behind).await, 0, "calendars are not healed");
    assert_eq!(
        count(&world, "connection WHERE last_error IS NOT NULL").await,
        0
    );
    assert_eq!(
        count(&world, "event WHERE details LIKE '%\"News\"%'").await,
        people_count
    );
}

/// The control: an adapter to which every failure is a refusal.
#[tokio::test]
async fn who_takes_any_error_for_a_refusal_loses_connections() {
    let world = people(20).await;
    let mut registry = Registry::default();
    for entry in world.cx.registry.all() {
        registry = registry.with(Configured {
            provider: Arc::new(Rash(entry.provider.clone())),
            ..entry.clone()
        });
    }
    let cx = Context {
        registry: Arc::new(registry),
        ..world.cx.clone()
    };
    pass(&world, &cx, SignedDuration::from_hours(1)).await;
    // Tokens are still to be had, so the refusals look confirmed.
    fall_ill(&world, ["/calendar/", "/v1.0/", "/"]);
    pass(&world, &cx, SignedDuration::from_hours(6)).await;
    let well = count(&world, "connection WHERE status = 'connected'").await;
    let notices = most_notices(&world).await;
    println!("{well} of 20 connections stand, {notices} notices in a workspace");
    assert!(well < 20 && notices > 1, "the control was not found");
}

/// A provider that takes any error for a refusal.
struct Rash(Arc<dyn Provider>);

struct RashStream(Box<dyn ChangeStream>);

fn rash(error: Error) -> Error {
    Error {
        kind: ErrorKind::Auth,
        ..error
    }
}

#[async_trait]
impl Provider for Rash {
    fn manifest(&self) -> &Manifest {
        self.0.manifest()
    }

    fn calendar(&self) -> Option<&dyn CalendarProvider> {
        self.0.calendar().is_some().then_some(self)
    }

    async fn identify(&self, session: &Session<'_>) -> Result<Identity> {
        self.0.identify(session).await.map_err(rash)
    }
}

impl Rash {
    fn inner(&self) -> Result<&dyn CalendarProvider> {
        let none = || Error::new(ErrorKind::Unsupported, "no calendars");
        self.0.calendar().ok_or_else(none)
    }
}

#[async_trait]
impl CalendarProvider for Rash {
    fn capability(&self) -> CalendarCapability {
        self.inner().unwrap().capability()
    }

    async fn list_calendars(&self, session: &Session<'_>) -> Result<Vec<RemoteCalendar>> {
        self.inner()?.list_calendars(session).await.map_err(rash)
    }

    fn changes(&self, pull: Pull) -> Box<dyn ChangeStream> {
        Box::new(RashStream(self.inner().unwrap().changes(pull)))
    }
}

#[async_trait]
impl ChangeStream for RashStream {
    async fn next(&mut self, session: &Session<'_>, known: &dyn KnownResources) -> Result<Page> {
        self.0.next(session, known).await.map_err(rash)
    }
}
