//! What happens to an invoice once: its number; and afterwards: sent, paid, cancelled. Nothing that is printed changes.

use daybook_domain::invoice::{Document, Status};
use daybook_domain::{InvoiceId, WorkspaceId};
use jiff::civil::Date;
use sqlx::types::Json;

use super::{Invoice, stale};
use crate::{Result, Tx};

/// What an invoice gets when it is finalised.
#[derive(Debug, Clone)]
pub struct Finalized<'a> {
    /// Its number.
    pub number: &'a str,
    /// The series.
    pub series: &'a str,
    /// Its place in the series.
    pub serial: i64,
    /// Its date.
    pub issued_on: Date,
    /// When it must be paid.
    pub due_on: Option<Date>,
    /// Everything printed.
    pub document: &'a Document,
}

/// Gives a draft its number, for good. `Conflict` when it is none any more, changed meanwhile, or the number is taken.
pub async fn finalize(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: InvoiceId,
    version: i64,
    done: &Finalized<'_>,
) -> Result<Invoice> {
    let now = tx.stamp().await?;
    let changed = fetch_optional!(
        tx,
        Invoice,
        "UPDATE invoice SET status = 'finalized', number = $4, series = $5, serial = $6, issued_on = $7, due_on = $8, document = $9, finalized_at = $10, updated_at = $10,
         version = version + 1 WHERE workspace_id = $1 AND id = $2 AND version = $3 AND status = 'draft' RETURNING *",
        ws,
        id,
        version,
        done.number,
        done.series,
        done.serial,
        done.issued_on,
        done.due_on,
        Json(done.document),
        now
    )?;
    changed.ok_or_else(stale)
}

/// What happens to an invoice with a number.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// Where it stands.
    pub status: Option<Status>,
    /// What was paid in all.
    pub paid_minor: Option<i64>,
    /// What was taken back in all.
    pub credited_minor: Option<i64>,
    /// The client has it, since now if not before.
    pub sent: bool,
    /// Cancelled, and why.
    pub void_reason: Option<Option<String>>,
}

/// Moves an invoice on from where `version` shows it; nothing of what is printed changes. `Conflict` when it changed meanwhile.
pub async fn progress(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: InvoiceId,
    version: i64,
    to: &Progress,
) -> Result<Invoice> {
    let now = tx.stamp().await?;
    let paid = to.status.map(|status| status == Status::Paid);
    let changed = fetch_optional!(
        tx,
        Invoice,
        "UPDATE invoice SET status = coalesce($4, status), paid_minor = coalesce($5, paid_minor), credited_minor = coalesce($6, credited_minor),
         sent_at = CASE WHEN $7 THEN coalesce(sent_at, $11) ELSE sent_at END, void_reason = CASE WHEN $8 THEN $9 ELSE void_reason END,
         voided_at = CASE WHEN $8 THEN $11 ELSE voided_at END, paid_at = CASE WHEN $10 THEN coalesce(paid_at, $11) WHEN NOT $10 THEN NULL ELSE paid_at END,
         updated_at = $11, version = version + 1 WHERE workspace_id = $1 AND id = $2 AND version = $3 AND status <> 'draft' RETURNING *",
        ws,
        id,
        version,
        to.status,
        to.paid_minor,
        to.credited_minor,
        to.sent,
        to.void_reason.is_some(),
        to.void_reason.as_ref().and_then(Option::as_deref),
        paid,
        now
    )?;
    changed.ok_or_else(stale)
}
