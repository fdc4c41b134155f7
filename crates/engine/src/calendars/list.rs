//! Reads calendars: all of the workspace for admins, their own for members.

use daybook_domain::CalendarId;
use daybook_store as store;
use jiff::Timestamp;
use store::calendars::Calendar;

use super::{Error, visible};
use crate::{Context, Principal};

/// A page of calendars, oldest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    cx: &Context,
    who: &Principal,
    after: Option<(Timestamp, CalendarId)>,
    limit: i64,
) -> Result<Vec<Calendar>, Error> {
    let mut tx = cx.store.read().await?;
    Ok(store::calendars::list(&mut tx, who.workspace_id, who.own_only(), after, limit).await?)
}

/// One calendar.
///
/// # Errors
/// [`store::Error::NotFound`] also for other members' calendars, to plain members.
pub async fn get(cx: &Context, who: &Principal, id: CalendarId) -> Result<Calendar, Error> {
    Ok(visible(cx, who, id).await?)
}

/// How many events the mirror of a calendar holds.
///
/// # Errors
/// When the database cannot be read.
pub async fn events_count(cx: &Context, calendar: &Calendar) -> Result<i64, Error> {
    let mut tx = cx.store.read().await?;
    Ok(store::events::count(&mut tx, calendar.workspace_id, calendar.id).await?)
}
