//! What Slack's refusals mean for us (contracts/slack §8). The status says little: most of them come with 200.

use std::time::Duration;

use bytes::Bytes;
use daybook_provider_api::Error;
use daybook_provider_api::egress::retry_after;
use daybook_provider_api::error::{ErrorKind, Retry};
use serde_json::Value;

/// Words of the token endpoint that no standard knows.
pub(super) const TOKEN_WORDS: &[(&str, ErrorKind)] = &[
    ("invalid_code", ErrorKind::Auth),
    ("code_already_used", ErrorKind::Auth),
    ("code_expired", ErrorKind::Auth),
    ("invalid_refresh_token", ErrorKind::Auth),
    ("token_expired", ErrorKind::Auth),
    ("token_revoked", ErrorKind::Auth),
    ("account_inactive", ErrorKind::Auth),
    ("bad_client_secret", ErrorKind::Operator),
    ("invalid_client_id", ErrorKind::Operator),
    ("bad_redirect_uri", ErrorKind::Operator),
    ("oauth_authorization_url_mismatch", ErrorKind::Operator),
    ("ratelimited", ErrorKind::RateLimited),
    ("internal_error", ErrorKind::Unavailable),
    ("fatal_error", ErrorKind::Unavailable),
    ("service_unavailable", ErrorKind::Unavailable),
    ("request_timeout", ErrorKind::Unavailable),
];

/// The answer of a call, if it says `ok`.
pub(super) fn answer(response: &http::Response<Bytes>) -> Result<Value, Error> {
    let json: Option<Value> = serde_json::from_slice(response.body()).ok();
    let json = json.filter(Value::is_object);
    let status = response.status();
    if status.as_u16() == 429 {
        return Err(about(response, ErrorKind::RateLimited, Some("ratelimited")));
    }
    if status.is_server_error() {
        return Err(about(response, ErrorKind::Unavailable, None));
    }
    let Some(json) = json else {
        return Err(about(response, ErrorKind::Unavailable, None));
    };
    if json["ok"] == Value::Bool(true) {
        if let Some(warning) = json["warning"].as_str() {
            tracing::debug!(warning = %printable(warning), "Slack warns of something");
        }
        return Ok(json);
    }
    let Some(code) = json["error"].as_str().map(printable) else {
        return Err(malformed());
    };
    if is_ours(&code) {
        tracing::error!(%code, messages = %json["response_metadata"]["messages"], "Slack does not understand what was sent; this is a bug");
    }
    Err(about(response, meaning(&code), Some(&code)))
}

/// What an error word means.
fn meaning(code: &str) -> ErrorKind {
    match code {
        "invalid_auth"
        | "account_inactive"
        | "token_revoked"
        | "not_authed"
        | "team_access_not_granted"
        | "token_expired"
        | "org_login_required"
        | "access_denied" => ErrorKind::Auth,
        "missing_scope" | "no_permission" | "not_allowed_token_type" => ErrorKind::Scope,
        "channel_not_found"
        | "user_not_found"
        | "users_not_found"
        | "user_disabled"
        | "user_not_visible"
        | "cannot_dm_bot"
        | "is_archived"
        | "messages_tab_disabled"
        | "message_not_found"
        | "cant_update_message"
        | "not_found" => ErrorKind::NotFound,
        "expired_trigger_id"
        | "trigger_expired"
        | "trigger_exchanged"
        | "exchanged_trigger_id"
        | "invalid_trigger_id"
        | "edit_window_closed" => ErrorKind::Gone,
        "hash_conflict" => ErrorKind::Conflict,
        "ratelimited" | "rate_limited" | "message_limit_exceeded" => ErrorKind::RateLimited,
        "internal_error"
        | "fatal_error"
        | "request_timeout"
        | "service_unavailable"
        | "team_added_to_org" => ErrorKind::Unavailable,
        _ => ErrorKind::Unsupported,
    }
}

/// Our own mistake, not Slack's or anybody else's.
fn is_ours(code: &str) -> bool {
    matches!(
        code,
        "invalid_blocks"
            | "invalid_blocks_format"
            | "invalid_arguments"
            | "invalid_arg_name"
            | "msg_too_long"
            | "no_text"
            | "view_too_large"
            | "duplicate_external_id"
    )
}

fn about(response: &http::Response<Bytes>, kind: ErrorKind, code: Option<&str>) -> Error {
    let message = match kind {
        ErrorKind::Auth => "Slack no longer accepts the app's token. Install the app again.",
        ErrorKind::Scope => {
            "Slack's workspace has not granted a permission this needs. Install the app again and leave everything ticked."
        }
        ErrorKind::NotFound => {
            "Slack does not have the person, conversation or message this was for."
        }
        ErrorKind::Gone => "It came too late for Slack. Do it again in Slack.",
        ErrorKind::Conflict => "Somebody changed it in Slack meanwhile.",
        ErrorKind::RateLimited => "Slack asked us to slow down. Daybook continues by itself.",
        ErrorKind::Unavailable => "Slack is not available. Daybook tries again by itself.",
        _ => "Slack refused what was sent, so nothing was changed there.",
    };
    let mut error = Error::new(kind, message).with_status(response.status().as_u16());
    if let Some(code) = code {
        error = error.with_code(code);
    }
    match (kind, retry_after(response.headers())) {
        (ErrorKind::RateLimited | ErrorKind::Unavailable, Some(wait)) => {
            error.with_retry(Retry::After(wait))
        }
        (ErrorKind::RateLimited, None) => error.with_retry(Retry::After(Duration::from_secs(30))),
        _ => error,
    }
}

/// An answer that cannot be read.
pub(super) fn malformed() -> Error {
    Error::new(
        ErrorKind::Malformed,
        "Slack answered with something that makes no sense.",
    )
}

/// The configured address is no URL.
pub(super) fn misconfigured() -> Error {
    Error::new(
        ErrorKind::Operator,
        "The configured address of Slack's API is not a URL. Ask the operator to check SLACK_API_URL.",
    )
}

/// An address that is not Slack's.
pub(super) fn foreign_address() -> Error {
    Error::new(
        ErrorKind::Blocked,
        "A request named an address that is not Slack's, so nothing was sent there.",
    )
    .with_code("foreign_address")
}

/// There is no token for Socket Mode.
pub(super) fn no_socket() -> Error {
    Error::new(
        ErrorKind::Operator,
        "Socket Mode needs the app's token. Ask the operator to set SLACK_APP_TOKEN.",
    )
}

/// A word of Slack's, as far as it can be shown.
fn printable(code: &str) -> String {
    code.chars()
        .filter(|c| c.is_ascii_alphanumeric() || "_-.".contains(*c))
        .take(64)
        .collect()
}
