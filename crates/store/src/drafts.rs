//! What is known of meetings that are not logged yet, or were: those put aside, what such ones were booked on the last time, by
//! which entry a meeting is billed, and what an entry's event said when it was logged.

use daybook_domain::{ClientId, InstanceId, MemberId, ProjectId, TimeEntryId, WorkspaceId};
use jiff::Timestamp;

use crate::{Result, Tx};

row! {
    /// What a member booked such a meeting on the last time.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Choice of "draft_choice" {
        /// `series`, `title` or `domain`.
        pub kind: String,
        /// Which one.
        pub name: String,
        /// For whom.
        pub client_id: Option<ClientId>,
        /// For what.
        pub project_id: Option<ProjectId>,
        /// Whether it was billed.
        pub billable: bool,
        /// When.
        pub chosen_at: Timestamp,
    }
}

row! {
    /// By which entry a meeting is billed.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Billed of "billed_meeting" {
        /// The meeting.
        pub cause_key: String,
        /// The entry.
        pub time_entry_id: TimeEntryId,
        /// Whose entry.
        pub member_id: MemberId,
    }
}

row! {
    /// What an entry's event said when somebody last looked at both.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct EntryEvent of "entry_event" {
        /// The entry.
        pub time_entry_id: TimeEntryId,
        /// The instance.
        pub instance_id: InstanceId,
        /// Whose.
        pub member_id: MemberId,
        /// From when.
        pub start_us: Timestamp,
        /// Until when.
        pub end_us: Timestamp,
        /// Title.
        pub title: String,
        /// Whether it was gone.
        pub gone: bool,
    }
}

bulk! {
    DISMISSED = "SELECT cause_key FROM draft_dismissal WHERE workspace_id = $1 AND member_id = $2 AND cause_key IN (",
    fixed 2, columns 1, ")"
}
bulk! {
    CHOICES = "SELECT kind, name, client_id, project_id, billable, chosen_at FROM draft_choice WHERE workspace_id = $1 AND member_id = $2 AND name IN (",
    fixed 2, columns 1, ")"
}
bulk! {
    BILLED = "SELECT b.cause_key, b.time_entry_id, t.member_id FROM billed_meeting b JOIN time_entry t ON t.workspace_id = b.workspace_id AND t.id = b.time_entry_id \
              WHERE b.workspace_id = $1 AND t.billable AND b.cause_key IN (",
    fixed 1, columns 1, ")"
}

/// Puts a meeting aside: it is not suggested again.
pub async fn dismiss(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: MemberId,
    cause_key: &str,
) -> Result<()> {
    let now = tx.stamp().await?;
    execute!(
        tx,
        "INSERT INTO draft_dismissal (workspace_id, member_id, cause_key, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id, member_id, cause_key) DO NOTHING",
        ws,
        member,
        cause_key,
        now
    )?;
    Ok(())
}

/// Brings a meeting back.
pub async fn restore(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: MemberId,
    cause_key: &str,
) -> Result<()> {
    execute!(
        tx,
        "DELETE FROM draft_dismissal WHERE workspace_id = $1 AND member_id = $2 AND cause_key = $3",
        ws,
        member,
        cause_key
    )?;
    Ok(())
}

/// Those of these meetings that the member put aside.
pub async fn dismissed(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: MemberId,
    causes: &[String],
) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        bulk_fetch!(tx, (String,), DISMISSED, [ws, member], causes, |cause| [
            cause
        ]);
    Ok(rows.into_iter().map(|(cause,)| cause).collect())
}

/// Remembers what a meeting was booked on.
pub async fn learn(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: MemberId,
    kind: &str,
    name: &str,
    booked: (Option<ClientId>, Option<ProjectId>, bool),
) -> Result<()> {
    let now = tx.stamp().await?;
    execute!(
        tx,
        "INSERT INTO draft_choice (workspace_id, member_id, kind, name, client_id, project_id, billable, chosen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (workspace_id, member_id, kind, name) DO UPDATE SET client_id = excluded.client_id, project_id = excluded.project_id,
         billable = excluded.billable, chosen_at = excluded.chosen_at",
        ws,
        member,
        kind,
        name,
        booked.0,
        booked.1,
        booked.2,
        now
    )?;
    Ok(())
}

/// What meetings with one of these names were booked on, of whatever kind the name is.
pub async fn choices(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: MemberId,
    names: &[String],
) -> Result<Vec<Choice>> {
    Ok(bulk_fetch!(
        tx,
        Choice,
        CHOICES,
        [ws, member],
        names,
        |name| [name]
    ))
}

