//! The least HTTP server that looks something up: a token by primary key, then a row by primary key, as JSON.

use std::cell::RefCell;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::Result;

thread_local! {
    static DATABASE: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// Prepares `database` and serves it at `address` until it is killed.
pub fn run(database: &str, address: &str) -> Result<()> {
    Connection::open(database)?.execute_batch(
        "PRAGMA journal_mode=WAL; CREATE TABLE IF NOT EXISTS token (value TEXT PRIMARY KEY) STRICT; INSERT OR IGNORE INTO token VALUES ('Bearer bench'); \
         CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, body TEXT) STRICT; INSERT OR IGNORE INTO item VALUES (1, '{\"id\":1,\"name\":\"an item\"}')",
    )?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        println!("{{\"url\":\"http://{}/\"}}", listener.local_addr()?);
        let router = Router::new()
            .route("/", get(item))
            .with_state(Arc::new(database.to_owned()));
        Ok(axum::serve(listener, router).await?)
    })
}

async fn item(State(database): State<Arc<String>>, headers: HeaderMap) -> impl IntoResponse {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    match DATABASE.with_borrow_mut(|slot| look_up(slot, &database, token)) {
        Ok(Some(body)) => (
            StatusCode::OK,
            [(header::CONTENT_TYPE, "application/json")],
            body,
        ),
        Ok(None) => (
            StatusCode::UNAUTHORIZED,
            [(header::CONTENT_TYPE, "application/json")],
            String::new(),
        ),
        Err(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            [(header::CONTENT_TYPE, "application/json")],
            String::new(),
        ),
    }
}

fn look_up(
    slot: &mut Option<Connection>,
    database: &str,
    token: &str,
) -> rusqlite::Result<Option<String>> {
    let db = match slot {
        Some(db) => db,
        None => slot.insert(Connection::open_with_flags(
            database,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?),
    };
    let known: Option<i64> = db
        .prepare_cached("SELECT 1 FROM token WHERE value = ?")?
        .query_row([token], |row| row.get(0))
        .optional()?;
    if known.is_none() {
        return Ok(None);
    }
    db.prepare_cached("SELECT body FROM item WHERE id = ?")?
        .query_row([1], |row| row.get(0))
        .optional()
}
