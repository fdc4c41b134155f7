//! What requests about billing settings may say.

use serde::Deserialize;
use utoipa::ToSchema;

use super::part_inputs::{AddressInput, RoundingInput, TaxInput};
use crate::api::wire::GroupingSchema;
use crate::extract::nullable;

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
    /// How many days after the due date clients are reminded by mail, at most 10 numbers from 1 to 365; empty switches reminders off.
    pub reminder_days: Option<Vec<i64>>,
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
