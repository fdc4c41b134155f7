//! Finds what an id in a request means: a single event, a whole series, or one occurrence of it.

use daybook_domain::event::{EventTime, ProviderEvent, Role, Scope};
use daybook_domain::recurrence::OccurrenceKey;
use daybook_domain::zone::Zone;
use daybook_domain::{EventId, InstanceId, WorkspaceId};
use daybook_provider_api::calendar::write::Target;
use daybook_store as store;
use jiff::SignedDuration;
use store::calendars::Calendar;
use store::instances::InstanceView;
use uuid::Uuid;

use super::Error;
use super::check::invalid;
use crate::Context;

/// What an id means.
pub(super) struct Found {
    /// The id that was asked for.
    pub(super) id: Uuid,
    /// The single event or the series; for an invitation to one occurrence without its series, that occurrence's own row.
    pub(super) event: ProviderEvent,
    /// The mirror's id of it.
    pub(super) event_id: EventId,
    /// The occurrence, when the id names one of a series.
    pub(super) occurrence: Option<Occurrence>,
    /// What is meant.
    pub(super) scope: Scope,
    /// The zone of its wall times.
    pub(super) zone: Zone,
}

/// One occurrence of a series.
pub(super) struct Occurrence {
    pub(super) key: OccurrenceKey,
    /// What it says now.
    pub(super) view: InstanceView,
    /// The override that stands for it, if there is one.
    pub(super) own: Option<ProviderEvent>,
}

impl Found {
    /// Looks `id` up: an instance's id (`Event.id`), or an event's (`Event.event_id`).
    pub(super) async fn find(
        cx: &Context,
        workspace: WorkspaceId,
        calendar: &Calendar,
        id: Uuid,
        scope: Option<Scope>,
    ) -> Result<Self, Error> {
        let mut tx = cx.store.read_in(workspace).await?;
        let instance: InstanceId = id.into();
        let view = match store::instances::get(&mut tx, workspace, instance).await {
            Ok(view) => Some(view),
            Err(store::Error::NotFound) => None,
            Err(error) => return Err(error.into()),
        };
        let event_id = view
            .as_ref()
            .map_or(EventId::from_uuid(id), |view| view.event_id);
        let own = match view.as_ref().and_then(|view| view.override_event_id) {
            Some(id) => Some(store::events::get(&mut tx, workspace, id).await?),
            None => None,
        };
        let row = match store::events::get(&mut tx, workspace, event_id).await {
            Ok(row) => row,
            Err(store::Error::NotFound) => own.clone().ok_or(store::Error::NotFound)?,
            Err(error) => return Err(error.into()),
        };
        if row.calendar_id != calendar.id {
            return Err(store::Error::NotFound.into());
        }
        let occurrence = view.and_then(|view| {
            let key = view.occurrence_key.as_deref()?.parse().ok()?;
            Some(Occurrence {
                key,
                view,
                own: own.map(|own| own.event),
            })
        });
        let scope = meant(&row.event, occurrence.is_some(), scope)?;
        let home = calendar.time_zone.as_deref().unwrap_or("UTC");
        let named = row.event.start.zone().and_then(Zone::iana);
        let zone = named.or_else(|| Zone::iana(home)).unwrap_or_else(Zone::utc);
        Ok(Self {
            id,
            event: row.event,
            event_id,
            occurrence,
            scope,
            zone,
        })
    }

    /// What the provider is asked to change.
    pub(super) fn target(&self) -> Target {
        match (&self.scope, &self.occurrence) {
            (Scope::Instance, Some(occurrence)) => self.one(occurrence),
            _ => Target {
                provider_id: self.event.provider_id.clone(),
                resource: self.event.resource.clone(),
                series: None,
                occurrence: None,
                etag: self.event.etag.clone(),
            },
        }
    }

