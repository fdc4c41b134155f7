//! An event moves into an Outlook calendar, out of one, and from one to another of the same mailbox. Graph moves no events, so each
//! of them is a copy and then a removal; whichever call is lost, the event ends in one place.

use daybook_domain::CalendarId;
use daybook_domain::event::Scope;
use daybook_engine::Principal;
use daybook_engine::calendars::settings::enable;
use daybook_engine::events::write::Error;
use daybook_engine::events::write::create::{NewEvent, create};
use daybook_engine::events::write::delete::delete;
use daybook_engine::events::write::relocate::Move;
use daybook_engine::store::instances::InstanceView;
use daybook_provider_api::error::Field;
use daybook_sandbox::fault::{Fault, Rule};
use daybook_testkit::{ADA, World};
use serde_json::json;

use crate::microsoft::{home, lawful, meeting, put};
use crate::moves::{moved, places, to};
use crate::writes::{draft, review, week};

/// A world, and two calendars of Ada's that can be written to.
struct Pair {
    world: World,
    who: Principal,
    from: CalendarId,
    to: CalendarId,
}

/// Which two calendars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Into,
    OutOf,
    Within,
}

const WAYS: [Way; 3] = [Way::Into, Way::OutOf, Way::Within];

async fn pair(way: Way) -> Pair {
    let world = World::builder().build().await.unwrap();
    world.microsoft.add_calendar(ADA, "Team");
    let who = world.owner("ada").await;
    let outlook = world.connect_microsoft(&who).await.calendars;
    for calendar in &outlook {
        enable(&world.cx, &who, calendar.id, true).await.unwrap();
    }
    let google = world.connect_google(&who).await.calendars[0].id;
    world.run_jobs().await;
    let id = |primary| outlook.iter().find(|c| c.is_primary == primary).unwrap().id;
    let (from, to) = match way {
        Way::Into => (google, id(true)),
        Way::OutOf => (id(true), google),
        Way::Within => (id(true), id(false)),
    };
    Pair {
        world,
        who,
        from,
        to,
    }
}

impl Pair {
    async fn create(&self, new: NewEvent) -> InstanceView {
        create(&self.world.cx, &self.who, self.from, new, None)
            .await
            .unwrap()
    }

    async fn moved(&self, event: &InstanceView, ask: Move) -> Result<InstanceView, Error> {
        moved(&self.world, &self.who, self.from, event, ask, "m").await
    }

    async fn places(&self, title: &str) -> Vec<CalendarId> {
        places(&self.world, &self.who, title, &[self.from, self.to]).await
    }

    /// What was begun is looked after.
    async fn later(&self) {
        self.world.clock.pass(180);
        self.world.run_jobs().await;
    }
}

fn whole(id: CalendarId) -> Move {
    Move {
        scope: Some(Scope::Series),
        ..to(id)
    }
}

#[tokio::test]
async fn it_moves_as_a_copy_and_says_the_same() {
    for way in WAYS {
        let pair = pair(way).await;
        let detailed = NewEvent {
            description: Some("Bring the plans".into()),
            location: Some("Room 4".into()),
            ..review()
        };
        let event = pair.create(detailed).await;
        let there = pair.moved(&event, to(pair.to)).await.unwrap();
        assert_eq!(there.calendar_id, pair.to, "{way:?}");
        assert_eq!(there.start_us, event.start_us, "{way:?}");
        assert_eq!(there.end_us, event.end_us, "{way:?}");
        assert_eq!(there.details.location.as_deref(), Some("Room 4"), "{way:?}");
        let says = there.details.description.as_deref();
        assert_eq!(says, Some("Bring the plans"), "{way:?}");
        assert_eq!(pair.places("Review").await, [pair.to], "{way:?}");
        let same = pair.moved(&event, to(pair.to)).await.unwrap();
        assert_eq!(same.id, there.id, "the same request is the same move");
        assert_eq!(pair.places("Review").await, [pair.to], "{way:?}");
        lawful(&pair.world);
    }
}

