//! What stands where on an invoice.

use daybook_domain::invoice::{Discount, Document, Kind, RoundingMode, TaxCategory, percent};

use crate::pen::Style;
use crate::sheet::{Column, MARGIN, Sheet, WIDTH};

const INNER: f32 = WIDTH - 2.0 * MARGIN;
const BODY: Style = Style::new(9.0);
const SMALL: Style = Style::new(7.5);

/// `Invoice 2026-0042`.
pub(crate) fn title(document: &Document) -> String {
    let what = document.kind.title();
    match &document.number {
        Some(number) => format!("{what} {number}"),
        None => format!("{what} (draft)"),
    }
}

/// Everything, on as many pages as it takes.
pub(crate) fn lay(document: &Document, has_logo: bool, sheet: &mut Sheet<'_>) {
    head(document, has_logo, sheet);
    lines(document, sheet);
    sums(document, sheet);
    words(document, sheet);
    proof(document, sheet);
    footers(document, sheet);
}

/// Who, for whom, which, when.
fn head(document: &Document, has_logo: bool, sheet: &mut Sheet<'_>) {
    let seller = &document.seller;
    let mut y = sheet.text(&seller.name, MARGIN, MARGIN, 250.0, Style::new(11.0).bold());
    let mut about = seller.address.lines();
    about.extend(seller.email.clone());
    about.extend(seller.tax_id.as_ref().map(|id| format!("Tax id {id}")));
    y = sheet.text(
        &about.join("\n"),
        MARGIN,
        y + 2.0,
        250.0,
        Style::new(8.5).grey(),
    );
    y = y.max(MARGIN + if has_logo { 62.0 } else { 20.0 }) + 34.0;
    let top = y;
    let buyer = &document.buyer;
    y = sheet.text("Billed to", MARGIN, y, 230.0, SMALL.grey());
    y = sheet.text(&buyer.name, MARGIN, y + 2.0, 230.0, BODY.bold());
    let mut about = buyer.address.lines();
    about.extend(buyer.tax_id.as_ref().map(|id| format!("Tax id {id}")));
    y = sheet.text(&about.join("\n"), MARGIN, y, 230.0, BODY);
    let below = facts(document, sheet, top);
    sheet.y = y.max(below) + 28.0;
    let name = title(document);
    sheet.flow(&name, MARGIN, INNER, Style::new(20.0).bold());
    sheet.y += 14.0;
}

fn facts(document: &Document, sheet: &mut Sheet<'_>, mut y: f32) -> f32 {
    let mut facts = vec![("Date", document.issued.to_string())];
    facts.extend(document.due.map(|due| ("Due", due.to_string())));
    facts.extend(
        document
            .period
            .map(|(start, end)| ("Period", format!("{start} – {end}"))),
    );
    facts.extend(document.reference.clone().map(|text| ("Reference", text)));
    let preceding = document.preceding.as_ref();
    facts.extend(preceding.map(|one| ("Takes back", format!("Invoice {}", one.number))));
    facts.push(("Currency", document.currency.code().to_owned()));
    for (name, value) in facts {
        let left = sheet.text(name, 330.0, y, 60.0, SMALL.grey());
        let right = sheet.text(&value, 392.0, y - 1.0, WIDTH - MARGIN - 392.0, BODY);
        y = left.max(right) + 3.0;
    }
    y
}

const LINES: [Column; 5] = [
    column(MARGIN, 222.0, false),
    column(MARGIN + 230.0, 52.0, true),
    column(MARGIN + 288.0, 62.0, true),
    column(MARGIN + 356.0, 44.0, true),
    column(MARGIN + 406.0, INNER - 406.0, true),
];

const fn column(x: f32, width: f32, right: bool) -> Column {
    Column { x, width, right }
}

fn table_head(sheet: &mut Sheet<'_>, columns: &[Column], names: &[&str]) {
    sheet.band(17.0);
    sheet.y += 4.0;
    sheet.row(columns, names, SMALL.bold(), &mut |_| {});
    sheet.y += 4.0;
}

fn lines(document: &Document, sheet: &mut Sheet<'_>) {
    let mut head = |sheet: &mut Sheet<'_>| {
        table_head(
            sheet,
            &LINES,
            &["Description", "Quantity", "Price", "Tax", "Amount"],
        )
    };
    sheet.room(60.0);
    head(sheet);
    let money = |minor| document.currency.grouped(minor);
    for line in &document.lines {
        let quantity = match line.quantity.unit {
            daybook_domain::invoice::Unit::Hour => format!("{} h", line.quantity.shown()),
            daybook_domain::invoice::Unit::Item => line.quantity.shown(),
        };
        let tax = match line.tax.category {
            TaxCategory::NotSubject => "–".to_owned(),
            _ => format!("{} %", line.tax.percent()),
        };
        let (price, amount) = (money(line.price_minor), money(line.amount_minor));
        let cells = [line.description.as_str(), &quantity, &price, &tax, &amount];
        sheet.row(&LINES, &cells, BODY, &mut head);
        sheet.rule(MARGIN, false);
        sheet.y += 4.5;
    }
}

const SUMS: [Column; 2] = [
    column(MARGIN + 230.0, 160.0, false),
    column(MARGIN + 392.0, INNER - 392.0, true),
];

