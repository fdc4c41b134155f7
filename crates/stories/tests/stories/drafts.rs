//! Meetings that are not logged yet: what is suggested and why, what sticks, what follows, and that nothing is billed twice (R6).

use std::collections::BTreeSet;

use daybook_domain::account::Role;
use daybook_domain::billing::{BillingFilters, Traits};
use daybook_domain::import::ics;
use daybook_domain::rule::{Action, Conditions};
use daybook_domain::time_entry::Status;
use daybook_domain::zone::Zone;
use daybook_domain::{InstanceId, MemberId, ProjectId, TimeEntryId};
use daybook_engine::store;
use daybook_engine::store::calendars::Settings;
use daybook_engine::store::clients::NewClient;
use daybook_engine::store::projects::NewProject;
use daybook_engine::store::time_entries::{Changes, Filter};
use daybook_engine::store::time_rules::Contents;
use daybook_engine::timesheets::convert::Convert;
use daybook_engine::timesheets::drafts::{self, Because, Draft, Shown};
use daybook_engine::timesheets::follow::{self, Answer};
use daybook_engine::timesheets::{Error, bulk, convert, entries, history, import, rules, shape};
use daybook_engine::{Context, Once, Outcome, Principal, calendars, clients, projects};
use daybook_sandbox::caldav::CalendarSpec;
use daybook_testkit::{ADA, CALDAV_PASSWORD, CALDAV_USER, Db, World};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{ada, meeting, put, week};

/// March 2026.
fn range() -> (Timestamp, Timestamp) {
    (
        "2026-03-01T00:00:00Z".parse().unwrap(),
        "2026-04-01T00:00:00Z".parse().unwrap(),
    )
}

async fn drafts_of(world: &World, who: &Principal) -> Vec<Draft> {
    let page = drafts::list(&world.cx, who, Shown::Waiting, range(), None, 1_000).await;
    page.unwrap().drafts
}

/// Bob, who attends Ada's meetings.
async fn bob(world: &World, ada: &Principal) -> Principal {
    let workspace = world.workspace(ada).await;
    let bob = world.member(&workspace, "bob", Role::Member).await;
    world.connect_google_as(&bob, ADA).await;
    world.run_jobs().await;
    bob
}

async fn put_aside(world: &World, who: &Principal) -> Vec<String> {
    let page = drafts::list(&world.cx, who, Shown::PutAside, range(), None, 1_000).await;
    let titles = page.unwrap().drafts.into_iter();
    titles.map(|draft| draft.event.details.title).collect()
}

async fn titles(world: &World, who: &Principal) -> Vec<String> {
    let found = drafts_of(world, who).await;
    found
        .into_iter()
        .map(|draft| draft.event.details.title)
        .collect()
}

fn ask(instance: InstanceId) -> Convert {
    Convert::of(instance)
}

pub(crate) async fn project(world: &World, who: &Principal, name: &str) -> ProjectId {
    let client = NewClient {
        name: format!("{name} Ltd"),
        ..NewClient::default()
    };
    let client = clients::create(&world.cx, who, client, &Once::never()).await;
    let Ok(Outcome::Fresh(client)) = client else {
        unreachable!()
    };
    let new = NewProject {
        client_id: Some(client.id),
        name: name.into(),
        color: None,
        currency: None,
        hourly_rate_minor: Some(9_000),
        billable: true,
    };
    match projects::create(&world.cx, who, new, &Once::never()).await {
        Ok(Outcome::Fresh(project)) => project.id,
        _ => unreachable!(),
    }
}

pub(crate) async fn rule(world: &World, who: &Principal, title: &str, action: Action) {
    let contents = Contents {
        name: format!("about {title}"),
        enabled: true,
        conditions: Conditions {
            titles: vec![title.into()],
            ..Conditions::default()
        },
        action,
    };
    rules::create(&world.cx, who, &contents, None, &Once::never())
        .await
        .unwrap();
}

fn with_guest(mut event: Value, email: &str) -> Value {
    event["attendees"] = json!([
        {"email": ADA, "responseStatus": "accepted", "self": true},
        {"email": email, "responseStatus": "accepted"},
    ]);
    event
}

