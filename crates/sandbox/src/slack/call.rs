//! One call of the Web API: arguments from query, form or JSON, the token, and the checks every method starts with.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use http::{HeaderMap, header};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::Sim;
use super::config::{App, Config};
use super::errors::ApiError;
use super::limits;
use super::state::{Install, State};

/// Largest request body the simulator reads.
const BODY_LIMIT: usize = 4 << 20;

/// Everything a method needs from the request.
#[derive(Debug)]
pub(super) struct Call {
    pub sim: Arc<Sim>,
    pub config: Config,
    pub args: Map<String, Value>,
    pub headers: HeaderMap,
    /// In the query, where tokens and secrets must not be.
    pub query: Vec<String>,
    pub method: String,
    json: bool,
}

/// An installation that calls.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub key: String,
    pub install: Install,
    pub token: String,
}

impl Caller {
    /// The workspace the call is about: the installation's, or the one the organisation's app names.
    pub fn team(&self, state: &State, named: Option<&str>) -> Result<String, ApiError> {
        if let Some(team) = &self.install.team {
            return Ok(team.clone());
        }
        let known =
            named.filter(|t| state.teams.contains_key(*t) && state.reaches(&self.install, t));
        let first = || {
            let mut teams = state.teams.values();
            teams.find(|t| state.reaches(&self.install, &t.id))
        };
        known
            .map(str::to_owned)
            .or_else(|| first().map(|t| t.id.clone()))
            .ok_or_else(|| ApiError::new("team_access_not_granted"))
    }
}

impl FromRequest<Arc<Sim>> for Call {
    type Rejection = ApiError;

    async fn from_request(request: Request, sim: &Arc<Sim>) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, BODY_LIMIT)
            .await
            .map_err(|_| ApiError::new("request_timeout"))?;
        let mut args = Map::new();
        let query = parts.uri.query().unwrap_or_default();
        let mut in_query = Vec::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            in_query.push(name.clone().into_owned());
            args.insert(name.into_owned(), Value::String(value.into_owned()));
        }
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let kind = kind.and_then(|v| v.to_str().ok()).unwrap_or_default();
        let json = kind.starts_with("application/json");
        if json && !body.is_empty() {
            match serde_json::from_slice(&body) {
                Ok(Value::Object(map)) => args.extend(map),
                Ok(_) => return Err(ApiError::new("json_not_object")),
                Err(_) => return Err(ApiError::new("invalid_json")),
            }
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            for (name, value) in url::form_urlencoded::parse(&body) {
                args.insert(name.into_owned(), Value::String(value.into_owned()));
            }
        } else if !body.is_empty() {
            return Err(ApiError::new("invalid_post_type"));
        }
        let method = parts.uri.path().rsplit('/').next().unwrap_or_default();
        if let Some(host) = parts
            .headers
            .get(header::HOST)
            .and_then(|h| h.to_str().ok())
        {
            sim.lock().base = format!("http://{host}");
        }
        Ok(Self {
            sim: sim.clone(),
            config: sim.config(),
            args,
            method: method.to_owned(),
            headers: parts.headers,
            query: in_query,
            json,
        })
    }
}

impl Call {
    pub fn now(&self) -> Timestamp {
        self.sim.desk.clock().now()
    }

    pub fn violate(&self, problem: impl Into<String>) {
        self.sim.desk.violate(&self.method, problem);
    }

    /// Counts the call and holds its arguments against the description; `extra` are arguments that came after it was written.
    pub fn begin(&self, extra: &[&str]) {
        self.sim.desk.count(&self.method);
        if self.query.iter().any(|name| name == "token") {
            self.violate("The token was sent in the query.");
        }
        let Some(spec) = &self.sim.spec else {
            return;
        };
        let known = spec.arguments(&format!("/{}", self.method));
        for name in self.args.keys().filter(|n| !extra.contains(&n.as_str())) {
            if known.as_ref().is_some_and(|known| !known.contains(name)) {
                self.violate(format!("Unknown argument {name}."));
            }
        }
    }

    /// An argument as text; JSON numbers and truth values count too.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.args.get(name)? {
            Value::String(text) => Some(text.clone()).filter(|t| !t.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    pub fn flag(&self, name: &str) -> bool {
        matches!(self.text(name).as_deref(), Some("true" | "1"))
    }

    pub fn need(&self, name: &str) -> Result<String, ApiError> {
        self.text(name).ok_or_else(|| {
            let said = format!("[ERROR] missing required field: {name}");
            self.violate(format!("{name} is missing."));
            ApiError::new("invalid_arguments").because(&[said])
        })
    }

    /// An argument that is JSON: itself in a JSON body, or as text in a form.
    pub fn structure(&self, name: &str, error: &str) -> Result<Option<Value>, ApiError> {
        match self.args.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => match serde_json::from_str(text) {
                Ok(value) => Ok(Some(value)),
                Err(_) => Err(ApiError::new(error)),
            },
            Some(value) => Ok(Some(value.clone())),
        }
    }

    /// The token: in the header, or in the body of a form.
    pub fn token(&self) -> Option<String> {
        let header = self.headers.get(header::AUTHORIZATION);
        let bearer = header
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.strip_prefix("Bearer "));
        let in_form = || self.text("token").filter(|_| !self.json);
        bearer.map(str::to_owned).or_else(in_form)
    }

    /// The installation behind the token, which must have been granted `scope` (empty: any); within the method's rate limit.
    pub fn caller(&self, state: &mut State, scope: &str) -> Result<Caller, ApiError> {
        let token = self.token().ok_or_else(|| ApiError::new("not_authed"))?;
        let now = self.now();
        let known = state
            .tokens
            .get(&token)
            .ok_or_else(|| ApiError::new("invalid_auth"))?;
        if let Some(why) = known.dead {
            return Err(ApiError::new(why));
        }
        if known.expires.is_some_and(|end| end <= now) {
            return Err(ApiError::new("token_expired"));
        }
        let key = known.install.clone();
        let install = state.installs.get(&key).cloned();
        let install = install.ok_or_else(|| ApiError::new("account_inactive"))?;
        limits::method(&self.config, state, &self.method, &key, now)?;
        if !scope.is_empty() && !install.scopes.iter().any(|s| s == scope) {
            return Err(ApiError::scope(scope, &install.scopes));
        }
        Ok(Caller {
            key,
            install,
            token,
        })
    }

    /// The app of this id.
    pub fn app(&self, id: &str) -> Option<&App> {
        self.config.apps.iter().find(|app| app.id == id)
    }
}
