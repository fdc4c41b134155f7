//! What the operator of a simulated installation says: where the providers are.

use daybook_providers::ProviderSettings;
use daybook_sandbox::google::GoogleSim;
use daybook_sandbox::microsoft::MicrosoftSim;

use super::{BASE, GOOGLE, MICROSOFT};

/// The settings of all providers that sign people in; of Microsoft for the accounts of `tenant`.
pub(super) fn all(tenant: &str) -> ProviderSettings {
    let google = GoogleSim::endpoints(GOOGLE);
    let microsoft = MicrosoftSim::endpoints(MICROSOFT, tenant);
    let me = format!("{}/me", microsoft.api_url);
    ProviderSettings::read(BASE, |name| {
        let value = match name {
            "GOOGLE_CLIENT_ID" | "MICROSOFT_CLIENT_ID" => "daybook",
            "GOOGLE_CLIENT_SECRET" | "MICROSOFT_CLIENT_SECRET" => "s3cret",
            "GOOGLE_AUTHORIZE_URL" => &google.authorize_url,
            "GOOGLE_TOKEN_URL" => &google.token_url,
            "GOOGLE_REVOKE_URL" => &google.revoke_url,
            "GOOGLE_USERINFO_URL" => &google.userinfo_url,
            "GOOGLE_API_URL" => &google.api_url,
            "MICROSOFT_AUTHORIZE_URL" => &microsoft.authorize_url,
            "MICROSOFT_TOKEN_URL" => &microsoft.token_url,
            "MICROSOFT_USERINFO_URL" => &me,
            "MICROSOFT_TENANT_ID" => tenant,
            "MICROSOFT_API_URL" => &microsoft.api_url,
            _ => return None,
        };
        Some(value.to_owned())
    })
}
