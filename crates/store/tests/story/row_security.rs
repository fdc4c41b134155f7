//! PostgreSQL's row security, the second net under tenant isolation (R9): a statement that forgot its `workspace_id` condition
//! finds nothing of another workspace. Its control is the same statement where the net is not: it leaks.

use std::collections::BTreeSet;

use daybook_domain::WorkspaceId;
use daybook_store::test_support::TestDb;
use daybook_store::{Store, Tx, clients, jobs, projects, time_entries};

use crate::cast;

/// Every table that must be protected, as the catalogue tells it.
async fn tenant_tables(db: &TestDb) -> Vec<String> {
    let query = "SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'workspace_id' ORDER BY 1";
    let mut tables = db.store.texts_raw(query.into()).await.unwrap();
    tables.push("workspace".into());
    tables
}

/// How many rows a statement without any condition sees.
async fn count(tx: &mut Tx, table: &str) -> String {
    let query = format!("SELECT count(*)::text FROM {table}");
    tx.texts_raw(query).await.unwrap().remove(0)
}

/// Two workspaces with a row of most kinds each.
async fn two(db: &TestDb) -> (crate::Cast, crate::Cast) {
    let (a, b) = (cast(db, "acme").await, cast(db, "globex").await);
    for one in [a, b] {
        let mut tx = db.store.write_in(one.ws).await.unwrap();
        let entry = super::billing::told::entry(one.member, "k");
        time_entries::create(&mut tx, one.ws, &entry).await.unwrap();
        clients::create(&mut tx, one.ws, &Default::default())
            .await
            .unwrap();
        let project = projects::NewProject {
            client_id: None,
            name: "x".into(),
            color: None,
            currency: None,
            hourly_rate_minor: None,
            billable: true,
        };
        projects::create(&mut tx, one.ws, &project).await.unwrap();
        let mut job = jobs::NewJob::new("x", serde_json::json!({}));
        job.workspace_id = Some(one.ws);
        jobs::enqueue(&mut tx, &job).await.unwrap();
        tx.commit().await.unwrap();
    }
    (a, b)
}

const FILLED: [&str; 8] = [
    "workspace",
    "member",
    "connection",
    "calendar",
    "client",
    "project",
    "time_entry",
    "job",
];

#[tokio::test]
async fn every_tenant_table_is_protected_also_from_its_owner() {
    let Some(db) = TestDb::postgres().await else {
        return;
    };
    let query = "SELECT c.relname::text FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid WHERE c.relrowsecurity AND c.relforcerowsecurity AND p.polname = 'tenant' AND p.polcmd = '*'";
    let protected: BTreeSet<String> = db
        .store
        .texts_raw(query.into())
        .await
        .unwrap()
        .into_iter()
        .collect();
    let tables = tenant_tables(&db).await;
    assert!(tables.len() >= 16, "{tables:?}");
    for table in tables {
        assert!(protected.contains(&table), "{table} has no row security");
    }
}

#[tokio::test]
async fn a_table_of_a_later_step_is_protected_at_the_next_start() {
    let Some(db) = TestDb::postgres().await else {
        return;
    };
    let make = "CREATE TABLE later (id UUID PRIMARY KEY, workspace_id UUID NOT NULL)";
    db.store.execute_raw(make.into()).await.unwrap();
    let find = "SELECT relname::text FROM pg_class WHERE relname = 'later' AND relforcerowsecurity";
    assert_eq!(db.store.texts_raw(find.into()).await.unwrap(), [""; 0]);
    db.store.migrate().await.unwrap();
    assert_eq!(db.store.texts_raw(find.into()).await.unwrap(), ["later"]);
}

/// What a transaction of `workspace` sees of each table without a condition.
async fn seen(store: &Store, workspace: WorkspaceId) -> Vec<(String, String)> {
    let mut tx = store.read_in(workspace).await.unwrap();
    let mut seen = Vec::new();
    for table in FILLED {
        seen.push((table.to_owned(), count(&mut tx, table).await));
    }
    seen
}

