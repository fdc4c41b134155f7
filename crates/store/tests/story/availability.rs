//! Scheduling settings over calendars, blocks, and what takes time in many calendars at once.

super::stories!(configurations, blocks, taken, taken_uses_the_index);

pub mod told {
    use daybook_domain::availability::{BusyRules, Configuration as Settings, TimeRange, Weekly};
    use daybook_domain::event::{ResponseStatus, Status};
    use daybook_domain::{CalendarId, EventId, InstanceId};
    use daybook_store::blocks::{self, When};
    use daybook_store::instances::{self as ins, NewInstance};
    use daybook_store::test_support::TestDb;
    use daybook_store::{Error, Kind, calendars, configurations, events};
    use jiff::civil::{date, time};
    use jiff::{SignedDuration, Timestamp};

    use super::super::mirror::told::{new, single};
    use crate::{cast, remote};

    pub fn lunch() -> Weekly {
        Weekly {
            days: vec![0, 4],
            time: TimeRange {
                from: time(12, 0, 0, 0),
                to: time(13, 30, 0, 0),
            },
            time_zone: "Europe/Berlin".into(),
            first: Some(date(2026, 3, 1)),
            last: None,
        }
    }

    pub async fn configurations(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut tx = db.store.write().await.unwrap();
        let listed = [remote("main", true), remote("team", false)];
        let all = calendars::upsert_listed(
            &mut tx,
            c.ws,
            c.connection,
            &listed,
            calendars::NewCalendars::Off,
        )
        .await
        .unwrap();
        let team = all.iter().find(|one| one.id != c.calendar).unwrap().id;
        let settings = Settings {
            prep_time: 10,
            slot_interval: Some(15),
            busy_rules: BusyRules {
                tentative: false,
                ..BusyRules::default()
            },
            ..Settings::default()
        };
        let both = [team, c.calendar];
        let made = configurations::create(&mut tx, c.ws, c.member, "Calls", &settings, &both)
            .await
            .unwrap();
        assert_eq!((made.name.as_str(), &made.settings), ("Calls", &settings));
        assert_eq!(made.calendar_ids, both, "in the order given");
        let read = configurations::get(&mut tx, c.ws, made.id).await.unwrap();
        assert_eq!(read, made);
        tx.commit().await.unwrap();
        let mut tx = db.store.write().await.unwrap();
        let second = configurations::create(&mut tx, c.ws, c.member, "Two", &settings, &both[..1])
            .await
            .unwrap();
        let page = configurations::list(&mut tx, c.ws, Some(c.member), None, 10)
            .await
            .unwrap();
        assert_eq!(page, [made.clone(), second.clone()]);
        let after = Some((made.created_at, made.id));
        let page = configurations::list(&mut tx, c.ws, None, after, 10)
            .await
            .unwrap();
        assert_eq!(page, [second]);
        let changed = configurations::replace(
            &mut tx,
            c.ws,
            made.id,
            "Talks",
            &Settings::default(),
            &both[1..],
        )
        .await
        .unwrap();
        assert_eq!(
            (changed.name.as_str(), changed.calendar_ids.as_slice()),
            ("Talks", &both[1..])
        );
        assert_eq!(changed.created_at, made.created_at);
        // A calendar that goes takes its place in the configuration along, not the configuration.
        calendars::delete(&mut tx, c.ws, c.calendar).await.unwrap();
        let left = configurations::get(&mut tx, c.ws, made.id).await.unwrap();
        assert_eq!(left.calendar_ids, Vec::<CalendarId>::new());
        configurations::delete(&mut tx, c.ws, made.id)
            .await
            .unwrap();
        let gone = configurations::get(&mut tx, c.ws, made.id).await;
        assert!(matches!(gone, Err(Error::NotFound)));
        tx.commit().await.unwrap();
    }

