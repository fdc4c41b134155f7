//! What Google's refusals mean for us (contracts/google §10): by reason first, then by status.

mod write;

use std::time::Duration;

use daybook_provider_api::egress::retry_after;
pub(super) use daybook_provider_api::error::Field;
use daybook_provider_api::error::{ErrorKind, Retry};
use daybook_provider_api::{Error, Result};
use http::response::Parts;
use serde_json::Value;

/// How long a used-up quota is left alone.
const QUOTA_PAUSE: Duration = Duration::from_secs(3 * 3600);

/// Nothing when the answer is a success with a body that can be data.
pub(super) fn check(parts: &Parts, body: &[u8]) -> Result<()> {
    if parts.status.is_success() {
        return match looks_like_html(body) {
            true => Err(page_instead_of_data(parts)),
            false => Ok(()),
        };
    }
    Err(refusal(parts, body))
}

/// As [`check`], in the words of writing: what was refused is the event, not the calendar.
pub(super) fn check_write(parts: &Parts, body: &[u8]) -> Result<()> {
    check(parts, body).map_err(|error| write::reworded(error, body))
}

/// An answer that cannot be read.
pub(super) fn malformed() -> Error {
    Error::new(
        ErrorKind::Malformed,
        "Google answered with something that makes no sense, so nothing was changed. Daybook tries again.",
    )
}

/// The configured address is no URL.
pub(super) fn misconfigured() -> Error {
    Error::new(
        ErrorKind::Operator,
        "The configured address of Google's API is not a URL. Ask the operator to check GOOGLE_API_URL.",
    )
}

/// The series does not take place at that time.
pub(super) fn no_occurrence() -> Error {
    Error::new(
        ErrorKind::NotFound,
        "The series has no such occurrence at Google, so nothing was changed. Refresh the calendar and try again.",
    )
    .with_code("no_occurrence")
}

/// The event is there no more.
pub(super) fn gone() -> Error {
    Error::new(
        ErrorKind::Gone,
        "The event was deleted at Google, so nothing was changed. Create it again if it is still wanted.",
    )
    .with_code("deleted")
}

/// Google, or what we send to it, has no place for this.
pub(super) fn unsupported(code: &str, message: &str) -> Error {
    Error::new(ErrorKind::Unsupported, message).with_code(code)
}

/// As [`unsupported`], about one part of the event.
pub(super) fn refused_field(field: Field, code: &str, message: &str) -> Error {
    unsupported(code, message).about(field)
}

/// The version at Google is not the one that the change is based on.
pub(super) fn changed_meanwhile() -> Error {
    Error::new(
        ErrorKind::Conflict,
        "The event was changed at Google meanwhile, so nothing was written. Look at its present state and try again.",
    )
    .with_status(412)
    .with_code("conditionNotMet")
}

/// Our id is another event's.
pub(super) fn id_taken() -> Error {
    Error::new(
        ErrorKind::Conflict,
        "Google has another event under the id of this one, so nothing was written. Create it again.",
    )
    .with_status(409)
    .with_code("id_taken")
}

/// Two answers that contradict each other.
pub(super) fn contradiction() -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "Google says that the event exists and does not show it. Daybook tries again.",
    )
    .with_status(409)
    .with_code("duplicate")
}

/// The same refusal, known to be about the cursor.
pub(super) fn cursor_expired(error: Error) -> Error {
    let status = error.status.unwrap_or(410);
    let expired = Error::new(
        ErrorKind::CursorExpired,
        "Google no longer knows where the last sync ended. Daybook reads the calendar from the start.",
    );
    match error.code {
        Some(code) => expired.with_status(status).with_code(code),
        None => expired.with_status(status),
    }
}

fn refusal(parts: &Parts, body: &[u8]) -> Error {
    let status = parts.status.as_u16();
    let Some(reason) = reason(body) else {
        return without_reason(parts);
    };
    let (kind, what) = by_reason(&reason).unwrap_or_else(|| by_status(status, true));
    let error = described(kind, what, parts).with_code(reason.as_str());
    match (kind, reason.as_str(), error.retry) {
        // Not a burst: the quota of a day, or Google's limit on one calendar.
        (ErrorKind::RateLimited, "quotaExceeded" | "dailyLimitExceeded", Retry::Soon) => {
            error.with_retry(Retry::After(QUOTA_PAUSE))
        }
        _ => error,
    }
}

fn without_reason(parts: &Parts) -> Error {
    let (kind, what) = by_status(parts.status.as_u16(), false);
    described(kind, what, parts)
}

