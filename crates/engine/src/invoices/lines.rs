//! The lines of a draft: those made of entries, and those set by hand.

use std::collections::{HashMap, HashSet};

use daybook_domain::invoice::{Quantity, Tax, TaxCategory, Totals, Unit, draw, total};
use daybook_domain::{InvoiceId, InvoiceLineId, TimeEntryId};
use daybook_store as store;
use store::invoices::Head;
use store::invoices::entries::Billed;
use store::invoices::lines::Line;

use super::gather::Priced;
use super::{Error, MAX_LINES, invalid, text, trail};
use crate::Principal;

/// A line as it is set by hand.
#[derive(Debug, Clone, Default)]
pub struct LineInput {
    /// The line this is, if there is one; otherwise it is new.
    pub line: Option<InvoiceLineId>,
    /// What.
    pub description: Option<String>,
    /// What is counted.
    pub unit: Option<Unit>,
    /// How much: minutes or thousandths. Of a line made of entries it is theirs.
    pub count: Option<i64>,
    /// Price of an hour or a piece.
    pub price_minor: Option<i64>,
    /// Tax; by default the invoice's.
    pub tax: Option<Tax>,
}

/// The lines these entries make, and which entry is on which.
pub(super) fn of_entries(
    tx: &store::Tx,
    head: &Head,
    work: &[Priced],
) -> Result<(Vec<Line>, Vec<Billed>), Error> {
    let versions: HashMap<TimeEntryId, &Priced> =
        work.iter().map(|one| (one.0.entry, one)).collect();
    let plain: Vec<_> = work.iter().map(|(work, _)| work.clone()).collect();
    let (mut lines, mut billed) = (Vec::new(), Vec::new());
    for drawn in draw(&plain, head.grouped_by, head.rounding) {
        let id = store::invoices::lines::id(tx);
        let mut line = Line {
            id,
            position: 0,
            description: drawn.description,
            unit: Unit::Hour,
            quantity: drawn.minutes,
            price_minor: drawn.rate_minor,
            tax: head.tax.clone(),
            amount_minor: 0,
            from_entries: true,
        };
        amount(&mut line)?;
        lines.push(line);
        let on = drawn.entries.iter().filter_map(|entry| versions.get(entry));
        billed.extend(on.map(|(work, version)| Billed {
            entry_id: work.entry,
            line_id: id,
            entry_version: *version,
            work: work.clone(),
        }));
    }
    Ok((lines, billed))
}

/// The lines in place of `old`, as they were set by hand.
pub(super) fn by_hand(
    tx: &store::Tx,
    head: &Head,
    old: &[Line],
    inputs: &[LineInput],
) -> Result<Vec<Line>, Error> {
    if inputs.len() > MAX_LINES.max(old.len()) {
        return Err(invalid(
            "/lines",
            format!("must be at most {MAX_LINES} lines"),
        ));
    }
    let mut lines: Vec<Line> = Vec::with_capacity(inputs.len());
    for (at, input) in inputs.iter().enumerate() {
        let field = |name: &str| format!("/lines/{at}/{name}");
        let mut line = match input.line {
            None => Line {
                id: store::invoices::lines::id(tx),
                position: 0,
                description: String::new(),
                unit: Unit::Item,
                quantity: 1000,
                price_minor: 0,
                tax: head.tax.clone(),
                amount_minor: 0,
                from_entries: false,
            },
            Some(id) => {
                let known = old.iter().find(|line| line.id == id);
                let known =
                    known.ok_or_else(|| invalid(field("line"), "is no line of this draft"))?;
                if lines.iter().any(|line| line.id == id) {
                    return Err(invalid(field("line"), "is there twice"));
                }
                known.clone()
            }
        };
        apply(&mut line, input, &field)?;
        lines.push(line);
    }
    Ok(lines)
}

