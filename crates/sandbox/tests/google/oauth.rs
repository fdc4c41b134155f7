use http::Request;
use serde_json::Value;

use daybook_sandbox::google::{Rotation, Seed};

use crate::client::{ADA, Answer, REDIRECT, SCOPES, World, world, world_with};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn asked(scope: &str) -> Vec<(&str, &str)> {
    vec![
        ("client_id", "daybook"),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", scope),
        ("state", "st&te="),
        ("access_type", "offline"),
        ("prompt", "consent"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

fn scope() -> String {
    format!("openid email {}", SCOPES.join(" "))
}

async fn consent(w: &World, extra: &[(&str, &str)]) -> Answer {
    let scope = scope();
    let mut fields = asked(&scope);
    fields.extend_from_slice(&[("person", ADA), ("decision", "allow")]);
    fields.retain(|(name, _)| !extra.iter().any(|(n, _)| n == name));
    fields.extend(extra.iter().filter(|(_, v)| !v.is_empty()));
    w.form("/o/oauth2/v2/auth", &fields).await
}

fn callback(answer: &Answer, name: &str) -> Option<String> {
    let location = answer.is(302).headers["location"].to_str().unwrap();
    assert!(location.starts_with(REDIRECT));
    let url = url::Url::parse(location).unwrap();
    url.query_pairs()
        .find(|(n, _)| n == name)
        .map(|(_, v)| v.into_owned())
}

async fn exchange(w: &World, code: &str, extra: &[(&str, &str)]) -> Answer {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("client_id", "daybook"),
        ("client_secret", "s3cret+/:%"),
        ("code_verifier", VERIFIER),
    ];
    fields.retain(|(name, _)| !extra.iter().any(|(n, _)| n == name));
    fields.extend(extra.iter().filter(|(_, v)| !v.is_empty()));
    w.form("/token", &fields).await
}

async fn connect(w: &World) -> Value {
    let code = callback(&consent(w, &[]).await, "code").unwrap();
    exchange(w, &code, &[]).await.is(200).json()
}

async fn refresh(w: &World, token: &str) -> Answer {
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
        ("client_id", "daybook"),
        ("client_secret", "s3cret+/:%"),
    ];
    w.form("/token", &fields).await
}

async fn userinfo(w: &World, token: &str) -> Answer {
    let request = Request::get("/v1/userinfo").header("authorization", format!("Bearer {token}"));
    w.send(request.body(axum::body::Body::empty()).unwrap())
        .await
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_consent_page_offers_people_and_scopes() {
    let w = world(Seed::Demo);
    let scope = scope();
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(asked(&scope))
        .finish();
    let page = w
        .page(&format!(
            "/o/oauth2/v2/auth?{query}&login_hint=bo%40northwind.example"
        ))
        .await;
    let html = page.is(200).text();
    assert!(
        html.contains("Cy Okafor")
            && html.contains("value=\"bo@northwind.example\" required checked")
    );
    assert!(html.contains("name=decision value=deny") && html.contains("st&amp;te="));
    assert!(html.contains("See and change events on all your calendars"));
}

#[tokio::test]
async fn consent_leads_to_tokens_and_an_identity() {
    let w = world(Seed::Demo);
    let answer = consent(&w, &[]).await;
    assert_eq!(callback(&answer, "state").unwrap(), "st&te=");
    let tokens = connect(&w).await;
    assert_eq!(tokens["expires_in"], 3599);
    assert!(tokens["refresh_token"].is_string() && tokens["id_token"].is_string());
    assert!(text(&tokens, "scope").contains("userinfo.email"));
    let access = text(&tokens, "access_token");
    let who = userinfo(&w, &access).await.is(200).json();
    assert_eq!(
        (who["email"].as_str(), who["sub"].is_string()),
        (Some(ADA), true)
    );
    w.pass(3600);
    userinfo(&w, &access).await.is(401);
    let again = refresh(&w, &text(&tokens, "refresh_token"))
        .await
        .is(200)
        .json();
    assert!(again.get("refresh_token").is_none(), "the old one is kept");
    userinfo(&w, &text(&again, "access_token")).await.is(200);
}

#[tokio::test]
async fn denial_and_unticked_scopes_come_back() {
    let w = world(Seed::Demo);
    let denied = consent(&w, &[("decision", "deny")]).await;
    assert_eq!(callback(&denied, "error").unwrap(), "access_denied");
    assert_eq!(callback(&denied, "state").unwrap(), "st&te=");
    let some = consent(&w, &[("grant", SCOPES[0])]).await;
    let code = callback(&some, "code").unwrap();
    let tokens = exchange(&w, &code, &[]).await.is(200).json();
    let scopes = text(&tokens, "scope");
    assert!(scopes.contains(SCOPES[0]) && scopes.contains("openid") && !scopes.contains(SCOPES[1]));
}

#[tokio::test]
async fn a_wrong_client_or_redirect_never_redirects() {
    let w = world(Seed::Demo);
    for wrong in [
        (
            "redirect_uri",
            "http://127.0.0.1:8080/oauth/callback/google/",
        ),
        ("client_id", "other"),
    ] {
        let answer = consent(&w, &[wrong]).await;
        assert!(!answer.is(400).headers.contains_key("location"));
    }
    assert!(
        consent(&w, &[("redirect_uri", "http://evil.example/")])
            .await
            .text()
            .contains("redirect_uri_mismatch")
    );
}

#[tokio::test]
async fn exchanges_that_must_fail() {
    let w = world(Seed::Demo);
    let fresh = async || callback(&consent(&w, &[]).await, "code").unwrap();
    for (wrong, error) in [
        (
            (
                "code_verifier",
                "wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong",
            ),
            "invalid_grant",
        ),
        (("code_verifier", ""), "invalid_grant"),
        (
            ("redirect_uri", "http://127.0.0.1:8080/other"),
            "redirect_uri_mismatch",
        ),
        (("grant_type", "password"), "unsupported_grant_type"),
    ] {
        let answer = exchange(&w, &fresh().await, &[wrong]).await;
        assert_eq!(answer.is(400).json()["error"], error);
    }
    let answer = exchange(&w, &fresh().await, &[("client_secret", "x")]).await;
    assert_eq!(answer.is(401).json()["error"], "invalid_client");
    let old = fresh().await;
    w.pass(61);
    exchange(&w, &old, &[]).await.is(400);
    // A verifier for a code that never had a challenge is suspicious too.
    let bare = consent(&w, &[("code_challenge", ""), ("code_challenge_method", "")]).await;
    exchange(&w, &callback(&bare, "code").unwrap(), &[])
        .await
        .is(400);
}

#[tokio::test]
async fn a_replayed_code_kills_what_it_yielded() {
    let w = world(Seed::Demo);
    let code = callback(&consent(&w, &[]).await, "code").unwrap();
    let tokens = exchange(&w, &code, &[]).await.is(200).json();
    exchange(&w, &code, &[]).await.is(400);
    userinfo(&w, &text(&tokens, "access_token")).await.is(401);
    assert_eq!(
        refresh(&w, &text(&tokens, "refresh_token"))
            .await
            .is(400)
            .json()["error"],
        "invalid_grant"
    );
}

#[tokio::test]
async fn refresh_tokens_need_offline_access_and_a_first_or_forced_consent() {
    let w = world(Seed::Demo);
    for (extra, expected) in [
        (vec![("access_type", "")], false),
        (vec![("prompt", "")], false),
        (vec![], true),
    ] {
        let code = callback(&consent(&w, &extra).await, "code").unwrap();
        let tokens = exchange(&w, &code, &[]).await.is(200).json();
        assert_eq!(tokens.get("refresh_token").is_some(), expected, "{extra:?}");
    }
}

#[tokio::test]
async fn three_rotation_styles() {
    for (style, has_new, old_works) in [
        (Rotation::Keep, false, true),
        (Rotation::RotateKeepOld, true, true),
        (Rotation::SingleUse, true, false),
    ] {
        let w = world_with(Seed::Demo, |c| c.rotation = style);
        let old = text(&connect(&w).await, "refresh_token");
        let answer = refresh(&w, &old).await.is(200).json();
        assert_eq!(answer.get("refresh_token").is_some(), has_new, "{style:?}");
        assert_eq!(
            refresh(&w, &old).await.status == 200,
            old_works,
            "{style:?}"
        );
    }
}

#[tokio::test]
async fn a_spent_token_yields_its_successor_within_the_grace_time() {
    let w = world_with(Seed::Demo, |c| {
        c.rotation = Rotation::SingleUse;
        c.rotation_grace_s = 30;
    });
    let old = text(&connect(&w).await, "refresh_token");
    let first = refresh(&w, &old).await.is(200).json();
    let second = refresh(&w, &old).await.is(200).json();
    assert_eq!(first["refresh_token"], second["refresh_token"]);
    w.pass(31);
    refresh(&w, &old).await.is(400);
}

#[tokio::test]
async fn revoking_one_token_ends_the_whole_grant() {
    let w = world(Seed::Demo);
    let (one, two) = (connect(&w).await, connect(&w).await);
    w.form("/revoke", &[("token", &text(&one, "access_token"))])
        .await
        .is(200);
    refresh(&w, &text(&two, "refresh_token")).await.is(400);
    userinfo(&w, &text(&two, "access_token")).await.is(401);
    let again = w
        .form("/revoke", &[("token", &text(&one, "access_token"))])
        .await;
    assert_eq!(again.is(400).json()["error"], "invalid_token");
    assert_eq!(w.sim.desk().counter("revoke"), 2);
}

#[tokio::test]
async fn time_limits_and_the_hundred_token_limit() {
    let w = world_with(Seed::Demo, |c| c.refresh_token_ttl_s = Some(604_799));
    let tokens = connect(&w).await;
    assert_eq!(tokens["refresh_token_expires_in"], 604_799);
    w.pass(604_800);
    refresh(&w, &text(&tokens, "refresh_token")).await.is(400);
    let w = world(Seed::Demo);
    let oldest = text(&connect(&w).await, "refresh_token");
    w.pass(1);
    for _ in 0..100 {
        connect(&w).await;
    }
    refresh(&w, &oldest).await.is(400);
}

#[tokio::test]
async fn basic_authentication_is_form_encoded_first() {
    use base64::Engine;
    let w = world(Seed::Demo);
    let code = callback(&consent(&w, &[]).await, "code").unwrap();
    let secret: String = url::form_urlencoded::byte_serialize(b"s3cret+/:%").collect();
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("daybook:{secret}"));
    let body: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ])
        .finish();
    let request = Request::post("/token")
        .header("authorization", format!("Basic {basic}"))
        .header("content-type", "application/x-www-form-urlencoded");
    w.send(request.body(body.into()).unwrap()).await.is(200);
}

#[tokio::test]
async fn the_issuer_is_named_when_configured() {
    let w = world_with(Seed::Demo, |c| {
        c.issuer = Some("https://accounts.google.com".into())
    });
    assert_eq!(
        callback(&consent(&w, &[]).await, "iss").unwrap(),
        "https://accounts.google.com"
    );
}
