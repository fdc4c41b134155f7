//! What requests about invoices may say.

use daybook_domain::invoice::{
    Address, Discount, Grouping, Rounding, RoundingMode, RoundingPer, Tax, TaxCategory, Unit,
};
use daybook_domain::money::parse_decimal;
use daybook_engine::invoices::LineInput as Line;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::wire::{
    GroupingSchema, InvoiceKindSchema, InvoiceStatusSchema, InvoiceUnitSchema, RoundingModeSchema,
    RoundingPerSchema, TaxCategorySchema,
};
use crate::extract::{nullable, switch};
use crate::problem::Check;

/// A tax.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxInput {
    /// What people call it; by default VAT.
    pub name: Option<String>,
    /// By default `S` when the rate is above zero, otherwise `O`.
    #[schema(value_type = Option<TaxCategorySchema>)]
    pub category: Option<String>,
    /// Percent with at most two decimals, such as `8.1`.
    pub rate: String,
    /// Why no tax is charged.
    pub reason: Option<String>,
}

/// How time is rounded.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundingInput {
    /// How.
    #[schema(value_type = RoundingModeSchema)]
    pub mode: String,
    /// To a multiple of so many minutes; by default 15.
    pub minutes: Option<i64>,
    /// What is rounded; by default each entry.
    #[schema(value_type = Option<RoundingPerSchema>)]
    pub per: Option<String>,
}

/// What is taken off: one of the two.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscountInput {
    /// Percent with at most two decimals.
    pub percent: Option<String>,
    /// Minor units (cents).
    pub amount_minor: Option<i64>,
}

/// A line: a known one with its changes, or a new one.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineInput {
    /// The line this is; left out for a new one.
    pub line: Option<Uuid>,
    /// What.
    pub description: Option<String>,
    /// `item` (the default) or `hour`.
    #[schema(value_type = Option<InvoiceUnitSchema>)]
    pub unit: Option<String>,
    /// How many items, with at most three decimals; by default 1. For hours give minutes.
    pub quantity: Option<String>,
    /// How many minutes, for hours.
    pub minutes: Option<i64>,
    /// Price of an hour or an item, in minor units (cents).
    pub price_minor: Option<i64>,
    /// Tax; by default the invoice's.
    pub tax: Option<TaxInput>,
}

/// An invoice to be drafted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceInput {
    /// For whom.
    pub client_id: Uuid,
    /// Bill the approved time from this day (in the workspace's zone)
    #[schema(value_type = Option<String>, format = Date)]
    pub period_start: Option<Date>,
    /// to this one, included.
    #[schema(value_type = Option<String>, format = Date)]
    pub period_end: Option<Date>,
    /// Only work for this project.
    pub project_id: Option<Uuid>,
    /// ISO 4217 code; by default the client's.
    pub currency: Option<String>,
    /// What becomes a line; by default as the billing settings say.
    #[schema(value_type = Option<GroupingSchema>)]
    pub grouping: Option<String>,
    /// How time is rounded; by default as the billing settings say.
    pub rounding: Option<RoundingInput>,
    /// Tax of the lines; by default as the billing settings say.
    pub tax: Option<TaxInput>,
    /// What is taken off.
    pub discount: Option<DiscountInput>,
    /// Price of an hour of work that has no rate, in minor units (cents).
    pub fallback_rate_minor: Option<i64>,
    /// What the client wants to read.
    pub reference: Option<String>,
    /// Text.
    pub notes: Option<String>,
    /// Text about payment.
    pub payment_terms: Option<String>,
    /// Days to pay.
    pub payment_terms_days: Option<i64>,
    /// Its date; by default the day it is finalised.
    #[schema(value_type = Option<String>, format = Date)]
    pub issued_on: Option<Date>,
    /// Lines beside those made of time.
    #[serde(default)]
    #[schema(required = false)]
    pub lines: Vec<LineInput>,
}

