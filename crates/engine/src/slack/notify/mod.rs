//! What members are told in direct messages. A notice is written in the transaction of the fact it tells of, once for each cause; the
//! job that sends it is enqueued with it.

pub(super) mod render;
pub(super) mod send;

use daybook_domain::activity::LogType;
use daybook_domain::{
    ConnectionId, InvoiceId, MemberId, SlackNoticeId, SubmissionId, UserId, WorkspaceId,
};
use daybook_store as store;
use jiff::Timestamp;
use serde_json::{Value, json};
use store::Tx;
use store::calendars::Calendar;
use store::connections::Connection;
use store::jobs::NewJob;
use store::slack::bindings;
use store::slack::notices::{self, Kind, NewNotice};
use store::slack::preferences;
use store::time_entries::TimeEntry;
use uuid::Uuid;

use super::{KEY, jobs};
use crate::Context;
use crate::activity::Line;

/// Tries of a message: one that Slack asks us to wait with counts too.
const TRIES: i64 = 12;

/// An invoice that is ready, as its notice tells it.
#[derive(Debug, Clone)]
pub struct Invoice {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// For whom.
    pub client: String,
    /// How much, as people read it: `EUR 1,250.00`.
    pub total: String,
}

/// A time entry was made, elsewhere than in Slack.
///
/// # Errors
/// When the database cannot be written.
pub async fn time_entry_created(tx: &mut Tx, entry: &TimeEntry) -> store::Result<()> {
    let id = entry.id.to_string();
    let new = NewNotice {
        member_id: entry.member_id,
        kind: Kind::TimeEntryCreated,
        cause: &id,
        subject: Some(&id),
        payload: json!({"time_entry_id": entry.id}),
    };
    note(tx, entry.workspace_id, &new).await.map(|_| ())
}

/// An invoice is ready: `to` is told, in the transaction that makes it ready.
///
/// # Errors
/// When the database cannot be written.
pub async fn invoice_ready(
    tx: &mut Tx,
    workspace: WorkspaceId,
    to: &[MemberId],
    invoice: &Invoice,
) -> store::Result<()> {
    let id = invoice.id.to_string();
    for member in to {
        let new = NewNotice {
            member_id: *member,
            kind: Kind::InvoiceReady,
            cause: &id,
            subject: Some(&id),
            payload: json!({"invoice_id": invoice.id, "number": invoice.number, "client": invoice.client, "total": invoice.total}),
        };
        note(tx, workspace, &new).await?;
    }
    Ok(())
}

/// The owners and admins who can be told something in Slack.
///
/// # Errors
/// When the database cannot be read.
pub async fn managers(tx: &mut Tx, workspace: WorkspaceId) -> store::Result<Vec<MemberId>> {
    bindings::managers(tx, workspace).await
}

/// Time waits for approval: `approver` is asked.
///
/// # Errors
/// When the database cannot be written.
pub async fn approval_needed(
    tx: &mut Tx,
    workspace: WorkspaceId,
    approver: MemberId,
    submission: SubmissionId,
) -> store::Result<()> {
    let id = submission.to_string();
    let new = NewNotice {
        member_id: approver,
        kind: Kind::ApprovalNeeded,
        cause: &id,
        subject: Some(&id),
        payload: json!({"submission_id": submission}),
    };
    note(tx, workspace, &new).await.map(|_| ())
}

/// Somebody decided about time that was asked about, or only changed it: that is shown in the place of every question.
///
/// # Errors
/// When the database cannot be written.
pub async fn approval_decided(
    tx: &mut Tx,
    workspace: WorkspaceId,
    submission: SubmissionId,
    by: UserId,
    changed: bool,
) -> store::Result<()> {
    let ask = jobs::Decided {
        workspace_id: workspace,
        submission_id: submission,
        by,
        changed,
    };
    jobs::enqueue_decided(tx, &ask).await
}

/// A connection must be made again: its owner is told.
///
/// # Errors
/// When the database cannot be written.
pub async fn connection_broken(tx: &mut Tx, connection: &Connection) -> store::Result<()> {
    let cause = format!("{}:{}", connection.id, connection.token_version);
    let new = NewNotice {
        member_id: connection.member_id,
        kind: Kind::ConnectionBroken,
        cause: &cause,
        subject: None,
        payload: json!({"connection_id": connection.id}),
    };
    note(tx, connection.workspace_id, &new).await.map(|_| ())
}

