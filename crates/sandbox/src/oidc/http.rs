//! The provider's endpoints.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::header::{AUTHORIZATION, LOCATION};
use http::{HeaderMap, StatusCode};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Code, Sim, Twist, token as tokens};

type Form = BTreeMap<String, String>;

fn parse(text: &str) -> Form {
    url::form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

pub(super) async fn discovery(State(sim): State<Arc<Sim>>) -> Response {
    sim.count("discovery");
    Json(sim.document()).into_response()
}

pub(super) async fn jwks(State(sim): State<Arc<Sim>>) -> Response {
    sim.count("jwks");
    Json(sim.keys.set()).into_response()
}

/// The consent page: who do you want to be?
pub(super) async fn show(State(sim): State<Arc<Sim>>, RawQuery(query): RawQuery) -> Response {
    let asked = parse(&query.unwrap_or_default());
    if let Some(refusal) = wrong(&sim, &asked) {
        return refusal;
    }
    let escape = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;")
    };
    let hidden: String = asked
        .iter()
        .map(|(name, value)| {
            let (name, value) = (escape(name), escape(value));
            format!("<input type=hidden name=\"{name}\" value=\"{value}\">")
        })
        .collect();
    let people: String = crate::lock(&sim.state)
        .people
        .values()
        .map(|person| {
            let (sub, email) = (escape(&person.sub), escape(&person.email));
            format!("<p><button name=person value=\"{sub}\">{email}</button></p>")
        })
        .collect();
    let page = format!(
        "<!doctype html><html lang=en><title>Sign in</title><h1>Sign in (simulator)</h1><form method=post>{hidden}{people}</form>"
    );
    Html(page).into_response()
}

pub(super) async fn decide(State(sim): State<Arc<Sim>>, form: String) -> Response {
    let asked = parse(&form);
    if let Some(refusal) = wrong(&sim, &asked) {
        return refusal;
    }
    let person = asked.get("person");
    let known = person.filter(|sub| crate::lock(&sim.state).people.contains_key(*sub));
    let Some(sub) = known else {
        return back(&sim, &asked, "error", "access_denied");
    };
    let code = Code {
        sub: sub.clone(),
        nonce: asked.get("nonce").cloned(),
        challenge: asked.get("code_challenge").cloned(),
        redirect_uri: asked["redirect_uri"].clone(),
    };
    let name = sim.fresh("code");
    crate::lock(&sim.state).codes.insert(name.clone(), code);
    back(&sim, &asked, "code", &name)
}

/// Requests that must not redirect, and those that ask wrongly.
fn wrong(sim: &Sim, asked: &Form) -> Option<Response> {
    let says = |name: &str, wanted: &str| asked.get(name).is_some_and(|value| value == wanted);
    let refuse = |text: &'static str| Some((StatusCode::BAD_REQUEST, text).into_response());
    let scopes = asked.get("scope").map(String::as_str).unwrap_or_default();
    if !says("client_id", &sim.client_id) || !says("redirect_uri", &sim.redirect_uri) {
        refuse("unknown client or redirect URI")
    } else if !says("response_type", "code") || !scopes.split(' ').any(|one| one == "openid") {
        refuse("only response_type=code with the scope openid")
    } else if !says("code_challenge_method", "S256") || !asked.contains_key("state") {
        refuse("PKCE (S256) and state are needed here")
    } else {
        None
    }
}

fn back(sim: &Sim, asked: &Form, name: &str, value: &str) -> Response {
    let issuer = if sim.twisted(Twist::WrongIssInRedirect) {
        "https://evil.example"
    } else {
        &sim.issuer
    };
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair(name, value)
        .append_pair("state", &asked["state"])
        .append_pair("iss", issuer)
        .finish();
    let target = format!("{}?{query}", asked["redirect_uri"]);
    (StatusCode::FOUND, [(LOCATION, target)]).into_response()
}

pub(super) async fn token(
    State(sim): State<Arc<Sim>>,
    headers: HeaderMap,
    form: String,
) -> Response {
    sim.count("token");
    if sim.twisted(Twist::Html) {
        return Html("<h1>Please sign in</h1>").into_response();
    }
    let form = parse(&form);
    let error = |status, code| (status, Json(json!({"error": code}))).into_response();
    if !is_client(&sim, &headers) {
        return error(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let code = form
        .get("code")
        .and_then(|code| crate::lock(&sim.state).codes.remove(code));
    let verifier = form.get("code_verifier").map(String::as_str);
    let Some(code) = code.filter(|code| fits(code, &form, verifier)) else {
        return error(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let person = crate::lock(&sim.state).people.get(&code.sub).cloned();
    let Some(person) = person else {
        return error(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let access = sim.fresh("access");
    let mut answer = json!({"access_token": access, "token_type": "Bearer", "expires_in": 300});
    crate::lock(&sim.state)
        .access
        .insert(access, person.sub.clone());
    if !sim.twisted(Twist::NoIdToken) {
        answer["id_token"] = json!(tokens::id_token(&sim, &person, &code));
    }
    Json(answer).into_response()
}

fn fits(code: &Code, form: &Form, verifier: Option<&str>) -> bool {
    let challenge = verifier.map(|text| URL_SAFE_NO_PAD.encode(Sha256::digest(text)));
    form.get("grant_type")
        .is_some_and(|kind| kind == "authorization_code")
        && form.get("redirect_uri") == Some(&code.redirect_uri)
        && challenge.is_some()
        && challenge == code.challenge
}

fn is_client(sim: &Sim, headers: &HeaderMap) -> bool {
    let wanted = format!("{}:{}", sim.client_id, sim.client_secret);
    let given = headers
        .get(AUTHORIZATION)
        .and_then(|header| header.to_str().ok());
    given.and_then(|given| given.strip_prefix("Basic ")) == Some(STANDARD.encode(wanted).as_str())
}

pub(super) async fn userinfo(State(sim): State<Arc<Sim>>, headers: HeaderMap) -> Response {
    sim.count("userinfo");
    let given = headers
        .get(AUTHORIZATION)
        .and_then(|header| header.to_str().ok());
    let access = given.and_then(|given| given.strip_prefix("Bearer "));
    let state = crate::lock(&sim.state);
    let sub = access.and_then(|access| state.access.get(access));
    let Some(person) = sub.and_then(|sub| state.people.get(sub)) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let sub = if state.twist == Some(Twist::UserinfoOfSomebodyElse) {
        "somebody-else"
    } else {
        &person.sub
    };
    Json(json!({"sub": sub, "email": person.email, "email_verified": person.verified}))
        .into_response()
}
