//! What people are told in Slack: once, or not at all, whatever fails; and what they do about it there.

use daybook_domain::account::Role;
use daybook_domain::time_entry::Source;
use daybook_engine::slack::notify::{self, Invoice};
use daybook_engine::slack::{interactions, preferences, status};
use daybook_engine::store::time_entries::TimeEntry;
use daybook_engine::timesheets::entries::{self, Create};
use daybook_engine::timesheets::{drafts, shape, timer};
use daybook_engine::{Context, Once, Outcome, Principal};
use daybook_testkit::slack_stub::{self as stub, Says, SlackStub};
use daybook_testkit::{Db, World};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::slack::{entries_of, installed, linked, run};
use crate::{meeting, put};

pub(crate) async fn logged(cx: &Context, who: &Principal, what: &str) -> TimeEntry {
    let ask = Create {
        description: what.to_owned(),
        started_at: cx.clock.now() - SignedDuration::from_hours(1),
        ended_at: None,
        duration_minutes: Some(30),
        client_id: None,
        project_id: None,
        billable: None,
        tags: Vec::new(),
        source: Source::Manual,
    };
    match entries::create(cx, who, ask, &Once::never()).await.unwrap() {
        Outcome::Fresh(entry) => entry,
        Outcome::Replayed(_) => unreachable!("nobody asked twice"),
    }
}

pub(crate) fn posts(slack: &SlackStub) -> Vec<Value> {
    slack.calls_of("chat.postMessage")
}

/// Works until nothing is due for an hour.
async fn work(world: &World, cx: &Context) {
    for _ in 0..20 {
        world.clock.pass(180);
        daybook_engine::jobs::run_due(cx).await.unwrap();
    }
}

#[tokio::test]
async fn an_entry_made_elsewhere_is_told_once() {
    for world in World::on_all(World::builder()).await {
        let (cx, slack, ada) = installed(&world).await;
        logged(&cx, &ada, "<!channel> & co").await;
        assert!(slack.calls().is_empty(), "after the commit, by a job");
        run(&world, &cx).await;
        let calls = slack.calls();
        let methods: Vec<&str> = calls.iter().map(|call| call.method.as_str()).collect();
        assert_eq!(methods, ["conversations.open", "chat.postMessage"]);
        let post = &calls[1].body;
        assert_eq!(post["channel"], "DU1");
        assert_eq!(
            post["text"],
            "Time entry created: 30 min - &lt;!channel&gt; &amp; co"
        );
        assert_eq!(post["unfurl_links"], false);
        assert_eq!(calls[1].token, "xoxb-1");
        logged(&cx, &ada, "another").await;
        run(&world, &cx).await;
        let methods: Vec<String> = slack.calls().into_iter().map(|call| call.method).collect();
        assert_eq!(methods, ["chat.postMessage"], "the conversation is known");
        // A timer's time when it is stopped, and what is made again.
        let ask = timer::Start {
            description: "timed".into(),
            ..timer::Start::default()
        };
        timer::start(&cx, &ada, ask, &Once::never()).await.unwrap();
        run(&world, &cx).await;
        assert!(slack.calls().is_empty(), "it is not yet known how long");
        world.clock.pass(1800);
        let stopped = timer::stop(&cx, &ada).await.unwrap();
        run(&world, &cx).await;
        let told = posts(&slack);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["text"], "Time entry created: 30 min - timed");
        shape::duplicate(&cx, &ada, stopped.id, None, &Once::never())
            .await
            .unwrap();
        run(&world, &cx).await;
        assert_eq!(posts(&slack).len(), 1);
        let log = crate::log(&world, &ada).await;
        let told = log
            .iter()
            .filter(|line| line.log_type.as_str() == "notification_sent");
        assert_eq!(told.count(), 4);
    }
}

