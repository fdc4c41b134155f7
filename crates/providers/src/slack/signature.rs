//! Slack's signature over the raw bytes of a request: version 0 (contracts/slack §3).

use daybook_provider_api::chat::{Proof, Refusal};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// How far a request's clock may be from ours, in seconds.
const WINDOW: i64 = 300;
/// Hex digits of a signature.
const DIGITS: usize = 64;

/// Whether the request was signed with `secret`, not longer than five minutes ago. Compared in constant time.
pub(super) fn verify(
    secret: &SecretString,
    proof: &Proof<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let stamp = only(proof.headers, "x-slack-request-timestamp")?;
    let signature = only(proof.headers, "x-slack-signature")?;
    let given = signature
        .strip_prefix("v0=")
        .and_then(digits)
        .ok_or(Refusal::Headers)?;
    // The text is what is signed: no sign, no space, no leading zero that another reader would drop.
    let plain = (1..=12).contains(&stamp.len()) && stamp.bytes().all(|b| b.is_ascii_digit());
    let seconds: i64 = match plain {
        true => stamp.parse().map_err(|_| Refusal::Headers)?,
        false => return Err(Refusal::Headers),
    };
    if now.as_second().abs_diff(seconds) > WINDOW.unsigned_abs() {
        return Err(Refusal::Stale);
    }
    let key = secret.expose_secret().as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| Refusal::NoSecret)?;
    mac.update(b"v0:");
    mac.update(stamp.as_bytes());
    mac.update(b":");
    mac.update(proof.body);
    mac.verify_slice(&given).map_err(|_| Refusal::Signature)
}

/// The value of a header that is there exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| Refusal::Headers),
        _ => Err(Refusal::Headers),
    }
}

/// 32 bytes from lower-case hex digits.
fn digits(text: &str) -> Option<[u8; 32]> {
    if text.len() != DIGITS {
        return None;
    }
    let value = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(bytes)
}
