//! The authorization endpoint: checks the request, shows the consent page, redirects with code or error.
//!
//! Tests skip the page by posting its form: the authorization parameters plus `person` (an e-mail address),
//! `grant` once per granted scope (none at all grants everything asked), and `decision=allow|deny`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::{RawQuery, State as AxumState};
use axum::response::{Html, IntoResponse, Response};
use http::{StatusCode, header};

use super::consent;
use super::grants::Code;
use crate::google::{Sim, scopes};

/// The authorization request, from the query or from the consent form.
#[derive(Debug)]
pub(super) struct Asked {
    pub client: String,
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    pub params: BTreeMap<String, String>,
    granted: BTreeSet<String>,
}

impl Asked {
    fn parse(form: &str) -> Self {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(form.as_bytes())
            .into_owned()
            .collect();
        let granted = pairs.iter().filter(|(name, _)| name == "grant");
        let granted = granted.map(|(_, scope)| scope.clone()).collect();
        let params: BTreeMap<String, String> = pairs.into_iter().collect();
        let get = |name: &str| params.get(name).cloned().unwrap_or_default();
        Self {
            client: get("client_id"),
            redirect_uri: get("redirect_uri"),
            scopes: get("scope").split_whitespace().map(full_name).collect(),
            granted,
            params,
        }
    }

    fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name).map(String::as_str)
    }
}

pub(super) async fn show(
    AxumState(sim): AxumState<Arc<Sim>>,
    RawQuery(query): RawQuery,
) -> Response {
    sim.desk.count("authorize");
    let asked = Asked::parse(&query.unwrap_or_default());
    if let Err(refusal) = check(&sim, &asked) {
        return *refusal;
    }
    Html(consent::page(&sim.lock(), &asked)).into_response()
}

pub(super) async fn decide(AxumState(sim): AxumState<Arc<Sim>>, form: String) -> Response {
    let asked = Asked::parse(&form);
    if let Err(refusal) = check(&sim, &asked) {
        return *refusal;
    }
    if asked.param("decision") != Some("allow") {
        return back(&sim, &asked, &[("error", "access_denied")]);
    }
    let Some(email) = asked
        .param("person")
        .filter(|p| sim.lock().people.contains_key(*p))
    else {
        return error_page(
            "invalid_request",
            "Choose one of the people of this sandbox.",
        );
    };
    let everything = asked.granted.is_empty();
    let wanted = |s: &&String| everything || scopes::is_identity(s) || asked.granted.contains(*s);
    let granted: Vec<String> = asked.scopes.iter().filter(wanted).cloned().collect();
    let code = issue_code(&sim, &asked, email, granted.clone());
    let scope = granted.join(" ");
    back(&sim, &asked, &[("code", &code), ("scope", &scope)])
}

fn issue_code(sim: &Sim, asked: &Asked, email: &str, granted: Vec<String>) -> String {
    let mut state = sim.lock();
    let key = (email.to_owned(), asked.client.clone());
    let first = !state.grants.consents.contains_key(&key);
    let before = state.grants.consents.entry(key).or_default();
    let mut scopes = granted.clone();
    if asked.param("include_granted_scopes") == Some("true") {
        let missing = before.iter().filter(|s| !granted.contains(s));
        scopes.extend(missing.cloned());
    }
    before.extend(granted);
    let forced = asked
        .param("prompt")
        .is_some_and(|p| p.split(' ').any(|p| p == "consent"));
    let code = Code {
        email: email.to_owned(),
        client: asked.client.clone(),
        redirect_uri: asked.redirect_uri.clone(),
        scopes,
        challenge: asked.param("code_challenge").map(str::to_owned),
        nonce: asked.param("nonce").map(str::to_owned),
        offline: asked.param("access_type") == Some("offline") && (first || forced),
        issued: sim.desk.clock().now(),
        used: false,
    };
    let name = format!("4/0A{}", state.random_id(40));
    state.grants.codes.insert(name.clone(), code);
    name
}

/// Errors about the client or its redirect URI must not redirect: the target is not trusted.
fn check(sim: &Sim, asked: &Asked) -> Result<(), Box<Response>> {
    let refuse = |error, text| Err(Box::new(error_page(error, text)));
    let config = sim.config();
    let Some(client) = config.clients.iter().find(|c| c.id == asked.client) else {
        return refuse("invalid_client", "The OAuth client was not found.");
    };
    if !client.redirect_uris.contains(&asked.redirect_uri) {
        let text =
            "The redirect URI in the request does not match the ones registered for the client.";
        return refuse("redirect_uri_mismatch", text);
    }
    let redirect = |error| Err(Box::new(back(sim, asked, &[("error", error)])));
    if asked.param("response_type") != Some("code") {
        return redirect("unsupported_response_type");
    }
    if asked.scopes.is_empty() {
        return redirect("invalid_scope");
    }
    if asked.param("code_challenge").is_some()
        && asked.param("code_challenge_method") != Some("S256")
    {
        sim.desk.violate(
            "GET /o/oauth2/v2/auth",
            "code_challenge without the method S256.",
        );
        return redirect("invalid_request");
    }
    if asked.param("state").is_none() {
        sim.desk
            .violate("GET /o/oauth2/v2/auth", "No state was sent.");
    }
    Ok(())
}

/// 302 to the redirect URI with these parameters, the state, and the issuer when one is configured.
fn back(sim: &Sim, asked: &Asked, params: &[(&str, &str)]) -> Response {
    let Ok(mut target) = url::Url::parse(&asked.redirect_uri) else {
        return error_page("redirect_uri_mismatch", "The redirect URI is not a URL.");
    };
    {
        let mut query = target.query_pairs_mut();
        query.extend_pairs(params);
        if let Some(state) = asked.param("state") {
            query.append_pair("state", state);
        }
        if let Some(issuer) = &sim.config().issuer {
            query.append_pair("iss", issuer);
        }
    }
    let location = [(header::LOCATION, target.to_string())];
    (StatusCode::FOUND, location).into_response()
}

fn error_page(error: &str, text: &str) -> Response {
    (StatusCode::BAD_REQUEST, Html(consent::error(error, text))).into_response()
}

/// Google answers with the long names of the identity scopes.
fn full_name(scope: &str) -> String {
    match scope {
        "email" | "profile" => format!("https://www.googleapis.com/auth/userinfo.{scope}"),
        other => other.to_owned(),
    }
}
