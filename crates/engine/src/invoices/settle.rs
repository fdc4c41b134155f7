//! What happens to an invoice with a number: paid, cancelled, taken back.

use daybook_domain::invoice::{Kind, Status, Step};
use daybook_domain::{InvoiceId, PaymentId};
use daybook_store as store;
use jiff::ToSpan;
use jiff::civil::Date;
use store::invoices::{Head, Invoice, Progress};

use super::lines;
use super::read::{self, View};
use super::{Error, invalid, text, trail};
use crate::{Context, Once, Outcome, Principal};

/// A payment to be noted.
#[derive(Debug, Clone, Default)]
pub struct Pay {
    /// How much; by default all that is left.
    pub amount_minor: Option<i64>,
    /// When; by default today.
    pub paid_on: Option<Date>,
    /// Anything.
    pub note: Option<String>,
}

/// Notes a payment, of all that is left or a part of it.
///
/// # Errors
/// [`Error::NotAllowed`], [`Error::TooMuch`]; [`Error::Invalid`] for a day that makes no sense.
pub async fn pay(
    cx: &Context,
    who: &Principal,
    id: InvoiceId,
    ask: &Pay,
    once: &Once<'_, View>,
) -> Result<Outcome<View>, Error> {
    text("/note", ask.note.as_deref(), 500)?;
    let (mut tx, ws) = (cx.store.write_in(who.workspace_id).await?, who.workspace_id);
    if let Some(answer) = once.claim(&mut tx, who).await? {
        return Ok(Outcome::Replayed(answer));
    }
    let invoice = store::invoices::get(&mut tx, ws, id).await?;
    invoice.status.allows(Step::Pay)?;
    let open = invoice.open_minor();
    let amount = ask.amount_minor.unwrap_or(open);
    if amount < 1 && !(amount == 0 && open == 0) {
        return Err(invalid(
            "/amount_minor",
            "must be at least 1, in minor units (cents)",
        ));
    }
    if amount > open {
        return Err(Error::TooMuch {
            what: invoice.currency.grouped(amount),
            open: invoice.currency.grouped(open),
        });
    }
    let today = read::today(cx, &mut tx, ws).await?;
    let day = ask.paid_on.unwrap_or(today);
    check_day(day, invoice.issued_on.unwrap_or(today), today)?;
    let note = ask.note.as_deref();
    store::invoices::payments::add(&mut tx, ws, id, amount, day, note).await?;
    paid(&mut tx, &invoice, invoice.paid_minor.saturating_add(amount)).await?;
    let view = read::view(&mut tx, ws, id).await?;
    once.finish(&mut tx, who, &view).await?;
    tx.commit().await?;
    Ok(Outcome::Fresh(view))
}

/// A client pays on account at most a year before the invoice is written, and nobody has paid tomorrow; but it may be tomorrow already where
/// the client is.
fn check_day(day: Date, issued: Date, today: Date) -> Result<(), Error> {
    let first = issued.saturating_sub(1.year());
    let last = today.saturating_add(1.day());
    if (first..=last).contains(&day) {
        return Ok(());
    }
    Err(invalid(
        "/paid_on",
        format!("must be from {first}, a year before the invoice, to {last}"),
    ))
}

/// Removes a payment that was noted by mistake.
///
/// # Errors
/// When there is no such payment.
pub async fn unpay(
    cx: &Context,
    who: &Principal,
    id: InvoiceId,
    payment: PaymentId,
) -> Result<View, Error> {
    let (mut tx, ws) = (cx.store.write_in(who.workspace_id).await?, who.workspace_id);
    let invoice = store::invoices::get(&mut tx, ws, id).await?;
    let gone = store::invoices::payments::remove(&mut tx, ws, id, payment).await?;
    paid(&mut tx, &invoice, invoice.paid_minor - gone.amount_minor).await?;
    let view = read::view(&mut tx, ws, id).await?;
    tx.commit().await?;
    Ok(view)
}

