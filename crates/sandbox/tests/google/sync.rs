use daybook_sandbox::google::{Role, Seed};
use serde_json::json;

use crate::client::{ADA, Mirror, World, meeting, weekly, world, world_with};

#[tokio::test]
async fn the_demo_converges_page_by_page() {
    for (newest_first, empty_pages) in [(false, false), (true, true)] {
        let w = world_with(Seed::Demo, |c| {
            c.newest_first = newest_first;
            c.empty_pages = empty_pages;
            c.page_cap = Some(3);
        });
        let mut mirror = Mirror::default();
        mirror.sync(&w, ADA, "maxResults=2500").await;
        mirror.equals_oracle(&w, ADA, "demo");
        w.is_clean();
    }
}

#[tokio::test]
async fn empty_pages_have_a_cursor_and_only_the_last_page_a_sync_token() {
    let w = world_with(Seed::Demo, |c| c.empty_pages = true);
    let first = w.events("").await.is(200).json();
    assert_eq!(first["items"], json!([]));
    assert!(first["nextPageToken"].is_string() && first.get("nextSyncToken").is_none());
}

async fn arrives(w: &World, mirror: &mut Mirror, change: &str) {
    let token = mirror.token.clone().unwrap();
    let (rows, _) = w.pull(ADA, Some(&token), "").await.ok().unwrap();
    assert!(!rows.is_empty(), "{change} is visible");
    mirror.sync(w, ADA, "").await;
    mirror.equals_oracle(w, ADA, change);
}

#[tokio::test]
async fn every_change_of_a_single_event_arrives_incrementally() {
    let w = world(Seed::Empty);
    let mut mirror = Mirror::default();
    mirror.sync(&w, ADA, "").await;
    let body = meeting("One", "2026-03-05T10:00:00", "2026-03-05T11:00:00");
    let id = w.sim.put_event(ADA, &body).unwrap();
    arrives(&w, &mut mirror, "create").await;
    w.sim
        .edit_event(ADA, &id, &json!({"summary": "Two"}))
        .unwrap();
    arrives(&w, &mut mirror, "rename").await;
    w.sim.move_instance(ADA, &id, 90).unwrap();
    arrives(&w, &mut mirror, "move").await;
    let on = |date: &str| json!({"date": date, "dateTime": null});
    let patch = json!({"start": on("2026-03-06"), "end": on("2026-03-07")});
    w.sim.edit_event(ADA, &id, &patch).unwrap();
    arrives(&w, &mut mirror, "all day").await;
    assert!(w.sim.delete_event(ADA, &id));
    arrives(&w, &mut mirror, "delete").await;
    assert!(w.sim.snapshot(ADA).is_empty() && mirror.rows.is_empty());
}

#[tokio::test]
async fn every_change_of_a_series_arrives_incrementally() {
    let w = world(Seed::Empty);
    let mut mirror = Mirror::default();
    mirror.sync(&w, ADA, "").await;
    let id = w.sim.put_event(ADA, &weekly("Series")).unwrap();
    arrives(&w, &mut mirror, "create").await;
    w.sim
        .move_instance(ADA, &format!("{id}_20260310T090000Z"), 30)
        .unwrap();
    arrives(&w, &mut mirror, "move instance").await;
    assert!(w.sim.cancel_instance(ADA, &id, "20260317T090000Z"));
    arrives(&w, &mut mirror, "cancel instance").await;
    assert_eq!(w.sim.snapshot(ADA).len(), 3);
    let patch = json!({"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=1"]});
    w.sim.edit_event(ADA, &id, &patch).unwrap();
    arrives(&w, &mut mirror, "edit series").await;
    assert!(w.sim.delete_event(ADA, &id));
    arrives(&w, &mut mirror, "delete series").await;
    assert!(w.sim.snapshot(ADA).is_empty());
}

