//! Security headers on every route, cookies, and requests that other sites make a browser send (RELIABILITY §3 row 5, §8).

use super::kit::document::Document;
use super::kit::{Answer, Ask, Server};

const NOTHING: &str = "01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012";

/// On every answer.
const ALWAYS: &[(&str, &str)] = &[
    (
        "strict-transport-security",
        "max-age=63072000; includeSubDomains",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "geolocation=(), camera=(), microphone=()",
    ),
    ("x-frame-options", "DENY"),
];

fn check(place: &str, answer: &Answer, api: bool) {
    for (name, value) in ALWAYS {
        assert_eq!(answer.header(name), *value, "{place}: {name}");
    }
    assert_eq!(answer.header("server"), "", "{place}");
    assert_eq!(answer.header("x-powered-by"), "", "{place}");
    assert_eq!(answer.header("access-control-allow-origin"), "", "{place}");
    let csp = answer.header("content-security-policy");
    assert!(csp.contains("frame-ancestors 'none'"), "{place}: {csp}");
    assert!(
        !csp.contains("unsafe-eval") && !csp.contains("script-src 'unsafe"),
        "{place}: {csp}"
    );
    if api {
        assert!(csp.starts_with("default-src 'none'"), "{place}: {csp}");
        assert!(!csp.contains("unsafe-inline"), "{place}: {csp}");
    } else {
        // The dashboard's component kit writes style elements; scripts come from files alone.
        assert!(
            csp.starts_with("default-src 'self'") || csp.starts_with("default-src 'none'"),
            "{place}: {csp}"
        );
    }
    let docs = place.contains("/api/docs") || place.contains("openapi.json");
    if api && !docs {
        assert_eq!(answer.header("cache-control"), "no-store", "{place}");
    }
    assert!(!answer.header("x-request-id").is_empty(), "{place}");
}

#[test]
fn every_route_has_the_headers() {
    let server = Server::start(&[("DAYBOOK_TRUSTED_PROXIES".into(), "127.0.0.1/32".into())]);
    let owner = server.set_up("vera@victim.example", "Victim Works");
    let document = Document::read(&server);
    let keys: Vec<String> = (0..3)
        .map(|_| server.api_key(&owner, "k", "read").1)
        .collect();
    let mut seen = 0;
    for operation in &document.operations {
        let target = operation.target(|name| {
            if name == "provider" {
                "google".into()
            } else {
                NOTHING.into()
            }
        });
        for who in ["", &keys[seen % 3]] {
            let ask = Ask::new(&operation.method, &target)
                .header("x-forwarded-for", &format!("198.51.100.{}", seen % 200));
            let answer = server.send(&ask.by(who));
            check(&operation.name(), &answer, target.starts_with("/api"));
            seen += 1;
        }
    }
    let elsewhere = [
        "/",
        "/integrations",
        "/setup",
        "/integrations/callback?error=x",
        "/assets/none.js",
        "/nothing/here",
        "/api/v1/none",
        "/api",
        "/hooks/google",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/../../etc/passwd",
        "//evil.example/",
        "/favicon.ico",
    ];
    for target in elsewhere {
        let answer = server.send(&Ask::get(target));
        check(
            target,
            &answer,
            target.starts_with("/api") || target.starts_with("/hooks"),
        );
        assert!(!answer.text.contains("root:"), "{target}");
        let location = answer.header("location");
        assert!(
            !location.starts_with("//") && !location.contains("evil"),
            "{target}: {location}"
        );
    }
    println!(
        "headers: {seen} answers of {} operations, {} pages",
        document.operations.len(),
        elsewhere.len()
    );
}

