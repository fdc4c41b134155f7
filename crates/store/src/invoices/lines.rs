//! The lines of an invoice.

use daybook_domain::invoice::{Tax, Unit};
use daybook_domain::{InvoiceId, InvoiceLineId, WorkspaceId};
use sqlx::types::Json;

use crate::{Result, Tx};

row! {
    /// A line.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Line of "invoice_line" {
        /// Its id.
        pub id: InvoiceLineId,
        /// Its place, from 0.
        pub position: i64,
        /// What.
        pub description: String,
        /// What is counted.
        pub unit: Unit,
        /// How much, in the unit's own measure.
        pub quantity: i64,
        /// Price of an hour or a piece.
        pub price_minor: i64,
        /// Tax.
        pub tax: Tax,
        /// Quantity × price.
        pub amount_minor: i64,
        /// Whether it was made from entries.
        pub from_entries: bool,
    }
}

bulk! {
    ADD = "INSERT INTO invoice_line (id, workspace_id, invoice_id, position, description, unit, quantity, price_minor, tax, amount_minor, from_entries) VALUES ",
    fixed 0, columns 11, ""
}

/// Lines, in order.
pub async fn list(tx: &mut Tx, ws: WorkspaceId, invoice: InvoiceId) -> Result<Vec<Line>> {
    fetch_all!(
        tx,
        Line,
        "SELECT * FROM invoice_line WHERE workspace_id = $1 AND invoice_id = $2 ORDER BY position, id",
        ws,
        invoice
    )
}

/// A fresh id for a line.
#[must_use]
pub fn id(tx: &Tx) -> InvoiceLineId {
    tx.id()
}

/// Puts these lines in place of all others, which frees the entries of those. `Conflict` when an id is another invoice's.
pub async fn replace(
    tx: &mut Tx,
    ws: WorkspaceId,
    invoice: InvoiceId,
    lines: &[Line],
) -> Result<()> {
    execute!(
        tx,
        "DELETE FROM invoice_line WHERE workspace_id = $1 AND invoice_id = $2",
        ws,
        invoice
    )?;
    bulk_execute!(tx, ADD, [], lines, |line| [
        line.id,
        ws,
        invoice,
        line.position,
        line.description.clone(),
        line.unit,
        line.quantity,
        line.price_minor,
        Json(line.tax.clone()),
        line.amount_minor,
        line.from_entries
    ]);
    Ok(())
}
