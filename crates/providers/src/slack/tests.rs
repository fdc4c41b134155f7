use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use daybook_domain::clock::{ManualClock, SeededIds};
use daybook_provider_api::chat::{Chat, Message, Proof, Refusal};
use daybook_provider_api::egress::{EgressConfig, Transport, TransportError, TransportLimits};
use daybook_provider_api::error::{ErrorKind, Retry};
use daybook_provider_api::{Credential, Egress, Provider, Session};
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{Secrets, Slack};

const SECRET: &str = "daybook-test-signing-secret";
const STAMP: &str = "1795251600";
const BODY: &str = "token=xyz&team_id=T1&user_id=U1&command=%2Ftime&text=2.5+hours%3A+Design+review&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F1";
const SIGNATURE: &str = "v0=2f462c1437f739edaef3474bbbd785cac7bff2b18e31ddd2fd37d6b8ca2dad4a";

fn slack(api_url: Option<&str>) -> Slack {
    Slack::new(Secrets {
        signing: Some(SECRET.into()),
        bot_token: None,
        app_token: Some("xapp-1".into()),
        api_url: api_url.map(str::to_owned),
    })
}

fn headers(stamp: &str, signature: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("x-slack-request-timestamp", stamp),
        ("x-slack-signature", signature),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    headers
}

fn checked(stamp: &str, signature: &str, body: &[u8], now: i64) -> Result<(), Refusal> {
    let headers = headers(stamp, signature);
    let proof = Proof {
        headers: &headers,
        body,
    };
    slack(None).verify(&proof, Timestamp::from_second(now).unwrap())
}

#[test]
fn the_contracts_vector_is_accepted_for_five_minutes() {
    let at = 1_795_251_600;
    for off in [-300, -1, 0, 299, 300] {
        assert_eq!(
            checked(STAMP, SIGNATURE, BODY.as_bytes(), at + off),
            Ok(()),
            "{off}"
        );
    }
    for off in [-301, 301, 86_400, -86_400 * 365] {
        let refused = checked(STAMP, SIGNATURE, BODY.as_bytes(), at + off);
        assert_eq!(refused, Err(Refusal::Stale), "{off}");
    }
}

#[test]
fn headers_are_there_once_and_plain() {
    let at = 1_795_251_600;
    for stamp in [
        "",
        " 1795251600",
        "+1795251600",
        "1795251600.0",
        "0x6b",
        "-1",
        "9223372036854775808",
        "\u{661}",
    ] {
        let refused = checked(stamp, SIGNATURE, BODY.as_bytes(), at);
        assert_eq!(refused, Err(Refusal::Headers), "{stamp:?}");
    }
    let upper = SIGNATURE.to_uppercase().replace("V0", "v0");
    for signature in [
        "",
        "v0=",
        "v1=00",
        &SIGNATURE[3..],
        &SIGNATURE[..66],
        &upper,
        "v0=zz",
    ] {
        let refused = checked(STAMP, signature, BODY.as_bytes(), at);
        assert_eq!(refused, Err(Refusal::Headers), "{signature:?}");
    }
    let mut twice = headers(STAMP, SIGNATURE);
    twice.append("x-slack-signature", HeaderValue::from_static(SIGNATURE));
    let proof = Proof {
        headers: &twice,
        body: BODY.as_bytes(),
    };
    let now = Timestamp::from_second(at).unwrap();
    assert_eq!(slack(None).verify(&proof, now), Err(Refusal::Headers));
    let nothing = Slack::default();
    assert_eq!(nothing.verify(&proof, now), Err(Refusal::NoSecret));
}

