use daybook_sandbox::google::Seed;
use serde_json::json;

use crate::client::{ADA, meeting, world};

#[tokio::test]
async fn channels_announce_changes_until_stopped_or_expired() {
    let w = world(Seed::Demo);
    let watch = "/calendars/primary/events/watch";
    let ask = json!({"id": "ch-1", "type": "web_hook", "address": "https://d.example/hook", "token": "t0k"});
    let channel = w
        .call("POST", watch, Some(ask.clone()))
        .await
        .is(200)
        .json();
    assert_eq!(
        channel["expiration"],
        (1_772_614_800_000_i64 + 7 * 86_400_000).to_string()
    );
    assert_eq!(
        w.call("POST", watch, Some(ask)).await.is(400).reason(),
        "channelIdNotUnique"
    );
    let add = || {
        w.sim
            .put_event(
                ADA,
                &meeting("A", "2026-03-05T10:00:00", "2026-03-05T11:00:00"),
            )
            .unwrap()
    };
    add();
    let sent = w.sim.take_deliveries();
    let header = |n: usize, name: &str| {
        sent[n]
            .headers
            .iter()
            .find(|(h, _)| h == name)
            .unwrap()
            .1
            .clone()
    };
    assert_eq!(
        (
            header(0, "X-Goog-Resource-State"),
            header(1, "X-Goog-Resource-State")
        ),
        ("sync".into(), "exists".into())
    );
    assert_eq!(
        (
            header(0, "X-Goog-Message-Number"),
            header(1, "X-Goog-Message-Number")
        ),
        ("1".into(), "2".into())
    );
    assert_eq!(header(1, "X-Goog-Channel-Token"), "t0k");
    let stop = json!({"id": "ch-1", "resourceId": channel["resourceId"]});
    w.call("POST", "/channels/stop", Some(stop.clone()))
        .await
        .is(204);
    w.call("POST", "/channels/stop", Some(stop)).await.is(404);
    add();
    assert!(w.sim.take_deliveries().is_empty());
    w.is_clean();
}

#[tokio::test]
async fn holiday_calendars_cannot_be_watched() {
    let w = world(Seed::Demo);
    let holidays = "/calendars/en.german%23holiday%40group.v.calendar.google.com/events/watch";
    let ask = json!({"id": "ch-2", "type": "web_hook", "address": "https://d.example/hook"});
    let refused = w.call("POST", holidays, Some(ask)).await;
    assert_eq!(
        refused.is(400).reason(),
        "pushNotSupportedForRequestedResource"
    );
}
