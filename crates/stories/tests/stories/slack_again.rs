//! What Slack sends again: done once when the first time worked, done then when it did not, and nothing else than what was meant.

use daybook_domain::connection::Status;
use daybook_engine::slack::command::{self, Command};
use daybook_engine::slack::{events, interactions, status};
use daybook_engine::store::Kind;
use daybook_engine::timesheets::entries;
use daybook_engine::{Context, Principal};
use daybook_testkit::World;
use daybook_testkit::slack_stub::{self as stub, TEAM};
use serde_json::json;

use crate::slack::{entries_of, installed, run, time};

/// From now on the database refuses this, such as `DELETE` on `time_entry`.
pub(crate) async fn refuse(cx: &Context, step: &str, table: &str) {
    let text = match cx.store.kind() {
        // A constraint would be somebody's mistake; this is the database's.
        Kind::Sqlite => format!(
            "CREATE TRIGGER refuse_{table} BEFORE {step} ON {table} BEGIN SELECT 1 FROM out_of_order; END"
        ),
        Kind::Postgres => format!(
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'out of order'; END $$;
             CREATE TRIGGER refuse_{table} BEFORE {step} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse()"
        ),
    };
    cx.store.execute_raw(text).await.unwrap();
}

/// It takes it again.
pub(crate) async fn allow(cx: &Context, table: &str) {
    let text = match cx.store.kind() {
        Kind::Sqlite => format!("DROP TRIGGER refuse_{table}"),
        Kind::Postgres => format!("DROP TRIGGER refuse_{table} ON {table}"),
    };
    cx.store.execute_raw(text).await.unwrap();
}

fn removed(world: &World) -> Vec<u8> {
    let at = world.clock.now().as_second() + 1;
    json!({"type": "event_callback", "team_id": TEAM, "api_app_id": "A1", "event_id": "Ev1", "event_time": at,
        "event": {"type": "app_uninstalled"}})
    .to_string()
    .into_bytes()
}

async fn standing(world: &World, cx: &Context, ada: &Principal) -> Status {
    let id = status::standing(cx, ada).await.unwrap().installations[0].connection_id;
    crate::connection(world, ada, id).await.status
}

#[tokio::test]
async fn an_event_that_failed_is_done_when_it_comes_again() {
    for world in World::on_all(World::builder()).await {
        let (cx, _, ada) = installed(&world).await;
        let gone = removed(&world);
        refuse(&cx, "UPDATE", "connection").await;
        events::receive(&cx, &gone).await.unwrap_err();
        events::receive(&cx, &gone).await.unwrap_err();
        allow(&cx, "connection").await;
        assert_eq!(standing(&world, &cx, &ada).await, Status::Connected);
        events::receive(&cx, &gone).await.unwrap();
        assert_eq!(standing(&world, &cx, &ada).await, Status::Disconnected);
        // And once more, after the app came back in the same second: that was another one.
        stub::install(&cx, &ada).await.unwrap();
        events::receive(&cx, &gone).await.unwrap();
        assert_eq!(standing(&world, &cx, &ada).await, Status::Connected);
    }
}

#[tokio::test]
async fn a_click_that_failed_is_done_when_it_comes_again() {
    for world in World::on_all(World::builder()).await {
        let (cx, slack, ada) = installed(&world).await;
        time(&cx, "U1", "1h: x", "t1").await;
        let id = entries_of(&cx, &ada).await[0].id.to_string();
        let click = stub::click("U1", "time_entry_delete", &id, "1");
        refuse(&cx, "DELETE", "time_entry").await;
        interactions::handle(&cx, &click).await.unwrap_err();
        allow(&cx, "time_entry").await;
        assert_eq!(entries_of(&cx, &ada).await.len(), 1);
        interactions::handle(&cx, &click).await.unwrap();
        assert!(entries_of(&cx, &ada).await.is_empty());
        // Done is done: the same click once more says nothing else.
        interactions::handle(&cx, &click).await.unwrap();
        run(&world, &cx).await;
        let changed = slack.calls_of("chat.update");
        assert_eq!(changed.len(), 1, "{changed:?}");
        assert!(changed[0]["text"].as_str().unwrap().starts_with("Deleted"));
    }
}

