//! Backup of a SQLite database while it is in use, and the check that a file is whole.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::open::Db;
use crate::{Error, Result, Store};

/// Writes a consistent copy of the database to `path`, which must not exist; mode 0600. Writers are not held up. Secrets in
/// the copy stay encrypted: keep the key elsewhere.
///
/// # Errors
/// [`Error::Unusable`] on PostgreSQL (use `pg_dump`) and when the file exists or cannot be written; then nothing is left behind.
pub async fn backup(store: &Store, path: &Path) -> Result<()> {
    let Db::Sqlite { write, .. } = &store.inner.db else {
        return Err(Error::Unusable(
            "PostgreSQL is backed up with pg_dump".into(),
        ));
    };
    let unusable = |what: &dyn std::fmt::Display| {
        Error::Unusable(format!(
            "the backup {} cannot be written: {what}",
            path.display()
        ))
    };
    if path.exists() {
        return Err(unusable(&"the file exists"));
    }
    let name = path
        .to_str()
        .ok_or_else(|| unusable(&"its name is not UTF-8"))?;
    let partial = format!("{name}.partial");
    // A read-only connection refuses VACUUM INTO, although it writes elsewhere.
    let mut conn = write.take().await?;
    let _ = std::fs::remove_file(&partial);
    let written = sqlx::query(sql!(sqlite: "VACUUM INTO $1"))
        .bind(&partial)
        .execute(conn.conn())
        .await;
    drop(conn);
    let finish = || -> std::io::Result<()> {
        std::fs::set_permissions(&partial, std::fs::Permissions::from_mode(0o600))?;
        std::fs::File::open(&partial)?.sync_all()?;
        std::fs::hard_link(&partial, path)?;
        std::fs::remove_file(&partial)
    };
    let result = match written {
        Ok(_) => finish().map_err(|e| unusable(&e)),
        Err(e) => Err(e.into()),
    };
    if result.is_err() {
        let _ = std::fs::remove_file(&partial);
    }
    result
}

/// What SQLite finds wrong with the file and with references; empty when all is well. PostgreSQL checks itself.
pub async fn integrity_check(store: &Store) -> Result<Vec<String>> {
    let Db::Sqlite { read, .. } = &store.inner.db else {
        return Ok(Vec::new());
    };
    let mut conn = read.take().await?;
    let pages: Vec<(String,)> = sqlx::query_as(sql!(sqlite: "PRAGMA integrity_check"))
        .fetch_all(conn.conn())
        .await?;
    let dangling: Vec<(String,)> =
        sqlx::query_as(sql!(sqlite: "SELECT DISTINCT \"table\" FROM pragma_foreign_key_check"))
            .fetch_all(conn.conn())
            .await?;
    let pages = pages
        .into_iter()
        .map(|(line,)| line)
        .filter(|line| line != "ok");
    let dangling = dangling
        .into_iter()
        .map(|(table,)| format!("a row of {table} refers to nothing"));
    Ok(pages.chain(dangling).collect())
}
