//! What is printed on invoices.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use daybook_domain::ClientId;
use daybook_engine::Context;
use daybook_engine::invoices::billing::{self, Changes, ClientChanges};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use super::billing_body::{BillingBody, ClientBillingBody};
use super::billing_input::{BillingPatch, ClientBillingPatch, LogoInput};
use super::part_inputs as input;
use crate::extract::{Admin, Id, Json, Reader};
use crate::problem::{Check, Problem};

/// What the workspace prints on invoices
#[utoipa::path(get, path = "/workspace/billing", tag = "Invoices", responses((status = 200, body = BillingBody)))]
pub async fn get(
    State(cx): State<Context>,
    Admin(who): Admin,
) -> Result<Json<BillingBody>, Problem> {
    Ok(Json((&billing::get(&cx, &who).await?).into()))
}

/// Change what the workspace prints on invoices
///
/// Invoices that have a number stay as they are.
#[utoipa::path(patch, path = "/workspace/billing", tag = "Invoices", responses((status = 200, body = BillingBody)))]
pub async fn update(
    State(cx): State<Context>,
    Admin(who): Admin,
    Json(patch): Json<BillingPatch>,
) -> Result<Json<BillingBody>, Problem> {
    let mut check = Check::new();
    let changes = Changes {
        legal_name: patch.legal_name,
        address: patch.address.map(Into::into),
        tax_id: patch.tax_id,
        email: patch.email,
        iban: patch.iban,
        bic: patch.bic,
        bank_name: patch.bank_name,
        payment_terms_days: patch.payment_terms_days,
        payment_terms: patch.payment_terms,
        notes: patch.notes,
        tax: patch
            .tax
            .map(|given| given.map(|tax| input::tax(&mut check, "/tax", &tax))),
        number_pattern: patch.number_pattern,
        credit_note_pattern: patch.credit_note_pattern,
        grouping: input::grouping(&mut check, patch.grouping.as_deref()),
        rounding: patch
            .rounding
            .map(|rounding| input::rounding(&mut check, &rounding)),
        reminder_days: patch.reminder_days,
    };
    check.done()?;
    Ok(Json((&billing::update(&cx, &who, changes).await?).into()))
}

/// The workspace's logo
#[utoipa::path(get, path = "/workspace/billing/logo", tag = "Invoices", responses((status = 200, content_type = "image/png", body = Vec<u8>)))]
pub async fn logo(State(cx): State<Context>, Admin(who): Admin) -> Result<Response, Problem> {
    let logo = billing::logo(&cx, &who).await?;
    let logo = logo.ok_or_else(|| Problem::not_found("logo"))?;
    let headers = [
        (CONTENT_TYPE, logo.media_type),
        (CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    Ok((headers, logo.data).into_response())
}

/// Set the workspace's logo
///
/// A PNG or JPEG of at most 150 KiB and 2000 × 2000 pixels.
#[utoipa::path(put, path = "/workspace/billing/logo", tag = "Invoices", request_body = LogoInput, responses((status = 200, body = BillingBody)))]
pub async fn set_logo(
    State(cx): State<Context>,
    Admin(who): Admin,
    Json(input): Json<LogoInput>,
) -> Result<Json<BillingBody>, Problem> {
    let data = STANDARD
        .decode(input.data.trim())
        .map_err(|_| Problem::invalid_field("/data", "must be Base64"))?;
    Ok(Json(
        (&billing::set_logo(&cx, &who, Some(data)).await?).into(),
    ))
}

/// Take the workspace's logo away
///
/// Invoices that show it go on showing it.
#[utoipa::path(delete, path = "/workspace/billing/logo", tag = "Invoices", responses((status = 204)))]
pub async fn remove_logo(
    State(cx): State<Context>,
    Admin(who): Admin,
) -> Result<StatusCode, Problem> {
    billing::set_logo(&cx, &who, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a client has on invoices
#[utoipa::path(get, path = "/clients/{id}/billing", tag = "Invoices", responses((status = 200, body = ClientBillingBody)))]
pub async fn of_client(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<ClientId>,
) -> Result<Json<ClientBillingBody>, Problem> {
    Ok(Json(billing::of_client(&cx, &who, id).await?.into()))
}

/// Change what a client has on invoices
///
/// Invoices that have a number stay as they are.
#[utoipa::path(patch, path = "/clients/{id}/billing", tag = "Invoices", responses((status = 200, body = ClientBillingBody)))]
pub async fn update_client(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<ClientId>,
    Json(patch): Json<ClientBillingPatch>,
) -> Result<Json<ClientBillingBody>, Problem> {
    let changes = ClientChanges {
        legal_name: patch.legal_name,
        address: patch.address.map(Into::into),
        tax_id: patch.tax_id,
        payment_terms_days: patch.payment_terms_days,
        reference: patch.reference,
    };
    let profile = billing::update_client(&cx, &who, id, changes).await?;
    Ok(Json(profile.into()))
}
