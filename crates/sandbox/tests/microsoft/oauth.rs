//! Consent, codes, tokens, and the ways they end.

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use daybook_sandbox::microsoft::{Account, Rotation, ScopeStyle, Seed};
use http::Request;
use serde_json::Value;

use crate::client::{ADA, Answer, REDIRECT, SECRET, World, world};

const VERIFIER: &str = "daybook-test-verifier-0123456789-abcdefghijk";
const CHALLENGE: &str = "LzCYHrN75jIKXq8ZzUFNeTnC0jrLotsBVikXFWAa5n8";
const SCOPE: &str =
    "openid profile offline_access User.Read https://graph.microsoft.com/Calendars.ReadWrite";
const PRIVATE: &str = "ada.marsh@outlook.example";

fn asked<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![
        ("client_id", "daybook"),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("response_mode", "query"),
        ("scope", SCOPE),
        ("state", "st"),
        ("nonce", "n1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("person", ADA),
        ("decision", "allow"),
    ];
    for (name, value) in more {
        all.retain(|(n, _)| n != name);
        all.push((name, value));
    }
    all
}

fn callback(answer: &Answer) -> Vec<(String, String)> {
    let location = answer.is(302).headers["location"].to_str().unwrap();
    assert!(location.starts_with(REDIRECT));
    url::Url::parse(location)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect()
}

fn param(pairs: &[(String, String)], name: &str) -> String {
    pairs
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, v)| v.clone())
        .unwrap_or_default()
}

async fn code(w: &World, tenant: &str, more: &[(&str, &str)]) -> String {
    let answer = w
        .form(&format!("/{tenant}/oauth2/v2.0/authorize"), &asked(more))
        .await;
    let pairs = callback(&answer);
    assert_eq!(param(&pairs, "state"), "st");
    param(&pairs, "code")
}

async fn redeem(w: &World, tenant: &str, code: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("client_id", "daybook"),
        ("client_secret", SECRET),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    for (name, value) in more {
        fields.retain(|(n, _)| n != name);
        fields.push((name, value));
    }
    w.form(&format!("/{tenant}/oauth2/v2.0/token"), &fields)
        .await
}

async fn refresh(w: &World, token: &str) -> Answer {
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", "daybook"),
        ("client_secret", SECRET),
        ("refresh_token", token),
    ];
    w.form("/common/oauth2/v2.0/token", &fields).await
}

