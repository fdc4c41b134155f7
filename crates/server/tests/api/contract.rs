//! What is true of every route: problems, headers, credentials, limits.

use serde_json::json;
use uuid::Uuid;

use crate::support::{Ask, Server};

const ALWAYS: [&str; 10] = [
    "strict-transport-security",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "x-frame-options",
    "content-security-policy",
    "x-request-id",
    "content-type",
];

/// Every operation with its parameters filled in.
fn operations() -> Vec<(&'static str, String, String)> {
    let document = daybook_server::openapi();
    let id = Uuid::from_u128(7).to_string();
    daybook_server::openapi::operations(&document)
        .map(|(method, path, _)| {
            let filled = path
                .replace("{provider}", "google")
                .replace("{token}", "guess");
            let filled = filled
                .replace("{id}", &id)
                .replace("{calendar_id}", &id)
                .replace("{connection_id}", &id);
            (method, path.to_owned(), filled)
        })
        .collect()
}

#[tokio::test]
async fn strangers_get_401_everywhere_but_at_the_frozen_list() {
    let (server, _) = Server::with_ada().await;
    let mut counted = 0;
    for (method, template, path) in operations() {
        server.db.clock.advance(jiff::SignedDuration::from_secs(1));
        let answer = server.send(Ask::new(method, &path).json(&json!({}))).await;
        if daybook_server::openapi::is_public(method, &template) {
            assert_ne!(
                answer.body["code"], "unauthenticated",
                "{method} {template}"
            );
        } else {
            answer.is_problem(401, "unauthenticated");
            counted += 1;
        }
    }
    println!("{counted} operations refused strangers");
    assert!(counted > 60, "{counted}");
}

