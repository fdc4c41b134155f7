//! Which events are offered for billing: a calendar's filters, and each meeting once however many calendars show it.

use daybook_domain::CalendarId;
use daybook_domain::billing::{BillingFilters, LeftOut, Traits};
use daybook_engine::Principal;
use daybook_engine::calendars::{preview, settings};
use daybook_engine::events::{self, Listing, Query, hint};
use daybook_engine::store::calendars::Settings;
use daybook_engine::timesheets::{self, convert};
use daybook_sandbox::caldav::CalendarSpec;
use daybook_testkit::{CALDAV_PASSWORD, CALDAV_USER, World};
use serde_json::json;

use crate::{ada, meeting, put, titles, week};

fn list(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn without(titles: &[&str]) -> BillingFilters {
    BillingFilters {
        exclude: Traits {
            titles: list(titles),
            ..Traits::default()
        },
        ..BillingFilters::default()
    }
}

async fn filter(world: &World, who: &Principal, id: CalendarId, filters: Option<BillingFilters>) {
    let settings = Settings {
        billing_filters: Some(filters),
        ..Settings::default()
    };
    settings::update(&world.cx, who, id, settings, None)
        .await
        .unwrap();
}

fn convert(instance: daybook_domain::InstanceId) -> convert::Convert {
    convert::Convert::of(instance)
}

async fn shown(world: &World, who: &Principal, query: Query) -> Vec<String> {
    let query = Query {
        limit: 1_000,
        ..query
    };
    let found = events::list(&world.cx, who, query).await.unwrap();
    found.into_iter().map(|one| one.details.title).collect()
}

#[tokio::test]
async fn filters_leave_out_of_billing_lists_and_nothing_else() {
    for world in World::on_all(World::builder()).await {
        for (title, hour) in [("Review", 9), ("Lunch with Bo", 12), ("Design", 15)] {
            put(&world, &meeting(title, 5, hour));
        }
        put(
            &world,
            &json!({"summary": "Holiday", "start": {"date": "2026-03-06"}, "end": {"date": "2026-03-07"}}),
        );
        let (who, _, id) = ada(&world).await;
        filter(&world, &who, id, Some(without(&["LUNCH*"]))).await;
        let all = week(&world, &who).await;
        assert_eq!(all.len(), 4, "the week shows everything");
        let lunch = &all[1];
        let why = hint(lunch);
        assert_eq!(why.left_out, Some(LeftOut::Excluded));
        assert_eq!(why.matched.as_deref(), Some("title: LUNCH*"));
        let billable = |billable| Query {
            billable: Some(billable),
            ..Query::default()
        };
        let unlogged = || Query {
            converted: Some(false),
            ..Query::default()
        };
        assert_eq!(
            shown(&world, &who, billable(true)).await,
            ["Review", "Design"]
        );
        assert_eq!(
            shown(&world, &who, billable(false)).await,
            ["Lunch with Bo", "Holiday"]
        );
        assert_eq!(
            shown(&world, &who, unlogged()).await,
            ["Review", "Design", "Holiday"]
        );

        // In bulk it is refused, by hand it is taken, and then it is among what was converted.
        let bulk = convert::Convert {
            only_offered: true,
            ..convert(lunch.id)
        };
        let refused = convert::convert(&world.cx, &who, bulk.clone()).await;
        assert!(
            matches!(&refused, Err(timesheets::Error::NotOffered(why)) if why == "title: LUNCH*")
        );
        let (entry, created) = convert::convert(&world.cx, &who, convert(lunch.id))
            .await
            .unwrap();
        assert!(created);
        let again = convert::convert(&world.cx, &who, bulk).await.unwrap();
        assert_eq!((again.0.id, again.1), (entry.id, false));
        let logged = Query {
            converted: Some(true),
            ..Query::default()
        };
        assert_eq!(shown(&world, &who, logged).await, ["Lunch with Bo"]);

        filter(&world, &who, id, None).await;
        assert_eq!(
            shown(&world, &who, unlogged()).await,
            ["Review", "Design", "Holiday"]
        );
        let include = BillingFilters {
            include: Traits {
                titles: list(&["design"]),
                ..Traits::default()
            },
            ..BillingFilters::default()
        };
        filter(&world, &who, id, Some(include)).await;
        assert_eq!(shown(&world, &who, billable(true)).await, ["Design"]);
        // Filters that name nothing are none.
        filter(&world, &who, id, Some(BillingFilters::default())).await;
        assert_eq!(
            crate::calendar(&world, &who, id).await.billing_filters,
            None
        );
    }
}

#[tokio::test]
async fn pages_of_filtered_lists_hold_every_event_once() {
    for world in World::on_all(World::builder()).await {
        for n in 0..25 {
            let title = if n % 5 == 0 { "Work" } else { "Lunch" };
            put(
                &world,
                &meeting(&format!("{title} {n}"), 2 + n / 8, 8 + n % 8),
            );
        }
        let (who, _, id) = ada(&world).await;
        filter(&world, &who, id, Some(without(&["lunch"]))).await;
        for limit in [1, 2, 5, 50] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let query = Query {
                    billable: Some(true),
                    limit,
                    after,
                    ..Query::default()
                };
                let page: Listing = events::page(&world.cx, &who, query).await.unwrap();
                assert!(page.events.len() <= usize::try_from(limit).unwrap());
                found.extend(page.events.into_iter().map(|one| one.event.details.title));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(
                found,
                ["Work 0", "Work 5", "Work 10", "Work 15", "Work 20"],
                "{limit}"
            );
        }
    }
}

