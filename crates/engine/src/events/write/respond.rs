//! Answers an invitation.

use daybook_domain::CalendarId;
use daybook_domain::event::{ANSWERS, ResponseStatus, Scope};
use daybook_store::event_writes::Kind;
use daybook_store::instances::InstanceView;
use serde_json::json;
use uuid::Uuid;

use super::change::{self, Meant};
use super::check::invalid;
use super::desk::Desk;
use super::found::Found;
use super::{Error, update};
use crate::{Context, Principal};

/// Answers the invitation `id`; for a series, the whole of it unless one occurrence is named and meant.
///
/// # Errors
/// [`Error`]; [`Error::Invalid`] when the owner is not among those invited.
pub async fn respond(
    cx: &Context,
    who: &Principal,
    calendar: CalendarId,
    id: Uuid,
    scope: Option<Scope>,
    answer: ResponseStatus,
    notify: bool,
) -> Result<InstanceView, Error> {
    if !ANSWERS.contains(&answer) {
        return Err(invalid(
            "/response",
            "must be accepted, tentative or declined",
        ));
    }
    let mut desk = Desk::open(cx, who, calendar).await?;
    let found = Found::find(cx, who.workspace_id, &desk.calendar, id, scope).await?;
    if found.scope == Scope::Following {
        return Err(invalid(
            "?scope",
            "an answer is for one occurrence (`instance`) or for all (`series`)",
        ));
    }
    if found.shown().response_status == ResponseStatus::Organizer {
        return Err(invalid(
            "/response",
            "cannot be given: the calendar's owner called this meeting, or is alone in it",
        ));
    }
    let request = json!({"answer": answer, "notify": notify});
    let intent = update::note(&desk, who, Kind::Respond, &found, &request).await?;
    let meant = Meant::Answer { answer, notify };
    match change::insist(&mut desk, found.target(), &meant).await {
        Ok(written) => {
            desk.keep(&written, Some((intent.id, found.event_id)))
                .await?;
            update::current(cx, &desk, &found, id).await
        }
        Err(error) => {
            desk.give_up(intent.id, &error).await;
            Err(error)
        }
    }
}
