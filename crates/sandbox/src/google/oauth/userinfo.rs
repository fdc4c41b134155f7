//! Who the token belongs to, in both forms.

use axum::Json;
use serde_json::{Value, json};

use crate::google::call::Call;
use crate::google::errors::ApiError;
use crate::google::state::Person;

/// `GET /v1/userinfo` (OpenID Connect).
pub(super) async fn oidc(call: Call) -> Result<Json<Value>, ApiError> {
    let (person, scopes) = person(&call)?;
    let mut answer = json!({"sub": person.sub});
    if has(&scopes, "email") {
        answer["email"] = json!(person.email);
        answer["email_verified"] = json!(true);
    }
    if has(&scopes, "profile") {
        answer["name"] = json!(person.name);
        answer["hd"] = json!(domain(&person));
    }
    Ok(Json(answer))
}

/// `GET /oauth2/v2/userinfo`.
pub(super) async fn v2(call: Call) -> Result<Json<Value>, ApiError> {
    let (person, scopes) = person(&call)?;
    let mut answer = json!({"id": person.sub, "hd": domain(&person)});
    if has(&scopes, "email") {
        answer["email"] = json!(person.email);
        answer["verified_email"] = json!(true);
    }
    if has(&scopes, "profile") {
        answer["name"] = json!(person.name);
    }
    Ok(Json(answer))
}

fn person(call: &Call) -> Result<(Person, Vec<String>), ApiError> {
    call.sim.desk.count("userinfo");
    let state = call.sim.lock();
    let caller = call.anyone(&state)?;
    let identity = |s: &String| super::super::scopes::is_identity(s);
    if !caller.scopes.iter().any(identity) {
        return Err(ApiError::scope());
    }
    let person = state.people.get(&caller.email).cloned();
    Ok((person.ok_or_else(ApiError::unauthorized)?, caller.scopes))
}

fn has(scopes: &[String], name: &str) -> bool {
    scopes.iter().any(|s| s.ends_with(name))
}

fn domain(person: &Person) -> &str {
    person
        .email
        .split_once('@')
        .map_or("", |(_, domain)| domain)
}
