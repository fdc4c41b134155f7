//! Facts about the installation as a whole: a name and some bytes.

use crate::{Result, Tx};

/// What is noted under `name`.
///
/// # Errors
/// When the database is out of reach.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<Vec<u8>>> {
    let row = fetch_optional!(
        tx,
        (Vec<u8>,),
        "SELECT value FROM meta WHERE name = $1",
        name
    )?;
    Ok(row.map(|(value,)| value))
}

/// Notes `value` under `name`, in place of what was there.
///
/// # Errors
/// When the database is out of reach.
pub async fn set(tx: &mut Tx, name: &str, value: &[u8]) -> Result<()> {
    execute!(
        tx,
        "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value
    )?;
    Ok(())
}

/// Forgets `name`.
///
/// # Errors
/// When the database is out of reach.
pub async fn delete(tx: &mut Tx, name: &str) -> Result<()> {
    execute!(tx, "DELETE FROM meta WHERE name = $1", name)?;
    Ok(())
}

/// Everything noted under names that start with `prefix` (letters, digits, `_`, `:`).
///
/// # Errors
/// When the database is out of reach.
pub async fn with_prefix(tx: &mut Tx, prefix: &str) -> Result<Vec<(String, Vec<u8>)>> {
    let length = i64::try_from(prefix.len()).unwrap_or(i64::MAX);
    fetch_all!(
        tx,
        (String, Vec<u8>),
        "SELECT name, value FROM meta WHERE substr(name, 1, CAST($1 AS INTEGER)) = $2 ORDER BY name",
        length,
        prefix
    )
}

/// This installation's random id, made when it is first asked for.
///
/// # Errors
/// When the database is out of reach, or on the first call in a read-only transaction.
pub async fn installation_id(tx: &mut Tx) -> Result<uuid::Uuid> {
    const NAME: &str = "installation_id";
    let fresh: uuid::Uuid = tx.id();
    execute!(
        tx,
        "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        NAME,
        fresh.as_bytes().as_slice()
    )?;
    let stored = get(tx, NAME).await?.unwrap_or_default();
    uuid::Uuid::from_slice(&stored).map_err(|_| crate::Error::Corrupt {
        table: "meta".into(),
        column: "value".into(),
        row: NAME.into(),
    })
}
