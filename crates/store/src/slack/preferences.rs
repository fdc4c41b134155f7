//! What a member wants to be told in Slack, and when.

use daybook_domain::{MemberId, WorkspaceId};

use super::notices::Kind;
use crate::{Result, Tx};

/// When the summary of the day comes, unless a member says otherwise.
pub const SUMMARY_TIME: &str = "17:00";

row! {
    /// A member's choices.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Preferences of "slack_preference" {
        /// A time entry was made.
        pub time_entry_created: bool,
        /// An invoice is ready.
        pub invoice_ready: bool,
        /// A summary of the day.
        pub daily_summary: bool,
        /// When, on the member's clock: `17:00`.
        pub daily_summary_time: String,
        /// The question after a meeting.
        pub log_this_meeting: bool,
        /// Time waits for approval.
        pub approval_needed: bool,
        /// A connection must be made again.
        pub connection_broken: bool,
        /// An invoice should have been paid.
        pub invoice_overdue: bool,
        /// Last week's time is not handed in.
        pub submit_reminder: bool,
    }
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            time_entry_created: true,
            invoice_ready: true,
            daily_summary: true,
            daily_summary_time: SUMMARY_TIME.to_owned(),
            log_this_meeting: true,
            approval_needed: true,
            connection_broken: true,
            invoice_overdue: true,
            submit_reminder: true,
        }
    }
}

impl Preferences {
    /// Whether notices of this kind are wanted; `None` for those that nobody chooses.
    #[must_use]
    pub fn wants(&self, kind: Kind) -> Option<bool> {
        self.clone().switch(kind).copied()
    }

    /// The switch of a kind.
    pub const fn switch(&mut self, kind: Kind) -> Option<&mut bool> {
        Some(match kind {
            Kind::TimeEntryCreated => &mut self.time_entry_created,
            Kind::InvoiceReady => &mut self.invoice_ready,
            Kind::DailySummary => &mut self.daily_summary,
            Kind::LogThisMeeting => &mut self.log_this_meeting,
            Kind::ApprovalNeeded => &mut self.approval_needed,
            Kind::ConnectionBroken => &mut self.connection_broken,
            Kind::InvoiceOverdue => &mut self.invoice_overdue,
            Kind::SubmitReminder => &mut self.submit_reminder,
            Kind::ConfirmLink => return None,
        })
    }
}

/// The member's choices; the usual ones where they made none.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, member: MemberId) -> Result<Preferences> {
    let found = fetch_optional!(
        tx,
        Preferences,
        "SELECT * FROM slack_preference WHERE workspace_id = $1 AND member_id = $2",
        ws,
        member
    )?;
    Ok(found.unwrap_or_default())
}

/// Keeps the member's choices.
pub async fn put(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: MemberId,
    choices: &Preferences,
) -> Result<()> {
    let now = tx.stamp().await?;
    execute!(
        tx,
        "INSERT INTO slack_preference (workspace_id, member_id, time_entry_created, invoice_ready, daily_summary, daily_summary_time, log_this_meeting, approval_needed, connection_broken, invoice_overdue, submit_reminder, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (workspace_id, member_id) DO UPDATE SET time_entry_created = excluded.time_entry_created, invoice_ready = excluded.invoice_ready,
         daily_summary = excluded.daily_summary, daily_summary_time = excluded.daily_summary_time, log_this_meeting = excluded.log_this_meeting,
         approval_needed = excluded.approval_needed, connection_broken = excluded.connection_broken, invoice_overdue = excluded.invoice_overdue,
         submit_reminder = excluded.submit_reminder, updated_at = excluded.updated_at",
        ws,
        member,
        choices.time_entry_created,
        choices.invoice_ready,
        choices.daily_summary,
        &choices.daily_summary_time,
        choices.log_this_meeting,
        choices.approval_needed,
        choices.connection_broken,
        choices.invoice_overdue,
        choices.submit_reminder,
        now
    )?;
    Ok(())
}
