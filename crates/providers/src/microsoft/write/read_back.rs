//! What the mirror is told after a write: of a series always the whole, read from the calendar itself, because one changed
//! occurrence says nothing about the others. The write has happened by then: what cannot be read is left to the next sync.

use std::ops::Range;

use daybook_domain::calendar::{MIRROR_FUTURE_DAYS, MIRROR_PAST_DAYS};
use daybook_domain::event::{Change, Role};
use daybook_domain::zone::Zone;
use daybook_provider_api::calendar::write::{Place, Written};
use daybook_provider_api::{Result, Session};
use jiff::{SignedDuration, Timestamp};

use super::super::calls::{calendar_view, event};
use super::super::changes::whole_days;
use super::super::map::{self, Part, series};
use super::super::{errors, wire};

/// Exceptions of one series that are read in full; further ones keep what the listing tells.
const EXCEPTIONS: usize = 50;

/// The event as Graph answered it, for the mirror.
pub(super) async fn written(session: &Session<'_>, place: &Place, event: wire::Event) -> Written {
    let home = map::home(&place.default_zone);
    let link = event
        .online_meeting
        .as_ref()
        .and_then(|meeting| meeting.join_url.as_deref());
    let conference_pending =
        event.is_online_meeting == Some(true) && link.is_none_or(str::is_empty);
    let provider_id = event.id.clone().unwrap_or_default();
    let changes = match (map::part(&event), event.series_master_id.clone()) {
        (Part::Single, _) => map::single(&event, &home).into_iter().collect(),
        (Part::Master, _) => whole(session, place, event, &home).await,
        (_, Some(series)) => series_changes(session, place, &series).await,
        (_, None) => Vec::new(),
    };
    Written {
        changes,
        provider_id,
        conference_pending,
    }
}

/// What a series looks like now.
pub(super) async fn series_changes(
    session: &Session<'_>,
    place: &Place,
    series: &str,
) -> Vec<Change> {
    let home = map::home(&place.default_zone);
    match event::get(session, &place.calendar, series).await {
        Ok(master) => whole(session, place, master, &home).await,
        Err(error) if errors::is_gone(&error) => vec![Change::Removed {
            provider_id: series.to_owned(),
        }],
        Err(_) => Vec::new(),
    }
}

/// A series and its occurrences in the mirror's window; the master alone when they cannot be read.
async fn whole(
    session: &Session<'_>,
    place: &Place,
    master: wire::Event,
    home: &Zone,
) -> Vec<Change> {
    let Some(id) = master.id.clone() else {
        return Vec::new();
    };
    let window = mirror_window(session.egress.now());
    if let Ok(rows) = rows(session, place, &id, master.clone(), &window).await {
        let events = series::events(&id, &rows, &window, home);
        // None where its rule has some: all of them were taken out, and nothing of it is left.
        if !events.is_empty() || series::is_doubtful(&rows, &window, home) {
            return vec![Change::Resource {
                href: id,
                etag: None,
                events,
            }];
        }
    }
    let role = Role::Master {
        recurrence: series::lines(&master, home),
    };
    let alone = map::provider_event(&master, role, &id, None, home);
    alone
        .map(|event| Change::Upsert(Box::new(event)))
        .into_iter()
        .collect()
}

async fn rows(
    session: &Session<'_>,
    place: &Place,
    id: &str,
    master: wire::Event,
    window: &Range<Timestamp>,
) -> Result<series::Rows> {
    let mut rows = series::Rows {
        master: Some(master),
        ..series::Rows::default()
    };
    let view = calendar_view::all(session, &place.calendar, window, calendar_view::PLACES).await?;
    for row in view
        .into_iter()
        .filter(|row| row.series_master_id.as_deref() == Some(id))
    {
        let Some(own) = row.id.clone() else {
            continue;
        };
        if map::part(&row) == Part::Occurrence {
            rows.plain.insert(own, row);
            continue;
        }
        let complete = match rows.exceptions.len() < EXCEPTIONS {
            true => event::get(session, &place.calendar, &own).await?,
            false => row,
        };
        rows.exceptions.insert(own, complete);
    }
    Ok(rows)
}

/// What the mirror keeps, in whole days.
fn mirror_window(now: Timestamp) -> Range<Timestamp> {
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let start = now.saturating_sub(days(MIRROR_PAST_DAYS)).unwrap_or(now);
    let end = now.saturating_add(days(MIRROR_FUTURE_DAYS)).unwrap_or(now);
    whole_days(&(start..end))
}
