//! A transaction: the only way to the rows, and what writes need beside a connection (time, ids, keys, the wake-up).

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sqlx::{Postgres, Transaction};

use crate::crypto::KeyRing;
use crate::open::{Inner, Kind};
use crate::shelf::Held;
use crate::{Error, Result};

/// A transaction. Dropping it rolls back.
pub struct Tx {
    pub(crate) conn: Conn,
    pub(crate) store: Arc<Inner>,
    pub(crate) wakes: bool,
    stamp: Option<Timestamp>,
}

/// The connection a transaction runs on.
pub(crate) enum Conn {
    Sqlite(Held),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub(crate) fn new(conn: Conn, store: Arc<Inner>) -> Self {
        Self {
            conn,
            store,
            wakes: false,
            stamp: None,
        }
    }

    /// Makes everything written in this transaction durable, then wakes the workers if it enqueued jobs.
    ///
    /// # Errors
    /// When the database refuses; then nothing was written.
    pub async fn commit(self) -> Result<()> {
        match self.conn {
            Conn::Sqlite(t) => t.commit().await?,
            Conn::Postgres(t) => t.commit().await?,
        }
        if self.wakes {
            self.store.wake();
        }
        Ok(())
    }

    /// Undoes everything written in this transaction.
    ///
    /// # Errors
    /// When the database is out of reach; the transaction is undone all the same.
    pub async fn rollback(self) -> Result<()> {
        match self.conn {
            Conn::Sqlite(t) => t.rollback().await?,
            Conn::Postgres(t) => t.rollback().await?,
        }
        Ok(())
    }

    /// The database's clock, plus what a test added to it. Leases and due times are measured on this one.
    ///
    /// SQLite has no clock but this machine's, so it needs no query there.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn now(&mut self) -> Result<Timestamp> {
        let now = match &mut self.conn {
            // To the microsecond, as it is stored: what was read back compares equal.
            Conn::Sqlite(_) => self.store.clock.now().as_microsecond(),
            Conn::Postgres(t) => {
                let text = sql!(postgres: "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
                let now: i64 = sqlx::query_scalar(text).fetch_one(&mut **t).await?;
                now.saturating_add(self.store.clock.ahead_us())
            }
        };
        Timestamp::from_microsecond(now)
            .map_err(|e| Error::Unusable(format!("its clock is out of range: {e}")))
    }

    /// [`Tx::now`] as first read in this transaction: the `created_at` of everything it writes.
    pub(crate) async fn stamp(&mut self) -> Result<Timestamp> {
        if let Some(stamp) = self.stamp {
            return Ok(stamp);
        }
        let now = self.now().await?;
        self.stamp = Some(now);
        Ok(now)
    }

    /// Which database this is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.conn {
            Conn::Sqlite(_) => Kind::Sqlite,
            Conn::Postgres(_) => Kind::Postgres,
        }
    }

    /// A fresh id.
    pub(crate) fn id<T: From<uuid::Uuid>>(&self) -> T {
        self.store.ids.uuid().into()
    }

    pub(crate) fn keys(&self) -> &KeyRing {
        &self.store.key_ring
    }
}

/// `at + by`, saturating at the ends of time.
pub(crate) fn plus(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(if by.is_negative() {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}
