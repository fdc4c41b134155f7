//! What a workspace and its clients have on their invoices, as it is set by people.

use serde::{Deserialize, Serialize};

use super::{Address, Grouping, Rounding, Tax};

/// The pattern of a workspace that has set none.
pub const DEFAULT_PATTERN: &str = "{YYYY}-{NNNN}";
/// Days to pay, where nothing else is said.
pub const DEFAULT_TERMS_DAYS: i64 = 30;

/// What a workspace prints on its invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Legal name; `None`: the workspace's.
    pub legal_name: Option<String>,
    /// Where.
    pub address: Address,
    /// VAT number or another one of the tax office.
    pub tax_id: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Account, proven.
    pub iban: Option<String>,
    /// Bank.
    pub bic: Option<String>,
    /// Its name.
    pub bank_name: Option<String>,
    /// Days to pay.
    pub payment_terms_days: i64,
    /// Text about payment on new invoices.
    pub payment_terms: Option<String>,
    /// Text on new invoices.
    pub notes: Option<String>,
    /// Tax on new lines; `None`: not subject to tax.
    pub tax: Option<Tax>,
    /// How invoices are numbered.
    pub number_pattern: String,
    /// How credit notes are numbered; `None`: as invoices.
    pub credit_note_pattern: Option<String>,
    /// What becomes a line on new invoices.
    pub grouping: Grouping,
    /// How time is rounded on new invoices.
    pub rounding: Rounding,
    /// How many days after its due date a client is reminded of an invoice, each once, in order; none: never.
    pub reminder_days: Vec<i64>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            legal_name: None,
            address: Address::default(),
            tax_id: None,
            email: None,
            iban: None,
            bic: None,
            bank_name: None,
            payment_terms_days: DEFAULT_TERMS_DAYS,
            payment_terms: None,
            notes: None,
            tax: None,
            number_pattern: DEFAULT_PATTERN.to_owned(),
            credit_note_pattern: None,
            grouping: Grouping::Project,
            rounding: Rounding::NONE,
            reminder_days: Vec::new(),
        }
    }
}

/// What a client has on invoices, beside name, e-mail and currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientProfile {
    /// Legal name; `None`: the client's.
    pub legal_name: Option<String>,
    /// Where.
    pub address: Address,
    /// VAT number.
    pub tax_id: Option<String>,
    /// Days to pay; `None`: as the workspace says.
    pub payment_terms_days: Option<i64>,
    /// What they want to read on invoices: an order number, a cost centre.
    pub reference: Option<String>,
}
