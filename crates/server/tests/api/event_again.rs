//! A change that is sent again: once for a key, also when the answer to the first was lost.

use daybook_sandbox::fault::{Fault, Rule};
use serde_json::{Value, json};

use crate::events::{Desk, with};
use crate::support::{Answer, Ask, call};

async fn patch(desk: &Desk, path: &str, body: &Value, key: &str) -> Answer {
    let ask = Ask::new("PATCH", path).json(body).cookie(&desk.cookie);
    call(&desk.router, ask.header("idempotency-key", key)).await
}

#[tokio::test]
async fn a_series_is_cut_once_for_a_key() {
    for desk in [
        Desk::google().await,
        Desk::microsoft().await,
        Desk::caldav().await,
    ] {
        let weekly =
            with(json!({"summary": "Stand-up", "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=4"]}));
        let made = desk.post(&desk.events(), &weekly).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let list = format!("{}?from=2026-03-01&to=2026-05-01&limit=200", desk.events());
        let shown = desk.get(&list).await;
        let third = shown.body["items"][2]["id"].as_str().unwrap().to_owned();
        let path = format!("{}/{third}?scope=following", desk.events());
        let body = json!({"summary": "Planning"});
        // All is done but for the answer to the last write, and nobody can look.
        let world = &desk.world;
        let faults = [
            world.google.desk(),
            world.microsoft.desk(),
            world.caldav.desk(),
        ];
        for fault in &faults {
            fault.add(Rule::on("*", Fault::DropResponse).method("PATCH"));
            fault.add(Rule::on("*", Fault::DropResponse).method("PUT").after(1));
        }
        let lost = patch(&desk, &path, &body, "cut").await;
        for fault in &faults {
            fault.clear();
        }
        lost.is_problem(502, "provider_unreachable");
        world.clock.pass(60);
        // Meanwhile a sync has seen the end of the old part, so that the occurrence named is no more.
        desk.sync().await;
        let again = patch(&desk, &path, &body, "cut").await;
        assert_eq!(again.status, 200, "{}", again.text);
        assert_eq!(again.body["title"], "Planning");
        let same = patch(&desk, &path, &body, "cut").await;
        assert_eq!(same.status, 200);
        assert_eq!(same.text, again.text);
        patch(&desk, &path, &json!({"summary": "Other"}), "cut")
            .await
            .is_problem(422, "idempotency_key_reuse");
        let titles = ["Planning", "Planning", "Stand-up", "Stand-up"];
        let shown = desk.get(&list).await;
        let items = shown.body["items"].as_array().unwrap();
        let mut found: Vec<_> = items
            .iter()
            .map(|one| one["title"].as_str().unwrap())
            .collect();
        found.sort_unstable();
        assert_eq!(found, titles);
    }
}
