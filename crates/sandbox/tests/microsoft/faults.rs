//! Scripted faults in Microsoft's words, throttling, and the control surface.

use std::sync::Arc;
use std::time::Duration;

use daybook_sandbox::fault::{Fault, RetryAfter, Rule, TransportFault};
use daybook_sandbox::microsoft::Seed;
use serde_json::json;

use crate::client::{REDIRECT, SECRET, World, meeting, world, world_with};
use crate::mirror::{first_round, round};

fn script(w: &World, fault: Fault) {
    w.sim.desk().clear();
    w.sim.desk().add(Rule::on("/", fault));
}

#[tokio::test]
async fn errors_have_graphs_shape() {
    let w = world(Seed::Empty);
    for (fault, status, code) in [
        (Fault::Unauthorized, 401, "InvalidAuthenticationToken"),
        (Fault::Forbidden, 403, "ErrorAccessDenied"),
        (Fault::InsufficientScope, 403, "ErrorAccessDenied"),
        (
            Fault::QuotaExceeded { reason: None },
            403,
            "ErrorQuotaExceeded",
        ),
        (Fault::NotFound, 404, "ErrorItemNotFound"),
        (Fault::Conflict, 409, "ErrorIrresolvableConflict"),
        (Fault::PreconditionFailed, 412, "ErrorIrresolvableConflict"),
        (
            Fault::RateLimited {
                retry_after: RetryAfter::Seconds(3),
            },
            429,
            "ApplicationThrottled",
        ),
        (
            Fault::Status {
                status: 503,
                retry_after: RetryAfter::None,
            },
            503,
            "serviceNotAvailable",
        ),
    ] {
        script(&w, fault);
        let answer = w.get("/me").await;
        assert_eq!(answer.is(status).code(), code);
        assert!(answer.json()["error"]["innerError"]["request-id"].is_string());
    }
}

#[tokio::test]
async fn cursors_die_only_where_there_is_one() {
    let w = world(Seed::Demo);
    let (_, link) = round(&w, &first_round(&w.home)).await.ok().unwrap();
    script(&w, Fault::CursorExpired);
    w.get(&first_round(&w.home)).await.is(200);
    assert_eq!(w.get(&link).await.is(410).code(), "resyncRequired");
}

#[tokio::test]
async fn paging_can_be_endless_or_loop_and_lists_can_be_empty() {
    let w = world(Seed::Demo);
    script(&w, Fault::EndlessPaging);
    let mut next = first_round(&w.home);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..5 {
        let body = w.get(&next).await.is(200).json();
        next = body["@odata.nextLink"].as_str().unwrap().to_owned();
        assert!(body.get("@odata.deltaLink").is_none() && seen.insert(next.clone()));
    }
    script(&w, Fault::EmptyList);
    let body = w.get(&first_round(&w.home)).await.is(200).json();
    assert!(body["value"].as_array().unwrap().is_empty() && body.get("@odata.deltaLink").is_none());
    w.is_clean();
}

#[tokio::test]
async fn a_dropped_answer_leaves_its_event_behind() {
    let w = world(Seed::Empty);
    w.sim.desk().add(
        Rule::on("/v1.0/me/events", Fault::DropResponse)
            .method("POST")
            .times(1),
    );
    let mut body = meeting("M", "2026-03-05T10:00:00", "2026-03-05T11:00:00");
    body["transactionId"] = json!("bk_7");
    let lost = w.post("/me/events", body.clone()).await;
    assert_eq!(lost.transport, Some(TransportFault::NoAnswer));
    w.post("/me/events", body).await.is(201);
    assert_eq!(w.all("/me/events").await.len(), 1);
    w.sim
        .desk()
        .add(Rule::on("/v1.0/me/events", Fault::ResetBefore).times(1));
    assert_eq!(
        w.get("/me/events").await.transport,
        Some(TransportFault::ResetBefore)
    );
}

#[tokio::test]
async fn token_faults_speak_aadsts() {
    let w = world(Seed::Demo);
    for (fault, status, code) in [
        (Fault::InvalidGrant, 400, 700_082),
        (Fault::InvalidClient, 401, 7_000_222),
    ] {
        script(&w, fault);
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", "daybook"),
            ("client_secret", SECRET),
            ("redirect_uri", REDIRECT),
        ];
        let answer = w.form("/common/oauth2/v2.0/token", &fields).await;
        assert_eq!(answer.is(status).json()["error_codes"][0], code);
    }
}

#[tokio::test]
async fn the_fifth_call_at_once_is_throttled() {
    let w = Arc::new(world_with(Seed::Empty, |c| {
        c.service_time = Duration::from_millis(200)
    }));
    let calls: Vec<_> = (0..6)
        .map(|_| {
            let w = w.clone();
            tokio::spawn(async move { w.get("/me").await })
        })
        .collect();
    let mut throttled = 0;
    for call in calls {
        let answer = call.await.unwrap();
        if answer.status == 429 {
            throttled += 1;
            assert_eq!(answer.code(), "ApplicationThrottled");
            assert!(
                answer.text().contains("MailboxConcurrency")
                    && answer.headers.contains_key("retry-after")
            );
        }
    }
    assert_eq!(throttled, 2);
    w.get("/me").await.is(200);
}

#[tokio::test]
async fn ten_minutes_have_a_limit() {
    let w = world_with(Seed::Empty, |c| c.rate_limit = Some(5));
    for _ in 0..5 {
        w.get("/me").await.is(200);
    }
    w.get("/me").await.is(429);
    w.pass(600);
    w.get("/me").await.is(200);
}

#[tokio::test]
async fn unknown_operations_are_noted() {
    let w = world(Seed::Empty);
    w.get("/me/messages").await.is(400);
    w.call("PUT", "/me/calendars", None).await.is(400);
    let operations: Vec<String> = w
        .sim
        .desk()
        .violations()
        .into_iter()
        .map(|v| v.operation)
        .collect();
    assert_eq!(
        operations,
        ["GET /v1.0/me/messages", "PUT /v1.0/me/calendars"]
    );
    w.post(
        "/$batch",
        json!({"requests": [{"id": "1", "method": "GET", "url": "/me"}]}),
    )
    .await
    .is(200);
}
