//! A front end of another origin: what a browser lets it read (CORS), and what it may change with a person's cookie (CSRF).

use daybook_engine::Settings;
use serde_json::json;
use url::Url;

use crate::support::{Answer, Ask, Server};

const FRONT: &str = "https://app.daybook.test";
const SESSION: &str = "/api/v1/auth/session";
const CLIENTS: &str = "/api/v1/clients";

/// A server whose front end's pages are at `front_end`, and its owner's cookie.
async fn with_front_end(front_end: Option<&str>) -> (Server, String) {
    let mut settings = Settings::at(Url::parse("https://daybook.test/").unwrap());
    settings.frontend_url = front_end.map(|url| Url::parse(url).unwrap());
    let server = Server::with_settings(settings).await;
    let cookie = server.set_up().await.cookie();
    (server, cookie)
}

fn cors_headers(answer: &Answer) -> Vec<&str> {
    let names = answer.headers.keys().map(http::HeaderName::as_str);
    names
        .filter(|name| name.starts_with("access-control-"))
        .collect()
}

fn varies_by_origin(answer: &Answer) -> bool {
    let values = answer.headers.get_all("vary").iter();
    values
        .flat_map(|value| value.to_str().unwrap().split(','))
        .any(|name| name.trim().eq_ignore_ascii_case("origin"))
}

fn preflight(path: &str, origin: &str) -> Ask {
    Ask::new("OPTIONS", path)
        .header("origin", origin)
        .header("access-control-request-method", "PATCH")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        )
}

#[tokio::test]
async fn without_the_setting_nothing_is_shared() {
    let (server, cookie) = with_front_end(None).await;
    for ask in [
        Ask::get(SESSION).cookie(&cookie).header("origin", FRONT),
        preflight(CLIENTS, FRONT),
    ] {
        let answer = server.send(ask).await;
        assert_eq!(cors_headers(&answer), [""; 0]);
        assert!(!varies_by_origin(&answer));
    }
}

#[tokio::test]
async fn the_front_end_reads_answers_also_refusals() {
    let (server, cookie) = with_front_end(Some("https://app.daybook.test/start")).await;
    let ask = |path: &str| Ask::get(path).header("origin", FRONT);
    for (ask, status) in [
        (ask(SESSION).cookie(&cookie), 200),
        (ask(SESSION), 401),
        (ask("/api/v1/nowhere"), 404),
        (
            ask(&format!("/api/v1/clients?cursor={}", "x".repeat(9000))),
            414,
        ),
    ] {
        let answer = server.send(ask).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(answer.headers["access-control-allow-origin"], FRONT);
        assert_eq!(answer.headers["access-control-allow-credentials"], "true");
        let exposed = answer.headers["access-control-expose-headers"]
            .to_str()
            .unwrap();
        for name in ["x-request-id", "retry-after", "ratelimit-remaining"] {
            assert!(exposed.contains(name), "{exposed}");
        }
        assert!(varies_by_origin(&answer));
    }
    let page = server.send(Ask::get("/").header("origin", FRONT)).await;
    assert_eq!(cors_headers(&page), [""; 0], "the dashboard is not shared");
}

#[tokio::test]
async fn a_preflight_is_answered_for_the_front_end_only() {
    let (server, _) = with_front_end(Some(FRONT)).await;
    let answer = server.send(preflight(CLIENTS, FRONT)).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
    assert_eq!(answer.headers["access-control-allow-origin"], FRONT);
    assert_eq!(answer.headers["access-control-allow-credentials"], "true");
    assert_eq!(answer.headers["access-control-max-age"], "600");
    let methods = answer.headers["access-control-allow-methods"]
        .to_str()
        .unwrap();
    let headers = answer.headers["access-control-allow-headers"]
        .to_str()
        .unwrap();
    assert!(
        ["PUT", "PATCH", "DELETE"]
            .iter()
            .all(|name| methods.contains(name)),
        "{methods}"
    );
    for name in ["authorization", "content-type", "idempotency-key"] {
        assert!(headers.contains(name), "{headers}");
    }
    assert!(!format!("{:?}", answer.headers).contains('*'));
}

#[tokio::test]
async fn an_origin_that_is_only_similar_is_a_stranger() {
    let (server, cookie) = with_front_end(Some(FRONT)).await;
    for near in [
        "http://app.daybook.test",
        "https://app.daybook.test:8443",
        "https://app.daybook.test:443",
        "https://app.daybook.test/",
        "https://app.daybook.test.evil.test",
        "https://evil-app.daybook.test",
        "https://x.app.daybook.test",
        "https://daybook.test",
        "https://APP.daybook.test",
        "https://app.daybook.test ",
        "https://app.daybook.test, https://evil.test",
        "app.daybook.test",
        "null",
        "*",
        "",
    ] {
        for ask in [
            Ask::get(SESSION).cookie(&cookie).header("origin", near),
            preflight(CLIENTS, near),
            // One that is added by something on the way.
            Ask::get(SESSION)
                .header("origin", near)
                .header("origin", FRONT),
        ] {
            let answer = server.send(ask).await;
            assert_eq!(cors_headers(&answer), [""; 0], "{near}");
            assert!(varies_by_origin(&answer), "{near}");
        }
    }
}

#[tokio::test]
async fn the_cookie_is_the_front_ends_only_on_the_same_site() {
    let (server, cookie) = with_front_end(Some(FRONT)).await;
    let body = json!({"name": "Globex"});
    let write = |site: &str, origin: &str| {
        let ask = Ask::post(CLIENTS).json(&body).cookie(&cookie);
        ask.header("sec-fetch-site", site).header("origin", origin)
    };
    let read = |site: &str| {
        let ask = Ask::get(SESSION).cookie(&cookie).header("origin", FRONT);
        ask.header("sec-fetch-site", site)
    };
    assert_eq!(server.send(write("same-site", FRONT)).await.status, 201);
    assert_eq!(server.send(read("same-site")).await.status, 200);
    let refused = server.send(write("cross-site", FRONT)).await;
    refused.is_problem(403, "csrf");
    assert_eq!(
        refused.headers["access-control-allow-origin"], FRONT,
        "readable"
    );
    let neighbour = server
        .send(write("same-site", "https://other.daybook.test"))
        .await;
    neighbour.is_problem(403, "csrf");
    let read = server.send(read("cross-site")).await;
    read.is_problem(401, "unauthenticated");
    // Following a link from elsewhere is no script's reading.
    let link = Ask::get(SESSION)
        .cookie(&cookie)
        .header("sec-fetch-site", "cross-site");
    assert_eq!(server.send(link).await.status, 200);
}

#[tokio::test]
async fn an_api_key_works_from_the_front_end_wherever_it_is() {
    let (server, cookie) = with_front_end(Some("https://front.example")).await;
    let key = server.api_key(&cookie, &["write"]).await;
    let ask = Ask::post(CLIENTS)
        .json(&json!({"name": "Globex"}))
        .key(&key);
    let ask = ask
        .header("sec-fetch-site", "cross-site")
        .header("origin", "https://front.example");
    let answer = server.send(ask).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(
        answer.headers["access-control-allow-origin"],
        "https://front.example"
    );
}
