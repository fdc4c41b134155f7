//! Writes one page of a sync in one transaction, if this sync still holds the calendar: events that changed, the instances
//! of the series they touch, and with the last page what was not told, the cursor and the statistics.

mod plan;
mod told;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use daybook_domain::activity::LogType;
use daybook_domain::calendar::{MIRROR_FUTURE_DAYS, MIRROR_PAST_DAYS};
use daybook_domain::event::{ProviderEvent, Role};
use daybook_domain::sync::Statistics;
use daybook_domain::{EventId, zone::Zone};
use daybook_provider_api::calendar::Page;
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::Tx;
use store::events::{Event, NewEvent};
use store::instances::NewInstance;

use super::expand::{self, Master, Replacement, span_of};
use super::run::{Run, changes, lease_time};
use super::{Error, pieces};
use crate::Context;
use crate::activity::Line;
use crate::connections::outcome;
use plan::Plan;
use told::{States, Told};

/// What comes with the last page.
pub(super) struct Finish {
    /// Where the next read starts.
    pub(super) cursor: Option<String>,
    /// Whether what was not told is gone.
    pub(super) sweep: bool,
    /// When the next poll is due.
    pub(super) next_at: Timestamp,
}

/// The window for which series are expanded.
pub(super) fn window(now: Timestamp) -> std::ops::Range<Timestamp> {
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    now.saturating_sub(days(MIRROR_PAST_DAYS)).unwrap_or(now)
        ..now.saturating_add(days(MIRROR_FUTURE_DAYS)).unwrap_or(now)
}

/// Writes a page.
pub(super) async fn page(
    run: &mut Run<'_>,
    page: &Page,
    full: bool,
    finish: Option<Finish>,
) -> Result<(), Error> {
    let (cx, calendar) = (run.cx, run.calendar);
    let (workspace, id) = (calendar.workspace_id, calendar.id);
    let told = Told::of(page);
    let mut tx = cx.store.write_in(workspace).await?;
    let states = States::load(&mut tx, run, &told).await?;
    let plan = Plan::make(&told, &states, full, id);
    let mut statistics = run.statistics;
    plan.count(&mut statistics);
    write_events(&mut tx, run, &plan).await?;
    let mut touched = plan.touched.clone();
    if finish.as_ref().is_some_and(|finish| finish.sweep) {
        touched.extend(sweep(&mut tx, run, &mut statistics).await?);
    }
    draw(&mut tx, run, &plan, &touched).await?;
    // A read that ends in the middle leaves rows that the old cursor does not know of; a server need not tell that they went
    // (RFC 6578 §3.5.2). So between pages there is no cursor, and what follows such an end is a full read.
    let cursor = finish.as_ref().and_then(|finish| finish.cursor.clone());
    if !store::calendars::save_cursor(
        &mut tx,
        workspace,
        id,
        run.fence,
        cursor.as_deref(),
        lease_time(cx),
    )
    .await?
    {
        return Err(Error::LostLease);
    }
    if let Some(finish) = finish {
        statistics.duration_ms = elapsed_ms(cx, run.started);
        complete(&mut tx, run, &statistics, &finish).await?;
    }
    tx.commit().await?;
    run.statistics = statistics;
    run.seen.extend(plan.seen);
    Ok(())
}

async fn write_events(tx: &mut Tx, run: &Run<'_>, plan: &Plan<'_>) -> store::Result<()> {
    let (workspace, id) = (run.calendar.workspace_id, run.calendar.id);
    let zone = pieces::zone_of(run.calendar);
    let gone: Vec<&str> = plan.delete.iter().map(String::as_str).collect();
    store::events::delete_by_provider_ids(tx, workspace, id, &gone).await?;
    // A resource has one version tag for all its events; an event that has its own is not copied.
    let tagged: Vec<Cow<'_, ProviderEvent>> = plan
        .write
        .iter()
        .map(|(event, _, etag)| {
            if event.etag.as_deref() == *etag {
                return Cow::Borrowed(*event);
            }
            Cow::Owned(ProviderEvent {
                etag: etag.map(str::to_owned),
                ..(*event).clone()
            })
        })
        .collect();
    let keys: Vec<Option<String>> = tagged
        .iter()
        .map(|event| pieces::original_key(event).map(|key| key.to_string()))
        .collect();
    let rows: Vec<NewEvent<'_>> = tagged
        .iter()
        .zip(&plan.write)
        .zip(&keys)
        .map(|((event, (_, hash, _)), key)| {
            let span = span_of(&event.start, &event.end, &zone);
            NewEvent {
                event,
                start: span.start,
                end: span.end,
                original_key: key.as_deref(),
                content_hash: hash,
            }
        })
        .collect();
    store::events::upsert_batch(tx, workspace, id, run.generation, &rows).await?;
    store::events::touch_generation(tx, workspace, &plan.touch, run.generation).await
}

/// Removes what a complete read did not tell; returns the series it belonged to.
async fn sweep(
    tx: &mut Tx,
    run: &Run<'_>,
    statistics: &mut Statistics,
) -> store::Result<Vec<String>> {
    let gone = store::events::sweep(
        tx,
        run.calendar.workspace_id,
        run.calendar.id,
        run.generation,
    )
    .await?;
    statistics.deleted += gone.len() as u64;
    Ok(gone
        .into_iter()
        .map(|row| row.series_provider_id.unwrap_or(row.provider_event_id))
        .collect())
}

