//! `settle_event_write`: see [`crate::events::write::settle`].

use serde_json::Value;

use super::{Failure, Work};
use crate::Context;
use crate::events::write::{Error, settle};

/// Its name.
pub const NAME: &str = settle::NAME;

pub(super) fn run(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        let payload: settle::Payload = serde_json::from_value(payload)
            .map_err(|error| Failure::Never(format!("the payload cannot be read: {error}")))?;
        match settle::settle(&cx, payload).await {
            Ok(()) => Ok(()),
            Err(Error::Store(error)) => Err(error.into()),
            Err(
                error @ (Error::ReadOnly(_)
                | Error::Unsupported(_)
                | Error::NeedsReauth
                | Error::Disconnected),
            ) => Err(Failure::Never(error.to_string())),
            Err(error) => Err(Failure::Again(error.to_string())),
        }
    })
}
