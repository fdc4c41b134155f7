//! This occurrence and the following ones: the series is cut in two. The new part is created before the old one is shortened, so
//! that at no time anything is missing; a note carries both steps over a crash.

use daybook_domain::EventId;
use daybook_domain::event::{Draft, EventTime, Patch, Role};
use daybook_domain::recurrence::{self, EventDuration, OccurrenceKey, Split};
use daybook_provider_api::calendar::write::{Create, Target};
use daybook_store as store;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::event_writes::{EventWrite, Kind, NewEventWrite};

use super::desk::{Call, Desk};
use super::found::Found;
use super::{Error, apart, change, check, settle, update};
use crate::Principal;
use apart::Apart;

/// The two steps, as they are noted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Steps {
    /// The new part; `None`: it is removed.
    draft: Option<Draft>,
    /// The master's provider id.
    master: String,
    /// The resource it is in.
    resource: Option<String>,
    /// What is left of the old part.
    before: Vec<String>,
    /// What was said of single occurrences of the old part, where the lines cannot say it.
    #[serde(default)]
    kept: Apart,
    /// And of the new part.
    #[serde(default)]
    carried: Apart,
    /// Whether attendees may be mailed.
    notify: bool,
}

/// Whether the occurrence named is the first one, so that this and the following are the whole series.
pub(super) fn is_first(found: &Found) -> bool {
    found
        .occurrence
        .as_ref()
        .is_none_or(|occurrence| occurrence.key == OccurrenceKey::of(&found.event.start))
}

/// When the new part starts, unless it is moved.
pub(super) fn starts(found: &Found) -> EventTime {
    times(found).0
}

/// When the new part's first occurrence is, unless it is moved: the original start, and the series' length.
pub(super) fn times(found: &Found) -> (EventTime, EventTime) {
    let Some(occurrence) = &found.occurrence else {
        return (found.event.start.clone(), found.event.end.clone());
    };
    let start = found.original_start(occurrence);
    let length = EventDuration::between(&found.event.start, &found.event.end);
    let end = end(&start, length);
    (start, end)
}

/// When an occurrence ends that starts then and is so long.
pub(super) fn end(start: &EventTime, length: EventDuration) -> EventTime {
    match start {
        EventTime::AllDay(date) => {
            EventTime::AllDay(date.saturating_add(jiff::Span::new().days(length.days.max(1))))
        }
        EventTime::Timed { at, zone } => EventTime::Timed {
            at: at
                .saturating_add(jiff::SignedDuration::from_secs(length.seconds))
                .unwrap_or(*at),
            zone: zone.clone(),
        },
    }
}

/// When the occurrence with this key was to start.
pub(super) fn at(found: &Found, key: OccurrenceKey) -> EventTime {
    match key {
        OccurrenceKey::Day(date) => EventTime::AllDay(date),
        OccurrenceKey::Instant(at) => EventTime::Timed {
            at,
            zone: found.event.start.zone().map(str::to_owned),
        },
    }
}

fn cut(desk: &Desk<'_>, found: &Found) -> Result<Split, Error> {
    let (Role::Master { recurrence: lines }, Some(occurrence)) =
        (&found.event.role, &found.occurrence)
    else {
        return Err(Error::Gone);
    };
    let alone;
    let lines = match desk.writer.capability().any_recurrence {
        true => lines,
        false => {
            alone = apart::rule_alone(lines, found)?;
            &alone
        }
    };
    let split = recurrence::split(lines, &found.event.start, &found.zone, &occurrence.key)?;
    Ok(split)
}

/// Changes this occurrence and the following ones; gives the new series.
pub(super) async fn change(
    desk: &mut Desk<'_>,
    who: &Principal,
    found: &Found,
    patch: Patch,
    notify: bool,
) -> Result<EventId, Error> {
    let split = cut(desk, found)?;
    let (kept, mut carried) = apart::of(desk, found).await?;
    // Another rule, or other times, are a series that nobody has taken anything out of yet.
    let moved = patch
        .times
        .as_ref()
        .is_some_and(|(start, _)| OccurrenceKey::of(start) != OccurrenceKey::of(&starts(found)));
    if moved || patch.recurrence.is_some() {
        carried = Apart::default();
    }
    let lines = match (&patch.recurrence, &patch.times) {
        (Some(lines), _) => lines.clone(),
        (None, Some((start, _))) => {
            recurrence::moved(&split.after, day(found, &starts(found)), day(found, start))?
        }
        (None, None) => split.after,
    };
    let lines = if desk.writer.capability().any_recurrence {
        let gone = std::mem::take(&mut carried);
        apart::without(&lines, &gone, found)?
    } else {
        lines
    };
    let draft = update::draft_of(
        found,
        Patch {
            recurrence: Some(lines),
            ..patch
        },
    );
    check::draft(&draft, &found.zone)?;
    let steps = Steps {
        kept,
        carried,
        ..steps(found, Some(draft), split.before, notify)
    };
    let intent = begin(desk, who, found, &steps).await?;
    run(desk, &intent, &steps).await
}

