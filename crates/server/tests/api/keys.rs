//! API keys: scopes, expiry, revocation, and whose are seen.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::{Ask, Server};

#[tokio::test]
async fn a_key_does_what_its_scopes_say() {
    let (server, ada) = Server::with_ada().await;
    let reads = server.api_key(&ada.cookie, &["read"]).await;
    let writes = server.api_key(&ada.cookie, &["read", "write"]).await;
    let manages = server.api_key(&ada.cookie, &["admin"]).await;
    assert!(reads.starts_with("dbk_") && reads.len() == 53, "{reads}");
    let client = |key: &str| {
        Ask::post("/api/v1/clients")
            .json(&json!({"name": "Acme"}))
            .key(key)
    };
    let rename = |key: &str| {
        Ask::new("PATCH", "/api/v1/workspace")
            .json(&json!({"name": "New"}))
            .key(key)
    };
    for key in [&reads, &writes, &manages] {
        assert_eq!(
            server.send(Ask::get("/api/v1/me").key(key)).await.status,
            200
        );
    }
    server
        .send(client(&reads))
        .await
        .is_problem(403, "insufficient_scope");
    assert_eq!(server.send(client(&writes)).await.status, 201);
    server
        .send(rename(&writes))
        .await
        .is_problem(403, "insufficient_scope");
    assert_eq!(server.send(rename(&manages)).await.status, 200);
    let session = server
        .send(Ask::get("/api/v1/auth/session").key(&writes))
        .await;
    assert_eq!(
        (&session.body["auth"], &session.body["scopes"]),
        (&json!("api_key"), &json!(["read", "write"]))
    );
    let stronger = Ask::post("/api/v1/api-keys")
        .json(&json!({"name": "x", "scopes": ["admin"]}))
        .key(&writes);
    server
        .send(stronger)
        .await
        .is_problem(403, "insufficient_scope");
}

#[tokio::test]
async fn wrong_revoked_and_expired_keys_are_refused_alike() {
    let (server, ada) = Server::with_ada().await;
    let key = server.api_key(&ada.cookie, &["read"]).await;
    let me = |key: &str| Ask::get("/api/v1/me").key(key);
    for wrong in [
        "",
        "dbk_",
        "Bearer",
        &key[..52],
        &format!("{key}x"),
        &key.replace("dbk_", "dbx_"),
    ] {
        let answer = server.send(me(wrong)).await;
        answer.is_problem(401, "unauthenticated");
        assert!(answer.headers.contains_key("www-authenticate"));
    }
    server
        .send(Ask::get("/api/v1/me").header("authorization", "Basic YTpi"))
        .await
        .is_problem(401, "unauthenticated");
    let list = server
        .send(Ask::get("/api/v1/api-keys").cookie(&ada.cookie))
        .await;
    assert!(!list.text.contains(&key), "a key is shown once");
    assert!(key.starts_with(list.body["items"][0]["prefix"].as_str().unwrap()));
    let path = format!(
        "/api/v1/api-keys/{}",
        list.body["items"][0]["id"].as_str().unwrap()
    );
    assert_eq!(
        server
            .send(Ask::new("DELETE", &path).cookie(&ada.cookie))
            .await
            .status,
        204
    );
    server
        .send(me(&key))
        .await
        .is_problem(401, "unauthenticated");
    server
        .send(Ask::new("DELETE", &path).cookie(&ada.cookie))
        .await
        .is_problem(404, "not_found");

    let soon: Timestamp = server.app.cx.clock.now() + SignedDuration::from_hours(1);
    let body = json!({"name": "short", "scopes": ["read"], "expires_at": soon});
    let made = server
        .send(
            Ask::post("/api/v1/api-keys")
                .json(&body)
                .cookie(&ada.cookie),
        )
        .await;
    let short = made.body["key"].as_str().unwrap();
    assert_eq!(server.send(me(short)).await.status, 200);
    server.db.clock.advance(SignedDuration::from_hours(2));
    server
        .send(me(short))
        .await
        .is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn what_is_wrong_with_a_new_key_is_said() {
    let (server, ada) = Server::with_ada().await;
    let send = async |body: Value| {
        server
            .send(
                Ask::post("/api/v1/api-keys")
                    .json(&body)
                    .cookie(&ada.cookie),
            )
            .await
    };
    send(json!({"name": "", "scopes": []}))
        .await
        .refuses(&["/scopes", "/name"]);
    send(json!({"name": "x", "scopes": ["read", "root"]}))
        .await
        .refuses(&["/scopes/1"]);
    send(json!({"name": "x", "scopes": "read"}))
        .await
        .refuses(&["/scopes"]);
    send(json!({"name": "x", "scopes": ["read"], "expires_at": "tomorrow"}))
        .await
        .refuses(&["/expires_at"]);
    send(json!({"name": "x", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"}))
        .await
        .refuses(&["/expires_at"]);
    send(json!({"name": "x", "scopes": ["read"], "member_id": "y"}))
        .await
        .refuses(&["/member_id"]);
}

#[tokio::test]
async fn plain_members_see_and_revoke_only_their_own_keys() {
    let (server, ada) = Server::with_ada().await;
    let (bob, _) = server
        .invite(&ada.cookie, "bob@example.com", "member")
        .await;
    server.api_key(&ada.cookie, &["read"]).await;
    server.api_key(&bob, &["read"]).await;
    let list = async |cookie: &str| {
        server
            .send(Ask::get("/api/v1/api-keys").cookie(cookie))
            .await
            .body["items"]
            .as_array()
            .unwrap()
            .clone()
    };
    assert_eq!(
        (list(&ada.cookie).await.len(), list(&bob).await.len()),
        (2, 1)
    );
    let adas = list(&ada.cookie)
        .await
        .into_iter()
        .find(|key| key["member_name"] == "Ada")
        .unwrap();
    let path = format!("/api/v1/api-keys/{}", adas["id"].as_str().unwrap());
    server
        .send(Ask::new("DELETE", &path).cookie(&bob))
        .await
        .is_problem(404, "not_found");
}
