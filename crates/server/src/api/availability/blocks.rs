//! Blocks: time that members keep for themselves.

use axum::extract::State;
use axum::response::Response;
use daybook_domain::BlockId;
use daybook_engine::Context;
use daybook_engine::availability::{Error, blocks};
use daybook_engine::store::blocks::Block;
use http::StatusCode;
use jiff::Timestamp;

use super::body::BlockBody;
use super::input::{BlockInput, BlockPatch};
use crate::cursor::List;
use crate::extract::{Creating, Id, Json, Page, Paging, Query, Reader, Writer, answer, created};
use crate::problem::Problem;

/// List blocks
///
/// Your own; owners and admins see the whole workspace's.
#[utoipa::path(get, path = "/blocks", tag = "Availability", params(Paging), responses((status = 200, body = List<BlockBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(paging): Query<Paging>,
) -> Result<Json<List<BlockBody>>, Problem> {
    let page: Page<(Timestamp, BlockId)> = paging.page()?;
    let rows = blocks::list(&cx, &who, page.after, i64::from(page.fetch())).await?;
    Ok(page.list(
        rows,
        |row| (row.created_at, row.id),
        |row| BlockBody::new(&row),
    ))
}

/// Block time
///
/// Once (`start` and `end`) or every week (`weekly`). Blocked time is never offered.
#[utoipa::path(post, path = "/blocks", tag = "Availability", request_body = BlockInput, responses((status = 201, body = BlockBody)))]
pub async fn create(
    State(cx): State<Context>,
    Writer(who): Writer,
    Creating { body, key }: Creating<BlockInput>,
) -> Result<Response, Problem> {
    let when = body.when().map_err(|fault| Error::Invalid(vec![fault]))?;
    let title = body.title.unwrap_or_default();
    let render = |made: &Block| created(&BlockBody::new(made));
    let outcome = blocks::create(&cx, &who, &title, &when, &key.once(&render)).await?;
    Ok(answer(outcome, render))
}

/// A block
#[utoipa::path(get, path = "/blocks/{id}", tag = "Availability", responses((status = 200, body = BlockBody)))]
pub async fn get(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<BlockId>,
) -> Result<Json<BlockBody>, Problem> {
    Ok(Json(BlockBody::new(&blocks::get(&cx, &who, id).await?)))
}

/// Change a block
#[utoipa::path(patch, path = "/blocks/{id}", tag = "Availability", responses((status = 200, body = BlockBody)))]
pub async fn update(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<BlockId>,
    Json(patch): Json<BlockPatch>,
) -> Result<Json<BlockBody>, Problem> {
    let after = blocks::update(&cx, &who, id, &move |before: &Block| patch.decide(before)).await?;
    Ok(Json(BlockBody::new(&after)))
}

/// Delete a block
#[utoipa::path(delete, path = "/blocks/{id}", tag = "Availability", responses((status = 204)))]
pub async fn delete(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<BlockId>,
) -> Result<StatusCode, Problem> {
    blocks::delete(&cx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
