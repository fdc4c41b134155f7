//! What Slack posts to us: signed or refused, fast, and told apart from everything else; and what members set for themselves.

use axum::Router;
use daybook_domain::account::Role;
use daybook_engine::{Context, Principal, jobs};
use daybook_server::{App, HttpSettings, router};
use daybook_testkit::World;
use daybook_testkit::slack_stub::{self as stub, SlackStub, TEAM};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::support::{Ada, Answer, Ask, Server, call};

const COMMANDS: &str = "/api/v1/integrations/slack/commands/time";
const INTERACTIONS: &str = "/api/v1/integrations/slack/interactions";
const EVENTS: &str = "/api/v1/integrations/slack/events";
const FORM: &str = "application/x-www-form-urlencoded";

struct Desk {
    world: World,
    cx: Context,
    router: Router,
    slack: SlackStub,
    ada: Principal,
}

async fn desk() -> Desk {
    let world = World::builder().build().await.unwrap();
    let (cx, slack) = SlackStub::around(&world);
    let ada = world.owner("ada").await;
    stub::install(&cx, &ada).await.unwrap();
    jobs::run_due(&cx).await.unwrap();
    slack.calls();
    let router = router(App::new(cx.clone(), HttpSettings::default()));
    Desk {
        world,
        cx,
        router,
        slack,
        ada,
    }
}

impl Desk {
    fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    fn signed(&self, path: &str, kind: &str, body: &str, at: Timestamp) -> Ask {
        let headers = stub::signed(body.as_bytes(), at);
        let mut ask = Ask::post(path).raw(body).header("content-type", kind);
        for (name, value) in &headers {
            ask = ask.header(name.as_str(), value.to_str().unwrap());
        }
        ask
    }

    async fn send(&self, path: &str, kind: &str, body: &str) -> Answer {
        call(&self.router, self.signed(path, kind, body, self.now())).await
    }

    async fn entries(&self) -> usize {
        use daybook_engine::store::time_entries::Filter;
        let all = daybook_engine::timesheets::entries::list(
            &self.cx,
            &self.ada,
            Filter::default(),
            None,
            200,
        )
        .await;
        all.unwrap().len()
    }
}

#[tokio::test]
async fn a_signed_command_is_done_and_an_unsigned_one_is_not() {
    let desk = desk().await;
    let body = stub::command("U1", "2.5 hours: Design review", "t1");
    let answer = desk.send(COMMANDS, FORM, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.body["response_type"], "ephemeral");
    assert_eq!(
        answer.body["text"],
        "Time entry created: 2.5 h - Design review"
    );
    // Slack's retries, and somebody who recorded it.
    for n in 1..=3 {
        let again = desk.signed(COMMANDS, FORM, &body, desk.now());
        let again = again.header("x-slack-retry-num", &n.to_string());
        assert_eq!(call(&desk.router, again).await.body, answer.body);
    }
    assert_eq!(desk.entries().await, 1);
    let fresh = stub::command("U1", "1h: forged", "t2");
    for off in [-301, 301, 86_400] {
        let at = desk.now() + SignedDuration::from_secs(off);
        let old = call(&desk.router, desk.signed(COMMANDS, FORM, &fresh, at)).await;
        old.is_problem(401, "bad_signature");
    }
    let unsigned = Ask::post(COMMANDS)
        .raw(fresh.clone())
        .header("content-type", FORM);
    call(&desk.router, unsigned)
        .await
        .is_problem(401, "bad_signature");
    // The signature of another body.
    let mut other = desk.signed(COMMANDS, FORM, &body, desk.now());
    other = other.raw(fresh.clone());
    call(&desk.router, other)
        .await
        .is_problem(401, "bad_signature");
    // A session is no signature, and does not come into it.
    let cookie = Ask::post(COMMANDS)
        .raw(fresh)
        .header("content-type", FORM)
        .cookie("daybook=x");
    call(&desk.router, cookie)
        .await
        .is_problem(401, "bad_signature");
    assert_eq!(desk.entries().await, 1);
}

