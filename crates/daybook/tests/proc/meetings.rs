//! R6 on the real binary: every meeting is logged again and again through two nodes that are killed all the while, the meetings are moved
//! and renamed in between, and Slack repeats its commands. There are as many entries as causes, and every answer named the same one.
//!
//! `DAYBOOK_R6=full` takes 1,000 meetings × 50 triggers, 200 commands × 3 and 50 kills; usually a tenth of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use daybook_sandbox::slack::{seed, sign};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::program::{Program, Server};
use crate::support::simulators::Simulators;
use crate::support::{OWNER, World, eventually};

const PERSON: &str = "ada@northwind.example";
/// Clients at a time.
const WORKERS: usize = 8;
/// Meetings of one request.
const BATCH: usize = 25;

/// How much is done.
#[derive(Debug, Clone, Copy)]
struct Size {
    meetings: usize,
    triggers: usize,
    commands: usize,
    kills: usize,
}

fn size() -> Size {
    match std::env::var("DAYBOOK_R6").as_deref() {
        Ok("full") => Size {
            meetings: 1_000,
            triggers: 50,
            commands: 200,
            kills: 50,
        },
        _ => Size {
            meetings: 100,
            triggers: 10,
            commands: 20,
            kills: 6,
        },
    }
}

/// The entry of each meeting that an answer named.
#[derive(Default)]
struct Named(BTreeMap<String, String>);

impl Named {
    /// Whoever named an entry of this cause before must have named the same.
    fn note(&mut self, cause: &str, entry: &str) -> Result<(), String> {
        let known = self.0.entry(cause.to_owned());
        match known.or_insert_with(|| entry.to_owned()) {
            known if known == entry => Ok(()),
            known => Err(format!("{cause} is {known} and {entry}")),
        }
    }
}

/// The checker has teeth: a second entry of a meeting is noticed.
#[test]
fn a_second_entry_of_a_meeting_is_noticed() {
    let mut named = Named::default();
    assert_eq!(named.note("m1", "e1"), Ok(()));
    assert_eq!(named.note("m2", "e2"), Ok(()));
    assert_eq!(named.note("m1", "e1"), Ok(()));
    assert_eq!(named.note("m1", "e3"), Err("m1 is e1 and e3".to_owned()));
}

/// Both nodes, and what their answers said.
struct Pair {
    programs: [Program; 2],
    keys: Vec<String>,
    named: Mutex<Named>,
    answered: AtomicUsize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cause_is_one_entry_whatever_is_killed() {
    let Some(mut world) = World::postgres().await else {
        return;
    };
    let size = size();
    let names = plant(&world, size.meetings);
    world
        .program
        .set_all(world.simulators.slack_environment(false));
    let other = world.program.another_node();
    let (one, two) = (world.serve().await, other.serve(&[]).await);
    let client = world.client();
    client.connect_google(PERSON).await;
    client.install_slack(seed::ADA).await;
    client.synced_calendars().await;
    let ids = meetings(&client, size.meetings).await;
    let pair = Arc::new(Pair {
        keys: join_all((0..WORKERS).map(|_| key(&world))).await,
        programs: [world.program.clone(), other],
        named: Mutex::default(),
        answered: AtomicUsize::new(0),
    });

    let half = size.triggers / 2;
    let work = storm(&pair, &ids, half, 0..size.commands / 2);
    let ((), servers) = tokio::join!(work, kill(&pair, [one, two], size.kills / 2));
    change(&world, &client, &names).await;
    let rest = size.triggers - half;
    let work = storm(&pair, &ids, rest, size.commands / 2..size.commands);
    let kills = size.kills - size.kills / 2;
    let ((), servers) = tokio::join!(work, kill(&pair, servers, kills));
    drop(servers);

    let count = async |source: &str| {
        let query = format!("SELECT count(*)::text FROM time_entry WHERE source = '{source}'");
        world.database.texts(Path::new(""), &query).await.remove(0)
    };
    let (calendar, slack) = (count("calendar").await, count("slack").await);
    assert_eq!(calendar, size.meetings.to_string(), "one for each meeting");
    assert_eq!(slack, size.commands.to_string(), "one for each command");
    let named = pair.named.lock().unwrap();
    assert_eq!(named.0.len(), size.meetings, "every meeting was answered");
    println!(
        "{size:?} on two nodes: {} answers, {calendar} entries of meetings, {slack} of commands",
        pair.answered.load(Ordering::Relaxed)
    );
}

impl Pair {
    fn client(&self, nth: usize) -> Client {
        let (program, key) = (&self.programs[nth % 2], &self.keys[nth % self.keys.len()]);
        Client::new(&program.base_url(), Some(key))
    }

