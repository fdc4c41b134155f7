//! What Graph's refusals mean for us (contracts/microsoft §10): by code first, then by status.

use daybook_provider_api::egress::retry_after;
use daybook_provider_api::error::{ErrorKind, Retry};
use daybook_provider_api::{Error, Result};
use http::response::Parts;
use serde_json::Value;

/// Nothing when the answer is a success with a body that can be data.
pub(super) fn check(parts: &Parts, body: &[u8]) -> Result<()> {
    if parts.status.is_success() {
        return match body.trim_ascii_start().starts_with(b"<") {
            true => Err(described(
                ErrorKind::Unavailable,
                "answered with a page instead of data. Daybook tries again",
                parts,
            )),
            false => Ok(()),
        };
    }
    Err(refusal(parts, body))
}

/// An answer that cannot be read.
pub(super) fn malformed() -> Error {
    Error::new(
        ErrorKind::Malformed,
        "Microsoft answered with something that makes no sense, so nothing was changed. Daybook tries again.",
    )
}

/// The configured address is no URL.
pub(super) fn misconfigured() -> Error {
    Error::new(
        ErrorKind::Operator,
        "The configured address of Microsoft Graph is not a URL. Ask the operator to check MICROSOFT_API_URL.",
    )
}

/// Something that Outlook cannot keep; `what` completes the sentence.
pub(super) fn unsupported(what: impl std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!("Outlook cannot keep this: {what}. Nothing was changed."),
    )
}

/// Whether an error says that the thing is not there (any more).
pub(super) fn is_gone(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone)
}

/// The same refusal of a delta link, known to be about the link.
pub(super) fn cursor_expired(error: &Error) -> Error {
    let expired = Error::new(
        ErrorKind::CursorExpired,
        "Microsoft no longer knows where the last sync ended. Daybook reads the calendar from the start.",
    )
    .with_status(error.status.unwrap_or(410));
    match &error.code {
        Some(code) => expired.with_code(code.as_str()),
        None => expired,
    }
}

fn refusal(parts: &Parts, body: &[u8]) -> Error {
    let status = parts.status.as_u16();
    let code = code(body);
    let request = parts
        .headers
        .get("request-id")
        .and_then(|id| id.to_str().ok());
    tracing::info!(
        status,
        code = code.as_deref(),
        graph.request_id = request,
        "Microsoft Graph refused a request"
    );
    let known = code.as_deref().and_then(|code| by_code(code, status));
    let (kind, what) = known.unwrap_or_else(|| by_status(status, code.is_some()));
    let error = described(kind, what, parts);
    match code {
        Some(code) => error.with_code(code),
        None => error,
    }
}

/// Codes that say more than the status. Case differs between services, so it is ignored.
fn by_code(code: &str, status: u16) -> Option<(ErrorKind, &'static str)> {
    use ErrorKind::{Auth, Conflict, CursorExpired, NotFound, Scope, Unsupported};
    let code = code.to_ascii_lowercase();
    Some(match code.as_str() {
        "invalidauthenticationtoken" | "unauthenticated" | "tokenexpired" => (
            Auth,
            "no longer accepts the authorisation. Connect the account again",
        ),
        "syncstatenotfound"
        | "syncstateinvalid"
        | "resyncrequired"
        | "resyncchangesapplydifferences"
        | "resyncchangesuploaddifferences"
            if (400..500).contains(&status) =>
        {
            (
                CursorExpired,
                "asks for a full read. Daybook does it by itself",
            )
        }
        "mailboxnotenabledforrestapi"
        | "mailboxnotsupportedforrestapi"
        | "mailboxnothostedinexchangeonline" => (
            Unsupported,
            "says that this account has no mailbox in Microsoft 365, so there is no calendar to read. Connect an account that has one",
        ),
        "erroraccessdenied"
        | "accessdenied"
        | "authorization_requestdenied"
        | "errorinsufficientpermissionsinaccesstoken" => (
            Scope,
            "says that a permission is missing. Connect the account again and agree to every permission, or ask the calendar's owner to share it again",
        ),
        "erroritemnotfound"
        | "errorfoldernotfound"
        | "resourcenotfound"
        | "itemnotfound"
        | "errorcalendarfoldernotfound" => (
            NotFound,
            "no longer shows this to the account. It was deleted, or is no longer shared",
        ),
        "errorirresolvableconflict" | "errorchangekeyrequired" | "errorstaleobject" => {
            (Conflict, "says that this was changed meanwhile")
        }
        _ => return passing(&code),
    })
}

/// Codes of what passes by itself.
fn passing(code: &str) -> Option<(ErrorKind, &'static str)> {
    use ErrorKind::{RateLimited, Unavailable};
    Some(match code {
        "applicationthrottled"
        | "mailboxconcurrency"
        | "toomanyrequests"
        | "errortoomanyrequests"
        | "errorserverbusy"
        | "activitylimitreached" => (
            RateLimited,
            "asked us to slow down. Daybook continues by itself",
        ),
        "serviceunavailable"
        | "servicenotavailable"
        | "generalexception"
        | "unknownerror"
        | "errormailboxstoreunavailable"
        | "errormailboxmoveinprogress"
        | "errorinternalservertransienterror"
        | "errortimeoutexpired" => (Unavailable, "is not available. Daybook tries again"),
        _ => return None,
    })
}

