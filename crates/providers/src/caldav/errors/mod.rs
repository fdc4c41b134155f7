//! What a CalDAV server's refusals mean for us (contracts/caldav-apple §9).

mod write;

use daybook_provider_api::Error;
use daybook_provider_api::egress::retry_after;
pub(super) use daybook_provider_api::error::Field;
use daybook_provider_api::error::{ErrorKind, Retry};
use daybook_provider_api::session::takes_digest;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, StatusCode};
use url::Url;

use super::multistatus::{self, conditions};
use super::transport::Answer;
use super::xml::{self, Tag};

pub(super) use write::{refused_write, refused_write_as};

/// Code of errors that say: this address is no CalDAV server.
pub(super) const NOT_CALDAV: &str = "not_caldav";

/// The error that an answer with a status other than success is.
pub(super) fn refused(answer: &Answer) -> Error {
    let named = conditions(&answer.body);
    if named.contains(&Tag::ValidSyncToken) {
        return cursor_expired(answer.status);
    }
    if answer.status == StatusCode::UNAUTHORIZED && wants_digest_only(&answer.headers) {
        return digest_only();
    }
    let (kind, message) = meaning(answer.status, &named);
    let error = Error::new(kind, message).with_status(answer.status.as_u16());
    let error = match code(&named) {
        Some(code) => error.with_code(code),
        None => error,
    };
    match (kind, retry_after(&answer.headers)) {
        (ErrorKind::Unavailable | ErrorKind::RateLimited, Some(wait)) => {
            error.with_retry(Retry::After(wait))
        }
        _ => error,
    }
}

/// The sync token is refused (RFC 6578 §3.2).
pub(super) fn cursor_expired(status: StatusCode) -> Error {
    Error::new(
        ErrorKind::CursorExpired,
        "The CalDAV server no longer knows where the last sync ended; Daybook reads the whole calendar again.",
    )
    .with_status(status.as_u16())
    .with_code("valid-sync-token")
}

/// The answer was a success, but its body is not what WebDAV promises.
pub(super) fn unreadable(answer: &Answer, error: multistatus::Error) -> Error {
    if let Some(page) = web_page(answer) {
        return page;
    }
    let code = match error {
        multistatus::Error::Xml(xml::Error::DocumentType | xml::Error::Entity) => "xml_refused",
        multistatus::Error::Xml(xml::Error::TooDeep | xml::Error::TooLarge) => "xml_too_large",
        multistatus::Error::Xml(xml::Error::Truncated | xml::Error::Syntax)
        | multistatus::Error::Other => "xml",
    };
    malformed(&format!(
        "The CalDAV server's answer was not used: {error}."
    ))
    .with_status(answer.status.as_u16())
    .with_code(code)
}

/// The error that a success with a web page in it is; `None` when it is no web page.
pub(super) fn web_page(answer: &Answer) -> Option<Error> {
    looks_like_html(answer).then(|| {
        Error::new(
            ErrorKind::Unavailable,
            "The CalDAV server answered with a web page instead of data, as servers do when they are being maintained. \
             Daybook tries again later.",
        )
        .with_status(answer.status.as_u16())
        .with_code("html")
    })
}

/// An answer that makes no sense.
pub(super) fn malformed(message: &str) -> Error {
    Error::new(ErrorKind::Malformed, message)
}

/// The event, or the occurrence, is not there.
pub(super) fn no_event() -> Error {
    Error::new(
        ErrorKind::NotFound,
        "The CalDAV server has no such event or occurrence any more, so nothing was written. Refresh the calendar.",
    )
    .with_status(404)
    .with_code("not_found")
}

/// The version on the server is not the one that the change is based on.
pub(super) fn changed_meanwhile() -> Error {
    Error::new(
        ErrorKind::Conflict,
        "The event was changed on the CalDAV server meanwhile, so nothing was written. Look at its present state and try \
         again.",
    )
    .with_status(412)
    .with_code("precondition")
}

/// CalDAV, or this event as it is, has no place for what is wanted.
pub(super) fn unsupported(code: &str, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Unsupported, message).with_code(code)
}

/// As [`unsupported`], about one part of the event.
pub(super) fn refused_field(field: Field, code: &str, message: impl Into<String>) -> Error {
    unsupported(code, message).about(field)
}

/// No CalDAV server was found at the address.
pub(super) fn not_caldav() -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "There is no CalDAV server at this address. Check it in your calendar server's settings: it often ends in \
         /dav/ or /remote.php/dav/.",
    )
    .with_code(NOT_CALDAV)
}

/// What the person typed is no address.
pub(super) fn bad_address() -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "This is not an address of a server. Give one such as https://cloud.example.com/remote.php/dav/, or the domain \
         of your e-mail address.",
    )
    .with_code(NOT_CALDAV)
}

/// The server does not know who we are although it was told.
pub(super) fn unauthenticated() -> Error {
    Error::new(
        ErrorKind::Auth,
        "The CalDAV server refused the user name or password. Servers with two-step sign-in want an app password.",
    )
}

