//! Accounts that are connected with a user name and a password.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use daybook_engine::Context;
use daybook_engine::connections::establish::Connected;
use daybook_engine::connections::password::{self, Connect};
use http::StatusCode;
use secrecy::{ExposeSecret, SecretString};

use super::body::ConnectedBody;
use super::input::{AppleInput, CaldavInput};
use crate::extract::{Json, Writer};
use crate::problem::{Check, Problem};

/// Connect a CalDAV account
///
/// Finds the calendars (RFC 6764), checks the credentials, and starts the first sync. 200 when the account was connected before.
#[utoipa::path(post, path = "/integrations/caldav/connect", tag = "Connections", responses((status = 201, body = ConnectedBody), (status = 200, body = ConnectedBody)))]
pub async fn caldav(
    State(cx): State<Context>,
    Writer(who): Writer,
    Json(body): Json<CaldavInput>,
) -> Result<Response, Problem> {
    let CaldavInput {
        url,
        username,
        password,
    } = body;
    filled_in(&username, &password)?;
    let ask = Connect {
        provider: "caldav".to_owned(),
        url: Some(url),
        username,
        password,
    };
    Ok(answer(password::connect(&cx, &who, ask).await?))
}

/// Connect an Apple account
///
/// With an app-specific password. 200 when the account was connected before.
#[utoipa::path(post, path = "/integrations/apple/connect", tag = "Connections", responses((status = 201, body = ConnectedBody), (status = 200, body = ConnectedBody)))]
pub async fn apple(
    State(cx): State<Context>,
    Writer(who): Writer,
    Json(body): Json<AppleInput>,
) -> Result<Response, Problem> {
    let AppleInput { username, password } = body;
    filled_in(&username, &password)?;
    let ask = Connect {
        provider: "apple".to_owned(),
        url: None,
        username,
        password,
    };
    Ok(answer(password::connect(&cx, &who, ask).await?))
}

/// Nothing is asked of a server with half of the credentials.
fn filled_in(username: &str, password: &SecretString) -> Result<(), Problem> {
    let mut check = Check::new();
    check.line("/username", username, 320);
    let length = password.expose_secret().chars().count();
    if length == 0 || length > 1024 {
        check.wrong("/password", "must have 1 to 1024 characters");
    }
    check.done()
}

fn answer(connected: Connected) -> Response {
    let status = if connected.created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    (status, Json(ConnectedBody::from(connected))).into_response()
}