#[tokio::test]
async fn a_click_whose_server_was_killed_is_done_a_moment_later() {
    for world in World::on_all(World::builder()).await {
        let (cx, _, ada) = installed(&world).await;
        time(&cx, "U1", "1h: x", "t1").await;
        let id = entries_of(&cx, &ada).await[0].id.to_string();
        let click = stub::click("U1", "time_entry_delete", &id, "1");
        // It took the click and did nothing more, not even say that it failed.
        refuse(&cx, "DELETE", "time_entry").await;
        refuse(&cx, "DELETE", "slack_request").await;
        interactions::handle(&cx, &click).await.unwrap_err();
        allow(&cx, "time_entry").await;
        allow(&cx, "slack_request").await;
        // At once it could still be under way: it is not acknowledged, and not done twice.
        interactions::handle(&cx, &click).await.unwrap_err();
        assert_eq!(entries_of(&cx, &ada).await.len(), 1);
        world.clock.pass(11);
        interactions::handle(&cx, &click).await.unwrap();
        assert!(entries_of(&cx, &ada).await.is_empty());
    }
}

#[tokio::test]
async fn an_undo_that_failed_took_nothing_back_and_takes_one_when_it_comes_again() {
    for world in World::on_all(World::builder()).await {
        let (cx, _, ada) = installed(&world).await;
        let undo = async |trigger: &str| {
            let body = stub::command("U1", "undo", trigger);
            let command = Command::parse(body.as_bytes()).unwrap();
            command::handle(&cx, command).await
        };
        let nothing = undo("t0").await.unwrap().unwrap();
        for n in 1..4 {
            time(&cx, "U1", &format!("1h: {n}"), &format!("t{n}")).await;
        }
        // There was nothing to take back then: the same again does not find what came later.
        assert_eq!(undo("t0").await.unwrap().unwrap(), nothing);
        assert_eq!(entries_of(&cx, &ada).await.len(), 3);
        // Neither when it cannot be taken back, nor when the answer cannot be kept.
        for (step, table) in [("INSERT", "time_entry_change"), ("UPDATE", "slack_request")] {
            refuse(&cx, step, table).await;
            undo("t9").await.unwrap_err();
            allow(&cx, table).await;
            assert_eq!(entries_of(&cx, &ada).await.len(), 3, "{table}");
        }
        let gone = undo("t9").await.unwrap().unwrap();
        assert!(gone.to_string().contains("Deleted"), "{gone}");
        assert_eq!(undo("t9").await.unwrap().unwrap(), gone);
        assert_eq!(entries_of(&cx, &ada).await.len(), 2);
    }
}

#[tokio::test]
async fn an_undo_that_was_refused_stays_so() {
    for world in World::on_all(World::builder()).await {
        let (cx, _, ada) = installed(&world).await;
        let close = async |until: &str| {
            let text = format!("UPDATE workspace SET time_locked_until = {until}");
            cx.store.execute_raw(text).await.unwrap();
        };
        time(&cx, "U1", "1h: closed", "t1").await;
        close("'2026-12-31'").await;
        let refused = time(&cx, "U1", "undo", "t2").await;
        assert!(!refused.to_string().contains("Deleted"), "{refused}");
        close("NULL").await;
        assert_eq!(time(&cx, "U1", "undo", "t2").await, refused);
        assert_eq!(entries_of(&cx, &ada).await.len(), 1);
        let gone = time(&cx, "U1", "undo", "t3").await;
        assert!(gone.to_string().contains("Deleted"), "{gone}");
    }
}

#[tokio::test]
async fn undo_takes_back_what_was_made_last_however_long_ago_it_was_worked() {
    for world in World::on_all(World::builder()).await {
        let (cx, _, ada) = installed(&world).await;
        for n in 0..101 {
            time(&cx, "U1", "1min: new", &format!("t{n}")).await;
        }
        world.clock.pass(60);
        time(&cx, "U1", "3h 2026-02-02: Old work", "old").await;
        let gone = time(&cx, "U1", "undo", "undo").await;
        assert_eq!(gone["text"], "Deleted: 3 h Old work");
        let filter = daybook_engine::store::time_entries::Filter::default();
        let left = entries::list(&cx, &ada, filter, None, 200).await.unwrap();
        assert_eq!(left.len(), 101);
        assert!(left.iter().all(|entry| entry.description == "new"));
    }
}