#[tokio::test]
async fn what_is_switched_off_is_not_told() {
    let world = World::builder().build().await.unwrap();
    let (cx, slack, ada) = installed(&world).await;
    let off = preferences::Changes {
        time_entry_created: Some(false),
        ..Default::default()
    };
    preferences::put(&cx, &ada, off).await.unwrap();
    logged(&cx, &ada, "quiet").await;
    // Switched off between the fact and the sending: not told either.
    let on = preferences::Changes {
        time_entry_created: Some(true),
        ..Default::default()
    };
    preferences::put(&cx, &ada, on).await.unwrap();
    logged(&cx, &ada, "in between").await;
    let off = preferences::Changes {
        time_entry_created: Some(false),
        ..Default::default()
    };
    preferences::put(&cx, &ada, off).await.unwrap();
    run(&world, &cx).await;
    assert!(slack.calls().is_empty());
    for bad in ["25:00", "", "5pm", "17:00:30"] {
        let bad = preferences::Changes {
            daily_summary_time: Some(bad.into()),
            ..Default::default()
        };
        assert!(preferences::put(&cx, &ada, bad).await.is_err());
    }
}

#[tokio::test]
async fn limits_and_outages_delay_and_lost_answers_end_it() {
    for (fault, arrives) in [
        (Says::Wait(30), true),
        (Says::Status(503), true),
        (Says::Error("internal_error"), true),
        (Says::Down, true),
        (Says::Timeout, false),
        (Says::Error("invalid_blocks"), false),
    ] {
        let world = World::builder().build().await.unwrap();
        let (cx, slack, ada) = installed(&world).await;
        slack.next("chat.postMessage", fault.clone());
        logged(&cx, &ada, "x").await;
        run(&world, &cx).await;
        assert_eq!(posts(&slack).len(), 1, "{fault:?}");
        if matches!(fault, Says::Wait(_)) {
            world.clock.pass(20);
            daybook_engine::jobs::run_due(&cx).await.unwrap();
            assert!(slack.calls().is_empty(), "not before Retry-After");
        }
        work(&world, &cx).await;
        assert_eq!(posts(&slack).len(), usize::from(arrives), "{fault:?}");
        let failed = crate::log(&world, &ada).await;
        let failed = failed
            .iter()
            .filter(|line| line.log_type.as_str() == "notification_sent" && !line.success);
        assert_eq!(failed.count(), usize::from(!arrives), "{fault:?}");
    }
}

#[tokio::test]
async fn who_cannot_be_reached_is_left_alone() {
    for word in [
        "user_disabled",
        "cannot_dm_bot",
        "channel_not_found",
        "messages_tab_disabled",
    ] {
        let world = World::builder().build().await.unwrap();
        let (cx, slack, ada) = installed(&world).await;
        slack.next("chat.postMessage", Says::Error(word));
        logged(&cx, &ada, "x").await;
        work(&world, &cx).await;
        assert_eq!(posts(&slack).len(), 1, "{word}");
        let bindings = status::standing(&cx, &ada).await.unwrap().bindings;
        assert_eq!(bindings[0].silent_because.as_deref(), Some(word));
        logged(&cx, &ada, "y").await;
        work(&world, &cx).await;
        assert!(slack.calls().is_empty(), "{word}");
    }
}

