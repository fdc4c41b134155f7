//! The mirror follows its calendar, and says exactly what it did.

use daybook_domain::event::ResponseStatus;
use daybook_engine::sync::Mode;
use daybook_sandbox::caldav::CalendarSpec;
use daybook_testkit::{ADA, CALDAV_PASSWORD, CALDAV_USER, World, google_truth, mirror};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::json;

use crate::{ada, calendar, counts, meeting, put, titles, week};

#[tokio::test]
async fn two_accounts_are_connected_and_their_events_listed() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Review", 5, 10));
        world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
        let home = world
            .caldav
            .add_calendar(CALDAV_USER, CalendarSpec::named("Home"))
            .unwrap();
        world
            .caldav
            .put(&format!("{home}a.ics"), &ics("dentist@home", "Dentist", 6))
            .unwrap();
        let (who, _, _) = ada(&world).await;
        let caldav = world.connect_caldav(&who).await;
        assert_eq!(caldav.calendars.len(), 1);
        assert!(caldav.calendars[0].sync_enabled);
        world.run_jobs().await;
        assert_eq!(titles(&week(&world, &who).await), ["Review", "Dentist"]);
        let calendar = calendar(&world, &who, caldav.calendars[0].id).await;
        assert_eq!(counts(&calendar.last_statistics.unwrap()), (1, 0, 0, 0));
        assert!(calendar.last_error.is_none() && calendar.has_cursor);
    }
}

/// Every day from 2020 on, 5,000 times, and each day has a change of its own.
#[tokio::test]
async fn five_thousand_exceptions_of_one_series_are_read() {
    const MANY: i64 = 5_000;
    let world = World::builder().build().await.unwrap();
    let first = date(2020, 1, 1);
    let days = || (0..MANY).map(|n| first.saturating_add(n.days()));
    let at = |day: Date, hour: u8| json!({"dateTime": format!("{day}T{hour:02}:00:00Z")});
    let mut daily =
        json!({"id": "daily", "summary": "Daily", "start": at(first, 9), "end": at(first, 10)});
    daily["start"]["timeZone"] = json!("UTC");
    daily["end"]["timeZone"] = json!("UTC");
    daily["recurrence"] = json!([format!("RRULE:FREQ=DAILY;COUNT={MANY}")]);
    put(&world, &daily);
    let mut overrides = String::new();
    for day in days() {
        put(
            &world,
            &json!({
                "recurringEventId": "daily", "originalStartTime": at(day, 9), "summary": format!("Changed {day}"),
                "start": at(day, 11), "end": at(day, 12),
            }),
        );
        let stamp = day.strftime("%Y%m%d");
        overrides.push_str(&format!(
            "BEGIN:VEVENT\r\nUID:daily@home\r\nDTSTAMP:20200101T000000Z\r\nRECURRENCE-ID:{stamp}T090000Z\r\nDTSTART:{stamp}T110000Z\r\nDTEND:{stamp}T120000Z\r\nSUMMARY:Changed {day}\r\nEND:VEVENT\r\n"
        ));
    }
    world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
    let home = world
        .caldav
        .add_calendar(CALDAV_USER, CalendarSpec::named("Home"))
        .unwrap();
    let resource = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:daily@home\r\nDTSTAMP:20200101T000000Z\r\nDTSTART:20200101T090000Z\r\nDTEND:20200101T100000Z\r\nRRULE:FREQ=DAILY;COUNT={MANY}\r\nSUMMARY:Daily\r\nEND:VEVENT\r\n{overrides}END:VCALENDAR\r\n"
    );
    world
        .caldav
        .put(&format!("{home}daily.ics"), &resource)
        .unwrap();
    let (who, _, google) = ada(&world).await;
    let caldav = world.connect_caldav(&who).await.calendars[0].id;
    world.run_jobs().await;
    for id in [google, caldav] {
        let held = calendar(&world, &who, id).await;
        assert!(held.last_error.is_none(), "{:?}", held.last_error);
    }
    let shown = crate::writes::week(&world, &who).await;
    let days_shown = first_of(2026, 2)
        .until(first_of(2026, 6))
        .unwrap()
        .get_days();
    for id in [google, caldav] {
        let own: Vec<_> = shown.iter().filter(|one| one.calendar_id == id).collect();
        assert_eq!(own.len(), usize::try_from(days_shown).unwrap());
        for one in own {
            let day = one.start_us.to_zoned(jiff::tz::TimeZone::UTC).date();
            assert_eq!(one.details.title, format!("Changed {day}"));
        }
    }
    // Read again, nothing is new.
    for id in [google, caldav] {
        let again = world.sync(&who, id).await.unwrap();
        assert_eq!((again.created, again.updated, again.deleted), (0, 0, 0));
    }
}