#[tokio::test]
async fn suggestions_have_reasons_and_are_learned() {
    for world in World::on_all(World::builder()).await {
        let mut weekly = meeting("Stand-up", 2, 9);
        weekly["recurrence"] = json!(["RRULE:FREQ=WEEKLY;COUNT=3"]);
        put(&world, &weekly);
        put(&world, &meeting("Lunch", 3, 12));
        put(
            &world,
            &with_guest(meeting("Kick-off", 4, 10), "eve@globex.example"),
        );
        put(
            &world,
            &with_guest(meeting("Something else", 5, 10), "bob@globex.example"),
        );
        put(&world, &meeting("Planning", 6, 10));
        let mut declined = with_guest(meeting("Declined", 6, 12), "x@y.example");
        declined["attendees"][0]["responseStatus"] = json!("declined");
        put(&world, &declined);
        put(
            &world,
            &json!({"summary": "Holiday", "start": {"date": "2026-03-07"}, "end": {"date": "2026-03-08"}}),
        );
        let (who, ..) = ada(&world).await;
        let site = project(&world, &who, "Site").await;
        let shop = project(&world, &who, "Shop").await;
        let found = drafts_of(&world, &who).await;
        assert_eq!(found.len(), 7, "no all-day and no declined one");
        assert!(
            found
                .iter()
                .all(|draft| draft.suggestion.because == Because::Nothing)
        );

        // Rules: one leaves out, one books.
        rule(
            &world,
            &who,
            "lunch",
            Action {
                exclude: true,
                ..Action::default()
            },
        )
        .await;
        let planning = Action {
            project_id: Some(shop),
            billable: Some(false),
            tags: vec!["inner".into()],
            ..Action::default()
        };
        rule(&world, &who, "plan*", planning).await;
        let preview = Contents {
            name: "x".into(),
            enabled: true,
            conditions: Conditions {
                titles: vec!["stand-up".into()],
                ..Conditions::default()
            },
            action: Action {
                exclude: true,
                ..Action::default()
            },
        };
        let preview = rules::preview(&world.cx, &who, &preview, rules::Place::default())
            .await
            .unwrap();
        assert_eq!(
            preview.matched, 1,
            "the last thirty days, not the weeks to come"
        );

        // A series, and people of one domain.
        let find = |found: &[Draft], title: &str| -> Draft {
            found
                .iter()
                .find(|draft| draft.event.details.title == title)
                .unwrap()
                .clone()
        };
        for (title, project) in [("Stand-up", site), ("Kick-off", shop)] {
            let mut chosen = ask(find(&found, title).event.id);
            chosen.project_id = Some(project);
            let (entry, created) = drafts::log(&world.cx, &who, chosen, None).await.unwrap();
            assert!(created && entry.client_id.is_some());
        }
        let found = drafts_of(&world, &who).await;
        assert_eq!(
            found
                .iter()
                .map(|draft| draft.event.details.title.as_str())
                .collect::<Vec<_>>(),
            ["Something else", "Planning", "Stand-up", "Stand-up"]
        );
        let suggested = |draft: &Draft| {
            (
                draft.suggestion.because,
                draft.suggestion.project_id,
                draft.suggestion.billable,
            )
        };
        assert_eq!(suggested(&found[0]), (Because::Domain, Some(shop), true));
        assert_eq!(
            found[0].suggestion.detail.as_deref(),
            Some("globex.example")
        );
        assert_eq!(suggested(&found[1]), (Because::Rule, Some(shop), false));
        assert_eq!(suggested(&found[2]), (Because::Series, Some(site), true));
        let worth = |draft: &Draft| draft.worth.as_ref().map(|worth| worth.minor);
        assert_eq!(
            worth(&found[0]),
            Some(9_000),
            "an hour at the project's rate"
        );
        assert_eq!(worth(&found[1]), None, "not billed");
        let (entry, _) = drafts::log(&world.cx, &who, ask(found[1].event.id), None)
            .await
            .unwrap();
        assert_eq!(
            (entry.project_id, entry.billable, entry.tags),
            (Some(shop), false, vec!["inner".into()])
        );
        let (entry, _) = drafts::log(&world.cx, &who, ask(found[2].event.id), None)
            .await
            .unwrap();
        assert_eq!(entry.project_id, Some(site));

        // What is archived is suggested no more.
        let archive = daybook_engine::store::projects::Changes {
            archived: Some(true),
            ..Default::default()
        };
        projects::update(&world.cx, &who, site, archive)
            .await
            .unwrap();
        let found = drafts_of(&world, &who).await;
        assert_eq!(suggested(found.last().unwrap()).1, None);
    }
}

#[tokio::test]
async fn what_a_draft_shows_is_what_is_logged() {
    for world in World::on_all(World::builder()).await {
        for (title, day) in [
            ("Internal plan", 2),
            ("Support call", 3),
            ("Client call", 4),
            ("Nothing known", 5),
            ("Support review", 6),
        ] {
            put(&world, &meeting(title, day, 9));
        }
        let (who, _, calendar) = ada(&world).await;
        let site = project(&world, &who, "Site").await;
        let inner = project(&world, &who, "Inner").await;
        let free = store::projects::Changes {
            billable: Some(false),
            ..Default::default()
        };
        projects::update(&world.cx, &who, inner, free)
            .await
            .unwrap();
        let tagged = |tag: &str, project_id| Action {
            project_id,
            tags: vec![tag.into()],
            ..Action::default()
        };
        // A project that is not billed, by a rule that does not say; a rule that does not bill one that is; and a rule that only tags, in a
        // calendar with a project.
        rule(&world, &who, "internal", tagged("inner", Some(inner))).await;
        rule(&world, &who, "support", tagged("support", None)).await;
        let unbilled = Action {
            billable: Some(false),
            ..tagged("client", Some(site))
        };
        rule(&world, &who, "client", unbilled).await;
        let default = store::calendars::Settings {
            default_project_id: Some(Some(inner)),
            ..Default::default()
        };
        daybook_engine::calendars::settings::update(&world.cx, &who, calendar, default, None)
            .await
            .unwrap();
        let found = drafts_of(&world, &who).await;
        assert_eq!(found.len(), 5);
        assert!(found.iter().all(|draft| !draft.suggestion.billable));
        for draft in &found[..4] {
            let shown = &draft.suggestion;
            let mut asked = ask(draft.event.id);
            if shown.project_id == Some(site) {
                // As a form sends it, which shows the suggestion.
                asked.project_id = shown.project_id;
                asked.client_id = shown.client_id;
            }
            let (entry, _) = drafts::log(&world.cx, &who, asked, None).await.unwrap();
            assert_eq!(
                (
                    entry.client_id,
                    entry.project_id,
                    entry.billable,
                    &entry.tags
                ),
                (
                    shown.client_id,
                    shown.project_id,
                    shown.billable,
                    &shown.tags
                ),
                "{}",
                entry.description
            );
        }
        // On another project it keeps the rule's tags, and is billed as that project is; unless other tags are sent.
        let mut elsewhere = ask(found[4].event.id);
        elsewhere.project_id = Some(site);
        let (entry, _) = drafts::log(&world.cx, &who, elsewhere.clone(), None)
            .await
            .unwrap();
        assert_eq!(
            (entry.billable, entry.tags),
            (true, vec!["support".to_owned()])
        );
        entries::delete(&world.cx, &who, entry.id).await.unwrap();
        let tags = Some(vec!["mine".to_owned()]);
        let (entry, _) = drafts::log(&world.cx, &who, elsewhere, tags).await.unwrap();
        assert_eq!(entry.tags, ["mine"]);
    }
}

