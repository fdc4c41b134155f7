//! Syncs that people wait for, calendars by their other names, and many accounts of one person.

use std::sync::Arc;
use std::time::Duration;

use daybook_testkit::{ADA, World};
use serde_json::{Value, json};

use crate::events::{Desk, review};

const BOB: &str = "bob@northwind.example";

#[tokio::test]
async fn a_sync_that_takes_long_is_handed_to_a_job_whose_result_shows() {
    let impatient = |world: &mut World| {
        let mut settings = (*world.cx.settings).clone();
        // Whatever is not there at once takes too long.
        settings.sync_patience = Duration::ZERO;
        world.cx.settings = Arc::new(settings);
    };
    let desk = Desk::google_with(impatient).await;
    let google = &desk.world.google;
    for day in 2..5 {
        let at = |hour: u32| json!({"dateTime": format!("2026-03-{day:02}T{hour:02}:00:00Z")});
        let event = json!({"summary": "Late", "start": at(9), "end": at(10)});
        google.put_event(ADA, &event).unwrap();
    }
    // Google is asked and does not answer until it is let.
    let mut arrivals = desk.world.gate.close();
    let path = format!("/api/v1/integrations/calendars/{}/sync", desk.calendar);
    let accepted = desk.post(&path, &json!({})).await;
    assert_eq!(accepted.status, 202, "{}", accepted.text);
    let job = accepted.body["job_id"].as_str().unwrap().to_owned();
    assert!(desk.titles(&desk.calendar).await.is_empty());
    let listed = async |state: &str| {
        let found = desk.get(&format!("/api/v1/jobs?state={state}")).await;
        let all = found.body["items"].as_array().unwrap().clone();
        all.iter().any(|one| one["id"] == job.as_str())
    };
    assert!(listed("live").await, "the job is there to be looked at");
    desk.world.gate.open();
    while let Ok(arrival) = arrivals.try_recv() {
        arrival.go();
    }
    // The sync that was begun, or the job after it: somebody finishes.
    for _ in 0..200 {
        desk.world.run_jobs().await;
        if listed("done").await {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert!(listed("done").await, "the job does not end");
    assert_eq!(desk.titles(&desk.calendar).await, ["Late"; 3]);
    let calendar = desk
        .get(&format!("/api/v1/integrations/calendars/{}", desk.calendar))
        .await;
    assert_eq!(
        calendar.body["last_result"]["calendar_id"], desk.calendar,
        "{}",
        calendar.text
    );
    assert_eq!(calendar.body["sync_errors"], 0);
}

#[tokio::test]
async fn calendars_answer_to_their_other_names() {
    let desk = Desk::google().await;
    let id = &desk.calendar;
    let canonical = desk.get("/api/v1/integrations/calendars").await;
    assert_eq!(canonical.status, 200);
    for path in ["/api/calendars", "/api/v1/integrations/calendar"] {
        let listed = desk.get(path).await;
        assert_eq!(
            (listed.status.as_u16(), &listed.body),
            (200, &canonical.body),
            "{path}"
        );
    }
    let one = desk
        .get(&format!("/api/v1/integrations/calendar/{id}"))
        .await;
    let same = desk
        .get(&format!("/api/v1/integrations/calendars/{id}"))
        .await;
    assert_eq!((one.status.as_u16(), &one.body), (200, &same.body));
    for field in [
        "token_expired",
        "last_sync_at",
        "sync_errors",
        "sync_enabled",
        "is_active",
    ] {
        assert!(!one.body[field].is_null(), "{field}: {}", one.text);
    }
    for (verb, full) in [("refresh", false), ("force-sync", true)] {
        let path = format!("/api/v1/integrations/calendar/{id}/{verb}");
        let synced = desk.post(&path, &json!({})).await;
        assert_eq!(
            (synced.status.as_u16(), &synced.body["full"]),
            (200, &json!(full)),
            "{verb}: {}",
            synced.text
        );
    }
    let connections = desk.get("/api/calendars/google/connections").await;
    let connection = connections.body["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let refreshed = desk
        .post(
            &format!("/api/calendars/{connection}/google/refresh"),
            &json!({}),
        )
        .await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.text);
    assert!(refreshed.body["calendars_count"].as_u64().unwrap() >= 3);
    let gone = desk
        .post(
            &format!("/api/calendars/{connection}/google/disconnect"),
            &json!({}),
        )
        .await;
    assert_eq!(
        (gone.status.as_u16(), &gone.body["revoked"]),
        (200, &json!(true)),
        "{}",
        gone.text
    );
    assert_eq!(gone.body["removal"], Value::Null);
    assert_eq!(gone.body["connection"]["status"], "disconnected");
}

#[tokio::test]
async fn where_daybook_cannot_withdraw_the_access_it_says_who_can() {
    let desk = Desk::microsoft().await;
    let connections = desk.get("/api/v1/integrations/connections").await;
    let connection = connections.body["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let gone = desk
        .post(
            &format!("/api/v1/integrations/connections/{connection}/disconnect"),
            &json!({}),
        )
        .await;
    assert_eq!(
        (gone.status.as_u16(), &gone.body["revoked"]),
        (200, &json!(false)),
        "{}",
        gone.text
    );
    for text in [&gone.body["removal"], &gone.body["message"]] {
        let text = text.as_str().unwrap();
        for place in ["myapps.microsoft.com", "account.live.com/consent/Manage"] {
            assert!(text.contains(place), "{text}");
        }
    }
}

#[tokio::test]
async fn one_person_has_two_accounts_at_each_of_two_providers() {
    let desk = Desk::google().await;
    let (world, who) = (&desk.world, &desk.who);
    world.google.add_person(BOB, "Bob", "Europe/Berlin");
    world.microsoft.add_person(
        BOB,
        "Bob",
        "Europe/Berlin",
        daybook_sandbox::microsoft::Account::Work,
    );
    world.connect_google_as(who, BOB).await;
    for person in [ADA, BOB] {
        world.try_connect(who, "microsoft", person).await.unwrap();
    }
    for _ in 0..3 {
        world.run_jobs().await;
    }
    let listed = desk
        .get("/api/v1/integrations/connections?status=connected")
        .await;
    let mut accounts: Vec<(&str, &str)> = listed.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap();
            (text("provider"), text("account_email"))
        })
        .collect();
    accounts.sort_unstable();
    assert_eq!(
        accounts,
        [
            ("google", ADA),
            ("google", BOB),
            ("microsoft", ADA),
            ("microsoft", BOB)
        ]
    );
    let calendars = desk
        .get("/api/v1/integrations/calendars?sync_enabled=true&limit=200")
        .await;
    let mut made = Vec::new();
    for calendar in calendars.body["items"].as_array().unwrap() {
        let id = calendar["id"].as_str().unwrap();
        let path = format!("/api/v1/integrations/calendars/{id}/events");
        let event = desk.post(&path, &review()).await;
        assert_eq!(event.status, 201, "{calendar}: {}", event.text);
        made.push(id.to_owned());
    }
    assert!(made.len() >= 4, "{}", calendars.text);
    for id in &made {
        assert_eq!(desk.titles(id).await, ["Review"]);
    }
    // Each account holds its own, and no other's.
    assert_eq!(world.google.snapshot(BOB).len(), 1);
    // One of them ends; the others go on.
    let bob = listed.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["account_email"] == BOB && one["provider"] == "google");
    let path = format!(
        "/api/v1/integrations/connections/{}/disconnect",
        bob.unwrap()["id"].as_str().unwrap()
    );
    assert_eq!(desk.post(&path, &json!({})).await.status, 200);
    let left = desk
        .get("/api/v1/integrations/connections?status=connected")
        .await;
    assert_eq!(left.body["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_declined_meeting_becomes_time_only_by_force() {
    let desk = Desk::google().await;
    let declined = json!({
        "summary": "Not for me", "start": {"dateTime": "2026-03-06T09:00:00Z"}, "end": {"dateTime": "2026-03-06T10:00:00Z"},
        "attendees": [{"email": "bo@client.example", "responseStatus": "accepted"}, {"email": ADA, "responseStatus": "declined"}],
    });
    desk.world
        .google
        .put_invitation(ADA, "bo@client.example", &declined)
        .unwrap();
    desk.sync().await;
    let path = format!("{}?from=2026-03-01&to=2026-04-01", desk.events());
    let event = desk.get(&path).await.body["items"][0].clone();
    assert_eq!(event["response_status"], "declined");
    let convert = "/api/v1/integrations/calendars/events/convert";
    let ask = |force: bool| json!({"synced_event_id": event["id"], "force": force});
    let refused = desk.post(convert, &ask(false)).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert!(refused.text.contains("force"), "{}", refused.text);
    let made = desk.post(convert, &ask(true)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let again = desk.post(convert, &ask(true)).await;
    assert_eq!(
        (again.status.as_u16(), &again.body["id"]),
        (200, &made.body["id"])
    );
}
