//! Single sign-on: to the service and back. Both are pages that a browser follows; all checks live in the engine.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use daybook_domain::connection::ErrorKind;
use daybook_engine::Context;
use daybook_engine::accounts::oidc::{self, Callback, Error, MINUTES, Start};
use http::header::{ACCEPT, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::SessionBody;
use super::cookie;
use crate::api::connections::oauth::with_query;
use crate::api::connections::{provider_problem, sentence};
use crate::extract::{Guest, Json, Query};
use crate::problem::Problem;
use crate::state::App;

/// The dashboard's page that says why nobody was signed in.
const SIGN_IN: &str = "/sign-in";
/// What only the browser that began a sign-in has.
const COOKIE: &str = "daybook-oidc";

/// How people sign in here.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SignInMethods {
    /// With an e-mail address and a password.
    pub password: bool,
    /// With single sign-on.
    pub oidc: bool,
    /// Whether somebody who forgot their password can have a link mailed.
    pub password_reset: bool,
}

/// Where to go after signing in.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct StartQuery {
    /// A path of this server, or an address of its front end.
    pub return_to: Option<String>,
    /// The secret of an invitation that is to be accepted.
    #[param(value_type = Option<String>)]
    pub invitation: Option<SecretString>,
}

/// What the service's redirect carries. Services add parameters of their own, so unknown ones are ignored here.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallbackQuery {
    /// The authorization code.
    pub code: Option<String>,
    /// The state.
    pub state: Option<String>,
    /// An error instead of a code.
    pub error: Option<String>,
    /// Who says so (RFC 9207). Not something a client of ours sends.
    #[param(ignore)]
    pub iss: Option<String>,
}

/// How people sign in here
#[utoipa::path(get, path = "/auth/methods", tag = "Accounts", responses((status = 200, body = SignInMethods)))]
pub async fn methods(State(cx): State<Context>) -> Json<SignInMethods> {
    Json(SignInMethods {
        password: true,
        oidc: oidc::is_configured(&cx),
        password_reset: daybook_engine::mail::is_configured(&cx),
    })
}

/// Sign in with single sign-on (browser)
///
/// Redirects to the sign-in service.
#[utoipa::path(get, path = "/auth/oidc/start", tag = "Accounts", params(StartQuery), responses((status = 303)))]
pub async fn start(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<StartQuery>,
) -> Result<Response, Problem> {
    let ask = Start {
        return_to: query.return_to,
        invitation: query.invitation,
    };
    match oidc::start(&app.cx, ask).await {
        Ok(started) => {
            let kept = cookie::named(
                COOKIE,
                &started.browser,
                MINUTES.unsigned_abs() * 60,
                app.over_https(),
            );
            Ok(redirect(&started.url, &[kept]))
        }
        Err(error) => refuse(&app, &headers, error, None),
    }
}

/// Back from single sign-on (browser)
///
/// Begins a session and redirects to where the sign-in was to return; with `Accept: application/json` answers with the session.
#[utoipa::path(get, path = "/auth/oidc/callback", tag = "Accounts", params(CallbackQuery), responses((status = 303), (status = 200, body = SessionBody)))]
pub async fn callback(
    State(app): State<App>,
    guest: Guest,
    headers: HeaderMap,
    Query(query): Query<CallbackQuery>,
) -> Result<Response, Problem> {
    let callback = Callback {
        browser: cookie::secret(&headers, COOKIE, app.over_https()),
        state: query.state,
        code: query.code,
        error: query.error,
        issuer: query.iss,
        user_agent: guest.user_agent,
    };
    let completed = match oidc::complete(&app.cx, callback).await {
        Ok(completed) => completed,
        Err(failed) => return refuse(&app, &headers, failed.error, failed.return_to),
    };
    let [(_, session)] = cookie::set(&completed.signed_in.token, app.over_https());
    let cookies = [session, forget(&app)];
    if wants_json(&headers) {
        let body = Json(SessionBody::from(&completed.signed_in.view));
        return Ok(with_cookies(body.into_response(), &cookies));
    }
    let target = completed.return_to.as_deref().unwrap_or("/");
    Ok(redirect(target, &cookies))
}

/// To the sign-in page with the reason's code, or a problem for programs.
fn refuse(
    app: &App,
    headers: &HeaderMap,
    error: Error,
    return_to: Option<String>,
) -> Result<Response, Problem> {
    tracing::info!(reason = %error, "a single sign-on was refused");
    let problem = Problem::from(error);
    let is_browser = headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if !is_browser {
        return Err(problem);
    }
    let mut pairs = vec![("error", problem.code())];
    pairs.extend(return_to.as_deref().map(|to| ("return_to", to)));
    Ok(redirect(&with_query(SIGN_IN, &pairs), &[forget(app)]))
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("application/json"))
}

fn forget(app: &App) -> HeaderValue {
    cookie::named(COOKIE, &SecretString::from(""), 0, app.over_https())
}

fn redirect(target: &str, cookies: &[HeaderValue]) -> Response {
    let location = HeaderValue::from_str(target).unwrap_or(HeaderValue::from_static("/"));
    let response = (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response();
    with_cookies(response, cookies)
}

fn with_cookies(mut response: Response, cookies: &[HeaderValue]) -> Response {
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie.clone());
    }
    response
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let text = sentence(&error.to_string());
        match error {
            Error::NotConfigured => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "provider_not_configured",
                text,
            ),
            Error::InvalidReturnTo => Self::unprocessable("invalid_return_to", text),
            Error::State => Self::malformed("invalid_state", text),
            Error::Denied => Self::malformed("access_denied", text),
            Error::WrongIssuer => Self::malformed("wrong_issuer", text),
            Error::EmailNotVerified => Self::forbidden("email_not_verified", text),
            Error::NoAccount => Self::forbidden("no_account", text),
            Error::OtherIdentity => Self::forbidden("other_identity", text),
            Error::ForSomebodyElse => Self::forbidden("wrong_account", text),
            Error::InvitationOver => Self::new(StatusCode::GONE, "invitation_over", text),
            Error::Provider(error) if error.kind == ErrorKind::Auth => {
                Self::provider("sign_in_refused", error.message)
            }
            Error::Provider(error) => provider_problem(&error),
            Error::Store(error) => error.into(),
        }
    }
}