#[tokio::test]
async fn tokens_that_rotate_are_refreshed_and_the_message_is_sent_once() {
    let world = World::builder().build().await.unwrap();
    let (cx, slack) = SlackStub::around(&world);
    let ada = world.owner("ada").await;
    slack.installs(json!({"refresh_token": "xoxe-1-a", "expires_in": 43_200}));
    stub::install(&cx, &ada).await.unwrap();
    run(&world, &cx).await;
    slack.calls();
    slack.next("chat.postMessage", Says::Error("token_expired"));
    logged(&cx, &ada, "x").await;
    run(&world, &cx).await;
    let calls = slack.calls();
    let refresh = calls
        .iter()
        .find(|call| call.method == "oauth.v2.access")
        .unwrap();
    assert_eq!(
        (&refresh.body["grant_type"], &refresh.body["refresh_token"]),
        (&json!("refresh_token"), &json!("xoxe-1-a"))
    );
    let posts: Vec<&str> = calls
        .iter()
        .filter(|call| call.method == "chat.postMessage")
        .map(|call| call.token.as_str())
        .collect();
    assert_eq!(posts, ["xoxb-1", "xoxb-2"]);
    // Two hours before its end it is refreshed by itself.
    world.clock.pass(10 * 3600);
    logged(&cx, &ada, "y").await;
    run(&world, &cx).await;
    let calls = slack.calls();
    assert!(
        calls.iter().any(|call| call.method == "oauth.v2.access"),
        "{calls:?}"
    );
    // A dead token asks for the app to be installed again, and nothing is tried for ever.
    slack.next("chat.postMessage", Says::Error("invalid_auth"));
    slack.next("oauth.v2.access", Says::Error("invalid_refresh_token"));
    logged(&cx, &ada, "z").await;
    work(&world, &cx).await;
    let health = daybook_engine::health::report(&cx, &ada).await.unwrap().1;
    assert_eq!(health[0].connection.status.as_str(), "needs_reauth");
}

#[tokio::test]
async fn a_meeting_that_is_over_is_asked_about_once_and_logged_once() {
    for db in [Db::Memory, Db::Postgres] {
        let Some(world) = World::builder().db(db).build().await else {
            continue;
        };
        // Wednesday, 10:00 Berlin; now it is 10:00 there.
        put(&world, &meeting("Review <!here>", 4, 10));
        put(&world, &meeting("Later", 4, 15));
        let (ada, _, _) = crate::ada(&world).await;
        let (cx, slack) = SlackStub::around(&world);
        stub::install(&cx, &ada).await.unwrap();
        let tick = async || {
            run_named(&cx, "ask_about_meetings").await;
            run(&world, &cx).await;
        };
        run(&world, &cx).await;
        slack.calls();
        tick().await;
        assert!(posts(&slack).is_empty(), "it is still going on");
        world.clock.pass(3600);
        for _ in 0..3 {
            tick().await;
        }
        let asked = posts(&slack);
        assert_eq!(asked.len(), 1);
        assert!(
            asked[0]["text"]
                .as_str()
                .unwrap()
                .starts_with("Log this meeting? Review &lt;!here&gt;"),
            "{}",
            asked[0]
        );
        let id = asked[0]["blocks"][1]["elements"][0]["value"]
            .as_str()
            .unwrap()
            .to_owned();
        for n in ["1", "2", "1"] {
            interactions::handle(&cx, &stub::click("U1", "meeting_log", &id, n))
                .await
                .unwrap();
        }
        let all = entries_of(&cx, &ada).await;
        assert_eq!(all.len(), 1);
        assert_eq!(
            (all[0].source.as_str(), all[0].duration_minutes),
            ("calendar", 60)
        );
        run(&world, &cx).await;
        let calls = slack.calls();
        let changed: Vec<_> = calls
            .iter()
            .filter(|call| call.method == "chat.update")
            .collect();
        assert_eq!(changed.len(), 2, "the same click is one click");
        assert!(
            changed[0].body["text"]
                .as_str()
                .unwrap()
                .starts_with("Logged: 1 h")
        );
        assert!(
            calls.iter().all(|call| call.method != "chat.postMessage"),
            "no message on top"
        );
    }
}

