//! Brings the schema up to date: a list for each database, append-only, each step in a transaction of its own.
//!
//! A step that is interrupted leaves nothing behind, so that the next start simply goes on. The numbers and checksums of what
//! was applied are in `schema_migration`; a database that has steps this binary does not know is left alone.

use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use sqlx::{
    AssertSqlSafe, Connection, PgConnection, Postgres, Sqlite, SqliteConnection, Transaction,
};

use crate::open::{BUSY_TIMEOUT, Db, Kind, Store};
use crate::{Error, Result};

/// One step: its name, and its text for either database.
struct Migration {
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

/// All steps; a step's version is its place in the list, from 1. Append only.
const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "init",
        sqlite: include_str!("../migrations/sqlite/0001_init.sql"),
        postgres: include_str!("../migrations/postgres/0001_init.sql"),
    },
    Migration {
        name: "availability",
        sqlite: include_str!("../migrations/sqlite/0002_availability.sql"),
        postgres: include_str!("../migrations/postgres/0002_availability.sql"),
    },
    Migration {
        name: "event_writes",
        sqlite: include_str!("../migrations/sqlite/0003_event_writes.sql"),
        postgres: include_str!("../migrations/postgres/0003_event_writes.sql"),
    },
    Migration {
        name: "push",
        sqlite: include_str!("../migrations/sqlite/0004_push.sql"),
        postgres: include_str!("../migrations/postgres/0004_push.sql"),
    },
    Migration {
        name: "row_security",
        sqlite: include_str!("../migrations/sqlite/0005_row_security.sql"),
        postgres: include_str!("../migrations/postgres/0005_row_security.sql"),
    },
    Migration {
        name: "single_sign_on",
        sqlite: include_str!("../migrations/sqlite/0006_single_sign_on.sql"),
        postgres: include_str!("../migrations/postgres/0006_single_sign_on.sql"),
    },
    Migration {
        name: "calendar_filters",
        sqlite: include_str!("../migrations/sqlite/0007_calendar_filters.sql"),
        postgres: include_str!("../migrations/postgres/0007_calendar_filters.sql"),
    },
    Migration {
        name: "time",
        sqlite: include_str!("../migrations/sqlite/0008_time.sql"),
        postgres: include_str!("../migrations/postgres/0008_time.sql"),
    },
    Migration {
        name: "invoices",
        sqlite: include_str!("../migrations/sqlite/0009_invoices.sql"),
        postgres: include_str!("../migrations/postgres/0009_invoices.sql"),
    },
    Migration {
        name: "slack",
        sqlite: include_str!("../migrations/sqlite/0010_slack.sql"),
        postgres: include_str!("../migrations/postgres/0010_slack.sql"),
    },
    Migration {
        name: "mail",
        sqlite: include_str!("../migrations/sqlite/0011_mail.sql"),
        postgres: include_str!("../migrations/postgres/0011_mail.sql"),
    },
    Migration {
        name: "oauth_browser",
        sqlite: include_str!("../migrations/sqlite/0012_oauth_browser.sql"),
        postgres: include_str!("../migrations/postgres/0012_oauth_browser.sql"),
    },
    Migration {
        name: "notifications",
        sqlite: include_str!("../migrations/sqlite/0013_notifications.sql"),
        postgres: include_str!("../migrations/postgres/0013_notifications.sql"),
    },
    Migration {
        name: "invoice_deliveries",
        sqlite: include_str!("../migrations/sqlite/0014_invoice_deliveries.sql"),
        postgres: include_str!("../migrations/postgres/0014_invoice_deliveries.sql"),
    },
    Migration {
        name: "submissions",
        sqlite: include_str!("../migrations/sqlite/0015_submissions.sql"),
        postgres: include_str!("../migrations/postgres/0015_submissions.sql"),
    },
    Migration {
        name: "targets_and_privacy",
        sqlite: include_str!("../migrations/sqlite/0016_targets_and_privacy.sql"),
        postgres: include_str!("../migrations/postgres/0016_targets_and_privacy.sql"),
    },
    Migration {
        name: "shared_channels",
        sqlite: include_str!("../migrations/sqlite/0017_shared_channels.sql"),
        postgres: include_str!("../migrations/postgres/0017_shared_channels.sql"),
    },
];

/// "daybook" as a number: the advisory lock that lets one node migrate at a time.
const LOCK: i64 = 0x0064_6179_626f_6f6b;

/// How long a process waits for another one that migrates the same SQLite file.
const PATIENCE: Duration = Duration::from_secs(600);

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS schema_migration (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";

impl Migration {
    const fn text(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Sqlite => self.sqlite,
            Kind::Postgres => self.postgres,
        }
    }

    fn checksum(&self, kind: Kind) -> String {
        Sha256::digest(self.text(kind))
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect()
    }
}

/// The newest version this binary knows.
pub(crate) const fn known() -> i64 {
    MIGRATIONS.len() as i64
}

