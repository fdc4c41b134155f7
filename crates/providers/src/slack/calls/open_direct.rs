//! `conversations.open`: the direct conversation with somebody. Asked again, it is the same.

use daybook_provider_api::{Result, Session};
use serde_json::json;

use super::{post, text};
use crate::slack::errors;

/// Asks.
pub(in crate::slack) async fn ask(session: &Session<'_>, user: &str) -> Result<String> {
    let answer = post(session, "conversations.open", &json!({"users": user})).await?;
    text(&answer, "/channel/id").ok_or_else(errors::malformed)
}
