//! Every scripted attack of a hostile CalDAV server, against the real binary (RELIABILITY §3 row 17, S6 and S7).
//!
//! Whatever the server does: the answer is one of ours, nothing stored before is lost, other origins never see credentials,
//! memory stays bounded, and once the attack is over the calendar syncs again.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use daybook_sandbox::caldav::hostile::{
    Attack, CANARY_UID, EvilListener, ExpectedOutcome, HostileCalDav, PASSWORD, Stage, USER,
    attacks,
};
use daybook_sandbox::clock::RealClock;
use serde_json::json;

use super::kit::database::Database;
use super::kit::server::text;
use super::kit::sims::open;
use super::kit::{Answer, Ask, Server};
use tokio::runtime::Runtime;

/// These make the server hold much at once: one after the other, so that each is measured alone.
const HEAVY: &[&str] = &[
    "gigabyte-body",
    "gzip-bomb",
    "million-elements",
    "deep-xml",
    "ics-long-lines",
    "ics-many-lines",
    "billion-laughs",
];
/// Runs into the client's own deadline.
const SLOW: &[&str] = &["slow-body"];

struct World {
    server: Server,
    runtime: Runtime,
    evil: EvilListener,
    evil_url: String,
    keys: Vec<String>,
}

#[test]
fn every_hostile_server_is_survived() {
    let server = Server::start_on(
        super::kit::free_port(),
        &[("DAYBOOK_ALLOW_PRIVATE_TARGETS".into(), "true".into())],
        &["--no-worker"],
    );
    let owner = server.set_up("vera@victim.example", "Victim Works");
    let keys = (0..6)
        .map(|_| server.api_key(&owner, "k", "admin").1)
        .collect();
    let runtime = Runtime::new().unwrap();
    let evil = EvilListener::new();
    // On all loopback addresses: some attacks lead to 127.0.0.2.
    let evil_url = open(&runtime, evil.router(), "0.0.0.0:0");
    let world = World {
        server,
        runtime,
        evil,
        evil_url,
        keys,
    };
    let before = world.server.rss_mib();
    let failures = Mutex::new(Vec::new());
    let run = |chosen: &dyn Fn(&str) -> bool| {
        for attack in attacks().iter().filter(|attack| chosen(attack.name)) {
            let begun = Instant::now();
            for wrong in world.suffer(*attack) {
                failures
                    .lock()
                    .unwrap()
                    .push(format!("{}: {wrong}", attack.name));
            }
            println!(
                "{:24} {:?} in {:?}, {} MiB",
                attack.name,
                attack.expected,
                begun.elapsed(),
                world.server.rss_mib()
            );
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| run(&|name| SLOW.contains(&name)));
        run(&|name| HEAVY.contains(&name));
        run(&|name| !HEAVY.contains(&name) && !SLOW.contains(&name));
    });
    let leaks = world.evil.leaks();
    assert!(leaks.is_empty(), "credentials went elsewhere: {leaks:?}");
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let peak = world.server.peak_rss_mib();
    println!(
        "hostile CalDAV: {} attacks, {} visits elsewhere without credentials, memory {before} → at most {peak} MiB",
        attacks().len(),
        world.evil.visits().len()
    );
    assert!(
        attacks().len() >= 25 && peak <= before + 256,
        "{before} → {peak} MiB"
    );
}

