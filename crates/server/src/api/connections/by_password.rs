//! Accounts that are connected with a user name and a password.

use axum::extract::State;
use axum::response::Response;
use daybook_engine::connections::password::{self, Connect};
use daybook_engine::{Context, Principal};
use secrecy::{ExposeSecret, SecretString};

use super::body::ConnectedBody;
use super::input::{AppleInput, CaldavInput};
use crate::extract::{Creating, OnceKey, Writer};
use crate::problem::{Check, Problem};

/// Connect a CalDAV account
///
/// Finds the calendars (RFC 6764), checks the credentials, and starts the first sync. Answers as the OAuth callback does.
#[utoipa::path(post, path = "/integrations/caldav/connect", tag = "Connections", request_body = CaldavInput, responses((status = 200, body = ConnectedBody)))]
pub async fn caldav(
    State(cx): State<Context>,
    Writer(who): Writer,
    Creating { body, key }: Creating<CaldavInput>,
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
    connect(&cx, &who, ask, &key).await
}

/// Connect an Apple account
///
/// With an app-specific password. Answers as the OAuth callback does.
#[utoipa::path(post, path = "/integrations/apple/connect", tag = "Connections", request_body = AppleInput, responses((status = 200, body = ConnectedBody)))]
pub async fn apple(
    State(cx): State<Context>,
    Writer(who): Writer,
    Creating { body, key }: Creating<AppleInput>,
) -> Result<Response, Problem> {
    let AppleInput { username, password } = body;
    filled_in(&username, &password)?;
    let ask = Connect {
        provider: "apple".to_owned(),
        url: None,
        username,
        password,
    };
    connect(&cx, &who, ask, &key).await
}

async fn connect(
    cx: &Context,
    who: &Principal,
    ask: Connect,
    key: &OnceKey,
) -> Result<Response, Problem> {
    if let Some(earlier) = key.earlier(cx, who).await? {
        return Ok(earlier);
    }
    let connected = password::connect(cx, who, ask).await?;
    key.done(cx, who, &ConnectedBody::from(connected)).await
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