/// `DAYBOOK_TEST_SIGNATURES` sets how many (20,000).
#[test]
fn no_mutated_signature_body_or_time_is_accepted() {
    let cases = std::env::var("DAYBOOK_TEST_SIGNATURES");
    let cases: usize = cases.ok().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let at = 1_795_251_600;
    let mut state = 0x5eed_u64;
    let mut dice = move |most: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % most
    };
    let digits = b"0123456789abcdef";
    for case in 0..cases {
        let (mut stamp, mut signature, mut body) = (
            STAMP.as_bytes().to_vec(),
            SIGNATURE.as_bytes().to_vec(),
            BODY.as_bytes().to_vec(),
        );
        match case % 5 {
            0 => signature[3 + dice(64)] = digits[dice(16)],
            1 => {
                let at = dice(body.len());
                body[at] ^= 1 << dice(7);
            }
            2 => stamp[9 - dice(2)] = b'0' + u8::try_from(dice(10)).unwrap(),
            3 => {
                body.truncate(dice(body.len()));
            }
            _ => {
                for digit in &mut signature[3..] {
                    *digit = digits[dice(16)];
                }
            }
        }
        let same = (stamp.as_slice(), signature.as_slice(), body.as_slice())
            == (STAMP.as_bytes(), SIGNATURE.as_bytes(), BODY.as_bytes());
        let (stamp, signature) = (
            String::from_utf8(stamp).unwrap(),
            String::from_utf8(signature).unwrap(),
        );
        let accepted = checked(&stamp, &signature, &body, at).is_ok();
        assert_eq!(accepted, same, "case {case}: {stamp} {signature}");
    }
    println!("{cases} mutated signatures, 0 accepted");
}

proptest! {
    #[test]
    fn arbitrary_headers_and_bodies_never_panic_nor_pass(stamp in ".{0,30}", signature in ".{0,80}", body: Vec<u8>) {
        prop_assert!(checked(&stamp, &signature, &body, 1_795_251_600).is_err());
    }
}

/// Answers from a script, and remembers what it was asked.
#[derive(Default)]
struct Script {
    answers: Mutex<Vec<(u16, Option<u64>, Value)>>,
    asked: Mutex<Vec<(String, String, String, Value)>>,
}

#[async_trait]
impl Transport for Script {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _limits: TransportLimits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let (parts, body) = request.into_parts();
        let header = |name: &str| {
            let value = parts.headers.get(name).map(|value| value.to_str().unwrap());
            value.unwrap_or_default().to_owned()
        };
        self.asked.lock().unwrap().push((
            format!("{} {}", parts.method, parts.uri),
            header("authorization"),
            header("content-type"),
            serde_json::from_slice(&body).unwrap_or_default(),
        ));
        let mut answers = self.answers.lock().unwrap();
        let (status, wait, json) = if answers.is_empty() {
            (200, None, json!({"ok": true}))
        } else {
            answers.remove(0)
        };
        let mut response = http::Response::new(Bytes::from(json.to_string()));
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
        if let Some(wait) = wait {
            response.headers_mut().insert("retry-after", wait.into());
        }
        Ok(response)
    }
}

fn world(answers: Vec<(u16, Option<u64>, Value)>) -> (Arc<Script>, Egress) {
    let script = Arc::new(Script {
        answers: Mutex::new(answers),
        ..Script::default()
    });
    let clock = Arc::new(ManualClock::at("2026-11-21T09:00:00Z".parse().unwrap()));
    let ids = Arc::new(SeededIds::new(1));
    let egress = Egress::with_transport(EgressConfig::default(), clock, ids, script.clone());
    (script, egress)
}

fn session(egress: &Egress) -> Session<'_> {
    Session::new(
        egress,
        "slack",
        "c1".into(),
        "https://slack.com/api".into(),
        None,
        Credential::Bearer(SecretString::from("xoxb-1")),
    )
}

fn message() -> Message {
    Message {
        text: "t".into(),
        blocks: json!([{"type": "divider"}]),
    }
}

