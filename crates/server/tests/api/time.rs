//! Clients, projects and time entries.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Ask, Server};

async fn made(server: &Server, cookie: &str, path: &str, body: Value) -> Value {
    let answer = server
        .send(Ask::post(path).json(&body).cookie(cookie))
        .await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.body
}

#[tokio::test]
async fn a_day_of_work_is_written_down_and_approved() {
    let (server, ada) = Server::with_ada().await;
    let (bob, _) = server
        .invite(&ada.cookie, "bob@example.com", "member")
        .await;
    let client = made(
        &server,
        &bob,
        "/api/v1/clients",
        json!({"name": "Acme", "color": "#0088aa"}),
    )
    .await;
    let project = made(
        &server,
        &bob,
        "/api/v1/projects",
        json!({"name": "Site", "client_id": client["id"]}),
    )
    .await;
    assert_eq!(project["client_name"], "Acme");
    let entry = made(&server, &bob, "/api/v1/time-entries", json!({"description": "Design", "started_at": "2026-12-01T09:00:00Z", "ended_at": "2026-12-01T10:30:00Z", "project_id": project["id"]})).await;
    assert_eq!(
        (
            &entry["duration_minutes"],
            &entry["status"],
            &entry["source"]
        ),
        (&json!(90), &json!("draft"), &json!("manual"))
    );
    assert_eq!(
        (
            &entry["client_name"],
            &entry["project_name"],
            &entry["member_name"]
        ),
        (&json!("Acme"), &json!("Site"), &json!("Bob"))
    );
    let step = |name: &str| {
        format!(
            "/api/v1/time-entries/{}/{name}",
            entry["id"].as_str().unwrap()
        )
    };
    server
        .send(Ask::post(&step("approve")).cookie(&bob))
        .await
        .is_problem(403, "forbidden");
    assert_eq!(
        server
            .send(Ask::post(&step("submit")).cookie(&bob))
            .await
            .body["status"],
        "pending"
    );
    server
        .send(Ask::post(&step("submit")).cookie(&bob))
        .await
        .is_problem(409, "wrong_status");
    server
        .send(Ask::post(&step("reject")).cookie(&ada.cookie))
        .await
        .refuses(&["/reason"]);
    for bad in [json!(null), json!(" "), json!("x".repeat(2_001))] {
        let ask = Ask::post(&step("reject")).json(&json!({"reason": bad}));
        server
            .send(ask.cookie(&ada.cookie))
            .await
            .refuses(&["/reason"]);
    }
    let back = server
        .send(
            Ask::post(&step("reject"))
                .json(&json!({"reason": "Which page?"}))
                .cookie(&ada.cookie),
        )
        .await;
    assert_eq!(
        (&back.body["status"], &back.body["rejected_reason"]),
        (&json!("rejected"), &json!("Which page?"))
    );
    let list = server
        .send(
            Ask::get("/api/v1/time-entries?from=2026-12-01&to=2026-12-02&status=rejected")
                .cookie(&ada.cookie),
        )
        .await;
    assert_eq!(
        list.body["items"].as_array().unwrap().len(),
        1,
        "{}",
        list.text
    );
    server
        .send(
            Ask::new(
                "DELETE",
                &format!("/api/v1/clients/{}", client["id"].as_str().unwrap()),
            )
            .cookie(&ada.cookie),
        )
        .await
        .is_problem(409, "in_use");
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps() {
    let (server, ada) = Server::with_ada().await;
    for number in 0..7 {
        made(
            &server,
            &ada.cookie,
            "/api/v1/clients",
            json!({"name": format!("Client {number}")}),
        )
        .await;
    }
    let (mut names, mut path) = (Vec::new(), "/api/v1/clients?limit=3".to_owned());
    loop {
        let page = server.send(Ask::get(&path).cookie(&ada.cookie)).await;
        names.extend(
            page.body["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|c| c["name"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page.body["next_cursor"].as_str() else {
            break;
        };
        path = format!("/api/v1/clients?limit=3&cursor={next}");
    }
    assert_eq!(
        names,
        (0..7)
            .map(|number| format!("Client {number}"))
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn what_is_wrong_is_said_where_it_is() {
    let (server, ada) = Server::with_ada().await;
    let post = async |path: &str, body: Value| {
        server
            .send(Ask::post(path).json(&body).cookie(&ada.cookie))
            .await
    };
    post("/api/v1/clients", json!({"name": "x", "color": "red"}))
        .await
        .refuses(&["/color"]);
    post(
        "/api/v1/projects",
        json!({"name": "x", "hourly_rate_minor": -1}),
    )
    .await
    .refuses(&["/hourly_rate_minor"]);
    post("/api/v1/projects", json!({"name": "x", "client_id": "no"}))
        .await
        .refuses(&["/client_id"]);
    post(
        "/api/v1/projects",
        json!({"name": "x", "client_id": Uuid::nil()}),
    )
    .await
    .is_problem(422, "unknown_reference");
    let entry = |more: Value| {
        let mut body = json!({"description": "x", "started_at": "2026-12-01T09:00:00Z"});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    post("/api/v1/time-entries", entry(json!({})))
        .await
        .refuses(&["/duration_minutes"]);
    post(
        "/api/v1/time-entries",
        entry(json!({"ended_at": "2026-12-01T08:00:00Z"})),
    )
    .await
    .refuses(&["/ended_at"]);
    post(
        "/api/v1/time-entries",
        entry(json!({"duration_minutes": "an hour"})),
    )
    .await
    .refuses(&["/duration_minutes"]);
    post(
        "/api/v1/time-entries",
        entry(json!({"duration_minutes": 60, "status": "approved"})),
    )
    .await
    .refuses(&["/status"]);
    let get = async |path: &str| server.send(Ask::get(path).cookie(&ada.cookie)).await;
    get("/api/v1/time-entries?status=lost")
        .await
        .refuses(&["?status"]);
    get("/api/v1/time-entries?from=yesterday")
        .await
        .refuses(&["?from"]);
    get("/api/v1/time-entries?color=red")
        .await
        .refuses(&["?color"]);
    get("/api/v1/clients?limit=0").await.refuses(&["?limit"]);
    get("/api/v1/clients?limit=many").await.refuses(&["?limit"]);
}

#[tokio::test]
async fn money_and_what_is_shared_are_for_those_who_keep_the_books() {
    let (server, ada) = Server::with_ada().await;
    let (bob, _) = server
        .invite(&ada.cookie, "bob@example.com", "member")
        .await;
    let ask = async |who: &str, method: &str, path: &str, body: &Value| {
        let ask = Ask::new(method, &format!("/api/v1{path}")).cookie(who);
        server.send(ask.json(body)).await
    };
    let client = json!({"name": "Acme", "currency": "EUR"});
    let client = made(&server, &ada.cookie, "/api/v1/clients", client).await;
    let project = json!({"name": "Site", "client_id": client["id"], "hourly_rate_minor": 9_000, "currency": "EUR", "budget_minor": 100_000, "budget_minutes": 600});
    let project = made(&server, &ada.cookie, "/api/v1/projects", project).await;
    let client = format!("/clients/{}", client["id"].as_str().unwrap());
    let project = format!("/projects/{}", project["id"].as_str().unwrap());

    for (path, body) in [
        ("/clients", json!({"name": "x", "currency": "EUR"})),
        ("/projects", json!({"name": "x", "hourly_rate_minor": 1})),
        ("/projects", json!({"name": "x", "currency": "EUR"})),
        ("/projects", json!({"name": "x", "budget_minor": 1})),
    ] {
        ask(&bob, "POST", path, &body)
            .await
            .is_problem(403, "forbidden");
    }
    for path in [&client, &project] {
        for (method, body) in [
            ("PATCH", json!({"archived": true})),
            ("PATCH", json!({"name": "Mine"})),
            ("PATCH", json!({"currency": "USD"})),
            ("DELETE", json!({})),
        ] {
            ask(&bob, method, path, &body)
                .await
                .is_problem(403, "forbidden");
        }
    }
    // What one may not set, one does not see either.
    let seen = ask(&bob, "GET", &project, &json!({})).await.body;
    for field in ["hourly_rate_minor", "currency", "budget_minor"] {
        assert!(seen[field].is_null(), "{field}: {seen}");
    }
    assert_eq!(seen["budget_minutes"], 600);
    let list = ask(&bob, "GET", "/projects", &json!({})).await.body;
    assert!(list["items"][0]["hourly_rate_minor"].is_null(), "{list}");
    assert!(ask(&bob, "GET", &client, &json!({})).await.body["currency"].is_null());
    let work = json!({"description": "x", "started_at": "2026-12-01T09:00:00Z", "duration": "1h", "project_id": project.rsplit('/').next()});
    made(&server, &bob, "/api/v1/time-entries", work).await;
    let budget = format!("{project}/budget");
    let seen = ask(&bob, "GET", &budget, &json!({})).await.body;
    assert_eq!(
        (
            &seen["used_minutes"],
            &seen["used_minor"],
            &seen["budget_minor"]
        ),
        (&json!(60), &json!({}), &Value::Null)
    );
    let report = ask(&bob, "GET", "/reports/time?group_by=project", &json!({})).await;
    assert_eq!(report.body["total"]["amounts_minor"], json!({}));
    let file = server
        .send(Ask::get("/api/v1/reports/export.csv").cookie(&bob))
        .await;
    assert!(!file.text.contains("9000"), "{}", file.text);

    // The owner's key does all of it, also one that only writes.
    let key = server.api_key(&ada.cookie, &["read", "write"]).await;
    let by_key = async |method: &str, path: &str, body: &Value| {
        let ask = Ask::new(method, &format!("/api/v1{path}")).key(&key);
        server.send(ask.json(body)).await
    };
    let seen = by_key("GET", &project, &json!({})).await.body;
    assert_eq!(seen["hourly_rate_minor"], 9_000);
    let changed = by_key("PATCH", &project, &json!({"hourly_rate_minor": 9_500})).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let other = by_key("POST", "/clients", &json!({"name": "x", "currency": "EUR"})).await;
    let other = format!("/clients/{}", other.body["id"].as_str().unwrap());
    assert_eq!(by_key("DELETE", &other, &json!({})).await.status, 204);
}
