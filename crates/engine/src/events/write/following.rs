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
use super::{Error, change, check, settle, update};
use crate::Principal;

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
    let end = match &start {
        EventTime::AllDay(date) => {
            EventTime::AllDay(date.saturating_add(jiff::Span::new().days(length.days.max(1))))
        }
        EventTime::Timed { at, zone } => EventTime::Timed {
            at: length.after(*at, &found.zone),
            zone: zone.clone(),
        },
    };
    (start, end)
}

fn cut(found: &Found) -> Result<Split, Error> {
    let (Role::Master { recurrence: lines }, Some(occurrence)) =
        (&found.event.role, &found.occurrence)
    else {
        return Err(Error::Gone);
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
    let split = cut(found)?;
    let lines = match (&patch.recurrence, &patch.times) {
        (Some(lines), _) => lines.clone(),
        (None, Some((start, _))) => {
            recurrence::moved(&split.after, day(found, &starts(found)), day(found, start))?
        }
        (None, None) => split.after,
    };
    let draft = update::draft_of(
        found,
        Patch {
            recurrence: Some(lines),
            ..patch
        },
    );
    check::draft(&draft, &found.zone)?;
    let steps = steps(found, Some(draft), split.before, notify);
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
    let split = cut(found)?;
    let steps = steps(found, None, split.before, notify);
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
    desk.keep(&written, Some((intent.id, event))).await?;
    Ok(event)
}

/// The steps of a note.
pub(super) fn noted(request: &Value) -> Option<Steps> {
    serde_json::from_value(request.get("steps")?.clone()).ok()
}
