//! Posting to a `response_url`: no token goes there, and its address was checked.

use daybook_provider_api::egress::Call;
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::{Egress, Error, Result};
use serde_json::Value;

use super::{WRITE, json};

/// Posts.
pub(in crate::slack) async fn ask(egress: &Egress, url: &str, body: &Value) -> Result<()> {
    let call = Call {
        provider: "slack",
        account: None,
        options: WRITE,
        sent: None,
    };
    let response = egress.send(json(url, body)?, call).await?;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let (kind, message) = match status.as_u16() {
        429 => (ErrorKind::RateLimited, "Slack asked us to slow down."),
        500..=599 => (ErrorKind::Unavailable, "Slack is not available."),
        // Used five times, or thirty minutes old.
        _ => (ErrorKind::Gone, "Slack no longer takes an answer to this."),
    };
    Err(Error::new(kind, message).with_status(status.as_u16()))
}
