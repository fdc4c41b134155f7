//! A server that takes Digest authentication and no Basic (RFC 7616), as Baikal does by default.

use md5::Md5;
use sha2::{Digest as _, Sha256};

use super::reply::Reply;
use crate::caldav::profile::DigestHash;
use crate::caldav::state::State;

/// Whose request it is, or the refusal with a challenge.
pub(super) fn authenticate(
    state: &mut State,
    hash: DigestHash,
    method: &str,
    target: &str,
    sent: Option<&str>,
) -> Result<String, Reply> {
    let Some(sent) = sent.and_then(|sent| sent.strip_prefix("Digest ")) else {
        return Err(challenge(state, hash, false));
    };
    let get = |name: &str| parameter(sent, name);
    let user = get("username").unwrap_or_default();
    let password = state
        .accounts
        .get(&user)
        .and_then(|account| account.password.clone());
    let (Some(password), true) = (password, get("uri").as_deref() == Some(target)) else {
        return Err(challenge(state, hash, false));
    };
    let a1 = hash.of(&format!("{user}:{REALM}:{password}"));
    let a2 = hash.of(&format!("{method}:{target}"));
    let part = |name: &str| get(name).unwrap_or_default();
    let (nonce, count) = (part("nonce"), part("nc"));
    let expected = hash.of(&format!(
        "{a1}:{nonce}:{count}:{}:auth:{a2}",
        part("cnonce")
    ));
    if part("qop") != "auth" || part("response") != expected {
        return Err(challenge(state, hash, false));
    }
    // The password is right; the nonce may be an old one, used too often, or a request may be replayed.
    let count = u32::from_str_radix(&count, 16).unwrap_or_default();
    let over = state.quirks.digest_uses.is_some_and(|uses| count > uses);
    if nonce != name_of(state.nonce) || count <= state.nonce_count || over {
        return Err(challenge(state, hash, true));
    }
    state.nonce_count = count;
    Ok(user)
}

const REALM: &str = "BaikalDAV";

fn challenge(state: &mut State, hash: DigestHash, stale: bool) -> Reply {
    state.nonce += 1;
    state.nonce_count = 0;
    let (name, nonce) = (hash.name(), name_of(state.nonce));
    let stale = if stale { ", stale=true" } else { "" };
    let text = format!(
        "Digest realm=\"{REALM}\", qop=\"auth\", algorithm={name}, nonce=\"{nonce}\", opaque=\"df58bdff8cf60599c939187d0b5c54de\"{stale}"
    );
    Reply::html(401, "Unauthorized").header("www-authenticate", &text)
}

fn name_of(nonce: u64) -> String {
    format!("nonce-{nonce}")
}

/// The value of one parameter. What our clients send has no commas or quotes inside of quotes but in `uri`, which is compared whole.
fn parameter(sent: &str, name: &str) -> Option<String> {
    sent.split(", ").find_map(|pair| {
        let value = pair.strip_prefix(name)?.strip_prefix('=')?;
        Some(value.trim_matches('"').to_owned())
    })
}

impl DigestHash {
    const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    fn of(self, text: &str) -> String {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match self {
            Self::Md5 => hex(&Md5::digest(text)),
            Self::Sha256 => hex(&Sha256::digest(text)),
        }
    }
}
