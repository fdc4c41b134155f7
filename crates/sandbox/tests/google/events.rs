use daybook_sandbox::google::Seed;
use serde_json::{Value, json};

use crate::client::{ADA, meeting, weekly, world};

fn find<'a>(rows: &'a [Value], title: &str) -> &'a Value {
    rows.iter().find(|r| r["summary"] == title).unwrap()
}

#[tokio::test]
async fn the_demo_has_every_kind_of_event() {
    let w = world(Seed::Demo);
    let (rows, _) = w.pull(ADA, None, "").await.ok().unwrap();
    let declined = find(&rows, "Vendor pitch")["attendees"].as_array().unwrap();
    let own = declined.iter().find(|a| a["self"] == true).unwrap();
    assert_eq!(own["responseStatus"], "declined");
    assert_eq!(find(&rows, "Home")["eventType"], "workingLocation");
    assert_eq!(find(&rows, "Happy birthday!")["eventType"], "birthday");
    assert_eq!(find(&rows, "Lunch run")["transparency"], "transparent");
    assert_eq!(
        find(&rows, "Maybe: architecture round")["status"],
        "tentative"
    );
    assert!(find(&rows, "Team offsite")["start"]["date"].is_string());
    assert!(find(&rows, "Lunch run").get("attendees").is_none());
    let exceptions = rows.iter().filter(|r| r.get("recurringEventId").is_some());
    let cancelled = exceptions
        .clone()
        .filter(|r| r["status"] == "cancelled")
        .count();
    assert_eq!((exceptions.count(), cancelled), (3, 1));
    let (rows, _) = w
        .pull("client-work-ada@group.calendar.google.com", None, "")
        .await
        .ok()
        .unwrap();
    assert!(
        rows.len() > 35
            && rows[0]["attendees"][1]["email"]
                .as_str()
                .unwrap()
                .contains(".example")
    );
}

#[tokio::test]
async fn roles_hide_details_and_refuse_writes() {
    let w = world(Seed::Demo);
    let (rows, _) = w.pull("bo@northwind.example", None, "").await.ok().unwrap();
    assert!(rows.iter().all(|r| r.get("summary").is_none()));
    let body = meeting("No", "2026-03-05T10:00:00", "2026-03-05T11:00:00");
    let answer = w
        .call("POST", "/calendars/bo@northwind.example/events", Some(body))
        .await;
    assert_eq!(answer.is(403).reason(), "requiredAccessLevel");
    let holidays = "en.german%23holiday%40group.v.calendar.google.com";
    w.get(&format!("/calendars/{holidays}/events"))
        .await
        .is(200);
    w.get("/calendars/nobody@x.example/events").await.is(404);
}

#[tokio::test]
async fn long_attendee_lists_can_be_cut() {
    let w = world(Seed::Demo);
    let (rows, _) = w.pull(ADA, None, "maxAttendees=1").await.ok().unwrap();
    let standup = find(&rows, "Weekly stand-up");
    assert_eq!(standup["attendeesOmitted"], true);
    assert_eq!(standup["attendees"].as_array().unwrap().len(), 1);
    assert_eq!(standup["attendees"][0]["self"], true);
}

#[tokio::test]
async fn instances_are_listed_and_found_by_original_start() {
    let w = world(Seed::Empty);
    let id = w.sim.put_event(ADA, &weekly("Series")).unwrap();
    let base = format!("/calendars/primary/events/{id}/instances");
    let all = w.get(&base).await.is(200).json();
    assert_eq!(all["items"].as_array().unwrap().len(), 8);
    let one = w
        .get(&format!("{base}?originalStart=2026-03-10T10:00:00%2B01:00"))
        .await
        .is(200)
        .json();
    let instance = one["items"][0]["id"].as_str().unwrap().to_owned();
    let moved = json!({"summary": "Moved", "start": {"dateTime": "2026-03-11T10:00:00+01:00"}, "end": {"dateTime": "2026-03-11T11:00:00+01:00"}});
    let path = format!("/calendars/primary/events/{instance}");
    let answer = w.call("PATCH", &path, Some(moved)).await.is(200).json();
    assert_eq!(
        answer["originalStartTime"]["dateTime"],
        "2026-03-10T10:00:00+01:00"
    );
    w.call("DELETE", &path, None).await.is(204);
    assert_eq!(
        w.get(&base).await.json()["items"].as_array().unwrap().len(),
        7
    );
    assert_eq!(
        w.get(&format!("{base}?showDeleted=true")).await.json()["items"]
            .as_array()
            .unwrap()
            .len(),
        8
    );
    w.is_clean();
}

#[tokio::test]
async fn searches_find_our_own_marks() {
    let w = world(Seed::Empty);
    let mut body = meeting("Booked", "2026-03-05T10:00:00", "2026-03-05T11:00:00");
    body["extendedProperties"] = json!({"private": {"daybookBooking": "bk_1"}});
    w.call("POST", "/calendars/primary/events", Some(body))
        .await
        .is(200);
    let found = w
        .events("privateExtendedProperty=daybookBooking%3Dbk_1")
        .await
        .is(200)
        .json();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert!(found.get("nextSyncToken").is_none());
    let none = w
        .events("privateExtendedProperty=daybookBooking%3Dbk_2")
        .await
        .is(200)
        .json();
    assert_eq!(none["items"], json!([]));
    assert_eq!(
        w.events("q=book").await.json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
