//! The pages where people change their events.

use daybook_sandbox::microsoft::Seed;
use serde_json::json;

use crate::client::{ADA, encode, meeting, world};

#[tokio::test]
async fn a_person_can_be_opened_and_changed() {
    let w = world(Seed::Demo);
    assert!(
        w.page("/")
            .await
            .is(200)
            .text()
            .contains("A pretend Microsoft 365")
    );
    let path = format!("/people/{}", encode(ADA));
    let page = w.page(&path).await.is(200).text();
    for title in [
        "Daily check-in (with Bo)",
        "Team offsite",
        "Client work",
        "repeats",
    ] {
        assert!(page.contains(title), "{title}");
    }
    let fields = [
        ("calendar", w.home.as_str()),
        ("title", "<Pitch>"),
        ("start", "2026-03-05T10:00"),
        ("minutes", "30"),
    ];
    let answer = w.form(&format!("{path}/add"), &fields).await;
    assert!(
        answer.is(303).headers["location"]
            .to_str()
            .unwrap()
            .contains("Added")
    );
    assert!(w.page(&path).await.text().contains("&lt;Pitch&gt;"));
    let wrong = [
        ("calendar", w.home.as_str()),
        ("title", "x"),
        ("start", "soon"),
        ("minutes", "30"),
    ];
    let answer = w.form(&format!("{path}/add"), &wrong).await;
    assert!(
        answer.headers["location"]
            .to_str()
            .unwrap()
            .contains("Nothing")
    );
    w.page("/people/nobody").await.is(404);
}

#[tokio::test]
async fn events_are_renamed_moved_and_deleted() {
    let w = world(Seed::Empty);
    let id = w
        .sim
        .put_event(
            &w.home,
            &meeting("M", "2026-03-05T10:00:00", "2026-03-05T11:00:00"),
        )
        .unwrap();
    let act = async |what: &str| {
        let fields = [
            ("calendar", w.home.as_str()),
            ("event", id.as_str()),
            ("title", "New"),
            ("do", what),
        ];
        w.form(&format!("/people/{}/change", encode(ADA)), &fields)
            .await
            .is(303)
            .headers["location"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert!(act("rename").await.ends_with("Renamed%2E"));
    assert!(act("later").await.ends_with("Moved%2E"));
    let event = w.sim.event(&w.home, &id).unwrap();
    assert_eq!(
        (&event["subject"], &event["start"]),
        (&json!("New"), &json!("2026-03-05T10:00:00Z"))
    );
    assert!(act("delete").await.ends_with("Deleted%2E"));
    assert!(act("delete").await.contains("Nothing"));
}
