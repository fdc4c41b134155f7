//! What an ID token must say (OpenID Connect Core §2, §3.1.3.7, §5.1).

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::refused;
use crate::Result;

/// How far the issuer's clock may be off.
const SKEW: SignedDuration = SignedDuration::from_secs(60);
/// Longest subject (§2).
const LONGEST_SUBJECT: usize = 255;

/// Who somebody is, as the issuer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Never changes and is never given to anybody else, at this issuer.
    pub subject: String,
    /// Address, in whatever spelling.
    pub email: Option<String>,
    /// Whether the issuer has checked that the address is theirs.
    pub email_verified: bool,
    /// Name.
    pub name: Option<String>,
}

/// What it is compared with.
pub(super) struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub now: Timestamp,
}

/// The identity in a payload whose signature holds.
pub(super) fn check(payload: &Value, expected: &Expected<'_>) -> Result<Identity> {
    let text = |name: &str| payload.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return Err(refused("The sign-in was vouched for by somebody else."));
    }
    if !is_for(payload, expected.client_id) {
        return Err(refused("The sign-in was meant for another application."));
    }
    if text("nonce") != Some(expected.nonce) {
        return Err(refused(
            "The sign-in was not the one that was started here.",
        ));
    }
    let at = |name: &str| payload.get(name).and_then(seconds);
    let over = at("exp").is_none_or(|end| end.saturating_add(SKEW).unwrap_or(end) <= expected.now);
    let latest = expected.now.saturating_add(SKEW).unwrap_or(Timestamp::MAX);
    let early = at("nbf").is_some_and(|start| start > latest);
    let unborn = at("iat").is_none_or(|issued| issued > latest);
    if over || early || unborn {
        return Err(refused(
            "The sign-in is out of date, or one of the two clocks is wrong.",
        ));
    }
    let subject = text("sub").filter(|sub| !sub.is_empty() && sub.len() <= LONGEST_SUBJECT);
    let subject = subject.ok_or_else(|| refused("The sign-in does not say whose it is."))?;
    Ok(Identity {
        subject: subject.to_owned(),
        email: None,
        email_verified: false,
        name: None,
    }
    .with_profile(payload))
}

impl Identity {
    /// With what the userinfo endpoint adds, if it speaks of the same subject (§5.3.2).
    pub(super) fn completed_by(self, info: &Value) -> Self {
        match info.get("sub").and_then(Value::as_str) {
            Some(subject) if subject == self.subject => self.with_profile(info),
            _ => self,
        }
    }

    fn with_profile(mut self, claims: &Value) -> Self {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        self.email = text("email").map(str::to_owned);
        // Some issuers write the boolean as a text.
        self.email_verified = match claims.get("email_verified") {
            Some(Value::Bool(verified)) => *verified,
            Some(Value::String(verified)) => verified == "true",
            _ => false,
        };
        self.name = text("name")
            .map(str::trim)
            .filter(|name| !name.is_empty() && !name.chars().any(char::is_control))
            .map(|name| name.chars().take(200).collect())
            .or(self.name);
        self
    }
}

/// `aud` holds us; among several, and wherever it is given, `azp` is us (§3.1.3.7 items 3–5).
fn is_for(payload: &Value, client_id: &str) -> bool {
    let azp = payload
        .get("azp")
        .map(|azp| azp.as_str() == Some(client_id));
    match payload.get("aud") {
        Some(Value::String(aud)) => aud == client_id && azp.unwrap_or(true),
        Some(Value::Array(all)) => {
            let named = all.iter().any(|aud| aud.as_str() == Some(client_id));
            named && azp.unwrap_or(all.len() == 1)
        }
        _ => false,
    }
}

fn seconds(value: &Value) -> Option<Timestamp> {
    let whole = value.as_i64().or_else(|| {
        let number = value.as_f64().filter(|n| n.abs() < 1e12)?;
        Some(number as i64)
    })?;
    Timestamp::from_second(whole).ok()
}
