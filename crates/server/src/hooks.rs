//! What providers send us: notices of changes, and the question whether we are there (SPEC §2.9).
//!
//! Nobody signs in here: each notice proves itself by the token of its channel, in the engine. The answer is the same whether a
//! notice was believed or not, so that it tells a stranger nothing.

use axum::extract::{Extension, Path, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use daybook_engine::provider::calendar::push::Inbound;
use daybook_engine::push::{self, Error, Received};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::layers::authenticate::ClientAddress;
use crate::problem::Problem;
use crate::state::App;

/// Largest body: 1,000 notices of a Graph batch, with room to spare.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// Take a provider's notices
///
/// For providers, not for people: each notice carries the secret of its channel. Answers 202 without a body whether it was known
/// or not; a provider that asks whether we are there gets its text back.
#[utoipa::path(post, path = "/hooks/{provider}", tag = "Hooks", responses((status = 200, body = String, content_type = "text/plain"), (status = 202)))]
pub async fn receive(
    State(app): State<App>,
    Path(provider): Path<String>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    request: Request,
) -> Result<Response, Problem> {
    let verdict = app.limits.hooks.take(address, app.cx.clock.now());
    if !verdict.allowed {
        let detail = "Too many notices from this address: 300 a second are taken.";
        return Err(Problem::too_many(verdict.retry_after, detail));
    }
    let (parts, body) = request.into_parts();
    let body = read(body).await?;
    let inbound = Inbound {
        headers: &parts.headers,
        query: parts.uri.query(),
        body: &body,
    };
    Ok(match push::receive(&app.cx, &provider, &inbound).await? {
        Received::Noted => StatusCode::ACCEPTED.into_response(),
        // Text and nothing else, whatever it looks like; `nosniff` and a policy that allows nothing come with every answer.
        Received::Handshake(text) => {
            ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
        }
    })
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
            "The body did not arrive completely and in time. Send the notice again.",
        )),
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::UnknownProvider => Self::not_found("address"),
            Error::Malformed => Self::malformed(
                "not_a_notice",
                "This is no notice that the provider would send, so nothing was done.",
            ),
            Error::TooMany => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_many_notices",
                format!(
                    "A request may carry at most {} notices; nothing was done.",
                    push::MOST_NOTICES
                ),
            ),
            Error::Store(error) => error.into(),
        }
    }
}
