//! Zoom meetings (contracts/zoom). What it is, and nothing yet that it can do: without a capability
//! nobody can connect it, and `GET /integrations/providers` says so.

use async_trait::async_trait;
use daybook_provider_api::manifest::{
    Auth, ClientAuth, Dialect, Kind, Limits, Manifest, Oauth, ScopeReason,
};
use daybook_provider_api::registry::{Identity, Provider};
use daybook_provider_api::{Result, Session};

use crate::settings::{Environment, not_ready};

/// The names of Zoom's settings.
pub(crate) const ENVIRONMENT: Environment = Environment {
    key: "zoom",
    prefix: "ZOOM",
    client_id: "ZOOM_CLIENT_ID",
    client_secret: "ZOOM_CLIENT_SECRET",
};

const SCOPES: &[ScopeReason] = &[
    ScopeReason {
        scope: "user:read:user",
        reason: "To recognise the account and show its name and address.",
        required: true,
        implied_by: &["user:read", "user:read:admin", "user:read:user:admin"],
    },
    ScopeReason {
        scope: "meeting:write:meeting",
        reason: "To make a meeting for a booking.",
        required: true,
        implied_by: &[
            "meeting:write",
            "meeting:write:admin",
            "meeting:write:meeting:admin",
        ],
    },
    ScopeReason {
        scope: "meeting:update:meeting",
        reason: "To move the meeting when the booking moves.",
        required: true,
        implied_by: &[
            "meeting:write",
            "meeting:write:admin",
            "meeting:update:meeting:admin",
        ],
    },
    ScopeReason {
        scope: "meeting:delete:meeting",
        reason: "To remove the meeting when the booking is cancelled.",
        required: true,
        implied_by: &[
            "meeting:write",
            "meeting:write:admin",
            "meeting:delete:meeting:admin",
        ],
    },
    ScopeReason {
        scope: "meeting:read:meeting",
        reason: "To read a meeting back, with the link Zoom gave it.",
        required: true,
        implied_by: &[
            "meeting:read",
            "meeting:read:admin",
            "meeting:read:meeting:admin",
        ],
    },
    ScopeReason {
        scope: "meeting:read:list_meetings",
        reason: "To look whether a meeting was made when an answer got lost, so that none is made twice.",
        required: true,
        implied_by: &[
            "meeting:read",
            "meeting:read:admin",
            "meeting:read:list_meetings:admin",
        ],
    },
];

const MANIFEST: Manifest = Manifest {
    key: "zoom",
    name: "Zoom",
    kinds: &[Kind::Video],
    summary: "Makes Zoom meetings for bookings and events.",
    auth: Auth::Oauth(Oauth {
        authorize_url: "https://zoom.us/oauth/authorize",
        token_url: "https://zoom.us/oauth/token",
        revoke_url: Some("https://zoom.us/oauth/revoke"),
        userinfo_url: "https://api.zoom.us/v2/users/me",
        api_url: "https://api.zoom.us/v2",
        pkce: true,
        scopes: SCOPES,
        authorize_params: &[],
        client_auth: ClientAuth::Basic,
        // There is one grant for a user and an app: a new authorisation ends the tokens of the one before.
        revoke_ends_whole_grant: true,
        dialect: Dialect::STANDARD,
    }),
    // Two a second is what the smallest plan allows for making meetings; all users and apps of the account share it.
    limits: Limits {
        per_minute: 60,
        concurrent: 2,
        min_poll_minutes: 5,
    },
    setup_steps: &[
        "Create a General app in the Zoom App Marketplace, managed by users.",
        "Add the redirect address shown here to the app, also to its allow list.",
        "Add the scopes listed here to the app; apps from before 2024 take meeting:write, meeting:read and user:read instead.",
        "Set ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET and restart Daybook.",
    ],
    setup_guide: "providers/zoom",
};

/// The adapter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Zoom;

#[async_trait]
impl Provider for Zoom {
    fn manifest(&self) -> &Manifest {
        &MANIFEST
    }

    async fn identify(&self, _session: &Session<'_>) -> Result<Identity> {
        Err(not_ready(&MANIFEST))
    }
}
