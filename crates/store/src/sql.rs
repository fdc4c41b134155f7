//! The macros that run one SQL text on whichever database is behind a transaction.
//!
//! Every text is registered, so that one test prepares all of them on both databases; that stands in for `query!`, which would
//! compile SQLite a second time. Placeholders are `$1`, `$2`, … in both dialects.

/// Where a statement may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// On both.
    Both,
    /// Only on SQLite.
    Sqlite,
    /// Only on PostgreSQL.
    Postgres,
}

/// A registered statement.
#[derive(Debug)]
pub struct Statement {
    /// Source file.
    pub file: &'static str,
    /// Source line.
    pub line: u32,
    /// Where it runs.
    pub dialect: Dialect,
    /// The SQL.
    pub text: &'static str,
}

/// A registered statement that takes a list: `head` ‖ a row of `columns` placeholders for each item ‖ `tail`.
///
/// `fixed` placeholders come before the list, each once and in order; none come after it.
#[derive(Debug)]
pub struct Bulk {
    /// Source file.
    pub file: &'static str,
    /// Source line.
    pub line: u32,
    /// Up to the list.
    pub head: &'static str,
    /// Placeholders that come before the list: `$1` … in `head`.
    pub fixed: usize,
    /// Placeholders of one item.
    pub columns: usize,
    /// After the list.
    pub tail: &'static str,
}

/// Every fixed statement of the crate.
#[linkme::distributed_slice]
pub static STATEMENTS: [Statement];

/// Every list statement of the crate.
#[linkme::distributed_slice]
pub static BULK: [Bulk];

