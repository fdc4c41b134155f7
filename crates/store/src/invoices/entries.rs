//! The entries behind an invoice's lines: each is on at most one invoice that is not void, which the primary key holds.

use daybook_domain::invoice::Work;
use daybook_domain::{ClientId, InvoiceId, InvoiceLineId, ProjectId, TimeEntryId, WorkspaceId};
use jiff::Timestamp;
use sqlx::types::Json;

use crate::time_entries::TimeEntry;
use crate::{Result, Tx};

row! {
    /// An entry on an invoice.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Billed of "invoice_entry" {
        /// The entry.
        pub entry_id: TimeEntryId,
        /// The line it is on.
        pub line_id: InvoiceLineId,
        /// The entry's version when it was taken.
        pub entry_version: i64,
        /// What is billed of it.
        pub work: Work,
    }
}

row! {
    /// Which invoice holds an entry.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Holder of "invoice_entry" {
        /// The invoice.
        pub invoice_id: InvoiceId,
        /// For whom it is.
        pub client_name: String,
    }
}

row! {
    struct Mark of "invoice_entry" {
        entry_id: TimeEntryId,
    }
}

bulk! {
    ADD = "INSERT INTO invoice_entry (workspace_id, entry_id, invoice_id, line_id, entry_version, work) VALUES ",
    fixed 0, columns 6, ""
}

/// Which work to bill.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// For this client.
    pub client_id: ClientId,
    /// For this project.
    pub project_id: Option<ProjectId>,
    /// Begun at or after this.
    pub from: Timestamp,
    /// Begun before this.
    pub to: Timestamp,
}

/// Approved billable entries that are on no invoice (or on this one), by start.
pub async fn open(
    tx: &mut Tx,
    ws: WorkspaceId,
    wanted: &Wanted,
    except: Option<InvoiceId>,
    limit: i64,
) -> Result<Vec<TimeEntry>> {
    fetch_all!(
        tx,
        TimeEntry,
        "SELECT * FROM time_entry WHERE workspace_id = $1 AND client_id = $2 AND status = 'approved' AND billable AND started_at >= $3 AND started_at < $4
         AND (project_id = $5 OR $5 IS NULL)
         AND NOT EXISTS (SELECT 1 FROM invoice_entry e WHERE e.workspace_id = time_entry.workspace_id AND e.entry_id = time_entry.id AND (e.invoice_id <> $6 OR $6 IS NULL))
         ORDER BY started_at, id LIMIT $7",
        ws,
        wanted.client_id,
        wanted.from,
        wanted.to,
        wanted.project_id,
        except,
        limit
    )
}

/// Time of a project that is for this client (or for none), and that no invoice and no draft holds, is for another client from now on. Returns it
/// as it is now, in no particular order.
pub async fn hand_over(
    tx: &mut Tx,
    ws: WorkspaceId,
    project: ProjectId,
    from: Option<ClientId>,
    to: ClientId,
) -> Result<Vec<TimeEntry>> {
    let now = tx.stamp().await?;
    fetch_all!(
        tx,
        TimeEntry,
        "UPDATE time_entry SET client_id = $4, updated_at = $5, version = version + 1
         WHERE workspace_id = $1 AND project_id = $2 AND (client_id = $3 OR ($3 IS NULL AND client_id IS NULL)) AND status <> 'invoiced'
         AND NOT EXISTS (SELECT 1 FROM invoice_entry e WHERE e.workspace_id = time_entry.workspace_id AND e.entry_id = time_entry.id) RETURNING *",
        ws,
        project,
        from,
        to,
        now
    )
}

/// The entries of an invoice, in no particular order.
pub async fn list(tx: &mut Tx, ws: WorkspaceId, invoice: InvoiceId) -> Result<Vec<Billed>> {
    fetch_all!(
        tx,
        Billed,
        "SELECT * FROM invoice_entry WHERE workspace_id = $1 AND invoice_id = $2",
        ws,
        invoice
    )
}

/// The invoice that an entry is on, if there is one.
pub async fn holder(tx: &mut Tx, ws: WorkspaceId, entry: TimeEntryId) -> Result<Option<Holder>> {
    fetch_optional!(
        tx,
        Holder,
        "SELECT e.invoice_id, c.name AS client_name FROM invoice_entry e JOIN invoice v ON v.workspace_id = e.workspace_id AND v.id = e.invoice_id
         JOIN client c ON c.workspace_id = v.workspace_id AND c.id = v.client_id WHERE e.workspace_id = $1 AND e.entry_id = $2",
        ws,
        entry
    )
}

/// Puts entries on an invoice. `Conflict` when one of them is on another.
pub async fn add(
    tx: &mut Tx,
    ws: WorkspaceId,
    invoice: InvoiceId,
    entries: &[Billed],
) -> Result<()> {
    bulk_execute!(tx, ADD, [], entries, |entry| [
        ws,
        entry.entry_id,
        invoice,
        entry.line_id,
        entry.entry_version,
        Json(entry.work.clone())
    ]);
    Ok(())
}

/// Frees all entries of an invoice.
pub async fn free(tx: &mut Tx, ws: WorkspaceId, invoice: InvoiceId) -> Result<u64> {
    execute!(
        tx,
        "DELETE FROM invoice_entry WHERE workspace_id = $1 AND invoice_id = $2",
        ws,
        invoice
    )
}

/// Entries that are not any more what they were when the invoice took them: changed, sent back, or not approved.
pub async fn changed(tx: &mut Tx, ws: WorkspaceId, invoice: InvoiceId) -> Result<Vec<TimeEntryId>> {
    let rows = fetch_all!(
        tx,
        Mark,
        "SELECT e.entry_id FROM invoice_entry e JOIN time_entry t ON t.workspace_id = e.workspace_id AND t.id = e.entry_id
         WHERE e.workspace_id = $1 AND e.invoice_id = $2 AND (t.status <> 'approved' OR t.version <> e.entry_version) ORDER BY e.entry_id",
        ws,
        invoice
    )?;
    Ok(rows.into_iter().map(|row| row.entry_id).collect())
}

/// The invoice's entries, as it took them, become `invoiced`. Returns how many: fewer than it has when one changed meanwhile.
pub async fn mark_invoiced(tx: &mut Tx, ws: WorkspaceId, invoice: InvoiceId) -> Result<u64> {
    let now = tx.stamp().await?;
    execute!(
        tx,
        "UPDATE time_entry SET status = 'invoiced', updated_at = $3, version = version + 1
         WHERE workspace_id = $1 AND status = 'approved' AND EXISTS (SELECT 1 FROM invoice_entry e
         WHERE e.workspace_id = time_entry.workspace_id AND e.entry_id = time_entry.id AND e.invoice_id = $2 AND e.entry_version = time_entry.version)",
        ws,
        invoice,
        now
    )
}

/// The invoice's entries are approved again, and free for another invoice.
pub async fn give_back(tx: &mut Tx, ws: WorkspaceId, invoice: InvoiceId) -> Result<u64> {
    let now = tx.stamp().await?;
    execute!(
        tx,
        "UPDATE time_entry SET status = 'approved', updated_at = $3, version = version + 1
         WHERE workspace_id = $1 AND status = 'invoiced' AND id IN (SELECT entry_id FROM invoice_entry WHERE workspace_id = $1 AND invoice_id = $2)",
        ws,
        invoice,
        now
    )?;
    free(tx, ws, invoice).await
}
