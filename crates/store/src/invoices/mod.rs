//! Invoices: their heads. Lines, entries, numbers and payments are beside this file.

pub mod deliveries;
pub mod entries;
pub mod lines;
pub mod numbers;
pub mod payments;
mod steps;

pub use steps::{Finalized, Progress, finalize, progress};

use daybook_domain::invoice::{Discount, Document, Grouping, Kind, Rounding, Status, Tax, Totals};
use daybook_domain::money::Currency;
use daybook_domain::{ClientId, InvoiceId, ProjectId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::types::Json;

use crate::{Error, Result, Tx};

row! {
    /// An invoice or credit note.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Invoice of "invoice" {
        /// Its id.
        pub id: InvoiceId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// For whom.
        pub client_id: ClientId,
        /// What it is.
        pub kind: Kind,
        /// Where it stands.
        pub status: Status,
        /// Its number; drafts have none.
        pub number: Option<String>,
        /// The series its number is from.
        pub series: Option<String>,
        /// Its place in the series.
        pub serial: Option<i64>,
        /// The invoice it takes back.
        pub credits_id: Option<InvoiceId>,
        /// Of all its amounts.
        pub currency: Currency,
        /// First day of the work.
        pub period_start: Option<Date>,
        /// Last day of the work.
        pub period_end: Option<Date>,
        /// Only work for this project.
        pub project_id: Option<ProjectId>,
        /// What becomes a line.
        pub grouped_by: Grouping,
        /// How time is rounded.
        pub rounding: Rounding,
        /// Tax of lines that are made from entries.
        pub tax: Tax,
        /// What is taken off.
        pub discount: Option<Discount>,
        /// Price of an hour of work that has none.
        pub fallback_rate_minor: Option<i64>,
        /// What the client wants to read.
        pub reference: Option<String>,
        /// Text.
        pub notes: Option<String>,
        /// Text about payment.
        pub terms: Option<String>,
        /// Days to pay.
        pub terms_days: i64,
        /// Its date.
        pub issued_on: Option<Date>,
        /// When it must be paid.
        pub due_on: Option<Date>,
        /// Sums.
        pub totals: Totals,
        /// What is owed.
        pub total_minor: i64,
        /// What was paid.
        pub paid_minor: i64,
        /// What credit notes took back.
        pub credited_minor: i64,
        /// Why it was cancelled.
        pub void_reason: Option<String>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it last changed.
        pub updated_at: Timestamp,
        /// When it got its number.
        pub finalized_at: Option<Timestamp>,
        /// When the client got it.
        pub sent_at: Option<Timestamp>,
        /// When it was found that its due date had passed.
        pub overdue_at: Option<Timestamp>,
        /// When the owners were told so.
        pub overdue_told_at: Option<Timestamp>,
        /// When nothing was left to pay.
        pub paid_at: Option<Timestamp>,
        /// When it was cancelled.
        pub voided_at: Option<Timestamp>,
        /// Counts changes.
        pub version: i64,
    }
}

impl Invoice {
    /// What is left to pay.
    #[must_use]
    pub fn open_minor(&self) -> i64 {
        match self.status {
            Status::Void => 0,
            _ => (self.total_minor - self.paid_minor - self.credited_minor).max(0),
        }
    }

    /// Whether the client is to pay something.
    #[must_use]
    pub fn is_payable(&self) -> bool {
        self.kind == Kind::Invoice
            && matches!(self.status, Status::Finalized | Status::Sent)
            && self.open_minor() > 0
    }
}

row! {
    struct Frozen of "invoice" {
        document: Option<Document>,
    }
}

