//! What can be connected, and what is missing where it cannot.

use daybook_provider_api::manifest::Manifest;

use crate::{Context, Principal};

/// A provider as this installation has it.
pub struct Listed<'a> {
    /// What it is.
    pub manifest: &'a Manifest,
    /// Whether this version can do anything with it.
    pub available: bool,
    /// Environment variables that are missing.
    pub missing: &'a [&'static str],
    /// Our callback at an OAuth provider, for those who set it up.
    pub redirect_uri: Option<String>,
}

/// Every provider. Only those who manage the workspace see the redirect URI.
#[must_use]
pub fn list<'a>(cx: &'a Context, who: &Principal) -> Vec<Listed<'a>> {
    cx.registry
        .all()
        .map(|entry| {
            let manifest = entry.provider.manifest();
            let oauth = matches!(
                manifest.auth,
                daybook_provider_api::manifest::Auth::Oauth(_)
            );
            let default = || {
                format!(
                    "{}/api/v1/integrations/{}/callback",
                    cx.settings.base_url.as_str().trim_end_matches('/'),
                    manifest.key
                )
            };
            let uri = entry
                .client
                .as_ref()
                .map_or_else(default, |client| client.redirect_uri.clone());
            Listed {
                manifest,
                available: entry.available(),
                missing: &entry.missing,
                redirect_uri: Some(uri).filter(|_| oauth && who.sees_everything()),
            }
        })
        .collect()
}
