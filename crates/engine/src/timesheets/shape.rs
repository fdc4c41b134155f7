//! One entry becomes two, several become one, one is made again.

use daybook_domain::TimeEntryId;
use daybook_domain::time_entry::{MAX_MINUTES, Source, Status, Step, is_meeting, minutes_between};
use daybook_store as store;
use jiff::Timestamp;
use store::time_entries::{Changes, NewTimeEntry, TimeEntry};

use super::booking::{self, Said};
use super::entries::{MAX_DESCRIPTION, edit, end_of, erase, load_to_change, tell};
use super::policy::Policy;
use super::{Error, history, submissions};
use crate::slack::notify;
use crate::{Context, Once, Outcome, Principal};

/// The most entries that are merged at once.
pub const MOST: usize = 50;

/// Cuts an entry in two at an instant. The first keeps its id and its event; what is cut off is a new entry.
///
/// # Errors
/// [`Error::Invalid`] when `at` is not within it; [`Error::NotAllowed`], [`Error::Locked`], [`Error::Running`].
pub async fn split(
    cx: &Context,
    who: &Principal,
    id: TimeEntryId,
    at: Timestamp,
) -> Result<(TimeEntry, TimeEntry), Error> {
    let ws = who.workspace_id;
    let mut tx = cx.store.write_in(ws).await?;
    let policy = Policy::load(&mut tx, ws).await?;
    let entry = load_to_change(&mut tx, who, id).await?;
    if entry.running {
        return Err(Error::Running);
    }
    let end = entry
        .ended_at
        .or_else(|| end_of(entry.started_at, entry.duration_minutes))
        .unwrap_or(entry.started_at);
    let first = minutes_between(entry.started_at, at);
    let rest = entry.duration_minutes - first;
    if at <= entry.started_at || at >= end || first < 1 || rest < 1 {
        return Err(Error::Invalid {
            pointer: "/at",
            detail: "must leave at least a minute on either side".to_owned(),
        });
    }
    let changes = Changes {
        ended_at: Some(Some(at)),
        duration_minutes: Some(first),
        ..Changes::default()
    };
    let kept = edit(cx, who, &mut tx, &policy, &entry, changes, "split").await?;
    let new = NewTimeEntry {
        started_at: at,
        ended_at: Some(end),
        duration_minutes: rest,
        ..copy(&kept, kept.status)
    };
    let (cut, _) = store::time_entries::create(&mut tx, ws, &new).await?;
    history::created(&mut tx, who, &cut, "split").await?;
    submissions::waits(&mut tx, &cut, true).await?;
    tx.commit().await?;
    tell(cx, who, &kept);
    tell(cx, who, &cut);
    Ok((kept, cut))
}

/// Makes one entry of several of one member, for the same client and project: the earliest keeps its id, the lengths add up. The
/// meetings of the others are put aside, so that they are not suggested again.
///
/// # Errors
/// [`Error::Apart`], [`Error::NotAllowed`], [`Error::Locked`].
pub async fn merge(cx: &Context, who: &Principal, ids: &[TimeEntryId]) -> Result<TimeEntry, Error> {
    let ws = who.workspace_id;
    let mut tx = cx.store.write_in(ws).await?;
    let policy = Policy::load(&mut tx, ws).await?;
    let found = store::time_facts::get_many(&mut tx, ws, ids).await?;
    let (first, others) = check_together(who, ids, &found)?;
    let minutes: i64 = found.iter().map(|entry| entry.duration_minutes).sum();
    if minutes > MAX_MINUTES {
        return Err(Error::Apart("together they are longer than a week"));
    }
    let end = |entry: &TimeEntry| {
        entry
            .ended_at
            .or_else(|| end_of(entry.started_at, entry.duration_minutes))
    };
    let last = found.iter().filter_map(end).max();
    let mut words: Vec<&str> = Vec::new();
    for entry in &found {
        let text = entry.description.trim();
        if !text.is_empty() && !words.contains(&text) {
            words.push(text);
        }
    }
    let mut tags: Vec<String> = found.iter().flat_map(|entry| entry.tags.clone()).collect();
    tags.sort();
    tags.dedup();
    tags.truncate(super::entries::MAX_TAGS);
    let changes = Changes {
        description: Some(words.join("; ").chars().take(MAX_DESCRIPTION).collect()),
        // Pieces that lie over each other are not longer than they are together.
        ended_at: Some(last.max(end_of(first.started_at, minutes))),
        duration_minutes: Some(minutes),
        tags: Some(tags),
        ..Changes::default()
    };
    for entry in others {
        absorb(who, &mut tx, &policy, (first, entry)).await?;
    }
    let merged = edit(cx, who, &mut tx, &policy, first, changes, "merged").await?;
    tx.commit().await?;
    tell(cx, who, &merged);
    Ok(merged)
}

