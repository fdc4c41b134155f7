use axum::body::Body;
use daybook_sandbox::fault::{Fault, RetryAfter, Rule, TokenAnswer, TransportFault};
use daybook_sandbox::google::Seed;
use http::Request;
use serde_json::{Value, json};

use crate::client::{ADA, Answer, World, meeting, world};

const EVENTS: &str = "/calendar/v3/calendars/*/events";

async fn hit(w: &World, fault: Fault) -> Answer {
    w.sim.desk().clear();
    w.sim.desk().add(Rule::on(EVENTS, fault));
    w.events("maxResults=5").await
}

#[tokio::test]
async fn faults_below_http_are_marked_and_have_the_promised_effect() {
    let w = world(Seed::Empty);
    for (fault, mark, effect) in [
        (Fault::ResetBefore, TransportFault::ResetBefore, 0),
        (Fault::ResetAfter, TransportFault::ResetAfter, 1),
        (Fault::DropResponse, TransportFault::NoAnswer, 2),
        (Fault::Delay { ms: 5 }, TransportFault::Delay { ms: 5 }, 3),
        (
            Fault::Drip {
                bytes_per_second: 1,
            },
            TransportFault::Drip {
                bytes_per_second: 1,
            },
            4,
        ),
    ] {
        w.sim.desk().clear();
        w.sim.desk().add(Rule::on(EVENTS, fault).method("POST"));
        let body = meeting("A", "2026-03-05T10:00:00", "2026-03-05T11:00:00");
        let answer = w
            .call("POST", "/calendars/primary/events", Some(body))
            .await;
        assert_eq!(answer.transport, Some(mark));
        assert_eq!(w.sim.snapshot(ADA).len(), effect);
    }
    let answer = hit(&w, Fault::ResetMidBody).await;
    assert!(matches!(answer.transport, Some(TransportFault::ResetMidBody { after }) if after > 10));
}

#[tokio::test]
async fn damaged_bodies() {
    let w = world(Seed::Demo);
    let whole = w.events("maxResults=5").await.body;
    assert!(
        hit(&w, Fault::HtmlLogin)
            .await
            .is(200)
            .text()
            .contains("Sign in")
    );
    let empty = hit(&w, Fault::EmptyList).await.is(200).json();
    assert_eq!(
        (&empty["items"], empty.get("nextSyncToken")),
        (&json!([]), None)
    );
    assert!(hit(&w, Fault::EmptyBody).await.is(200).body.is_empty());
    assert_eq!(
        hit(&w, Fault::Truncated).await.is(200).body.len(),
        whole.len() / 2
    );
    assert!(String::from_utf8(hit(&w, Fault::Garbage).await.is(200).body.clone()).is_err());
    let twice = hit(&w, Fault::DuplicateKeys).await.is(200).text();
    assert_eq!(twice.matches("\"nextPageToken\":").count(), 3);
    assert!(
        hit(&w, Fault::Deep { depth: 50_000 })
            .await
            .is(200)
            .body
            .len()
            > 100_000
    );
    let fault = Fault::WrongContentType {
        content_type: "text/html".into(),
    };
    let typed = hit(&w, fault).await;
    assert_eq!(
        (
            typed.headers["content-type"].to_str().unwrap(),
            typed.body.len()
        ),
        ("text/html", whole.len())
    );
    let bomb = hit(&w, Fault::GzipBomb { mebibytes: 64 }).await;
    assert_eq!(bomb.is(200).headers["content-encoding"], "gzip");
    assert!(bomb.body.len() < 200_000);
}

