//! API keys.

use axum::extract::State;
use axum::response::Response;
use daybook_domain::ApiKeyId;
use daybook_domain::account::Scope;
use daybook_engine::Context;
use daybook_engine::accounts::api_keys::{self, Created};
use daybook_engine::accounts::once::Answer;
use http::StatusCode;
use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::body::{ApiKeyBody, NewApiKeyBody};
use super::input::ApiKeyInput;
use crate::cursor::List;
use crate::extract::{Creating, Id, Json, Page, Paging, Query, Reader, Writer, answer, created};
use crate::problem::{Check, Problem};

/// List API keys
///
/// Your own; owners and admins see everybody's.
#[utoipa::path(get, path = "/api-keys", tag = "Accounts", params(Paging), responses((status = 200, body = List<ApiKeyBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(paging): Query<Paging>,
) -> Result<Json<List<ApiKeyBody>>, Problem> {
    let page: Page<(Timestamp, ApiKeyId)> = paging.page()?;
    let keys = api_keys::list(&cx, &who, page.after, page.fetch()).await?;
    Ok(page.list(
        keys,
        |listed| (listed.key.created_at, listed.key.id),
        |listed| ApiKeyBody::from(&listed),
    ))
}

/// Create an API key
///
/// The key is in this answer only.
#[utoipa::path(post, path = "/api-keys", tag = "Accounts", request_body = ApiKeyInput, responses((status = 201, body = NewApiKeyBody)))]
pub async fn create(
    State(cx): State<Context>,
    Writer(who): Writer,
    Creating { body, key }: Creating<ApiKeyInput>,
) -> Result<Response, Problem> {
    let mut check = Check::new();
    let scope = greatest(&mut check, &body.scopes);
    let name = check.line("/name", &body.name, 200);
    let cmd = api_keys::Create {
        name,
        scope,
        expires_at: body.expires_at,
    };
    check.done()?;
    let outcome = api_keys::create(&cx, &who, cmd, &key.once(&kept)).await?;
    Ok(answer(outcome, shown))
}

/// Revoke an API key
#[utoipa::path(delete, path = "/api-keys/{id}", tag = "Accounts", responses((status = 204)))]
pub async fn revoke(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<ApiKeyId>,
) -> Result<StatusCode, Problem> {
    api_keys::revoke(&cx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The answer with the key in it.
fn shown(made: &Created) -> Answer {
    let key = Some(made.secret.expose_secret().to_owned());
    created(&NewApiKeyBody {
        listed: ApiKeyBody::from(&made.listed),
        key,
    })
}

/// The answer that is kept for a repeated request: a key is never stored readably, so it is not in there.
fn kept(made: &Created) -> Answer {
    created(&NewApiKeyBody {
        listed: ApiKeyBody::from(&made.listed),
        key: None,
    })
}

fn greatest(check: &mut Check, scopes: &[String]) -> Scope {
    let parse = |(index, scope): (usize, &String)| check.parse(&format!("/scopes/{index}"), scope);
    let greatest = scopes.iter().enumerate().filter_map(parse).max();
    if scopes.is_empty() {
        check.wrong("/scopes", "must name at least one of: read, write, admin");
    }
    greatest.unwrap_or(Scope::Read)
}

impl From<api_keys::Error> for Problem {
    fn from(error: api_keys::Error) -> Self {
        let text = error.to_string();
        match error {
            api_keys::Error::StrongerThanYou => Self::forbidden("insufficient_scope", text),
            api_keys::Error::AlreadyOver => {
                Self::invalid_field("/expires_at", "must lie in the future")
            }
            api_keys::Error::Once(error) => error.into(),
            api_keys::Error::Store(error) => error.into(),
        }
    }
}
