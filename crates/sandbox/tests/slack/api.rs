//! The Web API: messages, people, tokens, limits.

use axum::body::Body;
use daybook_sandbox::fault::{Fault, Rule};
use daybook_sandbox::slack::seed::{ADA, BO, DEE, NORTHWIND};
use http::{Request, header};
use jiff::SignedDuration;
use serde_json::json;

use crate::kit::{world, world_with};
use daybook_sandbox::clock::SandboxClock;

#[tokio::test]
async fn a_message_is_posted_and_changed() {
    let w = world();
    let who = w.call("auth.test", json!({})).await.json();
    assert_eq!(
        (&who["team_id"], who["user_id"].as_str()),
        (&json!(NORTHWIND), w.sim.bot_user(NORTHWIND).as_deref())
    );
    let channel = w.direct().await;
    assert_eq!(w.direct().await, channel, "opening is idempotent");
    let blocks = json!([{"type": "section", "text": {"type": "mrkdwn", "text": "*Hello*"}}]);
    let posted = w
        .call(
            "chat.postMessage",
            json!({"channel": channel, "text": "Hello", "blocks": blocks, "unfurl_links": false}),
        )
        .await
        .json();
    let ts = posted["ts"].as_str().unwrap();
    assert!(
        ts.split_once('.')
            .is_some_and(|(_, micros)| micros.len() == 6),
        "{ts}"
    );
    w.call(
        "chat.update",
        json!({"channel": channel, "ts": ts, "text": "Changed", "blocks": blocks}),
    )
    .await;
    let seen = w.sim.messages(ADA);
    assert_eq!(
        (seen.len(), seen[0].text.as_str(), seen[0].edited),
        (1, "Changed", true)
    );
    assert!(w.sim.messages(BO).is_empty());
    assert_eq!(
        w.call(
            "chat.update",
            json!({"channel": channel, "ts": "1.000000", "text": "x"})
        )
        .await
        .error(),
        "message_not_found"
    );
    w.clean();
}

#[tokio::test]
async fn forms_are_taken_as_well() {
    let w = world();
    let channel = w.direct().await;
    let blocks = r#"[{"type":"divider"}]"#;
    let fields = [
        ("token", w.token.as_str()),
        ("channel", &channel),
        ("text", "x"),
        ("blocks", blocks),
        ("unfurl_links", "false"),
    ];
    assert_eq!(w.form("/api/chat.postMessage", &fields).await.error(), "");
    let fields = [
        ("token", w.token.as_str()),
        ("channel", &channel),
        ("blocks", "[{"),
    ];
    assert_eq!(
        w.form("/api/chat.postMessage", &fields).await.error(),
        "invalid_blocks_format"
    );
    w.clean();
}

#[tokio::test]
async fn people_are_found_or_not() {
    let w = world();
    let found = w
        .call(
            "users.lookupByEmail",
            json!({"email": "ADA@northwind.example"}),
        )
        .await
        .json();
    assert_eq!(found["user"]["id"], ADA);
    assert_eq!(
        w.call(
            "users.lookupByEmail",
            json!({"email": "dee@northwind.example"})
        )
        .await
        .error(),
        "users_not_found"
    );
    let dee = w.call("users.info", json!({"user": DEE})).await.json();
    assert_eq!(dee["user"]["deleted"], true);
    assert_eq!(
        w.call("conversations.open", json!({"users": DEE}))
            .await
            .error(),
        "user_disabled"
    );
    let bot = w.sim.bot_user(NORTHWIND).unwrap();
    assert_eq!(
        w.call("conversations.open", json!({"users": bot}))
            .await
            .error(),
        "cannot_dm_bot"
    );
    // Somebody leaves after the conversation was opened.
    let channel = w.direct().await;
    w.sim.set_deactivated(ADA, true);
    assert_eq!(
        w.call(
            "chat.postMessage",
            json!({"channel": channel, "text": "x", "unfurl_links": false})
        )
        .await
        .error(),
        "user_disabled"
    );
    w.clean();
}

#[tokio::test]
async fn a_scope_that_was_not_granted_is_named() {
    let w = world();
    let (token, _) = w
        .sim
        .install("daybook", "W0JOHARBOR", &["commands"])
        .unwrap();
    let answer = w
        .call_as(&token, "users.info", json!({"user": "W0JOHARBOR"}))
        .await
        .json();
    assert_eq!(
        (&answer["error"], &answer["needed"], &answer["provided"]),
        (
            &json!("missing_scope"),
            &json!("users:read"),
            &json!("commands")
        )
    );
}