/// Another site asks for the password.
pub(super) fn credentials_withheld(url: &Url) -> Error {
    blocked(
        "credentials_withheld",
        format!(
            "The server sent Daybook on to another site, {}, which asks for a password. Daybook does not pass your \
             password on; if you trust that site, give its address instead.",
            host(url)
        ),
    )
}

/// The calendars are said to be on another site.
pub(super) fn foreign_home(url: &Url) -> Error {
    blocked(
        "foreign_host",
        format!(
            "The server says that the calendars are on another site, {}. Daybook does not pass your password on; if \
             you trust that site, give its address instead.",
            host(url)
        ),
    )
}

/// A redirect from HTTPS to plain HTTP.
pub(super) fn downgrade(url: &Url) -> Error {
    blocked(
        "downgrade",
        format!(
            "The server sent Daybook on to {} without encryption, which Daybook does not follow.",
            host(url)
        ),
    )
}

/// More redirects than are followed.
pub(super) fn too_many_redirects() -> Error {
    malformed("The server redirected Daybook too many times.")
        .with_code("redirects")
        .with_retry(Retry::No)
}

/// A redirect without a usable target.
pub(super) fn bad_redirect() -> Error {
    malformed("The server redirected Daybook without saying where to.").with_code("redirect")
}

/// Whether the server says that it cannot do this kind of call at all, so that another should be used.
pub(super) fn is_unsupported(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::Unsupported)
        || error.code.as_deref() == Some("supported-report")
}

/// The answer is larger than is read of one; answers to less may not be.
pub(super) fn is_too_large(error: &Error) -> bool {
    matches!(error.code.as_deref(), Some("too_large" | "xml_too_large"))
}

/// The server takes passwords only in a way that Daybook does not send them.
fn digest_only() -> Error {
    Error::new(
        ErrorKind::Auth,
        "The CalDAV server accepts only a form of Digest sign-in that Daybook does not do. Its operator can switch it to Basic, \
         which is safe over HTTPS, or to Digest with MD5 or SHA-256 and qop=auth.",
    )
    .with_status(StatusCode::UNAUTHORIZED.as_u16())
    .with_code("digest_only")
}

/// Whether it offers Digest only, and none that a session could have answered.
fn wants_digest_only(headers: &HeaderMap) -> bool {
    let schemes: Vec<String> = headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .filter_map(|challenge| challenge.to_str().ok())
        .map(str::to_ascii_lowercase)
        .collect();
    let asks = |scheme: &str| schemes.iter().any(|challenge| challenge.contains(scheme));
    asks("digest ") && !asks("basic") && !asks("bearer") && !takes_digest(headers)
}

fn meaning(status: StatusCode, named: &[Tag]) -> (ErrorKind, &'static str) {
    match status.as_u16() {
        401 => (
            ErrorKind::Auth,
            "The CalDAV server refused the user name or password. Servers with two-step sign-in want an app password.",
        ),
        403 if named.contains(&Tag::SupportedReport) => (
            ErrorKind::Unsupported,
            "The CalDAV server cannot do this report.",
        ),
        403 => (
            ErrorKind::Scope,
            "The CalDAV server does not allow this account to read here. Check that the calendar is still shared with it.",
        ),
        404 => (
            ErrorKind::NotFound,
            "The CalDAV server has no such calendar, or no longer shares it with this account.",
        ),
        410 => (
            ErrorKind::Gone,
            "The calendar was removed from the CalDAV server.",
        ),
        405 | 415 | 501 => (
            ErrorKind::Unsupported,
            "The CalDAV server cannot do this call.",
        ),
        400 => (
            ErrorKind::Unsupported,
            "The CalDAV server did not understand the call.",
        ),
        409 | 412 => (
            ErrorKind::Conflict,
            "The CalDAV server's data changed meanwhile.",
        ),
        429 => (
            ErrorKind::RateLimited,
            "The CalDAV server asks for fewer requests. Daybook waits before the next.",
        ),
        408 | 423 | 425 | 500..=599 => (
            ErrorKind::Unavailable,
            "The CalDAV server cannot answer at the moment. Daybook tries again later.",
        ),
        _ => (
            ErrorKind::Malformed,
            "The CalDAV server gave an unexpected answer.",
        ),
    }
}

/// The precondition's name, as the RFCs write it.
fn code(named: &[Tag]) -> Option<&'static str> {
    named.iter().find_map(|tag| match tag {
        Tag::NeedPrivileges => Some("need-privileges"),
        Tag::SupportedReport => Some("supported-report"),
        Tag::MatchesWithinLimits => Some("number-of-matches-within-limits"),
        _ => None,
    })
}

fn blocked(code: &str, message: String) -> Error {
    Error::new(ErrorKind::Blocked, message).with_code(code)
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or("an unnamed host")
}

fn looks_like_html(answer: &Answer) -> bool {
    let head: Vec<u8> = answer
        .body
        .iter()
        .take(512)
        .map(u8::to_ascii_lowercase)
        .collect();
    let head = String::from_utf8_lossy(&head);
    head.contains("<html") || head.contains("<!doctype html")
}

#[cfg(test)]
mod tests;