fn aadsts(answer: &Answer) -> (String, u64) {
    let body = answer.json();
    let code = body["error_codes"][0].as_u64().unwrap();
    assert!(
        body["error_description"]
            .as_str()
            .unwrap()
            .starts_with(&format!("AADSTS{code}: "))
    );
    for name in ["trace_id", "correlation_id", "timestamp"] {
        assert!(body[name].is_string());
    }
    (body["error"].as_str().unwrap().to_owned(), code)
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn from_the_page_to_the_calendar() {
    let mut w = world(Seed::Demo);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(asked(&[("login_hint", ADA)]))
        .finish();
    let page = w
        .page(&format!("/common/oauth2/v2.0/authorize?{query}"))
        .await;
    let page = page.is(200).text();
    assert!(
        page.contains("Ada Marsh")
            && page.contains("Personal account")
            && page.contains("Have full access to your calendars")
    );
    let code = code(&w, "common", &[]).await;
    let answer = redeem(&w, "common", &code, &[]).await.is(200).json();
    let life = answer["expires_in"].as_i64().unwrap();
    assert!((3599..5400).contains(&life) && answer["token_type"] == "Bearer");
    assert_eq!(
        answer["scope"],
        "openid profile User.Read Calendars.ReadWrite"
    );
    let claims = text(&answer, "id_token");
    let claims: Value = serde_json::from_slice(
        &URL_SAFE_NO_PAD
            .decode(claims.split('.').nth(1).unwrap())
            .unwrap(),
    )
    .unwrap();
    let ada = w.sim.person(ADA).unwrap();
    assert_eq!(
        (&claims["tid"], &claims["oid"], &claims["nonce"]),
        (&ada.tenant.into(), &ada.id.into(), &"n1".into())
    );
    w.token = text(&answer, "access_token");
    let me = w
        .get("/me?$select=id,displayName,mail,userPrincipalName")
        .await
        .is(200)
        .json();
    assert_eq!((&me["id"], &me["mail"]), (&claims["oid"], &ADA.into()));
    w.get("/me/calendars").await.is(200);
    w.pass(life);
    let answer = w.get("/me/calendars").await;
    assert_eq!(answer.is(401).code(), "InvalidAuthenticationToken");
    assert!(
        answer.headers["www-authenticate"]
            .to_str()
            .unwrap()
            .contains("invalid_token")
    );
    w.is_clean();
}

#[tokio::test]
async fn codes_are_single_use_short_lived_and_bound() {
    let w = world(Seed::Demo);
    let once = code(&w, "common", &[]).await;
    let wrong = redeem(
        &w,
        "common",
        &once,
        &[(
            "code_verifier",
            "wrong-test-verifier-0123456789-abcdefghijklm",
        )],
    )
    .await;
    assert_eq!(aadsts(wrong.is(400)), ("invalid_grant".into(), 501_481));
    let wrong = redeem(
        &w,
        "common",
        &once,
        &[("redirect_uri", "http://127.0.0.1:8080/other")],
    )
    .await;
    assert_eq!(aadsts(wrong.is(400)).1, 500_112);
    redeem(&w, "common", &once, &[]).await.is(200);
    assert_eq!(
        aadsts(&redeem(&w, "common", &once, &[]).await),
        ("invalid_grant".into(), 54005)
    );
    let late = code(&w, "common", &[]).await;
    w.pass(601);
    assert_eq!(
        aadsts(&redeem(&w, "common", &late, &[]).await),
        ("invalid_grant".into(), 70008)
    );
    assert_eq!(
        aadsts(&redeem(&w, "common", "made-up", &[]).await).0,
        "invalid_grant"
    );
}

#[tokio::test]
async fn clients_prove_themselves_in_the_form_or_with_basic() {
    let w = world(Seed::Demo);
    let once = code(&w, "common", &[]).await;
    let wrong = redeem(&w, "common", &once, &[("client_secret", "nope")]).await;
    assert_eq!(aadsts(wrong.is(401)), ("invalid_client".into(), 7_000_215));
    let none = redeem(&w, "common", &once, &[("client_secret", "")]).await;
    assert_eq!(aadsts(none.is(401)).1, 7_000_218);
    let unknown = redeem(&w, "common", &once, &[("client_id", "who")]).await;
    assert_eq!(
        aadsts(unknown.is(400)),
        ("unauthorized_client".into(), 700_016)
    );
    w.sim.configure(|c| c.clients[0].secret_expired = true);
    assert_eq!(aadsts(&redeem(&w, "common", &once, &[]).await).1, 7_000_222);
    w.sim.configure(|c| c.clients[0].secret_expired = false);
    let basic = STANDARD.encode(format!("daybook:{}", crate::client::encode(SECRET)));
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &once),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let request = Request::post("/common/oauth2/v2.0/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", format!("Basic {basic}"));
    w.send(request.body(Body::from(body)).unwrap())
        .await
        .is(200);
}

#[tokio::test]
async fn refresh_tokens_rotate_in_three_ways() {
    let w = world(Seed::Demo);
    let once = code(&w, "common", &[]).await;
    let first = text(
        &redeem(&w, "common", &once, &[]).await.json(),
        "refresh_token",
    );
    let second = text(&refresh(&w, &first).await.is(200).json(), "refresh_token");
    assert_ne!(first, second);
    // The old one lives on for a while: a crash between call and save is survivable.
    refresh(&w, &first).await.is(200);
    w.sim.configure(|c| c.rotation = Rotation::SingleUse);
    let third = text(&refresh(&w, &second).await.json(), "refresh_token");
    assert_eq!(
        aadsts(refresh(&w, &second).await.is(400)),
        ("invalid_grant".into(), 50173)
    );
    w.sim.configure(|c| c.rotation_grace_s = 60);
    assert_eq!(
        text(&refresh(&w, &second).await.json(), "refresh_token"),
        third
    );
    w.sim.configure(|c| c.rotation = Rotation::Keep);
    assert!(
        refresh(&w, &third)
            .await
            .is(200)
            .json()
            .get("refresh_token")
            .is_none()
    );
    w.pass(90 * 86_400 + 1);
    assert_eq!(aadsts(&refresh(&w, &third).await).1, 700_082);
}

