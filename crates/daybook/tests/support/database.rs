//! Databases of the real binary, and a look into them past the binary.

use std::path::Path;

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

use super::skip;

/// A SQLite file in the server's data folder, or a PostgreSQL database of its own.
pub enum Database {
    /// The default file.
    Sqlite,
    /// A database that goes with this value.
    Postgres {
        /// Its address, as its owner, a plain role that row security holds back.
        url: String,
        /// Its address, as the administrator.
        all: String,
        admin: String,
        name: String,
    },
}

impl Database {
    /// The default file.
    pub const fn sqlite() -> Self {
        Self::Sqlite
    }

    /// A new database on the server of `DAYBOOK_TEST_POSTGRES_URL`.
    pub async fn postgres() -> Option<Self> {
        let Ok(admin) = std::env::var("DAYBOOK_TEST_POSTGRES_URL") else {
            skip(
                "PostgreSQL (set DAYBOOK_TEST_POSTGRES_URL)",
                "DAYBOOK_REQUIRE_POSTGRES",
            );
            return None;
        };
        let name = format!("daybook_proc_{}", unique());
        let mut connection = PgConnection::connect(&admin).await.unwrap();
        let role = format!("CREATE ROLE {name} LOGIN PASSWORD '{name}'");
        sqlx::raw_sql(AssertSqlSafe(role))
            .execute(&mut connection)
            .await
            .unwrap();
        // Copying the template under load collides with others that do; a second try works.
        for attempt in 0.. {
            let create = sqlx::raw_sql(AssertSqlSafe(format!(
                "CREATE DATABASE {name} OWNER {name}"
            )));
            match create.execute(&mut connection).await {
                Ok(_) => break,
                Err(_) if attempt < 20 => {
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await
                }
                Err(error) => panic!("no test database: {error}"),
            }
        }
        let mut url = url::Url::parse(&admin).unwrap();
        url.set_path(&name);
        let all = url.to_string();
        url.set_username(&name).unwrap();
        url.set_password(Some(&name)).unwrap();
        Some(Self::Postgres {
            url: url.to_string(),
            all,
            admin,
            name,
        })
    }

    /// The setting that chooses it; `None` where it is the default.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres { url, .. } => Some(url),
        }
    }

    /// The first column of every row, as text. `file` is the SQLite file.
    pub async fn texts(&self, file: &Path, query: &str) -> Vec<String> {
        let query = sqlx::raw_sql(AssertSqlSafe(query.to_owned()));
        match self {
            Self::Sqlite => {
                let mut connection = sqlite(file).await;
                let rows = query.fetch_all(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                rows.iter().map(|row| row.get_unchecked(0)).collect()
            }
            Self::Postgres { all, .. } => {
                let mut connection = PgConnection::connect(all).await.unwrap();
                let rows = query.fetch_all(&mut connection).await.unwrap();
                rows.iter().map(|row| row.get_unchecked(0)).collect()
            }
        }
    }

    /// Runs statements past the binary.
    pub async fn execute(&self, file: &Path, statements: &str) {
        let query = sqlx::raw_sql(AssertSqlSafe(statements.to_owned()));
        match self {
            Self::Sqlite => {
                let mut connection = sqlite(file).await;
                query.execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
            Self::Postgres { all, .. } => {
                let mut connection = PgConnection::connect(all).await.unwrap();
                query.execute(&mut connection).await.unwrap();
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Self::Postgres { admin, name, .. } = self else {
            return;
        };
        let (admin, name) = (admin.clone(), name.clone());
        // Dropping is not async; the thread has a runtime of its own.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let mut connection = PgConnection::connect(&admin).await?;
                for drop in [
                    format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
                    format!("DROP ROLE IF EXISTS {name}"),
                ] {
                    sqlx::raw_sql(AssertSqlSafe(drop))
                        .execute(&mut connection)
                        .await?;
                }
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
            })
        });
        if !matches!(dropped.join(), Ok(Ok(()))) {
            println!("the test database was left behind");
        }
    }
}

async fn sqlite(file: &Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite:{}", file.display()))
        .await
        .unwrap()
}

/// A name that no other test has.
pub fn unique() -> String {
    let dir = tempfile::Builder::new()
        .prefix("")
        .rand_bytes(12)
        .tempdir()
        .unwrap();
    let name = dir
        .path()
        .file_name()
        .unwrap()
        .to_string_lossy()
        .to_lowercase();
    format!("{}_{name}", std::process::id())
}
