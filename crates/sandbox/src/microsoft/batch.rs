//! `POST /$batch`: up to twenty requests in one, each with its own outcome (contract §10).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request, State as AxumState};
use axum::{Json, Router, routing};
use http::{HeaderMap, Method, header};
use serde_json::{Map, Value, json};
use tower::ServiceExt;

use super::Sim;
use super::call::Call;
use super::errors::ApiError;
use crate::fault::TransportFault;

const MOST: usize = 20;

#[derive(Debug, Clone)]
struct Batch {
    sim: Arc<Sim>,
    /// The service with its faults, for the requests inside.
    inner: Router,
}

/// The route; `inner` answers the requests inside.
pub(super) fn routes(sim: Arc<Sim>, inner: Router) -> Router {
    Router::new()
        .route("/v1.0/$batch", routing::post(run))
        .with_state(Batch { sim, inner })
}

async fn run(
    AxumState(batch): AxumState<Batch>,
    request: Request,
) -> Result<Json<Value>, ApiError> {
    let headers = request.headers().clone();
    let call = Call::from_request(request, &batch.sim).await?;
    batch.sim.desk.count("batch");
    call.anyone(&batch.sim.lock())?;
    let body = call.json("POST /$batch", None)?;
    let requests = body.get("requests").and_then(Value::as_array);
    let requests =
        requests.ok_or_else(|| ApiError::bad_request("Invalid batch payload format."))?;
    if requests.is_empty() || requests.len() > MOST {
        let message = format!("Number of batch request steps exceeds the maximum value of {MOST}.");
        return Err(ApiError::new(400, "BadRequest", message));
    }
    let mut statuses: BTreeMap<String, u16> = BTreeMap::new();
    let mut responses = Vec::new();
    for step in requests {
        let id = step
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        if id.is_empty() || statuses.contains_key(&id) {
            return Err(ApiError::bad_request(
                "Every request of a batch needs an id of its own.",
            ));
        }
        let response = if depends_on_failure(step, &statuses)? {
            json!({"status": 424, "headers": {"Content-Type": "application/json"}, "body": {"error":
                {"code": "FailedDependency", "message": "The request depends on one that failed."}}})
        } else {
            one(&batch, &call, &headers, step).await
        };
        let status = response["status"]
            .as_u64()
            .and_then(|s| u16::try_from(s).ok());
        statuses.insert(id.clone(), status.unwrap_or(500));
        let mut response = response;
        response["id"] = json!(id);
        responses.push(response);
    }
    // The order of the answers says nothing.
    responses.reverse();
    Ok(Json(json!({ "responses": responses })))
}

fn depends_on_failure(step: &Value, statuses: &BTreeMap<String, u16>) -> Result<bool, ApiError> {
    let named = step.get("dependsOn").and_then(Value::as_array);
    let mut failed = false;
    for id in named.into_iter().flatten().filter_map(Value::as_str) {
        let status = statuses.get(id);
        let status = status
            .ok_or_else(|| ApiError::bad_request("dependsOn must name an earlier request."))?;
        failed |= !(200..300).contains(status);
    }
    Ok(failed)
}

async fn one(batch: &Batch, call: &Call, outer: &HeaderMap, step: &Value) -> Value {
    let Some(request) = inner_request(call, outer, step) else {
        return json!({"status": 400, "body": {"error": {"code": "BadRequest", "message": "Invalid request in batch."}}});
    };
    let Ok(response) = batch.inner.clone().oneshot(request).await;
    let (parts, body) = response.into_parts();
    let fault = parts.extensions.get::<TransportFault>();
    if fault.is_some_and(|fault| fault.is_silent()) {
        return json!({"status": 504, "body": {"error": {"code": "UnknownError", "message": ""}}});
    }
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let headers: Map<String, Value> = parts
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), json!(value.to_str().ok()?))))
        .collect();
    let mut answer = json!({"status": parts.status.as_u16(), "headers": headers});
    if !body.is_empty() {
        answer["body"] =
            serde_json::from_slice(&body).unwrap_or_else(|_| json!(String::from_utf8_lossy(&body)));
    }
    answer
}

fn inner_request(call: &Call, outer: &HeaderMap, step: &Value) -> Option<Request> {
    let method: Method = step.get("method")?.as_str()?.parse().ok()?;
    let url = step.get("url")?.as_str()?;
    if url.contains("://") {
        call.violate(
            "POST /$batch",
            "The url of a request in a batch must be relative.",
        );
        return None;
    }
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/v1.0/{}", url.trim_start_matches('/')));
    for name in [header::AUTHORIZATION, header::HOST] {
        if let Some(value) = outer.get(&name) {
            request = request.header(name, value);
        }
    }
    let headers = step.get("headers").and_then(Value::as_object);
    for (name, value) in headers.into_iter().flatten() {
        request = request.header(name, value.as_str()?);
    }
    let body = step
        .get("body")
        .map_or(Body::empty(), |b| Body::from(b.to_string()));
    request.body(body).ok()
}
