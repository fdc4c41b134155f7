//! Calendars: listed, switched, synced by one at a time, failing and healing.

super::stories!(listing, syncing);

mod told {
    use daybook_domain::connection::{ErrorKind, Status};
    use daybook_domain::sync::Statistics;
    use daybook_store::calendars::{self as cal, NewCalendars};
    use daybook_store::test_support::TestDb;
    use daybook_store::{Error, LastError, connections};
    use jiff::SignedDuration;

    use crate::{cast, remote};

    pub async fn listing(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut tx = db.store.write().await.unwrap();
        let main = cal::get(&mut tx, c.ws, c.calendar).await.unwrap();
        assert!(main.sync_enabled && main.is_primary && main.next_sync_at.is_some() && main.active);
        assert_eq!(
            (
                main.provider.as_str(),
                main.connection_status,
                main.sync_interval_minutes
            ),
            ("google", Status::Connected, 60)
        );
        cal::set_enabled(&mut tx, c.ws, c.calendar, false)
            .await
            .unwrap();
        let mut renamed = remote("main", true);
        renamed.name = "Renamed".into();
        let listed = [renamed, remote("team", false), remote("team", false)];
        let all = cal::upsert_listed(
            &mut tx,
            c.ws,
            c.connection,
            &listed,
            NewCalendars::PrimaryOn,
        )
        .await
        .unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(
            (all[0].id, all[0].name.as_str(), all[0].sync_enabled),
            (c.calendar, "Renamed", false),
            "the choice stays"
        );
        assert!(!all[1].sync_enabled);
        let all = cal::upsert_listed(
            &mut tx,
            c.ws,
            c.connection,
            &[remote("team", false)],
            NewCalendars::Off,
        )
        .await
        .unwrap();
        assert_eq!(
            all.iter().map(|c| c.active).collect::<Vec<_>>(),
            [false, true]
        );
        cal::upsert_listed(&mut tx, c.ws, c.connection, &[], NewCalendars::Off)
            .await
            .unwrap();
        let all = cal::upsert_listed(&mut tx, c.ws, c.connection, &listed, NewCalendars::Off)
            .await
            .unwrap();
        assert!(all.iter().all(|c| c.active) && all[0].id == c.calendar);
        assert_eq!(cal::count(&mut tx, c.ws).await.unwrap(), 2);
        cal::set_enabled(&mut tx, c.ws, all[1].id, true)
            .await
            .unwrap();
        let own = cal::Filter {
            member_id: Some(c.member),
            connection_id: Some(c.connection),
            ..Default::default()
        };
        for (sync_enabled, found) in [(None, 2), (Some(true), 1), (Some(false), 1)] {
            let filter = cal::Filter {
                sync_enabled,
                ..own.clone()
            };
            let rows = cal::list(&mut tx, c.ws, &filter, None, 10).await.unwrap();
            assert_eq!(rows.len(), found, "{sync_enabled:?}");
        }
        let enabled = cal::all_enabled(&mut tx, c.ws).await.unwrap();
        assert_eq!(enabled.len(), 1);
        cal::set_enabled(&mut tx, c.ws, all[1].id, false)
            .await
            .unwrap();
        assert_eq!(cal::summaries(&mut tx, c.ws).await.unwrap()[0].calendars, 2);
        let found = cal::by_external_id(&mut tx, c.ws, Some(c.member), "google", None, "team")
            .await
            .unwrap();
        assert_eq!(found.unwrap().id, all[1].id);
        let mut filters = daybook_domain::billing::BillingFilters::default();
        filters.exclude.titles.push("Lunch*".to_owned());
        let settings = cal::Settings {
            sync_interval_minutes: Some(5),
            busy_source: Some(false),
            default_client_id: Some(None),
            billing_filters: Some(Some(filters.clone())),
            ..Default::default()
        };
        let changed = cal::update_settings(&mut tx, c.ws, c.calendar, &settings)
            .await
            .unwrap();
        assert_eq!(
            (
                changed.sync_interval_minutes,
                changed.busy_source,
                changed.sync_past_days
            ),
            (5, false, 7)
        );
        assert_eq!(changed.billing_filters, Some(filters));
        let settings = cal::Settings {
            billing_filters: Some(None),
            ..Default::default()
        };
        let cleared = cal::update_settings(&mut tx, c.ws, c.calendar, &settings)
            .await
            .unwrap();
        assert_eq!(
            (cleared.billing_filters, cleared.sync_interval_minutes),
            (None, 5)
        );
        cal::delete(&mut tx, c.ws, c.calendar).await.unwrap();
        assert!(matches!(
            cal::get(&mut tx, c.ws, c.calendar).await,
            Err(Error::NotFound)
        ));
    }

