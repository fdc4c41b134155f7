//! Entries made by hand: create, list, edit, delete, and the way from draft to approved.

use daybook_domain::time_entry::{MAX_MINUTES, Source, Status, Step, minutes_between};
use daybook_domain::{ClientId, ProjectId, TimeEntryId};
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use store::time_entries::{Changes, Filter, NewTimeEntry, TimeEntry};

use super::booking::{self, Said};
use super::policy::{self, Policy};
use super::{Error, choices, history, submissions};
use crate::slack::notify;
use crate::{Context, Once, Outcome, Principal, live};

/// The longest description, in characters.
pub const MAX_DESCRIPTION: usize = 2000;
/// The most tags, and the longest.
pub const MAX_TAGS: usize = 20;

/// An entry to be made.
#[derive(Debug, Clone)]
pub struct Create {
    /// What was done.
    pub description: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; or
    pub ended_at: Option<Timestamp>,
    /// how long it took, in minutes.
    pub duration_minutes: Option<i64>,
    /// For whom.
    pub client_id: Option<ClientId>,
    /// For what.
    pub project_id: Option<ProjectId>,
    /// Whether it is billed; otherwise as the project says.
    pub billable: Option<bool>,
    /// Tags.
    pub tags: Vec<String>,
    /// Where it came from: `manual` from the dashboard, `api` with a key.
    pub source: Source,
}

/// Makes an entry.
///
/// # Errors
/// [`Error::Invalid`], [`Error::UnknownReference`], [`Error::Once`].
pub async fn create(
    cx: &Context,
    who: &Principal,
    ask: Create,
    once: &Once<'_, TimeEntry>,
) -> Result<Outcome<TimeEntry>, Error> {
    let minutes = length(ask.started_at, ask.ended_at, ask.duration_minutes)?;
    words(Some(&ask.description), Some(&ask.tags))?;
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    if let Some(answer) = once.claim(&mut tx, who).await? {
        return Ok(Outcome::Replayed(answer));
    }
    let policy = Policy::load(&mut tx, who.workspace_id).await?;
    policy.start(cx, ask.started_at)?;
    let said = Said {
        client_id: ask.client_id,
        project_id: ask.project_id,
        billable: ask.billable,
    };
    let booked = booking::book(&mut tx, who.workspace_id, said, None).await?;
    let new = NewTimeEntry {
        member_id: who.member_id,
        source: ask.source,
        status: Status::Draft,
        description: ask.description,
        started_at: ask.started_at,
        ended_at: ask.ended_at.or_else(|| end_of(ask.started_at, minutes)),
        duration_minutes: minutes,
        client_id: booked.client_id,
        project_id: booked.project_id,
        billable: booked.billable,
        synced_event_id: None,
        calendar_id: None,
        cause_key: None,
        tags: ask.tags,
    };
    let (entry, _) = store::time_entries::create(&mut tx, who.workspace_id, &new).await?;
    history::created(&mut tx, who, &entry, "created").await?;
    notify::time_entry_created(&mut tx, &entry).await?;
    once.finish(&mut tx, who, &entry).await?;
    tx.commit().await?;
    tell(cx, who, &entry);
    Ok(Outcome::Fresh(entry))
}

/// Entries, the latest start first: everybody's for admins, their own for members.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    cx: &Context,
    who: &Principal,
    mut filter: Filter,
    after: Option<(Timestamp, TimeEntryId)>,
    limit: i64,
) -> Result<Vec<TimeEntry>, Error> {
    if let Some(own) = who.own_only() {
        filter.member_id = Some(own);
    }
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::time_entries::list(&mut tx, who.workspace_id, &filter, after, limit).await?)
}

/// One entry.
///
/// # Errors
/// [`store::Error::NotFound`] also for other members' entries, to plain members.
pub async fn get(cx: &Context, who: &Principal, id: TimeEntryId) -> Result<TimeEntry, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    load(&mut tx, who, id).await
}

/// Changes an entry. An approved one must be approved again.
///
/// # Errors
/// [`Error::Invalid`], [`Error::NotAllowed`], [`Error::Changed`], [`Error::UnknownReference`].
pub async fn update(
    cx: &Context,
    who: &Principal,
    id: TimeEntryId,
    changes: Changes,
) -> Result<TimeEntry, Error> {
    words(changes.description.as_deref(), changes.tags.as_deref())?;
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let policy = Policy::load(&mut tx, who.workspace_id).await?;
    let entry = load_to_change(&mut tx, who, id).await?;
    let after = edit(cx, who, &mut tx, &policy, &entry, changes, "edited").await?;
    tx.commit().await?;
    tell(cx, who, &after);
    Ok(after)
}

