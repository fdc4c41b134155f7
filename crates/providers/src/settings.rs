//! What the operator says about OAuth providers: client id and secret, and addresses that differ from the usual.

use std::collections::BTreeMap;
use std::sync::Arc;

use daybook_provider_api::Error;
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::manifest::{Auth, Manifest};
use daybook_provider_api::oauth::Endpoints;
use daybook_provider_api::registry::{Configured, Provider};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;

/// The operator's settings of all providers.
#[derive(Clone, Default)]
pub struct ProviderSettings {
    /// Where this installation is reached (`DAYBOOK_BASE_URL`), for the default callback addresses.
    pub base_url: String,
    /// OAuth clients, by provider key.
    pub oauth: BTreeMap<&'static str, OauthSettings>,
    /// What Slack needs beside its OAuth client.
    pub slack: crate::slack::Secrets,
}

/// One OAuth client. `None` means: as the provider's manifest says, or not configured.
#[derive(Clone, Default)]
pub struct OauthSettings {
    /// Client id.
    pub client_id: Option<String>,
    /// Client secret.
    pub client_secret: Option<SecretString>,
    /// Our callback; default `{base_url}/api/v1/integrations/{provider}/callback`.
    pub redirect_uri: Option<String>,
    /// Where the browser is sent.
    pub authorize_url: Option<String>,
    /// Where codes and refresh tokens are exchanged.
    pub token_url: Option<String>,
    /// Where grants are revoked.
    pub revoke_url: Option<String>,
    /// Who the account is.
    pub userinfo_url: Option<String>,
    /// Base of the API.
    pub api_url: Option<String>,
    /// What `{tenant}` in the provider's usual addresses stands for.
    pub tenant_id: Option<String>,
}

/// What `{tenant}` stands for unless the operator says otherwise: work and personal accounts of any organisation.
const ANY_TENANT: &str = "common";

/// The names a provider's settings have in the environment. `PREFIX_REDIRECT_URI`, `PREFIX_AUTHORIZE_URL`,
/// `PREFIX_TOKEN_URL`, `PREFIX_REVOKE_URL`, `PREFIX_USERINFO_URL`, `PREFIX_API_URL` and `PREFIX_TENANT_ID` follow from the prefix.
#[derive(Debug, Clone, Copy)]
pub struct Environment {
    /// The provider's key.
    pub key: &'static str,
    /// Start of all names.
    pub prefix: &'static str,
    /// Name of the client id.
    pub client_id: &'static str,
    /// Name of the client secret.
    pub client_secret: &'static str,
}

/// A tenant is one segment of a path.
const TENANT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// Every OAuth provider's names.
const ENVIRONMENTS: &[Environment] = &[
    crate::google::ENVIRONMENT,
    crate::microsoft::ENVIRONMENT,
    crate::slack::ENVIRONMENT,
    crate::webex::ENVIRONMENT,
    crate::zoom::ENVIRONMENT,
];

impl ProviderSettings {
    /// Reads the settings of all providers through `lookup`, which gives the value of a name such as
    /// `GOOGLE_CLIENT_ID`. Empty values count as absent.
    #[must_use]
    pub fn read(base_url: &str, lookup: impl Fn(&str) -> Option<String>) -> Self {
        let value = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        let read = |names: &Environment| {
            let suffixed = |suffix: &str| value(&format!("{}_{suffix}", names.prefix));
            let settings = OauthSettings {
                client_id: value(names.client_id),
                client_secret: value(names.client_secret).map(SecretString::from),
                redirect_uri: suffixed("REDIRECT_URI"),
                authorize_url: suffixed("AUTHORIZE_URL"),
                token_url: suffixed("TOKEN_URL"),
                revoke_url: suffixed("REVOKE_URL"),
                userinfo_url: suffixed("USERINFO_URL"),
                api_url: suffixed("API_URL"),
                tenant_id: suffixed("TENANT_ID"),
            };
            (names.key, settings)
        };
        Self {
            base_url: base_url.to_owned(),
            oauth: ENVIRONMENTS.iter().map(read).collect(),
            slack: crate::slack::Secrets::read(value),
        }
    }

    /// What the operator set as the provider's tenant.
    pub(crate) fn tenant(&self, names: &Environment) -> Option<&str> {
        self.oauth.get(names.key)?.tenant_id.as_deref()
    }

    /// `provider` with what the operator says about it.
    pub(crate) fn oauth(
        &self,
        names: &Environment,
        provider: impl Provider + 'static,
    ) -> Configured {
        let settings = self.oauth.get(names.key).cloned().unwrap_or_default();
        let mut missing = Vec::new();
        if settings.client_id.is_none() {
            missing.push(names.client_id);
        }
        if settings.client_secret.is_none() {
            missing.push(names.client_secret);
        }
        // An operator's own token needs the addresses and no client.
        let without_client = provider
            .chat()
            .is_some_and(|chat| chat.own_token().is_some());
        let client = self.endpoints(settings, &provider, without_client);
        Configured {
            provider: Arc::new(provider),
            client,
            missing,
        }
    }

