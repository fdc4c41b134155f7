//! Time that waits for approval, as it is asked about: what a member hands in within a moment is one question.

use daybook_domain::{MemberId, SubmissionId, TimeEntryId, WorkspaceId};
use jiff::Timestamp;

use crate::time_entries::TimeEntry;
use crate::{Result, Tx};

row! {
    /// What is asked about at once.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Submission of "submission" {
        /// Its id.
        pub id: SubmissionId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// Whose time.
        pub member_id: MemberId,
        /// Whether somebody handed some of it in; otherwise it came from a calendar or from Slack and waits by itself.
        pub handed_in: bool,
        /// When the first of it came.
        pub created_at: Timestamp,
        /// When it was asked about; nothing is added to it since.
        pub asked_at: Option<Timestamp>,
    }
}

row! {
    struct Key of "submission" {
        id: SubmissionId,
    }
}

/// Adds an entry to what is being gathered of its member. The second value is true when that begins with it.
pub async fn add(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: MemberId,
    entry: TimeEntryId,
    handed_in: bool,
) -> Result<(SubmissionId, bool)> {
    let (id, now): (SubmissionId, _) = (tx.id(), tx.stamp().await?);
    let fresh = execute!(
        tx,
        "INSERT INTO submission (id, workspace_id, member_id, handed_in, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_id, member_id) WHERE asked_at IS NULL DO NOTHING",
        id,
        ws,
        member,
        handed_in,
        now
    )?;
    // The row is locked: who asks about it waits for this transaction, and sees the entry.
    let row = fetch_one!(
        tx,
        Key,
        "UPDATE submission SET handed_in = (handed_in OR $3) WHERE workspace_id = $1 AND member_id = $2 AND asked_at IS NULL RETURNING id",
        ws,
        member,
        handed_in
    )?;
    execute!(
        tx,
        "INSERT INTO submission_entry (workspace_id, submission_id, entry_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        ws,
        row.id,
        entry
    )?;
    Ok((row.id, fresh == 1))
}

/// Ends the gathering; `None` when that was done before.
pub async fn ask(tx: &mut Tx, ws: WorkspaceId, id: SubmissionId) -> Result<Option<Submission>> {
    let now = tx.stamp().await?;
    fetch_optional!(
        tx,
        Submission,
        "UPDATE submission SET asked_at = $3 WHERE workspace_id = $1 AND id = $2 AND asked_at IS NULL RETURNING *",
        ws,
        id,
        now
    )
}

/// One of them.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: SubmissionId) -> Result<Submission> {
    fetch_one!(
        tx,
        Submission,
        "SELECT * FROM submission WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// Its entries that are still there, the earliest first.
pub async fn entries(tx: &mut Tx, ws: WorkspaceId, id: SubmissionId) -> Result<Vec<TimeEntry>> {
    fetch_all!(
        tx,
        TimeEntry,
        "SELECT t.* FROM time_entry t JOIN submission_entry s ON s.workspace_id = t.workspace_id AND s.entry_id = t.id
         WHERE s.workspace_id = $1 AND s.submission_id = $2 ORDER BY t.started_at, t.id",
        ws,
        id
    )
}

bulk! {
    OF_ENTRIES = "SELECT DISTINCT s.id FROM submission s JOIN submission_entry e ON e.workspace_id = s.workspace_id AND e.submission_id = s.id \
                  WHERE s.workspace_id = $1 AND s.asked_at IS NOT NULL AND e.entry_id IN (",
    fixed 1, columns 1, ")"
}

/// Those that were asked about and have any of these entries.
pub async fn of_entries(
    tx: &mut Tx,
    ws: WorkspaceId,
    entries: &[TimeEntryId],
) -> Result<Vec<SubmissionId>> {
    let mut ids: Vec<SubmissionId> = bulk_fetch!(tx, Key, OF_ENTRIES, [ws], entries, |id| [*id])
        .into_iter()
        .map(|row: Key| row.id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Forgets old ones.
pub async fn delete_older(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    execute!(tx, "DELETE FROM submission WHERE created_at < $1", before)
}
