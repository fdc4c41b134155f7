//! A move where no provider does it: the event is created in the new calendar, then removed from the old one in exactly the version
//! that was copied. What somebody changes in between is taken over into the copy first.

use daybook_domain::event::{
    Change, Draft, EventTime, Patch, ProviderEvent, ResponseStatus, Role, Status,
};
use daybook_domain::recurrence::OccurrenceKey;
use daybook_domain::{EventId, EventWriteId, InstanceId};
use daybook_provider_api::calendar::write::{Create, Target, Written};
use daybook_store as store;
use store::event_writes::{EventWrite, State};

use super::create::{allowed, settled};
use super::desk::{Call, Desk, MIRROR_TRIES, etag_of, event_of};
use super::relocate::{Steps, begin};
use super::{Error, apart};
use crate::jobs::sync_calendar::{self, When};
use crate::{Principal, sync};

/// How often the removal is tried on a newer version.
const TRIES: u32 = 3;

/// Copies `event` and removes it.
pub(super) async fn start(
    from: &mut Desk<'_>,
    to: &mut Desk<'_>,
    who: &Principal,
    event: &ProviderEvent,
    notify: bool,
    id: Option<EventWriteId>,
) -> Result<EventId, Error> {
    let mut steps = Steps {
        to: to.calendar.id,
        event: EventId::of(from.calendar.id, &event.provider_id),
        provider_id: event.provider_id.clone(),
        resource: event.resource.clone(),
        draft: None,
        notify,
    };
    let now = from.must(&Call::Read(&steps.source())).await?;
    from.keep(&now, None).await?;
    let draft = draft(from, to, &now, &steps).await?;
    may_copy(from, &now, &steps)?;
    allowed(to, &draft, notify)?;
    if !draft.attendees.is_empty() && !notify && !from.writer.capability().quiet {
        return Err(Error::AlwaysNotifies);
    }
    steps.draft = Some(draft);
    let intent = begin(from, who, id, &steps).await?;
    if intent.state == State::Done
        && let Some(event) = intent.event_id
    {
        return Ok(event);
    }
    run(from, to, &intent, &steps).await
}

/// Both steps; the first may have been done before.
pub(super) async fn run(
    from: &mut Desk<'_>,
    to: &mut Desk<'_>,
    intent: &EventWrite,
    steps: &Steps,
) -> Result<EventId, Error> {
    let draft = steps.draft.clone().ok_or(Error::Gone)?;
    let create = Create {
        key: intent.id.into(),
        draft,
        notify: steps.notify,
        like: None,
    };
    let written = settled(to, intent, &create).await?;
    finish(from, to, intent, steps, written).await
}

/// The second step: the old event goes, in the version that the copy is of.
pub(super) async fn finish(
    from: &mut Desk<'_>,
    to: &mut Desk<'_>,
    intent: &EventWrite,
    steps: &Steps,
    mut copy: Written,
) -> Result<EventId, Error> {
    let event = to.event_id(&copy);
    to.keep(&copy, None).await?;
    let mut said = steps.draft.clone();
    let mut tries = 0;
    let left = loop {
        tries += 1;
        let removed = remove(from, to, steps, &mut copy, &mut said).await;
        match removed {
            Ok(left) => break left,
            Err(Error::Changed | Error::Unknown(_)) if tries < TRIES => {}
            // Not known: looked after later. Somebody at it all the time: the copy stays until then.
            Err(error @ (Error::Unknown(_) | Error::Changed)) => return Err(error),
            Err(error) => {
                undo(to, &copy, steps.notify).await?;
                from.give_up(intent.id, &error).await;
                return Err(error);
            }
        }
    };
    close(from, to, intent, steps, left, &copy).await?;
    Ok(event)
}

/// Removes the old event. Gone already is as good.
async fn remove(
    from: &mut Desk<'_>,
    to: &mut Desk<'_>,
    steps: &Steps,
    copy: &mut Written,
    said: &mut Option<Draft>,
) -> Result<Vec<Change>, Error> {
    let source = steps.source();
    let now = match from.must(&Call::Read(&source)).await {
        Err(Error::Gone) => return Ok(gone(steps)),
        other => other?,
    };
    let present = draft(from, to, &now, steps).await?;
    if said.as_ref() != Some(&present) {
        let target = target_of(copy);
        let patch = patch_of(&present);
        *copy = to
            .must(&Call::Update(&target, &patch, steps.notify))
            .await?;
        to.keep(copy, None).await?;
        *said = Some(present);
    }
    let target = Target {
        etag: etag_of(&now, &now.provider_id),
        ..source
    };
    match from.must(&Call::Delete(&target, steps.notify)).await {
        Ok(removed) => Ok(removed.changes),
        Err(Error::Gone) => Ok(gone(steps)),
        Err(error) => Err(error),
    }
}

