//! One request to Graph: parameters, body, and the checks every operation starts with.

use std::sync::Arc;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, OriginalUri, Request};
use http::{HeaderMap, Method, header};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::config::Config;
use super::errors::ApiError;
use super::prefer::Prefer;
use super::state::{Account, Person, State};
use super::{Sim, oauth, scopes};

/// Largest request body the simulator reads.
const BODY_LIMIT: usize = 4 << 20;

/// Everything an operation needs from the request.
#[derive(Debug)]
pub(super) struct Call {
    pub sim: Arc<Sim>,
    pub config: Config,
    pub params: Vec<(String, String)>,
    pub prefer: Prefer,
    pub path: String,
    headers: HeaderMap,
    body: Bytes,
}

/// Someone with a valid token.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub email: String,
    pub client: String,
    pub scopes: Vec<String>,
}

impl FromRequest<Arc<Sim>> for Call {
    type Rejection = ApiError;

    async fn from_request(request: Request, sim: &Arc<Sim>) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        // Links repeat the path as the client knows it, not as the nested router does.
        let original = parts.extensions.get::<OriginalUri>().map(|uri| &uri.0);
        let query = parts.uri.query().unwrap_or_default();
        let params = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let too_large =
            |_| ApiError::new(413, "RequestEntityTooLarge", "The request is too large.");
        Ok(Self {
            sim: sim.clone(),
            config: sim.config(),
            params,
            prefer: Prefer::read(&parts.headers)?,
            path: original.unwrap_or(&parts.uri).path().to_owned(),
            headers: parts.headers,
            body: to_bytes(body, BODY_LIMIT).await.map_err(too_large)?,
        })
    }
}

impl Call {
    /// Counts the call and holds its query against the description; `extra` are parameters that the contract knows
    /// and the description leaves out.
    pub fn begin(&self, counter: &str, operation: &str, extra: &[&str]) {
        self.sim.desk.count(counter);
        if self.params.iter().any(|(name, _)| name == "access_token") {
            self.violate(operation, "The token was sent in the query.");
        }
        let names = self.params.iter().map(|(n, _)| n.as_str());
        let names: Vec<&str> = names
            .filter(|n| !extra.contains(n) && *n != "invented")
            .collect();
        match &self.sim.spec {
            Some(spec) if spec.knows(operation) => {
                for problem in spec.check_query(operation, &names) {
                    self.violate(operation, problem);
                }
            }
            Some(_) => names.iter().for_each(|name| {
                self.violate(operation, format!("Unknown query parameter {name}."));
            }),
            None => {}
        }
    }

    pub fn violate(&self, operation: &str, problem: impl Into<String>) {
        self.sim.desk.violate(operation, problem);
    }

    /// The first value of a parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        let found = self.params.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A non-negative number; absent is `None`.
    pub fn number(&self, name: &str) -> Result<Option<usize>, ApiError> {
        let invalid = |_| ApiError::bad_request(format!("Invalid value for {name}."));
        self.param(name)
            .map(|n| n.parse().map_err(invalid))
            .transpose()
    }

    /// `startDateTime` and `endDateTime`, which must both be there; without offset they are UTC.
    pub fn window(&self) -> Result<(Timestamp, Timestamp), ApiError> {
        let time = |name: &str| {
            let text = self.param(name).ok_or_else(|| {
                ApiError::new(400, "ErrorInvalidParameter", format!("This request requires a time window specified by the query string parameters StartDateTime and EndDateTime; {name} is missing."))
            })?;
            parse_time(text).ok_or_else(|| {
                ApiError::new(
                    400,
                    "ErrorInvalidParameter",
                    format!("The value of the parameter '{name}' is invalid."),
                )
            })
        };
        let window = (time("startDateTime")?, time("endDateTime")?);
        if window.0 >= window.1 {
            return Err(ApiError::new(
                400,
                "ErrorInvalidParameter",
                "The parameter 'endDateTime' must be after 'startDateTime'.",
            ));
        }
        Ok(window)
    }

    /// A request header as text.
    pub fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Where links point.
    pub fn base(&self) -> String {
        let host = || {
            self.header(header::HOST)
                .map_or("https://graph.microsoft.com".to_owned(), |h| {
                    format!("http://{h}")
                })
        };
        self.config.public_url.clone().unwrap_or_else(host)
    }