#[tokio::test]
async fn tokens_die_in_many_ways() {
    let w = world();
    assert_eq!(
        w.call_as("xoxb-nonsense", "auth.test", json!({}))
            .await
            .error(),
        "invalid_auth"
    );
    let without = Request::post("/api/auth.test").body(Body::empty()).unwrap();
    assert_eq!(w.send(without).await.error(), "not_authed");
    assert_eq!(
        w.call("auth.revoke", json!({"test": true})).await.json()["revoked"],
        false
    );
    assert_eq!(
        w.call("auth.revoke", json!({})).await.json()["revoked"],
        true
    );
    assert_eq!(
        w.call("auth.test", json!({})).await.error(),
        "token_revoked"
    );
    let (token, _) = w.sim.install("daybook", ADA, &["commands"]).unwrap();
    assert!(w.sim.uninstall(NORTHWIND));
    assert_eq!(
        w.call_as(&token, "auth.test", json!({})).await.error(),
        "account_inactive"
    );
    w.clean();
}

#[tokio::test]
async fn limits_are_per_method_and_workspace() {
    let w = world_with(
        |config| config.limits = [("users.info".to_owned(), 2)].into(),
        |_| {},
    );
    for _ in 0..2 {
        assert_eq!(w.call("users.info", json!({"user": ADA})).await.error(), "");
    }
    let limited = w.call("users.info", json!({"user": ADA})).await;
    assert_eq!(
        (limited.status, limited.error().as_str()),
        (429, "ratelimited")
    );
    let wait: i64 = limited.headers[header::RETRY_AFTER]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=61).contains(&wait));
    assert_eq!(
        w.call("auth.test", json!({})).await.error(),
        "",
        "another method has a bucket of its own"
    );
    let (other, _) = w
        .sim
        .install("daybook", "W0JOHARBOR", &["users:read"])
        .unwrap();
    assert_eq!(
        w.call_as(&other, "users.info", json!({"user": "W0JOHARBOR"}))
            .await
            .error(),
        "",
        "so has another workspace"
    );
    w.clock.advance(SignedDuration::from_secs(wait));
    assert_eq!(w.call("users.info", json!({"user": ADA})).await.error(), "");
}

#[tokio::test]
async fn one_channel_takes_a_burst_and_then_one_a_second() {
    let w = world_with(|config| config.channel_burst = 2, |_| {});
    let channel = w.direct().await;
    let post = || {
        w.call(
            "chat.postMessage",
            json!({"channel": channel, "text": "x", "unfurl_links": false}),
        )
    };
    assert_eq!(
        (
            post().await.status,
            post().await.status,
            post().await.status
        ),
        (200, 200, 429)
    );
    w.clock.advance(SignedDuration::from_secs(3));
    assert_eq!(post().await.status, 200);
}

#[tokio::test]
async fn wrong_blocks_are_refused_and_noted() {
    let w = world();
    let channel = w.direct().await;
    let blocks =
        json!([{"type": "header", "text": {"type": "plain_text", "text": "x".repeat(151)}}]);
    let refused = w
        .call(
            "chat.postMessage",
            json!({"channel": channel, "text": "x", "blocks": blocks, "unfurl_links": false}),
        )
        .await;
    assert_eq!(refused.error(), "invalid_blocks");
    assert!(
        refused.json()["response_metadata"]["messages"][0]
            .as_str()
            .unwrap()
            .contains("/blocks/0/text/text")
    );
    assert_eq!(
        w.call(
            "chat.postMessage",
            json!({"channel": channel, "unfurl_links": false})
        )
        .await
        .error(),
        "no_text"
    );
    assert_eq!(
        w.call(
            "chat.postMessage",
            json!({"channel": "D0", "text": "x", "unfurl_links": false})
        )
        .await
        .error(),
        "channel_not_found"
    );
    assert_eq!(
        w.call("chat.shout", json!({})).await.error(),
        "unknown_method"
    );
    assert!(!w.sim.desk().violations().is_empty());
}

#[tokio::test]
async fn scripted_faults_speak_as_slack() {
    let w = world();
    w.sim
        .desk()
        .add(Rule::on("/api/auth.test", Fault::Unauthorized).times(1));
    w.sim.desk().add(
        Rule::on(
            "/api/auth.test",
            Fault::Status {
                status: 503,
                retry_after: Default::default(),
            },
        )
        .times(1),
    );
    assert_eq!(
        w.call("auth.test", json!({})).await.error(),
        "token_expired"
    );
    assert_eq!(w.call("auth.test", json!({})).await.status, 503);
    assert_eq!(w.call("auth.test", json!({})).await.error(), "");
}
