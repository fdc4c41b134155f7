//! The caller's workspace.

use axum::extract::State;
use daybook_engine::Context;
use daybook_engine::accounts::workspace;

use super::body::WorkspaceBody;
use super::input::WorkspacePatch;
use super::{currency, time_zone};
use crate::extract::{Admin, Json, Reader};
use crate::problem::{Check, Problem};

/// The workspace
#[utoipa::path(get, path = "/workspace", tag = "Accounts", responses((status = 200, body = WorkspaceBody)))]
pub async fn get(
    State(cx): State<Context>,
    Reader(who): Reader,
) -> Result<Json<WorkspaceBody>, Problem> {
    let workspace = workspace::get(&cx, &who).await?;
    Ok(Json(WorkspaceBody::from(&workspace)))
}

/// Change the workspace
#[utoipa::path(patch, path = "/workspace", tag = "Accounts", responses((status = 200, body = WorkspaceBody)))]
pub async fn update(
    State(cx): State<Context>,
    Admin(who): Admin,
    Json(body): Json<WorkspacePatch>,
) -> Result<Json<WorkspaceBody>, Problem> {
    let mut check = Check::new();
    let changes = workspace::Changes {
        name: body.name.map(|name| check.line("/name", &name, 200)),
        slug: body.slug.map(|text| slug(&mut check, text)),
        time_zone: body
            .time_zone
            .map(|zone| time_zone(&mut check, "/time_zone", &zone)),
        currency: body
            .currency
            .map(|code| currency(&mut check, "/currency", &code)),
        self_approval: body.self_approval,
        time_locked_until: body.time_locked_until,
    };
    check.done()?;
    let workspace = workspace::update(&cx, &who, changes).await?;
    Ok(Json(WorkspaceBody::from(&workspace)))
}

fn slug(check: &mut Check, slug: String) -> String {
    let letters_ok = slug
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !(1..=48).contains(&slug.len())
        || !letters_ok
        || slug.starts_with('-')
        || slug.ends_with('-')
    {
        check.wrong(
            "/slug",
            "must have 1 to 48 lower-case letters, digits and inner dashes",
        );
    }
    slug
}

impl From<workspace::Error> for Problem {
    fn from(error: workspace::Error) -> Self {
        let text = error.to_string();
        match error {
            workspace::Error::SlugTaken => Self::conflict("slug_taken", text).at("/slug"),
            workspace::Error::Store(error) => error.into(),
        }
    }
}
