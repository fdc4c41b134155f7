//! `apps.connections.open`: where to listen in Socket Mode. Asked with the app's token, not an installation's.

use daybook_provider_api::{Credential, Egress, Result, Session};
use secrecy::SecretString;
use serde_json::json;

use super::{post, text};
use crate::slack::errors;

/// Asks.
pub(in crate::slack) async fn ask(
    egress: &Egress,
    api_url: &str,
    token: SecretString,
) -> Result<String> {
    let session = Session::new(
        egress,
        "slack",
        "socket".to_owned(),
        api_url.to_owned(),
        None,
        Credential::Bearer(token),
    );
    let answer = post(&session, "apps.connections.open", &json!({})).await?;
    text(&answer, "/url").ok_or_else(errors::malformed)
}
