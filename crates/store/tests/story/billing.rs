//! Clients, projects, time entries and the activity log.

super::stories!(
    clients_and_projects,
    time_entries,
    activity_log,
    activity_searched
);

pub mod told {
    use daybook_domain::MemberId;
    use daybook_domain::activity::LogType;
    use daybook_domain::time_entry::{Source, Status};
    use daybook_store::test_support::TestDb;
    use daybook_store::time_entries::{self as te, NewTimeEntry};
    use daybook_store::{Error, activity, clients, projects};
    use jiff::SignedDuration;

    use crate::cast;

    pub fn entry(member: MemberId, cause: &str) -> NewTimeEntry {
        NewTimeEntry {
            member_id: member,
            source: Source::Calendar,
            status: Status::Pending,
            description: "Planning".into(),
            started_at: "2026-03-02T09:00:00Z".parse().unwrap(),
            ended_at: None,
            duration_minutes: 30,
            client_id: None,
            project_id: None,
            billable: true,
            synced_event_id: None,
            calendar_id: None,
            cause_key: Some(cause.into()),
            tags: vec!["a".into()],
        }
    }

    fn project(client: Option<daybook_domain::ClientId>) -> projects::NewProject {
        projects::NewProject {
            client_id: client,
            name: "Site".into(),
            color: None,
            currency: None,
            hourly_rate_minor: Some(9_000),
            billable: true,
        }
    }

    pub async fn clients_and_projects(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut tx = db.store.write().await.unwrap();
        let new = clients::NewClient {
            name: "Globex".into(),
            currency: Some("USD".into()),
            ..Default::default()
        };
        let client = clients::create(&mut tx, c.ws, &new).await.unwrap();
        let changes = clients::Changes {
            currency: Some(None),
            notes: Some(Some("n".into())),
            archived: Some(true),
            ..Default::default()
        };
        let changed = clients::update(&mut tx, c.ws, client.id, &changes)
            .await
            .unwrap();
        assert_eq!(
            (
                changed.name.as_str(),
                changed.currency.as_deref(),
                changed.notes.as_deref()
            ),
            ("Globex", None, Some("n"))
        );
        assert!(changed.archived_at.is_some());
        assert_eq!(
            clients::list(&mut tx, c.ws, false, None, 10).await.unwrap(),
            vec![]
        );
        assert_eq!(
            clients::list(&mut tx, c.ws, true, None, 10).await.unwrap(),
            vec![changed]
        );
        let made = projects::create(&mut tx, c.ws, &project(Some(client.id)))
            .await
            .unwrap();
        let filter = projects::Filter {
            client_id: Some(client.id),
            archived: false,
        };
        assert_eq!(
            projects::list(&mut tx, c.ws, &filter, None, 10)
                .await
                .unwrap(),
            vec![made.clone()]
        );
        let changes = projects::Changes {
            hourly_rate_minor: Some(None),
            billable: Some(false),
            ..Default::default()
        };
        let changed = projects::update(&mut tx, c.ws, made.id, &changes)
            .await
            .unwrap();
        assert_eq!(
            (
                changed.hourly_rate_minor,
                changed.billable,
                changed.client_id
            ),
            (None, false, Some(client.id))
        );
        tx.commit().await.unwrap();
        let mut tx = db.store.write().await.unwrap();
        assert!(
            matches!(
                clients::delete(&mut tx, c.ws, client.id).await,
                Err(Error::Reference)
            ),
            "still in use"
        );
        drop(tx);
        let mut tx = db.store.write().await.unwrap();
        projects::delete(&mut tx, c.ws, made.id).await.unwrap();
        clients::delete(&mut tx, c.ws, client.id).await.unwrap();
        assert!(matches!(
            clients::get(&mut tx, c.ws, client.id).await,
            Err(Error::NotFound)
        ));
    }

