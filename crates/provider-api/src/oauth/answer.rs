//! Reading what token and revocation endpoints answer, which is not always what the standards say (RELIABILITY row 10).

use std::collections::BTreeSet;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::Value;

use crate::egress::retry_after;
use crate::error::{ErrorKind, Retry};
use crate::manifest::{Dialect, ErrorCode};
use crate::{Error, Result};

use super::TokenSet;

/// Planned life of an access token whose answer says nothing usable.
const DEFAULT_SECONDS: i64 = 3600;
/// Longest life that is believed.
const LONGEST_SECONDS: i64 = 400 * 24 * 3600;

/// A successful token answer, or what its failure means.
pub(super) fn tokens(
    response: &http::Response<Bytes>,
    now: Timestamp,
    dialect: &Dialect,
) -> Result<TokenSet> {
    let json = object(response);
    match json {
        Some(json) if response.status().is_success() && json.get("error").is_none() => {
            granted(json, now, dialect).ok_or_else(|| {
                fault(
                    response,
                    ErrorKind::Malformed,
                    "answered without an access token",
                )
            })
        }
        json => {
            let known = json.as_ref().and_then(|json| numbered(json, dialect));
            let known = known.map(|known| (known.kind, known.what));
            let known = known.or_else(|| worded(json.as_ref()?, dialect));
            Err(failure(response, json.as_ref(), known))
        }
    }
}

/// The number in a text such as `AADSTS50076: …`.
#[must_use]
pub fn number_in(description: &str) -> Option<u32> {
    let (_, rest) = description.split_once("AADSTS")?;
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}

/// The first of the provider's own error numbers that its manifest explains.
fn numbered(json: &Value, dialect: &Dialect) -> Option<&'static ErrorCode> {
    let listed = json.get("error_codes").and_then(Value::as_array);
    let listed = listed.into_iter().flatten().filter_map(|code| match code {
        Value::Number(number) => u32::try_from(number.as_u64()?).ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    });
    let described = text(json, "error_description").and_then(|text| number_in(&text));
    listed
        .chain(described)
        .find_map(|number| dialect.error_code(number))
}

/// RFC 7009 §2.2: 200 also for unknown tokens; some answer 400 `invalid_token` instead.
pub(super) fn revoked(response: &http::Response<Bytes>) -> Result<()> {
    let json = object(response);
    let code = json.as_ref().and_then(error_code);
    let dead = matches!(code.as_deref(), Some("invalid_token" | "invalid_grant"));
    if response.status().is_success() || dead {
        return Ok(());
    }
    Err(failure(response, json.as_ref(), None))
}

fn granted(json: Value, now: Timestamp, dialect: &Dialect) -> Option<TokenSet> {
    let access = text(&json, "access_token")?;
    let told = seconds(&json, "expires_in");
    let life = told.or_else(|| (!dialect.tokens_last).then_some(DEFAULT_SECONDS));
    let later = |seconds: i64| {
        now.checked_add(SignedDuration::from_secs(seconds))
            .unwrap_or(Timestamp::MAX)
    };
    Some(TokenSet {
        access: SecretString::from(access),
        refresh: text(&json, "refresh_token").map(SecretString::from),
        expires_at: life.map(|life| later(life.min(LONGEST_SECONDS))),
        refresh_expires_at: seconds(&json, "refresh_token_expires_in")
            .map(|seconds| later(seconds.min(LONGEST_SECONDS))),
        scopes: scopes(&json),
        about: without_tokens(json),
    })
}

/// The answer without anything that opens an account, at any depth.
fn without_tokens(mut json: Value) -> Value {
    match &mut json {
        Value::Object(fields) => {
            fields.retain(|name, _| !name.ends_with("token") && !name.ends_with("secret"));
            for value in fields.values_mut() {
                *value = without_tokens(value.take());
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = without_tokens(item.take());
            }
        }
        _ => {}
    }
    json
}

/// What the provider's own error word means, with what to tell people.
fn worded(json: &Value, dialect: &Dialect) -> Option<(ErrorKind, &'static str)> {
    let kind = dialect.error_word(&error_code(json)?)?;
    let what = match kind {
        ErrorKind::Auth => "no longer accepts the authorisation. Connect the account again",
        ErrorKind::Operator => {
            "refuses this installation's client. Ask the operator to check client id, secret and redirect address"
        }
        ErrorKind::RateLimited => "asked us to slow down",
        _ => "is not available",
    };
    Some((kind, what))
}

