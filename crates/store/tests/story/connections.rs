//! Connections: authorising, refreshing by one at a time, forgetting; and started authorisations.

super::stories!(authorise, refresh, health, flows);

mod told {
    use daybook_domain::connection::{ErrorKind, Status};
    use daybook_store::connections::{self as con, NewTokens};
    use daybook_store::test_support::TestDb;
    use daybook_store::{LastError, oauth_flows};
    use jiff::SignedDuration;
    use secrecy::ExposeSecret;

    use crate::{account, cast};

    pub async fn authorise(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut tx = db.store.write().await.unwrap();
        let before = con::get(&mut tx, c.ws, c.connection).await.unwrap();
        assert!(before.has_refresh_token && before.status == Status::Connected);
        let mut again = account(c.member, "acme");
        again.access_token = Some("access-2".into());
        again.refresh_token = None;
        again.scopes = vec!["a".into(), "b".into()];
        let (after, created) = con::upsert_authorised(&mut tx, c.ws, &again).await.unwrap();
        assert!(!created && after.id == c.connection && after.scopes == ["a", "b"]);
        assert_eq!(after.token_version, before.token_version + 1);
        let secrets = con::secrets(&mut tx, c.ws, c.connection).await.unwrap();
        assert_eq!(secrets.access_token.unwrap().expose_secret(), "access-2");
        assert_eq!(
            secrets.refresh_token.unwrap().expose_secret(),
            "refresh-1",
            "none given: the old one stays"
        );
        let (other, created) = con::upsert_authorised(&mut tx, c.ws, &account(c.member, "second"))
            .await
            .unwrap();
        assert!(created && other.id != c.connection);
        let own = con::Filter {
            member_id: Some(c.member),
            ..Default::default()
        };
        assert_eq!(
            con::list(&mut tx, c.ws, &own, None, 10)
                .await
                .unwrap()
                .len(),
            2
        );
        let all = con::Filter::default();
        let first = &con::list(&mut tx, c.ws, &all, None, 1).await.unwrap()[0];
        let rest = con::list(&mut tx, c.ws, &all, Some((first.created_at, first.id)), 10)
            .await
            .unwrap();
        for (provider, status, found) in [
            ("google", Status::Connected, 2),
            ("google", Status::Error, 0),
            ("caldav", Status::Connected, 0),
        ] {
            let filter = con::Filter {
                provider: Some(provider.into()),
                status: Some(status),
                ..own.clone()
            };
            let rows = con::list(&mut tx, c.ws, &filter, None, 10).await.unwrap();
            assert_eq!(rows.len(), found, "{provider} {status}");
        }
        assert!(rest.len() == 1 && rest[0].id != first.id);
        assert_eq!(
            con::count_same_grant(&mut tx, "google", "acme")
                .await
                .unwrap(),
            1
        );
        con::set_status(&mut tx, c.ws, c.connection, Status::Disconnected)
            .await
            .unwrap();
        con::forget_secrets(&mut tx, c.ws, c.connection)
            .await
            .unwrap();
        assert_eq!(
            con::count_same_grant(&mut tx, "google", "acme")
                .await
                .unwrap(),
            0
        );
        let gone = con::get(&mut tx, c.ws, c.connection).await.unwrap();
        assert!(
            gone.disconnected_at.is_some()
                && !gone.has_refresh_token
                && gone.token_expires_at.is_none()
        );
        assert!(
            con::secrets(&mut tx, c.ws, c.connection)
                .await
                .unwrap()
                .access_token
                .is_none()
        );
        let (back, created) = con::upsert_authorised(&mut tx, c.ws, &account(c.member, "acme"))
            .await
            .unwrap();
        assert!(!created && back.disconnected_at.is_none() && back.status == Status::Connected);
    }

    fn tokens(n: i64) -> NewTokens {
        NewTokens {
            access_token: format!("access-{n}").into(),
            refresh_token: Some(format!("refresh-{n}").into()),
            token_expires_at: Some("2031-01-01T00:00:00Z".parse().unwrap()),
            refresh_token_expires_at: None,
        }
    }

