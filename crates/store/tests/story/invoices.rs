//! Invoices: an entry is on one at most, and numbers have no gap, whoever asks for them at once and whoever dies doing so.

super::stories!(an_entry_is_on_one_invoice, numbers_have_no_gap);

mod told {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use daybook_domain::invoice::{
        Address, Document, Grouping, Kind, Party, Rounding, Status, Tax, Totals, Unit, Work,
    };
    use daybook_domain::time_entry::Status as EntryStatus;
    use daybook_domain::{ClientId, WorkspaceId};
    use daybook_store::invoices::entries::{self, Billed, Wanted};
    use daybook_store::invoices::lines::{self, Line};
    use daybook_store::invoices::{self, Finalized, Head, Invoice, Progress, numbers};
    use daybook_store::test_support::TestDb;
    use daybook_store::{Error, Store, Tx, clients, time_entries};
    use jiff::Timestamp;
    use jiff::civil::date;

    use crate::cast;

    fn head(client_id: ClientId) -> Head {
        Head {
            client_id,
            kind: Kind::Invoice,
            credits_id: None,
            currency: "EUR".parse().unwrap(),
            period: Some((date(2026, 3, 1), date(2026, 3, 31))),
            project_id: None,
            grouped_by: Grouping::Project,
            rounding: Rounding::NONE,
            tax: Tax::none(),
            discount: None,
            fallback_rate_minor: None,
            reference: None,
            notes: Some("n".into()),
            terms: None,
            terms_days: 30,
            issued_on: None,
        }
    }

    fn document(invoice: &Invoice, number: &str) -> Document {
        Document {
            kind: Kind::Invoice,
            number: Some(number.into()),
            issued: date(2026, 4, 1),
            due: None,
            period: None,
            currency: invoice.currency,
            seller: Party {
                name: "S".into(),
                address: Address::default(),
                tax_id: None,
                email: None,
            },
            buyer: Party::default(),
            bank: None,
            reference: None,
            notes: None,
            terms: None,
            preceding: None,
            lines: vec![],
            discount: None,
            totals: Totals::default(),
            grouping: Grouping::Project,
            rounding: Rounding::NONE,
            proof: vec![],
            logo: None,
        }
    }

    async fn finalized(
        tx: &mut Tx,
        ws: WorkspaceId,
        draft: &Invoice,
        serial: i64,
    ) -> Result<Invoice, Error> {
        let number = format!("2026-{serial:04}");
        let document = document(draft, &number);
        let done = Finalized {
            number: &number,
            series: "2026-#",
            serial,
            issued_on: date(2026, 4, 1),
            due_on: Some(date(2026, 5, 1)),
            document: &document,
        };
        invoices::finalize(tx, ws, draft.id, draft.version, &done).await
    }

    fn line(tx: &Tx) -> Line {
        Line {
            id: lines::id(tx),
            position: 0,
            description: "Work".into(),
            unit: Unit::Hour,
            quantity: 30,
            price_minor: 9_000,
            tax: Tax::none(),
            amount_minor: 4_500,
            from_entries: true,
        }
    }

