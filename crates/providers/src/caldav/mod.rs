//! CalDAV: calendars on Nextcloud, Radicale, Fastmail and whatever else speaks RFC 4791; and Apple, which does too.

mod calls;
mod changes;
mod discovery;
mod errors;
mod free_busy;
mod href;
mod map;
mod multistatus;
mod transport;
mod write;
mod xml;

use async_trait::async_trait;
use daybook_domain::calendar::RemoteCalendar;
use daybook_provider_api::calendar::{
    CalendarCapability, CalendarProvider, ChangeStream, EventWriter, FreeBusy, Pull,
};
use daybook_provider_api::manifest::{Auth, Kind, Limits, Manifest, Password};
use daybook_provider_api::registry::{Identity, Provider};
use daybook_provider_api::{Credential, Result, Session};
use url::Url;

/// A provider that speaks CalDAV. The presets differ in their manifest only.
pub struct Caldav {
    manifest: Manifest,
}

/// No server publishes its limits; one request at a time is what paces us (contracts/caldav-apple §9).
const LIMITS: Limits = Limits {
    per_minute: 1_200,
    concurrent: 1,
    min_poll_minutes: 5,
};

/// Any CalDAV server; the person gives its address.
#[must_use]
pub const fn caldav() -> Caldav {
    Caldav {
        manifest: Manifest {
            key: "caldav",
            name: "CalDAV",
            kinds: &[Kind::Calendar],
            summary: "Reads and writes the calendars of a CalDAV server such as Nextcloud, Radicale or Fastmail.",
            auth: Auth::Password(Password {
                server_url: None,
                preset_of: None,
                password_hint: "Password, or an app password if your server has them",
            }),
            limits: LIMITS,
            setup_steps: &[
                "Find your server's CalDAV address; for many servers the domain alone is enough.",
                "Create an app password on the server if it offers them.",
                "Enter the address, your user name and the app password.",
            ],
            setup_guide: "providers/caldav",
        },
    }
}

/// Apple iCloud.
#[must_use]
pub const fn apple() -> Caldav {
    Caldav {
        manifest: Manifest {
            key: "apple",
            name: "Apple Calendar",
            kinds: &[Kind::Calendar],
            summary: "Reads and writes the calendars of an Apple Account in iCloud.",
            auth: Auth::Password(Password {
                server_url: Some("https://caldav.icloud.com/"),
                preset_of: Some("caldav"),
                password_hint: "App-specific password, xxxx-xxxx-xxxx-xxxx",
            }),
            limits: LIMITS,
            setup_steps: &[
                "Turn on two-factor authentication for your Apple Account.",
                "At account.apple.com, under Sign-In and Security, create an app-specific password named Daybook.",
                "Enter the e-mail address of your Apple Account and that password here.",
            ],
            setup_guide: "providers/caldav#apple-icloud",
        },
    }
}

impl Caldav {
    /// Whether this is a preset with a server of its own.
    const fn has_own_server(&self) -> bool {
        matches!(
            self.manifest.auth,
            Auth::Password(Password {
                server_url: Some(_),
                ..
            })
        )
    }
}

#[async_trait]
impl Provider for Caldav {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn calendar(&self) -> Option<&dyn CalendarProvider> {
        Some(self)
    }

    async fn identify(&self, session: &Session<'_>) -> Result<Identity> {
        let username = match &session.credential {
            Credential::Basic { username, .. } => Some(username.as_str()),
            Credential::Bearer(_) => None,
        };
        discovery::discover(
            &transport::Search(session),
            &session.api_url,
            username,
            self.has_own_server(),
        )
        .await
    }
}

#[async_trait]
impl CalendarProvider for Caldav {
    fn capability(&self) -> CalendarCapability {
        CalendarCapability {
            resources: true,
            windowed: false,
        }
    }

    async fn list_calendars(&self, session: &Session<'_>) -> Result<Vec<RemoteCalendar>> {
        let home = Url::parse(&session.api_url).map_err(|_| errors::bad_address())?;
        let (listing, _) = transport::ask(session, &home, &home, &calls::ListCalendars).await?;
        Ok(map::calendars(listing))
    }

    fn writer(&self) -> Option<&dyn EventWriter> {
        Some(self)
    }

    fn free_busy(&self) -> Option<&dyn FreeBusy> {
        Some(self)
    }

    fn changes(&self, pull: Pull) -> Box<dyn ChangeStream> {
        Box::new(changes::Changes::new(pull))
    }
}

#[cfg(test)]
mod tests;
