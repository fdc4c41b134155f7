//! Parts of invoices and billing settings in requests.

use daybook_domain::invoice::{
    Address, Discount, Grouping, Rounding, RoundingMode, RoundingPer, Tax, TaxCategory,
};
use daybook_domain::money::parse_decimal;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::wire::{RoundingModeSchema, RoundingPerSchema, TaxCategorySchema};
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

/// A plain decimal.
pub(super) fn decimal(check: &mut Check, pointer: &str, text: &str, decimals: u32) -> i64 {
    parse_decimal(text.trim(), decimals).unwrap_or_else(|| {
        check.wrong(
            pointer,
            format!("must be a number such as 2.5, with at most {decimals} decimals"),
        );
        0
    })
}
