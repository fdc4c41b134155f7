//! One request to the Calendar API: parameters, body, and the checks every operation starts with.

use std::sync::Arc;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use http::{HeaderMap, header};
use serde_json::Value;

use super::errors::ApiError;
use super::state::{Role, State};
use super::{Sim, oauth};

/// Largest request body the simulator reads.
const BODY_LIMIT: usize = 4 << 20;

/// Everything an operation needs from the request.
#[derive(Debug)]
pub(super) struct Call {
    pub sim: Arc<Sim>,
    pub params: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
}

/// Someone with a valid token.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub email: String,
    pub scopes: Vec<String>,
}

impl FromRequest<Arc<Sim>> for Call {
    type Rejection = ApiError;

    async fn from_request(request: Request, sim: &Arc<Sim>) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let query = parts.uri.query().unwrap_or_default();
        let params = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let too_large = |_| ApiError::new(413, "global", "uploadTooLarge", "Request Too Large");
        Ok(Self {
            sim: sim.clone(),
            params,
            headers: parts.headers,
            body: to_bytes(body, BODY_LIMIT).await.map_err(too_large)?,
        })
    }
}

impl Call {
    /// Counts the call and holds its query against the description.
    pub fn begin(&self, counter: &str, operation: &str) {
        self.sim.desk.count(counter);
        if self.params.iter().any(|(name, _)| name == "access_token") {
            self.sim
                .desk
                .violate(operation, "The token was sent in the query.");
        }
        if let Some(spec) = &self.sim.spec {
            let names: Vec<&str> = self.params.iter().map(|(n, _)| n.as_str()).collect();
            for problem in spec.check_query(operation, &names) {
                self.sim.desk.violate(operation, problem);
            }
        }
    }

    /// The first value of a parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        let found = self.params.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A boolean parameter; absent is `None`.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.param(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(ApiError::parameter(name, "Invalid boolean value.")),
        }
    }

    /// A non-negative number; absent is `None`.
    pub fn number(&self, name: &str) -> Result<Option<usize>, ApiError> {
        let invalid = |_| ApiError::parameter(name, "Invalid integer value.");
        self.param(name)
            .map(|n| n.parse().map_err(invalid))
            .transpose()
    }

    /// An RFC 3339 time with offset; absent is `None`.
    pub fn time(&self, name: &str) -> Result<Option<jiff::Timestamp>, ApiError> {
        let invalid = |_| ApiError::parameter(name, "Bad Request");
        self.param(name)
            .map(|t| t.parse().map_err(invalid))
            .transpose()
    }

    /// A request header as text.
    pub fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The JSON body, held against the named schema of the description.
    pub fn json(&self, operation: &str, schema: &str) -> Result<Value, ApiError> {
        let value: Value = serde_json::from_slice(&self.body)
            .map_err(|_| ApiError::new(400, "global", "parseError", "Parse Error"))?;
        if !value.is_object() {
            return Err(ApiError::invalid("The body must be an object."));
        }
        if let Some(spec) = &self.sim.spec {
            for problem in spec.check_body(schema, &value) {
                self.sim.desk.violate(operation, problem);
            }
        }
        Ok(value)
    }

    /// The person behind the bearer token, if it grants one of `scopes` and their rate allows one more call.
    pub fn caller(&self, state: &mut State, scopes: &[&str]) -> Result<Caller, ApiError> {
        let caller = self.anyone(state)?;
        let now = self.sim.desk.clock().now();
        if let Some(limit) = self.sim.config().rate_limit_per_minute {
            let recent = state.recent.entry(caller.email.clone()).or_default();
            while recent
                .front()
                .is_some_and(|t| now.duration_since(*t).as_secs() >= 60)
            {
                recent.pop_front();
            }
            if recent.len() >= limit as usize {
                return Err(ApiError::rate_limit());
            }
            recent.push_back(now);
        }
        let granted = |scope: &&str| caller.scopes.iter().any(|s| s == scope);
        if !scopes.iter().any(granted) {
            return Err(ApiError::scope());
        }
        Ok(caller)
    }

    /// The person behind the bearer token, whatever it grants.
    pub fn anyone(&self, state: &State) -> Result<Caller, ApiError> {
        let value = self.header(header::AUTHORIZATION).unwrap_or_default();
        let token = value.strip_prefix("Bearer ").unwrap_or_default();
        let now = self.sim.desk.clock().now();
        oauth::bearer(state, token, now).ok_or_else(ApiError::unauthorized)
    }
}

/// The calendar `id` names for `caller`; unknown and unshared are the same 404.
pub(super) fn open(state: &State, caller: &Caller, id: &str) -> Result<(String, Role), ApiError> {
    state
        .open(&caller.email, id)
        .ok_or_else(ApiError::not_found)
}

/// Like [`open`], for someone who wants to write.
pub(super) fn open_for_writing(
    state: &State,
    caller: &Caller,
    id: &str,
) -> Result<String, ApiError> {
    let (id, role) = open(state, caller, id)?;
    if role < Role::Writer {
        return Err(ApiError::access_level());
    }
    Ok(id)
}
