//! R6 on the real binary: 32 clients finalise invoices at once while the server is killed again and again. The numbers are 1 to n,
//! each once, and every acknowledged one is there.
//!
//! `DAYBOOK_TEST_INVOICE_KILLS` says how often (20 by default on SQLite, half as often on PostgreSQL).

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;

use crate::support::client::Client;
use crate::support::database::Database;
use crate::support::{OWNER, World};

fn kills() -> usize {
    let set = std::env::var("DAYBOOK_TEST_INVOICE_KILLS");
    set.ok().and_then(|text| text.parse().ok()).unwrap_or(20)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invoice_numbers_have_no_gap_on_sqlite() {
    hammer(World::sqlite().await, kills()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invoice_numbers_have_no_gap_on_postgres() {
    if let Some(world) = World::postgres().await {
        hammer(world, kills() / 2).await;
    }
}

/// The checker has teeth: a gap and a double are noticed.
#[test]
fn a_gap_and_a_double_are_noticed() {
    assert_eq!(wrong(&[1, 2, 3]), None);
    assert_eq!(wrong(&[1, 3]), Some("2 is missing".to_owned()));
    assert_eq!(wrong(&[1, 2, 2]), Some("2 is there twice".to_owned()));
}

fn wrong(serials: &[i64]) -> Option<String> {
    for (pair, expected) in serials.iter().zip(1..) {
        if *pair > expected {
            return Some(format!("{expected} is missing"));
        }
        if *pair < expected {
            return Some(format!("{pair} is there twice"));
        }
    }
    None
}

async fn hammer(world: World, kills: usize) {
    let server = world.serve().await;
    let client = world.client();
    let made = client
        .post("/clients", json!({"name": "Acme"}))
        .await
        .expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    let keys = futures::future::join_all((0..8).map(|_| key(&world))).await;
    let (stop, numbers) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(Mutex::new(Vec::new())),
    );
    let mut tasks = Vec::new();
    for nth in 0..32 {
        let client = Client::new(&world.program.base_url(), Some(&keys[nth % keys.len()]));
        tasks.push(tokio::spawn(work(
            client,
            id.clone(),
            stop.clone(),
            numbers.clone(),
        )));
    }
    let mut server = Some(server);
    for round in 0..kills {
        tokio::time::sleep(Duration::from_millis(60 + 17 * (round as u64 % 11))).await;
        if let Some(running) = server.take() {
            running.kill().await;
        }
        server = Some(world.serve().await);
    }
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
    if let Some(running) = server {
        running.kill().await;
    }
    let file = match world.database {
        Database::Postgres { .. } => PathBuf::new(),
        _ => world.program.database_file(),
    };
    let query = "SELECT CAST(serial AS TEXT) FROM invoice WHERE serial IS NOT NULL";
    let given = world.database.texts(&file, query).await;
    let mut serials: Vec<i64> = given.iter().map(|text| text.parse().unwrap()).collect();
    serials.sort_unstable();
    assert_eq!(wrong(&serials), None, "{serials:?}");
    let query = "SELECT number FROM invoice WHERE number IS NOT NULL";
    let there: BTreeSet<String> = world
        .database
        .texts(&file, query)
        .await
        .into_iter()
        .collect();
    let acknowledged = numbers.lock().unwrap().clone();
    for number in &acknowledged {
        assert!(
            there.contains(number),
            "{number} was acknowledged and is not there"
        );
    }
    let distinct: BTreeSet<&String> = acknowledged.iter().collect();
    assert_eq!(
        distinct.len(),
        acknowledged.len(),
        "a number was given twice"
    );
    assert!(serials.len() >= 32, "{} invoices", serials.len());
    println!(
        "{kills} kills: {} invoices, numbers 1 to {} without a gap; {} acknowledged",
        there.len(),
        serials.len(),
        acknowledged.len()
    );
}

async fn key(world: &World) -> String {
    let asked = ["api-key", "create", "--email", OWNER, "--scopes", "admin"];
    world.program.run(&asked).await.success().trim().to_owned()
}

/// Drafts and finalises, one invoice after the other; whatever is not acknowledged is tried again.
async fn work(client: Client, id: String, stop: Arc<AtomicBool>, numbers: Arc<Mutex<Vec<String>>>) {
    let body = json!({"client_id": id, "issued_on": "2026-11-20", "lines": [{"description": "Hosting", "price_minor": 1000}]});
    let mut done = 0;
    while done == 0 || !stop.load(Ordering::Relaxed) {
        let Ok(draft) = client.try_call("POST", "/invoices", Some(&body), &[]).await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        if draft.status != 201 {
            assert!(matches!(draft.status, 409 | 429 | 503), "{}", draft.text);
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        }
        let path = format!("/invoices/{}/finalize", draft.json["id"].as_str().unwrap());
        loop {
            match client.try_call("POST", &path, None, &[]).await {
                Ok(answer) if answer.status == 200 => {
                    let number = answer.json["number"].as_str().unwrap().to_owned();
                    numbers.lock().unwrap().push(number);
                    done += 1;
                    break;
                }
                // An earlier try was done, and its answer lost.
                Ok(answer) if answer.json["code"] == "wrong_status" => {
                    done += 1;
                    break;
                }
                Ok(answer) => {
                    assert!(matches!(answer.status, 409 | 429 | 503), "{}", answer.text);
                }
                Err(_) => {}
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
