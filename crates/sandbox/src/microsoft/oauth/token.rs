//! The token endpoint. There is no revocation endpoint.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Form, Path, State as AxumState};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{HeaderMap, header};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::errors::OauthError;
use super::grants::{Code, Dead};
use super::tenant::Tenant;
use crate::microsoft::config::{Client, Config, ScopeStyle};
use crate::microsoft::state::{Person, State};
use crate::microsoft::{Sim, scopes};

type Fields = HashMap<String, String>;

pub(super) async fn exchange(
    AxumState(sim): AxumState<Arc<Sim>>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, OauthError> {
    let grant = fields.get("grant_type").map_or("", String::as_str);
    sim.desk.count(&format!("token.{grant}"));
    let config = sim.config();
    let now = sim.desk.clock().now();
    let mut state = sim.lock();
    let client = authenticate(&config, &headers, &fields)?;
    let tenant = Tenant::read(&state, &tenant, Some(&client))?;
    let cx = (&config, now);
    let answer = match grant {
        "authorization_code" => with_code(&mut state, &client, &fields, (&tenant, cx))?,
        "refresh_token" => with_refresh(&mut state, &client, &fields, (&tenant, cx))?,
        "" => {
            return Err(OauthError::new(
                "invalid_request",
                900_144,
                "The request body must contain the following parameter: 'grant_type'.",
            ));
        }
        other => {
            return Err(OauthError::new(
                "unsupported_grant_type",
                70003,
                format!("The app requested an unsupported grant type '{other}'."),
            ));
        }
    };
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
    ];
    Ok((headers, Json(answer)).into_response())
}

