//! Changes how a calendar is synced and what its events become.

use daybook_domain::CalendarId;
use daybook_domain::calendar::{INTERVAL_MINUTES, MIRROR_FUTURE_DAYS, MIRROR_PAST_DAYS};
use daybook_store as store;
use jiff::SignedDuration;
use store::calendars::{Calendar, Settings};

use super::{Error, changeable, filters};
use crate::jobs::sync_calendar::{self, When};
use crate::{Context, Principal, push};

/// Changes the settings of calendar `id`, and switches its syncing on or off when `enabled` says so.
///
/// # Errors
/// [`Error::Invalid`] for values out of range, [`Error::UnknownReference`] for a client or project that is not there.
pub async fn update(
    cx: &Context,
    who: &Principal,
    id: CalendarId,
    mut settings: Settings,
    enabled: Option<bool>,
) -> Result<Calendar, Error> {
    check(&settings)?;
    settings.billing_filters = match settings.billing_filters.take() {
        // Filters that leave nothing out are none.
        Some(Some(asked)) => Some(Some(filters::checked(cx, asked)?).filter(|one| !one.is_empty())),
        other => other,
    };
    let before = changeable(cx, who, id).await?;
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let after = store::calendars::update_settings(&mut tx, who.workspace_id, id, &settings)
        .await
        .map_err(reference)?;
    if let (Some(minutes), Some(planned), Some(last)) = (
        settings.sync_interval_minutes,
        after.next_sync_at,
        after.last_sync_at,
    ) {
        // A shorter interval counts from the last sync, not from the next one.
        let due = last
            .saturating_add(SignedDuration::from_mins(minutes))
            .unwrap_or(planned);
        store::calendars::schedule_sync(&mut tx, who.workspace_id, id, due.min(planned)).await?;
    }
    // Whoever switches off what Daybook gave up has decided that it does not count.
    let decides = |enabled: &bool| *enabled != before.sync_enabled || before.is_given_up();
    if let Some(enabled) = enabled.filter(decides) {
        switch(&mut tx, who, id, enabled).await?;
    }
    let after = store::calendars::get(&mut tx, who.workspace_id, id).await?;
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
    changeable(cx, who, id).await?;
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let after = switch(&mut tx, who, id, enabled).await?;
    tx.commit().await?;
    Ok(after)
}

async fn switch(
    tx: &mut store::Tx,
    who: &Principal,
    id: CalendarId,
    enabled: bool,
) -> store::Result<Calendar> {
    let after = store::calendars::set_enabled(tx, who.workspace_id, id, enabled).await?;
    if enabled {
        sync_calendar::enqueue(tx, who.workspace_id, id, false, When::Now).await?;
    } else {
        push::release(tx, who.workspace_id, id).await?;
    }
    Ok(after)
}

fn check(settings: &Settings) -> Result<(), Error> {
    let within = |pointer: &'static str,
                  value: Option<i64>,
                  range: std::ops::RangeInclusive<i64>| match value {
        Some(value) if !range.contains(&value) => Err(Error::Invalid {
            pointer: pointer.into(),
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
