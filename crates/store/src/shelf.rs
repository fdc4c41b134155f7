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
    /// `None` until there is one, and when it was given up.
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
        let mut held = self.permit().await?;
        held.conn = Some(match self.idle_one() {
            Some(conn) => conn,
            None => self.options.connect().await?,
        });
        Ok(held)
    }

    /// A connection in a transaction that `statement` begins. Who stops waiting for it leaves no transaction behind.
    pub(crate) async fn begin(self: &Arc<Self>, statement: &'static str) -> Result<Held> {
        loop {
            let mut held = self.take().await?;
            held.in_transaction = true;
            let begin = Some(SqlStr::from_static(statement));
            match Manager::begin(held.conn(), begin).await {
                Ok(()) => return Ok(held),
                // SQLite has undone a transaction by itself (a full disk, a failed sync) and the driver goes on counting it as
                // open, or the connection's thread is gone: it is closed, and another one serves.
                Err(sqlx::Error::InvalidSavePointStatement | sqlx::Error::WorkerCrashed) => {
                    held.conn = None;
                }
                Err(error) => return Err(error.into()),
            }
        }
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

    /// A place among those who may hold a connection, without one.
    async fn permit(self: &Arc<Self>) -> Result<Held> {
        let permit = tokio::time::timeout(ACQUIRE_TIMEOUT, self.free.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| sqlx::Error::PoolTimedOut)?;
        Ok(Held {
            conn: None,
            in_transaction: false,
            shelf: self.clone(),
            _permit: permit.map_err(|_| sqlx::Error::PoolClosed)?,
        })
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
        reason = "nobody outside is given this without one"
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
    async fn a_beginning_that_nobody_waits_for_leaves_a_connection_that_works() {
        let memory = SqliteConnectOptions::new().in_memory(true);
        let shelf = Shelf::new(memory, 1);
        let mut held = shelf.take().await.unwrap();
        run(&mut held, "CREATE TABLE t (n INTEGER)").await;
        drop(held);
        for polls in 1..50 {
            let mut begin = Box::pin(shelf.begin("BEGIN IMMEDIATE"));
            for _ in 0..polls % 4 {
                let once =
                    std::future::poll_fn(|cx| std::task::Poll::Ready(begin.as_mut().poll(cx)));
                if once.await.is_ready() {
                    break;
                }
            }
            drop(begin);
            assert_eq!(rows(&shelf).await, 0, "the database is still there");
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
