//! A meeting is billed once, whatever happens to it afterwards and however many calendars hold it (R6).

use daybook_domain::{ClientId, ProjectId};
use daybook_engine::store::{clients::NewClient, projects::NewProject};
use daybook_engine::timesheets::{self, convert};
use daybook_engine::{Once, Outcome, clients, projects};
use daybook_sandbox::caldav::CalendarSpec;
use daybook_testkit::{ADA, CALDAV_PASSWORD, CALDAV_USER, World};
use serde_json::json;

use crate::{ada, meeting, put, week};

fn ask(instance: daybook_domain::InstanceId) -> convert::Convert {
    convert::Convert::of(instance)
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
        let shown: std::collections::BTreeSet<_> = week(&world, &who)
            .await
            .iter()
            .map(|event| event.time_entry_id.unwrap())
            .collect();
        assert_eq!(shown, entries, "through both calendars");
        assert_eq!(converted(&world, &who, false).await, 0);
        assert_eq!(converted(&world, &who, true).await, 6);
    }
}

/// How many instances a list of those that are (or are not) entries has.
async fn converted(world: &World, who: &daybook_engine::Principal, wanted: bool) -> usize {
    let query = daybook_engine::events::list::Query {
        converted: Some(wanted),
        limit: 1_000,
        ..Default::default()
    };
    let found = daybook_engine::events::list(&world.cx, who, query).await;
    found.unwrap().len()
}

#[tokio::test]
async fn an_entry_is_found_again_after_its_calendar_was_removed_and_selected_anew() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Review", 5, 10));
        put(&world, &meeting("Another", 6, 10));
        let (who, connection, id) = ada(&world).await;
        let instance = week(&world, &who).await[0].id;
        let (entry, _) = convert::convert(&world.cx, &who, ask(instance))
            .await
            .unwrap();
        daybook_engine::calendars::remove::remove(&world.cx, &who, id)
            .await
            .unwrap();
        daybook_engine::connections::refresh::refresh(&world.cx, &who, connection.id)
            .await
            .unwrap();
        let select = daybook_engine::calendars::select::Select {
            provider: "google".into(),
            calendar_id: ADA.into(),
            connection_id: None,
            client_id: None,
            project_id: None,
        };
        daybook_engine::calendars::select::select(&world.cx, &who, select)
            .await
            .unwrap();
        world.run_jobs().await;
        let events = week(&world, &who).await;
        assert_eq!(events.len(), 2);
        assert_ne!(events[0].id, instance, "another calendar to us");
        assert_eq!(events[0].time_entry_id, Some(entry.id));
        assert_eq!(events[1].time_entry_id, None);
        assert_eq!(converted(&world, &who, true).await, 1);
        assert_eq!(converted(&world, &who, false).await, 1);
        let (again, created) = convert::convert(&world.cx, &who, ask(events[0].id))
            .await
            .unwrap();
        assert_eq!((again.id, created), (entry.id, false));
    }
}

/// Two clients, and a project of the first.
async fn clients_and_project(
    world: &World,
    who: &daybook_engine::Principal,
) -> (ClientId, ClientId, ProjectId) {
    let client = async |name: &str| {
        let new = NewClient {
            name: name.into(),
            ..NewClient::default()
        };
        let made = clients::create(&world.cx, who, new, &Once::never()).await;
        made.ok().and_then(fresh).unwrap().id
    };
    let (acme, bolt) = (client("Acme").await, client("Bolt").await);
    let new = NewProject {
        client_id: Some(acme),
        name: "Site".into(),
        color: None,
        currency: None,
        hourly_rate_minor: None,
        billable: true,
    };
    let site = projects::create(&world.cx, who, new, &Once::never()).await;
    (acme, bolt, site.ok().and_then(fresh).unwrap().id)
}

fn fresh<T>(outcome: Outcome<T>) -> Option<T> {
    match outcome {
        Outcome::Fresh(made) => Some(made),
        Outcome::Replayed(_) => None,
    }
}

