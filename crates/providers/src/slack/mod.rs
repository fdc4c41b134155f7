//! Slack (contracts/slack). What it is, and nothing yet that it can do: without a capability
//! nobody can connect it, and `GET /integrations/providers` says so.

use async_trait::async_trait;
use daybook_provider_api::manifest::{
    Auth, ClientAuth, Dialect, Kind, Limits, Manifest, Oauth, ScopeReason,
};
use daybook_provider_api::registry::{Identity, Provider};
use daybook_provider_api::{Result, Session};

use crate::settings::{Environment, not_ready};

/// The names of Slack's settings.
pub(crate) const ENVIRONMENT: Environment = Environment {
    key: "slack",
    prefix: "SLACK",
    client_id: "SLACK_CLIENT_ID",
    client_secret: "SLACK_CLIENT_SECRET",
};

const SCOPES: &[ScopeReason] = &[
    ScopeReason {
        scope: "commands",
        reason: "To take time entries with /time.",
        required: true,
        implied_by: &[],
    },
    ScopeReason {
        scope: "chat:write",
        reason: "To send you messages about your time.",
        required: true,
        implied_by: &[],
    },
    ScopeReason {
        scope: "im:write",
        reason: "To open the direct conversation those messages go to.",
        required: true,
        implied_by: &[],
    },
    ScopeReason {
        scope: "users:read",
        reason: "To show the names of linked people.",
        required: true,
        implied_by: &[],
    },
    ScopeReason {
        scope: "users:read.email",
        reason: "To find the member of the workspace who belongs to a Slack user.",
        required: false,
        implied_by: &[],
    },
    ScopeReason {
        scope: "team:read",
        reason: "To show which Slack workspace is connected.",
        required: false,
        implied_by: &[],
    },
];

const MANIFEST: Manifest = Manifest {
    key: "slack",
    name: "Slack",
    kinds: &[Kind::Chat],
    summary: "Takes time entries with /time and tells people about them in direct messages.",
    auth: Auth::Oauth(Oauth {
        authorize_url: "https://slack.com/oauth/v2/authorize",
        token_url: "https://slack.com/api/oauth.v2.access",
        // An app is removed with a call of the API; revoking the token alone would leave it installed.
        revoke_url: None,
        userinfo_url: "https://slack.com/api/auth.test",
        api_url: "https://slack.com/api",
        pkce: false,
        scopes: SCOPES,
        authorize_params: &[],
        client_auth: ClientAuth::Basic,
        revoke_ends_whole_grant: true,
        dialect: Dialect::STANDARD,
    }),
    // The second tier of methods; messages to one channel are slower still.
    limits: Limits {
        per_minute: 20,
        concurrent: 2,
        min_poll_minutes: 5,
    },
    setup_steps: &[
        "Create an app at api.slack.com/apps, from scratch.",
        "Add the redirect address shown here under OAuth & Permissions, and the bot scopes listed here.",
        "Set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and SLACK_SIGNING_SECRET and restart Daybook.",
    ],
    setup_guide: "providers/slack",
};

/// The adapter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Slack;

#[async_trait]
impl Provider for Slack {
    fn manifest(&self) -> &Manifest {
        &MANIFEST
    }

    async fn identify(&self, _session: &Session<'_>) -> Result<Identity> {
        Err(not_ready(&MANIFEST))
    }
}
