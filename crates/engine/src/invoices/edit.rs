//! Drafts change until they are finalised.

use daybook_domain::InvoiceId;
use daybook_domain::invoice::{Discount, Grouping, Rounding, Step, Tax};
use daybook_domain::money::Currency;
use daybook_store as store;
use jiff::civil::Date;
use store::invoices::Head;
use store::invoices::entries::Billed;
use store::invoices::lines::Line;

use super::create::check;
use super::gather::gather;
use super::lines::{self, LineInput};
use super::read::{self, View};
use super::{Error, trail};
use crate::{Context, Principal};

/// What changes; `None` stays, `Some(None)` clears.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// What becomes a line: those of entries are made anew.
    pub grouping: Option<Grouping>,
    /// How time is rounded: likewise.
    pub rounding: Option<Rounding>,
    /// Tax, also of all lines that have the old one.
    pub tax: Option<Tax>,
    /// Of all amounts. Only for drafts without time.
    pub currency: Option<Currency>,
    /// What is taken off.
    pub discount: Option<Option<Discount>>,
    /// What the client wants to read.
    pub reference: Option<Option<String>>,
    /// Text.
    pub notes: Option<Option<String>>,
    /// Text about payment.
    pub terms: Option<Option<String>>,
    /// Days to pay.
    pub terms_days: Option<i64>,
    /// Its date.
    pub issued_on: Option<Option<Date>>,
    /// All lines, in order. Those made of entries that are left out free them.
    pub lines: Option<Vec<LineInput>>,
}

/// Changes a draft.
///
/// # Errors
/// See [`Error`].
pub async fn update(
    cx: &Context,
    who: &Principal,
    id: InvoiceId,
    changes: Changes,
) -> Result<View, Error> {
    let (mut tx, ws) = (cx.store.write_in(who.workspace_id).await?, who.workspace_id);
    let invoice = store::invoices::get(&mut tx, ws, id).await?;
    invoice.status.allows(Step::Edit)?;
    let old = Head::from(&invoice);
    let head = apply(old.clone(), &changes);
    check(&head)?;
    let mut all = store::invoices::lines::list(&mut tx, ws, id).await?;
    let mut billed = store::invoices::entries::list(&mut tx, ws, id).await?;
    if head.currency != old.currency && !billed.is_empty() {
        return Err(super::invalid(
            "/currency",
            "cannot change while there is time on the draft: its rates are in the old one",
        ));
    }
    for line in &mut all {
        if line.tax == old.tax {
            line.tax = head.tax.clone();
        }
    }
    if (head.grouped_by, head.rounding) != (old.grouped_by, old.rounding) {
        regroup(&tx, &head, &mut all, &mut billed)?;
    }
    if let Some(inputs) = &changes.lines {
        all = lines::by_hand(&tx, &head, &all, inputs)?;
        billed.retain(|entry| all.iter().any(|line| line.id == entry.line_id));
    }
    let totals = lines::totals(&head, &all)?;
    lines::write(&mut tx, who, id, &mut all, &billed).await?;
    store::invoices::update(&mut tx, ws, id, invoice.version, &head, &totals).await?;
    let view = read::view(&mut tx, ws, id).await?;
    tx.commit().await?;
    Ok(view)
}

/// Takes up the client's approved time of the period anew: what changed, what came, and without what went. Lines set by hand stay.
///
/// # Errors
/// See [`Error`].
pub async fn refresh(cx: &Context, who: &Principal, id: InvoiceId) -> Result<View, Error> {
    let (mut tx, ws) = (cx.store.write_in(who.workspace_id).await?, who.workspace_id);
    let invoice = store::invoices::get(&mut tx, ws, id).await?;
    invoice.status.allows(Step::Edit)?;
    let head = Head::from(&invoice);
    let work = gather(&mut tx, ws, &head, Some(id)).await?;
    let (mut all, billed) = lines::of_entries(&tx, &head, &work)?;
    let old = store::invoices::lines::list(&mut tx, ws, id).await?;
    all.extend(old.into_iter().filter(|line| !line.from_entries));
    let totals = lines::totals(&head, &all)?;
    lines::write(&mut tx, who, id, &mut all, &billed).await?;
    store::invoices::update(&mut tx, ws, id, invoice.version, &head, &totals).await?;
    let view = read::view(&mut tx, ws, id).await?;
    tx.commit().await?;
    Ok(view)
}

/// Removes a draft; its entries are free again.
///
/// # Errors
/// [`Error::NotAllowed`] once it has a number.
pub async fn delete(cx: &Context, who: &Principal, id: InvoiceId) -> Result<(), Error> {
    let (mut tx, ws) = (cx.store.write_in(who.workspace_id).await?, who.workspace_id);
    let invoice = store::invoices::get(&mut tx, ws, id).await?;
    invoice.status.allows(Step::Edit)?;
    let billed = store::invoices::entries::list(&mut tx, ws, id).await?;
    trail::taken(&mut tx, who, id, &billed, false).await?;
    store::invoices::delete(&mut tx, ws, id).await?;
    tx.commit().await?;
    Ok(())
}

fn apply(mut head: Head, changes: &Changes) -> Head {
    let changes = changes.clone();
    head.grouped_by = changes.grouping.unwrap_or(head.grouped_by);
    head.rounding = changes.rounding.unwrap_or(head.rounding);
    head.tax = changes.tax.unwrap_or(head.tax);
    head.currency = changes.currency.unwrap_or(head.currency);
    head.discount = changes.discount.unwrap_or(head.discount);
    head.reference = changes.reference.unwrap_or(head.reference);
    head.notes = changes.notes.unwrap_or(head.notes);
    head.terms = changes.terms.unwrap_or(head.terms);
    head.terms_days = changes.terms_days.unwrap_or(head.terms_days);
    head.issued_on = changes.issued_on.unwrap_or(head.issued_on);
    head
}

/// The lines of entries are made anew; those set by hand stay, after them.
fn regroup(
    tx: &store::Tx,
    head: &Head,
    all: &mut Vec<Line>,
    billed: &mut Vec<Billed>,
) -> Result<(), Error> {
    let work: Vec<_> = billed
        .iter()
        .map(|entry| (entry.work.clone(), entry.entry_version))
        .collect();
    let (mut anew, entries) = lines::of_entries(tx, head, &work)?;
    anew.extend(all.drain(..).filter(|line| !line.from_entries));
    (*all, *billed) = (anew, entries);
    Ok(())
}