/// The schema's version; `None` when the database is empty.
pub(crate) async fn version(store: &Store) -> Result<Option<i64>> {
    let mut tx = store.read().await?;
    let (there,): (i64,) = match &mut tx.conn {
        crate::tx::Conn::Sqlite(t) => sqlx::query_as(sql!(sqlite: "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_migration'"))
            .fetch_one(t.conn())
            .await?,
        crate::tx::Conn::Postgres(t) => sqlx::query_as(sql!(postgres: "SELECT count(*) FROM pg_class WHERE oid = to_regclass('schema_migration')"))
            .fetch_one(&mut **t)
            .await?,
    };
    if there == 0 {
        return Ok(None);
    }
    let (found,) = fetch_one!(
        tx,
        (i64,),
        "SELECT coalesce(max(version), 0) FROM schema_migration"
    )?;
    Ok((found > 0).then_some(found))
}

/// Refuses a schema that is newer than this binary.
pub(crate) const fn check(found: i64) -> Result<()> {
    if found > known() {
        return Err(Error::NewerSchema {
            found,
            known: known(),
        });
    }
    Ok(())
}

/// Applies what is missing.
pub(crate) async fn run(store: &Store) -> Result<()> {
    let now = store.inner.clock.now();
    match &store.inner.db {
        Db::Sqlite { write, .. } => {
            let mut held = write.take().await?;
            let conn = held.conn();
            // Another process may be at a big migration: it is waited for, as on PostgreSQL.
            busy_timeout(conn, PATIENCE).await?;
            let done = run_sqlite(conn, now).await;
            busy_timeout(conn, BUSY_TIMEOUT).await?;
            done?;
        }
        Db::Postgres { options, .. } => {
            // A connection of its own: the pool's time-outs are too short for a big migration or for waiting for another node.
            let mut conn = PgConnection::connect_with(options).await?;
            sqlx::query(sql!(postgres: "SELECT pg_advisory_lock($1)"))
                .bind(LOCK)
                .execute(&mut conn)
                .await?;
            // A step may change rows of every workspace.
            sqlx::raw_sql("SET client_min_messages = warning; SET daybook.system = 'on'")
                .execute(&mut conn)
                .await?;
            sqlx::raw_sql(LEDGER).execute(&mut conn).await?;
            for (index, migration) in MIGRATIONS.iter().enumerate() {
                let mut tx = conn.begin().await?;
                if step_postgres(&mut tx, index as i64 + 1, migration, now).await? {
                    tx.commit().await?;
                }
            }
            // Tables of later steps: row security is nothing that a step could forget.
            sqlx::query(sql!(postgres: "SELECT daybook_protect_tenants()"))
                .execute(&mut conn)
                .await?;
            // Closing the session gives the lock back.
            conn.close().await?;
        }
    }
    Ok(())
}

async fn run_sqlite(conn: &mut SqliteConnection, now: Timestamp) -> Result<()> {
    sqlx::raw_sql(LEDGER).execute(&mut *conn).await?;
    for (index, migration) in MIGRATIONS.iter().enumerate() {
        let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
        if step_sqlite(&mut tx, index as i64 + 1, migration, now).await? {
            tx.commit().await?;
        }
    }
    Ok(())
}

async fn busy_timeout(conn: &mut SqliteConnection, time: Duration) -> Result<()> {
    let text = format!("PRAGMA busy_timeout = {}", time.as_millis());
    sqlx::raw_sql(AssertSqlSafe(text)).execute(conn).await?;
    Ok(())
}

macro_rules! step {
    ($name:ident, $db:ty, $kind:expr) => {
        /// Applies one step in `tx`; false when it had been applied before.
        async fn $name(
            tx: &mut Transaction<'_, $db>,
            version: i64,
            migration: &Migration,
            now: Timestamp,
        ) -> Result<bool> {
            let newest: (i64,) =
                sqlx::query_as("SELECT coalesce(max(version), 0) FROM schema_migration")
                    .fetch_one(&mut **tx)
                    .await?;
            check(newest.0)?;
            let checksum = migration.checksum($kind);
            let applied: Option<(String,)> =
                sqlx::query_as("SELECT checksum FROM schema_migration WHERE version = $1")
                    .bind(version)
                    .fetch_optional(&mut **tx)
                    .await?;
            match applied {
                Some((found,)) if found == checksum => return Ok(false),
                Some(_) => return Err(Error::ForeignSchema { version }),
                None => {}
            }
            tracing::info!(version, name = migration.name, "applying a migration");
            sqlx::raw_sql(AssertSqlSafe(migration.text($kind)))
                .execute(&mut **tx)
                .await?;
            sqlx::query("INSERT INTO schema_migration (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)")
                .bind(version)
                .bind(migration.name)
                .bind(checksum)
                .bind(now.as_microsecond())
                .execute(&mut **tx)
                .await?;
            Ok(true)
        }
    };
}
step!(step_sqlite, Sqlite, Kind::Sqlite);
step!(step_postgres, Postgres, Kind::Postgres);