#[tokio::test]
async fn errors_in_googles_words() {
    let w = world(Seed::Demo);
    for (fault, status, reason) in [
        (Fault::Unauthorized, 401, "authError"),
        (
            Fault::QuotaExceeded { reason: None },
            403,
            "rateLimitExceeded",
        ),
        (
            Fault::QuotaExceeded {
                reason: Some("quotaExceeded".into()),
            },
            403,
            "quotaExceeded",
        ),
        (Fault::Forbidden, 403, "forbidden"),
        (Fault::InsufficientScope, 403, "insufficientPermissions"),
        (Fault::NotFound, 404, "notFound"),
        (Fault::Gone, 410, "deleted"),
        (Fault::Conflict, 409, "duplicate"),
        (Fault::PreconditionFailed, 412, "conditionNotMet"),
        (
            Fault::RateLimited {
                retry_after: RetryAfter::None,
            },
            429,
            "rateLimitExceeded",
        ),
        (
            Fault::Status {
                status: 503,
                retry_after: RetryAfter::None,
            },
            503,
            "backendError",
        ),
    ] {
        assert_eq!(hit(&w, fault).await.is(status).reason(), reason);
    }
    let fault = Fault::Redirect {
        status: 302,
        location: "http://169.254.169.254/".into(),
    };
    assert_eq!(
        hit(&w, fault).await.is(302).headers["location"],
        "http://169.254.169.254/"
    );
}

#[tokio::test]
async fn retry_after_in_all_its_forms() {
    let w = world(Seed::Demo);
    for (retry_after, text) in [
        (RetryAfter::Seconds(0), "0"),
        (RetryAfter::Seconds(3600), "3600"),
        (RetryAfter::HttpDate(60), "Wed, 04 Mar 2026 09:01:00 GMT"),
        (RetryAfter::Garbage, "soon-ish, maybe"),
    ] {
        let answer = hit(&w, Fault::RateLimited { retry_after }).await;
        assert_eq!(answer.is(429).headers["retry-after"], text);
    }
    let answer = hit(
        &w,
        Fault::RateLimited {
            retry_after: RetryAfter::None,
        },
    )
    .await;
    assert!(!answer.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn cursors_that_expire_and_pages_that_never_end() {
    let w = world(Seed::Demo);
    let first = w.events("maxResults=5").await.json();
    let page: String =
        url::form_urlencoded::byte_serialize(first["nextPageToken"].as_str().unwrap().as_bytes())
            .collect();
    w.sim.desk().add(Rule::on(EVENTS, Fault::PageCursorExpired));
    w.sim.desk().add(Rule::on(EVENTS, Fault::CursorExpired));
    w.events("maxResults=5").await.is(200);
    assert_eq!(
        w.events(&format!("maxResults=5&pageToken={page}"))
            .await
            .is(400)
            .reason(),
        "invalid"
    );
    assert_eq!(
        w.events("syncToken=x").await.is(410).reason(),
        "fullSyncRequired"
    );
    for (fault, looping) in [(Fault::EndlessPaging, false), (Fault::LoopingPaging, true)] {
        let one = hit(&w, fault).await.is(200).json();
        let cursor = one["nextPageToken"].as_str().unwrap();
        let two = w
            .events(&format!("maxResults=5&pageToken={cursor}"))
            .await
            .is(200)
            .json();
        assert_eq!(two["nextPageToken"] == one["nextPageToken"], looping);
        assert!(two.get("nextSyncToken").is_none());
    }
}

#[tokio::test]
async fn rules_count_skip_and_draw_lots() {
    let w = world(Seed::Demo);
    w.sim
        .desk()
        .add(Rule::on(EVENTS, Fault::Unauthorized).after(1).times(2));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(w.events("").await.status.as_u16());
    }
    assert_eq!(statuses, [200, 401, 401, 200]);
    w.sim.desk().clear();
    w.sim
        .desk()
        .add(Rule::on(EVENTS, Fault::NotFound).with_probability(0.5));
    let mut hits = 0;
    for _ in 0..100 {
        hits += u32::from(w.events("maxResults=1").await.status == 404);
    }
    assert!((20..80).contains(&hits), "{hits}");
    w.sim.desk().clear();
    w.sim
        .desk()
        .add(Rule::on(EVENTS, Fault::Unauthorized).query("pageToken="));
    w.events("").await.is(200);
    w.events("pageToken=x").await.is(401);
}

/// A refresh token by way of a consent.
async fn consented(w: &World) -> String {
    let redirect = crate::client::REDIRECT;
    let ask = [
        ("client_id", "daybook"),
        ("redirect_uri", redirect),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "s"),
        ("access_type", "offline"),
        ("person", ADA),
        ("decision", "allow"),
    ];
    let answer = w.form("/o/oauth2/v2/auth", &ask).await;
    let url = url::Url::parse(answer.headers["location"].to_str().unwrap()).unwrap();
    let code = url
        .query_pairs()
        .find(|(n, _)| n == "code")
        .unwrap()
        .1
        .into_owned();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", redirect),
        ("client_id", "daybook"),
        ("client_secret", "s3cret+/:%"),
    ];
    let tokens = w.form("/token", &fields).await.is(200).json();
    tokens["refresh_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn token_answers_can_be_bent() {
    let w = world(Seed::Demo);
    let refresh = consented(&w).await;
    let bent = async |fault: Fault| {
        w.sim.desk().clear();
        w.sim.desk().add(Rule::on("/token", fault));
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.as_str()),
            ("client_id", "daybook"),
            ("client_secret", "s3cret+/:%"),
        ];
        w.form("/token", &fields).await
    };
    for sent in [json!("absent"), json!(0), json!("3599"), json!(9e18)] {
        let seen = (sent != "absent").then_some(&sent);
        let change = TokenAnswer {
            expires_in: Some(sent.clone()),
            ..TokenAnswer::default()
        };
        let answer = bent(Fault::TokenAnswer(change)).await.is(200).json();
        assert_eq!(answer.get("expires_in"), seen);
    }
    let change = TokenAnswer {
        scope: Some("openid".into()),
        omit_refresh_token: true,
        ..TokenAnswer::default()
    };
    assert_eq!(
        bent(Fault::TokenAnswer(change)).await.json()["scope"],
        "openid"
    );
    for (fault, status, error) in [
        (Fault::InvalidGrant, 400, "invalid_grant"),
        (Fault::InvalidClient, 401, "invalid_client"),
    ] {
        assert_eq!(bent(fault).await.is(status).json()["error"], error);
    }
    assert!(
        bent(Fault::HtmlLogin)
            .await
            .is(200)
            .text()
            .contains("<html>")
    );
}

