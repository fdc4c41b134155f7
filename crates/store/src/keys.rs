//! The keys that protect stored secrets: a check that the right ones are there, and rotation while the server works.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::crypto::{Place, key_id};
use crate::{Error, Result, Store, Tx, meta};

/// Rows `key_check:ID` hold this text encrypted under each key: proof that a ring has the right ones.
const CHECK: &str = "key_check:";
const CHECK_TEXT: &str = "daybook";

/// What a batch of a rotation did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Values that are now under the current key.
    pub rotated: u64,
    /// Values that changed meanwhile; whoever changed them used the current key, or the next batch takes them.
    pub changed_meanwhile: u64,
    /// Values that do not decrypt; they are left as they are.
    pub damaged: u64,
    /// Whether nothing is left under another key (but for damaged values).
    pub done: bool,
}

/// An encrypted column.
struct Column {
    table: &'static str,
    column: &'static str,
    /// Values not under the current key: $1 length of the head, $2 head, $3 after this id, $4 limit.
    old: &'static str,
    /// Compare-and-set: $1 id, $2 old value, $3 new value.
    swap: &'static str,
    /// All values.
    all: &'static str,
}

macro_rules! column {
    ($table:literal, $column:literal) => {
        Column {
            table: $table,
            column: $column,
            old: concat!(
                "SELECT id, workspace_id, ",
                $column,
                " AS value FROM ",
                $table,
                " WHERE ",
                $column,
                " IS NOT NULL AND substr(",
                $column,
                ", 1, CAST($1 AS INTEGER)) <> $2 AND id > $3 ORDER BY id LIMIT $4"
            ),
            swap: concat!(
                "UPDATE ",
                $table,
                " SET ",
                $column,
                " = $3 WHERE id = $1 AND ",
                $column,
                " = $2"
            ),
            all: concat!(
                "SELECT substr(",
                $column,
                ", 1, 34), count(*) FROM ",
                $table,
                " WHERE ",
                $column,
                " IS NOT NULL GROUP BY 1"
            ),
        }
    };
}

/// Every encrypted column. A new one must be added here, or its values stay behind when a key is retired.
const COLUMNS: &[Column] = &[
    column!("connection", "access_token"),
    column!("connection", "refresh_token"),
    column!("connection", "password"),
    column!("oauth_flow", "verifier"),
    column!("calendar", "sync_cursor"),
    column!("mail", "letter"),
];

