//! The adapters: one folder per provider and the one list of them.

pub mod caldav;
pub mod google;
pub mod microsoft;
mod settings;
pub mod slack;
mod text;
pub mod webex;
pub mod zoom;

use daybook_provider_api::Registry;

pub use settings::{Environment, OauthSettings, ProviderSettings};

/// Every provider this binary knows, configured or not. Adding one is its folder and a line here (an OAuth provider also
/// names its settings in `settings::ENVIRONMENTS`).
#[must_use]
pub fn registry(settings: &ProviderSettings) -> Registry {
    Registry::default()
        .with(settings.oauth(&google::ENVIRONMENT, google::Google::new()))
        .with(settings.oauth(
            &slack::ENVIRONMENT,
            slack::Slack::new(settings.slack.clone()),
        ))
        .with(settings.oauth(&webex::ENVIRONMENT, webex::Webex))
        .with(settings.oauth(&zoom::ENVIRONMENT, zoom::Zoom))
        .with(settings.oauth(
            &microsoft::ENVIRONMENT,
            microsoft::Microsoft::of_tenant(settings.tenant(&microsoft::ENVIRONMENT)),
        ))
        .with(settings::password(caldav::caldav()))
        .with(settings::password(caldav::apple()))
}