fn apply(line: &mut Line, input: &LineInput, field: &dyn Fn(&str) -> String) -> Result<(), Error> {
    if let Some(description) = &input.description {
        line.description = description.trim().to_owned();
    }
    if line.description.is_empty() {
        return Err(invalid(field("description"), "must not be empty"));
    }
    text(&field("description"), Some(&line.description), 2000)?;
    let (unit, count) = (
        input.unit.unwrap_or(line.unit),
        input.count.unwrap_or(line.quantity),
    );
    if line.from_entries && (unit, count) != (line.unit, line.quantity) {
        return Err(invalid(
            field("quantity"),
            "belongs to the time entries of this line; change them, or add a line by hand",
        ));
    }
    (line.unit, line.quantity) = (unit, count);
    if let Some(price) = input.price_minor {
        line.price_minor = price;
    }
    if line.price_minor < 0 {
        return Err(invalid(
            field("price_minor"),
            "must not be negative; a negative quantity takes an amount off",
        ));
    }
    if let Some(tax) = &input.tax {
        check_tax(&field("tax"), tax)?;
        line.tax = tax.clone();
    }
    amount(line)
}

fn amount(line: &mut Line) -> Result<(), Error> {
    let quantity = Quantity {
        unit: line.unit,
        count: line.quantity,
    };
    let amount = quantity.amount(line.price_minor);
    line.amount_minor = amount.map_err(|error| Error::Total(error.into()))?;
    Ok(())
}

/// Percent from 0 to 100, and above zero exactly when the kind is `S` (EN 16931, BR-S-05, BR-Z-05 and so on).
pub(super) fn check_tax(pointer: &str, tax: &Tax) -> Result<(), Error> {
    text(&format!("{pointer}/name"), Some(&tax.name), 40)?;
    text(&format!("{pointer}/reason"), tax.reason.as_deref(), 500)?;
    let rate = format!("{pointer}/rate");
    if !(0..=10_000).contains(&tax.rate) {
        return Err(invalid(rate, "must be from 0 to 100 percent"));
    }
    match tax.category {
        TaxCategory::Standard if tax.rate == 0 => Err(invalid(
            rate,
            "must be more than 0 for the category S; without tax use Z, E, AE, G or O",
        )),
        TaxCategory::Standard => Ok(()),
        _ if tax.rate != 0 => Err(invalid(rate, "must be 0 for this category")),
        _ => Ok(()),
    }
}

/// What the lines come to.
pub(super) fn totals(head: &Head, lines: &[Line]) -> Result<Totals, Error> {
    let amounts: Vec<(i64, Tax)> = lines
        .iter()
        .map(|line| (line.amount_minor, line.tax.clone()))
        .collect();
    Ok(total(&amounts, head.discount)?)
}

/// Writes lines and entries in place of those that are there, and notes which entries came and went.
pub(super) async fn write(
    tx: &mut store::Tx,
    who: &Principal,
    id: InvoiceId,
    lines: &mut [Line],
    billed: &[Billed],
) -> Result<(), Error> {
    let ws = who.workspace_id;
    for (position, line) in (0..).zip(lines.iter_mut()) {
        line.position = position;
    }
    let was = store::invoices::entries::list(tx, ws, id).await?;
    store::invoices::entries::free(tx, ws, id).await?;
    store::invoices::lines::replace(tx, ws, id, lines).await?;
    store::invoices::entries::add(tx, ws, id, billed).await?;
    trail::taken(tx, who, id, &missing_in(&was, billed), false).await?;
    trail::taken(tx, who, id, &missing_in(billed, &was), true).await
}

/// Those of `some` that are not among the others.
fn missing_in(some: &[Billed], others: &[Billed]) -> Vec<Billed> {
    let others: HashSet<TimeEntryId> = others.iter().map(|billed| billed.entry_id).collect();
    let missing = some
        .iter()
        .filter(|billed| !others.contains(&billed.entry_id));
    missing.cloned().collect()
}
