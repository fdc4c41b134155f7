//! Invoice numbers: each series counts up by one, in the transaction that uses the number.

use daybook_domain::WorkspaceId;

use crate::{Result, Tx};

row! {
    /// What a series has given.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Series of "invoice_series" {
        /// The number with `#` for the counter.
        pub series: String,
        /// The last count given.
        pub last: i64,
    }
}

row! {
    /// A number that an invoice has.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Given of "invoice" {
        /// The series.
        pub series: String,
        /// The count.
        pub serial: i64,
    }
}

/// The next count of the series. Until the transaction ends, nobody else gets one from it; if it is undone, the count is given
/// again.
pub async fn next(tx: &mut Tx, ws: WorkspaceId, series: &str) -> Result<i64> {
    let row = fetch_one!(
        tx,
        Series,
        "INSERT INTO invoice_series (workspace_id, series, last) VALUES ($1, $2, 1)
         ON CONFLICT (workspace_id, series) DO UPDATE SET last = invoice_series.last + 1 RETURNING series, last",
        ws,
        series
    )?;
    Ok(row.last)
}

/// The series of the workspace, with the last count each has given.
pub async fn all(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<Series>> {
    fetch_all!(
        tx,
        Series,
        "SELECT series, last FROM invoice_series WHERE workspace_id = $1 ORDER BY series",
        ws
    )
}

/// Every number that was given, by series and count.
pub async fn given(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<Given>> {
    fetch_all!(
        tx,
        Given,
        "SELECT series, serial FROM invoice WHERE workspace_id = $1 AND serial IS NOT NULL ORDER BY series, serial",
        ws
    )
}

/// The count after the largest in use, as one would write it without thinking: two transactions at once get the same one. The
/// control of the test of [`next`]; nothing else may use it.
#[cfg(feature = "test-support")]
pub async fn largest_plus_one(tx: &mut Tx, ws: WorkspaceId, series: &str) -> Result<i64> {
    let row = fetch_one!(
        tx,
        (i64,),
        "SELECT coalesce(max(serial), 0) + 1 FROM invoice WHERE workspace_id = $1 AND series = $2",
        ws,
        series
    )?;
    Ok(row.0)
}
