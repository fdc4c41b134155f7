//! Jobs: durable with their fact, once at a time, never lost, never for ever.

super::stories!(enqueueing, settling, poison, many_claimers, schedules);

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_wakes_this_node_and_the_others() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use daybook_store::jobs::{self, NewJob};
    use daybook_store::test_support::TestDb;

    let enqueue = async |db: &TestDb, commit: bool| {
        let mut tx = db.store.write().await.unwrap();
        for _ in 0..3 {
            jobs::enqueue(&mut tx, &NewJob::new("k", serde_json::json!({})))
                .await
                .unwrap();
        }
        if commit {
            tx.commit().await.unwrap();
        }
    };
    let sqlite = TestDb::sqlite().await;
    assert!(sqlite.store.listen().await.unwrap().is_none());
    let woken = Arc::new(AtomicUsize::new(0));
    let counter = woken.clone();
    sqlite
        .store
        .on_commit_with_jobs(Arc::new(move || _ = counter.fetch_add(1, SeqCst)));
    enqueue(&sqlite, false).await;
    assert_eq!(woken.load(SeqCst), 0);
    enqueue(&sqlite, true).await;
    sqlite.store.write().await.unwrap().commit().await.unwrap();
    assert_eq!(woken.load(SeqCst), 1);
    if let Some(postgres) = TestDb::postgres().await {
        let other = postgres.another_node().await.unwrap();
        let mut wakeups = other.listen().await.unwrap().unwrap();
        enqueue(&postgres, true).await;
        wakeups.next().await.unwrap();
    }
}

mod told {
    use std::collections::HashSet;

    use daybook_store::jobs::{self, Enqueued, NewJob, Priority, Retried, State};
    use daybook_store::test_support::TestDb;
    use daybook_store::{Error, Tx};
    use jiff::SignedDuration;
    use serde_json::json;

    const LEASE: SignedDuration = SignedDuration::from_secs(60);

    async fn claim(tx: &mut Tx, n: i64) -> Vec<jobs::Job> {
        jobs::claim(tx, n, LEASE, &[]).await.unwrap()
    }

    pub async fn enqueueing(db: &TestDb) {
        let mut tx = db.store.write().await.unwrap();
        jobs::enqueue(&mut tx, &NewJob::new("lost", json!({})))
            .await
            .unwrap();
        drop(tx);
        let mut tx = db.store.write().await.unwrap();
        assert_eq!(
            claim(&mut tx, 10).await,
            vec![],
            "undone with its transaction"
        );
        let now = tx.now().await.unwrap();
        let keyed = NewJob {
            dedupe_key: Some("c1"),
            payload: json!({"n": 1}),
            ..NewJob::new("sync", json!({}))
        };
        let later = NewJob {
            due_at: Some(now + SignedDuration::from_hours(1)),
            ..keyed.clone()
        };
        let first = jobs::enqueue(&mut tx, &later).await.unwrap();
        assert!(matches!(first, Enqueued::New(_)));
        assert_eq!(claim(&mut tx, 10).await, vec![], "not before its time");
        let sooner = NewJob {
            payload: json!({"n": 2}),
            priority: Priority::High,
            ..keyed.clone()
        };
        assert_eq!(
            jobs::enqueue(&mut tx, &sooner).await.unwrap(),
            Enqueued::Absorbed(first.id())
        );
        assert!(matches!(
            jobs::enqueue(
                &mut tx,
                &NewJob {
                    kind: "other",
                    ..keyed.clone()
                }
            )
            .await
            .unwrap(),
            Enqueued::New(_)
        ));
        assert_eq!(
            jobs::claim(&mut tx, 10, LEASE, &["nope"]).await.unwrap(),
            vec![]
        );
        let got = jobs::claim(&mut tx, 10, LEASE, &["sync", "x"])
            .await
            .unwrap();
        assert_eq!(got.len(), 1);
        assert_eq!(
            (
                got[0].id,
                got[0].payload["n"].as_i64(),
                got[0].priority,
                got[0].attempt
            ),
            (first.id(), Some(1), 0, 1)
        );
        // Told again while it runs: it runs once more afterwards, however often it is told.
        for _ in 0..2 {
            assert_eq!(
                jobs::enqueue(&mut tx, &keyed).await.unwrap(),
                Enqueued::Absorbed(first.id())
            );
        }
        assert!(
            jobs::finish(&mut tx, first.id(), got[0].fence)
                .await
                .unwrap()
        );
        let again = jobs::claim(&mut tx, 10, LEASE, &["sync"]).await.unwrap();
        assert_eq!(
            (again.len(), again[0].id, again[0].attempt),
            (1, first.id(), 1)
        );
        assert!(
            !jobs::finish(&mut tx, first.id(), got[0].fence)
                .await
                .unwrap(),
            "the old fence settles nothing"
        );
        assert!(
            jobs::finish(&mut tx, first.id(), again[0].fence)
                .await
                .unwrap()
        );
        assert_eq!(
            jobs::claim(&mut tx, 10, LEASE, &["sync"]).await.unwrap(),
            vec![]
        );
        assert!(
            matches!(jobs::enqueue(&mut tx, &keyed).await.unwrap(), Enqueued::New(id) if id != first.id()),
            "done jobs absorb nothing"
        );
        // Those with priority go first, whatever their age.
        jobs::enqueue(
            &mut tx,
            &NewJob {
                priority: Priority::Low,
                ..NewJob::new("p", json!(1))
            },
        )
        .await
        .unwrap();
        jobs::enqueue(
            &mut tx,
            &NewJob {
                priority: Priority::High,
                ..NewJob::new("p", json!(2))
            },
        )
        .await
        .unwrap();
        let got = jobs::claim(&mut tx, 1, LEASE, &["p"]).await.unwrap();
        assert_eq!(got[0].payload, json!(2));
    }