/// An invoice is overdue: an owner is told.
///
/// # Errors
/// When the database cannot be written.
pub async fn invoice_overdue(
    tx: &mut Tx,
    workspace: WorkspaceId,
    owner: MemberId,
    invoice: InvoiceId,
) -> store::Result<()> {
    let id = invoice.to_string();
    let new = NewNotice {
        member_id: owner,
        kind: Kind::InvoiceOverdue,
        cause: &id,
        subject: Some(&id),
        payload: json!({"invoice_id": invoice}),
    };
    note(tx, workspace, &new).await.map(|_| ())
}

/// A week's time is not handed in: its member is told. `week` is its Monday.
///
/// # Errors
/// When the database cannot be written.
pub async fn submit_reminder(
    tx: &mut Tx,
    workspace: WorkspaceId,
    member: MemberId,
    week: &str,
) -> store::Result<()> {
    let new = NewNotice {
        member_id: member,
        kind: Kind::SubmitReminder,
        cause: week,
        subject: None,
        payload: json!({"week": week}),
    };
    note(tx, workspace, &new).await.map(|_| ())
}

/// A calendar was switched off: its owner is told.
///
/// # Errors
/// When the database cannot be written.
pub async fn calendar_off(tx: &mut Tx, calendar: &Calendar, since: Timestamp) -> store::Result<()> {
    let cause = format!("{}:{}", calendar.id, since.as_microsecond());
    let new = NewNotice {
        member_id: calendar.member_id,
        kind: Kind::ConnectionBroken,
        cause: &cause,
        subject: None,
        payload: json!({"calendar_id": calendar.id}),
    };
    note(tx, calendar.workspace_id, &new).await.map(|_| ())
}

/// The access to an account ends soon: its owner is told.
///
/// # Errors
/// When the database cannot be written.
pub async fn grant_ending(
    tx: &mut Tx,
    connection: &Connection,
    ends: Timestamp,
) -> store::Result<()> {
    let cause = format!("{}:{}", connection.id, ends.as_microsecond());
    let new = NewNotice {
        member_id: connection.member_id,
        kind: Kind::ConnectionBroken,
        cause: &cause,
        subject: None,
        payload: json!({"connection_id": connection.id, "ends": ends}),
    };
    note(tx, connection.workspace_id, &new).await.map(|_| ())
}

/// Writes a notice and enqueues its sending, if the member is in Slack and wants it, and was not told before. True when it was written.
///
/// # Errors
/// When the database cannot be written.
pub(super) async fn note(
    tx: &mut Tx,
    workspace: WorkspaceId,
    new: &NewNotice<'_>,
) -> store::Result<bool> {
    if bindings::reach(tx, workspace, new.member_id)
        .await?
        .is_none()
    {
        return Ok(false);
    }
    let choices = preferences::get(tx, workspace, new.member_id).await?;
    if choices.wants(new.kind) == Some(false) {
        return Ok(false);
    }
    let Some(id) = notices::note(tx, workspace, new).await? else {
        return Ok(false);
    };
    enqueue(tx, workspace, id).await?;
    Ok(true)
}

async fn enqueue(tx: &mut Tx, workspace: WorkspaceId, id: SlackNoticeId) -> store::Result<()> {
    let key = id.to_string();
    let job = NewJob {
        dedupe_key: Some(&key),
        workspace_id: Some(workspace),
        max_attempts: TRIES,
        ..NewJob::new(jobs::SEND, payload(workspace, id))
    };
    store::jobs::enqueue(tx, &job).await.map(|_| ())
}

fn payload(workspace: WorkspaceId, id: SlackNoticeId) -> Value {
    json!({"workspace_id": workspace, "notice_id": id})
}

/// A line in the activity log: somebody was told something.
pub(super) fn line(member: MemberId, connection: ConnectionId, kind: Kind) -> Line {
    let what = match kind {
        Kind::TimeEntryCreated => "a time entry was made",
        Kind::InvoiceReady => "an invoice is ready",
        Kind::DailySummary => "the summary of the day",
        Kind::LogThisMeeting => "the question whether to log a meeting",
        Kind::ApprovalNeeded => "time waits for approval",
        Kind::ConnectionBroken => "a connection must be made again",
        Kind::InvoiceOverdue => "an invoice should have been paid",
        Kind::SubmitReminder => "last week's time is not handed in",
        Kind::ConfirmLink => "the question whether to link an account",
    };
    Line::new(LogType::NotificationSent, format!("Sent in Slack: {what}"))
        .about(KEY, connection, member)
        .detail(json!({"kind": kind}))
}

/// Writes [`line`].
pub(super) async fn log_sent(
    cx: &Context,
    workspace: WorkspaceId,
    member: MemberId,
    connection: ConnectionId,
    kind: Kind,
) -> store::Result<()> {
    let mut tx = cx.store.write_in(workspace).await?;
    line(member, connection, kind)
        .write(&mut tx, workspace)
        .await?;
    tx.commit().await
}
