//! Invoices as documents.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use daybook_domain::InvoiceId;
use daybook_engine::Context;
use daybook_engine::invoices::paper::{self, Form};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::input::XmlQuery;
use crate::extract::{Id, Query, Reader};
use crate::problem::Problem;

/// The PDF of an invoice
///
/// PDF/A-3 with the time behind it; that of a finalised invoice holds the electronic invoice (`factur-x.xml`) when it keeps the
/// rules of EN 16931. The same bytes each time.
#[utoipa::path(get, path = "/invoices/{id}/pdf", tag = "Invoices", responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub async fn pdf(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<InvoiceId>,
) -> Result<Response, Problem> {
    let (name, bytes) = paper::pdf(&cx, &who, id).await?;
    let headers = [
        (CONTENT_TYPE, "application/pdf".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("inline; filename=\"{name}.pdf\""),
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// The electronic invoice
///
/// EN 16931 as UBL 2.1 or CII. 409 `still_draft` before it has a number; 422 `incomplete_invoice` names each rule it would break.
#[utoipa::path(get, path = "/invoices/{id}/xml", tag = "Invoices", params(XmlQuery), responses((status = 200, content_type = "application/xml", body = String)))]
pub async fn xml(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<InvoiceId>,
    Query(query): Query<XmlQuery>,
) -> Result<Response, Problem> {
    let form = match query.format.as_deref() {
        None | Some("ubl") => Form::Ubl,
        Some("cii") => Form::Cii,
        Some(_) => {
            return Err(Problem::invalid_field(
                "?format",
                "must be one of: ubl, cii",
            ));
        }
    };
    let (name, text) = paper::xml(&cx, &who, id, form).await?;
    let headers = [
        (CONTENT_TYPE, "application/xml".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.xml\""),
        ),
    ];
    Ok((headers, text).into_response())
}