const fn first_of(year: i16, month: i8) -> Date {
    date(year, month, 1)
}

#[tokio::test]
async fn statistics_are_exact() {
    for world in World::on_all(World::builder()).await {
        let (who, _, id) = ada(&world).await;
        let single = put(&world, &meeting("Review", 5, 10));
        let mut weekly = meeting("Stand-up", 2, 9);
        weekly["recurrence"] = json!(["RRULE:FREQ=WEEKLY"]);
        let weekly = put(&world, &weekly);
        put(
            &world,
            &json!({"summary": "Holiday", "start": {"date": "2026-03-10"}, "end": {"date": "2026-03-12"}}),
        );
        let done = world.sync(&who, id).await.unwrap();
        assert_eq!(counts(&done), (3, 0, 0, 0));
        assert_eq!(done.skipped_all_day, 1);
        assert!(!done.full);

        assert_eq!(counts(&world.sync(&who, id).await.unwrap()), (0, 0, 0, 0));

        world
            .google
            .edit_event(ADA, &single, &json!({"summary": "Review II"}))
            .unwrap();
        assert_eq!(counts(&world.sync(&who, id).await.unwrap()), (0, 1, 0, 0));

        assert!(
            world
                .google
                .cancel_instance(ADA, &weekly, "20260309T080000Z")
        );
        assert_eq!(counts(&world.sync(&who, id).await.unwrap()), (0, 0, 1, 0));

        world
            .google
            .move_instance(ADA, &format!("{weekly}_20260316T080000Z"), 60)
            .unwrap();
        assert_eq!(counts(&world.sync(&who, id).await.unwrap()), (0, 1, 0, 0));

        assert!(world.google.delete_event(ADA, &single));
        assert_eq!(counts(&world.sync(&who, id).await.unwrap()), (0, 0, 1, 0));

        let done = world.sync_as(&who, id, Mode::Full).await.unwrap();
        assert_eq!(counts(&done), (0, 0, 0, 4));
        assert!(done.full);
        assert_eq!(
            mirror(&world.cx.store, who.workspace_id, id).await,
            google_truth(world.google.snapshot(ADA))
        );
    }
}

#[tokio::test]
async fn ids_survive_a_full_resync() {
    for world in World::on_all(World::builder()).await {
        let (who, _, id) = ada(&world).await;
        for day in 3..20 {
            put(&world, &meeting("Daily", day, 10));
        }
        let mut weekly = meeting("Stand-up", 2, 9);
        weekly["recurrence"] = json!(["RRULE:FREQ=WEEKLY"]);
        put(&world, &weekly);
        world.sync(&who, id).await.unwrap();
        let before: Vec<_> = week(&world, &who).await.iter().map(|e| e.id).collect();
        assert!(before.len() > 15);
        world.google.invalidate_sync_tokens(ADA);
        let done = world.sync(&who, id).await.unwrap();
        assert!(done.full);
        assert_eq!(counts(&done), (0, 0, 0, 18));
        let after: Vec<_> = week(&world, &who).await.iter().map(|e| e.id).collect();
        assert_eq!(before, after);
    }
}