    pub async fn settling(db: &TestDb) {
        let mut tx = db.store.write().await.unwrap();
        let new = NewJob {
            max_attempts: 2,
            dedupe_key: Some("k"),
            ..NewJob::new("work", json!({}))
        };
        let id = jobs::enqueue(&mut tx, &new).await.unwrap().id();
        let job = claim(&mut tx, 1).await.remove(0);
        tx.commit().await.unwrap();
        // The worker beats, then dies: after the lease somebody else gets the job, and the fence shuts the first one out.
        db.clock.advance(SignedDuration::from_secs(50));
        let mut tx = db.store.write().await.unwrap();
        assert!(
            jobs::heartbeat(&mut tx, id, job.fence, LEASE)
                .await
                .unwrap()
        );
        tx.commit().await.unwrap();
        db.clock.advance(SignedDuration::from_secs(50));
        let mut tx = db.store.write().await.unwrap();
        assert_eq!(claim(&mut tx, 1).await, vec![]);
        tx.commit().await.unwrap();
        db.clock.advance(SignedDuration::from_secs(11));
        let mut tx = db.store.write().await.unwrap();
        let taken = claim(&mut tx, 1).await.remove(0);
        assert_eq!((taken.id, taken.attempt), (id, 2));
        assert!(
            !jobs::heartbeat(&mut tx, id, job.fence, LEASE)
                .await
                .unwrap()
        );
        assert!(!jobs::finish(&mut tx, id, job.fence).await.unwrap());
        assert!(!jobs::hand_back(&mut tx, id, job.fence).await.unwrap());
        let at = tx.now().await.unwrap() + SignedDuration::from_mins(5);
        assert_eq!(
            jobs::retry_at(&mut tx, id, job.fence, at, "x")
                .await
                .unwrap(),
            Retried::Lost
        );
        // Handed back: due at once, and the attempt does not count.
        assert!(jobs::hand_back(&mut tx, id, taken.fence).await.unwrap());
        let taken = claim(&mut tx, 1).await.remove(0);
        assert_eq!(taken.attempt, 2);
        assert_eq!(
            jobs::retry_at(&mut tx, id, taken.fence, at, "no luck")
                .await
                .unwrap(),
            Retried::GivenUp
        );
        let failed = jobs::get(&mut tx, id).await.unwrap();
        assert_eq!(
            (failed.state, failed.last_error.as_deref()),
            (State::Failed, Some("no luck"))
        );
        assert!(failed.finished_at.is_some());
        let filter = jobs::Filter {
            state: Some(State::Failed),
            ..Default::default()
        };
        assert_eq!(
            jobs::list(&mut tx, &filter, None, 10).await.unwrap(),
            vec![failed]
        );
        assert_eq!(jobs::counts(&mut tx).await.unwrap()[0].jobs, 1);
        let live = jobs::retry(&mut tx, id).await.unwrap();
        assert_eq!(
            (live.state, live.attempt, live.finished_at),
            (State::Live, 0, None)
        );
        assert!(matches!(
            jobs::retry(&mut tx, id).await,
            Err(Error::NotFound)
        ));
        let taken = claim(&mut tx, 1).await.remove(0);
        assert_eq!(
            jobs::retry_at(&mut tx, id, taken.fence, at, "later")
                .await
                .unwrap(),
            Retried::Later
        );
        assert_eq!(jobs::next_due(&mut tx).await.unwrap(), Some(at));
        // Told again while it waits for a retry: the wait stays.
        jobs::enqueue(&mut tx, &new).await.unwrap();
        assert_eq!(claim(&mut tx, 1).await, vec![]);
        tx.commit().await.unwrap();
        db.clock.advance(SignedDuration::from_mins(6));
        let mut tx = db.store.write().await.unwrap();
        let taken = claim(&mut tx, 1).await.remove(0);
        assert!(jobs::fail(&mut tx, id, taken.fence, "gone").await.unwrap());
        let later = tx.now().await.unwrap() + SignedDuration::from_hours(1);
        assert_eq!(
            jobs::delete_finished_older(&mut tx, later, 10)
                .await
                .unwrap(),
            1
        );
        assert_eq!(jobs::next_due(&mut tx).await.unwrap(), None);
    }

