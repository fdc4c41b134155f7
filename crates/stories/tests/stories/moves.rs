//! An event moves to another calendar once, whatever happens to the calls: it is never in both for good, and never in none.

use daybook_domain::CalendarId;
use daybook_domain::event::Scope;
use daybook_engine::Principal;
use daybook_engine::calendars::list::list;
use daybook_engine::calendars::settings::enable;
use daybook_engine::events::write::Error;
use daybook_engine::events::write::create::{NewEvent, create};
use daybook_engine::events::write::delete::delete;
use daybook_engine::events::write::relocate::{Move, relocate};
use daybook_engine::events::write::update::{Change, update};
use daybook_engine::store::activity::Activity;
use daybook_engine::store::calendars::Filter;
use daybook_engine::store::instances::InstanceView;
use daybook_engine::timesheets::convert;
use daybook_sandbox::caldav::CalendarSpec;
use daybook_sandbox::fault::{Fault, Rule};
use daybook_testkit::{ADA, CALDAV_PASSWORD, CALDAV_USER, World, google_truth};
use serde_json::json;

use crate::writes::{draft, key, review, week};
use crate::{ada, titles};

const TEAM: &str = "team@group.calendar.google.com";

/// A world where Ada has a second calendar at Google.
async fn two_at_google() -> (World, Principal, CalendarId, CalendarId) {
    let world = World::builder().build().await.unwrap();
    world.google.add_calendar(ADA, TEAM, "Team");
    let (who, connection, home) = ada(&world).await;
    let filter = Filter {
        connection_id: Some(connection.id),
        ..Filter::default()
    };
    let found = list(&world.cx, &who, filter, None, 100).await.unwrap();
    let team = found.iter().find(|one| one.external_id == TEAM).unwrap().id;
    enable(&world.cx, &who, team, true).await.unwrap();
    world.run_jobs().await;
    (world, who, home, team)
}

/// Ada at Google, with a calendar of her own at home.
pub(crate) async fn google_and_home() -> (World, Principal, CalendarId, CalendarId) {
    let world = World::builder().build().await.unwrap();
    let (who, _, google) = ada(&world).await;
    world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
    world
        .caldav
        .add_calendar(CALDAV_USER, CalendarSpec::named("Home"))
        .unwrap();
    let home = world.connect_caldav(&who).await.calendars[0].id;
    world.run_jobs().await;
    (world, who, google, home)
}

/// Two calendars of one CalDAV account.
async fn two_at_home() -> (World, Principal, CalendarId, CalendarId) {
    let world = World::builder().build().await.unwrap();
    let who = world.owner("ada").await;
    world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
    for name in ["Home", "Work"] {
        world
            .caldav
            .add_calendar(CALDAV_USER, CalendarSpec::named(name))
            .unwrap();
    }
    let calendars = world.connect_caldav(&who).await.calendars;
    for calendar in &calendars {
        enable(&world.cx, &who, calendar.id, true).await.unwrap();
    }
    world.run_jobs().await;
    (world, who, calendars[0].id, calendars[1].id)
}

pub(crate) fn to(to: CalendarId) -> Move {
    Move {
        to,
        scope: None,
        notify: false,
    }
}

pub(crate) async fn moved(
    world: &World,
    who: &Principal,
    from: CalendarId,
    event: &InstanceView,
    ask: Move,
    name: &str,
) -> Result<InstanceView, Error> {
    relocate(&world.cx, who, from, event.id.into(), ask, Some(&key(name))).await
}

/// As [`moved`] to another account, cut short once the copy is made: from then on nothing is heard of Google.
async fn cut_after_the_copy(
    world: &World,
    who: &Principal,
    from: CalendarId,
    event: &InstanceView,
    ask: Move,
    name: &str,
) -> Result<InstanceView, Error> {
    let desk = world.google.desk();
    desk.add(Rule::on("*/events*", Fault::ResetBefore).after(1));
    let cut = moved(world, who, from, event, ask, name).await;
    desk.clear();
    cut
}

