//! Rates, rules, the running timer, what was put aside and chosen, and the history that nobody rewrites.

super::stories!(
    rates_and_rules,
    one_timer_runs,
    a_meeting_is_billed_by_one_entry,
    history_is_append_only,
);

mod told {
    use daybook_domain::rate::Card;
    use daybook_domain::rule::{Action, Conditions};
    use daybook_store::drafts::EntryEvent;
    use daybook_store::entry_changes::{self, NewChange};
    use daybook_store::test_support::TestDb;
    use daybook_store::time_rules::Contents;
    use daybook_store::{Error, drafts, rates, time_entries, time_facts, time_rules};
    use serde_json::json;

    use crate::cast;

    fn card(c: crate::Cast) -> Card {
        Card {
            member_id: Some(c.member),
            project_id: None,
            client_id: None,
            currency: "EUR".into(),
            hourly_minor: 9_000,
            from: Some("2026-03-01".parse().unwrap()),
            to: None,
        }
    }

    pub async fn rates_and_rules(db: &TestDb) {
        let (c, other) = (cast(db, "acme").await, cast(db, "globex").await);
        let mut tx = db.store.write().await.unwrap();
        let rate = rates::create(&mut tx, c.ws, &card(c)).await.unwrap();
        assert_eq!(rate.card(), card(c));
        let mut changed = card(c);
        changed.to = Some("2026-03-31".parse().unwrap());
        let replaced = rates::replace(&mut tx, c.ws, rate.id, &changed)
            .await
            .unwrap();
        assert_eq!(replaced.card(), changed);
        let contents = Contents {
            name: "x".into(),
            enabled: true,
            conditions: Conditions {
                titles: vec!["stand-up".into()],
                min_minutes: Some(5),
                ..Conditions::default()
            },
            action: Action {
                exclude: true,
                ..Action::default()
            },
        };
        let rule = time_rules::create(&mut tx, c.ws, 1, &contents)
            .await
            .unwrap();
        assert_eq!(rule.contents(), contents);
        assert!(rates::all(&mut tx, other.ws).await.unwrap().is_empty());
        assert!(time_rules::all(&mut tx, other.ws).await.unwrap().is_empty());
        for lost in [
            rates::get(&mut tx, other.ws, rate.id).await.err(),
            rates::replace(&mut tx, other.ws, rate.id, &changed)
                .await
                .err(),
            rates::delete(&mut tx, other.ws, rate.id).await.err(),
            time_rules::get(&mut tx, other.ws, rule.id).await.err(),
            time_rules::replace(&mut tx, other.ws, rule.id, &contents)
                .await
                .err(),
            time_rules::place(&mut tx, other.ws, rule.id, 2).await.err(),
            time_rules::delete(&mut tx, other.ws, rule.id).await.err(),
        ] {
            assert!(matches!(lost, Some(Error::NotFound)));
        }
        tx.commit().await.unwrap();
        // Another workspace's member has no rate here.
        let mut tx = db.store.write().await.unwrap();
        let foreign = rates::create(&mut tx, c.ws, &card(other)).await;
        assert!(foreign.and(tx.commit().await).is_err());
    }

    pub async fn one_timer_runs(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut tx = db.store.write_in(c.ws).await.unwrap();
        let mut ids = Vec::new();
        for cause in ["a", "b"] {
            let new = super::super::billing::told::entry(c.member, cause);
            ids.push(
                time_entries::create(&mut tx, c.ws, &new)
                    .await
                    .unwrap()
                    .0
                    .id,
            );
        }
        assert!(
            time_facts::run(&mut tx, c.ws, c.member, ids[0])
                .await
                .unwrap()
        );
        assert!(
            !time_facts::run(&mut tx, c.ws, c.member, ids[1])
                .await
                .unwrap()
        );
        let end = "2026-03-02T10:00:00Z".parse().unwrap();
        let stopped = time_facts::stop(&mut tx, c.ws, ids[0], end, 60)
            .await
            .unwrap();
        assert_eq!(stopped.unwrap().duration_minutes, 60);
        assert!(
            time_facts::stop(&mut tx, c.ws, ids[0], end, 60)
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            time_facts::run(&mut tx, c.ws, c.member, ids[1])
                .await
                .unwrap()
        );
        tx.commit().await.unwrap();
        // The index holds where a look before would not.
        let twice = format!(
            "UPDATE time_entry SET running = TRUE WHERE description = '{}'",
            "Planning"
        );
        assert!(db.store.execute_raw(twice).await.is_err());
    }

