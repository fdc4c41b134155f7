//! The invoice on paper: A4, PDF/A-3b, with the time sheet behind it and the electronic invoice inside.

use daybook_domain::invoice::{Discount, Document, Kind, RoundingMode, TaxCategory, percent};
use jiff::civil::Date;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{Size, Transform};
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::{Document as Pdf, SerializeSettings};

use crate::sheet::{Column, HEIGHT, MARGIN, Sheet, Style, WIDTH};
use crate::{check, cii};

const INNER: f32 = WIDTH - 2.0 * MARGIN;
const BODY: Style = Style::new(9.0);
const SMALL: Style = Style::new(7.5);

/// A logo.
#[derive(Debug, Clone)]
pub struct Logo {
    /// PNG, otherwise JPEG.
    pub is_png: bool,
    /// The picture.
    pub data: Vec<u8>,
}

/// The document could not be printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// Our own font does not open.
    #[error("the font cannot be read")]
    Font,
    /// The page has no size.
    #[error("the page cannot be made")]
    Page,
    /// The library refused.
    #[error("the PDF cannot be written: {0}")]
    Write(String),
}

/// The invoice as a PDF. A picture that cannot be read is left out.
///
/// # Errors
/// [`PrintError`]; only for faults of this program.
pub fn pdf(document: &Document, logo: Option<&Logo>) -> Result<Vec<u8>, PrintError> {
    let picture = logo.and_then(picture);
    let mut sheet = Sheet::new();
    lay(document, picture.is_some(), &mut sheet);
    // What the rules of PDF/A refuse is still an invoice.
    print(document, picture.as_ref(), &mut sheet, true)
        .or_else(|_| print(document, picture.as_ref(), &mut sheet, false))
}

fn print(
    document: &Document,
    picture: Option<&Image>,
    sheet: &mut Sheet,
    archival: bool,
) -> Result<Vec<u8>, PrintError> {
    let mut settings = SerializeSettings::default();
    if archival {
        settings.configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A3_B)
            .finish()
            .map_err(|error| PrintError::Write(format!("{error:?}")))?;
    }
    let mut pdf = Pdf::new_with(settings);
    pdf.set_metadata(
        Metadata::new()
            .title(title(document))
            .language("en".to_owned())
            .authors(vec![document.seller.name.clone()])
            .creator("Daybook".to_owned())
            .producer("Daybook".to_owned())
            .document_id(title(document))
            .creation_date(date(document.issued)),
    );
    if document.number.is_some() && check(document).is_empty() {
        pdf.embed_file(EmbeddedFile {
            path: "factur-x.xml".to_owned(),
            mime_type: MimeType::new("text/xml"),
            description: Some("The invoice as EN 16931 describes it (CII)".to_owned()),
            association_kind: AssociationKind::Alternative,
            data: cii(document).into_bytes().into(),
            modification_date: Some(date(document.issued)),
            compress: Some(true),
            location: None,
        });
    }
    let pages = sheet.pages();
    for number in 0..pages {
        let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or(PrintError::Page)?;
        let mut page = pdf.start_page_with(size);
        let mut surface = page.surface();
        sheet.draw(number, &mut surface)?;
        if let (0, Some(picture)) = (number, picture) {
            draw_logo(&mut surface, picture);
        }
        surface.finish();
        page.finish();
    }
    pdf.finish()
        .map_err(|error| PrintError::Write(format!("{error:?}").chars().take(300).collect()))
}

fn date(day: Date) -> DateTime {
    DateTime::new(day.year().unsigned_abs())
        .month(day.month().unsigned_abs())
        .day(day.day().unsigned_abs())
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn picture(logo: &Logo) -> Option<Image> {
    let data = logo.data.clone().into();
    // PDF/A knows no interpolation.
    let read = if logo.is_png {
        Image::from_png(data, false)
    } else {
        Image::from_jpeg(data, false)
    };
    read.ok()
}

/// Top right, within 150 × 56 points.
fn draw_logo(surface: &mut Surface<'_>, picture: &Image) {
    let (width, height) = picture.size();
    let (width, height) = (width.max(1) as f32, height.max(1) as f32);
    let scale = (150.0 / width).min(56.0 / height).min(1.0);
    let Some(size) = Size::from_wh(width * scale, height * scale) else {
        return;
    };
    let x = WIDTH - MARGIN - size.width();
    surface.push_transform(&Transform::from_translate(x, MARGIN));
    surface.draw_image(picture.clone(), size);
    surface.pop();
}

fn title(document: &Document) -> String {
    let what = match document.kind {
        Kind::Invoice => "Invoice",
        Kind::CreditNote => "Credit note",
    };
    match &document.number {
        Some(number) => format!("{what} {number}"),
        None => format!("{what} (draft)"),
    }
}

fn lay(document: &Document, has_logo: bool, sheet: &mut Sheet) {
    head(document, has_logo, sheet);
    lines(document, sheet);
    sums(document, sheet);
    words(document, sheet);
    proof(document, sheet);
    footers(document, sheet);
}

/// Who, for whom, which, when.
fn head(document: &Document, has_logo: bool, sheet: &mut Sheet) {
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

fn facts(document: &Document, sheet: &mut Sheet, mut y: f32) -> f32 {
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

fn table_head(sheet: &mut Sheet, columns: &[Column], names: &[&str]) {
    sheet.band(17.0);
    sheet.y += 4.0;
    sheet.row(columns, names, SMALL.bold(), &mut |_| {});
    sheet.y += 4.0;
}

fn lines(document: &Document, sheet: &mut Sheet) {
    let mut head = |sheet: &mut Sheet| {
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

fn sums(document: &Document, sheet: &mut Sheet) {
    let totals = &document.totals;
    let money = |minor| document.currency.grouped(minor);
    sheet.room(110.0);
    sheet.y += 4.0;
    let row = |sheet: &mut Sheet, name: &str, value: &str, style: Style| {
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
fn words(document: &Document, sheet: &mut Sheet) {
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
fn proof(document: &Document, sheet: &mut Sheet) {
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
    let mut head =
        |sheet: &mut Sheet| table_head(sheet, &PROOF, &["Day", "Who", "Project", "What", "Hours"]);
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

fn footers(document: &Document, sheet: &mut Sheet) {
    let pages = sheet.pages();
    let about = format!("{} · {}", document.seller.name, title(document));
    for number in 0..pages {
        let page = format!("{} / {pages}", number + 1);
        sheet.footer(number, &about, &page);
    }
}
