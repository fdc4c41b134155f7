//! Work cannot be in two places: what takes the same time is said, not refused.

use daybook_domain::TimeEntryId;
use daybook_store as store;
use jiff::Timestamp;

use super::Error;
use crate::{Context, Principal};

/// The caller's entries that take some of a stretch: work cannot be in two places.
///
/// # Errors
/// When the database cannot be read.
pub async fn in_stretch(
    cx: &Context,
    who: &Principal,
    start: Timestamp,
    end: Timestamp,
) -> Result<Vec<TimeEntryId>, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let (ws, member) = (who.workspace_id, who.member_id);
    let found = store::time_facts::overlapping(&mut tx, ws, member, start, end, None).await?;
    Ok(found.into_iter().map(|entry| entry.id).collect())
}

/// Which other entries take some of the time of these.
///
/// # Errors
/// When the database cannot be read.
pub async fn of(
    cx: &Context,
    who: &Principal,
    ids: &[TimeEntryId],
) -> Result<Vec<(TimeEntryId, TimeEntryId)>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::time_facts::overlaps(&mut tx, who.workspace_id, ids).await?)
}
