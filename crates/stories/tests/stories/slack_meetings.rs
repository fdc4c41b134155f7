//! Meetings in Slack are the dashboard's drafts: asked about, listed and counted are exactly those, and a click does what the
//! dashboard would.

use daybook_domain::InstanceId;
use daybook_domain::rule::Action;
use daybook_engine::slack::{events, interactions};
use daybook_engine::timesheets::drafts;
use daybook_engine::{Context, Principal, jobs};
use daybook_testkit::World;
use daybook_testkit::slack_stub::{self as stub, SlackStub, TEAM};
use serde_json::{Value, json};

use crate::drafts::{project, rule};
use crate::slack::{entries_of, run, settle};
use crate::{meeting, put, week};

/// Ada with Google and Slack, an hour after her meeting of 10:00 began, and what else was put into her calendar.
async fn after_ten(world: &World) -> (Context, SlackStub, Principal) {
    let (ada, _, _) = crate::ada(world).await;
    let (cx, slack) = SlackStub::around(world);
    stub::install(&cx, &ada).await.unwrap();
    run(world, &cx).await;
    world.clock.pass(3600);
    slack.calls();
    (cx, slack, ada)
}

/// What Ada is asked now.
async fn asked(world: &World, cx: &Context, slack: &SlackStub) -> Vec<Value> {
    jobs::run_now(cx, "ask_about_meetings").await.unwrap();
    run(world, cx).await;
    slack.calls_of("chat.postMessage")
}

/// The value of a question's buttons: the meeting.
fn value(asked: &Value) -> String {
    let value = &asked["blocks"][1]["elements"][0]["value"];
    value.as_str().unwrap().to_owned()
}

async fn press(cx: &Context, action: &str, value: &str) {
    interactions::handle(cx, &stub::click("U1", action, value, action))
        .await
        .unwrap();
}

/// Ada's home page, as Slack gets it.
async fn home(world: &World, cx: &Context, slack: &SlackStub) -> String {
    let event = json!({"type": "event_callback", "team_id": TEAM, "api_app_id": "A1",
        "event_id": format!("Ev{}", world.clock.now().as_second()), "event_time": 1_795_251_600,
        "event": {"type": "app_home_opened", "user": "U1", "tab": "home"}});
    events::receive(cx, event.to_string().as_bytes())
        .await
        .unwrap();
    run(world, cx).await;
    slack.calls_of("views.publish").remove(0)["view"].to_string()
}

fn books(project: daybook_domain::ProjectId) -> Action {
    Action {
        project_id: Some(project),
        tags: vec!["planned".into()],
        ..Action::default()
    }
}

#[tokio::test]
async fn one_click_logs_what_the_dashboard_would_log() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Planning", 4, 10));
        let (cx, slack, ada) = after_ten(&world).await;
        let site = project(&world, &ada, "Site").await;
        rule(&world, &ada, "planning", books(site)).await;
        let asked = asked(&world, &cx, &slack).await;
        assert!(
            asked[0]
                .to_string()
                .contains("→ *Site*, by the rule “about planning”"),
            "{}",
            asked[0]
        );
        press(&cx, "meeting_log", &value(&asked[0])).await;
        let entry = entries_of(&cx, &ada).await.remove(0);
        assert_eq!(
            (entry.project_id, entry.client_id.is_some()),
            (Some(site), true)
        );
        assert_eq!(entry.tags, ["planned"]);
    }
}

