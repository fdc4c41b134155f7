//! What invoices look like in answers.

use daybook_domain::invoice::{Grouping, Kind, Quantity, Status, Totals, Unit};
use daybook_engine::invoices::View;
use daybook_engine::invoices::read::Series;
use daybook_engine::store::invoices::Invoice;
use daybook_engine::store::invoices::deliveries::State as DeliveryState;
use daybook_engine::store::invoices::payments::Payment;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::delivery_body::DeliveryBody;
use super::parts::{DiscountBody, RoundingBody, TaxBody};
use crate::api::wire::{
    DeliveryStateSchema, GroupingSchema, InvoiceKindSchema, InvoiceStatusSchema, InvoiceUnitSchema,
};

/// A line of an invoice.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = InvoiceLine)]
pub struct LineBody {
    /// Id.
    pub id: Uuid,
    /// What.
    pub description: String,
    /// `hour`: time, counted in minutes at a price of an hour; `item`: anything else.
    #[schema(value_type = InvoiceUnitSchema)]
    pub unit: Unit,
    /// How many hours (to two decimals) or items.
    pub quantity: String,
    /// How many minutes, exactly; null for items.
    #[schema(required = true)]
    pub minutes: Option<i64>,
    /// Price of an hour or an item, in minor units (cents).
    pub price_minor: i64,
    /// Quantity × price, rounded half up.
    pub amount_minor: i64,
    /// Tax.
    pub tax: TaxBody,
    /// How many time entries it is made of; 0 for one set by hand.
    pub entries_count: usize,
    /// How many minutes those entries were recorded with, before `minutes` was rounded; null when there are none.
    #[schema(required = true)]
    pub recorded_minutes: Option<i64>,
}

/// What is taxed at one rate.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = InvoiceTax)]
pub struct TaxTotalBody {
    /// The tax.
    pub tax: TaxBody,
    /// What is taxed.
    pub base_minor: i64,
    /// The tax.
    pub tax_minor: i64,
}

/// A payment.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = InvoicePayment)]
pub struct PaymentBody {
    /// Id.
    pub id: Uuid,
    /// How much, in minor units (cents).
    pub amount_minor: i64,
    /// When.
    #[schema(value_type = String, format = Date)]
    pub paid_on: Date,
    /// Anything.
    #[schema(required = true)]
    pub note: Option<String>,
}

/// A rule of EN 16931 that the electronic invoice would break.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = InvoiceGap)]
pub struct GapBody {
    /// The rule.
    pub rule: String,
    /// What to do.
    pub detail: String,
}

/// An invoice in lists.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = InvoiceSummary)]
pub struct SummaryBody {
    /// Id.
    pub id: Uuid,
    /// What it is.
    #[schema(value_type = InvoiceKindSchema)]
    pub kind: Kind,
    /// Where it stands.
    #[schema(value_type = InvoiceStatusSchema)]
    pub status: Status,
    /// Whether it should have been paid.
    pub overdue: bool,
    /// Its number; a draft has none.
    #[schema(required = true)]
    pub number: Option<String>,
    /// For whom.
    pub client_id: Uuid,
    /// Their name.
    pub client_name: String,
    /// ISO 4217 code, of all amounts.
    pub currency: String,
    /// Digits after the point in this currency.
    pub currency_decimals: u32,
    /// Its date.
    #[schema(required = true, value_type = Option<String>, format = Date)]
    pub issued_on: Option<Date>,
    /// When it must be paid.
    #[schema(required = true, value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
    /// What is owed.
    pub total_minor: i64,
    /// What was paid.
    pub paid_minor: i64,
    /// What credit notes took back.
    pub credited_minor: i64,
    /// What is left to pay.
    pub open_minor: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An invoice or credit note.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Invoice)]
pub struct InvoiceBody {
    /// What lists show.
    #[serde(flatten)]
    pub summary: SummaryBody,
    /// The invoice that a credit note takes back.
    #[schema(required = true)]
    pub credits_id: Option<Uuid>,
    /// First day of the work.
    #[schema(required = true, value_type = Option<String>, format = Date)]
    pub period_start: Option<Date>,
    /// Last day of the work.
    #[schema(required = true, value_type = Option<String>, format = Date)]
    pub period_end: Option<Date>,
    /// Only work for this project.
    #[schema(required = true)]
    pub project_id: Option<Uuid>,
    /// What becomes a line.
    #[schema(value_type = GroupingSchema)]
    pub grouping: Grouping,
    /// How time is rounded.
    pub rounding: RoundingBody,
    /// Tax of new lines.
    pub tax: TaxBody,
    /// What is taken off.
    #[schema(required = true)]
    pub discount: Option<DiscountBody>,
    /// What the client wants to read.
    #[schema(required = true)]
    pub reference: Option<String>,
    /// Text.
    #[schema(required = true)]
    pub notes: Option<String>,
    /// Text about payment.
    #[schema(required = true)]
    pub payment_terms: Option<String>,
    /// Days to pay.
    pub payment_terms_days: i64,
    /// Lines, in order.
    pub lines: Vec<LineBody>,
    /// The sum of the lines.
    pub subtotal_minor: i64,
    /// The discount.
    pub discount_minor: i64,
    /// Subtotal less discount.
    pub net_minor: i64,
    /// One for each kind and rate of tax.
    pub taxes: Vec<TaxTotalBody>,
    /// The sum of the taxes.
    pub tax_minor: i64,
    /// Payments, by day.
    pub payments: Vec<PaymentBody>,
    /// How it went to the client, the first first: each sending and each reminder.
    pub deliveries: Vec<DeliveryBody>,
    /// Where the latest of them stands.
    #[schema(required = true, value_type = Option<DeliveryStateSchema>)]
    pub delivery_state: Option<DeliveryState>,
    /// What went wrong with the latest of them.
    #[schema(required = true)]
    pub last_error: Option<String>,
    /// What an electronic invoice would lack, while it is a draft.
    pub missing: Vec<GapBody>,
    /// Why it was cancelled.
    #[schema(required = true)]
    pub void_reason: Option<String>,
    /// When it got its number.
    #[schema(required = true)]
    pub finalized_at: Option<Timestamp>,
    /// When the client got it.
    #[schema(required = true)]
    pub sent_at: Option<Timestamp>,
    /// When it was found that its due date had passed.
    #[schema(required = true)]
    pub overdue_at: Option<Timestamp>,
    /// When nothing was left to pay.
    #[schema(required = true)]
    pub paid_at: Option<Timestamp>,
    /// When it was cancelled.
    #[schema(required = true)]
    pub voided_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A series of numbers.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = InvoiceSeries)]
