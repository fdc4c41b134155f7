//! Free time is what no event and no block takes, and what is not known is not free.

use daybook_domain::account::Role;
use daybook_domain::availability::{
    BusyRules, Configuration as Settings, Limit, Need, Per, Rule, Slot, Unknown, Weekly,
};
use daybook_domain::connection::Status;
use daybook_domain::{CalendarId, ConfigurationId};
use daybook_engine::availability::check::{Ask, Checked, check};
use daybook_engine::availability::many::{self, Participant, Whom};
use daybook_engine::availability::{Error, blocks, configurations};
use daybook_engine::calendars::settings;
use daybook_engine::connections::refresh;
use daybook_engine::store::blocks::When;
use daybook_engine::{Once, Outcome, Principal, store};
use daybook_sandbox::caldav::CalendarSpec;
use daybook_sandbox::fault::{Fault, Rule as FaultRule};
use daybook_testkit::{ADA, CALDAV_PASSWORD, CALDAV_USER, World};
use jiff::civil::{Date, date, time};
use serde_json::json;

use crate::{ada, calendar, meeting, put};

/// A Thursday with the meetings below.
pub const THURSDAY: Date = date(2026, 3, 5);

pub async fn configure(
    world: &World,
    who: &Principal,
    calendars: &[CalendarId],
    change: impl Fn(&mut Settings) + Send + Sync + 'static,
) -> ConfigurationId {
    let new = configurations::Create {
        name: None,
        calendar_ids: calendars.to_vec(),
        change: &change,
    };
    match configurations::create(&world.cx, who, new, &Once::never())
        .await
        .unwrap()
    {
        Outcome::Fresh(made) => made.id,
        Outcome::Replayed(_) => unreachable!("no key was given"),
    }
}

pub async fn on(world: &World, who: &Principal, id: ConfigurationId, ask: Ask) -> Checked {
    check(&world.cx, who, id, ask).await.unwrap()
}

pub fn day(date: Date) -> Ask {
    Ask {
        date,
        duration_minutes: Some(60),
        live: false,
        explain: true,
    }
}

/// The hours at which slots begin.
pub fn starts(found: &Checked) -> Vec<i8> {
    found.slots.iter().map(|(_, from, _)| from.hour()).collect()
}

#[tokio::test]
async fn each_kind_of_event_takes_the_time_that_its_rule_says() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Review", 5, 10));
        let mut weekly = meeting("Weekly", 5, 15);
        weekly["start"]["dateTime"] = json!("2026-02-26T15:00:00");
        weekly["end"]["dateTime"] = json!("2026-02-26T16:00:00");
        weekly["recurrence"] = json!(["RRULE:FREQ=WEEKLY"]);
        put(&world, &weekly);
        let kind = |title: &str, hour: u32, change: serde_json::Value| {
            let mut event = meeting(title, 5, hour);
            for (name, value) in change.as_object().unwrap() {
                event[name] = value.clone();
            }
            put(&world, &event)
        };
        kind("Perhaps", 11, json!({"status": "tentative"}));
        kind("Free", 12, json!({"transparency": "transparent"}));
        let answer = |answer: &str| json!({"attendees": [{"email": ADA, "responseStatus": answer}, {"email": "bob@northwind.example"}]});
        kind("Declined", 13, answer("declined"));
        let (who, _, id) = ada(&world).await;
        let plain = configure(&world, &who, &[id], |_| ()).await;
        let found = on(&world, &who, plain, day(THURSDAY)).await;
        assert_eq!(starts(&found), [9, 12, 13, 14, 16], "{:?}", found.reasons);
        assert_eq!(found.time_zone, "Europe/Berlin", "the member's own");
        assert_eq!(found.busy.seconds(), 3 * 3_600);
        assert!(found.reasons.is_empty() && found.calendars[0].unknown.is_none());

        let rules = BusyRules {
            tentative: false,
            declined: true,
            free: true,
            ..BusyRules::default()
        };
        let other = configure(&world, &who, &[id], move |set| set.busy_rules = rules).await;
        assert_eq!(
            starts(&on(&world, &who, other, day(THURSDAY)).await),
            [9, 11, 14, 16]
        );

        // A whole day, marked as busy.
        put(
            &world,
            &json!({"summary": "Fair", "transparency": "opaque", "start": {"date": "2026-03-05"}, "end": {"date": "2026-03-06"}}),
        );
        world.sync(&who, id).await.unwrap();
        assert_eq!(
            starts(&on(&world, &who, plain, day(THURSDAY)).await),
            Vec::<i8>::new()
        );
        let hours = configure(&world, &who, &[id], |set| set.busy_rules.all_day = false).await;
        assert_eq!(
            starts(&on(&world, &who, hours, day(THURSDAY)).await),
            [9, 12, 13, 14, 16]
        );
    }
}