/// The copy goes again, because the event could not leave.
async fn undo(to: &mut Desk<'_>, copy: &Written, notify: bool) -> Result<(), Error> {
    let target = target_of(copy);
    let removed = to.must(&Call::Delete(&target, notify)).await?;
    to.keep(&removed, None).await
}

fn gone(steps: &Steps) -> Vec<Change> {
    vec![match &steps.resource {
        Some(href) => Change::ResourceRemoved { href: href.clone() },
        None => Change::Removed {
            provider_id: steps.provider_id.clone(),
        },
    }]
}

fn target_of(copy: &Written) -> Target {
    Target {
        provider_id: copy.provider_id.clone(),
        resource: event_of(copy, &copy.provider_id).and_then(|event| event.resource.clone()),
        series: None,
        occurrence: None,
        etag: None,
    }
}

/// Takes both ends of a move into the mirrors, and with them finishes the note. Time entries follow the event.
pub(super) async fn close(
    from: &Desk<'_>,
    to: &Desk<'_>,
    intent: &EventWrite,
    steps: &Steps,
    left: Vec<Change>,
    arrived: &Written,
) -> Result<(), Error> {
    let (cx, workspace) = (from.cx, from.calendar.workspace_id);
    let mut tries = 0;
    loop {
        tries += 1;
        let mut tx = cx.store.write_in(workspace).await?;
        let done: store::Result<()> = async {
            follow(&mut tx, from, to, steps, arrived).await?;
            sync::written(cx, &mut tx, &from.calendar, left.clone()).await?;
            sync::written(cx, &mut tx, &to.calendar, arrived.changes.clone()).await?;
            let event = to.event_id(arrived);
            store::event_writes::done(&mut tx, workspace, intent.id, Some(event)).await?;
            // A provider answers a move with the series alone; its exceptions come with the next sync.
            if steps.draft.is_none() {
                store::event_writes::moved(&mut tx, workspace, steps.event, event).await?;
                for id in [from.calendar.id, to.calendar.id] {
                    sync_calendar::enqueue(&mut tx, workspace, id, false, When::Now).await?;
                }
            }
            tx.commit().await
        }
        .await;
        match done {
            Err(store::Error::Conflict { .. } | store::Error::Locked) if tries < MIRROR_TRIES => {}
            Err(error) => return Err(error.into()),
            Ok(()) => break,
        }
    }
    from.tell();
    to.tell();
    Ok(())
}

/// Time entries made from the event belong to its new place, so that it is not billed a second time there.
async fn follow(
    tx: &mut store::Tx,
    from: &Desk<'_>,
    to: &Desk<'_>,
    steps: &Steps,
    arrived: &Written,
) -> store::Result<()> {
    let workspace = from.calendar.workspace_id;
    let new = to.event_id(arrived);
    let uid = event_of(arrived, &arrived.provider_id).and_then(|event| event.ical_uid.as_deref());
    for entry in store::time_entries::of_event(tx, workspace, steps.event).await? {
        let occurrence = entry.occurrence_key.as_deref();
        let key = occurrence.unwrap_or("-");
        let own = entry
            .cause_key
            .is_some_and(|cause| cause.starts_with("event:"));
        let cause = match uid {
            Some(uid) if !own => format!("ical:{key}:{uid}"),
            _ => format!("event:{key}:{new}"),
        };
        let instance = InstanceId::of(new, occurrence);
        let calendar = to.calendar.id;
        store::time_entries::link_event(tx, workspace, entry.id, instance, calendar, &cause)
            .await?;
    }
    Ok(())
}

/// Whether a copy would be the same meeting: those of others, and series with changed occurrences, would not.
fn may_copy(from: &Desk<'_>, now: &Written, steps: &Steps) -> Result<(), Error> {
    let event = event_of(now, &steps.provider_id).ok_or(Error::Gone)?;
    if !event.details.attendees.is_empty() && event.response_status != ResponseStatus::Organizer {
        return Err(Error::ReadOnly(format!(
            "somebody else called this meeting, and a copy in another account would not be it; ask them to invite that account, or keep it in {}",
            from.calendar.name
        )));
    }
    if event.informational {
        return Err(Error::Unsupported(
            "events of this kind (birthday, working location, focus time) stay in their calendar"
                .to_owned(),
        ));
    }
    Ok(())
}

