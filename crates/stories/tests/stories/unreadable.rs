//! Events of CalDAV servers that are large, or that nobody can read: their time stays taken, and nothing known is lost.

use daybook_domain::CalendarId;
use daybook_engine::Principal;
use daybook_sandbox::caldav::CalendarSpec;
use daybook_testkit::{CALDAV_PASSWORD, CALDAV_USER, World};

use crate::availability::{THURSDAY, configure, day, on, starts};
use crate::mirror::ics;
use crate::{calendar, counts, titles, week};

/// An empty calendar, by its path.
fn home(world: &World) -> String {
    world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
    world
        .caldav
        .add_calendar(CALDAV_USER, CalendarSpec::named("Home"))
        .unwrap()
}

/// Its owner, the calendar connected and synced for the first time.
async fn connected(world: &World) -> (Principal, CalendarId) {
    let who = world.owner("ada").await;
    let id = world.connect_caldav(&who).await.calendars[0].id;
    world.run_jobs().await;
    (who, id)
}

/// Ids, starts and titles of everything shown.
async fn shown(world: &World, who: &Principal) -> Vec<(String, String, String)> {
    let events = week(world, who).await;
    events
        .iter()
        .map(|e| {
            (
                e.id.to_string(),
                e.start_us.to_string(),
                e.details.title.clone(),
            )
        })
        .collect()
}

fn starts_of(shown: &[(String, String, String)]) -> Vec<&str> {
    shown.iter().map(|(_, start, _)| start.as_str()).collect()
}

/// A description of 5 MB, an attachment of 1.5 MB in the event itself, and a line that the server did not fold.
#[tokio::test]
async fn what_is_large_takes_its_time_all_the_same() {
    let world = World::builder().build().await.unwrap();
    let home = home(&world);
    let folded =
        |name: &str, rows: usize| format!("{name}:{}", vec!["x".repeat(74); rows].join("\r\n "));
    let large = [
        ("Described", folded("DESCRIPTION", 70_000)),
        (
            "Attached",
            folded(
                "ATTACH;FMTTYPE=application/pdf;ENCODING=BASE64;VALUE=BINARY",
                20_000,
            ),
        ),
        ("Unfolded", format!("X-ALT-DESC:{}", "x".repeat(100_000))),
    ];
    for (day, (title, lines)) in (5..).zip(&large) {
        let text = ics(&format!("{day}@home"), title, day);
        let text = text.replace("SUMMARY:", &format!("{lines}\r\nSUMMARY:"));
        world
            .caldav
            .put(&format!("{home}{day}.ics"), &text)
            .unwrap();
    }
    let (who, id) = connected(&world).await;
    let events = week(&world, &who).await;
    assert_eq!(titles(&events), ["Described", "Attached", "Unfolded"]);
    for (day, event) in (5..).zip(&events) {
        assert_eq!(
            event.start_us.to_string(),
            format!("2026-03-{day:02}T10:00:00Z")
        );
        assert_eq!(
            event.end_us.to_string(),
            format!("2026-03-{day:02}T11:00:00Z")
        );
        assert!(event.busy);
    }
    let settings = configure(&world, &who, &[id], |_| ()).await;
    let found = on(&world, &who, settings, day(THURSDAY)).await;
    assert_eq!(starts(&found), [9, 10, 12, 13, 14, 15, 16]);
}

/// A known event without a start, with more inside one another or more lines than anything needs: it stays as it was, also through a full
/// read, and is not fetched at every one. What is really gone goes.
#[tokio::test]
async fn what_cannot_be_read_stays_as_it_was() {
    for world in World::on_all(World::builder()).await {
        let home = home(&world);
        let known = format!("{home}known.ics");
        let good = ics("known@home", "Known", 5);
        world.caldav.put(&known, &good).unwrap();
        let other = ics("other@home", "Other", 6);
        world
            .caldav
            .put(&format!("{home}other.ics"), &other)
            .unwrap();
        let (who, id) = connected(&world).await;
        let before = shown(&world, &who).await;
        assert_eq!(before.len(), 2);
        let usual = world.sync(&who, id).await.unwrap().provider_calls;
        for text in [
            good.replace("DTSTART:", "X-START:"),
            good.replace("DTSTART:20260305T100000Z", "DTSTART:soon"),
            good.replace("SUMMARY:", &("BEGIN:X\r\n".repeat(10) + "SUMMARY:")),
            good.replace("SUMMARY:", &("X:1\r\n".repeat(100_001) + "SUMMARY:")),
        ] {
            world.caldav.put_unchecked(&known, &text).unwrap();
            let done = world.sync(&who, id).await.unwrap();
            assert_eq!(counts(&done), (0, 0, 0, 1));
            assert_eq!(shown(&world, &who).await, before);
            let quiet = world.sync(&who, id).await.unwrap();
            assert_eq!(
                (counts(&quiet), quiet.provider_calls),
                ((0, 0, 0, 0), usual)
            );
            world.caldav.invalidate_sync_tokens();
            let full = world.sync(&who, id).await.unwrap();
            assert_eq!((full.full, counts(&full)), (true, (0, 0, 0, 2)));
            assert_eq!(shown(&world, &who).await, before);
        }
        assert!(calendar(&world, &who, id).await.last_error.is_none());
        let renamed = ics("known@home", "Known II", 5);
        world.caldav.put(&known, &renamed).unwrap();
        assert_eq!(counts(&world.sync(&who, id).await.unwrap()), (0, 1, 0, 0));
        world.caldav.delete(&known).unwrap();
        assert_eq!(counts(&world.sync(&who, id).await.unwrap()), (0, 0, 1, 0));
        assert_eq!(titles(&week(&world, &who).await), ["Other"]);
    }
}

