//! A simulated OpenID Connect provider: discovery, consent, tokens, keys, userinfo; and the ways in which one can be wrong or lie,
//! so that a relying party can be seen to refuse them (OpenID Connect Core 1.0 §3.1.3.7).
//!
//! Paths under the issuer: `/.well-known/openid-configuration`, `/authorize`, `/token`, `/jwks`, `/userinfo`. Tests skip the page by
//! posting its form: the request's parameters and `person`.

mod http;
mod keys;
mod token;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::get;
use serde_json::{Value, json};

pub use keys::Algorithm;
use keys::Keys;

use crate::clock::SandboxClock;

/// What the provider gets wrong, or what an attacker in its place does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each says what is wrong")]
pub enum Twist {
    WrongNonce,
    NoNonce,
    AlgNone,
    /// Signed with HMAC under the public key's text (CVE-2015-9235).
    HmacOfPublicKey,
    /// Signed by a key that is not in the set.
    ForeignKey,
    /// Payload changed after signing.
    Tampered,
    WrongAudience,
    /// Us among several, without `azp`.
    ManyAudiences,
    WrongIssuer,
    Expired,
    FromTheFuture,
    NoSubject,
    /// RFC 9207: the redirect names somebody else.
    WrongIssInRedirect,
    /// The e-mail address is only at the userinfo endpoint.
    EmailAtUserinfo,
    /// There, of another subject.
    UserinfoOfSomebodyElse,
    /// The discovery document is another issuer's.
    ForeignDiscovery,
    /// The token endpoint answers without an ID token.
    NoIdToken,
    /// It answers with a page.
    Html,
}

/// Somebody who can sign in.
#[derive(Debug, Clone)]
pub struct Person {
    /// Subject.
    pub sub: String,
    /// Address.
    pub email: String,
    /// Whether it was checked.
    pub verified: bool,
    /// Name.
    pub name: String,
}

/// A simulated provider. Clones share one state.
#[derive(Debug, Clone)]
pub struct OidcSim {
    sim: Arc<Sim>,
}

#[derive(Debug)]
struct Sim {
    issuer: String,
    client_id: String,
    client_secret: String,
    redirect_uri: String,
    clock: Arc<dyn SandboxClock>,
    keys: Keys,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    people: BTreeMap<String, Person>,
    codes: BTreeMap<String, Code>,
    access: BTreeMap<String, String>,
    twist: Option<Twist>,
    counter: u64,
    calls: BTreeMap<&'static str, usize>,
}

/// A code that was given out.
#[derive(Debug, Clone)]
struct Code {
    sub: String,
    nonce: Option<String>,
    challenge: Option<String>,
    redirect_uri: String,
}

/// Who may ask, and where it is.
#[derive(Debug, Clone)]
pub struct Config {
    /// Its identifier, and where it is reached.
    pub issuer: String,
    /// The one client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Its callback.
    pub redirect_uri: String,
    /// How tokens are signed.
    pub algorithm: Algorithm,
}

impl OidcSim {
    /// A provider without people.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn new(config: Config, clock: Arc<dyn SandboxClock>) -> Result<Self, keys::NoKey> {
        let sim = Sim {
            keys: Keys::new(config.algorithm)?,
            issuer: config.issuer,
            client_id: config.client_id,
            client_secret: config.client_secret,
            redirect_uri: config.redirect_uri,
            clock,
            state: Mutex::new(State::default()),
        };
        Ok(Self { sim: Arc::new(sim) })
    }

    /// Adds somebody, or changes what is known of the subject.
    pub fn person(&self, sub: &str, email: &str, verified: bool) {
        let person = Person {
            sub: sub.to_owned(),
            email: email.to_owned(),
            verified,
            name: format!("{sub} of the directory"),
        };
        crate::lock(&self.sim.state)
            .people
            .insert(sub.to_owned(), person);
    }

    /// Goes wrong in this way until told otherwise.
    pub fn twist(&self, twist: Option<Twist>) {
        crate::lock(&self.sim.state).twist = twist;
    }

    /// How often a path was called: `token`, `jwks`, `userinfo`, `discovery`.
    #[must_use]
    pub fn calls(&self, of: &str) -> usize {
        let state = crate::lock(&self.sim.state);
        state.calls.get(of).copied().unwrap_or_default()
    }

    /// The whole service.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/.well-known/openid-configuration", get(http::discovery))
            .route("/authorize", get(http::show).post(http::decide))
            .route("/token", axum::routing::post(http::token))
            .route("/jwks", get(http::jwks))
            .route("/userinfo", get(http::userinfo))
            .with_state(self.sim.clone())
    }
}

impl Sim {
    fn count(&self, what: &'static str) {
        *crate::lock(&self.state).calls.entry(what).or_default() += 1;
    }

    fn twisted(&self, twist: Twist) -> bool {
        crate::lock(&self.state).twist == Some(twist)
    }

    /// A value that was not given out before.
    fn fresh(&self, kind: &str) -> String {
        let mut state = crate::lock(&self.state);
        state.counter += 1;
        format!("{kind}-{}", state.counter)
    }

    fn document(&self) -> Value {
        let issuer = &self.issuer;
        let named = if self.twisted(Twist::ForeignDiscovery) {
            "https://evil.example"
        } else {
            issuer
        };
        json!({
            "issuer": named,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/jwks"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [self.keys.algorithm.name()],
            "authorization_response_iss_parameter_supported": true,
        })
    }
}
