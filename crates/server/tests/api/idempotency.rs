//! `Idempotency-Key` (R7).

use serde_json::{Value, json};

use crate::support::{Ask, Server};

fn create(body: &Value, key: &str, cookie: &str) -> Ask {
    Ask::post("/api/v1/clients")
        .json(body)
        .cookie(cookie)
        .header("idempotency-key", key)
}

async fn clients(server: &Server, cookie: &str) -> usize {
    server
        .send(Ask::get("/api/v1/clients").cookie(cookie))
        .await
        .body["items"]
        .as_array()
        .unwrap()
        .len()
}

#[tokio::test]
async fn the_same_request_has_one_effect_and_one_answer() {
    let (server, ada) = Server::with_ada().await;
    let body = json!({"name": "Acme"});
    let first = server.send(create(&body, "k1", &ada.cookie)).await;
    let again = server.send(create(&body, "k1", &ada.cookie)).await;
    assert_eq!((first.status, &first.text), (again.status, &again.text));
    assert_eq!(
        (first.status.as_u16(), clients(&server, &ada.cookie).await),
        (201, 1)
    );
    server
        .send(create(&json!({"name": "Other"}), "k1", &ada.cookie))
        .await
        .is_problem(422, "idempotency_key_reuse");
    assert_eq!(
        server.send(create(&body, "k2", &ada.cookie)).await.status,
        201
    );
    assert_eq!(clients(&server, &ada.cookie).await, 2);
    for bad in ["", &"x".repeat(256)] {
        server
            .send(create(&body, bad, &ada.cookie))
            .await
            .is_problem(400, "malformed_idempotency_key");
    }
}

#[tokio::test]
async fn a_refused_request_does_not_use_the_key_up() {
    let (server, ada) = Server::with_ada().await;
    server
        .send(create(&json!({"name": " "}), "k1", &ada.cookie))
        .await
        .refuses(&["/name"]);
    assert_eq!(
        server
            .send(create(&json!({"name": "Acme"}), "k1", &ada.cookie))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn at_the_same_time_one_wins_and_the_others_get_its_answer() {
    let (server, ada) = Server::with_ada().await;
    let body = json!({"name": "Acme"});
    let all = (0..16).map(|_| server.send(create(&body, "k1", &ada.cookie)));
    let answers = futures::future::join_all(all).await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 201 && answer.text == answers[0].text)
    );
    assert_eq!(clients(&server, &ada.cookie).await, 1);
}

#[tokio::test]
async fn keys_of_others_are_other_keys_and_secrets_are_not_kept() {
    let (server, ada) = Server::with_ada().await;
    let (bob, _) = server
        .invite(&ada.cookie, "bob@example.com", "member")
        .await;
    let body = json!({"name": "Acme"});
    for cookie in [&ada.cookie, &bob] {
        assert_eq!(server.send(create(&body, "k1", cookie)).await.status, 201);
    }
    assert_eq!(clients(&server, &ada.cookie).await, 2);
    let key = || {
        Ask::post("/api/v1/api-keys")
            .json(&json!({"name": "x", "scopes": ["read"]}))
            .cookie(&ada.cookie)
            .header("idempotency-key", "k")
    };
    let (first, again) = (server.send(key()).await, server.send(key()).await);
    assert_eq!(first.body["id"], again.body["id"]);
    assert!(
        first.body["key"].is_string() && again.body["key"].is_null(),
        "{}",
        again.text
    );
}