    pub async fn poison(db: &TestDb) {
        let mut tx = db.store.write().await.unwrap();
        let id = jobs::enqueue(
            &mut tx,
            &NewJob {
                max_attempts: 3,
                ..NewJob::new("oom", json!({}))
            },
        )
        .await
        .unwrap()
        .id();
        tx.commit().await.unwrap();
        for attempt in 1..=3 {
            let mut tx = db.store.write().await.unwrap();
            assert_eq!(claim(&mut tx, 1).await[0].attempt, attempt);
            tx.commit().await.unwrap();
            db.clock.advance(SignedDuration::from_secs(61));
        }
        let mut tx = db.store.write().await.unwrap();
        assert_eq!(
            claim(&mut tx, 1).await,
            vec![],
            "it has killed enough workers"
        );
        let job = jobs::get(&mut tx, id).await.unwrap();
        assert!(job.state == State::Failed && job.last_error.is_some());
    }

    /// Eight workers, 500 jobs: each job goes to exactly one.
    pub async fn many_claimers(db: &TestDb) {
        let mut tx = db.store.write().await.unwrap();
        for n in 0..500 {
            jobs::enqueue(&mut tx, &NewJob::new("work", json!(n)))
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let workers: Vec<_> = (0..8)
            .map(|_| {
                let store = db.store.clone();
                tokio::spawn(async move {
                    let mut mine = Vec::new();
                    loop {
                        let mut tx = store.write().await.unwrap();
                        let got = jobs::claim(&mut tx, 7, LEASE, &[]).await.unwrap();
                        tx.commit().await.unwrap();
                        if got.is_empty() {
                            return mine;
                        }
                        for job in got {
                            let mut tx = store.write().await.unwrap();
                            assert!(jobs::finish(&mut tx, job.id, job.fence).await.unwrap());
                            tx.commit().await.unwrap();
                            mine.push(job.id);
                        }
                    }
                })
            })
            .collect();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.await.unwrap());
        }
        assert_eq!(all.len(), 500);
        assert_eq!(all.into_iter().collect::<HashSet<_>>().len(), 500);
        let mut tx = db.store.read().await.unwrap();
        let counts = jobs::counts(&mut tx).await.unwrap();
        assert_eq!(
            (counts.len(), counts[0].state, counts[0].jobs),
            (1, State::Done, 500)
        );
    }

    pub async fn schedules(db: &TestDb) {
        use daybook_store::schedules as sch;
        let mut tx = db.store.write().await.unwrap();
        let now = tx.now().await.unwrap();
        let next = now + SignedDuration::from_mins(15);
        sch::ensure(&mut tx, &[("refresh", now), ("old", next)])
            .await
            .unwrap();
        sch::ensure(&mut tx, &[("refresh", next), ("cleanup", next)])
            .await
            .unwrap();
        let names: Vec<_> = sch::list(&mut tx)
            .await
            .unwrap()
            .into_iter()
            .map(|s| s.name)
            .collect();
        assert_eq!(names, ["cleanup", "refresh"]);
        let due = sch::due(&mut tx, now).await.unwrap();
        assert_eq!(
            (due.len(), due[0].next_at),
            (1, now),
            "what is there keeps its time"
        );
        assert!(sch::claim(&mut tx, "refresh", now, next).await.unwrap());
        assert!(
            !sch::claim(&mut tx, "refresh", now, next).await.unwrap(),
            "one node wins"
        );
    }
}
