//! Clients.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use daybook_domain::ClientId;
use daybook_engine::store::clients::{Changes, Client, NewClient};
use daybook_engine::store::projects::Filter;
use daybook_engine::{Context, Principal, clients, projects};
use http::StatusCode;
use jiff::Timestamp;

use super::body::ClientBody;
use super::input::{ClientInput, ClientPatch, ClientQuery};
use crate::cursor::List;
use crate::extract::{Creating, Id, Json, Page, Query, Reader, Writer, answer, created};
use crate::problem::Problem;

/// Projects that are counted at most.
const COUNTED: i64 = 10_000;

/// List clients
#[utoipa::path(get, path = "/clients", tag = "Time", params(ClientQuery), responses((status = 200, body = List<ClientBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<ClientQuery>,
) -> Result<Json<List<ClientBody>>, Problem> {
    let page: Page<(Timestamp, ClientId)> = Page::new(query.limit, query.cursor.as_deref())?;
    let rows = clients::list(
        &cx,
        &who,
        query.archived,
        page.after,
        i64::from(page.fetch()),
    )
    .await?;
    let counts = counts(&cx, &who, None).await?;
    let body = |row: Client| ClientBody::new(&row, counts.get(&row.id).copied().unwrap_or(0), &who);
    Ok(page.list(rows, |row| (row.created_at, row.id), body))
}

/// Create a client
///
/// Anybody who writes may; its `currency` is for owners and admins to say.
#[utoipa::path(post, path = "/clients", tag = "Time", request_body = ClientInput, responses((status = 201, body = ClientBody)))]
pub async fn create(
    State(cx): State<Context>,
    Writer(who): Writer,
    Creating { body, key }: Creating<ClientInput>,
) -> Result<Response, Problem> {
    let ClientInput {
        name,
        email,
        currency,
        color,
        notes,
    } = body;
    let new = NewClient {
        name: name.trim().to_owned(),
        currency,
        color,
        email,
        notes,
    };
    let reader = who.clone();
    let render = move |client: &Client| created(&ClientBody::new(client, 0, &reader));
    let outcome = clients::create(&cx, &who, new, &key.once(&render)).await?;
    Ok(answer(outcome, render))
}

/// A client
#[utoipa::path(get, path = "/clients/{id}", tag = "Time", responses((status = 200, body = ClientBody)))]
pub async fn get(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<ClientId>,
) -> Result<Json<ClientBody>, Problem> {
    let client = clients::get(&cx, &who, id).await?;
    one(&cx, &who, &client).await
}

/// Change a client
///
/// For owners and admins.
#[utoipa::path(patch, path = "/clients/{id}", tag = "Time", responses((status = 200, body = ClientBody)))]
pub async fn update(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<ClientId>,
    Json(patch): Json<ClientPatch>,
) -> Result<Json<ClientBody>, Problem> {
    let ClientPatch {
        name,
        email,
        currency,
        color,
        notes,
        archived,
    } = patch;
    let changes = Changes {
        name,
        currency,
        color,
        email,
        notes,
        archived,
    };
    let client = clients::update(&cx, &who, id, changes).await?;
    one(&cx, &who, &client).await
}

/// Delete a client
///
/// For owners and admins. 409 `in_use` while something refers to it: archive it instead.
#[utoipa::path(delete, path = "/clients/{id}", tag = "Time", responses((status = 204)))]
pub async fn delete(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<ClientId>,
) -> Result<StatusCode, Problem> {
    clients::delete(&cx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn one(cx: &Context, who: &Principal, client: &Client) -> Result<Json<ClientBody>, Problem> {
    let counts = counts(cx, who, Some(client.id)).await?;
    Ok(Json(ClientBody::new(
        client,
        counts.get(&client.id).copied().unwrap_or(0),
        who,
    )))
}

/// How many projects each client (or the one) has.
async fn counts(
    cx: &Context,
    who: &Principal,
    client_id: Option<ClientId>,
) -> Result<HashMap<ClientId, u64>, Problem> {
    let filter = Filter {
        client_id,
        archived: true,
    };
    let mut counts = HashMap::new();
    for project in projects::list(cx, who, &filter, None, COUNTED).await? {
        if let Some(client) = project.client_id {
            *counts.entry(client).or_default() += 1;
        }
    }
    Ok(counts)
}
