//! `POST /me/events/{id}/accept|tentativelyAccept|decline` (contracts/microsoft §6).

use daybook_domain::event::ResponseStatus;
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::{Result, Session};
use http::Method;
use serde_json::json;

use super::super::errors;

/// Answers an invitation. Repeating it is harmless.
///
/// # Errors
/// `Unsupported` for what is no answer, and where there is nothing to answer.
pub(in super::super) async fn send(
    session: &Session<'_>,
    id: &str,
    answer: ResponseStatus,
    notify: bool,
) -> Result<()> {
    let verb = verb(answer).ok_or_else(|| errors::unsupported("that answer to an invitation"))?;
    let address = super::address(&session.api_url, &["me", "events", id, verb], &[]);
    let request = super::with_json(Method::POST, &address, &json!({"sendResponse": notify}))?;
    match super::send(session, request).await {
        Ok(said) => super::nothing(&said),
        // The organizer cannot answer, and meetings that want no answer take none.
        Err(error) if error.status == Some(400) && error.kind == ErrorKind::Malformed => {
            let refused =
                errors::unsupported("an answer to this event, to which nobody was invited here");
            Err(refused
                .with_status(400)
                .with_code(error.code.unwrap_or_default()))
        }
        Err(error) => Err(error),
    }
}

const fn verb(answer: ResponseStatus) -> Option<&'static str> {
    match answer {
        ResponseStatus::Accepted => Some("accept"),
        ResponseStatus::Tentative => Some("tentativelyAccept"),
        ResponseStatus::Declined => Some("decline"),
        ResponseStatus::NeedsAction | ResponseStatus::Organizer => None,
    }
}