    pub async fn blocks(db: &TestDb) {
        let c = cast(db, "acme").await;
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let mut tx = db.store.write().await.unwrap();
        let once = When::Once(at("2026-03-02T09:00:00Z"), at("2026-03-02T10:00:00Z"));
        let one = blocks::create(&mut tx, c.ws, c.member, "Dentist", &once)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.store.write().await.unwrap();
        let weekly = When::Weekly(lunch());
        let two = blocks::create(&mut tx, c.ws, c.member, "", &weekly)
            .await
            .unwrap();
        assert_eq!(
            (one.start_us, one.weekly.clone()),
            (Some(at("2026-03-02T09:00:00Z")), None)
        );
        assert_eq!((two.start_us, two.weekly.clone()), (None, Some(lunch())));
        let page = blocks::list(&mut tx, c.ws, Some(c.member), None, 10)
            .await
            .unwrap();
        assert_eq!(page, [one.clone(), two.clone()]);
        let near = async |tx: &mut daybook_store::Tx, from: &str, to: &str| {
            let found = blocks::of_members(tx, c.ws, &[c.member], at(from), at(to))
                .await
                .unwrap();
            found.iter().map(|block| block.id).collect::<Vec<_>>()
        };
        let day = near(&mut tx, "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z").await;
        assert_eq!(day, [one.id, two.id]);
        let after = near(&mut tx, "2026-03-02T10:00:00Z", "2026-03-03T00:00:00Z").await;
        assert_eq!(after, [two.id], "ends are exclusive");
        let changed = blocks::replace(&mut tx, c.ws, one.id, "Gym", &weekly)
            .await
            .unwrap();
        assert_eq!(
            (changed.title.as_str(), changed.start_us, changed.weekly),
            ("Gym", None, Some(lunch()))
        );
        blocks::delete(&mut tx, c.ws, one.id).await.unwrap();
        assert!(matches!(
            blocks::get(&mut tx, c.ws, one.id).await,
            Err(Error::NotFound)
        ));
        tx.commit().await.unwrap();
    }

    fn instance(event: EventId, start: Timestamp, minutes: i64) -> NewInstance {
        NewInstance {
            id: InstanceId::of(event, None),
            event_id: event,
            occurrence_key: None,
            override_event_id: None,
            start,
            end: start + SignedDuration::from_mins(minutes),
            all_day: false,
            start_date: None,
            end_date: None,
            busy: true,
            status: Status::Confirmed,
        }
    }

    pub async fn taken(db: &TestDb) {
        let c = cast(db, "acme").await;
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let mut free = single("free", "2026-03-02T11:00:00Z");
        free.opaque = false;
        free.details.elsewhere = true;
        let mut declined = single("declined", "2026-03-02T10:00:00Z");
        declined.response_status = ResponseStatus::Declined;
        let told = [single("a", "2026-03-02T09:00:00Z"), declined, free];
        let rows: Vec<_> = told.iter().map(new).collect();
        let mut tx = db.store.write().await.unwrap();
        let ids = events::upsert_batch(&mut tx, c.ws, c.calendar, 1, &rows)
            .await
            .unwrap();
        let mut drawn: Vec<NewInstance> = ids
            .iter()
            .zip(&rows)
            .map(|(id, row)| instance(*id, row.start, 30))
            .collect();
        drawn[1].status = Status::Tentative;
        ins::replace_for_events(&mut tx, c.ws, c.calendar, &ids, &drawn)
            .await
            .unwrap();
        let calendars = [c.calendar];
        let all = ins::taken(
            &mut tx,
            c.ws,
            &calendars,
            at("2026-03-02T09:29:00Z"),
            at("2026-03-02T11:01:00Z"),
        )
        .await
        .unwrap();
        let facts: Vec<_> = all
            .iter()
            .map(|one| (one.event_id, one.opaque, one.response_status))
            .collect();
        assert_eq!(
            facts,
            [
                (ids[0], true, ResponseStatus::Accepted),
                (ids[1], true, ResponseStatus::Declined),
                (ids[2], false, ResponseStatus::Accepted),
            ]
        );
        assert_eq!(
            (all[1].status, all[0].ical_uid.as_deref()),
            (Status::Tentative, Some("a@x"))
        );
        let away: Vec<bool> = all.iter().map(|one| one.elsewhere).collect();
        assert_eq!(away, [false, false, true]);
        let busy = all
            .iter()
            .filter(|one| BusyRules::default().count(&one.facts()))
            .count();
        assert_eq!(busy, 1);
        let edge = ins::taken(
            &mut tx,
            c.ws,
            &calendars,
            at("2026-03-02T09:30:00Z"),
            at("2026-03-02T10:00:00Z"),
        )
        .await
        .unwrap();
        assert_eq!(edge, [], "ends are exclusive");
        tx.commit().await.unwrap();
    }

    /// The range is read from the index, not by looking at every instance of the workspace.
    pub async fn taken_uses_the_index(db: &TestDb) {
        if db.store.kind() != Kind::Sqlite {
            return;
        }
        let bulk = daybook_store::BULK.iter().find(|bulk| {
            bulk.head
                .contains("e.informational, e.response_status FROM instance i")
        });
        let text = bulk.unwrap().text(Kind::Sqlite, 3).replace('?', "x'00'");
        let plan = db.store.plan_raw(text).await.unwrap();
        assert!(plan.contains("instance_range"), "{plan}");
        assert!(!plan.contains("SCAN"), "{plan}");
    }
}
