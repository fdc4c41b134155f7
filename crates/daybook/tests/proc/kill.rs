//! R1 on the real binary: it is killed again and again while people work and calendars change. Every acknowledged write is
//! there exactly once, a repeated request gives the same answer, and the mirrors end up as the providers are.
//!
//! `DAYBOOK_TEST_KILLS` says how often (100 by default, a fifth of them on PostgreSQL).

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::database::Database;
use crate::support::{OWNER, World, eventually};

/// Clients at work, each with a key of its own.
const WORKERS: usize = 6;
/// A Google account of the demo world.
const PERSON: &str = "ada@northwind.example";

pub fn kills() -> usize {
    std::env::var("DAYBOOK_TEST_KILLS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(100)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_on_sqlite() {
    hammer(World::sqlite().await, kills() * 4 / 5, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_on_postgres() {
    let Some(world) = World::postgres().await else {
        return;
    };
    hammer(world, kills() / 5, 2).await;
}

/// The checker has teeth: a history in which one acknowledged row vanished, and one in which a row was doubled, are noticed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_and_a_doubled_write_are_noticed() {
    let world = World::sqlite().await;
    let ledger = Arc::new(Ledger::default());
    let server = world.serve().await;
    let client = world.client();
    for nth in 0..5 {
        let op = Op::client(&format!("control-{nth}"));
        let answer = op.send(&client).await.unwrap();
        ledger.note(&op, answer.status, answer.json);
    }
    server.kill().await;
    assert_eq!(look(&world, &ledger).await, Vec::<String>::new());

    let file = world.program.database_file();
    world
        .database
        .execute(&file, "DELETE FROM client WHERE name = 'control-3'")
        .await;
    let found = look(&world, &ledger).await;
    assert!(
        found.len() == 1 && found[0].contains("control-3"),
        "{found:?}"
    );
    let twice = "INSERT INTO client (id, workspace_id, name, created_at) SELECT randomblob(16), workspace_id, name, created_at FROM client WHERE name = 'control-2'";
    world.database.execute(&file, twice).await;
    let found = look(&world, &ledger).await;
    assert!(
        found.len() == 2 && found.iter().any(|line| line.contains("2 times")),
        "{found:?}"
    );
}

/// A write that its client repeats, with the same key, until it is acknowledged.
#[derive(Debug, Clone)]
struct Op {
    key: String,
    path: &'static str,
    body: Value,
    /// What the row is called in the database: unique.
    name: String,
}

#[derive(Debug, Clone)]
struct Acknowledged {
    op: Op,
    status: u16,
    answer: Value,
}

/// What was promised.
#[derive(Default)]
struct Ledger {
    acknowledged: Mutex<Vec<Acknowledged>>,
    switch: Mutex<Switch>,
    /// Requests that were sent.
    sent: AtomicUsize,
}

/// The state of the calendar that is switched off and on.
#[derive(Debug, Clone, Default)]
struct Switch {
    calendar: String,
    acknowledged: Option<bool>,
    /// What was asked for since.
    asked: Option<bool>,
}

impl Op {
    fn client(name: &str) -> Self {
        Self {
            key: name.to_owned(),
            path: "/clients",
            body: json!({"name": name}),
            name: name.to_owned(),
        }
    }

    fn entry(name: &str, nth: usize) -> Self {
        let started = format!("2026-03-{:02}T{:02}:00:00Z", 1 + nth / 24 % 28, nth % 24);
        let body = json!({"description": name, "started_at": started, "duration_minutes": 30});
        Self {
            key: name.to_owned(),
            path: "/time-entries",
            body,
            name: name.to_owned(),
        }
    }

    fn convert(name: &str, instance: &str) -> Self {
        let body = json!({"synced_event_id": instance});
        Self {
            key: name.to_owned(),
            path: "/integrations/calendars/events/convert",
            body,
            name: instance.to_owned(),
        }
    }

    async fn send(&self, client: &Client) -> reqwest::Result<crate::support::client::Answer> {
        client
            .try_call(
                "POST",
                self.path,
                Some(&self.body),
                &[("idempotency-key", &self.key)],
            )
            .await
    }
}

impl Ledger {
    fn note(&self, op: &Op, status: u16, answer: Value) {
        self.acknowledged.lock().unwrap().push(Acknowledged {
            op: op.clone(),
            status,
            answer,
        });
    }

    fn all(&self) -> Vec<Acknowledged> {
        self.acknowledged.lock().unwrap().clone()
    }
}

async fn hammer(world: World, kills: usize, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    let server = world.serve().await;
    let client = world.client();
    client.connect_google(PERSON).await;
    client
        .post(
            "/integrations/caldav/connect",
            world.simulators.caldav_account(),
        )
        .await
        .expect(200);
    let calendars = client.synced_calendars().await;
    let ledger = Arc::new(Ledger::default());
    let stop = Arc::new(AtomicBool::new(false));
    let mut tasks = Vec::new();
    let instances = instances(&client, &calendars).await;
    assert!(instances.len() > 50, "{} instances", instances.len());
    for worker in 0..WORKERS {
        let client = with_own_key(&world).await;
        tasks.push(tokio::spawn(work(
            worker,
            client,
            instances.clone(),
            ledger.clone(),
            stop.clone(),
        )));
    }
    let ids: Vec<String> = calendars
        .iter()
        .map(|c| c["id"].as_str().unwrap().to_owned())
        .collect();
    tasks.push(tokio::spawn(switch(
        with_own_key(&world).await,
        ids[0].clone(),
        ledger.clone(),
        stop.clone(),
    )));
    tasks.push(tokio::spawn(sync(
        with_own_key(&world).await,
        ids,
        stop.clone(),
    )));
    server.kill().await;

    for round in 0..kills {
        let mut server = world.program.start(&[]);
        if rng.random_bool(0.1) {
            // Also while it starts.
            tokio::time::sleep(Duration::from_millis(rng.random_range(0..150))).await;
        } else {
            server.ready().await;
            change(&world, &mut rng);
            tokio::time::sleep(Duration::from_millis(rng.random_range(3..300))).await;
        }
        server.kill().await;
        let wrong = look(&world, &ledger).await;
        assert!(
            wrong.is_empty(),
            "after kill {round} of seed {seed}: {wrong:#?}"
        );
    }
    let _server = world.serve().await;
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
    let wrong = look(&world, &ledger).await;
    assert!(wrong.is_empty(), "at the end of seed {seed}: {wrong:#?}");
    let replayed = replay(&world, &ledger).await;
    let converged = converge(&world, &client).await;
    println!(
        "{kills} kills: {} of {} requests acknowledged, 0 lost, 0 doubled; {replayed} repeated with the same answer; {converged} events as at the providers",
        ledger.all().len(),
        ledger.sent.load(Ordering::Relaxed),
    );
}

pub async fn with_own_key(world: &World) -> Client {
    let key = world
        .program
        .run(&["api-key", "create", "--email", OWNER, "--scopes", "admin"])
        .await
        .success();
    Client::new(&world.program.base_url(), Some(key.trim()))
}

/// Timed instances that can be converted.
async fn instances(client: &Client, calendars: &[Value]) -> Vec<String> {
    let mut found = Vec::new();
    for calendar in calendars {
        let id = calendar["id"].as_str().unwrap();
        let events = client
            .all(&format!("/integrations/calendars/{id}/events"))
            .await;
        let fits = |event: &&Value| {
            event["all_day"] == false
                && event["response_status"] != "declined"
                && event["status"] != "cancelled"
        };
        found.extend(
            events
                .iter()
                .filter(fits)
                .map(|event| event["id"].as_str().unwrap().to_owned()),
        );
    }
    found
}

/// One write after the other; each is repeated until it is acknowledged or refused for good.
async fn work(
    worker: usize,
    client: Client,
    instances: Vec<String>,
    ledger: Arc<Ledger>,
    stop: Arc<AtomicBool>,
) {
    for nth in 0.. {
        let name = format!("w{worker}-{nth}");
        let op = match nth % 3 {
            0 => Op::client(&name),
            1 => Op::entry(&name, nth),
            // Two workers convert each instance, so that they also race for it.
            _ => Op::convert(
                &name,
                &instances[(nth / 3 * WORKERS + worker / 2) % instances.len()],
            ),
        };
        loop {
            ledger.sent.fetch_add(1, Ordering::Relaxed);
            match op.send(&client).await {
                Ok(answer) if (200..300).contains(&answer.status) => {
                    ledger.note(&op, answer.status, answer.json);
                    break;
                }
                // The event went meanwhile, or became one that is not converted.
                Ok(answer)
                    if matches!(answer.status, 404 | 422) && op.path.ends_with("convert") =>
                {
                    break;
                }
                Ok(answer) => assert!(
                    matches!(answer.status, 409 | 429 | 503),
                    "{op:?}: {} {}",
                    answer.status,
                    answer.text
                ),
                Err(_) => {}
            }
            if stop.load(Ordering::Relaxed) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        if stop.load(Ordering::Relaxed) {
            return;
        }
    }
}

/// Switches one calendar off and on; it ends switched on.
async fn switch(client: Client, calendar: String, ledger: Arc<Ledger>, stop: Arc<AtomicBool>) {
    let path = format!("/integrations/calendars/{calendar}/enable");
    ledger.switch.lock().unwrap().calendar = calendar;
    let mut wanted = false;
    loop {
        ledger.switch.lock().unwrap().asked = Some(wanted);
        let body = json!({"enabled": wanted});
        if let Ok(answer) = client.try_call("PUT", &path, Some(&body), &[]).await
            && answer.status == 200
        {
            assert_eq!(answer.json["sync_enabled"], wanted);
            let mut switch = ledger.switch.lock().unwrap();
            (switch.acknowledged, switch.asked) = (Some(wanted), None);
            if stop.load(Ordering::Relaxed) && wanted {
                return;
            }
            wanted = !wanted;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn sync(client: Client, calendars: Vec<String>, stop: Arc<AtomicBool>) {
    for nth in 0.. {
        let path = format!(
            "/integrations/calendars/{}/sync?full={}",
            calendars[nth % calendars.len()],
            nth % 5 == 4
        );
        // Whatever it answers: what counts is where the mirror ends up.
        client.try_call("POST", &path, None, &[]).await.ok();
        if stop.load(Ordering::Relaxed) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Something changes at the providers.
fn change(world: &World, rng: &mut StdRng) {
    for (calendar, _) in world.simulators.google().calendars_of(PERSON) {
        world.simulators.google().random_op(&calendar, rng);
    }
    world.simulators.caldav().random_op(rng);
}

/// A way to look at the database while the server is dead that does not repair it: SQLite recovers a copy.
async fn rows(world: &World, query: &str) -> Vec<String> {
    if matches!(world.database, Database::Postgres { .. }) {
        return world.database.texts(&PathBuf::new(), query).await;
    }
    let copy = tempfile::tempdir().unwrap();
    let (from, to) = (world.program.database_file(), copy.path().join("copy.db"));
    std::fs::copy(&from, &to).unwrap();
    let journal = from.with_extension("db-wal");
    if journal.exists() {
        std::fs::copy(journal, to.with_extension("db-wal")).unwrap();
    }
    world.database.texts(&to, query).await
}

/// Compares the database with the ledger: what is wrong, in sentences.
async fn look(world: &World, ledger: &Ledger) -> Vec<String> {
    let sqlite = matches!(world.database, Database::Sqlite);
    let id = |column: &str| {
        if sqlite {
            format!("lower(hex({column}))")
        } else {
            format!("replace(CAST({column} AS TEXT), '-', '')")
        }
    };
    let query = format!(
        "SELECT 'c ' || {} || ' ' || name FROM client UNION ALL SELECT 'e ' || {} || ' ' || description FROM time_entry WHERE source <> 'calendar' \
         UNION ALL SELECT 'v ' || {} || ' ' || coalesce({}, '') FROM time_entry WHERE source = 'calendar' \
         UNION ALL SELECT 's ' || {} || ' ' || CASE WHEN sync_enabled THEN 'true' ELSE 'false' END FROM calendar \
         UNION ALL SELECT 'd ' || count(*) || ' ' || provider_event_id FROM event GROUP BY calendar_id, provider_event_id HAVING count(*) > 1 \
         UNION ALL SELECT 'd ' || count(*) || ' ' || coalesce(occurrence_key, '') FROM instance GROUP BY event_id, occurrence_key HAVING count(*) > 1 \
         UNION ALL SELECT 'd ' || count(*) || ' ' || cause_key FROM time_entry WHERE cause_key IS NOT NULL GROUP BY member_id, cause_key HAVING count(*) > 1",
        id("id"),
        id("id"),
        id("id"),
        id("synced_event_id"),
        id("id"),
    );
    let acknowledged = ledger.all();
    let mut wrong = Vec::new();
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut there, mut switches) = (BTreeSet::new(), BTreeMap::new());
    for line in rows(world, &query).await {
        let mut parts = line.splitn(3, ' ');
        let (kind, id, name) = (
            parts.next().unwrap(),
            parts.next().unwrap(),
            parts.next().unwrap(),
        );
        match kind {
            "d" => wrong.push(format!("{name} is there {id} times")),
            "s" => drop(switches.insert(id.to_owned(), name == "true")),
            _ => {
                there.insert(id.to_owned());
                names
                    .entry(format!("{kind} {name}"))
                    .or_default()
                    .push(id.to_owned());
            }
        }
    }
    for (name, ids) in names.iter().filter(|(_, ids)| ids.len() > 1) {
        wrong.push(format!("{name} is there {} times", ids.len()));
    }
    for done in &acknowledged {
        let id = done.answer["id"]
            .as_str()
            .unwrap_or_default()
            .replace('-', "");
        if !there.contains(&id) {
            wrong.push(format!(
                "{} ({} {id}) was acknowledged and is not there",
                done.op.name, done.op.path
            ));
        }
    }
    if sqlite {
        let verdict = rows(world, "PRAGMA integrity_check").await;
        if verdict != ["ok"] {
            wrong.push(format!("the file is damaged: {verdict:?}"));
        }
    }
    wrong.extend(switched(ledger, &switches));
    wrong
}

/// The switched calendar is as acknowledged, or as asked for and not yet acknowledged.
fn switched(ledger: &Ledger, calendars: &BTreeMap<String, bool>) -> Option<String> {
    let switch = ledger.switch.lock().unwrap().clone();
    let acknowledged = switch.acknowledged?;
    let is = calendars.get(&switch.calendar.replace('-', "")).copied();
    let fits = is == Some(acknowledged) || (is.is_some() && is == switch.asked);
    (!fits).then(|| format!("the calendar's switch is {is:?}: {switch:?}"))
}

/// Repeats acknowledged requests with their keys: status and body must be those of the first time. Returns how many.
async fn replay(world: &World, ledger: &Ledger) -> usize {
    let all = ledger.all();
    let clients = futures::future::join_all((0..3).map(|_| with_own_key(world))).await;
    // An idempotency key belongs to a member, whatever key they come with.
    let chosen: Vec<&Acknowledged> = all.iter().rev().step_by(1 + all.len() / 240).collect();
    for (nth, done) in chosen.iter().enumerate() {
        let client = &clients[nth % clients.len()];
        let answer = done.op.send(client).await.unwrap();
        if done.op.path.ends_with("convert") {
            assert_eq!(answer.json["id"], done.answer["id"], "{done:?}");
        } else {
            assert_eq!(
                (answer.status, &answer.json),
                (done.status, &done.answer),
                "{:?}",
                done.op
            );
        }
    }
    chosen.len()
}

/// After one sync each, the mirrors hold what the providers have. Returns how many events.
async fn converge(world: &World, client: &Client) -> usize {
    if let Database::Postgres { .. } = world.database {
        // Leases of dead nodes run out by themselves; that time passes now.
        let passed = "UPDATE calendar SET lease_until = 0 WHERE lease_until IS NOT NULL; UPDATE job SET due_at = 0, lease_until = 0 WHERE lease_until IS NOT NULL";
        world.database.execute(&PathBuf::new(), passed).await;
    }
    let calendars = client
        .all("/integrations/calendars?sync_enabled=true")
        .await;
    let mut events = 0;
    for calendar in calendars {
        client.sync(calendar["id"].as_str().unwrap()).await;
        let external = calendar["provider_details"]["external_id"]
            .as_str()
            .unwrap();
        let (google, caldav) = (world.simulators.google(), world.simulators.caldav());
        let (column, wanted): (_, BTreeSet<String>) = if calendar["provider"] == "google" {
            let told = google.snapshot(external).into_iter();
            (
                "provider_event_id",
                told.map(|event| format!("{} {}", event.id, event.etag))
                    .collect(),
            )
        } else {
            let told = caldav.snapshot(&path_of(external)).into_iter();
            (
                "resource",
                told.map(|event| format!("{} {}", path_of(&event.path), event.etag))
                    .collect(),
            )
        };
        let query = format!(
            "SELECT DISTINCT {column} || ' ' || coalesce(etag, '') FROM event JOIN calendar ON calendar.id = event.calendar_id WHERE external_id = '{external}'"
        );
        let held = world
            .database
            .texts(&world.program.database_file(), &query)
            .await;
        let held: BTreeSet<String> = held
            .iter()
            .map(|line| {
                if column == "resource" {
                    path_of(line)
                } else {
                    line.clone()
                }
            })
            .collect();
        let difference: Vec<&String> = held.symmetric_difference(&wanted).collect();
        assert!(
            difference.is_empty(),
            "{external} differs from the provider: {difference:#?}"
        );
        events += wanted.len();
    }
    assert!(events > 0);
    let failed = eventually("no job is left over from a killed run", || async {
        let live = world
            .database
            .texts(
                &world.program.database_file(),
                "SELECT kind FROM job WHERE state = 'live' AND lease_until IS NOT NULL",
            )
            .await;
        live.is_empty().then_some(())
    });
    failed.await;
    events
}

/// The path of an address, or the path itself.
pub fn path_of(address: &str) -> String {
    match address.split_once("://") {
        Some((_, rest)) => rest
            .find('/')
            .map_or(String::new(), |at| rest[at..].to_owned()),
        None => address.to_owned(),
    }
}
