//! Invitations: the chain by which others took over accounts, tried here (RELIABILITY A1).

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Ask, EMAIL, PASSWORD, Server};

async fn invited(server: &Server, cookie: &str, email: &str, role: &str) -> String {
    let made = server
        .send(
            Ask::post("/api/v1/workspace/invitations")
                .json(&json!({"email": email, "role": role}))
                .cookie(cookie),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    let token = made.body["url"]
        .as_str()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap();
    format!("/api/v1/auth/invitations/{token}/accept")
}

#[tokio::test]
async fn an_invitation_is_used_once_within_a_week() {
    let (server, ada) = Server::with_ada().await;
    let accept = invited(&server, &ada.cookie, "bob@example.com", "member").await;
    let choose =
        |password: &str| Ask::post(&accept).json(&json!({"name": "Bob", "password": password}));
    server
        .send(Ask::post(&accept))
        .await
        .refuses(&["/password"]);
    server.send(choose("short")).await.refuses(&["/password"]);
    let joined = server.send(choose(PASSWORD)).await;
    assert_eq!(
        (joined.status.as_u16(), &joined.body["user"]["email"]),
        (201, &json!("bob@example.com")),
        "{}",
        joined.text
    );
    server
        .send(choose(PASSWORD))
        .await
        .is_problem(410, "invitation_over");
    let late = invited(&server, &ada.cookie, "carol@example.com", "member").await;
    server
        .db
        .clock
        .advance(SignedDuration::from_hours(7 * 24 + 1));
    server
        .send(Ask::post(&late).json(&json!({"password": PASSWORD})))
        .await
        .is_problem(410, "invitation_over");
    server
        .send(Ask::post("/api/v1/auth/invitations/guess/accept"))
        .await
        .is_problem(410, "invitation_over");
}

#[tokio::test]
async fn an_invitation_never_touches_an_account_that_exists() {
    let (server, ada) = Server::with_ada().await;
    let (bob, bob_id) = server
        .invite(&ada.cookie, "bob@example.com", "member")
        .await;
    let accept_as_ada = |cookie: &str| {
        Ask::post("/api/v1/workspace/invitations")
            .json(&json!({"email": EMAIL, "role": "member"}))
            .cookie(cookie)
    };
    server
        .send(accept_as_ada(&bob))
        .await
        .is_problem(403, "forbidden");
    server
        .send(accept_as_ada(&ada.cookie))
        .await
        .is_problem(409, "already_member");
    let gone = format!("/api/v1/workspace/members/{bob_id}");
    assert_eq!(
        server
            .send(Ask::new("DELETE", &gone).cookie(&ada.cookie))
            .await
            .status,
        204
    );
    let accept = invited(&server, &ada.cookie, "bob@example.com", "admin").await;
    let takeover =
        Ask::post(&accept).json(&json!({"name": "Eve", "password": "eves own password"}));
    server
        .send(takeover.clone())
        .await
        .is_problem(401, "sign_in_required");
    server
        .send(takeover.cookie(&ada.cookie))
        .await
        .is_problem(403, "wrong_account");
    server
        .log_in("bob@example.com", "eves own password")
        .await
        .is_problem(401, "invalid_credentials");
}

#[tokio::test]
async fn invitations_are_listed_and_withdrawn_by_those_who_manage() {
    let (server, ada) = Server::with_ada().await;
    let accept = invited(&server, &ada.cookie, "bob@example.com", "member").await;
    let list = server
        .send(Ask::get("/api/v1/workspace/invitations").cookie(&ada.cookie))
        .await;
    let id = list.body["items"][0]["id"].as_str().unwrap().to_owned();
    assert!(
        list.body["items"][0].get("url").is_none(),
        "the link is shown once: {}",
        list.text
    );
    let one = format!("/api/v1/workspace/invitations/{id}");
    assert_eq!(
        server.send(Ask::get(&one).cookie(&ada.cookie)).await.body["email"],
        "bob@example.com"
    );
    assert_eq!(
        server
            .send(Ask::new("DELETE", &one).cookie(&ada.cookie))
            .await
            .status,
        204
    );
    server
        .send(Ask::new("DELETE", &one).cookie(&ada.cookie))
        .await
        .is_problem(404, "not_found");
    server
        .send(Ask::post(&accept).json(&json!({"password": PASSWORD})))
        .await
        .is_problem(410, "invitation_over");
    let bad: Value = json!({"email": "x", "role": "boss"});
    server
        .send(
            Ask::post("/api/v1/workspace/invitations")
                .json(&bad)
                .cookie(&ada.cookie),
        )
        .await
        .refuses(&["/email", "/role"]);
    let (bob, _) = server.invite(&ada.cookie, "bob@example.com", "admin").await;
    let owner = json!({"email": "eve@example.com", "role": "owner"});
    server
        .send(
            Ask::post("/api/v1/workspace/invitations")
                .json(&owner)
                .cookie(&bob),
        )
        .await
        .is_problem(403, "forbidden");
}
