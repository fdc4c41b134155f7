//! Every setting there is: its names, its default, what it means. `config show`, `default.toml`, the reference page and the
//! check for unknown names all come from here.

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Dotted key in `daybook.toml`.
    pub key: &'static str,
    /// Environment variable.
    pub env: &'static str,
    /// Default, as text; empty: none.
    pub default: &'static str,
    /// Whether its value is never shown.
    pub secret: bool,
    /// What it does.
    pub help: &'static str,
}

/// A line a setting: whether it is shown, key, environment variable, default, help.
macro_rules! settings {
    ($($kind:ident $key:literal $env:literal $default:literal $help:literal;)*) => {
        &[$(Setting { key: $key, env: $env, default: $default, secret: settings!(@$kind), help: $help }),*]
    };
    (@plain) => { false };
    (@secret) => { true };
}

/// All settings, in the order they are shown.
pub const SETTINGS: &[Setting] = settings! {
    plain "bind" "DAYBOOK_BIND" "127.0.0.1:8000" "Address and port to listen on.";
    plain "base_url" "DAYBOOK_BASE_URL" "" "Where people reach this server. Default: http:// and the bind address. Redirect URIs are built from it.";
    plain "data_dir" "DAYBOOK_DATA_DIR" "./daybook-data" "Folder for the SQLite file and the generated key file; made with mode 0700.";
    plain "database_url" "DAYBOOK_DATABASE_URL" "" "sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE. Default: daybook.db in the data folder.";
    secret "secret_key" "DAYBOOK_SECRET_KEY" "" "Key that encrypts stored secrets: 32 bytes in base64 or hex. For rotation several, newest first: id:KEY,id:KEY. Default: a generated file in the data folder.";
    plain "frontend_url" "FRONTEND_URL" "" "Another front end, such as https://app.example.com. Browsers may call the API from exactly its origin (CORS): with the session cookie where it is the same site as base_url, else with an API key. People may be sent back to its pages after connecting an account. Off by default.";
    secret "smtp_url" "SMTP_URL" "" "Mail server: smtp://USER:PASSWORD@HOST:587 or smtps://…";
    plain "mail_from" "MAIL_FROM" "" "Sender of mails, such as Daybook <daybook@example.com>; by default daybook@ the host of the base address.";
    plain "fonts_dir" "DAYBOOK_FONTS_DIR" "" "Folder with .ttf, .otf or .ttc fonts for invoices in scripts that DejaVu Sans lacks, such as Chinese, Japanese, Korean, Thai or Hindi (the Noto fonts have them). Taken by name, so that the first one that has a letter draws it.";
    plain "log" "DAYBOOK_LOG" "info" "Log filter, such as info or info,daybook_engine=debug.";
    plain "log_format" "DAYBOOK_LOG_FORMAT" "text" "text or json.";
    plain "allow_private_targets" "DAYBOOK_ALLOW_PRIVATE_TARGETS" "false" "Lets CalDAV servers and webhooks be on loopback and private addresses, and provider URLs be plain http. For tests only.";
    plain "egress_allow_cidrs" "DAYBOOK_EGRESS_ALLOW_CIDRS" "" "Private networks that outbound requests may reach, such as 10.1.0.0/16,fd00:1::/32.";
    plain "trusted_proxies" "DAYBOOK_TRUSTED_PROXIES" "" "Networks of reverse proxies whose X-Forwarded-For is believed.";
    plain "max_connections" "DAYBOOK_MAX_CONNECTIONS" "1024" "Most client connections at once.";
    plain "database_connections" "DAYBOOK_DATABASE_CONNECTIONS" "8" "Most database connections at once.";
    plain "workers" "DAYBOOK_WORKERS" "8" "Background jobs at once in this process.";
    secret "metrics_token" "DAYBOOK_METRICS_TOKEN" "" "Bearer token for /metrics. Without it /metrics answers loopback only.";
    secret "setup_token" "DAYBOOK_SETUP_TOKEN" "" "Token for the first-run setup from another machine. Default: a random one, printed at the first start.";
    plain "oidc.issuer_url" "OIDC_ISSUER_URL" "" "Single sign-on by OpenID Connect: the issuer, written exactly as its discovery document writes it. Register {base_url}/api/v1/auth/oidc/callback there. People who have an account sign in by their verified e-mail address the first time; others need an invitation.";
    plain "oidc.client_id" "OIDC_CLIENT_ID" "" "This server's client there.";
    secret "oidc.client_secret" "OIDC_CLIENT_SECRET" "" "Its secret.";
    plain "google.client_id" "GOOGLE_CLIENT_ID" "" "OAuth client of Google.";
    secret "google.client_secret" "GOOGLE_CLIENT_SECRET" "" "Its secret.";
    plain "google.redirect_uri" "GOOGLE_REDIRECT_URI" "" "Callback as registered at Google. Default: {base_url}/api/v1/integrations/google/callback.";
    plain "google.authorize_url" "GOOGLE_AUTHORIZE_URL" "" "Replaces Google's consent page.";
    plain "google.token_url" "GOOGLE_TOKEN_URL" "" "Replaces Google's token endpoint.";
    plain "google.revoke_url" "GOOGLE_REVOKE_URL" "" "Replaces Google's revocation endpoint.";
    plain "google.userinfo_url" "GOOGLE_USERINFO_URL" "" "Replaces Google's userinfo endpoint.";
    plain "google.api_url" "GOOGLE_API_URL" "" "Replaces the base of Google's Calendar API.";
    plain "apple.api_url" "APPLE_API_URL" "" "Replaces Apple's CalDAV server.";
    plain "microsoft.client_id" "MICROSOFT_CLIENT_ID" "" "OAuth client of Microsoft.";
    secret "microsoft.client_secret" "MICROSOFT_CLIENT_SECRET" "" "Its secret.";
    plain "microsoft.tenant_id" "MICROSOFT_TENANT_ID" "common" "Tenant whose accounts may connect.";
    plain "microsoft.redirect_uri" "MICROSOFT_REDIRECT_URI" "" "Callback as registered at Microsoft.";
    plain "microsoft.authorize_url" "MICROSOFT_AUTHORIZE_URL" "" "Replaces Microsoft's consent page.";
    plain "microsoft.token_url" "MICROSOFT_TOKEN_URL" "" "Replaces Microsoft's token endpoint.";
    plain "microsoft.revoke_url" "MICROSOFT_REVOKE_URL" "" "Microsoft has none; for compatible services.";
    plain "microsoft.userinfo_url" "MICROSOFT_USERINFO_URL" "" "Replaces Microsoft's userinfo endpoint.";
    plain "microsoft.api_url" "MICROSOFT_API_URL" "" "Replaces the base of Microsoft Graph.";
    plain "slack.client_id" "SLACK_CLIENT_ID" "" "OAuth client of Slack.";
    secret "slack.client_secret" "SLACK_CLIENT_SECRET" "" "Its secret.";
    plain "slack.redirect_uri" "SLACK_REDIRECT_URI" "" "Callback as registered at Slack.";
    secret "slack.signing_secret" "SLACK_SIGNING_SECRET" "" "Proves that requests come from Slack.";
    plain "slack.app_id" "SLACK_APP_ID" "" "The app's id.";
    secret "slack.bot_token" "SLACK_BOT_TOKEN" "" "Bot token, for a single Slack workspace without OAuth.";
    secret "slack.app_token" "SLACK_APP_TOKEN" "" "App token for Socket Mode.";
    plain "slack.authorize_url" "SLACK_AUTHORIZE_URL" "" "Replaces Slack's consent page.";
    plain "slack.token_url" "SLACK_TOKEN_URL" "" "Replaces Slack's token endpoint.";
    plain "slack.revoke_url" "SLACK_REVOKE_URL" "" "Replaces Slack's revocation call.";
    plain "slack.userinfo_url" "SLACK_USERINFO_URL" "" "Replaces Slack's userinfo call.";
    plain "slack.api_url" "SLACK_API_URL" "" "Replaces the base of Slack's Web API.";
    plain "zoom.client_id" "ZOOM_CLIENT_ID" "" "OAuth client of Zoom.";
    secret "zoom.client_secret" "ZOOM_CLIENT_SECRET" "" "Its secret.";
    plain "zoom.redirect_uri" "ZOOM_REDIRECT_URI" "" "Callback as registered at Zoom.";
    secret "zoom.webhook_secret" "ZOOM_WEBHOOK_SECRET" "" "Proves that requests come from Zoom.";
    plain "zoom.authorize_url" "ZOOM_AUTHORIZE_URL" "" "Replaces Zoom's consent page.";
    plain "zoom.token_url" "ZOOM_TOKEN_URL" "" "Replaces Zoom's token endpoint.";
    plain "zoom.revoke_url" "ZOOM_REVOKE_URL" "" "Replaces Zoom's revocation endpoint.";
    plain "zoom.userinfo_url" "ZOOM_USERINFO_URL" "" "Replaces Zoom's userinfo call.";
    plain "zoom.api_url" "ZOOM_API_URL" "" "Replaces the base of Zoom's API.";
    plain "webex.client_id" "WEBEX_CLIENT_ID" "" "OAuth client of Webex.";
    secret "webex.client_secret" "WEBEX_CLIENT_SECRET" "" "Its secret.";
    plain "webex.redirect_uri" "WEBEX_REDIRECT_URI" "" "Callback as registered at Webex.";
    plain "webex.authorize_url" "WEBEX_AUTHORIZE_URL" "" "Replaces Webex's consent page.";
    plain "webex.token_url" "WEBEX_TOKEN_URL" "" "Replaces Webex's token endpoint.";
    plain "webex.revoke_url" "WEBEX_REVOKE_URL" "" "Replaces Webex's revocation call.";
    plain "webex.userinfo_url" "WEBEX_USERINFO_URL" "" "Replaces Webex's userinfo call.";
    plain "webex.api_url" "WEBEX_API_URL" "" "Replaces the base of Webex's API.";
};

/// Variables that begin with our prefix and are not settings: used by the build and by the tests.
pub const NOT_SETTINGS: &[&str] = &[
    "DAYBOOK_CONFIG",
    "DAYBOOK_WEB_DIST",
    "DAYBOOK_PROFILE",
    "DAYBOOK_DIFF_RULES",
];
/// Prefixes of variables that only tests read.
pub const TEST_PREFIXES: &[&str] = &[
    "DAYBOOK_TEST_",
    "DAYBOOK_REQUIRE_",
    "DAYBOOK_SIM_",
    "DAYBOOK_BENCH_",
];

/// The setting with this key.
#[must_use]
pub fn by_key(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// Variables of other programs whose names look like one of our providers' settings.
pub const NOT_OURS: &[&str] = &[
    "GOOGLE_CLIENT_EMAIL",
    "SLACK_API_TOKEN",
    "SLACK_WEBHOOK_URL",
    "MICROSOFT_TEAMS_WEBHOOK_URL",
];
