//! `fetch_meeting_link`: see [`crate::events::write::link`].

use serde_json::Value;

use super::settle_event_write::failure;
use super::{Work, read};
use crate::Context;
use crate::events::write::link;

/// Its name.
pub const NAME: &str = link::NAME;

pub(super) fn run(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        let payload: link::Payload = read(payload)?;
        link::fetch(&cx, payload).await.map_err(failure)
    })
}