    pub async fn time_entries(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut tx = db.store.write().await.unwrap();
        let (first, created) = te::create(&mut tx, c.ws, &entry(c.member, "uid#1"))
            .await
            .unwrap();
        assert!(created && first.version == 1);
        let (again, created) = te::create(&mut tx, c.ws, &entry(c.member, "uid#1"))
            .await
            .unwrap();
        assert!(!created && again == first, "one entry for one cause");
        for _ in 0..2 {
            let manual = NewTimeEntry {
                cause_key: None,
                source: Source::Manual,
                ..entry(c.member, "")
            };
            assert!(te::create(&mut tx, c.ws, &manual).await.unwrap().1);
        }
        let filter = te::Filter {
            member_id: Some(c.member),
            ..Default::default()
        };
        let all = te::list(&mut tx, c.ws, &filter, None, 10).await.unwrap();
        assert_eq!(all.len(), 3);
        let rest = te::list(
            &mut tx,
            c.ws,
            &filter,
            Some((all[0].started_at, all[0].id)),
            10,
        )
        .await
        .unwrap();
        assert_eq!(rest, all[1..]);
        let filter = te::Filter {
            source: Some(Source::Calendar),
            status: Some(Status::Pending),
            from: Some(first.started_at),
            ..Default::default()
        };
        assert_eq!(
            te::list(&mut tx, c.ws, &filter, None, 10).await.unwrap(),
            vec![first.clone()]
        );
        let filter = te::Filter {
            to: Some(first.started_at),
            ..Default::default()
        };
        assert_eq!(
            te::list(&mut tx, c.ws, &filter, None, 10).await.unwrap(),
            vec![]
        );
        let changes = te::Changes {
            duration_minutes: Some(45),
            tags: Some(vec![]),
            ..Default::default()
        };
        let changed = te::update(&mut tx, c.ws, first.id, first.version, &changes)
            .await
            .unwrap();
        assert_eq!(
            (
                changed.duration_minutes,
                changed.tags.len(),
                changed.version
            ),
            (45, 0, 2)
        );
        let stale = te::update(&mut tx, c.ws, first.id, first.version, &changes).await;
        assert!(matches!(stale, Err(Error::Conflict { .. })));
        let sent_back = te::set_status(
            &mut tx,
            c.ws,
            first.id,
            2,
            Status::Rejected,
            Some("too long"),
        )
        .await
        .unwrap();
        assert_eq!(sent_back.rejected_reason.as_deref(), Some("too long"));
        te::delete(&mut tx, c.ws, first.id).await.unwrap();
        assert!(matches!(
            te::set_status(&mut tx, c.ws, first.id, 3, Status::Pending, None).await,
            Err(Error::NotFound)
        ));
    }

    /// Words are looked for as they stand, and a kind finds what is about it by itself or through its provider.
    pub async fn activity_searched(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut tx = db.store.write().await.unwrap();
        for (log_type, provider, title) in [
            (LogType::CalendarSync, Some("google"), "synced"),
            (LogType::Oauth, Some("google"), "Ada 100% CONNECTED"),
            (LogType::Oauth, Some("zoom"), "Bo_1 connected"),
            (LogType::VideoLinkCreated, Some("google"), "Élodie: link"),
            (LogType::WebhookSent, None, "sent!"),
        ] {
            let line = activity::NewActivity {
                log_type,
                integration_type: provider.map(Into::into),
                connection_id: None,
                calendar_id: None,
                member_id: Some(c.member),
                success: true,
                title: title.into(),
                detail: serde_json::json!({}),
                duration_ms: None,
            };
            activity::append(&mut tx, c.ws, &line).await.unwrap();
        }
        for (q, found) in [
            ("connected", 2),
            ("100%", 1),
            ("0%c", 0),
            ("bo_1", 1),
            ("bo%1", 0),
            ("sent!", 1),
            ("Élodie", 1),
            ("!", 1),
        ] {
            let filter = activity::Filter {
                q: Some(q.into()),
                ..Default::default()
            };
            let rows = activity::list(&mut tx, c.ws, &filter, None, 10).await;
            assert_eq!(rows.unwrap().len(), found, "{q}");
        }
        let filter = activity::Filter {
            about: Some(activity::About {
                log_types: vec![LogType::CalendarSync],
                open_types: vec![LogType::Oauth],
                providers: vec!["google".into(), "caldav".into()],
            }),
            ..Default::default()
        };
        let rows = activity::list(&mut tx, c.ws, &filter, None, 10)
            .await
            .unwrap();
        assert_eq!(rows.len(), 2, "the sync and Ada's connection: {rows:?}");
    }

    pub async fn activity_log(db: &TestDb) {
        let c = cast(db, "acme").await;
        let line = |success| activity::NewActivity {
            log_type: LogType::CalendarSync,
            integration_type: Some("google".into()),
            connection_id: Some(c.connection),
            calendar_id: None,
            member_id: Some(c.member),
            success,
            title: "Synced".into(),
            detail: serde_json::json!({"created": 1}),
            duration_ms: Some(12),
        };
        for success in [true, false, true] {
            let mut tx = db.store.write().await.unwrap();
            activity::append(&mut tx, c.ws, &line(success))
                .await
                .unwrap();
            tx.commit().await.unwrap();
            db.clock.advance(SignedDuration::from_hours(1));
        }
        let mut tx = db.store.write().await.unwrap();
        let all = activity::list(&mut tx, c.ws, &activity::Filter::default(), None, 10)
            .await
            .unwrap();
        assert!(
            all.len() == 3
                && all[0].created_at > all[2].created_at
                && all[0].detail["created"] == 1
        );
        let failed = activity::Filter {
            success: Some(false),
            provider: Some("google".into()),
            ..Default::default()
        };
        assert_eq!(
            activity::list(&mut tx, c.ws, &failed, None, 10)
                .await
                .unwrap(),
            all[1..2]
        );
        let rest = activity::list(
            &mut tx,
            c.ws,
            &activity::Filter::default(),
            Some((all[0].created_at, all[0].id)),
            10,
        )
        .await
        .unwrap();
        assert_eq!(rest, all[1..]);
        assert_eq!(
            activity::delete_older(&mut tx, all[0].created_at)
                .await
                .unwrap(),
            2
        );
    }
}
