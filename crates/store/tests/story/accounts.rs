//! Workspaces, people, members, sessions, API keys, invitations, idempotency keys.

super::stories!(people, sessions_and_keys, invitations, idempotency_keys);

mod told {
    use daybook_domain::account::{Role, Scope};
    use daybook_store::idempotency::{self, Claim};
    use daybook_store::test_support::TestDb;
    use daybook_store::{
        Error, api_keys, invitations as inv, members, sessions, users, workspaces,
    };
    use jiff::SignedDuration;
    use secrecy::ExposeSecret;

    use crate::{cast, email, workspace};

    pub async fn people(db: &TestDb) {
        let mut tx = db.store.write().await.unwrap();
        assert_eq!(users::count_all(&mut tx).await.unwrap(), 0);
        let (ws, ada, owner) = workspace(&mut tx, "acme").await;
        assert_eq!(users::count_all(&mut tx).await.unwrap(), 1);
        let hash = users::password_hash(&mut tx, ada).await.unwrap().unwrap();
        assert_eq!(hash.expose_secret(), "$argon2id$x");
        users::set_password(&mut tx, ada, &"$argon2id$y".into())
            .await
            .unwrap();
        let hash = users::password_hash(&mut tx, ada).await.unwrap().unwrap();
        assert_eq!(hash.expose_secret(), "$argon2id$y");
        let found = users::by_email(&mut tx, &email("ACME"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((found.id, found.email.as_str()), (ada, "acme@example.com"));
        let changes = users::Changes {
            name: Some("Ada".into()),
            disabled: Some(true),
            ..Default::default()
        };
        let changed = users::update(&mut tx, ada, &changes).await.unwrap();
        assert!(changed.disabled_at.is_some() && changed.name == "Ada" && changed.locale == "en");
        let changed = users::update(&mut tx, ada, &users::Changes::default())
            .await
            .unwrap();
        assert!(changed.disabled_at.is_some());
        let on = users::Changes {
            disabled: Some(false),
            ..Default::default()
        };
        assert_eq!(
            users::update(&mut tx, ada, &on).await.unwrap().disabled_at,
            None
        );

        let changes = workspaces::Changes {
            name: Some("Acme Inc".into()),
            ..Default::default()
        };
        let acme = workspaces::update(&mut tx, ws, &changes).await.unwrap();
        assert_eq!(
            (acme.name.as_str(), acme.slug.as_str()),
            ("Acme Inc", "acme")
        );
        assert_eq!(
            workspaces::by_slug(&mut tx, "acme").await.unwrap().unwrap(),
            acme
        );
        assert_eq!(workspaces::list_all(&mut tx).await.unwrap(), vec![acme]);

        let again = members::create(&mut tx, ws, ada, Role::Member).await;
        assert!(matches!(again, Err(Error::Conflict { .. })), "{again:?}");
        assert_eq!(members::count_owners(&mut tx, ws).await.unwrap(), 1);
        assert_eq!(
            members::of_user(&mut tx, ada).await.unwrap()[0].workspace_name,
            "Acme Inc"
        );
        members::set_role(&mut tx, ws, owner, Role::Admin)
            .await
            .unwrap();
        assert_eq!(members::count_owners(&mut tx, ws).await.unwrap(), 0);
        let listed = members::list(&mut tx, ws, None, 10).await.unwrap();
        assert_eq!(
            (listed[0].name.as_str(), listed[0].role),
            ("Ada", Role::Admin)
        );
        let next = members::list(&mut tx, ws, Some((listed[0].created_at, listed[0].id)), 10)
            .await
            .unwrap();
        assert_eq!(next, vec![]);
        members::remove(&mut tx, ws, owner).await.unwrap();
        assert!(matches!(
            members::remove(&mut tx, ws, owner).await,
            Err(Error::NotFound)
        ));
        assert_eq!(members::list(&mut tx, ws, None, 10).await.unwrap(), vec![]);
        let back = members::create(&mut tx, ws, ada, Role::Member)
            .await
            .unwrap();
        assert_eq!(
            (back.id, back.removed_at, back.role),
            (owner, None, Role::Member)
        );
        tx.commit().await.unwrap();

        // PostgreSQL ends a transaction at its first error, so each refusal has its own.
        let mut tx = db.store.write().await.unwrap();
        let taken = workspaces::NewWorkspace {
            name: "x",
            slug: "acme",
            time_zone: "UTC",
            currency: "EUR",
        };
        let refused = workspaces::create(&mut tx, &taken).await;
        assert!(
            matches!(&refused, Err(Error::Conflict { constraint }) if constraint == "workspace_slug_key"),
            "{refused:?}"
        );
        drop(tx);
        let mut tx = db.store.write().await.unwrap();
        let new = users::NewUser {
            email: &email("acme"),
            name: "x",
            password_hash: None,
            time_zone: "UTC",
            locale: "en",
        };
        let refused = users::create(&mut tx, &new).await;
        assert!(
            matches!(&refused, Err(Error::Conflict { constraint }) if constraint == "account_user_email_key"),
            "{refused:?}"
        );
    }

    pub async fn sessions_and_keys(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut tx = db.store.write().await.unwrap();
        let now = tx.now().await.unwrap();
        let new = sessions::NewSession {
            token_hash: &[1; 32],
            user_id: c.user,
            workspace_id: c.ws,
            member_id: c.member,
            expires_at: now + SignedDuration::from_hours(1),
            user_agent: Some("Firefox"),
        };
        let session = sessions::create(&mut tx, &new).await.unwrap();
        let (found, who) = sessions::by_token_hash(&mut tx, &[1; 32])
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (
                found.id,
                who.user.id,
                who.workspace.slug.as_str(),
                who.member.role
            ),
            (session.id, c.user, "acme", Role::Owner)
        );
        assert!(
            sessions::by_token_hash(&mut tx, &[2; 32])
                .await
                .unwrap()
                .is_none()
        );
        let new = api_keys::NewApiKey {
            member_id: c.member,
            name: "CI",
            prefix: "dbk_abc",
            token_hash: &[3; 32],
            scope: Scope::Write,
            expires_at: Some(now + SignedDuration::from_hours(5)),
        };
        let key = api_keys::create(&mut tx, c.ws, &new).await.unwrap();
        tx.commit().await.unwrap();

        db.clock.advance(SignedDuration::from_mins(30));
        let mut tx = db.store.write().await.unwrap();
        sessions::touch(&mut tx, session.id).await.unwrap();
        api_keys::touch_used(&mut tx, c.ws, key.id).await.unwrap();
        let (found, _) = sessions::by_token_hash(&mut tx, &[1; 32])
            .await
            .unwrap()
            .unwrap();
        assert!(found.last_seen_at >= now + SignedDuration::from_mins(30));
        let (found, _) = api_keys::by_token_hash(&mut tx, &[3; 32])
            .await
            .unwrap()
            .unwrap();
        assert!(found.last_used_at.is_some() && found.scope == Scope::Write);
        assert_eq!(
            api_keys::list(&mut tx, c.ws, Some(c.member), None, 10)
                .await
                .unwrap()
                .len(),
            1
        );
        tx.commit().await.unwrap();

        db.clock.advance(SignedDuration::from_mins(31));
        let mut tx = db.store.write().await.unwrap();
        assert!(
            sessions::by_token_hash(&mut tx, &[1; 32])
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(sessions::delete_expired(&mut tx).await.unwrap(), 1);
        assert!(
            api_keys::by_token_hash(&mut tx, &[3; 32])
                .await
                .unwrap()
                .is_some()
        );
        // Somebody who is switched off cannot come in, whatever they hold.
        let off = users::Changes {
            disabled: Some(true),
            ..Default::default()
        };
        users::update(&mut tx, c.user, &off).await.unwrap();
        assert!(
            api_keys::by_token_hash(&mut tx, &[3; 32])
                .await
                .unwrap()
                .is_none()
        );
        let on = users::Changes {
            disabled: Some(false),
            ..Default::default()
        };
        users::update(&mut tx, c.user, &on).await.unwrap();
        api_keys::revoke(&mut tx, c.ws, key.id).await.unwrap();
        assert!(matches!(
            api_keys::revoke(&mut tx, c.ws, key.id).await,
            Err(Error::NotFound)
        ));
        assert!(
            api_keys::by_token_hash(&mut tx, &[3; 32])
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(
            api_keys::list(&mut tx, c.ws, None, None, 10).await.unwrap(),
            vec![]
        );
    }

    pub async fn invitations(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut tx = db.store.write().await.unwrap();
        let now = tx.now().await.unwrap();
        let address = email("bob");
        let new = |hash| inv::NewInvitation {
            email: &address,
            role: Role::Member,
            token_hash: hash,
            invited_by: c.member,
            expires_at: now + SignedDuration::from_hours(72),
        };
        inv::create(&mut tx, c.ws, &new(&[1; 32])).await.unwrap();
        let second = inv::create(&mut tx, c.ws, &new(&[2; 32])).await.unwrap();
        assert!(
            inv::by_token_hash(&mut tx, &[1; 32])
                .await
                .unwrap()
                .is_none(),
            "the newer one replaces it"
        );
        assert_eq!(
            inv::list(&mut tx, c.ws, None, 10).await.unwrap(),
            vec![second.clone()]
        );
        assert_eq!(
            inv::by_token_hash(&mut tx, &[2; 32])
                .await
                .unwrap()
                .unwrap(),
            second
        );
        assert!(inv::accept(&mut tx, c.ws, second.id).await.unwrap());
        assert!(!inv::accept(&mut tx, c.ws, second.id).await.unwrap());
        assert!(
            inv::by_token_hash(&mut tx, &[2; 32])
                .await
                .unwrap()
                .is_none()
        );
        assert!(matches!(
            inv::delete(&mut tx, c.ws, second.id).await,
            Err(Error::NotFound)
        ));
    }

    pub async fn idempotency_keys(db: &TestDb) {
        let c = cast(db, "acme").await;
        let scope = idempotency::Scope {
            workspace: c.ws,
            member: c.member,
            route: "POST /clients",
            key: "k1",
        };
        let mut tx = db.store.write().await.unwrap();
        assert_eq!(
            idempotency::claim(&mut tx, &scope, &[1; 32]).await.unwrap(),
            Claim::Fresh
        );
        assert_eq!(
            idempotency::claim(&mut tx, &scope, &[1; 32]).await.unwrap(),
            Claim::InProgress
        );
        drop(tx);
        let mut tx = db.store.write().await.unwrap();
        assert_eq!(
            idempotency::claim(&mut tx, &scope, &[1; 32]).await.unwrap(),
            Claim::Fresh,
            "an undone request may be tried again"
        );
        let answer = serde_json::json!({"id": 7});
        idempotency::finish(&mut tx, &scope, 201, &answer)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.store.write().await.unwrap();
        let replay = Claim::Replay {
            status: 201,
            response: answer,
        };
        assert_eq!(
            idempotency::claim(&mut tx, &scope, &[1; 32]).await.unwrap(),
            replay
        );
        assert_eq!(
            idempotency::claim(&mut tx, &scope, &[2; 32]).await.unwrap(),
            Claim::OtherBody
        );
        let other = idempotency::Scope {
            route: "POST /projects",
            ..scope
        };
        assert_eq!(
            idempotency::claim(&mut tx, &other, &[2; 32]).await.unwrap(),
            Claim::Fresh
        );
        let now = tx.now().await.unwrap();
        assert_eq!(
            idempotency::delete_older(&mut tx, now + SignedDuration::from_hours(1))
                .await
                .unwrap(),
            2
        );
        assert_eq!(
            idempotency::get(&mut tx, &scope, &[1; 32]).await.unwrap(),
            None
        );
    }
}