#[tokio::test]
async fn an_exception_may_come_before_its_master() {
    let builder = World::builder().google(|config| {
        config.newest_first = true;
        config.page_cap = Some(1);
    });
    for world in World::on_all(builder).await {
        let who = world.owner("ada").await;
        let mut weekly = meeting("Stand-up", 2, 9);
        weekly["recurrence"] = json!(["RRULE:FREQ=WEEKLY;COUNT=4"]);
        let weekly = put(&world, &weekly);
        world
            .google
            .move_instance(ADA, &format!("{weekly}_20260309T080000Z"), 120)
            .unwrap();
        let connected = world.connect_google(&who).await;
        world.run_jobs().await;
        let events = week(&world, &who).await;
        let starts: Vec<String> = events.iter().map(|e| e.start_us.to_string()).collect();
        // The first lies before the week that lists go back by default, but not before today's.
        assert_eq!(
            starts,
            [
                "2026-03-02T08:00:00Z",
                "2026-03-09T10:00:00Z",
                "2026-03-16T08:00:00Z",
                "2026-03-23T08:00:00Z"
            ]
        );
        let one = events.iter().all(|e| e.event_id == events[0].event_id);
        assert!(one, "all instances belong to the series");
        let id = connected.calendars[0].id;
        assert_eq!(
            mirror(&world.cx.store, who.workspace_id, id).await,
            google_truth(world.google.snapshot(ADA))
        );
    }
}

#[tokio::test]
async fn declined_and_all_day_events_are_shown_for_what_they_are() {
    for world in World::on_all(World::builder()).await {
        let mut declined = meeting("Not me", 5, 10);
        declined["attendees"] = json!([{"email": ADA, "responseStatus": "declined"}, {"email": "bob@northwind.example"}]);
        put(&world, &declined);
        put(
            &world,
            &json!({"summary": "Holiday", "start": {"date": "2026-03-10"}, "end": {"date": "2026-03-12"}}),
        );
        let (who, _, _) = ada(&world).await;
        let events = week(&world, &who).await;
        assert_eq!(titles(&events), ["Not me", "Holiday"]);
        assert_eq!(events[0].response_status, ResponseStatus::Declined);
        assert!(!events[0].busy);
        assert!(events[1].all_day);
        assert_eq!(events[1].start_us.to_string(), "2026-03-09T23:00:00Z");
        assert_eq!(events[1].end_us.to_string(), "2026-03-11T23:00:00Z");
    }
}

#[tokio::test]
async fn caldav_changes_are_followed_and_ids_survive_a_refused_token() {
    for world in World::on_all(World::builder()).await {
        world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
        let home = world
            .caldav
            .add_calendar(CALDAV_USER, CalendarSpec::named("Home"))
            .unwrap();
        for day in 5..15 {
            let (name, uid) = (format!("{home}{day}.ics"), format!("{day}@home"));
            world.caldav.put(&name, &ics(&uid, "Daily", day)).unwrap();
        }
        let who = world.owner("ada").await;
        let id = world.connect_caldav(&who).await.calendars[0].id;
        assert_eq!(counts(&world.sync(&who, id).await.unwrap()), (10, 0, 0, 0));
        let before: Vec<_> = week(&world, &who).await.iter().map(|e| e.id).collect();

        world
            .caldav
            .put(&format!("{home}5.ics"), &ics("5@home", "Changed", 5))
            .unwrap();
        world.caldav.delete(&format!("{home}6.ics")).unwrap();
        assert_eq!(counts(&world.sync(&who, id).await.unwrap()), (0, 1, 1, 0));

        world.caldav.invalidate_sync_tokens();
        let done = world.sync(&who, id).await.unwrap();
        assert!(done.full);
        assert_eq!(counts(&done), (0, 0, 0, 9));
        let after: Vec<_> = week(&world, &who).await.iter().map(|e| e.id).collect();
        assert_eq!(after.len(), 9);
        assert!(after.iter().all(|id| before.contains(id)));
    }
}

/// One timed event on a day of March 2026.
pub(crate) fn ics(uid: &str, title: &str, day: u32) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260301T000000Z\r\n\
         DTSTART:202603{day:02}T100000Z\r\nDTEND:202603{day:02}T110000Z\r\nSUMMARY:{title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}
