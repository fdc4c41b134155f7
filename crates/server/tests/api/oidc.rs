//! Single sign-on against the simulated provider: who comes in, and everything that must not let anybody in.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use daybook_domain::Clock;
use daybook_domain::clock::MovableClock;
use daybook_engine::Settings;
use daybook_provider_api::egress::{Transport, TransportError, TransportLimits};
use daybook_provider_api::oidc::Client;
use daybook_sandbox::clock::SandboxClock;
use daybook_sandbox::oidc::{Algorithm, Config, OidcSim, Twist};
use daybook_store::test_support::TestDb;
use http::Request;
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tower::ServiceExt;
use url::Url;

use crate::support::{Answer, Ask, EMAIL, PASSWORD, Server};

const ISSUER: &str = "https://id.example.com";
const CALLBACK: &str = "/api/v1/auth/oidc/callback";
const START: &str = "/api/v1/auth/oidc/start";

/// The simulator shares the server's clock.
#[derive(Debug)]
struct SameClock(Arc<MovableClock>);

impl SandboxClock for SameClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
    fn advance(&self, by: SignedDuration) {
        self.0.advance(by);
    }
}

/// Calls the simulator in-process.
struct Direct(Router);

#[async_trait]
impl Transport for Direct {
    async fn send(
        &self,
        request: Request<Bytes>,
        _: TransportLimits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let answer = self.0.clone().oneshot(request.map(Body::from)).await;
        let (parts, body) = answer.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Ok(http::Response::from_parts(parts, body))
    }
}

struct Stage {
    server: Server,
    sim: OidcSim,
    owner: String,
}

/// A server with Ada, its owner, and a provider that knows her as `ada`.
async fn stage() -> Stage {
    staged(Algorithm::Es256).await
}

async fn staged(algorithm: Algorithm) -> Stage {
    let db = TestDb::memory().await;
    let mut settings = Settings::at(Url::parse("https://daybook.test/").unwrap());
    let redirect_uri = format!("https://daybook.test{CALLBACK}");
    let config = Config {
        issuer: ISSUER.into(),
        client_id: "daybook".into(),
        client_secret: "s3cret & more".into(),
        redirect_uri: redirect_uri.clone(),
        algorithm,
    };
    // Basic authentication carries them form-encoded.
    let sim_config = Config {
        client_secret: "s3cret+%26+more".into(),
        ..config.clone()
    };
    settings.oidc = Some(Client {
        issuer: config.issuer,
        client_id: config.client_id,
        client_secret: config.client_secret.into(),
        redirect_uri,
    });
    let sim = OidcSim::new(sim_config, Arc::new(SameClock(db.clock.clone()))).unwrap();
    sim.person("ada", EMAIL, true);
    let transport = Arc::new(Direct(sim.router()));
    let server = Server::with_transport(settings, db, transport).await;
    let owner = server.set_up().await.cookie();
    Stage { server, sim, owner }
}

/// A sign-in that was begun: where the provider is, and the browser's cookie.
struct Begun {
    url: Url,
    cookie: String,
}

impl Stage {
    async fn start(&self, query: &str) -> Begun {
        let answer = self.server.send(Ask::get(&format!("{START}{query}"))).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        let set = answer.headers["set-cookie"].to_str().unwrap();
        assert!(
            set.starts_with("__Host-daybook-oidc=") && set.contains("HttpOnly"),
            "{set}"
        );
        Begun {
            url: Url::parse(answer.headers["location"].to_str().unwrap()).unwrap(),
            cookie: answer.cookie(),
        }
    }

    /// Consents as somebody; the query that the browser brings back.
    async fn consent(&self, begun: &Begun, sub: &str) -> String {
        let form = format!("{}&person={sub}", begun.url.query().unwrap());
        let request = Request::post("/authorize").body(Body::from(form)).unwrap();
        let answer = self.sim.router().oneshot(request).await.unwrap();
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        location.split_once('?').unwrap().1.to_owned()
    }

