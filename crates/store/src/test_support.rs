//! Databases for tests: a file, memory, or PostgreSQL where `DAYBOOK_TEST_POSTGRES_URL` says there is one.

use std::sync::Arc;

use daybook_domain::clock::{MovableClock, SeededIds};
use daybook_domain::{Clock, Ids};
use sqlx::sqlite::SqliteOwnedBuf;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use crate::crypto::KeyRing;
use crate::open::Db;
use crate::tx::Conn;
use crate::{Error, Options, Result, Store, Tx};

/// Where tests find PostgreSQL, for example `postgres://postgres@127.0.0.1:5432/postgres`.
pub const POSTGRES_URL: &str = "DAYBOOK_TEST_POSTGRES_URL";
/// When set to 1, tests fail instead of passing without PostgreSQL.
pub const REQUIRE_POSTGRES: &str = "DAYBOOK_REQUIRE_POSTGRES";
/// The key ring of test databases.
pub const KEYS: &str = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A migrated database of a test's own. It is removed when this is dropped.
pub struct TestDb {
    /// The open store.
    pub store: Store,
    /// Its address, to open it once more (not for one in memory).
    pub url: String,
    /// Its clock.
    pub clock: Arc<MovableClock>,
    cleanup: Cleanup,
}

enum Cleanup {
    Nothing,
    Directory(
        #[expect(dead_code, reason = "removes the directory when dropped")] tempfile::TempDir,
    ),
    Database(PostgresDatabase),
}

/// An empty PostgreSQL database that belongs to a plain role of its own, as an operator's should: row security holds it.
/// Both are removed when this is dropped.
pub struct PostgresDatabase {
    /// Its address, as its owner.
    pub url: String,
    /// Its address, as the administrator that the tests were given.
    pub superuser_url: String,
    admin_url: String,
    name: String,
}

impl TestDb {
    /// A SQLite file in a temporary directory.
    pub async fn sqlite() -> Self {
        let directory = must(tempfile::tempdir());
        let url = format!("sqlite:{}", directory.path().join("daybook.db").display());
        Self::open(url, Cleanup::Directory(directory)).await
    }

    /// SQLite in memory. It has one connection: never hold two transactions.
    pub async fn memory() -> Self {
        Self::open("sqlite::memory:".into(), Cleanup::Nothing).await
    }

    /// A PostgreSQL database; `None` (and a notice) when the environment names no server.
    pub async fn postgres() -> Option<Self> {
        let database = PostgresDatabase::new().await?;
        Some(Self::open(database.url.clone(), Cleanup::Database(database)).await)
    }

    /// The same database as a superuser sees it, whom row security does not hold back; `None` where it is not PostgreSQL.
    pub async fn as_superuser(&self) -> Option<Store> {
        let Cleanup::Database(database) = &self.cleanup else {
            return None;
        };
        let opened = Store::open(&database.superuser_url, options(self.clock.clone())).await;
        Some(must(opened))
    }

    async fn open(url: String, cleanup: Cleanup) -> Self {
        let clock = Arc::new(MovableClock::new());
        let store = must(Store::open(&url, options(clock.clone())).await);
        must(store.migrate().await);
        Self {
            store,
            url,
            clock,
            cleanup,
        }
    }

    /// The same database as another node sees it: pools and ids of its own, the same clock and keys.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn another_node(&self) -> Result<Store> {
        Store::open(&self.url, options(self.clock.clone())).await
    }
}

