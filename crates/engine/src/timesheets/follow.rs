//! Meetings that changed after they were logged: nothing billed changes by itself, the person is asked.

use std::collections::HashMap;

use daybook_domain::event::Status;
use daybook_domain::time_entry::{MAX_MINUTES, minutes_between};
use daybook_domain::{InstanceId, TimeEntryId};
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use store::drafts::EntryEvent;
use store::instances::{InstanceView, Range};
use store::time_entries::{Changes, TimeEntry};

use super::Error;
use super::entries::{edit, erase, load_to_change, tell};
use super::policy::Policy;
use crate::{Context, Principal};

/// The most changes that are told at once.
const MOST: i64 = 1_000;

/// An entry whose meeting is not what it was.
#[derive(Debug, Clone)]
pub struct Moved {
    /// The entry.
    pub entry: TimeEntry,
    /// What its meeting was when somebody last looked.
    pub was: EntryEvent,
    /// What it is; `None`: it is gone or was cancelled.
    pub now: Option<InstanceView>,
}

/// What is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The entry says what the meeting says now; with a meeting that is gone, it goes.
    Take,
    /// The entry stays as it is.
    Keep,
}

/// The caller's entries of a stretch whose meetings changed since.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    cx: &Context,
    who: &Principal,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Moved>, Error> {
    let ws = who.workspace_id;
    let mut tx = cx.store.read_in(ws).await?;
    let seen = store::drafts::events_of(&mut tx, ws, who.member_id, from, to, MOST).await?;
    let ids: Vec<InstanceId> = seen.iter().map(|seen| seen.instance_id).collect();
    let now = store::instances::get_many(&mut tx, ws, &ids).await?;
    let mut now: HashMap<InstanceId, InstanceView> =
        now.into_iter().map(|event| (event.id, event)).collect();
    let mut pairs = Vec::new();
    for was in seen {
        let event = now.remove(&was.instance_id);
        let event = event.filter(|event| event.status != Status::Cancelled);
        if event.as_ref().is_none_or(|event| differs(&was, event)) {
            pairs.push((was, event));
        }
    }
    let ids: Vec<TimeEntryId> = pairs.iter().map(|(was, _)| was.time_entry_id).collect();
    let entries = store::time_facts::get_many(&mut tx, ws, &ids).await?;
    let mut entries: HashMap<TimeEntryId, TimeEntry> =
        entries.into_iter().map(|entry| (entry.id, entry)).collect();
    let mut moved = Vec::new();
    for (was, now) in pairs {
        let Some(entry) = entries.remove(&was.time_entry_id) else {
            continue;
        };
        if now.is_some() || is_gone(&mut tx, cx, who, &entry, &was).await? {
            moved.push(Moved { entry, was, now });
        }
    }
    Ok(moved)
}

/// Does what the person said.
///
/// # Errors
/// [`Error::NotAllowed`], [`Error::Locked`]; [`store::Error::NotFound`] for an entry without a meeting.
pub async fn answer(
    cx: &Context,
    who: &Principal,
    id: TimeEntryId,
    answer: Answer,
) -> Result<Option<TimeEntry>, Error> {
    let ws = who.workspace_id;
    let mut tx = cx.store.write_in(ws).await?;
    let policy = Policy::load(&mut tx, ws).await?;
    let entry = load_to_change(&mut tx, who, id).await?;
    let was = store::drafts::event_of(&mut tx, ws, id).await?;
    let mut was = was.ok_or(Error::Store(store::Error::NotFound))?;
    let now = store::instances::get_many(&mut tx, ws, &[was.instance_id])
        .await?
        .pop();
    let now = now.filter(|event| event.status != Status::Cancelled);
    let after = match (answer, &now) {
        (Answer::Keep, _) => Some(entry.clone()),
        (Answer::Take, None) => {
            erase(who, &mut tx, &policy, &entry, "followed").await?;
            None
        }
        (Answer::Take, Some(event)) => {
            let event = event.clone().seen_by(who.member_id);
            let changes = changes_to(&entry, &was, &event);
            Some(edit(cx, who, &mut tx, &policy, &entry, changes, "followed").await?)
        }
    };
    if let Some(after) = &after {
        match &now {
            Some(event) => was = seen(after, event),
            None => was.gone = true,
        }
        store::drafts::note_event(&mut tx, ws, &was).await?;
    }
    tx.commit().await?;
    tell(cx, who, &entry);
    Ok(after)
}

/// What the entry's meeting says now.
pub(super) fn seen(entry: &TimeEntry, event: &InstanceView) -> EntryEvent {
    EntryEvent {
        time_entry_id: entry.id,
        instance_id: event.id,
        member_id: entry.member_id,
        start_us: event.start_us,
        end_us: event.end_us,
        title: event.details.title.clone(),
        gone: false,
    }
}

fn differs(was: &EntryEvent, event: &InstanceView) -> bool {
    was.start_us != event.start_us || was.end_us != event.end_us || was.title != event.details.title
}

/// The time follows; the words only where nobody wrote others.
fn changes_to(entry: &TimeEntry, was: &EntryEvent, event: &InstanceView) -> Changes {
    let minutes = minutes_between(event.start_us, event.end_us).clamp(1, MAX_MINUTES);
    let title = event.details.title.trim();
    let renamed = entry.description == was.title.trim() && !title.is_empty();
    Changes {
        started_at: Some(event.start_us),
        ended_at: Some(Some(event.end_us)),
        duration_minutes: Some(minutes),
        description: renamed.then(|| title.chars().take(500).collect()),
        ..Changes::default()
    }
}

/// A meeting that is in no calendar any more, though its calendar is there and is old enough to hold it: a meeting that only moved
/// to another calendar is found by its cause.
async fn is_gone(
    tx: &mut store::Tx,
    cx: &Context,
    who: &Principal,
    entry: &TimeEntry,
    was: &EntryEvent,
) -> Result<bool, Error> {
    let kept = SignedDuration::from_hours(24 * (daybook_domain::calendar::MIRROR_PAST_DAYS - 1));
    let old = cx
        .clock
        .now()
        .checked_sub(kept)
        .is_ok_and(|first| was.start_us < first);
    let ws = who.workspace_id;
    let calendar = match entry.calendar_id {
        Some(id) => store::calendars::get_many(tx, ws, &[id]).await?.pop(),
        None => None,
    };
    if old || !calendar.is_some_and(|calendar| calendar.active && calendar.sync_enabled) {
        return Ok(false);
    }
    let calendars = store::calendars::of_members(tx, ws, &[entry.member_id]).await?;
    let ids: Vec<_> = calendars.iter().map(|calendar| calendar.id).collect();
    let range = Range {
        calendars: &ids,
        from: was.start_us,
        to: was.end_us.max(
            was.start_us
                .saturating_add(SignedDuration::from_secs(1))
                .unwrap_or(was.end_us),
        ),
        q: None,
        converted: Some(true),
        cancelled: false,
        after: None,
        limit: MOST,
    };
    let there = store::instances::range(tx, ws, &range).await?;
    let same =
        |event: &InstanceView| entry.cause_key.as_deref() == Some(event.cause_key().as_str());
    Ok(!there.iter().any(same))
}
