//! Microsoft 365 and Outlook.com calendars (contracts/microsoft): what the provider is and what it can do.

mod calls;
mod changes;
mod errors;
mod free_busy;
mod links;
mod manifest;
mod map;
mod push;
mod recurrence;
mod wire;
mod write;

use async_trait::async_trait;
use daybook_domain::calendar::RemoteCalendar;
use daybook_provider_api::calendar::{
    CalendarCapability, CalendarProvider, ChangeStream, EventWriter, FreeBusy, Pull, Push,
};
use daybook_provider_api::manifest::Manifest;
use daybook_provider_api::registry::{Identity, Provider};
use daybook_provider_api::{Result, Session};

use crate::settings::Environment;

/// The names of Microsoft's settings.
pub(crate) const ENVIRONMENT: Environment = Environment {
    key: "microsoft",
    prefix: "MICROSOFT",
    client_id: "MICROSOFT_CLIENT_ID",
    client_secret: "MICROSOFT_CLIENT_SECRET",
};

/// Tenants in which personal accounts are.
const WITH_PERSONAL: [&str; 3] = [
    "common",
    "consumers",
    "9188040d-6c67-4c5b-b112-36a304b66dad",
];

/// The adapter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Microsoft {
    /// Whether only accounts of organisations may connect.
    organisations: bool,
}

impl Microsoft {
    /// The adapter where any account may connect.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            organisations: false,
        }
    }

    /// The adapter for the accounts of what the operator set as tenant, if anything.
    #[must_use]
    pub fn of_tenant(tenant: Option<&str>) -> Self {
        let personal = |tenant: &str| WITH_PERSONAL.contains(&tenant.to_ascii_lowercase().as_str());
        Self {
            organisations: tenant.is_some_and(|tenant| !personal(tenant.trim())),
        }
    }
}

#[async_trait]
impl Provider for Microsoft {
    fn manifest(&self) -> &Manifest {
        match self.organisations {
            true => &manifest::ORGANISATIONS,
            false => &manifest::MANIFEST,
        }
    }

    fn calendar(&self) -> Option<&dyn CalendarProvider> {
        Some(self)
    }

    async fn identify(&self, session: &Session<'_>) -> Result<Identity> {
        calls::me::Me.send(session).await
    }
}

#[async_trait]
impl CalendarProvider for Microsoft {
    fn capability(&self) -> CalendarCapability {
        CalendarCapability {
            resources: true,
            windowed: true,
        }
    }

    async fn list_calendars(&self, session: &Session<'_>) -> Result<Vec<RemoteCalendar>> {
        let zone = calls::mailbox_zone::of(session).await?;
        let entries = calls::list_calendars::all(session).await?;
        let calendars = entries.iter().filter_map(|entry| entry.calendar(&zone));
        Ok(calendars.collect())
    }

    fn writer(&self) -> Option<&dyn EventWriter> {
        Some(self)
    }

    fn free_busy(&self) -> Option<&dyn FreeBusy> {
        Some(self)
    }

    fn push(&self) -> Option<&dyn Push> {
        Some(self)
    }

    fn changes(&self, pull: Pull) -> Box<dyn ChangeStream> {
        Box::new(changes::Changes::new(pull))
    }
}

#[cfg(test)]
mod tests;