#[tokio::test]
async fn revocation_kills_everything_and_spa_tokens_do_not_slide() {
    let w = world(Seed::Demo);
    let once = code(&w, "common", &[]).await;
    let token = text(
        &redeem(&w, "common", &once, &[]).await.json(),
        "refresh_token",
    );
    w.sim.revoke_grant(ADA);
    assert_eq!(
        aadsts(&refresh(&w, &token).await),
        ("invalid_grant".into(), 50173)
    );
    w.get("/me").await.is(401);
    w.sim.configure(|c| c.clients[0].spa = true);
    let once = code(&w, "common", &[]).await;
    let token = text(
        &redeem(&w, "common", &once, &[]).await.json(),
        "refresh_token",
    );
    w.pass(86_000);
    let next = text(&refresh(&w, &token).await.is(200).json(), "refresh_token");
    w.pass(500);
    assert_eq!(aadsts(&refresh(&w, &next).await).1, 700_082);
}

#[tokio::test]
async fn scopes_come_back_in_odd_forms_and_offline_access_decides() {
    let w = world(Seed::Demo);
    for (style, wanted) in [
        (
            ScopeStyle::Urls,
            "openid profile https://graph.microsoft.com/User.Read https://graph.microsoft.com/Calendars.ReadWrite",
        ),
        (
            ScopeStyle::Odd,
            "CALENDARS.READWRITE https://graph.microsoft.com/user.read PROFILE openid",
        ),
    ] {
        w.sim.configure(|c| c.scope_style = style);
        let once = code(&w, "common", &[]).await;
        assert_eq!(
            redeem(&w, "common", &once, &[]).await.json()["scope"],
            wanted
        );
    }
    let once = code(&w, "common", &[("scope", "User.Read Calendars.Read")]).await;
    let answer = redeem(&w, "common", &once, &[]).await.is(200).json();
    assert!(answer.get("refresh_token").is_none() && answer.get("id_token").is_none());
    let once = code(&w, "common", &[("scope", "User.Read")]).await;
    let more = redeem(&w, "common", &once, &[("scope", "Calendars.ReadWrite")]).await;
    assert_eq!(aadsts(more.is(400)), ("invalid_grant".into(), 65001));
    assert_eq!(more.json()["suberror"], "consent_required");
}

#[tokio::test]
async fn refusals_of_people_and_administrators_come_back() {
    let w = world(Seed::Demo);
    let path = "/common/oauth2/v2.0/authorize";
    let denied = callback(&w.form(path, &asked(&[("decision", "deny")])).await);
    assert_eq!(param(&denied, "error"), "access_denied");
    assert_eq!(param(&denied, "error_subcode"), "cancel");
    assert!(param(&denied, "error_description").starts_with("AADSTS65004"));
    w.sim
        .configure(|c| c.admin_scopes = vec!["Calendars.ReadWrite".to_owned()]);
    let admin = callback(&w.form(path, &asked(&[])).await);
    assert!(
        param(&admin, "error") == "access_denied"
            && param(&admin, "error_description").starts_with("AADSTS90094")
    );
    w.sim.configure(|c| c.admin_scopes.clear());
    w.sim.may_consent(ADA, false);
    assert!(
        param(
            &callback(&w.form(path, &asked(&[])).await),
            "error_description"
        )
        .starts_with("AADSTS90094")
    );
    let bad = callback(
        &w.form(path, &asked(&[("scope", "Calendars.Everything")]))
            .await,
    );
    assert_eq!(param(&bad, "error"), "invalid_scope");
    let bad = callback(
        &w.form(
            path,
            &asked(&[("scope", "https://vault.azure.net/x User.Read")]),
        )
        .await,
    );
    assert!(param(&bad, "error_description").starts_with("AADSTS28000"));
    let bad = callback(&w.form(path, &asked(&[("response_type", "token")])).await);
    assert_eq!(param(&bad, "error"), "unsupported_response_type");
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(asked(&[("prompt", "none")]))
        .finish();
    let silent = callback(&w.page(&format!("{path}?{query}")).await);
    assert_eq!(param(&silent, "error"), "login_required");
}