#[tokio::test]
async fn calls_are_what_the_contract_says() {
    let posted = json!({"ok": true, "channel": "D1", "ts": "1503435956.000247"});
    let opened = json!({"ok": true, "channel": {"id": "D069C7QFK"}});
    let (script, egress) = world(vec![(200, None, posted), (200, None, opened)]);
    let slack = slack(None);
    let session = session(&egress);
    let sent = slack.post(&session, "D1", &message()).await.unwrap();
    assert_eq!(
        (sent.channel.as_str(), sent.ts.as_str()),
        ("D1", "1503435956.000247")
    );
    assert_eq!(
        slack.open_direct(&session, "U1").await.unwrap(),
        "D069C7QFK"
    );
    slack
        .update(&session, "D1", "1.2", &message())
        .await
        .unwrap();
    slack
        .open_view(&session, "1.2.abc", &json!({"type": "modal"}))
        .await
        .unwrap();
    slack
        .publish_view(&session, "U1", &json!({"type": "home"}))
        .await
        .unwrap();
    slack.revoke(&session).await.unwrap();
    let asked = script.asked.lock().unwrap().clone();
    let lines: Vec<&str> = asked.iter().map(|(line, ..)| line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "POST https://slack.com/api/chat.postMessage",
            "POST https://slack.com/api/conversations.open",
            "POST https://slack.com/api/chat.update",
            "POST https://slack.com/api/views.open",
            "POST https://slack.com/api/views.publish",
            "GET https://slack.com/api/auth.revoke",
        ]
    );
    assert!(asked.iter().all(|(_, token, ..)| token == "Bearer xoxb-1"));
    assert!(
        asked[..5]
            .iter()
            .all(|(_, _, kind, _)| kind == "application/json; charset=utf-8")
    );
    assert_eq!(asked[0].3["unfurl_links"], false);
    assert_eq!(asked[0].3["text"], "t");
    assert_eq!(asked[1].3, json!({"users": "U1"}));
    assert_eq!(asked[3].3["trigger_id"], "1.2.abc");
}

#[tokio::test]
async fn refusals_mean_what_the_contract_says() {
    use ErrorKind::{Auth, Gone, NotFound, RateLimited, Scope, Unavailable, Unsupported};
    for (word, kind) in [
        ("invalid_auth", Auth),
        ("account_inactive", Auth),
        ("token_revoked", Auth),
        ("token_expired", Auth),
        ("not_authed", Auth),
        ("team_access_not_granted", Auth),
        ("missing_scope", Scope),
        ("channel_not_found", NotFound),
        ("user_not_found", NotFound),
        ("user_disabled", NotFound),
        ("cannot_dm_bot", NotFound),
        ("is_archived", NotFound),
        ("messages_tab_disabled", NotFound),
        ("invalid_blocks", Unsupported),
        ("msg_too_long", Unsupported),
        ("expired_trigger_id", Gone),
        ("ratelimited", RateLimited),
        ("rate_limited", RateLimited),
        ("internal_error", Unavailable),
        ("fatal_error", Unavailable),
        ("service_unavailable", Unavailable),
        ("never heard of", Unsupported),
    ] {
        let (_, egress) = world(vec![(200, None, json!({"ok": false, "error": word}))]);
        let error = slack(None)
            .post(&session(&egress), "D1", &message())
            .await
            .unwrap_err();
        assert_eq!(error.kind, kind, "{word}");
        assert_eq!(error.code.unwrap(), word.replace(' ', ""));
    }
    for (status, kind) in [(500, Unavailable), (503, Unavailable), (200, Unavailable)] {
        let (_, egress) = world(vec![(status, None, Value::Null)]);
        let error = slack(None)
            .post(&session(&egress), "D1", &message())
            .await
            .unwrap_err();
        assert_eq!(error.kind, kind, "{status}");
    }
}