#[tokio::test]
async fn a_series_moves_as_a_whole_and_ends_when_it_did() {
    for way in WAYS {
        let pair = pair(way).await;
        let weekly = NewEvent {
            recurrence: vec!["RRULE:FREQ=WEEKLY;COUNT=5".into()],
            ..draft("Rehearsal", "2026-03-09T09:00:00", "2026-03-09T09:30:00")
        };
        let first = pair.create(weekly).await;
        let spans = async || -> Vec<_> {
            let all = week(&pair.world, &pair.who).await;
            all.iter().map(|one| (one.start_us, one.end_us)).collect()
        };
        let before = spans().await;
        pair.moved(&first, whole(pair.to)).await.unwrap();
        assert_eq!(pair.places("Rehearsal").await, [pair.to; 5], "{way:?}");
        assert_eq!(spans().await, before, "{way:?}");
        lawful(&pair.world);
    }
}

/// Where the clocks change within an occurrence of an Outlook series it lasts longer or shorter. That is no change of it.
#[tokio::test]
async fn a_series_of_nights_leaves_outlook() {
    let pair = pair(Way::OutOf).await;
    let mut night = meeting("Watch", 7, 22);
    night["end"]["dateTime"] = json!("2026-03-08T06:00:00");
    night["recurrence"] = json!({
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["saturday"], "firstDayOfWeek": "monday"},
        "range": {"type": "numbered", "startDate": "2026-03-07", "numberOfOccurrences": 5},
    });
    put(&pair.world, &night);
    pair.world.sync(&pair.who, pair.from).await.unwrap();
    let first = week(&pair.world, &pair.who).await.remove(0);
    pair.moved(&first, whole(pair.to)).await.unwrap();
    assert_eq!(pair.places("Watch").await, [pair.to; 5]);
}

/// Whichever call to Outlook is lost, before or after it did its work: the same request again ends the move, and so does the look
/// after it where it began.
#[tokio::test]
async fn whichever_call_is_lost_it_is_in_one_place() {
    for way in WAYS {
        let mut cut_short = 0;
        for (nth, fault) in
            (0..20).flat_map(|n| [(n, Fault::ResetBefore), (n, Fault::DropResponse)])
        {
            let pair = pair(way).await;
            let event = pair.create(review()).await;
            let name = format!("{way:?}, {fault:?} after {nth}");
            let desk = pair.world.microsoft.desk();
            desk.add(Rule::on("/v1.0/*", fault).after(nth));
            let done = pair.moved(&event, to(pair.to)).await;
            desk.clear();
            match done {
                // Asked for again inside, or not that many calls.
                Ok(_) => assert_eq!(pair.places("Review").await, [pair.to], "{name}"),
                Err(Error::Unknown(_) | Error::Provider(_)) => {
                    cut_short += 1;
                    pair.later().await;
                    assert_eq!(pair.places("Review").await.len(), 1, "{name}");
                    if pair.places("Review").await == [pair.from] {
                        let event = week(&pair.world, &pair.who).await.remove(0);
                        pair.moved(&event, to(pair.to)).await.unwrap();
                    }
                    assert_eq!(pair.places("Review").await, [pair.to], "{name}");
                }
                Err(other) => panic!("{name}: {other}"),
            }
        }
        println!("{way:?}: {cut_short} moves were cut short");
        assert!(cut_short > 0, "{way:?}: nothing was lost");
    }
}

/// The copy is in Outlook, and then nothing is heard of the calendar that the event is to leave. Without the look after it the event
/// is in both for good: the control.
#[tokio::test]
async fn a_copy_that_was_made_is_followed_by_the_removal() {
    let pair = pair(Way::Into).await;
    let event = pair.create(review()).await;
    let google = pair.world.google.desk();
    google.add(Rule::on("*/events*", Fault::ResetBefore).after(1));
    let cut = pair.moved(&event, to(pair.to)).await;
    google.clear();
    assert!(matches!(cut, Err(Error::Unknown(_))), "{cut:?}");
    pair.world.clock.pass(60);
    let mut both = pair.places("Review").await;
    both.sort();
    let mut expected = [pair.from, pair.to];
    expected.sort();
    assert_eq!(both, expected, "the control");
    pair.later().await;
    assert_eq!(pair.places("Review").await, [pair.to]);
}

