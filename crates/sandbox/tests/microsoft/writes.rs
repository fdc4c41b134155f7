//! Creating, changing and deleting: markers, etags, series, meetings, answers.

use daybook_sandbox::microsoft::Seed;
use serde_json::{Value, json};

use crate::client::{World, encode, meeting, weekly, world};

const MARK: &str = "String {66f5a359-4659-4638-81a3-d1d2b2f5c5b4} Name DaybookId";

async fn create(w: &World, body: Value) -> Value {
    let path = format!("/me/calendars/{}/events", encode(&w.home));
    w.post(&path, body).await.is(201).json()
}

fn path(row: &Value) -> String {
    format!("/me/events/{}", encode(row["id"].as_str().unwrap()))
}

fn plain() -> Value {
    meeting("Talk", "2026-03-05T10:00:00", "2026-03-05T11:00:00")
}

#[tokio::test]
async fn one_transaction_makes_one_event_and_the_marker_finds_it() {
    let w = world(Seed::Empty);
    let mut body = plain();
    body["transactionId"] = json!("bk_1");
    body["singleValueExtendedProperties"] = json!([{"id": MARK, "value": "bk_1"}]);
    body["attendees"] = json!([{"type": "required", "emailAddress": {"address": "bo@client.example", "name": "Bo"}}]);
    let first = create(&w, body.clone()).await;
    assert_eq!(create(&w, body.clone()).await["id"], first["id"]);
    assert_eq!(first["attendees"][0]["status"]["response"], "none");
    assert!(
        first.get("singleValueExtendedProperties").is_none(),
        "not echoed"
    );
    let filter =
        format!("singleValueExtendedProperties/Any(ep: ep/id eq '{MARK}' and ep/value eq 'bk_1')");
    let found = w
        .all(&format!(
            "/me/events?$filter={}",
            encode(&filter).replace('+', "%20")
        ))
        .await;
    assert_eq!(found.len(), 1);
    let none = filter.replace("bk_1", "bk_2");
    assert!(
        w.all(&format!(
            "/me/events?$filter={}",
            encode(&none).replace('+', "%20")
        ))
        .await
        .is_empty()
    );
    let expand = format!("singleValueExtendedProperties($filter=id eq '{MARK}')");
    let row = w
        .get(&format!(
            "{}?$expand={}",
            path(&first),
            encode(&expand).replace('+', "%20")
        ))
        .await
        .is(200)
        .json();
    assert_eq!(
        row["singleValueExtendedProperties"],
        json!([{"id": MARK, "value": "bk_1"}])
    );
    w.call("DELETE", &path(&first), None).await.is(204);
    assert_ne!(
        create(&w, body).await["id"],
        first["id"],
        "a deleted event no longer stands for its transaction"
    );
    w.is_clean();
}

#[tokio::test]
async fn etags_guard_changes() {
    let w = world(Seed::Empty);
    let row = create(&w, plain()).await;
    let etag = row["@odata.etag"].as_str().unwrap().to_owned();
    let patch = || Some(json!({"subject": "Talk 2"}));
    let changed = w
        .call_if("PATCH", &path(&row), patch(), Some(&etag))
        .await
        .is(200)
        .json();
    assert_ne!(changed["@odata.etag"], etag.as_str());
    let stale = w.call_if("PATCH", &path(&row), patch(), Some(&etag)).await;
    assert_eq!(stale.is(412).code(), "ErrorIrresolvableConflict");
    w.call_if("DELETE", &path(&row), None, Some(&etag))
        .await
        .is(412);
    w.call_if("DELETE", &path(&row), None, Some("*"))
        .await
        .is(204);
    assert_eq!(
        w.call("DELETE", &path(&row), None).await.is(404).code(),
        "ErrorItemNotFound"
    );
    assert_eq!(
        w.call("PATCH", &path(&row), patch()).await.is(404).code(),
        "ErrorItemNotFound"
    );
}

