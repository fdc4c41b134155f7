//! What is said of single occurrences of a series: which ones were taken out, and which ones changed. A provider that keeps only a
//! rule (Outlook) cannot be told so with the rule, and may forget it when the rule changes. So it is noted before a series is
//! cut, and made good afterwards, occurrence by occurrence; doing it twice does no harm.

use std::collections::BTreeSet;

use daybook_domain::event::{Change, Draft, EventTime, Patch, ProviderEvent, Role, Status};
use daybook_domain::recurrence::{DateValue, EventDuration, OccurrenceKey, Recurrence, ZonedValue};
use daybook_domain::zone::Zone;
use daybook_provider_api::calendar::write::{Target, Written};
use daybook_store as store;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::desk::{Call, Desk, event_of};
use super::found::Found;
use super::{Error, change, following};

/// More single occurrences than this are not carried along one by one.
const MOST: usize = 60;

/// What is said of single occurrences of a series.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Apart {
    /// Original starts of those that were taken out.
    gone: Vec<EventTime>,
    /// Those that differ.
    changed: Vec<Changed>,
    /// Those of the new part that say something of their own.
    #[serde(default)]
    own: Vec<Own>,
    /// Changed ones with rows of their own at the provider that end with the old part: their ids there, and original starts.
    #[serde(default)]
    ended: Vec<(String, EventTime)>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Changed {
    original: EventTime,
    says: Draft,
}

/// What an occurrence says that its series does not.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Own {
    original: EventTime,
    patch: Patch,
}

/// Of the two parts of a series that is cut at the occurrence `found`: what stays, and what follows. In the second part what is taken
/// out stays out, and changed occurrences keep what is their own where `patch` leaves them where they are; of the one that is named
/// only what it does not change.
pub(super) async fn of(
    desk: &Desk<'_>,
    found: &Found,
    patch: Option<&Patch>,
) -> Result<(Apart, Apart), Error> {
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
        let parts = (&mut before, &mut after);
        own.extend(sort(parts, &row.event, found, occurrence.key, patch));
    }
    if desk.writer.capability().any_recurrence {
        // Single ones are rows of their own there, and what is taken out by the rule stays in it.
        few(after.own.len().max(before.ended.len()))?;
        let before = Apart {
            ended: before.ended,
            ..Apart::default()
        };
        return Ok((before, after));
    }
    before.ended.clear();
    for key in left_out(recurrence, found)? {
        if own.insert(key) {
            let part = if key < occurrence.key {
                &mut before
            } else {
                &mut after
            };
            part.gone.push(following::at(found, key));
        }
    }
    few(before.len().max(after.len()))?;
    Ok((before, after))
}

/// Notes a row of the series in the part it belongs to; gives the occurrence that it stands for.
fn sort(
    (before, after): (&mut Apart, &mut Apart),
    event: &ProviderEvent,
    found: &Found,
    cut: OccurrenceKey,
    patch: Option<&Patch>,
) -> Option<OccurrenceKey> {
    let Role::Override { original_start, .. } = &event.role else {
        return None;
    };
    let key = OccurrenceKey::of(original_start);
    let follows = key >= cut;
    if follows && event.resource.is_none() && event.status != Status::Cancelled {
        let id = event.provider_id.clone();
        before.ended.push((id, original_start.clone()));
    }
    if event.status == Status::Cancelled {
        let part = if follows { after } else { before };
        part.gone.push(original_start.clone());
    } else if is_stretched(event, &found.event) {
        // Nobody changed it.
    } else if !follows {
        before.changed.push(Changed {
            original: original_start.clone(),
            says: draft(event),
        });
    } else if let Some(patch) = patch {
        let named = (key == cut).then_some(patch);
        after.keep(original_start, own_of(event, &found.event), named);
    }
    Some(key)
}

/// The occurrences that the lines of a series take out.
fn left_out(lines: &[String], found: &Found) -> Result<Vec<OccurrenceKey>, Error> {
    let dates = Recurrence::parse(lines)?.exdates.into_iter();
    let keys = dates.map(|value| match value.value {
        DateValue::Date(date) => OccurrenceKey::Day(date),
        _ => OccurrenceKey::Instant(value.instant_in(&found.zone)),
    });
    Ok(keys.collect())
}