    /// The JSON body, held against the named schema of the description; an empty body is an empty object.
    pub fn json(&self, operation: &str, schema: Option<&str>) -> Result<Value, ApiError> {
        if self.body.is_empty() {
            return Ok(serde_json::json!({}));
        }
        let broken = "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.";
        let is_json = self
            .header(header::CONTENT_TYPE)
            .is_some_and(|t| t.starts_with("application/json"));
        let value = serde_json::from_slice(&self.body)
            .ok()
            .filter(|v: &Value| v.is_object() && is_json);
        let value = value.ok_or_else(|| ApiError::bad_request(broken))?;
        if let (Some(spec), Some(schema)) = (&self.sim.spec, schema) {
            // The description leaves out what is not a property but a relation.
            let mut checked = value.clone();
            if let Some(map) = checked.as_object_mut() {
                map.remove("singleValueExtendedProperties");
            }
            for problem in spec.check_body(&format!("microsoft.graph.{schema}"), &checked) {
                self.violate(operation, problem);
            }
        }
        Ok(value)
    }

    /// The person behind the bearer token, if it grants one of `wanted`.
    pub fn caller(&self, state: &State, wanted: &[&str]) -> Result<Caller, ApiError> {
        let caller = self.anyone(state)?;
        if scopes::allow(&caller.scopes, wanted) {
            return Ok(caller);
        }
        Err(ApiError::denied())
    }

    /// Like [`Call::caller`], for someone who needs a mailbox.
    pub fn mailbox(&self, state: &State, wanted: &[&str]) -> Result<Caller, ApiError> {
        let caller = self.caller(state, wanted)?;
        if person(state, &caller)?.account == Account::NoMailbox {
            return Err(ApiError::no_mailbox());
        }
        Ok(caller)
    }

    /// The person behind the bearer token, whatever it grants.
    pub fn anyone(&self, state: &State) -> Result<Caller, ApiError> {
        let token = bearer_of(&self.headers);
        oauth::bearer(state, token, self.now()).ok_or_else(ApiError::unauthorized)
    }

    pub fn now(&self) -> Timestamp {
        self.sim.desk.clock().now()
    }
}

/// A path or method that Graph has not, or that the simulator does not play.
pub(super) async fn unknown(method: Method, call: Call) -> ApiError {
    call.violate(
        &format!("{method} {}", call.path),
        "There is no such operation.",
    );
    ApiError::bad_request(format!("Resource not found for {method} {}.", call.path))
}

/// The bearer token of a request.
pub(super) fn bearer_of(headers: &HeaderMap) -> &str {
    let value = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok());
    value
        .and_then(|v| v.strip_prefix("Bearer "))
        .unwrap_or_default()
}

/// An ISO time; without offset it is UTC.
pub(super) fn parse_time(text: &str) -> Option<Timestamp> {
    if let Ok(instant) = text.parse() {
        return Some(instant);
    }
    let civil: DateTime = text.parse().ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The caller's own record.
pub(super) fn person<'a>(state: &'a State, caller: &Caller) -> Result<&'a Person, ApiError> {
    state
        .people
        .get(&caller.email)
        .ok_or_else(ApiError::unauthorized)
}

/// The calendar `id` names for `caller` (`None`: the default one), and whether they may write there. Unknown and
/// unshared are the same 404; somebody else's needs a `.Shared` scope.
pub(super) fn open(
    state: &State,
    caller: &Caller,
    id: Option<&str>,
) -> Result<(String, bool), ApiError> {
    let (id, can_edit) = state
        .open(&caller.email, id)
        .ok_or_else(ApiError::not_found)?;
    let own = state
        .calendars
        .get(&id)
        .is_some_and(|c| c.owner == caller.email);
    if !own && !scopes::allow(&caller.scopes, scopes::SHARED) {
        return Err(ApiError::denied());
    }
    Ok((id, can_edit))
}

/// Like [`open`], for someone who wants to write.
pub(super) fn open_for_writing(
    state: &State,
    caller: &Caller,
    id: Option<&str>,
) -> Result<String, ApiError> {
    match open(state, caller, id)? {
        (id, true) => Ok(id),
        _ => Err(ApiError::denied()),
    }
}
