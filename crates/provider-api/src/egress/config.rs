//! What the operator decides about outgoing requests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use ipnet::IpNet;

use crate::manifest::{Auth, Limits};
use crate::registry::Registry;

use super::guard::origin_of;

/// What the operator decides about outgoing requests. The default is the safe one.
#[derive(Debug, Clone, Default)]
pub struct EgressConfig {
    /// Private and loopback addresses and plain `http` are allowed everywhere (`DAYBOOK_ALLOW_PRIVATE_TARGETS`; tests).
    pub allow_private: bool,
    /// Address ranges that are allowed although they are not public.
    pub allow_cidrs: Vec<IpNet>,
    /// Origins (`https://host:port`) the operator configured; they may resolve to any address.
    pub trusted_origins: BTreeSet<String>,
    /// Proxy for requests to trusted origins (`HTTPS_PROXY`).
    pub proxy: Option<String>,
    /// PEM file with certificate authorities to trust besides the system's (`SSL_CERT_FILE`).
    pub extra_ca_file: Option<PathBuf>,
    /// How fast each provider may be called, by its key.
    pub limits: BTreeMap<String, Limits>,
}

impl EgressConfig {
    /// The same configuration with what `registry` says: its providers' limits, and their addresses as trusted origins.
    #[must_use]
    pub fn for_registry(mut self, registry: &Registry) -> Self {
        for entry in registry.all() {
            let manifest = entry.provider.manifest();
            self.limits.insert(manifest.key.to_owned(), manifest.limits);
            if let Some(client) = &entry.client {
                let revoke = client.revoke_url.as_deref();
                let urls = [
                    client.token_url.as_str(),
                    client.userinfo_url.as_str(),
                    client.api_url.as_str(),
                ];
                self.trusted_origins
                    .extend(urls.into_iter().chain(revoke).filter_map(origin_of));
            }
            if let Some(chat) = entry.provider.chat() {
                self.trusted_origins
                    .extend(chat.origins().iter().copied().filter_map(origin_of));
            }
            if let Auth::Password(password) = &manifest.auth {
                self.trusted_origins
                    .extend(password.server_url.and_then(origin_of));
            }
        }
        self
    }
}

/// The outbound configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The certificate file.
    #[error(
        "the extra certificate file cannot be used: {0}. Check SSL_CERT_FILE: it must be a readable PEM file."
    )]
    Certificates(String),
    /// The proxy.
    #[error(
        "the proxy address cannot be used: {0}. Check HTTPS_PROXY: it must be a URL such as http://proxy:3128."
    )]
    Proxy(String),
    /// The HTTP client.
    #[error("outgoing HTTP cannot be set up: {0}")]
    Client(String),
}
