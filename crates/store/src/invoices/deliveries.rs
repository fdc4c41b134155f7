//! How an invoice went to the client: by mail or by hand, and the reminders. What became of a mail is noted when the outbox knows.

use daybook_domain::{DeliveryId, InvoiceId, MailId, MemberId, WorkspaceId};
use jiff::Timestamp;

use crate::{Result, Tx};

daybook_domain::text_enum! {
    /// What was delivered.
    Kind {
        /// The invoice.
        Invoice = "invoice",
        /// A reminder that it is overdue.
        Reminder = "reminder",
    }
}

daybook_domain::text_enum! {
    /// Where a delivery stands.
    State {
        /// The mail is on its way.
        Queued = "queued",
        /// The mail server took it.
        Sent = "sent",
        /// It is given up.
        Failed = "failed",
        /// Somebody gave it to the client another way.
        ByHand = "by_hand",
    }
}

row! {
    /// A delivery.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Delivery of "invoice_delivery" {
        /// Its id.
        pub id: DeliveryId,
        /// Of which invoice.
        pub invoice_id: InvoiceId,
        /// What.
        pub kind: Kind,
        /// Of the invoice: the how manieth. Of a reminder: how many days after the due date.
        pub step: i64,
        /// To which address; none by hand.
        pub recipient: Option<String>,
        /// By whom; none by the schedule.
        pub member_id: Option<MemberId>,
        /// The mail.
        pub mail_id: Option<MailId>,
        /// Where it stands.
        pub state: State,
        /// What last went wrong.
        pub last_error: Option<String>,
        /// When it was asked for.
        pub created_at: Timestamp,
        /// When the mail server took it, or it was given up.
        pub settled_at: Option<Timestamp>,
    }
}

/// A delivery to be noted.
#[derive(Debug, Clone, Copy)]
pub struct NewDelivery<'a> {
    /// Its id, which the mail is told apart by.
    pub id: DeliveryId,
    /// Of which invoice.
    pub invoice_id: InvoiceId,
    /// What.
    pub kind: Kind,
    /// Which.
    pub step: i64,
    /// To which address.
    pub recipient: Option<&'a str>,
    /// By whom.
    pub member_id: Option<MemberId>,
    /// The mail.
    pub mail_id: Option<MailId>,
    /// Where it stands.
    pub state: State,
    /// What went wrong already.
    pub last_error: Option<&'a str>,
}

/// An id for a delivery.
#[must_use]
pub fn id(tx: &Tx) -> DeliveryId {
    tx.id()
}

/// Notes a delivery. `Conflict` when there is one of this kind and step.
pub async fn add(tx: &mut Tx, ws: WorkspaceId, new: &NewDelivery<'_>) -> Result<Delivery> {
    let now = tx.stamp().await?;
    fetch_one!(
        tx,
        Delivery,
        "INSERT INTO invoice_delivery (id, workspace_id, invoice_id, kind, step, recipient, member_id, mail_id, state, last_error, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING *",
        new.id,
        ws,
        new.invoice_id,
        new.kind,
        new.step,
        new.recipient,
        new.member_id,
        new.mail_id,
        new.state,
        new.last_error,
        now
    )
}

/// Deliveries of an invoice, the first first.
pub async fn list(tx: &mut Tx, ws: WorkspaceId, invoice: InvoiceId) -> Result<Vec<Delivery>> {
    fetch_all!(
        tx,
        Delivery,
        "SELECT * FROM invoice_delivery WHERE workspace_id = $1 AND invoice_id = $2 ORDER BY created_at, id",
        ws,
        invoice
    )
}

/// Notes what became of a mail, if it delivers an invoice.
pub async fn settle(
    tx: &mut Tx,
    ws: WorkspaceId,
    mail: MailId,
    (state, error): (State, Option<&str>),
) -> Result<()> {
    let now = tx.stamp().await?;
    let settled = (state != State::Queued).then_some(now);
    execute!(
        tx,
        "UPDATE invoice_delivery SET state = $3, last_error = $4, settled_at = $5 WHERE workspace_id = $1 AND mail_id = $2",
        ws,
        mail,
        state,
        error,
        settled
    )?;
    Ok(())
}
