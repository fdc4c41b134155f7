//! Slack's request signatures (contract §3), and the ways in which one can be wrong.

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use super::config::{App, Tamper};
use super::courier::Outgoing;

/// `v0=` and the hex HMAC-SHA256 of `v0:timestamp:body`.
#[must_use]
pub fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(format!("v0:{timestamp}:").as_bytes());
    mac.update(body);
    let digest = mac.finalize().into_bytes();
    digest
        .iter()
        .fold("v0=".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// The timestamp header of an instant.
#[must_use]
pub fn timestamp_of(now: Timestamp) -> String {
    now.as_second().to_string()
}

/// The request as it goes out at `now`, tampered with as told.
pub(super) fn seal(
    app: &App,
    tamper: Tamper,
    now: Timestamp,
    (url, content_type, mut body): (&str, &'static str, Vec<u8>),
) -> Outgoing {
    let by = |seconds| {
        now.checked_add(SignedDuration::from_secs(seconds))
            .unwrap_or(now)
    };
    let mut timestamp = match tamper {
        Tamper::Old => timestamp_of(by(-360)),
        Tamper::Future => timestamp_of(by(360)),
        _ => timestamp_of(now),
    };
    let secret = match tamper {
        Tamper::BadSignature => "somebody-elses-secret",
        _ => &app.signing_secret,
    };
    let mut signature = sign(secret, &timestamp, &body);
    match tamper {
        Tamper::OddTimestamp => timestamp = "soon".to_owned(),
        Tamper::ChangedBody => body.extend_from_slice(b"&x=1"),
        Tamper::OtherVersion => signature = signature.replacen("v0=", "v1=", 1),
        _ => {}
    }
    let mut headers = vec![
        ("content-type", content_type.to_owned()),
        (
            "user-agent",
            "Slackbot 1.0 (+https://api.slack.com/robots)".to_owned(),
        ),
    ];
    if tamper != Tamper::NoTimestamp {
        headers.push(("x-slack-request-timestamp", timestamp));
    }
    if tamper != Tamper::NoSignature {
        headers.push(("x-slack-signature", signature));
    }
    Outgoing {
        url: url.to_owned(),
        headers,
        body,
    }
}
