//! `getSchedule`.

use daybook_sandbox::microsoft::Seed;
use serde_json::{Value, json};

use crate::client::{ADA, meeting, world};

fn ask(schedules: &[&str]) -> Value {
    let at = |t: &str| json!({"dateTime": t, "timeZone": "W. Europe Standard Time"});
    json!({"schedules": schedules, "startTime": at("2026-03-05T09:00:00"), "endTime": at("2026-03-05T13:00:00"), "availabilityViewInterval": 60})
}

#[tokio::test]
async fn digits_items_and_errors_per_schedule() {
    let w = world(Seed::Empty);
    for (subject, hour, show_as) in [
        ("A", 9, "busy"),
        ("B", 10, "tentative"),
        ("C", 11, "oof"),
        ("D", 12, "workingElsewhere"),
    ] {
        let mut body = meeting(
            subject,
            &format!("2026-03-05T{hour:02}:00:00"),
            &format!("2026-03-05T{hour:02}:30:00"),
        );
        body["showAs"] = json!(show_as);
        if subject == "A" {
            body["sensitivity"] = json!("private");
        }
        w.sim.put_event(&w.home, &body).unwrap();
    }
    let rows = w
        .post(
            "/me/calendar/getSchedule",
            ask(&[ADA, "nobody@elsewhere.example"]),
        )
        .await
        .is(200)
        .rows();
    assert_eq!(rows[0]["availabilityView"], "2130");
    let items = rows[0]["scheduleItems"].as_array().unwrap();
    assert_eq!(items.len(), 4);
    assert_eq!(
        (&items[0]["isPrivate"], items[0].get("subject")),
        (&json!(true), None)
    );
    assert_eq!(
        items[0]["start"],
        json!({"dateTime": "2026-03-05T08:00:00.0000000", "timeZone": "UTC"})
    );
    assert_eq!(
        rows[0]["workingHours"]["timeZone"]["name"],
        "W. Europe Standard Time"
    );
    assert_eq!(
        rows[1]["error"]["responseCode"],
        "ErrorMailRecipientNotFound"
    );
    assert!(w.sim.desk().violations().is_empty());
}

#[tokio::test]
async fn limits_and_personal_accounts() {
    let mut w = world(Seed::Demo);
    let many = vec![ADA; 21];
    w.post("/me/calendar/getSchedule", ask(&many)).await.is(400);
    let mut body = ask(&[ADA]);
    body["availabilityViewInterval"] = json!(4);
    w.post("/me/calendar/getSchedule", body).await.is(400);
    let mut body = ask(&[ADA]);
    body["endTime"]["dateTime"] = json!("2026-09-05T13:00:00");
    w.post("/me/calendar/getSchedule", body).await.is(400);
    w.token = w
        .sim
        .access_token("ada.marsh@outlook.example", &crate::client::SCOPES);
    w.post("/me/calendar/getSchedule", ask(&[ADA]))
        .await
        .is(403);
}

#[tokio::test]
async fn a_crowded_range_fails_for_its_schedule_only() {
    let mut w = world(Seed::Load(60_000));
    w.token = w
        .sim
        .access_token("load@northwind.example", &crate::client::SCOPES);
    let mut body = ask(&["load@northwind.example", "who@elsewhere.example"]);
    body["endTime"]["dateTime"] = json!("2026-04-05T13:00:00");
    let rows = w
        .post("/me/calendar/getSchedule", body)
        .await
        .is(200)
        .rows();
    assert_eq!(rows[0]["error"]["responseCode"], "5006");
}
