//! This occurrence and the following ones: the series is cut in two. The new part is created before the old one is shortened, so
//! that at no time anything is missing; a note carries both steps over a crash.

use daybook_domain::event::{Draft, EventTime, Patch, Role};
use daybook_domain::recurrence::{self, EventDuration, OccurrenceKey, Split};
use daybook_domain::{EventId, EventWriteId};
use daybook_store as store;
use serde_json::{Value, json};
use store::event_writes::{EventWrite, Kind, NewEventWrite};
use uuid::Uuid;

use super::cut::{Steps, Time, is_certain, noted, run};
use super::desk::Desk;
use super::found::Found;
use super::{Error, apart, check, settle, update};
use crate::Principal;
use apart::Apart;

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

fn split(desk: &Desk<'_>, found: &Found) -> Result<Split, Error> {
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

/// Changes this occurrence and the following ones; gives the new series. `id`: what the same request is noted as.
pub(super) async fn change(
    desk: &mut Desk<'_>,
    who: &Principal,
    found: &Found,
    patch: Patch,
    notify: bool,
    id: Option<EventWriteId>,
) -> Result<EventId, Error> {
    let asked = asked(found, Some(&patch), notify);
    if let Some((intent, steps)) = earlier(desk, found, &asked).await? {
        return run(desk, &intent, &steps, Time::Again).await;
    }
    let split = split(desk, found)?;
    // Another rule, or other times, are a series that nobody has changed or taken anything out of yet.
    let moved = patch
        .times
        .as_ref()
        .is_some_and(|(start, _)| OccurrenceKey::of(start) != OccurrenceKey::of(&starts(found)));
    let anew = moved || patch.recurrence.is_some();
    let (kept, carried) = apart::of(desk, found, (!anew).then_some(&patch)).await?;
    let mut carried = if anew { Apart::default() } else { carried };
    let lines = match (&patch.recurrence, &patch.times) {
        (Some(lines), _) => lines.clone(),
        (None, Some((start, _))) => {
            recurrence::moved(&split.after, day(found, &starts(found)), day(found, start))?
        }
        (None, None) => split.after,
    };
    let lines = if desk.writer.capability().any_recurrence {
        apart::without(&lines, &carried.take_gone(), found)?
    } else {
        lines
    };
    let like = like(found, &patch, anew);
    let draft = update::draft_of(found, patch, lines, anew);
    check::draft(&draft, &found.zone)?;
    let steps = Steps {
        kept,
        carried,
        like: Some(like),
        ..steps(found, Some(draft), split.before, notify)
    };
    let intent = begin(desk, who, found, &steps, &asked, id).await?;
    run(desk, &intent, &steps, Time::First).await
}

/// What the new part says that the old one does not. A new rule or new times are of what is shown, which may be a changed occurrence.
fn like(found: &Found, patch: &Patch, anew: bool) -> Patch {
    let shown = found.occurrence.as_ref().and_then(|one| one.own.as_ref());
    let own = shown
        .filter(|_| anew)
        .map(|own| apart::own_of(own, &found.event));
    let own = own.unwrap_or_default();
    let text = |named: &Option<Option<String>>, own: Option<Option<String>>| {
        let named = named
            .as_ref()
            .map(|text| Some(text.clone().unwrap_or_default()));
        named.or(own)
    };
    Patch {
        title: patch.title.clone().or(own.title),
        description: text(&patch.description, own.description),
        location: text(&patch.location, own.location),
        times: None,
        attendees: patch.attendees.clone().or(own.attendees),
        recurrence: None,
        opaque: patch.opaque.or(own.opaque),
    }
}

/// Removes this occurrence and the following ones.
pub(super) async fn remove(
    desk: &mut Desk<'_>,
    who: &Principal,
    found: &Found,
    notify: bool,
) -> Result<(), Error> {
    let asked = asked(found, None, notify);
    if let Some((intent, steps)) = earlier(desk, found, &asked).await? {
        return run(desk, &intent, &steps, Time::Again).await.map(drop);
    }
    let split = split(desk, found)?;
    let mut steps = steps(found, None, split.before, notify);
    steps.kept = apart::of(desk, found, None).await?.0;
    let intent = begin(desk, who, found, &steps, &asked, None).await?;
    run(desk, &intent, &steps, Time::First).await.map(drop)
}

/// The request, to recognise it when it comes again.
fn asked(found: &Found, patch: Option<&Patch>, notify: bool) -> Value {
    let key = found.occurrence.as_ref().map(|one| one.key.to_string());
    // A patch as JSON does not tell a text that is taken away from one that stays.
    json!({"id": found.id, "master": found.event.provider_id, "at": key, "patch": patch.map(|patch| format!("{patch:?}")), "notify": notify})
}

/// Whether the note is of a cut at the occurrence with this id.
pub(super) fn names(intent: &EventWrite, id: Uuid) -> bool {
    let named = intent.request.pointer("/asked/id").and_then(Value::as_str);
    named == Some(id.to_string().as_str())
}

/// The cut of this series that is under way, if it is the one that is asked for. Any other is brought to its end first.
async fn earlier(
    desk: &mut Desk<'_>,
    found: &Found,
    asked: &Value,
) -> Result<Option<(EventWrite, Steps)>, Error> {
    for intent in desk.under_way(found.event_id).await? {
        let Some(steps) = noted(&intent.request).filter(|_| intent.kind == Kind::Split) else {
            continue;
        };
        if intent.request.get("asked") == Some(asked) {
            return Ok(Some((intent, steps)));
        }
        match run(desk, &intent, &steps, Time::Again).await {
            // The series is another one now than what was looked at.
            Ok(_) => return Err(Error::Changed),
            Err(error) if is_certain(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
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
        like: None,
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
    asked: &Value,
    id: Option<EventWriteId>,
) -> Result<EventWrite, Error> {
    let workspace = desk.calendar.workspace_id;
    let request = json!({"steps": steps, "asked": asked});
    let mut tx = desk.cx.store.write_in(workspace).await?;
    let new = NewEventWrite {
        id,
        calendar_id: desk.calendar.id,
        member_id: who.member_id,
        kind: Kind::Split,
        request: &request,
        event_id: Some(found.event_id),
    };
    let intent = store::event_writes::begin(&mut tx, workspace, &new).await?;
    settle::enqueue(&mut tx, workspace, &intent).await?;
    tx.commit().await?;
    Ok(intent)
}
