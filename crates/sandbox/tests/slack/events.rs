//! Events: at least once, with retries, and those about the installation itself.

use daybook_sandbox::clock::SandboxClock;
use daybook_sandbox::slack::Answer;
use daybook_sandbox::slack::seed::{ADA, NORTHWIND};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::kit::{world, world_with};

#[tokio::test]
async fn what_is_not_taken_comes_again_three_times() {
    let w = world();
    for _ in 0..4 {
        w.bot.answer(500, "");
    }
    let id = w
        .sim
        .event(NORTHWIND, json!({"type": "app_mention"}))
        .unwrap();
    assert_eq!(w.sim.deliver().await, 2, "the first retry comes at once");
    w.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(w.sim.deliver().await, 1);
    w.clock.advance(SignedDuration::from_secs(300));
    assert_eq!(w.sim.deliver().await, 1);
    let last = w.bot.last();
    let header = |name: &str| {
        last.headers
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, v)| v.as_str())
    };
    assert_eq!(
        (header("x-slack-retry-num"), header("x-slack-retry-reason")),
        (Some("3"), Some("http_error"))
    );
    w.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(w.sim.deliver().await, 0);
    assert!(w.sim.attempts().iter().all(|a| a.event_id == id));
}

#[tokio::test]
async fn an_app_may_ask_not_to_be_asked_again() {
    let w = world();
    w.bot.answers.lock().unwrap().push_back(Some(Answer {
        status: 500,
        no_retry: true,
        body: Vec::new(),
    }));
    w.sim
        .event(NORTHWIND, json!({"type": "app_mention"}))
        .unwrap();
    assert_eq!(w.sim.deliver().await, 1);
    w.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(w.sim.deliver().await, 0);
}

#[tokio::test]
async fn removal_and_revocation_are_told() {
    let w = world_with(|config| config.duplicate_events = 1, |_| {});
    let bot = w.sim.bot_user(NORTHWIND).unwrap();
    w.sim.uninstall(NORTHWIND);
    assert_eq!(w.sim.deliver().await, 2);
    let seen = w.bot.seen.lock().unwrap();
    let events: Vec<Value> = seen
        .iter()
        .map(|r| serde_json::from_slice(&r.body).unwrap())
        .collect();
    let kinds: Vec<&str> = events
        .iter()
        .map(|e| e["event"]["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "tokens_revoked",
            "tokens_revoked",
            "app_uninstalled",
            "app_uninstalled"
        ]
    );
    assert_eq!(events[0]["event"]["tokens"]["bot"], json!([bot]));
    assert_eq!(events[0]["event_id"], events[1]["event_id"]);
    assert_eq!(events[0]["team_id"], NORTHWIND);
}

#[tokio::test]
async fn the_address_is_verified() {
    let w = world();
    assert!(!w.sim.verify_events_url().await);
    w.bot.answer(200, r#"{"challenge":"something else"}"#);
    assert!(!w.sim.verify_events_url().await);
    let body: Value = serde_json::from_slice(&w.bot.last().body).unwrap();
    assert_eq!(body["type"], "url_verification");
    assert_eq!(
        w.sim.open_home(ADA).map(|id| id.starts_with("Ev")),
        Some(true)
    );
}