    pub async fn an_entry_is_on_one_invoice(db: &TestDb) {
        let (c, other) = (cast(db, "acme").await, cast(db, "globex").await);
        let mut tx = db.store.write().await.unwrap();
        let client = clients::create(&mut tx, c.ws, &Default::default())
            .await
            .unwrap();
        let mut new = super::super::billing::told::entry(c.member, "k");
        new.client_id = Some(client.id);
        new.status = EntryStatus::Approved;
        let (entry, _) = time_entries::create(&mut tx, c.ws, &new).await.unwrap();
        let wanted = Wanted {
            client_id: client.id,
            project_id: None,
            from: Timestamp::MIN,
            to: Timestamp::MAX,
        };
        let open = entries::open(&mut tx, c.ws, &wanted, None, 10)
            .await
            .unwrap();
        assert_eq!(open, vec![entry.clone()]);
        assert_eq!(
            entries::open(&mut tx, other.ws, &wanted, None, 10)
                .await
                .unwrap(),
            vec![]
        );
        let first = invoices::create(&mut tx, c.ws, &head(client.id))
            .await
            .unwrap();
        let second = invoices::create(&mut tx, c.ws, &head(client.id))
            .await
            .unwrap();
        assert_eq!(Head::from(&first), head(client.id));
        let work = Work {
            entry: entry.id,
            day: date(2026, 3, 2),
            member: c.member,
            member_name: "Ada".into(),
            project: None,
            project_name: None,
            description: "Planning".into(),
            minutes: 30,
            rate_minor: 9_000,
        };
        let (line, line2) = (line(&tx), line(&tx));
        let billed = |line: &Line| Billed {
            entry_id: entry.id,
            line_id: line.id,
            entry_version: entry.version,
            work: work.clone(),
        };
        lines::replace(&mut tx, c.ws, first.id, std::slice::from_ref(&line))
            .await
            .unwrap();
        lines::replace(&mut tx, c.ws, second.id, std::slice::from_ref(&line2))
            .await
            .unwrap();
        entries::add(&mut tx, c.ws, first.id, &[billed(&line)])
            .await
            .unwrap();
        assert_eq!(
            lines::list(&mut tx, c.ws, first.id).await.unwrap(),
            vec![line.clone()]
        );
        assert_eq!(
            entries::list(&mut tx, c.ws, first.id).await.unwrap(),
            vec![billed(&line)]
        );
        assert_eq!(
            entries::open(&mut tx, c.ws, &wanted, None, 10)
                .await
                .unwrap(),
            vec![]
        );
        let mine = entries::open(&mut tx, c.ws, &wanted, Some(first.id), 10)
            .await
            .unwrap();
        assert_eq!(mine.len(), 1);
        tx.commit().await.unwrap();

        let mut tx = db.store.write().await.unwrap();
        let twice = entries::add(&mut tx, c.ws, second.id, &[billed(&line2)]).await;
        let taken = matches!(&twice, Err(Error::Conflict { constraint }) if constraint == "invoice_entry_pkey");
        assert!(taken, "{twice:?}");
        drop(tx);

        // A deleted draft frees its entries; a client with invoices stays.
        let mut tx = db.store.write().await.unwrap();
        invoices::delete(&mut tx, c.ws, first.id).await.unwrap();
        entries::add(&mut tx, c.ws, second.id, &[billed(&line2)])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.store.write().await.unwrap();
        let gone = clients::delete(&mut tx, c.ws, client.id).await;
        assert!(matches!(gone, Err(Error::Reference)), "{gone:?}");
        drop(tx);
        let mut tx = db.store.write().await.unwrap();
        let gone = time_entries::delete(&mut tx, c.ws, entry.id).await;
        assert!(matches!(gone, Err(Error::Reference)), "{gone:?}");
        drop(tx);

        // Finalised: the entry is invoiced; cancelled: it is approved again.
        let mut tx = db.store.write().await.unwrap();
        assert_eq!(
            entries::changed(&mut tx, c.ws, second.id).await.unwrap(),
            vec![]
        );
        assert_eq!(
            entries::mark_invoiced(&mut tx, c.ws, second.id)
                .await
                .unwrap(),
            1
        );
        let serial = numbers::next(&mut tx, c.ws, "2026-#").await.unwrap();
        let done = finalized(&mut tx, c.ws, &second, serial).await.unwrap();
        assert_eq!(
            (done.status, done.number.as_deref()),
            (Status::Finalized, Some("2026-0001"))
        );
        let invoiced = time_entries::get(&mut tx, c.ws, entry.id).await.unwrap();
        assert_eq!(invoiced.status, EntryStatus::Invoiced);
        assert!(
            invoices::document(&mut tx, c.ws, done.id)
                .await
                .unwrap()
                .is_some()
        );
        tx.commit().await.unwrap();
        let mut tx = db.store.write().await.unwrap();
        let again = finalized(&mut tx, c.ws, &done, 2).await;
        assert!(matches!(again, Err(Error::Conflict { .. })), "{again:?}");
        assert!(matches!(
            invoices::get(&mut tx, other.ws, done.id).await,
            Err(Error::NotFound)
        ));
        assert!(matches!(
            invoices::delete(&mut tx, c.ws, done.id).await,
            Err(Error::NotFound)
        ));
        entries::give_back(&mut tx, c.ws, done.id).await.unwrap();
        let to = Progress {
            status: Some(Status::Void),
            void_reason: Some(Some("wrong".into())),
            ..Progress::default()
        };
        let void = invoices::progress(&mut tx, c.ws, done.id, done.version, &to)
            .await
            .unwrap();
        assert_eq!((void.status, void.open_minor()), (Status::Void, 0));
        let open = entries::open(&mut tx, c.ws, &wanted, None, 10)
            .await
            .unwrap();
        assert_eq!((open.len(), open[0].status), (1, EntryStatus::Approved));
        tx.commit().await.unwrap();
    }

