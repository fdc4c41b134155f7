//! Keys that sign ID tokens, and their public halves as a key set (RFC 7517).

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// How tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256.
    Es256,
    /// RSA, PKCS #1 v1.5: what every provider has.
    Rs256,
}

impl Algorithm {
    /// Its name in JOSE headers.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }
}

/// No key could be made.
#[derive(Debug, thiserror::Error)]
#[error("no key could be made")]
pub struct NoKey;

/// The published key, and one that nobody published.
#[derive(Debug)]
pub(super) struct Keys {
    pub algorithm: Algorithm,
    ours: Key,
    foreign: Key,
}

#[derive(Debug)]
enum Key {
    Es256(EcdsaKeyPair),
    Rs256(RsaKeyPair),
}

impl Keys {
    pub(super) fn new(algorithm: Algorithm) -> Result<Self, NoKey> {
        Ok(Self {
            algorithm,
            ours: Key::new(algorithm)?,
            foreign: Key::new(algorithm)?,
        })
    }

    /// The signature, by the published key or by the foreign one.
    pub(super) fn sign(&self, text: &str, foreign: bool) -> String {
        let key = if foreign { &self.foreign } else { &self.ours };
        URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes()).unwrap_or_default())
    }

    pub(super) fn set(&self) -> Value {
        json!({"keys": [{"kty": "oct", "k": "AAAA", "kid": "not-for-this"}, self.ours.public()]})
    }
}

impl Key {
    fn new(algorithm: Algorithm) -> Result<Self, NoKey> {
        match algorithm {
            Algorithm::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
                .map(Self::Es256)
                .map_err(|_| NoKey),
            Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048)
                .map(Self::Rs256)
                .map_err(|_| NoKey),
        }
    }

    fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::Es256(pair) => Some(pair.sign(&random, text).ok()?.as_ref().to_vec()),
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, text, &mut signature)
                    .ok()?;
                Some(signature)
            }
        }
    }

    fn public(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Es256(pair) => {
                // 0x04, then both coordinates.
                let point = pair.public_key().as_ref();
                let (x, y) = point
                    .get(1..65)
                    .unwrap_or_default()
                    .split_at(32.min(point.len()));
                json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k1", "x": text(x), "y": text(y)})
            }
            Self::Rs256(pair) => {
                let (n, e) = components(pair.public_key().as_ref()).unwrap_or_default();
                json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k1", "n": text(&n), "e": text(&e)})
            }
        }
    }
}

/// Modulus and exponent of a DER `RSAPublicKey` (RFC 8017 §A.1.1): a sequence of two integers.
fn components(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (sequence, _) = value(der, 0x30)?;
    let (n, rest) = value(sequence, 0x02)?;
    let (e, _) = value(rest, 0x02)?;
    let unsigned = |bytes: &[u8]| bytes.strip_prefix(&[0]).unwrap_or(bytes).to_vec();
    Some((unsigned(n), unsigned(e)))
}

/// The content of a DER value with this tag, and what follows it.
fn value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    if *found != tag {
        return None;
    }
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        let length = bytes
            .iter()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        (length, rest)
    };
    rest.split_at_checked(length)
}