#[tokio::test]
async fn buffers_blocks_notice_and_days_have_their_say() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Review", 5, 11));
        let (who, _, id) = ada(&world).await;
        let lunch = Weekly {
            days: vec![3],
            time: daybook_domain::availability::TimeRange {
                from: time(13, 0, 0, 0),
                to: time(14, 0, 0, 0),
            },
            time_zone: "Europe/Berlin".into(),
            first: None,
            last: None,
        };
        blocks::create(
            &world.cx,
            &who,
            "Lunch",
            &When::Weekly(lunch),
            &Once::never(),
        )
        .await
        .unwrap();
        let gym = When::Once(
            "2026-03-05T15:00:00Z".parse().unwrap(),
            "2026-03-05T16:00:00Z".parse().unwrap(),
        );
        blocks::create(&world.cx, &who, "Gym", &gym, &Once::never())
            .await
            .unwrap();
        let plain = configure(&world, &who, &[id], |_| ()).await;
        let found = on(&world, &who, plain, day(THURSDAY)).await;
        assert_eq!(starts(&found), [9, 10, 12, 14, 15]);
        let rules: Vec<(i8, Rule)> = found
            .refused
            .iter()
            .map(|(one, from, _)| (from.hour(), one.reasons[0].rule))
            .collect();
        assert_eq!(
            rules,
            [(11, Rule::Busy), (13, Rule::Block), (16, Rule::Block)]
        );
        let busy = &found.refused[0].0.reasons[0];
        assert!(
            busy.calendar_id == Some(id) && busy.instance_id.is_some() && busy.synced_at.is_some()
        );

        let apart = configure(&world, &who, &[id], |set| {
            (set.prep_time, set.buffer_after) = (15, 30)
        })
        .await;
        let found = on(&world, &who, apart, day(THURSDAY)).await;
        assert_eq!(starts(&found), [9]);
        let ten = &found.refused[0].0.reasons;
        assert_eq!((ten.len(), ten[0].rule), (1, Rule::Buffer));

        // It is a second past ten on the Wednesday.
        let today = on(&world, &who, plain, day(date(2026, 3, 4))).await;
        assert_eq!(starts(&today), [11, 12, 13, 14, 15, 16]);
        assert_eq!(today.refused[0].0.reasons[0].rule, Rule::Notice);
        let soon = configure(&world, &who, &[id], |set| set.days_buffer = 1).await;
        let today = on(&world, &who, soon, day(date(2026, 3, 4))).await;
        assert!(today.slots.is_empty() && today.reasons[0].rule == Rule::DaysBuffer);
        let near = configure(&world, &who, &[id], |set| set.horizon_days = 5).await;
        assert_eq!(
            on(&world, &who, near, day(date(2026, 3, 9)))
                .await
                .slots
                .len(),
            8
        );
        let far = on(&world, &who, near, day(date(2026, 3, 10))).await;
        assert!(far.slots.is_empty() && far.reasons[0].rule == Rule::Horizon);
        let sunday = on(&world, &who, plain, day(date(2026, 3, 8))).await;
        assert!(sunday.slots.is_empty() && sunday.reasons[0].rule == Rule::OutsideHours);
    }
}

