//! `chat.postMessage`. Links are not unfolded, and nothing in the text is taken for a mention or a link.

use daybook_provider_api::chat::{Message, Posted};
use daybook_provider_api::{Result, Session};
use serde_json::json;

use super::{post, text};
use crate::slack::errors;

/// Posts.
pub(in crate::slack) async fn ask(
    session: &Session<'_>,
    channel: &str,
    message: &Message,
) -> Result<Posted> {
    let body = json!({
        "channel": channel,
        "text": message.text,
        "blocks": message.blocks,
        "parse": "none",
        "link_names": false,
        "unfurl_links": false,
        "unfurl_media": false,
    });
    let answer = post(session, "chat.postMessage", &body).await?;
    Ok(Posted {
        channel: text(&answer, "/channel").unwrap_or_else(|| channel.to_owned()),
        ts: text(&answer, "/ts").ok_or_else(errors::malformed)?,
    })
}