impl PostgresDatabase {
    /// `None` (and a notice) when the environment names no server.
    pub async fn new() -> Option<Self> {
        let Ok(admin_url) = std::env::var(POSTGRES_URL) else {
            let required = std::env::var(REQUIRE_POSTGRES).is_ok_and(|value| value == "1");
            assert!(
                !required,
                "{REQUIRE_POSTGRES}=1, but {POSTGRES_URL} is not set"
            );
            notice("skipped: PostgreSQL (set DAYBOOK_TEST_POSTGRES_URL)");
            return None;
        };
        let name = format!("daybook_test_{}", unique().simple());
        let mut admin = must(PgConnection::connect(&admin_url).await);
        let role = format!("CREATE ROLE {name} LOGIN PASSWORD '{name}'");
        must(sqlx::raw_sql(AssertSqlSafe(role)).execute(&mut admin).await);
        // Copying the template under load collides with others that do; the server says so and a second try works.
        for attempt in 0.. {
            let create = format!("CREATE DATABASE {name} OWNER {name}");
            match sqlx::raw_sql(AssertSqlSafe(create))
                .execute(&mut admin)
                .await
            {
                Ok(_) => break,
                Err(_) if attempt < 20 => std::thread::yield_now(),
                Err(e) => must(Err(e)),
            }
        }
        let superuser_url = with_database(&admin_url, &name);
        Some(Self {
            url: with_role(&superuser_url, &name),
            superuser_url,
            admin_url,
            name,
        })
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        let (admin_url, name) = (self.admin_url.clone(), self.name.clone());
        let run = move || {
            let runtime = must(
                tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build(),
            );
            runtime.block_on(async {
                if let Ok(mut admin) = PgConnection::connect(&admin_url).await {
                    for drop in [
                        format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
                        format!("DROP ROLE IF EXISTS {name}"),
                    ] {
                        let _ = sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut admin).await;
                    }
                }
            });
        };
        // A runtime cannot be started inside another one, so this takes a thread.
        let _ = std::thread::spawn(run).join();
    }
}

impl Store {
    /// Runs SQL as it stands, in no transaction but its own: for tests that damage or inspect a database.
    ///
    /// # Errors
    /// What the database says.
    pub async fn execute_raw(&self, text: String) -> Result<u64> {
        let text = AssertSqlSafe(text);
        let done = match &self.inner.db {
            Db::Sqlite { write, .. } => sqlx::raw_sql(text)
                .execute(write.take().await?.conn())
                .await
                .map(|r| r.rows_affected()),
            Db::Postgres { pool, .. } => {
                let mut conn = pool.acquire().await?;
                sqlx::raw_sql("SET daybook.system = 'on'")
                    .execute(&mut *conn)
                    .await?;
                let done = sqlx::raw_sql(text).execute(&mut *conn).await;
                sqlx::raw_sql("RESET daybook.system")
                    .execute(&mut *conn)
                    .await?;
                done.map(|r| r.rows_affected())
            }
        };
        Ok(done?)
    }

    /// What a SQLite database holds, as the bytes of its file.
    ///
    /// # Errors
    /// What the database says; [`Error::Unusable`] on PostgreSQL.
    pub async fn image(&self) -> Result<Vec<u8>> {
        let Db::Sqlite { write, .. } = &self.inner.db else {
            return Err(Error::Unusable("PostgreSQL is no file".into()));
        };
        let mut held = write.take().await?;
        Ok(held.conn().serialize(None).await?.to_vec())
    }

    /// Makes a SQLite database in memory one that holds what `image` says.
    ///
    /// # Errors
    /// What the database says; [`Error::Unusable`] on PostgreSQL.
    pub async fn load_image(&self, image: &[u8]) -> Result<()> {
        let Db::Sqlite { write, .. } = &self.inner.db else {
            return Err(Error::Unusable("PostgreSQL is no file".into()));
        };
        let image = SqliteOwnedBuf::try_from(image)?;
        let mut held = write.take().await?;
        Ok(held.conn().deserialize(None, image, false).await?)
    }

    /// The first column of every row, as text, that a query yields; on a connection for reading.
    ///
    /// # Errors
    /// What the database says.
    pub async fn texts_raw(&self, text: String) -> Result<Vec<String>> {
        self.read().await?.texts_raw(text).await
    }

    /// How SQLite would run a query, a line for each step.
    ///
    /// # Errors
    /// What the database says; [`Error::Unusable`] on PostgreSQL.
    pub async fn plan_raw(&self, text: String) -> Result<String> {
        let Db::Sqlite { read, .. } = &self.inner.db else {
            return Err(Error::Unusable(
                "only SQLite tells its plan like this".into(),
            ));
        };
        let text = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"));
        let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(text)
            .fetch_all(read.take().await?.conn())
            .await?;
        let steps: Vec<String> = rows.into_iter().map(|row| row.3).collect();
        Ok(steps.join("\n"))
    }

