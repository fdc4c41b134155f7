//! `POST /$batch`: several events in one request, each with an answer of its own (contracts/microsoft §10).

use std::collections::HashMap;

use daybook_provider_api::egress::CallOptions;
use daybook_provider_api::{Result, Session};
use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::{errors, wire};

/// Most requests in one.
pub(in super::super) const MOST: usize = 20;

#[derive(Deserialize)]
struct Answer {
    responses: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    id: String,
    status: u16,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(default)]
    body: Value,
}

/// The events with these ids, at most [`MOST`]: an answer for each, in their order.
///
/// # Errors
/// Those of the batch itself. What Graph says of one event is in its own answer; `Malformed` where it says nothing.
pub(in super::super) async fn events(
    session: &Session<'_>,
    calendar: &str,
    ids: &[String],
) -> Result<Vec<Result<wire::Event>>> {
    let step = |(place, id): (usize, &String)| {
        json!({
            "id": place.to_string(),
            "method": "GET",
            "url": super::address("", &["me", "calendars", calendar, "events", id], &[]),
            "headers": {"Prefer": super::PREFER},
        })
    };
    let steps: Vec<Value> = ids.iter().enumerate().map(step).collect();
    let address = format!("{}/$batch", session.api_url.trim_end_matches('/'));
    let request = super::with_json(Method::POST, &address, &json!({ "requests": steps }))?;
    // Graph counts every one of them, and runs them beside each other as it does any others.
    let many = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    let body = super::send_with(session, request, CallOptions::API.counted_as(many)).await?;
    let answer: Answer = serde_json::from_slice(&body).map_err(|_| errors::malformed())?;
    // Their order says nothing.
    let parts = answer
        .responses
        .into_iter()
        .map(|part| (part.id.clone(), part));
    let mut parts: HashMap<String, Part> = parts.collect();
    let told = |place: usize| {
        let part = parts.remove(&place.to_string());
        part.ok_or_else(errors::malformed)
            .and_then(|part| part.event(session))
    };
    Ok((0..ids.len()).map(told).collect())
}

impl Part {
    fn event(self, session: &Session<'_>) -> Result<wire::Event> {
        let mut response = http::Response::builder().status(self.status);
        for (name, value) in &self.headers {
            match value {
                Value::String(text) => response = response.header(name, text),
                Value::Number(number) => response = response.header(name, number.to_string()),
                _ => {}
            }
        }
        let response = response.body(()).map_err(|_| errors::malformed())?;
        let mut parts = response.into_parts().0;
        session.heed_part(&mut parts);
        let body = self.body.to_string();
        errors::check(&parts, body.as_bytes())?;
        wire::event(body.as_bytes()).ok_or_else(errors::malformed)
    }
}