/// Where events with this title are, by calendar, after both were read anew.
pub(crate) async fn places(
    world: &World,
    who: &Principal,
    title: &str,
    of: &[CalendarId],
) -> Vec<CalendarId> {
    for id in of {
        world.sync(who, *id).await.unwrap();
    }
    let found = week(world, who).await;
    let named = found.into_iter().filter(|one| one.details.title == title);
    named.map(|one| one.calendar_id).collect()
}

#[tokio::test]
async fn google_moves_the_event_itself_with_its_time_entry() {
    let (world, who, home, team) = two_at_google().await;
    let event = create(&world.cx, &who, home, review(), None).await.unwrap();
    let bill = convert::Convert::of(event.id);
    let (entry, _) = convert::convert(&world.cx, &who, bill.clone())
        .await
        .unwrap();
    let there = moved(&world, &who, home, &event, to(team), "m")
        .await
        .unwrap();
    assert_eq!(there.calendar_id, team);
    assert_eq!(
        there.provider_event_id, event.provider_event_id,
        "the same event"
    );
    assert_eq!(there.ical_uid, event.ical_uid);
    assert_eq!(there.time_entry_id, Some(entry.id));
    let again = convert::Convert {
        instance: there.id,
        ..bill
    };
    let (same, created) = convert::convert(&world.cx, &who, again).await.unwrap();
    assert_eq!(
        (same.id, same.synced_event_id, created),
        (entry.id, Some(there.id), false)
    );
    assert_eq!(places(&world, &who, "Review", &[home, team]).await, [team]);
    let same = moved(&world, &who, home, &event, to(team), "m")
        .await
        .unwrap();
    assert_eq!(same.id, there.id, "the same request is the same move");
    let other = moved(
        &world,
        &who,
        home,
        &event,
        Move {
            notify: true,
            ..to(team)
        },
        "m",
    )
    .await;
    assert!(matches!(other, Err(Error::Reused)), "{other:?}");
    // Daybook created it, and still knows after the move: what others change is reported.
    let reported = async || {
        let lines = crate::log(&world, &who).await;
        let told = |line: &&_| is_report(line);
        lines.iter().filter(told).count()
    };
    assert_eq!(reported().await, 0);
    world
        .google
        .edit_event(
            TEAM,
            &event.provider_event_id,
            &json!({"summary": "Theirs"}),
        )
        .unwrap();
    assert_eq!(places(&world, &who, "Theirs", &[home, team]).await, [team]);
    assert_eq!(reported().await, 1);
}

fn is_report(line: &Activity) -> bool {
    line.detail["event"] == "calendar.event_updated"
}

#[tokio::test]
async fn a_series_moves_as_a_whole_with_its_exceptions() {
    for (world, who, from, there) in [two_at_google().await, two_at_home().await] {
        let weekly = NewEvent {
            recurrence: vec!["RRULE:FREQ=WEEKLY;COUNT=4".into()],
            ..draft("Rehearsal", "2026-03-09T09:00:00", "2026-03-09T09:30:00")
        };
        let first = create(&world.cx, &who, from, weekly, None).await.unwrap();
        let all: Vec<_> = week(&world, &who)
            .await
            .into_iter()
            .filter(|one| one.event_id == first.event_id)
            .collect();
        let retro = Change {
            title: Some("Retro".into()),
            ..Change::default()
        };
        update(
            &world.cx,
            &who,
            from,
            all[1].id.into(),
            Some(Scope::Instance),
            retro,
            None,
        )
        .await
        .unwrap();
        delete(
            &world.cx,
            &who,
            from,
            all[2].id.into(),
            Some(Scope::Instance),
            false,
        )
        .await
        .unwrap();
        let one = moved(&world, &who, from, &all[0], to(there), "one").await;
        assert!(
            matches!(&one, Err(Error::Invalid { pointer, .. }) if pointer == "?scope"),
            "{one:?}"
        );
        let whole = Move {
            scope: Some(Scope::Series),
            ..to(there)
        };
        moved(&world, &who, from, &all[0], whole, "all")
            .await
            .unwrap();
        world.run_jobs().await;
        assert_eq!(
            places(&world, &who, "Rehearsal", &[from, there]).await,
            [there, there]
        );
        assert_eq!(places(&world, &who, "Retro", &[from, there]).await, [there]);
    }
}

