//! What people do: commands, buttons, modals, the Home tab.

use axum::body::Body;
use daybook_sandbox::slack::seed::{ADA, NORTHWIND};
use http::{Request, header};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::kit::{World, fields, payload, world, world_with};
use daybook_sandbox::clock::SandboxClock;

fn answer_with_buttons() -> String {
    let button = |id: &str| json!({"type": "button", "action_id": id, "value": "te_01", "text": {"type": "plain_text", "text": id}});
    json!({"response_type": "ephemeral", "text": "Time entry created", "blocks": [
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Time entry created*"}},
        {"type": "actions", "block_id": "te_01", "elements": [button("time_entry_edit"), button("time_entry_delete")]}]})
    .to_string()
}

fn modal() -> Value {
    json!({"type": "modal", "callback_id": "time_entry_edit", "private_metadata": "te_01", "title": {"type": "plain_text", "text": "Edit entry"},
        "submit": {"type": "plain_text", "text": "Save"}, "blocks": [{"type": "input", "block_id": "hours",
        "label": {"type": "plain_text", "text": "Hours"}, "element": {"type": "plain_text_input", "action_id": "v", "initial_value": "2.5"}}]})
}

async fn respond(w: &World, url: &str, body: Value) -> u16 {
    let path = url::Url::parse(url).unwrap().path().to_owned();
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
    w.send(request.body(Body::from(body.to_string())).unwrap())
        .await
        .status
}

#[tokio::test]
async fn a_command_is_answered_and_its_button_opens_a_modal() {
    let w = world();
    w.bot.answer(200, &answer_with_buttons());
    let exchange = w.sim.command(ADA, "2.5 hours: R&D <now>").await;
    assert_eq!(exchange.failed, None);
    let sent = fields(&w.bot.last().body);
    assert_eq!(
        (
            &sent["command"],
            &sent["text"],
            &sent["user_id"],
            &sent["team_id"]
        ),
        (
            &json!("/time"),
            &json!("2.5 hours: R&amp;D &lt;now&gt;"),
            &json!(ADA),
            &json!(NORTHWIND)
        )
    );
    let shown = w.sim.messages(ADA).remove(0);
    assert!(shown.ephemeral && shown.actions() == ["time_entry_edit", "time_entry_delete"]);
    w.sim.click(ADA, &shown, "time_entry_edit").await;
    let clicked = payload(&w.bot.last());
    assert_eq!(
        (
            &clicked["actions"][0]["value"],
            &clicked["container"]["is_ephemeral"]
        ),
        (&json!("te_01"), &json!(true))
    );
    let opened = w
        .call(
            "views.open",
            json!({"trigger_id": clicked["trigger_id"], "view": modal()}),
        )
        .await;
    assert_eq!(opened.error(), "");
    w.bot.answer(
        200,
        r#"{"response_action":"errors","errors":{"hours":"Must be more than 0"}}"#,
    );
    let wrong = w.sim.submit(ADA, &[("hours", "v", "0")]).await;
    assert_eq!(wrong.errors["hours"], "Must be more than 0");
    assert_eq!(w.sim.modals(ADA).len(), 1);
    w.sim.submit(ADA, &[("hours", "v", "3")]).await;
    let sent = payload(&w.bot.last());
    assert_eq!(
        (
            &sent["type"],
            &sent["view"]["state"]["values"]["hours"]["v"]["value"],
            &sent["view"]["private_metadata"]
        ),
        (&json!("view_submission"), &json!("3"), &json!("te_01"))
    );
    assert!(w.sim.modals(ADA).is_empty());
    // The message is replaced, then gone; five answers are the most.
    let url = clicked["response_url"].as_str().unwrap();
    assert_eq!(
        respond(
            &w,
            url,
            json!({"replace_original": true, "text": "Changed"})
        )
        .await,
        200
    );
    assert_eq!(w.sim.messages(ADA)[0].text, "Changed");
    assert_eq!(
        respond(&w, url, json!({"delete_original": true})).await,
        200
    );
    assert!(w.sim.messages(ADA).is_empty());
    for _ in 0..3 {
        assert_eq!(respond(&w, url, json!({"text": "more"})).await, 200);
    }
    assert_eq!(respond(&w, url, json!({"text": "more"})).await, 404);
    w.clean();
}

