//! Slack from the person's side: the app comes and goes, `/time` logs once, buttons and forms do what they say, and nobody acts
//! for anybody else.

use daybook_domain::account::Role;
use daybook_domain::connection::Status;
use daybook_engine::slack::command::{self, Command};
use daybook_engine::slack::events::{self, Received};
use daybook_engine::slack::{Error, interactions, link, seed, status};
use daybook_engine::store::projects::NewProject;
use daybook_engine::store::time_entries::{Filter, TimeEntry};
use daybook_engine::timesheets::entries;
use daybook_engine::{Context, Principal, connections, jobs};
use daybook_testkit::World;
use daybook_testkit::slack_stub::{self as stub, RESPONSE_URL, SlackStub, TEAM};
use serde_json::{Value, json};

/// Ada owns the workspace and has installed the app; nothing is left to do.
pub(crate) async fn installed(world: &World) -> (Context, SlackStub, Principal) {
    let (cx, slack) = SlackStub::around(world);
    let ada = world.owner("ada").await;
    stub::install(&cx, &ada).await.unwrap();
    run(world, &cx).await;
    slack.calls();
    (cx, slack, ada)
}

/// Runs what is due, and waits for what was begun beside it.
pub(crate) async fn run(world: &World, cx: &Context) {
    world.clock.pass(1);
    jobs::run_due(cx).await.unwrap();
}

pub(crate) async fn time(cx: &Context, user: &str, text: &str, trigger: &str) -> Value {
    let body = stub::command(user, text, trigger);
    let command = Command::parse(body.as_bytes()).unwrap();
    command::handle(cx, command).await.unwrap().unwrap()
}

pub(crate) async fn entries_of(cx: &Context, who: &Principal) -> Vec<TimeEntry> {
    entries::list(cx, who, Filter::default(), None, 100)
        .await
        .unwrap()
}

/// Makes a member the Slack user, by the link that the user is given.
pub(crate) async fn linked(cx: &Context, who: &Principal, user: &str) {
    let answer = time(cx, user, "1h", &format!("link-{user}"))
        .await
        .to_string();
    let token = answer.split("/settings/slack#").nth(1).unwrap();
    let token: String = token.chars().take(43).collect();
    link::link(cx, who, &token.into()).await.unwrap();
}

