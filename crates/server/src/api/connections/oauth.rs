//! The OAuth dance: to the provider's consent page, and back. All checks live in the engine; here is only the form of the answer.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use daybook_engine::Principal;
use daybook_engine::connections::authorize::{self, Authorize, FLOW_LIFE};
use daybook_engine::connections::callback::{self, Callback, Failed};
use http::header::{ACCEPT, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;

use super::body::{AuthorizationBody, ConnectedBody};
use super::input::{
    AuthorizeQuery, CallbackInput, CallbackQuery, InitiateInput, OauthCallbackInput, provider_key,
};
use crate::api::accounts::cookie;
use crate::extract::{Anyone, Creating, Json, OnceKey, Query, Writer};
use crate::problem::Problem;
use crate::state::App;

/// Where the browser goes when an authorisation did not say.
const DEFAULT_RETURN: &str = "/integrations/callback";
const COOKIE: &str = "daybook_oauth";

/// Start connecting an account
///
/// Send the browser to `authorization_url`. The state works once, for ten minutes, and only for the session or key that asked.
#[utoipa::path(get, path = "/integrations/{provider}/authorize", tag = "Connections", params(AuthorizeQuery), responses((status = 200, body = AuthorizationBody)))]
pub async fn authorize(
    State(app): State<App>,
    Writer(who): Writer,
    Path(provider): Path<String>,
    headers: HeaderMap,
    Query(query): Query<AuthorizeQuery>,
) -> Result<Response, Problem> {
    let ask = Authorize {
        provider,
        kind: "calendar".to_owned(),
        return_to: query.return_to,
        connection: query.connection_id.map(Into::into),
        browser: browser(&app, &headers),
    };
    start(&app, &who, ask).await
}

/// Start connecting an account, with the provider in the body
#[utoipa::path(post, path = "/integrations/oauth/initiate", tag = "Connections", responses((status = 200, body = AuthorizationBody)))]
pub async fn initiate(
    State(app): State<App>,
    Writer(who): Writer,
    headers: HeaderMap,
    Json(body): Json<InitiateInput>,
) -> Result<Response, Problem> {
    let ask = Authorize {
        provider: body.provider,
        kind: body.integration_type.as_str().to_owned(),
        return_to: body.redirect_uri,
        connection: None,
        browser: browser(&app, &headers),
    };
    start(&app, &who, ask).await
}

/// Back from the consent page (browser)
///
/// Answers with a redirect to where the authorisation was to return; with `Accept: application/json` as the POST does.
#[utoipa::path(get, path = "/integrations/{provider}/callback", tag = "Connections", params(CallbackQuery), responses((status = 303), (status = 200, body = ConnectedBody)))]
pub async fn callback(
    State(app): State<App>,
    Anyone(who): Anyone,
    Path(provider): Path<String>,
    headers: HeaderMap,
    Query(query): Query<CallbackQuery>,
) -> Result<Response, Problem> {
    back(&app, who.as_ref(), &provider, &headers, query).await
}

/// Back from Google's consent page (browser)
///
/// The same as `/api/v1/integrations/google/callback`.
#[utoipa::path(get, path = "/api/calendars/google/callback", tag = "Connections", params(CallbackQuery), responses((status = 303), (status = 200, body = ConnectedBody)))]
pub async fn google_callback(
    State(app): State<App>,
    Anyone(who): Anyone,
    headers: HeaderMap,
    Query(query): Query<CallbackQuery>,
) -> Result<Response, Problem> {
    back(&app, who.as_ref(), "google", &headers, query).await
}

/// Back from the consent page (front end)
#[utoipa::path(post, path = "/integrations/{provider}/callback", tag = "Connections", request_body = CallbackInput, responses((status = 200, body = ConnectedBody)))]
pub async fn complete(
    State(app): State<App>,
    Writer(who): Writer,
    Path(provider): Path<String>,
    headers: HeaderMap,
    Creating { body, key }: Creating<CallbackInput>,
) -> Result<Response, Problem> {
    let callback = Callback {
        provider: provider_key(&provider).to_owned(),
        code: Some(body.code),
        state: Some(body.state),
        browser: browser(&app, &headers),
        ..Callback::default()
    };
    finish(&app, &who, callback, &key).await
}

/// Back from the consent page, with the provider in the body
#[utoipa::path(post, path = "/integrations/oauth/callback", tag = "Connections", request_body = OauthCallbackInput, responses((status = 200, body = ConnectedBody)))]
pub async fn complete_named(
    State(app): State<App>,
    Writer(who): Writer,
    headers: HeaderMap,
    Creating { body, key }: Creating<OauthCallbackInput>,
) -> Result<Response, Problem> {
    let callback = Callback {
        provider: provider_key(&body.provider).to_owned(),
        code: Some(body.code),
        state: Some(body.state),
        browser: browser(&app, &headers),
        ..Callback::default()
    };
    finish(&app, &who, callback, &key).await
}

async fn start(app: &App, who: &Principal, mut ask: Authorize) -> Result<Response, Problem> {
    let verdict = app.limits.oauth.take(who.user_id, app.cx.clock.now());
    if !verdict.allowed {
        let detail = "Too many authorisations were started. Wait a moment, then try again.";
        return Err(Problem::too_many(verdict.retry_after, detail));
    }
    ask.provider = provider_key(&ask.provider).to_owned();
    let started = authorize::authorize(&app.cx, who, ask).await?;
    let cookie = [(
        SET_COOKIE,
        kept(app, &started.browser, FLOW_LIFE.as_secs().unsigned_abs()),
    )];
    let body = AuthorizationBody {
        authorization_url: started.authorization_url,
        state: started.state,
    };
    Ok((cookie, Json(body)).into_response())
}

async fn finish(
    app: &App,
    who: &Principal,
    callback: Callback,
    key: &OnceKey,
) -> Result<Response, Problem> {
    if let Some(earlier) = key.earlier(&app.cx, who).await? {
        return Ok(earlier);
    }
    let completed = callback::complete(&app.cx, Some(who), callback)
        .await
        .map_err(|failed| failed.error)?;
    let body = ConnectedBody::from(completed.connected);
    key.done(&app.cx, who, &body).await
}

async fn back(
    app: &App,
    who: Option<&Principal>,
    provider: &str,
    headers: &HeaderMap,
    query: CallbackQuery,
) -> Result<Response, Problem> {
    let provider = provider_key(provider).to_owned();
    let CallbackQuery {
        code,
        state,
        error,
        error_description: description,
        iss: issuer,
    } = query;
    let callback = Callback {
        provider: provider.clone(),
        code,
        state,
        error,
        description,
        issuer,
        browser: browser(app, headers),
    };
    let outcome = callback::complete(&app.cx, who, callback).await;
    let wants_json = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    if wants_json.is_some_and(|accept| accept.contains("application/json")) {
        let completed = outcome.map_err(|failed| failed.error)?;
        return Ok(Json(ConnectedBody::from(completed.connected)).into_response());
    }
    let target = match outcome {
        Ok(completed) => {
            let id = completed.connected.connection.id;
            with_query(
                &completed.return_to,
                &[("connected", &provider), ("connection", &id.to_string())],
            )
        }
        Err(Failed { error, return_to }) => {
            let code = Problem::from(error).code();
            with_query(
                return_to.as_deref().unwrap_or(DEFAULT_RETURN),
                &[("error", code)],
            )
        }
    };
    Ok(redirect(app, &target))
}

/// 303 to a clean address; the cookie goes.
fn redirect(app: &App, target: &str) -> Response {
    let location =
        HeaderValue::from_str(target).unwrap_or(HeaderValue::from_static(DEFAULT_RETURN));
    (
        StatusCode::SEE_OTHER,
        [
            (LOCATION, location),
            (SET_COOKIE, kept(app, &SecretString::from(""), 0)),
        ],
    )
        .into_response()
}

/// The cookie that binds an authorisation to the browser, beside the session.
fn kept(app: &App, value: &SecretString, max_age: u64) -> HeaderValue {
    cookie::named(COOKIE, value, max_age, app.over_https())
}

fn browser(app: &App, headers: &HeaderMap) -> Option<SecretString> {
    cookie::secret(headers, COOKIE, app.over_https())
}

/// Adds parameters to an address that may have some, and perhaps a fragment.
pub(in crate::api) fn with_query(address: &str, pairs: &[(&str, &str)]) -> String {
    let (address, fragment) = address
        .split_once('#')
        .map_or((address, None), |(a, f)| (a, Some(f)));
    let mut target = address.to_owned();
    for (name, value) in pairs {
        target.push(if target.contains('?') { '&' } else { '?' });
        target.push_str(name);
        target.push('=');
        let encoded = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
        target.push_str(&encoded.replace("%5F", "_").replace("%2D", "-"));
    }
    if let Some(fragment) = fragment {
        target.push('#');
        target.push_str(fragment);
    }
    target
}

#[cfg(test)]
mod tests {
    use super::with_query;

    #[test]
    fn parameters_join_those_that_are_there() {
        assert_eq!(
            with_query("/x", &[("error", "state_used")]),
            "/x?error=state_used"
        );
        assert_eq!(with_query("/x?a=1#f", &[("b", "a&b")]), "/x?a=1&b=a%26b#f");
    }
}
