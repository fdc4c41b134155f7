//! What a page tells, and what the mirror holds of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use daybook_domain::event::{Change, ProviderEvent};
use daybook_provider_api::calendar::Page;
use daybook_store as store;
use store::Tx;
use store::events::{EventState, Kind};

use super::Run;
use crate::sync::pieces;

/// An event as a page tells it.
pub(super) struct Telling<'a> {
    pub(super) event: &'a ProviderEvent,
    /// Of its resource, else its own.
    pub(super) etag: Option<&'a str>,
    /// Of what it says; made here, before the transaction: while one writes, nobody else can.
    pub(super) hash: [u8; 32],
}

/// A page's changes, the last telling of each.
#[derive(Default)]
pub(super) struct Told<'a> {
    pub(super) upserts: BTreeMap<&'a str, Telling<'a>>,
    pub(super) removed: BTreeSet<&'a str>,
    /// Resources that hold exactly the upserts that name them.
    pub(super) resources: BTreeSet<&'a str>,
    pub(super) removed_resources: BTreeSet<&'a str>,
    /// Provider ids or hrefs.
    pub(super) unchanged: &'a [String],
}

impl<'a> Told<'a> {
    pub(super) fn of(page: &'a Page) -> Self {
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

    pub(super) fn upsert(&mut self, event: &'a ProviderEvent, etag: Option<&'a str>) {
        self.removed.remove(event.provider_id.as_str());
        let hash = pieces::content_hash(event);
        let telling = Telling { event, etag, hash };
        self.upserts.insert(&event.provider_id, telling);
    }

    /// The series of occurrences that are told without them, each once.
    fn series(&self) -> BTreeSet<&'a str> {
        let series = self
            .upserts
            .values()
            .map(|told| pieces::series_of(told.event));
        series
            .filter(|name| !self.upserts.contains_key(name))
            .collect()
    }

    pub(super) fn forget_resource(&mut self, href: &str) {
        self.upserts
            .retain(|_, told| told.event.resource.as_deref() != Some(href));
        self.resources.remove(href);
        self.removed_resources.remove(href);
    }
}

/// What the mirror holds of what was told.
pub(super) struct States {
    /// Also the series of occurrences that were told without them.
    pub(super) by_id: HashMap<String, EventState>,
    /// Rows of resources that were told again, are gone, or are unchanged.
    pub(super) by_resource: HashMap<String, Vec<String>>,
    /// Overrides that go with a removed master.
    pub(super) orphans: HashMap<String, EventState>,
}

impl States {
    pub(super) async fn load(tx: &mut Tx, run: &Run<'_>, told: &Told<'_>) -> store::Result<Self> {
        let (workspace, id) = (run.calendar.workspace_id, run.calendar.id);
        let unchanged = told.unchanged.iter().map(String::as_str);
        let ids: Vec<&str> = told
            .upserts
            .keys()
            .chain(&told.removed)
            .copied()
            .chain(unchanged.clone())
            .chain(told.series())
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

    pub(super) async fn load_orphans(
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

    pub(super) fn rows_of<'s>(&'s self, href: &str) -> impl Iterator<Item = &'s EventState> {
        self.by_resource
            .get(href)
            .into_iter()
            .flatten()
            .filter_map(|id| self.by_id.get(id))
    }
}