#[tokio::test]
async fn a_project_of_another_client_is_refused() {
    let Some(world) = World::builder().build().await else {
        return;
    };
    put(&world, &meeting("Review", 5, 10));
    let (who, _, id) = ada(&world).await;
    let (acme, bolt, site) = clients_and_project(&world, &who).await;
    let event = week(&world, &who).await[0].id;
    let both = convert::Convert {
        client_id: Some(bolt),
        project_id: Some(site),
        ..ask(event)
    };
    let refused = convert::convert(&world.cx, &who, both).await;
    assert!(matches!(
        refused,
        Err(timesheets::Error::Invalid {
            pointer: "/client_id",
            ..
        })
    ));
    // The calendar's own project gives way to a client that is named.
    let settings = daybook_engine::store::calendars::Settings {
        default_project_id: Some(Some(site)),
        ..Default::default()
    };
    daybook_engine::calendars::settings::update(&world.cx, &who, id, settings, None)
        .await
        .unwrap();
    let named = convert::Convert {
        client_id: Some(bolt),
        ..ask(event)
    };
    let (entry, _) = convert::convert(&world.cx, &who, named).await.unwrap();
    assert_eq!((entry.client_id, entry.project_id), (Some(bolt), None));
    // An entry takes the client of the project it is moved to, and refuses one that does not fit.
    let to = |client_id, project_id| daybook_engine::store::time_entries::Changes {
        client_id,
        project_id,
        ..Default::default()
    };
    let edit =
        async |changes| timesheets::entries::update(&world.cx, &who, entry.id, changes).await;
    let moved = edit(to(None, Some(Some(site)))).await.unwrap();
    assert_eq!(
        (moved.client_id, moved.project_id),
        (Some(acme), Some(site))
    );
    assert!(edit(to(Some(Some(bolt)), None)).await.is_err());
    let kept = edit(to(Some(Some(bolt)), Some(None))).await.unwrap();
    assert_eq!((kept.client_id, kept.project_id), (Some(bolt), None));
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

#[tokio::test]
async fn importing_again_makes_nothing_that_was_renamed_or_is_over() {
    use daybook_domain::import::{Row, Started};
    use daybook_domain::time_entry::Status;
    use daybook_engine::timesheets::import;
    for world in World::on_all(World::builder()).await {
        let (who, _, _) = ada(&world).await;
        let row = |line: u64, client: &str, project: &str| Row {
            line,
            email: None,
            person: None,
            client: Some(client.into()),
            project: Some(project.into()),
            description: format!("row {line}"),
            billable: None,
            tags: Vec::new(),
            started: Started::At("2026-02-05T09:00:00Z".parse().unwrap()),
            minutes: 60,
            meeting: None,
        };
        let import = async |rows: Vec<Row>, dry_run| {
            let rows = rows
                .into_iter()
                .map(|row| Ok::<_, timesheets::Error>(Ok(row)));
            let plan = import::Plan {
                product: "toggl",
                zone: jiff::tz::TimeZone::UTC,
                status: Status::Approved,
                dry_run,
            };
            let report = import::import(&world.cx, &who, &plan, rows, |_| {}).await;
            report.unwrap()
        };
        let old = || vec![row(2, "ACME Corp.", "Site"), row(3, "Bolt", "Shop")];
        let first = import(old(), false).await;
        assert_eq!((first.created, first.new_clients.len()), (2, 2));
        let clients = daybook_engine::clients::list(&world.cx, &who, false, None, 10).await;
        let clients = clients.unwrap();
        let change = async |name: &str, changes| {
            let client = clients.iter().find(|client| client.name == name).unwrap();
            daybook_engine::clients::update(&world.cx, &who, client.id, changes)
                .await
                .unwrap();
        };
        let renamed = daybook_engine::store::clients::Changes {
            name: Some("Acme".into()),
            ..Default::default()
        };
        change("ACME Corp.", renamed).await;
        let over = daybook_engine::store::clients::Changes {
            archived: Some(true),
            ..Default::default()
        };
        change("Bolt", over).await;
        // The newer export: the old rows, one of the archived client, and one of its new name.
        let newer = || {
            let mut rows = old();
            rows.extend([row(4, "bolt", "Shop"), row(5, "Acme", "Site")]);
            rows
        };
        for dry_run in [true, false] {
            let again = import(newer(), dry_run).await;
            assert_eq!(
                (again.created, again.already_there, again.refused),
                (1, 2, 1)
            );
            assert!(again.new_clients.is_empty() && again.new_projects.is_empty());
            assert_eq!(again.reasons[0].row, 4);
            assert!(
                again.reasons[0].reason.contains("bolt is archived"),
                "{}",
                again.reasons[0].reason
            );
        }
        let clients = daybook_engine::clients::list(&world.cx, &who, true, None, 10).await;
        assert_eq!(clients.unwrap().len(), 2);
    }
}
