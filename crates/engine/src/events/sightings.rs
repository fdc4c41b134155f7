//! Other sightings of the meetings in a list: what is read in pieces has them on both sides of an edge.

use daybook_domain::WorkspaceId;
use daybook_store as store;
use jiff::SignedDuration;
use store::instances::{InstanceView, Range};

/// How far apart sightings of one meeting may begin: all-day ones begin at midnight wherever their calendar is.
pub(crate) const SIGHT: SignedDuration = SignedDuration::from_hours(26);
/// Most rows that are looked at for other sightings.
const MOST: i64 = 5_000;

/// Everything of a range that begins within [`SIGHT`] of these rows, they among it, wherever reading goes on. `rows` are in order of start.
///
/// # Errors
/// When the database cannot be read.
pub(crate) async fn around(
    tx: &mut store::Tx,
    ws: WorkspaceId,
    range: &Range<'_>,
    rows: &[InstanceView],
) -> store::Result<Vec<InstanceView>> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Ok(Vec::new());
    };
    let earliest = first.start_us.saturating_sub(SIGHT).unwrap_or(range.from);
    let latest = last.start_us.saturating_add(SIGHT).unwrap_or(range.to);
    let near = Range {
        to: range.to.min(latest),
        after: Some((earliest, uuid::Uuid::nil().into())),
        limit: MOST,
        ..range.clone()
    };
    store::instances::range(tx, ws, &near).await
}
