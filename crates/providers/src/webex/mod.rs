//! Webex meetings (contracts/webex). What it is, and nothing yet that it can do: without a capability
//! nobody can connect it, and `GET /integrations/providers` says so.

use async_trait::async_trait;
use daybook_provider_api::manifest::{
    Auth, ClientAuth, Dialect, Kind, Limits, Manifest, Oauth, ScopeReason,
};
use daybook_provider_api::registry::{Identity, Provider};
use daybook_provider_api::{Result, Session};

use crate::settings::{Environment, not_ready};

/// The names of Webex's settings.
pub(crate) const ENVIRONMENT: Environment = Environment {
    key: "webex",
    prefix: "WEBEX",
    client_id: "WEBEX_CLIENT_ID",
    client_secret: "WEBEX_CLIENT_SECRET",
};

const SCOPES: &[ScopeReason] = &[
    ScopeReason {
        scope: "spark:people_read",
        reason: "To recognise the account and show its name and address.",
        required: true,
        implied_by: &["spark:all"],
    },
    ScopeReason {
        scope: "meeting:schedules_read",
        reason: "To read a meeting back, and to look whether one was made when an answer got lost.",
        required: true,
        implied_by: &[],
    },
    ScopeReason {
        scope: "meeting:schedules_write",
        reason: "To make, move and remove meetings for bookings.",
        required: true,
        implied_by: &[],
    },
    ScopeReason {
        scope: "meeting:preferences_read",
        reason: "To find the site that the account hosts meetings on.",
        required: false,
        implied_by: &[],
    },
];

const MANIFEST: Manifest = Manifest {
    key: "webex",
    name: "Webex",
    kinds: &[Kind::Video],
    summary: "Makes Webex meetings for bookings and events.",
    auth: Auth::Oauth(Oauth {
        authorize_url: "https://webexapis.com/v1/authorize",
        token_url: "https://webexapis.com/v1/access_token",
        // There is no such call; removing an authorisation is a call of the API.
        revoke_url: None,
        userinfo_url: "https://webexapis.com/v1/people/me",
        api_url: "https://webexapis.com/v1",
        pkce: true,
        scopes: SCOPES,
        authorize_params: &[("prompt", "select_account")],
        client_auth: ClientAuth::Form,
        revoke_ends_whole_grant: true,
        dialect: Dialect::STANDARD,
    }),
    // No number is published: five a second, and whatever a 429 says.
    limits: Limits {
        per_minute: 300,
        concurrent: 4,
        min_poll_minutes: 5,
    },
    setup_steps: &[
        "Create an Integration at developer.webex.com.",
        "Register the redirect address shown here.",
        "Tick the scopes listed here.",
        "Set WEBEX_CLIENT_ID and WEBEX_CLIENT_SECRET and restart Daybook.",
    ],
    setup_guide: "providers/webex",
};

/// The adapter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Webex;

#[async_trait]
impl Provider for Webex {
    fn manifest(&self) -> &Manifest {
        &MANIFEST
    }

    async fn identify(&self, _session: &Session<'_>) -> Result<Identity> {
        Err(not_ready(&MANIFEST))
    }
}
