//! What is said of single occurrences of a series: which ones were taken out, and which ones changed. A provider that keeps only a
//! rule (Outlook) cannot be told so with the rule, and may forget it when the rule changes. So it is noted before a series is
//! cut, and made good afterwards, occurrence by occurrence; doing it twice does no harm.

use std::collections::BTreeSet;

use daybook_domain::event::{Draft, EventTime, Patch, ProviderEvent, Role, Status};
use daybook_domain::recurrence::{DateValue, EventDuration, OccurrenceKey, Recurrence, ZonedValue};
use daybook_domain::zone::Zone;
use daybook_provider_api::calendar::write::{Target, Written};
use daybook_store as store;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::desk::{Call, Desk, event_of};
use super::found::Found;
use super::{Error, following};

/// More single occurrences than this are not carried along one by one.
const MOST: usize = 60;

/// What is said of single occurrences of a series.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Apart {
    /// Original starts of those that were taken out.
    gone: Vec<EventTime>,
    /// Those that differ.
    changed: Vec<Changed>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Changed {
    original: EventTime,
    says: Draft,
}

/// Of the two parts of a series that is cut at the occurrence `found`: what stays, and what follows. In the second part changed
/// occurrences are like all others again, and what is taken out stays out.
pub(super) async fn of(desk: &Desk<'_>, found: &Found) -> Result<(Apart, Apart), Error> {
    let (mut before, mut after) = (Apart::default(), Apart::default());
    let (Role::Master { recurrence }, Some(occurrence)) = (&found.event.role, &found.occurrence)
    else {
        return Ok((before, after));
    };
    let workspace = desk.calendar.workspace_id;
    let mut tx = desk.cx.store.read_in(workspace).await?;
    let master = found.event.provider_id.as_str();
    let rows = store::events::series_rows(&mut tx, workspace, desk.calendar.id, &[master]).await?;
    drop(tx);
    let mut own: BTreeSet<OccurrenceKey> = BTreeSet::new();
    for row in &rows {
        let event = &row.event;
        let Role::Override { original_start, .. } = &event.role else {
            continue;
        };
        let key = OccurrenceKey::of(original_start);
        own.insert(key);
        let part = if key < occurrence.key {
            &mut before
        } else {
            &mut after
        };
        if event.status == Status::Cancelled {
            part.gone.push(original_start.clone());
        } else if key < occurrence.key && !is_stretched(event, &found.event) {
            part.changed.push(Changed {
                original: original_start.clone(),
                says: draft(event),
            });
        }
    }
    if desk.writer.capability().any_recurrence {
        // Single ones are rows of their own there, and what is taken out by the rule stays in it.
        before = Apart::default();
        return Ok((before, after));
    }
    for value in Recurrence::parse(recurrence)?.exdates {
        let key = match value.value {
            DateValue::Date(date) => OccurrenceKey::Day(date),
            _ => OccurrenceKey::Instant(value.instant_in(&found.zone)),
        };
        if own.insert(key) {
            let part = if key < occurrence.key {
                &mut before
            } else {
                &mut after
            };
            part.gone.push(following::at(found, key));
        }
    }
    if before.len().max(after.len()) > MOST {
        return Err(Error::Unsupported(format!(
            "more than {MOST} occurrences of this series were changed or removed one by one, and this calendar cannot carry them over when it is cut in two. Nothing was changed; change the whole series, or this occurrence alone"
        )));
    }
    Ok((before, after))
}

/// The lines with these occurrences taken out.
pub(super) fn without(lines: &[String], gone: &Apart, found: &Found) -> Result<Vec<String>, Error> {
    if gone.gone.is_empty() {
        return Ok(lines.to_vec());
    }
    let mut recurrence = Recurrence::parse(lines)?;
    for start in &gone.gone {
        let value = match start {
            EventTime::AllDay(date) => DateValue::Date(*date),
            EventTime::Timed { at, .. } => DateValue::Utc(*at),
        };
        recurrence.exdates.push(ZonedValue { value, tzid: None });
    }
    let zone = found.zone.iana_name();
    Ok(recurrence.to_lines(zone.filter(|_| !found.event.start.is_all_day())))
}

/// The lines without dates that are taken out.
pub(super) fn rule_alone(lines: &[String], found: &Found) -> Result<Vec<String>, Error> {
    let mut recurrence = Recurrence::parse(lines)?;
    recurrence.exdates.clear();
    let zone = found.zone.iana_name();
    Ok(recurrence.to_lines(zone.filter(|_| !found.event.start.is_all_day())))
}

impl Apart {
    fn len(&self) -> usize {
        self.gone.len() + self.changed.len()
    }

