//! OAuth 2.0 as a client: authorization request, code exchange, refresh, revocation (contracts/oauth-security).

use secrecy::SecretString;

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
