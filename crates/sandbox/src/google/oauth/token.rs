//! The token and revocation endpoints.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Form, State as AxumState};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::grants::Code;
use crate::google::Sim;
use crate::google::config::{Client, Config};
use crate::google::state::State;

type Fields = HashMap<String, String>;

/// An OAuth error answer (RFC 6749 §5.2).
#[derive(Debug)]
pub(super) struct OauthError(u16, &'static str, &'static str);

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0).unwrap_or(StatusCode::BAD_REQUEST);
        let body = json!({"error": self.1, "error_description": self.2});
        (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
    }
}

const DEAD: OauthError = OauthError(400, "invalid_grant", "Token has been expired or revoked.");
const BAD_CODE: OauthError = OauthError(400, "invalid_grant", "Bad Request");

pub(super) async fn exchange(
    AxumState(sim): AxumState<Arc<Sim>>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, OauthError> {
    let grant = fields.get("grant_type").map_or("", String::as_str);
    sim.desk.count(&format!("token.{grant}"));
    let config = sim.config();
    let client = authenticate(&config, &headers, &fields)?;
    let now = sim.desk.clock().now();
    let mut state = sim.lock();
    let answer = match grant {
        "authorization_code" => with_code(&mut state, &client, &fields, (&config, now))?,
        "refresh_token" => with_refresh(&mut state, &client, &fields, (&config, now))?,
        _ => {
            let text = "Invalid grant_type";
            return Err(OauthError(400, "unsupported_grant_type", text));
        }
    };
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
    ];
    Ok((headers, Json(answer)).into_response())
}

pub(super) async fn revoke(
    AxumState(sim): AxumState<Arc<Sim>>,
    Form(fields): Form<Fields>,
) -> Response {
    sim.desk.count("revoke");
    let mut state = sim.lock();
    let owner = fields.get("token").and_then(|t| state.grants.owner_of(t));
    let Some((email, client)) = owner else {
        return OauthError(400, "invalid_token", "Token expired or revoked").into_response();
    };
    state.grants.revoke(&email, &client);
    Json(json!({})).into_response()
}

/// The client from the form or from HTTP Basic (RFC 6749 §2.3.1).
fn authenticate(
    config: &Config,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Client, OauthError> {
    let unknown = OauthError(401, "invalid_client", "The OAuth client was not found.");
    let (id, secret) = basic(headers).unwrap_or_else(|| {
        let get = |name| fields.get(name).cloned().unwrap_or_default();
        (get("client_id"), get("client_secret"))
    });
    let Some(client) = config.clients.iter().find(|c| c.id == id) else {
        return Err(unknown);
    };
    if client.secret != secret {
        return Err(OauthError(401, "invalid_client", "Unauthorized"));
    }
    Ok(client.clone())
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let plain = STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
    let plain = String::from_utf8(plain).ok()?;
    let (id, secret) = plain.split_once(':')?;
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text)
            .decode_utf8_lossy()
            .into_owned()
    };
    Some((decode(id), decode(secret)))
}

fn with_code(
    state: &mut State,
    client: &Client,
    fields: &Fields,
    (config, now): (&Config, Timestamp),
) -> Result<Value, OauthError> {
    let name = fields.get("code").map_or("", String::as_str);
    let code = state
        .grants
        .codes
        .get_mut(name)
        .filter(|c| c.client == client.id);
    let code = code.ok_or(BAD_CODE)?;
    let replayed = std::mem::replace(&mut code.used, true);
    let code = code.clone();
    if replayed {
        state.grants.revoke(&code.email, &client.id);
        return Err(BAD_CODE);
    }
    if fields.get("redirect_uri") != Some(&code.redirect_uri) {
        return Err(OauthError(400, "redirect_uri_mismatch", "Bad Request"));
    }
    if !code.is_fresh(now) || !verifier_fits(&code, fields.get("code_verifier")) {
        return Err(BAD_CODE);
    }
    let cx = (config, now);
    let access = state.issue_access(&code.email, &client.id, &code.scopes, cx);
    let mut answer = answer(&access, &code.scopes, config);
    if code.scopes.iter().any(|s| s == "openid") {
        answer["id_token"] = json!(id_token(state, &code, now));
    }
    if code.offline {
        let refresh = state.issue_refresh(&code.email, &client.id, &code.scopes, cx);
        answer["refresh_token"] = json!(refresh);
        if let Some(seconds) = config.refresh_token_ttl_s {
            answer["refresh_token_expires_in"] = json!(seconds);
        }
    }
    Ok(answer)
}

fn with_refresh(
    state: &mut State,
    client: &Client,
    fields: &Fields,
    (config, now): (&Config, Timestamp),
) -> Result<Value, OauthError> {
    let token = fields.get("refresh_token").map_or("", String::as_str);
    let used = state.use_refresh(token, &client.id, (config, now));
    let (grant, next) = used.ok_or(DEAD)?;
    let access = state.issue_access(&grant.email, &client.id, &grant.scopes, (config, now));
    let mut answer = answer(&access, &grant.scopes, config);
    if let Some(next) = next {
        answer["refresh_token"] = json!(next);
    }
    Ok(answer)
}

fn answer(access: &str, scopes: &[String], config: &Config) -> Value {
    json!({"access_token": access, "expires_in": config.access_token_ttl_s, "token_type": "Bearer",
        "scope": scopes.join(" ")})
}

/// RFC 7636 §4.6. A verifier without a challenge is refused too.
fn verifier_fits(code: &Code, verifier: Option<&String>) -> bool {
    match (&code.challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            let legal = (43..=128).contains(&verifier.len());
            legal && *challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
        }
        _ => false,
    }
}

/// A token in the form of a JWT with a signature that verifies nowhere: a hint at most.
fn id_token(state: &State, code: &Code, now: Timestamp) -> String {
    let sub = state.people.get(&code.email).map_or("", |p| p.sub.as_str());
    let claims = json!({"iss": "https://accounts.google.com", "aud": code.client, "sub": sub, "email": code.email,
        "email_verified": true, "nonce": code.nonce, "iat": now.as_second(), "exp": now.as_second() + 3600});
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = json!({"alg": "RS256", "kid": "sandbox", "typ": "JWT"});
    format!(
        "{}.{}.{}",
        part(head),
        part(claims),
        URL_SAFE_NO_PAD.encode("sandbox")
    )
}