#[tokio::test]
async fn occurrences_change_alone_and_the_series_keeps_them() {
    let w = world(Seed::Empty);
    let master = create(&w, weekly("Review")).await;
    assert_eq!(master["type"], "seriesMaster");
    let id = master["id"].as_str().unwrap();
    let on = |day| {
        w.sim
            .occurrence_id(&w.home, id, jiff::civil::date(2026, 3, day))
            .unwrap()
    };
    let at = |id: &str| format!("/me/events/{}", encode(id));
    let moved = json!({"start": {"dateTime": "2026-03-11T15:00:00", "timeZone": "Europe/Berlin"},
        "end": {"dateTime": "2026-03-11T16:00:00", "timeZone": "Europe/Berlin"}});
    let row = w
        .call("PATCH", &at(&on(10)), Some(moved))
        .await
        .is(200)
        .json();
    assert_eq!(
        (&row["type"], &row["id"], &row["originalStart"]),
        (
            &json!("exception"),
            &json!(on(10)),
            &json!("2026-03-10T09:00:00Z")
        )
    );
    w.call("DELETE", &at(&on(17)), None).await.is(204);
    w.call(
        "PATCH",
        &at(&on(24)),
        Some(json!({"recurrence": master["recurrence"]})),
    )
    .await
    .is(400);
    w.call("PATCH", &at(id), Some(json!({"subject": "Renamed"})))
        .await
        .is(200);
    let march = (
        "2026-03-01T00:00:00Z".parse().unwrap(),
        "2026-04-01T00:00:00Z".parse().unwrap(),
    );
    let kinds = |w: &World| {
        w.sim
            .snapshot(&w.home, march.0, march.1)
            .iter()
            .map(|e| (e.kind, e.subject.clone()))
            .collect::<Vec<_>>()
    };
    let is = |kind, subject: &str| (kind, subject.to_owned());
    assert_eq!(
        kinds(&w),
        [
            is("occurrence", "Renamed"),
            is("exception", "Review"),
            is("occurrence", "Renamed"),
            is("occurrence", "Renamed")
        ]
    );
    // Another pattern ends exceptions and holes.
    let mut rule = master["recurrence"].clone();
    rule["range"]["numberOfOccurrences"] = json!(4);
    w.call("PATCH", &at(id), Some(json!({"recurrence": rule})))
        .await
        .is(200);
    assert_eq!(kinds(&w).len(), 4);
    assert!(kinds(&w).iter().all(|(kind, _)| *kind == "occurrence"));
    w.call("PATCH", &at(id), Some(json!({"recurrence": null})))
        .await
        .is(200);
    assert_eq!(kinds(&w), [is("singleInstance", "Renamed")]);
}

#[tokio::test]
async fn nonsense_is_refused_with_a_reason() {
    let w = world(Seed::Empty);
    let mut cases = vec![json!({"subject": "no times"})];
    let change = |name: &str, value: Value| {
        let mut body = plain();
        body[name] = value;
        body
    };
    cases.push(change(
        "end",
        json!({"dateTime": "2026-03-05T09:00:00", "timeZone": "Europe/Berlin"}),
    ));
    cases.push(change(
        "start",
        json!({"dateTime": "yesterday", "timeZone": "Europe/Berlin"}),
    ));
    cases.push(change(
        "start",
        json!({"dateTime": "2026-03-05T10:00:00", "timeZone": "Customized Time Zone"}),
    ));
    cases.push(change("recurrence", json!({"pattern": {"type": "hourly", "interval": 1}, "range": {"type": "noEnd", "startDate": "2026-03-05"}})));
    cases.push(change("attendees", json!([{"type": "required"}])));
    cases.push(change(
        "singleValueExtendedProperties",
        json!([{"id": "DaybookId", "value": "x"}]),
    ));
    for body in cases {
        let answer = w.post("/me/events", body.clone()).await;
        assert!(
            !answer.is(400).json()["error"]["message"]
                .as_str()
                .unwrap()
                .is_empty(),
            "{body}"
        );
    }
    let broken = http::Request::post("/v1.0/me/events")
        .header("authorization", format!("Bearer {}", w.token));
    w.send(broken.body(axum::body::Body::from("{")).unwrap())
        .await
        .is(400);
}