    /// `None` without client id and secret, unless it goes without.
    fn endpoints(
        &self,
        settings: OauthSettings,
        provider: &impl Provider,
        without_client: bool,
    ) -> Option<Endpoints> {
        let or_none = |text: Option<String>| text.or_else(|| without_client.then(String::new));
        let manifest = provider.manifest();
        let Auth::Oauth(oauth) = &manifest.auth else {
            return None;
        };
        let tenant = settings.tenant_id.as_deref().unwrap_or(ANY_TENANT).trim();
        let tenant = utf8_percent_encode(tenant, TENANT).to_string();
        let or = |configured: Option<String>, usual: &str| {
            configured.unwrap_or_else(|| usual.replace("{tenant}", &tenant))
        };
        let base = self.base_url.trim_end_matches('/');
        let callback = format!("{base}/api/v1/integrations/{}/callback", manifest.key);
        Some(Endpoints {
            client_id: or_none(settings.client_id)?,
            client_secret: settings
                .client_secret
                .or_else(|| without_client.then(|| SecretString::from("")))?,
            redirect_uri: settings.redirect_uri.unwrap_or(callback),
            authorize_url: or(settings.authorize_url, oauth.authorize_url),
            token_url: or(settings.token_url, oauth.token_url),
            revoke_url: settings
                .revoke_url
                .or_else(|| oauth.revoke_url.map(str::to_owned)),
            userinfo_url: or(settings.userinfo_url, oauth.userinfo_url),
            api_url: or(settings.api_url, oauth.api_url),
        })
    }
}

/// What a provider answers that can be described and not be used yet. Nobody gets that far: `Configured::available` is asked first.
pub(crate) fn not_ready(manifest: &Manifest) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!("This version of Daybook cannot use {} yet.", manifest.name),
    )
}

/// A password provider: it needs no settings.
pub(crate) fn password(provider: impl Provider + 'static) -> Configured {
    Configured {
        provider: Arc::new(provider),
        client: None,
        missing: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn google(pairs: &[(&str, &str)]) -> Configured {
        provider("google", pairs)
    }

    fn provider(key: &str, pairs: &[(&str, &str)]) -> Configured {
        let lookup = |name: &str| {
            let found = pairs.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let settings = ProviderSettings::read("https://daybook.example/", lookup);
        crate::registry(&settings).get(key).unwrap().clone()
    }

    #[test]
    fn what_is_missing_is_named() {
        let entry = google(&[]);
        assert!(entry.client.is_none());
        assert_eq!(entry.missing, ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"]);
        assert_eq!(
            google(&[("GOOGLE_CLIENT_ID", "x"), ("GOOGLE_CLIENT_SECRET", " ")]).missing,
            ["GOOGLE_CLIENT_SECRET"]
        );
    }

    #[test]
    fn every_oauth_provider_names_its_own_variables() {
        let registry = crate::registry(&ProviderSettings::default());
        let mut keys = Vec::new();
        for entry in registry.all() {
            let manifest = entry.provider.manifest();
            keys.push(manifest.key);
            let Auth::Oauth(oauth) = &manifest.auth else {
                assert!(entry.missing.is_empty() && entry.available());
                continue;
            };
            let prefix = manifest.key.to_uppercase();
            assert_eq!(
                entry.missing,
                [
                    format!("{prefix}_CLIENT_ID"),
                    format!("{prefix}_CLIENT_SECRET")
                ]
            );
            assert!(!manifest.setup_steps.is_empty() && !manifest.kinds.is_empty());
            let asked: std::collections::BTreeSet<_> =
                oauth.scopes.iter().map(|scope| scope.scope).collect();
            assert_eq!(asked.len(), oauth.scopes.len(), "no scope twice");
            for url in [
                oauth.authorize_url,
                oauth.token_url,
                oauth.api_url,
                oauth.userinfo_url,
            ] {
                assert!(url.starts_with("https://"), "{url}");
            }
        }
        for key in ["apple", "caldav", "google", "slack", "webex", "zoom"] {
            assert!(keys.contains(&key), "{key}");
        }
    }

    #[test]
    fn addresses_are_set_one_by_one() {
        let entry = google(&[
            ("GOOGLE_CLIENT_ID", "id"),
            ("GOOGLE_CLIENT_SECRET", "secret"),
            ("GOOGLE_API_URL", "https://gw.example/cal"),
        ]);
        assert!(entry.missing.is_empty());
        let client = entry.client.unwrap();
        assert_eq!(
            client.redirect_uri,
            "https://daybook.example/api/v1/integrations/google/callback"
        );
        assert_eq!(client.api_url, "https://gw.example/cal");
        assert_eq!(client.token_url, "https://oauth2.googleapis.com/token");
        assert_eq!(
            client.revoke_url.as_deref(),
            Some("https://oauth2.googleapis.com/revoke")
        );
    }

    #[test]
    fn the_tenant_goes_into_the_usual_addresses_only() {
        let client = |more: &[(&str, &str)]| {
            let mut pairs = vec![
                ("MICROSOFT_CLIENT_ID", "id"),
                ("MICROSOFT_CLIENT_SECRET", "secret"),
            ];
            pairs.extend(more);
            provider("microsoft", &pairs).client.unwrap()
        };
        let usual = client(&[]);
        assert_eq!(
            usual.authorize_url,
            "https://login.microsoftonline.com/common/oauth2/v2.0/authorize"
        );
        assert_eq!(
            usual.token_url,
            "https://login.microsoftonline.com/common/oauth2/v2.0/token"
        );
        assert_eq!(usual.revoke_url, None);
        let own = client(&[
            ("MICROSOFT_TENANT_ID", "contoso.onmicrosoft.com"),
            ("MICROSOFT_TOKEN_URL", "https://gw.example/{tenant}/token"),
        ]);
        assert_eq!(
            own.authorize_url,
            "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/authorize"
        );
        assert_eq!(own.token_url, "https://gw.example/{tenant}/token");
        let odd = client(&[("MICROSOFT_TENANT_ID", "a/../b?c")]);
        assert_eq!(
            odd.authorize_url,
            "https://login.microsoftonline.com/a%2F..%2Fb%3Fc/oauth2/v2.0/authorize"
        );
        assert_eq!(
            provider("microsoft", &[]).missing,
            ["MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET"]
        );
    }
}
