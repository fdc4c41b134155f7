//! The pages of installation, and `oauth.v2.access`.

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use daybook_sandbox::slack::seed::{ADA, ADA_AT_HARBOUR, BO, HARBOUR, NORTHWIND, PIER};
use http::{Request, header};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::kit::{REDIRECT, SCOPES, World, world, world_with};
use daybook_sandbox::clock::SandboxClock;

async fn code(w: &World, person: &str, more: &[(&str, &str)]) -> String {
    let scopes = SCOPES.join(",");
    let mut fields = vec![
        ("client_id", "daybook"),
        ("redirect_uri", REDIRECT),
        ("scope", &scopes),
        ("state", "st"),
        ("person", person),
        ("decision", "allow"),
    ];
    fields.extend(more);
    let got = w.form("/oauth/v2/authorize", &fields).await;
    assert_eq!(got.status, 302, "{}", got.text());
    let location: url::Url = got.headers[header::LOCATION]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    let pairs: std::collections::HashMap<_, _> = location.query_pairs().into_owned().collect();
    assert_eq!(pairs["state"], "st");
    pairs["code"].clone()
}

async fn exchange(w: &World, fields: &[(&str, &str)]) -> Value {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    let secret: String = url::form_urlencoded::byte_serialize(b"s3cret+/:%").collect();
    let request = Request::post("/api/oauth.v2.access")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(
            header::AUTHORIZATION,
            format!("Basic {}", STANDARD.encode(format!("daybook:{secret}"))),
        );
    let got = w
        .send(request.body(Body::from(form.finish())).unwrap())
        .await;
    assert_eq!(got.status, 200);
    got.json()
}

#[tokio::test]
async fn an_app_is_installed_and_again_and_in_another_workspace() {
    let w = world();
    let page = w.get(&format!("/oauth/v2/authorize?client_id=daybook&scope=commands,chat:write&state=st&redirect_uri={REDIRECT}")).await;
    assert!(page.text().contains("Ada Marsh") && !page.text().contains("Dee Gone"));
    let first = code(&w, ADA, &[]).await;
    let answer = exchange(&w, &[("code", &first), ("redirect_uri", REDIRECT)]).await;
    assert_eq!(
        (&answer["team"]["id"], &answer["authed_user"]["id"]),
        (&json!(NORTHWIND), &json!(ADA))
    );
    assert_eq!(
        (&answer["enterprise"], &answer["token_type"]),
        (&json!(null), &json!("bot"))
    );
    assert!(
        answer["scope"].as_str().unwrap().contains("chat:write,")
            && answer.get("refresh_token").is_none()
    );
    assert_eq!(
        exchange(&w, &[("code", &first), ("redirect_uri", REDIRECT)]).await["error"],
        "code_already_used"
    );
    // Again: another token, the same bot; the old token is dead.
    let again = code(&w, BO, &[]).await;
    let second = exchange(&w, &[("code", &again), ("redirect_uri", REDIRECT)]).await;
    assert_eq!(second["bot_user_id"], answer["bot_user_id"]);
    let old = answer["access_token"].as_str().unwrap();
    assert_eq!(
        w.call_as(old, "auth.test", json!({})).await.error(),
        "token_revoked"
    );
    let third = code(&w, ADA_AT_HARBOUR, &[]).await;
    let third = exchange(&w, &[("code", &third), ("redirect_uri", REDIRECT)]).await;
    assert_eq!(
        (&third["team"]["id"], &third["enterprise"]["id"]),
        (&json!(HARBOUR), &json!("E0PECKHAM1"))
    );
    w.clean();
}

#[tokio::test]
async fn an_organisation_has_one_token_for_all_its_workspaces() {
    let w = world();
    let code = code(&w, ADA_AT_HARBOUR, &[("where", "org")]).await;
    let answer = exchange(&w, &[("code", &code), ("redirect_uri", REDIRECT)]).await;
    assert_eq!(
        (&answer["is_enterprise_install"], &answer["team"]),
        (&json!(true), &json!(null))
    );
    let token = answer["access_token"].as_str().unwrap();
    let kit = w
        .call_as(token, "users.info", json!({"user": "W0KITPIER1"}))
        .await;
    assert_eq!(kit.json()["user"]["team_id"], PIER);
    assert_eq!(
        w.call_as(token, "users.info", json!({"user": ADA}))
            .await
            .error(),
        "user_not_found"
    );
    w.sim.command("W0KITPIER1", "today").await;
    let sent = crate::kit::fields(&w.bot.last().body);
    assert_eq!(
        (
            &sent["is_enterprise_install"],
            &sent["enterprise_id"],
            &sent["team_id"]
        ),
        (&json!("true"), &json!("E0PECKHAM1"), &json!(PIER))
    );
}

#[tokio::test]
async fn tokens_rotate() {
    let w = world_with(|_| {}, |app| app.rotation = true);
    let code = code(&w, ADA, &[]).await;
    let first = exchange(&w, &[("code", &code), ("redirect_uri", REDIRECT)]).await;
    assert_eq!(first["expires_in"], 43_200);
    let refresh = first["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let second = exchange(&w, &fields).await;
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(
        exchange(&w, &fields).await["error"],
        "invalid_refresh_token"
    );
    w.clock.advance(SignedDuration::from_hours(12));
    let token = second["access_token"].as_str().unwrap();
    assert_eq!(
        w.call_as(token, "auth.test", json!({})).await.error(),
        "token_expired"
    );
    w.clean();
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let w = world();
    let refused = |more: &'static str| {
        let path = format!("/oauth/v2/authorize?client_id=daybook&state=s&{more}");
        let w = &w;
        async move { w.get(&path).await.text() }
    };
    assert!(
        refused("scope=commands&redirect_uri=https://evil.example")
            .await
            .contains("redirect_uri did not match")
    );
    assert!(
        refused("scope=commands%20chat:write")
            .await
            .contains("invalid_scope")
    );
    assert!(
        w.sim
            .desk()
            .violations()
            .iter()
            .any(|v| v.problem.contains("commas"))
    );
    assert_eq!(
        exchange(&w, &[("code", "nonsense")]).await["error"],
        "invalid_code"
    );
    let code = code(&w, ADA, &[]).await;
    assert_eq!(
        exchange(
            &w,
            &[("code", &code), ("redirect_uri", "https://other.example")]
        )
        .await["error"],
        "bad_redirect_uri"
    );
    w.clock.advance(SignedDuration::from_mins(11));
    assert_eq!(
        exchange(&w, &[("code", &code), ("redirect_uri", REDIRECT)]).await["error"],
        "invalid_code"
    );
    let wrong = w
        .form(
            "/api/oauth.v2.access",
            &[
                ("client_id", "daybook"),
                ("client_secret", "x"),
                ("code", "y"),
            ],
        )
        .await;
    assert_eq!(wrong.error(), "bad_client_secret");
    let denied = w
        .form(
            "/oauth/v2/authorize",
            &[
                ("client_id", "daybook"),
                ("redirect_uri", REDIRECT),
                ("scope", "commands"),
                ("state", "st"),
                ("decision", "deny"),
            ],
        )
        .await;
    assert!(
        denied.headers[header::LOCATION]
            .to_str()
            .unwrap()
            .contains("error=access_denied")
    );
}
