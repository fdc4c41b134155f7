//! Where a simulated provider is reached: separate addresses, as with the real one.

/// The addresses of one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// For the browser.
    pub authorize_url: String,
    /// Exchange and refresh.
    pub token_url: String,
    /// RFC 7009, where there is one.
    pub revoke_url: Option<String>,
    /// Who the account is.
    pub userinfo_url: String,
    /// Base of the API, without a slash at the end.
    pub api_url: String,
}

impl Endpoints {
    /// The settings that lead a server here, each named `{provider}_…`, such as `GOOGLE_TOKEN_URL`.
    pub fn settings(self, provider: &str) -> impl Iterator<Item = (String, String)> {
        [
            ("AUTHORIZE_URL", Some(self.authorize_url)),
            ("TOKEN_URL", Some(self.token_url)),
            ("REVOKE_URL", self.revoke_url),
            ("USERINFO_URL", Some(self.userinfo_url)),
            ("API_URL", Some(self.api_url)),
        ]
        .into_iter()
        .filter_map(move |(name, value)| Some((format!("{provider}_{name}"), value?)))
    }
}
