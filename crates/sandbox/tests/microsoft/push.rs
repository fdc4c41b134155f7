//! Subscriptions: the handshake inside the create call, notifications, lifecycle, and what goes wrong with them.

use std::sync::{Arc, Mutex};

use daybook_sandbox::microsoft::{Courier, PushOddities, Replied, Reply, Seed};
use serde_json::{Value, json};

use crate::client::{ADA, World, encode, meeting, weekly, world};

/// What a subscriber does wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Manners {
    Good,
    Json,
    StillEncoded,
    Refuses,
    Silent,
}

/// A subscriber in this process.
#[derive(Debug)]
struct Subscriber {
    manners: Mutex<Manners>,
    seen: Mutex<Vec<(String, Value)>>,
}

impl Courier for Subscriber {
    fn post(&self, url: String, _content_type: &'static str, body: Vec<u8>) -> Replied {
        let manners = *self.manners.lock().unwrap();
        let parsed = url::Url::parse(&url).unwrap();
        let token = parsed
            .query_pairs()
            .find(|(n, _)| n == "validationToken")
            .map(|(_, v)| v.into_owned());
        let reply = |status, content_type: &str, body: String| {
            Some(Reply {
                status,
                content_type: content_type.to_owned(),
                body: body.into_bytes(),
            })
        };
        let answer = match (manners, token) {
            (Manners::Silent, _) => None,
            (Manners::Refuses, _) => reply(503, "text/plain", String::new()),
            (Manners::Json, Some(token)) => {
                reply(200, "application/json", json!(token).to_string())
            }
            (Manners::StillEncoded, Some(_)) => reply(
                200,
                "text/plain",
                url.split("validationToken=").nth(1).unwrap().to_owned(),
            ),
            (_, Some(token)) => reply(200, "text/plain; charset=utf-8", token),
            (_, None) => {
                let body = serde_json::from_slice(&body).unwrap();
                self.seen
                    .lock()
                    .unwrap()
                    .push((parsed.path().to_owned(), body));
                reply(202, "", String::new())
            }
        };
        Box::pin(std::future::ready(answer))
    }
}

fn subscribed(w: &World) -> Arc<Subscriber> {
    let subscriber = Arc::new(Subscriber {
        manners: Mutex::new(Manners::Good),
        seen: Mutex::default(),
    });
    w.sim.set_courier(subscriber.clone());
    subscriber
}

fn wish(w: &World, minutes: i64) -> Value {
    let expires = w.sim.desk().clock().now() + jiff::SignedDuration::from_mins(minutes);
    json!({"changeType": "created,updated,deleted", "resource": format!("/me/calendars/{}/events", encode(&w.home)),
        "notificationUrl": "http://127.0.0.1:8080/webhooks/graph?k=1", "lifecycleNotificationUrl": "http://127.0.0.1:8080/webhooks/graph/lifecycle",
        "clientState": "our-secret", "expirationDateTime": expires.to_string()})
}

async fn subscribe(w: &World) -> String {
    let answer = w.post("/subscriptions", wish(w, 10_000)).await;
    answer.is(201).json()["id"].as_str().unwrap().to_owned()
}

fn touch(w: &World) -> String {
    w.sim
        .put_event(
            &w.home,
            &meeting("M", "2026-03-05T10:00:00", "2026-03-05T11:00:00"),
        )
        .unwrap()
}

#[tokio::test]
async fn both_urls_must_echo_the_decoded_token() {
    let w = world(Seed::Empty);
    assert_eq!(
        w.post("/subscriptions", wish(&w, 100)).await.is(400).code(),
        "ValidationError"
    );
    let subscriber = subscribed(&w);
    for manners in [
        Manners::Json,
        Manners::StillEncoded,
        Manners::Refuses,
        Manners::Silent,
    ] {
        *subscriber.manners.lock().unwrap() = manners;
        assert_eq!(
            w.post("/subscriptions", wish(&w, 100)).await.is(400).code(),
            "ValidationError",
            "{manners:?}"
        );
    }
    assert_eq!(w.sim.subscriptions_of(ADA), 0);
    *subscriber.manners.lock().unwrap() = Manners::Good;
    let before = w.sim.desk().counter("subscriptions.handshake");
    subscribe(&w).await;
    assert_eq!(w.sim.desk().counter("subscriptions.handshake") - before, 2);
    assert_eq!(
        w.post("/subscriptions", wish(&w, 100)).await.is(409).code(),
        "Conflict"
    );
}