/// Whether so many can be carried along one by one.
fn few(count: usize) -> Result<(), Error> {
    if count <= MOST {
        return Ok(());
    }
    Err(Error::Unsupported(format!(
        "more than {MOST} occurrences of this series were changed or removed one by one, and this calendar cannot carry them over when it is cut in two. Nothing was changed; change the whole series, or this occurrence alone"
    )))
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
        self.gone.len() + self.changed.len() + self.own.len()
    }

    /// Notes what an occurrence says of its own; of the one that was named only what `named` does not change.
    fn keep(&mut self, original: &EventTime, own: Patch, named: Option<&Patch>) {
        let patch = match named {
            Some(named) => without_named(own, named),
            None => own,
        };
        if !patch.is_empty() {
            self.own.push(Own {
                original: original.clone(),
                patch,
            });
        }
    }

    /// Takes those out of it that were taken out.
    pub(super) fn take_gone(&mut self) -> Self {
        Self {
            gone: std::mem::take(&mut self.gone),
            ..Self::default()
        }
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
        let ended = self.ended.iter().map(|(own, start)| Target {
            provider_id: own.clone(),
            ..occurrence(id, start)
        });
        let gone = self.gone.iter().map(|start| occurrence(id, start));
        for target in ended.chain(gone) {
            match desk.must(&Call::Delete(&target, notify)).await {
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
        for own in &self.own {
            let target = occurrence(id, &own.original);
            let now = match desk.must(&Call::Read(&target)).await {
                Ok(now) => now,
                Err(Error::Gone) => continue,
                Err(error) => return Err(error),
            };
            let said = event_of(&now, &now.provider_id).is_some_and(|event| {
                matches!(event.role, Role::Override { .. }) && change::says(event, &own.patch)
            });
            if !said {
                let now = desk
                    .must(&Call::Update(&target, &own.patch, notify))
                    .await?;
                told(&mut written, now);
            }
        }
        Ok(written)
    }
}

/// What was told last of the whole counts; what was told of one occurrence comes on top.
fn told(written: &mut Written, now: Written) {
    let whole = |change: &Change| matches!(change, Change::Resource { .. });
    if now.changes.iter().any(whole) {
        written.changes = now.changes;
    } else {
        written.changes.extend(now.changes);
    }
}

/// What `event` says that its series does not.
pub(super) fn own_of(event: &ProviderEvent, master: &ProviderEvent) -> Patch {
    let in_place = match &event.role {
        Role::Override { original_start, .. } => {
            let length = EventDuration::between(&master.start, &master.end);
            OccurrenceKey::of(&event.start) == OccurrenceKey::of(original_start)
                && OccurrenceKey::of(&event.end)
                    == OccurrenceKey::of(&following::end(original_start, length))
        }
        _ => true,
    };
    difference(&draft(event), &draft(master), in_place)
}

/// What `want` says that `is` does not. A text that is taken away is an empty one, which a note can keep.
fn difference(want: &Draft, is: &Draft, same_times: bool) -> Patch {
    let text = |want: &Option<String>, is: &Option<String>| {
        (want != is).then(|| Some(want.clone().unwrap_or_default()))
    };
    Patch {
        title: (want.title != is.title).then(|| want.title.clone()),
        description: text(&want.description, &is.description),
        location: text(&want.location, &is.location),
        times: (!same_times).then(|| (want.start.clone(), want.end.clone())),
        attendees: (emails(want) != emails(is)).then(|| want.attendees.clone()),
        recurrence: None,
        opaque: (want.opaque != is.opaque).then_some(want.opaque),
    }
}

/// What is left of `own` beside what `patch` names.
fn without_named(own: Patch, patch: &Patch) -> Patch {
    Patch {
        title: own.title.filter(|_| patch.title.is_none()),
        description: own.description.filter(|_| patch.description.is_none()),
        location: own.location.filter(|_| patch.location.is_none()),
        times: own.times.filter(|_| patch.times.is_none()),
        attendees: own.attendees.filter(|_| patch.attendees.is_none()),
        recurrence: None,
        opaque: own.opaque.filter(|_| patch.opaque.is_none()),
    }
}

fn emails(draft: &Draft) -> BTreeSet<Option<String>> {
    let people = draft.attendees.iter();
    people.map(|who| who.email.clone()).collect()
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
    let want = &changed.says;
    let same_times = OccurrenceKey::of(&start) == OccurrenceKey::of(&want.start)
        && OccurrenceKey::of(&end) == OccurrenceKey::of(&want.end);
    difference(want, &draft(base), same_times)
}
