//! Writes one page of a sync in one transaction, if this sync still holds the calendar: events that changed, the instances
//! of the series they touch, and with the last page what was not told, the cursor and the statistics.

mod plan;
mod report;
mod told;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use daybook_domain::activity::LogType;
use daybook_domain::calendar::{MIRROR_FUTURE_DAYS, MIRROR_PAST_DAYS};
use daybook_domain::event::{ProviderEvent, Role};
use daybook_domain::sync::{Statistics, next_due, pace, scattered_due};
use daybook_domain::{EventId, zone::Zone};
use daybook_provider_api::calendar::Page;
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::Tx;
use store::calendars::Calendar;
use store::events::{Event, NewEvent};
use store::instances::NewInstance;

use super::expand::{self, Master, Replacement, span_of};
use super::run::{Run, lease_time};
use super::{Error, pieces};
use crate::Context;
use crate::activity::Line;
use crate::connections::outcome;
use crate::jobs::watch_calendar;
use crate::push;
use plan::Plan;
use report::report;
use told::{States, Told};

/// What comes with the last page.
pub(super) struct Finish {
    /// Where the next read starts.
    pub(super) cursor: Option<String>,
    /// Whether what was not told is gone.
    pub(super) sweep: bool,
    /// Where this is said, single events that were over by then stay: the read could not tell of them.
    pub(super) sweep_from: Option<Timestamp>,
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
    let mut gone = told_gone(&mut tx, run, &plan).await?;
    write_events(&mut tx, run, &plan).await?;
    let mut touched = plan.touched.clone();
    if let Some(finish) = finish.as_ref().filter(|finish| finish.sweep) {
        let swept = sweep(&mut tx, run, finish.sweep_from, &mut statistics).await?;
        touched.extend(swept.series);
        gone.extend(swept.lost);
    }
    report(&mut tx, run, &plan, &states, &gone).await?;
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
    if finish.is_some() {
        statistics.duration_ms = elapsed_ms(cx, run.started);
        complete(&mut tx, run, &statistics).await?;
    }
    tx.commit().await?;
    run.statistics = statistics;
    run.seen.extend(plan.seen);
    Ok(())
}

/// Writes what changed, and nothing about the read itself.
pub(super) async fn changes_of(tx: &mut Tx, run: &Run<'_>, page: &Page) -> store::Result<()> {
    let told = Told::of(page);
    let states = States::load(tx, run, &told).await?;
    let plan = Plan::make(&told, &states, false, run.calendar.id);
    write_events(tx, run, &plan).await?;
    let touched = plan.touched.clone();
    draw(tx, run, &plan, &touched).await
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

/// What a provider that tells a window surely tells of, if it is there: a day less at either end, as providers say differently where whole
/// days begin. What lies outside is not told, or is told to be gone, and may still be there.
fn surely_told(run: &Run<'_>, from: Timestamp) -> (Timestamp, Timestamp) {
    let day = SignedDuration::from_hours(24);
    let until = window(run.started).end;
    (
        from.saturating_add(day).unwrap_or(from),
        until.saturating_sub(day).unwrap_or(until),
    )
}

/// What is gone at the provider of that which the page says is, by its ids.
async fn told_gone(tx: &mut Tx, run: &Run<'_>, plan: &Plan<'_>) -> store::Result<Vec<String>> {
    let Some(from) = run.seen_from else {
        return Ok(plan.delete.iter().cloned().collect());
    };
    let ids: Vec<&str> = plan.delete.iter().map(String::as_str).collect();
    let (workspace, id) = (run.calendar.workspace_id, run.calendar.id);
    store::events::within(tx, workspace, id, &ids, surely_told(run, from)).await
}

/// What went because a complete read did not tell it.
struct Swept {
    /// The series it belonged to.
    series: Vec<String>,
    /// Singles and series that are gone at the provider, by its ids.
    lost: Vec<String>,
}

/// Removes what a complete read did not tell.
async fn sweep(
    tx: &mut Tx,
    run: &Run<'_>,
    from: Option<Timestamp>,
    statistics: &mut Statistics,
) -> store::Result<Swept> {
    let (workspace, id, generation) = (run.calendar.workspace_id, run.calendar.id, run.generation);
    let (gone, lost) = match from {
        Some(from) => {
            let sure = surely_told(run, from);
            let lost = store::events::missed_within(tx, workspace, id, generation, sure).await?;
            let gone = store::events::sweep_since(tx, workspace, id, generation, from).await?;
            (gone, lost)
        }
        None => {
            let gone = store::events::sweep(tx, workspace, id, generation).await?;
            let own = gone.iter().filter(|row| row.series_provider_id.is_none());
            let lost = own.map(|row| row.provider_event_id.clone()).collect();
            (gone, lost)
        }
    };
    statistics.deleted += gone.len() as u64;
    let series = gone
        .into_iter()
        .map(|row| row.series_provider_id.unwrap_or(row.provider_event_id))
        .collect();
    Ok(Swept { series, lost })
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
async fn complete(tx: &mut Tx, run: &Run<'_>, statistics: &Statistics) -> store::Result<()> {
    let (workspace, calendar) = (run.calendar.workspace_id, run.calendar);
    let next_at = next_poll(run.cx, calendar, statistics);
    store::calendars::mark_sync_ok(tx, workspace, calendar.id, statistics, next_at).await?;
    if push::should_watch(run.cx, calendar) {
        watch_calendar::enqueue(tx, workspace, calendar.id, None).await?;
    }
    if statistics.full {
        store::calendars::set_expanded_until(
            tx,
            workspace,
            calendar.id,
            calendar.time_zone.as_deref(),
            window(run.cx.clock.now()).end,
        )
        .await?;
    }
    let connection = store::connections::get(tx, workspace, calendar.connection_id).await?;
    outcome::succeeded(tx, &connection).await?;
    if run.ask.by_hand || statistics.full || statistics.changes() > 0 {
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

/// When the calendar is polled again, by how lively it is and whether its provider tells of changes.
fn next_poll(cx: &Context, calendar: &Calendar, statistics: &Statistics) -> Timestamp {
    let now = cx.clock.now();
    let news = !statistics.full && statistics.changes() > 0;
    let changed_at = if news { Some(now) } else { calendar.changed_at };
    let watched = cx.settings.push && calendar.push_expires_at.is_some_and(|at| now < at);
    let floor = cx.registry.get(&calendar.provider).map_or(0, |entry| {
        i64::from(entry.provider.manifest().limits.min_poll_minutes)
    });
    let minutes = pace(
        calendar.sync_interval_minutes,
        floor,
        watched,
        changed_at.map(|at| now.duration_since(at)),
    );
    if statistics.full || is_late(calendar, now) {
        return scattered_due(now, minutes, cx.ids.fraction());
    }
    next_due(now, minutes, cx.ids.fraction())
}

/// Whether polls were missed: the server was down, or did not get to it. Then others were missed too, and come with this one.
fn is_late(calendar: &Calendar, now: Timestamp) -> bool {
    let late = SignedDuration::from_mins(calendar.sync_interval_minutes.saturating_mul(3));
    calendar
        .last_sync_at
        .is_some_and(|last| now.duration_since(last) > late)
}

fn elapsed_ms(cx: &Context, started: Timestamp) -> u64 {
    u64::try_from(cx.clock.now().duration_since(started).as_millis()).unwrap_or(0)
}