/// Changes to a draft; null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoicePatch {
    /// What becomes a line: lines made of time are made anew.
    #[schema(value_type = Option<GroupingSchema>)]
    pub grouping: Option<String>,
    /// How time is rounded: lines made of time are made anew.
    pub rounding: Option<RoundingInput>,
    /// Tax, also of the lines that have the invoice's tax now.
    pub tax: Option<TaxInput>,
    /// ISO 4217 code; only while there is no time on the draft.
    pub currency: Option<String>,
    /// What is taken off.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<DiscountInput>)]
    pub discount: Option<Option<DiscountInput>>,
    /// What the client wants to read.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub reference: Option<Option<String>>,
    /// Text.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub notes: Option<Option<String>>,
    /// Text about payment.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub payment_terms: Option<Option<String>>,
    /// Days to pay.
    pub payment_terms_days: Option<i64>,
    /// Its date.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, format = Date)]
    pub issued_on: Option<Option<Date>>,
    /// All lines, in order. A line made of time that is left out frees its entries.
    pub lines: Option<Vec<LineInput>>,
}

/// A payment to be noted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentInput {
    /// How much, in minor units (cents); by default all that is left.
    pub amount_minor: Option<i64>,
    /// When; by default today.
    #[schema(value_type = Option<String>, format = Date)]
    pub paid_on: Option<Date>,
    /// Anything.
    pub note: Option<String>,
}

/// Why an invoice is cancelled.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidInput {
    /// Why.
    pub reason: Option<String>,
}

/// A credit note to be drafted: of the whole invoice, to be cut down as a draft.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditNoteInput {}

/// Where somebody is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AddressInput {
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
    /// ISO 3166-1, two letters.
    pub country: String,
}

/// Changes to what is printed on invoices; null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BillingPatch {
    /// Legal name.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub legal_name: Option<Option<String>>,
    /// Where, all of it.
    pub address: Option<AddressInput>,
    /// VAT number.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub tax_id: Option<Option<String>>,
    /// E-mail.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// Account.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub iban: Option<Option<String>>,
    /// Bank.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub bic: Option<Option<String>>,
    /// Its name.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub bank_name: Option<Option<String>>,
    /// Days to pay.
    pub payment_terms_days: Option<i64>,
    /// Text about payment.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub payment_terms: Option<Option<String>>,
    /// Text on new invoices.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub notes: Option<Option<String>>,
    /// Tax on new lines.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<TaxInput>)]
    pub tax: Option<Option<TaxInput>>,
    /// How invoices are numbered.
    pub number_pattern: Option<String>,
    /// How credit notes are numbered.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub credit_note_pattern: Option<Option<String>>,
    /// What becomes a line.
    #[schema(value_type = Option<GroupingSchema>)]
    pub grouping: Option<String>,
    /// How time is rounded.
    pub rounding: Option<RoundingInput>,
}

/// Changes to a client's part of invoices; null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientBillingPatch {
    /// Legal name.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub legal_name: Option<Option<String>>,
    /// Where, all of it.
    pub address: Option<AddressInput>,
    /// VAT number.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub tax_id: Option<Option<String>>,
    /// Days to pay.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<i64>)]
    pub payment_terms_days: Option<Option<i64>>,
    /// What they want to read.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub reference: Option<Option<String>>,
}

/// A logo.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogoInput {
    /// A PNG or JPEG of at most 150 KiB, in Base64.
    pub data: String,
}

/// Which invoices.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InvoiceQuery {
    /// In this state.
    #[param(value_type = Option<InvoiceStatusSchema>)]
    pub status: Option<String>,
    /// Invoices or credit notes.
    #[param(value_type = Option<InvoiceKindSchema>)]
    pub kind: Option<String>,
    /// For this client.
    pub client_id: Option<Uuid>,
    /// Only those that should have been paid.
    #[serde(default, deserialize_with = "switch")]
    #[param(required = false)]
    pub overdue: bool,
    /// Issued on or after this date.
    #[param(value_type = Option<String>)]
    pub from: Option<String>,
    /// Issued before this date.
    #[param(value_type = Option<String>)]
    pub to: Option<String>,
    /// Rows a page, by default 50.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The previous page's `next_cursor`.
    pub cursor: Option<String>,
}

/// Which electronic invoice.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct XmlQuery {
    /// `ubl` (the default) or `cii`.
    pub format: Option<String>,
}

