//! Calendar configurations.

use axum::extract::State;
use axum::response::Response;
use daybook_domain::ConfigurationId;
use daybook_domain::availability::Configuration as Settings;
use daybook_engine::Context;
use daybook_engine::availability::configurations::{self, Create, Update};
use daybook_engine::store::configurations::Configuration;
use http::StatusCode;
use jiff::Timestamp;

use super::body::ConfigurationBody;
use super::input::{ConfigurationInput, ConfigurationPatch};
use crate::cursor::List;
use crate::extract::{Creating, Id, Json, Page, Paging, Query, Reader, Writer, answer, created};
use crate::problem::Problem;

/// List calendar configurations
///
/// Your own; owners and admins see the whole workspace's.
#[utoipa::path(get, path = "/calendar-configurations", tag = "Availability", params(Paging), responses((status = 200, body = List<ConfigurationBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(paging): Query<Paging>,
) -> Result<Json<List<ConfigurationBody>>, Problem> {
    let page: Page<(Timestamp, ConfigurationId)> = paging.page()?;
    let rows = configurations::list(&cx, &who, page.after, i64::from(page.fetch())).await?;
    Ok(page.list(
        rows,
        |row| (row.created_at, row.id),
        |row| ConfigurationBody::new(&row),
    ))
}

/// Create a calendar configuration
#[utoipa::path(post, path = "/calendar-configurations", tag = "Availability", request_body = ConfigurationInput, responses((status = 201, body = ConfigurationBody)))]
pub async fn create(
    State(cx): State<Context>,
    Writer(who): Writer,
    Creating { body, key }: Creating<ConfigurationInput>,
) -> Result<Response, Problem> {
    let mut patch = body.into_patch();
    let new = Create {
        name: patch.name.take(),
        calendar_ids: ids(patch.calendar_ids.take()).unwrap_or_default(),
        change: &move |settings: &mut Settings| patch.apply(settings),
    };
    let render = |made: &Configuration| created(&ConfigurationBody::new(made));
    let outcome = configurations::create(&cx, &who, new, &key.once(&render)).await?;
    Ok(answer(outcome, render))
}

/// A calendar configuration
#[utoipa::path(get, path = "/calendar-configurations/{id}", tag = "Availability", responses((status = 200, body = ConfigurationBody)))]
pub async fn get(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<ConfigurationId>,
) -> Result<Json<ConfigurationBody>, Problem> {
    let found = configurations::get(&cx, &who, id).await?;
    Ok(Json(ConfigurationBody::new(&found)))
}

/// Change a calendar configuration
#[utoipa::path(patch, path = "/calendar-configurations/{id}", tag = "Availability", responses((status = 200, body = ConfigurationBody)))]
pub async fn update(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<ConfigurationId>,
    Json(mut patch): Json<ConfigurationPatch>,
) -> Result<Json<ConfigurationBody>, Problem> {
    let update = Update {
        name: patch.name.take(),
        calendar_ids: ids(patch.calendar_ids.take()),
        change: &move |settings: &mut Settings| patch.apply(settings),
    };
    let after = configurations::update(&cx, &who, id, update).await?;
    Ok(Json(ConfigurationBody::new(&after)))
}

/// Delete a calendar configuration
#[utoipa::path(delete, path = "/calendar-configurations/{id}", tag = "Availability", responses((status = 204)))]
pub async fn delete(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<ConfigurationId>,
) -> Result<StatusCode, Problem> {
    configurations::delete(&cx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn ids<T: From<uuid::Uuid>>(given: Option<Vec<uuid::Uuid>>) -> Option<Vec<T>> {
    given.map(|ids| ids.into_iter().map(T::from).collect())
}
