//! Looking at invoices: for owners and admins.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use daybook_domain::InvoiceId;
use daybook_engine::Context;
use daybook_engine::invoices::read;
use daybook_engine::store::invoices::{Filter, Invoice};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use jiff::Timestamp;

use super::body::{InvoiceBody, NumberingBody, SummaryBody};
use super::drafts::one;
use super::input::InvoiceQuery;
use crate::api::watching::csv;
use crate::api::wire::date;
use crate::cursor::List;
use crate::extract::{Id, Json, Page, Query, Reader};
use crate::problem::{Check, Problem};

/// The most rows of an export.
const EXPORTED: i64 = 50_000;

/// List invoices
///
/// The newest first. Plain members see none.
#[utoipa::path(get, path = "/invoices", tag = "Invoices", params(InvoiceQuery), responses((status = 200, body = List<SummaryBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<InvoiceQuery>,
) -> Result<Json<List<SummaryBody>>, Problem> {
    let page: Page<(Timestamp, InvoiceId)> = Page::new(query.limit, query.cursor.as_deref())?;
    let (filter, overdue) = filter(&query)?;
    let limit = i64::from(page.fetch());
    let rows = read::list(&cx, &who, &filter, overdue, page.after, limit).await?;
    let today = read::today_of(&cx, &who).await?;
    Ok(page.list(
        rows,
        |(row, _)| (row.created_at, row.id),
        |(row, name)| SummaryBody::new(&row, &name, today),
    ))
}

/// An invoice
#[utoipa::path(get, path = "/invoices/{id}", tag = "Invoices", responses((status = 200, body = InvoiceBody)))]
pub async fn get(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<InvoiceId>,
) -> Result<Json<InvoiceBody>, Problem> {
    let view = read::get(&cx, &who, id).await?;
    one(&cx, &who, &view).await
}

/// The workspace's invoice numbers
///
/// Every series with its last count, and whether any number is missing.
#[utoipa::path(get, path = "/invoices/numbering", tag = "Invoices", responses((status = 200, body = NumberingBody)))]
pub async fn numbering(
    State(cx): State<Context>,
    Reader(who): Reader,
) -> Result<Json<NumberingBody>, Problem> {
    let (series, next_number) = read::numbering(&cx, &who).await?;
    Ok(Json(NumberingBody {
        gap_free: series.iter().all(|one| one.missing.is_empty()),
        next_number,
        series: series.into_iter().map(Into::into).collect(),
    }))
}

/// Invoices as CSV
///
/// Safe to open in a spreadsheet: text that would run as a formula is disarmed.
#[utoipa::path(get, path = "/invoices/export.csv", tag = "Invoices", params(InvoiceQuery), responses((status = 200, content_type = "text/csv", body = String)))]
pub async fn export(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<InvoiceQuery>,
) -> Result<Response, Problem> {
    let (filter, overdue) = filter(&query)?;
    let rows = read::list(&cx, &who, &filter, overdue, None, EXPORTED).await?;
    let mut text = csv::line([
        "number",
        "kind",
        "status",
        "client",
        "issued_on",
        "due_on",
        "currency",
        "net",
        "tax",
        "total",
        "paid",
        "credited",
        "open",
    ]);
    for (row, client) in &rows {
        text.push_str(&line(row, client));
    }
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"invoices.csv\""),
    ];
    Ok((headers, text).into_response())
}

fn line(row: &Invoice, client: &str) -> String {
    let money = |minor| row.currency.plain(minor);
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let cells = [
        row.number.clone().unwrap_or_default(),
        row.kind.to_string(),
        row.status.to_string(),
        client.to_owned(),
        day(row.issued_on),
        day(row.due_on),
        row.currency.to_string(),
        money(row.totals.net_minor),
        money(row.totals.tax_minor),
        money(row.total_minor),
        money(row.paid_minor),
        money(row.credited_minor),
        money(row.open_minor()),
    ];
    csv::line(cells.iter().map(String::as_str))
}

fn filter(query: &InvoiceQuery) -> Result<(Filter, bool), Problem> {
    let mut check = Check::new();
    let filter = Filter {
        status: check.parse_opt("?status", query.status.as_deref()),
        kind: check.parse_opt("?kind", query.kind.as_deref()),
        client_id: query.client_id.map(Into::into),
        due_before: None,
        issued_from: date(&mut check, "?from", query.from.as_deref()),
        issued_to: date(&mut check, "?to", query.to.as_deref()),
    };
    check.done()?;
    Ok((filter, query.overdue))
}
