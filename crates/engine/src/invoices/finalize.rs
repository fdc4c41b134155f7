//! A draft gets its number, and is never changed again.

use daybook_domain::InvoiceId;
use daybook_domain::invoice::{DEFAULT_PATTERN, Document, Kind, Pattern, Profile, Status, Step};
use daybook_store as store;
use store::invoices::{Finalized, Invoice, Progress};

use super::read::{self, View};
use super::{Error, document, trail};
use crate::{Context, Principal};

/// How a draft is finalised.
#[derive(Debug, Clone, Copy, Default)]
pub struct Finalize {
    /// Whether a credit note that leaves nothing of its invoice gives its time back; by default it does.
    pub release_entries: Option<bool>,
    /// Also with letters that no font has.
    pub accept_unprintable: bool,
}

/// Finalises a draft: numbers it, marks its entries as invoiced, and freezes what is printed. All of it or nothing.
///
/// A credit note that leaves nothing of its invoice gives the invoice's time back, to be billed anew, unless it is said otherwise. One that takes a
/// part back never does.
///
/// # Errors
/// [`Error::Empty`], [`Error::EntriesChanged`], [`Error::NotAllowed`] when it has a number already; [`Error::Invalid`] for time that cannot be
/// given back; [`Error::Unprintable`] unless that is accepted.
pub async fn finalize(
    cx: &Context,
    who: &Principal,
    id: InvoiceId,
    ask: Finalize,
) -> Result<View, Error> {
    let done = attempt(cx, who, id, ask).await;
    if matches!(done, Err(Error::Changed | Error::EntriesChanged(_))) {
        // Of several at once one comes first, and the others find what it did: then it is not the draft that changed.
        let mut tx = cx.store.read_in(who.workspace_id).await?;
        let invoice = store::invoices::get(&mut tx, who.workspace_id, id).await?;
        invoice.status.allows(Step::Finalize)?;
    }
    done
}

async fn attempt(
    cx: &Context,
    who: &Principal,
    id: InvoiceId,
    ask: Finalize,
) -> Result<View, Error> {
    let (mut tx, ws) = (cx.store.write_in(who.workspace_id).await?, who.workspace_id);
    let invoice = store::invoices::get(&mut tx, ws, id).await?;
    invoice.status.allows(Step::Finalize)?;
    let lines = store::invoices::lines::list(&mut tx, ws, id).await?;
    if lines.is_empty() {
        return Err(Error::Empty);
    }
    let billed = store::invoices::entries::list(&mut tx, ws, id).await?;
    let taken = store::invoices::entries::mark_invoiced(&mut tx, ws, id).await?;
    if taken != billed.len() as u64 {
        drop(tx);
        let mut tx = cx.store.read_in(ws).await?;
        let changed = store::invoices::entries::changed(&mut tx, ws, id).await?;
        return Err(Error::EntriesChanged(changed));
    }
    let issued = match invoice.issued_on {
        Some(day) => day,
        None => read::today(cx, &mut tx, ws).await?,
    };
    let printed = document::build(&mut tx, ws, &invoice, &lines, &billed, issued).await?;
    let lacking = cx.settings.fonts.lacking(&printed);
    if !ask.accept_unprintable && !lacking.is_empty() {
        return Err(Error::Unprintable(lacking));
    }
    trail::invoiced(&mut tx, who, id, &billed).await?;
    credit(&mut tx, who, &invoice, ask.release_entries).await?;
    // The number comes last: the series is locked from here to the commit.
    number(&mut tx, &invoice, printed).await?;
    let view = read::view(&mut tx, ws, id).await?;
    tx.commit().await?;
    Ok(view)
}

/// Gives the invoice the next number of its series, and freezes what is printed.
async fn number(tx: &mut store::Tx, invoice: &Invoice, mut printed: Document) -> Result<(), Error> {
    let ws = invoice.workspace_id;
    let profile = store::billing::get(tx, ws).await?.profile;
    let pattern = pattern(&profile, invoice.kind)?;
    let issued = printed.issued;
    let series = pattern.series(issued);
    let serial = store::invoices::numbers::next(tx, ws, &series).await?;
    let number = pattern.number(issued, serial);
    printed.number = Some(number.clone());
    let done = Finalized {
        number: &number,
        series: &series,
        serial,
        issued_on: issued,
        due_on: printed.due,
        document: &printed,
    };
    let finalized = store::invoices::finalize(tx, ws, invoice.id, invoice.version, &done).await;
    finalized.map_err(|error| match error {
        store::Error::Conflict { constraint } if constraint.contains("number") => {
            Error::NumberTaken(number.clone())
        }
        other => other.into(),
    })?;
    Ok(())
}

/// What a credit note does to its invoice, and to the time of it.
async fn credit(
    tx: &mut store::Tx,
    who: &Principal,
    invoice: &Invoice,
    release_entries: Option<bool>,
) -> Result<(), Error> {
    let taken_back = match invoice.credits_id {
        Some(original) => take_back(tx, original, invoice).await?.then_some(original),
        None => None,
    };
    match (taken_back, release_entries) {
        (Some(original), None | Some(true)) => {
            trail::give_back(tx, who, original, Some("credit note")).await
        }
        (None, Some(true)) => Err(super::invalid(
            "/release_entries",
            "only a credit note that leaves nothing of its invoice gives the time back",
        )),
        (_, Some(false)) | (None, None) => Ok(()),
    }
}

fn pattern(profile: &Profile, kind: Kind) -> Result<Pattern, Error> {
    let own = profile.credit_note_pattern.as_ref();
    let text = match kind {
        Kind::CreditNote => own.unwrap_or(&profile.number_pattern),
        Kind::Invoice => &profile.number_pattern,
    };
    let parsed = text.parse().or_else(|_| DEFAULT_PATTERN.parse());
    parsed.map_err(|error: daybook_domain::invoice::BadPattern| {
        super::invalid("/number_pattern", error.to_string())
    })
}

/// The credit note is taken off what is left of its invoice; true when nothing is left then.
async fn take_back(
    tx: &mut store::Tx,
    original: InvoiceId,
    credit: &Invoice,
) -> Result<bool, Error> {
    let ws = credit.workspace_id;
    let invoice = store::invoices::get(tx, ws, original).await?;
    invoice.status.allows(Step::Credit)?;
    let credited = invoice.credited_minor.saturating_add(credit.total_minor);
    if credited > invoice.total_minor {
        let left = invoice.total_minor - invoice.credited_minor;
        return Err(Error::TooMuch {
            what: invoice.currency.grouped(credit.total_minor),
            open: invoice.currency.grouped(left),
        });
    }
    let settled = invoice.paid_minor.saturating_add(credited) >= invoice.total_minor;
    let to = Progress {
        credited_minor: Some(credited),
        status: settled.then_some(Status::Paid),
        ..Progress::default()
    };
    store::invoices::progress(tx, ws, original, invoice.version, &to).await?;
    Ok(credited == invoice.total_minor)
}
