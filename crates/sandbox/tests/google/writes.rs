use daybook_sandbox::google::{Meet, Seed};
use serde_json::json;

use crate::client::{ADA, meeting, weekly, world, world_with};

const EVENTS: &str = "/calendars/primary/events";

#[tokio::test]
async fn insert_read_change_delete() {
    let w = world(Seed::Empty);
    let body = meeting("Design", "2026-03-05T10:00:00", "2026-03-05T11:00:00");
    let made = w
        .call(
            "POST",
            &format!("{EVENTS}?sendUpdates=none&conferenceDataVersion=1"),
            Some(body),
        )
        .await
        .is(200)
        .json();
    let path = format!("{EVENTS}/{}", made["id"].as_str().unwrap());
    assert_eq!(made["start"]["dateTime"], "2026-03-05T10:00:00+01:00");
    assert_eq!(made["organizer"], json!({"email": ADA, "self": true}));
    let patched = w
        .call("PATCH", &path, Some(json!({"location": "Room 4"})))
        .await
        .is(200)
        .json();
    assert_eq!(
        (&patched["summary"], &patched["location"]),
        (&json!("Design"), &json!("Room 4"))
    );
    assert_ne!(patched["etag"], made["etag"]);
    let body = meeting("Design", "2026-03-05T10:00:00", "2026-03-05T11:30:00");
    let put = w.call("PUT", &path, Some(body)).await.is(200).json();
    assert!(put.get("location").is_none(), "PUT drops what is not sent");
    assert_eq!(put["sequence"], 1);
    w.call("DELETE", &path, None).await.is(204);
    assert_eq!(
        w.call("DELETE", &path, None).await.is(410).reason(),
        "deleted"
    );
    assert_eq!(w.get(&path).await.is(200).json()["status"], "cancelled");
    w.call("DELETE", &format!("{EVENTS}/nothere"), None)
        .await
        .is(404);
    w.is_clean();
}

#[tokio::test]
async fn client_ids_make_inserts_repeatable() {
    let w = world(Seed::Empty);
    let mut body = meeting("Once", "2026-03-05T10:00:00", "2026-03-05T11:00:00");
    body["id"] = json!("01936f2e7c1a7d3e9a4b5c6d7e8f9012");
    w.call("POST", EVENTS, Some(body.clone())).await.is(200);
    assert_eq!(
        w.call("POST", EVENTS, Some(body.clone()))
            .await
            .is(409)
            .reason(),
        "duplicate"
    );
    w.sim.delete_event(ADA, "01936f2e7c1a7d3e9a4b5c6d7e8f9012");
    w.call("POST", EVENTS, Some(body.clone())).await.is(409);
    for id in ["abc", "WITH-UPPER", "wxyz1"] {
        body["id"] = json!(id);
        assert_eq!(
            w.call("POST", EVENTS, Some(body.clone()))
                .await
                .is(400)
                .reason(),
            "invalid",
            "{id}"
        );
    }
}

#[tokio::test]
async fn etags_guard_every_write() {
    let w = world(Seed::Empty);
    let id = w
        .sim
        .put_event(
            ADA,
            &meeting("A", "2026-03-05T10:00:00", "2026-03-05T11:00:00"),
        )
        .unwrap();
    let path = format!("{EVENTS}/{id}");
    let old = w.get(&path).await.json()["etag"]
        .as_str()
        .unwrap()
        .to_owned();
    let patch = json!({"summary": "B"});
    w.call_if("PATCH", &path, Some(patch.clone()), Some(&old))
        .await
        .is(200);
    for method in ["PATCH", "PUT", "DELETE"] {
        let body = meeting("C", "2026-03-05T10:00:00", "2026-03-05T11:00:00");
        let answer = w.call_if(method, &path, Some(body), Some(&old)).await;
        assert_eq!(answer.is(412).reason(), "conditionNotMet");
    }
    w.call_if("DELETE", &path, None, Some("*")).await.is(204);
}

#[tokio::test]
async fn bodies_google_would_refuse() {
    let w = world(Seed::Empty);
    let good = meeting("A", "2026-03-05T10:00:00", "2026-03-05T11:00:00");
    let with = |key: &str, value: serde_json::Value| {
        let mut body = good.clone();
        body[key] = value;
        body
    };
    let mut zoneless = weekly("Series");
    zoneless["start"] = json!({"dateTime": "2026-03-03T10:00:00+01:00"});
    zoneless["end"] = json!({"dateTime": "2026-03-03T11:00:00+01:00"});
    for body in [
        with("end", json!({"date": "2026-03-06"})),
        with("end", json!({"dateTime": "2026-03-05T09:00:00+01:00"})),
        with("start", json!(null)),
        with("start", json!({"dateTime": "2026-03-05T10:00:00"})),
        with(
            "start",
            json!({"dateTime": "2026-03-05T10:00:00", "timeZone": "Mars/Base"}),
        ),
        with("recurrence", json!(["DTSTART:20260305T100000"])),
        with("attendees", json!([{"email": "nobody"}])),
        with(
            "extendedProperties",
            json!({"private": {"k": "x".repeat(1025)}}),
        ),
        zoneless,
    ] {
        w.call("POST", EVENTS, Some(body.clone())).await.is(400);
    }
    w.call("POST", EVENTS, Some(good.clone())).await.is(200);
    assert!(w.sim.snapshot(ADA).len() == 1);
    w.is_clean();
    if !w.has_description() {
        return;
    }
    w.call(
        "POST",
        &format!("{EVENTS}?sendUpdate=all"),
        Some(with("sumary", json!("typo"))),
    )
    .await
    .is(200);
    assert_eq!(w.sim.desk().violations().len(), 2);
}

