//! Opening, migrating, the settings of every connection, backup.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use daybook_domain::clock::SystemClock;
use daybook_store::test_support::{PostgresDatabase, TestDb, options};
use daybook_store::{Error, Store, backup, meta, workspaces};

use crate::{cast, workspace};

async fn refuses_newer_schema(db: TestDb) {
    db.store
        .execute_raw("INSERT INTO schema_migration VALUES (99, 'future', 'x', 0)".into())
        .await
        .unwrap();
    let refused = db.another_node().await;
    assert!(matches!(
        refused,
        Err(Error::NewerSchema { found: 99, known }) if known < 99
    ));
    assert!(matches!(
        db.store.migrate().await,
        Err(Error::NewerSchema { .. })
    ));
    db.store
        .execute_raw("DELETE FROM schema_migration WHERE version = 99".into())
        .await
        .unwrap();
    db.store.migrate().await.unwrap();
    db.store
        .execute_raw("UPDATE schema_migration SET checksum = 'other'".into())
        .await
        .unwrap();
    assert!(matches!(
        db.store.migrate().await,
        Err(Error::ForeignSchema { version: 1 })
    ));
}

#[tokio::test]
async fn a_newer_schema_is_refused_on_sqlite() {
    refuses_newer_schema(TestDb::sqlite().await).await;
}

#[tokio::test]
async fn a_newer_schema_is_refused_on_postgres() {
    if let Some(db) = TestDb::postgres().await {
        refuses_newer_schema(db).await;
    }
}

async fn migrate_from(url: String) {
    let store = Store::open(&url, options(Arc::new(SystemClock)))
        .await
        .unwrap();
    store.migrate().await.unwrap();
    store.migrate().await.unwrap();
    let mut tx = store.write().await.unwrap();
    let id = meta::installation_id(&mut tx).await.unwrap();
    assert_eq!(meta::installation_id(&mut tx).await.unwrap(), id);
    tx.commit().await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_start_together_migrate_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut urls = vec![format!(
        "sqlite:{}",
        directory.path().join("x.db").display()
    )];
    let database = PostgresDatabase::new().await;
    urls.extend(database.iter().map(|database| database.url.clone()));
    for url in urls {
        let nodes: Vec<_> = (0..4)
            .map(|_| tokio::spawn(migrate_from(url.clone())))
            .collect();
        for node in nodes {
            node.await.unwrap();
        }
    }
}

/// Turning a new file into a WAL database takes a lock for which SQLite does not wait: whoever opens it meanwhile must.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_new_file_may_be_opened_by_many_at_once() {
    let directory = tempfile::tempdir().unwrap();
    for round in 0..20 {
        let path = directory.path().join(format!("{round}.db"));
        let url = format!("sqlite:{}", path.display());
        let together = Arc::new(tokio::sync::Barrier::new(8));
        let nodes: Vec<_> = (0..8)
            .map(|_| {
                let (url, together) = (url.clone(), together.clone());
                tokio::spawn(async move {
                    together.wait().await;
                    Store::open(&url, options(Arc::new(SystemClock))).await
                })
            })
            .collect();
        for node in nodes {
            node.await.unwrap().unwrap().close().await;
        }
    }
}