fn by_status(status: u16, has_code: bool) -> (ErrorKind, &'static str) {
    use ErrorKind::{Auth, Conflict, Gone, Malformed, NotFound, RateLimited, Unavailable};
    match status {
        401 => (
            Auth,
            "no longer accepts the authorisation. Connect the account again",
        ),
        404 if has_code => (
            NotFound,
            "no longer shows this to the account. It was deleted, or is no longer shared",
        ),
        409 | 412 => (Conflict, "says that this was changed meanwhile"),
        410 => (Gone, "says that this was deleted"),
        429 => (
            RateLimited,
            "asked us to slow down. Daybook continues by itself",
        ),
        400 | 405 | 413 | 414 | 415 | 422 if has_code => {
            (Malformed, "did not accept the request. Please report this")
        }
        // Also a 403 of unknown reason, and a page in place of a reason: not proof of lost access (R13).
        _ => (Unavailable, "is not available. Daybook tries again"),
    }
}

fn described(kind: ErrorKind, what: &str, parts: &Parts) -> Error {
    let status = parts.status.as_u16();
    let error = Error::new(kind, format!("Microsoft {what}.")).with_status(status);
    match retry_after(&parts.headers) {
        Some(wait) if error.retry == Retry::Soon => error.with_retry(Retry::After(wait)),
        _ if kind == ErrorKind::Malformed && status >= 400 => error.with_retry(Retry::No),
        _ => error,
    }
}

/// `error.code`, and of nested ones the outermost; also `error` of OAuth's shape. A code is a word; anything else is not
/// repeated to people.
fn code(body: &[u8]) -> Option<String> {
    let json: Value = serde_json::from_slice(body).ok()?;
    let error = json.get("error")?;
    let code = error.as_str().or_else(|| error.get("code")?.as_str())?;
    let word = !code.is_empty()
        && code.len() <= 64
        && code
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    Some(if word {
        code.to_owned()
    } else {
        "unknown".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn verdict(status: u16, wait: Option<&str>, body: &str) -> Error {
        let mut response = http::Response::builder().status(status);
        if let Some(wait) = wait {
            response = response.header("retry-after", wait);
        }
        let (parts, ()) = response.body(()).unwrap().into_parts();
        check(&parts, body.as_bytes()).unwrap_err()
    }

    fn graph(code: &str) -> String {
        format!(
            r#"{{"error":{{"code":"{code}","message":"secret text","innerError":{{"request-id":"r"}}}}}}"#
        )
    }

    #[test]
    fn the_contracts_table() {
        use ErrorKind::*;
        for (status, code, kind, retry) in [
            (401, "InvalidAuthenticationToken", Auth, Retry::No),
            (403, "ErrorAccessDenied", Scope, Retry::No),
            (403, "somethingNew", Unavailable, Retry::Soon),
            (404, "ErrorItemNotFound", NotFound, Retry::No),
            (404, "MailboxNotEnabledForRESTAPI", Unsupported, Retry::No),
            (404, "MailboxNotSupportedForRESTAPI", Unsupported, Retry::No),
            (404, "UnknownNew", NotFound, Retry::No),
            (410, "SyncStateNotFound", CursorExpired, Retry::No),
            (400, "syncStateInvalid", CursorExpired, Retry::No),
            (410, "resyncRequired", CursorExpired, Retry::No),
            (412, "ErrorIrresolvableConflict", Conflict, Retry::No),
            (409, "ErrorIrresolvableConflict", Conflict, Retry::No),
            (429, "ApplicationThrottled", RateLimited, Retry::Soon),
            (503, "serviceUnavailable", Unavailable, Retry::Soon),
            (500, "generalException", Unavailable, Retry::Soon),
            (500, "syncStateNotFound", Unavailable, Retry::Soon),
            (400, "ErrorPropertyValidationFailure", Malformed, Retry::No),
        ] {
            let error = verdict(status, None, &graph(code));
            assert_eq!((error.kind, error.retry), (kind, retry), "{status} {code}");
            assert_eq!(
                (error.status, error.code.as_deref()),
                (Some(status), Some(code))
            );
            assert!(!error.message.contains("secret"));
        }
    }

    #[test]
    fn without_a_readable_code_only_401_is_about_the_grant() {
        use ErrorKind::*;
        let html = "\n<!doctype html><title>Sign in</title>";
        for (status, body, kind) in [
            (200, html, Unavailable),
            (302, "", Unavailable),
            (400, html, Unavailable),
            (401, "", Auth),
            (403, html, Unavailable),
            (404, html, Unavailable),
            (410, "", Gone),
            (429, html, RateLimited),
            (500, html, Unavailable),
            (504, "", Unavailable),
        ] {
            assert_eq!(verdict(status, None, body).kind, kind, "{status} {body}");
        }
        let hostile = r#"{"error":{"code":"<script>"}}"#;
        assert_eq!(verdict(403, None, hostile).code.as_deref(), Some("unknown"));
    }

    #[test]
    fn a_stated_wait_is_kept() {
        let ninety = Retry::After(Duration::from_secs(90));
        for status in [429, 503, 504] {
            assert_eq!(verdict(status, Some("90"), "").retry, ninety, "{status}");
        }
        assert_eq!(verdict(401, Some("90"), "").retry, Retry::No);
    }
}
