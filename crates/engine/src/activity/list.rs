//! Reads the activity log: everything for admins, what concerns them for members.

use daybook_domain::ActivityId;
use daybook_store as store;
use jiff::Timestamp;
use store::activity::{Activity, Filter};

use crate::{Context, Principal};

/// Lines, the newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    cx: &Context,
    who: &Principal,
    mut filter: Filter,
    after: Option<(Timestamp, ActivityId)>,
    limit: i64,
) -> store::Result<Vec<Activity>> {
    if let Some(own) = who.own_only() {
        filter.member_id = Some(own);
    }
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    store::activity::list(&mut tx, who.workspace_id, &filter, after, limit).await
}