#[tokio::test]
async fn cancelled_rows_have_the_promised_shape() {
    let w = world(Seed::Empty);
    let series = w.sim.put_event(ADA, &weekly("Series")).unwrap();
    let single = w
        .sim
        .put_event(
            ADA,
            &meeting("One", "2026-03-05T10:00:00", "2026-03-05T11:00:00"),
        )
        .unwrap();
    let (_, token) = w.pull(ADA, None, "").await.ok().unwrap();
    w.sim.cancel_instance(ADA, &series, "20260310T090000Z");
    w.sim.delete_event(ADA, &single);
    let (rows, _) = w.pull(ADA, Some(&token), "").await.ok().unwrap();
    assert_eq!(rows[0]["id"], format!("{series}_20260310T090000Z"));
    assert_eq!(
        rows[0]["originalStartTime"]["dateTime"],
        "2026-03-10T10:00:00+01:00"
    );
    assert!(rows[0].get("summary").is_none() && rows[1].get("start").is_none());
    assert_eq!(rows[1]["status"], "cancelled");
    // A full pass keeps the hole and hides the tombstone, unless it is asked for.
    let (full, _) = w.pull(ADA, None, "").await.ok().unwrap();
    assert_eq!(
        full.iter().filter(|r| r["status"] == "cancelled").count(),
        1
    );
    let (full, _) = w.pull(ADA, None, "showDeleted=true").await.ok().unwrap();
    assert_eq!(
        full.iter().filter(|r| r["status"] == "cancelled").count(),
        2
    );
}

#[tokio::test]
async fn forbidden_combinations_are_400() {
    let w = world(Seed::Demo);
    let (_, token) = w.pull(ADA, None, "singleEvents=false").await.ok().unwrap();
    let token: String = url::form_urlencoded::byte_serialize(token.as_bytes()).collect();
    for extra in [
        "iCalUID=x",
        "orderBy=updated",
        "privateExtendedProperty=a%3Db",
        "q=x",
        "sharedExtendedProperty=a%3Db",
        "timeMin=2026-01-01T00:00:00Z",
        "timeMax=2026-01-01T00:00:00Z",
        "updatedMin=2026-01-01T00:00:00Z",
        "showDeleted=false",
        "eventTypes=default",
    ] {
        let answer = w
            .events(&format!("singleEvents=false&syncToken={token}&{extra}"))
            .await;
        assert_eq!(answer.is(400).reason(), "invalid", "{extra}");
    }
    w.events(&format!("syncToken={token}")).await.is(400);
    w.events(&format!(
        "singleEvents=false&syncToken={token}&maxResults=5"
    ))
    .await
    .is(200);
    w.events("orderBy=startTime").await.is(400);
    w.events("timeMin=yesterday").await.is(400);
    w.is_clean();
}

#[tokio::test]
async fn sync_tokens_die_by_age_by_role_and_on_command() {
    let w = world_with(Seed::Demo, |c| c.sync_token_ttl_s = Some(3600));
    let (_, token) = w.pull(ADA, None, "").await.ok().unwrap();
    w.sim.invalidate_sync_tokens(ADA);
    let dead = w.pull(ADA, Some(&token), "").await.err().unwrap();
    assert_eq!(dead.is(410).reason(), "fullSyncRequired");
    let (_, token) = w.pull(ADA, None, "").await.ok().unwrap();
    w.sim.share(ADA, ADA, Role::Owner);
    w.pull(ADA, Some(&token), "").await.err().unwrap().is(410);
    let (_, token) = w.pull(ADA, None, "").await.ok().unwrap();
    w.pass(3601);
    let again = w.sim.access_token(ADA, &crate::client::SCOPES);
    let w = crate::client::World { token: again, ..w };
    w.pull(ADA, Some(&token), "").await.err().unwrap().is(410);
    w.pull(ADA, Some("garbage"), "")
        .await
        .err()
        .unwrap()
        .is(410);
}

