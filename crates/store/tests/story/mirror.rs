//! The mirror: events in bulk, series with their overrides, instances and ranges.

super::stories!(events, resources, missed, instances, a_big_page);

pub mod told {
    use daybook_domain::event::{Details, EventTime, ProviderEvent, ResponseStatus, Role, Status};
    use daybook_domain::{EventId, InstanceId};
    use daybook_store::events::{self as ev, NewEvent};
    use daybook_store::instances::{self as ins, NewInstance, Range};
    use daybook_store::test_support::TestDb;
    use daybook_store::{Error, calendars};
    use jiff::{SignedDuration, Timestamp};

    use crate::{Cast, cast};

    pub fn single(id: &str, start: &str) -> ProviderEvent {
        let at: Timestamp = start.parse().unwrap();
        let timed = |at| EventTime::Timed {
            at,
            zone: Some("Europe/Berlin".into()),
        };
        ProviderEvent {
            provider_id: id.into(),
            resource: None,
            etag: Some("e1".into()),
            ical_uid: Some(format!("{id}@x")),
            role: Role::Single,
            status: Status::Confirmed,
            start: timed(at),
            end: timed(at + SignedDuration::from_mins(30)),
            opaque: true,
            informational: false,
            response_status: ResponseStatus::Accepted,
            details: Details {
                title: format!("Émile's 100% {id}"),
                ..Details::default()
            },
            zone_definition: None,
            updated_at: Some(at),
        }
    }