#[tokio::test]
async fn a_correction_afterwards_is_learned_too() {
    for world in World::on_all(World::builder()).await {
        for day in [2, 3, 4] {
            put(&world, &meeting("Workshop", day, 9));
        }
        let (who, ..) = ada(&world).await;
        let site = project(&world, &who, "Site").await;
        let shop = project(&world, &who, "Shop").await;
        let on = |project| Changes {
            project_id: Some(Some(project)),
            ..Changes::default()
        };
        let next = async || drafts_of(&world, &who).await[0].clone();
        let mut first = ask(next().await.event.id);
        first.project_id = Some(site);
        let (entry, _) = drafts::log(&world.cx, &who, first, None).await.unwrap();
        assert_eq!(next().await.suggestion.project_id, Some(site));
        entries::update(&world.cx, &who, entry.id, on(shop))
            .await
            .unwrap();
        let suggested = next().await;
        assert_eq!(
            (
                suggested.suggestion.because,
                suggested.suggestion.project_id
            ),
            (Because::Title, Some(shop))
        );
        let which = bulk::Which::Ids(vec![entry.id]);
        let what = bulk::What::Edit(Box::new(on(site)));
        bulk::run(&world.cx, &who, &which, &what).await.unwrap();
        assert_eq!(next().await.suggestion.project_id, Some(site));
    }
}

#[tokio::test]
async fn a_preview_counts_apart_what_rules_above_take() {
    for world in World::on_all(World::builder()).await {
        for (title, day) in [("Plan A", 2), ("Plan B", 3), ("Plan C", 4)] {
            put(&world, &meeting(title, day, 9));
        }
        let (who, ..) = ada(&world).await;
        world.clock.advance(SignedDuration::from_hours(24 * 5));
        let billed = || Action {
            billable: Some(true),
            ..Action::default()
        };
        rule(&world, &who, "plan a", billed()).await;
        rule(&world, &who, "plan", billed()).await;
        let contents = |title: &str| Contents {
            name: "x".into(),
            enabled: true,
            conditions: Conditions {
                titles: vec![title.into()],
                ..Conditions::default()
            },
            action: billed(),
        };
        let preview = async |title: &str, rule_id, position| {
            let place = rules::Place { rule_id, position };
            let tried = contents(title);
            let found = rules::preview(&world.cx, &who, &tried, place).await;
            let found = found.unwrap();
            let by: Vec<(String, usize)> = found
                .shadowed
                .into_iter()
                .map(|shadow| (shadow.name, shadow.meetings))
                .collect();
            (found.matched, by, found.meetings.len())
        };
        let by = |title: &str, meetings| vec![(format!("about {title}"), meetings)];
        let all = rules::list(&world.cx, &who).await.unwrap();
        // Last, first, and in between.
        let last = preview("plan", None, None).await;
        assert_eq!((last.0, last.2), (3, 0));
        assert_eq!(last.1, [by("plan", 2), by("plan a", 1)].concat());
        assert_eq!(preview("plan", None, Some(1)).await, (3, vec![], 3));
        assert_eq!(
            preview("plan", None, Some(2)).await,
            (3, by("plan a", 1), 2)
        );
        // As a change of the second rule it does not stand above itself.
        let second = Some(all[1].id);
        assert_eq!(preview("plan", second, None).await, (3, by("plan a", 1), 2));
        let mut off = all[0].contents();
        off.enabled = false;
        rules::update(&world.cx, &who, all[0].id, &move |_| off.clone(), None)
            .await
            .unwrap();
        assert_eq!(preview("plan", second, None).await, (3, vec![], 3));
    }
}

#[tokio::test]
async fn a_meeting_too_far_ahead_is_not_logged() {
    for world in World::on_all(World::builder()).await {
        let mut yearly = meeting("Anniversary", 20, 10);
        yearly["recurrence"] = json!(["RRULE:FREQ=YEARLY"]);
        put(&world, &yearly);
        let (who, ..) = ada(&world).await;
        let to = range().1 + SignedDuration::from_hours(24 * 500);
        let query = daybook_engine::events::list::Query {
            from: Some(range().0),
            to: Some(to),
            limit: 100,
            ..Default::default()
        };
        let events = daybook_engine::events::list::list(&world.cx, &who, query).await;
        let events = events.unwrap();
        assert!(events.len() >= 2, "the mirror shows the next one too");
        let far = events.last().unwrap();
        let ahead = far.start_us.duration_since(world.clock.now());
        assert!(ahead > SignedDuration::from_hours(24 * 366), "{ahead:?}");
        let refused = convert::convert(&world.cx, &who, ask(far.id)).await;
        assert!(
            matches!(
                refused,
                Err(Error::Invalid {
                    pointer: "/started_at",
                    ..
                })
            ),
            "{refused:?}"
        );
        let near = convert::convert(&world.cx, &who, ask(events[0].id)).await;
        assert!(near.unwrap().1, "a meeting of the weeks to come is");
    }
}

