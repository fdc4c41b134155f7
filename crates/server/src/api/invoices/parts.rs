//! Parts of invoices and billing settings in answers.

use daybook_domain::invoice::{
    Address, Discount, Rounding, RoundingMode, RoundingPer, Tax, TaxCategory,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::wire::{RoundingModeSchema, RoundingPerSchema, TaxCategorySchema};

/// Where somebody is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PostalAddress)]
pub struct AddressBody {
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

/// A tax.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Tax)]
pub struct TaxBody {
    /// What people call it.
    pub name: String,
    /// `S` taxed, `Z` taxed at zero, `E` exempt, `AE` reverse charge, `G` export, `O` not subject to tax.
    #[schema(value_type = TaxCategorySchema)]
    pub category: TaxCategory,
    /// Percent, such as `8.1`.
    pub rate: String,
    /// Why no tax is charged.
    #[schema(required = true)]
    pub reason: Option<String>,
}

/// How time is rounded.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Rounding)]
pub struct RoundingBody {
    /// How.
    #[schema(value_type = RoundingModeSchema)]
    pub mode: RoundingMode,
    /// To a multiple of so many minutes.
    pub minutes: i64,
    /// What is rounded.
    #[schema(value_type = RoundingPerSchema)]
    pub per: RoundingPer,
}

/// What is taken off the sum of the lines: percent or an amount.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Discount)]
pub struct DiscountBody {
    /// Percent, such as `5`.
    #[schema(required = true)]
    pub percent: Option<String>,
    /// Minor units (cents).
    #[schema(required = true)]
    pub amount_minor: Option<i64>,
}

impl From<&Address> for AddressBody {
    fn from(address: &Address) -> Self {
        Self {
            line1: address.line1.clone(),
            line2: address.line2.clone(),
            postal_code: address.postal_code.clone(),
            city: address.city.clone(),
            region: address.region.clone(),
            country: address.country.clone(),
        }
    }
}

impl From<&Tax> for TaxBody {
    fn from(tax: &Tax) -> Self {
        Self {
            name: tax.name.clone(),
            category: tax.category,
            rate: tax.percent(),
            reason: tax.reason.clone(),
        }
    }
}

impl From<Rounding> for RoundingBody {
    fn from(rounding: Rounding) -> Self {
        Self {
            mode: rounding.mode,
            minutes: rounding.minutes,
            per: rounding.per,
        }
    }
}

impl From<Discount> for DiscountBody {
    fn from(discount: Discount) -> Self {
        match discount {
            Discount::Percent { rate } => Self {
                percent: Some(daybook_domain::invoice::percent(rate)),
                amount_minor: None,
            },
            Discount::Amount { minor } => Self {
                percent: None,
                amount_minor: Some(minor),
            },
        }
    }
}
