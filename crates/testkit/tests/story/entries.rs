//! A meeting is billed once, whatever happens to it afterwards and however many calendars hold it (R6).

use daybook_engine::timesheets::{self, convert};
use daybook_sandbox::caldav::CalendarSpec;
use daybook_testkit::{ADA, CALDAV_PASSWORD, CALDAV_USER, World};
use serde_json::json;

use crate::{ada, meeting, put, week};

fn ask(instance: daybook_domain::InstanceId) -> convert::Convert {
    convert::Convert {
        instance,
        client_id: None,
        project_id: None,
        force: false,
        billable: None,
        description: None,
    }
}

#[tokio::test]
async fn an_event_becomes_one_entry_whatever_happens_to_it() {
    for world in World::on_all(World::builder()).await {
        let event = put(&world, &meeting("Review", 5, 10));
        let (who, _, id) = ada(&world).await;
        let instance = week(&world, &who).await[0].id;
        let (entry, created) = convert::convert(&world.cx, &who, ask(instance))
            .await
            .unwrap();
        assert!(created);
        assert_eq!(entry.duration_minutes, 60);
        assert_eq!(entry.description, "Review");

        world.google.move_instance(ADA, &event, 90).unwrap();
        world
            .google
            .edit_event(ADA, &event, &json!({"summary": "Other words"}))
            .unwrap();
        world.google.invalidate_sync_tokens(ADA);
        world.sync(&who, id).await.unwrap();
        let moved = &week(&world, &who).await[0];
        assert_eq!(moved.id, instance);
        assert_eq!(moved.time_entry_id, Some(entry.id));
        let (again, created) = convert::convert(&world.cx, &who, ask(instance))
            .await
            .unwrap();
        assert!(!created);
        assert_eq!(again.id, entry.id);
        assert_eq!(again.started_at, entry.started_at, "what was billed stays");

        world.google.delete_event(ADA, &event);
        world.sync(&who, id).await.unwrap();
        assert!(week(&world, &who).await.is_empty());
        let kept = timesheets::entries::get(&world.cx, &who, entry.id)
            .await
            .unwrap();
        assert_eq!(kept.description, "Review");
    }
}

#[tokio::test]
async fn the_same_meeting_in_two_calendars_is_one_entry() {
    for world in World::on_all(World::builder()).await {
        let mut weekly = meeting("Stand-up", 2, 9);
        weekly["recurrence"] = json!(["RRULE:FREQ=WEEKLY;COUNT=3"]);
        weekly["iCalUID"] = json!("standup@northwind.example");
        put(&world, &weekly);
        world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
        let home = world
            .caldav
            .add_calendar(CALDAV_USER, CalendarSpec::named("Home"))
            .unwrap();
        let (who, _, _) = ada(&world).await;
        let uid = week(&world, &who).await[0].ical_uid.clone().unwrap();
        let copy = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260301T000000Z\r\n\
             DTSTART:20260302T080000Z\r\nDTEND:20260302T090000Z\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\nSUMMARY:Stand-up\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        world.caldav.put(&format!("{home}copy.ics"), &copy).unwrap();
        world.connect_caldav(&who).await;
        world.run_jobs().await;
        let events = week(&world, &who).await;
        assert_eq!(events.len(), 6);
        let mut entries = std::collections::BTreeSet::new();
        for _ in 0..3 {
            for event in &events {
                let (entry, _) = convert::convert(&world.cx, &who, ask(event.id))
                    .await
                    .unwrap();
                entries.insert(entry.id);
            }
        }
        assert_eq!(entries.len(), 3);
    }
}

#[tokio::test]
async fn concurrent_requests_make_one_entry() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Review", 5, 10));
        let (who, _, _) = ada(&world).await;
        let instance = week(&world, &who).await[0].id;
        let other = world.node("node-2").await;
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..20 {
            let cx = if n % 2 == 0 { &world.cx } else { &other.cx };
            let (cx, who) = (cx.clone(), who.clone());
            tasks.spawn(async move { convert::convert(&cx, &who, ask(instance)).await.unwrap() });
        }
        let done = tasks.join_all().await;
        assert_eq!(done.iter().filter(|(_, created)| *created).count(), 1);
        assert!(done.iter().all(|(entry, _)| entry.id == done[0].0.id));
    }
}

#[tokio::test]
async fn what_is_not_work_must_be_forced() {
    for world in World::on_all(World::builder()).await {
        let mut declined = meeting("Not me", 5, 10);
        declined["attendees"] = json!([{"email": ADA, "responseStatus": "declined"}, {"email": "bob@northwind.example"}]);
        put(&world, &declined);
        put(
            &world,
            &json!({"summary": "Holiday", "start": {"date": "2026-03-10"}, "end": {"date": "2026-03-11"}}),
        );
        let (who, _, _) = ada(&world).await;
        let events = week(&world, &who).await;
        let refused = |n: usize| convert::convert(&world.cx, &who, ask(events[n].id));
        assert!(matches!(refused(0).await, Err(timesheets::Error::Declined)));
        assert!(matches!(refused(1).await, Err(timesheets::Error::AllDay)));
        let forced = convert::Convert {
            force: true,
            ..ask(events[0].id)
        };
        assert!(convert::convert(&world.cx, &who, forced).await.unwrap().1);
        let stranger = world.owner("bob").await;
        assert!(
            convert::convert(&world.cx, &stranger, ask(events[0].id))
                .await
                .is_err()
        );
    }
}