    pub async fn refresh(db: &TestDb) {
        let c = cast(db, "acme").await;
        let ttl = SignedDuration::from_secs(60);
        let mut tx = db.store.write().await.unwrap();
        let far = "2030-06-01T00:00:00Z".parse().unwrap();
        let never = jiff::Timestamp::MIN;
        assert_eq!(
            con::due_for_refresh(&mut tx, far, never, 10)
                .await
                .unwrap()
                .len(),
            1
        );
        let lease = con::take_refresh_lease(&mut tx, c.ws, c.connection, "node-a", ttl)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(lease.interrupted_since, None);
        tx.commit().await.unwrap();
        let mut tx = db.store.write().await.unwrap();
        assert!(
            con::take_refresh_lease(&mut tx, c.ws, c.connection, "node-b", ttl)
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(
            con::due_for_refresh(&mut tx, far, never, 10).await.unwrap(),
            vec![],
            "somebody is at it"
        );
        tx.commit().await.unwrap();
        // Node a stalls past its lease; node b takes over, sees that a refresh may have happened, and stores its answer.
        db.clock.advance(SignedDuration::from_secs(61));
        let mut tx = db.store.write().await.unwrap();
        let taken = con::take_refresh_lease(&mut tx, c.ws, c.connection, "node-b", ttl)
            .await
            .unwrap()
            .unwrap();
        assert!(taken.fence > lease.fence && taken.interrupted_since.is_some());
        assert!(
            !con::save_tokens(&mut tx, c.ws, c.connection, &lease, &tokens(8))
                .await
                .unwrap(),
            "a lost lease stores nothing"
        );
        assert!(
            con::save_tokens(&mut tx, c.ws, c.connection, &taken, &tokens(9))
                .await
                .unwrap()
        );
        assert!(
            !con::save_tokens(&mut tx, c.ws, c.connection, &taken, &tokens(10))
                .await
                .unwrap(),
            "the version has moved on"
        );
        let secrets = con::secrets(&mut tx, c.ws, c.connection).await.unwrap();
        assert_eq!(secrets.refresh_token.unwrap().expose_secret(), "refresh-9");
        assert_eq!(secrets.token_version, taken.token_version + 1);
        let row = con::get(&mut tx, c.ws, c.connection).await.unwrap();
        assert!(row.refreshed_at.is_some() && row.refresh_started_at.is_none());
        // A consent given meanwhile wins over a refresh that was under way.
        let lease = con::take_refresh_lease(&mut tx, c.ws, c.connection, "node-a", ttl)
            .await
            .unwrap()
            .unwrap();
        con::upsert_authorised(&mut tx, c.ws, &account(c.member, "acme"))
            .await
            .unwrap();
        assert!(
            !con::save_tokens(&mut tx, c.ws, c.connection, &lease, &tokens(11))
                .await
                .unwrap()
        );
        assert!(
            !con::release_lease(&mut tx, c.ws, c.connection, lease.fence)
                .await
                .unwrap()
        );
        let lease = con::take_refresh_lease(&mut tx, c.ws, c.connection, "node-a", ttl)
            .await
            .unwrap()
            .unwrap();
        assert!(
            con::release_lease(&mut tx, c.ws, c.connection, lease.fence)
                .await
                .unwrap()
        );
        con::set_status(&mut tx, c.ws, c.connection, Status::Disconnected)
            .await
            .unwrap();
        assert!(
            con::take_refresh_lease(&mut tx, c.ws, c.connection, "node-a", ttl)
                .await
                .unwrap()
                .is_none()
        );
    }

    pub async fn health(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut tx = db.store.write().await.unwrap();
        let at = tx.now().await.unwrap();
        let error = |kind| LastError {
            kind,
            message: "It said no.".into(),
            at,
        };
        let row = con::set_error(&mut tx, c.ws, c.connection, &error(ErrorKind::Unavailable))
            .await
            .unwrap();
        assert_eq!(
            (row.status, row.last_error.unwrap().kind),
            (Status::Connected, ErrorKind::Unavailable)
        );
        let row = con::set_error(&mut tx, c.ws, c.connection, &error(ErrorKind::Scope))
            .await
            .unwrap();
        assert_eq!(row.status, Status::Error);
        con::clear_error(&mut tx, c.ws, c.connection).await.unwrap();
        let row = con::get(&mut tx, c.ws, c.connection).await.unwrap();
        assert_eq!((row.status, row.last_error), (Status::Connected, None));
        let row = con::set_error(&mut tx, c.ws, c.connection, &error(ErrorKind::Auth))
            .await
            .unwrap();
        assert_eq!(row.status, Status::NeedsReauth);
        con::clear_error(&mut tx, c.ws, c.connection).await.unwrap();
        assert_eq!(
            con::get(&mut tx, c.ws, c.connection).await.unwrap().status,
            Status::NeedsReauth
        );
        assert!(
            con::mark_notified(&mut tx, c.ws, c.connection)
                .await
                .unwrap()
        );
        assert!(
            !con::mark_notified(&mut tx, c.ws, c.connection)
                .await
                .unwrap(),
            "once"
        );
        assert_eq!(
            con::due_for_refresh(&mut tx, jiff::Timestamp::MAX, at, 10)
                .await
                .unwrap(),
            vec![]
        );
        assert_eq!(con::all_connected(&mut tx, None, 10).await.unwrap(), vec![]);
        con::upsert_authorised(&mut tx, c.ws, &account(c.member, "acme"))
            .await
            .unwrap();
        assert!(
            con::mark_notified(&mut tx, c.ws, c.connection)
                .await
                .unwrap()
        );
        con::set_scopes(&mut tx, c.ws, c.connection, &["a".into()], &["b".into()])
            .await
            .unwrap();
        assert_eq!(
            con::get(&mut tx, c.ws, c.connection)
                .await
                .unwrap()
                .missing_scopes,
            ["b"]
        );
        assert_eq!(
            con::all_connected(&mut tx, None, 10).await.unwrap(),
            vec![(c.ws, c.connection)]
        );
        assert_eq!(
            con::all_connected(&mut tx, Some(c.connection), 10)
                .await
                .unwrap(),
            vec![]
        );
    }

    pub async fn flows(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut tx = db.store.write().await.unwrap();
        let now = tx.now().await.unwrap();
        let verifier = "verifier".into();
        let new = |hash| oauth_flows::NewFlow {
            state_hash: hash,
            member_id: c.member,
            session_binding: b"session",
            browser_hash: &[7; 32],
            provider: "google",
            kind: "calendar",
            verifier: Some(&verifier),
            redirect_uri: "https://x/cb",
            return_to: None,
            connection_id: None,
            scopes: &[],
            expires_at: now + SignedDuration::from_mins(10),
        };
        let id = oauth_flows::create(&mut tx, c.ws, &new(&[1; 32]))
            .await
            .unwrap();
        oauth_flows::create(&mut tx, c.ws, &new(&[2; 32]))
            .await
            .unwrap();
        assert!(
            oauth_flows::take(&mut tx, &[3; 32])
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(
            oauth_flows::peek(&mut tx, &[1; 32])
                .await
                .unwrap()
                .unwrap()
                .id,
            id
        );
        let flow = oauth_flows::take(&mut tx, &[1; 32]).await.unwrap().unwrap();
        assert_eq!(
            (flow.id, flow.session_binding.as_slice()),
            (id, b"session".as_slice())
        );
        assert_eq!(flow.verifier.unwrap().expose_secret(), "verifier");
        assert!(
            oauth_flows::take(&mut tx, &[1; 32])
                .await
                .unwrap()
                .is_none(),
            "once"
        );
        tx.commit().await.unwrap();
        db.clock.advance(SignedDuration::from_mins(11));
        let mut tx = db.store.write().await.unwrap();
        assert!(
            oauth_flows::take(&mut tx, &[2; 32])
                .await
                .unwrap()
                .is_none(),
            "too late"
        );
        tx.commit().await.unwrap();
        db.clock.advance(SignedDuration::from_hours(25));
        let mut tx = db.store.write().await.unwrap();
        assert_eq!(oauth_flows::delete_expired(&mut tx).await.unwrap(), 2);
    }
}
