//! Answers an invitation.

use daybook_domain::CalendarId;
use daybook_domain::event::{ANSWERS, ResponseStatus, Scope};
use daybook_store::event_writes::Kind;
use daybook_store::instances::InstanceView;
use serde_json::json;
use uuid::Uuid;

use super::check::invalid;
use super::create::shown;
use super::desk::{Call, Desk, etag_of};
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
    let mut target = found.target();
    let mut tries = 0;
    let result = loop {
        tries += 1;
        match desk.must(&Call::Respond(&target, answer, notify)).await {
            Err(Error::Changed) if tries < 3 => match desk.must(&Call::Read(&target)).await {
                Ok(now) => target.etag = etag_of(&now, &now.provider_id),
                Err(error) => break Err(error),
            },
            Err(Error::Unknown(_)) if tries < 2 => {}
            other => break other,
        }
    };
    match result {
        Ok(written) => {
            desk.keep(&written, Some((intent.id, found.event_id)))
                .await?;
            let mut tx = cx.store.read_in(who.workspace_id).await?;
            let view = daybook_store::instances::get(&mut tx, who.workspace_id, id.into()).await;
            drop(tx);
            match view {
                Ok(view) => Ok(view),
                Err(_) => shown(cx, &desk, found.event_id).await,
            }
        }
        Err(error) => {
            desk.give_up(intent.id, &error).await;
            Err(error)
        }
    }
}
