use daybook_sandbox::google::Seed;
use serde_json::json;

use crate::client::{ADA, meeting, weekly, world};

#[tokio::test]
async fn busy_blocks_merge_and_unknown_calendars_are_unknown() {
    let w = world(Seed::Empty);
    let series = w.sim.put_event(ADA, &weekly("Series")).unwrap();
    w.sim
        .put_event(
            ADA,
            &meeting("Next to it", "2026-03-10T11:00:00", "2026-03-10T12:00:00"),
        )
        .unwrap();
    let mut free = meeting("Free", "2026-03-11T11:00:00", "2026-03-11T12:00:00");
    free["transparency"] = json!("transparent");
    w.sim.put_event(ADA, &free).unwrap();
    w.sim.cancel_instance(ADA, &series, "20260317T090000Z");
    let body = json!({"timeMin": "2026-03-09T00:00:00Z", "timeMax": "2026-04-01T00:00:00Z",
        "items": [{"id": ADA}, {"id": "nobody@x.example"}]});
    let answer = w.call("POST", "/freeBusy", Some(body)).await.is(200).json();
    let busy = &answer["calendars"][ADA]["busy"];
    let want = json!([
        {"start": "2026-03-10T09:00:00Z", "end": "2026-03-10T11:00:00Z"},
        {"start": "2026-03-24T09:00:00Z", "end": "2026-03-24T10:00:00Z"},
        {"start": "2026-03-31T08:00:00Z", "end": "2026-03-31T09:00:00Z"},
    ]);
    assert_eq!(*busy, want);
    assert_eq!(
        answer["calendars"]["nobody@x.example"]["errors"][0]["reason"],
        "notFound"
    );
    let body =
        json!({"timeMin": "2026-01-01T00:00:00Z", "timeMax": "2026-12-01T00:00:00Z", "items": []});
    assert_eq!(
        w.call("POST", "/freeBusy", Some(body))
            .await
            .is(400)
            .reason(),
        "timeRangeTooLong"
    );
    w.is_clean();
}