#[tokio::test]
async fn unknown_is_never_free() {
    for world in World::on_all(World::builder()).await {
        let (who, connection, id) = ada(&world).await;
        let plain = configure(&world, &who, &[id], |set| set.horizon_days = 400).await;
        let ask = async |date: Date| {
            let found = on(&world, &who, plain, day(date)).await;
            let why = found.reasons.iter().find_map(|reason| reason.unknown);
            assert_eq!(found.calendars[0].unknown, why);
            (found.slots.len(), why)
        };
        assert_eq!(ask(THURSDAY).await, (8, None));
        // The last day the mirror reaches ends before the day does: only what it knows is offered.
        let until = calendar(&world, &who, id).await.expanded_until.unwrap();
        let last = until.to_zoned(jiff::tz::TimeZone::get("Europe/Berlin").unwrap());
        let workday = |date: Date| date.weekday().to_monday_zero_offset() < 5;
        if workday(last.date()) && last.hour() > 9 {
            let (slots, why) = ask(last.date()).await;
            assert!(
                slots < 8 && why == Some(Unknown::BeyondMirror),
                "{slots} slots, {why:?}"
            );
        }
        let mut tx = world.cx.store.write().await.unwrap();
        let set = |status| (who.workspace_id, connection.id, status);
        for (status, why) in [
            (Status::NeedsReauth, Unknown::NeedsReauth),
            (Status::Disconnected, Unknown::Disconnected),
        ] {
            let (ws, id, status) = set(status);
            store::connections::set_status(&mut tx, ws, id, status)
                .await
                .unwrap();
            tx.commit().await.unwrap();
            assert_eq!(ask(THURSDAY).await, (0, Some(why)));
            tx = world.cx.store.write().await.unwrap();
        }
        let (ws, connection, status) = set(Status::Connected);
        store::connections::set_status(&mut tx, ws, connection, status)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(ask(THURSDAY).await.0, 8);
        world.clock.pass(3 * 3_600 + 60);
        assert_eq!(ask(THURSDAY).await, (0, Some(Unknown::Stale)));
        world.sync(&who, id).await.unwrap();
        assert_eq!(ask(THURSDAY).await, (8, None));
        daybook_engine::calendars::settings::enable(&world.cx, &who, id, false)
            .await
            .unwrap();
        assert_eq!(ask(THURSDAY).await, (0, Some(Unknown::SyncOff)));
        daybook_engine::calendars::remove::remove(&world.cx, &who, id)
            .await
            .unwrap();
        let found = on(&world, &who, plain, day(THURSDAY)).await;
        assert!(found.slots.is_empty() && found.reasons[0].unknown == Some(Unknown::NoCalendars));
    }
}

#[tokio::test]
async fn a_meeting_in_two_calendars_counts_once() {
    for world in World::on_all(World::builder()).await {
        let mut event = meeting("Review", 5, 10);
        event["iCalUID"] = json!("review@northwind.example");
        put(&world, &event);
        world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
        let home = world
            .caldav
            .add_calendar(CALDAV_USER, CalendarSpec::named("Home"))
            .unwrap();
        let copy = |uid: &str, hour: u32| {
            format!(
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260301T000000Z\r\n\
                 DTSTART:20260305T{hour:02}0000Z\r\nDTEND:20260305T{:02}0000Z\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                hour + 1
            )
        };
        let path = |name: &str| format!("{home}{name}.ics");
        let (who, _, google) = ada(&world).await;
        let uid = crate::week(&world, &who).await[0].ical_uid.clone().unwrap();
        world.caldav.put(&path("copy"), &copy(&uid, 9)).unwrap();
        world
            .caldav
            .put(&path("own"), &copy("dentist@home", 12))
            .unwrap();
        let caldav = world.connect_caldav(&who).await.calendars[0].id;
        world.run_jobs().await;
        let both = configure(&world, &who, &[google, caldav], |_| ()).await;
        let found = on(&world, &who, both, day(THURSDAY)).await;
        assert_eq!(starts(&found), [9, 11, 12, 14, 15, 16]);
        assert_eq!(
            (found.busy.seconds(), found.calendars.len()),
            (2 * 3_600, 2)
        );
        let reasons: Vec<_> = found.refused.iter().map(|(one, ..)| &one.reasons).collect();
        assert!(reasons.iter().all(|all| all.len() == 1), "{reasons:?}");
        assert_eq!(reasons[0][0].calendar_id, Some(google));

        // Switched off as a source of busy time, a calendar takes none.
        let mut tx = world.cx.store.write().await.unwrap();
        let settings = store::calendars::Settings {
            busy_source: Some(false),
            ..Default::default()
        };
        store::calendars::update_settings(&mut tx, who.workspace_id, caldav, &settings)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            starts(&on(&world, &who, both, day(THURSDAY)).await),
            [9, 11, 12, 13, 14, 15, 16]
        );
    }
}

fn berlin() -> Settings {
    Settings {
        time_zone: "Europe/Berlin".into(),
        ..Settings::default()
    }
}

pub fn together(participants: Vec<Participant>) -> many::Ask {
    many::Ask {
        participants,
        need: Need::All,
        duration_minutes: 60,
        interval_minutes: 60,
        round_to: None,
        before: 0,
        after: 0,
        open_hours: vec![berlin()],
        periods: vec![(
            "2026-03-05T00:00:00Z".parse().unwrap(),
            "2026-03-06T00:00:00Z".parse().unwrap(),
        )],
        max_results: 100,
        explain: true,
        live: false,
        rules: BusyRules::default(),
        limits: Vec::new(),
    }
}

