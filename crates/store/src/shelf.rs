//! SQLite's connections: one that writes, several that read.
//!
//! The driver's own pool asks a connection for a sign of life each time it comes back, from a task of its own. For a file that costs
//! more than the read did. Here a connection goes back as it is: whatever its transaction left is undone by the next command in its
//! queue, before anything of the next user.

use std::sync::{Arc, Mutex, PoisonError};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Database, SqlStr, Sqlite, SqliteConnection};
use sqlx_core::transaction::TransactionManager;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Result;
use crate::open::ACQUIRE_TIMEOUT;

type Manager = <Sqlite as Database>::TransactionManager;

/// At most so many connections to one file, opened when they are first needed.
pub(crate) struct Shelf {
    options: SqliteConnectOptions,
    most: u32,
    free: Arc<Semaphore>,
    idle: Mutex<Vec<SqliteConnection>>,
}

/// A connection that is in use. Dropping it undoes its open transaction and gives it back.
pub(crate) struct Held {
    /// `None` only while this is dropped.
    conn: Option<SqliteConnection>,
    in_transaction: bool,
    shelf: Arc<Shelf>,
    _permit: OwnedSemaphorePermit,
}

impl Shelf {
    pub(crate) fn new(options: SqliteConnectOptions, most: u32) -> Arc<Self> {
        Arc::new(Self {
            options,
            most,
            free: Arc::new(Semaphore::new(most as usize)),
            idle: Mutex::new(Vec::new()),
        })
    }

    /// Opens the first connection, so that what is wrong with the file shows at once.
    pub(crate) async fn try_open(&self) -> Result<()> {
        self.put_back(self.options.connect().await?);
        Ok(())
    }

    /// A connection outside any transaction.
    pub(crate) async fn take(self: &Arc<Self>) -> Result<Held> {
        let permit = self.permit().await?;
        let conn = match self.idle_one() {
            Some(conn) => conn,
            None => self.options.connect().await?,
        };
        Ok(self.held(conn, permit))
    }

    /// A connection in a transaction that `statement` begins.
    pub(crate) async fn begin(self: &Arc<Self>, statement: &'static str) -> Result<Held> {
        let permit = self.permit().await?;
        let begin = || Some(SqlStr::from_static(statement));
        let conn = loop {
            let idle = self.idle_one();
            let known = idle.is_some();
            let mut conn = match idle {
                Some(conn) => conn,
                None => self.options.connect().await?,
            };
            match Manager::begin(&mut conn, begin()).await {
                Ok(()) => break conn,
                // SQLite has undone a transaction by itself (a full disk, a failed sync) and the driver goes on counting it as
                // open, or the connection's thread is gone: another one is opened.
                Err(sqlx::Error::InvalidSavePointStatement | sqlx::Error::WorkerCrashed)
                    if known => {}
                Err(error) => {
                    self.put_back(conn);
                    return Err(error.into());
                }
            }
        };
        let mut held = self.held(conn, permit);
        held.in_transaction = true;
        Ok(held)
    }

    /// Waits for everybody, then closes all connections for good.
    pub(crate) async fn close(&self) {
        let Ok(_all) = self.free.acquire_many(self.most).await else {
            return;
        };
        self.free.close();
        while let Some(conn) = self.idle_one() {
            if let Err(error) = conn.close().await {
                tracing::debug!(%error, "a database connection was not closed cleanly");
            }
        }
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit> {
        let permit = tokio::time::timeout(ACQUIRE_TIMEOUT, self.free.clone().acquire_owned()).await;
        match permit {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(sqlx::Error::PoolClosed.into()),
            Err(_) => Err(sqlx::Error::PoolTimedOut.into()),
        }
    }

    fn held(self: &Arc<Self>, conn: SqliteConnection, permit: OwnedSemaphorePermit) -> Held {
        Held {
            conn: Some(conn),
            in_transaction: false,
            shelf: self.clone(),
            _permit: permit,
        }
    }

    fn idle_one(&self) -> Option<SqliteConnection> {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }

    fn put_back(&self, conn: SqliteConnection) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(conn);
    }
}