#[tokio::test]
async fn the_public_list_is_what_was_agreed() {
    let names: Vec<String> = daybook_server::openapi::PUBLIC
        .iter()
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    insta::assert_snapshot!(names.join("\n"), @r"
    get /healthz
    get /readyz
    get /metrics
    get /api/openapi.json
    get /api/docs
    get /api/docs/style.css
    post /api/v1/auth/setup
    post /api/v1/auth/login
    post /api/v1/auth/logout
    post /api/v1/auth/password/forgot
    post /api/v1/auth/password/reset
    post /api/v1/auth/invitations/{token}/accept
    get /api/v1/auth/methods
    get /api/v1/auth/oidc/start
    get /api/v1/auth/oidc/callback
    get /api/v1/integrations/{provider}/callback
    get /api/calendars/google/callback
    post /hooks/{provider}
    post /api/v1/hooks/{provider}
    post /api/v1/integrations/slack/commands/time
    post /api/v1/integrations/slack/interactions
    post /api/v1/integrations/slack/events
    ");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let (server, ada) = Server::with_ada().await;
    let pages = [
        "/",
        "/integrations",
        "/assets/missing.js",
        "/api/nothing",
        "/nothing/at/all",
    ];
    let pages = pages.into_iter().map(|path| ("get", path.to_owned()));
    let routes = operations()
        .into_iter()
        .filter(|(_, path, _)| !path.ends_with("/stream"))
        .map(|(method, _, path)| (method, path));
    for (method, path) in pages.chain(routes) {
        server.db.clock.advance(jiff::SignedDuration::from_secs(1));
        let answer = server
            .send(Ask::new(method, &path).cookie(&ada.cookie))
            .await;
        for name in ALWAYS {
            let bodyless =
                name == "content-type" && (answer.text.is_empty() || answer.status == 204);
            assert!(
                bodyless || answer.headers.contains_key(name),
                "{method} {path} lacks {name}"
            );
        }
        assert!(!answer.headers.contains_key("server"), "{method} {path}");
        if path.starts_with("/api/v1") {
            assert_eq!(
                answer.headers["cache-control"], "no-store",
                "{method} {path}"
            );
            assert_eq!(
                answer.headers["content-security-policy"],
                "default-src 'none'; frame-ancestors 'none'"
            );
        }
        assert!(
            !answer.status.is_server_error() || answer.status == 503,
            "{method} {path}: {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn requests_that_another_site_causes_are_refused_on_every_unsafe_route() {
    let (server, ada) = Server::with_ada().await;
    for (method, _, path) in operations()
        .into_iter()
        // A notice is no act of a person: it proves itself by its channel's token, and Slack's requests by their signature.
        .filter(|(method, path, _)| {
            let signed = [
                "/slack/commands/time",
                "/slack/interactions",
                "/slack/events",
            ];
            let proves_itself =
                path.contains("/hooks/") || signed.iter().any(|end| path.ends_with(end));
            *method != "get" && !proves_itself
        })
    {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.test"),
            ("origin", "null"),
        ] {
            let ask = Ask::new(method, &path)
                .cookie(&ada.cookie)
                .json(&json!({}))
                .header(name, value)
                .header("host", "daybook.test");
            server.send(ask).await.is_problem(403, "csrf");
        }
    }
    let ours = Ask::post("/api/v1/clients")
        .cookie(&ada.cookie)
        .json(&json!({"name": "x"}))
        .header("origin", "http://daybook.test");
    assert_eq!(server.send(ours).await.status, 201);
}

#[tokio::test]
async fn malformed_requests_are_problems() {
    let (server, ada) = Server::with_ada().await;
    let post = |body: &str| {
        Ask::post("/api/v1/clients")
            .cookie(&ada.cookie)
            .raw(body)
            .header("content-type", "application/json")
    };
    server
        .send(post("{\"name\":"))
        .await
        .is_problem(400, "malformed_json");
    server
        .send(post(""))
        .await
        .is_problem(400, "malformed_json");
    server
        .send(post("{\"name\":\"\\ud800\"}"))
        .await
        .is_problem(400, "malformed_json");
    server
        .send(post(&"[".repeat(50_000)))
        .await
        .is_problem(400, "too_deep");
    server
        .send(post(&format!("{{\"name\":\"{}\"}}", "x".repeat(300_000))))
        .await
        .is_problem(413, "body_too_large");
    let form = Ask::post("/api/v1/clients")
        .cookie(&ada.cookie)
        .raw("name=x")
        .header("content-type", "application/x-www-form-urlencoded");
    server
        .send(form)
        .await
        .is_problem(415, "unsupported_media_type");
    let get = async |path: &str| server.send(Ask::get(path).cookie(&ada.cookie)).await;
    get("/api/v1/clients/not-a-uuid")
        .await
        .is_problem(400, "malformed_id");
    get("/api/v1/clients/%F0%9F%98%80")
        .await
        .is_problem(400, "malformed_id");
    get(&format!("/api/v1/clients/{}", Uuid::nil()))
        .await
        .is_problem(404, "not_found");
    for cursor in ["x", "bnVsbA", "WzEsMl0", "!!!"] {
        get(&format!("/api/v1/clients?cursor={cursor}"))
            .await
            .is_problem(400, "invalid_cursor");
    }
    get("/api/v1/nothing").await.is_problem(404, "not_found");
    get("/api").await.is_problem(404, "not_found");
    get(&format!("/api/v1/clients?q={}", "x".repeat(9000)))
        .await
        .is_problem(414, "uri_too_long");
    let wrong = server
        .send(Ask::new("PUT", "/api/v1/clients").cookie(&ada.cookie))
        .await;
    wrong.is_problem(405, "method_not_allowed");
    let allow = wrong.headers["allow"].to_str().unwrap();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    server
        .send(Ask::new("TRACE", "/api/v1/clients").cookie(&ada.cookie))
        .await
        .is_problem(405, "method_not_allowed");
}

#[tokio::test]
async fn a_trailing_slash_is_welcome() {
    let (server, ada) = Server::with_ada().await;
    assert_eq!(
        server
            .send(Ask::get("/api/v1/me/").cookie(&ada.cookie))
            .await
            .status,
        200
    );
    assert_eq!(
        server
            .send(Ask::get("/api/v1/clients/?limit=1").cookie(&ada.cookie))
            .await
            .status,
        200
    );
    assert_eq!(
        server.send(Ask::get("/healthz/")).await.body,
        json!({"status": "ok"})
    );
}

#[tokio::test]
async fn one_key_cannot_flood_the_server() {
    let (server, ada) = Server::with_ada().await;
    let me = || Ask::get("/api/v1/me").cookie(&ada.cookie);
    let mut passed = 0;
    let refused = loop {
        let answer = server.send(me()).await;
        if answer.status != 200 {
            break answer;
        }
        passed += 1;
        assert!(passed < 200);
    };
    refused.is_problem(429, "rate_limited");
    assert!(
        passed >= 100 && refused.headers["ratelimit-remaining"] == "0",
        "{passed}"
    );
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(server.send(Ask::get("/healthz")).await.status, 200);
}

#[tokio::test]
async fn metrics_are_for_the_machine_itself() {
    let server = Server::fresh().await;
    server
        .send(Ask::get("/metrics"))
        .await
        .is_problem(403, "forbidden");
    server
        .send(
            Ask::get("/metrics")
                .local()
                .header("x-forwarded-for", "1.2.3.4"),
        )
        .await
        .is_problem(403, "forbidden");
    server
        .send(Ask::get("/metrics").local())
        .await
        .is_problem(404, "not_found");
    assert_eq!(server.send(Ask::get("/readyz")).await.status, 200);
}

#[tokio::test]
async fn the_dashboard_is_behind_everything_else() {
    let server = Server::fresh().await;
    let page = server.send(Ask::get("/integrations")).await;
    assert!(
        page.headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html"),
        "{}",
        page.text
    );
    let docs = server.send(Ask::get("/api/docs")).await;
    assert!(
        docs.text.contains("/api/v1/time-entries/{id}/approve") && !docs.text.contains("<script")
    );
}
