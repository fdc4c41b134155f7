//! `settle_event_write`: see [`crate::events::write::settle`].

use std::time::Duration;

use serde_json::Value;

use super::{Failure, Work, read};
use crate::Context;
use crate::events::write::{Error, settle};

/// Its name.
pub const NAME: &str = settle::NAME;

/// How often it is seen whether an account was connected again.
const RECONNECTED: Duration = Duration::from_secs(3_600);

pub(super) fn run(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        let payload: settle::Payload = read(payload)?;
        let settled = settle::settle(&cx, payload).await;
        settled.map_err(|error| match error {
            // Half of something may be there: it is finished once the account is connected again.
            Error::NeedsReauth => Failure::After(RECONNECTED, error.to_string()),
            other => failure(other),
        })
    })
}

/// What a calendar that cannot be written to, or not now, means for the job.
pub(super) fn failure(error: Error) -> Failure {
    match error {
        Error::Store(error) => error.into(),
        Error::ReadOnly(_)
        | Error::NotTarget(_)
        | Error::Unsupported(_)
        | Error::Refused(_)
        | Error::NeedsReauth
        | Error::Disconnected => Failure::Never(error.to_string()),
        other => Failure::Again(other.to_string()),
    }
}
