//! OpenID Connect as a relying party: who somebody is, as one configured issuer says (OpenID Connect Core 1.0, Discovery 1.0,
//! code flow with PKCE). Documents and keys are read anew for each sign-in: those are rare, and keys that rotate need no care.
//!
//! Nothing here stores anything, and nothing decides who may come in: that is the engine's.

mod claims;
mod discovery;
mod jws;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::egress::{Call, CallOptions, Egress};
use crate::error::ErrorKind;
use crate::oauth::challenge_of;
use crate::{Error, Result};

pub use claims::Identity;
pub use discovery::Issuer;

/// The name of these calls in limits and metrics.
const PROVIDER: &str = "oidc";
/// What is asked for.
const SCOPES: &str = "openid email profile";

/// This installation as the issuer's client.
#[derive(Debug, Clone)]
pub struct Client {
    /// The issuer's identifier, exactly as its documents say it.
    pub issuer: String,
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: SecretString,
    /// Our callback, exactly as registered.
    pub redirect_uri: String,
}

/// What binds one sign-in together. Both come from a secret that only the browser has.
#[derive(Debug, Clone)]
pub struct Proof {
    /// PKCE verifier.
    pub verifier: SecretString,
    /// Comes back inside of the ID token.
    pub nonce: String,
}

impl Client {
    /// Reads the issuer's discovery document.
    ///
    /// # Errors
    /// `Unavailable`: no answer. `Operator`: what answers is not this issuer, or its document cannot be used.
    pub async fn discover(&self, egress: &Egress) -> Result<Issuer> {
        let issuer = self.issuer.trim_end_matches('/');
        let url = format!("{issuer}/.well-known/openid-configuration");
        let document = get(egress, &url, None).await?;
        Issuer::read(&document, &self.issuer)
    }

    /// Where the browser is sent (OpenID Connect Core §3.1.2.1).
    #[must_use]
    pub fn authorization_url(&self, issuer: &Issuer, state: &str, proof: &Proof) -> Url {
        let mut url = issuer.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", SCOPES)
            .append_pair("state", state)
            .append_pair("nonce", &proof.nonce)
            .append_pair(
                "code_challenge",
                &challenge_of(proof.verifier.expose_secret()),
            )
            .append_pair("code_challenge_method", "S256");
        let query = url.query().unwrap_or_default().replace('+', "%20");
        url.set_query(Some(&query));
        url
    }

    /// Exchanges the code, and checks everything that the ID token says (§3.1.3). An e-mail address that it leaves out is asked
    /// for at the userinfo endpoint, which must speak of the same subject.
    ///
    /// # Errors
    /// `Auth`: the code, or what the token says, is refused. `Operator`: this installation's client is. Otherwise as told.
    pub async fn identify(
        &self,
        egress: &Egress,
        issuer: &Issuer,
        code: &str,
        proof: &Proof,
    ) -> Result<Identity> {
        let answer = self.exchange(egress, issuer, code, &proof.verifier).await?;
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        let token = text("id_token").ok_or_else(|| {
            malformed("The sign-in service answered without saying who signed in.")
        })?;
        let keys = get(egress, issuer.jwks_uri.as_str(), None).await?;
        let payload = jws::verify(token, &keys)?;
        let expected = claims::Expected {
            issuer: &self.issuer,
            client_id: &self.client_id,
            nonce: &proof.nonce,
            now: egress.now(),
        };
        let identity = claims::check(&payload, &expected)?;
        match (
            &identity.email,
            &issuer.userinfo_endpoint,
            text("access_token"),
        ) {
            (None, Some(url), Some(access)) => {
                let info = get(egress, url.as_str(), Some(access)).await?;
                Ok(identity.completed_by(&info))
            }
            _ => Ok(identity),
        }
    }