/// Reasons that say more than the status.
fn by_reason(reason: &str) -> Option<(ErrorKind, &'static str)> {
    use ErrorKind::{
        Auth, Conflict, CursorExpired, Gone, NotFound, Operator, RateLimited, Scope, Unavailable,
    };
    Some(match reason {
        "authError" | "UNAUTHENTICATED" => (
            Auth,
            "no longer accepts the authorisation. Connect the account again",
        ),
        "rateLimitExceeded"
        | "userRateLimitExceeded"
        | "RATE_LIMIT_EXCEEDED"
        | "RESOURCE_EXHAUSTED" => (
            RateLimited,
            "asked us to slow down. Daybook continues by itself",
        ),
        "quotaExceeded" | "dailyLimitExceeded" => (
            RateLimited,
            "says that a quota is used up. Daybook continues in a few hours",
        ),
        "insufficientPermissions" | "ACCESS_TOKEN_SCOPE_INSUFFICIENT" | "domainPolicy" => (
            Scope,
            "says that a permission is missing. Connect the account again and tick every permission",
        ),
        "accessNotConfigured" | "SERVICE_DISABLED" => (
            Operator,
            "says that the Calendar API is not enabled for this installation. Ask the operator to enable it",
        ),
        "forbidden" | "forbiddenForNonOrganizer" | "requiredAccessLevel" => (
            NotFound,
            "does not allow this for this calendar. Ask its owner to share it again",
        ),
        "notFound" => (
            NotFound,
            "no longer shows this calendar to the account. Ask its owner to share it again",
        ),
        "fullSyncRequired" | "updatedMinTooLongAgo" => (
            CursorExpired,
            "asks for a full read. Daybook does it by itself",
        ),
        "deleted" => (Gone, "says that this was deleted"),
        "duplicate" | "conditionNotMet" => (Conflict, "says that this was changed meanwhile"),
        "backendError" | "internalError" => (Unavailable, "is not available. Daybook tries again"),
        _ => return None,
    })
}

fn by_status(status: u16, has_reason: bool) -> (ErrorKind, &'static str) {
    use ErrorKind::{Auth, Conflict, Gone, Malformed, NotFound, RateLimited, Unavailable};
    match status {
        401 => (
            Auth,
            "no longer accepts the authorisation. Connect the account again",
        ),
        404 if has_reason => (
            NotFound,
            "no longer shows this calendar to the account. Ask its owner to share it again",
        ),
        409 | 412 => (Conflict, "says that this was changed meanwhile"),
        410 => (Gone, "says that this was deleted"),
        429 => (
            RateLimited,
            "asked us to slow down. Daybook continues by itself",
        ),
        400 => (
            Malformed,
            "did not understand the request. Please report this",
        ),
        // Also a 403 of unknown reason, and a page in place of a reason: not proof of lost access (R13).
        _ => (Unavailable, "is not available. Daybook tries again"),
    }
}

fn described(kind: ErrorKind, what: &str, parts: &Parts) -> Error {
    let status = parts.status.as_u16();
    let error = Error::new(kind, format!("Google {what}.")).with_status(status);
    match retry_after(&parts.headers) {
        Some(wait) if error.retry == Retry::Soon => error.with_retry(Retry::After(wait)),
        _ if status == 400 => error.with_retry(Retry::No),
        _ => error,
    }
}

fn page_instead_of_data(parts: &Parts) -> Error {
    described(
        ErrorKind::Unavailable,
        "answered with a page instead of data. Daybook tries again",
        parts,
    )
}

/// The most specific reason: of the first detailed error, else of `details`, else the general status.
fn reason(body: &[u8]) -> Option<String> {
    let json: Value = serde_json::from_slice(body).ok()?;
    let error = json.get("error")?;
    if let Some(code) = error.as_str() {
        return clean(code); // an OAuth-shaped answer: {"error":"invalid_request"}
    }
    let details = error.get("details").and_then(Value::as_array);
    let detailed = details
        .into_iter()
        .flatten()
        .filter_map(|detail| detail.get("reason"))
        .find(|reason| {
            *reason == "ACCESS_TOKEN_SCOPE_INSUFFICIENT" || *reason == "SERVICE_DISABLED"
        });
    let first = error
        .get("errors")
        .and_then(Value::as_array)
        .and_then(|errors| errors.first()?.get("reason"));
    let quota = error
        .get("message")
        .and_then(Value::as_str)
        .filter(|message| message.starts_with("Calendar usage limits exceeded"));
    if quota.is_some() {
        return Some("quotaExceeded".to_owned());
    }
    let found = detailed.or(first).or_else(|| error.get("status"));
    Some(
        found
            .and_then(Value::as_str)
            .and_then(clean)
            .unwrap_or_else(|| "unknown".to_owned()),
    )
}

/// A code is a word; anything else is not repeated to people.
pub(super) fn clean(code: &str) -> Option<String> {
    let word = !code.is_empty()
        && code.len() <= 64
        && code
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    word.then(|| code.to_owned())
}