/// The part of a draft that people set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// For whom.
    pub client_id: ClientId,
    /// What it is.
    pub kind: Kind,
    /// The invoice it takes back.
    pub credits_id: Option<InvoiceId>,
    /// Of all amounts.
    pub currency: Currency,
    /// First and last day of the work.
    pub period: Option<(Date, Date)>,
    /// Only work for this project.
    pub project_id: Option<ProjectId>,
    /// What becomes a line.
    pub grouped_by: Grouping,
    /// How time is rounded.
    pub rounding: Rounding,
    /// Tax of lines that are made from entries.
    pub tax: Tax,
    /// What is taken off.
    pub discount: Option<Discount>,
    /// Price of an hour of work that has none.
    pub fallback_rate_minor: Option<i64>,
    /// What the client wants to read.
    pub reference: Option<String>,
    /// Text.
    pub notes: Option<String>,
    /// Text about payment.
    pub terms: Option<String>,
    /// Days to pay.
    pub terms_days: i64,
    /// Its date, if it is not to be the day it is finalised.
    pub issued_on: Option<Date>,
}

/// Which invoices to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Standing so.
    pub status: Option<Status>,
    /// For this client.
    pub client_id: Option<ClientId>,
    /// What it is.
    pub kind: Option<Kind>,
    /// Payable, and due before this day.
    pub due_before: Option<Date>,
    /// Issued on or after this day.
    pub issued_from: Option<Date>,
    /// Issued before this day.
    pub issued_to: Option<Date>,
}

const fn head_of(invoice: &Invoice) -> Option<(Date, Date)> {
    match (invoice.period_start, invoice.period_end) {
        (Some(start), Some(end)) => Some((start, end)),
        _ => None,
    }
}

impl From<&Invoice> for Head {
    fn from(invoice: &Invoice) -> Self {
        Self {
            client_id: invoice.client_id,
            kind: invoice.kind,
            credits_id: invoice.credits_id,
            currency: invoice.currency,
            period: head_of(invoice),
            project_id: invoice.project_id,
            grouped_by: invoice.grouped_by,
            rounding: invoice.rounding,
            tax: invoice.tax.clone(),
            discount: invoice.discount,
            fallback_rate_minor: invoice.fallback_rate_minor,
            reference: invoice.reference.clone(),
            notes: invoice.notes.clone(),
            terms: invoice.terms.clone(),
            terms_days: invoice.terms_days,
            issued_on: invoice.issued_on,
        }
    }
}

/// Makes a draft. `Reference` when there is no such client, project or invoice.
pub async fn create(tx: &mut Tx, ws: WorkspaceId, head: &Head) -> Result<Invoice> {
    let (id, now): (InvoiceId, _) = (tx.id(), tx.stamp().await?);
    let totals = Totals::default();
    fetch_one!(
        tx,
        Invoice,
        "INSERT INTO invoice (id, workspace_id, client_id, kind, status, credits_id, currency, period_start, period_end, project_id, grouped_by, rounding, tax,
         discount, fallback_rate_minor, reference, notes, terms, terms_days, issued_on, totals, total_minor, created_at, updated_at)
         VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 0, $21, $21) RETURNING *",
        id,
        ws,
        head.client_id,
        head.kind,
        head.credits_id,
        head.currency.code(),
        head.period.map(|period| period.0),
        head.period.map(|period| period.1),
        head.project_id,
        head.grouped_by,
        Json(head.rounding),
        Json(&head.tax),
        head.discount.map(Json),
        head.fallback_rate_minor,
        head.reference.as_deref(),
        head.notes.as_deref(),
        head.terms.as_deref(),
        head.terms_days,
        head.issued_on,
        Json(&totals),
        now
    )
}

