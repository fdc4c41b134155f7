//! OAuth 2.0 as a client: authorization request, code exchange, refresh, revocation (contracts/oauth-security).
//!
//! Only the authorization code grant is used. Nothing here stores anything: single flight, rotation and what an error
//! does to a connection are the engine's.

mod answer;
mod pkce;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::egress::{Call, CallOptions, Egress};
use crate::error::ErrorKind;
use crate::manifest::{self, ClientAuth, ScopeReason};
use crate::{Error, Result};

pub use answer::number_in;
pub use pkce::{Pkce, challenge_of, new_state, state_hash};

/// This installation's OAuth client at one provider, and the addresses it uses (the manifest's, unless configured).
#[derive(Clone)]
pub struct Endpoints {
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: SecretString,
    /// Our callback, exactly as registered at the provider.
    pub redirect_uri: String,
    /// Where the browser is sent.
    pub authorize_url: String,
    /// Where codes and refresh tokens are exchanged.
    pub token_url: String,
    /// Where grants are revoked.
    pub revoke_url: Option<String>,
    /// Who the account is.
    pub userinfo_url: String,
    /// Base of the API.
    pub api_url: String,
}

/// One provider's token endpoint, as this installation uses it.
#[derive(Clone, Copy)]
pub struct Client<'a> {
    /// Sends the requests.
    pub egress: &'a Egress,
    /// The provider's key, for metrics.
    pub provider: &'a str,
    /// Client and addresses.
    pub endpoints: &'a Endpoints,
    /// The provider's fixed facts.
    pub oauth: &'a manifest::Oauth,
}

/// What one authorization request asks.
#[derive(Debug, Clone, Copy)]
pub struct Authorization<'a> {
    /// The single-use state (see [`new_state`]).
    pub state: &'a str,
    /// The PKCE challenge; sent only where the manifest says the provider takes it.
    pub challenge: &'a str,
    /// What is asked for.
    pub scopes: &'a [&'a str],
    /// The account to suggest.
    pub login_hint: Option<&'a str>,
}

/// What a token endpoint granted.
#[derive(Clone)]
pub struct TokenSet {
    /// For API calls.
    pub access: SecretString,
    /// For the next refresh. `None`: the one we have stays valid and must be kept.
    pub refresh: Option<SecretString>,
    /// When `access` ends; `None`: it does not.
    pub expires_at: Option<Timestamp>,
    /// When the refresh token ends, where the provider says so.
    pub refresh_expires_at: Option<Timestamp>,
    /// What was granted. `None`: the answer did not say, so it is what was asked for, or what was granted before.
    pub scopes: Option<BTreeSet<String>>,
    /// What else the answer said. Never a token.
    pub about: serde_json::Value,
}

/// The address the browser is sent to (RFC 6749 §4.1.1, RFC 7636 §4.3).
///
/// # Errors
/// `Operator` when the configured authorization address is no URL.
pub fn authorization_request(
    endpoints: &Endpoints,
    oauth: &manifest::Oauth,
    ask: &Authorization<'_>,
) -> Result<Url> {
    let mut url = Url::parse(&endpoints.authorize_url).map_err(|_| {
        Error::new(
            ErrorKind::Operator,
            "The provider's authorization address is not a URL. Ask the operator to check its setting.",
        )
    })?;
    {
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &endpoints.client_id)
            .append_pair("redirect_uri", &endpoints.redirect_uri)
            .append_pair("scope", &ask.scopes.join(oauth.dialect.scope_separator))
            .append_pair("state", ask.state);
        if oauth.pkce {
            query
                .append_pair("code_challenge", ask.challenge)
                .append_pair("code_challenge_method", "S256");
        }
        query.extend_pairs(oauth.authorize_params);
        if let Some(hint) = ask.login_hint {
            query.append_pair("login_hint", hint);
        }
    }
    // Form encoding writes a space as `+`; some authorization servers read only `%20`. A real plus is `%2B` by now.
    let query = url.query().unwrap_or_default().replace('+', "%20");
    url.set_query(Some(&query));
    Ok(url)
}

/// Every scope the manifest asks for.
#[must_use]
pub fn all_scopes(oauth: &manifest::Oauth) -> Vec<&'static str> {
    oauth.scopes.iter().map(|asked| asked.scope).collect()
}

/// The scopes that were asked for and not granted, neither themselves nor by one that includes them. The connection works
/// without those that are not `required`.
#[must_use]
pub fn missing_scopes(
    oauth: &manifest::Oauth,
    granted: &BTreeSet<String>,
) -> Vec<&'static ScopeReason> {
    let granted: BTreeSet<String> = granted.iter().map(|scope| spelled(oauth, scope)).collect();
    let has = |scope: &str| granted.contains(&spelled(oauth, scope));
    oauth
        .scopes
        .iter()
        .filter(|asked| !has(asked.scope) && !asked.implied_by.iter().any(|wider| has(wider)))
        .collect()
}

