//! `$batch`.

use daybook_sandbox::fault::{Fault, RetryAfter, Rule};
use daybook_sandbox::microsoft::Seed;
use serde_json::{Value, json};

use crate::client::{World, meeting, world};

async fn run(w: &World, requests: Value) -> Vec<Value> {
    let body = w
        .post("/$batch", json!({ "requests": requests }))
        .await
        .is(200)
        .json();
    let mut all = body["responses"].as_array().unwrap().clone();
    all.sort_by_key(|r| r["id"].as_str().unwrap().to_owned());
    all
}

#[tokio::test]
async fn each_request_has_an_outcome_of_its_own() {
    let w = world(Seed::Empty);
    w.sim.desk().add(
        Rule::on(
            "/v1.0/me/calendar",
            Fault::RateLimited {
                retry_after: RetryAfter::Seconds(7),
            },
        )
        .times(1),
    );
    let all = run(&w, json!([
        {"id": "1", "method": "GET", "url": "/me/calendar"},
        {"id": "2", "method": "GET", "url": "/me/calendar", "dependsOn": ["1"]},
        {"id": "3", "method": "POST", "url": "/me/events", "headers": {"Content-Type": "application/json"},
            "body": meeting("M", "2026-03-05T10:00:00", "2026-03-05T11:00:00")},
        {"id": "4", "method": "POST", "url": "/me/events", "body": meeting("M", "2026-03-05T10:00:00", "2026-03-05T11:00:00")},
        {"id": "5", "method": "GET", "url": "/me/events/nonsense"},
    ])).await;
    let statuses: Vec<u64> = all.iter().map(|r| r["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [429, 424, 201, 400, 400]);
    assert_eq!(all[0]["headers"]["retry-after"], "7");
    assert_eq!(all[2]["body"]["subject"], "M");
    let again = run(
        &w,
        json!([{"id": "1", "method": "GET", "url": "/me/calendar"}]),
    )
    .await;
    assert_eq!(again[0]["status"], 200);
}

#[tokio::test]
async fn twenty_and_no_more() {
    let w = world(Seed::Empty);
    let step = |n: usize| json!({"id": n.to_string(), "method": "GET", "url": "/me"});
    let of = |n: usize| (0..n).map(step).collect::<Vec<_>>();
    assert_eq!(run(&w, json!(of(20))).await.len(), 20);
    w.post("/$batch", json!({"requests": of(21)})).await.is(400);
    w.post("/$batch", json!({"requests": [step(1), step(1)]}))
        .await
        .is(400);
    let absolute = run(
        &w,
        json!([{"id": "1", "method": "GET", "url": "https://graph.microsoft.com/v1.0/me"}]),
    )
    .await;
    assert_eq!(absolute[0]["status"], 400);
}