#[tokio::test]
async fn a_meeting_that_is_not_wanted_is_no_draft_any_more() {
    for db in [Db::Memory, Db::Postgres] {
        let Some(world) = World::builder().db(db).build().await else {
            continue;
        };
        put(&world, &meeting("Lunch", 4, 10));
        put(&world, &meeting("Review", 4, 10));
        let (ada, _, _) = crate::ada(&world).await;
        let (cx, slack) = SlackStub::around(&world);
        stub::install(&cx, &ada).await.unwrap();
        run(&world, &cx).await;
        slack.calls();
        world.clock.pass(3600);
        run_named(&cx, "ask_about_meetings").await;
        run(&world, &cx).await;
        let asked = posts(&slack);
        assert_eq!(asked.len(), 2);
        let lunch = asked
            .iter()
            .find(|post| post["text"].as_str().unwrap().contains("Lunch"));
        let id = lunch.unwrap()["blocks"][1]["elements"][2]["value"].clone();
        let id = id.as_str().unwrap();
        // A colleague's click on it does nothing.
        let workspace = world.workspace(&ada).await;
        let bo = world.member(&workspace, "bo", Role::Member).await;
        linked(&cx, &bo, "U2").await;
        interactions::handle(&cx, &stub::click("U2", "meeting_dismiss", id, "1"))
            .await
            .unwrap();
        assert_eq!(titles_of_drafts(&cx, &ada).await, ["Lunch", "Review"]);
        for n in ["1", "1", "2"] {
            interactions::handle(&cx, &stub::click("U1", "meeting_dismiss", id, n))
                .await
                .unwrap();
        }
        assert_eq!(titles_of_drafts(&cx, &ada).await, ["Review"]);
        run(&world, &cx).await;
        let changed = slack.calls_of("chat.update");
        let own = changed
            .iter()
            .filter(|one| one["text"] == "Not logged: Lunch");
        assert_eq!(own.count(), 2, "{changed:?}");
    }
}

async fn titles_of_drafts(cx: &Context, who: &Principal) -> Vec<String> {
    let now = cx.clock.now();
    let range = (now - SignedDuration::from_hours(48), now);
    let found = drafts::list(cx, who, drafts::Shown::Waiting, range, None, 100)
        .await
        .unwrap();
    let mut titles: Vec<String> = found
        .drafts
        .into_iter()
        .map(|draft| draft.event.details.title)
        .collect();
    titles.sort();
    titles
}

async fn run_named(cx: &Context, name: &str) {
    daybook_engine::jobs::run_now(cx, name).await.unwrap();
}

#[tokio::test]
async fn the_day_is_summed_up_at_five_once() {
    for world in World::on_all(World::builder()).await {
        let (cx, slack, ada) = installed(&world).await;
        let off = preferences::Changes {
            time_entry_created: Some(false),
            ..Default::default()
        };
        preferences::put(&cx, &ada, off).await.unwrap();
        logged(&cx, &ada, "x").await;
        let tick = async || {
            run_named(&cx, "send_slack_daily_summaries").await;
            run(&world, &cx).await;
        };
        tick().await;
        assert!(posts(&slack).is_empty());
        // 17:00 in Berlin is 16:00 UTC in March.
        let five: Timestamp = "2026-03-04T16:00:00Z".parse().unwrap();
        world.clock.advance(five.duration_since(world.clock.now()));
        for _ in 0..5 {
            tick().await;
        }
        let told = posts(&slack);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["text"], "Today: 1 entry, 30 min");
        assert!(told[0].to_string().contains("Wednesday, 4 March"));
        let later = preferences::Changes {
            daily_summary_time: Some("18:00".into()),
            ..Default::default()
        };
        preferences::put(&cx, &ada, later).await.unwrap();
        world.clock.pass(3600);
        tick().await;
        assert!(posts(&slack).is_empty(), "not twice on one day");
        world.clock.pass(24 * 3600);
        tick().await;
        assert_eq!(posts(&slack).len(), 1);
    }
}

#[tokio::test]
async fn a_server_that_was_away_at_five_sums_up_the_day_when_it_is_back() {
    for world in World::on_all(World::builder()).await {
        let (cx, slack, _) = installed(&world).await;
        let tick = async || {
            run_named(&cx, "send_slack_daily_summaries").await;
            run(&world, &cx).await;
        };
        tick().await;
        // Away from 16:55 to 21:40 in Berlin.
        let back: Timestamp = "2026-03-04T20:40:00Z".parse().unwrap();
        world.clock.advance(back.duration_since(world.clock.now()));
        for _ in 0..3 {
            tick().await;
        }
        let told = posts(&slack);
        assert_eq!(told.len(), 1);
        assert!(told[0].to_string().contains("Wednesday, 4 March"));
    }
}

