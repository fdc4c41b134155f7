//! A real CalDAV server with a thousand events: every instance is right, a second look costs two requests, and what
//! changes there arrives.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::World;
use crate::support::client::Client;
use crate::support::database::Database;
use crate::support::radicale::{PASSWORD, Radicale, USER, python, root};

const EVENTS: &str = "1000";
const RECURRING: &str = "100";

/// One instance: file of the object, which occurrence, start and end.
type Instance = (String, Option<String>, String, String);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_events_on_sqlite() {
    thousand(|| async { Some(World::sqlite().await) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_events_on_postgres() {
    thousand(World::postgres).await;
}

async fn thousand<F: Future<Output = Option<World>>>(world: impl FnOnce() -> F) {
    let Some(python) = python() else { return };
    let Some(world) = world().await else { return };
    let dir = tempfile::tempdir().unwrap();
    let folder = Radicale::collection(dir.path(), "work");
    let generate = root().join("tests/python/generate_radicale.py");
    let made = Command::new(&python)
        .arg(generate)
        .args([EVENTS, RECURRING, "7"])
        .arg(&folder)
        .status()
        .unwrap();
    assert!(made.success());
    let radicale = Radicale::start(&python, dir).await;
    let _server = world.serve().await;
    let client = world.client();
    let account = json!({"url": radicale.url, "username": USER, "password": PASSWORD});
    let started = std::time::Instant::now();
    client
        .post("/integrations/caldav/connect", account)
        .await
        .expect(200);
    let calendars = client.synced_calendars().await;
    let first = started.elapsed();
    assert_eq!(calendars.len(), 1, "{calendars:?}");
    let id = calendars[0]["id"].as_str().unwrap();
    assert_eq!(
        calendars[0]["last_result"]["created"],
        "1000".parse::<i64>().unwrap() + exceptions(&folder),
        "{}",
        calendars[0]
    );

    let window = window();
    let right = expanded(&python, &folder, window);
    assert!(right.len() > 500, "{}", right.len());
    same(&mirrored(&client, id, window).await, &right);

    let again = client.sync(id).await;
    assert_eq!(
        (&again["created"], &again["updated"], &again["deleted"]),
        (&json!(0), &json!(0), &json!(0)),
        "{again}"
    );
    assert!(again["provider_calls"].as_u64().unwrap() <= 2, "{again}");

    change(&radicale, &folder).await;
    let changed = client.sync(id).await;
    assert!(
        changed["full"] == false && changed["deleted"].as_u64().unwrap() >= 2,
        "{changed}"
    );
    let right_now = expanded(&python, &folder, window);
    assert_ne!(right, right_now, "the changes show");
    same(&mirrored(&client, id, window).await, &right_now);
    let full = client
        .call(
            "POST",
            &format!("/integrations/calendars/{id}/sync?full=true"),
            None,
        )
        .await
        .expect(200);
    assert_eq!(
        (&full["created"], &full["updated"], &full["deleted"]),
        (&json!(0), &json!(0), &json!(0)),
        "{full}"
    );
    let kind = if matches!(world.database, Database::Sqlite) {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    println!(
        "{kind}: {} instances as recurring-ical-events has them; first sync {first:?}, a second one {} requests",
        right.len(),
        again["provider_calls"]
    );
}

/// What the mirror keeps, a little inside its edges.
fn window() -> (Timestamp, Timestamp) {
    #[expect(
        clippy::disallowed_methods,
        reason = "the server under test reads the machine's clock too"
    )]
    let now = Timestamp::now();
    let day = |days: i64| {
        Timestamp::from_second(now.as_second() / 86_400 * 86_400).unwrap()
            + SignedDuration::from_hours(24 * days)
    };
    (day(-85), day(395))
}

/// Moved and cancelled instances count as events of their own.
fn exceptions(folder: &Path) -> i64 {
    let mut found = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "ics") {
            found += std::fs::read_to_string(path)
                .unwrap()
                .matches("\nRECURRENCE-ID")
                .count();
        }
    }
    i64::try_from(found).unwrap()
}