    async fn exchange(
        &self,
        egress: &Egress,
        issuer: &Issuer,
        code: &str,
        verifier: &SecretString,
    ) -> Result<Value> {
        let request = self.token_request(issuer, code, verifier)?;
        let response = send(egress, request).await?;
        let answer: Option<Value> = serde_json::from_slice(response.body()).ok();
        let code = answer
            .as_ref()
            .and_then(|answer| answer.get("error"))
            .and_then(Value::as_str);
        match (response.status().as_u16(), code, answer.as_ref()) {
            (200, None, Some(_)) => Ok(answer.unwrap_or_default()),
            (_, Some("invalid_client" | "unauthorized_client"), _) => {
                Err(operator("it refuses OIDC_CLIENT_ID and OIDC_CLIENT_SECRET"))
            }
            (_, Some("invalid_grant"), _) => Err(refused(
                "The sign-in service refused the code that it had given.",
            )),
            (500.., _, _) => Err(unavailable()),
            (status, ..) => Err(malformed(
                "The sign-in service gave an answer that Daybook does not understand.",
            )
            .with_status(status)),
        }
    }

    fn token_request(
        &self,
        issuer: &Issuer,
        code: &str,
        verifier: &SecretString,
    ) -> Result<http::Request<Bytes>> {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("code_verifier", verifier.expose_secret());
        let mut request = http::Request::post(issuer.token_endpoint.as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json");
        if issuer.secret_in_form {
            form.append_pair("client_id", &self.client_id)
                .append_pair("client_secret", self.client_secret.expose_secret());
        } else {
            request = request.header(AUTHORIZATION, self.basic()?);
        }
        request
            .body(Bytes::from(form.finish()))
            .map_err(|_| operator("its token endpoint is not an address"))
    }

    /// RFC 6749 §2.3.1: id and secret are form-encoded before base64.
    fn basic(&self) -> Result<HeaderValue> {
        let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let id = encode(&self.client_id);
        let secret = encode(self.client_secret.expose_secret());
        let pair = STANDARD.encode(format!("{id}:{secret}"));
        let mut value = HeaderValue::from_str(&format!("Basic {pair}"))
            .map_err(|_| operator("OIDC_CLIENT_ID or OIDC_CLIENT_SECRET cannot be sent"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// A JSON document of the issuer.
async fn get(egress: &Egress, url: &str, access: Option<&str>) -> Result<Value> {
    let mut request = http::Request::get(url).header(ACCEPT, "application/json");
    if let Some(access) = access {
        let mut value = HeaderValue::from_str(&format!("Bearer {access}"))
            .map_err(|_| malformed("The sign-in service gave a token that cannot be sent."))?;
        value.set_sensitive(true);
        request = request.header(AUTHORIZATION, value);
    }
    let request = request
        .body(Bytes::new())
        .map_err(|_| operator("one of its addresses cannot be used"))?;
    let response = send(egress, request).await?;
    match response.status().as_u16() {
        200 => serde_json::from_slice(response.body()).map_err(|_| {
            malformed("The sign-in service answered with something that is not JSON.")
        }),
        500.. => Err(unavailable()),
        status => {
            Err(operator("it does not serve what OIDC_ISSUER_URL promises").with_status(status))
        }
    }
}

async fn send(egress: &Egress, request: http::Request<Bytes>) -> Result<http::Response<Bytes>> {
    let call = Call {
        provider: PROVIDER,
        account: None,
        options: CallOptions::TOKEN,
        sent: None,
    };
    egress.send(request, call).await
}

fn refused(what: &str) -> Error {
    Error::new(
        ErrorKind::Auth,
        format!("{what} Nobody was signed in. Start again."),
    )
}

fn malformed(what: &str) -> Error {
    Error::new(
        ErrorKind::Malformed,
        format!("{what} Nobody was signed in. Try again in a moment."),
    )
}

fn unavailable() -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "The sign-in service is not available. Try again in a moment, or sign in with a password.",
    )
}

fn operator(what: &str) -> Error {
    Error::new(
        ErrorKind::Operator,
        format!(
            "Single sign-on is not set up correctly: {what}. Ask the operator to check the OIDC_ settings."
        ),
    )
}

#[cfg(test)]
mod tests;
