//! Complete events: the window's view, lists, instances, times and zones.

use daybook_sandbox::microsoft::Seed;
use serde_json::json;

use crate::client::{encode, meeting, weekly, world};

const MARCH: &str = "startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z";

#[tokio::test]
async fn a_view_has_complete_occurrences_and_no_masters() {
    let w = world(Seed::Empty);
    let id = w.sim.put_event(&w.home, &weekly("Review")).unwrap();
    let rows = w.all(&w.view(&format!("{MARCH}&$top=3"))).await;
    assert_eq!(rows.len(), 5);
    assert!(rows.iter().all(|r| r["type"] == "occurrence"
        && r["subject"] == "Review"
        && r["seriesMasterId"] == id.as_str()));
    let unlike: std::collections::BTreeSet<&str> = rows
        .iter()
        .map(|r| r["iCalUId"].as_str().unwrap())
        .collect();
    assert_eq!(unlike.len(), 5, "iCalUId differs per occurrence");
    let narrow = w
        .all(&w.view(&format!("{MARCH}&$select=subject,start")))
        .await;
    let mut keys: Vec<&String> = narrow[0].as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["@odata.etag", "id", "start", "subject"]);
    assert_eq!(
        w.get(&w.view(&format!("{MARCH}&$top=1001")))
            .await
            .is(400)
            .code(),
        "ErrorInvalidParameter"
    );
    w.get(&w.view("startDateTime=2026-03-01T00:00:00Z"))
        .await
        .is(400);
    let list = w.all("/me/events").await;
    assert_eq!((list.len(), &list[0]["type"]), (1, &json!("seriesMaster")));
    let instances = w
        .get(&format!("/me/events/{}/instances?{MARCH}", encode(&id)))
        .await
        .is(200)
        .rows();
    assert_eq!(instances.len(), 5);
    w.is_clean();
}

#[tokio::test]
async fn times_have_seven_digits_no_offset_and_the_preferred_zone() {
    let mut w = world(Seed::Empty);
    let id = w
        .sim
        .put_event(
            &w.home,
            &meeting("M", "2026-03-05T10:00:00", "2026-03-05T11:00:00"),
        )
        .unwrap();
    let path = format!("/me/events/{}", encode(&id));
    let row = w.get(&path).await.is(200).json();
    assert_eq!(
        row["start"],
        json!({"dateTime": "2026-03-05T09:00:00.0000000", "timeZone": "UTC"})
    );
    assert_eq!(row["originalStartTimeZone"], "W. Europe Standard Time");
    assert_eq!(
        row["responseStatus"],
        json!({"response": "organizer", "time": "0001-01-01T00:00:00Z"})
    );
    w.prefer = "outlook.timezone=\"Eastern Standard Time\"".to_owned();
    let row = w.get(&path).await.is(200).json();
    assert_eq!(
        row["start"],
        json!({"dateTime": "2026-03-05T04:00:00.0000000", "timeZone": "Eastern Standard Time"})
    );
    w.prefer = "outlook.timezone=\"Middle Earth Time\"".to_owned();
    assert_eq!(
        w.get(&path).await.is(400).code(),
        "TimeZoneNotSupportedException"
    );
    w.sim.label_zone(&w.home, &id, "tzone://Microsoft/Custom");
    w.prefer = crate::client::PREFER.to_owned();
    let row = w.get(&path).await.is(200).json();
    assert_eq!(row["originalStartTimeZone"], "tzone://Microsoft/Custom");
    assert_eq!(row["start"]["dateTime"], "2026-03-05T09:00:00.0000000");
}

