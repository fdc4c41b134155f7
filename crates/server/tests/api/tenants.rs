//! Nothing of one workspace is seen or changed from another (R9), nor from below in the same one.

use daybook_domain::account::Role;
use daybook_engine::accounts::{password, setup};
use daybook_store::{members, users};
use serde_json::{Value, json};

use crate::support::{Ask, PASSWORD, Server};

const EVE: &str = "eve@example.com";

/// Eve owns another workspace on the same server.
async fn eve(server: &Server) -> String {
    let hash = password::hash(&*server.app.cx.ids, &PASSWORD.into())
        .await
        .unwrap();
    let mut tx = server.db.store.write().await.unwrap();
    let workspace = setup::create_workspace(&mut tx, "Eve's", "UTC", "EUR")
        .await
        .unwrap();
    let email = EVE.parse().unwrap();
    let new = users::NewUser {
        email: &email,
        name: "Eve",
        password_hash: Some(&hash),
        time_zone: "UTC",
        locale: "en",
    };
    let user = users::create(&mut tx, &new).await.unwrap();
    members::create(&mut tx, workspace.id, user.id, Role::Owner)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    server.log_in(EVE, PASSWORD).await.cookie()
}

async fn made(server: &Server, cookie: &str, path: &str, body: Value) -> String {
    let answer = server
        .send(Ask::post(path).json(&body).cookie(cookie))
        .await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.body["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn ids_of_another_workspace_name_nothing() {
    let (server, ada) = Server::with_ada().await;
    let client = made(
        &server,
        &ada.cookie,
        "/api/v1/clients",
        json!({"name": "Acme"}),
    )
    .await;
    let project = made(
        &server,
        &ada.cookie,
        "/api/v1/projects",
        json!({"name": "Site"}),
    )
    .await;
    let work =
        json!({"description": "x", "started_at": "2026-12-01T09:00:00Z", "duration_minutes": 5});
    let entry = made(&server, &ada.cookie, "/api/v1/time-entries", work.clone()).await;
    let key = made(
        &server,
        &ada.cookie,
        "/api/v1/api-keys",
        json!({"name": "x", "scopes": ["read"]}),
    )
    .await;
    let invitation = made(
        &server,
        &ada.cookie,
        "/api/v1/workspace/invitations",
        json!({"email": "b@example.com", "role": "member"}),
    )
    .await;
    let member = ada.session["member"]["id"].as_str().unwrap().to_owned();
    let eve = eve(&server).await;

    let attacks = [
        ("get", format!("clients/{client}"), json!(null)),
        (
            "patch",
            format!("clients/{client}"),
            json!({"name": "Mine"}),
        ),
        ("delete", format!("clients/{client}"), json!(null)),
        ("get", format!("projects/{project}"), json!(null)),
        (
            "patch",
            format!("projects/{project}"),
            json!({"name": "Mine"}),
        ),
        ("delete", format!("projects/{project}"), json!(null)),
        ("get", format!("time-entries/{entry}"), json!(null)),
        (
            "patch",
            format!("time-entries/{entry}"),
            json!({"description": "Mine"}),
        ),
        ("delete", format!("time-entries/{entry}"), json!(null)),
        ("post", format!("time-entries/{entry}/submit"), json!(null)),
        ("post", format!("time-entries/{entry}/approve"), json!(null)),
        ("post", format!("time-entries/{entry}/reject"), json!({})),
        ("delete", format!("api-keys/{key}"), json!(null)),
        (
            "get",
            format!("workspace/invitations/{invitation}"),
            json!(null),
        ),
        (
            "delete",
            format!("workspace/invitations/{invitation}"),
            json!(null),
        ),
        ("get", format!("workspace/members/{member}"), json!(null)),
        (
            "patch",
            format!("workspace/members/{member}"),
            json!({"role": "member"}),
        ),
        ("delete", format!("workspace/members/{member}"), json!(null)),
    ];
    for (method, path, body) in attacks {
        let answer = server
            .send(
                Ask::new(method, &format!("/api/v1/{path}"))
                    .json(&body)
                    .cookie(&eve),
            )
            .await;
        assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text);
    }
    for (path, body) in [
        ("projects", json!({"name": "x", "client_id": client})),
        ("time-entries", {
            let mut body = work;
            body["project_id"] = json!(project);
            body
        }),
    ] {
        let answer = server
            .send(
                Ask::post(&format!("/api/v1/{path}"))
                    .json(&body)
                    .cookie(&eve),
            )
            .await;
        answer.is_problem(422, "unknown_reference");
    }
    for list in [
        "clients",
        "projects",
        "time-entries",
        "api-keys",
        "workspace/invitations",
    ] {
        let answer = server
            .send(Ask::get(&format!("/api/v1/{list}")).cookie(&eve))
            .await;
        assert_eq!(answer.body["items"], json!([]), "{list}");
    }
    let mine = server
        .send(Ask::get(&format!("/api/v1/time-entries/{entry}")).cookie(&ada.cookie))
        .await;
    assert_eq!(
        (mine.status.as_u16(), &mine.body["description"]),
        (200, &json!("x"))
    );
}

#[tokio::test]
async fn a_plain_member_sees_only_their_own_time() {
    let (server, ada) = Server::with_ada().await;
    let (bob, _) = server
        .invite(&ada.cookie, "bob@example.com", "member")
        .await;
    let work =
        json!({"description": "x", "started_at": "2026-12-01T09:00:00Z", "duration_minutes": 5});
    let entry = made(&server, &ada.cookie, "/api/v1/time-entries", work).await;
    let path = format!("/api/v1/time-entries/{entry}");
    for method in ["get", "delete"] {
        server
            .send(Ask::new(method, &path).cookie(&bob))
            .await
            .is_problem(404, "not_found");
    }
    let list = server
        .send(Ask::get("/api/v1/time-entries").cookie(&bob))
        .await;
    assert_eq!(list.body["items"], json!([]));
    for admin_only in ["/api/v1/jobs", "/api/v1/workspace/invitations"] {
        server
            .send(Ask::get(admin_only).cookie(&bob))
            .await
            .is_problem(403, "forbidden");
    }
}