#[tokio::test]
async fn a_forgotten_condition_shows_nothing_of_another_workspace() {
    let Some(db) = TestDb::postgres().await else {
        return;
    };
    let (a, b) = two(&db).await;
    for one in [a, b] {
        for (table, rows) in seen(&db.store, one.ws).await {
            assert_eq!(rows, "1", "{table}: its own row, and no other");
        }
    }
    let nobody = WorkspaceId::from_uuid(uuid::Uuid::from_u128(7));
    for (table, rows) in seen(&db.store, nobody).await {
        assert_eq!(rows, "0", "{table}");
    }
    // A condition that names another workspace does not help either.
    let mut tx = db.store.read_in(a.ws).await.unwrap();
    let theirs = format!(
        "SELECT id::text FROM client WHERE workspace_id = '{}'",
        b.ws
    );
    assert_eq!(tx.texts_raw(theirs).await.unwrap(), [""; 0]);
    drop(tx);
    // What works across workspaces sees both: the job runner, sign-in, the operator.
    let mut tx = db.store.read().await.unwrap();
    for table in FILLED {
        assert_eq!(count(&mut tx, table).await, "2", "{table}");
    }
}

#[tokio::test]
async fn without_the_net_the_same_statement_leaks() {
    let Some(db) = TestDb::postgres().await else {
        return;
    };
    let (a, _) = two(&db).await;
    let bypasses = db.as_superuser().await.unwrap();
    for (table, rows) in seen(&bypasses, a.ws).await {
        assert_eq!(rows, "2", "{table}: a superuser is not held back");
    }
    let off = "ALTER TABLE client DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY";
    db.store.execute_raw(off.into()).await.unwrap();
    let mut tx = db.store.read_in(a.ws).await.unwrap();
    assert_eq!(count(&mut tx, "client").await, "2");
    assert_eq!(count(&mut tx, "project").await, "1");
}

#[tokio::test]
async fn a_session_that_names_nothing_sees_nothing() {
    let Some(db) = TestDb::postgres().await else {
        return;
    };
    two(&db).await;
    // Also on a connection that a transaction with rights used before.
    db.store.read().await.unwrap().rollback().await.unwrap();
    let mut tx = db.store.read().await.unwrap();
    tx.execute_raw("SET LOCAL daybook.system = ''".into())
        .await
        .unwrap();
    for table in FILLED {
        assert_eq!(count(&mut tx, table).await, "0", "{table}");
    }
}

#[tokio::test]
async fn nothing_of_another_workspace_is_changed_or_made() {
    let Some(db) = TestDb::postgres().await else {
        return;
    };
    let (a, b) = two(&db).await;
    let mut tx = db.store.write_in(a.ws).await.unwrap();
    let changed = tx
        .execute_raw("UPDATE client SET name = 'mine'".into())
        .await;
    assert_eq!(changed.unwrap(), 1);
    let gone = tx.execute_raw("DELETE FROM time_entry".into()).await;
    assert_eq!(gone.unwrap(), 1);
    tx.commit().await.unwrap();
    for statement in [
        format!("UPDATE client SET workspace_id = '{}'", b.ws),
        format!(
            "INSERT INTO client (id, workspace_id, name, created_at) VALUES (gen_random_uuid(), '{}', 'x', 0)",
            b.ws
        ),
    ] {
        let mut tx = db.store.write_in(a.ws).await.unwrap();
        let refused = tx.execute_raw(statement).await.unwrap_err();
        assert!(
            format!("{refused:?}").contains("row-level security"),
            "{refused:?}"
        );
    }
    let mut tx = db.store.read_in(b.ws).await.unwrap();
    assert_eq!(
        clients::list(&mut tx, b.ws, true, None, 9)
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(count(&mut tx, "time_entry").await, "1");
}

#[tokio::test]
async fn a_dump_by_the_owner_is_whole_when_it_says_that_it_is_the_system() {
    let Some(db) = TestDb::postgres().await else {
        return;
    };
    two(&db).await;
    let dump = |options: &'static str, more: &'static [&'static str]| {
        let mut dump = std::process::Command::new("pg_dump");
        dump.args(["--data-only", "--table=client"])
            .args(more)
            .arg(&db.url)
            .env("PGOPTIONS", options);
        dump.output()
    };
    // As docs/guides/operate.md says it.
    let Ok(done) = dump("-c daybook.system=on", &["--enable-row-security"]) else {
        println!("skipped: pg_dump");
        return;
    };
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(
        done.status.success(),
        "{:?}",
        String::from_utf8_lossy(&done.stderr)
    );
    let rows = text
        .lines()
        .skip_while(|line| !line.starts_with("COPY"))
        .skip(1);
    assert_eq!(rows.take_while(|line| *line != "\\.").count(), 2, "{text}");
    // Otherwise it refuses, rather than to leave rows out.
    assert!(!dump("", &[]).unwrap().status.success());
}