/// The first of two entries takes the place of the other one, which goes.
async fn absorb(
    who: &Principal,
    tx: &mut store::Tx,
    policy: &Policy,
    (first, other): (&TimeEntry, &TimeEntry),
) -> Result<(), Error> {
    let ws = who.workspace_id;
    let mut meetings = store::drafts::held_by(tx, ws, other.id).await?;
    meetings.extend(other.cause_key.clone());
    erase(who, tx, policy, other, "merged").await?;
    if let Some(cause) = &other.cause_key {
        store::drafts::dismiss(tx, ws, other.member_id, cause).await?;
    }
    // What it billed is billed as before, by the entry that holds its time now; what it did not bill is once that entry is billed.
    for cause in meetings.iter().filter(|cause| is_meeting(cause)) {
        store::drafts::bill(tx, ws, cause, first.id).await?;
    }
    Ok(())
}

fn check_together<'a>(
    who: &Principal,
    ids: &[TimeEntryId],
    found: &'a [TimeEntry],
) -> Result<(&'a TimeEntry, &'a [TimeEntry]), Error> {
    let mut distinct = ids.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let Some((first, others)) = found.split_first() else {
        return Err(Error::Store(store::Error::NotFound));
    };
    if found.len() != distinct.len() || found.iter().any(|entry| !who.may_change(entry.member_id)) {
        return Err(Error::Store(store::Error::NotFound));
    }
    if others.is_empty() {
        return Err(Error::Apart("two entries at least are merged"));
    }
    for entry in found {
        entry.status.after(Step::Edit)?;
        if entry.running {
            return Err(Error::Running);
        }
    }
    let together = |entry: &TimeEntry| {
        entry.member_id == first.member_id
            && entry.client_id == first.client_id
            && entry.project_id == first.project_id
            && entry.billable == first.billable
    };
    if !others.iter().all(together) {
        return Err(Error::Apart(
            "only entries of one person, for the same client and project, and all billable or none, are merged",
        ));
    }
    Ok((first, others))
}

/// Makes a new draft that says the same, of the caller's, at the same time or at another.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Locked`], [`Error::Running`], [`Error::Once`].
pub async fn duplicate(
    cx: &Context,
    who: &Principal,
    id: TimeEntryId,
    started_at: Option<Timestamp>,
    once: &Once<'_, TimeEntry>,
) -> Result<Outcome<TimeEntry>, Error> {
    let ws = who.workspace_id;
    let mut tx = cx.store.write_in(ws).await?;
    if let Some(answer) = once.claim(&mut tx, who).await? {
        return Ok(Outcome::Replayed(answer));
    }
    let policy = Policy::load(&mut tx, ws).await?;
    let entry = load_to_change(&mut tx, who, id).await?;
    if entry.running {
        return Err(Error::Running);
    }
    let started = started_at.unwrap_or(entry.started_at);
    policy.start(cx, started)?;
    let said = Said {
        client_id: entry.client_id,
        project_id: entry.project_id,
        billable: None,
    };
    booking::book(&mut tx, ws, said, None).await?;
    let new = NewTimeEntry {
        source: Source::Manual,
        started_at: started,
        ended_at: end_of(started, entry.duration_minutes),
        ..copy(&entry, Status::Draft)
    };
    let (made, _) = store::time_entries::create(&mut tx, ws, &new).await?;
    history::created(&mut tx, who, &made, "duplicated").await?;
    notify::time_entry_created(&mut tx, &made).await?;
    once.finish(&mut tx, who, &made).await?;
    tx.commit().await?;
    tell(cx, who, &made);
    Ok(Outcome::Fresh(made))
}

/// The same without its cause.
fn copy(entry: &TimeEntry, status: Status) -> NewTimeEntry {
    NewTimeEntry {
        member_id: entry.member_id,
        source: entry.source,
        status,
        description: entry.description.clone(),
        started_at: entry.started_at,
        ended_at: entry.ended_at,
        duration_minutes: entry.duration_minutes,
        client_id: entry.client_id,
        project_id: entry.project_id,
        billable: entry.billable,
        synced_event_id: None,
        calendar_id: None,
        cause_key: None,
        tags: entry.tags.clone(),
    }
}
