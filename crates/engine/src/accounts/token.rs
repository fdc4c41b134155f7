//! Secrets that are shown once and kept only as a hash: session tokens, API keys, invitation links.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use daybook_domain::Ids;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// What API keys begin with, so that people and secret scanners recognise them.
const API_KEY_PREFIX: &str = "dbk_";
/// Characters of 256 random bits in base64url.
const RANDOM_LENGTH: usize = 43;
/// Characters of an API key's checksum.
const CHECKSUM_LENGTH: usize = 6;
/// Characters of an API key that are kept to recognise it by.
const SHOWN_LENGTH: usize = 12;

/// 256 random bits as 43 base64url characters.
pub fn fresh(ids: &dyn Ids) -> SecretString {
    let mut bytes = [0; 32];
    ids.fill(&mut bytes);
    SecretString::from(text_of(&bytes))
}

/// 256 bits as 43 base64url characters.
pub fn text_of(bytes: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `dbk_` + 43 random characters + 6 characters of checksum.
pub fn fresh_api_key(ids: &dyn Ids) -> SecretString {
    let body = format!("{API_KEY_PREFIX}{}", fresh(ids).expose_secret());
    let sum = checksum(&body);
    SecretString::from(body + &sum)
}

/// Whether this can be an API key at all: a mistyped one is refused without asking the database.
pub fn is_api_key(key: &SecretString) -> bool {
    let key = key.expose_secret();
    let length = API_KEY_PREFIX.len() + RANDOM_LENGTH + CHECKSUM_LENGTH;
    if key.len() != length || !key.is_ascii() || !key.starts_with(API_KEY_PREFIX) {
        return false;
    }
    let (body, sum) = key.split_at(length - CHECKSUM_LENGTH);
    checksum(body) == sum
}

/// The start of a key, shown in lists.
pub fn shown(key: &SecretString) -> String {
    key.expose_secret().chars().take(SHOWN_LENGTH).collect()
}

/// What is kept of a secret. Plain SHA-256 is right for 256 random bits: there is nothing to guess.
pub fn hash(secret: &SecretString) -> [u8; 32] {
    Sha256::digest(secret.expose_secret()).into()
}

fn checksum(body: &str) -> String {
    let mut sum = URL_SAFE_NO_PAD.encode(Sha256::digest(body));
    sum.truncate(CHECKSUM_LENGTH);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use daybook_domain::clock::SeededIds;

    #[test]
    fn an_api_key_carries_its_own_checksum() {
        let key = fresh_api_key(&SeededIds::new(1));
        assert!(is_api_key(&key));
        let text = key.expose_secret();
        assert_eq!((text.len(), &text[..4]), (53, "dbk_"));
        let mut wrong = text.to_owned();
        let last = if wrong.pop() == Some('A') { 'B' } else { 'A' };
        wrong.push(last);
        for bad in [
            wrong.as_str(),
            "",
            "dbk_",
            &text[1..],
            &text.replace("dbk", "dbx"),
        ] {
            assert!(!is_api_key(&SecretString::from(bad)), "{bad}");
        }
    }
}