#[tokio::test]
async fn what_slack_would_not_send_is_refused() {
    let desk = desk().await;
    let body = stub::command("U1", "1h: x", "t1");
    for path in [COMMANDS, INTERACTIONS] {
        for kind in ["application/json", "text/plain", ""] {
            desk.send(path, kind, &body)
                .await
                .is_problem(415, "unsupported_media_type");
        }
        let with_charset = "application/x-www-form-urlencoded; charset=utf-8";
        let taken = desk
            .send(
                path,
                with_charset,
                "payload=%7B%22type%22%3A%22x%22%7D&user_id=U1&team_id=T1&text=help",
            )
            .await;
        assert_eq!(taken.status, 200, "{path}: {}", taken.text);
    }
    desk.send(EVENTS, FORM, "{}")
        .await
        .is_problem(415, "unsupported_media_type");
    for bad in [
        "",
        "payload",
        "payload=%7Bx",
        "payload=[1]",
        "payload=null",
        "x=1",
    ] {
        desk.send(INTERACTIONS, FORM, bad)
            .await
            .is_problem(400, "malformed_payload");
    }
    for bad in ["", "{", "[]", "null", "{\"type\":1}"] {
        desk.send(EVENTS, "application/json", bad)
            .await
            .is_problem(400, "malformed_payload");
    }
    for bad in [
        "",
        "text=1h",
        "user_id=U1",
        "team_id=T1&user_id=%3Cscript%3E",
        "team_id=T1&user_id=U1&user_id=U2",
    ] {
        desk.send(COMMANDS, FORM, bad)
            .await
            .is_problem(400, "malformed_payload");
    }
    let large = format!("text={}", "x".repeat(256 * 1024));
    desk.send(COMMANDS, FORM, &large)
        .await
        .is_problem(413, "body_too_large");
    let probe = desk.send(COMMANDS, FORM, "ssl_check=1&token=x").await;
    assert_eq!((probe.status.as_u16(), probe.text.as_str()), (200, ""));
    let get = call(&desk.router, Ask::get(EVENTS)).await;
    get.is_problem(405, "method_not_allowed");
    assert_eq!(desk.entries().await, 0);
}

#[tokio::test]
async fn strangers_get_a_link_and_the_challenge_comes_back() {
    let desk = desk().await;
    let body = stub::command("U5", "1h: x", "t1");
    let answer = desk.send(COMMANDS, FORM, &body).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["response_type"], "ephemeral");
    assert!(
        answer.text.contains("http://daybook.test/settings/slack#"),
        "{}",
        answer.text
    );
    let foreign = body.replace(&format!("team_id={TEAM}"), "team_id=T999");
    let answer = desk.send(COMMANDS, FORM, &foreign).await;
    assert!(answer.text.contains("not installed"), "{}", answer.text);
    assert_eq!(desk.entries().await, 0);
    let ask = json!({"type": "url_verification", "challenge": "<b>3eZ</b>"}).to_string();
    let echo = desk.send(EVENTS, "application/json", &ask).await;
    assert_eq!(
        (echo.status.as_u16(), echo.text.as_str()),
        (200, "<b>3eZ</b>")
    );
    assert_eq!(echo.headers["content-type"], "text/plain; charset=utf-8");
    let unsigned = Ask::post(EVENTS)
        .raw(ask)
        .header("content-type", "application/json");
    call(&desk.router, unsigned)
        .await
        .is_problem(401, "bad_signature");
    assert!(
        desk.slack.calls().is_empty(),
        "nothing is asked of Slack before the answer"
    );
}

/// `/time` at a hundred a second: in the engine and the store alone, so that only a gross slip shows.
#[tokio::test]
async fn answers_do_not_wait_for_slack() {
    let desk = desk().await;
    let started = std::time::Instant::now();
    for n in 0..100 {
        let body = stub::command("U1", "1h: x", &format!("t{n}"));
        assert_eq!(desk.send(COMMANDS, FORM, &body).await.status, 200);
        desk.world.clock.pass(1);
    }
    let each = started.elapsed() / 100;
    println!("/time: {each:?} each, one after the other");
    assert!(each < std::time::Duration::from_secs(1));
    assert_eq!(desk.entries().await, 100);
}

