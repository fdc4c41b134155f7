//! Time entries as Slack looks at them: the last that was made there, and what waits for somebody's approval.

use daybook_domain::time_entry::Source;
use daybook_domain::{MemberId, WorkspaceId};

use crate::time_entries::TimeEntry;
use crate::{Result, Tx};

/// The entry that the member made last in Slack, whenever it was worked.
pub async fn newest(tx: &mut Tx, ws: WorkspaceId, member: MemberId) -> Result<Option<TimeEntry>> {
    fetch_optional!(
        tx,
        TimeEntry,
        "SELECT * FROM time_entry WHERE workspace_id = $1 AND member_id = $2 AND source = $3 ORDER BY created_at DESC, id DESC LIMIT 1",
        ws,
        member,
        Source::Slack
    )
}

/// What waits for approval of everybody but this member: the latest start first, at most `limit`; and how many they are.
pub async fn waiting_of_others(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: MemberId,
    limit: i64,
) -> Result<(Vec<TimeEntry>, i64)> {
    let first = fetch_all!(
        tx,
        TimeEntry,
        "SELECT * FROM time_entry WHERE workspace_id = $1 AND status = 'pending' AND member_id <> $2 ORDER BY started_at DESC, id DESC LIMIT $3",
        ws,
        member,
        limit
    )?;
    let (all,) = fetch_one!(
        tx,
        (i64,),
        "SELECT count(*) FROM time_entry WHERE workspace_id = $1 AND status = 'pending' AND member_id <> $2",
        ws,
        member
    )?;
    Ok((first, all))
}
