//! When recurring jobs are next due. Of several nodes that see one due, exactly one wins the compare-and-set.

use jiff::Timestamp;

use crate::{Result, Tx};

row! {
    /// A recurring job.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Schedule of "schedule" {
        /// Its name.
        pub name: String,
        /// When it is next due.
        pub next_at: Timestamp,
    }
}

/// Adds schedules that are not there yet, first due at the given time, and removes those with other names.
pub async fn ensure(tx: &mut Tx, wanted: &[(&str, Timestamp)]) -> Result<()> {
    for schedule in list(tx).await? {
        if !wanted.iter().any(|(name, _)| *name == schedule.name) {
            execute!(tx, "DELETE FROM schedule WHERE name = $1", &schedule.name)?;
        }
    }
    for (name, first_at) in wanted {
        execute!(
            tx,
            "INSERT INTO schedule (name, next_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            *name,
            *first_at
        )?;
    }
    Ok(())
}

/// All schedules, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<Schedule>> {
    fetch_all!(tx, Schedule, "SELECT * FROM schedule ORDER BY name")
}

/// Those that are due by `now`.
pub async fn due(tx: &mut Tx, now: Timestamp) -> Result<Vec<Schedule>> {
    fetch_all!(
        tx,
        Schedule,
        "SELECT * FROM schedule WHERE next_at <= $1 ORDER BY next_at, name",
        now
    )
}

/// Moves a schedule from `expected` to `next`; false when another node was faster.
pub async fn claim(tx: &mut Tx, name: &str, expected: Timestamp, next: Timestamp) -> Result<bool> {
    let changed = execute!(
        tx,
        "UPDATE schedule SET next_at = $3 WHERE name = $1 AND next_at = $2",
        name,
        expected,
        next
    )?;
    Ok(changed == 1)
}
