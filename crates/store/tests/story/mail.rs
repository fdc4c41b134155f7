//! The outbox of e-mails, and password resets.

super::stories!(outbox, resets);

mod told {
    use daybook_domain::UserId;
    use daybook_store::mails::{self, NewMail, State};
    use daybook_store::test_support::TestDb;
    use daybook_store::{Error, password_resets};
    use jiff::SignedDuration;
    use secrecy::{ExposeSecret, SecretString};

    use crate::workspace;

    pub async fn outbox(db: &TestDb) {
        let mut tx = db.store.write().await.unwrap();
        let (ws, _, member) = workspace(&mut tx, "acme").await;
        let (other, ..) = workspace(&mut tx, "other").await;
        let letter = SecretString::from("canary-letter");
        let new = NewMail {
            kind: "invitation",
            dedupe_key: "invitation 1",
            recipient: "bo@example.com",
            member_id: Some(member),
            letter: &letter,
        };
        let id = mails::create(&mut tx, ws, &new).await.unwrap().unwrap();
        assert_eq!(mails::create(&mut tx, ws, &new).await.unwrap(), None);
        let elsewhere = NewMail {
            member_id: None,
            ..new
        };
        let theirs = mails::create(&mut tx, other, &elsewhere).await.unwrap();
        assert!(theirs.is_some(), "a key is one workspace's own");
        let found = mails::get(&mut tx, ws, id).await.unwrap();
        assert_eq!(
            found.letter.unwrap().expose_secret(),
            letter.expose_secret()
        );
        assert_eq!((found.state, found.attempts), (State::Queued, 0));
        assert!(matches!(
            mails::get(&mut tx, other, id).await,
            Err(Error::NotFound)
        ));
        mails::tried(&mut tx, ws, id, "busy").await.unwrap();
        assert!(
            mails::settle(&mut tx, ws, id, (State::Sent, None))
                .await
                .unwrap()
        );
        assert!(
            !mails::settle(&mut tx, ws, id, (State::Failed, Some("late")))
                .await
                .unwrap()
        );
        let found = mails::get(&mut tx, ws, id).await.unwrap();
        assert!(found.letter.is_none() && found.state == State::Sent && found.attempts == 1);
        assert_eq!(
            mails::create(&mut tx, ws, &new).await.unwrap(),
            None,
            "told is told"
        );
        tx.commit().await.unwrap();
    }

    pub async fn resets(db: &TestDb) {
        let mut tx = db.store.write().await.unwrap();
        let (_, ada, _) = workspace(&mut tx, "acme").await;
        let hour = SignedDuration::from_hours(1);
        let in_an_hour = tx.now().await.unwrap().saturating_add(hour).unwrap();
        let (first, second) = ([1; 32], [2; 32]);
        for token in [&first, &second] {
            password_resets::create(&mut tx, ada, token, in_an_hour)
                .await
                .unwrap();
        }
        assert!(
            password_resets::asked_at(&mut tx, ada)
                .await
                .unwrap()
                .is_some()
        );
        let peek: Option<UserId> = password_resets::peek(&mut tx, &first).await.unwrap();
        assert_eq!(peek, None, "a new one ends the old one");
        assert_eq!(
            password_resets::peek(&mut tx, &second).await.unwrap(),
            Some(ada)
        );
        assert_eq!(
            password_resets::take(&mut tx, &second).await.unwrap(),
            Some(ada)
        );
        assert_eq!(
            password_resets::take(&mut tx, &second).await.unwrap(),
            None,
            "once"
        );
        let now = tx.now().await.unwrap();
        password_resets::create(&mut tx, ada, &first, now)
            .await
            .unwrap();
        assert_eq!(password_resets::take(&mut tx, &first).await.unwrap(), None);
        assert_eq!(password_resets::delete_expired(&mut tx).await.unwrap(), 1);
        tx.commit().await.unwrap();
    }
}