    pub async fn a_meeting_is_billed_by_one_entry(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut tx = db.store.write_in(c.ws).await.unwrap();
        let mut ids = Vec::new();
        for cause in ["ical:-:x", "ical:-:y"] {
            let new = super::super::billing::told::entry(c.member, cause);
            ids.push(
                time_entries::create(&mut tx, c.ws, &new)
                    .await
                    .unwrap()
                    .0
                    .id,
            );
        }
        assert!(
            drafts::bill(&mut tx, c.ws, "ical:-:x", ids[0])
                .await
                .unwrap()
        );
        assert!(
            !drafts::bill(&mut tx, c.ws, "ical:-:x", ids[1])
                .await
                .unwrap()
        );
        let causes = ["ical:-:x".to_owned(), "ical:-:y".to_owned()];
        let billed = drafts::billed(&mut tx, c.ws, &causes).await.unwrap();
        assert_eq!(
            (billed.len(), billed[0].time_entry_id, billed[0].member_id),
            (1, ids[0], c.member)
        );
        time_entries::delete(&mut tx, c.ws, ids[0]).await.unwrap();
        assert!(
            drafts::bill(&mut tx, c.ws, "ical:-:x", ids[1])
                .await
                .unwrap()
        );

        for _ in 0..2 {
            drafts::dismiss(&mut tx, c.ws, c.member, "ical:-:y")
                .await
                .unwrap();
        }
        assert_eq!(
            drafts::dismissed(&mut tx, c.ws, c.member, &causes)
                .await
                .unwrap(),
            ["ical:-:y"]
        );
        drafts::restore(&mut tx, c.ws, c.member, "ical:-:y")
            .await
            .unwrap();
        assert!(
            drafts::dismissed(&mut tx, c.ws, c.member, &causes)
                .await
                .unwrap()
                .is_empty()
        );

        for billable in [true, false] {
            let booked = (None, None, billable);
            drafts::learn(&mut tx, c.ws, c.member, "title", "stand-up", booked)
                .await
                .unwrap();
        }
        let known = drafts::choices(&mut tx, c.ws, c.member, &["stand-up".into()])
            .await
            .unwrap();
        assert_eq!((known.len(), known[0].billable), (1, false));

        let seen = EntryEvent {
            time_entry_id: ids[1],
            instance_id: uuid::Uuid::from_u128(1).into(),
            member_id: c.member,
            start_us: "2026-03-02T09:00:00Z".parse().unwrap(),
            end_us: "2026-03-02T10:00:00Z".parse().unwrap(),
            title: "x".into(),
            gone: false,
        };
        drafts::note_event(&mut tx, c.ws, &seen).await.unwrap();
        let (from, to) = (seen.start_us, seen.end_us);
        let found = drafts::events_of(&mut tx, c.ws, c.member, from, to, 9)
            .await
            .unwrap();
        assert_eq!(found.as_slice(), std::slice::from_ref(&seen));
        let gone = EntryEvent { gone: true, ..seen };
        drafts::note_event(&mut tx, c.ws, &gone).await.unwrap();
        assert!(
            drafts::events_of(&mut tx, c.ws, c.member, from, to, 9)
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            drafts::event_of(&mut tx, c.ws, ids[1]).await.unwrap(),
            Some(gone)
        );
    }

    pub async fn history_is_append_only(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut tx = db.store.write_in(c.ws).await.unwrap();
        let new = super::super::billing::told::entry(c.member, "a");
        let entry = time_entries::create(&mut tx, c.ws, &new).await.unwrap().0;
        for action in ["created", "approved"] {
            let change = NewChange {
                time_entry_id: entry.id,
                owner_id: c.member,
                member_id: Some(c.member),
                action,
                reason: None,
                before: None,
                after: Some(json!({"status": "approved"})),
            };
            entry_changes::add(&mut tx, c.ws, &change).await.unwrap();
        }
        time_entries::delete(&mut tx, c.ws, entry.id).await.unwrap();
        let found = entry_changes::list(&mut tx, c.ws, entry.id, None, 9)
            .await
            .unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].after, Some(json!({"status": "approved"})));
        tx.commit().await.unwrap();
        let rewrite = "UPDATE time_entry_change SET action = 'deleted'";
        assert!(db.store.execute_raw(rewrite.into()).await.is_err());
    }
}
