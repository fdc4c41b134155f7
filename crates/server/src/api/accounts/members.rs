//! Who is in the workspace.

use axum::extract::State;
use daybook_domain::MemberId;
use daybook_engine::Context;
use daybook_engine::accounts::members;
use http::StatusCode;
use jiff::Timestamp;

use super::body::MemberBody;
use super::input::MemberPatch;
use crate::cursor::List;
use crate::extract::{Admin, Id, Json, Page, Paging, Query, Reader};
use crate::problem::{Check, Problem};

/// List members
#[utoipa::path(get, path = "/workspace/members", tag = "Accounts", params(Paging), responses((status = 200, body = List<MemberBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(paging): Query<Paging>,
) -> Result<Json<List<MemberBody>>, Problem> {
    let page: Page<(Timestamp, MemberId)> = paging.page()?;
    let members = members::list(&cx, &who, page.after, page.fetch()).await?;
    Ok(page.list(
        members,
        |member| (member.created_at, member.id),
        MemberBody::from,
    ))
}

/// A member
#[utoipa::path(get, path = "/workspace/members/{id}", tag = "Accounts", responses((status = 200, body = MemberBody)))]
pub async fn get(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<MemberId>,
) -> Result<Json<MemberBody>, Problem> {
    let member = members::get(&cx, &who, id).await?;
    Ok(Json(MemberBody::from(member)))
}

/// Change a member's role
#[utoipa::path(patch, path = "/workspace/members/{id}", tag = "Accounts", responses((status = 200, body = MemberBody)))]
pub async fn update(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<MemberId>,
    Json(body): Json<MemberPatch>,
) -> Result<Json<MemberBody>, Problem> {
    let mut check = Check::new();
    let role = check.parse("/role", &body.role);
    let role = check.required(role)?;
    let member = members::set_role(&cx, &who, id, role).await?;
    Ok(Json(MemberBody::from(member)))
}

/// Take a member out of the workspace
///
/// Their sessions and API keys stop working at once; what they made stays.
#[utoipa::path(delete, path = "/workspace/members/{id}", tag = "Accounts", responses((status = 204)))]
pub async fn remove(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<MemberId>,
) -> Result<StatusCode, Problem> {
    members::remove(&cx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<members::Error> for Problem {
    fn from(error: members::Error) -> Self {
        let text = error.to_string();
        match error {
            members::Error::LastOwner => Self::conflict("last_owner", text),
            members::Error::AboveYou => Self::forbidden("forbidden", text),
            members::Error::Store(error) => error.into(),
        }
    }
}
