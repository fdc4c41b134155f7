//! Asks the provider whether a connection works right now.

use std::time::Duration;

use daybook_domain::ConnectionId;
use daybook_provider_api as provider;
use jiff::SignedDuration;

use super::{Error, refresh};
use crate::{Context, Principal};

/// What the check found.
#[derive(Debug, Clone)]
pub struct Checked {
    /// How long the answer took.
    pub latency: Duration,
    /// What was wrong; `None`: nothing.
    pub error: Option<provider::Error>,
}

/// Checks connection `id` with a live call.
///
/// # Errors
/// When there is no such connection for `who`, or it is disconnected. A provider's failure is a result, not an error.
pub async fn check(cx: &Context, who: &Principal, id: ConnectionId) -> Result<Checked, Error> {
    let connection = refresh::own(cx, who, id).await?;
    let started = cx.clock.now();
    let result = refresh::list(cx, &connection).await.map(|_| ());
    let took = cx
        .clock
        .now()
        .duration_since(started)
        .max(SignedDuration::ZERO);
    let latency = Duration::try_from(took).unwrap_or_default();
    match result {
        Ok(()) => Ok(Checked {
            latency,
            error: None,
        }),
        Err(Error::Provider(error)) => Ok(Checked {
            latency,
            error: Some(error),
        }),
        Err(other) => Err(other),
    }
}