/// What recurring-ical-events makes of the server's files.
fn expanded(
    python: &Path,
    folder: &Path,
    (from, to): (Timestamp, Timestamp),
) -> BTreeSet<Instance> {
    let done = Command::new(python)
        .arg(root().join("tests/python/expand.py"))
        .args(["--from", &from.to_string(), "--to", &to.to_string()])
        .arg(folder)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let rows: Vec<Value> = serde_json::from_slice(&done.stdout).unwrap();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    rows.iter()
        .map(|row| {
            (
                text(&row["file"]).unwrap(),
                text(&row["recurrence_id"]),
                text(&row["start"]).unwrap(),
                text(&row["end"]).unwrap(),
            )
        })
        .collect()
}

async fn mirrored(
    client: &Client,
    calendar: &str,
    (from, to): (Timestamp, Timestamp),
) -> BTreeSet<Instance> {
    let events = client
        .all(&format!(
            "/integrations/calendars/{calendar}/events?from={from}&to={to}"
        ))
        .await;
    let count = events.len();
    let found: BTreeSet<Instance> = events
        .iter()
        .map(|event| {
            let text = |name: &str| event[name].as_str().map(str::to_owned);
            let id = text("provider_event_id").unwrap();
            let file = id
                .split('#')
                .next()
                .unwrap()
                .rsplit('/')
                .next()
                .unwrap()
                .to_owned();
            (
                file,
                text("occurrence_start"),
                text("start").unwrap(),
                text("end").unwrap(),
            )
        })
        .collect();
    assert_eq!(found.len(), count, "an instance is listed twice");
    found
}

#[track_caller]
fn same(held: &BTreeSet<Instance>, right: &BTreeSet<Instance>) {
    let missing: Vec<_> = right.difference(held).take(8).collect();
    let ghosts: Vec<_> = held.difference(right).take(8).collect();
    assert!(
        missing.is_empty() && ghosts.is_empty(),
        "{} held, {} right; missing {missing:#?}, not there {ghosts:#?}",
        held.len(),
        right.len()
    );
}

/// People rename, move, shorten, delete and add on the server.
async fn change(radicale: &Radicale, folder: &Path) {
    let client = Client::new(&radicale.url, None);
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".ics"))
        .collect();
    names.sort();
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let counted = names
        .iter()
        .find(|name| read(name).contains("COUNT=30"))
        .unwrap();
    let shorter = read(counted).replace("COUNT=30", "COUNT=12");
    put(&client, radicale, counted, &shorter).await;
    let renamed = read(&names[500]).replace("SUMMARY:Generated", "SUMMARY:Renamed");
    put(&client, radicale, &names[500], &renamed).await;
    let uid = read(&names[501])
        .lines()
        .find(|line| line.starts_with("UID:"))
        .unwrap()
        .to_owned();
    put(
        &client,
        radicale,
        &names[501],
        &single(&uid, "20261215T100000Z", "20261215T113000Z"),
    )
    .await;
    put(
        &client,
        radicale,
        "new-one.ics",
        &single(
            "UID:new-one@generated.example",
            "20261216T100000Z",
            "20261216T103000Z",
        ),
    )
    .await;
    for gone in [&names[1], &names[700]] {
        let url = format!("{}{USER}/work/{gone}", radicale.url);
        let answer = client
            .with_password(USER, PASSWORD, "DELETE", &url, None)
            .await;
        assert!(answer < 300, "DELETE {url}: {answer}");
    }
}

fn single(uid: &str, start: &str, end: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Daybook//test//EN\r\nBEGIN:VEVENT\r\n{uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:{start}\r\nDTEND:{end}\r\nSUMMARY:Moved\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

async fn put(client: &Client, radicale: &Radicale, name: &str, ics: &str) {
    let url = format!("{}{USER}/work/{name}", radicale.url);
    let answer = client
        .with_password(USER, PASSWORD, "PUT", &url, Some(ics.to_owned()))
        .await;
    assert!(answer < 300, "PUT {url}: {answer}");
}
