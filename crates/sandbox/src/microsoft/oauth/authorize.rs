//! The authorization endpoint: checks the request, shows the consent page, redirects with code or error.
//!
//! Tests skip the page by posting its form to the same address: the authorization parameters plus `person` (a
//! sign-in name) and `decision=allow|deny`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, RawQuery, State as AxumState};
use axum::response::{Html, IntoResponse, Response};
use http::{StatusCode, header};

use super::consent;
use super::errors::OauthError;
use super::grants::Code;
use super::tenant::Tenant;
use crate::microsoft::config::Config;
use crate::microsoft::state::{Account, State};
use crate::microsoft::{Sim, scopes};

const OPERATION: &str = "GET /{tenant}/oauth2/v2.0/authorize";

/// The authorization request, from the query or from the consent form.
#[derive(Debug)]
pub(super) struct Asked {
    pub tenant: String,
    pub client: String,
    pub redirect_uri: String,
    /// Short names.
    pub scopes: Vec<String>,
    pub params: BTreeMap<String, String>,
}

impl Asked {
    fn parse(tenant: String, form: &str) -> Self {
        let params: BTreeMap<String, String> = url::form_urlencoded::parse(form.as_bytes())
            .into_owned()
            .collect();
        let get = |name: &str| params.get(name).cloned().unwrap_or_default();
        let scopes = get("scope")
            .split_whitespace()
            .filter_map(scopes::canonical)
            .map(str::to_owned)
            .collect();
        Self {
            tenant,
            client: get("client_id"),
            redirect_uri: get("redirect_uri"),
            scopes,
            params,
        }
    }

    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name).map(String::as_str)
    }
}

pub(super) async fn show(
    AxumState(sim): AxumState<Arc<Sim>>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    sim.desk.count("authorize");
    let asked = Asked::parse(tenant, &query.unwrap_or_default());
    match check(&sim, &asked) {
        Err(refusal) => *refusal,
        Ok(_) if asked.param("prompt") == Some("none") => {
            // Nobody is ever signed in here.
            let error = OauthError::new(
                "login_required",
                50058,
                "Session information is not sufficient for single-sign-on.",
            );
            refuse(&asked, &error, &[])
        }
        Ok(tenant) => Html(consent::page(&sim.lock(), &asked, &tenant)).into_response(),
    }
}

pub(super) async fn decide(
    AxumState(sim): AxumState<Arc<Sim>>,
    Path(tenant): Path<String>,
    form: String,
) -> Response {
    let asked = Asked::parse(tenant, &form);
    let tenant = match check(&sim, &asked) {
        Ok(tenant) => tenant,
        Err(refusal) => return *refusal,
    };
    if asked.param("decision") != Some("allow") {
        let error = OauthError::new(
            "access_denied",
            65004,
            "User declined to consent to access the app.",
        );
        return refuse(&asked, &error, &[("error_subcode", "cancel")]);
    }
    let config = sim.config();
    let mut state = sim.lock();
    let person = asked.param("person").and_then(|p| state.people.get(p));
    let Some(person) = person.filter(|p| tenant.admits(p)) else {
        let text = "The user account does not exist in this tenant and cannot access the application. Choose another account.";
        return page(&OauthError::new("invalid_request", 50020, text));
    };
    if person.account == Account::Personal && asked.scopes.iter().any(|s| s.ends_with(".Shared")) {
        let text = "The provided value for the input parameter 'scope' is not valid. One or more scopes are not compatible with personal accounts.";
        return refuse(&asked, &OauthError::new("invalid_scope", 70011, text), &[]);
    }
    if !person.may_consent || needs_admin(&config, &asked) {
        let text = "The application needs permissions to access resources in your organization that only an admin can grant. Ask an admin to grant permission to this app.";
        return refuse(&asked, &OauthError::new("access_denied", 90094, text), &[]);
    }
    let email = person.email.clone();
    let code = issue_code(&sim, &mut state, &asked, &email);
    back(
        &asked,
        &[
            ("code", &code),
            ("session_state", "5a2b8f6e-0000-0000-0000-000000000000"),
        ],
    )
}

fn needs_admin(config: &Config, asked: &Asked) -> bool {
    asked.scopes.iter().any(|s| {
        config
            .admin_scopes
            .iter()
            .any(|a| a.eq_ignore_ascii_case(s))
    })
}

