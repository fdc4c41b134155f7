//! What the operator of a simulated installation says: where the providers are.

use std::collections::HashMap;

use daybook_providers::ProviderSettings;
use daybook_sandbox::google::GoogleSim;
use daybook_sandbox::microsoft::MicrosoftSim;

use super::{BASE, GOOGLE, MICROSOFT};

/// The settings of all providers that sign people in; of Microsoft for the accounts of `tenant`.
pub(super) fn all(tenant: &str) -> ProviderSettings {
    let google = GoogleSim::endpoints(GOOGLE);
    let microsoft = MicrosoftSim::endpoints(MICROSOFT, tenant);
    let me = format!("{}/me", microsoft.api_url);
    let mut known: HashMap<String, String> = google
        .settings("GOOGLE")
        .chain(microsoft.settings("MICROSOFT"))
        .collect();
    known.insert("MICROSOFT_USERINFO_URL".to_owned(), me);
    ProviderSettings::read(BASE, |name| {
        let value = match name {
            "GOOGLE_CLIENT_ID" | "MICROSOFT_CLIENT_ID" => "daybook",
            "GOOGLE_CLIENT_SECRET" | "MICROSOFT_CLIENT_SECRET" => "s3cret",
            "MICROSOFT_TENANT_ID" => tenant,
            name => known.get(name)?,
        };
        Some(value.to_owned())
    })
}
