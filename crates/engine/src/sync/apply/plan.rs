//! What is to be done about a page, and how it counts.

use std::collections::{BTreeSet, HashSet};

use daybook_domain::EventId;
use daybook_domain::event::{ProviderEvent, Role, Status};
use daybook_domain::sync::Statistics;
use daybook_store as store;
use store::events::{EventState, Kind};

use super::told::{States, Telling, Told};
use crate::sync::pieces;

/// What is to be done.
#[derive(Default)]
pub(super) struct Plan<'a> {
    /// New and changed events, their hashes and tags.
    pub(super) write: Vec<(&'a ProviderEvent, [u8; 32], Option<&'a str>)>,
    /// Rows to mark as told.
    pub(super) touch: Vec<EventId>,
    /// Rows that go.
    pub(super) delete: BTreeSet<String>,
    /// Series whose instances must be drawn again, by the master's provider id.
    pub(super) touched: BTreeSet<String>,
    /// Singles that can be drawn from what was told, and whether they replace instances.
    pub(super) singles: Vec<(&'a ProviderEvent, bool)>,
    /// All rows told.
    pub(super) seen: HashSet<EventId>,
    pub(super) created: u64,
    pub(super) updated: u64,
    pub(super) deleted: u64,
    pub(super) unchanged: u64,
    pub(super) all_day: u64,
}

impl<'a> Plan<'a> {
    pub(super) fn make(
        told: &Told<'a>,
        states: &'a States,
        full: bool,
        calendar: daybook_domain::CalendarId,
    ) -> Self {
        let mut plan = Plan::default();
        for telling in told.upserts.values() {
            plan.upsert(telling, states, full, calendar);
        }
        plan.removals(told, states);
        for name in told.unchanged {
            let rows: Vec<&EventState> = states
                .by_id
                .get(name.as_str())
                .filter(|state| state.resource.is_none())
                .into_iter()
                .chain(states.rows_of(name))
                // Of a resource that was read in part, some events are told anew.
                .filter(|state| !told.upserts.contains_key(state.provider_event_id.as_str()))
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

    pub(super) fn upsert(
        &mut self,
        &Telling { event, etag, hash }: &Telling<'a>,
        states: &States,
        full: bool,
        calendar: daybook_domain::CalendarId,
    ) {
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
    pub(super) fn count_new(&mut self, event: &ProviderEvent, full: bool) {
        match (&event.role, event.status) {
            (Role::Override { .. }, Status::Cancelled) if !full => self.deleted += 1,
            (Role::Override { .. }, _) if !full => self.updated += 1,
            _ => self.created += 1,
        }
    }

    pub(super) fn removals(&mut self, told: &Told<'_>, states: &States) {
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

    pub(super) fn remove(&mut self, state: &EventState) {
        if !self.delete.insert(state.provider_event_id.clone()) {
            return;
        }
        self.deleted += 1;
        self.touched.insert(
            state
                .series_provider_id
                .clone()
                .unwrap_or_else(|| state.provider_event_id.clone()),
        );
    }

    pub(super) fn count(&self, statistics: &mut Statistics) {
        statistics.created += self.created;
        statistics.updated += self.updated;
        statistics.deleted += self.deleted;
        statistics.unchanged += self.unchanged;
        statistics.skipped_all_day += self.all_day;
    }
}
