//! What can go wrong on the shelves, as far as a caller can act on it.

use daybook_domain::connection::ErrorKind;
use jiff::Timestamp;
use sqlx::error::{DatabaseError, ErrorKind as SqlKind};

use crate::row::BadValue;

/// The result of every store function.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a store function can fail with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such row in this workspace.
    #[error("there is no such row")]
    NotFound,
    /// A unique constraint refused the row. The name is the same on both databases: `table_column_column_key` or `table_pkey`.
    #[error("the row clashes with one that exists ({constraint})")]
    Conflict {
        /// The constraint's name.
        constraint: String,
    },
    /// A reference points to nothing in this workspace, or the row is still referred to.
    #[error("a row refers to something that is not there, or is still referred to")]
    Reference,
    /// The database cannot be reached or did not answer in time; the same call may work later.
    #[error("the database is out of reach: {0}")]
    Unavailable(String),
    /// Another transaction holds what this one needs; the same call may work at once.
    #[error("the rows are locked by another transaction; try again")]
    Locked,
    /// The disk (or the quota) is full: nothing was written.
    #[error("the database has no space left: nothing was written; free some space and try again")]
    Full,
    /// The database, or this transaction, takes no writes.
    #[error("the database is read-only: nothing was written")]
    ReadOnly,
    /// A stored value makes no sense or does not decrypt.
    #[error(
        "the value in {table}.{column} of row {row} is damaged; restore it from a backup or remove the row"
    )]
    Corrupt {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The row's id, where known.
        row: String,
    },
    /// The schema was written by a newer Daybook; this one must not touch it.
    #[error(
        "the database has schema version {found}, this Daybook knows versions up to {known}: nothing was changed; start the newer Daybook, or restore a backup from before the upgrade"
    )]
    NewerSchema {
        /// The version in the database.
        found: i64,
        /// The newest version this binary knows.
        known: i64,
    },
    /// An applied migration is not the one this binary carries.
    #[error(
        "migration {version} in the database differs from this Daybook's: nothing was changed; the file belongs to another build"
    )]
    ForeignSchema {
        /// The migration's version.
        version: i64,
    },
    /// The key ring lacks the key, or has a wrong one, that protects the stored secrets.
    #[error(
        "the encryption key {id:?} is missing or wrong: nothing was changed; start with the key the database was created with"
    )]
    WrongKey {
        /// The key's id.
        id: String,
    },
    /// The database's address or its settings are unusable.
    #[error("the database cannot be used: {0}")]
    Unusable(String),
    /// Anything else; a bug in Daybook if it happens.
    #[error("the database refused a statement: {0}")]
    Database(#[source] sqlx::Error),
}

/// The last thing that went wrong with a connection or calendar, as shown to its owner.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LastError {
    /// What kind.
    pub kind: ErrorKind,
    /// A sentence for its owner; never provider text or a secret.
    pub message: String,
    /// When.
    pub at: Timestamp,
}

impl Error {
    /// Whether the same call may succeed when repeated.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Locked)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::PoolTimedOut => {
                Self::Unavailable("no connection came free in time".into())
            }
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::BeginFailed => {
                Self::Unavailable("the connection is closed".into())
            }
            sqlx::Error::Io(e) => Self::Unavailable(e.to_string()),
            sqlx::Error::Tls(e) => Self::Unavailable(e.to_string()),
            sqlx::Error::ColumnDecode { index, source } => match source.downcast::<BadValue>() {
                Ok(bad) => Self::Corrupt {
                    table: bad.table.into(),
                    column: bad.column.into(),
                    row: bad.row,
                },
                Err(_) => Self::Corrupt {
                    table: "a query".into(),
                    column: index,
                    row: String::new(),
                },
            },
            sqlx::Error::Database(e) => from_database(e),
            other => Self::Database(other),
        }
    }
}

fn from_database(error: Box<dyn DatabaseError>) -> Error {
    match error.kind() {
        SqlKind::UniqueViolation | SqlKind::ExclusionViolation => {
            return Error::Conflict {
                constraint: constraint_of(error.as_ref()),
            };
        }
        SqlKind::ForeignKeyViolation => return Error::Reference,
        _ => {}
    }
    let code = error.code().unwrap_or_default().into_owned();
    if error
        .try_downcast_ref::<sqlx::sqlite::SqliteError>()
        .is_some()
    {
        return from_sqlite_code(&code).unwrap_or(Error::Database(sqlx::Error::Database(error)));
    }
    match code.as_str() {
        "53100" => Error::Full,
        "25006" => Error::ReadOnly,
        // lock_not_available, deadlock_detected, serialization_failure
        "55P03" | "40P01" | "40001" => Error::Locked,
        // query_canceled (statement_timeout), and the server going away
        "57014" | "57P01" | "57P02" | "57P03" | "53300" | "25P03" => {
            Error::Unavailable(error.message().to_owned())
        }
        _ if code.starts_with("08") => Error::Unavailable(error.message().to_owned()),
        _ => Error::Database(sqlx::Error::Database(error)),
    }
}

/// SQLite's primary result code is the low byte of the extended one (sqlite.org/rescode.html).
fn from_sqlite_code(code: &str) -> Option<Error> {
    match code.parse::<u32>().ok()? & 0xff {
        5 | 6 => Some(Error::Locked),
        8 => Some(Error::ReadOnly),
        10 | 14 => Some(Error::Unavailable(
            "the database file or its folder cannot be read or written: see that the disk is there and not read-only, and that this user may write to both".into(),
        )),
        11 | 26 => Some(Error::Corrupt {
            table: "the file".into(),
            column: "page".into(),
            row: String::new(),
        }),
        13 => Some(Error::Full),
        _ => None,
    }
}

/// PostgreSQL names the constraint; SQLite lists its columns, from which the same name follows.
fn constraint_of(error: &dyn DatabaseError) -> String {
    if let Some(name) = error.constraint() {
        return name.to_owned();
    }
    let Some((_, columns)) = error.message().split_once("constraint failed: ") else {
        return error.message().to_owned();
    };
    let mut pairs = columns.split(", ").filter_map(|c| c.trim().split_once('.'));
    let Some((table, first)) = pairs.next() else {
        return columns.to_owned();
    };
    if error.code().as_deref() == Some("1555") {
        return format!("{table}_pkey");
    }
    let rest: Vec<&str> = pairs.map(|(_, column)| column).collect();
    let middle = std::iter::once(first)
        .chain(rest)
        .collect::<Vec<_>>()
        .join("_");
    format!("{table}_{middle}_key")
}