impl From<AddressInput> for Address {
    fn from(input: AddressInput) -> Self {
        Self {
            line1: input.line1.trim().to_owned(),
            line2: input.line2.trim().to_owned(),
            postal_code: input.postal_code.trim().to_owned(),
            city: input.city.trim().to_owned(),
            region: input.region.trim().to_owned(),
            country: input.country.trim().to_owned(),
        }
    }
}

/// The tax, as far as it can be read.
pub(super) fn tax(check: &mut Check, pointer: &str, input: &TaxInput) -> Tax {
    let rate = decimal(check, &format!("{pointer}/rate"), &input.rate, 2);
    let category = check.parse_opt(&format!("{pointer}/category"), input.category.as_deref());
    let usual = if rate > 0 {
        TaxCategory::Standard
    } else {
        TaxCategory::NotSubject
    };
    Tax {
        name: input.name.clone().unwrap_or_else(|| "VAT".to_owned()),
        category: category.unwrap_or(usual),
        rate,
        reason: input.reason.clone(),
    }
}

/// How time is rounded, as far as it can be read.
pub(super) fn rounding(check: &mut Check, input: &RoundingInput) -> Rounding {
    let mode = check.parse("/rounding/mode", &input.mode);
    let per = check.parse_opt("/rounding/per", input.per.as_deref());
    Rounding {
        mode: mode.unwrap_or(RoundingMode::None),
        minutes: input.minutes.unwrap_or(15),
        per: per.unwrap_or(RoundingPer::Entry),
    }
}

/// What is taken off; nothing when neither is given.
pub(super) fn discount(check: &mut Check, input: &DiscountInput) -> Option<Discount> {
    match (&input.percent, input.amount_minor) {
        (Some(_), Some(_)) => {
            check.wrong("/discount", "must be percent or amount_minor, not both");
            None
        }
        (Some(percent), None) => Some(Discount::Percent {
            rate: decimal(check, "/discount/percent", percent, 2),
        }),
        (None, minor) => minor.map(|minor| Discount::Amount { minor }),
    }
}

/// What becomes a line.
pub(super) fn grouping(check: &mut Check, text: Option<&str>) -> Option<Grouping> {
    check.parse_opt("/grouping", text)
}

/// Lines as they are set by hand.
pub(super) fn lines(check: &mut Check, inputs: &[LineInput]) -> Vec<Line> {
    let all = inputs.iter().enumerate();
    all.map(|(at, input)| line(check, at, input)).collect()
}

fn line(check: &mut Check, at: usize, input: &LineInput) -> Line {
    let pointer = format!("/lines/{at}");
    let unit: Option<Unit> = check.parse_opt(&format!("{pointer}/unit"), input.unit.as_deref());
    let count = match (input.minutes, &input.quantity) {
        (Some(_), Some(_)) => {
            check.wrong(&pointer, "must have minutes or quantity, not both");
            None
        }
        (Some(minutes), None) => Some(minutes),
        (None, Some(text)) => Some(decimal(check, &format!("{pointer}/quantity"), text, 3)),
        (None, None) => None,
    };
    if unit == Some(Unit::Hour) && input.line.is_none() && input.minutes.is_none() {
        check.wrong(&format!("{pointer}/minutes"), "is needed for hours");
    }
    if input.minutes.is_some() && input.line.is_none() && unit != Some(Unit::Hour) {
        check.wrong(
            &format!("{pointer}/unit"),
            "must be hour where minutes are given",
        );
    }
    if input.line.is_none() && input.price_minor.is_none() {
        check.wrong(&format!("{pointer}/price_minor"), "is required");
    }
    Line {
        line: input.line.map(Into::into),
        description: input.description.clone(),
        unit,
        count,
        price_minor: input.price_minor,
        tax: input
            .tax
            .as_ref()
            .map(|one| tax(check, &format!("{pointer}/tax"), one)),
    }
}

fn decimal(check: &mut Check, pointer: &str, text: &str, decimals: u32) -> i64 {
    parse_decimal(text.trim(), decimals).unwrap_or_else(|| {
        check.wrong(
            pointer,
            format!("must be a number such as 2.5, with at most {decimals} decimals"),
        );
        0
    })
}
