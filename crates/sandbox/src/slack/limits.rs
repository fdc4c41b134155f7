//! Rate limits (contract §8): per method, workspace and app by the minute; messages to one channel by the second.

use jiff::Timestamp;

use super::config::Config;
use super::errors::ApiError;
use super::state::State;

const MINUTE: i64 = 60_000;

/// Calls per minute of a method's tier.
fn tier(method: &str) -> u32 {
    match method {
        "apps.connections.open" => 1_000,
        "auth.test" | "chat.postMessage" | "chat.postEphemeral" => 600,
        "users.info" | "views.open" | "views.update" | "views.push" | "views.publish" => 100,
        "chat.update" | "users.lookupByEmail" | "conversations.open" | "auth.revoke" => 50,
        _ => 20,
    }
}

/// Counts a call of a method, or says when there is room again.
pub(super) fn method(
    config: &Config,
    state: &mut State,
    method: &str,
    install: &str,
    now: Timestamp,
) -> Result<(), ApiError> {
    let most = config.limits.get(method).copied();
    let most = most.unwrap_or_else(|| tier(method)) as usize;
    window(
        config,
        state,
        format!("{method} {install}"),
        (most, MINUTE),
        now,
    )
}

/// Counts a message to a channel: a burst, then one a second.
pub(super) fn channel(
    config: &Config,
    state: &mut State,
    channel: &str,
    now: Timestamp,
) -> Result<(), ApiError> {
    let burst = config.channel_burst.max(1);
    let span = i64::from(burst) * 1_000;
    window(
        config,
        state,
        format!("channel {channel}"),
        (burst as usize, span),
        now,
    )
}

fn window(
    config: &Config,
    state: &mut State,
    bucket: String,
    (most, span_ms): (usize, i64),
    now: Timestamp,
) -> Result<(), ApiError> {
    if !config.limited {
        return Ok(());
    }
    let recent = state.recent.entry(bucket).or_default();
    let age = |at: &Timestamp| now.as_millisecond() - at.as_millisecond();
    while recent.front().is_some_and(|at| age(at) >= span_ms) {
        recent.pop_front();
    }
    if recent.len() >= most {
        let wait = recent.front().map_or(span_ms, |at| span_ms - age(at));
        return Err(ApiError::limited(wait.div_euclid(1_000) + 1));
    }
    recent.push_back(now);
    Ok(())
}
