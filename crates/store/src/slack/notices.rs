//! What members are told in Slack: written down with the fact it tells of, once for each cause, and sent at most once. Slack has no
//! key against double posts, so one whose answer was lost is not sent again.

use daybook_domain::{ConnectionId, MemberId, SlackNoticeId, WorkspaceId};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::types::Json;

use crate::{Result, Tx};

daybook_domain::text_enum! {
    /// What a notice is about (SPEC §2.7).
    Kind {
        /// A time entry was made.
        TimeEntryCreated = "time_entry_created",
        /// An invoice is ready.
        InvoiceReady = "invoice_ready",
        /// The summary of a day.
        DailySummary = "daily_summary",
        /// The question after a meeting.
        LogThisMeeting = "log_this_meeting",
        /// Time waits for approval.
        ApprovalNeeded = "approval_needed",
        /// A connection must be made again.
        ConnectionBroken = "connection_broken",
        /// An invoice should have been paid.
        InvoiceOverdue = "invoice_overdue",
        /// Last week's time is not handed in.
        SubmitReminder = "submit_reminder",
        /// The question whether a Slack user is a member.
        ConfirmLink = "confirm_link",
    }
}

daybook_domain::text_enum! {
    /// Where a notice stands.
    State {
        /// To be sent.
        Waiting = "waiting",
        /// On its way, or its answer was lost.
        Sending = "sending",
        /// Slack has it.
        Sent = "sent",
        /// Not wanted, not possible, or pointless by now.
        Skipped = "skipped",
        /// Whether Slack has it is not known; it is not sent again.
        Lost = "lost",
    }
}

row! {
    /// A notice.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Notice of "slack_notice" {
        /// Its id.
        pub id: SlackNoticeId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// For whom.
        pub member_id: MemberId,
        /// What about.
        pub kind: Kind,
        /// What caused it: of one member and kind there is one for each cause.
        pub cause: String,
        /// The thing it is about, for finding it again.
        pub subject: Option<String>,
        /// What it says; ids and figures.
        pub payload: Value,
        /// Where it stands.
        pub state: State,
        /// Why it was not sent.
        pub reason: Option<String>,
        /// With whose token it was sent.
        pub connection_id: Option<ConnectionId>,
        /// Where to.
        pub channel_id: Option<String>,
        /// What Slack calls the message. Digits with a dot, and no number.
        pub message_ts: Option<String>,
        /// When it was written down.
        pub created_at: Timestamp,
        /// When it was sent.
        pub sent_at: Option<Timestamp>,
    }
}

/// A notice to be written down.
#[derive(Debug, Clone)]
pub struct NewNotice<'a> {
    /// For whom.
    pub member_id: MemberId,
    /// What about.
    pub kind: Kind,
    /// What caused it.
    pub cause: &'a str,
    /// The thing it is about.
    pub subject: Option<&'a str>,
    /// What it says.
    pub payload: Value,
}

/// Writes a notice down; `None` when there is one with this cause.
pub async fn note(
    tx: &mut Tx,
    ws: WorkspaceId,
    new: &NewNotice<'_>,
) -> Result<Option<SlackNoticeId>> {
    let (id, now): (SlackNoticeId, _) = (tx.id(), tx.stamp().await?);
    let fresh = execute!(
        tx,
        "INSERT INTO slack_notice (id, workspace_id, member_id, kind, cause, subject, payload, state, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8) ON CONFLICT (workspace_id, member_id, kind, cause) DO NOTHING",
        id,
        ws,
        new.member_id,
        new.kind,
        new.cause,
        new.subject,
        Json(&new.payload),
        now
    )?;
    Ok((fresh == 1).then_some(id))
}

/// The notice.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: SlackNoticeId) -> Result<Notice> {
    fetch_one!(
        tx,
        Notice,
        "SELECT * FROM slack_notice WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// Takes a waiting notice for sending. Of several callers one gets it.
pub async fn take(tx: &mut Tx, ws: WorkspaceId, id: SlackNoticeId) -> Result<Option<Notice>> {
    fetch_optional!(
        tx,
        Notice,
        "UPDATE slack_notice SET state = 'sending' WHERE workspace_id = $1 AND id = $2 AND state = 'waiting' RETURNING *",
        ws,
        id
    )
}

/// Where a message is.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// With whose token it was sent.
    pub connection_id: ConnectionId,
    /// In which conversation.
    pub channel_id: &'a str,
    /// What Slack calls it.
    pub message_ts: &'a str,
}

/// Notes that Slack has it.
pub async fn sent(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: SlackNoticeId,
    place: &Place<'_>,
) -> Result<()> {
    let now = tx.stamp().await?;
    execute_one!(
        tx,
        "UPDATE slack_notice SET state = 'sent', reason = NULL, connection_id = $3, channel_id = $4, message_ts = $5, sent_at = $6 WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        place.connection_id,
        place.channel_id,
        place.message_ts,
        now
    )
}

/// Notes where a notice on its way stands instead: back among the waiting when Slack surely does not have it, skipped, or lost.
pub async fn settle(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: SlackNoticeId,
    state: State,
    reason: &str,
) -> Result<()> {
    execute!(
        tx,
        "UPDATE slack_notice SET state = $3, reason = $4 WHERE workspace_id = $1 AND id = $2 AND state = 'sending'",
        ws,
        id,
        state,
        reason
    )?;
    Ok(())
}

/// The notices about a thing that Slack has.
pub async fn sent_about(
    tx: &mut Tx,
    ws: WorkspaceId,
    kind: Kind,
    subject: &str,
) -> Result<Vec<Notice>> {
    fetch_all!(
        tx,
        Notice,
        "SELECT * FROM slack_notice WHERE workspace_id = $1 AND kind = $2 AND subject = $3 AND state = 'sent' ORDER BY created_at, id",
        ws,
        kind,
        subject
    )
}

/// Whether a notice about a thing is still to be sent, or on its way.
pub async fn on_its_way(tx: &mut Tx, ws: WorkspaceId, kind: Kind, subject: &str) -> Result<bool> {
    let one = fetch_optional!(
        tx,
        (uuid::Uuid,),
        "SELECT id FROM slack_notice WHERE workspace_id = $1 AND kind = $2 AND subject = $3 AND state IN ('waiting', 'sending') LIMIT 1",
        ws,
        kind,
        subject
    )?;
    Ok(one.is_some())
}

/// Forgets old ones. Their causes lie so far back that they do not come again.
pub async fn delete_older(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    execute!(tx, "DELETE FROM slack_notice WHERE created_at < $1", before)
}
