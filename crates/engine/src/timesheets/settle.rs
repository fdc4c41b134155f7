//! What becomes of a draft: logged as suggested or as asked, put aside, brought back.

use daybook_domain::InstanceId;
use daybook_store as store;
use store::time_entries::TimeEntry;

use super::Error;
use super::convert::{self, Convert, Suggested};
use super::drafts::{Suggestion, of_event};
use crate::{Context, Principal};

/// Logs a meeting as suggested, or as asked: on another project or client, billed or not, with other `tags`.
///
/// # Errors
/// As [`convert::convert`].
pub async fn log(
    cx: &Context,
    who: &Principal,
    ask: Convert,
    tags: Option<Vec<String>>,
) -> Result<(TimeEntry, bool), Error> {
    log_and_tell(cx, who, ask, tags, true).await
}

/// As [`log`]; who sees already that it was logged need not be told.
///
/// # Errors
/// As [`convert::convert`].
pub(crate) async fn log_and_tell(
    cx: &Context,
    who: &Principal,
    mut ask: Convert,
    tags: Option<Vec<String>>,
    tell: bool,
) -> Result<(TimeEntry, bool), Error> {
    let plain = ask.project_id.is_none() && ask.client_id.is_none();
    let mut suggested = Suggested::default();
    if let Some(suggestion) = suggestion_for(cx, who, ask.instance, plain).await? {
        let as_shown = (suggestion.project_id, suggestion.client_id);
        suggested.tags = suggestion.tags;
        if plain {
            (ask.project_id, ask.client_id) = as_shown;
        }
        // Whether it is billed was suggested for this project, not for another one.
        if (ask.project_id, ask.client_id) == as_shown {
            // What a colleague bills is said when it is booked, and not learned for meetings to come.
            suggested.billable = Some(suggestion.meant_billable);
        }
    }
    suggested.tags = tags.unwrap_or(suggested.tags);
    convert::convert_with(cx, who, ask, suggested, tell).await
}

/// What the caller's meeting would be booked on. Somebody else's is not there, unless it is said what it is booked on.
async fn suggestion_for(
    cx: &Context,
    who: &Principal,
    event: InstanceId,
    plain: bool,
) -> Result<Option<Suggestion>, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let event = store::instances::get(&mut tx, who.workspace_id, event).await?;
    if event.member_id != who.member_id {
        return match plain {
            true => Err(Error::Store(store::Error::NotFound)),
            false => Ok(None),
        };
    }
    let calendar = store::calendars::get(&mut tx, who.workspace_id, event.calendar_id).await?;
    let draft = of_event(&mut tx, who, event, calendar).await?;
    Ok(draft.map(|draft| draft.suggestion))
}

/// Puts a meeting aside, in whichever calendars it is, whatever becomes of it.
///
/// # Errors
/// When there is no such meeting of the caller's.
pub async fn dismiss(cx: &Context, who: &Principal, event: InstanceId) -> Result<(), Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let cause = own(&mut tx, who, event).await?;
    store::drafts::dismiss(&mut tx, who.workspace_id, who.member_id, &cause).await?;
    Ok(tx.commit().await?)
}

/// Brings a meeting back.
///
/// # Errors
/// When there is no such meeting of the caller's.
pub async fn restore(cx: &Context, who: &Principal, event: InstanceId) -> Result<(), Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let cause = own(&mut tx, who, event).await?;
    store::drafts::restore(&mut tx, who.workspace_id, who.member_id, &cause).await?;
    Ok(tx.commit().await?)
}

async fn own(tx: &mut store::Tx, who: &Principal, event: InstanceId) -> Result<String, Error> {
    let event = store::instances::get(tx, who.workspace_id, event).await?;
    if event.member_id == who.member_id {
        Ok(event.cause_key())
    } else {
        Err(Error::Store(store::Error::NotFound))
    }
}