    fn one(&self, occurrence: &Occurrence) -> Target {
        let row = occurrence.own.as_ref().unwrap_or(&self.event);
        // The master's version says nothing about one occurrence, except where both live in one resource.
        let versioned = occurrence.own.is_some() || row.resource.is_some();
        let series = match &row.role {
            Role::Override { series, .. } => series.clone(),
            _ => row.provider_id.clone(),
        };
        Target {
            provider_id: row.provider_id.clone(),
            resource: row.resource.clone(),
            series: Some(series),
            occurrence: Some(self.original_start(occurrence)),
            etag: row.etag.clone().filter(|_| versioned),
        }
    }

    /// When the occurrence was to start originally.
    pub(super) fn original_start(&self, occurrence: &Occurrence) -> EventTime {
        match occurrence.key {
            OccurrenceKey::Day(date) => EventTime::AllDay(date),
            OccurrenceKey::Instant(at) => EventTime::Timed {
                at,
                zone: self.event.start.zone().map(str::to_owned),
            },
        }
    }

    /// The row that is shown for what is meant: what a change is compared with.
    pub(super) fn shown(&self) -> &ProviderEvent {
        match (&self.scope, &self.occurrence) {
            (Scope::Instance, Some(occurrence)) => occurrence.own.as_ref().unwrap_or(&self.event),
            _ => &self.event,
        }
    }

    /// Times that were given for the occurrence named, as times of the whole series: its start moves by as much on the wall.
    pub(super) fn times_of_series(
        &self,
        start: EventTime,
        end: EventTime,
    ) -> (EventTime, EventTime) {
        let Some(occurrence) = &self.occurrence else {
            return (start, end);
        };
        match (&start, &end, &self.event.start) {
            (
                EventTime::Timed { at, zone },
                EventTime::Timed { at: until, .. },
                EventTime::Timed { at: first, .. },
            ) => {
                let wall = |at| self.zone.to_datetime(at);
                let by = wall(*at).duration_since(wall(occurrence.view.start_us));
                let moved = wall(*first).saturating_add(by);
                let begins = self.zone.to_timestamp(moved);
                let ends = begins
                    .saturating_add(until.duration_since(*at))
                    .unwrap_or(begins);
                let timed = |at| EventTime::Timed {
                    at,
                    zone: zone.clone(),
                };
                (timed(begins), timed(ends))
            }
            (EventTime::AllDay(day), EventTime::AllDay(after), EventTime::AllDay(first)) => {
                let shown = occurrence.view.start_date.unwrap_or(*day);
                let by = SignedDuration::from_hours(24 * i64::from(days_between(shown, *day)));
                let length = SignedDuration::from_hours(24 * i64::from(days_between(*day, *after)));
                let begins = first.saturating_add(by);
                (
                    EventTime::AllDay(begins),
                    EventTime::AllDay(begins.saturating_add(length)),
                )
            }
            _ => (start, end),
        }
    }
}

fn days_between(from: jiff::civil::Date, to: jiff::civil::Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// What is meant when nothing is said: the occurrence that was named, or the whole of what was named.
fn meant(
    event: &ProviderEvent,
    names_an_occurrence: bool,
    scope: Option<Scope>,
) -> Result<Scope, Error> {
    let repeats = matches!(event.role, Role::Master { .. });
    match scope {
        None if names_an_occurrence => Ok(Scope::Instance),
        None => Ok(Scope::Series),
        Some(_) if !repeats && !names_an_occurrence => Ok(Scope::Series),
        Some(Scope::Series) if !repeats => Err(invalid(
            "?scope",
            "only this occurrence of the series is in the calendar; leave `scope` out or send `instance`",
        )),
        Some(Scope::Following) if !repeats => Err(invalid(
            "?scope",
            "only this occurrence of the series is in the calendar; leave `scope` out or send `instance`",
        )),
        Some(Scope::Instance | Scope::Following) if !names_an_occurrence => Err(invalid(
            "?scope",
            "`instance` and `following` need the id of one occurrence (`id` of the event, not `event_id`)",
        )),
        Some(scope) => Ok(scope),
    }
}