#[tokio::test]
async fn the_tenant_in_the_path_decides_who_may_come() {
    let w = world(Seed::Demo);
    let at = |tenant: &str| format!("/{tenant}/oauth2/v2.0/authorize");
    code(&w, "consumers", &[("person", PRIVATE)]).await;
    w.form(&at("organizations"), &asked(&[("person", PRIVATE)]))
        .await
        .is(400);
    w.form(&at("consumers"), &asked(&[])).await.is(400);
    w.form(&at("northwind.example"), &asked(&[])).await.is(302);
    assert!(
        w.form(&at("nowhere.example"), &asked(&[]))
            .await
            .is(400)
            .text()
            .contains("AADSTS90002")
    );
    let tid = w.sim.person(ADA).unwrap().tenant;
    w.sim
        .configure(|c| c.clients[0].single_tenant = Some("northwind.example".to_owned()));
    assert!(
        w.form(&at("common"), &asked(&[]))
            .await
            .is(400)
            .text()
            .contains("AADSTS50194")
    );
    let once = code(&w, &tid, &[]).await;
    assert_eq!(
        aadsts(redeem(&w, "common", &once, &[]).await.is(400)).1,
        50194
    );
    redeem(&w, &tid, &once, &[]).await.is(200);
    // What cannot be trusted is not redirected to.
    w.form(
        &at(&tid),
        &asked(&[("redirect_uri", "http://evil.example/")]),
    )
    .await
    .is(400);
    w.form(&at(&tid), &asked(&[("client_id", "who")]))
        .await
        .is(400);
}

#[tokio::test]
async fn accounts_without_mailbox_or_address_exist() {
    let mut w = world(Seed::Demo);
    w.sim.add_person(
        "dee@northwind.example",
        "Dee",
        "Europe/Berlin",
        Account::NoMailbox,
    );
    w.token = w
        .sim
        .access_token("dee@northwind.example", &crate::client::SCOPES);
    assert!(w.get("/me").await.is(200).json()["mail"].is_null());
    assert_eq!(
        w.get("/me/calendars").await.is(404).code(),
        "MailboxNotEnabledForRESTAPI"
    );
    w.token = w.sim.access_token(ADA, &["User.Read"]);
    assert_eq!(
        w.get("/me/calendars").await.is(403).code(),
        "ErrorAccessDenied"
    );
}

#[tokio::test]
async fn what_people_and_administrators_decide_can_be_set_over_http() {
    let w = world(Seed::Demo);
    let path = "/common/oauth2/v2.0/authorize";
    let decide = async |person: &str, what: &str, body: &str| {
        let target = format!("/_sandbox/people/{person}/{what}");
        let request = Request::post(target).header("content-type", "application/json");
        w.send(request.body(Body::from(body.to_owned())).unwrap())
            .await
            .status
            .as_u16()
    };
    assert_eq!(decide(ADA, "consent", r#"{"may":false}"#).await, 204);
    let refused = callback(&w.form(path, &asked(&[])).await);
    assert!(param(&refused, "error_description").starts_with("AADSTS90094"));
    assert_eq!(decide(ADA, "consent", r#"{"may":true}"#).await, 204);
    let once = code(&w, "common", &[]).await;
    let granted = redeem(&w, "common", &once, &[]).await.is(200).json();
    let token = granted["refresh_token"].as_str().unwrap();
    assert_eq!(decide(ADA, "revoke", "").await, 204);
    let answer = refresh(&w, token).await;
    assert_eq!(answer.is(400).json()["error"], "invalid_grant");
    assert_eq!(decide("nobody@northwind.example", "revoke", "").await, 404);
    let nobody = decide("nobody@northwind.example", "consent", r#"{"may":true}"#).await;
    assert_eq!(nobody, 404);
}
