//! Google Calendar (contracts/google): what it is and what it can do.

mod calls;
mod changes;
mod errors;
mod free_busy;
mod map;
mod push;
mod wire;
mod write;

use async_trait::async_trait;
use daybook_domain::calendar::RemoteCalendar;
use daybook_provider_api::calendar::{
    CalendarCapability, CalendarProvider, ChangeStream, EventWriter, FreeBusy, Pull, Push,
};
use daybook_provider_api::manifest::{
    Auth, ClientAuth, Dialect, Kind, Limits, Manifest, Oauth, ScopeReason,
};
use daybook_provider_api::registry::{Identity, Provider};
use daybook_provider_api::{Result, Session};

use crate::settings::Environment;

/// The names of Google's settings.
pub(crate) const ENVIRONMENT: Environment = Environment {
    key: "google",
    prefix: "GOOGLE",
    client_id: "GOOGLE_CLIENT_ID",
    client_secret: "GOOGLE_CLIENT_SECRET",
};

const SCOPES: &[ScopeReason] = &[
    ScopeReason {
        scope: "openid",
        reason: "To recognise the account, also after its address changes.",
        required: false,
        implied_by: &[],
    },
    ScopeReason {
        scope: "email",
        reason: "To show which account is connected and find it among an event's guests.",
        required: false,
        implied_by: &["https://www.googleapis.com/auth/userinfo.email"],
    },
    ScopeReason {
        scope: "profile",
        reason: "To show the account's name.",
        required: false,
        implied_by: &["https://www.googleapis.com/auth/userinfo.profile"],
    },
    ScopeReason {
        scope: "https://www.googleapis.com/auth/calendar.readonly",
        reason: "To list the calendars and read their events.",
        required: true,
        implied_by: &["https://www.googleapis.com/auth/calendar"],
    },
    ScopeReason {
        scope: "https://www.googleapis.com/auth/calendar.events",
        reason: "To put bookings into the calendar and answer invitations.",
        required: false,
        implied_by: &["https://www.googleapis.com/auth/calendar"],
    },
];

const MANIFEST: Manifest = Manifest {
    key: "google",
    name: "Google Calendar",
    kinds: &[Kind::Calendar],
    summary: "Reads the calendars of a Google account, keeps them up to date, and writes events into them.",
    auth: Auth::Oauth(Oauth {
        authorize_url: "https://accounts.google.com/o/oauth2/v2/auth",
        token_url: "https://oauth2.googleapis.com/token",
        revoke_url: Some("https://oauth2.googleapis.com/revoke"),
        userinfo_url: "https://www.googleapis.com/oauth2/v2/userinfo",
        api_url: "https://www.googleapis.com/calendar/v3",
        pkce: true,
        scopes: SCOPES,
        authorize_params: &[
            ("access_type", "offline"),
            ("prompt", "consent"),
            ("include_granted_scopes", "true"),
        ],
        client_auth: ClientAuth::Form,
        revoke_ends_whole_grant: true,
        dialect: Dialect::STANDARD,
    }),
    // 600 a minute for a user and project; a tenth is left to whatever else uses the project.
    limits: Limits {
        per_minute: 540,
        concurrent: 4,
        min_poll_minutes: 5,
    },
    setup_steps: &[
        "Create a project in the Google Cloud console and enable the Google Calendar API.",
        "Configure the OAuth consent screen, and publish it: in the status Testing every connection ends after 7 days.",
        "Create an OAuth client of the type Web application with the redirect address shown here.",
        "Set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET and restart Daybook.",
    ],
    setup_guide: "providers/google",
};

/// The adapter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Google;

impl Google {
    /// The adapter.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

#[async_trait]
impl Provider for Google {
    fn manifest(&self) -> &Manifest {
        &MANIFEST
    }

    fn calendar(&self) -> Option<&dyn CalendarProvider> {
        Some(self)
    }

    async fn identify(&self, session: &Session<'_>) -> Result<Identity> {
        calls::userinfo::Userinfo.send(session).await
    }
}

#[async_trait]
impl CalendarProvider for Google {
    fn capability(&self) -> CalendarCapability {
        CalendarCapability {
            resources: false,
            windowed: false,
        }
    }

    async fn list_calendars(&self, session: &Session<'_>) -> Result<Vec<RemoteCalendar>> {
        let mut calendars = Vec::new();
        let mut tokens = calls::PageTokens::default();
        loop {
            let call = calls::calendar_list::CalendarList {
                page_token: tokens.current(),
            };
            let page = call.send(session).await?;
            calendars.extend(page.calendars);
            match page.next_page_token {
                Some(token) => tokens.advance(token)?,
                None => return Ok(calendars),
            }
        }
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
