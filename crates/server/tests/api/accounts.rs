//! Setup, sign-in, sessions, profile, workspace and members.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Ask, EMAIL, PASSWORD, Server};

#[tokio::test]
async fn a_server_is_set_up_once() {
    let server = Server::fresh().await;
    server
        .send(Ask::get("/api/v1/auth/session"))
        .await
        .is_problem(401, "setup_required");
    let answer = server.set_up().await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.starts_with("daybook=")
            && cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    assert_eq!(answer.body["workspace"]["slug"], "analytical-engines");
    assert_eq!(
        (&answer.body["member"]["role"], &answer.body["auth"]),
        (&json!("owner"), &json!("session"))
    );
    assert_eq!(answer.body["scopes"], json!(["read", "write", "admin"]));

    let session = server
        .send(Ask::get("/api/v1/auth/session").cookie(&answer.cookie()))
        .await;
    assert_eq!(
        (session.status.as_u16(), &session.body),
        (200, &answer.body)
    );
    let again = json!({"email": "eve@example.com", "password": PASSWORD, "name": "Eve", "workspace": "Mine"});
    server
        .send(Ask::post("/api/v1/auth/setup").json(&again).local())
        .await
        .is_problem(409, "already_set_up");
    server
        .send(Ask::get("/api/v1/auth/session"))
        .await
        .is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn setup_from_elsewhere_needs_the_printed_token() {
    let server = Server::fresh().await;
    let mut body =
        json!({"email": EMAIL, "password": PASSWORD, "name": "Ada", "workspace_name": "W"});
    server
        .send(Ask::post("/api/v1/auth/setup").json(&body))
        .await
        .is_problem(403, "setup_token_required");
    let behind_a_proxy = Ask::post("/api/v1/auth/setup")
        .json(&body)
        .local()
        .header("x-forwarded-for", "203.0.113.9");
    server
        .send(behind_a_proxy)
        .await
        .is_problem(403, "setup_token_required");
    body["setup_token"] = json!("let me in");
    assert_eq!(
        server
            .send(Ask::post("/api/v1/auth/setup").json(&body))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn setup_says_everything_that_is_wrong() {
    let server = Server::fresh().await;
    let send = async |body: Value| {
        server
            .send(Ask::post("/api/v1/auth/setup").json(&body).local())
            .await
    };
    let bad = json!({"email": "nobody", "password": PASSWORD, "name": " ", "workspace_name": "", "time_zone": "Mars/Base", "currency": "XXL"});
    send(bad).await.refuses(&[
        "/email",
        "/name",
        "/workspace_name",
        "/time_zone",
        "/currency",
    ]);
    let good = |password: &str| json!({"email": EMAIL, "password": password, "name": "Ada", "workspace_name": "W"});
    for weak in ["short", "password1234", "aaaaaaaaaaaaaaa", EMAIL] {
        send(good(weak)).await.refuses(&["/password"]);
    }
    send(json!({"email": EMAIL, "name": "Ada", "workspace_name": "W"}))
        .await
        .refuses(&["/password"]);
    let mut extra = good(PASSWORD);
    extra["role"] = json!("owner");
    send(extra).await.refuses(&["/role"]);
}

#[tokio::test]
async fn signing_in_and_out() {
    let (server, ada) = Server::with_ada().await;
    let answer = server.log_in("  ADA@example.com ", PASSWORD).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_ne!(answer.cookie(), ada.cookie, "signing in rotates the token");
    let out = server
        .send(Ask::post("/api/v1/auth/logout").cookie(&answer.cookie()))
        .await;
    assert_eq!(out.status, 204);
    assert!(
        out.headers["set-cookie"]
            .to_str()
            .unwrap()
            .contains("Max-Age=0")
    );
    server
        .send(Ask::get("/api/v1/me").cookie(&answer.cookie()))
        .await
        .is_problem(401, "unauthenticated");
    assert_eq!(
        server
            .send(Ask::get("/api/v1/me").cookie(&ada.cookie))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn every_refused_sign_in_looks_the_same() {
    let (server, _) = Server::with_ada().await;
    let mut bodies = Vec::new();
    for (email, password) in [
        (EMAIL, "wrong password!"),
        ("eve@example.com", PASSWORD),
        ("not an address", PASSWORD),
        (EMAIL, ""),
    ] {
        let answer = server.log_in(email, password).await;
        answer.is_problem(401, "invalid_credentials");
        let mut body = answer.body.clone();
        body["request_id"] = Value::Null;
        bodies.push(body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    let other = json!({"email": EMAIL, "password": PASSWORD, "workspace": "not-mine"});
    server
        .send(Ask::post("/api/v1/auth/login").json(&other))
        .await
        .is_problem(401, "invalid_credentials");
}

#[tokio::test]
async fn guessing_is_slowed_down_and_success_costs_nothing() {
    let (server, _) = Server::with_ada().await;
    for _ in 0..8 {
        assert_eq!(server.log_in(EMAIL, PASSWORD).await.status, 200);
    }
    for _ in 0..5 {
        server
            .log_in(EMAIL, "wrong password!")
            .await
            .is_problem(401, "invalid_credentials");
    }
    let answer = server.log_in(EMAIL, PASSWORD).await;
    answer.is_problem(429, "rate_limited");
    assert_eq!(answer.headers["retry-after"], "12");
    server.db.clock.advance(SignedDuration::from_secs(13));
    assert_eq!(server.log_in(EMAIL, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn an_idle_session_ends_and_a_used_one_does_not_last_for_ever() {
    let (server, ada) = Server::with_ada().await;
    let me = || Ask::get("/api/v1/me").cookie(&ada.cookie);
    for _ in 0..15 {
        server.db.clock.advance(SignedDuration::from_hours(11));
        assert_eq!(server.send(me()).await.status, 200);
    }
    server.db.clock.advance(SignedDuration::from_hours(4));
    server.send(me()).await.is_problem(401, "unauthenticated");
    let again = server.log_in(EMAIL, PASSWORD).await.cookie();
    server.db.clock.advance(SignedDuration::from_hours(13));
    server
        .send(Ask::get("/api/v1/me").cookie(&again))
        .await
        .is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_new_password_ends_every_session() {
    let (server, ada) = Server::with_ada().await;
    let patch = |body: Value| {
        Ask::new("PATCH", "/api/v1/me")
            .json(&body)
            .cookie(&ada.cookie)
    };
    let new = "an even quieter river";
    server
        .send(patch(json!({"new_password": new})))
        .await
        .refuses(&["/current_password"]);
    server
        .send(patch(
            json!({"new_password": new, "current_password": "wrong password!"}),
        ))
        .await
        .refuses(&["/current_password"]);
    server
        .send(patch(
            json!({"new_password": "short", "current_password": PASSWORD}),
        ))
        .await
        .refuses(&["/new_password"]);
    server
        .send(patch(json!({"email": "other@example.com"})))
        .await
        .refuses(&["/email"]);
    let elsewhere = server.log_in(EMAIL, PASSWORD).await.cookie();
    let changed = server.send(patch(json!({"name": "Ada L.", "locale": "pt-BR", "new_password": new, "current_password": PASSWORD}))).await;
    assert_eq!(
        (changed.status.as_u16(), &changed.body["name"]),
        (200, &json!("Ada L.")),
        "{}",
        changed.text
    );
    for old in [&ada.cookie, &elsewhere] {
        server
            .send(Ask::get("/api/v1/me").cookie(old))
            .await
            .is_problem(401, "unauthenticated");
    }
    assert_eq!(
        server
            .send(Ask::get("/api/v1/me").cookie(&changed.cookie()))
            .await
            .status,
        200
    );
    server
        .log_in(EMAIL, PASSWORD)
        .await
        .is_problem(401, "invalid_credentials");
    assert_eq!(server.log_in(EMAIL, new).await.status, 200);
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let server = Server::at("https://daybook.test/").await;
    let cookie = server.set_up().await.headers["set-cookie"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        cookie.starts_with("__Host-daybook=")
            && cookie.contains("Path=/;")
            && cookie.ends_with("Secure"),
        "{cookie}"
    );
    assert!(!cookie.contains("Domain"));
}

#[tokio::test]
async fn the_workspace_is_changed_by_those_who_manage_it() {
    let (server, ada) = Server::with_ada().await;
    let (bob, _) = server
        .invite(&ada.cookie, "bob@example.com", "member")
        .await;
    let patch = |body: Value, cookie: &str| {
        Ask::new("PATCH", "/api/v1/workspace")
            .json(&body)
            .cookie(cookie)
    };
    server
        .send(patch(json!({"name": "Bob's"}), &bob))
        .await
        .is_problem(403, "forbidden");
    server
        .send(patch(
            json!({"slug": "Not A Slug", "time_zone": "x", "currency": "eur"}),
            &ada.cookie,
        ))
        .await
        .refuses(&["/slug", "/time_zone", "/currency"]);
    server
        .send(patch(json!({"id": "x"}), &ada.cookie))
        .await
        .refuses(&["/id"]);
    let changed = server.send(patch(json!({"name": "Engines", "slug": "engines", "time_zone": "Europe/Paris", "currency": "GBP"}), &ada.cookie)).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let seen = server
        .send(Ask::get("/api/v1/workspace").cookie(&bob))
        .await;
    assert_eq!(seen.body, changed.body);
}

#[tokio::test]
async fn the_last_owner_stays_and_admins_do_not_touch_owners() {
    let (server, ada) = Server::with_ada().await;
    let owner = ada.session["member"]["id"].as_str().unwrap();
    let (bob, bob_id) = server.invite(&ada.cookie, "bob@example.com", "admin").await;
    let path = |id: &str| format!("/api/v1/workspace/members/{id}");
    let role = |id: &str, role: &str, cookie: &str| {
        Ask::new("PATCH", &path(id))
            .json(&json!({"role": role}))
            .cookie(cookie)
    };
    server
        .send(role(owner, "member", &ada.cookie))
        .await
        .is_problem(409, "last_owner");
    server
        .send(Ask::new("DELETE", &path(owner)).cookie(&ada.cookie))
        .await
        .is_problem(409, "last_owner");
    server
        .send(role(owner, "member", &bob))
        .await
        .is_problem(403, "forbidden");
    server
        .send(role(&bob_id, "owner", &bob))
        .await
        .is_problem(403, "forbidden");
    server
        .send(Ask::new("DELETE", &path(owner)).cookie(&bob))
        .await
        .is_problem(403, "forbidden");
    server
        .send(role(&bob_id, "king", &ada.cookie))
        .await
        .refuses(&["/role"]);
    assert_eq!(
        server.send(role(&bob_id, "owner", &ada.cookie)).await.body["role"],
        "owner"
    );
    assert_eq!(server.send(role(owner, "member", &bob)).await.status, 200);
    let list = server
        .send(Ask::get("/api/v1/workspace/members").cookie(&ada.cookie))
        .await;
    assert_eq!(list.body["items"].as_array().unwrap().len(), 2);
    assert_eq!(
        server
            .send(Ask::new("DELETE", &path(owner)).cookie(&bob))
            .await
            .status,
        204
    );
    server
        .send(Ask::get("/api/v1/me").cookie(&ada.cookie))
        .await
        .is_problem(401, "unauthenticated");
    server
        .send(Ask::get(&path(owner)).cookie(&bob))
        .await
        .is_problem(404, "not_found");
}