/// Within a good answer one text ends in the middle: it is no other event, and the next read asks for it again.
#[tokio::test]
async fn what_is_cut_off_is_not_believed() {
    for world in World::on_all(World::builder()).await {
        let home = home(&world);
        let known = format!("{home}known.ics");
        let good = ics("known@home", "Known", 5);
        world.caldav.put(&known, &good).unwrap();
        let (who, id) = connected(&world).await;
        let before = shown(&world, &who).await;
        let usual = world.sync(&who, id).await.unwrap().provider_calls;
        for end in ["DTSTART", "00000Z\r\nDTEND", "END:VCALENDAR"] {
            let (cut, _) = good.split_once(end).unwrap();
            world.caldav.put_unchecked(&known, cut).unwrap();
            let done = world.sync(&who, id).await.unwrap();
            assert_eq!(counts(&done), (0, 0, 0, 1), "{end}");
            assert_eq!(shown(&world, &who).await, before, "{end}");
            let again = world.sync(&who, id).await.unwrap();
            assert!(again.provider_calls > usual, "{end}");
        }
        let renamed = ics("known@home", "Known II", 5);
        world.caldav.put(&known, &renamed).unwrap();
        assert_eq!(counts(&world.sync(&who, id).await.unwrap()), (0, 1, 0, 0));
        let quiet = world.sync(&who, id).await.unwrap();
        assert_eq!(quiet.provider_calls, usual, "forgotten");
    }
}

/// Three Thursdays at 10:00Z, the second of which says `changed` of itself.
fn series(title: &str, changed: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:s@home\r\nDTSTAMP:20260301T000000Z\r\n\
         DTSTART:20260305T100000Z\r\nDTEND:20260305T110000Z\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\nSUMMARY:{title}\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nUID:s@home\r\nDTSTAMP:20260301T000000Z\r\nSUMMARY:Moved\r\n{changed}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

/// Of a series with a changed occurrence that nobody can read the rest is followed, and that occurrence stays where it was.
#[tokio::test]
async fn a_broken_occurrence_takes_nothing_from_its_series() {
    for world in World::on_all(World::builder()).await {
        let home = home(&world);
        let resource = format!("{home}s.ics");
        let moved = |to: &str| {
            format!(
                "RECURRENCE-ID:20260312T100000Z\r\nDTSTART:20260312T{to}0000Z\r\nDTEND:20260312T{to}3000Z"
            )
        };
        let text = series("Weekly", &moved("14"));
        world.caldav.put(&resource, &text).unwrap();
        let (who, id) = connected(&world).await;
        let at = |second: &str| {
            ["2026-03-05T10:00:00Z", second, "2026-03-19T10:00:00Z"].map(str::to_owned)
        };
        assert_eq!(
            starts_of(&shown(&world, &who).await),
            at("2026-03-12T14:00:00Z")
        );
        for (changed, counted) in [
            ("RECURRENCE-ID:20260312T100000Z", (0, 1, 0, 1)),
            (
                "RECURRENCE-ID:soon\r\nDTSTART:20260312T140000Z",
                (0, 0, 0, 2),
            ),
        ] {
            let text = series("Weekly II", changed);
            world.caldav.put_unchecked(&resource, &text).unwrap();
            let done = world.sync(&who, id).await.unwrap();
            assert_eq!(counts(&done), counted, "{changed}");
            let events = week(&world, &who).await;
            assert_eq!(titles(&events), ["Weekly II", "Moved", "Weekly II"]);
            assert_eq!(
                starts_of(&shown(&world, &who).await),
                at("2026-03-12T14:00:00Z")
            );
        }
        let text = series("Weekly II", &moved("15"));
        world.caldav.put(&resource, &text).unwrap();
        assert_eq!(counts(&world.sync(&who, id).await.unwrap()), (0, 1, 0, 1));
        assert_eq!(
            starts_of(&shown(&world, &who).await),
            at("2026-03-12T15:00:00Z")
        );
        world.caldav.delete(&resource).unwrap();
        world.sync(&who, id).await.unwrap();
        assert!(shown(&world, &who).await.is_empty());
    }
}