/// Changes an entry in a transaction that does more.
pub(super) async fn edit(
    cx: &Context,
    who: &Principal,
    tx: &mut store::Tx,
    policy: &Policy,
    entry: &TimeEntry,
    mut changes: Changes,
    action: &'static str,
) -> Result<TimeEntry, Error> {
    policy.open(entry.started_at)?;
    changes.status = Some(entry.status.after(Step::Edit)?);
    booking::rebook(tx, entry, &mut changes).await?;
    if entry.running
        && (changes.ended_at.is_some()
            || changes.duration_minutes.is_some()
            || changes.started_at.is_some())
    {
        return Err(Error::Running);
    }
    if let Some(started) = changes.started_at {
        policy.start(cx, started)?;
    }
    let moved = changes.started_at.is_some()
        || changes.ended_at.is_some()
        || changes.duration_minutes.is_some();
    if moved {
        let started = changes.started_at.unwrap_or(entry.started_at);
        // A new length without a new end makes the end follow.
        let ended = match (changes.ended_at, changes.duration_minutes) {
            (Some(ended), _) => ended,
            (None, Some(_)) => None,
            (None, None) => entry.ended_at,
        };
        let minutes = length(started, ended, changes.duration_minutes)?;
        changes.duration_minutes = Some(minutes);
        changes.ended_at = Some(ended.or_else(|| end_of(started, minutes)));
    }
    let (ws, id) = (who.workspace_id, entry.id);
    let after = store::time_entries::update(tx, ws, id, entry.version, &changes).await?;
    if changes.client_id.is_some() || changes.project_id.is_some() || changes.billable.is_some() {
        choices::learn_again(tx, &after, changes.billable).await?;
    }
    if changes.billable == Some(true) {
        // Whoever says so means it, also when a colleague bills the same meeting.
        store::drafts::bill_again(tx, ws, id, entry.cause_key.as_deref()).await?;
    }
    history::changed(tx, who, (entry, &after), action, None).await?;
    submissions::edited(tx, who, (entry, &after)).await?;
    Ok(after)
}

/// Takes `step` with an entry: submit, approve or reject (with a reason).
///
/// # Errors
/// [`Error::NotAllowed`], [`Error::NotApprover`], [`Error::Changed`]; [`Error::Invalid`] to reject without a reason.
pub async fn step(
    cx: &Context,
    who: &Principal,
    id: TimeEntryId,
    step: Step,
    reason: Option<String>,
) -> Result<TimeEntry, Error> {
    if matches!(step, Step::Approve | Step::Reject) && !who.manages() {
        return Err(Error::NotApprover);
    }
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let policy = Policy::load(&mut tx, who.workspace_id).await?;
    let entry = load_to_change(&mut tx, who, id).await?;
    let after = take_step(who, &mut tx, &policy, &entry, step, reason.as_deref()).await?;
    if matches!(step, Step::Approve | Step::Reject) {
        submissions::decided(&mut tx, who, &[id]).await?;
    }
    tx.commit().await?;
    tell(cx, who, &after);
    Ok(after)
}

/// Takes a step in a transaction that does more.
pub(super) async fn take_step(
    who: &Principal,
    tx: &mut store::Tx,
    policy: &Policy,
    entry: &TimeEntry,
    step: Step,
    reason: Option<&str>,
) -> Result<TimeEntry, Error> {
    policy.step(who, entry, step)?;
    let next = entry.status.after(step)?;
    let reason = policy::why(step, reason)?;
    let (ws, id) = (who.workspace_id, entry.id);
    let after = store::time_entries::set_status(tx, ws, id, entry.version, next, reason).await?;
    let action = match step {
        Step::Submit => "submitted",
        Step::Approve => "approved",
        Step::Reject => "rejected",
        Step::Edit => "edited",
        Step::Delete => "deleted",
    };
    history::changed(tx, who, (entry, &after), action, reason).await?;
    if step == Step::Submit {
        submissions::waits(tx, &after, true).await?;
    }
    Ok(after)
}

/// Removes an entry.
///
/// # Errors
/// [`Error::NotAllowed`] once it is invoiced; [`Error::OnInvoice`] while a draft holds it.
pub async fn delete(cx: &Context, who: &Principal, id: TimeEntryId) -> Result<(), Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let policy = Policy::load(&mut tx, who.workspace_id).await?;
    let entry = load_to_change(&mut tx, who, id).await?;
    erase(who, &mut tx, &policy, &entry, "deleted").await?;
    tx.commit().await?;
    tell(cx, who, &entry);
    Ok(())
}