    /// Prepares a statement without running it.
    ///
    /// # Errors
    /// What the database finds wrong with it.
    pub async fn prepare_raw(&self, text: String) -> Result<()> {
        use sqlx::{Executor, SqlSafeStr};
        let text = AssertSqlSafe(text).into_sql_str();
        match &self.inner.db {
            Db::Sqlite { write, .. } => {
                write.take().await?.conn().prepare(text).await.map(|_| ())?
            }
            Db::Postgres { pool, .. } => pool.prepare(text).await.map(|_| ())?,
        }
        Ok(())
    }
}

impl Tx {
    /// The first column of every row, as text, that a query yields in this transaction.
    ///
    /// # Errors
    /// What the database says.
    pub async fn texts_raw(&mut self, text: String) -> Result<Vec<String>> {
        let text = AssertSqlSafe(text);
        let rows: Vec<(String,)> =
            on!(self, |c| sqlx::query_as(text).fetch_all(c).await).map_err(Error::from)?;
        Ok(rows.into_iter().map(|(text,)| text).collect())
    }

    /// Runs SQL as it stands in this transaction; yields how many rows it changed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn execute_raw(&mut self, text: String) -> Result<u64> {
        let text = AssertSqlSafe(text);
        on!(self, |c| sqlx::raw_sql(text)
            .execute(c)
            .await
            .map(|r| r.rows_affected()))
        .map_err(Error::from)
    }

    /// A SQLite setting of this transaction's connection.
    ///
    /// # Errors
    /// What the database says; [`Error::Unusable`] on PostgreSQL.
    pub async fn pragma(&mut self, name: &str) -> Result<String> {
        let Conn::Sqlite(transaction) = &mut self.conn else {
            return Err(Error::Unusable("PostgreSQL has no pragmas".into()));
        };
        let query = format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}");
        let query = query.replace("CAST(busy_timeout", "CAST(timeout");
        let row: (String,) = sqlx::query_as(AssertSqlSafe(query))
            .fetch_one(transaction.conn())
            .await?;
        Ok(row.0)
    }
}

/// Options for a test database. Ids differ from store to store, also across processes.
pub fn options(clock: Arc<dyn Clock>) -> Options {
    Options {
        key_ring: must(KeyRing::parse(KEYS)),
        clock,
        ids: Arc::new(fresh_ids()),
        max_connections: 8,
    }
}

/// A source of ids that no other test has.
#[must_use]
pub fn fresh_ids() -> impl Ids {
    SeededIds::new(u64::from_be_bytes(
        unique().as_bytes()[8..].try_into().unwrap_or_default(),
    ))
}

/// The same address, for a role whose password is its name.
fn with_role(url: &str, role: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    let host_from = rest
        .find('/')
        .and_then(|end| rest[..end].rfind('@'))
        .map_or(0, |at| at + 1);
    format!("{scheme}://{role}:{role}@{}", &rest[host_from..])
}

/// The address of another database on the same server.
#[must_use]
fn with_database(admin_url: &str, name: &str) -> String {
    let (base, query) = admin_url.split_once('?').unwrap_or((admin_url, ""));
    let base = base.rsplit_once('/').map_or(base, |(base, _)| base);
    if query.is_empty() {
        format!("{base}/{name}")
    } else {
        format!("{base}/{name}?{query}")
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "test databases need names that no other process uses"
)]
fn unique() -> Uuid {
    Uuid::now_v7()
}

#[expect(clippy::print_stderr, reason = "a skipped test must say so")]
fn notice(text: &str) {
    eprintln!("{text}");
}

#[expect(
    clippy::panic,
    reason = "a test database that cannot be made fails the test"
)]
#[track_caller]
fn must<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("a test database cannot be made: {error}"),
    }
}
