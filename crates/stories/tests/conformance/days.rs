//! Whole days are written as days, by every scope, and never become times of some zone.

use daybook_domain::event::Scope;
use daybook_engine::events::write::create::NewEvent;
use daybook_engine::events::write::update::Change;
use daybook_engine::store::instances::InstanceView;
use daybook_testkit::World;

use crate::host::{Host, titles};
use crate::write::{Desk, at, draft, named};

fn fair() -> NewEvent {
    draft("Fair", "2026-03-05", "2026-03-07")
}

/// Mondays from 2 March, five times.
fn quiet_day() -> NewEvent {
    NewEvent {
        recurrence: vec!["RRULE:FREQ=WEEKLY;COUNT=5".into()],
        ..draft("Quiet day", "2026-03-02", "2026-03-03")
    }
}

fn on(change: Change, start: &str, end: &str) -> Change {
    Change {
        time_zone: None,
        ..at(change, start, end)
    }
}

/// First days, without the month.
fn days(events: &[InstanceView]) -> Vec<i8> {
    let day = |event: &InstanceView| {
        assert!(event.all_day, "{event:?}");
        event.start_date.unwrap().day()
    };
    events.iter().map(day).collect()
}

async fn single(desk: &Desk<'_>) {
    let event = desk.create(fair(), None).await.unwrap();
    assert_eq!(days(std::slice::from_ref(&event)), [5]);
    assert_eq!(event.end_date.unwrap().day(), 7, "exclusive");
    desk.in_step().await;
    let later = on(named("Fair II"), "2026-03-10", "2026-03-11");
    let later = desk.change(&event, None, later).await.unwrap();
    assert_eq!((later.id, days(&[later])), (event.id, vec![10]));
    desk.in_step().await;
    let timed = at(
        Change::default(),
        "2026-03-10T09:00:00",
        "2026-03-10T10:00:00",
    );
    let timed = desk.change(&event, None, timed).await.unwrap();
    assert!(!timed.all_day);
    desk.in_step().await;
    let back = on(Change::default(), "2026-03-12", "2026-03-13");
    let back = desk.change(&event, None, back).await.unwrap();
    assert_eq!(days(&[back]), [12]);
    desk.in_step().await;
    desk.remove(&event, None).await;
    assert!(desk.shown().await.is_empty());
    desk.in_step().await;
}

async fn series(desk: &Desk<'_>) {
    desk.create(quiet_day(), None).await.unwrap();
    let shown = desk.shown().await;
    assert_eq!(days(&shown), [2, 9, 16, 23, 30]);
    let one = Some(Scope::Instance);
    let moved = on(named("Open day"), "2026-03-10", "2026-03-11");
    let moved = desk.change(&shown[1], one, moved).await.unwrap();
    assert_eq!(moved.id, shown[1].id);
    desk.remove(&shown[2], one).await;
    let now = desk.shown().await;
    assert_eq!(days(&now), [2, 10, 23, 30]);
    assert_eq!(titles(&now)[1], "Open day");
    desk.in_step().await;
    let following = Some(Scope::Following);
    let later = on(named("Late"), "2026-03-24", "2026-03-25");
    desk.change(&now[2], following, later).await.unwrap();
    let now = desk.shown().await;
    assert_eq!(days(&now), [2, 10, 24, 31]);
    assert_eq!(titles(&now), ["Quiet day", "Open day", "Late", "Late"]);
    desk.in_step().await;
    let all = Some(Scope::Series);
    desk.change(&now[3], all, named("Later")).await.unwrap();
    let shift = on(Change::default(), "2026-03-25", "2026-03-26");
    desk.change(&now[2], all, shift).await.unwrap();
    let now = desk.shown().await;
    assert_eq!(titles(&now)[2..], ["Later", "Later"]);
    assert_eq!(days(&now)[2], 25);
    desk.in_step().await;
    desk.remove(&now[2], following).await;
    assert_eq!(titles(&desk.shown().await), ["Quiet day", "Open day"]);
    desk.in_step().await;
}

/// Single, instance, following and series, all of whole days.
pub async fn write_all_day(host: Host) {
    for world in World::on_all(World::builder()).await {
        single(&Desk::open(host, &world).await).await;
    }
    for world in World::on_all(World::builder()).await {
        series(&Desk::open(host, &world).await).await;
    }
}