#[tokio::test]
async fn patches_replace_lists_and_merge_objects() {
    let w = world(Seed::Empty);
    let mut body = meeting("A", "2026-03-05T10:00:00", "2026-03-05T11:00:00");
    body["attendees"] = json!([{"email": "a@x.example"}, {"email": "b@x.example"}]);
    body["extendedProperties"] = json!({"private": {"a": "1"}});
    let id = w.sim.put_event(ADA, &body).unwrap();
    let patch = json!({"attendees": [{"email": "c@x.example"}], "extendedProperties": {"private": {"b": "2"}}, "description": null});
    let answer = w
        .call("PATCH", &format!("{EVENTS}/{id}"), Some(patch))
        .await
        .is(200)
        .json();
    assert_eq!(answer["attendees"].as_array().unwrap().len(), 1);
    assert_eq!(
        answer["extendedProperties"]["private"],
        json!({"a": "1", "b": "2"})
    );
}

#[tokio::test]
async fn moved_events_are_cancelled_here_and_new_there() {
    let w = world(Seed::Demo);
    let id = w
        .sim
        .put_event(
            ADA,
            &meeting("A", "2026-03-05T10:00:00", "2026-03-05T11:00:00"),
        )
        .unwrap();
    let target = "client-work-ada@group.calendar.google.com";
    let (_, here) = w.pull(ADA, None, "").await.ok().unwrap();
    let (_, there) = w.pull(target, None, "").await.ok().unwrap();
    let moved = w
        .call(
            "POST",
            &format!("{EVENTS}/{id}/move?destination={target}"),
            None,
        )
        .await
        .is(200)
        .json();
    let (gone, _) = w.pull(ADA, Some(&here), "").await.ok().unwrap();
    let (new, _) = w.pull(target, Some(&there), "").await.ok().unwrap();
    assert_eq!(
        (&gone[0]["status"], &new[0]["iCalUID"]),
        (&json!("cancelled"), &moved["iCalUID"])
    );
    w.is_clean();
}

#[tokio::test]
async fn meet_links_are_pending_first() {
    let w = world(Seed::Empty);
    let mut body = meeting("Call", "2026-03-05T10:00:00", "2026-03-05T11:00:00");
    body["conferenceData"] = json!({"createRequest": {"requestId": "bk_1-1", "conferenceSolutionKey": {"type": "hangoutsMeet"}}});
    let ignored = w
        .call("POST", EVENTS, Some(body.clone()))
        .await
        .is(200)
        .json();
    assert!(
        ignored.get("conferenceData").is_none(),
        "without conferenceDataVersion=1"
    );
    let path = format!("{EVENTS}?conferenceDataVersion=1");
    let made = w
        .call("POST", &path, Some(body.clone()))
        .await
        .is(200)
        .json();
    let status = "/conferenceData/createRequest/status/statusCode";
    assert_eq!(made.pointer(status).unwrap(), "pending");
    let event = format!("{EVENTS}/{}", made["id"].as_str().unwrap());
    assert_eq!(
        w.get(&event).await.json().pointer(status).unwrap(),
        "pending"
    );
    let ready = w.get(&event).await.json();
    assert_eq!(ready.pointer(status).unwrap(), "success");
    assert_eq!(
        ready["conferenceData"]["entryPoints"][0]["entryPointType"],
        "video"
    );
    assert_eq!(
        ready["hangoutLink"],
        ready["conferenceData"]["entryPoints"][0]["uri"]
    );
    let kept = w
        .call("PATCH", &event, Some(json!({"summary": "Renamed"})))
        .await
        .json();
    assert_eq!(kept["hangoutLink"], ready["hangoutLink"]);
    w.is_clean();
    let w = world_with(Seed::Empty, |c| c.meet = Meet::Fails);
    let failed = w.call("POST", &path, Some(body)).await.is(200).json();
    assert_eq!(failed.pointer(status).unwrap(), "failure");
}

#[tokio::test]
async fn writing_needs_the_writing_scope_and_rates_are_limited() {
    let w = world_with(Seed::Empty, |c| c.rate_limit_per_minute = Some(3));
    let reader = w
        .sim
        .access_token(ADA, &["https://www.googleapis.com/auth/calendar.readonly"]);
    let w = crate::client::World { token: reader, ..w };
    let body = meeting("A", "2026-03-05T10:00:00", "2026-03-05T11:00:00");
    let refused = w.call("POST", EVENTS, Some(body)).await;
    assert_eq!(refused.is(403).reason(), "insufficientPermissions");
    assert!(refused.text().contains("ACCESS_TOKEN_SCOPE_INSUFFICIENT"));
    w.events("").await.is(200);
    w.events("").await.is(200);
    assert_eq!(w.events("").await.is(403).reason(), "rateLimitExceeded");
    w.pass(61);
    w.events("").await.is(200);
}
