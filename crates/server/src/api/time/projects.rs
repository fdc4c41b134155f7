//! Projects.

use axum::extract::State;
use axum::response::Response;
use daybook_domain::ProjectId;
use daybook_engine::accounts::names;
use daybook_engine::reports::{self, GroupBy};
use daybook_engine::store::projects::{Changes, Filter, NewProject, Project};
use daybook_engine::store::time_entries::Filter as EntryFilter;
use daybook_engine::{Context, Principal, projects};
use http::StatusCode;
use jiff::Timestamp;

use super::body::{BudgetBody, ProjectBody};
use super::input::{ProjectInput, ProjectPatch, ProjectQuery};
use crate::cursor::List;
use crate::extract::{Creating, Id, Json, Page, Query, Reader, Writer, answer, created};
use crate::problem::Problem;

/// List projects
#[utoipa::path(get, path = "/projects", tag = "Time", params(ProjectQuery), responses((status = 200, body = List<ProjectBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<ProjectQuery>,
) -> Result<Json<List<ProjectBody>>, Problem> {
    let page: Page<(Timestamp, ProjectId)> = Page::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        client_id: query.client_id.map(Into::into),
        archived: query.archived,
    };
    let rows = projects::list(&cx, &who, &filter, page.after, i64::from(page.fetch())).await?;
    let clients = rows.iter().filter_map(|row| row.client_id).collect();
    let names = names::load(&cx, &who, vec![], clients, vec![]).await?;
    Ok(page.list(
        rows,
        |row| (row.created_at, row.id),
        |row| ProjectBody::new(&row, &names, &who),
    ))
}

/// Create a project
///
/// Anybody who writes may; `hourly_rate_minor`, `currency` and `budget_minor` are for owners and admins to set.
#[utoipa::path(post, path = "/projects", tag = "Time", request_body = ProjectInput, responses((status = 201, body = ProjectBody)))]
pub async fn create(
    State(cx): State<Context>,
    Writer(who): Writer,
    Creating { body, key }: Creating<ProjectInput>,
) -> Result<Response, Problem> {
    let new = NewProject {
        client_id: body.client_id.map(Into::into),
        name: body.name.trim().to_owned(),
        color: body.color,
        currency: body.currency,
        hourly_rate_minor: body.hourly_rate_minor,
        billable: body.billable.unwrap_or(true),
    };
    let names = names::load(
        &cx,
        &who,
        vec![],
        new.client_id.into_iter().collect(),
        vec![],
    )
    .await?;
    let budget = (body.budget_minutes, body.budget_minor);
    let reader = who.clone();
    let render = move |project: &Project| created(&ProjectBody::new(project, &names, &reader));
    let outcome = projects::create_planned(&cx, &who, new, budget, &key.once(&render)).await?;
    Ok(answer(outcome, render))
}

/// A project
#[utoipa::path(get, path = "/projects/{id}", tag = "Time", responses((status = 200, body = ProjectBody)))]
pub async fn get(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<ProjectId>,
) -> Result<Json<ProjectBody>, Problem> {
    let project = projects::get(&cx, &who, id).await?;
    one(&cx, &who, &project).await
}

/// Change a project
///
/// For owners and admins. With another client, its time that is on no invoice, and no draft of one, goes to that client too.
#[utoipa::path(patch, path = "/projects/{id}", tag = "Time", responses((status = 200, body = ProjectBody)))]
pub async fn update(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<ProjectId>,
    Json(patch): Json<ProjectPatch>,
) -> Result<Json<ProjectBody>, Problem> {
    let changes = Changes {
        client_id: patch.client_id.map(|id| id.map(Into::into)),
        name: patch.name,
        color: patch.color,
        currency: patch.currency,
        hourly_rate_minor: patch.hourly_rate_minor,
        billable: patch.billable,
        archived: patch.archived,
    };
    let budget = (patch.budget_minutes, patch.budget_minor);
    let project = projects::update_planned(&cx, &who, id, changes, budget).await?;
    one(&cx, &who, &project).await
}

/// Delete a project
///
/// For owners and admins. 409 `in_use` while something refers to it: archive it instead.
#[utoipa::path(delete, path = "/projects/{id}", tag = "Time", responses((status = 204)))]
pub async fn delete(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<ProjectId>,
) -> Result<StatusCode, Problem> {
    projects::delete(&cx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What of a project's budget is used
///
/// Owners and admins see everybody's time and the money, others the time they worked themselves.
#[utoipa::path(get, path = "/projects/{id}/budget", tag = "Time", responses((status = 200, body = BudgetBody)))]
pub async fn budget(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<ProjectId>,
) -> Result<Json<BudgetBody>, Problem> {
    let project = projects::get(&cx, &who, id).await?;
    let filter = EntryFilter {
        project_id: Some(id),
        ..EntryFilter::default()
    };
    let used = reports::time(&cx, &who, GroupBy::Project, filter)
        .await?
        .total;
    Ok(Json(BudgetBody {
        budget_minutes: project.budget_minutes,
        used_minutes: used.minutes,
        budget_minor: project.budget_minor.filter(|_| who.keeps_books()),
        used_minor: used.amounts,
        unpriced_minutes: used.unpriced_minutes,
    }))
}

async fn one(
    cx: &Context,
    who: &Principal,
    project: &Project,
) -> Result<Json<ProjectBody>, Problem> {
    let names = names::load(
        cx,
        who,
        vec![],
        project.client_id.into_iter().collect(),
        vec![],
    )
    .await?;
    Ok(Json(ProjectBody::new(project, &names, who)))
}