/// Statements that come from tables in the code rather than from single calls.
#[linkme::distributed_slice]
pub static TABLES: [fn() -> Vec<&'static str>];

/// A LIKE pattern for texts that contain `q`, with `!` as escape.
pub(crate) fn containing(q: &str) -> String {
    let mut pattern = String::from("%");
    for c in q.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// SQLite binds at most 32,766 values; statements of this many stay well below, are prepared once and reused.
const SQLITE_VALUES: usize = 8_000;
/// PostgreSQL binds at most 65,535 values.
const POSTGRES_VALUES: usize = 32_000;

impl Bulk {
    /// The text for `items` items.
    #[must_use]
    pub fn text(&self, kind: crate::Kind, items: usize) -> String {
        use std::fmt::Write;
        let mut text =
            String::with_capacity(self.head.len() + self.tail.len() + items * self.columns * 6);
        match kind {
            crate::Kind::Sqlite => push_unnumbered(&mut text, self.head),
            crate::Kind::Postgres => text.push_str(self.head),
        }
        let mut n = self.fixed;
        for item in 0..items {
            text.push_str(if item == 0 { "(" } else { ",(" });
            for column in 0..self.columns {
                if column > 0 {
                    text.push(',');
                }
                n += 1;
                match kind {
                    // Unnamed placeholders: SQLite looks named ones up in a list, which is quadratic here.
                    crate::Kind::Sqlite => text.push('?'),
                    crate::Kind::Postgres => _ = write!(text, "${n}"),
                }
            }
            text.push(')');
        }
        text.push_str(self.tail);
        text
    }

    /// How many items fit into one statement.
    #[must_use]
    pub const fn chunk(&self, kind: crate::Kind) -> usize {
        let values = match kind {
            crate::Kind::Sqlite => SQLITE_VALUES,
            crate::Kind::Postgres => POSTGRES_VALUES,
        };
        (values - self.fixed) / self.columns
    }
}

/// Copies `head` with `?` for `$1`, `$2`, …: the driver does not mix the two forms.
fn push_unnumbered(text: &mut String, head: &str) {
    for (n, part) in head.split('$').enumerate() {
        if n == 0 {
            text.push_str(part);
        } else {
            text.push('?');
            text.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
        }
    }
}

/// Registers a statement and yields its text. `sql!(sqlite: …)` and `sql!(postgres: …)` belong to one database.
macro_rules! sql {
    (sqlite: $text:expr) => { sql!(@ Sqlite, $text) };
    (postgres: $text:expr) => { sql!(@ Postgres, $text) };
    (@ $dialect:ident, $text:expr) => {{
        #[linkme::distributed_slice($crate::sql::STATEMENTS)]
        #[expect(unsafe_code, reason = "linkme keeps the registry in a link section; nothing here is unsafe")]
        static STATEMENT: $crate::sql::Statement = $crate::sql::Statement {
            file: file!(), line: line!(), dialect: $crate::sql::Dialect::$dialect, text: $text,
        };
        STATEMENT.text
    }};
    ($text:expr) => { sql!(@ Both, $text) };
}

/// Declares a list statement.
macro_rules! bulk {
    ($(#[$doc:meta])* $name:ident = $head:expr, fixed $fixed:expr, columns $columns:expr, $tail:expr) => {
        $(#[$doc])*
        #[linkme::distributed_slice($crate::sql::BULK)]
        #[expect(unsafe_code, reason = "linkme keeps the registry in a link section; nothing here is unsafe")]
        static $name: $crate::sql::Bulk = $crate::sql::Bulk {
            file: file!(), line: line!(), head: $head, fixed: $fixed, columns: $columns, tail: $tail,
        };
    };
}

/// Runs one body against whichever database is behind the transaction; `$c` is its connection.
macro_rules! on {
    ($tx:expr, |$c:ident| $body:expr) => {
        match &mut $tx.conn {
            $crate::tx::Conn::Sqlite(held) => {
                let $c = held.conn();
                $body
            }
            $crate::tx::Conn::Postgres(transaction) => {
                let $c = &mut **transaction;
                $body
            }
        }
    };
}

/// Runs a statement; yields how many rows it changed.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {{
        let text = sql!($sql);
        on!($tx, |c| sqlx::query(text)$(.bind($crate::row::Bind::raw($bind)))*.execute(c).await.map(|r| r.rows_affected()))
            .map_err($crate::Error::from)
    }};
}

/// Runs a statement that must change exactly one row, else `NotFound`.
macro_rules! execute_one {
    ($($all:tt)*) => {
        execute!($($all)*).and_then(|changed| if changed == 0 { Err($crate::Error::NotFound) } else { Ok(()) })
    };
}

/// The rows of a query.
macro_rules! fetch_all {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {{
        let text = sql!($sql);
        on!($tx, |c| sqlx::query_as::<_, $row>(text)$(.bind($crate::row::Bind::raw($bind)))*.fetch_all(c).await)
            .map_err($crate::Error::from)
    }};
}

/// The one row of a query, else `NotFound`.
macro_rules! fetch_one {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {{
        let text = sql!($sql);
        on!($tx, |c| sqlx::query_as::<_, $row>(text)$(.bind($crate::row::Bind::raw($bind)))*.fetch_one(c).await)
            .map_err($crate::Error::from)
    }};
}

/// The row of a query, if there is one.
macro_rules! fetch_optional {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {{
        let text = sql!($sql);
        on!($tx, |c| sqlx::query_as::<_, $row>(text)$(.bind($crate::row::Bind::raw($bind)))*.fetch_optional(c).await)
            .map_err($crate::Error::from)
    }};
}

/// Runs a list statement over all items, in chunks; yields how many rows it changed.
macro_rules! bulk_execute {
    ($tx:expr, $bulk:expr, [$($fixed:expr),*], $items:expr, |$item:ident| [$($bind:expr),+ $(,)?]) => {{
        let (kind, mut changed) = ($tx.kind(), 0u64);
        for chunk in $items.chunks($bulk.chunk(kind)) {
            let text = $bulk.text(kind, chunk.len());
            changed += on!($tx, |c| {
                let mut query = sqlx::query(sqlx::AssertSqlSafe(text))$(.bind($crate::row::Bind::raw($fixed)))*;
                for $item in chunk {
                    query = query$(.bind($crate::row::Bind::raw($bind)))+;
                }
                query.execute(c).await.map(|r| r.rows_affected())
            })?;
        }
        changed
    }};
}

/// Runs a list statement over all items, in chunks; yields all rows.
macro_rules! bulk_fetch {
    ($tx:expr, $row:ty, $bulk:expr, [$($fixed:expr),*], $items:expr, |$item:ident| [$($bind:expr),+ $(,)?]) => {{
        let (kind, mut rows) = ($tx.kind(), Vec::new());
        for chunk in $items.chunks($bulk.chunk(kind)) {
            let text = $bulk.text(kind, chunk.len());
            rows.extend(on!($tx, |c| {
                let mut query = sqlx::query_as::<_, $row>(sqlx::AssertSqlSafe(text))$(.bind($crate::row::Bind::raw($fixed)))*;
                for $item in chunk {
                    query = query$(.bind($crate::row::Bind::raw($bind)))+;
                }
                query.fetch_all(c).await
            })?);
        }
        rows
    }};
}

/// Declares a row: a struct, and how it is read by column name on both databases.
macro_rules! row {
    ($(#[$doc:meta])* $vis:vis struct $name:ident of $table:literal { $($(#[$fdoc:meta])* $fvis:vis $field:ident: $type:ty),+ $(,)? }) => {
        $(#[$doc])*
        $vis struct $name { $($(#[$fdoc])* $fvis $field: $type),+ }
        row!(@read $name, $table, sqlx::sqlite::SqliteRow, [$($field),+]);
        row!(@read $name, $table, sqlx::postgres::PgRow, [$($field),+]);
    };
    (@read $name:ident, $table:literal, $row:ty, [$($field:ident),+]) => {
        impl<'r> sqlx::FromRow<'r, $row> for $name {
            fn from_row(row: &'r $row) -> sqlx::Result<Self> {
                Ok(Self { $($field: $crate::row::get(row, $table, stringify!($field))?),+ })
            }
        }
    };
}
