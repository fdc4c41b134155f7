//! A draft gets its number, and is never changed again.

use daybook_domain::InvoiceId;
use daybook_domain::invoice::{DEFAULT_PATTERN, Kind, Pattern, Profile, Status, Step};
use daybook_store as store;
use store::invoices::{Finalized, Invoice, Progress};

use super::read::{self, View};
use super::{Error, document};
use crate::{Context, Principal};

/// Finalises a draft: numbers it, marks its entries as invoiced, and freezes what is printed. All of it or nothing.
///
/// # Errors
/// [`Error::Empty`], [`Error::EntriesChanged`], [`Error::NotAllowed`] when it has a number already.
pub async fn finalize(cx: &Context, who: &Principal, id: InvoiceId) -> Result<View, Error> {
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
    let mut printed = document::build(&mut tx, ws, &invoice, &lines, &billed, issued).await?;
    if let Some(original) = invoice.credits_id {
        take_back(&mut tx, original, &invoice).await?;
    }
    // The number comes last: the series is locked from here to the commit.
    let profile = store::billing::get(&mut tx, ws).await?.profile;
    let pattern = pattern(&profile, invoice.kind)?;
    let series = pattern.series(issued);
    let serial = store::invoices::numbers::next(&mut tx, ws, &series).await?;
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
    let finalized = store::invoices::finalize(&mut tx, ws, id, invoice.version, &done).await;
    finalized.map_err(|error| match error {
        store::Error::Conflict { constraint } if constraint.contains("number") => {
            Error::NumberTaken(number.clone())
        }
        other => other.into(),
    })?;
    let view = read::view(&mut tx, ws, id).await?;
    tx.commit().await?;
    Ok(view)
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

/// The credit note is taken off what is left of its invoice.
async fn take_back(tx: &mut store::Tx, original: InvoiceId, credit: &Invoice) -> Result<(), Error> {
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
    Ok(())
}