    /// Sees to it that the series `id`, as it is at the provider now, says this of its occurrences. `written` is what the provider
    /// said last; so is what comes back.
    pub(super) async fn make_good(
        &self,
        desk: &mut Desk<'_>,
        id: &str,
        notify: bool,
        mut written: Written,
    ) -> Result<Written, Error> {
        for start in &self.gone {
            match desk
                .must(&Call::Delete(&occurrence(id, start), notify))
                .await
            {
                Ok(now) => told(&mut written, now),
                Err(Error::Gone) => {}
                Err(error) => return Err(error),
            }
        }
        for changed in &self.changed {
            let target = occurrence(id, &changed.original);
            let now = match desk.must(&Call::Read(&target)).await {
                Ok(now) => now,
                Err(Error::Gone) => continue,
                Err(error) => return Err(error),
            };
            let patch = missing(changed, &now, id);
            if !patch.is_empty() {
                let now = desk.must(&Call::Update(&target, &patch, notify)).await?;
                told(&mut written, now);
            }
        }
        Ok(written)
    }
}

/// What was told last counts, unless it says nothing.
fn told(written: &mut Written, now: Written) {
    if !now.changes.is_empty() {
        written.changes = now.changes;
    }
}

fn occurrence(series: &str, start: &EventTime) -> Target {
    Target {
        provider_id: series.to_owned(),
        resource: None,
        series: Some(series.to_owned()),
        occurrence: Some(start.clone()),
        etag: None,
    }
}

/// Whether an occurrence differs from its series in nothing but that the clocks change within it, and it ends at the usual time on
/// the wall all the same (Outlook). Nobody changed it.
pub(super) fn is_stretched(event: &ProviderEvent, master: &ProviderEvent) -> bool {
    let (Role::Override { original_start, .. }, Some(zone)) =
        (&event.role, event.start.zone().and_then(Zone::iana))
    else {
        return false;
    };
    let (Some((start, end)), Some((first, first_end))) = (timed(event), timed(master)) else {
        return false;
    };
    let on_wall = zone
        .to_datetime(start)
        .duration_until(zone.to_datetime(end));
    on_wall == first.duration_until(first_end)
        && OccurrenceKey::of(&event.start) == OccurrenceKey::of(original_start)
        && (&event.details, event.opaque, event.status)
            == (&master.details, master.opaque, master.status)
}

/// Start and end, unless it is of whole days.
fn timed(event: &ProviderEvent) -> Option<(Timestamp, Timestamp)> {
    match (&event.start, &event.end) {
        (EventTime::Timed { at: start, .. }, EventTime::Timed { at: end, .. }) => {
            Some((*start, *end))
        }
        _ => None,
    }
}

fn draft(event: &ProviderEvent) -> Draft {
    let details = event.details.clone();
    let invited = details
        .attendees
        .into_iter()
        .map(|attendee| attendee.person)
        .filter(|person| person.email.is_some());
    Draft {
        title: details.title,
        description: details.description,
        location: details.location,
        start: event.start.clone(),
        end: event.end.clone(),
        attendees: invited.collect(),
        recurrence: Vec::new(),
        conference: None,
        opaque: event.opaque,
    }
}

/// What the occurrence does not say any more: compared with its own row, or with what it has from its series.
fn missing(changed: &Changed, now: &Written, series: &str) -> Patch {
    let Some(base) = event_of(now, &now.provider_id).or_else(|| event_of(now, series)) else {
        return Patch::default();
    };
    let (start, end) = match &base.role {
        Role::Override { .. } => (base.start.clone(), base.end.clone()),
        _ => {
            let length = EventDuration::between(&base.start, &base.end);
            let start = changed.original.clone();
            (start.clone(), following::end(&start, length))
        }
    };
    let (is, want) = (draft(base), &changed.says);
    let text = |is: &Option<String>, want: &Option<String>| {
        (is != want).then(|| Some(want.clone().unwrap_or_default()))
    };
    let same_times = OccurrenceKey::of(&start) == OccurrenceKey::of(&want.start)
        && OccurrenceKey::of(&end) == OccurrenceKey::of(&want.end);
    let emails = |draft: &Draft| -> BTreeSet<Option<String>> {
        draft
            .attendees
            .iter()
            .map(|who| who.email.clone())
            .collect()
    };
    Patch {
        title: (is.title != want.title).then(|| want.title.clone()),
        description: text(&is.description, &want.description),
        location: text(&is.location, &want.location),
        times: (!same_times).then(|| (want.start.clone(), want.end.clone())),
        attendees: (emails(&is) != emails(want)).then(|| want.attendees.clone()),
        recurrence: None,
        opaque: (is.opaque != want.opaque).then_some(want.opaque),
    }
}