#[tokio::test]
async fn without_a_secret_the_setting_is_named() {
    let world = World::builder().build().await.unwrap();
    let (cx, _) = SlackStub::with(&world, &[("SLACK_SIGNING_SECRET", "")]);
    let router = router(App::new(cx, HttpSettings::default()));
    let answer = call(
        &router,
        Ask::post(COMMANDS).raw("x").header("content-type", FORM),
    )
    .await;
    answer.is_problem(503, "provider_not_configured");
    assert!(answer.text.contains("SLACK_SIGNING_SECRET"));
    let (bare, _) = Server::with_ada().await;
    bare.send(Ask::post(EVENTS).raw("{}"))
        .await
        .is_problem(503, "provider_not_configured");
}

#[tokio::test]
async fn who_is_linked_is_listed() {
    let desk = desk().await;
    let linked = async |who: &Principal| {
        let found = daybook_engine::slack::status::linked(&desk.cx, who).await;
        let found = found.unwrap().into_iter();
        found
            .map(|one| (one.member_id, one.slack_user_id))
            .collect::<Vec<_>>()
    };
    let ada = (desk.ada.member_id, "U1".to_owned());
    assert_eq!(linked(&desk.ada).await, [ada]);
    let other = desk.world.owner("bo").await;
    assert_eq!(linked(&other).await, []);
    let plain = Principal::operator(
        desk.ada.workspace_id,
        other.user_id,
        other.member_id,
        Role::Member,
    );
    assert_eq!(linked(&plain).await, []);
}

#[tokio::test]
async fn members_see_and_choose() {
    let (server, Ada { cookie, .. }) = Server::with_ada().await;
    let get = async || {
        server
            .send(Ask::get("/api/v1/integrations/slack/status").cookie(&cookie))
            .await
    };
    let members = Ask::get("/api/v1/integrations/slack/members").cookie(&cookie);
    assert_eq!(server.send(members).await.body["items"], json!([]));
    let status = get().await;
    assert_eq!(status.status, 200, "{}", status.text);
    assert_eq!(status.body["installed"], false);
    assert_eq!(status.body["binding"], json!(null));
    assert_eq!(status.body["preferences"]["daily_summary_time"], "17:00");
    let put = async |body: &serde_json::Value| {
        let ask = Ask::new("PUT", "/api/v1/integrations/slack/preferences").json(body);
        server.send(ask.cookie(&cookie)).await
    };
    let chosen = put(&json!({"daily_summary": false, "daily_summary_time": "16:30"})).await;
    assert_eq!(chosen.body["daily_summary"], false);
    assert_eq!(chosen.body["time_entry_created"], true);
    assert_eq!(get().await.body["preferences"], chosen.body);
    for bad in ["", "25:00", "5pm", "17:0", "17:00:01"] {
        put(&json!({"daily_summary_time": bad}))
            .await
            .refuses(&["/daily_summary_time"]);
    }
    put(&json!({"weekly": true})).await.refuses(&["/weekly"]);
    let link = async |body: &serde_json::Value| {
        let ask = Ask::post("/api/v1/integrations/slack/link").json(body);
        server.send(ask.cookie(&cookie)).await
    };
    link(&json!({"token": "guess"}))
        .await
        .is_problem(410, "link_unusable");
    link(&json!({})).await.refuses(&["/token"]);
    link(&json!({"token": "x", "by_email": true}))
        .await
        .refuses(&["/token"]);
    link(&json!({"by_email": true}))
        .await
        .is_problem(409, "slack_not_installed");
    let gone = server
        .send(Ask::new("DELETE", "/api/v1/integrations/slack/link").cookie(&cookie))
        .await;
    assert_eq!(gone.status, 204);
}

