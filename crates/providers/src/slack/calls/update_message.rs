//! `chat.update`: another message in the place of one of ours.

use daybook_provider_api::chat::Message;
use daybook_provider_api::{Result, Session};
use serde_json::json;

use super::post;

/// Updates.
pub(in crate::slack) async fn ask(
    session: &Session<'_>,
    channel: &str,
    ts: &str,
    message: &Message,
) -> Result<()> {
    let body = json!({
        "channel": channel,
        "ts": ts,
        "text": message.text,
        "blocks": message.blocks,
        "parse": "none",
        "link_names": false,
    });
    post(session, "chat.update", &body).await.map(|_| ())
}
