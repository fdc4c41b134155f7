//! Slack (contracts/slack): an app that takes `/time`, shows forms and sends direct messages.

mod calls;
mod errors;
mod signature;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use daybook_provider_api::chat::{Chat, Installation, Message, Person, Posted, Proof, Refusal};
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::manifest::{
    Auth, ClientAuth, Dialect, Kind, Limits, Manifest, Oauth, ScopeReason,
};
use daybook_provider_api::registry::{Identity, Provider};
use daybook_provider_api::{Egress, Result, Session};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use crate::settings::Environment;

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
        dialect: Dialect {
            scope_separator: ",",
            error_words: errors::TOKEN_WORDS,
            // Without token rotation there is no `expires_in`.
            tokens_last: true,
            ..Dialect::STANDARD
        },
    }),
    // For one method of one installation: the calls are counted apart. Slack's own word is `Retry-After`.
    limits: Limits {
        per_minute: 100,
        concurrent: 4,
        min_poll_minutes: 5,
    },
    setup_steps: &[
        "Create an app at api.slack.com/apps, from scratch.",
        "Add the redirect address shown here under OAuth & Permissions, and the bot scopes listed here.",
        "Add the slash command /time with {DAYBOOK_BASE_URL}/api/v1/integrations/slack/commands/time, and interactivity and events at …/interactions and …/events beside it (events app_uninstalled, tokens_revoked, app_home_opened); or switch Socket Mode on and set SLACK_APP_TOKEN.",
        "Set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and SLACK_SIGNING_SECRET and restart Daybook.",
    ],
    setup_guide: "providers/slack",
};

/// Where answers to commands and buttons are posted.
const HOOKS: &[&str] = &["https://hooks.slack.com", "https://hooks.slack-gov.com"];
/// Hosts below these are listened at.
const SOCKETS: &[&str] = &[".slack.com", ".slack-gov.com"];

/// What Slack needs beside the OAuth client.
#[derive(Clone, Default)]
pub struct Secrets {
    /// What requests of Slack are signed with.
    pub signing: Option<SecretString>,
    /// The operator's own bot token, for a single Slack workspace.
    pub bot_token: Option<SecretString>,
    /// The app's token, for Socket Mode.
    pub app_token: Option<SecretString>,
    /// The configured base of the Web API, where it is not Slack's own.
    pub api_url: Option<String>,
}

impl Secrets {
    /// Reads them through `value`, which gives the value of a name such as `SLACK_SIGNING_SECRET`.
    pub(crate) fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let secret = |name: &str| value(name).map(|text| SecretString::from(text.trim()));
        Self {
            signing: secret("SLACK_SIGNING_SECRET"),
            bot_token: secret("SLACK_BOT_TOKEN"),
            app_token: secret("SLACK_APP_TOKEN"),
            api_url: value("SLACK_API_URL"),
        }
    }
}

/// The adapter.
#[derive(Clone, Default)]
pub struct Slack {
    secrets: Secrets,
}

impl Slack {
    /// An adapter with these secrets.
    #[must_use]
    pub const fn new(secrets: Secrets) -> Self {
        Self { secrets }
    }

    /// The host of a Web API that stands in for Slack's.
    fn stand_in(&self) -> Option<Url> {
        Url::parse(self.secrets.api_url.as_deref()?).ok()
    }
}

#[async_trait]
impl Provider for Slack {
    fn manifest(&self) -> &Manifest {
        &MANIFEST
    }

    fn chat(&self) -> Option<&dyn Chat> {
        Some(self)
    }

    async fn identify(&self, session: &Session<'_>) -> Result<Identity> {
        Ok(self.installed(session).await?.1)
    }
}

#[async_trait]
impl Chat for Slack {
    fn verify(&self, proof: &Proof<'_>, now: Timestamp) -> Result<(), Refusal> {
        let secret = self.secrets.signing.as_ref().ok_or(Refusal::NoSecret)?;
        signature::verify(secret, proof, now)
    }

    fn secret_setting(&self) -> &'static str {
        "SLACK_SIGNING_SECRET"
    }

    fn own_token(&self) -> Option<&SecretString> {
        self.secrets.bot_token.as_ref()
    }

    fn socket_token(&self) -> Option<&SecretString> {
        self.secrets.app_token.as_ref()
    }

    fn origins(&self) -> &'static [&'static str] {
        HOOKS
    }

    fn installation(&self, about: &Value) -> Option<Installation> {
        calls::auth_test::installation(about)
    }

    async fn installed(&self, session: &Session<'_>) -> Result<(Installation, Identity)> {
        calls::auth_test::ask(session).await
    }

    async fn post(
        &self,
        session: &Session<'_>,
        channel: &str,
        message: &Message,
    ) -> Result<Posted> {
        calls::post_message::ask(session, channel, message).await
    }

    async fn update(
        &self,
        session: &Session<'_>,
        channel: &str,
        ts: &str,
        message: &Message,
    ) -> Result<()> {
        calls::update_message::ask(session, channel, ts, message).await
    }

    async fn open_direct(&self, session: &Session<'_>, user: &str) -> Result<String> {
        calls::open_direct::ask(session, user).await
    }

    async fn person(&self, session: &Session<'_>, user: &str) -> Result<Person> {
        calls::person::by_id(session, user).await
    }

    async fn person_by_email(&self, session: &Session<'_>, email: &str) -> Result<Option<Person>> {
        match calls::person::by_email(session, email).await {
            Ok(person) => Ok(Some(person)),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn open_view(&self, session: &Session<'_>, trigger: &str, view: &Value) -> Result<()> {
        calls::views::open(session, trigger, view).await
    }

    async fn update_view(&self, session: &Session<'_>, view_id: &str, view: &Value) -> Result<()> {
        calls::views::update(session, view_id, view).await
    }

    async fn publish_view(&self, session: &Session<'_>, user: &str, view: &Value) -> Result<()> {
        calls::views::publish(session, user, view).await
    }

    async fn revoke(&self, session: &Session<'_>) -> Result<()> {
        calls::revoke::ask(session).await
    }

    fn may_respond(&self, url: &str) -> bool {
        let Ok(url) = Url::parse(url) else {
            return false;
        };
        if !url.username().is_empty() || url.password().is_some() {
            return false;
        }
        let origin = url.origin();
        let is = |known: &Url| known.origin() == origin;
        HOOKS
            .iter()
            .filter_map(|hooks| Url::parse(hooks).ok())
            .any(|hooks| is(&hooks))
            || self.stand_in().as_ref().is_some_and(is)
    }

    async fn respond(&self, egress: &Egress, url: &str, body: &Value) -> Result<()> {
        if !self.may_respond(url) {
            return Err(errors::foreign_address());
        }
        calls::respond::ask(egress, url, body).await
    }

    async fn socket_url(&self, egress: &Egress, api_url: &str) -> Result<String> {
        let token = self
            .secrets
            .app_token
            .clone()
            .ok_or_else(errors::no_socket)?;
        let told = calls::socket::ask(egress, api_url, token).await?;
        let url = Url::parse(&told).map_err(|_| errors::malformed())?;
        let host = url.host_str().unwrap_or_default();
        let at_slack = url.scheme() == "wss" && SOCKETS.iter().any(|end| host.ends_with(end));
        let stands_in = self.stand_in().is_some_and(|api| {
            matches!(url.scheme(), "ws" | "wss") && api.host_str() == Some(host)
        });
        if at_slack || stands_in {
            Ok(told)
        } else {
            Err(errors::foreign_address())
        }
    }
}