#[tokio::test]
async fn every_kind_of_notice_is_chosen_by_channel() {
    let (server, Ada { cookie, .. }) = Server::with_ada().await;
    let path = "/api/v1/me/notifications";
    let get = async || server.send(Ask::get(path).cookie(&cookie)).await.body;
    let put = async |body: &serde_json::Value| {
        let ask = Ask::new("PUT", path).json(body);
        server.send(ask.cookie(&cookie)).await
    };
    let of = |body: &serde_json::Value, kind: &str| {
        let rows = body["items"].as_array().unwrap();
        let row = rows.iter().find(|row| row["kind"] == kind).unwrap();
        (row["mail"].clone(), row["slack"].clone())
    };
    let matrix = get().await;
    assert_eq!(matrix["items"].as_array().unwrap().len(), 8, "{matrix}");
    assert_eq!(
        (
            &matrix["daily_summary_time"],
            &matrix["mail_configured"],
            &matrix["slack_linked"]
        ),
        (&json!("17:00"), &json!(false), &json!(false))
    );
    assert_eq!(of(&matrix, "approval_needed"), (json!(true), json!(true)));
    assert_eq!(of(&matrix, "daily_summary"), (json!(null), json!(true)));
    let changes = json!({"daily_summary_time": "16:30", "items": [
        {"kind": "approval_needed", "mail": false},
        {"kind": "daily_summary", "slack": false},
    ]});
    let changed = put(&changes).await;
    assert_eq!(
        of(&changed.body, "approval_needed"),
        (json!(false), json!(true))
    );
    assert_eq!(
        of(&changed.body, "daily_summary"),
        (json!(null), json!(false))
    );
    assert_eq!(get().await, changed.body);
    let wrong = json!({"items": [{"kind": "submit_reminder", "mail": false}, {"kind": "daily_summary", "mail": true}]});
    put(&wrong).await.refuses(&["/items/1/mail"]);
    put(&json!({"items": [{"kind": "confirm_link", "slack": false}]}))
        .await
        .refuses(&["/items/0/slack"]);
    put(&json!({"items": [{"kind": "weekly"}]}))
        .await
        .refuses(&["/items/0/kind"]);
    put(&json!({"daily_summary_time": "5pm"}))
        .await
        .refuses(&["/daily_summary_time"]);
    assert_eq!(get().await, changed.body, "all of it or nothing");
}

#[tokio::test]
async fn the_words_of_the_command_work_by_api() {
    let (server, Ada { cookie, .. }) = Server::with_ada().await;
    let post = async |body: &serde_json::Value, key: &str| {
        let ask = Ask::post("/api/v1/integrations/slack/time-entry").json(body);
        server
            .send(ask.cookie(&cookie).header("idempotency-key", key))
            .await
    };
    let body = json!({"duration": "2.5 hours", "description": "Design review"});
    let made = post(&body, "k1").await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(
        (&made.body["source"], &made.body["duration_minutes"]),
        (&json!("slack"), &json!(150))
    );
    assert_eq!(post(&body, "k1").await.body, made.body);
    for (n, good) in ["2h 30m", "1:30", "90min", "2,5 h", "45 min"]
        .iter()
        .enumerate()
    {
        let made = post(&json!({"duration": good}), &format!("g{n}")).await;
        assert_eq!(made.status, 201, "{good}: {}", made.text);
    }
    for (n, bad) in [
        "",
        "0h",
        "-1h",
        "25h",
        "1:75",
        "NaN",
        "\u{1f600}",
        "two hours ago",
    ]
    .iter()
    .enumerate()
    {
        let refused = post(&json!({"duration": bad}), &format!("b{n}")).await;
        refused.refuses(&["/duration"]);
    }
    let long = json!({"duration": "9".repeat(10_000)});
    post(&long, "long").await.refuses(&["/duration"]);
    let old = json!({"duration": "1h", "date": "1999-01-01"});
    post(&old, "old").await.refuses(&["/date"]);
    let nowhere = json!({"duration": "1h", "project_id": "01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012"});
    post(&nowhere, "p")
        .await
        .is_problem(422, "unknown_reference");
}
