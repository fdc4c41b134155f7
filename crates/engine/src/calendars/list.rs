//! Reads calendars: all of the workspace for admins, their own for members.

use std::collections::HashMap;

use daybook_domain::CalendarId;
use daybook_store as store;
use jiff::Timestamp;
use store::calendars::{Calendar, Filter};

use super::{Error, visible};
use crate::{Context, Principal};

/// A page of calendars, oldest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    cx: &Context,
    who: &Principal,
    mut filter: Filter,
    after: Option<(Timestamp, CalendarId)>,
    limit: i64,
) -> Result<Vec<Calendar>, Error> {
    filter.member_id = who.own_only().or(filter.member_id);
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::calendars::list(&mut tx, who.workspace_id, &filter, after, limit).await?)
}

/// One calendar.
///
/// # Errors
/// [`store::Error::NotFound`] also for other members' calendars, to plain members.
pub async fn get(cx: &Context, who: &Principal, id: CalendarId) -> Result<Calendar, Error> {
    Ok(visible(cx, who, id).await?)
}

/// The calendar of `provider` that is called by its id, or by the provider's id of it.
///
/// # Errors
/// [`Error::Store`] with `NotFound` when there is none.
pub async fn named(
    cx: &Context,
    who: &Principal,
    provider: &str,
    name: &str,
) -> Result<CalendarId, Error> {
    if let Ok(id) = name.parse() {
        let calendar = visible(cx, who, id).await?;
        let fits = calendar.provider == provider;
        return if fits {
            Ok(id)
        } else {
            Err(store::Error::NotFound.into())
        };
    }
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let found = store::calendars::by_external_id(
        &mut tx,
        who.workspace_id,
        who.own_only(),
        provider,
        None,
        name,
    )
    .await?;
    Ok(found.ok_or(store::Error::NotFound)?.id)
}

/// How many events the mirror of each calendar of the workspace holds.
///
/// # Errors
/// When the database cannot be read.
pub async fn events_counts(
    cx: &Context,
    who: &Principal,
) -> Result<HashMap<CalendarId, i64>, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::events::counts(&mut tx, who.workspace_id).await?)
}

/// How many events the mirror of a calendar holds.
///
/// # Errors
/// When the database cannot be read.
pub async fn events_count(cx: &Context, calendar: &Calendar) -> Result<i64, Error> {
    let mut tx = cx.store.read_in(calendar.workspace_id).await?;
    Ok(store::events::count(&mut tx, calendar.workspace_id, calendar.id).await?)
}
