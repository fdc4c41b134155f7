//! Invitations to the workspace.

use axum::extract::{Path, State};
use axum::response::Response;
use daybook_domain::InvitationId;
use daybook_engine::Context;
use daybook_engine::accounts::invitations::{self, Created};
use daybook_engine::accounts::once::Answer;
use http::StatusCode;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::auth::welcome;
use super::body::{InvitationBody, SessionBody};
use super::input::{AcceptInput, InvitationInput};
use crate::cursor::List;
use crate::extract::{
    Admin, Anyone, Creating, Guest, Id, Json, OptionalJson, Page, Paging, Query, answer, created,
};
use crate::problem::{Check, Problem};
use crate::state::App;

/// List open invitations
#[utoipa::path(get, path = "/workspace/invitations", tag = "Accounts", params(Paging), responses((status = 200, body = List<InvitationBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Admin(who): Admin,
    Query(paging): Query<Paging>,
) -> Result<Json<List<InvitationBody>>, Problem> {
    let page: Page<(Timestamp, InvitationId)> = paging.page()?;
    let found = invitations::list(&cx, &who, page.after, page.fetch()).await?;
    Ok(page.list(
        found,
        |one| (one.created_at, one.id),
        |one| InvitationBody::from(&one),
    ))
}

/// Invite somebody
///
/// The link in the answer is shown this once; it works for the invited address only. Where a mail server is configured, it is mailed
/// as well.
#[utoipa::path(post, path = "/workspace/invitations", tag = "Accounts", request_body = InvitationInput, responses((status = 201, body = InvitationBody)))]
pub async fn create(
    State(cx): State<Context>,
    Admin(who): Admin,
    Creating { body, key }: Creating<InvitationInput>,
) -> Result<Response, Problem> {
    let mut check = Check::new();
    let (email, role) = (
        check.parse("/email", &body.email),
        check.parse("/role", &body.role),
    );
    let (email, role) = check.required(email.zip(role))?;
    let cmd = invitations::Create { email, role };
    let outcome = invitations::create(&cx, &who, cmd, &key.once(&kept)).await?;
    Ok(answer(outcome, shown))
}

/// An invitation
#[utoipa::path(get, path = "/workspace/invitations/{id}", tag = "Accounts", responses((status = 200, body = InvitationBody)))]
pub async fn get(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<InvitationId>,
) -> Result<Json<InvitationBody>, Problem> {
    let invitation = invitations::get(&cx, &who, id).await?;
    Ok(Json(InvitationBody::from(&invitation)))
}

/// Withdraw an invitation
#[utoipa::path(delete, path = "/workspace/invitations/{id}", tag = "Accounts", responses((status = 204)))]
pub async fn withdraw(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<InvitationId>,
) -> Result<StatusCode, Problem> {
    invitations::withdraw(&cx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Accept an invitation
///
/// Somebody who has an account must be signed in to it; somebody who has none chooses a password.
#[utoipa::path(post, path = "/auth/invitations/{token}/accept", tag = "Accounts", request_body = Option<AcceptInput>, responses((status = 201, body = SessionBody)))]
pub async fn accept(
    State(app): State<App>,
    Anyone(who): Anyone,
    guest: Guest,
    Path(token): Path<String>,
    OptionalJson(body): OptionalJson<AcceptInput>,
) -> Result<Response, Problem> {
    let mut check = Check::new();
    let name = body.name.map(|name| check.line("/name", &name, 200));
    check.done()?;
    let cmd = invitations::Accept {
        name,
        password: body.password,
        user_agent: guest.user_agent,
    };
    let token = SecretString::from(token);
    let signed_in = invitations::accept(&app.cx, &token, who.as_ref(), cmd).await?;
    Ok(welcome(&app, StatusCode::CREATED, &signed_in))
}

/// The answer with the link in it.
fn shown(made: &Created) -> Answer {
    let url = Some(made.url.expose_secret().to_owned());
    created(&InvitationBody {
        url,
        emailed: Some(made.emailed),
        ..InvitationBody::from(&made.invitation)
    })
}

/// The answer that is kept for a repeated request: the link is never stored readably.
fn kept(made: &Created) -> Answer {
    created(&InvitationBody::from(&made.invitation))
}

impl From<invitations::Error> for Problem {
    fn from(error: invitations::Error) -> Self {
        use invitations::Error;
        let text = error.to_string();
        match error {
            Error::AboveYou => Self::forbidden("forbidden", text),
            Error::Over => Self::new(StatusCode::GONE, "invitation_over", text),
            Error::SignInFirst => Self::unauthenticated("sign_in_required", text),
            Error::ForSomebodyElse => Self::forbidden("wrong_account", text),
            Error::AlreadyMember => Self::conflict("already_member", text),
            Error::PasswordNeeded => Self::invalid_field("/password", text),
            Error::Password(error) => error.into(),
            Error::Once(error) => error.into(),
            Error::Store(error) => error.into(),
        }
    }
}