#[tokio::test]
async fn a_meeting_is_one_entry_whether_it_is_synced_or_read_from_a_file() {
    for world in World::on_all(World::builder()).await {
        let mut weekly = meeting("Stand-up", 2, 9);
        weekly["recurrence"] = json!(["RRULE:FREQ=WEEKLY;COUNT=3"]);
        put(&world, &weekly);
        put(&world, &meeting("Review", 3, 9));
        let (who, ..) = ada(&world).await;
        world.clock.advance(SignedDuration::from_hours(24 * 20));
        let found = drafts_of(&world, &who).await;
        assert_eq!(found.len(), 4);
        let uid = |at: usize| found[at].event.ical_uid.clone().unwrap();
        let (series, single) = (uid(0), uid(1));
        // One of the series is logged from the calendar, then the file comes, in which the third was moved.
        drafts::log(&world.cx, &who, ask(found[0].event.id), None)
            .await
            .unwrap();
        let file = |third: &str| {
            format!(
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:{series}\r\nSUMMARY:Stand-up\r\n\
                 DTSTART;TZID=Europe/Berlin:20260302T090000\r\nDTEND;TZID=Europe/Berlin:20260302T100000\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\nEND:VEVENT\r\n\
                 BEGIN:VEVENT\r\nUID:{series}\r\nSUMMARY:Stand-up\r\nRECURRENCE-ID;TZID=Europe/Berlin:20260316T090000\r\n\
                 DTSTART;TZID=Europe/Berlin:20260316T{third}0000\r\nDURATION:PT1H\r\nEND:VEVENT\r\n\
                 BEGIN:VEVENT\r\nUID:{single}\r\nSUMMARY:Review\r\nDTSTART:20260303T080000Z\r\nDTEND:20260303T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            )
        };
        let import = async |text: String| {
            let report = imported(&world, &who, &text).await;
            (report.created, report.already_there, report.refused)
        };
        assert_eq!(import(file("11")).await, (3, 1, 0));
        assert_eq!(drafts_of(&world, &who).await.len(), 0, "all are logged");
        // Written anew with the third moved once more: no meeting twice.
        assert_eq!(import(file("14")).await, (0, 4, 0));
        let all = entries::list(&world.cx, &who, Filter::default(), None, 100).await;
        assert_eq!(all.unwrap().len(), 4);
    }
}

/// Takes over a calendar file of somebody's, as the command line does.
async fn imported(world: &World, who: &Principal, file: &str) -> import::Report {
    let own = import::addresses(&world.cx, who).await.unwrap();
    let window = Timestamp::UNIX_EPOCH..world.clock.now();
    let rows = ics(file.as_bytes(), &Zone::utc(), window, &own).unwrap();
    let rows = rows.into_iter().map(Ok::<_, Error>);
    let plan = import::Plan {
        product: "ics",
        zone: jiff::tz::TimeZone::UTC,
        status: Status::Pending,
        dry_run: false,
    };
    let report = import::import(&world.cx, who, &plan, rows, |_| {}).await;
    report.unwrap()
}

#[tokio::test]
async fn what_was_declined_under_any_address_is_not_read_from_a_file() {
    for world in World::on_all(World::builder()).await {
        let (who, ..) = ada(&world).await;
        world.clock.advance(SignedDuration::from_hours(24 * 20));
        // Her own address, and that of the account she connected.
        let file: String = ["ada@people.example", ADA, "bo@people.example"]
            .iter()
            .map(|email| {
                format!(
                    "BEGIN:VEVENT\r\nUID:{email}\r\nSUMMARY:Call\r\nDTSTART:20260303T080000Z\r\nDURATION:PT1H\r\n\
                     ATTENDEE;PARTSTAT=DECLINED:mailto:{email}\r\nEND:VEVENT\r\n"
                )
            })
            .collect();
        let file = format!("BEGIN:VCALENDAR\r\n{file}END:VCALENDAR\r\n");
        let report = imported(&world, &who, &file).await;
        assert_eq!((report.created, report.refused), (1, 2));
        for refused in report.reasons {
            assert!(refused.reason.ends_with("you declined it"), "{refused:?}");
        }
    }
}

#[tokio::test]
async fn what_is_put_aside_stays_there_and_a_draft_follows_its_event() {
    for world in World::on_all(World::builder()).await {
        let event = put(&world, &meeting("Review", 5, 10));
        put(&world, &meeting("Dentist", 6, 10));
        let (who, _, id) = ada(&world).await;
        let found = drafts_of(&world, &who).await;
        drafts::dismiss(&world.cx, &who, found[1].event.id)
            .await
            .unwrap();
        drafts::dismiss(&world.cx, &who, found[1].event.id)
            .await
            .unwrap();
        world.google.move_instance(ADA, &event, 30).unwrap();
        world
            .google
            .edit_event(ADA, &event, &json!({"summary": "Review 2"}))
            .unwrap();
        world.google.invalidate_sync_tokens(ADA);
        world.sync(&who, id).await.unwrap();
        let moved = drafts_of(&world, &who).await;
        assert_eq!(moved.len(), 1, "still aside");
        assert_eq!(moved[0].event.details.title, "Review 2");
        let later = moved[0]
            .event
            .start_us
            .duration_since(found[0].event.start_us);
        assert_eq!(later, SignedDuration::from_mins(30));
        drafts::restore(&world.cx, &who, found[1].event.id)
            .await
            .unwrap();
        assert_eq!(titles(&world, &who).await, ["Review 2", "Dentist"]);
        world.google.delete_event(ADA, &event);
        world.sync(&who, id).await.unwrap();
        assert_eq!(titles(&world, &who).await, ["Dentist"]);
        // Others' meetings are none of their business.
        let workspace = world.workspace(&who).await;
        let bob = world.member(&workspace, "bob", Role::Admin).await;
        let theirs = found[1].event.id;
        assert!(drafts::dismiss(&world.cx, &bob, theirs).await.is_err());
        assert!(
            drafts::log(&world.cx, &bob, ask(theirs), None)
                .await
                .is_err()
        );
    }
}

