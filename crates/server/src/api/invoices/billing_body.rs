//! What billing settings look like in answers.

use daybook_domain::invoice::{ClientProfile, Grouping};
use daybook_engine::store::billing::Billing;
use serde::Serialize;
use utoipa::ToSchema;

use super::parts::{AddressBody, RoundingBody, TaxBody};
use crate::api::wire::GroupingSchema;

/// What a workspace prints on its invoices.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WorkspaceBilling)]
pub struct BillingBody {
    /// Legal name; by default the workspace's.
    #[schema(required = true)]
    pub legal_name: Option<String>,
    /// Where.
    pub address: AddressBody,
    /// VAT number (it begins with a country), or the number the business is registered by.
    #[schema(required = true)]
    pub tax_id: Option<String>,
    /// E-mail.
    #[schema(required = true)]
    pub email: Option<String>,
    /// Account.
    #[schema(required = true)]
    pub iban: Option<String>,
    /// Bank.
    #[schema(required = true)]
    pub bic: Option<String>,
    /// Its name.
    #[schema(required = true)]
    pub bank_name: Option<String>,
    /// Days to pay.
    pub payment_terms_days: i64,
    /// Text about payment on new invoices.
    #[schema(required = true)]
    pub payment_terms: Option<String>,
    /// Text on new invoices.
    #[schema(required = true)]
    pub notes: Option<String>,
    /// Tax on new lines; null: not subject to tax.
    #[schema(required = true)]
    pub tax: Option<TaxBody>,
    /// How invoices are numbered, such as `{YYYY}-{NNNN}`.
    pub number_pattern: String,
    /// How credit notes are numbered; null: as invoices.
    #[schema(required = true)]
    pub credit_note_pattern: Option<String>,
    /// What becomes a line on new invoices.
    #[schema(value_type = GroupingSchema)]
    pub grouping: Grouping,
    /// How time is rounded on new invoices.
    pub rounding: RoundingBody,
    /// How many days after its due date a client is reminded of an invoice by mail, each once; empty: never.
    pub reminder_days: Vec<i64>,
    /// Whether there is a logo.
    pub has_logo: bool,
}

/// What a client has on invoices, beside name, e-mail and currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ClientBilling)]
pub struct ClientBillingBody {
    /// Legal name; by default the client's.
    #[schema(required = true)]
    pub legal_name: Option<String>,
    /// Where.
    pub address: AddressBody,
    /// VAT number.
    #[schema(required = true)]
    pub tax_id: Option<String>,
    /// Days to pay; by default the workspace's.
    #[schema(required = true)]
    pub payment_terms_days: Option<i64>,
    /// What they want to read on invoices.
    #[schema(required = true)]
    pub reference: Option<String>,
}

impl From<&Billing> for BillingBody {
    fn from(billing: &Billing) -> Self {
        let profile = billing.profile.clone();
        Self {
            legal_name: profile.legal_name,
            address: (&profile.address).into(),
            tax_id: profile.tax_id,
            email: profile.email,
            iban: profile.iban,
            bic: profile.bic,
            bank_name: profile.bank_name,
            payment_terms_days: profile.payment_terms_days,
            payment_terms: profile.payment_terms,
            notes: profile.notes,
            tax: profile.tax.as_ref().map(Into::into),
            number_pattern: profile.number_pattern,
            credit_note_pattern: profile.credit_note_pattern,
            grouping: profile.grouping,
            rounding: profile.rounding.into(),
            reminder_days: profile.reminder_days,
            has_logo: billing.logo.is_some(),
        }
    }
}

impl From<ClientProfile> for ClientBillingBody {
    fn from(profile: ClientProfile) -> Self {
        Self {
            legal_name: profile.legal_name,
            address: (&profile.address).into(),
            tax_id: profile.tax_id,
            payment_terms_days: profile.payment_terms_days,
            reference: profile.reference,
        }
    }
}