pub fn whom(whom: Whom) -> Participant {
    Participant {
        whom,
        required: false,
        open_hours: Vec::new(),
    }
}

#[tokio::test]
async fn people_meet_when_enough_of_them_are_free() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Review", 5, 10));
        world
            .google
            .add_person("bob@northwind.example", "Bob", "Europe/Berlin");
        world
            .google
            .put_event("bob@northwind.example", &meeting("Talk", 5, 14))
            .unwrap();
        let (who, _, _) = ada(&world).await;
        let bob = world
            .member(&world.workspace(&who).await, "bob", Role::Member)
            .await;
        let calendar = world
            .connect_google_as(&bob, "bob@northwind.example")
            .await
            .calendars[0]
            .id;
        world.run_jobs().await;
        let hours = |found: &many::Answer| -> Vec<i8> {
            let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
            found
                .slots
                .iter()
                .map(|slot| zone.to_datetime(slot.time.from()).hour())
                .collect()
        };
        let ask =
            async |who: &Principal, ask: &many::Ask| many::many(&world.cx, who, ask).await.unwrap();
        let mut both = together(vec![
            whom(Whom::Member(who.member_id)),
            whom(Whom::Calendars(vec![calendar])),
        ]);
        let found = ask(&who, &both).await;
        assert_eq!(hours(&found), [9, 11, 12, 13, 15, 16]);
        let people: Vec<_> = found
            .refused
            .iter()
            .map(|one| one.reasons[0].participant)
            .collect();
        assert_eq!(people, [Some(0), Some(1)]);
        both.need = Need::AtLeast(1);
        let found = ask(&who, &both).await;
        assert_eq!(hours(&found), [9, 10, 11, 12, 13, 14, 15, 16]);
        assert!(!found.slots[1].has(0) && found.slots[1].has(1));
        both.participants[1].required = true;
        both.participants[1].open_hours = vec![Settings {
            to_time: time(12, 0, 0, 0),
            ..berlin()
        }];
        let found = ask(&who, &both).await;
        assert_eq!(hours(&found), [9, 10, 11]);
        assert!(
            found.refused[0]
                .reasons
                .iter()
                .any(|one| one.rule == Rule::OutsideHours)
        );
        both.max_results = 2;
        let found = ask(&who, &both).await;
        assert!(found.more && hours(&found) == [9, 10]);
        // A period cuts the day, and does not move the candidates.
        both.periods = vec![(
            "2026-03-05T08:30:00Z".parse().unwrap(),
            "2026-03-05T10:30:00Z".parse().unwrap(),
        )];
        assert_eq!(hours(&ask(&who, &both).await), [10]);

        // A member asks about themselves; about others only those who see everything.
        let own = together(vec![whom(Whom::Member(bob.member_id))]);
        assert_eq!(hours(&ask(&bob, &own).await).len(), 7);
        for other in [
            Whom::Member(who.member_id),
            Whom::Calendars(vec![calendar, CalendarId::from_uuid(uuid::Uuid::nil())]),
        ] {
            let refused = many::many(&world.cx, &bob, &together(vec![whom(other)])).await;
            assert!(
                matches!(refused, Err(Error::UnknownReference { .. })),
                "{refused:?}"
            );
        }
        let cara = world
            .member(&world.workspace(&who).await, "cara", Role::Member)
            .await;
        let nobody = together(vec![whom(Whom::Member(cara.member_id))]);
        let found = ask(&cara, &nobody).await;
        assert!(found.slots.is_empty() && found.reasons[0].unknown == Some(Unknown::NoCalendars));
    }
}

