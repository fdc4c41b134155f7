//! What Slack posts to us. Nobody signs in here: each request proves itself by Slack's signature over its raw bytes, which is checked
//! before anything in it is looked at. Answers take no longer than the database does; Slack is called afterwards.

use axum::extract::{Extension, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use daybook_engine::provider::chat::Proof;
use daybook_engine::slack::command::{self, Command};
use daybook_engine::slack::events::{self, Received};
use daybook_engine::slack::{Error, inbound, interactions};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::Value;

use crate::extract::Json;
use crate::layers::authenticate::ClientAddress;
use crate::problem::Problem;
use crate::state::App;

/// Largest body: what a form with a hundred blocks comes back as, with room to spare.
const MAX_BYTES: usize = 256 * 1024;
const FORM: &str = "application/x-www-form-urlencoded";

/// Take a `/time` command
///
/// For Slack, which signs it. Answers with a message that only the person sees; what they did wrong is told there, with 200.
#[utoipa::path(post, path = "/integrations/slack/commands/time", tag = "Slack", responses((status = 200)))]
pub async fn command(
    State(app): State<App>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    request: Request,
) -> Result<Response, Problem> {
    let body = proven(&app, address, request, FORM).await?;
    let command = Command::parse(&body).ok_or(Error::Malformed)?;
    Ok(said(command::handle(&app.cx, command).await?))
}

/// Take a click on a button, or a form
///
/// For Slack, which signs it.
#[utoipa::path(post, path = "/integrations/slack/interactions", tag = "Slack", responses((status = 200)))]
pub async fn interaction(
    State(app): State<App>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    request: Request,
) -> Result<Response, Problem> {
    let body = proven(&app, address, request, FORM).await?;
    let payload = interactions::payload(&body)?;
    Ok(said(interactions::handle(&app.cx, &payload).await?))
}

/// Take an event
///
/// For Slack, which signs it. The question whether we are there gets its text back.
#[utoipa::path(post, path = "/integrations/slack/events", tag = "Slack", responses((status = 200)))]
pub async fn event(
    State(app): State<App>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    request: Request,
) -> Result<Response, Problem> {
    let body = proven(&app, address, request, "application/json").await?;
    Ok(match events::receive(&app.cx, &body).await? {
        Received::Noted => StatusCode::OK.into_response(),
        Received::Challenge(text) => {
            ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
        }
    })
}

fn said(answer: Option<Value>) -> Response {
    match answer {
        Some(answer) => Json(answer).into_response(),
        None => StatusCode::OK.into_response(),
    }
}

/// The body of a request that Slack signed.
async fn proven(
    app: &App,
    address: Option<std::net::IpAddr>,
    request: Request,
    kind: &str,
) -> Result<Bytes, Problem> {
    let verdict = app.limits.hooks.take(address, app.cx.clock.now());
    if !verdict.allowed {
        let detail = "Too many requests from this address: 300 a second are taken.";
        return Err(Problem::too_many(verdict.retry_after, detail));
    }
    let (parts, body) = request.into_parts();
    let body = read(body).await?;
    let proof = Proof {
        headers: &parts.headers,
        body: &body,
    };
    if inbound::verify(&app.cx, &proof)?.is_err() {
        let detail = "The request does not carry Slack's signature, or is older than five minutes, so nothing was done.";
        return Err(Problem::unauthenticated("bad_signature", detail));
    }
    if !is(&parts.headers, kind) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            format!("The body must be {kind}."),
        ));
    }
    Ok(body)
}

/// Whether the body says that it is of this kind, whatever its parameters.
fn is(headers: &HeaderMap, kind: &str) -> bool {
    let said = headers
        .get(CONTENT_TYPE)
        .and_then(|said| said.to_str().ok());
    let said = said.and_then(|said| said.split(';').next());
    said.is_some_and(|said| said.trim().eq_ignore_ascii_case(kind))
}

async fn read(body: axum::body::Body) -> Result<Bytes, Problem> {
    match Limited::new(body, MAX_BYTES).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("The body is larger than {MAX_BYTES} bytes."),
        )),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "body_incomplete",
            "The body did not arrive completely and in time. Send it again.",
        )),
    }
}
