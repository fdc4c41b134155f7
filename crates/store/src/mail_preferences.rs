//! What a member wants to be told by mail.

use daybook_domain::{MemberId, WorkspaceId};

use crate::slack::notices::Kind;
use crate::{Result, Tx};

row! {
    /// A member's choices.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Preferences of "mail_preference" {
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
            approval_needed: true,
            connection_broken: true,
            invoice_overdue: true,
            submit_reminder: true,
        }
    }
}

impl Preferences {
    /// Whether notices of this kind are wanted; `None` for those that are never mailed.
    #[must_use]
    pub fn wants(mut self, kind: Kind) -> Option<bool> {
        self.switch(kind).copied()
    }

    /// The switch of a kind.
    pub const fn switch(&mut self, kind: Kind) -> Option<&mut bool> {
        Some(match kind {
            Kind::ApprovalNeeded => &mut self.approval_needed,
            Kind::ConnectionBroken => &mut self.connection_broken,
            Kind::InvoiceOverdue => &mut self.invoice_overdue,
            Kind::SubmitReminder => &mut self.submit_reminder,
            _ => return None,
        })
    }
}

/// The member's choices; all of it where they made none.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, member: MemberId) -> Result<Preferences> {
    let found = fetch_optional!(
        tx,
        Preferences,
        "SELECT * FROM mail_preference WHERE workspace_id = $1 AND member_id = $2",
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
    choices: Preferences,
) -> Result<()> {
    let now = tx.stamp().await?;
    execute!(
        tx,
        "INSERT INTO mail_preference (workspace_id, member_id, approval_needed, connection_broken, invoice_overdue, submit_reminder, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (workspace_id, member_id) DO UPDATE SET approval_needed = excluded.approval_needed, connection_broken = excluded.connection_broken,
         invoice_overdue = excluded.invoice_overdue, submit_reminder = excluded.submit_reminder, updated_at = excluded.updated_at",
        ws,
        member,
        choices.approval_needed,
        choices.connection_broken,
        choices.invoice_overdue,
        choices.submit_reminder,
        now
    )?;
    Ok(())
}
