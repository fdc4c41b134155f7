//! Removes an event: one occurrence, this and the following ones, or all of it.

use daybook_domain::CalendarId;
use daybook_domain::event::{Patch, Scope};
use daybook_store::event_writes::Kind;
use serde_json::json;
use uuid::Uuid;

use super::change::{self, Meant};
use super::desk::Desk;
use super::found::Found;
use super::{Error, following, update};
use crate::{Context, Principal};

/// Removes event `id` of `calendar`. Gone already is as good.
///
/// # Errors
/// [`Error`].
pub async fn delete(
    cx: &Context,
    who: &Principal,
    calendar: CalendarId,
    id: Uuid,
    scope: Option<Scope>,
    notify: bool,
) -> Result<(), Error> {
    let mut desk = Desk::open(cx, who, calendar).await?;
    let found = Found::find(cx, who.workspace_id, &desk.calendar, id, scope).await?;
    update::mailed(&desk, &found, &Patch::default(), notify)?;
    if found.scope == Scope::Following && !following::is_first(&found) {
        return following::remove(&mut desk, who, &found, notify).await;
    }
    let request = json!({"notify": notify});
    let intent = update::note(&desk, who, Kind::Delete, &found, &request).await?;
    let meant = Meant::Removal { notify };
    let result = change::insist(&mut desk, found.target(), &meant).await;
    match result {
        Ok(written) => desk.keep(&written, Some((intent.id, found.event_id))).await,
        Err(error) => {
            desk.give_up(intent.id, &error).await;
            Err(error)
        }
    }
}
