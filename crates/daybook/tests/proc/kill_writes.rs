//! R1 and R2 for calendars: the real binary is killed again and again while people create, change and remove events. The provider
//! answers late, so that most kills fall between its doing and our knowing. Every event is there once, as it was acknowledged.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use daybook_sandbox::fault::{Fault, Rule};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::kill::{kills, path_of, with_own_key};
use crate::support::World;
use crate::support::client::Client;

/// A Google account of the demo world.
const PERSON: &str = "ada@northwind.example";
/// Writers for each calendar.
const WRITERS: usize = 3;

/// The states of an event that are right at the moment; `None`: it is not there.
#[derive(Default)]
struct Book(Mutex<BTreeMap<String, Vec<Option<String>>>>);

impl Book {
    /// This was asked for and is not known to have happened.
    fn asks(&self, name: &str, title: Option<&str>) {
        let mut book = self.0.lock().unwrap();
        let states = book.entry(name.to_owned()).or_insert_with(|| vec![None]);
        states.push(title.map(str::to_owned));
    }

    /// This was acknowledged.
    fn knows(&self, name: &str, title: Option<&str>) {
        let mut book = self.0.lock().unwrap();
        book.insert(name.to_owned(), vec![title.map(str::to_owned)]);
    }

    /// What is wrong with these titles, in sentences.
    fn wrong(&self, titles: &[String]) -> Vec<String> {
        let mut wrong = Vec::new();
        for (name, states) in &*self.0.lock().unwrap() {
            let own = |title: &&String| title.trim_end_matches('!') == name;
            let found: Vec<&String> = titles.iter().filter(own).collect();
            if found.len() > 1 {
                wrong.push(format!("{name} is there {} times", found.len()));
            }
            let is = found.first().map(|title| (*title).clone());
            if !states.contains(&is) {
                wrong.push(format!("{name} is {is:?} and should be one of {states:?}"));
            }
        }
        wrong
    }

    fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

/// The two calendars that are written to: ids here, and places at their providers.
struct Homes {
    ids: [String; 2],
    google: String,
    caldav: String,
}

impl Homes {
    async fn of(client: &Client) -> Self {
        let calendars = client.synced_calendars().await;
        let first = |provider: &str| {
            let writable = |one: &&Value| {
                let role = one["provider_details"]["access_role"].as_str();
                one["provider"] == provider && matches!(role, Some("owner" | "writer"))
            };
            let one = calendars.iter().find(writable);
            let one = one.unwrap_or_else(|| panic!("{calendars:?}"));
            let external = one["provider_details"]["external_id"].as_str().unwrap();
            (one["id"].as_str().unwrap().to_owned(), external.to_owned())
        };
        let (google, caldav) = (first("google"), first("caldav"));
        Self {
            ids: [google.0, caldav.0],
            google: google.1,
            caldav: path_of(&caldav.1),
        }
    }

