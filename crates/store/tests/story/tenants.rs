//! No row of another workspace can be read, changed or referred to.

super::stories!(isolation, references);

mod told {
    use daybook_store::test_support::TestDb;
    use daybook_store::{
        Error, activity, api_keys, blocks, calendars, clients, configurations, connections, events,
        instances, members, projects, time_entries,
    };
    use jiff::Timestamp;

    use crate::cast;

    /// Every function that takes a workspace, called with another one's ids, finds nothing.
    pub async fn isolation(db: &TestDb) {
        let (a, b) = (cast(db, "acme").await, cast(db, "globex").await);
        let mut tx = db.store.write().await.unwrap();
        let entry = super::super::billing::told::entry(b.member, "k");
        let (entry, _) = time_entries::create(&mut tx, b.ws, &entry).await.unwrap();
        let client = clients::create(&mut tx, b.ws, &Default::default())
            .await
            .unwrap();
        let event = super::super::mirror::told::single("e", "2026-03-02T09:00:00Z");
        let ids = events::upsert_batch(
            &mut tx,
            b.ws,
            b.calendar,
            1,
            &[super::super::mirror::told::new(&event)],
        )
        .await
        .unwrap();
        let configuration = configurations::create(
            &mut tx,
            b.ws,
            b.member,
            "x",
            &Default::default(),
            &[b.calendar],
        )
        .await
        .unwrap();
        let lunch = blocks::When::Weekly(super::super::availability::told::lunch());
        let block = blocks::create(&mut tx, b.ws, b.member, "x", &lunch)
            .await
            .unwrap();
        macro_rules! not_found {
            ($($call:expr),+ $(,)?) => {$( assert!(matches!($call.await, Err(Error::NotFound)), stringify!($call)); )+};
        }
        let at = tx.now().await.unwrap();
        not_found!(
            members::get(&mut tx, a.ws, b.member),
            members::remove(&mut tx, a.ws, b.member),
            members::set_role(
                &mut tx,
                a.ws,
                b.member,
                daybook_domain::account::Role::Member
            ),
            connections::get(&mut tx, a.ws, b.connection),
            connections::secrets(&mut tx, a.ws, b.connection),
            connections::forget_secrets(&mut tx, a.ws, b.connection),
            connections::set_status(
                &mut tx,
                a.ws,
                b.connection,
                daybook_domain::connection::Status::Disconnected
            ),
            calendars::get(&mut tx, a.ws, b.calendar),
            calendars::set_enabled(&mut tx, a.ws, b.calendar, false),
            calendars::update_settings(&mut tx, a.ws, b.calendar, &Default::default()),
            calendars::delete(&mut tx, a.ws, b.calendar),
            calendars::schedule_sync(&mut tx, a.ws, b.calendar, at),
            calendars::bump_generation(&mut tx, a.ws, b.calendar),
            events::get(&mut tx, a.ws, ids[0]),
            clients::get(&mut tx, a.ws, client.id),
            clients::update(&mut tx, a.ws, client.id, &Default::default()),
            clients::delete(&mut tx, a.ws, client.id),
            configurations::get(&mut tx, a.ws, configuration.id),
            configurations::replace(
                &mut tx,
                a.ws,
                configuration.id,
                "y",
                &Default::default(),
                &[]
            ),
            configurations::delete(&mut tx, a.ws, configuration.id),
            blocks::get(&mut tx, a.ws, block.id),
            blocks::replace(&mut tx, a.ws, block.id, "y", &lunch),
            blocks::delete(&mut tx, a.ws, block.id),
            time_entries::get(&mut tx, a.ws, entry.id),
            time_entries::delete(&mut tx, a.ws, entry.id),
            time_entries::update(&mut tx, a.ws, entry.id, 1, &Default::default()),
        );
        assert!(
            calendars::take_sync_lease(
                &mut tx,
                a.ws,
                b.calendar,
                "x",
                jiff::SignedDuration::from_secs(9)
            )
            .await
            .unwrap()
            .is_none()
        );
        assert!(
            connections::take_refresh_lease(
                &mut tx,
                a.ws,
                b.connection,
                "x",
                jiff::SignedDuration::from_secs(9)
            )
            .await
            .unwrap()
            .is_none()
        );
        assert_eq!(events::count(&mut tx, a.ws, b.calendar).await.unwrap(), 0);
        assert_eq!(
            events::delete_by_provider_ids(&mut tx, a.ws, b.calendar, &["e"])
                .await
                .unwrap(),
            Vec::<String>::new()
        );
        assert_eq!(
            events::sweep(&mut tx, a.ws, b.calendar, 99).await.unwrap(),
            vec![]
        );
        assert_eq!(
            instances::busy(&mut tx, a.ws, &[b.calendar], Timestamp::MIN, Timestamp::MAX)
                .await
                .unwrap(),
            vec![]
        );
        let (from, to) = (Timestamp::MIN, Timestamp::MAX);
        let theirs = instances::taken(&mut tx, a.ws, &[b.calendar], from, to).await;
        assert_eq!(theirs.unwrap(), vec![]);
        let theirs = blocks::of_members(&mut tx, a.ws, &[b.member], from, to).await;
        assert_eq!(theirs.unwrap(), vec![]);
        let theirs = calendars::get_many(&mut tx, a.ws, &[b.calendar]).await;
        assert_eq!(theirs.unwrap(), vec![]);
        let theirs = calendars::of_members(&mut tx, a.ws, &[b.member]).await;
        assert_eq!(theirs.unwrap(), vec![]);
        let theirs = configurations::list(&mut tx, a.ws, None, None, 10).await;
        assert_eq!(theirs.unwrap(), vec![]);
        let theirs = blocks::list(&mut tx, a.ws, None, None, 10).await;
        assert_eq!(theirs.unwrap(), vec![]);
        assert_eq!(
            members::list(&mut tx, a.ws, None, 10).await.unwrap().len(),
            1
        );
        assert_eq!(
            connections::list(&mut tx, a.ws, None, None, 10)
                .await
                .unwrap()
                .len(),
            1
        );
        assert_eq!(
            calendars::list(&mut tx, a.ws, None, None, 10)
                .await
                .unwrap()
                .len(),
            1
        );
        assert_eq!(
            calendars::list(&mut tx, a.ws, Some(b.member), None, 10)
                .await
                .unwrap(),
            vec![]
        );
        assert_eq!(
            clients::list(&mut tx, a.ws, true, None, 10).await.unwrap(),
            vec![]
        );
        assert_eq!(
            projects::list(&mut tx, a.ws, &Default::default(), None, 10)
                .await
                .unwrap(),
            vec![]
        );
        assert_eq!(
            time_entries::list(&mut tx, a.ws, &Default::default(), None, 10)
                .await
                .unwrap(),
            vec![]
        );
        assert_eq!(
            activity::list(&mut tx, a.ws, &Default::default(), None, 10)
                .await
                .unwrap(),
            vec![]
        );
        assert_eq!(
            api_keys::list(&mut tx, a.ws, None, None, 10).await.unwrap(),
            vec![]
        );
        tx.commit().await.unwrap();
        let mut tx = db.store.read().await.unwrap();
        assert_eq!(events::count(&mut tx, b.ws, b.calendar).await.unwrap(), 1);
        assert!(
            calendars::get(&mut tx, b.ws, b.calendar)
                .await
                .unwrap()
                .sync_enabled
        );
    }