#[tokio::test]
async fn a_calendar_that_daybook_gave_up_is_unknown_until_somebody_decides() {
    const WORK: &str = "work@group.example";
    for world in World::on_all(World::builder()).await {
        world.google.add_calendar(ADA, WORK, "Work");
        put(&world, &meeting("Review", 5, 10));
        let (who, connection, _) = ada(&world).await;
        let filter = store::calendars::Filter::default();
        let listed = daybook_engine::calendars::list::list(&world.cx, &who, filter, None, 10).await;
        let listed = listed.unwrap();
        let work = listed
            .iter()
            .find(|one| one.external_id == WORK)
            .unwrap()
            .id;
        let free = async || {
            let ask = together(vec![whom(Whom::Member(who.member_id))]);
            let found = many::many(&world.cx, &who, &ask).await.unwrap();
            let why = found
                .reasons
                .first()
                .map(|one| (one.calendar_id, one.unknown));
            (found.slots.len(), why)
        };
        let unknown = |why| (0, Some((Some(work), Some(why))));
        assert_eq!(free().await, (7, None), "nobody switched the other one on");
        settings::enable(&world.cx, &who, work, true).await.unwrap();
        world.run_jobs().await;
        assert_eq!(free().await, (7, None));
        let desk = world.google.desk();
        desk.add(FaultRule::on(
            "/calendar/v3/calendars/work*",
            Fault::NotFound,
        ));
        for _ in 0..5 {
            assert!(world.sync(&who, work).await.is_err());
        }
        assert!(!calendar(&world, &who, work).await.sync_enabled);
        assert_eq!(free().await, unknown(Unknown::SyncOff));
        // Somebody says that it may stay off.
        let same = store::calendars::Settings::default();
        settings::update(&world.cx, &who, work, same, Some(false))
            .await
            .unwrap();
        assert_eq!(free().await, (7, None));

        // Its owner shares it no more.
        desk.clear();
        settings::enable(&world.cx, &who, work, true).await.unwrap();
        world.run_jobs().await;
        world.google.share_off(WORK, ADA);
        refresh::relist(&world.cx, &connection).await.unwrap();
        assert!(!calendar(&world, &who, work).await.active);
        assert_eq!(free().await, unknown(Unknown::Gone));
        settings::enable(&world.cx, &who, work, false)
            .await
            .unwrap();
        assert_eq!(free().await, (7, None));
        settings::enable(&world.cx, &who, work, true).await.unwrap();
        assert_eq!(free().await, unknown(Unknown::Gone));
        daybook_engine::calendars::remove::remove(&world.cx, &who, work)
            .await
            .unwrap();
        assert_eq!(free().await, (7, None));
    }
}

#[tokio::test]
async fn a_day_or_a_week_that_is_full_is_not_offered() {
    for world in World::on_all(World::builder()).await {
        // Thursday; and Monday of the week after.
        put(&world, &meeting("Review", 5, 10));
        put(&world, &meeting("Review", 9, 10));
        let (who, _, _) = ada(&world).await;
        let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
        let days = |found: &many::Answer| -> Vec<i8> {
            let day = |slot: &Slot| zone.to_datetime(slot.time.from()).day();
            let mut days: Vec<i8> = found.slots.iter().map(day).collect();
            days.dedup();
            days
        };
        let mut one = together(vec![whom(Whom::Member(who.member_id))]);
        one.periods = vec![(
            "2026-03-05T00:00:00Z".parse().unwrap(),
            "2026-03-11T00:00:00Z".parse().unwrap(),
        )];
        let ask = async |ask: &many::Ask| many::many(&world.cx, &who, ask).await.unwrap();
        assert_eq!(days(&ask(&one).await), [5, 6, 9, 10], "working days");
        let limit = |per, most| vec![Limit { per, most }];
        one.limits = limit(Per::Day, 1);
        let found = ask(&one).await;
        assert_eq!(days(&found), [6, 10]);
        let reached = found.refused[0].reasons[0];
        assert_eq!((reached.rule, reached.participant), (Rule::Limit, Some(0)));
        assert_eq!(reached.limit, Some(one.limits[0]));
        one.limits = limit(Per::Day, 2);
        assert_eq!(days(&ask(&one).await), [5, 6, 9, 10]);
        // The question begins in the middle of a week; what was before counts.
        one.limits = limit(Per::Week, 1);
        one.periods[0].0 = "2026-03-06T00:00:00Z".parse().unwrap();
        let found = ask(&one).await;
        assert!(found.slots.is_empty(), "{:?}", found.slots);
        one.limits = limit(Per::Week, 2);
        assert_eq!(days(&ask(&one).await), [6, 9, 10]);
        // A block is no meeting; and hours of one's own still count.
        one.limits = limit(Per::Day, 1);
        one.participants[0].open_hours = vec![Settings {
            to_time: time(10, 0, 0, 0),
            ..berlin()
        }];
        let found = ask(&one).await;
        assert_eq!(days(&found), [6, 10]);
        one.limits = limit(Per::Day, 0);
        let refused = many::many(&world.cx, &who, &one).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
}
