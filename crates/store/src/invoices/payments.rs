//! What was paid.

use daybook_domain::{InvoiceId, PaymentId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Result, Tx};

row! {
    /// A payment.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Payment of "invoice_payment" {
        /// Its id.
        pub id: PaymentId,
        /// How much.
        pub amount_minor: i64,
        /// When.
        pub paid_on: Date,
        /// Anything.
        pub note: Option<String>,
        /// When it was written down.
        pub created_at: Timestamp,
    }
}

/// Payments of an invoice, by day.
pub async fn list(tx: &mut Tx, ws: WorkspaceId, invoice: InvoiceId) -> Result<Vec<Payment>> {
    fetch_all!(
        tx,
        Payment,
        "SELECT * FROM invoice_payment WHERE workspace_id = $1 AND invoice_id = $2 ORDER BY paid_on, id",
        ws,
        invoice
    )
}

/// Notes a payment.
pub async fn add(
    tx: &mut Tx,
    ws: WorkspaceId,
    invoice: InvoiceId,
    amount_minor: i64,
    paid_on: Date,
    note: Option<&str>,
) -> Result<Payment> {
    let (id, now): (PaymentId, _) = (tx.id(), tx.stamp().await?);
    fetch_one!(
        tx,
        Payment,
        "INSERT INTO invoice_payment (id, workspace_id, invoice_id, amount_minor, paid_on, note, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *",
        id,
        ws,
        invoice,
        amount_minor,
        paid_on,
        note,
        now
    )
}

/// Removes a payment that was noted by mistake; returns what it was.
pub async fn remove(
    tx: &mut Tx,
    ws: WorkspaceId,
    invoice: InvoiceId,
    id: PaymentId,
) -> Result<Payment> {
    fetch_one!(
        tx,
        Payment,
        "DELETE FROM invoice_payment WHERE workspace_id = $1 AND invoice_id = $2 AND id = $3 RETURNING *",
        ws,
        invoice,
        id
    )
}