#[tokio::test]
async fn a_trigger_is_for_one_view_and_three_seconds() {
    let w = world();
    w.sim.command(ADA, "").await;
    let trigger = fields(&w.bot.last().body)["trigger_id"].clone();
    let open = |trigger: Value| {
        w.call(
            "views.open",
            json!({"trigger_id": trigger, "view": modal()}),
        )
    };
    assert_eq!(open(trigger.clone()).await.error(), "");
    assert_eq!(open(trigger).await.error(), "exchanged_trigger_id");
    w.sim.command(ADA, "").await;
    let trigger = fields(&w.bot.last().body)["trigger_id"].clone();
    w.clock.advance(SignedDuration::from_millis(3_001));
    assert_eq!(open(trigger).await.error(), "expired_trigger_id");
    assert_eq!(open(json!("1.2.abc")).await.error(), "invalid_trigger_id");
}

#[tokio::test]
async fn modals_are_updated_pushed_and_cleared() {
    let w = world();
    w.sim.command(ADA, "").await;
    let trigger = fields(&w.bot.last().body)["trigger_id"].clone();
    let opened = w
        .call(
            "views.open",
            json!({"trigger_id": trigger, "view": modal()}),
        )
        .await
        .json();
    let mut other = modal();
    other["title"]["text"] = json!("Another");
    let updated = w
        .call(
            "views.update",
            json!({"view_id": opened["view"]["id"], "hash": opened["view"]["hash"], "view": other}),
        )
        .await;
    assert_eq!(updated.error(), "");
    let stale = w
        .call(
            "views.update",
            json!({"view_id": opened["view"]["id"], "hash": opened["view"]["hash"], "view": other}),
        )
        .await;
    assert_eq!(stale.error(), "hash_conflict");
    w.bot.answer(
        200,
        &json!({"response_action": "push", "view": modal()}).to_string(),
    );
    w.sim.submit(ADA, &[("hours", "v", "1")]).await;
    assert_eq!(w.sim.modals(ADA).len(), 2);
    w.bot.answer(200, r#"{"response_action":"clear"}"#);
    w.sim.submit(ADA, &[("hours", "v", "1")]).await;
    assert!(w.sim.modals(ADA).is_empty());
    w.clean();
}

#[tokio::test]
async fn the_home_tab_is_published() {
    let w = world();
    w.sim.open_home(ADA).unwrap();
    assert_eq!(w.sim.deliver().await, 1);
    let event: Value = serde_json::from_slice(&w.bot.last().body).unwrap();
    assert_eq!(
        (&event["event"]["type"], &event["event"]["user"]),
        (&json!("app_home_opened"), &json!(ADA))
    );
    let button = json!({"type": "button", "action_id": "log", "text": {"type": "plain_text", "text": "Log"}});
    let view = json!({"type": "home", "blocks": [{"type": "actions", "elements": [button]}]});
    assert_eq!(
        w.call("views.publish", json!({"user_id": ADA, "view": view}))
            .await
            .error(),
        ""
    );
    let (id, body) = w.sim.home(ADA).unwrap();
    assert_eq!(body["type"], "home");
    w.sim.click_in_view(ADA, &id, "log", &json!({})).await;
    let clicked = payload(&w.bot.last());
    assert_eq!(
        (&clicked["container"]["type"], clicked.get("response_url")),
        (&json!("view"), None)
    );
    w.clean();
}

#[tokio::test]
async fn what_fails_is_shown_to_the_person() {
    let w = world_with(
        |config| config.answer_within = std::time::Duration::from_millis(20),
        |_| {},
    );
    w.bot.answer(500, "oops");
    assert!(
        w.sim
            .command(ADA, "x")
            .await
            .failed
            .unwrap()
            .contains("dispatch_failed")
    );
    w.bot.answers.lock().unwrap().push_back(None);
    assert!(
        w.sim
            .command(ADA, "x")
            .await
            .failed
            .unwrap()
            .contains("operation_timeout")
    );
    assert_eq!(w.sim.messages(ADA).len(), 2);
    w.sim.uninstall(NORTHWIND);
    assert!(
        w.sim
            .command(ADA, "x")
            .await
            .failed
            .unwrap()
            .contains("No app")
    );
}

#[tokio::test]
async fn a_response_url_may_lead_elsewhere() {
    let w = world_with(
        |config| config.foreign_response_url = Some("https://evil.example".into()),
        |_| {},
    );
    w.sim.command(ADA, "x").await;
    assert!(
        fields(&w.bot.last().body)["response_url"]
            .as_str()
            .unwrap()
            .starts_with("https://evil.example/")
    );
}
