//! Calendars: which are synced, how often, and by whom they are seen.

mod filters;
pub mod list;
pub mod preview;
pub mod remove;
pub mod select;
pub mod settings;
pub mod sync_now;

use std::borrow::Cow;

use daybook_store as store;
use store::calendars::Calendar;

use crate::{Context, Principal};

/// Why something about a calendar did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value is out of its range.
    #[error("{detail}")]
    Invalid {
        /// The field, as a JSON pointer.
        pointer: Cow<'static, str>,
        /// What it must be.
        detail: String,
    },
    /// There is no calendar with this provider id.
    #[error("the account has no calendar with this id; refresh the account if it is new")]
    UnknownCalendar,
    /// A client or project that is not there.
    #[error("there is no such client or project")]
    UnknownReference,
    /// The database failed, or there is no such calendar.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// The calendar, if the principal may change it: their own, or anybody's for those who manage the workspace.
pub(crate) async fn changeable(
    cx: &Context,
    who: &Principal,
    id: daybook_domain::CalendarId,
) -> Result<Calendar, store::Error> {
    let calendar = visible(cx, who, id).await?;
    if who.may_change(calendar.member_id) {
        Ok(calendar)
    } else {
        Err(store::Error::NotFound)
    }
}

/// The calendar, if the principal may see it.
pub(crate) async fn visible(
    cx: &Context,
    who: &Principal,
    id: daybook_domain::CalendarId,
) -> Result<Calendar, store::Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let calendar = store::calendars::get(&mut tx, who.workspace_id, id).await?;
    if who.sees(calendar.member_id) {
        Ok(calendar)
    } else {
        Err(store::Error::NotFound)
    }
}