async fn paid(tx: &mut store::Tx, invoice: &Invoice, paid_minor: i64) -> Result<(), Error> {
    let settled = paid_minor.saturating_add(invoice.credited_minor) >= invoice.total_minor;
    let status = match (settled, invoice.sent_at) {
        (true, _) => Status::Paid,
        (false, Some(_)) => Status::Sent,
        (false, None) => Status::Finalized,
    };
    let to = Progress {
        status: Some(status),
        paid_minor: Some(paid_minor),
        ..Progress::default()
    };
    let (ws, id) = (invoice.workspace_id, invoice.id);
    store::invoices::progress(tx, ws, id, invoice.version, &to).await?;
    Ok(())
}

/// Cancels an invoice. It keeps its number, and its entries are approved again.
///
/// # Errors
/// [`Error::HasPayments`], [`Error::NotAllowed`]; [`Error::EntriesReleased`] for a credit note that gave time back.
pub async fn void(
    cx: &Context,
    who: &Principal,
    id: InvoiceId,
    reason: Option<String>,
) -> Result<View, Error> {
    text("/reason", reason.as_deref(), 500)?;
    let (mut tx, ws) = (cx.store.write_in(who.workspace_id).await?, who.workspace_id);
    let invoice = store::invoices::get(&mut tx, ws, id).await?;
    if invoice.paid_minor != 0 || invoice.credited_minor != 0 {
        return Err(Error::HasPayments);
    }
    invoice.status.allows(Step::Void)?;
    trail::give_back(&mut tx, who, id, reason.as_deref()).await?;
    if let Some(original) = invoice.credits_id {
        give_credit_back(&mut tx, original, &invoice).await?;
    }
    let to = Progress {
        status: Some(Status::Void),
        void_reason: Some(reason),
        ..Progress::default()
    };
    store::invoices::progress(&mut tx, ws, id, invoice.version, &to).await?;
    let view = read::view(&mut tx, ws, id).await?;
    tx.commit().await?;
    Ok(view)
}

async fn give_credit_back(
    tx: &mut store::Tx,
    original: InvoiceId,
    credit: &Invoice,
) -> Result<(), Error> {
    let ws = credit.workspace_id;
    let mut invoice = store::invoices::get(tx, ws, original).await?;
    let billed = store::invoices::entries::list(tx, ws, original).await?;
    let lines = store::invoices::lines::list(tx, ws, original).await?;
    if billed.is_empty() && lines.iter().any(|line| line.from_entries) {
        return Err(Error::EntriesReleased);
    }
    invoice.credited_minor -= credit.total_minor;
    let to = Progress {
        credited_minor: Some(invoice.credited_minor),
        ..Progress::default()
    };
    let changed = store::invoices::progress(tx, ws, original, invoice.version, &to).await?;
    paid(tx, &changed, changed.paid_minor).await
}

/// A draft that takes an invoice back: all of it, to be cut down where only a part is meant.
///
/// # Errors
/// [`Error::NotAllowed`], [`Error::TooMuch`] when nothing is left of it.
pub async fn credit(
    cx: &Context,
    who: &Principal,
    id: InvoiceId,
    once: &Once<'_, View>,
) -> Result<Outcome<View>, Error> {
    let (mut tx, ws) = (cx.store.write_in(who.workspace_id).await?, who.workspace_id);
    if let Some(answer) = once.claim(&mut tx, who).await? {
        return Ok(Outcome::Replayed(answer));
    }
    let invoice = store::invoices::get(&mut tx, ws, id).await?;
    invoice.status.allows(Step::Credit)?;
    if invoice.kind == Kind::CreditNote {
        return Err(invalid(
            "",
            "a credit note cannot be credited; cancel it instead",
        ));
    }
    let head = Head {
        kind: Kind::CreditNote,
        credits_id: Some(id),
        issued_on: None,
        terms: None,
        ..Head::from(&invoice)
    };
    let mut copies = store::invoices::lines::list(&mut tx, ws, id).await?;
    for line in &mut copies {
        line.id = store::invoices::lines::id(&tx);
        line.from_entries = false;
    }
    let totals = lines::totals(&head, &copies)?;
    let draft = store::invoices::create(&mut tx, ws, &head).await?;
    lines::write(&mut tx, who, draft.id, &mut copies, &[]).await?;
    store::invoices::update(&mut tx, ws, draft.id, draft.version, &head, &totals).await?;
    let view = read::view(&mut tx, ws, draft.id).await?;
    once.finish(&mut tx, who, &view).await?;
    tx.commit().await?;
    Ok(Outcome::Fresh(view))
}