/// Re-encrypts up to `batch` values of each column with the current key, in short transactions. Call it until it is done; it
/// can be interrupted at any point. A token that is refreshed at the same time is never overwritten.
pub async fn rotate(store: &Store, batch: i64) -> Result<Progress> {
    let mut progress = Progress {
        done: true,
        ..Progress::default()
    };
    for column in COLUMNS {
        let mut after = Uuid::nil();
        loop {
            let mut tx = store.write().await?;
            let rows = old_values(&mut tx, column, after, batch).await?;
            let Some(last) = rows.last() else { break };
            after = last.0;
            let before = progress.rotated;
            for row in &rows {
                reencrypt(&mut tx, column, row, &mut progress).await?;
            }
            tx.commit().await?;
            // A page of damaged values must not hide what comes after it.
            if progress.rotated > before {
                progress.done = false;
                break;
            }
        }
    }
    if progress.done {
        let mut tx = store.write().await?;
        retire(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(progress)
}

/// How many values there are under each key, by its id (`?` for values that name none).
pub async fn count_by_key(tx: &mut Tx) -> Result<BTreeMap<String, i64>> {
    let mut counts = BTreeMap::new();
    for column in COLUMNS {
        let rows: Vec<(Vec<u8>, i64)> = on!(tx, |c| sqlx::query_as(column.all).fetch_all(c).await)?;
        for (head, count) in rows {
            let id = key_id(&head).unwrap_or("?").to_owned();
            *counts.entry(id).or_default() += count;
        }
    }
    Ok(counts)
}

/// Refuses a ring that lacks a key in use, or has another one under its id.
pub(crate) async fn check(tx: &mut Tx) -> Result<()> {
    for (name, value) in meta::with_prefix(tx, CHECK).await? {
        let id = name.strip_prefix(CHECK).unwrap_or_default();
        let known = tx.keys().ids().any(|known| known == id);
        let opened = tx.keys().decrypt(&check_place(), &value);
        let right = opened.is_ok_and(|text| text.expose_secret() == CHECK_TEXT);
        if !known || !right || key_id(&value) != Some(id) {
            return Err(Error::WrongKey { id: id.to_owned() });
        }
    }
    Ok(())
}

/// Notes the current key as in use.
pub(crate) async fn note(tx: &mut Tx) -> Result<()> {
    let id = tx.keys().current().to_owned();
    let name = format!("{CHECK}{id}");
    if meta::get(tx, &name).await?.is_none() {
        let text = SecretString::from(CHECK_TEXT);
        let value = tx
            .keys()
            .encrypt(&check_place(), &text, tx.store.ids.as_ref())?;
        meta::set(tx, &name, &value).await?;
    }
    Ok(())
}

/// Forgets the check rows of keys that protect nothing any more: they may be taken out of the ring.
async fn retire(tx: &mut Tx) -> Result<()> {
    let counts = count_by_key(tx).await?;
    for (name, _) in meta::with_prefix(tx, CHECK).await? {
        let id = name.strip_prefix(CHECK).unwrap_or_default();
        if id != tx.keys().current() && !counts.contains_key(id) {
            meta::delete(tx, &name).await?;
        }
    }
    Ok(())
}

fn check_place() -> Place {
    Place {
        workspace: Uuid::nil(),
        table: "meta",
        column: "value",
        row: Uuid::nil(),
    }
}

type Value = (Uuid, Uuid, Vec<u8>);

async fn old_values(tx: &mut Tx, column: &Column, after: Uuid, limit: i64) -> Result<Vec<Value>> {
    let head = tx.keys().current_head();
    let length = i64::try_from(head.len()).unwrap_or(i64::MAX);
    let rows = on!(tx, |c| sqlx::query_as(column.old)
        .bind(length)
        .bind(head)
        .bind(after)
        .bind(limit)
        .fetch_all(c)
        .await)?;
    Ok(rows)
}

async fn reencrypt(
    tx: &mut Tx,
    column: &Column,
    (id, workspace, old): &Value,
    progress: &mut Progress,
) -> Result<()> {
    let place = Place {
        workspace: *workspace,
        table: column.table,
        column: column.column,
        row: *id,
    };
    let plain = match tx.keys().decrypt(&place, old) {
        Ok(plain) => plain,
        Err(Error::WrongKey { id }) => return Err(Error::WrongKey { id }),
        Err(error) => {
            tracing::error!(%error, "a secret cannot be re-encrypted");
            progress.damaged += 1;
            return Ok(());
        }
    };
    let new = tx.keys().encrypt(&place, &plain, tx.store.ids.as_ref())?;
    let swapped = on!(tx, |c| sqlx::query(column.swap)
        .bind(*id)
        .bind(old)
        .bind(new)
        .execute(c)
        .await
        .map(|r| r.rows_affected()))?;
    if swapped == 1 {
        progress.rotated += 1;
    } else {
        progress.changed_meanwhile += 1;
    }
    Ok(())
}

/// The statements of this file, for the test that prepares all statements.
#[linkme::distributed_slice(crate::sql::TABLES)]
#[expect(
    unsafe_code,
    reason = "linkme keeps the registry in a link section; nothing here is unsafe"
)]
static TEXTS: fn() -> Vec<&'static str> = || {
    COLUMNS
        .iter()
        .flat_map(|column| [column.old, column.swap, column.all])
        .collect()
};
