//! Notices of providers: who may send them, what is answered, and how little that tells.

use std::sync::Arc;

use daybook_engine::Context;
use daybook_server::{App, HttpSettings, router};
use daybook_testkit::{Bell, World};
use serde_json::json;

use crate::support::{Ask, Server, call};

/// A server whose providers ring.
async fn ringing() -> (World, axum::Router) {
    let world = World::builder().push().build().await.unwrap();
    let cx = Context {
        registry: Arc::new(Bell::default().registry()),
        ..world.cx.clone()
    };
    let router = router(App::new(cx, HttpSettings::default()));
    (world, router)
}

#[tokio::test]
async fn a_handshake_comes_back_as_inert_text() {
    let (_world, router) = ringing().await;
    for path in ["/hooks/bell", "/api/v1/hooks/bell", "/hooks/bell/"] {
        let target = format!("{path}?validationToken=%3Cscript%3Ealert(1)%3C%2Fscript%3E");
        let answer = call(&router, Ask::post(&target)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.text, "<script>alert(1)</script>");
        assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"));
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    let long = format!("/hooks/bell?validationToken={}", "a".repeat(513));
    call(&router, Ask::post(&long))
        .await
        .is_problem(400, "not_a_notice");
}

#[tokio::test]
async fn notices_need_no_session_and_are_answered_the_same_whether_known_or_not() {
    let (_world, router) = ringing().await;
    let notice = json!([{"id": "guess", "token": "guess"}]);
    let odd = [
        ("authorization", "Bearer dbk_not_a_key"),
        ("authorization", "Basic x"),
        ("cookie", "daybook=guess"),
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.test"),
    ];
    let plain = call(&router, Ask::post("/hooks/bell").json(&notice)).await;
    assert_eq!((plain.status.as_u16(), plain.text.as_str()), (202, ""));
    for (name, value) in odd {
        let ask = Ask::post("/hooks/bell").json(&notice).header(name, value);
        let answer = call(&router, ask).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text.as_str()),
            (202, ""),
            "{name}"
        );
    }
}

#[tokio::test]
async fn what_is_no_notice_is_refused() {
    let (_world, router) = ringing().await;
    call(&router, Ask::post("/hooks/bell").raw("{"))
        .await
        .is_problem(400, "not_a_notice");
    call(&router, Ask::post("/hooks/nobody").json(&json!([])))
        .await
        .is_problem(404, "not_found");
    call(&router, Ask::get("/hooks/bell"))
        .await
        .is_problem(405, "method_not_allowed");
    let many = json!(vec![json!({"id": "x"}); 1_001]);
    call(&router, Ask::post("/hooks/bell").json(&many))
        .await
        .is_problem(413, "too_many_notices");
    let large = Ask::post("/hooks/bell").raw(vec![b' '; 2 * 1024 * 1024 + 1]);
    call(&router, large).await.is_problem(413, "body_too_large");
}

#[tokio::test]
async fn three_hundred_a_second_are_taken_from_one_address() {
    let (world, router) = ringing().await;
    let notice = json!([{"id": "guess", "token": "guess"}]);
    let send = async || {
        let ask = Ask::post("/hooks/bell").json(&notice);
        call(&router, ask).await
    };
    for n in 0..300 {
        assert_eq!(send().await.status, 202, "{n}");
    }
    let refused = send().await;
    assert!(refused.headers.contains_key("retry-after"));
    refused.is_problem(429, "rate_limited");
    world.clock.pass(1);
    assert_eq!(send().await.status, 202);
}

#[tokio::test]
async fn a_server_without_such_providers_has_no_hook() {
    let (server, _) = Server::with_ada().await;
    server
        .send(Ask::post("/hooks/google").json(&json!({})))
        .await
        .is_problem(404, "not_found");
}
