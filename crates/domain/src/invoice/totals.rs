//! From lines to the total.

use serde::{Deserialize, Serialize};

use super::{TaxCategory, Unit};
use crate::money::{self, TooLarge, bounded, round_div};

/// How much of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantity {
    /// What is counted.
    pub unit: Unit,
    /// Minutes for [`Unit::Hour`], thousandths for [`Unit::Item`].
    pub count: i64,
}

/// A tax on a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tax {
    /// What people call it: `VAT`.
    pub name: String,
    /// Its kind.
    pub category: TaxCategory,
    /// Hundredths of a percent: 810 is 8.1 %. Zero unless the kind is [`TaxCategory::Standard`].
    pub rate: i64,
    /// Why no tax is charged, where the law wants to read it.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What is taken off the sum of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Discount {
    /// Hundredths of a percent: 500 is 5 %.
    Percent {
        /// How many.
        rate: i64,
    },
    /// Minor units.
    Amount {
        /// How many.
        minor: i64,
    },
}

/// What is taxed at one rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxTotal {
    /// The tax.
    pub tax: Tax,
    /// The sum of its lines.
    pub lines_minor: i64,
    /// Its share of the discount.
    pub discount_minor: i64,
    /// What is taxed: lines less discount.
    pub base_minor: i64,
    /// The tax.
    pub tax_minor: i64,
}

/// What an invoice comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// The sum of the lines.
    pub lines_minor: i64,
    /// The discount, positive.
    pub discount_minor: i64,
    /// Lines less discount.
    pub net_minor: i64,
    /// One for each kind and rate of tax, in a stable order.
    pub taxes: Vec<TaxTotal>,
    /// The sum of the taxes.
    pub tax_minor: i64,
    /// Net plus taxes: what is owed.
    pub total_minor: i64,
}

/// The lines have no total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTotal {
    /// Beyond what amounts may be.
    #[error("the amounts add up to more than an invoice can hold (90 trillion units of money)")]
    TooLarge,
    /// More is taken off than there is.
    #[error("the discount is larger than the sum of the lines")]
    DiscountTooLarge,
    /// Less than nothing is asked for.
    #[error(
        "the lines of one tax rate add up to less than zero; take an amount back with a credit note"
    )]
    Negative,
    /// EN 16931, BR-O-11.
    #[error("lines that are not subject to tax cannot stand beside taxed ones on one invoice")]
    Mixed,
}

impl From<TooLarge> for BadTotal {
    fn from(_: TooLarge) -> Self {
        Self::TooLarge
    }
}

impl Quantity {
    /// Quantity × price, rounded half up.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub fn amount(self, price_minor: i64) -> Result<i64, TooLarge> {
        let divisor = match self.unit {
            Unit::Hour => 60,
            Unit::Item => 1000,
        };
        bounded(round_div(
            i128::from(self.count) * i128::from(price_minor),
            divisor,
        ))
    }

    /// For people: hours to two decimals, other things without idle zeros.
    #[must_use]
    pub fn shown(self) -> String {
        match self.unit {
            Unit::Hour => {
                let hundredths = round_div(i128::from(self.count) * 100, 60);
                money::decimal(i64::try_from(hundredths).unwrap_or(i64::MAX), 2)
            }
            Unit::Item => {
                let text = money::decimal(self.count, 3);
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            }
        }
    }
}

impl Tax {
    /// No tax at all.
    #[must_use]
    pub fn none() -> Self {
        Self {
            name: "VAT".to_owned(),
            category: TaxCategory::NotSubject,
            rate: 0,
            reason: None,
        }
    }

    /// `8.1`.
    #[must_use]
    pub fn percent(&self) -> String {
        percent(self.rate)
    }

    /// Why no tax is charged: what was said, or the usual words. `None` when tax is charged.
    #[must_use]
    pub fn why_none(&self) -> Option<&str> {
        let usual = match self.category {
            TaxCategory::Standard | TaxCategory::Zero => return None,
            TaxCategory::Exempt => "Exempt from VAT",
            TaxCategory::ReverseCharge => "Reverse charge",
            TaxCategory::Export => "Export outside the EU",
            TaxCategory::NotSubject => "Not subject to VAT",
        };
        Some(self.reason.as_deref().unwrap_or(usual))
    }

    fn key(&self) -> (TaxCategory, i64) {
        (self.category, self.rate)
    }
}

/// Hundredths of a percent without idle zeros: 810 is `8.1`.
#[must_use]
pub fn percent(rate: i64) -> String {
    let text = money::decimal(rate, 2);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Adds lines (amount and tax) up.
///
/// # Errors
/// See [`BadTotal`].
pub fn total(lines: &[(i64, Tax)], discount: Option<Discount>) -> Result<Totals, BadTotal> {
    let mut taxes: Vec<(Tax, i128)> = Vec::new();
    for (amount, tax) in lines {
        match taxes.iter_mut().find(|(known, _)| known.key() == tax.key()) {
            Some((_, sum)) => *sum += i128::from(*amount),
            None => taxes.push((tax.clone(), i128::from(*amount))),
        }
    }
    taxes.sort_by_key(|(tax, _)| tax.key());
    if taxes.len() > 1
        && taxes
            .iter()
            .any(|(tax, _)| tax.category == TaxCategory::NotSubject)
    {
        return Err(BadTotal::Mixed);
    }
    let mut sums = Vec::with_capacity(taxes.len());
    for (_, sum) in &taxes {
        let sum = bounded(*sum)?;
        if sum < 0 {
            return Err(BadTotal::Negative);
        }
        sums.push(sum);
    }
    let lines_minor = bounded(sums.iter().map(|sum| i128::from(*sum)).sum())?;
    let discount_minor = match discount {
        None => 0,
        Some(Discount::Amount { minor }) => minor,
        Some(Discount::Percent { rate }) => bounded(round_div(
            i128::from(lines_minor) * i128::from(rate),
            10_000,
        ))?,
    };
    if !(0..=lines_minor).contains(&discount_minor) {
        return Err(BadTotal::DiscountTooLarge);
    }
    let shares = money::share(discount_minor, &sums);
    let mut totals = Totals {
        lines_minor,
        discount_minor,
        net_minor: lines_minor - discount_minor,
        ..Totals::default()
    };
    for (((tax, _), lines_minor), discount_minor) in taxes.into_iter().zip(sums).zip(shares) {
        let base_minor = lines_minor - discount_minor;
        let tax_minor = bounded(round_div(
            i128::from(base_minor) * i128::from(tax.rate),
            10_000,
        ))?;
        totals.tax_minor = bounded(i128::from(totals.tax_minor) + i128::from(tax_minor))?;
        totals.taxes.push(TaxTotal {
            tax,
            lines_minor,
            discount_minor,
            base_minor,
            tax_minor,
        });
    }
    totals.total_minor = bounded(i128::from(totals.net_minor) + i128::from(totals.tax_minor))?;
    Ok(totals)
}