#[tokio::test]
async fn changes_made_between_pages_belong_to_the_next_sync() {
    let w = world_with(Seed::Empty, |c| c.page_cap = Some(1));
    let one = w
        .sim
        .put_event(
            ADA,
            &meeting("One", "2026-03-05T10:00:00", "2026-03-05T11:00:00"),
        )
        .unwrap();
    let two = w
        .sim
        .put_event(
            ADA,
            &meeting("Two", "2026-03-06T10:00:00", "2026-03-06T11:00:00"),
        )
        .unwrap();
    let first = w.events("").await.is(200).json();
    assert_eq!(first["items"][0]["id"], one);
    w.sim
        .edit_event(ADA, &two, &json!({"summary": "Late"}))
        .unwrap();
    let page: String =
        url::form_urlencoded::byte_serialize(first["nextPageToken"].as_str().unwrap().as_bytes())
            .collect();
    let last = w.events(&format!("pageToken={page}")).await.is(200).json();
    assert_eq!(last["items"], json!([]));
    let (rows, _) = w
        .pull(ADA, last["nextSyncToken"].as_str(), "")
        .await
        .ok()
        .unwrap();
    assert_eq!(rows[0]["summary"], "Late");
    w.events(&format!("pageToken={page}&q=x")).await.is(400);
}

#[tokio::test]
async fn windows_compare_ends_with_time_min_and_starts_with_time_max() {
    let w = world(Seed::Empty);
    w.sim
        .put_event(
            ADA,
            &meeting(
                "Past",
                "2026-03-01T10:00:00+01:00",
                "2026-03-01T11:00:00+01:00",
            ),
        )
        .unwrap();
    w.sim.put_event(ADA, &weekly("Series")).unwrap();
    let query = |min: &str, max: &str| format!("timeMin={min}&timeMax={max}");
    let count = async |q: String| w.pull(ADA, None, &q).await.ok().unwrap().0.len();
    assert_eq!(
        count(query("2026-03-01T10:00:00Z", "2026-03-01T12:00:00Z")).await,
        0,
        "ends at timeMin"
    );
    assert_eq!(
        count(query("2026-03-01T09:59:00Z", "2026-03-01T12:00:00Z")).await,
        1
    );
    assert_eq!(
        count(query("2026-04-01T00:00:00Z", "2026-04-30T00:00:00Z")).await,
        1,
        "the series goes on"
    );
    assert_eq!(
        count(query("2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z")).await,
        0,
        "eight weeks only"
    );
}

#[tokio::test]
async fn single_events_mode_lists_instances_in_order() {
    let w = world(Seed::Empty);
    let series = w.sim.put_event(ADA, &weekly("Series")).unwrap();
    w.sim.cancel_instance(ADA, &series, "20260310T090000Z");
    let (rows, token) = w
        .pull(
            ADA,
            None,
            "singleEvents=true&orderBy=startTime&maxResults=3",
        )
        .await
        .ok()
        .unwrap();
    assert_eq!(rows.len(), 7);
    assert!(
        rows.iter()
            .all(|r| r.get("recurrence").is_none() && r["recurringEventId"] == series)
    );
    assert!(token.is_empty(), "ordered listings have no sync token");
    let times: Vec<&str> = rows
        .iter()
        .map(|r| r["start"]["dateTime"].as_str().unwrap())
        .collect();
    assert_eq!(
        times[3], "2026-03-31T10:00:00+02:00",
        "wall time survives the change of clocks"
    );
}

#[tokio::test]
async fn exceptions_may_lack_their_master() {
    let w = world(Seed::Empty);
    let mut body = meeting("Orphan", "2026-03-10T12:00:00", "2026-03-10T13:00:00");
    body["recurringEventId"] = json!("gone");
    body["originalStartTime"] =
        json!({"dateTime": "2026-03-10T10:00:00", "timeZone": "Europe/Berlin"});
    w.sim.put_event(ADA, &body).unwrap();
    let (rows, _) = w.pull(ADA, None, "").await.ok().unwrap();
    assert_eq!(rows[0]["id"], "gone_20260310T090000Z");
    assert_eq!(rows[0]["recurringEventId"], "gone");
}

#[tokio::test]
async fn a_huge_calendar_pages_through() {
    let w = world(Seed::Load(10_000));
    let token = w
        .sim
        .access_token("load@northwind.example", &crate::client::SCOPES);
    let w = crate::client::World { token, ..w };
    let (rows, _) = w
        .pull("primary", None, "maxResults=2500")
        .await
        .ok()
        .unwrap();
    assert_eq!(rows.len(), 10_000);
}