#[tokio::test]
async fn all_day_events_are_midnights_in_any_zone() {
    let mut w = world(Seed::Empty);
    let mut body = meeting("Fair", "2026-03-05T00:00:00", "2026-03-07T00:00:00");
    body["isAllDay"] = json!(true);
    let id = w.sim.put_event(&w.home, &body).unwrap();
    w.prefer = "outlook.timezone=\"Tokyo Standard Time\"".to_owned();
    let row = w
        .get(&format!("/me/events/{}", encode(&id)))
        .await
        .is(200)
        .json();
    assert_eq!(
        (&row["start"]["dateTime"], &row["end"]["dateTime"]),
        (
            &json!("2026-03-05T00:00:00.0000000"),
            &json!("2026-03-07T00:00:00.0000000")
        )
    );
    assert_eq!(row["isAllDay"], true);
    let snapshot = w.sim.snapshot(
        &w.home,
        "2026-03-06T00:00:00Z".parse().unwrap(),
        "2026-03-06T01:00:00Z".parse().unwrap(),
    );
    let days = snapshot[0].all_day.unwrap();
    assert_eq!(
        (days.0.to_string(), days.1.to_string()),
        ("2026-03-05".into(), "2026-03-07".into())
    );
    body["start"]["dateTime"] = json!("2026-03-05T09:00:00");
    assert_eq!(
        w.post("/me/events", body).await.is(400).code(),
        "ErrorPropertyValidationFailure"
    );
}

#[tokio::test]
async fn bodies_are_html_unless_text_is_preferred() {
    let mut w = world(Seed::Empty);
    let mut body = meeting("M", "2026-03-05T10:00:00", "2026-03-05T11:00:00");
    body["body"] = json!({"contentType": "text", "content": "1 < 2"});
    let id = w.sim.put_event(&w.home, &body).unwrap();
    let path = format!("/me/events/{}", encode(&id));
    let row = w.get(&path).await.is(200).json();
    assert_eq!(row["body"]["contentType"], "html");
    assert!(
        row["body"]["content"]
            .as_str()
            .unwrap()
            .contains("1 &lt; 2")
    );
    w.prefer = "outlook.body-content-type=\"text\"".to_owned();
    assert_eq!(
        w.get(&path).await.is(200).json()["body"]["contentType"],
        "text"
    );
}

#[tokio::test]
async fn the_window_takes_what_meets_it() {
    let w = world(Seed::Empty);
    for (subject, start, end) in [
        ("before", "2026-03-05T08:00:00", "2026-03-05T10:00:00"),
        ("into", "2026-03-05T09:30:00", "2026-03-05T10:30:00"),
        ("after", "2026-03-05T11:00:00", "2026-03-05T12:00:00"),
    ] {
        w.sim
            .put_event(&w.home, &meeting(subject, start, end))
            .unwrap();
    }
    let rows = w
        .all(&w.view("startDateTime=2026-03-05T09:00:00Z&endDateTime=2026-03-05T10:00:00Z"))
        .await;
    assert_eq!(
        rows.iter()
            .map(|r| r["subject"].clone())
            .collect::<Vec<_>>(),
        ["into"]
    );
}

#[tokio::test]
async fn cancelled_and_changed_occurrences_are_told_on_request() {
    let w = world(Seed::Empty);
    let id = w.sim.put_event(&w.home, &weekly("Review")).unwrap();
    let on = |day| {
        w.sim
            .occurrence_id(&w.home, &id, jiff::civil::date(2026, 3, day))
            .unwrap()
    };
    w.sim.delete_event(&w.home, &on(10));
    w.sim.move_by(&w.home, &on(17), 60).unwrap();
    let row = w.get(&format!("/me/events/{}?$expand=exceptionOccurrences&$select=subject,cancelledOccurrences,exceptionOccurrences", encode(&id))).await;
    let row = row.is(200).json();
    assert_eq!(
        row["cancelledOccurrences"],
        json!([format!("OID.{id}.2026-03-10")])
    );
    assert_eq!(row["exceptionOccurrences"][0]["id"], on(17).as_str());
    w.get(&format!("/me/events/{}", encode(&on(10))))
        .await
        .is(404);
    assert_eq!(
        w.get(&format!("/me/events/{}", encode(&on(24))))
            .await
            .is(200)
            .json()["type"],
        "occurrence"
    );
    assert_eq!(
        w.get("/me/events/nonsense").await.is(400).code(),
        "ErrorInvalidIdMalformed"
    );
}