/// Google tells the exceptions of a series that moved only to the next sync of where it went: nobody changed them there. What somebody
/// changes after that is told.
#[tokio::test]
async fn the_exceptions_of_a_moved_series_are_no_changes() {
    let (world, who, home, team) = two_at_google().await;
    let weekly = NewEvent {
        recurrence: vec!["RRULE:FREQ=WEEKLY;COUNT=4".into()],
        ..draft("Rehearsal", "2026-03-09T09:00:00", "2026-03-09T09:30:00")
    };
    let first = create(&world.cx, &who, home, weekly, None).await.unwrap();
    let id = &first.provider_event_id;
    let occurrence = |stamp: &str| format!("{id}_{stamp}T080000Z");
    let rename = |calendar: &str, stamp: &str| {
        let title = json!({"summary": "Retro"});
        let edited = world
            .google
            .edit_event(calendar, &occurrence(stamp), &title);
        edited.unwrap();
    };
    let reported = async || {
        world.run_jobs().await;
        for calendar in [home, team] {
            world.sync(&who, calendar).await.unwrap();
        }
        let lines = crate::log(&world, &who).await;
        lines.iter().filter(|line| is_report(line)).count()
    };
    rename(ADA, "20260316");
    assert_eq!(reported().await, 1);
    let whole = Move {
        scope: Some(Scope::Series),
        ..to(team)
    };
    moved(&world, &who, home, &first, whole, "all")
        .await
        .unwrap();
    assert_eq!(reported().await, 1, "they came along");
    assert_eq!(places(&world, &who, "Retro", &[home, team]).await, [team]);
    world.clock.pass(60);
    assert_eq!(reported().await, 1);
    rename(TEAM, "20260323");
    assert_eq!(reported().await, 2);
}