    pub async fn syncing(db: &TestDb) {
        let c = cast(db, "acme").await;
        let ttl = SignedDuration::from_secs(60);
        let mut tx = db.store.write().await.unwrap();
        let now = tx.now().await.unwrap();
        let due = cal::due(&mut tx, now, 10).await.unwrap();
        assert_eq!(
            due.iter()
                .map(|d| (d.id, d.workspace_id))
                .collect::<Vec<_>>(),
            [(c.calendar, c.ws)]
        );
        let lease = cal::take_sync_lease(&mut tx, c.ws, c.calendar, "a", ttl)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((lease.cursor.as_deref(), lease.generation), (None, 0));
        assert!(
            cal::take_sync_lease(&mut tx, c.ws, c.calendar, "b", ttl)
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(
            cal::bump_generation(&mut tx, c.ws, c.calendar)
                .await
                .unwrap(),
            1
        );
        assert!(
            cal::save_cursor(&mut tx, c.ws, c.calendar, lease.fence, Some("t1"), ttl)
                .await
                .unwrap()
        );
        tx.commit().await.unwrap();
        db.clock.advance(SignedDuration::from_secs(61));
        let mut tx = db.store.write().await.unwrap();
        let other = cal::take_sync_lease(&mut tx, c.ws, c.calendar, "b", ttl)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((other.cursor.as_deref(), other.generation), (Some("t1"), 1));
        assert!(
            !cal::save_cursor(&mut tx, c.ws, c.calendar, lease.fence, Some("t0"), ttl)
                .await
                .unwrap(),
            "a stalled worker cannot turn the cursor back"
        );
        assert!(
            !cal::release_sync_lease(&mut tx, c.ws, c.calendar, lease.fence)
                .await
                .unwrap()
        );
        assert!(
            cal::release_sync_lease(&mut tx, c.ws, c.calendar, other.fence)
                .await
                .unwrap()
        );

        let now = tx.now().await.unwrap();
        let later = now + SignedDuration::from_hours(1);
        let error = LastError {
            kind: ErrorKind::Auth,
            message: "refused".into(),
            at: now,
        };
        let counts = cal::mark_sync_error(&mut tx, c.ws, c.calendar, &error, later, true)
            .await
            .unwrap();
        assert_eq!((counts.sync_errors, counts.confirmed_errors), (1, 1));
        let outage = LastError {
            kind: ErrorKind::Unavailable,
            ..error
        };
        let counts = cal::mark_sync_error(&mut tx, c.ws, c.calendar, &outage, later, false)
            .await
            .unwrap();
        assert_eq!(
            (counts.sync_errors, counts.confirmed_errors),
            (2, 1),
            "an outage neither adds nor clears"
        );
        assert_eq!(cal::due(&mut tx, now, 10).await.unwrap(), vec![]);
        assert_eq!(cal::due(&mut tx, later, 10).await.unwrap().len(), 1);
        let statistics = Statistics {
            created: 3,
            full: true,
            ..Default::default()
        };
        cal::mark_sync_ok(&mut tx, c.ws, c.calendar, &statistics, later)
            .await
            .unwrap();
        let row = cal::get(&mut tx, c.ws, c.calendar).await.unwrap();
        assert_eq!(
            (
                row.sync_errors,
                row.confirmed_errors,
                row.last_error,
                row.last_statistics
            ),
            (0, 0, None, Some(statistics))
        );
        assert_eq!(
            cal::due_for_expansion(&mut tx, later, 10).await.unwrap(),
            vec![]
        );
        let zone = row.time_zone.as_deref();
        cal::set_expanded_until(&mut tx, c.ws, c.calendar, Some("Elsewhere"), later)
            .await
            .unwrap();
        cal::set_expanded_until(&mut tx, c.ws, c.calendar, zone, now)
            .await
            .unwrap();
        assert_eq!(
            cal::due_for_expansion(&mut tx, later, 10).await.unwrap()[0].expanded_until,
            now
        );
        cal::schedule_sync(&mut tx, c.ws, c.calendar, now)
            .await
            .unwrap();
        connections::set_status(&mut tx, c.ws, c.connection, Status::NeedsReauth)
            .await
            .unwrap();
        assert_eq!(
            cal::due(&mut tx, later, 10).await.unwrap(),
            vec![],
            "its owner must act first"
        );
        connections::set_status(&mut tx, c.ws, c.connection, Status::Connected)
            .await
            .unwrap();
        assert_eq!(cal::due(&mut tx, later, 10).await.unwrap().len(), 1);
        let off = cal::set_enabled(&mut tx, c.ws, c.calendar, false)
            .await
            .unwrap();
        assert_eq!(
            (
                off.next_sync_at,
                cal::due(&mut tx, later, 10).await.unwrap()
            ),
            (None, vec![])
        );
        // Switched off by hand it counts no more as busy; given up, it does until somebody decides.
        let sources = cal::busy_sources(&mut tx, c.ws, c.member).await.unwrap();
        assert_eq!(sources, vec![]);
        cal::set_enabled(&mut tx, c.ws, c.calendar, true)
            .await
            .unwrap();
        for _ in 0..5 {
            cal::mark_sync_error(&mut tx, c.ws, c.calendar, &outage, later, true)
                .await
                .unwrap();
        }
        cal::give_up(&mut tx, c.ws, c.calendar).await.unwrap();
        let sources = cal::busy_sources(&mut tx, c.ws, c.member).await.unwrap();
        assert!(sources.len() == 1 && sources[0].is_given_up());
        let off = cal::set_enabled(&mut tx, c.ws, c.calendar, false)
            .await
            .unwrap();
        assert!(!off.is_given_up());
        let sources = cal::busy_sources(&mut tx, c.ws, c.member).await.unwrap();
        assert_eq!(sources, vec![]);
    }
}