#[tokio::test]
async fn wishes_have_limits() {
    let w = world(Seed::Empty);
    subscribed(&w);
    let mut long = wish(&w, 100);
    long["clientState"] = json!("x".repeat(129));
    for body in [
        wish(&w, 10_081),
        wish(&w, -1),
        long,
        json!({"resource": "/me/events"}),
    ] {
        w.post("/subscriptions", body).await.is(400);
    }
    let mut elsewhere = wish(&w, 100);
    elsewhere["resource"] = json!("/me/messages");
    w.post("/subscriptions", elsewhere).await.is(400);
    let short = w.post("/subscriptions", wish(&w, 5)).await.is(201).json();
    assert_eq!(short["expirationDateTime"], "2026-03-04T09:45:00Z");
    let at = format!("/subscriptions/{}", short["id"].as_str().unwrap());
    let renewed = w
        .call(
            "PATCH",
            &at,
            Some(json!({"expirationDateTime": "2026-03-10T09:00:00Z"})),
        )
        .await;
    assert_eq!(
        renewed.is(200).json()["expirationDateTime"],
        "2026-03-10T09:00:00Z"
    );
    assert_eq!(w.get("/subscriptions").await.is(200).rows().len(), 1);
    w.pass(7 * 86_400);
    w.call(
        "PATCH",
        &at,
        Some(json!({"expirationDateTime": "2026-03-15T09:00:00Z"})),
    )
    .await
    .is(401);
    let token = w.sim.access_token(ADA, &crate::client::SCOPES);
    let w = World { token, ..w };
    assert_eq!(
        w.call(
            "PATCH",
            &at,
            Some(json!({"expirationDateTime": "2026-03-15T09:00:00Z"}))
        )
        .await
        .is(404)
        .code(),
        "ResourceNotFound"
    );
}

