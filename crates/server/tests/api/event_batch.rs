//! Several events in one request: each stands for itself, and the whole may be sent again.

use daybook_sandbox::fault::{Fault, Rule};
use daybook_testkit::ADA;
use serde_json::{Value, json};

use crate::events::{Desk, with};

fn day(title: &str, day: u32) -> Value {
    with(json!({
        "summary": title, "start_time": format!("2026-03-{day:02}T10:00:00"), "end_time": format!("2026-03-{day:02}T11:00:00"),
    }))
}

fn batch(desk: &Desk) -> String {
    format!("{}/batch", desk.events())
}

/// Ids of the events in an answer; `None` for those that were not made.
fn ids(body: &Value) -> Vec<Option<String>> {
    let items = body["items"].as_array().unwrap();
    let id = |item: &Value| item["event"]["id"].as_str().map(str::to_owned);
    items.iter().map(id).collect()
}

#[tokio::test]
async fn what_can_be_made_is_made_and_the_rest_says_why() {
    for desk in [
        Desk::google().await,
        Desk::microsoft().await,
        Desk::caldav().await,
    ] {
        let mut backwards = day("Backwards", 10);
        backwards["end_time"] = json!("2026-03-10T09:00:00");
        let mut nobody = day("Nobody", 11);
        nobody["attendee_emails"] = json!(["bo@x.example", "nobody"]);
        let body = json!({"items": [day("One", 9), backwards, nobody, day("Two", 12)]});
        let made = desk.post_once(&batch(&desk), &body, "batch").await;
        assert_eq!(made.status, 200, "{}", made.text);
        let items = made.body["items"].as_array().unwrap();
        let outcome: Vec<_> = items
            .iter()
            .map(|item| {
                let pointer = &item["problem"]["errors"][0]["pointer"];
                (item["event"]["title"].as_str(), pointer.as_str())
            })
            .collect();
        assert_eq!(
            outcome,
            [
                (Some("One"), None),
                (None, Some("/end_time")),
                (None, Some("/attendee_emails/1")),
                (Some("Two"), None),
            ],
            "{}",
            made.text
        );
        assert_eq!(items[1]["problem"]["status"], 422);
        let again = desk.post_once(&batch(&desk), &body, "batch").await;
        assert_eq!((again.status, &again.text), (made.status, &made.text));
        assert_eq!(desk.titles(&desk.calendar).await, ["One", "Two"]);
        let other = json!({"items": [day("Other", 9)]});
        desk.post_once(&batch(&desk), &other, "batch")
            .await
            .is_problem(422, "idempotency_key_reuse");
    }
}

#[tokio::test]
async fn a_batch_with_an_unsure_item_is_sent_again_and_makes_each_event_once() {
    for desk in [
        Desk::google().await,
        Desk::microsoft().await,
        Desk::caldav().await,
    ] {
        let body = json!({"items": [day("One", 9), day("Two", 10), day("Three", 11)]});
        // The provider makes the second and its answer is lost; nobody can look, either.
        let world = &desk.world;
        let faults = [
            world.google.desk(),
            world.microsoft.desk(),
            world.caldav.desk(),
        ];
        for fault in &faults {
            for write in ["POST", "PUT"] {
                let second = Rule::on("*", Fault::DropResponse).method(write);
                fault.add(second.after(1).times(1));
            }
            for read in ["GET", "REPORT", "PROPFIND"] {
                fault.add(Rule::on("*", Fault::DropResponse).method(read));
            }
        }
        let made = desk.post_once(&batch(&desk), &body, "batch").await;
        for fault in &faults {
            fault.clear();
        }
        // Until the way out is open again.
        world.clock.pass(3_600);
        assert_eq!(made.status, 200, "{}", made.text);
        let first = ids(&made.body);
        assert!(
            first.iter().any(Option::is_none),
            "nothing was unsure: {}",
            made.text
        );
        let again = desk.post_once(&batch(&desk), &body, "batch").await;
        let second = ids(&again.body);
        assert!(second.iter().all(Option::is_some), "{}", again.text);
        for (before, after) in first.iter().zip(&second) {
            assert!(before.is_none() || before == after);
        }
        assert_eq!(desk.titles(&desk.calendar).await, ["One", "Three", "Two"]);
        // Nothing is there twice.
        let path = format!("/api/v1/integrations/calendars/{}/sync", desk.calendar);
        let synced = desk.post(&path, &json!({})).await;
        assert_eq!(synced.status, 200, "{}", synced.text);
        assert_eq!(desk.titles(&desk.calendar).await, ["One", "Three", "Two"]);
    }
}

#[tokio::test]
async fn a_batch_is_of_one_to_fifty() {
    let desk = Desk::google().await;
    let of = |n: u32| {
        let items: Vec<Value> = (0..n)
            .map(|i| day(&format!("E{i:02}"), 1 + i % 28))
            .collect();
        json!({ "items": items })
    };
    for n in [0, 51] {
        desk.post(&batch(&desk), &of(n)).await.refuses(&["/items"]);
    }
    assert!(desk.world.google.snapshot(ADA).is_empty());
    let made = desk.post(&batch(&desk), &of(50)).await;
    assert!(ids(&made.body).iter().all(Option::is_some), "{}", made.text);
    assert_eq!(desk.world.google.snapshot(ADA).len(), 50);
}

#[tokio::test]
async fn a_batch_at_a_provider_that_hangs_says_which_were_made() {
    for (desk, reads) in [
        (Desk::google().await, 0),
        (Desk::microsoft().await, 3),
        (Desk::caldav().await, 1),
    ] {
        let titles = ["One", "Two", "Three", "Four"];
        let items = titles.iter().zip(9..).map(|(title, on)| day(title, on));
        let body = json!({"items": items.collect::<Vec<_>>()});
        let world = &desk.world;
        let faults = [
            world.google.desk(),
            world.microsoft.desk(),
            world.caldav.desk(),
        ];
        for fault in &faults {
            // The first is made; from its successor on nothing is heard.
            for write in ["POST", "PUT"] {
                fault.add(Rule::on("*", Fault::DropResponse).method(write).after(1));
            }
            for read in ["GET", "REPORT", "PROPFIND"] {
                let later = if read == "GET" { reads } else { 0 };
                fault.add(Rule::on("*", Fault::DropResponse).method(read).after(later));
            }
        }
        let begun = world.clock.now();
        let made = desk.post_once(&batch(&desk), &body, "slow").await;
        let took = world.clock.now().duration_since(begun);
        for fault in &faults {
            fault.clear();
        }
        assert!(took < jiff::SignedDuration::from_secs(40), "{took:?}");
        assert_eq!(made.status, 200, "{}", made.text);
        let items = made.body["items"].as_array().unwrap();
        let codes: Vec<_> = items
            .iter()
            .map(|item| item["problem"]["code"].as_str())
            .collect();
        assert_eq!(codes[0], None, "{}", made.text);
        assert_eq!(codes[3], Some("not_begun"), "{}", made.text);
        assert_eq!(items[3]["problem"]["status"], 503);
        // At Google the id is ours, so that asking again tells whether it was made, in one short call.
        if reads > 0 {
            let unknown = codes.contains(&Some("provider_unreachable"));
            assert!(unknown, "{}", made.text);
        }
        world.clock.pass(3_600);
        let again = desk.post_once(&batch(&desk), &body, "slow").await;
        assert!(
            ids(&again.body).iter().all(Option::is_some),
            "{}",
            again.text
        );
        let mut wanted = titles;
        wanted.sort_unstable();
        assert_eq!(desk.titles(&desk.calendar).await, wanted);
    }
}
