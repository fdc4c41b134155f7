//! The pages on which a person plays a Slack user.

use daybook_sandbox::slack::Tamper;
use daybook_sandbox::slack::seed::{ADA, NORTHWIND};
use http::header;
use serde_json::json;

use crate::kit::world;

#[tokio::test]
async fn a_command_its_button_and_its_modal_on_a_page() {
    let w = world();
    let index = w.get("/").await.text();
    assert!(
        index.contains("Northwind Studio")
            && index.contains("Dee Gone")
            && index.contains("deactivated")
    );
    let answer = json!({"text": "Created <b>", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*Created* &lt;b&gt;"}},
        {"type": "actions", "elements": [{"type": "button", "action_id": "edit", "text": {"type": "plain_text", "text": "Edit"}}]}]});
    w.bot.answer(200, &answer.to_string());
    let page = format!("/people/{ADA}");
    let sent = w
        .form(&format!("{page}/command"), &[("text", "/time 2h: Review")])
        .await;
    assert_eq!(sent.status, 303);
    let shown = w.get(&page).await.text();
    assert!(
        shown.contains("<b>Created</b> &lt;b&gt;")
            && shown.contains(">Edit</button>")
            && shown.contains("only visible to you")
    );
    let message = w.sim.messages(ADA).remove(0);
    w.form(
        &format!("{page}/click"),
        &[
            ("channel", &message.channel),
            ("ts", &message.ts),
            ("action", "edit"),
        ],
    )
    .await;
    let trigger = crate::kit::payload(&w.bot.last())["trigger_id"].clone();
    let input = json!({"type": "input", "block_id": "hours", "label": {"type": "plain_text", "text": "Hours"}, "element": {"type": "plain_text_input", "action_id": "v"}});
    let view = json!({"type": "modal", "title": {"type": "plain_text", "text": "Edit entry"}, "submit": {"type": "plain_text", "text": "Save"}, "blocks": [input]});
    w.call("views.open", json!({"trigger_id": trigger, "view": view}))
        .await;
    assert!(w.get(&page).await.text().contains("name=\"in|hours|v\""));
    w.bot.answer(
        200,
        r#"{"response_action":"errors","errors":{"hours":"Too much"}}"#,
    );
    let refused = w
        .form(
            &format!("{page}/view"),
            &[("do", "submit"), ("in|hours|v", "25")],
        )
        .await;
    let again = w
        .get(refused.headers[header::LOCATION].to_str().unwrap())
        .await
        .text();
    assert!(again.contains("Too much"));
    w.form(
        &format!("{page}/view"),
        &[("do", "submit"), ("in|hours|v", "2")],
    )
    .await;
    let sent = crate::kit::payload(&w.bot.last());
    assert_eq!(sent["view"]["state"]["values"]["hours"]["v"]["value"], "2");
    w.clean();
}

#[tokio::test]
async fn an_administrators_buttons() {
    let w = world();
    w.form(
        "/settings",
        &[("tamper", "bad-signature"), ("duplicates", "2")],
    )
    .await;
    w.sim.configure(|config| {
        assert_eq!(
            (config.tamper, config.duplicate_events),
            (Tamper::BadSignature, 2)
        )
    });
    w.form(&format!("/teams/{NORTHWIND}"), &[("do", "uninstall")])
        .await;
    assert!(w.sim.bot_user(NORTHWIND).is_none());
    assert_eq!(w.get("/people/nobody").await.status, 404);
    let home = w.get(&format!("/people/{ADA}/home")).await.text();
    assert!(home.contains("The app has not filled this tab."));
}
