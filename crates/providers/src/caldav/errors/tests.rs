//! One line for each row of the contract's list of errors.

use std::time::Duration;

use bytes::Bytes;

use super::*;

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::new(),
        body: Bytes::from(body.to_owned()),
        url: Url::parse("https://dav.example.com/cal/").unwrap(),
    }
}

#[test]
fn statuses_mean() {
    for (status, kind) in [
        (401, ErrorKind::Auth),
        (403, ErrorKind::Scope),
        (404, ErrorKind::NotFound),
        (410, ErrorKind::Gone),
        (405, ErrorKind::Unsupported),
        (501, ErrorKind::Unsupported),
        (409, ErrorKind::Conflict),
        (423, ErrorKind::Unavailable),
        (429, ErrorKind::RateLimited),
        (500, ErrorKind::Unavailable),
        (503, ErrorKind::Unavailable),
        (200, ErrorKind::Malformed),
    ] {
        let error = refused(&answer(status, ""));
        assert_eq!((error.kind, error.status), (kind, Some(status)));
    }
}

#[test]
fn the_element_decides_about_tokens_not_the_status() {
    let body = include_str!("../fixtures/nextcloud_invalid_token.xml");
    for status in [400, 403, 409, 410, 412, 500] {
        assert_eq!(
            refused(&answer(status, body)).kind,
            ErrorKind::CursorExpired,
            "{status}"
        );
    }
}

#[test]
fn the_server_says_how_long_to_wait() {
    let mut answer = answer(503, "");
    answer.headers.insert("retry-after", "120".parse().unwrap());
    assert_eq!(
        refused(&answer).retry,
        Retry::After(Duration::from_secs(120))
    );
    answer.status = StatusCode::UNAUTHORIZED;
    assert_eq!(refused(&answer).retry, Retry::No);
}

#[test]
fn digest_is_named() {
    let mut answer = answer(401, "");
    answer.headers.append(
        "www-authenticate",
        "Digest realm=\"BaikalDAV\",nonce=\"1\"".parse().unwrap(),
    );
    assert_eq!(refused(&answer).code.as_deref(), Some("digest_only"));
    // One that the session has answered: then it is the password that is refused.
    let mut met = answer.clone();
    met.headers.insert(
        "www-authenticate",
        "Digest realm=\"x\",nonce=\"1\",qop=\"auth\""
            .parse()
            .unwrap(),
    );
    assert_eq!(refused(&met).code, None);
    answer
        .headers
        .append("www-authenticate", "Basic realm=\"x\"".parse().unwrap());
    assert_eq!(refused(&answer).code, None);
}

#[test]
fn a_web_page_is_an_outage() {
    let page = answer(200, "<!DOCTYPE html><html><body>Maintenance</body></html>");
    let error = unreadable(&page, multistatus::Error::Other);
    assert_eq!(error.kind, ErrorKind::Unavailable);
    let error = unreadable(
        &answer(207, "<x>"),
        multistatus::Error::Xml(xml::Error::Truncated),
    );
    assert_eq!(error.kind, ErrorKind::Malformed);
}