#[tokio::test]
async fn a_preview_counts_and_saves_nothing() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Review", 2, 9));
        put(&world, &meeting("Lunch with Bo", 2, 12));
        put(&world, &meeting("Later", 20, 12));
        put(
            &world,
            &json!({"summary": "Holiday", "start": {"date": "2026-03-03"}, "end": {"date": "2026-03-04"}}),
        );
        let (who, _, id) = ada(&world).await;
        let ask = |filters, days| preview::preview(&world.cx, &who, id, filters, days);
        let found = ask(without(&["lunch*"]), 30).await.unwrap();
        assert_eq!((found.events, found.billable, found.shown), (3, 2, 1));
        assert_eq!(titles(&found.left_out), ["Lunch with Bo"]);
        assert_eq!(
            hint(&found.left_out[0]).matched.as_deref(),
            Some("title: lunch*")
        );
        assert_eq!(
            crate::calendar(&world, &who, id).await.billing_filters,
            None
        );
        for days in [0, -1, 91, i64::MAX, i64::MIN] {
            assert!(
                ask(BillingFilters::default(), days).await.is_err(),
                "{days}"
            );
        }
        let stranger = world.owner("bob").await;
        let foreign =
            preview::preview(&world.cx, &stranger, id, BillingFilters::default(), 30).await;
        assert!(foreign.is_err());
    }
}