fn looks_like_html(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(status: u16, wait: Option<&str>, body: &str) -> Error {
        let mut response = http::Response::builder().status(status);
        if let Some(wait) = wait {
            response = response.header("retry-after", wait);
        }
        let (parts, ()) = response.body(()).unwrap().into_parts();
        check(&parts, body.as_bytes()).unwrap_err()
    }

    fn classic(reason: &str) -> String {
        format!(
            r#"{{"error":{{"code":1,"message":"secret text","errors":[{{"domain":"d","reason":"{reason}"}}]}}}}"#
        )
    }

    #[test]
    fn the_contracts_table() {
        use ErrorKind::*;
        for (status, reason, kind, retry) in [
            (401, "authError", Auth, Retry::No),
            (403, "rateLimitExceeded", RateLimited, Retry::Soon),
            (403, "userRateLimitExceeded", RateLimited, Retry::Soon),
            (429, "rateLimitExceeded", RateLimited, Retry::Soon),
            (403, "quotaExceeded", RateLimited, Retry::After(QUOTA_PAUSE)),
            (
                403,
                "dailyLimitExceeded",
                RateLimited,
                Retry::After(QUOTA_PAUSE),
            ),
            (403, "insufficientPermissions", Scope, Retry::No),
            (403, "forbidden", NotFound, Retry::No),
            (403, "forbiddenForNonOrganizer", NotFound, Retry::No),
            (403, "requiredAccessLevel", NotFound, Retry::No),
            (403, "accessNotConfigured", Operator, Retry::No),
            (403, "somethingNew", Unavailable, Retry::Soon),
            (404, "notFound", NotFound, Retry::No),
            (409, "duplicate", Conflict, Retry::No),
            (412, "conditionNotMet", Conflict, Retry::No),
            (410, "fullSyncRequired", CursorExpired, Retry::No),
            (410, "updatedMinTooLongAgo", CursorExpired, Retry::No),
            (410, "deleted", Gone, Retry::No),
            (400, "invalid", Malformed, Retry::No),
            (500, "backendError", Unavailable, Retry::Soon),
            (503, "backendError", Unavailable, Retry::Soon),
        ] {
            let error = verdict(status, None, &classic(reason));
            assert_eq!(
                (error.kind, error.retry),
                (kind, retry),
                "{status} {reason}"
            );
            assert_eq!(
                (error.status, error.code.as_deref()),
                (Some(status), Some(reason))
            );
            assert!(!error.message.contains("secret"));
        }
    }

    #[test]
    fn the_newer_shape_and_hidden_quota() {
        let scope = r#"{"error":{"code":403,"message":"m","errors":[{"reason":"forbidden"}],"status":"PERMISSION_DENIED",
            "details":[{"@type":"t","reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}"#;
        assert_eq!(verdict(403, None, scope).kind, ErrorKind::Scope);
        let quota = r#"{"error":{"code":403,"message":"Calendar usage limits exceeded.","errors":[{"reason":"rateLimitExceeded"}]}}"#;
        assert_eq!(verdict(403, None, quota).retry, Retry::After(QUOTA_PAUSE));
        let status_only = r#"{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}"#;
        assert_eq!(verdict(429, None, status_only).kind, ErrorKind::RateLimited);
        let hostile = r#"{"error":{"errors":[{"reason":"<script>"}]}}"#;
        assert_eq!(verdict(403, None, hostile).code.as_deref(), Some("unknown"));
    }

    #[test]
    fn without_a_readable_reason_only_401_is_about_the_grant() {
        use ErrorKind::*;
        let html = "\n<!doctype html><title>Sign in</title>";
        for (status, body, kind) in [
            (200, html, Unavailable),
            (302, "", Unavailable),
            (401, "", Auth),
            (403, html, Unavailable),
            (403, "", Unavailable),
            (404, html, Unavailable),
            (410, "", Gone),
            (429, "", RateLimited),
            (500, html, Unavailable),
            (504, "", Unavailable),
        ] {
            assert_eq!(verdict(status, None, body).kind, kind, "{status} {body}");
        }
    }

    #[test]
    fn a_stated_wait_is_kept() {
        let wait = |status, body: &str| verdict(status, Some("90"), body).retry;
        let ninety = Retry::After(Duration::from_secs(90));
        assert_eq!(wait(429, ""), ninety);
        assert_eq!(wait(403, &classic("userRateLimitExceeded")), ninety);
        assert_eq!(wait(403, &classic("quotaExceeded")), ninety);
        assert_eq!(wait(503, ""), ninety);
        assert_eq!(wait(401, ""), Retry::No);
    }
}