/// Removes this occurrence and the following ones.
pub(super) async fn remove(
    desk: &mut Desk<'_>,
    who: &Principal,
    found: &Found,
    notify: bool,
) -> Result<(), Error> {
    let split = cut(desk, found)?;
    let mut steps = steps(found, None, split.before, notify);
    steps.kept = apart::of(desk, found).await?.0;
    let intent = begin(desk, who, found, &steps).await?;
    run(desk, &intent, &steps).await.map(|_| ())
}

fn day(found: &Found, time: &EventTime) -> jiff::civil::Date {
    match time {
        EventTime::AllDay(date) => *date,
        EventTime::Timed { at, .. } => found.zone.to_datetime(*at).date(),
    }
}

fn steps(found: &Found, draft: Option<Draft>, before: Option<Vec<String>>, notify: bool) -> Steps {
    Steps {
        draft,
        master: found.event.provider_id.clone(),
        resource: found.event.resource.clone(),
        before: before.unwrap_or_default(),
        kept: Apart::default(),
        carried: Apart::default(),
        notify,
    }
}

async fn begin(
    desk: &Desk<'_>,
    who: &Principal,
    found: &Found,
    steps: &Steps,
) -> Result<EventWrite, Error> {
    let workspace = desk.calendar.workspace_id;
    let request = json!({"steps": steps});
    let mut tx = desk.cx.store.write_in(workspace).await?;
    let new = NewEventWrite {
        id: None,
        calendar_id: desk.calendar.id,
        member_id: who.member_id,
        kind: Kind::Split,
        request: &request,
        event_id: Some(found.event_id),
    };
    let intent = store::event_writes::begin(&mut tx, workspace, &new).await?;
    settle::enqueue(&mut tx, workspace, intent.id).await?;
    tx.commit().await?;
    Ok(intent)
}

/// Does both steps; each may have been done before.
pub(super) async fn run(
    desk: &mut Desk<'_>,
    intent: &EventWrite,
    steps: &Steps,
) -> Result<EventId, Error> {
    let mut event = EventId::of(desk.calendar.id, &steps.master);
    if let Some(draft) = &steps.draft {
        let create = Create {
            key: intent.id.into(),
            draft: draft.clone(),
            notify: steps.notify,
        };
        let written = match desk.must(&Call::Create(&create)).await {
            Ok(written) => written,
            Err(error) => {
                if !matches!(error, Error::Unknown(_)) {
                    desk.give_up(intent.id, &error).await;
                }
                return Err(error);
            }
        };
        event = desk.event_id(&written);
        let new = written.provider_id.clone();
        let carried = &steps.carried;
        let written = carried.make_good(desk, &new, steps.notify, written).await?;
        desk.keep(&written, None).await?;
    }
    let target = Target {
        provider_id: steps.master.clone(),
        resource: steps.resource.clone(),
        series: None,
        occurrence: None,
        etag: None,
    };
    let now = desk.must(&Call::Read(&target)).await?;
    let Some(base) = super::desk::event_of(&now, &steps.master).cloned() else {
        return Err(Error::Gone);
    };
    let target = Target {
        etag: super::desk::etag_of(&now, &steps.master),
        ..target
    };
    let patch = Patch {
        recurrence: Some(steps.before.clone()),
        ..Patch::default()
    };
    let written = change::apply(desk, target, &base, &patch, steps.notify).await?;
    let kept = &steps.kept;
    let written = kept
        .make_good(desk, &steps.master, steps.notify, written)
        .await?;
    desk.keep(&written, Some((intent.id, event))).await?;
    Ok(event)
}

/// The steps of a note.
pub(super) fn noted(request: &Value) -> Option<Steps> {
    serde_json::from_value(request.get("steps")?.clone()).ok()
}