#[tokio::test]
async fn a_move_by_the_provider_happens_once_whatever_becomes_of_the_call() {
    for fault in [Fault::DropResponse, Fault::ResetBefore, Fault::HtmlLogin] {
        for lost in 1..=3_u32 {
            let (world, who, home, team) = two_at_google().await;
            let event = create(&world.cx, &who, home, review(), None).await.unwrap();
            let name = format!("{fault:?} × {lost}");
            world
                .google
                .desk()
                .add(Rule::on("*/events*", fault.clone()).times(lost));
            let mut done = None;
            for _ in 0..5 {
                match moved(&world, &who, home, &event, to(team), "m").await {
                    Ok(event) => {
                        done = Some(event);
                        break;
                    }
                    Err(Error::Unknown(_)) => {}
                    Err(other) => panic!("{name}: {other}"),
                }
            }
            assert_eq!(
                done.unwrap_or_else(|| panic!("{name}")).calendar_id,
                team,
                "{name}"
            );
            world.google.desk().clear();
            assert_eq!(
                places(&world, &who, "Review", &[home, team]).await,
                [team],
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn a_move_by_the_provider_whose_end_is_unknown_is_looked_after() {
    for (fault, ends_there) in [(Fault::DropResponse, true), (Fault::ResetBefore, false)] {
        let (world, who, home, team) = two_at_google().await;
        let event = create(&world.cx, &who, home, review(), None).await.unwrap();
        world
            .google
            .desk()
            .add(Rule::on("*/events*", fault.clone()));
        let lost = relocate(&world.cx, &who, home, event.id.into(), to(team), None).await;
        assert!(matches!(lost, Err(Error::Unknown(_))), "{lost:?}");
        world.google.desk().clear();
        world.clock.pass(180);
        world.run_jobs().await;
        let expected = if ends_there { team } else { home };
        assert_eq!(
            places(&world, &who, "Review", &[home, team]).await,
            [expected],
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn caldav_moves_the_resource_itself_and_a_server_that_cannot_gets_a_copy() {
    for no_move in [false, true] {
        let (world, who, from, there) = two_at_home().await;
        world.caldav.tweak(|quirks| quirks.no_move = no_move);
        let event = create(&world.cx, &who, from, review(), None).await.unwrap();
        let arrived = moved(&world, &who, from, &event, to(there), "m")
            .await
            .unwrap();
        assert_eq!(arrived.calendar_id, there);
        assert_eq!(arrived.ical_uid == event.ical_uid, !no_move);
        assert_eq!(
            places(&world, &who, "Review", &[from, there]).await,
            [there]
        );
        let same = moved(&world, &who, from, &event, to(there), "m")
            .await
            .unwrap();
        assert_eq!(same.id, arrived.id);
        assert_eq!(
            places(&world, &who, "Review", &[from, there]).await,
            [there]
        );
    }
}

#[tokio::test]
async fn across_accounts_it_is_created_and_then_removed_with_its_time_entry() {
    let (world, who, google, home) = google_and_home().await;
    let weekly = NewEvent {
        recurrence: vec!["RRULE:FREQ=WEEKLY;COUNT=3".into()],
        location: Some("Room 4".into()),
        ..draft("Rehearsal", "2026-03-09T09:00:00", "2026-03-09T09:30:00")
    };
    let first = create(&world.cx, &who, google, weekly, None).await.unwrap();
    let all = week(&world, &who).await;
    delete(
        &world.cx,
        &who,
        google,
        all[1].id.into(),
        Some(Scope::Instance),
        false,
    )
    .await
    .unwrap();
    let bill = convert::Convert::of(first.id);
    let (entry, _) = convert::convert(&world.cx, &who, bill).await.unwrap();
    let whole = Move {
        scope: Some(Scope::Series),
        ..to(home)
    };
    let there = moved(&world, &who, google, &first, whole, "m")
        .await
        .unwrap();
    assert_eq!(there.details.location.as_deref(), Some("Room 4"));
    assert_eq!(
        places(&world, &who, "Rehearsal", &[google, home]).await,
        [home, home]
    );
    let billed: Vec<_> = week(&world, &who)
        .await
        .into_iter()
        .filter_map(|one| one.time_entry_id)
        .collect();
    assert_eq!(billed, [entry.id], "the first one is not billed again");
}

/// Somebody changes the event while it moves: the copy says so, nothing is lost.
#[tokio::test]
async fn what_changes_meanwhile_goes_along() {
    let (world, who, google, home) = google_and_home().await;
    let event = create(&world.cx, &who, google, review(), None)
        .await
        .unwrap();
    let cut = cut_after_the_copy(&world, &who, google, &event, to(home), "m").await;
    assert!(matches!(cut, Err(Error::Unknown(_))), "{cut:?}");
    world
        .google
        .edit_event(ADA, &event.provider_event_id, &json!({"summary": "Theirs"}))
        .unwrap();
    world.clock.pass(180);
    world.run_jobs().await;
    assert_eq!(
        places(&world, &who, "Theirs", &[google, home]).await,
        [home]
    );
    assert!(
        places(&world, &who, "Review", &[google, home])
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_move_that_was_interrupted_is_finished_and_one_that_never_began_is_not() {
    let (world, who, google, home) = google_and_home().await;
    let event = create(&world.cx, &who, google, review(), None)
        .await
        .unwrap();
    // The create arrives nowhere: nothing is done later.
    world.caldav.desk().add(Rule::on("*", Fault::ResetBefore));
    let lost = moved(&world, &who, google, &event, to(home), "a").await;
    assert!(matches!(lost, Err(Error::Unknown(_))), "{lost:?}");
    world.caldav.desk().clear();
    world.clock.pass(180);
    world.run_jobs().await;
    assert_eq!(
        places(&world, &who, "Review", &[google, home]).await,
        [google]
    );

    // The copy is there, and this process dies before the old one goes.
    let cut = cut_after_the_copy(&world, &who, google, &event, to(home), "b").await;
    assert!(matches!(cut, Err(Error::Unknown(_))), "{cut:?}");
    world.clock.pass(180);
    world.run_jobs().await;
    assert_eq!(
        places(&world, &who, "Review", &[google, home]).await,
        [home]
    );
}

/// Takes the look after it away: then the event stays in both, or the test above proves nothing.
#[tokio::test]
async fn control_without_the_look_after_it_the_event_is_in_both() {
    let (world, who, google, home) = google_and_home().await;
    let event = create(&world.cx, &who, google, review(), None)
        .await
        .unwrap();
    let cut = cut_after_the_copy(&world, &who, google, &event, to(home), "b").await;
    assert!(cut.is_err());
    // The circuit to Google closes again.
    world.clock.pass(60);
    let mut both = places(&world, &who, "Review", &[google, home]).await;
    both.sort();
    let mut expected = [google, home];
    expected.sort();
    assert_eq!(both, expected);
    // And the same request again goes on where it stopped.
    moved(&world, &who, google, &event, to(home), "b")
        .await
        .unwrap();
    assert_eq!(
        places(&world, &who, "Review", &[google, home]).await,
        [home]
    );
}

#[tokio::test]
async fn an_answer_that_is_lost_while_copying_makes_no_second_copy() {
    for lost in 1..=3_u32 {
        let (world, who, google, home) = google_and_home().await;
        let event = create(&world.cx, &who, google, review(), None)
            .await
            .unwrap();
        world
            .caldav
            .desk()
            .add(Rule::on("*", Fault::DropResponse).times(lost));
        for _ in 0..5 {
            match moved(&world, &who, google, &event, to(home), "m").await {
                Ok(_) => break,
                Err(Error::Unknown(_)) => {}
                Err(other) => panic!("{lost}: {other}"),
            }
        }
        world.caldav.desk().clear();
        world.clock.pass(180);
        world.run_jobs().await;
        assert_eq!(
            places(&world, &who, "Review", &[google, home]).await,
            [home],
            "{lost}"
        );
    }
}

#[tokio::test]
async fn what_cannot_move_is_said_so_and_stays() {
    let (world, who, google, home) = google_and_home().await;
    let event = create(&world.cx, &who, google, review(), None)
        .await
        .unwrap();
    let here = moved(&world, &who, google, &event, to(google), "a").await;
    assert!(
        matches!(&here, Err(Error::Invalid { pointer, .. }) if pointer == "/calendar_id"),
        "{here:?}"
    );
    let stranger = world.owner("bob").await;
    let foreign = moved(&world, &stranger, google, &event, to(home), "b").await;
    assert!(matches!(foreign, Err(Error::Store(_))), "{foreign:?}");
    // Somebody else's meeting, and a series with a changed occurrence, would not be the same in another account.
    let mut invitation = crate::meeting("Theirs", 6, 10);
    invitation["attendees"] = json!([
        {"email": ADA, "self": true, "responseStatus": "accepted"},
        {"email": "bo@client.example", "organizer": true, "responseStatus": "accepted"},
    ]);
    world
        .google
        .put_invitation(ADA, "bo@client.example", &invitation)
        .unwrap();
    let weekly = NewEvent {
        recurrence: vec!["RRULE:FREQ=WEEKLY;COUNT=3".into()],
        ..draft("Rehearsal", "2026-03-09T09:00:00", "2026-03-09T09:30:00")
    };
    let first = create(&world.cx, &who, google, weekly, None).await.unwrap();
    let retro = Change {
        title: Some("Retro".into()),
        ..Change::default()
    };
    update(
        &world.cx,
        &who,
        google,
        first.id.into(),
        Some(Scope::Instance),
        retro,
        None,
    )
    .await
    .unwrap();
    world.sync(&who, google).await.unwrap();
    let all = week(&world, &who).await;
    let theirs = all
        .iter()
        .find(|one| one.details.title == "Theirs")
        .unwrap();
    let refused = moved(&world, &who, google, theirs, to(home), "c").await;
    assert!(matches!(refused, Err(Error::ReadOnly(_))), "{refused:?}");
    let whole = Move {
        scope: Some(Scope::Series),
        ..to(home)
    };
    let refused = moved(&world, &who, google, &first, whole, "d").await;
    assert!(matches!(refused, Err(Error::Unsupported(_))), "{refused:?}");
    let at_google = google_truth(world.google.snapshot(ADA));
    assert_eq!(
        at_google.iter().filter(|row| row.title == "Theirs").count(),
        1
    );
    let home_events: Vec<_> = all
        .iter()
        .filter(|one| one.calendar_id == home)
        .cloned()
        .collect();
    assert!(titles(&home_events).is_empty());
}