    /// The titles that the providers hold.
    fn held(&self, world: &World) -> Vec<String> {
        let google = world.simulators.google().snapshot(&self.google);
        let google = google.into_iter().filter(|one| one.status != "cancelled");
        let caldav = world.simulators.caldav().snapshot(&self.caldav);
        let summary = |ics: &str| {
            let line = ics.lines().find_map(|line| line.strip_prefix("SUMMARY:"));
            line.unwrap_or_default().trim().to_owned()
        };
        google
            .map(|one| one.summary)
            .chain(caldav.iter().map(|one| summary(&one.ics)))
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_written_once_whenever_the_server_dies() {
    for (world, kills, seed) in [
        (Some(World::sqlite().await), kills() / 4, 11),
        (World::postgres().await, kills() / 10, 12),
    ] {
        if let Some(world) = world {
            hammer(world, kills.max(3), seed).await;
        }
    }
}

/// The checker has teeth: an event that is there twice, one that is gone, and one whose change is lost are noticed.
#[test]
fn a_lost_and_a_doubled_event_are_noticed() {
    let book = Book::default();
    for name in ["a", "b", "c"] {
        book.asks(name, Some(name));
        book.knows(name, Some(name));
    }
    book.knows("c", Some("c!"));
    let titles = |titles: &[&str]| titles.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
    assert!(book.wrong(&titles(&["a", "b", "c!"])).is_empty());
    for held in [
        &["a", "a", "b", "c!"][..],
        &["a", "c!"],
        &["a", "b", "c"],
        &["a", "b", "c", "c!"],
    ] {
        assert!(!book.wrong(&titles(held)).is_empty(), "{held:?}");
    }
}

async fn hammer(world: World, kills: usize, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    let server = world.serve().await;
    let client = world.client();
    client.connect_google(PERSON).await;
    let account = world.simulators.caldav_account();
    client
        .post("/integrations/caldav/connect", account)
        .await
        .expect(200);
    let homes = Homes::of(&client).await;
    for desk in [
        world.simulators.google().desk(),
        world.simulators.caldav().desk(),
    ] {
        for write in ["POST", "PUT", "PATCH", "DELETE"] {
            desk.add(Rule::on("*", Fault::Delay { ms: 25 }).method(write));
        }
    }
    let (book, stop) = (Arc::new(Book::default()), Arc::new(AtomicBool::new(false)));
    let mut tasks = Vec::new();
    for (place, calendar) in homes.ids.iter().enumerate() {
        for nth in 0..WRITERS {
            let writer = Writer {
                client: with_own_key(&world).await,
                name: format!("w{place}{nth}"),
                events: format!("/integrations/calendars/{calendar}/events"),
                book: book.clone(),
                stop: stop.clone(),
            };
            tasks.push(tokio::spawn(writer.work()));
        }
    }
    server.kill().await;
    for round in 0..kills {
        let mut server = world.program.start(&[]);
        server.ready().await;
        tokio::time::sleep(Duration::from_millis(rng.random_range(20..400))).await;
        server.kill().await;
        let wrong = book.wrong(&homes.held(&world));
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
    let held = homes.held(&world);
    let wrong = book.wrong(&held);
    assert!(wrong.is_empty(), "at the end of seed {seed}: {wrong:#?}");
    shown_as_held(&client, &homes, &book, held).await;
    println!("{kills} kills, {} events, each once", book.len());
}

/// The mirrors show our events as the providers hold them.
async fn shown_as_held(client: &Client, homes: &Homes, book: &Book, mut held: Vec<String>) {
    let mut shown = Vec::new();
    for id in &homes.ids {
        client.sync(id).await;
        let path = format!("/integrations/calendars/{id}/events?from=2027-01-01&to=2027-02-01");
        for event in client.all(&path).await {
            shown.push(event["title"].as_str().unwrap_or_default().to_owned());
        }
    }
    for titles in [&mut shown, &mut held] {
        let names = book.0.lock().unwrap();
        titles.retain(|title| names.contains_key(title.trim_end_matches('!')));
        titles.sort();
    }
    assert_eq!(shown, held);
}

/// Somebody who writes one event after the other.
struct Writer {
    client: Client,
    name: String,
    events: String,
    book: Arc<Book>,
    stop: Arc<AtomicBool>,
}

impl Writer {
    async fn work(self) {
        for nth in 0.. {
            let name = format!("{}-{nth}", self.name);
            if self.one(&name, nth).await.is_none() || self.stop.load(Ordering::Relaxed) {
                return;
            }
        }
    }

    /// An event is created; of three one is changed, and one removed. `None` when there was no time to finish.
    async fn one(&self, name: &str, nth: usize) -> Option<()> {
        let start = format!("2027-01-{:02}T{:02}:00:00Z", 2 + nth % 28, nth / 28 % 23);
        let end = start.replace(":00:00Z", ":30:00Z");
        let new = json!({"summary": name, "start_time": start, "end_time": end});
        self.book.asks(name, Some(name));
        let made = self.until("POST", &self.events, Some(&new), name).await?;
        self.book.knows(name, Some(name));
        let path = format!("{}/{}", self.events, made["id"].as_str()?);
        match nth % 3 {
            1 => {
                let title = format!("{name}!");
                self.book.asks(name, Some(&title));
                let change = json!({"summary": title});
                self.until("PATCH", &path, Some(&change), name).await?;
                self.book.knows(name, Some(&title));
            }
            2 => {
                self.book.asks(name, None);
                self.until("DELETE", &path, None, name).await?;
                self.book.knows(name, None);
            }
            _ => {}
        }
        Some(())
    }

    /// Sends until it is acknowledged.
    async fn until(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        key: &str,
    ) -> Option<Value> {
        loop {
            let headers = [("idempotency-key", key)];
            let headers = if method == "POST" { &headers[..] } else { &[] };
            match self.client.try_call(method, path, body, headers).await {
                Ok(answer) if (200..300).contains(&answer.status) => return Some(answer.json),
                // Removed by the request whose answer was lost.
                Ok(answer) if method == "DELETE" && answer.status == 404 => {
                    return Some(answer.json);
                }
                Ok(answer) => assert!(
                    matches!(answer.status, 409 | 429 | 502 | 503),
                    "{method} {path}: {} {}",
                    answer.status,
                    answer.text
                ),
                Err(_) => {}
            }
            if self.stop.load(Ordering::Relaxed) {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