fn issue_code(sim: &Sim, state: &mut State, asked: &Asked, email: &str) -> String {
    let key = (email.to_owned(), asked.client.clone());
    state
        .grants
        .consents
        .entry(key)
        .or_default()
        .extend(asked.scopes.iter().cloned());
    let code = Code {
        email: email.to_owned(),
        client: asked.client.clone(),
        redirect_uri: asked.redirect_uri.clone(),
        scopes: asked.scopes.clone(),
        challenge: asked.param("code_challenge").map(str::to_owned),
        nonce: asked.param("nonce").map(str::to_owned),
        issued: sim.desk.clock().now(),
        used: false,
    };
    let name = format!("0.AXwA{}", state.random_id(60));
    state.grants.codes.insert(name.clone(), code);
    name
}

/// Errors about the client, its tenant or its redirect URI must not redirect: the target is not trusted.
fn check(sim: &Sim, asked: &Asked) -> Result<Tenant, Box<Response>> {
    let config = sim.config();
    let client = config.clients.iter().find(|c| c.id == asked.client);
    let tenant =
        Tenant::read(&sim.lock(), &asked.tenant, client).map_err(|e| Box::new(page(&e)))?;
    let Some(client) = client else {
        let text = format!(
            "Application with identifier '{}' was not found in the directory.",
            asked.client
        );
        return Err(Box::new(page(&OauthError::new(
            "unauthorized_client",
            700_016,
            text,
        ))));
    };
    if !client.redirect_uris.contains(&asked.redirect_uri) {
        let text = format!(
            "The redirect URI '{}' specified in the request does not match the redirect URIs configured for the application '{}'.",
            asked.redirect_uri, client.id
        );
        return Err(Box::new(page(&OauthError::new(
            "invalid_request",
            50011,
            text,
        ))));
    }
    request(sim, asked).map_err(|error| Box::new(refuse(asked, &error, &[])))?;
    Ok(tenant)
}

fn request(sim: &Sim, asked: &Asked) -> Result<(), OauthError> {
    let violate = |problem: &str| sim.desk.violate(OPERATION, problem);
    if asked.param("response_type") != Some("code") {
        return Err(OauthError::new(
            "unsupported_response_type",
            70005,
            "The response type is not supported.",
        ));
    }
    let sent = asked.param("scope").unwrap_or_default();
    if sent.split_whitespace().any(scopes::is_foreign) {
        return Err(OauthError::new(
            "invalid_request",
            28000,
            "Provided value for the input parameter scope is not valid because it contains more than one resource.",
        ));
    }
    if asked.scopes.is_empty() || asked.scopes.len() != sent.split_whitespace().count() {
        return Err(OauthError::new(
            "invalid_scope",
            70011,
            format!(
                "The provided value for the input parameter 'scope' is not valid. The scope {sent} is not valid."
            ),
        ));
    }
    if asked.param("code_challenge").is_some()
        && asked.param("code_challenge_method") != Some("S256")
    {
        violate("code_challenge without the method S256.");
        return Err(OauthError::new(
            "invalid_request",
            9_002_325,
            "Only the code challenge method S256 is supported here.",
        ));
    }
    if asked.param("code_challenge").is_none() {
        violate("No code_challenge was sent.");
    }
    if asked.param("state").is_none() {
        violate("No state was sent.");
    }
    if asked.param("response_mode").is_some_and(|m| m != "query") {
        violate("A response_mode other than query was asked for.");
    }
    Ok(())
}

/// Back to the application with an error.
fn refuse(asked: &Asked, error: &OauthError, more: &[(&str, &str)]) -> Response {
    let description = error.description();
    let mut params = vec![
        ("error", error.error),
        ("error_description", description.as_str()),
    ];
    params.extend(more);
    back(asked, &params)
}

/// 302 to the redirect URI with these parameters and the state.
fn back(asked: &Asked, params: &[(&str, &str)]) -> Response {
    let Ok(mut target) = url::Url::parse(&asked.redirect_uri) else {
        return page(&OauthError::new(
            "invalid_request",
            50011,
            "The redirect URI is not a URL.",
        ));
    };
    {
        let mut query = target.query_pairs_mut();
        query.extend_pairs(params);
        if let Some(state) = asked.param("state") {
            query.append_pair("state", state);
        }
    }
    let location = [(header::LOCATION, target.to_string())];
    (StatusCode::FOUND, location).into_response()
}

fn page(error: &OauthError) -> Response {
    (StatusCode::BAD_REQUEST, Html(consent::error(error))).into_response()
}
