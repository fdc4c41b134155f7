//! Opening a database: which one it is, how its connections are set up, and the checks before anything is touched.

use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use daybook_domain::{Clock, Ids};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgPool};

use crate::crypto::KeyRing;
use crate::shelf::Shelf;
use crate::{Error, Result, keys, migrations};

/// How long a caller waits for a free connection.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long SQLite waits for another process's lock.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long opening a SQLite file waits while another process turns it into a WAL database, and between two looks.
const SWITCH_TIMEOUT: Duration = Duration::from_secs(30);
const SWITCH_PAUSE: Duration = Duration::from_millis(20);
/// Statements kept prepared on each connection: more than this crate has.
const PREPARED_STATEMENTS: usize = 512;
/// The channel on which PostgreSQL tells other nodes about new jobs.
pub(crate) const JOBS_CHANNEL: &str = "daybook_jobs";

/// Which database is behind the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// SQLite: one file, one node.
    Sqlite,
    /// PostgreSQL 14 or newer: any number of nodes.
    Postgres,
}

/// What the store needs from outside.
pub struct Options {
    /// Protects the stored secrets.
    pub key_ring: KeyRing,
    /// Moves the database's clock in tests.
    pub clock: Arc<dyn Clock>,
    /// Makes row ids and nonces.
    pub ids: Arc<dyn Ids>,
    /// Connections for reading (SQLite has one more for writing) or altogether (PostgreSQL).
    pub max_connections: u32,
}

/// An open database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

type Hook = Arc<dyn Fn() + Send + Sync>;

/// What all clones and transactions share.
pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) key_ring: KeyRing,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    hook: Mutex<Option<Hook>>,
}

pub(crate) enum Db {
    Sqlite {
        write: Arc<Shelf>,
        read: Arc<Shelf>,
    },
    Postgres {
        pool: PgPool,
        options: Box<PgConnectOptions>,
    },
}

/// Wake-ups from other nodes.
pub struct Wakeups(PgListener);

impl Store {
    /// Opens `url`: `sqlite:PATH`, `sqlite::memory:` (private to this store) or `postgres://…`.
    ///
    /// A database that has a schema is checked before anything is touched: its version, and the key ring.
    ///
    /// # Errors
    /// [`Error::Unusable`] for an address that makes no sense, [`Error::Unavailable`], [`Error::NewerSchema`],
    /// [`Error::WrongKey`].
    pub async fn open(url: &str, options: Options) -> Result<Self> {
        let db = if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            open_postgres(url, options.max_connections).await?
        } else if url.starts_with("sqlite:") {
            open_sqlite(url, options.max_connections).await?
        } else {
            return Err(Error::Unusable(
                "its address must start with sqlite: or postgres://".into(),
            ));
        };
        let store = Self {
            inner: Arc::new(Inner {
                db,
                key_ring: options.key_ring,
                clock: options.clock,
                ids: options.ids,
                hook: Mutex::new(None),
            }),
        };
        if let Some(found) = migrations::version(&store).await? {
            migrations::check(found)?;
            keys::check(&mut store.read().await?).await?;
        }
        Ok(store)
    }

    /// Brings the schema up to date and, the first time, notes which keys protect it. Safe to run on several nodes at once.
    ///
    /// # Errors
    /// [`Error::NewerSchema`] or [`Error::WrongKey`] before anything is touched; a failed migration leaves no trace.
    pub async fn migrate(&self) -> Result<()> {
        migrations::run(self).await?;
        let mut tx = self.write().await?;
        keys::check(&mut tx).await?;
        keys::note(&mut tx).await?;
        tx.commit().await
    }

    /// Which database this is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.inner.db {
            Db::Sqlite { .. } => Kind::Sqlite,
            Db::Postgres { .. } => Kind::Postgres,
        }
    }

    /// Asks the database for an answer.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it gives none.
    pub async fn ping(&self) -> Result<()> {
        let mut tx = self.read().await?;
        fetch_one!(tx, (i64,), "SELECT CAST(1 AS BIGINT)").map(|_| ())
    }

    /// Waits for running statements and closes all connections.
    pub async fn close(&self) {
        match &self.inner.db {
            Db::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Db::Postgres { pool, .. } => pool.close().await,
        }
    }

    /// Called after each commit that enqueued jobs, in this process.
    pub fn on_commit_with_jobs(&self, hook: Arc<dyn Fn() + Send + Sync>) {
        *self
            .inner
            .hook
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(hook);
    }

    /// Wake-ups when any node commits jobs; `None` on SQLite, where there is one node.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn listen(&self) -> Result<Option<Wakeups>> {
        let Db::Postgres { pool, .. } = &self.inner.db else {
            return Ok(None);
        };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(JOBS_CHANNEL).await?;
        Ok(Some(Wakeups(listener)))
    }
}