    /// The database itself refuses references into another workspace.
    pub async fn references(db: &TestDb) {
        let (a, b) = (cast(db, "acme").await, cast(db, "globex").await);
        let mut tx = db.store.write().await.unwrap();
        let client = clients::create(&mut tx, b.ws, &Default::default())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        macro_rules! refused {
            ($($tx:ident => $call:expr),+ $(,)?) => {$({
                let mut $tx = db.store.write().await.unwrap();
                let result = $call.await.map(|_| ());
                assert!(matches!(result, Err(Error::Reference)), "{}: {result:?}", stringify!($call));
            })+};
        }
        let project = projects::NewProject {
            client_id: Some(client.id),
            name: "x".into(),
            color: None,
            currency: None,
            hourly_rate_minor: None,
            billable: true,
        };
        let stolen = calendars::Settings {
            default_client_id: Some(Some(client.id)),
            ..Default::default()
        };
        let mut entry = super::super::billing::told::entry(a.member, "k");
        entry.client_id = Some(client.id);
        let foreign = super::super::billing::told::entry(b.member, "k");
        let account = crate::account(b.member, "x");
        let event = super::super::mirror::told::single("e", "2026-03-02T09:00:00Z");
        let event = [super::super::mirror::told::new(&event)];
        let session = daybook_store::sessions::NewSession {
            token_hash: &[1; 32],
            user_id: b.user,
            workspace_id: a.ws,
            member_id: b.member,
            expires_at: Timestamp::MAX,
            user_agent: None,
        };
        refused!(
            tx => projects::create(&mut tx, a.ws, &project),
            tx => calendars::update_settings(&mut tx, a.ws, a.calendar, &stolen),
            tx => time_entries::create(&mut tx, a.ws, &entry),
            tx => time_entries::create(&mut tx, a.ws, &foreign),
            tx => connections::upsert_authorised(&mut tx, a.ws, &account),
            tx => calendars::upsert_listed(&mut tx, a.ws, b.connection, &[crate::remote("x", false)], calendars::NewCalendars::Off),
            tx => events::upsert_batch(&mut tx, a.ws, b.calendar, 1, &event),
            tx => configurations::create(&mut tx, a.ws, a.member, "x", &Default::default(), &[b.calendar]),
            tx => configurations::create(&mut tx, a.ws, b.member, "x", &Default::default(), &[a.calendar]),
            tx => blocks::create(&mut tx, a.ws, b.member, "x", &blocks::When::Weekly(super::super::availability::told::lunch())),
            tx => daybook_store::sessions::create(&mut tx, &session),
        );
    }
}
