//! A move between accounts that is asked for again at once, without a key, as somebody does who sees an error: it is the same move.

use daybook_domain::CalendarId;
use daybook_engine::Principal;
use daybook_engine::calendars::settings::enable;
use daybook_engine::events::write::Error;
use daybook_engine::events::write::create::create;
use daybook_engine::events::write::relocate::relocate;
use daybook_engine::store::instances::InstanceView;
use daybook_sandbox::caldav::CalendarSpec;
use daybook_sandbox::fault::{Fault, Rule};
use daybook_testkit::{CALDAV_PASSWORD, CALDAV_USER, World};

use crate::ada;
use crate::moves::{google_and_home, places, to};
use crate::writes::review;

async fn moved(
    world: &World,
    who: &Principal,
    event: &InstanceView,
    from: CalendarId,
    home: CalendarId,
) -> Result<InstanceView, Error> {
    relocate(&world.cx, who, from, event.id.into(), to(home), None).await
}

#[tokio::test]
async fn a_move_asked_for_again_makes_no_second_copy() {
    let mut cut_short = 0;
    for fault in [Fault::ResetBefore, Fault::DropResponse] {
        for nth in 0..6 {
            let (world, who, google, home) = google_and_home().await;
            let event = create(&world.cx, &who, google, review(), None)
                .await
                .unwrap();
            let name = format!("{fault:?} after {nth}");
            let rule = || Rule::on("*", fault.clone()).after(nth).times(3);
            world.google.desk().add(rule());
            world.caldav.desk().add(rule());
            let first = moved(&world, &who, &event, google, home).await;
            world.google.desk().clear();
            world.caldav.desk().clear();
            if first.is_err() {
                cut_short += 1;
                // Until the way out is open again.
                world.clock.pass(600);
                moved(&world, &who, &event, google, home)
                    .await
                    .unwrap_or_else(|error| panic!("{name}: {first:?}, then {error}"));
            }
            for _ in 0..2 {
                let at = places(&world, &who, "Review", &[google, home]).await;
                assert_eq!(at, [home], "{name}: {first:?}");
                world.clock.pass(180);
                world.run_jobs().await;
            }
        }
    }
    assert!(cut_short > 3, "only {cut_short} were cut short");
}

#[tokio::test]
async fn an_event_on_its_way_goes_nowhere_else() {
    let world = World::builder().build().await.unwrap();
    let (who, _, google) = ada(&world).await;
    world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
    for name in ["Home", "Work"] {
        let spec = CalendarSpec::named(name);
        world.caldav.add_calendar(CALDAV_USER, spec).unwrap();
    }
    let calendars = world.connect_caldav(&who).await.calendars;
    for calendar in &calendars {
        enable(&world.cx, &who, calendar.id, true).await.unwrap();
    }
    world.run_jobs().await;
    let (home, elsewhere) = (calendars[0].id, calendars[1].id);
    let event = create(&world.cx, &who, google, review(), None)
        .await
        .unwrap();
    // The copy is there; nothing is heard of Google any more.
    let hang = Rule::on("*/events*", Fault::ResetBefore).after(1);
    world.google.desk().add(hang);
    let first = moved(&world, &who, &event, google, home).await;
    assert!(matches!(first, Err(Error::Unknown(_))), "{first:?}");
    world.google.desk().clear();
    let refused = moved(&world, &who, &event, google, elsewhere).await;
    assert!(matches!(refused, Err(Error::Locked(_))), "{refused:?}");
    world.clock.pass(180);
    world.run_jobs().await;
    let at = places(&world, &who, "Review", &[google, home, elsewhere]).await;
    assert_eq!(at, [home]);
}
