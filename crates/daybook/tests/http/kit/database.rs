//! What is in the server's SQLite file, as text: equal texts mean that nothing changed.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use tokio::runtime::Runtime;

/// Columns that change when somebody merely looks.
const VOLATILE: &[&str] = &["last_used_at", "last_seen_at"];

/// Every row of the tables of one workspace, by table.
pub type Rows = BTreeMap<String, Vec<String>>;

pub struct Database {
    runtime: Runtime,
    connection: SqliteConnection,
    /// Table and the query that reads it, with a place for the condition.
    tables: Vec<(String, String)>,
}

impl Database {
    /// Opens the file beside the running server.
    pub fn open(file: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        let connection = runtime
            .block_on(SqliteConnection::connect_with(&options))
            .unwrap();
        let mut database = Self {
            runtime,
            connection,
            tables: Vec::new(),
        };
        database.tables = database.tables();
        database
    }

    /// The rows of the workspace with this id, but for sessions, authorisations under way and kept answers, which belong
    /// to whoever asks.
    pub fn workspace(&mut self, id: &str) -> Rows {
        let hex = id.replace('-', "");
        let condition = format!("workspace_id = x'{hex}'");
        let mut rows = Rows::new();
        for (table, query) in self.tables.clone() {
            if ["session", "oauth_flow", "idempotency"].contains(&table.as_str()) {
                continue;
            }
            let condition = match table.as_str() {
                "workspace" => format!("id = x'{hex}'"),
                "account_user" => {
                    format!("id IN (SELECT user_id FROM member WHERE {condition})")
                }
                _ if query.contains("workspace_id") => condition.clone(),
                _ => continue,
            };
            let found = self.strings(&format!("{query} WHERE {condition} ORDER BY 1"));
            rows.insert(table, found);
        }
        rows
    }

    /// Changes something behind the server's back, through a connection of its own.
    pub fn execute(&mut self, file: &Path, sql: &str) {
        let options = SqliteConnectOptions::new().filename(file);
        self.runtime.block_on(async {
            let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
            let query = sqlx::query(AssertSqlSafe(sql.to_owned()));
            query.execute(&mut connection).await.unwrap();
        });
    }

    /// The first column of every row.
    pub fn strings(&mut self, sql: &str) -> Vec<String> {
        let query = sqlx::query_scalar::<_, String>(AssertSqlSafe(sql.to_owned()));
        self.runtime
            .block_on(query.fetch_all(&mut self.connection))
            .unwrap()
    }

    fn tables(&mut self) -> Vec<(String, String)> {
        let names = self.strings("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx%' ORDER BY name");
        names
            .into_iter()
            .map(|table| {
                let columns =
                    self.strings(&format!("SELECT name FROM pragma_table_info('{table}')"));
                let quoted: Vec<String> = columns
                    .iter()
                    .filter(|name| !VOLATILE.contains(&name.as_str()))
                    .map(|name| format!("'{name}=' || quote(\"{name}\")"))
                    .collect();
                let query = format!("SELECT {} FROM \"{table}\"", quoted.join(" || ' ' || "));
                (table, query)
            })
            .collect()
    }
}

/// The first table whose rows differ, and how.
pub fn difference(before: &Rows, after: &Rows) -> Option<String> {
    before.iter().find_map(|(table, rows)| {
        let now = &after[table];
        if now == rows {
            return None;
        }
        let fresh = now.iter().find(|row| !rows.contains(row));
        let gone = rows.iter().find(|row| !now.contains(row));
        Some(format!("{table}: now {fresh:?}, before {gone:?}"))
    })
}