#[tokio::test]
async fn a_logged_meeting_that_changed_is_asked_about() {
    for world in World::on_all(World::builder()).await {
        let event = put(&world, &meeting("Review", 5, 10));
        let other = put(&world, &meeting("Other", 6, 10));
        let (who, _, id) = ada(&world).await;
        for draft in drafts_of(&world, &who).await {
            drafts::log(&world.cx, &who, ask(draft.event.id), None)
                .await
                .unwrap();
        }
        let moved = async || {
            follow::list(&world.cx, &who, range().0, range().1)
                .await
                .unwrap()
        };
        assert!(moved().await.is_empty());
        world.clock.pass(60);
        world.google.move_instance(ADA, &event, 90).unwrap();
        world
            .google
            .edit_event(ADA, &event, &json!({"summary": "Other words"}))
            .unwrap();
        world.google.delete_event(ADA, &other);
        world.sync(&who, id).await.unwrap();
        let asked = moved().await;
        assert_eq!(asked.len(), 2);
        let (review, gone) = (&asked[0], &asked[1]);
        assert_eq!(
            review.entry.description, "Review",
            "nothing billed changes by itself"
        );
        assert!(review.now.is_some() && gone.now.is_none());
        let after = follow::answer(&world.cx, &who, review.entry.id, Answer::Take)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(after.description, "Other words");
        assert_eq!(
            after.started_at.duration_since(review.entry.started_at),
            SignedDuration::from_mins(90)
        );
        follow::answer(&world.cx, &who, gone.entry.id, Answer::Keep)
            .await
            .unwrap();
        assert!(moved().await.is_empty(), "both are answered");
        world.sync(&who, id).await.unwrap();
        assert!(moved().await.is_empty());
        assert!(entries::get(&world.cx, &who, gone.entry.id).await.is_ok());
        let log = history::of(&world.cx, &who, after.id, None, 10)
            .await
            .unwrap();
        let actions: Vec<&str> = log.iter().map(|change| change.action.as_str()).collect();
        assert_eq!(actions, ["created", "followed"]);
    }
}

#[tokio::test]
async fn a_meeting_in_two_calendars_is_one_draft() {
    for world in World::on_all(World::builder()).await {
        let mut event = meeting("Review", 5, 10);
        event["iCalUID"] = json!("review@northwind.example");
        put(&world, &event);
        let (who, ..) = ada(&world).await;
        in_another_calendar(&world, &who, "Review").await;
        let events = week(&world, &who).await;
        assert_eq!(events.len(), 2);
        assert_eq!(drafts_of(&world, &who).await.len(), 1);
        drafts::dismiss(&world.cx, &who, events[1].id)
            .await
            .unwrap();
        assert_eq!(drafts_of(&world, &who).await.len(), 0, "aside in both");
        drafts::log(&world.cx, &who, ask(events[0].id), None)
            .await
            .unwrap();
        let (_, created) = drafts::log(&world.cx, &who, ask(events[1].id), None)
            .await
            .unwrap();
        assert!(!created);
    }
}

/// Titles of all drafts, read so many at a time.
async fn paged(world: &World, who: &Principal, limit: usize) -> Vec<String> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = drafts::list(&world.cx, who, Shown::Waiting, range(), after, limit).await;
        let page = page.unwrap();
        let titles = page.drafts.into_iter();
        found.extend(titles.map(|draft| draft.event.details.title));
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

#[tokio::test]
async fn a_meeting_in_two_calendars_is_on_one_page() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Early", 5, 9));
        put(&world, &meeting("Review", 5, 10));
        put(&world, &meeting("Late", 5, 11));
        let (who, ..) = ada(&world).await;
        in_another_calendar(&world, &who, "Review").await;
        let seen = week(&world, &who).await;
        let seen: Vec<_> = seen
            .iter()
            .filter(|event| event.details.title == "Review")
            .collect();
        assert_eq!(seen.len(), 2);
        let site = project(&world, &who, "Site").await;
        // Whichever sighting comes first, and whichever of the two stands for the meeting.
        for (chosen, other) in [(0, 1), (1, 0)] {
            for (at, on) in [(other, None), (chosen, Some(site))] {
                let settings = Settings {
                    default_project_id: Some(on),
                    ..Settings::default()
                };
                let calendar = seen[at].calendar_id;
                calendars::settings::update(&world.cx, &who, calendar, settings, None)
                    .await
                    .unwrap();
            }
            let found = drafts_of(&world, &who).await;
            assert_eq!(found[1].event.id, seen[chosen].id);
            for limit in [1, 2, 3] {
                let titles = paged(&world, &who, limit).await;
                assert_eq!(titles, ["Early", "Review", "Late"], "{limit} a page");
            }
        }
    }
}