    /// How an invoice gets its number.
    #[derive(Clone, Copy, PartialEq)]
    enum How {
        Counted,
        /// The bug that the counter is there for.
        LargestPlusOne,
    }

    /// 32 at once, each until it has its number; every third try dies between the number and the commit. Returns how many tries
    /// were refused by the database.
    async fn hammer(store: &Store, ws: WorkspaceId, client: ClientId, how: How) -> usize {
        let (refused, tries) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let barrier = Arc::new(tokio::sync::Barrier::new(32));
        let mut tasks = Vec::new();
        for _ in 0..32 {
            let (store, barrier) = (store.clone(), barrier.clone());
            let (refused, tries) = (refused.clone(), tries.clone());
            tasks.push(tokio::spawn(async move {
                let mut tx = store.write_in(ws).await.unwrap();
                let draft = invoices::create(&mut tx, ws, &head(client)).await.unwrap();
                tx.commit().await.unwrap();
                barrier.wait().await;
                loop {
                    let Ok(mut tx) = store.write_in(ws).await else {
                        continue;
                    };
                    let serial = match how {
                        How::Counted => numbers::next(&mut tx, ws, "2026-#").await,
                        How::LargestPlusOne => {
                            let found = numbers::largest_plus_one(&mut tx, ws, "2026-#").await;
                            tokio::task::yield_now().await;
                            found
                        }
                    };
                    let done = match serial {
                        Ok(serial) => finalized(&mut tx, ws, &draft, serial).await,
                        Err(error) => Err(error),
                    };
                    if done.is_ok() && tries.fetch_add(1, Ordering::Relaxed) % 3 == 2 {
                        // Killed: what was not committed never was.
                        drop(tx);
                        continue;
                    }
                    match done {
                        Ok(_) => match tx.commit().await {
                            Ok(()) => return,
                            Err(_) => drop(refused.fetch_add(1, Ordering::Relaxed)),
                        },
                        Err(_) => drop(refused.fetch_add(1, Ordering::Relaxed)),
                    }
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        refused.load(Ordering::Relaxed)
    }

    pub async fn numbers_have_no_gap(db: &TestDb) {
        let c = cast(db, "acme").await;
        let mut tx = db.store.write().await.unwrap();
        let client = clients::create(&mut tx, c.ws, &Default::default())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let refused = hammer(&db.store, c.ws, client.id, How::Counted).await;
        assert_eq!(refused, 0, "nobody is refused a number");
        let mut tx = db.store.read_in(c.ws).await.unwrap();
        let given = numbers::given(&mut tx, c.ws).await.unwrap();
        let serials: Vec<i64> = given.iter().map(|one| one.serial).collect();
        assert_eq!(serials, (1..=32).collect::<Vec<_>>());
        let all = numbers::all(&mut tx, c.ws).await.unwrap();
        assert_eq!((all.len(), all[0].last), (1, 32));
    }

    /// With the bug, on the database that has several writers, the same number is given to several at once.
    #[tokio::test(flavor = "multi_thread", worker_threads = 8)]
    async fn the_largest_plus_one_is_given_twice() {
        let Some(db) = TestDb::postgres().await else {
            return;
        };
        let c = cast(&db, "acme").await;
        let mut tx = db.store.write().await.unwrap();
        let client = clients::create(&mut tx, c.ws, &Default::default())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let refused = hammer(&db.store, c.ws, client.id, How::LargestPlusOne).await;
        assert!(refused > 0, "the control has to fail");
    }
}