impl Held {
    /// Makes what was written durable.
    pub(crate) async fn commit(mut self) -> Result<()> {
        Manager::commit(self.conn()).await?;
        self.in_transaction = false;
        Ok(())
    }

    /// Undoes what was written.
    pub(crate) async fn rollback(mut self) -> Result<()> {
        Manager::rollback(self.conn()).await?;
        self.in_transaction = false;
        Ok(())
    }

    /// What statements run on.
    #[expect(
        clippy::expect_used,
        reason = "it is taken out when this is dropped, and not before"
    )]
    pub(crate) fn conn(&mut self) -> &mut SqliteConnection {
        self.conn.as_mut().expect("a held connection")
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else {
            return;
        };
        if self.in_transaction {
            Manager::start_rollback(&mut conn);
        }
        self.shelf.put_back(conn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn file(most: u32) -> (tempfile::TempDir, Arc<Shelf>) {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("a.db"))
            .create_if_missing(true);
        let shelf = Shelf::new(options, most);
        let mut held = shelf.take().await.unwrap();
        run(&mut held, "CREATE TABLE t (n INTEGER)").await;
        drop(held);
        (folder, shelf)
    }

    async fn run(held: &mut Held, text: &'static str) {
        sqlx::raw_sql(text).execute(held.conn()).await.unwrap();
    }

    async fn rows(shelf: &Arc<Shelf>) -> i64 {
        let mut held = shelf.begin("BEGIN").await.unwrap();
        let counted = sqlx::query_scalar("SELECT count(*) FROM t");
        counted.fetch_one(held.conn()).await.unwrap()
    }

    #[tokio::test]
    async fn what_was_not_committed_is_undone_before_the_next_begins() {
        let (_folder, shelf) = file(1).await;
        for _ in 0..50 {
            let mut held = shelf.begin("BEGIN IMMEDIATE").await.unwrap();
            run(&mut held, "INSERT INTO t VALUES (1)").await;
            drop(held);
            assert_eq!(rows(&shelf).await, 0);
        }
        let mut held = shelf.begin("BEGIN IMMEDIATE").await.unwrap();
        run(&mut held, "INSERT INTO t VALUES (1)").await;
        held.commit().await.unwrap();
        assert_eq!(rows(&shelf).await, 1);
    }

    #[tokio::test]
    async fn a_commit_that_nobody_waits_for_leaves_a_connection_that_works() {
        let (_folder, shelf) = file(1).await;
        for _ in 0..50 {
            let mut held = shelf.begin("BEGIN IMMEDIATE").await.unwrap();
            run(&mut held, "INSERT INTO t VALUES (1)").await;
            let mut commit = Box::pin(held.commit());
            let once = std::future::poll_fn(|cx| std::task::Poll::Ready(commit.as_mut().poll(cx)));
            let _ = once.await;
            drop(commit);
            rows(&shelf).await;
        }
    }

    #[tokio::test]
    async fn a_connection_whose_transaction_sqlite_ended_itself_is_replaced() {
        let (_folder, shelf) = file(1).await;
        let mut held = shelf.begin("BEGIN IMMEDIATE").await.unwrap();
        run(&mut held, "ROLLBACK").await;
        held.commit().await.unwrap_err();
        assert_eq!(rows(&shelf).await, 0);
    }

    #[tokio::test]
    async fn closing_waits_for_who_is_at_work_and_serves_nobody_after() {
        let (_folder, shelf) = file(2).await;
        let held = shelf.begin("BEGIN").await.unwrap();
        let closing = tokio::spawn({
            let shelf = shelf.clone();
            async move { shelf.close().await }
        });
        tokio::task::yield_now().await;
        assert!(!closing.is_finished());
        drop(held);
        closing.await.unwrap();
        assert!(matches!(
            shelf.take().await,
            Err(crate::Error::Unavailable(_))
        ));
    }
}
