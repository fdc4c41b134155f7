//! Who uses the SQLite file: servers and workers hold a shared lock on a file beside it, `restore` needs it alone. The system lets go of the
//! lock when a process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// The lock, for as long as this lives.
#[derive(Debug)]
pub struct Hold(#[expect(dead_code, reason = "closing the file lets go of the lock")] File);

/// For a process that serves or works with the database.
///
/// # Errors
/// While a restore is under way, and when the folder cannot be written.
pub fn shared(database: &Path) -> Result<Hold> {
    let file = open(database)?;
    match file.try_lock_shared() {
        Ok(()) => Ok(Hold(file)),
        Err(TryLockError::WouldBlock) => bail!(
            "a restore of {} is under way; start again when it has ended",
            database.display()
        ),
        Err(TryLockError::Error(error)) => Err(error).context("the database cannot be locked"),
    }
}

/// For a process that puts another file in the database's place.
///
/// # Errors
/// While a server or worker uses it.
pub fn alone(database: &Path) -> Result<Hold> {
    let file = open(database)?;
    match file.try_lock() {
        Ok(()) => Ok(Hold(file)),
        Err(TryLockError::WouldBlock) => bail!(
            "a Daybook server or worker is using {}: what it is told meanwhile would be lost, so nothing was restored. Stop it, then restore",
            database.display()
        ),
        Err(TryLockError::Error(error)) => Err(error).context("the database cannot be locked"),
    }
}

fn open(database: &Path) -> Result<File> {
    let mut name = database.to_owned().into_os_string();
    name.push(".lock");
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&name)
        .with_context(|| format!("{} cannot be opened", Path::new(&name).display()))
}
