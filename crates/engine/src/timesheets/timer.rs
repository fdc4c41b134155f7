//! The running timer: one for each member.

use daybook_domain::TimeEntryId;
use daybook_domain::time_entry::{MAX_MINUTES, Source, Status, minutes_between};
use daybook_domain::{ClientId, ProjectId};
use daybook_store as store;
use store::time_entries::{NewTimeEntry, TimeEntry};

use super::booking::{self, Said};
use super::entries::{end_of, tell, words};
use super::policy::Policy;
use super::{Error, history};
use crate::slack::notify;
use crate::{Context, Once, Outcome, Principal};

/// What is begun.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// What is done; may be said later.
    pub description: String,
    /// For whom.
    pub client_id: Option<ClientId>,
    /// For what.
    pub project_id: Option<ProjectId>,
    /// Whether it is billed; otherwise as the project says.
    pub billable: Option<bool>,
    /// Tags.
    pub tags: Vec<String>,
}

/// Starts a timer now.
///
/// # Errors
/// [`Error::TimerRunning`], [`Error::UnknownReference`], [`Error::Invalid`], [`Error::Locked`], [`Error::Once`].
pub async fn start(
    cx: &Context,
    who: &Principal,
    ask: Start,
    once: &Once<'_, TimeEntry>,
) -> Result<Outcome<TimeEntry>, Error> {
    words(Some(&ask.description), Some(&ask.tags))?;
    let (ws, member) = (who.workspace_id, who.member_id);
    let mut tx = cx.store.write_in(ws).await?;
    if let Some(answer) = once.claim(&mut tx, who).await? {
        return Ok(Outcome::Replayed(answer));
    }
    let now = tx.now().await?;
    Policy::load(&mut tx, ws).await?.open(now)?;
    let said = Said {
        client_id: ask.client_id,
        project_id: ask.project_id,
        billable: ask.billable,
    };
    let booked = booking::book(&mut tx, ws, said, None).await?;
    let new = NewTimeEntry {
        member_id: member,
        source: Source::Timer,
        status: Status::Draft,
        description: ask.description,
        started_at: now,
        ended_at: None,
        duration_minutes: 0,
        client_id: booked.client_id,
        project_id: booked.project_id,
        billable: booked.billable,
        synced_event_id: None,
        calendar_id: None,
        cause_key: None,
        tags: ask.tags,
    };
    let (made, _) = store::time_entries::create(&mut tx, ws, &new).await?;
    if !store::time_facts::run(&mut tx, ws, member, made.id).await? {
        return Err(Error::TimerRunning);
    }
    let entry = store::time_entries::get(&mut tx, ws, made.id).await?;
    history::created(&mut tx, who, &entry, "started").await?;
    once.finish(&mut tx, who, &entry).await?;
    tx.commit().await?;
    tell(cx, who, &entry);
    Ok(Outcome::Fresh(entry))
}

/// The caller's running timer.
///
/// # Errors
/// When the database cannot be read.
pub async fn current(cx: &Context, who: &Principal) -> Result<Option<TimeEntry>, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::time_facts::running(&mut tx, who.workspace_id, who.member_id).await?)
}

/// Stops the caller's timer: at least a minute, at most the longest entry.
///
/// # Errors
/// [`Error::NoTimer`].
pub async fn stop(cx: &Context, who: &Principal) -> Result<TimeEntry, Error> {
    let ws = who.workspace_id;
    let mut tx = cx.store.write_in(ws).await?;
    let Some(running) = store::time_facts::running(&mut tx, ws, who.member_id).await? else {
        return Err(Error::NoTimer);
    };
    let now = tx.now().await?;
    let minutes = minutes_between(running.started_at, now).clamp(1, MAX_MINUTES);
    // An entry ends when its length says, also when it was shorter than a minute.
    let worked = minutes_between(running.started_at, now) == minutes;
    let ended = if worked {
        Some(now)
    } else {
        end_of(running.started_at, minutes)
    };
    let ended = ended.unwrap_or(now);
    let stopped = store::time_facts::stop(&mut tx, ws, running.id, ended, minutes).await?;
    let entry = stopped.ok_or(Error::NoTimer)?;
    history::changed(&mut tx, who, (&running, &entry), "stopped", None).await?;
    notify::time_entry_created(&mut tx, &entry).await?;
    tx.commit().await?;
    tell(cx, who, &entry);
    Ok(entry)
}

/// Throws the caller's timer away.
///
/// # Errors
/// [`Error::NoTimer`].
pub async fn discard(cx: &Context, who: &Principal) -> Result<TimeEntryId, Error> {
    let ws = who.workspace_id;
    let mut tx = cx.store.write_in(ws).await?;
    let Some(running) = store::time_facts::running(&mut tx, ws, who.member_id).await? else {
        return Err(Error::NoTimer);
    };
    store::time_entries::delete(&mut tx, ws, running.id).await?;
    history::deleted(&mut tx, who, &running, "discarded").await?;
    tx.commit().await?;
    tell(cx, who, &running);
    Ok(running.id)
}