/// Removes an entry in a transaction that does more.
pub(crate) async fn erase(
    who: &Principal,
    tx: &mut store::Tx,
    policy: &Policy,
    entry: &TimeEntry,
    action: &'static str,
) -> Result<(), Error> {
    policy.open(entry.started_at)?;
    entry.status.after(Step::Delete)?;
    if entry.status == Status::Pending {
        // Nobody needs to approve it any more.
        submissions::decided(tx, who, &[entry.id]).await?;
    }
    let ws = who.workspace_id;
    if let Some(held) = store::invoices::entries::holder(tx, ws, entry.id).await? {
        return Err(Error::OnInvoice {
            invoice: held.invoice_id,
            client: held.client_name,
        });
    }
    // Only when a draft took it since: then nothing of this transaction can be kept.
    let taken = |error| match error {
        store::Error::Reference => Error::Store(store::Error::Conflict {
            constraint: "invoice_entry".into(),
        }),
        other => Error::from(other),
    };
    let deleted = store::time_entries::delete(tx, ws, entry.id).await;
    deleted.map_err(taken)?;
    Ok(history::deleted(tx, who, entry, action).await?)
}

/// The entry, if it is the principal's own, or they manage the workspace.
pub(crate) async fn load_to_change(
    tx: &mut store::Tx,
    who: &Principal,
    id: TimeEntryId,
) -> Result<TimeEntry, Error> {
    let entry = load(tx, who, id).await?;
    if who.may_change(entry.member_id) {
        Ok(entry)
    } else {
        Err(Error::Store(store::Error::NotFound))
    }
}

pub(super) async fn load(
    tx: &mut store::Tx,
    who: &Principal,
    id: TimeEntryId,
) -> Result<TimeEntry, Error> {
    let entry = store::time_entries::get(tx, who.workspace_id, id).await?;
    if who.sees(entry.member_id) {
        Ok(entry)
    } else {
        Err(Error::Store(store::Error::NotFound))
    }
}

/// When work of this length ends.
pub(crate) fn end_of(started: Timestamp, minutes: i64) -> Option<Timestamp> {
    started.checked_add(SignedDuration::from_mins(minutes)).ok()
}

/// The length in minutes, from an end or as given.
pub(super) fn length(
    started: Timestamp,
    ended: Option<Timestamp>,
    minutes: Option<i64>,
) -> Result<i64, Error> {
    let invalid = |pointer, detail: &str| Error::Invalid {
        pointer,
        detail: detail.to_owned(),
    };
    match (ended, minutes) {
        (Some(ended), _) if ended <= started => {
            Err(invalid("/ended_at", "must be later than started_at"))
        }
        (Some(ended), None) if minutes_between(started, ended) > MAX_MINUTES => {
            Err(invalid("/ended_at", "an entry is at most a week long"))
        }
        (Some(ended), None) => Ok(minutes_between(started, ended).max(1)),
        (_, Some(minutes)) if !(1..=MAX_MINUTES).contains(&minutes) => Err(invalid(
            "/duration_minutes",
            "must be from 1 to 10080 (a week)",
        )),
        (Some(ended), Some(minutes)) if minutes > minutes_between(started, ended).max(1) => {
            Err(invalid(
                "/duration_minutes",
                "must not be longer than from started_at to ended_at",
            ))
        }
        (_, Some(minutes)) => Ok(minutes),
        (None, None) => Err(invalid(
            "/duration_minutes",
            "give ended_at or duration_minutes",
        )),
    }
}

pub(super) fn words(description: Option<&str>, tags: Option<&[String]>) -> Result<(), Error> {
    let invalid = |pointer, detail: String| Error::Invalid { pointer, detail };
    if description.is_some_and(|text| text.chars().count() > MAX_DESCRIPTION) {
        return Err(invalid(
            "/description",
            format!("must be at most {MAX_DESCRIPTION} characters"),
        ));
    }
    if tags.is_some_and(|tags| {
        tags.len() > MAX_TAGS
            || tags
                .iter()
                .any(|tag| tag.is_empty() || tag.chars().count() > 50)
    }) {
        return Err(invalid(
            "/tags",
            format!("must be at most {MAX_TAGS} tags of 1 to 50 characters"),
        ));
    }
    Ok(())
}

pub(super) fn tell(cx: &Context, who: &Principal, entry: &TimeEntry) {
    cx.live.send(
        who.workspace_id,
        Some(entry.member_id),
        live::Message::TimeEntry { id: entry.id },
    );
}
