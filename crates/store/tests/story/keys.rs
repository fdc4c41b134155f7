//! Keys: the wrong one refuses to start, rotation works under load, a value works only where it belongs.

super::stories!(swapped_values);

mod told {
    use daybook_store::test_support::TestDb;
    use daybook_store::{Error, connections};

    use crate::{account, cast};

    /// Whoever can write to the database cannot move secrets about.
    pub async fn swapped_values(db: &TestDb) {
        let (a, b) = (cast(db, "acme").await, cast(db, "globex").await);
        let mut tx = db.store.write().await.unwrap();
        connections::upsert_authorised(&mut tx, a.ws, &account(a.member, "second"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let swaps = [
            "access_token = refresh_token WHERE subject = 'acme'".to_owned(),
            "access_token = (SELECT access_token FROM connection WHERE subject = 'second') WHERE subject = 'acme'".into(),
            "access_token = (SELECT access_token FROM connection WHERE subject = 'globex') WHERE subject = 'acme'".into(),
        ];
        for swap in swaps {
            db.store
                .execute_raw(format!("UPDATE connection SET {swap}"))
                .await
                .unwrap();
            let mut tx = db.store.read().await.unwrap();
            let refused = connections::secrets(&mut tx, a.ws, a.connection).await;
            assert!(
                matches!(&refused, Err(Error::Corrupt { column, .. }) if column == "access_token"),
                "{swap}: {refused:?}"
            );
            assert!(
                connections::secrets(&mut tx, b.ws, b.connection)
                    .await
                    .is_ok()
            );
        }
    }
}

use daybook_store::crypto::KeyRing;
use daybook_store::test_support::{KEYS, TestDb, options};
use daybook_store::{Error, Options, Store, connections, keys};
use secrecy::ExposeSecret;

use crate::{account, cast};

const NEW: &str = "new:HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn ring(db: &TestDb, text: &str) -> Options {
    Options {
        key_ring: KeyRing::parse(text).unwrap(),
        ..options(db.clock.clone())
    }
}

async fn refuses_wrong_keys(db: TestDb) {
    let same_name = NEW.replace("new:", "test:");
    for text in [NEW, &same_name] {
        let refused = Store::open(&db.url, ring(&db, text)).await;
        assert!(
            matches!(&refused, Err(Error::WrongKey { id }) if id == "test"),
            "{text}"
        );
    }
    assert!(
        Store::open(&db.url, ring(&db, &format!("{NEW},{KEYS}")))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn wrong_keys_are_refused_on_sqlite() {
    refuses_wrong_keys(TestDb::sqlite().await).await;
}

#[tokio::test]
async fn wrong_keys_leave_the_file_as_it_was() {
    let db = TestDb::sqlite().await;
    cast(&db, "acme").await;
    db.store.close().await;
    let path = db.url.strip_prefix("sqlite:").unwrap();
    let before = std::fs::read(path).unwrap();
    assert!(Store::open(&db.url, ring(&db, NEW)).await.is_err());
    assert!(std::fs::read(path).unwrap() == before);
}

#[tokio::test]
async fn wrong_keys_are_refused_on_postgres() {
    if let Some(db) = TestDb::postgres().await {
        refuses_wrong_keys(db).await;
    }
}

/// Many secrets, re-encrypted while tokens are being renewed; then the old key goes and everything still opens.
async fn rotation(db: TestDb) {
    const N: usize = 60;
    let c = cast(&db, "acme").await;
    let mut tx = db.store.write().await.unwrap();
    for n in 0..N {
        connections::upsert_authorised(&mut tx, c.ws, &account(c.member, &format!("s{n}")))
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let store = Store::open(&db.url, ring(&db, &format!("{NEW},{KEYS}")))
        .await
        .unwrap();
    store.migrate().await.unwrap();
    let (rotating, renewing) = (store.clone(), store.clone());
    let renew = tokio::spawn(async move {
        for n in 0..N {
            let mut tx = renewing.write().await.unwrap();
            let mut renewed = account(c.member, &format!("s{n}"));
            renewed.access_token = Some(format!("renewed-{n}").into());
            connections::upsert_authorised(&mut tx, c.ws, &renewed)
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
    });
    let rotate =
        tokio::spawn(async move { while !keys::rotate(&rotating, 7).await.unwrap().done {} });
    renew.await.unwrap();
    rotate.await.unwrap();
    while !keys::rotate(&store, 7).await.unwrap().done {}
    let mut tx = store.read().await.unwrap();
    let counts = keys::count_by_key(&mut tx).await.unwrap();
    assert_eq!(counts.keys().collect::<Vec<_>>(), ["new"]);
    drop(tx);
    // The old key is out; everything opens, and what was renewed meanwhile was not overwritten.
    let store = Store::open(&db.url, ring(&db, NEW)).await.unwrap();
    let mut tx = store.read().await.unwrap();
    for row in connections::list(&mut tx, c.ws, &Default::default(), None, 100)
        .await
        .unwrap()
    {
        let secrets = connections::secrets(&mut tx, c.ws, row.id).await.unwrap();
        let access = secrets.access_token.unwrap();
        match row.subject.strip_prefix('s') {
            Some(n) => assert_eq!(access.expose_secret(), format!("renewed-{n}")),
            None => assert_eq!(access.expose_secret(), "access-1"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rotation_on_sqlite() {
    rotation(TestDb::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rotation_on_postgres() {
    if let Some(db) = TestDb::postgres().await {
        rotation(db).await;
    }
}

#[tokio::test]
async fn damaged_values_do_not_stop_a_rotation() {
    let db = TestDb::sqlite().await;
    cast(&db, "acme").await;
    cast(&db, "globex").await;
    db.store
        .execute_raw(
            "UPDATE connection SET access_token = x'0104746573740000' WHERE subject = 'acme'"
                .into(),
        )
        .await
        .unwrap();
    let store = Store::open(&db.url, ring(&db, &format!("{NEW},{KEYS}")))
        .await
        .unwrap();
    let mut rounds = 0;
    let last = loop {
        let progress = keys::rotate(&store, 1).await.unwrap();
        rounds += 1;
        if progress.done || rounds > 20 {
            break progress;
        }
    };
    assert!(last.done && last.damaged == 1 && last.rotated == 0);
    let mut tx = store.read().await.unwrap();
    let counts = keys::count_by_key(&mut tx).await.unwrap();
    assert_eq!(counts.get("new"), Some(&3));
}