/// Says that this entry holds a meeting, and bills it if it is billed at all; false when another one bills it already. What an entry
/// holds that is not billed is anybody's. Of two at the same time the second waits for the first.
pub async fn bill(
    tx: &mut Tx,
    ws: WorkspaceId,
    cause_key: &str,
    entry: TimeEntryId,
) -> Result<bool> {
    if hold(tx, ws, cause_key, entry).await? {
        return Ok(true);
    }
    // One statement looks and takes: whoever bills again meanwhile has made the row anew, and it is not found.
    let freed = execute!(
        tx,
        "DELETE FROM billed_meeting WHERE workspace_id = $1 AND cause_key = $2 AND EXISTS (SELECT 1 FROM time_entry t
         WHERE t.workspace_id = billed_meeting.workspace_id AND t.id = billed_meeting.time_entry_id AND NOT t.billable)",
        ws,
        cause_key
    )?;
    Ok(freed > 0 && hold(tx, ws, cause_key, entry).await?)
}

async fn hold(tx: &mut Tx, ws: WorkspaceId, cause_key: &str, entry: TimeEntryId) -> Result<bool> {
    let made = execute!(
        tx,
        "INSERT INTO billed_meeting (workspace_id, cause_key, time_entry_id) VALUES ($1, $2, $3) ON CONFLICT (workspace_id, cause_key) DO NOTHING",
        ws,
        cause_key,
        entry
    )?;
    Ok(made > 0)
}

/// The meetings that an entry holds: its own, and those of the entries that were merged into it.
pub async fn held_by(tx: &mut Tx, ws: WorkspaceId, entry: TimeEntryId) -> Result<Vec<String>> {
    let rows = fetch_all!(
        tx,
        (String,),
        "SELECT cause_key FROM billed_meeting WHERE workspace_id = $1 AND time_entry_id = $2 ORDER BY cause_key",
        ws,
        entry
    )?;
    Ok(rows.into_iter().map(|(cause,)| cause).collect())
}

/// An entry is billed, perhaps after it was not: it bills all that it holds, and its own meeting `cause_key`, but for what another one
/// bills by now. The rows are made anew, so that whoever takes one at the same time, as not billed, does not find it.
pub async fn bill_again(
    tx: &mut Tx,
    ws: WorkspaceId,
    entry: TimeEntryId,
    cause_key: Option<&str>,
) -> Result<()> {
    let mut held = held_by(tx, ws, entry).await?;
    if let Some(own) = cause_key
        && !held.iter().any(|cause| cause == own)
    {
        held.push(own.to_owned());
    }
    execute!(
        tx,
        "DELETE FROM billed_meeting WHERE workspace_id = $1 AND time_entry_id = $2",
        ws,
        entry
    )?;
    for cause in &held {
        bill(tx, ws, cause, entry).await?;
    }
    Ok(())
}

/// By which entries these meetings are billed.
pub async fn billed(tx: &mut Tx, ws: WorkspaceId, causes: &[String]) -> Result<Vec<Billed>> {
    Ok(bulk_fetch!(tx, Billed, BILLED, [ws], causes, |cause| [
        cause
    ]))
}

/// Keeps what an entry's event says now.
pub async fn note_event(tx: &mut Tx, ws: WorkspaceId, seen: &EntryEvent) -> Result<()> {
    execute!(
        tx,
        "INSERT INTO entry_event (workspace_id, time_entry_id, instance_id, member_id, start_us, end_us, title, gone) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (workspace_id, time_entry_id) DO UPDATE SET instance_id = excluded.instance_id, start_us = excluded.start_us,
         end_us = excluded.end_us, title = excluded.title, gone = excluded.gone",
        ws,
        seen.time_entry_id,
        seen.instance_id,
        seen.member_id,
        seen.start_us,
        seen.end_us,
        &seen.title,
        seen.gone
    )?;
    Ok(())
}

/// What an entry's event said.
pub async fn event_of(
    tx: &mut Tx,
    ws: WorkspaceId,
    entry: TimeEntryId,
) -> Result<Option<EntryEvent>> {
    fetch_optional!(
        tx,
        EntryEvent,
        "SELECT * FROM entry_event WHERE workspace_id = $1 AND time_entry_id = $2",
        ws,
        entry
    )
}

/// What the events of a member's entries said, of those that began in a stretch and are not invoiced.
pub async fn events_of(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: MemberId,
    from: Timestamp,
    to: Timestamp,
    limit: i64,
) -> Result<Vec<EntryEvent>> {
    fetch_all!(
        tx,
        EntryEvent,
        "SELECT x.* FROM entry_event x JOIN time_entry t ON t.workspace_id = x.workspace_id AND t.id = x.time_entry_id
         WHERE x.workspace_id = $1 AND x.member_id = $2 AND x.start_us >= $3 AND x.start_us < $4 AND NOT x.gone AND t.status <> 'invoiced'
         ORDER BY x.start_us, x.time_entry_id LIMIT $5",
        ws,
        member,
        from,
        to,
        limit
    )
}