/// The client from the form or from HTTP Basic (RFC 6749 §2.3.1).
fn authenticate(
    config: &Config,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Client, OauthError> {
    let (id, secret) = basic(headers).unwrap_or_else(|| {
        let get = |name| fields.get(name).cloned().unwrap_or_default();
        (get("client_id"), get("client_secret"))
    });
    let Some(client) = config.clients.iter().find(|c| c.id == id) else {
        let text = format!("Application with identifier '{id}' was not found in the directory.");
        return Err(OauthError::new("unauthorized_client", 700_016, text));
    };
    if secret.is_empty() && !client.spa {
        let text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
        return Err(OauthError::new("invalid_client", 7_000_218, text));
    }
    if client.secret != secret && !client.spa {
        let text = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{id}'."
        );
        return Err(OauthError::new("invalid_client", 7_000_215, text));
    }
    if client.secret_expired {
        let text = format!("The provided client secret keys for app '{id}' are expired.");
        return Err(OauthError::new("invalid_client", 7_000_222, text));
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

type Context<'a> = (&'a Tenant, (&'a Config, Timestamp));

fn with_code(
    state: &mut State,
    client: &Client,
    fields: &Fields,
    (tenant, cx): Context,
) -> Result<Value, OauthError> {
    let (config, now) = cx;
    let name = fields.get("code").map_or("", String::as_str);
    let code = state
        .grants
        .codes
        .get_mut(name)
        .filter(|c| c.client == client.id);
    let code = code.ok_or_else(|| {
        OauthError::grant(
            9_002_313,
            "Invalid request. Request is malformed or invalid.",
        )
    })?;
    if fields.get("redirect_uri") != Some(&code.redirect_uri) {
        return Err(OauthError::grant(
            500_112,
            "The reply address does not match the reply address provided when requesting the authorization code.",
        ));
    }
    if !code.is_fresh(now) {
        return Err(OauthError::grant(
            70008,
            "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
        ));
    }
    if !verifier_fits(code, fields.get("code_verifier")) {
        return Err(OauthError::grant(
            501_481,
            "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
        ));
    }
    if std::mem::replace(&mut code.used, true) {
        return Err(OauthError::grant(
            54005,
            "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
        ));
    }
    let code = code.clone();
    admitted(state, tenant, &code.email)?;
    let granted = narrowed(&code.scopes, fields)?;
    let (access, life) = state.issue_access(&code.email, &client.id, &granted, (config, now));
    let mut answer = answer(&access, life, &granted, config);
    if code.scopes.iter().any(|s| s == "openid") {
        answer["id_token"] = json!(id_token(state.people.get(&code.email), &code, now));
    }
    if code.scopes.iter().any(|s| s == "offline_access") {
        answer["refresh_token"] =
            json!(state.issue_refresh(&code.email, client, &code.scopes, now));
    }
    Ok(answer)
}

fn with_refresh(
    state: &mut State,
    client: &Client,
    fields: &Fields,
    (tenant, cx): Context,
) -> Result<Value, OauthError> {
    let (config, now) = cx;
    let token = fields.get("refresh_token").map_or("", String::as_str);
    let (grant, next) = state.use_refresh(token, client, cx).map_err(|dead| match dead {
        Dead::Unknown => OauthError::grant(9_002_313, "Invalid request. Request is malformed or invalid.").with_suberror("bad_token"),
        Dead::Expired => OauthError::grant(700_082, "The refresh token has expired due to inactivity."),
        Dead::Revoked => OauthError::grant(50173, "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.").with_suberror("bad_token"),
    })?;
    admitted(state, tenant, &grant.email)?;
    let granted = narrowed(&grant.scopes, fields)?;
    let (access, life) = state.issue_access(&grant.email, &client.id, &granted, (config, now));
    let mut answer = answer(&access, life, &granted, config);
    if let Some(next) = next {
        answer["refresh_token"] = json!(next);
    }
    Ok(answer)
}

fn admitted(state: &State, tenant: &Tenant, email: &str) -> Result<(), OauthError> {
    let admitted = state.people.get(email).is_some_and(|p| tenant.admits(p));
    let text = "The user account does not exist in this tenant.";
    admitted
        .then_some(())
        .ok_or_else(|| OauthError::grant(50020, text))
}

/// The scopes of the answer: those asked for now, which must have been granted before; all when none are named.
fn narrowed(granted: &[String], fields: &Fields) -> Result<Vec<String>, OauthError> {
    let asked = fields.get("scope").map_or("", String::as_str);
    if asked.split_whitespace().any(scopes::is_foreign) {
        return Err(OauthError::new(
            "invalid_request",
            28000,
            "Provided value for the input parameter scope is not valid because it contains more than one resource.",
        ));
    }
    let mut wanted = Vec::new();
    for scope in asked.split_whitespace() {
        let name = scopes::canonical(scope);
        let name = name.ok_or_else(|| {
            OauthError::new(
                "invalid_scope",
                70011,
                format!("The scope {scope} is not valid."),
            )
        })?;
        if !granted.iter().any(|g| g == name) {
            let text = "The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource.";
            return Err(OauthError::grant(65001, text).with_suberror("consent_required"));
        }
        wanted.push(name.to_owned());
    }
    let all = if wanted.is_empty() {
        granted.to_vec()
    } else {
        wanted
    };
    Ok(all.into_iter().filter(|s| s != "offline_access").collect())
}

fn answer(access: &str, life: i64, granted: &[String], config: &Config) -> Value {
    json!({"token_type": "Bearer", "scope": written(granted, config.scope_style), "expires_in": life,
        "ext_expires_in": life, "access_token": access})
}

fn written(granted: &[String], style: ScopeStyle) -> String {
    let form = |(n, scope): (usize, &String)| match style {
        ScopeStyle::Short => scope.clone(),
        ScopeStyle::Urls => scopes::url_form(scope),
        ScopeStyle::Odd if n % 2 == 0 => scopes::url_form(scope).to_lowercase(),
        ScopeStyle::Odd => scope.to_uppercase(),
    };
    let mut names: Vec<String> = granted.iter().enumerate().map(form).collect();
    if style == ScopeStyle::Odd {
        names.reverse();
    }
    names.join(" ")
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
fn id_token(person: Option<&Person>, code: &Code, now: Timestamp) -> String {
    let Some(person) = person else {
        return String::new();
    };
    let claims = json!({"ver": "2.0", "iss": format!("https://login.microsoftonline.com/{}/v2.0", person.tenant),
        "aud": code.client, "sub": format!("sub-{}", person.id), "oid": person.id, "tid": person.tenant,
        "name": person.name, "preferred_username": person.email, "nonce": code.nonce,
        "iat": now.as_second(), "nbf": now.as_second(), "exp": now.as_second() + 3600});
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = json!({"alg": "RS256", "kid": "sandbox", "typ": "JWT"});
    format!(
        "{}.{}.{}",
        part(head),
        part(claims),
        URL_SAFE_NO_PAD.encode("sandbox")
    )
}