/// The invoice.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: InvoiceId) -> Result<Invoice> {
    fetch_one!(
        tx,
        Invoice,
        "SELECT * FROM invoice WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// What was printed when it was finalised.
pub async fn document(tx: &mut Tx, ws: WorkspaceId, id: InvoiceId) -> Result<Option<Document>> {
    let row = fetch_one!(
        tx,
        Frozen,
        "SELECT document FROM invoice WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )?;
    Ok(row.document)
}

/// Invoices, the newest first.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    filter: &Filter,
    after: Option<(Timestamp, InvoiceId)>,
    limit: i64,
) -> Result<Vec<Invoice>> {
    let (at, id) = after.unwrap_or((Timestamp::MAX, uuid::Uuid::max().into()));
    fetch_all!(
        tx,
        Invoice,
        "SELECT * FROM invoice WHERE workspace_id = $1 AND (created_at, id) < ($2, $3) AND (status = $4 OR $4 IS NULL) AND (client_id = $5 OR $5 IS NULL)
         AND (kind = $6 OR $6 IS NULL) AND ((due_on < $7 AND status IN ('finalized', 'sent') AND kind = 'invoice' AND total_minor > paid_minor + credited_minor) OR $7 IS NULL)
         AND (issued_on >= $8 OR $8 IS NULL) AND (issued_on < $9 OR $9 IS NULL) ORDER BY created_at DESC, id DESC LIMIT $10",
        ws,
        at,
        id,
        filter.status,
        filter.client_id,
        filter.kind,
        filter.due_before,
        filter.issued_from,
        filter.issued_to,
        limit
    )
}

/// Notes since when an invoice is overdue; false when that was known.
pub async fn mark_overdue(tx: &mut Tx, ws: WorkspaceId, id: InvoiceId) -> Result<bool> {
    let now = tx.stamp().await?;
    let changed = execute!(
        tx,
        "UPDATE invoice SET overdue_at = $3 WHERE workspace_id = $1 AND id = $2 AND overdue_at IS NULL",
        ws,
        id,
        now
    )?;
    Ok(changed == 1)
}

/// Notes that the owners were told that an invoice is overdue; false when they were.
pub async fn mark_overdue_told(tx: &mut Tx, ws: WorkspaceId, id: InvoiceId) -> Result<bool> {
    let now = tx.stamp().await?;
    let changed = execute!(
        tx,
        "UPDATE invoice SET overdue_told_at = $3 WHERE workspace_id = $1 AND id = $2 AND overdue_told_at IS NULL",
        ws,
        id,
        now
    )?;
    Ok(changed == 1)
}

/// Changes a draft as `version` shows it: what people set, and what it comes to. `Conflict` when it changed meanwhile.
pub async fn update(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: InvoiceId,
    version: i64,
    head: &Head,
    totals: &Totals,
) -> Result<Invoice> {
    let now = tx.stamp().await?;
    let changed = fetch_optional!(
        tx,
        Invoice,
        "UPDATE invoice SET period_start = $4, period_end = $5, project_id = $6, grouped_by = $7, rounding = $8, tax = $9, discount = $10, fallback_rate_minor = $11,
         reference = $12, notes = $13, terms = $14, terms_days = $15, issued_on = $16, totals = $17, total_minor = $18, currency = $19, updated_at = $20, version = version + 1
         WHERE workspace_id = $1 AND id = $2 AND version = $3 AND status = 'draft' RETURNING *",
        ws,
        id,
        version,
        head.period.map(|period| period.0),
        head.period.map(|period| period.1),
        head.project_id,
        head.grouped_by,
        Json(head.rounding),
        Json(&head.tax),
        head.discount.map(Json),
        head.fallback_rate_minor,
        head.reference.as_deref(),
        head.notes.as_deref(),
        head.terms.as_deref(),
        head.terms_days,
        head.issued_on,
        Json(totals),
        totals.total_minor,
        head.currency.code(),
        now
    )?;
    changed.ok_or_else(stale)
}

/// Removes a draft with all that is its own; its entries are free again.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: InvoiceId) -> Result<()> {
    execute_one!(
        tx,
        "DELETE FROM invoice WHERE workspace_id = $1 AND id = $2 AND status = 'draft'",
        ws,
        id
    )
}

fn stale() -> Error {
    Error::Conflict {
        constraint: "invoice_version".into(),
    }
}
