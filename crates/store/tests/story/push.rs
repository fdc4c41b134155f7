//! Push channels: intended, opened, renewed, closed, and known by their token; cursors are kept like secrets.

super::stories!(channels, shared, cursors);

mod told {
    use daybook_domain::PushChannelId;
    use daybook_store::calendars::NewCalendars;
    use daybook_store::push_channels::{self as push, NewChannel, Opened, State};
    use daybook_store::test_support::TestDb;
    use daybook_store::{Error, calendars as cal, connections, jobs};
    use jiff::SignedDuration;
    use uuid::Uuid;

    use crate::{Cast, account, cast, remote};

    const BASE: &str = "https://daybook.example/hooks/";

    fn new<'a>(c: &Cast, n: u128, hash: &'a [u8; 32], at: jiff::Timestamp) -> NewChannel<'a> {
        NewChannel {
            id: PushChannelId::from_uuid(Uuid::from_u128(n)),
            connection_id: c.connection,
            calendar_id: c.calendar,
            provider: "google",
            address: "https://daybook.example/hooks/google",
            token_hash: hash,
            expires_at: at,
        }
    }

    pub async fn channels(db: &TestDb) {
        let (a, b) = (cast(db, "acme").await, cast(db, "globex").await);
        let mut tx = db.store.write().await.unwrap();
        let now = tx.now().await.unwrap();
        let end = now + SignedDuration::from_hours(24);
        let first = new(&a, 1, &[1; 32], end);
        push::intend(&mut tx, a.ws, &first).await.unwrap();
        let opened = Opened {
            remote_id: "r1",
            resource_id: Some("res"),
            expires_at: end - SignedDuration::from_hours(1),
            renew_at: now + SignedDuration::from_hours(12),
        };
        assert!(matches!(
            push::opened(&mut tx, b.ws, first.id, &opened).await,
            Err(Error::NotFound)
        ));
        let live = push::opened(&mut tx, a.ws, first.id, &opened)
            .await
            .unwrap();
        assert_eq!(
            (live.state, live.expires_at),
            (State::Live, opened.expires_at)
        );
        let row = cal::get(&mut tx, a.ws, a.calendar).await.unwrap();
        assert_eq!(row.push_expires_at, Some(opened.expires_at));
        let hashes = [[1; 32], [2; 32]];
        let known = push::by_token_hashes(&mut tx, "google", &hashes)
            .await
            .unwrap();
        assert_eq!(known, [live]);
        assert_eq!(
            push::by_token_hashes(&mut tx, "other", &hashes)
                .await
                .unwrap(),
            []
        );
        assert_eq!(
            push::of_calendar(&mut tx, b.ws, a.calendar).await.unwrap(),
            []
        );

        // Due by time, by address, and not while the calendar is left alone.
        let half = now + SignedDuration::from_hours(12);
        assert_eq!(push::due(&mut tx, now, BASE, 9).await.unwrap(), []);
        assert_eq!(push::due(&mut tx, half, BASE, 9).await.unwrap().len(), 1);
        assert_eq!(
            push::due(&mut tx, now, "https://moved/hooks/", 9)
                .await
                .unwrap()
                .len(),
            1
        );
        cal::set_watch_after(&mut tx, a.ws, a.calendar, Some(end))
            .await
            .unwrap();
        assert_eq!(push::due(&mut tx, half, BASE, 9).await.unwrap(), []);
        cal::set_watch_after(&mut tx, a.ws, a.calendar, None)
            .await
            .unwrap();

        // Nobody wants it: switched off, closed, or the calendar gone; it stays known until it has run out.
        assert_eq!(push::unwanted(&mut tx, now, None, 9).await.unwrap(), []);
        cal::set_enabled(&mut tx, a.ws, a.calendar, false)
            .await
            .unwrap();
        assert_eq!(
            push::unwanted(&mut tx, now, None, 9).await.unwrap().len(),
            1
        );
        let second = new(&a, 2, &[2; 32], end);
        push::intend(&mut tx, a.ws, &second).await.unwrap();
        push::close(&mut tx, a.ws, second.id).await.unwrap();
        let late = push::opened(&mut tx, a.ws, second.id, &opened)
            .await
            .unwrap();
        assert_eq!(late.state, State::Closing, "not wanted any more");
        assert_eq!(
            push::unwanted(&mut tx, now, Some(first.id), 9)
                .await
                .unwrap()
                .len(),
            1
        );
        cal::delete(&mut tx, a.ws, a.calendar).await.unwrap();
        let left = push::of_connection(&mut tx, a.ws, a.connection)
            .await
            .unwrap();
        assert!(
            left.len() == 2
                && left
                    .iter()
                    .all(|c| c.calendar_id.is_none() && c.state == State::Closing)
        );
        assert!(push::delete(&mut tx, a.ws, second.id).await.unwrap());
        assert_eq!(push::delete_expired(&mut tx, now).await.unwrap(), 0);
        assert_eq!(push::delete_expired(&mut tx, end).await.unwrap(), 1);
        let stolen = new(&a, 3, &[3; 32], end);
        assert!(matches!(
            push::intend(&mut tx, b.ws, &stolen).await,
            Err(Error::Reference)
        ));
    }

    /// The account of `a`, connected in the workspace of `b` too.
    async fn twin(db: &TestDb, b: &Cast, subject: &str) -> Cast {
        let mut tx = db.store.write_in(b.ws).await.unwrap();
        let account = account(b.member, subject);
        let (connection, _) = connections::upsert_authorised(&mut tx, b.ws, &account)
            .await
            .unwrap();
        let (listed, on) = ([remote("main", true)], NewCalendars::PrimaryOn);
        let listed = cal::upsert_listed(&mut tx, b.ws, connection.id, &listed, on)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        Cast {
            connection: connection.id,
            calendar: listed[0].id,
            ..*b
        }
    }

    pub async fn shared(db: &TestDb) {
        let (a, b) = (cast(db, "acme").await, cast(db, "globex").await);
        let twin = twin(db, &b, "acme").await;
        let mut tx = db.store.write().await.unwrap();
        let now = tx.now().await.unwrap();
        let (before, end) = (
            now - SignedDuration::from_hours(1),
            now + SignedDuration::from_hours(24),
        );
        let first = new(&a, 1, &[1; 32], end);
        push::intend(&mut tx, a.ws, &first).await.unwrap();
        // Asked for by the same account elsewhere: not by oneself, by another account, or long ago.
        for (one, since, there) in [
            (&twin, before, true),
            (&a, before, false),
            (&b, before, false),
            (&twin, end, false),
        ] {
            let found = push::opening_elsewhere(&mut tx, one.ws, one.calendar, since).await;
            assert_eq!(found.unwrap(), there);
        }
        let opened = Opened {
            remote_id: "r1",
            resource_id: None,
            expires_at: end,
            renew_at: end,
        };
        let live = push::opened(&mut tx, a.ws, first.id, &opened)
            .await
            .unwrap();
        let found = push::opening_elsewhere(&mut tx, twin.ws, twin.calendar, before).await;
        assert!(!found.unwrap(), "it was answered");
        let named = ["r0", "r1"];
        let known = push::by_remote_ids(&mut tx, "google", &named).await;
        assert_eq!(known.unwrap(), [live]);
        let known = push::by_remote_ids(&mut tx, "other", &named).await;
        assert_eq!(known.unwrap(), []);

        // One token for both.
        let second = new(&twin, 2, &[2; 32], end);
        push::intend(&mut tx, twin.ws, &second).await.unwrap();
        assert!(matches!(
            push::set_token_hash(&mut tx, a.ws, second.id, &[1; 32]).await,
            Err(Error::NotFound)
        ));
        push::set_token_hash(&mut tx, twin.ws, second.id, &[1; 32])
            .await
            .unwrap();
        let both = push::by_token_hashes(&mut tx, "google", &[[1; 32]]).await;
        assert_eq!(both.unwrap().len(), 2);
        assert!(push::hold(&mut tx, a.ws, first.id, now).await.unwrap());
        assert!(!push::hold(&mut tx, b.ws, first.id, now).await.unwrap());
        assert!(!push::hold(&mut tx, a.ws, first.id, end).await.unwrap());
        push::close(&mut tx, a.ws, first.id).await.unwrap();
        assert!(!push::hold(&mut tx, a.ws, first.id, now).await.unwrap());
    }

    pub async fn cursors(db: &TestDb) {
        let c = cast(db, "acme").await;
        let ttl = SignedDuration::from_secs(60);
        let link = "https://graph.example/delta?$deltatoken=canary-of-a-link";
        let mut tx = db.store.write().await.unwrap();
        let lease = cal::take_sync_lease(&mut tx, c.ws, c.calendar, "a", ttl)
            .await
            .unwrap()
            .unwrap();
        assert!(
            cal::save_cursor(&mut tx, c.ws, c.calendar, lease.fence, Some(link), ttl)
                .await
                .unwrap()
        );
        assert_eq!(
            cal::cursor(&mut tx, c.ws, c.calendar)
                .await
                .unwrap()
                .as_deref(),
            Some(link)
        );
        assert!(
            cal::get(&mut tx, c.ws, c.calendar)
                .await
                .unwrap()
                .has_cursor
        );
        tx.commit().await.unwrap();
        let hex = match db.store.kind() {
            daybook_store::Kind::Sqlite => "hex(sync_cursor)",
            daybook_store::Kind::Postgres => "upper(encode(sync_cursor, 'hex'))",
        };
        let stored = db
            .store
            .texts_raw(format!("SELECT {hex} FROM calendar"))
            .await
            .unwrap();
        let plain: String = "canary-of-a-link"
            .bytes()
            .map(|b| format!("{b:02X}"))
            .collect();
        assert!(!stored[0].is_empty() && !stored[0].contains(&plain));
        // A damaged one is no cursor: everything is read again.
        db.store
            .execute_raw("UPDATE calendar SET sync_cursor = NULL".into())
            .await
            .unwrap();
        let mut tx = db.store.write().await.unwrap();
        assert_eq!(cal::cursor(&mut tx, c.ws, c.calendar).await.unwrap(), None);
        let none = jobs::standing(&mut tx, "sync_calendar", &["x".to_owned()])
            .await
            .unwrap();
        assert_eq!(none, []);
    }
}
