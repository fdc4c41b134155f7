//! Signatures of ID tokens (RFC 7515, RFC 7517, RFC 7518 §3; RFC 8037 for EdDSA). Only asymmetric algorithms: `none` is no
//! signature, and an HMAC could be made by anybody who knows a public key or shares the secret.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::refused;
use crate::Result;

/// Longest token that is looked at, in bytes.
const LONGEST: usize = 16 * 1024;
/// Most keys of a set that are looked at.
const MOST_KEYS: usize = 50;

/// The token's payload, if one of the issuer's keys signed it.
pub(super) fn verify(token: &str, keys: &Value) -> Result<Value> {
    let untrusted = || refused("What the sign-in service said is not signed by it.");
    let parts: Vec<&str> = token.splitn(4, '.').collect();
    let [header, payload, signature] = parts[..] else {
        return Err(untrusted());
    };
    if token.len() > LONGEST {
        return Err(untrusted());
    }
    let json = |part: &str| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
    };
    let head = json(header).ok_or_else(untrusted)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| untrusted())?;
    // `crit` names extensions that must be understood; we know none (RFC 7515 §4.1.11).
    let algorithm = head.get("alg").and_then(Value::as_str);
    let algorithm = algorithm
        .filter(|_| head.get("crit").is_none())
        .ok_or_else(untrusted)?;
    let kid = head.get("kid").and_then(Value::as_str);
    let signed = &token.as_bytes()[..header.len() + 1 + payload.len()];
    let keys = keys.get("keys").and_then(Value::as_array);
    let fits = keys
        .into_iter()
        .flatten()
        .take(MOST_KEYS)
        .filter(|key| may_sign(key, kid, algorithm))
        .any(|key| checks(key, algorithm, signed, &signature).is_some());
    if !fits {
        return Err(untrusted());
    }
    json(payload).ok_or_else(untrusted)
}

/// Whether the key is meant for this: its name, its use and its algorithm, where they are given.
fn may_sign(key: &Value, kid: Option<&str>, algorithm: &str) -> bool {
    let says = |name: &str, wanted: &str| {
        key.get(name)
            .is_none_or(|value| value.as_str() == Some(wanted))
    };
    let named = kid.is_none_or(|kid| says("kid", kid));
    named && says("use", "sig") && says("alg", algorithm)
}

/// `Some` when the signature is the key's.
fn checks(key: &Value, algorithm: &str, signed: &[u8], signature: &[u8]) -> Option<()> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
    let rsa = |parameters: &'static RsaParameters| {
        let (n, e) = (bytes("n")?, bytes("e")?);
        let trimmed = |bytes: &[u8]| {
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            bytes[zeros..].to_vec()
        };
        RsaPublicKeyComponents {
            n: trimmed(&n),
            e: trimmed(&e),
        }
        .verify(parameters, signed, signature)
        .ok()
    };
    let point = |verification: &'static dyn VerificationAlgorithm, size: usize| {
        let (x, y) = (bytes("x")?, bytes("y")?);
        if x.len() != size || y.len() != size {
            return None;
        }
        let uncompressed = [&[4], &x[..], &y[..]].concat();
        UnparsedPublicKey::new(verification, uncompressed)
            .verify(signed, signature)
            .ok()
    };
    match (algorithm, text("kty")?, text("crv")) {
        ("RS256", "RSA", _) => rsa(&RSA_PKCS1_2048_8192_SHA256),
        ("RS384", "RSA", _) => rsa(&RSA_PKCS1_2048_8192_SHA384),
        ("RS512", "RSA", _) => rsa(&RSA_PKCS1_2048_8192_SHA512),
        ("PS256", "RSA", _) => rsa(&RSA_PSS_2048_8192_SHA256),
        ("ES256", "EC", Some("P-256")) => point(&ECDSA_P256_SHA256_FIXED, 32),
        ("ES384", "EC", Some("P-384")) => point(&ECDSA_P384_SHA384_FIXED, 48),
        ("EdDSA", "OKP", Some("Ed25519")) => UnparsedPublicKey::new(&ED25519, bytes("x")?)
            .verify(signed, signature)
            .ok(),
        _ => None,
    }
}