/// Draws the instances again of everything that was touched.
async fn draw(
    tx: &mut Tx,
    run: &Run<'_>,
    plan: &Plan<'_>,
    touched: &BTreeSet<String>,
) -> store::Result<()> {
    let (workspace, id) = (run.calendar.workspace_id, run.calendar.id);
    let zone = pieces::zone_of(run.calendar);
    let mut replaced: Vec<EventId> = Vec::new();
    let mut rows: Vec<NewInstance> = Vec::new();
    for (event, known) in plan
        .singles
        .iter()
        .filter(|(event, _)| !touched.contains(&event.provider_id))
    {
        let piece = pieces::piece(id, event);
        if *known {
            replaced.push(piece.id);
        }
        rows.extend(expand::single(&piece, &zone).map(pieces::row));
    }
    let (series_replaced, series_rows) = draw_series(tx, run, touched, &zone).await?;
    replaced.extend(series_replaced);
    rows.extend(series_rows);
    store::instances::replace_for_events(tx, workspace, id, &replaced, &rows).await
}

/// The rows whose instances go, and the instances that come, for these series.
async fn draw_series(
    tx: &mut Tx,
    run: &Run<'_>,
    touched: &BTreeSet<String>,
    zone: &Zone,
) -> store::Result<(Vec<EventId>, Vec<NewInstance>)> {
    let (workspace, id) = (run.calendar.workspace_id, run.calendar.id);
    let names: Vec<&str> = touched.iter().map(String::as_str).collect();
    let events = store::events::series_rows(tx, workspace, id, &names).await?;
    Ok(expand_all(
        run.calendar.id,
        &events,
        touched,
        zone,
        &window(run.cx.clock.now()),
    ))
}

/// Expands series from their stored events.
pub(super) fn expand_all(
    calendar: daybook_domain::CalendarId,
    events: &[Event],
    names: &BTreeSet<String>,
    zone: &Zone,
    window: &std::ops::Range<Timestamp>,
) -> (Vec<EventId>, Vec<NewInstance>) {
    let mut replaced: HashSet<EventId> = names
        .iter()
        .map(|name| EventId::of(calendar, name))
        .collect();
    replaced.extend(events.iter().map(|event| event.id));
    let mut overrides: HashMap<&str, Vec<Replacement>> = HashMap::new();
    let mut masters: HashMap<&str, Master> = HashMap::new();
    let mut rows = Vec::new();
    let mut once = HashSet::new();
    for stored in events.iter().filter(|stored| once.insert(stored.id)) {
        let event = &stored.event;
        match &event.role {
            Role::Override { series, .. } => overrides
                .entry(series)
                .or_default()
                .extend(pieces::replacement(calendar, event)),
            Role::Master { recurrence } => {
                masters.insert(
                    &event.provider_id,
                    pieces::master(calendar, event, recurrence, zone),
                );
            }
            Role::Single => {
                rows.extend(expand::single(&pieces::piece(calendar, event), zone).map(pieces::row))
            }
        }
    }
    for name in names {
        let replacements = overrides.remove(name.as_str()).unwrap_or_default();
        let (drawn, warning) = expand::series(
            EventId::of(calendar, name),
            masters.get(name.as_str()),
            &replacements,
            zone,
            window,
        );
        if let Some(warning) = warning {
            tracing::warn!(calendar.id = %calendar, event.id = %EventId::of(calendar, name), warning, "a series could not be expanded completely");
        }
        rows.extend(drawn.into_iter().map(pieces::row));
    }
    let mut ids = HashSet::with_capacity(rows.len());
    rows.retain(|row| ids.insert(row.id));
    (replaced.into_iter().collect(), rows)
}

/// The calendar is up to date: says so, in the transaction that made it so.
async fn complete(
    tx: &mut Tx,
    run: &Run<'_>,
    statistics: &Statistics,
    finish: &Finish,
) -> store::Result<()> {
    let (workspace, calendar) = (run.calendar.workspace_id, run.calendar);
    store::calendars::mark_sync_ok(tx, workspace, calendar.id, statistics, finish.next_at).await?;
    if statistics.full {
        store::calendars::set_expanded_until(
            tx,
            workspace,
            calendar.id,
            window(run.cx.clock.now()).end,
        )
        .await?;
    }
    let connection = store::connections::get(tx, workspace, calendar.connection_id).await?;
    outcome::succeeded(tx, &connection).await?;
    if run.ask.by_hand || statistics.full || changes(statistics) > 0 {
        let title = format!(
            "{} was synced: {} new, {} changed, {} gone",
            calendar.name, statistics.created, statistics.updated, statistics.deleted
        );
        Line::new(LogType::CalendarSync, title)
            .about(
                &calendar.provider,
                calendar.connection_id,
                calendar.member_id,
            )
            .calendar(calendar.id)
            .detail(json!(statistics))
            .took(statistics.duration_ms)
            .write(tx, workspace)
            .await?;
    }
    Ok(())
}

fn elapsed_ms(cx: &Context, started: Timestamp) -> u64 {
    u64::try_from(cx.clock.now().duration_since(started).as_millis()).unwrap_or(0)
}
