//! What PostgreSQL's row security costs: short transactions with it (`BEGIN` names the workspace, every table has its policy)
//! against the same ones without, in turns, on a connection of a plain role. The medians' ratio is printed.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench")]

use std::time::{Duration, Instant};

use daybook_store::test_support::TestDb;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use uuid::Uuid;

const ROUNDS: usize = 11;
const EACH: usize = 1_000;
const READ: &str = "SELECT id, name, currency, color, email, notes, created_at, archived_at FROM client WHERE workspace_id = $1 AND id = $2";
const LIST: &str = "SELECT id, name, currency, color, email, notes, created_at, archived_at FROM client WHERE workspace_id = $1 AND id <> $2 ORDER BY created_at, id LIMIT 50";
const WRITE: &str = "UPDATE client SET name = 'x' WHERE workspace_id = $1 AND id = $2";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let Some(db) = TestDb::postgres().await else {
            return;
        };
        let fill = "INSERT INTO workspace SELECT gen_random_uuid(), 'w' || n, 'w' || n, 'UTC', 'EUR', 0 FROM generate_series(1, 20) n; INSERT INTO client SELECT gen_random_uuid(), w.id, 'c' || n, NULL, NULL, NULL, NULL, n, NULL FROM workspace w, generate_series(1, 500) n";
        db.store.execute_raw(fill.into()).await.unwrap();
        db.store.execute_raw("ANALYZE client".into()).await.unwrap();
        let mut conn = PgConnection::connect(&db.url).await.unwrap();
        // Waiting for the disk would hide the rest.
        conn.execute("SET synchronous_commit = off").await.unwrap();
        for (name, statement) in [("read one", READ), ("list 50", LIST), ("write one", WRITE)] {
            compare(&db, &mut conn, name, statement).await;
        }
    });
}

async fn compare(db: &TestDb, conn: &mut PgConnection, name: &str, statement: &'static str) {
    let one = "SELECT workspace_id || ' ' || id FROM client ORDER BY id LIMIT 1";
    let found = db.store.texts_raw(one.into()).await.unwrap().remove(0);
    let (workspace, id) = found.split_once(' ').unwrap();
    let (workspace, id): (Uuid, Uuid) = (workspace.parse().unwrap(), id.parse().unwrap());
    let set = format!("BEGIN; SET LOCAL daybook.workspace = '{workspace}'");
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for on in [true, false] {
            let (enable, force) = if on {
                ("ENABLE", "FORCE")
            } else {
                ("DISABLE", "NO FORCE")
            };
            let switch = format!(
                "ALTER TABLE client {enable} ROW LEVEL SECURITY, {force} ROW LEVEL SECURITY"
            );
            db.store.execute_raw(switch).await.unwrap();
            let begin = if on { set.as_str() } else { "BEGIN" };
            let took = run(conn, begin, statement, workspace, id).await;
            if on { &mut with } else { &mut without }.push(took);
        }
    }
    let rate = |times: &mut Vec<Duration>| {
        times.sort();
        EACH as f64 / times[ROUNDS / 2].as_secs_f64()
    };
    let (with, without) = (rate(&mut with), rate(&mut without));
    println!(
        "{name}: {without:.0} transactions/s without, {with:.0} with row security, {:.1} % less",
        (1.0 - with / without) * 100.0
    );
}

async fn run(
    conn: &mut PgConnection,
    begin: &str,
    statement: &'static str,
    workspace: Uuid,
    id: Uuid,
) -> Duration {
    let began = Instant::now();
    for _ in 0..EACH {
        sqlx::raw_sql(AssertSqlSafe(begin.to_owned()))
            .execute(&mut *conn)
            .await
            .unwrap();
        sqlx::query(statement)
            .bind(workspace)
            .bind(id)
            .execute(&mut *conn)
            .await
            .unwrap();
        sqlx::raw_sql("COMMIT").execute(&mut *conn).await.unwrap();
    }
    began.elapsed()
}