/// Ada's stand-up in Google and in her calendar at home, and something of her own in each.
async fn two_calendars(world: &World) -> (Principal, CalendarId) {
    let mut weekly = meeting("Stand-up", 2, 9);
    weekly["recurrence"] = json!(["RRULE:FREQ=WEEKLY;COUNT=3"]);
    weekly["iCalUID"] = json!("standup@northwind.example");
    put(world, &weekly);
    put(world, &meeting("Review", 5, 9));
    world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
    let home = world
        .caldav
        .add_calendar(CALDAV_USER, CalendarSpec::named("Home"))
        .unwrap();
    let (who, _, id) = ada(world).await;
    let uid = week(world, &who).await[0].ical_uid.clone().unwrap();
    let file = |uid: &str, title: &str, rule: &str| {
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260301T000000Z\r\n\
             DTSTART:20260302T080000Z\r\nDTEND:20260302T090000Z\r\n{rule}SUMMARY:{title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    };
    let copy = file(&uid, "Stand-up", "RRULE:FREQ=WEEKLY;COUNT=3\r\n");
    world.caldav.put(&format!("{home}copy.ics"), &copy).unwrap();
    let own = file("own@home", "Gym", "");
    world.caldav.put(&format!("{home}own.ics"), &own).unwrap();
    world.connect_caldav(&who).await;
    world.run_jobs().await;
    (who, id)
}

#[tokio::test]
async fn a_meeting_in_two_calendars_is_listed_once_and_billed_once() {
    for world in World::on_all(World::builder()).await {
        let (who, google) = two_calendars(&world).await;
        let once = || Query {
            distinct: true,
            ..Query::default()
        };
        assert_eq!(week(&world, &who).await.len(), 8);
        let mut seen = shown(&world, &who, once()).await;
        seen.sort();
        assert_eq!(seen, ["Gym", "Review", "Stand-up", "Stand-up", "Stand-up"]);
        // One by one, in pages: the same, and never the second sighting.
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let query = Query {
                limit: 1,
                after,
                ..once()
            };
            let page = events::page(&world.cx, &who, query).await.unwrap();
            found.extend(page.events);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found.len(), 5);
        let standups: Vec<_> = found
            .iter()
            .filter(|one| one.event.details.title == "Stand-up")
            .collect();
        assert_eq!(standups.len(), 3);
        assert!(
            standups.iter().all(|one| one.event.calendar_id == google),
            "the calendar that was there first"
        );
        assert!(
            standups
                .iter()
                .all(|one| one.also_in.len() == 1 && one.also_in[0].calendar_id != google)
        );

        // The second sighting answers with the first one's entry, unless one of its own is asked for.
        let (first, second) = (standups[0].event.id, standups[0].also_in[0].id);
        let (entry, created) = convert::convert(&world.cx, &who, convert(first))
            .await
            .unwrap();
        assert!(created);
        let (same, created) = convert::convert(&world.cx, &who, convert(second))
            .await
            .unwrap();
        assert_eq!((same.id, created), (entry.id, false));
        let separate = |id| convert::Convert {
            separate: true,
            ..convert(id)
        };
        let (same, created) = convert::convert(&world.cx, &who, separate(first))
            .await
            .unwrap();
        assert_eq!(
            (same.id, created),
            (entry.id, false),
            "it is this one's entry already"
        );
        let (own, created) = convert::convert(&world.cx, &who, separate(second))
            .await
            .unwrap();
        assert!(created && own.id != entry.id);
        for ask in [separate(second), convert(second)] {
            let (again, created) = convert::convert(&world.cx, &who, ask).await.unwrap();
            assert_eq!((again.id, created), (own.id, false));
        }
        let entries: Vec<_> = week(&world, &who)
            .await
            .into_iter()
            .filter(|one| one.id == first || one.id == second)
            .map(|one| (one.id, one.time_entry_id))
            .collect();
        assert!(
            entries.contains(&(first, Some(entry.id))) && entries.contains(&(second, Some(own.id)))
        );
    }
}

/// What one calendar's filters leave out is not lost when another calendar offers it.
#[tokio::test]
async fn a_meeting_that_one_calendar_leaves_out_is_offered_by_the_other() {
    for world in World::on_all(World::builder()).await {
        let (who, google) = two_calendars(&world).await;
        filter(&world, &who, google, Some(without(&["stand-up"]))).await;
        let offered = Query {
            billable: Some(true),
            distinct: true,
            limit: 100,
            ..Query::default()
        };
        let page = events::page(&world.cx, &who, offered).await.unwrap();
        let standups: Vec<_> = page
            .events
            .iter()
            .filter(|one| one.event.details.title == "Stand-up")
            .collect();
        assert_eq!(standups.len(), 3);
        assert!(standups.iter().all(|one| one.event.calendar_id != google));
    }
}
