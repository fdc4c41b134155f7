//! Drafts.

use axum::extract::State;
use axum::response::Response;
use daybook_domain::InvoiceId;
use daybook_engine::invoices::edit::{self, Changes};
use daybook_engine::invoices::{Create, View, create as engine, read};
use daybook_engine::{Context, Principal};
use http::StatusCode;

use super::body::InvoiceBody;
use super::input::{self, InvoiceInput, InvoicePatch};
use super::part_inputs as parts;
use crate::extract::{Admin, Creating, Id, Json, answer, created};
use crate::problem::{Check, Problem};

/// Draft an invoice
///
/// From the client's approved, billable time of the period that is on no other invoice. An entry is on one invoice at most.
#[utoipa::path(post, path = "/invoices", tag = "Invoices", request_body = InvoiceInput, responses((status = 201, body = InvoiceBody)))]
pub async fn create(
    State(cx): State<Context>,
    Admin(who): Admin,
    Creating { body, key }: Creating<InvoiceInput>,
) -> Result<Response, Problem> {
    let ask = parse(body)?;
    let today = read::today_of(&cx, &who).await?;
    let render = move |view: &View| created(&InvoiceBody::new(view, today));
    let outcome = engine::create(&cx, &who, &ask, &key.once(&render)).await?;
    Ok(answer(outcome, render))
}

/// What a draft would be
///
/// Nothing is kept; the ids in the answer name nothing.
#[utoipa::path(post, path = "/invoices/preview", tag = "Invoices", request_body = InvoiceInput, responses((status = 200, body = InvoiceBody)))]
pub async fn preview(
    State(cx): State<Context>,
    Admin(who): Admin,
    Json(body): Json<InvoiceInput>,
) -> Result<Json<InvoiceBody>, Problem> {
    let ask = parse(body)?;
    let view = engine::preview(&cx, &who, &ask).await?;
    one(&cx, &who, &view).await
}

/// Change a draft
///
/// 409 `wrong_status` once it has a number: cancel it, or write a credit note.
#[utoipa::path(patch, path = "/invoices/{id}", tag = "Invoices", responses((status = 200, body = InvoiceBody)))]
pub async fn update(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<InvoiceId>,
    Json(patch): Json<InvoicePatch>,
) -> Result<Json<InvoiceBody>, Problem> {
    let mut check = Check::new();
    let changes = Changes {
        grouping: parts::grouping(&mut check, patch.grouping.as_deref()),
        rounding: patch
            .rounding
            .map(|rounding| parts::rounding(&mut check, &rounding)),
        tax: patch.tax.map(|tax| parts::tax(&mut check, "/tax", &tax)),
        currency: check.parse_opt("/currency", patch.currency.as_deref()),
        discount: patch
            .discount
            .map(|given| given.and_then(|discount| parts::discount(&mut check, &discount))),
        reference: patch.reference,
        notes: patch.notes,
        terms: patch.payment_terms,
        terms_days: patch.payment_terms_days,
        issued_on: patch.issued_on,
        lines: patch.lines.map(|lines| input::lines(&mut check, &lines)),
    };
    check.done()?;
    let view = edit::update(&cx, &who, id, changes).await?;
    one(&cx, &who, &view).await
}

/// Take up time anew
///
/// Lines made of time are made again from what is approved now; lines set by hand stay.
#[utoipa::path(post, path = "/invoices/{id}/refresh", tag = "Invoices", responses((status = 200, body = InvoiceBody)))]
pub async fn refresh(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<InvoiceId>,
) -> Result<Json<InvoiceBody>, Problem> {
    let view = edit::refresh(&cx, &who, id).await?;
    one(&cx, &who, &view).await
}

/// Delete a draft
///
/// Its time is free for another invoice. 409 `wrong_status` once it has a number.
#[utoipa::path(delete, path = "/invoices/{id}", tag = "Invoices", responses((status = 204)))]
pub async fn delete(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<InvoiceId>,
) -> Result<StatusCode, Problem> {
    edit::delete(&cx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn one(
    cx: &Context,
    who: &Principal,
    view: &View,
) -> Result<Json<InvoiceBody>, Problem> {
    let today = read::today_of(cx, who).await?;
    Ok(Json(InvoiceBody::new(view, today)))
}

fn parse(body: InvoiceInput) -> Result<Create, Problem> {
    let mut check = Check::new();
    let ask = Create {
        client_id: body.client_id.into(),
        period_start: body.period_start,
        period_end: body.period_end,
        project_id: body.project_id.map(Into::into),
        currency: check.parse_opt("/currency", body.currency.as_deref()),
        grouping: parts::grouping(&mut check, body.grouping.as_deref()),
        rounding: body
            .rounding
            .map(|rounding| parts::rounding(&mut check, &rounding)),
        tax: body.tax.map(|tax| parts::tax(&mut check, "/tax", &tax)),
        discount: body
            .discount
            .and_then(|discount| parts::discount(&mut check, &discount)),
        fallback_rate_minor: body.fallback_rate_minor,
        reference: body.reference,
        notes: body.notes,
        terms: body.payment_terms,
        terms_days: body.payment_terms_days,
        issued_on: body.issued_on,
        lines: input::lines(&mut check, &body.lines),
    };
    check.done()?;
    Ok(ask)
}