/// A meeting of Ada's, shown by a calendar of another account of hers too.
async fn in_another_calendar(world: &World, who: &Principal, title: &str) {
    world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
    let home = CalendarSpec::named("Home");
    let home = world.caldav.add_calendar(CALDAV_USER, home).unwrap();
    let all = week(world, who).await;
    let event = all.iter().find(|event| event.details.title == title);
    let event = event.unwrap();
    let uid = event.ical_uid.as_ref().unwrap();
    let utc = |at: Timestamp| at.strftime("%Y%m%dT%H%M%SZ").to_string();
    let (start, end) = (utc(event.start_us), utc(event.end_us));
    let copy = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260301T000000Z\r\n\
         DTSTART:{start}\r\nDTEND:{end}\r\nSUMMARY:{title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    world.caldav.put(&format!("{home}copy.ics"), &copy).unwrap();
    world.connect_caldav(who).await;
    world.run_jobs().await;
}

#[tokio::test]
async fn two_who_attended_bill_once_unless_they_say_so() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Review", 5, 10));
        put(&world, &meeting("Workshop", 6, 10));
        let (who, ..) = ada(&world).await;
        let workspace = world.workspace(&who).await;
        let bob = world.member(&workspace, "bob", Role::Member).await;
        world.connect_google_as(&bob, ADA).await;
        world.run_jobs().await;
        let mine = drafts_of(&world, &who).await;
        let (first, _) = drafts::log(&world.cx, &who, ask(mine[0].event.id), None)
            .await
            .unwrap();
        assert!(first.billable);
        let his = drafts_of(&world, &bob).await;
        assert_eq!(his.len(), 2);
        assert_eq!(
            (his[0].billed_by, his[0].suggestion.billable),
            (Some(who.member_id), false)
        );
        assert_eq!((his[1].billed_by, his[1].suggestion.billable), (None, true));
        let (second, created) = drafts::log(&world.cx, &bob, ask(his[0].event.id), None)
            .await
            .unwrap();
        assert!(created && !second.billable);
        // Asked for, both are billed.
        let said = daybook_engine::store::time_entries::Changes {
            billable: Some(true),
            ..Default::default()
        };
        assert!(
            entries::update(&world.cx, &bob, second.id, said)
                .await
                .unwrap()
                .billable
        );
        // Whoever is first bills; when that entry goes, the next one may.
        let (first, _) = drafts::log(&world.cx, &bob, ask(his[1].event.id), None)
            .await
            .unwrap();
        assert!(first.billable);
        entries::delete(&world.cx, &bob, first.id).await.unwrap();
        let (next, _) = drafts::log(&world.cx, &who, ask(mine[1].event.id), None)
            .await
            .unwrap();
        assert!(next.billable);
        let (again, _) = drafts::log(&world.cx, &bob, ask(his[1].event.id), None)
            .await
            .unwrap();
        assert!(!again.billable);
    }
}

#[tokio::test]
async fn merged_meetings_are_not_suggested_again() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Part one", 5, 10));
        put(&world, &meeting("Part two", 5, 11));
        let (who, ..) = ada(&world).await;
        let mut ids = Vec::new();
        for draft in drafts_of(&world, &who).await {
            ids.push(
                drafts::log(&world.cx, &who, ask(draft.event.id), None)
                    .await
                    .unwrap()
                    .0
                    .id,
            );
        }
        let merged = shape::merge(&world.cx, &who, &ids).await.unwrap();
        assert_eq!(
            (merged.duration_minutes, merged.description.as_str()),
            (120, "Part one; Part two")
        );
        assert!(drafts_of(&world, &who).await.is_empty());
        entries::delete(&world.cx, &who, merged.id).await.unwrap();
        assert_eq!(
            titles(&world, &who).await,
            ["Part one"],
            "what was deleted can be logged again"
        );
    }
}

/// How many events R6 converts, and how often each is triggered: `DAYBOOK_R6_TRIGGERS` says more.
const EVENTS: usize = 1_000;

