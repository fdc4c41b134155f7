//! What a `response_url` does: up to five messages within thirty minutes, without a token.

use std::sync::Arc;

use axum::extract::{Path, State as AxumState};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::Value;

use super::Sim;
use super::methods::said;
use super::state::{Message, State};

const MOST: u32 = 5;

pub(super) async fn take(
    AxumState(sim): AxumState<Arc<Sim>>,
    Path(token): Path<String>,
    body: String,
) -> Response {
    sim.desk.count("response_url");
    let done = serde_json::from_str(&body)
        .map_err(|_| "invalid_payload")
        .and_then(|body: Value| reply(&sim, &token, &body));
    sim.changed.notify_waiters();
    match done {
        Ok(()) => "ok".into_response(),
        Err(why) => (StatusCode::NOT_FOUND, why).into_response(),
    }
}

fn reply(sim: &Sim, token: &str, body: &Value) -> Result<(), &'static str> {
    let now = sim.desk.clock().now();
    let mut state = sim.lock();
    let response = state.responses.get_mut(token).ok_or("expired_url")?;
    if response.ends < now || response.uses >= MOST {
        return Err("used_url");
    }
    response.uses += 1;
    let response = response.clone();
    let flag = |name: &str| body[name] == Value::Bool(true);
    if flag("delete_original") {
        let ts = response.message.ok_or("no_message")?;
        state
            .messages
            .retain(|m| m.channel != response.channel || m.ts != ts);
        return Ok(());
    }
    let place = (
        response.app.as_str(),
        response.user.as_str(),
        response.channel.as_str(),
    );
    let original = response
        .message
        .as_deref()
        .filter(|_| flag("replace_original"));
    show(sim, &mut state, place, (body, original))
}

/// Shows an answer to a command or an interaction; `original` is the message to put it in the place of.
pub(super) fn show(
    sim: &Sim,
    state: &mut State,
    (app, user, channel): (&str, &str, &str),
    (body, original): (&Value, Option<&str>),
) -> Result<(), &'static str> {
    let text = body["text"].as_str().map(str::to_owned);
    let blocks = body.get("blocks").filter(|b| !b.is_null()).cloned();
    let said = said("response", sim, (text, blocks)).map_err(|_| "invalid_blocks")?;
    let public = body["response_type"] == "in_channel";
    if let Some(ts) = original {
        let message = state.message_mut(channel, ts).ok_or("no_message")?;
        message.text = said.text;
        message.blocks = said.blocks;
        message.edited = true;
        return Ok(());
    }
    let ts = state.ts(sim.desk.clock().now());
    state.messages.push(Message {
        channel: channel.to_owned(),
        ts,
        app: app.to_owned(),
        text: said.text,
        blocks: said.blocks,
        only: (!public).then(|| user.to_owned()),
        edited: false,
        thread_ts: None,
    });
    Ok(())
}