impl World {
    /// One attack from beginning to end; what went wrong.
    fn suffer(&self, attack: Attack) -> Vec<String> {
        let hostile =
            HostileCalDav::new(attack, Arc::new(RealClock::new()), &self.evil_url).unwrap();
        let url = open(&self.runtime, hostile.router(), "127.0.0.1:0");
        let key = &self.keys[attack.name.len() % self.keys.len()];
        let mut wrong = Vec::new();
        let early = matches!(
            attack.stage,
            Stage::Discovery | Stage::Principal | Stage::CalendarList
        );
        hostile.set_armed(early);
        let body = json!({"url": url, "username": USER, "password": PASSWORD});
        let connect = Ask::post("/api/v1/integrations/caldav/connect")
            .json(&body)
            .by(key);
        if early {
            let answer = self.server.send(&connect);
            if hostile.strikes() == 0 {
                wrong.push("it never struck".to_owned());
            }
            // Listing may fail after the credentials were found right: the account is connected then, without a calendar.
            let later =
                attack.stage == Stage::CalendarList && answer.json()["calendars"] == json!([]);
            wrong.extend(refused(
                &answer,
                &[
                    "not_caldav",
                    "provider_unreachable",
                    "target_not_allowed",
                    "provider_refused",
                    "credentials_refused",
                ],
                later
                    || (answer.status < 300
                        && attack.expected == ExpectedOutcome::CredentialsWithheld),
            ));
            hostile.set_armed(false);
        }
        let connected = self.server.send(&connect);
        if connected.status >= 300 {
            wrong.push(format!(
                "cannot connect after it: {} {}",
                connected.status, connected.text
            ));
            return wrong;
        }
        let calendar = text(&connected.json()["calendars"][0]["id"]);
        wrong.extend(self.sync(key, &calendar, "before", &[200]));
        if !early {
            hostile.set_armed(true);
            if attack.stage == Stage::Objects && attack.expected == ExpectedOutcome::TooLarge {
                // What has not changed is not fetched.
                let canary = format!("{}canary.ics", hostile.calendar());
                hostile.sim().move_event(&canary, 0, 30).unwrap();
            }
            let begun = Instant::now();
            wrong.extend(self.sync(key, &calendar, "during", during(&attack)));
            if begun.elapsed() > Duration::from_secs(90) {
                wrong.push(format!("took {:?}", begun.elapsed()));
            }
            hostile.set_armed(false);
            // A read that outlasts its request holds the calendar a little longer.
            let slow = attack.expected == ExpectedOutcome::TimedOut;
            let statuses: &[u16] = if slow { &[200, 409] } else { &[200] };
            wrong.extend(self.sync(key, &calendar, "after", statuses));
        }
        if self.server.send(&Ask::get("/readyz")).status != 200 {
            wrong.push("the server is not ready".to_owned());
        }
        let strayed = hostile.strayed();
        if !strayed.is_empty() {
            wrong.push(format!("asked for {strayed:?}"));
        }
        wrong
    }

    /// A full sync, whose answer has one of these statuses, and after which the harmless event is still there.
    fn sync(&self, key: &str, calendar: &str, when: &str, statuses: &[u16]) -> Vec<String> {
        let target = format!("/api/v1/integrations/calendars/{calendar}/sync?full=true");
        let begun = Instant::now();
        let answer = loop {
            let answer = self.server.send(&Ask::post(&target).by(key));
            // On a busy machine any sync may outlast its request and go on as a job: then it is asked for again.
            let later = matches!(answer.status, 202 | 409) && !statuses.contains(&answer.status);
            if !later || begun.elapsed() > Duration::from_secs(120) {
                break answer;
            }
            std::thread::park_timeout(Duration::from_millis(200));
        };
        let mut wrong = Vec::new();
        if !statuses.contains(&answer.status) {
            wrong.push(format!("{when}: {} {}", answer.status, answer.text));
        }
        let shown = answer.text.to_lowercase();
        if ["victim-app-password", "panicked", "/etc/passwd", "root:"]
            .iter()
            .any(|word| shown.contains(word))
        {
            wrong.push(format!("{when}: shows too much: {}", answer.text));
        }
        let hex = calendar.replace('-', "");
        let sql = format!(
            "SELECT ical_uid FROM event WHERE calendar_id = x'{hex}' AND ical_uid = '{CANARY_UID}' AND status <> 'cancelled'"
        );
        let mut database = Database::open(&self.server.data().join("daybook.db"));
        if database.strings(&sql).is_empty() {
            wrong.push(format!("{when}: the harmless event is gone"));
        }
        wrong
    }
}

/// Statuses of a sync during an attack with this outcome.
fn during(attack: &Attack) -> &'static [u16] {
    match attack.expected {
        // The row is left out or the answer refused: either way nothing of it is stored.
        _ if attack.name == "not-utf8" => &[200, 502],
        ExpectedOutcome::CanarySurvives | ExpectedOutcome::Unaffected => &[200],
        ExpectedOutcome::Malformed | ExpectedOutcome::TooLarge => &[502],
        // Longer than a request may wait: it goes on as a job.
        ExpectedOutcome::TimedOut => &[202, 502],
        _ => &[200, 502],
    }
}

fn refused(answer: &Answer, codes: &[&str], fine: bool) -> Option<String> {
    let known = matches!(answer.status, 422 | 502) && codes.contains(&answer.code().as_str());
    (!known && !fine).then(|| format!("connecting: {} {}", answer.status, answer.text))
}
