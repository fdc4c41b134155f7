//! What invoices do to time, in the history of each entry.

use daybook_domain::InvoiceId;
use daybook_domain::time_entry::Status;
use daybook_store as store;
use serde_json::{Value, json};
use store::invoices::entries::Billed;

use super::Error;
use crate::Principal;
use crate::timesheets::history;

/// A draft took them, or let them go.
pub(super) async fn taken(
    tx: &mut store::Tx,
    who: &Principal,
    invoice: InvoiceId,
    entries: &[Billed],
    on_it: bool,
) -> Result<(), Error> {
    let (off, on) = (json!({"invoice_id": null}), json!({"invoice_id": invoice}));
    let (action, values) = match on_it {
        true => ("put_on_invoice", (&off, &on)),
        false => ("taken_off_invoice", (&on, &off)),
    };
    Ok(history::by_invoice(tx, who, entries, action, values, None).await?)
}

/// They became `invoiced`.
pub(super) async fn invoiced(
    tx: &mut store::Tx,
    who: &Principal,
    invoice: InvoiceId,
    entries: &[Billed],
) -> Result<(), Error> {
    let before = json!({"status": Status::Approved});
    let after = billed(Status::Invoiced, Some(invoice));
    let values = (&before, &after);
    Ok(history::by_invoice(tx, who, entries, "invoiced", values, None).await?)
}

/// The invoice's entries are approved again and free for another one, and why.
pub(super) async fn give_back(
    tx: &mut store::Tx,
    who: &Principal,
    invoice: InvoiceId,
    reason: Option<&str>,
) -> Result<(), Error> {
    let ws = who.workspace_id;
    let entries = store::invoices::entries::list(tx, ws, invoice).await?;
    store::invoices::entries::give_back(tx, ws, invoice).await?;
    let before = billed(Status::Invoiced, Some(invoice));
    let after = billed(Status::Approved, None);
    let values = (&before, &after);
    Ok(history::by_invoice(tx, who, &entries, "given_back", values, reason).await?)
}

fn billed(status: Status, invoice: Option<InvoiceId>) -> Value {
    json!({"status": status, "invoice_id": invoice})
}