    pub fn new(event: &ProviderEvent) -> NewEvent<'_> {
        let at = |time: &EventTime| match time {
            EventTime::Timed { at, .. } => *at,
            EventTime::AllDay(day) => day.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp(),
        };
        NewEvent {
            event,
            start: at(&event.start),
            end: at(&event.end),
            original_key: None,
            content_hash: b"hash",
        }
    }

    async fn put(db: &TestDb, c: &Cast, generation: i64, all: &[ProviderEvent]) -> Vec<EventId> {
        let mut tx = db.store.write().await.unwrap();
        let rows: Vec<_> = all.iter().map(new).collect();
        let ids = ev::upsert_batch(&mut tx, c.ws, c.calendar, generation, &rows)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        ids
    }

    pub async fn events(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut master = single("m", "2026-03-02T09:00:00Z");
        master.role = Role::Master {
            recurrence: vec!["RRULE:FREQ=WEEKLY".into()],
        };
        master.zone_definition = Some("BEGIN:VTIMEZONE".into());
        let mut moved = single("m_20260309", "2026-03-10T09:00:00Z");
        moved.role = Role::Override {
            series: "m".into(),
            original_start: EventTime::Timed {
                at: "2026-03-09T09:00:00Z".parse().unwrap(),
                zone: None,
            },
            this_and_future: true,
        };
        let mut holiday = single("d", "2026-03-02T00:00:00Z");
        holiday.start = EventTime::AllDay("2026-03-02".parse().unwrap());
        holiday.end = EventTime::AllDay("2026-03-04".parse().unwrap());
        let mut flight = single("f", "2026-03-02T10:00:00Z");
        flight.end = EventTime::Timed {
            at: "2026-03-02T20:00:00Z".parse().unwrap(),
            zone: Some("America/New_York".into()),
        };
        let all = vec![master, moved, holiday, flight];
        let ids = put(db, &c, 1, &all).await;
        assert_eq!(ids[0], EventId::of(c.calendar, "m"));
        let mut tx = db.store.write().await.unwrap();
        for (id, event) in ids.iter().zip(&all) {
            assert_eq!(
                &ev::get(&mut tx, c.ws, *id).await.unwrap().event,
                event,
                "as it was told"
            );
        }
        assert_eq!(ev::count(&mut tx, c.ws, c.calendar).await.unwrap(), 4);
        assert_eq!(
            ev::count_all_day(&mut tx, c.ws, c.calendar).await.unwrap(),
            1
        );
        let states = ev::load_by_provider_ids(&mut tx, c.ws, c.calendar, &["m", "nope", "d"])
            .await
            .unwrap();
        assert!(
            states.len() == 2
                && states
                    .iter()
                    .all(|s| s.content_hash == b"hash" && s.seen_generation == 1)
        );
        assert_eq!(
            ev::load_by_provider_ids(&mut tx, c.ws, c.calendar, &[])
                .await
                .unwrap(),
            vec![]
        );
        let series = ev::series_rows(&mut tx, c.ws, c.calendar, &["m"])
            .await
            .unwrap();
        assert_eq!(
            series
                .iter()
                .map(|e| e.event.provider_id.as_str())
                .collect::<Vec<_>>(),
            ["m", "m_20260309"]
        );
        assert_eq!(
            ev::master_page(&mut tx, c.ws, c.calendar, None, 10)
                .await
                .unwrap(),
            ["m"]
        );
        assert_eq!(
            ev::master_page(&mut tx, c.ws, c.calendar, Some("m"), 10)
                .await
                .unwrap(),
            Vec::<String>::new()
        );
        tx.commit().await.unwrap();
        // Told again: the same rows, new contents.
        let mut renamed = all[3].clone();
        renamed.details.title = "Renamed".into();
        assert_eq!(
            put(db, &c, 2, std::slice::from_ref(&renamed)).await,
            vec![ids[3]]
        );
        let mut tx = db.store.write().await.unwrap();
        assert_eq!(ev::get(&mut tx, c.ws, ids[3]).await.unwrap().event, renamed);
        // A full read tells two of them and touches one: the fourth goes.
        ev::touch_generation(&mut tx, c.ws, &ids[..2], 2)
            .await
            .unwrap();
        // A read that tells only what is not over by then looks for nothing that is.
        let later = jiff::Timestamp::MAX;
        let singles = all
            .iter()
            .filter(|event| event.role == Role::Single)
            .count();
        assert_eq!(
            ev::count_since(&mut tx, c.ws, c.calendar, later)
                .await
                .unwrap(),
            4 - i64::try_from(singles).unwrap()
        );
        let over = ev::sweep_since(&mut tx, c.ws, c.calendar, 2, later)
            .await
            .unwrap();
        assert!(over.iter().all(|gone| gone.provider_event_id != "d"));
        let swept = ev::sweep(&mut tx, c.ws, c.calendar, 2).await.unwrap();
        assert_eq!(
            swept
                .iter()
                .map(|s| s.provider_event_id.as_str())
                .collect::<Vec<_>>(),
            ["d"]
        );
        assert_eq!(
            ev::delete_by_provider_ids(&mut tx, c.ws, c.calendar, &["f", "nope"])
                .await
                .unwrap(),
            ["f"]
        );
        assert_eq!(ev::count(&mut tx, c.ws, c.calendar).await.unwrap(), 2);
    }

    pub async fn resources(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut a = single("/a.ics", "2026-03-02T09:00:00Z");
        a.resource = Some("/a.ics".into());
        let mut b = single("/a.ics#1", "2026-03-02T09:00:00Z");
        b.resource = Some("/a.ics".into());
        put(db, &c, 1, &[a, b]).await;
        let mut tx = db.store.write().await.unwrap();
        let etags = ev::etags(&mut tx, c.ws, c.calendar).await.unwrap();
        assert_eq!(etags.get("/a.ics"), Some(&Some("e1".to_owned())));
        assert_eq!(
            ev::load_by_resources(&mut tx, c.ws, c.calendar, &["/a.ics"])
                .await
                .unwrap()
                .len(),
            2
        );
        let mut gone = ev::delete_by_resources(&mut tx, c.ws, c.calendar, &["/a.ics", "/b.ics"])
            .await
            .unwrap();
        gone.sort();
        assert_eq!(gone, ["/a.ics", "/a.ics#1"]);
    }

    fn instance(event: EventId, key: Option<&str>, start: &str) -> NewInstance {
        let start: Timestamp = start.parse().unwrap();
        NewInstance {
            id: InstanceId::of(event, key),
            event_id: event,
            occurrence_key: key.map(Into::into),
            override_event_id: None,
            start,
            end: start + SignedDuration::from_mins(30),
            all_day: false,
            start_date: None,
            end_date: None,
            busy: true,
            status: Status::Confirmed,
        }
    }

    pub async fn missed(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut taken_out = single("m_1", "2026-03-02T09:00:00Z");
        taken_out.role = Role::Override {
            series: "m".into(),
            original_start: taken_out.start.clone(),
            this_and_future: false,
        };
        let all = [
            single("m", "2026-03-02T09:00:00Z"),
            taken_out,
            single("s", "2026-03-03T09:00:00Z"),
            single("later", "2027-09-03T09:00:00Z"),
        ];
        let ids = put(db, &c, 1, &all).await;
        let mut cancelled = instance(ids[0], Some("1"), "2026-03-02T09:00:00Z");
        cancelled.status = Status::Cancelled;
        let rows = [
            cancelled,
            instance(ids[0], Some("2"), "2026-03-09T09:00:00Z"),
            instance(ids[2], None, "2026-03-03T09:00:00Z"),
            instance(ids[3], None, "2027-09-03T09:00:00Z"),
        ];
        let mut tx = db.store.write().await.unwrap();
        let drawn = [ids[0], ids[2], ids[3]];
        ins::replace_for_events(&mut tx, c.ws, c.calendar, &drawn, &rows)
            .await
            .unwrap();
        for (generation, from, to, expected) in [
            (2, "2026-03-01", "2026-04-01", &["m", "s"][..]),
            (1, "2026-03-01", "2026-04-01", &[][..]),
            (2, "2026-03-01", "2026-03-03", &[][..]),
            (2, "2026-03-04", "2028-01-01", &["later", "m"][..]),
        ] {
            let at = |day: &str| format!("{day}T00:00:00Z").parse::<Timestamp>().unwrap();
            let range = (at(from), at(to));
            let mut found = ev::missed_within(&mut tx, c.ws, c.calendar, generation, range)
                .await
                .unwrap();
            found.sort();
            assert_eq!(found, expected, "{from} to {to}");
        }
    }

    pub async fn instances(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut moved = single("m_2", "2026-03-10T09:00:00Z");
        moved.role = Role::Override {
            series: "m".into(),
            original_start: EventTime::AllDay("2026-03-09".parse().unwrap()),
            this_and_future: false,
        };
        moved.details.title = "Moved".into();
        let ids = put(
            db,
            &c,
            1,
            &[
                single("m", "2026-03-02T09:00:00Z"),
                moved,
                single("s", "2026-03-03T09:00:00Z"),
            ],
        )
        .await;
        let mut second = instance(ids[0], Some("2"), "2026-03-10T09:00:00Z");
        second.override_event_id = Some(ids[1]);
        let mut cancelled = instance(ids[0], Some("3"), "2026-03-16T09:00:00Z");
        cancelled.status = Status::Cancelled;
        cancelled.busy = false;
        let rows = [
            instance(ids[0], Some("1"), "2026-03-02T09:00:00Z"),
            second,
            cancelled,
            instance(ids[2], None, "2026-03-03T09:00:00Z"),
        ];
        let mut tx = db.store.write().await.unwrap();
        for _ in 0..2 {
            ins::replace_for_events(&mut tx, c.ws, c.calendar, &[ids[0], ids[2]], &rows)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let calendars = [c.calendar];
        let all = Range {
            calendars: &calendars,
            from: "2026-03-01T00:00:00Z".parse().unwrap(),
            to: "2026-04-01T00:00:00Z".parse().unwrap(),
            q: None,
            converted: None,
            cancelled: false,
            after: None,
            limit: 100,
        };
        let mut tx = db.store.write().await.unwrap();
        let found = ins::range(&mut tx, c.ws, &all).await.unwrap();
        assert_eq!(
            found
                .iter()
                .map(|i| i.details.title.as_str())
                .collect::<Vec<_>>(),
            ["Émile's 100% m", "Émile's 100% s", "Moved"]
        );
        assert!(found[0].recurring() && !found[1].recurring() && found[2].member_id == c.member);
        assert_eq!(
            ins::get(&mut tx, c.ws, found[2].id).await.unwrap(),
            found[2]
        );
        assert_eq!(
            ins::range(
                &mut tx,
                c.ws,
                &Range {
                    cancelled: true,
                    ..all.clone()
                }
            )
            .await
            .unwrap()
            .len(),
            4
        );
        let narrow = Range {
            from: "2026-03-02T09:30:00Z".parse().unwrap(),
            to: "2026-03-10T09:00:00Z".parse().unwrap(),
            ..all.clone()
        };
        assert_eq!(
            ins::range(&mut tx, c.ws, &narrow).await.unwrap().len(),
            1,
            "ends and starts are exclusive"
        );
        for (q, n) in [
            ("éMILE", 2),
            ("100%", 2),
            ("100_", 0),
            ("moved", 1),
            ("!", 0),
            ("", 3),
        ] {
            assert_eq!(
                ins::range(
                    &mut tx,
                    c.ws,
                    &Range {
                        q: Some(q),
                        ..all.clone()
                    }
                )
                .await
                .unwrap()
                .len(),
                n,
                "{q}"
            );
        }
        let (mut pages, mut after) = (vec![], None);
        loop {
            let page = ins::range(
                &mut tx,
                c.ws,
                &Range {
                    after,
                    limit: 2,
                    ..all.clone()
                },
            )
            .await
            .unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.start_us, last.id));
            pages.extend(page);
        }
        assert_eq!(pages, found);
        assert_eq!(
            ins::busy(&mut tx, c.ws, &calendars, all.from, all.to)
                .await
                .unwrap()
                .len(),
            3
        );
        assert_eq!(
            ins::range(
                &mut tx,
                c.ws,
                &Range {
                    calendars: &[],
                    ..all.clone()
                }
            )
            .await
            .unwrap(),
            vec![]
        );

        // What became a time entry is told so.
        let entry = daybook_store::time_entries::NewTimeEntry {
            synced_event_id: Some(found[1].id),
            ..super::super::billing::told::entry(c.member, &found[1].cause_key())
        };
        let (entry, _) = daybook_store::time_entries::create(&mut tx, c.ws, &entry)
            .await
            .unwrap();
        let converted = ins::range(
            &mut tx,
            c.ws,
            &Range {
                converted: Some(true),
                ..all.clone()
            },
        )
        .await
        .unwrap();
        assert_eq!(
            converted
                .iter()
                .map(|i| i.time_entry_id)
                .collect::<Vec<_>>(),
            [Some(entry.id)]
        );
        assert_eq!(
            ins::range(
                &mut tx,
                c.ws,
                &Range {
                    converted: Some(false),
                    ..all.clone()
                }
            )
            .await
            .unwrap()
            .len(),
            2
        );

        // Events take their instances along; an override that is still shown must not go.
        ev::delete_by_provider_ids(&mut tx, c.ws, c.calendar, &["s"])
            .await
            .unwrap();
        assert_eq!(ins::range(&mut tx, c.ws, &all).await.unwrap().len(), 2);
        assert_eq!(
            ins::delete_for_events(&mut tx, c.ws, c.calendar, &[ids[2]])
                .await
                .unwrap(),
            0
        );
        tx.commit().await.unwrap();
        let mut tx = db.store.write().await.unwrap();
        ev::delete_by_provider_ids(&mut tx, c.ws, c.calendar, &["m_2"])
            .await
            .unwrap();
        assert!(matches!(tx.commit().await, Err(Error::Reference)));
        let mut tx = db.store.write().await.unwrap();
        calendars::delete(&mut tx, c.ws, c.calendar).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.store.read().await.unwrap();
        assert_eq!(ins::range(&mut tx, c.ws, &all).await.unwrap(), vec![]);
        assert!(
            daybook_store::time_entries::get(&mut tx, c.ws, entry.id)
                .await
                .is_ok(),
            "time entries stay"
        );
    }

    pub async fn a_big_page(db: &TestDb) {
        let c = cast(db, "acme").await;
        let all: Vec<_> = (0..3_000)
            .map(|n| single(&format!("e{n}"), "2026-03-02T09:00:00Z"))
            .collect();
        let ids = put(db, &c, 1, &all).await;
        let rows: Vec<_> = ids
            .iter()
            .map(|id| instance(*id, None, "2026-03-02T09:00:00Z"))
            .collect();
        let mut tx = db.store.write().await.unwrap();
        ins::replace_for_events(&mut tx, c.ws, c.calendar, &ids, &rows)
            .await
            .unwrap();
        ev::touch_generation(&mut tx, c.ws, &ids, 2).await.unwrap();
        let names: Vec<String> = (0..40_000).map(|n| format!("e{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(
            ev::load_by_provider_ids(&mut tx, c.ws, c.calendar, &names)
                .await
                .unwrap()
                .len(),
            3_000
        );
        assert_eq!(
            ev::delete_by_provider_ids(&mut tx, c.ws, c.calendar, &names)
                .await
                .unwrap()
                .len(),
            3_000
        );
        let left = ins::busy(&mut tx, c.ws, &[c.calendar], Timestamp::MIN, Timestamp::MAX)
            .await
            .unwrap();
        assert_eq!(left, vec![]);
    }
}