pub struct SeriesBody {
    /// The number with `#` for the counter.
    pub series: String,
    /// The last count.
    pub last: i64,
    /// Counts that no invoice has: there should be none.
    pub missing: Vec<i64>,
}

/// The workspace's invoice numbers.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = InvoiceNumbering)]
pub struct NumberingBody {
    /// Whether no number is missing.
    pub gap_free: bool,
    /// The number that the next invoice of today would get.
    #[schema(required = true)]
    pub next_number: Option<String>,
    /// Every series.
    pub series: Vec<SeriesBody>,
}

impl SummaryBody {
    /// An invoice, as seen today.
    pub fn new(invoice: &Invoice, client_name: &str, today: Date) -> Self {
        let open = invoice.open_minor();
        let owed = invoice.kind == Kind::Invoice;
        Self {
            id: invoice.id.into(),
            kind: invoice.kind,
            status: invoice.status,
            overdue: owed && invoice.status.is_overdue(invoice.due_on, open, today),
            number: invoice.number.clone(),
            client_id: invoice.client_id.into(),
            client_name: client_name.to_owned(),
            currency: invoice.currency.code().to_owned(),
            currency_decimals: invoice.currency.decimals(),
            issued_on: invoice.issued_on,
            due_on: invoice.due_on,
            total_minor: invoice.total_minor,
            paid_minor: invoice.paid_minor,
            credited_minor: invoice.credited_minor,
            open_minor: open,
            created_at: invoice.created_at,
        }
    }
}

impl InvoiceBody {
    /// An invoice, as seen today.
    pub fn new(view: &View, today: Date) -> Self {
        let invoice = &view.invoice;
        let totals: &Totals = &invoice.totals;
        Self {
            summary: SummaryBody::new(invoice, &view.client_name, today),
            credits_id: invoice.credits_id.map(Into::into),
            period_start: invoice.period_start,
            period_end: invoice.period_end,
            project_id: invoice.project_id.map(Into::into),
            grouping: invoice.grouped_by,
            rounding: invoice.rounding.into(),
            tax: (&invoice.tax).into(),
            discount: invoice.discount.map(Into::into),
            reference: invoice.reference.clone(),
            notes: invoice.notes.clone(),
            payment_terms: invoice.terms.clone(),
            payment_terms_days: invoice.terms_days,
            lines: lines(view),
            subtotal_minor: totals.lines_minor,
            discount_minor: totals.discount_minor,
            net_minor: totals.net_minor,
            taxes: taxes(totals),
            tax_minor: totals.tax_minor,
            payments: view.payments.iter().map(payment).collect(),
            deliveries: view.deliveries.iter().map(DeliveryBody::from).collect(),
            delivery_state: view.deliveries.last().map(|last| last.state),
            last_error: view
                .deliveries
                .last()
                .and_then(|last| last.last_error.clone()),
            missing: view.missing.iter().map(gap).collect(),
            void_reason: invoice.void_reason.clone(),
            finalized_at: invoice.finalized_at,
            sent_at: invoice.sent_at,
            overdue_at: invoice.overdue_at,
            paid_at: invoice.paid_at,
            voided_at: invoice.voided_at,
            updated_at: invoice.updated_at,
        }
    }
}

fn lines(view: &View) -> Vec<LineBody> {
    let all = view.lines.iter().zip(&view.entries);
    all.map(|(line, on)| {
        let quantity = Quantity {
            unit: line.unit,
            count: line.quantity,
        };
        LineBody {
            id: line.id.into(),
            description: line.description.clone(),
            unit: line.unit,
            quantity: quantity.shown(),
            minutes: (line.unit == Unit::Hour).then_some(line.quantity),
            price_minor: line.price_minor,
            amount_minor: line.amount_minor,
            tax: (&line.tax).into(),
            entries_count: on.entries,
            recorded_minutes: (on.entries > 0).then_some(on.minutes),
        }
    })
    .collect()
}

fn taxes(totals: &Totals) -> Vec<TaxTotalBody> {
    let one = |one: &daybook_domain::invoice::TaxTotal| TaxTotalBody {
        tax: (&one.tax).into(),
        base_minor: one.base_minor,
        tax_minor: one.tax_minor,
    };
    totals.taxes.iter().map(one).collect()
}

fn payment(payment: &Payment) -> PaymentBody {
    PaymentBody {
        id: payment.id.into(),
        amount_minor: payment.amount_minor,
        paid_on: payment.paid_on,
        note: payment.note.clone(),
    }
}

fn gap((rule, detail): &(String, String)) -> GapBody {
    GapBody {
        rule: rule.clone(),
        detail: detail.clone(),
    }
}

impl From<Series> for SeriesBody {
    fn from(series: Series) -> Self {
        Self {
            series: series.series,
            last: series.last,
            missing: series.missing,
        }
    }
}
