//! Writing XML: elements, attributes, text; and the words both forms of the electronic invoice share.

use daybook_domain::invoice::{COUNTRIES, Document, Party, Quantity, TaxCategory, Unit};
use daybook_domain::money::decimal;
use jiff::civil::Date;

/// A document that is being written. Elements without a content of their own are left out.
pub(crate) struct Xml {
    text: String,
    open: Vec<(String, usize)>,
}

impl Xml {
    pub(crate) fn new() -> Self {
        Self {
            text: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"),
            open: Vec::new(),
        }
    }

    /// An element with elements in it.
    pub(crate) fn within(&mut self, name: &str, fill: impl FnOnce(&mut Self)) {
        self.within_as(name, "", fill);
    }

    /// As [`Xml::within`], with attributes as they are written.
    pub(crate) fn within_as(&mut self, name: &str, attributes: &str, fill: impl FnOnce(&mut Self)) {
        let start = self.text.len();
        self.text.push_str(&format!("<{name}{attributes}>"));
        self.open.push((name.to_owned(), self.text.len()));
        fill(self);
        let Some((name, filled)) = self.open.pop() else {
            return;
        };
        if self.text.len() == filled {
            self.text.truncate(start);
        } else {
            self.text.push_str(&format!("</{name}>\n"));
        }
    }

    /// An element with a text, unless that is empty.
    pub(crate) fn put(&mut self, name: &str, text: &str) {
        self.put_as(name, &[], text);
    }

    /// As [`Xml::put`], with attributes.
    pub(crate) fn put_as(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        let text = escape(text.trim());
        if text.is_empty() {
            return;
        }
        self.text.push('<');
        self.text.push_str(name);
        for (key, value) in attributes {
            self.text.push_str(&format!(" {key}=\"{}\"", escape(value)));
        }
        self.text.push_str(&format!(">{text}</{name}>\n"));
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}

/// Text without what XML 1.0 cannot hold.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(c),
            '\r' | '\u{fffe}' | '\u{ffff}' => {}
            c if c < ' ' => {}
            c => out.push(c),
        }
    }
    out
}

/// `20261105`.
pub(crate) fn compact(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

/// Code (UN/ECE Recommendation 20), quantity, and for how much of it the price is. Hours where they can be written exactly with
/// two decimals, otherwise minutes at a price for sixty: quantity × price is always the line's amount.
pub(crate) fn measured(quantity: Quantity) -> (&'static str, String, Option<&'static str>) {
    match quantity.unit {
        Unit::Hour if quantity.count % 3 == 0 => ("HUR", decimal(quantity.count / 3 * 5, 2), None),
        Unit::Hour => ("MIN", quantity.count.to_string(), Some("60")),
        Unit::Item => ("C62", quantity.shown(), None),
    }
}

/// The VAT number (it begins with a country); nobody's where nothing is subject to VAT (BR-O-02).
pub(crate) fn vat_id<'a>(document: &Document, party: &'a Party) -> Option<&'a str> {
    if not_subject(document) {
        return None;
    }
    let id = party.tax_id.as_deref()?;
    let country = id.get(..2)?;
    let known =
        country == "EL" || country == "XI" || COUNTRIES.split(' ').any(|one| one == country);
    (known && id.chars().nth(2).is_some_and(|c| c.is_ascii_alphanumeric())).then_some(id)
}

/// The tax number of the tax office, where it is no VAT number.
pub(crate) fn tax_number<'a>(document: &Document, party: &'a Party) -> Option<&'a str> {
    let id = party.tax_id.as_deref()?;
    (vat_id(document, party).is_none() && !not_subject(document)).then_some(id)
}

/// How the seller is registered, where there is no VAT number to know them by (BR-CO-26).
pub(crate) fn registration<'a>(document: &Document, party: &'a Party) -> Option<&'a str> {
    let id = party.tax_id.as_deref()?;
    vat_id(document, party).is_none().then_some(id)
}

/// Whether nothing on it is subject to tax.
pub(crate) fn not_subject(document: &Document) -> bool {
    let mut taxes = document.totals.taxes.iter();
    taxes.any(|one| one.tax.category == TaxCategory::NotSubject)
}

/// UNTDID 1001.
pub(crate) fn type_code(document: &Document) -> &'static str {
    match document.kind {
        daybook_domain::invoice::Kind::Invoice => "380",
        daybook_domain::invoice::Kind::CreditNote => "381",
    }
}

/// What is said about payment: the terms, or for a credit note which has no due date, what it is for (BR-CO-25).
pub(crate) fn terms(document: &Document) -> String {
    match (&document.terms, &document.preceding) {
        (Some(terms), _) => terms.clone(),
        (None, Some(preceding)) => format!("Credited to invoice {}", preceding.number),
        (None, None) => String::new(),
    }
}

/// A name on one line.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_exact_or_minutes() {
        let time = |count| {
            measured(Quantity {
                unit: Unit::Hour,
                count,
            })
        };
        assert_eq!(time(90), ("HUR", "1.50".to_owned(), None));
        assert_eq!(time(3), ("HUR", "0.05".to_owned(), None));
        assert_eq!(time(20), ("MIN", "20".to_owned(), Some("60")));
    }

    #[test]
    fn hostile_text_stays_text() {
        let mut xml = Xml::new();
        xml.within("a", |xml| {
            xml.put_as("b", &[("c", "\"><x")], "</b>\u{0}\u{1b}&\u{ffff}");
            xml.within("empty", |_| {});
        });
        let text = xml.finish();
        assert!(
            text.ends_with("<a><b c=\"&quot;&gt;&lt;x\">&lt;/b&gt;&amp;</b>\n</a>\n"),
            "{text}"
        );
    }
}
