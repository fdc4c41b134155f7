//! Who is calling, as types: a handler that changes something asks for a [`Writer`], and cannot be reached by anybody else.
//! A handler without one of these is public; a test compares those with a frozen list.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use daybook_domain::account::{Role, Scope};
use daybook_engine::{Principal, accounts};
use http::request::Parts;

use crate::layers::authenticate::{ClientAddress, Identity, IsLocal};
use crate::problem::Problem;
use crate::state::App;

/// May read: any valid session, and API keys with the scope `read` or more.
#[derive(Debug, Clone)]
pub struct Reader(pub Principal);

/// May change things: sessions, and API keys with the scope `write` or more.
#[derive(Debug, Clone)]
pub struct Writer(pub Principal);

/// Manages the workspace: an owner or admin, by session or by an API key with the scope `admin`.
#[derive(Debug, Clone)]
pub struct Admin(pub Principal);

/// Anybody at all; who they are if they said so and it is true.
#[derive(Debug, Clone)]
pub struct Anyone(pub Option<Principal>);

/// What is known of somebody who need not have signed in.
#[derive(Debug, Clone)]
pub struct Guest {
    /// Where they are.
    pub address: Option<IpAddr>,
    /// Whether they are on the server's own machine.
    pub is_local: bool,
    /// What they use.
    pub user_agent: Option<String>,
}

impl FromRequestParts<App> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        with_scope(parts, app, Scope::Read).await.map(Self)
    }
}

impl FromRequestParts<App> for Writer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        with_scope(parts, app, Scope::Write).await.map(Self)
    }
}

impl FromRequestParts<App> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let who = with_scope(parts, app, Scope::Admin).await?;
        if who.role < Role::Admin {
            let detail = "Only owners and admins of the workspace may do this. Ask one of them.";
            return Err(Problem::forbidden("forbidden", detail));
        }
        Ok(Self(who))
    }
}

impl<S: Sync> FromRequestParts<S> for Anyone {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(match parts.extensions.get::<Identity>() {
            Some(Identity::Known(who)) => Some((**who).clone()),
            _ => None,
        }))
    }
}

impl<S: Sync> FromRequestParts<S> for Guest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let user_agent = parts.headers.get(http::header::USER_AGENT);
        Ok(Self {
            address: parts
                .extensions
                .get::<ClientAddress>()
                .and_then(|address| address.0),
            is_local: parts
                .extensions
                .get::<IsLocal>()
                .is_some_and(|local| local.0),
            user_agent: user_agent
                .and_then(|text| text.to_str().ok())
                .map(|text| text.chars().take(200).collect()),
        })
    }
}

async fn with_scope(parts: &Parts, app: &App, scope: Scope) -> Result<Principal, Problem> {
    let who = match parts.extensions.get::<Identity>() {
        Some(Identity::Known(who)) => (**who).clone(),
        Some(Identity::Refused(problem)) => return Err(problem.clone()),
        Some(Identity::Nobody) | None => return Err(nobody(app).await?),
    };
    if !who.may(scope) {
        let detail = format!("This API key lacks the scope `{scope}`. Make one that has it.");
        return Err(Problem::forbidden("insufficient_scope", detail));
    }
    Ok(who)
}

/// The answer to a request without credentials: on a fresh installation it says that setup comes first.
async fn nobody(app: &App) -> Result<Problem, Problem> {
    Ok(if accounts::setup::is_needed(&app.cx).await? {
        let detail = "Nobody has been set up yet. Create the first account.";
        Problem::unauthenticated("setup_required", detail)
    } else {
        let detail = "Sign in, or send an API key as Authorization: Bearer dbk_….";
        Problem::unauthenticated("unauthenticated", detail)
    })
}
