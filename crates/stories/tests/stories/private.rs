//! Events that their owner marked private: the owner reads them, and for everybody else in the workspace they are time that is taken.

use daybook_domain::account::Role;
use daybook_domain::billing::{BillingFilters, Traits};
use daybook_engine::calendars::preview::preview;
use daybook_engine::events::{self, Query};
use daybook_engine::timesheets::convert::{self, Convert};
use daybook_engine::{Context, Principal};
use daybook_sandbox::caldav::CalendarSpec;
use daybook_testkit::{ADA, CALDAV_PASSWORD, CALDAV_USER, World};
use serde_json::json;

use crate::mirror::ics;
use crate::{meeting, put, titles};

async fn listed(
    cx: &Context,
    who: &Principal,
    calendar: daybook_domain::CalendarId,
    q: Option<&str>,
) -> Vec<daybook_engine::store::instances::InstanceView> {
    let query = Query {
        calendars: vec![calendar],
        q: q.map(str::to_owned),
        limit: 100,
        ..Query::default()
    };
    events::list(cx, who, query).await.unwrap()
}

/// One private event and one that is not, in Bo's calendar at a provider.
async fn of_bo(world: &World, provider: &str, bo: &Principal) -> daybook_domain::CalendarId {
    let (open, mut secret) = (meeting("Review", 3, 10), meeting("Doctor", 4, 11));
    secret["attendees"] = json!([{"email": "dr@clinic.example"}]);
    secret["description"] = json!("Bring the letter");
    let connected = match provider {
        "google" => {
            secret["visibility"] = json!("private");
            put(world, &open);
            put(world, &secret);
            world.connect_google(bo).await
        }
        "microsoft" => {
            for (title, day, label) in [("Review", 3, "normal"), ("Doctor", 4, "private")] {
                let at = |hour: u8| json!({"dateTime": format!("2026-03-{day:02}T{hour:02}:00:00"), "timeZone": "UTC"});
                let event =
                    json!({"subject": title, "start": at(10), "end": at(11), "sensitivity": label});
                let (calendar, ..) = world.microsoft.calendars_of(ADA).remove(0);
                world.microsoft.put_event(&calendar, &event).unwrap();
            }
            world.connect_microsoft(bo).await
        }
        _ => {
            world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
            let home = CalendarSpec::named("Home");
            let home = world.caldav.add_calendar(CALDAV_USER, home).unwrap();
            let doctor = ics("d@home", "Doctor", 4)
                .replace("SUMMARY", "CLASS:PRIVATE\r\nLOCATION:Clinic\r\nSUMMARY");
            for (name, text) in [("r", ics("r@home", "Review", 3)), ("d", doctor)] {
                world
                    .caldav
                    .put(&format!("{home}{name}.ics"), &text)
                    .unwrap();
            }
            world.connect_caldav(bo).await
        }
    };
    world.run_jobs().await;
    let main = connected.calendars.iter().find(|c| c.sync_enabled);
    main.unwrap().id
}

#[tokio::test]
async fn a_private_event_is_read_by_its_owner_alone() {
    for provider in ["google", "microsoft", "caldav"] {
        for world in World::on_all(World::builder()).await {
            let chief = world.owner("chief").await;
            let workspace = world.workspace(&chief).await;
            let bo = world.member(&workspace, "bo", Role::Member).await;
            let id = of_bo(&world, provider, &bo).await;

            let own = listed(&world.cx, &bo, id, None).await;
            assert_eq!(titles(&own), ["Review", "Doctor"], "{provider}");
            assert_eq!(
                (own[0].details.private, own[1].details.private),
                (false, true)
            );

            let seen = listed(&world.cx, &chief, id, None).await;
            assert_eq!(titles(&seen), ["Review", ""], "{provider}");
            assert_eq!(seen[1].details, daybook_domain::event::Details::withheld());
            assert_eq!(
                (seen[1].start_us, seen[1].end_us, seen[1].busy),
                (own[1].start_us, own[1].end_us, true),
                "that it takes time is said"
            );

            // Nor is it found by what it says.
            for (who, found) in [(&bo, 1), (&chief, 0)] {
                let hits = listed(&world.cx, who, id, Some("doct")).await;
                assert_eq!(hits.len(), found, "{provider}");
                let doctors = BillingFilters {
                    include: Traits::default(),
                    exclude: Traits {
                        titles: vec!["doct*".into()],
                        ..Traits::default()
                    },
                };
                world.clock.pass(if found == 1 { 4 * 86_400 } else { 0 });
                let would = preview(&world.cx, who, id, doctors, 30).await.unwrap();
                assert_eq!(would.left_out.len(), found, "{provider}");
            }
            assert_eq!(listed(&world.cx, &chief, id, Some("revi")).await.len(), 1);

            // Who logs it for its owner does not learn it either.
            let ask = Convert {
                force: true,
                ..Convert::of(own[1].id)
            };
            let (entry, _) = convert::convert(&world.cx, &chief, ask).await.unwrap();
            assert_eq!(entry.description, "Meeting", "{provider}");
        }
    }
}
