//! The invoice as a document: everything that is printed, frozen when it gets its number.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Discount, Grouping, Kind, Quantity, Rounding, Tax, Totals};
use crate::money::Currency;

/// Where somebody is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// Street and number.
    pub line1: String,
    /// More of it.
    pub line2: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// State or canton.
    pub region: String,
    /// ISO 3166-1, two letters; empty when unknown.
    pub country: String,
}

/// Seller or buyer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Legal name.
    pub name: String,
    /// Where.
    pub address: Address,
    /// VAT number, or another one of the tax office.
    pub tax_id: Option<String>,
    /// E-mail.
    pub email: Option<String>,
}

/// Where to pay to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bank {
    /// Account.
    pub iban: String,
    /// Bank.
    pub bic: Option<String>,
    /// Name of the bank.
    pub name: Option<String>,
}

/// A line as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentLine {
    /// What.
    pub description: String,
    /// How much.
    pub quantity: Quantity,
    /// Price of an hour or a piece.
    pub price_minor: i64,
    /// Tax.
    pub tax: Tax,
    /// Quantity × price.
    pub amount_minor: i64,
}

/// An entry on the proof sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Its day.
    pub day: Date,
    /// Who.
    pub member: String,
    /// For what.
    pub project: Option<String>,
    /// What was done.
    pub description: String,
    /// How long it took, before rounding.
    pub minutes: i64,
}

/// The invoice that a credit note takes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preceding {
    /// Its number.
    pub number: String,
    /// Its date.
    pub issued: Option<Date>,
}

/// Everything that is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Invoice or credit note.
    pub kind: Kind,
    /// Its number; a draft has none.
    pub number: Option<String>,
    /// Its date.
    pub issued: Date,
    /// When it must be paid.
    pub due: Option<Date>,
    /// First and last day of the work.
    pub period: Option<(Date, Date)>,
    /// Of all amounts.
    pub currency: Currency,
    /// Who asks.
    pub seller: Party,
    /// Who pays.
    pub buyer: Party,
    /// Where to pay to.
    pub bank: Option<Bank>,
    /// What the client wants to read on it: an order number, a cost centre.
    pub reference: Option<String>,
    /// Free text.
    pub notes: Option<String>,
    /// Free text about payment.
    pub terms: Option<String>,
    /// What it takes back.
    pub preceding: Option<Preceding>,
    /// Lines.
    pub lines: Vec<DocumentLine>,
    /// What was taken off.
    pub discount: Option<Discount>,
    /// Sums.
    pub totals: Totals,
    /// How lines were made.
    pub grouping: Grouping,
    /// How time was rounded.
    pub rounding: Rounding,
    /// The entries behind the lines, in order.
    pub proof: Vec<Proof>,
    /// SHA-256 of the logo, in hexadecimal.
    pub logo: Option<String>,
}

impl Address {
    /// The lines of a label, without empty ones.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let town = format!("{} {}", self.postal_code, self.city);
        let last = [self.region.as_str(), self.country.as_str()];
        let last: Vec<&str> = last.into_iter().filter(|part| !part.is_empty()).collect();
        [
            self.line1.clone(),
            self.line2.clone(),
            town,
            last.join(", "),
        ]
        .into_iter()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
    }
}

/// ISO 3166-1 alpha-2.
pub const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";
