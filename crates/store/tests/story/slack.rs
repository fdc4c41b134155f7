//! Slack on the shelves: who is found, what is taken once, what is told once, and whose it is.

super::stories!(people, once, notices);

mod told {
    use daybook_domain::{MemberId, WorkspaceId};
    use daybook_store::Tx;
    use daybook_store::slack::bindings::{self, LinkedBy, NewBinding};
    use daybook_store::slack::installations::{self, Installation, NewInstallation, Team};
    use daybook_store::slack::links::{self, NewLink};
    use daybook_store::slack::notices::{self, Kind, NewNotice, Place, State};
    use daybook_store::slack::preferences::{self, Preferences};
    use daybook_store::slack::requests::{Claim, answer, answered, claim, delete_expired, release};
    use daybook_store::test_support::TestDb;
    use jiff::SignedDuration;
    use serde_json::json;

    use crate::{Cast, cast};

    const TEAM: Team<'_> = Team {
        enterprise_id: "",
        team_id: "T1",
    };

    async fn installed(tx: &mut Tx, cast: &Cast, team: Team<'_>) -> Installation {
        let new = NewInstallation {
            connection_id: cast.connection,
            enterprise_id: team.enterprise_id,
            team_id: team.team_id,
            team_name: Some("Acme"),
            app_id: None,
            bot_user_id: Some("U0"),
            installer_id: None,
            fixed: false,
        };
        installations::record(tx, cast.ws, &new).await.unwrap()
    }

    async fn bound(tx: &mut Tx, ws: WorkspaceId, member: MemberId, at: &Installation, user: &str) {
        let new = NewBinding {
            installation_id: at.id,
            member_id: member,
            slack_user_id: user,
            team_id: "T1",
            linked_by: LinkedBy::Link,
        };
        bindings::link(tx, ws, &new).await.unwrap();
    }

    pub async fn people(db: &TestDb) {
        let (a, b) = (cast(db, "acme").await, cast(db, "globex").await);
        let mut tx = db.store.write().await.unwrap();
        let at_a = installed(&mut tx, &a, TEAM).await;
        let again = installed(&mut tx, &a, TEAM).await;
        assert_eq!(
            at_a.id, again.id,
            "the same Slack workspace is the same installation"
        );
        let at_b = installed(&mut tx, &b, TEAM).await;
        let org = Team {
            enterprise_id: "E1",
            team_id: "",
        };
        let whole = installed(&mut tx, &b, org).await;
        bound(&mut tx, a.ws, a.member, &at_a, "U1").await;
        bound(&mut tx, b.ws, b.member, &whole, "U1").await;
        let found = bindings::find(&mut tx, TEAM, "U1").await.unwrap();
        assert_eq!(
            found.len(),
            1,
            "ids of users are unique in their installation only"
        );
        assert_eq!(
            (found[0].workspace_id, found[0].member_id),
            (a.ws, a.member)
        );
        let inside = Team {
            enterprise_id: "E1",
            team_id: "T77",
        };
        assert_eq!(
            bindings::find(&mut tx, inside, "U1").await.unwrap()[0].member_id,
            b.member
        );
        assert!(
            bindings::find(&mut tx, TEAM, "U2")
                .await
                .unwrap()
                .is_empty()
        );
        let nowhere = Team {
            enterprise_id: "",
            team_id: "",
        };
        assert!(
            bindings::find(&mut tx, nowhere, "U1")
                .await
                .unwrap()
                .is_empty()
        );
        assert!(
            installations::everywhere(&mut tx, nowhere)
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            installations::everywhere(&mut tx, TEAM)
                .await
                .unwrap()
                .len(),
            2
        );
        // One user for a member, one member for a user.
        bound(&mut tx, a.ws, a.member, &at_a, "U9").await;
        let mine = bindings::of_member(&mut tx, a.ws, a.member).await.unwrap();
        assert_eq!(mine.len(), 1);
        assert_eq!(mine[0].slack_user_id, "U9");
        assert!(
            bindings::of_member(&mut tx, b.ws, a.member)
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(bindings::managers(&mut tx, a.ws).await.unwrap(), [a.member]);
        let reach = bindings::reach(&mut tx, a.ws, a.member)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (reach.time_zone.as_str(), reach.daily_summary),
            ("Europe/Berlin", None)
        );
        assert_eq!(
            bindings::everybody(&mut tx, None, 10).await.unwrap().len(),
            2
        );
        // Silent, ended and unlinked people are not reached.
        assert!(
            bindings::silence(&mut tx, a.ws, reach.id, "user_disabled")
                .await
                .unwrap()
        );
        assert!(
            !bindings::silence(&mut tx, a.ws, reach.id, "user_disabled")
                .await
                .unwrap()
        );
        assert!(
            bindings::reach(&mut tx, a.ws, a.member)
                .await
                .unwrap()
                .is_none()
        );
        bound(&mut tx, a.ws, a.member, &at_a, "U9").await;
        assert!(
            bindings::reach(&mut tx, a.ws, a.member)
                .await
                .unwrap()
                .is_some()
        );
        assert!(
            !installations::end(&mut tx, b.ws, at_a.id, "x")
                .await
                .unwrap(),
            "another workspace's"
        );
        assert!(
            installations::end(&mut tx, a.ws, at_a.id, "x")
                .await
                .unwrap()
        );
        assert!(
            bindings::reach(&mut tx, a.ws, a.member)
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(
            installations::everywhere(&mut tx, TEAM).await.unwrap()[0].id,
            at_b.id
        );
        let chosen = Preferences {
            daily_summary: false,
            ..Preferences::default()
        };
        preferences::put(&mut tx, a.ws, a.member, &chosen)
            .await
            .unwrap();
        assert_eq!(
            preferences::get(&mut tx, a.ws, a.member).await.unwrap(),
            chosen
        );
        assert!(
            preferences::get(&mut tx, b.ws, a.member)
                .await
                .unwrap()
                .daily_summary
        );
        assert!(
            preferences::put(&mut tx, b.ws, a.member, &chosen)
                .await
                .is_err()
        );
    }

    pub async fn once(db: &TestDb) {
        let (a, b) = (cast(db, "acme").await, cast(db, "globex").await);
        let mut tx = db.store.write().await.unwrap();
        let at = installed(&mut tx, &a, TEAM).await;
        let now = tx.now().await.unwrap();
        let link = |hash: &'static [u8; 32], member| NewLink {
            installation_id: at.id,
            token_hash: hash,
            slack_user_id: "U1",
            team_id: "T1",
            member_id: member,
            expires_at: now + SignedDuration::from_mins(15),
        };
        links::create(&mut tx, a.ws, &link(&[1; 32], None))
            .await
            .unwrap();
        assert!(
            links::take(&mut tx, b.ws, &[1; 32])
                .await
                .unwrap()
                .is_none()
        );
        let taken = links::take(&mut tx, a.ws, &[1; 32]).await.unwrap().unwrap();
        assert_eq!(taken.slack_user_id, "U1");
        assert!(
            links::take(&mut tx, a.ws, &[1; 32])
                .await
                .unwrap()
                .is_none()
        );
        let question = links::create(&mut tx, a.ws, &link(&[2; 32], Some(a.member)))
            .await
            .unwrap();
        assert!(
            links::take(&mut tx, a.ws, &[2; 32])
                .await
                .unwrap()
                .is_none(),
            "answered in Slack only"
        );
        assert!(
            links::confirm(&mut tx, a.ws, question, "U2")
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            links::confirm(&mut tx, b.ws, question, "U1")
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            links::confirm(&mut tx, a.ws, question, "U1")
                .await
                .unwrap()
                .is_some()
        );
        assert!(
            links::confirm(&mut tx, a.ws, question, "U1")
                .await
                .unwrap()
                .is_none()
        );

        drop(tx);
        requests_are_done_once(db, (a.ws, b.ws)).await;
    }

    async fn requests_are_done_once(db: &TestDb, (a, b): (WorkspaceId, WorkspaceId)) {
        let mut tx = db.store.write().await.unwrap();
        let key = [7; 32];
        assert_eq!(claim(&mut tx, a, &key).await.unwrap(), Claim::Fresh);
        assert_eq!(claim(&mut tx, a, &key).await.unwrap(), Claim::Busy);
        assert_eq!(claim(&mut tx, b, &key).await.unwrap(), Claim::Fresh);
        // Whoever took it was stopped: a moment later it is taken once more, and by one only.
        db.clock.advance(SignedDuration::from_secs(11));
        assert_eq!(claim(&mut tx, a, &key).await.unwrap(), Claim::Fresh);
        assert_eq!(claim(&mut tx, a, &key).await.unwrap(), Claim::Busy);
        // It could not be done.
        release(&mut tx, a, &key).await.unwrap();
        assert_eq!(claim(&mut tx, a, &key).await.unwrap(), Claim::Fresh);
        let said = json!({"text": "x"});
        assert_eq!(answered(&mut tx, a, &key).await.unwrap(), None);
        answer(&mut tx, a, &key, &said).await.unwrap();
        let before = answered(&mut tx, a, &key).await.unwrap();
        assert_eq!(before, Some(said.clone()));
        // What was answered stays so.
        db.clock.advance(SignedDuration::from_secs(60));
        release(&mut tx, a, &key).await.unwrap();
        let again = claim(&mut tx, a, &key).await.unwrap();
        assert_eq!(again, Claim::Again(said));
        let now = tx.now().await.unwrap();
        assert_eq!(delete_expired(&mut tx, now).await.unwrap(), 0);
        let later = now + SignedDuration::from_hours(24);
        assert_eq!(delete_expired(&mut tx, later).await.unwrap(), 2);
    }

    pub async fn notices(db: &TestDb) {
        let (a, b) = (cast(db, "acme").await, cast(db, "globex").await);
        let mut tx = db.store.write().await.unwrap();
        let new = NewNotice {
            member_id: a.member,
            kind: Kind::DailySummary,
            cause: "2026-11-21",
            subject: Some("s"),
            payload: json!({"date": "2026-11-21"}),
        };
        let id = notices::note(&mut tx, a.ws, &new).await.unwrap().unwrap();
        assert_eq!(
            notices::note(&mut tx, a.ws, &new).await.unwrap(),
            None,
            "once for a cause"
        );
        assert!(
            notices::note(&mut tx, b.ws, &new).await.is_err(),
            "another workspace's member"
        );
        drop(tx);
        let mut tx = db.store.write_in(a.ws).await.unwrap();
        let id = match notices::note(&mut tx, a.ws, &new).await.unwrap() {
            Some(id) => id,
            None => id,
        };
        assert!(notices::take(&mut tx, b.ws, id).await.unwrap().is_none());
        assert_eq!(
            notices::take(&mut tx, a.ws, id)
                .await
                .unwrap()
                .unwrap()
                .state,
            State::Sending
        );
        assert!(notices::take(&mut tx, a.ws, id).await.unwrap().is_none());
        notices::settle(&mut tx, a.ws, id, State::Waiting, "later")
            .await
            .unwrap();
        notices::take(&mut tx, a.ws, id).await.unwrap().unwrap();
        let place = Place {
            connection_id: a.connection,
            channel_id: "D1",
            message_ts: "1503435956.000247",
        };
        notices::sent(&mut tx, a.ws, id, &place).await.unwrap();
        notices::settle(&mut tx, a.ws, id, State::Lost, "too late")
            .await
            .unwrap();
        let sent = notices::sent_about(&mut tx, a.ws, Kind::DailySummary, "s")
            .await
            .unwrap();
        assert_eq!(sent.len(), 1);
        assert_eq!(
            sent[0].message_ts.as_deref(),
            Some("1503435956.000247"),
            "every digit"
        );
        let now = tx.now().await.unwrap();
        assert_eq!(
            notices::delete_older(&mut tx, now - SignedDuration::from_hours(1))
                .await
                .unwrap(),
            0
        );
    }
}
