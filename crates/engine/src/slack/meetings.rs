//! Meetings that are over and not logged: counted, and asked about once.

use daybook_domain::event::{ResponseStatus, Status};
use daybook_domain::{MemberId, SlackBindingId, WorkspaceId};
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::Tx;
use store::calendars::Filter;
use store::instances::{InstanceView, Range};
use store::slack::bindings;
use store::slack::notices::{Kind, NewNotice};

use super::notify;
use crate::Context;

/// A meeting that ended longer ago is not asked about: the mirror, or this server, learned of it too late.
const ASKED_WITHIN: SignedDuration = SignedDuration::from_mins(30);
/// People at once.
const PAGE: i64 = 200;
/// Meetings of one person at once.
const MOST: i64 = 200;

/// A member's meetings of a time that are over and not logged, each once though several calendars show it.
pub async fn unlogged(
    tx: &mut Tx,
    workspace: WorkspaceId,
    member: MemberId,
    from: Timestamp,
    until: Timestamp,
) -> store::Result<Vec<InstanceView>> {
    let mut rows = within(tx, workspace, member, from, until).await?;
    rows.retain(|row| is_open(row) && row.end_us <= until && row.start_us >= from);
    Ok(rows)
}

/// Whether it is a meeting that somebody may want to log.
pub fn is_open(row: &InstanceView) -> bool {
    is_meeting(row) && row.time_entry_id.is_none()
}

/// Whether it is a meeting, logged or not.
pub fn is_meeting(row: &InstanceView) -> bool {
    !row.all_day
        && row.busy
        && !row.informational
        && row.status != Status::Cancelled
        && row.response_status != ResponseStatus::Declined
}

/// A member's instances that touch a time, each meeting once.
pub async fn within(
    tx: &mut Tx,
    workspace: WorkspaceId,
    member: MemberId,
    from: Timestamp,
    to: Timestamp,
) -> store::Result<Vec<InstanceView>> {
    let filter = Filter {
        member_id: Some(member),
        sync_enabled: Some(true),
        ..Filter::default()
    };
    let calendars = store::calendars::list(tx, workspace, &filter, None, 500).await?;
    let calendars: Vec<_> = calendars
        .iter()
        .filter(|calendar| calendar.active)
        .map(|calendar| calendar.id)
        .collect();
    if calendars.is_empty() {
        return Ok(Vec::new());
    }
    let range = Range {
        calendars: &calendars,
        from,
        to,
        q: None,
        converted: None,
        cancelled: false,
        after: None,
        limit: MOST,
    };
    let mut rows = store::instances::range(tx, workspace, &range).await?;
    let mut seen = std::collections::HashSet::new();
    rows.retain(|row| seen.insert(row.cause_key()));
    Ok(rows)
}

/// Asks everybody who wants it about the meetings of theirs that just ended.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn ask_all(cx: &Context) -> store::Result<()> {
    let now = cx.clock.now();
    let mut after: Option<SlackBindingId> = None;
    loop {
        let mut tx = cx.store.read().await?;
        let page = bindings::everybody(&mut tx, after, PAGE).await?;
        drop(tx);
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.id);
        for person in page
            .iter()
            .filter(|one| one.log_this_meeting != Some(false))
        {
            ask(cx, person.workspace_id, person.member_id, now).await?;
        }
    }
}

async fn ask(
    cx: &Context,
    workspace: WorkspaceId,
    member: MemberId,
    now: Timestamp,
) -> store::Result<()> {
    let since = now.saturating_sub(ASKED_WITHIN).unwrap_or(now);
    let mut tx = cx.store.read_in(workspace).await?;
    let rows = within(&mut tx, workspace, member, since, now).await?;
    drop(tx);
    let ended = |row: &&InstanceView| is_open(row) && row.end_us <= now && row.end_us > since;
    for row in rows.iter().filter(ended) {
        let cause = row.cause_key();
        let id = row.id.to_string();
        let new = NewNotice {
            member_id: member,
            kind: Kind::LogThisMeeting,
            cause: &cause,
            subject: Some(&id),
            payload: json!({"instance_id": row.id}),
        };
        let mut tx = cx.store.write_in(workspace).await?;
        notify::note(&mut tx, workspace, &new).await?;
        tx.commit().await?;
    }
    Ok(())
}