#[tokio::test]
async fn change_first_begins_with_what_is_suggested() {
    let world = World::builder().build().await.unwrap();
    put(&world, &meeting("Planning", 4, 10));
    put(&world, &meeting("Planning", 4, 9));
    let (cx, slack, ada) = after_ten(&world).await;
    let site = project(&world, &ada, "Site").await;
    project(&world, &ada, "Other").await;
    rule(&world, &ada, "planning", books(site)).await;
    let events = week(&world, &ada).await;
    let form = async |event: InstanceId| {
        press(&cx, "meeting_edit", &event.to_string()).await;
        settle(&cx).await;
        slack.calls_of("views.open").remove(0)["view"].clone()
    };
    let fill = |form: &Value, project: Value| {
        json!({"type": "view_submission", "team": {"id": TEAM}, "user": {"id": "U1"}, "view": {
            "id": form["private_metadata"], "hash": "h", "callback_id": form["callback_id"],
            "private_metadata": form["private_metadata"],
            "state": {"values": {"hours": {"v": {"value": "0.5"}}, "description": {"v": {"value": "Plan"}},
                "project": {"v": {"selected_option": project}}}}}})
    };
    // Left as suggested: everything that the rule says stands.
    let view = form(events[0].id).await;
    let chosen = view["blocks"][2]["element"]["initial_option"].clone();
    assert_eq!(chosen["value"], json!(site.to_string()));
    let done = interactions::handle(&cx, &fill(&view, chosen))
        .await
        .unwrap();
    assert_eq!(done, None);
    let first = entries_of(&cx, &ada).await.remove(0);
    assert_eq!((first.duration_minutes, first.project_id), (30, Some(site)));
    assert_eq!(first.tags, ["planned"]);
    // Taken away by hand: on no project, whatever the rule says.
    let view = form(events[1].id).await;
    let done = interactions::handle(&cx, &fill(&view, Value::Null))
        .await
        .unwrap();
    assert_eq!(done, None);
    let all = entries_of(&cx, &ada).await;
    assert_eq!(all.len(), 2);
    assert!(all.iter().any(|entry| entry.project_id.is_none()));
}

#[tokio::test]
async fn not_this_one_sticks_everywhere() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Review", 4, 10));
        let (cx, slack, ada) = after_ten(&world).await;
        let asked = asked(&world, &cx, &slack).await;
        press(&cx, "meeting_dismiss", &value(&asked[0])).await;
        let range = (
            "2026-03-01T00:00:00Z".parse().unwrap(),
            "2026-04-01T00:00:00Z".parse().unwrap(),
        );
        let left = drafts::list(&cx, &ada, drafts::Shown::Waiting, range, None, 10)
            .await
            .unwrap();
        assert!(left.drafts.is_empty());
        let today = crate::slack::time(&cx, "U1", "today", "t1").await;
        assert!(
            today.to_string().contains("no meeting is left to log"),
            "{today}"
        );
        assert!(
            home(&world, &cx, &slack)
                .await
                .contains("Nothing of this week.")
        );
    }
}

#[tokio::test]
async fn asked_about_and_listed_are_exactly_the_drafts() {
    let world = World::builder().build().await.unwrap();
    put(&world, &meeting("Lunch", 4, 10));
    put(&world, &meeting("Aside", 4, 10));
    put(&world, &meeting("Work", 4, 10));
    // Of Monday, and of the week before.
    put(&world, &meeting("Kick-off", 2, 9));
    put(&world, &meeting("Long ago", 1, 9));
    put(&world, &meeting("Later", 4, 15));
    let (cx, slack, ada) = after_ten(&world).await;
    let exclude = Action {
        exclude: true,
        ..Action::default()
    };
    rule(&world, &ada, "lunch", exclude).await;
    let site = project(&world, &ada, "Site").await;
    rule(&world, &ada, "kick-off", books(site)).await;
    let aside = week(&world, &ada).await;
    let aside = aside.iter().find(|event| event.details.title == "Aside");
    drafts::dismiss(&cx, &ada, aside.unwrap().id).await.unwrap();
    let asked = asked(&world, &cx, &slack).await;
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0]["text"].as_str().unwrap().contains("Work"));
    let today = crate::slack::time(&cx, "U1", "today", "t1").await;
    assert!(today.to_string().contains("one meeting is not logged yet"));
    let page = home(&world, &cx, &slack).await;
    let drafts = page.split("Meetings today").next().unwrap();
    assert!(drafts.contains("2 meetings of this week."), "{page}");
    assert!(
        drafts.contains("Mon 09:00–10:00 · Kick-off · 1 h"),
        "{drafts}"
    );
    assert!(drafts.contains("*Site*, by the rule"), "{drafts}");
    for other in ["Lunch", "Aside", "Long ago", "Later"] {
        assert!(!drafts.contains(other), "{other}: {drafts}");
    }
    assert!(page.contains("15:00–16:00 · Later"), "{page}");
    // Logged from the page, it is gone there.
    let kick_off = week(&world, &ada).await;
    let kick_off = kick_off
        .iter()
        .find(|event| event.details.title == "Kick-off");
    press(&cx, "meeting_log", &kick_off.unwrap().id.to_string()).await;
    let page = home(&world, &cx, &slack).await;
    assert!(page.contains("One meeting of this week."), "{page}");
}
