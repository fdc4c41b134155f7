//! Which rows a transaction may see. On PostgreSQL the database itself holds it to them (row security, migration 0002): a second
//! net for the day when a statement forgets its `workspace_id` condition. On SQLite the conditions stand alone.
//!
//! The setting travels with `BEGIN` in one message, so that it costs no round trip, and ends with the transaction, so that a
//! pooled connection carries nothing over.

use daybook_domain::WorkspaceId;
use sqlx::AssertSqlSafe;

use crate::Result;
use crate::open::{Db, Store};
use crate::tx::{Conn, Tx};

/// What a transaction is for.
#[derive(Clone, Copy)]
enum Scope {
    Everything,
    One(WorkspaceId),
}

impl Scope {
    fn begin(self, mode: &str) -> String {
        match self {
            Self::Everything => format!("BEGIN{mode}; SET LOCAL daybook.system = 'on'"),
            // An id's text is hexadecimal digits and dashes.
            Self::One(id) => format!("BEGIN{mode}; SET LOCAL daybook.workspace = '{id}'"),
        }
    }
}

impl Store {
    /// A transaction for reading rows of one workspace. Writing in it fails with [`Error::ReadOnly`](crate::Error::ReadOnly)
    /// (but not in an in-memory database, which has one connection: never hold two transactions there).
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn read_in(&self, workspace: WorkspaceId) -> Result<Tx> {
        self.reading(Scope::One(workspace)).await
    }

    /// A transaction for changing rows of one workspace. SQLite has one writer at a time: keep it short, and never wait for the
    /// network in it.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable), [`Error::Locked`](crate::Error::Locked).
    pub async fn write_in(&self, workspace: WorkspaceId) -> Result<Tx> {
        self.writing(Scope::One(workspace)).await
    }

    /// As [`Store::read_in`], across all workspaces: for the job runner, for sign-in, and for the operator. A test lists who may.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn read(&self) -> Result<Tx> {
        self.reading(Scope::Everything).await
    }

    /// As [`Store::write_in`], across all workspaces. A test lists who may.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable), [`Error::Locked`](crate::Error::Locked).
    pub async fn write(&self) -> Result<Tx> {
        self.writing(Scope::Everything).await
    }

    async fn reading(&self, scope: Scope) -> Result<Tx> {
        let conn = match &self.inner.db {
            Db::Sqlite { read, .. } => Conn::Sqlite(read.begin("BEGIN").await?),
            Db::Postgres { pool, .. } => {
                let begin = AssertSqlSafe(scope.begin(" READ ONLY"));
                Conn::Postgres(pool.begin_with(begin).await?)
            }
        };
        Ok(Tx::new(conn, self.inner.clone()))
    }

    async fn writing(&self, scope: Scope) -> Result<Tx> {
        let conn = match &self.inner.db {
            Db::Sqlite { write, .. } => Conn::Sqlite(write.begin("BEGIN IMMEDIATE").await?),
            Db::Postgres { pool, .. } => {
                let begin = AssertSqlSafe(scope.begin(""));
                Conn::Postgres(pool.begin_with(begin).await?)
            }
        };
        Ok(Tx::new(conn, self.inner.clone()))
    }
}