/// Outlook does not take it: it stays where it is, as it is, and nothing is left there.
#[tokio::test]
async fn what_outlook_refuses_stays() {
    let pair = pair(Way::Into).await;
    let weekly = NewEvent {
        recurrence: vec!["RRULE:FREQ=WEEKLY;COUNT=3".into()],
        ..draft("Rehearsal", "2026-03-09T09:00:00", "2026-03-09T09:30:00")
    };
    let first = pair.create(weekly).await;
    let second = week(&pair.world, &pair.who).await[1].id;
    let one = Some(Scope::Instance);
    delete(
        &pair.world.cx,
        &pair.who,
        pair.from,
        second.into(),
        one,
        false,
    )
    .await
    .unwrap();
    let refused = pair.moved(&first, whole(pair.to)).await;
    assert!(
        matches!(&refused, Err(Error::Refused(error)) if error.field == Some(Field::Recurrence)),
        "{refused:?}"
    );
    assert_eq!(pair.places("Rehearsal").await, [pair.from; 2]);

    let event = pair.create(review()).await;
    let desk = pair.world.microsoft.desk();
    desk.add(Rule::on("/v1.0/*/events", Fault::Forbidden).method("POST"));
    let refused = moved(&pair.world, &pair.who, pair.from, &event, to(pair.to), "n").await;
    desk.clear();
    assert!(
        refused.is_err() && !matches!(refused, Err(Error::Unknown(_))),
        "{refused:?}"
    );
    assert_eq!(pair.places("Review").await, [pair.from]);
    pair.later().await;
    assert_eq!(pair.places("Review").await, [pair.from]);
    // Asked for once more, it goes.
    moved(&pair.world, &pair.who, pair.from, &event, to(pair.to), "o")
        .await
        .unwrap();
    assert_eq!(pair.places("Review").await, [pair.to]);
}

/// Outlook does not let it go: the copy goes again. Where that is refused, too, it is looked after.
#[tokio::test]
async fn what_outlook_keeps_is_not_in_both() {
    for (way, refusals) in [(Way::OutOf, 9), (Way::Within, 1), (Way::Within, 9)] {
        let pair = pair(way).await;
        let event = pair.create(review()).await;
        let desk = pair.world.microsoft.desk();
        desk.add(
            Rule::on("/v1.0/me/calendars/*/events/*", Fault::Forbidden)
                .method("DELETE")
                .times(refusals),
        );
        let refused = pair.moved(&event, to(pair.to)).await;
        desk.clear();
        assert!(refused.is_err(), "{refused:?}");
        let undone = !(way == Way::Within && refusals > 1);
        let places = pair.places("Review").await;
        assert_eq!(places == [pair.from], undone, "{way:?}, {refusals}");
        pair.later().await;
        assert_eq!(pair.places("Review").await.len(), 1, "{way:?}, {refusals}");
    }
}

/// Somebody changes it in Outlook while it leaves: the copy says so.
#[tokio::test]
async fn what_changes_in_outlook_meanwhile_goes_along() {
    let pair = pair(Way::OutOf).await;
    let event = pair.create(review()).await;
    let desk = pair.world.microsoft.desk();
    desk.add(Rule::on("/v1.0/*", Fault::ResetBefore).method("DELETE"));
    let cut = pair.moved(&event, to(pair.to)).await;
    desk.clear();
    assert!(matches!(cut, Err(Error::Unknown(_))), "{cut:?}");
    let calendar = home(&pair.world);
    let theirs = json!({"subject": "Theirs"});
    pair.world
        .microsoft
        .edit_event(&calendar, &event.provider_event_id, &theirs)
        .unwrap();
    pair.later().await;
    assert_eq!(pair.places("Theirs").await, [pair.to]);
    assert!(pair.places("Review").await.is_empty());
}
