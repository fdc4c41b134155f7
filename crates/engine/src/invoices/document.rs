//! Everything that is printed, put together: for a draft as it would be now, for an invoice once and for all.

use daybook_domain::WorkspaceId;
use daybook_domain::invoice::{
    Bank, Document, DocumentLine, Kind, Party, Preceding, Proof, Quantity,
};
use daybook_paper as paper;
use daybook_store as store;
use jiff::civil::Date;
use store::invoices::Invoice;
use store::invoices::entries::Billed;
use store::invoices::lines::Line;

use super::Error;

/// The document of an invoice of this date.
pub(super) async fn build(
    tx: &mut store::Tx,
    ws: WorkspaceId,
    invoice: &Invoice,
    lines: &[Line],
    billed: &[Billed],
    issued: Date,
) -> Result<Document, Error> {
    let workspace = store::workspaces::get(tx, ws).await?;
    let billing = store::billing::get(tx, ws).await?;
    let client = store::clients::get(tx, ws, invoice.client_id).await?;
    let theirs = store::billing::of_client(tx, ws, invoice.client_id).await?;
    let ours = billing.profile;
    let preceding = match invoice.credits_id {
        None => None,
        Some(id) => {
            let taken_back = store::invoices::get(tx, ws, id).await?;
            taken_back.number.map(|number| Preceding {
                number,
                issued: taken_back.issued_on,
            })
        }
    };
    Ok(Document {
        kind: invoice.kind,
        number: invoice.number.clone(),
        issued,
        due: due(invoice, issued),
        period: invoice.period_start.zip(invoice.period_end),
        currency: invoice.currency,
        seller: Party {
            name: ours.legal_name.unwrap_or(workspace.name),
            address: ours.address,
            tax_id: ours.tax_id,
            email: ours.email,
        },
        buyer: Party {
            name: theirs.legal_name.unwrap_or(client.name),
            address: theirs.address,
            tax_id: theirs.tax_id,
            email: client.email,
        },
        bank: ours.iban.map(|iban| Bank {
            iban,
            bic: ours.bic,
            name: ours.bank_name,
        }),
        reference: invoice.reference.clone(),
        notes: invoice.notes.clone(),
        terms: invoice.terms.clone(),
        preceding,
        lines: lines.iter().map(printed).collect(),
        discount: invoice.discount,
        totals: invoice.totals.clone(),
        grouping: invoice.grouped_by,
        rounding: invoice.rounding,
        proof: proof(billed),
        logo: billing.logo,
    })
}

/// When it must be paid; a credit note never.
pub(super) fn due(invoice: &Invoice, issued: Date) -> Option<Date> {
    let days = jiff::Span::new().try_days(invoice.terms_days).ok()?;
    (invoice.kind == Kind::Invoice)
        .then(|| issued.checked_add(days).ok())
        .flatten()
}

/// What the electronic invoice would lack.
pub(super) fn missing(document: &Document) -> Vec<(String, String)> {
    paper::check(document)
        .into_iter()
        .map(|broken| (broken.rule.to_owned(), broken.detail))
        .collect()
}

fn printed(line: &Line) -> DocumentLine {
    DocumentLine {
        description: line.description.clone(),
        quantity: Quantity {
            unit: line.unit,
            count: line.quantity,
        },
        price_minor: line.price_minor,
        tax: line.tax.clone(),
        amount_minor: line.amount_minor,
    }
}

fn proof(billed: &[Billed]) -> Vec<Proof> {
    let mut work: Vec<_> = billed.iter().map(|one| &one.work).collect();
    work.sort_by_key(|work| (work.day, work.entry));
    work.into_iter()
        .map(|work| Proof {
            day: work.day,
            member: work.member_name.clone(),
            project: work.project_name.clone(),
            description: work.description.clone(),
            minutes: work.minutes,
        })
        .collect()
}