#[tokio::test]
async fn invoices_and_broken_connections_are_told() {
    let world = World::builder().build().await.unwrap();
    let (ada, google, _) = crate::ada(&world).await;
    let (cx, slack) = SlackStub::around(&world);
    stub::install(&cx, &ada).await.unwrap();
    run(&world, &cx).await;
    slack.calls();
    let invoice = Invoice {
        id: uuid::Uuid::from_u128(42),
        number: "INV-0042".into(),
        client: "Acme <!here>".into(),
        total: "EUR 1,250.00".into(),
    };
    for _ in 0..3 {
        let mut tx = cx.store.write_in(ada.workspace_id).await.unwrap();
        notify::invoice_ready(&mut tx, ada.workspace_id, &[ada.member_id], &invoice)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    run(&world, &cx).await;
    let told = posts(&slack);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["text"], "Invoice INV-0042 is ready: EUR 1,250.00");
    assert!(!told[0].to_string().contains("<!here>"));
    // A fact that is not committed is not told.
    let mut tx = cx.store.write_in(ada.workspace_id).await.unwrap();
    let other = Invoice {
        id: uuid::Uuid::from_u128(43),
        ..invoice
    };
    notify::invoice_ready(&mut tx, ada.workspace_id, &[ada.member_id], &other)
        .await
        .unwrap();
    drop(tx);
    run(&world, &cx).await;
    assert!(posts(&slack).is_empty());
    let mut tx = cx.store.write_in(ada.workspace_id).await.unwrap();
    let needs = daybook_domain::connection::Status::NeedsReauth;
    daybook_engine::store::connections::set_status(&mut tx, ada.workspace_id, google.id, needs)
        .await
        .unwrap();
    daybook_engine::jobs::notify_integration_disconnected::enqueue(
        &mut tx,
        ada.workspace_id,
        google.id,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    run(&world, &cx).await;
    run(&world, &cx).await;
    let told = posts(&slack);
    assert_eq!(told.len(), 1);
    assert!(
        told[0]["text"]
            .as_str()
            .unwrap()
            .contains("must be connected again"),
        "{told:?}"
    );
}

#[tokio::test]
async fn what_is_switched_off_or_about_to_end_is_told() {
    let week = |config: &mut daybook_sandbox::google::Config| {
        config.refresh_token_ttl_s = Some(7 * 86_400);
    };
    let world = World::builder().google(week).build().await.unwrap();
    let (ada, google, id) = crate::ada(&world).await;
    let (cx, slack) = SlackStub::around(&world);
    stub::install(&cx, &ada).await.unwrap();
    run(&world, &cx).await;
    slack.calls();
    world.clock.pass(5 * 86_400);
    for _ in 0..3 {
        run(&world, &cx).await;
    }
    let texts = |posts: Vec<Value>| -> Vec<String> {
        let text = |post: &Value| post["text"].as_str().unwrap().to_owned();
        posts.iter().map(text).collect()
    };
    let told = texts(posts(&slack));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("ends on"), "{told:?}");
    let mut tx = cx.store.write_in(ada.workspace_id).await.unwrap();
    let calendar = daybook_engine::store::calendars::get(&mut tx, ada.workspace_id, id)
        .await
        .unwrap();
    for _ in 0..2 {
        notify::calendar_off(&mut tx, &calendar, google.created_at)
            .await
            .unwrap();
    }
    daybook_engine::store::calendars::set_enabled(&mut tx, ada.workspace_id, id, false)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    for _ in 0..2 {
        run(&world, &cx).await;
    }
    let told = texts(posts(&slack));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].ends_with("is no longer synced"), "{told:?}");
}
