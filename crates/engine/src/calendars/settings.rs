//! Changes how a calendar is synced and what its events become.

use daybook_domain::CalendarId;
use daybook_domain::calendar::{INTERVAL_MINUTES, MIRROR_FUTURE_DAYS, MIRROR_PAST_DAYS};
use daybook_store as store;
use store::calendars::{Calendar, Settings};

use super::{Error, visible};
use crate::jobs::sync_calendar::{self, When};
use crate::{Context, Principal};

/// Changes the settings of calendar `id`.
///
/// # Errors
/// [`Error::Invalid`] for values out of range, [`Error::UnknownReference`] for a client or project that is not there.
pub async fn update(
    cx: &Context,
    who: &Principal,
    id: CalendarId,
    settings: Settings,
) -> Result<Calendar, Error> {
    check(&settings)?;
    visible(cx, who, id).await?;
    let mut tx = cx.store.write().await?;
    let after = store::calendars::update_settings(&mut tx, who.workspace_id, id, &settings)
        .await
        .map_err(reference)?;
    tx.commit().await?;
    Ok(after)
}

/// Switches syncing of calendar `id` on (it is synced at once) or off (its mirror stays).
///
/// # Errors
/// When there is no such calendar.
pub async fn enable(
    cx: &Context,
    who: &Principal,
    id: CalendarId,
    enabled: bool,
) -> Result<Calendar, Error> {
    visible(cx, who, id).await?;
    let mut tx = cx.store.write().await?;
    let after = store::calendars::set_enabled(&mut tx, who.workspace_id, id, enabled).await?;
    if enabled {
        sync_calendar::enqueue(&mut tx, who.workspace_id, id, false, When::Now).await?;
    }
    tx.commit().await?;
    Ok(after)
}

fn check(settings: &Settings) -> Result<(), Error> {
    let within = |pointer: &'static str,
                  value: Option<i64>,
                  range: std::ops::RangeInclusive<i64>| match value {
        Some(value) if !range.contains(&value) => Err(Error::Invalid {
            pointer,
            detail: format!("must be from {} to {}", range.start(), range.end()),
        }),
        _ => Ok(()),
    };
    within(
        "/sync_interval_minutes",
        settings.sync_interval_minutes,
        INTERVAL_MINUTES,
    )?;
    within(
        "/sync_past_days",
        settings.sync_past_days,
        0..=MIRROR_PAST_DAYS,
    )?;
    within(
        "/sync_future_days",
        settings.sync_future_days,
        1..=MIRROR_FUTURE_DAYS,
    )
}

/// A reference to another workspace's client looks like one that is not there.
pub(super) fn reference(error: store::Error) -> Error {
    match error {
        store::Error::Reference => Error::UnknownReference,
        other => other.into(),
    }
}