#[tokio::test]
async fn every_sqlite_connection_has_the_settings() {
    let db = TestDb::sqlite().await;
    let mut held = Vec::new();
    // 8 readers at once, and the writer.
    for _ in 0..8 {
        held.push((db.store.read().await.unwrap(), "1"));
    }
    held.push((db.store.write().await.unwrap(), "0"));
    for (tx, query_only) in &mut held {
        for (pragma, wanted) in [
            ("journal_mode", "wal"),
            ("synchronous", "2"),
            ("foreign_keys", "1"),
            ("busy_timeout", "5000"),
            ("secure_delete", "2"),
            ("query_only", query_only),
        ] {
            assert_eq!(tx.pragma(pragma).await.unwrap(), wanted, "{pragma}");
        }
    }
    drop(held);
    let path = db.url.strip_prefix("sqlite:").unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let mode = std::fs::metadata(format!("{path}{suffix}"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{suffix}");
    }
}

#[tokio::test]
async fn every_postgres_connection_has_the_settings() {
    let Some(db) = TestDb::postgres().await else {
        return;
    };
    for (setting, wanted) in [
        ("statement_timeout", "15s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "30s"),
    ] {
        let got = db
            .store
            .texts_raw(format!("SELECT current_setting('{setting}')"))
            .await
            .unwrap();
        assert_eq!(got, [wanted], "{setting}");
    }
}

#[tokio::test]
async fn reading_transactions_write_nothing() {
    for db in [Some(TestDb::sqlite().await), TestDb::postgres().await]
        .into_iter()
        .flatten()
    {
        let mut tx = db.store.read().await.unwrap();
        assert!(matches!(
            meta::set(&mut tx, "x", b"y").await,
            Err(Error::ReadOnly)
        ));
    }
}

#[tokio::test]
async fn a_file_others_could_read_becomes_private() {
    let db = TestDb::sqlite().await;
    let path = db.url.strip_prefix("sqlite:").unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
    db.another_node().await.unwrap();
    assert_eq!(
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[tokio::test]
async fn addresses_that_make_no_sense_are_refused() {
    for url in ["", "mysql://x", "sqlite:/nowhere/at/all.db"] {
        let refused = Store::open(url, options(Arc::new(SystemClock))).await;
        assert!(matches!(refused, Err(Error::Unusable(_))), "{url}");
    }
    let refused = Store::open("postgres://x@127.0.0.1:1/x", options(Arc::new(SystemClock))).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn a_backup_is_whole_private_and_opens() {
    let db = TestDb::sqlite().await;
    let c = cast(&db, "acme").await;
    db.store.ping().await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("backup.db");
    // A transaction that is open meanwhile does not disturb it.
    let mut open = db.store.read().await.unwrap();
    workspaces::get(&mut open, c.ws).await.unwrap();
    backup::backup(&db.store, &path).await.unwrap();
    drop(open);
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(
        matches!(
            backup::backup(&db.store, &path).await,
            Err(Error::Unusable(_))
        ),
        "never over a file"
    );
    let copy = Store::open(
        &format!("sqlite:{}", path.display()),
        options(Arc::new(SystemClock)),
    )
    .await
    .unwrap();
    assert_eq!(
        backup::integrity_check(&copy).await.unwrap(),
        Vec::<String>::new()
    );
    let mut tx = copy.read().await.unwrap();
    assert_eq!(workspaces::get(&mut tx, c.ws).await.unwrap().name, "acme");
    daybook_store::connections::secrets(&mut tx, c.ws, c.connection)
        .await
        .unwrap();
}

#[tokio::test]
async fn broken_references_are_found() {
    let db = TestDb::sqlite().await;
    cast(&db, "acme").await;
    db.store
        .execute_raw(
            "PRAGMA foreign_keys = OFF; DELETE FROM connection; PRAGMA foreign_keys = ON".into(),
        )
        .await
        .unwrap();
    assert_eq!(
        backup::integrity_check(&db.store).await.unwrap(),
        ["a row of calendar refers to nothing"]
    );
}

#[tokio::test]
async fn a_simulation_moves_the_clock_exactly() {
    use daybook_domain::Clock;
    use daybook_domain::clock::{ManualClock, SeededIds};
    let clock = Arc::new(ManualClock::at("2026-03-02T09:00:00Z".parse().unwrap()));
    let mut given = options(clock.clone());
    given.ids = Arc::new(SeededIds::new(1));
    let store = Store::open("sqlite::memory:", given).await.unwrap();
    store.migrate().await.unwrap();
    let mut tx = store.write().await.unwrap();
    assert_eq!(tx.now().await.unwrap(), clock.now());
    let (ws, ..) = workspace(&mut tx, "acme").await;
    let made = workspaces::get(&mut tx, ws).await.unwrap();
    assert_eq!(made.created_at, clock.now());
}