impl Wakeups {
    /// Waits for the next wake-up; reconnects by itself. After an error wait a little before asking again.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn next(&mut self) -> Result<()> {
        // `None` means that the connection was lost and is back: jobs may have been missed, which is a wake-up too.
        self.0.try_recv().await?;
        Ok(())
    }
}

impl Inner {
    pub(crate) fn wake(&self) {
        let hook = self
            .hook
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(hook) = hook {
            hook();
        }
    }
}

async fn open_sqlite(url: &str, readers: u32) -> Result<Db> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|e| Error::Unusable(e.to_string()))?
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(PREPARED_STATEMENTS)
        .pragma("secure_delete", "FAST")
        .disable_statement_logging();
    if url.contains(":memory:") || url.contains("mode=memory") {
        let only = Shelf::new(options.shared_cache(false).create_if_missing(true), 1);
        only.try_open().await?;
        return Ok(Db::Sqlite {
            write: only.clone(),
            read: only,
        });
    }
    make_private(options.get_filename())?;
    let write = Shelf::new(options.clone(), 1);
    open_first(&write).await?;
    let read = Shelf::new(options.pragma("query_only", "ON"), readers.max(1));
    read.try_open().await?;
    Ok(Db::Sqlite { write, read })
}

/// Opens the connection that may have to turn a new file into a WAL database. That takes a lock for which SQLite does not wait by
/// itself (`PRAGMA journal_mode` does not heed the busy timeout): processes that start together on a new file would be told that
/// it is locked.
async fn open_first(shelf: &Shelf) -> Result<()> {
    let mut waited = Duration::ZERO;
    loop {
        match shelf.try_open().await {
            Err(Error::Locked) if waited < SWITCH_TIMEOUT => {
                tokio::time::sleep(SWITCH_PAUSE).await;
                waited += SWITCH_PAUSE;
            }
            done => return done,
        }
    }
}

/// The file is the owner's alone from the start; SQLite gives the journal the same mode.
fn make_private(path: &Path) -> Result<()> {
    let unusable =
        |e: std::io::Error| Error::Unusable(format!("{} cannot be opened: {e}", path.display()));
    let made = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match made {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            let mode = std::fs::metadata(path)
                .map_err(unusable)?
                .permissions()
                .mode();
            if mode & 0o077 != 0 {
                tracing::warn!(path = %path.display(), "the database file was readable by others: its mode is now 0600");
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
                    .map_err(unusable)?;
            }
            Ok(())
        }
        Err(e) => Err(unusable(e)),
    }
}

async fn open_postgres(url: &str, connections: u32) -> Result<Db> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|e| Error::Unusable(e.to_string()))?
        .application_name("daybook")
        .statement_cache_capacity(PREPARED_STATEMENTS)
        .disable_statement_logging();
    reach(&options).await?;
    let pool = PgPoolOptions::new()
        .max_connections(connections.max(2))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .after_connect(|conn, _| {
            Box::pin(async move {
                let limits = "SET statement_timeout = '15s'; SET lock_timeout = '5s'; \
                              SET idle_in_transaction_session_timeout = '30s'";
                sqlx::raw_sql(limits).execute(conn).await.map(|_| ())
            })
        })
        .connect_with(options.clone())
        .await?;
    check_postgres(&pool).await?;
    Ok(Db::Postgres {
        pool,
        options: Box::new(options),
    })
}

/// Connects once outside the pool: the pool goes on trying until its time is over, and then only says that it is.
async fn reach(options: &PgConnectOptions) -> Result<()> {
    let connected = tokio::time::timeout(ACQUIRE_TIMEOUT, options.connect()).await;
    let connection =
        connected.map_err(|_| Error::Unavailable("the server does not answer".into()))?;
    connection?.close().await.map_err(Error::from)
}

/// Refuses servers that are too old, and warns of settings that lose acknowledged writes.
async fn check_postgres(pool: &PgPool) -> Result<()> {
    let text = sql!(postgres: "SELECT current_setting('server_version_num')::bigint, current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'), (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)");
    let (version, fsync, full_pages, commit, unheld) =
        sqlx::query_as::<_, (i64, String, String, String, bool)>(text)
            .fetch_one(pool)
            .await?;
    if version < 140_000 {
        return Err(Error::Unusable(format!(
            "it is PostgreSQL {}; Daybook needs 14 or newer",
            version / 10_000
        )));
    }
    if fsync != "on" || full_pages != "on" || commit == "off" {
        tracing::warn!(
            fsync,
            full_page_writes = full_pages,
            synchronous_commit = commit,
            "PostgreSQL is set up to lose or damage acknowledged writes in a power failure: set fsync, full_page_writes and synchronous_commit to on"
        );
    }
    if unheld {
        tracing::warn!(
            "PostgreSQL's row security does not hold back the role that Daybook connects as (a superuser, or one with BYPASSRLS): \
             workspaces are kept apart by Daybook's own conditions alone; connect as a plain role that owns the database"
        );
    }
    Ok(())
}