fn triggers() -> usize {
    let asked = std::env::var("DAYBOOK_R6_TRIGGERS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(4)
}

/// Triggers every event several times on both nodes at once; the entries there are afterwards.
async fn storm(
    world: &World,
    nodes: [&Context; 2],
    who: &Principal,
    ids: &[InstanceId],
    times: usize,
) -> usize {
    let mut running = tokio::task::JoinSet::new();
    for chunk in ids.chunks(ids.len().div_ceil(4)) {
        for turn in 0..times {
            let (cx, who, chunk) = (nodes[turn % 2].clone(), who.clone(), chunk.to_vec());
            running.spawn(async move {
                for id in chunk {
                    drafts::log(&cx, &who, ask(id), None).await.unwrap();
                }
            });
        }
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
    count(world, who).await
}

async fn count(world: &World, who: &Principal) -> usize {
    let found = entries::list(&world.cx, who, Filter::default(), None, 100_000).await;
    found.unwrap().len()
}

/// Events that the mirror holds, each with a UID of its own.
async fn many(
    world: &World,
    events: usize,
) -> (
    Principal,
    daybook_domain::CalendarId,
    Vec<String>,
    Vec<InstanceId>,
) {
    let mut names = Vec::new();
    for n in 0..events {
        let (day, hour) = (2 + n % 26, 6 + n / 26 % 14);
        let title = format!("Meeting {n}");
        names.push(put(world, &meeting(&title, day as u32, hour as u32)));
    }
    let (who, _, calendar) = ada(world).await;
    let mut ids = Vec::new();
    let mut after = None;
    loop {
        let page = drafts::list(&world.cx, &who, Shown::Waiting, range(), after, 400)
            .await
            .unwrap();
        ids.extend(page.drafts.iter().map(|draft| draft.event.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let distinct: BTreeSet<InstanceId> = ids.iter().copied().collect();
    assert_eq!(
        (ids.len(), distinct.len()),
        (events, events),
        "pages have no gaps"
    );
    (who, calendar, names, ids)
}

/// R6: entries = distinct causes, on two nodes, and also after the meetings were moved and renamed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_events_triggered_on_two_nodes_are_a_thousand_entries() {
    let Some(world) = World::builder().db(Db::Postgres).build().await else {
        return;
    };
    let two = world.node("two").await;
    let (who, calendar, names, ids) = many(&world, EVENTS).await;
    let nodes = [&world.cx, &two.cx];
    assert_eq!(storm(&world, nodes, &who, &ids, triggers()).await, EVENTS);
    for name in names.iter().step_by(10) {
        world.google.move_instance(ADA, name, 45).unwrap();
        world
            .google
            .edit_event(ADA, name, &json!({"summary": "Renamed"}))
            .unwrap();
    }
    world.google.invalidate_sync_tokens(ADA);
    world.sync(&who, calendar).await.unwrap();
    assert_eq!(storm(&world, nodes, &who, &ids, 2).await, EVENTS);
    let asked = follow::list(&world.cx, &who, range().0, range().1)
        .await
        .unwrap();
    assert_eq!(asked.len(), EVENTS / 10, "each that changed is asked about");
    let mut tx = world.cx.store.read_in(who.workspace_id).await.unwrap();
    let billed = tx
        .texts_raw("SELECT count(*)::text FROM billed_meeting".into())
        .await
        .unwrap();
    assert_eq!(billed, [EVENTS.to_string()]);
}

/// The control: where an entry does not keep its cause, the same storm makes many of each.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn control_without_causes_meetings_are_billed_many_times() {
    let Some(world) = World::builder().db(Db::Postgres).build().await else {
        return;
    };
    let two = world.node("two").await;
    let (who, _, _, ids) = many(&world, 40).await;
    let forget = "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.cause_key := NULL; RETURN NEW; END $$;
        CREATE TRIGGER forget BEFORE INSERT ON time_entry FOR EACH ROW EXECUTE FUNCTION forget()";
    world.cx.store.execute_raw(forget.into()).await.unwrap();
    let entries = storm(&world, [&world.cx, &two.cx], &who, &ids, 4).await;
    assert_eq!(entries, 160, "one for each trigger");
}

/// What a calendar's filters leave out is no draft, and is not counted as open; by name it can be logged all the same.
#[tokio::test]
async fn what_a_calendars_filters_leave_out_is_no_draft() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Review", 3, 9));
        put(&world, &meeting("Lunch with Bo", 3, 12));
        let mut free = meeting("Webinar", 3, 14);
        free["transparency"] = json!("transparent");
        put(&world, &free);
        let (who, _, id) = ada(&world).await;
        let lunch = week(&world, &who).await[1].id;
        assert_eq!(titles(&world, &who).await, ["Review", "Lunch with Bo"]);
        let filters = BillingFilters {
            exclude: Traits {
                titles: vec!["lunch*".to_owned()],
                ..Traits::default()
            },
            ..BillingFilters::default()
        };
        let settings = Settings {
            billing_filters: Some(Some(filters)),
            ..Settings::default()
        };
        calendars::settings::update(&world.cx, &who, id, settings, None)
            .await
            .unwrap();
        assert_eq!(titles(&world, &who).await, ["Review"]);
        let (entry, created) = convert::convert(&world.cx, &who, ask(lunch)).await.unwrap();
        assert!(created);
        assert_eq!(entry.description, "Lunch with Bo");
    }
}

#[tokio::test]
async fn what_was_put_aside_is_listed_and_brought_back() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Wanted", 5, 10));
        put(&world, &meeting("A slip", 5, 11));
        put(&world, &meeting("Logged after all", 5, 12));
        let (who, ..) = ada(&world).await;
        assert!(put_aside(&world, &who).await.is_empty());
        let found = drafts_of(&world, &who).await;
        for draft in &found[1..] {
            drafts::dismiss(&world.cx, &who, draft.event.id)
                .await
                .unwrap();
        }
        assert_eq!(titles(&world, &who).await, ["Wanted"]);
        assert_eq!(
            put_aside(&world, &who).await,
            ["A slip", "Logged after all"]
        );
        drafts::log(&world.cx, &who, ask(found[2].event.id), None)
            .await
            .unwrap();
        assert_eq!(put_aside(&world, &who).await, ["A slip"]);
        drafts::restore(&world.cx, &who, found[1].event.id)
            .await
            .unwrap();
        assert!(put_aside(&world, &who).await.is_empty());
        assert_eq!(titles(&world, &who).await, ["Wanted", "A slip"]);
    }
}

#[tokio::test]
async fn what_a_colleague_bills_is_not_learned_as_unbilled() {
    for world in World::on_all(World::builder()).await {
        let mut weekly = meeting("Call", 2, 9);
        weekly["recurrence"] = json!(["RRULE:FREQ=WEEKLY;COUNT=4"]);
        put(&world, &weekly);
        let (who, ..) = ada(&world).await;
        let site = project(&world, &who, "Site").await;
        let other = project(&world, &who, "Other").await;
        let bob = bob(&world, &who).await;
        let mine = drafts_of(&world, &who).await;
        let his = drafts_of(&world, &bob).await;
        let on_site = |event| Convert {
            project_id: Some(site),
            ..ask(event)
        };
        // The first only Bob logs; of the second Ada is first, and Bob takes what is suggested.
        drafts::log(&world.cx, &bob, on_site(his[0].event.id), None)
            .await
            .unwrap();
        drafts::log(&world.cx, &who, on_site(mine[1].event.id), None)
            .await
            .unwrap();
        let second = drafts_of(&world, &bob).await.remove(0);
        assert_eq!(second.billed_by, Some(who.member_id));
        assert!(!second.suggestion.billable);
        let logged = drafts::log(&world.cx, &bob, ask(second.event.id), None).await;
        let logged = logged.unwrap().0;
        assert_eq!((logged.project_id, logged.billable), (Some(site), false));
        let third = drafts_of(&world, &bob).await.remove(0).suggestion;
        assert_eq!(third.because, Because::Series);
        assert_eq!((third.project_id, third.billable), (Some(site), true));
        // Nor when only its project is corrected; said to be unbilled, it is learned so.
        let to = |billable| Changes {
            project_id: Some(Some(other)),
            billable,
            ..Changes::default()
        };
        entries::update(&world.cx, &bob, logged.id, to(None))
            .await
            .unwrap();
        let third = drafts_of(&world, &bob).await.remove(0).suggestion;
        assert_eq!((third.project_id, third.billable), (Some(other), true));
        entries::update(&world.cx, &bob, logged.id, to(Some(false)))
            .await
            .unwrap();
        assert!(!drafts_of(&world, &bob).await[0].suggestion.billable);
    }
}

