//! Random values of an authorization: state, and the PKCE pair (RFC 7636).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use daybook_domain::Ids;
use secrecy::SecretString;
use sha2::{Digest, Sha256};

/// A PKCE verifier and its challenge, method S256.
#[derive(Clone)]
pub struct Pkce {
    /// Kept, encrypted, until the code is exchanged.
    pub verifier: SecretString,
    /// Sent with the authorization request.
    pub challenge: String,
}

impl Pkce {
    /// A fresh pair: 32 random bytes, 43 characters.
    #[must_use]
    pub fn new(ids: &dyn Ids) -> Self {
        let verifier = random(ids);
        Self {
            challenge: challenge_of(&verifier),
            verifier: SecretString::from(verifier),
        }
    }
}

/// base64url(SHA-256(verifier)) without padding (RFC 7636 §4.2).
#[must_use]
pub fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// A fresh `state`: 32 random bytes, base64url, without meaning. Store only its [`state_hash`].
#[must_use]
pub fn new_state(ids: &dyn Ids) -> String {
    random(ids)
}

/// SHA-256 of a state, by which its row is found.
#[must_use]
pub fn state_hash(state: &str) -> [u8; 32] {
    Sha256::digest(state.as_bytes()).into()
}

fn random(ids: &dyn Ids) -> String {
    let mut bytes = [0; 32];
    ids.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use daybook_domain::clock::SeededIds;
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn the_contracts_vectors() {
        for (verifier, challenge) in [
            (
                "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            ),
            (
                "daybook-test-verifier-0123456789-abcdefghijk",
                "LzCYHrN75jIKXq8ZzUFNeTnC0jrLotsBVikXFWAa5n8",
            ),
        ] {
            assert_eq!(challenge_of(verifier), challenge);
        }
    }

    #[test]
    fn fresh_values_are_long_distinct_and_url_safe() {
        let ids = SeededIds::new(5);
        let (pair, state, other) = (Pkce::new(&ids), new_state(&ids), new_state(&ids));
        let verifier = pair.verifier.expose_secret();
        assert_eq!(challenge_of(verifier), pair.challenge);
        for text in [verifier, &state, &other] {
            assert_eq!(text.len(), 43);
            assert!(
                text.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            );
        }
        assert_ne!(state, other);
        assert_ne!(state_hash(&state), state_hash(&other));
    }
}