#[test]
fn other_sites_cannot_make_a_browser_change_things() {
    let server = Server::start(&[("DAYBOOK_TRUSTED_PROXIES".into(), "127.0.0.1/32".into())]);
    let owner = server.set_up("vera@victim.example", "Victim Works");
    let document = Document::read(&server);
    let sites: &[&[(&str, &str)]] = &[
        &[("sec-fetch-site", "cross-site")],
        &[
            ("sec-fetch-site", "same-site"),
            ("origin", "http://evil.127.0.0.1"),
        ],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
    ];
    let mut refused = 0;
    // A provider's notice is no act of a person: there is no session for another site to abuse.
    let acts = document
        .operations
        .iter()
        .filter(|one| !one.is_read() && !one.path.contains("/hooks/") && !is_signed(&one.path));
    for operation in acts {
        let target = operation.target(|name| {
            if name == "provider" {
                "google".into()
            } else {
                NOTHING.into()
            }
        });
        for site in sites {
            let mut ask = Ask::new(&operation.method, &target)
                .json(&serde_json::json!({}))
                .by(&owner);
            for (name, value) in *site {
                ask = ask.header(name, value);
            }
            // A form can be sent without asking first: the refusal must not hang on the content type.
            let form = ask.clone().header("content-type", "text/plain");
            for ask in [ask, form] {
                let answer = server.send(&ask);
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (403, "csrf"),
                    "{} {site:?}",
                    operation.name()
                );
                refused += 1;
            }
        }
    }
    assert_eq!(
        server.send(&Ask::get("/api/v1/me").by(&owner)).status,
        200,
        "the session still lives"
    );
    // Our own page may.
    let own = Ask::new("PATCH", "/api/v1/me")
        .json(&serde_json::json!({"locale": "en"}))
        .by(&owner);
    let own = own
        .header("origin", &server.url)
        .header("sec-fetch-site", "same-origin");
    server.send(&own).ok(200);
    // No other site is let in by CORS either.
    let asks = Ask::new("OPTIONS", "/api/v1/clients").header("origin", "https://evil.example");
    let answer = server.send(&asks.header("access-control-request-method", "POST"));
    assert_eq!(answer.header("access-control-allow-origin"), "");
    println!("cross-site: {refused} requests refused");
}

#[test]
fn cookies_are_for_the_server_alone() {
    for (base, name, secure) in [
        ("", "daybook", false),
        ("https://daybook.example", "__Host-daybook", true),
    ] {
        let mut env = vec![("DAYBOOK_SETUP_TOKEN".to_owned(), "t".to_owned())];
        if !base.is_empty() {
            env.push(("DAYBOOK_BASE_URL".into(), base.into()));
        }
        let server = Server::start(&env);
        let body = serde_json::json!({"email": "a@test.example", "password": super::kit::PASSWORD, "name": "A", "workspace_name": "W"});
        let answer = server
            .send(&Ask::post("/api/v1/auth/setup").json(&body))
            .ok(201);
        let set = answer.header("set-cookie");
        assert!(set.starts_with(&format!("{name}=")), "{set}");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(set.contains(part), "{set}");
        }
        assert_eq!(set.contains("Secure"), secure, "{set}");
        assert!(!set.contains("Domain"), "{set}");
        let value = set.split(['=', ';']).nth(1).unwrap();
        assert!(value.len() >= 43, "256 bits: {value}");
        // A new sign-in is a new session, and the old one is untouched; signing out ends it for good.
        let body = serde_json::json!({"email": "a@test.example", "password": super::kit::PASSWORD});
        let again = server.send(
            &Ask::post("/api/v1/auth/login")
                .json(&body)
                .header("cookie", &format!("{name}=chosen-by-an-attacker")),
        );
        let again = again.ok(200).cookie();
        assert!(
            again != answer.cookie() && !again.contains("chosen"),
            "{again}"
        );
        server
            .send(&Ask::post("/api/v1/auth/logout").by(&again))
            .ok(204);
        assert_eq!(server.send(&Ask::get("/api/v1/me").by(&again)).status, 401);
        assert_eq!(
            server
                .send(&Ask::get("/api/v1/me").by(&answer.cookie()))
                .status,
            200
        );
    }
}

/// What Slack signs: the signature stands where a session would.
fn is_signed(path: &str) -> bool {
    [
        "/slack/commands/time",
        "/slack/interactions",
        "/slack/events",
    ]
    .iter()
    .any(|end| path.ends_with(end))
}