#[tokio::test]
async fn merged_meetings_are_still_billed_once() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Part one", 5, 10));
        put(&world, &meeting("Part two", 5, 11));
        let (who, ..) = ada(&world).await;
        let bob = bob(&world, &who).await;
        let mut ids = Vec::new();
        for draft in drafts_of(&world, &who).await {
            let logged = drafts::log(&world.cx, &who, ask(draft.event.id), None).await;
            ids.push(logged.unwrap().0.id);
        }
        let merged = shape::merge(&world.cx, &who, &ids).await.unwrap();
        let his = drafts_of(&world, &bob).await;
        assert_eq!(his.len(), 2);
        for draft in &his {
            assert_eq!(draft.billed_by, Some(who.member_id));
            assert!(!draft.suggestion.billable);
        }
        let second = drafts::log(&world.cx, &bob, ask(his[1].event.id), None).await;
        assert!(!second.unwrap().0.billable);
        // With the merged entry, both are free to be billed.
        entries::delete(&world.cx, &who, merged.id).await.unwrap();
        let first = drafts_of(&world, &bob).await.remove(0);
        assert_eq!((first.billed_by, first.suggestion.billable), (None, true));
    }
}

/// By whom each of somebody's drafts is billed.
async fn billers(world: &World, who: &Principal) -> Vec<Option<MemberId>> {
    let found = drafts_of(world, who).await;
    found.into_iter().map(|draft| draft.billed_by).collect()
}

/// Bills an entry, or not.
async fn billed(world: &World, who: &Principal, id: TimeEntryId, billable: bool) {
    let changes = Changes {
        billable: Some(billable),
        ..Changes::default()
    };
    entries::update(&world.cx, who, id, changes).await.unwrap();
}

#[tokio::test]
async fn a_merged_entry_that_is_billed_again_bills_all_its_meetings() {
    for world in World::on_all(World::builder()).await {
        for (title, hour) in [("Part one", 9), ("Part two", 10), ("Part three", 11)] {
            put(&world, &meeting(title, 5, hour));
        }
        let (who, ..) = ada(&world).await;
        let bob = bob(&world, &who).await;
        let mut ids = Vec::new();
        for draft in drafts_of(&world, &who).await {
            let logged = drafts::log(&world.cx, &who, ask(draft.event.id), None).await;
            ids.push(logged.unwrap().0.id);
        }
        // What was merged is merged once more.
        let later = shape::merge(&world.cx, &who, &ids[1..]).await.unwrap();
        let all = shape::merge(&world.cx, &who, &[ids[0], later.id]).await;
        let all = all.unwrap().id;
        let ada = Some(who.member_id);
        assert_eq!(billers(&world, &bob).await, [ada; 3]);
        billed(&world, &who, all, false).await;
        assert_eq!(billers(&world, &bob).await, [None::<MemberId>; 3]);
        billed(&world, &who, all, true).await;
        assert_eq!(billers(&world, &bob).await, [ada; 3]);

        // What a colleague bills meanwhile stays theirs.
        billed(&world, &who, all, false).await;
        let second = drafts_of(&world, &bob).await.remove(1).event.id;
        let his = drafts::log(&world.cx, &bob, ask(second), None).await;
        assert!(his.unwrap().0.billable);
        let workspace = world.workspace(&who).await;
        let cy = world.member(&workspace, "cy", Role::Member).await;
        world.connect_google_as(&cy, ADA).await;
        world.run_jobs().await;
        billed(&world, &who, all, true).await;
        let his = Some(bob.member_id);
        assert_eq!(billers(&world, &cy).await, [ada, his, ada]);
    }
}

#[tokio::test]
async fn what_was_merged_unbilled_is_billed_whole_afterwards() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Part one", 5, 10));
        put(&world, &meeting("Part two", 5, 11));
        let (who, ..) = ada(&world).await;
        let bob = bob(&world, &who).await;
        let mut ids = Vec::new();
        for draft in drafts_of(&world, &who).await {
            let unbilled = Convert {
                billable: Some(false),
                ..ask(draft.event.id)
            };
            let logged = drafts::log(&world.cx, &who, unbilled, None).await;
            ids.push(logged.unwrap().0.id);
        }
        let merged = shape::merge(&world.cx, &who, &ids).await.unwrap();
        assert_eq!(billers(&world, &bob).await, [None::<MemberId>; 2]);
        billed(&world, &who, merged.id, true).await;
        assert_eq!(billers(&world, &bob).await, [Some(who.member_id); 2]);
    }
}

#[tokio::test]
async fn a_reminder_without_length_is_no_draft() {
    for world in World::on_all(World::builder()).await {
        let mut reminder = meeting("Call the bank", 5, 10);
        reminder["end"] = reminder["start"].clone();
        put(&world, &reminder);
        put(&world, &meeting("Review", 5, 11));
        let (who, ..) = ada(&world).await;
        assert_eq!(titles(&world, &who).await, ["Review"]);
        let all = week(&world, &who).await;
        let hint = daybook_engine::events::hint(&all[0]);
        assert_eq!(hint.left_out.unwrap().as_str(), "no_length");
        // Said to be work, it is a minute, which can be changed like any entry.
        let (entry, created) = convert::convert(&world.cx, &who, ask(all[0].id))
            .await
            .unwrap();
        assert!(created);
        assert_eq!(entry.duration_minutes, 1);
        let lasts = entry.ended_at.unwrap().duration_since(entry.started_at);
        assert_eq!(lasts, SignedDuration::from_mins(1));
        let later = Changes {
            started_at: Some(entry.started_at - SignedDuration::from_mins(10)),
            ..Changes::default()
        };
        entries::update(&world.cx, &who, entry.id, later)
            .await
            .unwrap();
    }
}