#[tokio::test]
async fn everything_can_be_scripted_over_http() {
    let w = world(Seed::Demo);
    let post = async |path: &str, body: Value| {
        let request = Request::post(path).header("content-type", "application/json");
        w.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    };
    let rules = json!([
        {"when": {"path": EVENTS, "method": "get", "count": 1}, "fault": {"kind": "rate_limited", "retry_after": {"seconds": 7}}},
        {"fault": {"kind": "status", "status": 502}, "when": {"path": "/token"}},
        {"when": {"path": "/x"}, "fault": {"kind": "token_answer", "expires_in": "absent"}},
    ]);
    post("/_sandbox/faults", rules).await.is(204);
    assert_eq!(w.events("").await.is(429).headers["retry-after"], "7");
    w.events("").await.is(200);
    w.form("/token", &[]).await.is(502);
    assert_eq!(
        w.page("/_sandbox/faults").await.json()["faults"][0]["used"],
        1
    );
    let log = w.page("/_sandbox/requests").await.json();
    assert_eq!(
        log["by_endpoint"]["GET /calendar/v3/calendars/primary/events"],
        2
    );
    assert_eq!(log["requests"][0]["status"], 429);
    let stats = w.page("/_sandbox/stats").await.json();
    assert_eq!(
        (
            &stats["requests"],
            &stats["faulted"],
            &stats["max_in_flight"]
        ),
        (&json!(3), &json!(2), &json!(1))
    );
    assert_eq!(w.page("/_sandbox/violations").await.json(), json!([]));
    let now = post("/_sandbox/clock/advance", json!({"seconds": 3600}))
        .await
        .is(200)
        .json();
    assert_eq!(now["now"], "2026-03-04T10:00:00Z");
    let request = Request::delete("/_sandbox/faults")
        .body(Body::empty())
        .unwrap();
    w.send(request).await.is(204);
    assert_eq!(
        w.events("").await.is(401).reason(),
        "authError",
        "the token ran out with the clock"
    );
}