/// A scope in the manifest's spelling, where the manifest names it and the provider writes it in several ways.
fn spelled(oauth: &manifest::Oauth, scope: &str) -> String {
    let Some(prefix) = oauth.dialect.scope_prefix else {
        return scope.to_owned();
    };
    let short = |scope: &str| -> String {
        let lower = scope.to_lowercase();
        let short = lower.strip_prefix(&prefix.to_lowercase());
        short.unwrap_or(&lower).to_owned()
    };
    let folded = short(scope);
    let named = oauth
        .scopes
        .iter()
        .flat_map(|asked| std::iter::once(&asked.scope).chain(asked.implied_by))
        .find(|known| short(known) == folded);
    named.map_or_else(|| scope.to_owned(), |known| (*known).to_owned())
}

impl Client<'_> {
    /// Exchanges an authorization code (RFC 6749 §4.1.3). Never repeated: codes are single use.
    ///
    /// # Errors
    /// `Auth`: the code is refused. `Operator`: this installation's client is refused. `RateLimited`, `Unavailable`,
    /// `Malformed` as told.
    pub async fn exchange(&self, code: &str, verifier: &SecretString) -> Result<TokenSet> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.endpoints.redirect_uri),
        ];
        if self.oauth.pkce {
            form.push(("code_verifier", verifier.expose_secret()));
        }
        self.token(&form).await
    }

    /// Exchanges a refresh token (RFC 6749 §6). Never repeated: some providers' refresh tokens are single use.
    ///
    /// # Errors
    /// `Auth`: the grant is gone (`invalid_grant`, `interaction_required`, `consent_required`). `Operator`: this
    /// installation's client is refused; no connection is to blame. Otherwise as told.
    pub async fn refresh(&self, refresh: &SecretString) -> Result<TokenSet> {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.expose_secret()),
        ];
        self.token(&form).await
    }

    /// Revokes a grant (RFC 7009) by its refresh token, or its access token where there is no other. A token that is
    /// already dead counts as revoked; so does a provider without such a call.
    ///
    /// # Errors
    /// `Unavailable`, `RateLimited`, `Operator` as told; local deletion must not wait for it.
    pub async fn revoke(&self, token: &SecretString) -> Result<()> {
        let Some(url) = &self.endpoints.revoke_url else {
            return Ok(());
        };
        let response = self.post(url, &[("token", token.expose_secret())]).await?;
        answer::revoked(&response)
    }

    async fn token(&self, form: &[(&str, &str)]) -> Result<TokenSet> {
        let scopes = all_scopes(self.oauth).join(" ");
        let mut form = form.to_vec();
        if self.oauth.dialect.scope_in_token_requests {
            form.push(("scope", &scopes));
        }
        let response = self.post(&self.endpoints.token_url, &form).await?;
        let mut set = answer::tokens(&response, self.egress.now(), &self.oauth.dialect)?;
        set.scopes = set.scopes.map(|granted| {
            granted
                .iter()
                .map(|scope| spelled(self.oauth, scope))
                .collect()
        });
        Ok(set)
    }

    async fn post(&self, url: &str, form: &[(&str, &str)]) -> Result<http::Response<Bytes>> {
        let request = self.request(url, form)?;
        let call = Call {
            provider: self.provider,
            account: None,
            options: CallOptions::TOKEN,
            sent: None,
        };
        self.egress.send(request, call).await
    }

    fn request(&self, url: &str, form: &[(&str, &str)]) -> Result<http::Request<Bytes>> {
        let mut body = Serializer::new(String::new());
        body.extend_pairs(form);
        let mut request = http::Request::post(url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json");
        match self.oauth.client_auth {
            ClientAuth::Form => {
                body.append_pair("client_id", &self.endpoints.client_id);
                let secret = self.endpoints.client_secret.expose_secret();
                body.append_pair("client_secret", secret);
            }
            ClientAuth::Basic => request = request.header(AUTHORIZATION, self.basic()?),
        }
        request
            .body(Bytes::from(body.finish()))
            .map_err(|_| misconfigured("its token address is not a URL"))
    }

    /// RFC 6749 §2.3.1: id and secret are form-encoded before base64.
    fn basic(&self) -> Result<HeaderValue> {
        let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let id = encode(&self.endpoints.client_id);
        let secret = encode(self.endpoints.client_secret.expose_secret());
        let pair = STANDARD.encode(format!("{id}:{secret}"));
        let mut value = HeaderValue::from_str(&format!("Basic {pair}"))
            .map_err(|_| misconfigured("its client id or secret cannot be sent"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

fn misconfigured(what: &str) -> Error {
    Error::new(
        ErrorKind::Operator,
        format!(
            "The provider is not set up correctly: {what}. Ask the operator to check its settings."
        ),
    )
}

#[cfg(test)]
mod tests;