#[tokio::test]
async fn changes_are_told_with_client_state_until_deleted() {
    let w = world(Seed::Empty);
    let subscriber = subscribed(&w);
    let id = subscribe(&w).await;
    let event = touch(&w);
    w.sim
        .edit_event(&w.home, &event, &json!({"subject": "N"}))
        .unwrap();
    w.sim.delete_event(&w.home, &event);
    assert_eq!(w.sim.deliver().await, 1, "neighbours share a POST");
    let seen = subscriber.seen.lock().unwrap().remove(0);
    assert_eq!(seen.0, "/webhooks/graph");
    let items = seen.1["value"].as_array().unwrap().clone();
    let kinds: Vec<&str> = items
        .iter()
        .map(|i| i["changeType"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["created", "updated", "deleted"]);
    for item in &items {
        assert_eq!(
            (&item["clientState"], &item["subscriptionId"]),
            (&json!("our-secret"), &json!(id))
        );
        assert_eq!(item["resourceData"]["id"], event.as_str());
        assert!(item["tenantId"].is_string());
    }
    w.call("DELETE", &format!("/subscriptions/{id}"), None)
        .await
        .is(204);
    touch(&w);
    assert!(w.sim.take_deliveries().is_empty());
    w.call("DELETE", &format!("/subscriptions/{id}"), None)
        .await
        .is(404);
    w.is_clean();
}

#[tokio::test]
async fn failures_are_retried_for_four_hours() {
    let w = world(Seed::Empty);
    let subscriber = subscribed(&w);
    subscribe(&w).await;
    *subscriber.manners.lock().unwrap() = Manners::Refuses;
    touch(&w);
    assert_eq!(w.sim.deliver().await, 0);
    *subscriber.manners.lock().unwrap() = Manners::Good;
    assert_eq!(w.sim.deliver().await, 0, "not before the pause is over");
    w.pass(11);
    assert_eq!(w.sim.deliver().await, 1);
    *subscriber.manners.lock().unwrap() = Manners::Silent;
    touch(&w);
    for _ in 0..40 {
        w.sim.deliver().await;
        w.pass(600);
    }
    *subscriber.manners.lock().unwrap() = Manners::Good;
    assert_eq!(w.sim.deliver().await, 0, "given up");
}

#[tokio::test]
async fn lifecycle_events_go_to_their_own_url() {
    let w = world(Seed::Empty);
    let subscriber = subscribed(&w);
    let id = subscribe(&w).await;
    assert_eq!(w.sim.lifecycle(ADA, "reauthorizationRequired"), 1);
    touch(&w);
    w.sim.deliver().await;
    let seen: Vec<(String, Value)> = std::mem::take(&mut *subscriber.seen.lock().unwrap());
    assert_eq!(seen.len(), 1, "nothing is told until it is authorized anew");
    assert_eq!(seen[0].0, "/webhooks/graph/lifecycle");
    assert_eq!(
        seen[0].1["value"][0]["lifecycleEvent"],
        "reauthorizationRequired"
    );
    w.post(&format!("/subscriptions/{id}/reauthorize"), json!({}))
        .await
        .is(204);
    touch(&w);
    assert_eq!(w.sim.deliver().await, 1);
    assert_eq!(w.sim.lifecycle(ADA, "missed"), 1);
    assert_eq!(w.sim.lifecycle(ADA, "subscriptionRemoved"), 1);
    assert_eq!(w.sim.subscriptions_of(ADA), 0);
    let told: Vec<Value> = w
        .sim
        .take_deliveries()
        .into_iter()
        .flat_map(|n| n.body["value"].as_array().unwrap().clone())
        .collect();
    assert_eq!(
        told.iter()
            .map(|i| i["lifecycleEvent"].clone())
            .collect::<Vec<_>>(),
        ["missed", "subscriptionRemoved"]
    );
}

#[tokio::test]
async fn notifications_can_be_lost_doubled_late_reversed_and_forged() {
    let w = world(Seed::Empty);
    subscribed(&w);
    subscribe(&w).await;
    let items = |w: &World| {
        w.sim
            .take_deliveries()
            .into_iter()
            .flat_map(|n| n.body["value"].as_array().unwrap().clone())
            .collect::<Vec<_>>()
    };
    let push = |odd: PushOddities| w.sim.configure(|c| c.push = odd);
    push(PushOddities {
        drop_every: 2,
        ..PushOddities::default()
    });
    (0..4).for_each(|_| drop(touch(&w)));
    assert_eq!(items(&w).len(), 2);
    push(PushOddities {
        duplicates: 50,
        ..PushOddities::default()
    });
    touch(&w);
    assert_eq!(items(&w).len(), 51);
    push(PushOddities {
        delay_s: 3600,
        ..PushOddities::default()
    });
    touch(&w);
    assert!(items(&w).is_empty());
    w.pass(3600);
    assert_eq!(items(&w).len(), 1);
    push(PushOddities {
        reorder: true,
        ..PushOddities::default()
    });
    let (first, second) = (touch(&w), touch(&w));
    let ids: Vec<Value> = items(&w)
        .iter()
        .map(|i| i["resourceData"]["id"].clone())
        .collect();
    assert_eq!(ids, [json!(second), json!(first)]);
    push(PushOddities {
        forge: true,
        ..PushOddities::default()
    });
    w.sim.put_event(&w.home, &weekly("Series")).unwrap();
    let states: Vec<Value> = items(&w).iter().map(|i| i["clientState"].clone()).collect();
    assert_eq!(states, ["our-secret", "not-the-one-you-gave"]);
}