#[tokio::test]
async fn what_the_description_does_not_know_is_noted() {
    let w = world(Seed::Empty);
    if !w.has_description() {
        return;
    }
    let mut body = plain();
    body["summary"] = json!("a word of another provider");
    body["showAs"] = json!("sleeping");
    body["type"] = json!("singleInstance");
    create(&w, body).await;
    w.get(
        &w.view("startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z&maxResults=5"),
    )
    .await
    .is(200);
    let problems: Vec<String> = w
        .sim
        .desk()
        .violations()
        .into_iter()
        .map(|v| v.problem)
        .collect();
    for wanted in [
        "event.summary",
        "value sleeping",
        "type is the server's",
        "query parameter maxResults",
    ] {
        assert!(
            problems.iter().any(|p| p.contains(wanted)),
            "{wanted}: {problems:?}"
        );
    }
}

#[tokio::test]
async fn join_links_come_late_and_the_blob_can_get_lost() {
    let w = world(Seed::Empty);
    let mut body = plain();
    body["isOnlineMeeting"] = json!(true);
    body["onlineMeetingProvider"] = json!("teamsForBusiness");
    let row = create(&w, body).await;
    assert!(row["onlineMeeting"]["joinUrl"].is_null());
    assert!(w.get(&path(&row)).await.json()["onlineMeeting"]["joinUrl"].is_null());
    let ready = w.get(&path(&row)).await.json();
    assert!(
        ready["onlineMeeting"]["joinUrl"]
            .as_str()
            .unwrap()
            .starts_with("https://teams.microsoft.com/l/meetup-join/")
    );
    let off = w
        .call(
            "PATCH",
            &path(&row),
            Some(json!({"isOnlineMeeting": false})),
        )
        .await
        .is(200)
        .json();
    assert_eq!(off["isOnlineMeeting"], true, "once online, always online");
    let content = format!(
        "<p>Agenda</p>{}",
        ready["body"]["content"].as_str().unwrap()
    );
    w.call(
        "PATCH",
        &path(&row),
        Some(json!({"body": {"contentType": "html", "content": content}})),
    )
    .await
    .is(200);
    assert_eq!(w.sim.desk().counter("events.update.lost_join_link"), 0);
    w.call(
        "PATCH",
        &path(&row),
        Some(json!({"body": {"contentType": "html", "content": "<p>Agenda</p>"}})),
    )
    .await
    .is(200);
    assert_eq!(w.sim.desk().counter("events.update.lost_join_link"), 1);
}

#[tokio::test]
async fn organizers_cancel_and_guests_answer() {
    let w = world(Seed::Empty);
    let own = create(&w, plain()).await;
    w.post(
        &format!("{}/accept", path(&own)),
        json!({"sendResponse": true}),
    )
    .await
    .is(400);
    let mut body = plain();
    body["organizer"] = json!({"emailAddress": {"address": "bo@client.example"}});
    let invited = w.sim.put_event(&w.home, &body).unwrap();
    let at = format!("/me/events/{}", encode(&invited));
    assert_eq!(
        w.get(&at).await.json()["responseStatus"]["response"],
        "notResponded"
    );
    w.post(&format!("{at}/cancel"), json!({"comment": "no"}))
        .await
        .is(400);
    for (action, response, show_as) in [
        ("tentativelyAccept", "tentativelyAccepted", "tentative"),
        ("accept", "accepted", "busy"),
    ] {
        w.post(
            &format!("{at}/{action}"),
            json!({"sendResponse": true, "comment": "ok"}),
        )
        .await
        .is(202);
        let row = w.get(&at).await.json();
        assert_eq!(
            (&row["responseStatus"]["response"], &row["showAs"]),
            (&json!(response), &json!(show_as))
        );
    }
    w.post(&format!("{at}/decline"), json!({"sendResponse": true}))
        .await
        .is(202);
    w.get(&at).await.is(404);
    w.post(
        &format!("{}/cancel", path(&own)),
        json!({"comment": "Sorry"}),
    )
    .await
    .is(202);
    w.get(&path(&own)).await.is(404);
    w.is_clean();
}