    async fn back(&self, query: &str, cookie: &str) -> Answer {
        let ask = Ask::get(&format!("{CALLBACK}?{query}")).cookie(cookie);
        self.server
            .send(ask.header("accept", "application/json"))
            .await
    }

    /// A whole sign-in.
    async fn sign_in(&self, sub: &str, query: &str) -> Answer {
        let begun = self.start(query).await;
        let query = self.consent(&begun, sub).await;
        self.back(&query, &begun.cookie).await
    }

    async fn count(&self, table: &str) -> String {
        let query = format!("SELECT CAST(count(*) AS TEXT) FROM {table}");
        self.server
            .db
            .store
            .texts_raw(query)
            .await
            .unwrap()
            .remove(0)
    }

    async fn invitation(&self, email: &str) -> String {
        let body = json!({"email": email, "role": "member"});
        let ask = Ask::post("/api/v1/workspace/invitations").json(&body);
        let made = self.server.send(ask.cookie(&self.owner)).await;
        let url = made.body["url"].as_str().unwrap().to_owned();
        url.rsplit('/').next().unwrap().to_owned()
    }
}

#[tokio::test]
async fn by_verified_address_once_then_by_subject() {
    let stage = stage().await;
    let answer = stage.sign_in("ada", "").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.body["user"]["email"], EMAIL);
    let session = stage
        .server
        .send(Ask::get("/api/v1/auth/session").cookie(&answer.cookie()))
        .await;
    assert_eq!(session.body["user"]["email"], EMAIL, "{}", session.text);
    // The address may change, or stop being verified: the subject is the same person.
    stage.sim.person("ada", "lovelace@example.org", false);
    let answer = stage.sign_in("ada", "").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.body["user"]["email"]),
        (200, &json!(EMAIL))
    );
    // Who gets the address afterwards is somebody else.
    stage.sim.person("eve", EMAIL, true);
    stage
        .sign_in("eve", "")
        .await
        .is_problem(403, "other_identity");
    assert_eq!(stage.count("identity").await, "1");
    // The password still works.
    assert_eq!(stage.server.log_in(EMAIL, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn rsa_signatures_are_taken_too() {
    let stage = staged(Algorithm::Rs256).await;
    assert_eq!(stage.sign_in("ada", "").await.status, 200);
}

#[tokio::test]
async fn an_address_that_nobody_verified_opens_nothing() {
    let stage = stage().await;
    stage.sim.person("eve", EMAIL, false);
    stage
        .sign_in("eve", "")
        .await
        .is_problem(403, "email_not_verified");
    let secret = stage.invitation("bob@example.com").await;
    stage.sim.person("bob", "bob@example.com", false);
    let refused = stage.sign_in("bob", &format!("?invitation={secret}")).await;
    refused.is_problem(403, "email_not_verified");
    assert_eq!(
        (
            stage.count("identity").await,
            stage.count("account_user").await
        ),
        ("0".into(), "1".into())
    );
}

#[tokio::test]
async fn strangers_stay_outside_and_the_invited_come_in() {
    let stage = stage().await;
    stage.sim.person("bob", "Bob@Example.com", true);
    stage.sim.person("eve", "eve@example.com", true);
    stage.sign_in("bob", "").await.is_problem(403, "no_account");
    assert_eq!(stage.count("account_user").await, "1");
    let query = format!("?invitation={}", stage.invitation("bob@example.com").await);
    stage
        .sign_in("eve", &query)
        .await
        .is_problem(403, "wrong_account");
    stage
        .sign_in("ada", &query)
        .await
        .is_problem(403, "wrong_account");
    let joined = stage.sign_in("bob", &query).await;
    assert_eq!(joined.status, 200, "{}", joined.text);
    assert_eq!(joined.body["member"]["role"], "member");
    assert_eq!(joined.body["user"]["name"], "bob of the directory");
    // Once, and from then on without it.
    stage
        .sign_in("bob", &query)
        .await
        .is_problem(410, "invitation_over");
    assert_eq!(stage.sign_in("bob", "").await.status, 200);
    // There is no password to guess.
    let guess = stage.server.log_in("bob@example.com", "").await;
    guess.is_problem(401, "invalid_credentials");
}

#[tokio::test]
async fn an_account_that_is_switched_off_stays_off() {
    let stage = stage().await;
    assert_eq!(stage.sign_in("ada", "").await.status, 200);
    let off = "UPDATE account_user SET disabled_at = 1";
    stage.server.db.store.execute_raw(off.into()).await.unwrap();
    stage.sign_in("ada", "").await.is_problem(403, "no_account");
}

#[tokio::test]
async fn every_wrong_answer_of_a_provider_is_refused() {
    let stage = stage().await;
    let refused = |code: &'static str, status: u16| (code, status);
    for (twist, (code, status)) in [
        (Twist::WrongNonce, refused("sign_in_refused", 502)),
        (Twist::NoNonce, refused("sign_in_refused", 502)),
        (Twist::AlgNone, refused("sign_in_refused", 502)),
        (Twist::HmacOfPublicKey, refused("sign_in_refused", 502)),
        (Twist::ForeignKey, refused("sign_in_refused", 502)),
        (Twist::Tampered, refused("sign_in_refused", 502)),
        (Twist::WrongAudience, refused("sign_in_refused", 502)),
        (Twist::ManyAudiences, refused("sign_in_refused", 502)),
        (Twist::WrongIssuer, refused("sign_in_refused", 502)),
        (Twist::Expired, refused("sign_in_refused", 502)),
        (Twist::FromTheFuture, refused("sign_in_refused", 502)),
        (Twist::NoSubject, refused("sign_in_refused", 502)),
        (Twist::WrongIssInRedirect, refused("wrong_issuer", 400)),
        (
            Twist::UserinfoOfSomebodyElse,
            refused("email_not_verified", 403),
        ),
        (Twist::NoIdToken, refused("provider_unreachable", 502)),
        (Twist::Html, refused("provider_unreachable", 502)),
    ] {
        stage.sim.twist(Some(twist));
        let answer = stage.sign_in("ada", "").await;
        assert_eq!(
            (answer.body["code"].as_str(), answer.status.as_u16()),
            (Some(code), status),
            "{twist:?}: {}",
            answer.text
        );
        assert!(!answer.headers.contains_key("set-cookie"), "{twist:?}");
    }
    assert_eq!(
        (stage.count("session").await, stage.count("identity").await),
        ("1".into(), "0".into())
    );
    // The control: the same sign-in without a twist, and with the harmless one.
    for twist in [None, Some(Twist::EmailAtUserinfo)] {
        stage.sim.twist(twist);
        assert_eq!(stage.sign_in("ada", "").await.status, 200, "{twist:?}");
    }
    stage.sim.twist(Some(Twist::ForeignDiscovery));
    let answer = stage.server.send(Ask::get(START)).await;
    answer.is_problem(502, "provider_refused");
}

#[tokio::test]
async fn a_state_is_good_once_for_a_while_and_in_its_own_browser() {
    let stage = stage().await;
    let (mine, other) = (stage.start("").await, stage.start("").await);
    let calls = || stage.sim.calls("token");
    let query = stage.consent(&mine, "ada").await;
    // Another browser, one without a cookie, and an attacker's code in the victim's browser.
    stage
        .back(&query, &other.cookie)
        .await
        .is_problem(400, "invalid_state");
    let theirs = stage.consent(&other, "ada").await;
    stage
        .back(&theirs, "")
        .await
        .is_problem(400, "invalid_state");
    let attackers = stage.start("").await;
    let attackers = stage.consent(&attackers, "ada").await;
    stage
        .back(&attackers, &mine.cookie)
        .await
        .is_problem(400, "invalid_state");
    for query in ["", "code=x", "state=&code=x", "code=x&state=guessed"] {
        stage
            .back(query, &mine.cookie)
            .await
            .is_problem(400, "invalid_state");
    }
    // Refused, and used up by it; and one that took too long.
    stage
        .back(&query, &mine.cookie)
        .await
        .is_problem(400, "invalid_state");
    let late = stage.start("").await;
    let query = stage.consent(&late, "ada").await;
    stage.server.db.clock.advance(SignedDuration::from_mins(11));
    stage
        .back(&query, &late.cookie)
        .await
        .is_problem(400, "invalid_state");
    assert_eq!(calls(), 0, "no code was ever exchanged");
    // Replayed.
    let good = stage.start("").await;
    let query = stage.consent(&good, "ada").await;
    assert_eq!(stage.back(&query, &good.cookie).await.status, 200);
    stage
        .back(&query, &good.cookie)
        .await
        .is_problem(400, "invalid_state");
    // Of another flow of the same browser: its nonce and verifier are not this one's.
    let (one, two) = (stage.start("").await, stage.start("").await);
    let code = stage.consent(&one, "ada").await;
    let code = code
        .split('&')
        .find(|pair| pair.starts_with("code="))
        .unwrap();
    let state = stage.consent(&two, "ada").await;
    let state = state
        .split('&')
        .find(|pair| pair.starts_with("state="))
        .unwrap();
    let mixed = format!("{code}&{state}&iss={ISSUER}");
    stage
        .back(&mixed, &two.cookie)
        .await
        .is_problem(502, "sign_in_refused");
}

#[tokio::test]
async fn browsers_are_sent_on_to_where_they_wanted_to_go_and_nowhere_else() {
    let stage = stage().await;
    for bad in [
        "https://evil.example/",
        "//evil.example",
        "/%5Cevil.example",
        "javascript:alert(1)",
    ] {
        let answer = stage
            .server
            .send(Ask::get(&format!("{START}?return_to={bad}")))
            .await;
        answer.is_problem(422, "invalid_return_to");
    }
    let begun = stage.start("?return_to=/calendar").await;
    let query = stage.consent(&begun, "ada").await;
    let page = |query: &str| Ask::get(&format!("{CALLBACK}?{query}")).header("accept", "text/html");
    let answer = stage.server.send(page(&query).cookie(&begun.cookie)).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.headers["location"]),
        (303, &"/calendar".parse().unwrap())
    );
    let cookies: Vec<_> = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|c| c.to_str().unwrap())
        .collect();
    assert!(
        cookies[0].starts_with("__Host-daybook=") && cookies[1].contains("Max-Age=0"),
        "{cookies:?}"
    );
    let begun = stage.start("?return_to=/calendar").await;
    let query = stage.consent(&begun, "nobody").await;
    let answer = stage.server.send(page(&query).cookie(&begun.cookie)).await;
    assert_eq!(
        answer.headers["location"],
        "/sign-in?error=access_denied&return_to=%2Fcalendar"
    );
}

#[tokio::test]
async fn without_the_settings_it_is_off_and_says_so() {
    let (server, _) = Server::with_ada().await;
    let methods = server.send(Ask::get("/api/v1/auth/methods")).await;
    assert_eq!(
        methods.body,
        json!({"password": true, "oidc": false, "password_reset": false})
    );
    let answer = server.send(Ask::get(START)).await;
    answer.is_problem(503, "provider_not_configured");
    assert!(answer.text.contains("OIDC_ISSUER_URL"), "{}", answer.text);
    server
        .send(Ask::get(CALLBACK))
        .await
        .is_problem(503, "provider_not_configured");
    let stage = stage().await;
    let methods = stage.server.send(Ask::get("/api/v1/auth/methods")).await;
    assert_eq!(methods.body["oidc"], true);
}