#[tokio::test]
async fn a_limit_holds_up_its_own_method_only() {
    let (script, egress) = world(vec![(
        429,
        Some(30),
        json!({"ok": false, "error": "ratelimited"}),
    )]);
    let (slack, session) = (slack(None), session(&egress));
    let first = slack.post(&session, "D1", &message()).await.unwrap_err();
    assert_eq!(first.kind, ErrorKind::RateLimited);
    assert_eq!(
        first.retry,
        Retry::After(std::time::Duration::from_secs(30))
    );
    let second = slack.post(&session, "D2", &message()).await.unwrap_err();
    assert_eq!(
        second.code.as_deref(),
        Some("local_limit"),
        "nothing is sent meanwhile"
    );
    let view = json!({"type": "home"});
    slack.publish_view(&session, "U1", &view).await.unwrap();
    assert_eq!(script.asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn answers_go_to_slack_and_nowhere_else() {
    let (script, egress) = world(Vec::new());
    let real = slack(None);
    for foreign in [
        "",
        "https://evil.example/x",
        "https://hooks.slack.com.evil.example/x",
        "https://evil.example/hooks.slack.com",
        "http://hooks.slack.com/x",
        "https://hooks.slack.com:8443/x",
        "https://hooks.slack.com@evil.example/x",
        "https://user@hooks.slack.com/x",
        "https://slack.com/api/x",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
        "//hooks.slack.com/x",
        "https://hooks\u{3002}slack.com.evil.example/",
    ] {
        assert!(!real.may_respond(foreign), "{foreign}");
        let error = real
            .respond(&egress, foreign, &json!({}))
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::Blocked, "{foreign}");
    }
    assert!(script.asked.lock().unwrap().is_empty());
    real.respond(
        &egress,
        "https://hooks.slack.com/commands/1",
        &json!({"text": "x"}),
    )
    .await
    .unwrap();
    let asked = script.asked.lock().unwrap().clone();
    assert_eq!(asked[0].1, "", "no token goes there");
    let stood_in = slack(Some("http://127.0.0.1:9/api"));
    assert!(stood_in.may_respond("http://127.0.0.1:9/hooks/1"));
    assert!(!stood_in.may_respond("http://127.0.0.1:10/hooks/1"));
}

#[tokio::test]
async fn a_socket_is_slacks_own() {
    for (url, ok) in [
        ("wss://wss-primary.slack.com/link/?ticket=1", true),
        ("wss://evil.example/link", false),
        ("wss://slack.com.evil.example/", false),
        ("wss://evilslack.com/", false),
        ("ws://wss-primary.slack.com/", false),
        ("https://wss-primary.slack.com/", false),
        ("x", false),
    ] {
        let (script, egress) = world(vec![(200, None, json!({"ok": true, "url": url}))]);
        let told = slack(None)
            .socket_url(&egress, "https://slack.com/api")
            .await;
        assert_eq!(told.is_ok(), ok, "{url}");
        assert_eq!(script.asked.lock().unwrap()[0].1, "Bearer xapp-1");
    }
}

#[test]
fn installations_are_named_by_workspace_or_organisation() {
    let slack = slack(None);
    let one = json!({"team": {"id": "T9", "name": "Acme"}, "enterprise": null, "is_enterprise_install": false,
        "bot_user_id": "U0", "app_id": "A0", "authed_user": {"id": "U1"}});
    let found = slack.installation(&one).unwrap();
    assert_eq!(
        (found.team_id.as_str(), found.enterprise_id.as_str()),
        ("T9", "")
    );
    assert_eq!(found.installer_id.as_deref(), Some("U1"));
    let whole = json!({"team": null, "enterprise": {"id": "E1", "name": "Big"}, "is_enterprise_install": true, "authed_user": {"id": "W1"}});
    let found = slack.installation(&whole).unwrap();
    assert_eq!(
        (found.team_id.as_str(), found.enterprise_id.as_str()),
        ("", "E1")
    );
    assert_eq!(found.team_name.as_deref(), Some("Big"));
    assert!(slack.installation(&json!({"team": null})).is_none());
}

#[tokio::test]
async fn identity_is_the_slack_workspace() {
    let tested = json!({"ok": true, "url": "https://acme.slack.com/", "team": "Acme", "team_id": "T9", "user_id": "U0", "bot_id": "B0"});
    let (_, egress) = world(vec![(200, None, tested)]);
    let identity = slack(None).identify(&session(&egress)).await.unwrap();
    assert_eq!(
        (identity.subject.as_str(), identity.name.as_deref()),
        ("T9", Some("Acme"))
    );
}
