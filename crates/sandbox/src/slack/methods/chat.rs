//! `chat.postMessage`, `chat.postEphemeral` and `chat.update`.

use serde_json::{Value, json};

use super::ALWAYS;
use crate::slack::blocks::{Surface, problems};
use crate::slack::call::{Call, Caller};
use crate::slack::errors::ApiError;
use crate::slack::limits;
use crate::slack::state::{Channel, Kind, Message, State};

/// What came after the description was written.
const NEWER: &[&str] = &[
    "metadata",
    "channel",
    "user",
    "attachments",
    "thread_ts",
    "unfurl_links",
    "unfurl_media",
    "text",
    "blocks",
];
/// Slack cuts longer texts off.
const LONGEST: usize = 40_000;

/// What is to be said.
pub(in crate::slack) struct Said {
    pub text: String,
    pub blocks: Value,
}

/// Text and blocks of a message, within their limits.
pub(in crate::slack) fn said(
    call: &str,
    sim: &crate::slack::Sim,
    (text, blocks): (Option<String>, Option<Value>),
) -> Result<Said, ApiError> {
    if let Some(blocks) = &blocks {
        let wrong = problems(Surface::Message, blocks);
        if !wrong.is_empty() {
            for problem in &wrong {
                sim.desk.violate(call, problem.clone());
            }
            return Err(ApiError::new("invalid_blocks").because(&wrong));
        }
    }
    let blocks = blocks.filter(|b| b.as_array().is_some_and(|list| !list.is_empty()));
    let Some(text) = text.or_else(|| blocks.is_some().then(String::new)) else {
        return Err(ApiError::new("no_text"));
    };
    if text.is_empty() {
        sim.desk
            .violate(call, "Blocks without text: notifications would be empty.");
    }
    if text.chars().count() > LONGEST {
        return Err(ApiError::new("msg_too_long"));
    }
    Ok(Said {
        text,
        blocks: blocks.unwrap_or_else(|| json!([])),
    })
}

pub(super) fn post(call: &Call) -> Result<Value, ApiError> {
    call.begin(&[ALWAYS, NEWER].concat());
    let said = content(call)?;
    let now = call.now();
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, "chat:write")?;
    let channel = open_channel(call, &mut state, &caller, &call.need("channel")?)?;
    limits::channel(&call.config, &mut state, &channel.id, now)?;
    if call.text("unfurl_links").as_deref() != Some("false") {
        call.violate("unfurl_links is not false.");
    }
    let ts = state.ts(now);
    let message = Message {
        channel: channel.id.clone(),
        ts: ts.clone(),
        app: caller.install.app.clone(),
        text: said.text,
        blocks: said.blocks,
        only: None,
        edited: false,
        thread_ts: call.text("thread_ts"),
    };
    let wire = message.wire(&caller.install.bot_user, &caller.install.bot_id);
    state.messages.push(message);
    Ok(json!({"channel": channel.id, "ts": ts, "message": wire}))
}

pub(super) fn post_ephemeral(call: &Call) -> Result<Value, ApiError> {
    call.begin(&[ALWAYS, NEWER].concat());
    let said = content(call)?;
    let now = call.now();
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, "chat:write")?;
    let channel = open_channel(call, &mut state, &caller, &call.need("channel")?)?;
    let user = call.need("user")?;
    let here = state
        .users
        .get(&user)
        .is_some_and(|u| u.team == channel.team);
    if !here {
        return Err(ApiError::new("user_not_in_channel"));
    }
    limits::channel(&call.config, &mut state, &channel.id, now)?;
    let ts = state.ts(now);
    state.messages.push(Message {
        channel: channel.id,
        ts: ts.clone(),
        app: caller.install.app,
        text: said.text,
        blocks: said.blocks,
        only: Some(user),
        edited: false,
        thread_ts: None,
    });
    Ok(json!({"message_ts": ts}))
}

pub(super) fn update(call: &Call) -> Result<Value, ApiError> {
    call.begin(&[ALWAYS, NEWER].concat());
    let said = content(call)?;
    if call.args.get("ts").is_some_and(|ts| !ts.is_string()) {
        call.violate("ts is a text, not a number.");
    }
    let (channel, ts) = (call.need("channel")?, call.need("ts")?);
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, "chat:write")?;
    let channel = open_channel(call, &mut state, &caller, &channel)?;
    let found = state.message_mut(&channel.id, &ts);
    let message = found.filter(|m| m.only.is_none());
    let message = message.ok_or_else(|| ApiError::new("message_not_found"))?;
    if message.app != caller.install.app {
        return Err(ApiError::new("cant_update_message"));
    }
    message.text.clone_from(&said.text);
    message.blocks = said.blocks;
    message.edited = true;
    let wire = message.wire(&caller.install.bot_user, &caller.install.bot_id);
    Ok(json!({"channel": channel.id, "ts": ts, "text": said.text, "message": wire}))
}

fn content(call: &Call) -> Result<Said, ApiError> {
    let blocks = call.structure("blocks", "invalid_blocks_format")?;
    said(&call.method, &call.sim, (call.text("text"), blocks))
}

/// A conversation by its id, or the one with the named user; the app must be able to speak there.
fn open_channel(
    call: &Call,
    state: &mut State,
    caller: &Caller,
    name: &str,
) -> Result<Channel, ApiError> {
    let unknown = || ApiError::new("channel_not_found");
    let id = if name.starts_with(['U', 'W']) {
        let user = state.users.get(name).ok_or_else(unknown)?;
        if !state.reaches(&caller.install, &user.team) {
            return Err(unknown());
        }
        call.violate("A message to a user id; the id of the conversation is preferred.");
        state
            .direct(&caller.install.app, name)
            .ok_or_else(unknown)?
    } else {
        name.to_owned()
    };
    let channel = state.channels.get(&id).cloned().ok_or_else(unknown)?;
    if !state.reaches(&caller.install, &channel.team) {
        return Err(unknown());
    }
    if channel.archived {
        return Err(ApiError::new("is_archived"));
    }
    match &channel.kind {
        Kind::Direct { app, .. } if *app != caller.install.app => Err(unknown()),
        Kind::Direct { user, .. } => {
            let deleted = state.users.get(user).is_none_or(|u| u.deleted);
            let error = ApiError::new("user_disabled");
            if deleted { Err(error) } else { Ok(channel) }
        }
        Kind::Public { .. } => Err(ApiError::new("not_in_channel")),
    }
}