/// What the copy of an event says.
async fn draft(
    from: &Desk<'_>,
    to: &Desk<'_>,
    now: &Written,
    steps: &Steps,
) -> Result<Draft, Error> {
    let event = event_of(now, &steps.provider_id).ok_or(Error::Gone)?;
    let recurrence = match &event.role {
        Role::Master { recurrence } => {
            let mut lines = recurrence.clone();
            lines.extend(left_out(from, steps).await?);
            lines
        }
        Role::Single | Role::Override { .. } => Vec::new(),
    };
    let details = event.details.clone();
    let repeats = !recurrence.is_empty();
    let owners = [&from.place.account_email, &to.place.account_email];
    let owners: Vec<String> = owners
        .into_iter()
        .flatten()
        .map(|email| email.to_lowercase())
        .collect();
    let invited = details
        .attendees
        .into_iter()
        .map(|attendee| attendee.person)
        .filter(|person| {
            let email = person.email.as_deref().map(str::to_lowercase);
            email.is_some_and(|email| !owners.contains(&email))
        });
    Ok(Draft {
        title: details.title,
        description: with_link(
            details.description,
            details.location.as_deref(),
            details.meeting_url,
        ),
        location: details.location,
        start: zoned(&event.start, repeats),
        end: zoned(&event.end, repeats),
        attendees: invited.collect(),
        recurrence,
        conference: None,
        opaque: event.opaque,
    })
}

/// The meeting link goes along, in words where it is nowhere else.
fn with_link(
    description: Option<String>,
    location: Option<&str>,
    link: Option<String>,
) -> Option<String> {
    let Some(link) = link else { return description };
    let said = [description.as_deref(), location];
    if said.into_iter().flatten().any(|text| text.contains(&link)) {
        return description;
    }
    Some(match description {
        Some(text) if !text.is_empty() => format!("{text}\n\n{link}"),
        _ => link,
    })
}

/// A repeating event needs a zone.
fn zoned(time: &EventTime, repeats: bool) -> EventTime {
    match time {
        EventTime::Timed { at, zone: None } if repeats => EventTime::Timed {
            at: *at,
            zone: Some("UTC".to_owned()),
        },
        other => other.clone(),
    }
}

/// The occurrences that were taken out of the series, as lines. One that was changed cannot be copied.
async fn left_out(from: &Desk<'_>, steps: &Steps) -> Result<Vec<String>, Error> {
    let workspace = from.calendar.workspace_id;
    let mut tx = from.cx.store.read_in(workspace).await?;
    let ids = [steps.provider_id.as_str()];
    let rows = store::events::series_rows(&mut tx, workspace, from.calendar.id, &ids).await?;
    drop(tx);
    let mut events = rows.iter().map(|row| &row.event);
    let master = events.find(|event| event.provider_id == steps.provider_id);
    let mut lines = Vec::new();
    for row in &rows {
        let Role::Override { original_start, .. } = &row.event.role else {
            continue;
        };
        if master.is_some_and(|master| apart::is_stretched(&row.event, master)) {
            continue;
        }
        if row.event.status != Status::Cancelled {
            return Err(Error::Unsupported(
                "some occurrences of this series were changed, and a copy would lose that; nothing was moved. Move it in the provider's own calendar, or undo those changes first".to_owned(),
            ));
        }
        lines.push(match OccurrenceKey::of(original_start) {
            OccurrenceKey::Day(day) => format!("EXDATE;VALUE=DATE:{}", OccurrenceKey::Day(day)),
            instant @ OccurrenceKey::Instant(_) => format!("EXDATE:{instant}"),
        });
    }
    Ok(lines)
}

fn patch_of(draft: &Draft) -> Patch {
    Patch {
        title: Some(draft.title.clone()),
        description: Some(draft.description.clone()),
        location: Some(draft.location.clone()),
        times: Some((draft.start.clone(), draft.end.clone())),
        attendees: Some(draft.attendees.clone()),
        recurrence: (!draft.recurrence.is_empty()).then(|| draft.recurrence.clone()),
        opaque: Some(draft.opaque),
    }
}
