//! Writes one page of a sync in one transaction, if this sync still holds the calendar: events that changed, the instances
//! of the series they touch, and with the last page what was not told, the cursor and the statistics.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use daybook_domain::activity::LogType;
use daybook_domain::calendar::{MIRROR_FUTURE_DAYS, MIRROR_PAST_DAYS};
use daybook_domain::event::{Change, ProviderEvent, Role, Status};
use daybook_domain::sync::Statistics;
use daybook_domain::{EventId, zone::Zone};
use daybook_provider_api::calendar::Page;
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::Tx;
use store::events::{Event, EventState, Kind, NewEvent};
use store::instances::NewInstance;

use super::expand::{self, Master, Replacement, span_of};
use super::run::{Run, changes, lease_time};
use super::{Error, pieces};
use crate::Context;
use crate::activity::Line;
use crate::connections::outcome;

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
    let mut tx = cx.store.write().await?;
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
    let cursor = match &finish {
        Some(finish) => finish.cursor.clone(),
        None => calendar.cursor.clone(),
    };
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

/// A page's changes, the last telling of each.
#[derive(Default)]
struct Told<'a> {
    upserts: BTreeMap<&'a str, (&'a ProviderEvent, Option<&'a str>)>,
    removed: BTreeSet<&'a str>,
    /// Resources that hold exactly the upserts that name them.
    resources: BTreeSet<&'a str>,
    removed_resources: BTreeSet<&'a str>,
    /// Provider ids or hrefs.
    unchanged: &'a [String],
}

impl<'a> Told<'a> {
    fn of(page: &'a Page) -> Self {
        let mut told = Self {
            unchanged: &page.unchanged,
            ..Self::default()
        };
        for change in &page.changes {
            match change {
                Change::Upsert(event) => told.upsert(event, event.etag.as_deref()),
                Change::Removed { provider_id } => {
                    told.upserts.remove(provider_id.as_str());
                    told.removed.insert(provider_id);
                }
                Change::Resource { href, etag, events } => {
                    told.forget_resource(href);
                    told.resources.insert(href);
                    for event in events {
                        told.upsert(event, etag.as_deref().or(event.etag.as_deref()));
                    }
                }
                Change::ResourceRemoved { href } => {
                    told.forget_resource(href);
                    told.removed_resources.insert(href);
                }
            }
        }
        told
    }

    fn upsert(&mut self, event: &'a ProviderEvent, etag: Option<&'a str>) {
        self.removed.remove(event.provider_id.as_str());
        self.upserts.insert(&event.provider_id, (event, etag));
    }

    fn forget_resource(&mut self, href: &str) {
        self.upserts
            .retain(|_, (event, _)| event.resource.as_deref() != Some(href));
        self.resources.remove(href);
        self.removed_resources.remove(href);
    }
}

/// What the mirror holds of what was told.
struct States {
    by_id: HashMap<String, EventState>,
    /// Rows of resources that were told again, are gone, or are unchanged.
    by_resource: HashMap<String, Vec<String>>,
    /// Overrides that go with a removed master.
    orphans: HashMap<String, EventState>,
}

impl States {
    async fn load(tx: &mut Tx, run: &Run<'_>, told: &Told<'_>) -> store::Result<Self> {
        let (workspace, id) = (run.calendar.workspace_id, run.calendar.id);
        let unchanged = told.unchanged.iter().map(String::as_str);
        let ids: Vec<&str> = told
            .upserts
            .keys()
            .chain(&told.removed)
            .copied()
            .chain(unchanged.clone())
            .collect();
        let hrefs: Vec<&str> = told
            .resources
            .iter()
            .chain(&told.removed_resources)
            .copied()
            .chain(unchanged)
            .collect();
        let mut states = Self {
            by_id: HashMap::new(),
            by_resource: HashMap::new(),
            orphans: HashMap::new(),
        };
        for state in store::events::load_by_provider_ids(tx, workspace, id, &ids).await? {
            states.by_id.insert(state.provider_event_id.clone(), state);
        }
        for state in store::events::load_by_resources(tx, workspace, id, &hrefs).await? {
            let href = state.resource.clone().unwrap_or_default();
            states
                .by_resource
                .entry(href)
                .or_default()
                .push(state.provider_event_id.clone());
            states.by_id.insert(state.provider_event_id.clone(), state);
        }
        let masters: Vec<&str> = told
            .removed
            .iter()
            .copied()
            .filter(|id| {
                states
                    .by_id
                    .get(*id)
                    .is_some_and(|state| state.kind == Kind::Master)
            })
            .collect();
        if !masters.is_empty() {
            states.load_orphans(tx, run, &masters).await?;
        }
        Ok(states)
    }

    async fn load_orphans(
        &mut self,
        tx: &mut Tx,
        run: &Run<'_>,
        masters: &[&str],
    ) -> store::Result<()> {
        let rows =
            store::events::series_rows(tx, run.calendar.workspace_id, run.calendar.id, masters)
                .await?;
        let ids: Vec<&str> = rows
            .iter()
            .map(|row| row.event.provider_id.as_str())
            .collect();
        for state in store::events::load_by_provider_ids(
            tx,
            run.calendar.workspace_id,
            run.calendar.id,
            &ids,
        )
        .await?
        {
            if state.kind == Kind::Override {
                self.orphans.insert(state.provider_event_id.clone(), state);
            }
        }
        Ok(())
    }

    fn rows_of<'s>(&'s self, href: &str) -> impl Iterator<Item = &'s EventState> {
        self.by_resource
            .get(href)
            .into_iter()
            .flatten()
            .filter_map(|id| self.by_id.get(id))
    }
}

