//! Setup, sign-in, sign-out, and who is signed in.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use daybook_engine::Context;
use daybook_engine::accounts::sessions::SignedIn;
use daybook_engine::accounts::{login, sessions, setup};
use http::StatusCode;
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use super::body::SessionBody;
use super::input::{LoginInput, SetupInput};
use super::{cookie, currency, time_zone};
use crate::extract::{Anyone, Guest, Json, Reader};
use crate::limits::Verdict;
use crate::problem::{Check, Problem};
use crate::state::App;

/// Set up the server
///
/// Creates the first user as the owner of the first workspace, and signs them in. Works only while there is no user.
#[utoipa::path(post, path = "/auth/setup", tag = "Accounts", responses((status = 201, body = SessionBody)))]
pub async fn set_up(
    State(app): State<App>,
    guest: Guest,
    Json(body): Json<SetupInput>,
) -> Result<Response, Problem> {
    if !setup::is_needed(&app.cx).await? {
        return Err(setup::Error::AlreadySetUp.into());
    }
    may_set_up(&app, &guest, &body)?;
    let mut check = Check::new();
    let email = check.parse("/email", &body.email);
    let cmd = setup::Setup {
        name: check.line("/name", &body.name, 200),
        workspace_name: check.line("/workspace_name", &body.workspace_name, 200),
        time_zone: time_zone(
            &mut check,
            "/time_zone",
            body.time_zone.as_deref().unwrap_or("UTC"),
        ),
        currency: currency(
            &mut check,
            "/currency",
            body.currency.as_deref().unwrap_or("EUR"),
        ),
        email: check.required(email)?,
        password: body.password,
        user_agent: guest.user_agent,
    };
    check.done()?;
    let signed_in = setup::setup(&app.cx, cmd).await?;
    Ok(welcome(&app, StatusCode::CREATED, &signed_in))
}

/// Sign in
#[utoipa::path(post, path = "/auth/login", tag = "Accounts", responses((status = 200, body = SessionBody)))]
pub async fn log_in(
    State(app): State<App>,
    guest: Guest,
    Json(body): Json<LoginInput>,
) -> Result<Response, Problem> {
    let (account, now) = (body.email.trim().to_lowercase(), app.cx.clock.now());
    within_limit(app.limits.login_account.peek(account.clone(), now))?;
    within_limit(app.limits.login_address.peek(guest.address, now))?;
    let cmd = login::Login {
        email: body.email,
        password: body.password,
        workspace: body.workspace,
        user_agent: guest.user_agent,
    };
    let outcome = login::login(&app.cx, cmd).await;
    if matches!(outcome, Err(login::Error::InvalidCredentials)) {
        app.limits.login_account.take(account, now);
        app.limits.login_address.take(guest.address, now);
    }
    Ok(welcome(&app, StatusCode::OK, &outcome?))
}

/// Sign out
#[utoipa::path(post, path = "/auth/logout", tag = "Accounts", responses((status = 204)))]
pub async fn log_out(State(app): State<App>, Anyone(who): Anyone) -> Result<Response, Problem> {
    if let Some(who) = who {
        sessions::logout(&app.cx, &who).await?;
    }
    Ok((StatusCode::NO_CONTENT, cookie::clear(app.over_https())).into_response())
}

/// Who is signed in
///
/// 401 with the code `setup_required` while there is no user.
#[utoipa::path(get, path = "/auth/session", tag = "Accounts", responses((status = 200, body = SessionBody)))]
pub async fn session(
    State(cx): State<Context>,
    Reader(who): Reader,
) -> Result<Json<SessionBody>, Problem> {
    let view = sessions::view(&cx, &who).await?;
    Ok(Json(SessionBody::from(&view)))
}

/// The answer to somebody who has just proved who they are.
pub(super) fn welcome(app: &App, status: StatusCode, signed_in: &SignedIn) -> Response {
    let body = Json(SessionBody::from(&signed_in.view));
    (
        status,
        cookie::set(&signed_in.token, app.over_https()),
        body,
    )
        .into_response()
}

/// First-run setup is open to the server's own machine; others need the token that was printed at the start.
fn may_set_up(app: &App, guest: &Guest, body: &SetupInput) -> Result<(), Problem> {
    let given = body
        .setup_token
        .as_ref()
        .map(ExposeSecret::expose_secret)
        .unwrap_or_default();
    let wanted = app
        .http
        .setup_token
        .as_ref()
        .map(ExposeSecret::expose_secret)
        .unwrap_or_default();
    let has_token = !wanted.is_empty() && bool::from(given.as_bytes().ct_eq(wanted.as_bytes()));
    if guest.is_local || has_token {
        return Ok(());
    }
    let detail = "Setting up from another machine needs the setup token that the server printed when it started.";
    Err(Problem::forbidden("setup_token_required", detail).at("/setup_token"))
}

fn within_limit(verdict: Verdict) -> Result<(), Problem> {
    if verdict.allowed {
        return Ok(());
    }
    let detail = "Too many failed sign-ins. Wait a moment, then try again.";
    Err(Problem::too_many(verdict.retry_after, detail))
}

impl From<setup::Error> for Problem {
    fn from(error: setup::Error) -> Self {
        match error {
            setup::Error::AlreadySetUp => Self::conflict(
                "already_set_up",
                "This server is set up already. Sign in instead.",
            ),
            setup::Error::Password(error) => error.into(),
            setup::Error::Store(error) => error.into(),
        }
    }
}

impl From<login::Error> for Problem {
    fn from(error: login::Error) -> Self {
        match error {
            login::Error::InvalidCredentials => Self::unauthenticated(
                "invalid_credentials",
                "The e-mail address or the password is wrong.",
            ),
            login::Error::Password(error) => error.into(),
            login::Error::Store(error) => error.into(),
        }
    }
}
