//! What happens to invoices: finalised, sent, paid, cancelled, taken back.

use axum::extract::State;
use axum::response::Response;
use daybook_domain::{InvoiceId, PaymentId};
use daybook_engine::Context;
use daybook_engine::accounts::once::Answer;
use daybook_engine::invoices::finalize::{self as engine, Finalize};
use daybook_engine::invoices::send::{self as engine_send, Send};
use daybook_engine::invoices::settle::{self, Pay};
use daybook_engine::invoices::{View, read};

use super::body::InvoiceBody;
use super::drafts::one;
use super::input::{CreditNoteInput, FinalizeInput, PaymentInput, SendInput, VoidInput};
use crate::extract::{
    Admin, Creating, CreatingOptional, Id, Id2, Json, OptionalJson, answer, created,
};
use crate::problem::Problem;

/// Finalise an invoice
///
/// It gets the next number of its series, its time becomes `invoiced`, and nothing that is printed on it ever changes again. A credit note that
/// leaves nothing of its invoice gives the invoice's time back, unless `release_entries` is false. 422 `cannot_be_printed` when a name or another
/// text has letters that no font of the server has.
#[utoipa::path(post, path = "/invoices/{id}/finalize", tag = "Invoices", request_body = Option<FinalizeInput>, responses((status = 200, body = InvoiceBody)))]
pub async fn finalize(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<InvoiceId>,
    OptionalJson(input): OptionalJson<FinalizeInput>,
) -> Result<Json<InvoiceBody>, Problem> {
    let ask = Finalize {
        release_entries: input.release_entries,
        accept_unprintable: input.accept_unprintable,
    };
    let view = engine::finalize(&cx, &who, id, ask).await?;
    one(&cx, &who, &view).await
}

/// Send an invoice to the client
///
/// By mail, with the PDF and, where the invoice has all that EN 16931 wants, the XML; again as often as you ask. What becomes of the
/// mail is told in `deliveries`. With `by_hand`, it is only noted that the client has it. 422 `no_recipient` when there is no address,
/// 503 `mail_not_configured` when this server sends no mail.
#[utoipa::path(post, path = "/invoices/{id}/send", tag = "Invoices", request_body = Option<SendInput>,
    params(("Idempotency-Key" = Option<String>, Header, description = "Your name for this sending: asked for again, it is not mailed twice.")),
    responses((status = 200, body = InvoiceBody)))]
pub async fn send(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<InvoiceId>,
    CreatingOptional { body, key }: CreatingOptional<SendInput>,
) -> Result<Response, Problem> {
    let ask = Send {
        to: body.to,
        message: body.message,
        by_hand: body.by_hand,
    };
    let today = read::today_of(&cx, &who).await?;
    let render = move |view: &View| Answer {
        status: 200,
        ..created(&InvoiceBody::new(view, today))
    };
    let outcome = engine_send::send(&cx, &who, id, &ask, &key.once(&render)).await?;
    Ok(answer(outcome, render))
}

/// Note a payment
///
/// Of all that is left, or of a part. The invoice is `paid` when nothing is left. `paid_on` is at most a year before the invoice's date and at
/// most tomorrow.
#[utoipa::path(post, path = "/invoices/{id}/pay", tag = "Invoices", request_body = PaymentInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "Your name for this payment: sent again, it is not noted twice.")),
    responses((status = 200, body = InvoiceBody)))]
pub async fn pay(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<InvoiceId>,
    Creating { body, key }: Creating<PaymentInput>,
) -> Result<Response, Problem> {
    let ask = Pay {
        amount_minor: body.amount_minor,
        paid_on: body.paid_on,
        note: body.note,
    };
    let today = read::today_of(&cx, &who).await?;
    let render = move |view: &View| Answer {
        status: 200,
        ..created(&InvoiceBody::new(view, today))
    };
    let outcome = settle::pay(&cx, &who, id, &ask, &key.once(&render)).await?;
    Ok(answer(outcome, render))
}

/// Remove a payment that was noted by mistake
#[utoipa::path(delete, path = "/invoices/{id}/payments/{payment_id}", tag = "Invoices", responses((status = 200, body = InvoiceBody)))]
pub async fn unpay(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id2(id, payment): Id2<InvoiceId, PaymentId>,
) -> Result<Json<InvoiceBody>, Problem> {
    let view = settle::unpay(&cx, &who, id, payment).await?;
    one(&cx, &who, &view).await
}

/// Cancel an invoice
///
/// It keeps its number, and its time is approved again. 409 `has_payments` when something was paid: write a credit note instead.
#[utoipa::path(post, path = "/invoices/{id}/void", tag = "Invoices", request_body = Option<VoidInput>, responses((status = 200, body = InvoiceBody)))]
pub async fn void(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<InvoiceId>,
    OptionalJson(input): OptionalJson<VoidInput>,
) -> Result<Json<InvoiceBody>, Problem> {
    let view = settle::void(&cx, &who, id, input.reason).await?;
    one(&cx, &who, &view).await
}

/// Draft a credit note
///
/// Of the whole invoice; cut its lines down where only a part is meant. It counts when it is finalised.
#[utoipa::path(post, path = "/invoices/{id}/credit-note", tag = "Invoices", request_body = CreditNoteInput, responses((status = 201, body = InvoiceBody)))]
pub async fn credit(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<InvoiceId>,
    Creating { body, key }: Creating<CreditNoteInput>,
) -> Result<Response, Problem> {
    let CreditNoteInput {} = body;
    let today = read::today_of(&cx, &who).await?;
    let render = move |view: &View| created(&InvoiceBody::new(view, today));
    let outcome = settle::credit(&cx, &who, id, &key.once(&render)).await?;
    Ok(answer(outcome, render))
}