/// What is to be done.
#[derive(Default)]
struct Plan<'a> {
    /// New and changed events, their hashes and tags.
    write: Vec<(&'a ProviderEvent, [u8; 32], Option<&'a str>)>,
    /// Rows to mark as told.
    touch: Vec<EventId>,
    /// Rows that go.
    delete: Vec<String>,
    /// Series whose instances must be drawn again, by the master's provider id.
    touched: BTreeSet<String>,
    /// Singles that can be drawn from what was told, and whether they replace instances.
    singles: Vec<(&'a ProviderEvent, bool)>,
    /// All rows told.
    seen: HashSet<EventId>,
    created: u64,
    updated: u64,
    deleted: u64,
    unchanged: u64,
    all_day: u64,
}

impl<'a> Plan<'a> {
    fn make(
        told: &Told<'a>,
        states: &'a States,
        full: bool,
        calendar: daybook_domain::CalendarId,
    ) -> Self {
        let mut plan = Plan::default();
        for (event, etag) in told.upserts.values() {
            plan.upsert(event, *etag, states, full, calendar);
        }
        plan.removals(told, states);
        for name in told.unchanged {
            let rows: Vec<&EventState> = states
                .by_id
                .get(name.as_str())
                .filter(|state| state.resource.is_none())
                .into_iter()
                .chain(states.rows_of(name))
                .collect();
            for state in rows {
                plan.unchanged += 1;
                plan.all_day += u64::from(state.all_day && state.status != Status::Cancelled);
                plan.seen.insert(state.id);
                plan.touch.push(state.id);
            }
        }
        plan
    }

    fn upsert(
        &mut self,
        event: &'a ProviderEvent,
        etag: Option<&'a str>,
        states: &States,
        full: bool,
        calendar: daybook_domain::CalendarId,
    ) {
        let hash = pieces::content_hash(event);
        let state = states.by_id.get(&event.provider_id);
        self.seen.insert(EventId::of(calendar, &event.provider_id));
        self.all_day += u64::from(event.start.is_all_day() && event.status != Status::Cancelled);
        match state {
            Some(state) if state.content_hash == hash => {
                self.unchanged += 1;
                if state.etag.as_deref() == etag {
                    self.touch.push(state.id);
                } else {
                    self.write.push((event, hash, etag));
                }
                return;
            }
            Some(_) if event.status == Status::Cancelled => self.deleted += 1,
            Some(_) => self.updated += 1,
            None => self.count_new(event, full),
        }
        self.write.push((event, hash, etag));
        let was_single = state.is_none_or(|state| state.kind == Kind::Single);
        match &event.role {
            Role::Single if was_single => self.singles.push((event, state.is_some())),
            _ => {
                self.touched.insert(pieces::series_of(event).to_owned());
                // A row that moved to another series, or changed its part, leaves its old one to be drawn again.
                self.touched
                    .extend(state.and_then(|state| state.series_provider_id.clone()));
                self.touched.extend(
                    state
                        .filter(|state| state.kind != Kind::Override)
                        .map(|state| state.provider_event_id.clone()),
                );
            }
        }
    }

    /// An occurrence that is changed or cancelled for the first time was in the mirror before, as part of its series.
    fn count_new(&mut self, event: &ProviderEvent, full: bool) {
        match (&event.role, event.status) {
            (Role::Override { .. }, Status::Cancelled) if !full => self.deleted += 1,
            (Role::Override { .. }, _) if !full => self.updated += 1,
            _ => self.created += 1,
        }
    }

    fn removals(&mut self, told: &Told<'_>, states: &States) {
        let kept: HashSet<&str> = told.upserts.keys().copied().collect();
        for provider_id in &told.removed {
            if let Some(state) = states.by_id.get(*provider_id) {
                self.remove(state);
                let orphans = states
                    .orphans
                    .values()
                    .filter(|orphan| orphan.series_provider_id.as_deref() == Some(*provider_id));
                for orphan in
                    orphans.filter(|orphan| !kept.contains(orphan.provider_event_id.as_str()))
                {
                    self.remove(orphan);
                }
            }
        }
        for href in &told.removed_resources {
            for state in states.rows_of(href) {
                self.remove(state);
            }
        }
        for href in &told.resources {
            for state in states
                .rows_of(href)
                .filter(|state| !kept.contains(state.provider_event_id.as_str()))
            {
                self.remove(state);
            }
        }
    }

    fn remove(&mut self, state: &EventState) {
        if self.delete.contains(&state.provider_event_id) {
            return;
        }
        self.deleted += 1;
        self.delete.push(state.provider_event_id.clone());
        self.touched.insert(
            state
                .series_provider_id
                .clone()
                .unwrap_or_else(|| state.provider_event_id.clone()),
        );
    }

    fn count(&self, statistics: &mut Statistics) {
        statistics.created += self.created;
        statistics.updated += self.updated;
        statistics.deleted += self.deleted;
        statistics.unchanged += self.unchanged;
        statistics.skipped_all_day += self.all_day;
    }
}

async fn write_events(tx: &mut Tx, run: &Run<'_>, plan: &Plan<'_>) -> store::Result<()> {
    let (workspace, id) = (run.calendar.workspace_id, run.calendar.id);
    let zone = pieces::zone_of(run.calendar);
    let gone: Vec<&str> = plan.delete.iter().map(String::as_str).collect();
    store::events::delete_by_provider_ids(tx, workspace, id, &gone).await?;
    let tagged: Vec<ProviderEvent> = plan
        .write
        .iter()
        .map(|(event, _, etag)| ProviderEvent {
            etag: etag.map(str::to_owned),
            ..(*event).clone()
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