fn sums(document: &Document, sheet: &mut Sheet<'_>) {
    let totals = &document.totals;
    let money = |minor| document.currency.grouped(minor);
    sheet.room(110.0);
    sheet.y += 4.0;
    let row = |sheet: &mut Sheet<'_>, name: &str, value: &str, style: Style| {
        sheet.row(&SUMS, &[name, value], style, &mut |_| {});
    };
    if totals.discount_minor > 0 || !totals.taxes.is_empty() {
        row(sheet, "Subtotal", &money(totals.lines_minor), BODY);
    }
    if totals.discount_minor > 0 {
        let name = match document.discount {
            Some(Discount::Percent { rate }) => format!("Discount {} %", percent(rate)),
            _ => "Discount".to_owned(),
        };
        row(
            sheet,
            &name,
            &format!("-{}", money(totals.discount_minor)),
            BODY,
        );
    }
    for one in &totals.taxes {
        match one.tax.why_none() {
            Some(why) => row(sheet, why, &money(0), BODY.grey()),
            None => {
                let name = format!(
                    "{} {} % on {}",
                    one.tax.name,
                    one.tax.percent(),
                    money(one.base_minor)
                );
                row(sheet, &name, &money(one.tax_minor), BODY);
            }
        }
    }
    sheet.y += 2.0;
    sheet.rule(SUMS[0].x, true);
    sheet.y += 6.0;
    let total = format!("{} {}", document.currency, money(totals.total_minor));
    row(sheet, "Total", &total, Style::new(11.5).bold());
}

/// Terms, where to pay, notes.
fn words(document: &Document, sheet: &mut Sheet<'_>) {
    let mut section = |name: &str, text: &str| {
        if text.trim().is_empty() {
            return;
        }
        sheet.y += 14.0;
        sheet.room(36.0);
        sheet.flow(name, MARGIN, INNER, SMALL.bold());
        sheet.y += 2.0;
        sheet.flow(text.trim(), MARGIN, INNER, BODY);
    };
    if let Some(bank) = document
        .bank
        .as_ref()
        .filter(|_| document.kind == Kind::Invoice)
    {
        let mut text = format!("IBAN {}", spaced(&bank.iban));
        if let Some(bic) = &bank.bic {
            text.push_str(&format!("\nBIC {bic}"));
        }
        if let Some(name) = &bank.name {
            text.push_str(&format!("\n{name}"));
        }
        if let Some(number) = &document.number {
            text.push_str(&format!("\nPlease give the reference {number}"));
        }
        section("Payment", &text);
    }
    section("Terms", document.terms.as_deref().unwrap_or_default());
    section("Notes", document.notes.as_deref().unwrap_or_default());
}

/// `CH93 0076 …`.
fn spaced(iban: &str) -> String {
    let mut text = String::new();
    for (n, c) in iban.chars().enumerate() {
        if n > 0 && n % 4 == 0 {
            text.push(' ');
        }
        text.push(c);
    }
    text
}

const PROOF: [Column; 5] = [
    column(MARGIN, 56.0, false),
    column(MARGIN + 62.0, 84.0, false),
    column(MARGIN + 152.0, 84.0, false),
    column(MARGIN + 242.0, 190.0, false),
    column(MARGIN + 438.0, INNER - 438.0, true),
];

/// The entries behind the lines, on pages of their own.
fn proof(document: &Document, sheet: &mut Sheet<'_>) {
    if document.proof.is_empty() {
        return;
    }
    sheet.turn();
    sheet.flow("Time sheet", MARGIN, INNER, Style::new(14.0).bold());
    if document.rounding.mode != RoundingMode::None {
        sheet.y += 2.0;
        let how = format!(
            "Time as it was recorded. On the invoice it is rounded ({}, {} minutes, per {}).",
            document.rounding.mode, document.rounding.minutes, document.rounding.per
        );
        sheet.flow(&how, MARGIN, INNER, SMALL.grey());
    }
    sheet.y += 8.0;
    let mut head = |sheet: &mut Sheet<'_>| {
        table_head(sheet, &PROOF, &["Day", "Who", "Project", "What", "Hours"])
    };
    head(sheet);
    let mut sum = 0_i64;
    for entry in &document.proof {
        sum = sum.saturating_add(entry.minutes);
        let (day, hours) = (entry.day.to_string(), clock(entry.minutes));
        let project = entry.project.as_deref().unwrap_or("–");
        let cells = [
            day.as_str(),
            &entry.member,
            project,
            &entry.description,
            &hours,
        ];
        sheet.row(&PROOF, &cells, Style::new(8.0), &mut head);
    }
    sheet.room(30.0);
    sheet.rule(MARGIN, true);
    sheet.y += 5.0;
    let cells = ["Total", "", "", "", &clock(sum)];
    sheet.row(&PROOF, &cells, Style::new(8.5).bold(), &mut |_| {});
}

/// `1:30`.
fn clock(minutes: i64) -> String {
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

fn footers(document: &Document, sheet: &mut Sheet<'_>) {
    let pages = sheet.pages();
    let about = format!("{} · {}", document.seller.name, title(document));
    for number in 0..pages {
        let page = format!("{} / {pages}", number + 1);
        sheet.footer(number, &about, &page);
    }
}
