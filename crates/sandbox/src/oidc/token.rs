//! ID tokens, right ones and wrong ones.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Code, Person, Sim, Twist};

/// How long a token is good, in seconds.
const LIFE: i64 = 300;

/// The token for a code.
pub(super) fn id_token(sim: &Sim, person: &Person, code: &Code) -> String {
    let is = |twist| sim.twisted(twist);
    let header = json!({"alg": algorithm(sim), "typ": "JWT", "kid": "k1"});
    let payload = claims(sim, person, code);
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&header), encode(&payload));
    if is(Twist::AlgNone) {
        return format!("{signed}.");
    }
    if is(Twist::HmacOfPublicKey) {
        let key = sim.keys.set().to_string();
        return format!(
            "{signed}.{}",
            URL_SAFE_NO_PAD.encode(hmac(key.as_bytes(), signed.as_bytes()))
        );
    }
    let signature = sim.keys.sign(&signed, is(Twist::ForeignKey));
    if is(Twist::Tampered) {
        let mut other = payload;
        other["sub"] = json!("somebody-else");
        return format!("{}.{}.{signature}", encode(&header), encode(&other));
    }
    format!("{signed}.{signature}")
}

fn algorithm(sim: &Sim) -> &'static str {
    if sim.twisted(Twist::AlgNone) {
        "none"
    } else if sim.twisted(Twist::HmacOfPublicKey) {
        "HS256"
    } else {
        sim.keys.algorithm.name()
    }
}

fn claims(sim: &Sim, person: &Person, code: &Code) -> Value {
    let is = |twist| sim.twisted(twist);
    let now = sim.clock.now().as_second();
    let mut claims = json!({
        "iss": sim.issuer, "aud": sim.client_id, "sub": person.sub,
        "iat": now, "exp": now + LIFE, "name": person.name,
    });
    if let Some(nonce) = &code.nonce {
        claims["nonce"] = json!(nonce);
    }
    if !is(Twist::EmailAtUserinfo) && !is(Twist::UserinfoOfSomebodyElse) {
        claims["email"] = json!(person.email);
        claims["email_verified"] = json!(person.verified);
    }
    let mut change = |twist, name: &str, value: Value| {
        if is(twist) {
            claims[name] = value;
        }
    };
    change(Twist::WrongNonce, "nonce", json!("another"));
    change(Twist::NoNonce, "nonce", Value::Null);
    change(Twist::WrongAudience, "aud", json!("another-client"));
    change(
        Twist::ManyAudiences,
        "aud",
        json!([sim.client_id, "another-client"]),
    );
    change(Twist::WrongIssuer, "iss", json!("https://evil.example"));
    change(Twist::Expired, "exp", json!(now - 61));
    change(Twist::FromTheFuture, "iat", json!(now + 3600));
    change(Twist::NoSubject, "sub", json!(""));
    claims
}

/// HMAC-SHA-256 (RFC 2104).
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    let short: [u8; 32] = Sha256::digest(key).into();
    let key = if key.len() > 64 { &short[..] } else { key };
    block[..key.len()].copy_from_slice(key);
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::digest([&pad(0x36)[..], text].concat());
    Sha256::digest([&pad(0x5c)[..], &inner].concat()).into()
}
