//! What becomes of a draft: logged as suggested or as asked, put aside, brought back.

use daybook_domain::InstanceId;
use daybook_store as store;
use store::time_entries::TimeEntry;

use super::Error;
use super::convert::{self, Convert};
use super::drafts::of_event;
use crate::{Context, Principal};

/// Logs a meeting as suggested, or as asked.
///
/// # Errors
/// As [`convert::convert`].
pub async fn log(cx: &Context, who: &Principal, ask: Convert) -> Result<(TimeEntry, bool), Error> {
    log_and_tell(cx, who, ask, true).await
}

/// As [`log`]; who sees already that it was logged need not be told.
///
/// # Errors
/// As [`convert::convert`].
pub(crate) async fn log_and_tell(
    cx: &Context,
    who: &Principal,
    mut ask: Convert,
    tell: bool,
) -> Result<(TimeEntry, bool), Error> {
    let plain = ask.project_id.is_none() && ask.client_id.is_none();
    let mut tags = Vec::new();
    if plain {
        let mut tx = cx.store.read_in(who.workspace_id).await?;
        let event = store::instances::get(&mut tx, who.workspace_id, ask.instance).await?;
        if event.member_id != who.member_id {
            return Err(Error::Store(store::Error::NotFound));
        }
        let calendar = store::calendars::get(&mut tx, who.workspace_id, event.calendar_id).await?;
        if let Some(draft) = of_event(&mut tx, who, event, calendar).await? {
            ask.project_id = draft.suggestion.project_id;
            ask.client_id = draft.suggestion.client_id;
            // Without a word about it, a meeting that a colleague bills is not billed again.
            if ask.billable.is_none() && !draft.suggestion.billable {
                ask.billable = Some(false);
            }
            tags = draft.suggestion.tags;
        }
    }
    convert::convert_with(cx, who, ask, tags, tell).await
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
