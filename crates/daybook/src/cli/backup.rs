//! `backup` and `restore` of the SQLite database. PostgreSQL has its own tools.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use secrecy::ExposeSecret;

use super::terminal::Terminal;
use crate::config::Config;
use crate::wire;

pub(super) async fn backup(config: &Config, file: &Path, terminal: &Terminal) -> Result<()> {
    let Some(_) = wire::sqlite_file(config.database_url.expose_secret()) else {
        bail!("the database is PostgreSQL: use pg_dump");
    };
    if file.exists() {
        bail!("{} exists; choose another name", file.display());
    }
    let cx = wire::context(config).await?;
    daybook_store::backup::backup(&cx.store, file).await?;
    cx.store.close().await;
    terminal.say(format!(
        "The database was copied to {}. Keep the key file apart from it.",
        file.display()
    ))
}

pub(super) async fn restore(
    config: &Config,
    file: &Path,
    force: bool,
    terminal: &Terminal,
) -> Result<()> {
    let Some(target) = wire::sqlite_file(config.database_url.expose_secret()) else {
        bail!("the database is PostgreSQL: use pg_restore");
    };
    if target.exists() && !force {
        bail!(
            "{} exists; stop the server and use --force to replace it",
            target.display()
        );
    }
    check(config, file).await?;
    let parent = target
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent)?;
    let _hold = wire::hold::alone(&target)?;
    let staged = parent.join(".restoring.db");
    std::fs::copy(file, &staged).with_context(|| format!("{} cannot be copied", file.display()))?;
    std::fs::File::open(&staged)?.sync_all()?;
    for suffix in ["-wal", "-shm"] {
        let mut side = target.clone().into_os_string();
        side.push(suffix);
        match std::fs::remove_file(&side) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    std::fs::rename(&staged, &target)?;
    std::fs::File::open(parent)?.sync_all()?;
    terminal.say(format!("{} is now the database.", file.display()))
}

/// Opens the backup with the configured key and checks it, before anything is replaced.
async fn check(config: &Config, file: &Path) -> Result<()> {
    if !file.is_file() {
        bail!("{} is not a file", file.display());
    }
    let dir = tempfile::tempdir()?;
    let copy = dir.path().join("check.db");
    std::fs::copy(file, &copy)?;
    let mut trial = config.clone();
    trial.database_url = format!("sqlite:{}", copy.display()).into();
    let cx = wire::context(&trial)
        .await
        .with_context(|| format!("{} cannot be used", file.display()))?;
    let wrong = daybook_store::backup::integrity_check(&cx.store).await?;
    cx.store.close().await;
    if wrong.is_empty() {
        Ok(())
    } else {
        bail!("{} is damaged: {}", file.display(), wrong.join("; "))
    }
}