#[tokio::test]
async fn the_app_is_installed_and_its_installer_is_linked() {
    for world in World::on_all(World::builder()).await {
        let (cx, slack) = SlackStub::around(&world);
        let ada = world.owner("ada").await;
        let connected = stub::install(&cx, &ada).await.unwrap();
        assert_eq!(connected.connection.provider, "slack");
        assert_eq!(connected.connection.subject, TEAM);
        assert_eq!(
            connected.connection.token_expires_at, None,
            "without rotation it has no end"
        );
        run(&world, &cx).await;
        let calls = slack.calls();
        let exchange = &calls[0];
        assert_eq!(exchange.method, "oauth.v2.access");
        assert!(exchange.token.starts_with("Basic ") && exchange.body["code"] == "code");
        assert!(exchange.body.get("code_verifier").is_none(), "no PKCE");
        let standing = status::standing(&cx, &ada).await.unwrap();
        let (binding, installation) = standing.binding().unwrap();
        assert_eq!(
            (binding.slack_user_id.as_str(), binding.linked_by.as_str()),
            ("U1", "installer")
        );
        assert_eq!(binding.name.as_deref(), Some("Ada L"));
        assert_eq!(installation.team_name.as_deref(), Some("Acme"));
        // Once more: the same, with the new token.
        let again = stub::install(&cx, &ada).await.unwrap();
        assert!(!again.created);
        assert_eq!(again.connection.id, connected.connection.id);
        // Another Slack workspace beside it.
        slack.installs(json!({"team": {"id": "T2", "name": "Other"}, "authed_user": {"id": "U9"}}));
        slack.next(
            "auth.test",
            stub::Says::Json(
                json!({"ok": true, "team": "Other", "team_id": "T2", "user_id": "U0"}),
            ),
        );
        let other = stub::install(&cx, &ada).await.unwrap();
        assert!(other.created && other.connection.id != connected.connection.id);
        // And a whole organisation.
        slack.installs(json!({"team": null, "enterprise": {"id": "E1", "name": "Big"}, "is_enterprise_install": true, "authed_user": {"id": "W1"}}));
        slack.next("auth.test", stub::Says::Json(json!({"ok": true, "enterprise_id": "E1", "team_id": "E1", "user_id": "U0", "is_enterprise_install": true})));
        stub::install(&cx, &ada).await.unwrap();
        let standing = status::standing(&cx, &ada).await.unwrap();
        assert_eq!(standing.installations.len(), 3);
        let everywhere = json!({"team_id": "T77", "enterprise_id": "E1", "user_id": "W1", "text": "1h: org", "trigger_id": "e1"});
        let command = Command::of_json(&everywhere).unwrap();
        let answer = command::handle(&cx, command).await.unwrap().unwrap();
        assert!(
            answer["text"]
                .as_str()
                .unwrap()
                .starts_with("Time entry created"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn only_who_manages_the_workspace_installs() {
    let world = World::builder().build().await.unwrap();
    let (cx, slack) = SlackStub::around(&world);
    let ada = world.owner("ada").await;
    let workspace = world.workspace(&ada).await;
    let bo = world.member(&workspace, "bo", Role::Member).await;
    let refused = stub::install(&cx, &bo).await.unwrap_err();
    assert!(
        matches!(refused, connections::Error::NotManager),
        "{refused:?}"
    );
    assert!(slack.calls().is_empty());
    // A code that Slack refuses installs nothing.
    for (word, operator) in [("invalid_code", false), ("bad_client_secret", true)] {
        slack.next("oauth.v2.access", stub::Says::Error(word));
        let refused = stub::install(&cx, &ada).await.unwrap_err();
        let is_code = matches!(refused, connections::Error::CodeRefused);
        assert_eq!(is_code, !operator, "{refused:?}");
    }
    assert!(
        status::standing(&cx, &ada)
            .await
            .unwrap()
            .installations
            .is_empty()
    );
}

#[tokio::test]
async fn one_command_is_one_entry_however_often_it_arrives() {
    for world in World::on_all(World::builder()).await {
        let (cx, slack, ada) = installed(&world).await;
        let first = time(&cx, "U1", "2.5 hours: Design review", "t1").await;
        assert_eq!(first["response_type"], "ephemeral");
        assert_eq!(first["text"], "Time entry created: 2.5 h - Design review");
        for _ in 0..3 {
            assert_eq!(
                time(&cx, "U1", "2.5 hours: Design review", "t1").await,
                first
            );
        }
        let all = entries_of(&cx, &ada).await;
        assert_eq!(all.len(), 1);
        let entry = &all[0];
        assert_eq!(
            (entry.source.as_str(), entry.status.as_str()),
            ("slack", "pending")
        );
        assert_eq!(
            (entry.duration_minutes, entry.description.as_str()),
            (150, "Design review")
        );
        assert_eq!(entry.ended_at.unwrap().to_string(), "2026-03-04T09:00:00Z");
        assert_eq!(entry.started_at.to_string(), "2026-03-04T06:30:00Z");
        // The same words again are another entry.
        time(&cx, "U1", "2.5 hours: Design review", "t2").await;
        assert_eq!(entries_of(&cx, &ada).await.len(), 2);
        // Taking back: once for a command.
        let gone = time(&cx, "U1", "undo", "t3").await;
        assert!(
            gone["text"].as_str().unwrap().starts_with("Deleted: 2.5 h"),
            "{gone}"
        );
        for _ in 0..3 {
            assert_eq!(time(&cx, "U1", "undo", "t3").await, gone);
        }
        assert_eq!(entries_of(&cx, &ada).await.len(), 1);
        let today = time(&cx, "U1", "today", "t4").await;
        assert_eq!(today["text"], "Today: 1 entry, 2.5 h");
        run(&world, &cx).await;
        assert!(slack.calls().is_empty(), "the answer is the confirmation");
    }
}

#[tokio::test]
async fn two_at_once_are_one() {
    for world in World::on_all(World::builder()).await {
        let (cx, _, ada) = installed(&world).await;
        let send = || {
            let cx = cx.clone();
            tokio::spawn(async move { time(&cx, "U1", "1h: same", "t1").await })
        };
        let tasks: Vec<_> = (0..8).map(|_| send()).collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_eq!(entries_of(&cx, &ada).await.len(), 1);
    }
}

#[tokio::test]
async fn days_and_projects_are_understood_and_mistakes_are_told() {
    let world = World::builder().build().await.unwrap();
    let (cx, _, ada) = installed(&world).await;
    let project = daybook_engine::store::projects::NewProject {
        client_id: None,
        name: "Acme: Website".into(),
        color: None,
        currency: None,
        hourly_rate_minor: None,
        billable: false,
    };
    let mut tx = cx.store.write_in(ada.workspace_id).await.unwrap();
    let project = daybook_engine::store::projects::create(&mut tx, ada.workspace_id, &project)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    time(&cx, "U1", "1h yesterday #acme-website: Fixing", "a").await;
    time(&cx, "U1", "45min #acme: Again", "b").await;
    let all = entries_of(&cx, &ada).await;
    assert_eq!(all.len(), 2);
    assert!(
        all.iter()
            .all(|entry| entry.project_id == Some(project.id) && !entry.billable)
    );
    assert!(
        all.iter()
            .any(|entry| entry.started_at.to_string().starts_with("2026-03-03"))
    );
    for (n, bad) in [
        "hello",
        "0h: x",
        "-1h: x",
        "25h: x",
        "1:75: x",
        "NaN",
        "\u{1f600}",
        "1h #nothing: x",
        "2h 3h: x",
        "2026-02-30 1h: x",
        "1h 1999-01-01: x",
        "1e9 hours",
        "<!channel> hello",
    ]
    .iter()
    .enumerate()
    {
        let answer = time(&cx, "U1", bad, &format!("bad{n}")).await;
        let text = answer["text"].as_str().unwrap();
        assert!(text.starts_with("Nothing was logged"), "{bad}: {text}");
        assert!(!text.contains("<!"), "{text}");
    }
    let long = format!("1h: {}", "x".repeat(10_000));
    assert!(
        time(&cx, "U1", &long, "long").await["text"]
            .as_str()
            .unwrap()
            .starts_with("Nothing was logged")
    );
    assert_eq!(entries_of(&cx, &ada).await.len(), 2);
    for help in ["help", "HELP", "?"] {
        assert!(
            time(&cx, "U1", help, help).await["text"]
                .as_str()
                .unwrap()
                .contains("How to log time")
        );
    }
}

#[tokio::test]
async fn nothing_typed_opens_a_form_that_makes_one_entry() {
    let world = World::builder().build().await.unwrap();
    let (cx, slack, ada) = installed(&world).await;
    let usage = time(&cx, "U1", "", "t1").await;
    assert!(usage["text"].as_str().unwrap().contains("How to log time"));
    settle(&cx).await;
    let opened = slack.calls_of("views.open");
    assert_eq!(opened[0]["trigger_id"], "t1");
    assert_eq!(opened[0]["view"]["callback_id"], "time_entry_new");
    let fill = |hours: &str, date: &str| {
        json!({"type": "view_submission", "team": {"id": TEAM}, "user": {"id": "U1"}, "view": {
            "id": "V1", "hash": "h1", "callback_id": "time_entry_new", "private_metadata": "{}",
            "state": {"values": {"hours": {"v": {"type": "plain_text_input", "value": hours}},
                "description": {"v": {"value": "By form"}}, "date": {"v": {"selected_date": date}}}}}})
    };
    for bad in ["", "0", "25", "1:75", "x"] {
        let answer = interactions::handle(&cx, &fill(bad, "2026-03-04"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(answer["response_action"], "errors", "{bad}");
        assert!(answer["errors"]["hours"].is_string());
    }
    for bad in ["1999-01-01", "2026-13-01"] {
        let answer = interactions::handle(&cx, &fill("2", bad))
            .await
            .unwrap()
            .unwrap();
        assert!(answer["errors"]["date"].is_string(), "{answer}");
    }
    let good = fill("2.5", "2026-03-03");
    let first = interactions::handle(&cx, &good).await.unwrap();
    assert_eq!(first.as_ref().unwrap()["response_action"], "update");
    assert_eq!(interactions::handle(&cx, &good).await.unwrap(), first);
    let all = entries_of(&cx, &ada).await;
    assert_eq!(all.len(), 1);
    assert_eq!(
        (all[0].duration_minutes, all[0].description.as_str()),
        (150, "By form")
    );
    // A trigger that ran out: the person is told where the command was.
    slack.next("views.open", stub::Says::Error("expired_trigger_id"));
    time(&cx, "U1", "", "t2").await;
    settle(&cx).await;
    let calls = slack.calls();
    assert!(
        calls.iter().any(|call| call.method == "/commands/T1/1/abc"),
        "{calls:?}"
    );
}

#[tokio::test]
async fn a_change_keeps_the_project_that_nobody_changed() {
    let world = World::builder().build().await.unwrap();
    let (cx, slack, ada) = installed(&world).await;
    let site = crate::drafts::project(&world, &ada, "Zebra").await;
    time(&cx, "U1", "1h: On it #zebra", "t1").await;
    let entry = entries_of(&cx, &ada).await.remove(0);
    assert_eq!(entry.project_id, Some(site));
    // It is archived, and there are more others than one list can have.
    let mut tx = cx.store.write_in(ada.workspace_id).await.unwrap();
    let archived = daybook_engine::store::projects::Changes {
        archived: Some(true),
        ..Default::default()
    };
    daybook_engine::store::projects::update(&mut tx, ada.workspace_id, site, &archived)
        .await
        .unwrap();
    for n in 0..130 {
        let new = NewProject {
            client_id: None,
            name: format!("Project {n:03}"),
            color: None,
            currency: None,
            hourly_rate_minor: None,
            billable: true,
        };
        daybook_engine::store::projects::create(&mut tx, ada.workspace_id, &new)
            .await
            .unwrap();
    }
    let words = format!("Two\nlines{}", "x".repeat(1_500));
    let changes = daybook_engine::store::time_entries::Changes {
        description: Some(words.clone()),
        ..Default::default()
    };
    tx.commit().await.unwrap();
    entries::update(&cx, &ada, entry.id, changes).await.unwrap();
    let edit = async |stamp: &str| {
        let click = stub::click("U1", "time_entry_edit", &entry.id.to_string(), stamp);
        interactions::handle(&cx, &click).await.unwrap();
        settle(&cx).await;
        slack.calls_of("views.open").remove(0)["view"].clone()
    };
    let save = async |form: &Value, project: Value| {
        let filled = json!({"type": "view_submission", "team": {"id": TEAM}, "user": {"id": "U1"}, "view": {
            "id": "V1", "hash": project, "callback_id": form["callback_id"], "private_metadata": form["private_metadata"],
            "state": {"values": {"hours": {"v": {"value": "2"}},
                "description": {"v": {"value": form["blocks"][1]["element"]["initial_value"]}},
                "project": {"v": {"selected_option": project}}}}}});
        assert_eq!(interactions::handle(&cx, &filled).await.unwrap(), None);
        entries_of(&cx, &ada).await.remove(0)
    };
    let form = edit("1").await;
    let select = &form["blocks"][3]["element"];
    let options: usize = select["option_groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["options"].as_array().unwrap().len())
        .sum();
    assert_eq!(options, 131);
    assert_eq!(select["initial_option"]["value"], json!(site.to_string()));
    let kept = save(&form, select["initial_option"].clone()).await;
    assert_eq!((kept.project_id, kept.duration_minutes), (Some(site), 120));
    assert_eq!(kept.description, words, "nothing of it is cut off");
    let form = edit("2").await;
    assert_eq!(
        save(&form, Value::Null).await.project_id,
        None,
        "cleared on purpose"
    );
}

/// Waits for what goes on beside the answers.
pub(crate) async fn settle(cx: &Context) {
    cx.detached.close();
    cx.detached.wait().await;
    cx.detached.reopen();
}

#[tokio::test]
async fn a_link_works_once_for_a_while_and_in_its_own_workspace() {
    for world in World::on_all(World::builder()).await {
        let (cx, _, ada) = installed(&world).await;
        let workspace = world.workspace(&ada).await;
        let bo = world.member(&workspace, "bo", Role::Member).await;
        let eve = world.owner("eve").await;
        let offered = async |trigger: &str| {
            let answer = time(&cx, "U2", "1h: x", trigger).await.to_string();
            let token = answer.split("/settings/slack#").nth(1).unwrap();
            token.chars().take(43).collect::<String>()
        };
        let token = offered("a").await;
        assert!(
            entries_of(&cx, &ada).await.is_empty(),
            "nothing was logged for a stranger"
        );
        for (who, token) in [
            (&eve, token.as_str()),
            (&bo, "guess"),
            (&bo, ""),
            (&bo, &token[..42]),
        ] {
            let refused = link::link(&cx, who, &token.into()).await;
            assert!(matches!(refused, Err(Error::LinkUnusable)), "{refused:?}");
        }
        let newer = offered("b").await;
        let old = link::link(&cx, &bo, &token.as_str().into()).await;
        assert!(
            matches!(old, Err(Error::LinkUnusable)),
            "a newer one takes its place"
        );
        let binding = link::link(&cx, &bo, &newer.as_str().into()).await.unwrap();
        assert_eq!(binding.slack_user_id, "U2");
        let again = link::link(&cx, &ada, &newer.as_str().into()).await;
        assert!(matches!(again, Err(Error::LinkUnusable)), "single use");
        time(&cx, "U2", "1h: mine", "c").await;
        assert_eq!(entries_of(&cx, &bo).await[0].member_id, bo.member_id);
        assert_eq!(link::unlink(&cx, &bo).await.unwrap(), 1);
        let late = offered("d").await;
        world.clock.pass(15 * 60 + 1);
        let refused = link::link(&cx, &bo, &late.as_str().into()).await;
        assert!(
            matches!(refused, Err(Error::LinkUnusable)),
            "fifteen minutes"
        );
    }
}

#[tokio::test]
async fn an_address_links_only_who_confirms_it() {
    let world = World::builder().build().await.unwrap();
    let (cx, slack, ada) = installed(&world).await;
    let workspace = world.workspace(&ada).await;
    let bo = world.member(&workspace, "bo", Role::Member).await;
    link::ask_by_email(&cx, &bo).await.unwrap();
    run(&world, &cx).await;
    let calls = slack.calls();
    let asked = calls
        .iter()
        .find(|call| call.method == "users.lookupByEmail")
        .unwrap();
    assert_eq!(asked.body["email"], "bo@people.example");
    let post = calls
        .iter()
        .find(|call| call.method == "chat.postMessage")
        .unwrap();
    let id = post.body["blocks"][1]["elements"][0]["value"]
        .as_str()
        .unwrap()
        .to_owned();
    let binding = async || status::standing(&cx, &bo).await.unwrap().bindings.len();
    // Somebody else presses it.
    let foreign = stub::click("U8", "link_confirm", &id, "1");
    assert_eq!(interactions::handle(&cx, &foreign).await.unwrap(), None);
    assert_eq!(binding().await, 0);
    let own = stub::click("U7", "link_confirm", &id, "2");
    interactions::handle(&cx, &own).await.unwrap();
    assert_eq!(binding().await, 1);
    run(&world, &cx).await;
    let changed = slack.calls_of("chat.update");
    assert!(
        changed[0]["text"]
            .as_str()
            .unwrap()
            .contains("You are linked"),
        "{changed:?}"
    );
    time(&cx, "U7", "1h: x", "c").await;
    assert_eq!(entries_of(&cx, &bo).await.len(), 1);
}

#[tokio::test]
async fn who_left_logs_nothing() {
    let world = World::builder().build().await.unwrap();
    let (cx, _, ada) = installed(&world).await;
    let workspace = world.workspace(&ada).await;
    let bo = world.member(&workspace, "bo", Role::Member).await;
    linked(&cx, &bo, "U2").await;
    let mut tx = cx.store.write().await.unwrap();
    let off = daybook_engine::store::users::Changes {
        disabled: Some(true),
        ..Default::default()
    };
    daybook_engine::store::users::update(&mut tx, bo.user_id, &off)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let answer = time(&cx, "U2", "1h: x", "c").await;
    assert!(
        answer["text"]
            .as_str()
            .unwrap()
            .contains("no longer active"),
        "{answer}"
    );
    assert!(entries_of(&cx, &ada).await.is_empty());
}

#[tokio::test]
async fn buttons_change_and_delete_ones_own_entries_only() {
    let world = World::builder().build().await.unwrap();
    let (cx, slack, ada) = installed(&world).await;
    let workspace = world.workspace(&ada).await;
    let bo = world.member(&workspace, "bo", Role::Member).await;
    linked(&cx, &bo, "U2").await;
    time(&cx, "U1", "1h: Ada's", "a").await;
    let id = entries_of(&cx, &ada).await[0].id.to_string();
    run(&world, &cx).await;
    slack.calls();
    // Bo clicks on what is Ada's.
    for (n, action) in ["time_entry_edit", "time_entry_delete"].iter().enumerate() {
        interactions::handle(&cx, &stub::click("U2", action, &id, &n.to_string()))
            .await
            .unwrap();
    }
    settle(&cx).await;
    run(&world, &cx).await;
    assert_eq!(entries_of(&cx, &ada).await.len(), 1);
    let said = slack.calls();
    assert!(
        said.iter()
            .all(|call| !call.body.to_string().contains("Ada's")),
        "{said:?}"
    );
    // Ada changes it.
    interactions::handle(&cx, &stub::click("U1", "time_entry_edit", &id, "3"))
        .await
        .unwrap();
    settle(&cx).await;
    let form = slack.calls_of("views.open").remove(0)["view"].clone();
    assert_eq!(form["blocks"][0]["element"]["initial_value"], "1");
    let filled = json!({"type": "view_submission", "team": {"id": TEAM}, "user": {"id": "U1"}, "view": {
        "id": "V1", "hash": "h", "callback_id": form["callback_id"], "private_metadata": form["private_metadata"],
        "state": {"values": {"hours": {"v": {"value": "1:30"}}, "description": {"v": {"value": "Ada's, longer"}},
            "date": {"v": {"selected_date": "2026-03-03"}}}}}});
    assert_eq!(interactions::handle(&cx, &filled).await.unwrap(), None);
    run(&world, &cx).await;
    let changed = slack.calls_of("chat.update").remove(0);
    assert_eq!(changed["text"], "Time entry changed: 1.5 h - Ada's, longer");
    let entry = entries_of(&cx, &ada).await.remove(0);
    assert_eq!(entry.duration_minutes, 90);
    assert!(entry.started_at.to_string().starts_with("2026-03-03"));
    // And deletes it; a second click finds nothing.
    for n in ["4", "5"] {
        interactions::handle(&cx, &stub::click("U1", "time_entry_delete", &id, n))
            .await
            .unwrap();
    }
    assert!(entries_of(&cx, &ada).await.is_empty());
    run(&world, &cx).await;
    let said = slack.calls_of("chat.update");
    assert!(
        said[0]["text"].as_str().unwrap().starts_with("Deleted"),
        "{said:?}"
    );
    assert!(
        said[1]["text"]
            .as_str()
            .unwrap()
            .contains("not there any more"),
        "{said:?}"
    );
    // What is not known is acknowledged; what is no payload is refused.
    for odd in [
        json!({"type": "shortcut"}),
        json!({"type": "view_closed", "user": {"id": "U1"}}),
        json!({"type": "x"}),
    ] {
        assert_eq!(interactions::handle(&cx, &odd).await.unwrap(), None);
    }
    for bad in [
        "",
        "payload=",
        "payload=%7B",
        "payload=[]",
        "payload=1",
        "payload=%7B%7D&payload=%7B%7D",
        "x=1",
    ] {
        assert!(interactions::payload(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn an_answer_address_that_is_not_slacks_is_left_alone() {
    let world = World::builder().build().await.unwrap();
    let (cx, slack, ada) = installed(&world).await;
    time(&cx, "U1", "1h: x", "a").await;
    let id = entries_of(&cx, &ada).await[0].id.to_string();
    let mut click = stub::click("U1", "time_entry_delete", &id, "1");
    click["container"] =
        json!({"type": "message", "is_ephemeral": true, "message_ts": "1", "channel_id": "C1"});
    click["response_url"] = json!("http://evil.test/steal");
    interactions::handle(&cx, &click).await.unwrap();
    run(&world, &cx).await;
    assert!(slack.calls().is_empty());
    assert!(
        entries_of(&cx, &ada).await.is_empty(),
        "what was asked for is done"
    );
    // The real one is used for messages that only one person sees.
    time(&cx, "U1", "1h: y", "b").await;
    let id = entries_of(&cx, &ada).await[0].id.to_string();
    let mut click = stub::click("U1", "time_entry_delete", &id, "2");
    click["container"] =
        json!({"type": "message", "is_ephemeral": true, "message_ts": "1", "channel_id": "C1"});
    interactions::handle(&cx, &click).await.unwrap();
    run(&world, &cx).await;
    let calls = slack.calls();
    assert!(RESPONSE_URL.ends_with(&calls[0].method));
    assert_eq!(
        (calls[0].token.as_str(), &calls[0].body["replace_original"]),
        ("", &json!(true))
    );
}

fn event(kind: &str, at: i64, id: &str, more: &Value) -> Vec<u8> {
    let mut event = json!({"type": kind});
    for (name, value) in more.as_object().into_iter().flatten() {
        event[name] = value.clone();
    }
    json!({"type": "event_callback", "team_id": TEAM, "api_app_id": "A1", "event_id": id, "event_time": at, "event": event})
        .to_string()
        .into_bytes()
}

#[tokio::test]
async fn the_app_is_removed_in_slack_and_comes_back() {
    for world in World::on_all(World::builder()).await {
        let (cx, _, ada) = installed(&world).await;
        let now = || world.clock.now().as_second();
        let connection = status::standing(&cx, &ada).await.unwrap().installations[0].connection_id;
        let state = async || crate::connection(&world, &ada, connection).await.status;
        // Told late, of an installation before this one.
        let late = event("app_uninstalled", now() - 3600, "Ev1", &json!({}));
        events::receive(&cx, &late).await.unwrap();
        assert_eq!(state().await, Status::Connected);
        // Somebody else's tokens.
        let other = event(
            "tokens_revoked",
            now() + 1,
            "Ev2",
            &json!({"tokens": {"oauth": ["U1"], "bot": ["U99"]}}),
        );
        events::receive(&cx, &other).await.unwrap();
        assert_eq!(state().await, Status::Connected);
        let gone = event("app_uninstalled", now() + 2, "Ev3", &json!({}));
        for _ in 0..4 {
            assert_eq!(events::receive(&cx, &gone).await.unwrap(), Received::Noted);
        }
        assert_eq!(state().await, Status::Disconnected);
        let answer = time(&cx, "U1", "1h: x", "a").await;
        assert!(
            answer["text"].as_str().unwrap().contains("not installed"),
            "{answer}"
        );
        let mut tx = cx.store.read_in(ada.workspace_id).await.unwrap();
        let secrets =
            daybook_engine::store::connections::secrets(&mut tx, ada.workspace_id, connection)
                .await
                .unwrap();
        drop(tx);
        assert!(secrets.access_token.is_none());
        // It comes back a moment later, and the event arrives once more: bindings live again.
        world.clock.pass(5);
        stub::install(&cx, &ada).await.unwrap();
        events::receive(&cx, &gone).await.unwrap();
        assert_eq!(state().await, Status::Connected);
        time(&cx, "U1", "1h: back", "b").await;
        assert_eq!(entries_of(&cx, &ada).await.len(), 1);
        world.clock.pass(5);
        let revoked = event(
            "tokens_revoked",
            now(),
            "Ev4",
            &json!({"tokens": {"bot": ["U0"]}}),
        );
        events::receive(&cx, &revoked).await.unwrap();
        assert_eq!(state().await, Status::NeedsReauth);
    }
}

#[tokio::test]
async fn events_are_answered_as_slack_wants() {
    let world = World::builder().build().await.unwrap();
    let (cx, slack, _) = installed(&world).await;
    let ask = json!({"type": "url_verification", "challenge": "3eZbrw1a"}).to_string();
    let echo = events::receive(&cx, ask.as_bytes()).await.unwrap();
    assert_eq!(echo, Received::Challenge("3eZbrw1a".into()));
    for odd in [
        json!({"type": "app_rate_limited", "team_id": TEAM}),
        json!({"type": "event_callback"}),
        json!({"type": "new"}),
    ] {
        let body = odd.to_string();
        assert_eq!(
            events::receive(&cx, body.as_bytes()).await.unwrap(),
            Received::Noted
        );
    }
    let long = json!({"type": "url_verification", "challenge": "x".repeat(513)}).to_string();
    for bad in [
        &b""[..],
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"\xff",
        long.as_bytes(),
    ] {
        assert!(
            matches!(events::receive(&cx, bad).await, Err(Error::Malformed)),
            "{bad:?}"
        );
    }
    // The home page of a member, and of somebody who is not linked.
    let opened = |user: &str| {
        event(
            "app_home_opened",
            0,
            "Ev",
            &json!({"user": user, "tab": "home"}),
        )
    };
    events::receive(&cx, &opened("U1")).await.unwrap();
    run(&world, &cx).await;
    let shown = slack.calls_of("views.publish").remove(0);
    assert_eq!(
        (&shown["user_id"], &shown["view"]["type"]),
        (&json!("U1"), &json!("home"))
    );
    assert!(shown.to_string().contains("this week"));
    events::receive(&cx, &opened("U5")).await.unwrap();
    run(&world, &cx).await;
    let shown = slack.calls_of("views.publish").remove(0);
    assert!(shown.to_string().contains("Link your Daybook account"));
}

#[tokio::test]
async fn the_operators_own_token_needs_no_consent() {
    let world = World::builder().build().await.unwrap();
    let own = [
        ("SLACK_BOT_TOKEN", "xoxb-own"),
        ("SLACK_CLIENT_ID", ""),
        ("SLACK_CLIENT_SECRET", ""),
    ];
    let (cx, slack) = SlackStub::with(&world, &own);
    assert!(
        !seed::ensure(&cx).await.unwrap(),
        "nobody has set the server up"
    );
    let ada = world.owner("ada").await;
    assert!(seed::ensure(&cx).await.unwrap());
    assert_eq!(slack.calls()[0].token, "xoxb-own");
    assert!(seed::ensure(&cx).await.unwrap());
    assert!(slack.calls().is_empty(), "once");
    let standing = status::standing(&cx, &ada).await.unwrap();
    assert!(standing.configured && standing.installations[0].fixed);
    linked(&cx, &ada, "U3").await;
    time(&cx, "U3", "1h: x", "a").await;
    assert_eq!(entries_of(&cx, &ada).await.len(), 1);
    // Disconnected by a person, it stays so; the operator's token is not revoked.
    let id = standing.installations[0].connection_id;
    connections::disconnect::disconnect(&cx, &ada, id)
        .await
        .unwrap();
    assert!(seed::ensure(&cx).await.unwrap());
    assert!(
        slack
            .calls()
            .iter()
            .all(|call| call.method != "auth.revoke")
    );
    assert!(
        status::standing(&cx, &ada)
            .await
            .unwrap()
            .binding()
            .is_none()
    );
}

#[tokio::test]
async fn disconnecting_revokes_and_checking_asks() {
    let world = World::builder().build().await.unwrap();
    let (cx, slack, ada) = installed(&world).await;
    let id = status::standing(&cx, &ada).await.unwrap().installations[0].connection_id;
    let checked = connections::check::check(&cx, &ada, id).await.unwrap();
    assert!(checked.error.is_none());
    connections::refresh::refresh(&cx, &ada, id).await.unwrap();
    slack.next("auth.test", stub::Says::Error("account_inactive"));
    let health = daybook_engine::health::report(&cx, &ada).await.unwrap().1;
    assert_eq!(health[0].kind, "chat");
    slack.calls();
    let done = connections::disconnect::disconnect(&cx, &ada, id)
        .await
        .unwrap();
    assert!(done.revoked && done.connection.status == Status::Disconnected);
    assert_eq!(slack.calls()[0].method, "auth.revoke");
    let standing = status::standing(&cx, &ada).await.unwrap();
    assert_eq!(
        standing.installations[0].ended_because.as_deref(),
        Some("disconnected")
    );
    assert_eq!(standing.bindings.len(), 1, "kept for the next time");
}