    fn note(&self, cause: &str, entry: &str) {
        let noted = self.named.lock().unwrap().note(cause, entry);
        noted.unwrap();
        self.answered.fetch_add(1, Ordering::Relaxed);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server under test reads the machine's clock too"
)]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Meetings of the last week, each with a UID of its own.
fn plant(world: &World, meetings: usize) -> Vec<String> {
    let now = now();
    let google = world.simulators.google();
    let put = |n: usize| {
        let start = now - jiff::SignedDuration::from_hours(24 + n as i64 % 140);
        let end = start + jiff::SignedDuration::from_mins(30 + n as i64 % 7);
        let event = json!({"summary": format!("R6 {n}"), "start": {"dateTime": start.to_string()}, "end": {"dateTime": end.to_string()}});
        google.put_event(PERSON, &event).unwrap()
    };
    (0..meetings).map(put).collect()
}

/// The ids of the planted meetings, once all of them are in the mirror.
async fn meetings(client: &Client, wanted: usize) -> Vec<String> {
    eventually("all meetings are in the mirror", || async {
        let all = client.all("/integrations/events?q=R6").await;
        let ids: Vec<String> = all
            .iter()
            .map(|event| event["id"].as_str().unwrap().to_owned())
            .collect();
        (ids.len() == wanted).then_some(ids)
    })
    .await
}

async fn key(world: &World) -> String {
    let asked = ["api-key", "create", "--email", OWNER, "--scopes", "admin"];
    world.program.run(&asked).await.success().trim().to_owned()
}

/// Logs every meeting so many times, and types commands three times each, through both nodes.
async fn storm(pair: &Arc<Pair>, ids: &[String], times: usize, commands: std::ops::Range<usize>) {
    let batches: Vec<Vec<String>> = ids.chunks(BATCH).map(<[String]>::to_vec).collect();
    let asks: Vec<Vec<String>> = (0..times).flat_map(|_| batches.clone()).collect();
    let (asks, commands) = (Arc::new(asks), Arc::new(Vec::from_iter(commands)));
    let next = Arc::new(AtomicUsize::new(0));
    let worker = |nth: usize| {
        let (pair, asks, commands) = (pair.clone(), asks.clone(), commands.clone());
        let next = next.clone();
        tokio::spawn(async move {
            loop {
                let turn = next.fetch_add(1, Ordering::Relaxed);
                let more = [asks.get(turn).is_some(), commands.get(turn).is_some()];
                if let Some(ids) = asks.get(turn) {
                    log(&pair, nth + turn, ids).await;
                }
                if let Some(command) = commands.get(turn) {
                    let retries = (0..3).map(|retry| type_in(&pair, retry, *command));
                    join_all(retries).await;
                }
                if more == [false, false] {
                    return;
                }
            }
        })
    };
    for done in join_all((0..WORKERS).map(worker)).await {
        done.unwrap();
    }
}

/// Logs some meetings; whatever is not answered is asked again, of the other node.
async fn log(pair: &Pair, turn: usize, ids: &[String]) {
    let items: Vec<Value> = ids
        .iter()
        .map(|id| json!({"synced_event_id": id}))
        .collect();
    let body = json!({"items": items});
    for attempt in 0.. {
        let client = pair.client(turn + attempt);
        let path = "/integrations/calendars/events/convert-bulk";
        let asked = client.try_call("POST", path, Some(&body), &[]).await;
        let Some(answer) = asked.ok().filter(|answer| answer.status == 200) else {
            tokio::time::sleep(Duration::from_millis(30)).await;
            continue;
        };
        for item in answer.json["items"].as_array().unwrap() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            assert_ne!(item["status"], "refused", "{item}");
            pair.note(
                &text(&item["synced_event_id"]),
                &text(&item["time_entry"]["id"]),
            );
        }
        return;
    }
}

/// Delivers a command as Slack does: again, with the same trigger, until there is an answer.
async fn type_in(pair: &Pair, retry: usize, command: usize) {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("team_id", seed::NORTHWIND)
        .append_pair("user_id", seed::ADA)
        .append_pair("command", "/time")
        .append_pair("text", &format!("30m: command {command}"))
        .append_pair("response_url", "https://hooks.slack.com/commands/1")
        .append_pair("trigger_id", &format!("trigger.{command}"))
        .finish();
    for attempt in 0.. {
        let at = now().as_second().to_string();
        let signature = sign(&Simulators::slack_secret(), &at, body.as_bytes());
        let headers = [
            ("x-slack-request-timestamp", at.as_str()),
            ("x-slack-signature", signature.as_str()),
            ("x-slack-retry-num", "1"),
        ];
        let client = pair.client(retry + attempt);
        let path = "/integrations/slack/commands/time";
        let asked = client.form(path, body.clone(), &headers).await;
        if let Some(answer) = asked.ok().filter(|answer| answer.status == 200) {
            assert!(answer.text.contains("created"), "{}", answer.text);
            pair.answered.fetch_add(1, Ordering::Relaxed);
            return;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

/// Kills one node after the other, each time while there is work, and starts it again.
async fn kill(pair: &Pair, servers: [Server; 2], kills: usize) -> [Server; 2] {
    let mut servers = servers.map(Some);
    for round in 0..kills {
        let before = pair.answered.load(Ordering::Relaxed);
        // A node is killed when both have worked since the last time, or all work is done.
        for _ in 0..400 {
            if pair.answered.load(Ordering::Relaxed) > before + 10 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let nth = round % 2;
        if let Some(server) = servers[nth].take() {
            server.kill().await;
        }
        servers[nth] = Some(pair.programs[nth].serve(&[]).await);
    }
    servers.map(|server| server.unwrap())
}

/// Moves and renames every tenth meeting, and syncs.
async fn change(world: &World, client: &Client, names: &[String]) {
    let google = world.simulators.google();
    for name in names.iter().step_by(10) {
        google.move_instance(PERSON, name, 45).unwrap();
        let renamed = json!({"summary": "R6 renamed"});
        google.edit_event(PERSON, name, &renamed).unwrap();
    }
    for calendar in client.synced_calendars().await {
        client.sync(calendar["id"].as_str().unwrap()).await;
    }
}
