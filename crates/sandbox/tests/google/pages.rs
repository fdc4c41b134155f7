use daybook_sandbox::google::Seed;

use crate::client::{ADA, world};

#[tokio::test]
async fn a_person_changes_their_calendar_by_hand() {
    let w = world(Seed::Demo);
    let index = w.page("/").await.is(200).text();
    assert!(index.contains("Bo Lindqvist") && index.contains("/people/ada%40northwind%2Eexample"));
    let before = w.sim.snapshot(ADA).len();
    let fields = [
        ("title", "Lunch <b>& more</b>"),
        ("calendar", ADA),
        ("start", "2026-03-05T12:00"),
        ("minutes", "45"),
    ];
    w.form("/people/ada@northwind.example/add", &fields)
        .await
        .is(303);
    let page = w
        .page("/people/ada@northwind.example?note=Added.")
        .await
        .is(200)
        .text();
    assert!(
        page.contains("Lunch &lt;b&gt;&amp; more&lt;/b&gt;") && page.contains("role=status>Added.")
    );
    let added = w
        .sim
        .snapshot(ADA)
        .into_iter()
        .find(|e| e.summary.starts_with("Lunch <"))
        .unwrap();
    assert_eq!(w.sim.snapshot(ADA).len(), before + 1);
    let act = async |what: &str, title: &str| {
        let fields = [
            ("calendar", ADA),
            ("event", added.id.as_str()),
            ("title", title),
            ("do", what),
        ];
        w.form("/people/ada@northwind.example/change", &fields)
            .await
            .is(303)
            .headers["location"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert!(act("rename", "Dinner").await.ends_with("Renamed%2E"));
    act("later", "").await;
    let now = w
        .sim
        .snapshot(ADA)
        .into_iter()
        .find(|e| e.id == added.id)
        .unwrap();
    assert!(now.summary == "Dinner" && now.start != added.start);
    act("delete", "").await;
    assert_eq!(w.sim.snapshot(ADA).len(), before);
    assert!(act("delete", "").await.contains("Nothing"));
    w.page("/people/nobody@x.example").await.is(404);
}

#[tokio::test]
async fn read_only_calendars_refuse_with_a_note() {
    let w = world(Seed::Demo);
    let holidays = [
        ("title", "x"),
        ("calendar", "en.german#holiday@group.v.calendar.google.com"),
        ("start", "2026-03-05T12:00"),
        ("minutes", "45"),
    ];
    let refused = w.form("/people/ada@northwind.example/add", &holidays).await;
    assert!(
        refused.headers["location"]
            .to_str()
            .unwrap()
            .contains("read")
    );
}
