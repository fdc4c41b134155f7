//! The business rules of EN 16931 that an invoice of ours could break: required facts, sums, and what each kind of tax wants.
//! Rules that our forms cannot break (an amount without a currency, a code out of its list) are not here.

use daybook_domain::invoice::{Document, Kind, TaxCategory};
use daybook_domain::money::round_div;

use crate::xml::{not_subject, tax_number, vat_id};

/// A rule that the invoice breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Its name in the standard.
    pub rule: &'static str,
    /// What to do about it.
    pub detail: String,
}

/// Every rule that this document breaks; none: its UBL and CII are electronic invoices.
#[must_use]
pub fn check(document: &Document) -> Vec<Broken> {
    let mut broken = Vec::new();
    let mut rule = |rule: &'static str, kept: bool, detail: &str| {
        if !kept {
            broken.push(Broken {
                rule,
                detail: detail.to_owned(),
            });
        }
    };
    facts(document, &mut rule);
    sums(document, &mut rule);
    taxes(document, &mut rule);
    broken
}

fn facts(document: &Document, rule: &mut impl FnMut(&'static str, bool, &str)) {
    let (seller, buyer) = (&document.seller, &document.buyer);
    rule(
        "BR-02",
        document.number.is_some(),
        "Finalise the invoice: it has no number.",
    );
    rule(
        "BR-06",
        !seller.name.trim().is_empty(),
        "Set your legal name in the billing settings.",
    );
    rule(
        "BR-07",
        !buyer.name.trim().is_empty(),
        "Set the client's name.",
    );
    rule(
        "BR-09",
        !seller.address.country.is_empty(),
        "Set your address with its country in the billing settings.",
    );
    rule(
        "BR-11",
        !buyer.address.country.is_empty(),
        "Set the client's address with its country.",
    );
    rule("BR-16", !document.lines.is_empty(), "Add a line.");
    let named = document
        .lines
        .iter()
        .all(|line| !line.description.trim().is_empty());
    rule("BR-25", named, "Give every line a description.");
    let prices = document.lines.iter().all(|line| line.price_minor >= 0);
    rule("BR-27", prices, "Make no price negative.");
    rule(
        "BR-29",
        document.period.is_none_or(|(start, end)| start <= end),
        "Let the period end after its start.",
    );
    rule(
        "BR-55",
        document.kind == Kind::Invoice || document.preceding.is_some(),
        "Name the invoice that the credit note takes back.",
    );
    rule(
        "BR-CO-25",
        document.kind == Kind::CreditNote || document.due.is_some() || document.terms.is_some(),
        "Set when it must be paid.",
    );
    rule(
        "BR-CO-26",
        seller.tax_id.is_some(),
        "Set your VAT number, or the number your business is registered by, in the billing settings.",
    );
    rule(
        "BR-DEC-09",
        document.currency.decimals() <= 2,
        "EN 16931 knows amounts of at most two decimals; this currency has more.",
    );
}

fn sums(document: &Document, rule: &mut impl FnMut(&'static str, bool, &str)) {
    let totals = &document.totals;
    let taxes = &totals.taxes;
    let damaged = "The sums of this invoice do not fit together; tell whoever runs this server.";
    let lines: i128 = document
        .lines
        .iter()
        .map(|line| i128::from(line.amount_minor))
        .sum();
    rule("BR-CO-10", lines == i128::from(totals.lines_minor), damaged);
    let sum = |pick: fn(&daybook_domain::invoice::TaxTotal) -> i64| -> i64 {
        taxes.iter().map(pick).fold(0, i64::saturating_add)
    };
    rule(
        "BR-CO-11",
        sum(|one| one.discount_minor) == totals.discount_minor,
        damaged,
    );
    rule(
        "BR-CO-13",
        totals.net_minor == totals.lines_minor - totals.discount_minor,
        damaged,
    );
    rule(
        "BR-CO-14",
        sum(|one| one.tax_minor) == totals.tax_minor,
        damaged,
    );
    rule(
        "BR-CO-15",
        i128::from(totals.total_minor)
            == i128::from(totals.net_minor) + i128::from(totals.tax_minor),
        damaged,
    );
    let exact = taxes.iter().all(|one| {
        let tax = round_div(
            i128::from(one.base_minor) * i128::from(one.tax.rate),
            10_000,
        );
        tax == i128::from(one.tax_minor)
    });
    rule("BR-CO-17", exact, damaged);
    rule(
        "BR-CO-18",
        document.lines.is_empty() || !taxes.is_empty(),
        damaged,
    );
    let based = taxes.iter().all(|one| {
        let of = document
            .lines
            .iter()
            .filter(|line| (line.tax.category, line.tax.rate) == (one.tax.category, one.tax.rate));
        let lines: i128 = of.map(|line| i128::from(line.amount_minor)).sum();
        lines - i128::from(one.discount_minor) == i128::from(one.base_minor)
    });
    rule("BR-S-08", based, damaged);
    let priced = document
        .lines
        .iter()
        .all(|line| line.quantity.amount(line.price_minor) == Ok(line.amount_minor));
    rule("PEPPOL-EN16931-R120", priced, damaged);
}

fn taxes(document: &Document, rule: &mut impl FnMut(&'static str, bool, &str)) {
    let any = |category| {
        let mut lines = document.lines.iter();
        lines.any(|line| line.tax.category == category)
    };
    let vat = vat_id(document, &document.seller).is_some();
    let known = vat || tax_number(document, &document.seller).is_some();
    let ours = "Set your VAT number in the billing settings.";
    for (name, category, kept) in [
        ("BR-S-02", TaxCategory::Standard, known),
        ("BR-Z-02", TaxCategory::Zero, known),
        ("BR-E-02", TaxCategory::Exempt, known),
        ("BR-AE-02", TaxCategory::ReverseCharge, known),
        ("BR-G-02", TaxCategory::Export, vat),
    ] {
        rule(name, kept || !any(category), ours);
    }
    let theirs = vat_id(document, &document.buyer).is_some();
    rule(
        "BR-AE-02",
        theirs || !any(TaxCategory::ReverseCharge),
        "Set the client's VAT number: with reverse charge they owe the tax.",
    );
    rule(
        "BR-O-11",
        !not_subject(document) || document.totals.taxes.len() == 1,
        "Do not mix lines that are not subject to tax with others.",
    );
    let rates = document
        .totals
        .taxes
        .iter()
        .all(|one| (one.tax.rate > 0) == (one.tax.category == TaxCategory::Standard));
    rule(
        "BR-S-05",
        rates,
        "Charge a rate above zero exactly where the category is S.",
    );
}
