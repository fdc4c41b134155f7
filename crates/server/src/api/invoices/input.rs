//! What requests about invoices may say.

use daybook_domain::duration;
use daybook_domain::invoice::Unit;
use daybook_engine::invoices::LineInput as Line;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::part_inputs::{DiscountInput, RoundingInput, TaxInput, decimal, tax};
use crate::api::wire::{GroupingSchema, InvoiceKindSchema, InvoiceStatusSchema, InvoiceUnitSchema};
use crate::extract::{nullable, switch};
use crate::problem::Check;

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
    /// How many minutes, for hours; or
    pub minutes: Option<i64>,
    /// as you would type it: `2h 30m`, `1:30`, `2.5 hours`, or `2.5` alone. With a minus the amount is taken off.
    pub duration: Option<String>,
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

/// How a draft is finalised.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinalizeInput {
    /// Whether a credit note that leaves nothing of its invoice gives the invoice's time back, approved and free to be billed anew. By default it
    /// does; say false where the work is not to be billed at all. A credit note of a part never does.
    pub release_entries: Option<bool>,
    /// Finalise it although some of its letters cannot be printed: the PDF shows a placeholder for each, the electronic invoice has them.
    #[serde(default)]
    #[schema(required = false)]
    pub accept_unprintable: bool,
}

/// A credit note to be drafted: of the whole invoice, to be cut down as a draft.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditNoteInput {}

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

/// How an invoice is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SendInput {
    /// To which address; by default the client's.
    pub to: Option<String>,
    /// What you want to say in the mail, at most 5000 characters.
    pub message: Option<String>,
    /// The client got it another way: nothing is mailed.
    #[schema(required = false)]
    pub by_hand: bool,
}

/// Which electronic invoice.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct XmlQuery {
    /// `ubl` (the default) or `cii`.
    pub format: Option<String>,
}

/// Lines as they are set by hand.
pub(super) fn lines(check: &mut Check, inputs: &[LineInput]) -> Vec<Line> {
    let all = inputs.iter().enumerate();
    all.map(|(at, input)| line(check, at, input)).collect()
}

fn line(check: &mut Check, at: usize, input: &LineInput) -> Line {
    let pointer = format!("/lines/{at}");
    let unit: Option<Unit> = check.parse_opt(&format!("{pointer}/unit"), input.unit.as_deref());
    let minutes = minutes(check, &pointer, input);
    let count = match (minutes, &input.quantity) {
        (Some(_), Some(_)) => {
            check.wrong(&pointer, "must have minutes or quantity, not both");
            None
        }
        (Some(minutes), None) => Some(minutes),
        (None, Some(text)) => Some(decimal(check, &format!("{pointer}/quantity"), text, 3)),
        (None, None) => None,
    };
    let timed = input.minutes.is_some() || input.duration.is_some();
    if unit == Some(Unit::Hour) && input.line.is_none() && !timed {
        check.wrong(&format!("{pointer}/minutes"), "is needed for hours");
    }
    if timed && input.line.is_none() && unit != Some(Unit::Hour) {
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

/// The hours of a line, in minutes.
fn minutes(check: &mut Check, pointer: &str, input: &LineInput) -> Option<i64> {
    let Some(text) = &input.duration else {
        return input.minutes;
    };
    let pointer = format!("{pointer}/duration");
    if input.minutes.is_some() {
        check.wrong(&pointer, "must be left out where minutes are given");
        return input.minutes;
    }
    let read = duration::parse_line(text);
    read.map_err(|error| check.wrong(&pointer, error.to_string()))
        .ok()
}
