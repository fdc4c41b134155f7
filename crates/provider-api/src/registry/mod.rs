//! The providers this binary knows, by key.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::calendar::CalendarProvider;
use crate::chat::Chat;
use crate::manifest::Manifest;
use crate::oauth::Endpoints;
use crate::session::Session;
use crate::{Error, Result};

/// An adapter. A capability is there or it is not: `None` means the provider cannot do it.
#[async_trait]
pub trait Provider: Send + Sync {
    /// What it is.
    fn manifest(&self) -> &Manifest;

    /// Calendars, if it has them.
    fn calendar(&self) -> Option<&dyn CalendarProvider> {
        None
    }

    /// Chat, if it has it.
    fn chat(&self) -> Option<&dyn Chat> {
        None
    }

    /// Who the credentials in `session` belong to. For a password provider this is also the check that they are right,
    /// and finds the place where the account's calendars live (discovery).
    async fn identify(&self, session: &Session<'_>) -> Result<Identity>;
}

/// An account at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider's stable key of the account: OIDC `sub`, never the e-mail address. CalDAV: principal URL.
    pub subject: String,
    /// Address, where there is one.
    pub email: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// Where this account's API lives, if it differs from the configured base (CalDAV: calendar home after discovery).
    pub api_url: Option<String>,
}

/// A provider together with this installation's configuration of it.
#[derive(Clone)]
pub struct Configured {
    /// The adapter.
    pub provider: Arc<dyn Provider>,
    /// OAuth client and addresses; `None` for password providers.
    pub client: Option<Endpoints>,
    /// Names of the environment variables that are missing; empty when it can be used.
    pub missing: Vec<&'static str>,
}

impl Configured {
    /// Whether Daybook can do anything with an account there: the provider has at least one capability. One that is only
    /// described is listed, and nobody is sent to its consent page.
    #[must_use]
    pub fn available(&self) -> bool {
        self.provider.calendar().is_some() || self.provider.chat().is_some()
    }
}

/// All providers, configured or not.
#[derive(Clone, Default)]
pub struct Registry {
    entries: BTreeMap<&'static str, Configured>,
}

impl Registry {
    /// Adds a provider under its manifest's key.
    #[must_use]
    pub fn with(mut self, configured: Configured) -> Self {
        let key = configured.provider.manifest().key;
        self.entries.insert(key, configured);
        self
    }

    /// The provider with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Configured> {
        self.entries.get(key)
    }

    /// All of them, by key.
    pub fn all(&self) -> impl Iterator<Item = &Configured> {
        self.entries.values()
    }

    /// The calendar capability of the provider with this key.
    ///
    /// # Errors
    /// `Unsupported` when there is no such provider or it has no calendars.
    pub fn calendar(&self, key: &str) -> Result<&dyn CalendarProvider> {
        self.get(key)
            .and_then(|entry| entry.provider.calendar())
            .ok_or_else(|| {
                Error::new(
                    daybook_domain::connection::ErrorKind::Unsupported,
                    format!("the provider {key} has no calendars"),
                )
            })
    }
}