fn failure(
    response: &http::Response<Bytes>,
    json: Option<&Value>,
    known: Option<(ErrorKind, &'static str)>,
) -> Error {
    let status = response.status().as_u16();
    let code = json.and_then(error_code);
    let meaning = (status, code.as_deref());
    let known = known.filter(|_| status < 500 && status != 429);
    let (kind, what) = match known {
        Some(known) => known,
        None => meaning_of(meaning, json, response),
    };
    let error = fault(response, kind, what);
    match code {
        Some(code) => error.with_code(code),
        None => error,
    }
}

/// What a status and the standards' error codes mean.
fn meaning_of(
    status_and_code: (u16, Option<&str>),
    json: Option<&Value>,
    response: &http::Response<Bytes>,
) -> (ErrorKind, &'static str) {
    match status_and_code {
        (429, _) => (ErrorKind::RateLimited, "asked us to slow down"),
        (500..=599, _) | (_, Some("temporarily_unavailable" | "server_error")) => {
            (ErrorKind::Unavailable, "is not available")
        }
        (_, Some("slow_down" | "rate_limited" | "ratelimited")) => {
            (ErrorKind::RateLimited, "asked us to slow down")
        }
        (
            _,
            Some("invalid_grant" | "interaction_required" | "consent_required" | "login_required"),
        ) => (
            ErrorKind::Auth,
            "no longer accepts the authorisation. Connect the account again",
        ),
        (_, Some(code)) if is_operators(code) => (
            ErrorKind::Operator,
            "refuses this installation's client. Ask the operator to check client id, secret and redirect address",
        ),
        (200..=299, None) if json.is_some() || !looks_like_html(response.body()) => (
            ErrorKind::Malformed,
            "answered with something that makes no sense",
        ),
        (_, None) => (
            ErrorKind::Unavailable,
            "answered with a page instead of data",
        ),
        (_, Some(_)) => (
            ErrorKind::Malformed,
            "refused the request in a way we do not know",
        ),
    }
}

/// The operator's configuration, or our use of it, is refused: nothing an account's owner can repair.
fn is_operators(code: &str) -> bool {
    matches!(
        code,
        "invalid_client"
            | "unauthorized_client"
            | "deleted_client"
            | "disabled_client"
            | "org_internal"
            | "invalid_scope"
            | "redirect_uri_mismatch"
            | "unsupported_grant_type"
            | "invalid_request"
    )
}

fn fault(response: &http::Response<Bytes>, kind: ErrorKind, what: &str) -> Error {
    let error =
        Error::new(kind, format!("The provider {what}.")).with_status(response.status().as_u16());
    match retry_after(response.headers()) {
        Some(wait) if error.retry == Retry::Soon => error.with_retry(Retry::After(wait)),
        _ => error,
    }
}

fn object(response: &http::Response<Bytes>) -> Option<Value> {
    serde_json::from_slice(response.body())
        .ok()
        .filter(Value::is_object)
}

/// `error` of RFC 6749 §5.2; only characters the standard allows, so that it is safe to show.
fn error_code(json: &Value) -> Option<String> {
    let code = text(json, "error")?;
    let known = code.len() <= 64
        && code
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    Some(if known { code } else { "unknown".to_owned() })
}

fn text(json: &Value, name: &str) -> Option<String> {
    let text = json.get(name)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// A positive number of seconds, as a number or as text.
fn seconds(json: &Value, name: &str) -> Option<i64> {
    let seconds = match json.get(name)? {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the cast saturates, and the caller caps"
    )]
    let whole = seconds as i64;
    (whole > 0).then_some(whole)
}

/// Separated by spaces or commas, or a list.
fn scopes(json: &Value) -> Option<BTreeSet<String>> {
    let split = |text: &str| -> Vec<String> {
        text.split([' ', ',', '\t', '\n'])
            .filter(|scope| !scope.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let found: BTreeSet<String> = match json.get("scope")? {
        Value::String(text) => split(text).into_iter().collect(),
        Value::Array(list) => list
            .iter()
            .filter_map(Value::as_str)
            .flat_map(split)
            .collect(),
        _ => return None,
    };
    (!found.is_empty()).then_some(found)
}

fn looks_like_html(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}
