//! Stopping in the middle: what was begun ends or is handed back, and the next start goes on with it.

use std::time::{Duration, Instant};

use daybook_sandbox::Sandbox;
use daybook_sandbox::fault::{Fault, Rule};
use daybook_sandbox::google::Seed;
use serde_json::json;

use crate::support::database::Database;
use crate::support::{World, eventually};

const PERSON: &str = "load@northwind.example";
/// Within this it must have ended: it gives itself 30 s at most, and a busy machine is slow.
const GRACE: Duration = Duration::from_secs(45);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_during_a_sync_on_sqlite() {
    stop_and_go(Database::sqlite(), 15).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_during_a_sync_on_postgres() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    // Longer than the grace: the job is handed back.
    stop_and_go(database, 60).await;
}

/// `pages` of a first sync at half a second each; the stop comes in the middle.
async fn stop_and_go(database: Database, pages: usize) {
    let sandbox = Sandbox {
        seed: Seed::Load(pages * 50),
        ..Sandbox::default()
    };
    let world = World::on(database, sandbox).await;
    let google = world.simulators.google();
    google.configure(|config| config.page_cap = Some(50));
    let desk = google.desk();
    desk.add(Rule::on(
        "/calendar/v3/calendars/*",
        Fault::Delay { ms: 500 },
    ));
    let mut server = world.serve().await;
    let client = world.client();
    client.connect_google(PERSON).await;
    client
        .post("/clients", json!({"name": "Before"}))
        .await
        .expect(201);
    eventually("the sync is under way", || async {
        (desk.counter("events.list") >= 3).then_some(())
    })
    .await;

    let started = Instant::now();
    server.signal("TERM").await;
    eventually("no new requests are taken", || async {
        client
            .try_call("GET", "/clients", None, &[])
            .await
            .is_err()
            .then_some(())
    })
    .await;
    let refused_after = started.elapsed();
    assert_eq!(server.ended().await, Some(0), "{}", server.log());
    let took = started.elapsed();
    assert!(took < GRACE, "{took:?}");
    assert!(server.log().contains("stopped"), "{}", server.log());

    desk.clear();
    let _server = world.serve().await;
    let restarted = Instant::now();
    client.synced_calendars().await;
    let calendar = &client.all("/integrations/calendars").await[0];
    assert_eq!(calendar["sync_errors"], 0, "{calendar}");
    client.sync(calendar["id"].as_str().unwrap()).await;
    let held = world
        .database
        .texts(
            &world.program.database_file(),
            "SELECT CAST(count(*) AS TEXT) FROM event",
        )
        .await;
    assert_eq!(held, [google.snapshot(PERSON).len().to_string()]);
    assert_eq!(client.all("/clients").await.len(), 1);
    let failed = world
        .database
        .texts(
            &world.program.database_file(),
            "SELECT coalesce(last_error, kind) FROM job WHERE state = 'failed'",
        )
        .await;
    assert_eq!(failed, Vec::<String>::new());
    println!(
        "{pages} pages: refused after {refused_after:?}, ended after {took:?}, synced {:?} after the restart",
        restarted.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_under_way_gets_its_answer() {
    let world = World::sqlite().await;
    let mut server = world.serve().await;
    let client = world.client();
    let connected = client.connect_google("ada@northwind.example").await;
    client.synced_calendars().await;
    let desk = world.simulators.google().desk();
    desk.add(Rule::on(
        "/calendar/v3/users/me/calendarList",
        Fault::Delay { ms: 1500 },
    ));
    desk.reset_log();
    let path = format!(
        "/integrations/connections/{}/test",
        connected["connection"]["id"].as_str().unwrap()
    );
    let asked = tokio::spawn({
        let client = client.clone();
        async move { client.call("POST", &path, None).await }
    });
    eventually("the provider is being asked", || async {
        (desk.stats().requests > 0).then_some(())
    })
    .await;
    server.signal("TERM").await;
    let answer = asked.await.unwrap().expect(200);
    assert_eq!(answer["ok"], true, "{answer}");
    assert_eq!(server.ended().await, Some(0));
}
