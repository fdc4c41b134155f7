//! Those who approve are asked about time that waits: what a member hands in, logs or types within a moment is one question, in Slack
//! and by mail. A decision, wherever it is made, is shown in the place of the question.

use daybook_domain::account::Role;
use daybook_domain::time_entry::{Status, Step};
use daybook_domain::{SubmissionId, TimeEntryId, WorkspaceId};
use daybook_store as store;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::Tx;
use store::jobs::NewJob;
use store::mail_preferences;
use store::members::Profile;
use store::submissions::Submission;
use store::time_entries::TimeEntry;

use super::Error;
use super::bulk::{self, Done, What};
use super::entries::{load_to_change, take_step, tell};
use super::policy::Policy;
use crate::accounts::members::everybody;
use crate::hex::hex;
use crate::jobs::{Work, read};
use crate::mail::letters::{self, ApprovalAsked};
use crate::slack::notify;
use crate::slack::time::duration;
use crate::{Context, Principal};

/// The job that asks.
pub const ASK: &str = "ask_for_approval";
/// What comes within this long is one question.
const GATHERED: SignedDuration = SignedDuration::from_secs(10);

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    workspace_id: WorkspaceId,
    submission_id: SubmissionId,
}

/// An entry waits for approval, in the transaction that makes it wait. `handed_in`: its member submitted it, and approvers get a mail
/// too. Nothing happens for one that does not wait.
pub(crate) async fn waits(tx: &mut Tx, entry: &TimeEntry, handed_in: bool) -> store::Result<()> {
    if entry.status != Status::Pending {
        return Ok(());
    }
    let ws = entry.workspace_id;
    let added = store::submissions::add(tx, ws, entry.member_id, entry.id, handed_in).await?;
    let (submission_id, true) = added else {
        return Ok(());
    };
    let payload = Payload {
        workspace_id: ws,
        submission_id,
    };
    let due = tx.now().await?.saturating_add(GATHERED);
    let job = NewJob {
        workspace_id: Some(ws),
        due_at: due.ok(),
        max_attempts: crate::jobs::TRIES,
        ..NewJob::new(ASK, serde_json::to_value(payload).unwrap_or_default())
    };
    store::jobs::enqueue(tx, &job).await.map(|_| ())
}

pub(crate) fn run(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        let payload: Payload = read(payload)?;
        let mut tx = cx.store.write_in(payload.workspace_id).await?;
        ask(&cx, &mut tx, &payload).await?;
        tx.commit().await?;
        Ok(())
    })
}

async fn ask(cx: &Context, tx: &mut Tx, payload: &Payload) -> store::Result<()> {
    let (ws, id) = (payload.workspace_id, payload.submission_id);
    let Some(submission) = store::submissions::ask(tx, ws, id).await? else {
        return Ok(());
    };
    let waiting = waiting(tx, ws, id).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let approvers = approvers(tx, &submission).await?;
    for approver in &approvers {
        notify::approval_needed(tx, ws, approver.id, id).await?;
    }
    if submission.handed_in {
        mail(cx, tx, &submission, &approvers, &waiting).await?;
    }
    Ok(())
}

/// The owners and admins whose accounts are on, without whoever the time is of.
async fn approvers(tx: &mut Tx, submission: &Submission) -> store::Result<Vec<Profile>> {
    let mut approvers = everybody(tx, submission.workspace_id).await?;
    approvers.retain(|one| one.role >= Role::Admin && one.id != submission.member_id);
    Ok(approvers)
}

/// Mails those of the approvers who want that.
async fn mail(
    cx: &Context,
    tx: &mut Tx,
    submission: &Submission,
    approvers: &[Profile],
    waiting: &[TimeEntry],
) -> store::Result<()> {
    let ws = submission.workspace_id;
    let member = store::members::get(tx, ws, submission.member_id).await?;
    let by = store::users::get(tx, member.user_id).await?.name;
    let what = what(&Policy::load(tx, ws).await?, waiting);
    let minutes = waiting.iter().map(|entry| entry.duration_minutes).sum();
    let (fact, duration) = (submission.id.to_string(), duration(minutes));
    for approver in approvers {
        let wants = mail_preferences::get(tx, ws, approver.id).await?;
        if let Ok(to) = approver.email.parse()
            && wants.approval_needed
        {
            let letter = ApprovalAsked {
                fact: &fact,
                to: &to,
                member: approver.id,
                by: &by,
                what: &what,
                duration: &duration,
                path: "/approvals",
            };
            letters::approval_asked(cx, tx, ws, &letter).await?;
        }
    }
    Ok(())
}

/// `12 entries of the week of 23 November`, `12 entries from 2 to 30 November`, or what one entry says.
fn what(policy: &Policy, entries: &[TimeEntry]) -> String {
    let days = || entries.iter().map(|entry| policy.day(entry.started_at));
    let (Some(first), Some(last)) = (days().min(), days().max()) else {
        return String::new();
    };
    let shown = |day: jiff::civil::Date| day.strftime("%-d %B").to_string();
    match entries {
        [one] => format!("{}, {}", one.description, shown(first)),
        many if Policy::monday(first) == Policy::monday(last) => {
            let week = shown(Policy::monday(first));
            format!("{} entries of the week of {week}", many.len())
        }
        many => format!(
            "{} entries from {} to {}",
            many.len(),
            shown(first),
            shown(last)
        ),
    }
}

/// Its entries that wait for approval.
pub(crate) async fn waiting(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: SubmissionId,
) -> store::Result<Vec<TimeEntry>> {
    let mut entries = store::submissions::entries(tx, ws, id).await?;
    entries.retain(|entry| entry.status == Status::Pending);
    Ok(entries)
}

/// What these entries are, in short: another text as soon as one of them is changed, comes or goes.
pub(crate) fn seen(waiting: &[TimeEntry]) -> String {
    let mut hash = Sha256::new();
    for entry in waiting {
        hash.update(entry.id.as_uuid());
        hash.update(entry.version.to_be_bytes());
    }
    hex(&hash.finalize()[..8])
}

/// Its entries that wait for approval, as somebody saw them.
///
/// # Errors
/// [`Error::NothingWaits`]; [`Error::Changed`] when they are not what was seen.
pub(crate) async fn waiting_as(
    tx: &mut Tx,
    ws: WorkspaceId,
    (id, shown): (SubmissionId, &str),
) -> Result<Vec<TimeEntry>, Error> {
    let waiting = waiting(tx, ws, id).await?;
    if waiting.is_empty() {
        return Err(Error::NothingWaits);
    }
    if seen(&waiting) != shown {
        return Err(Error::Changed);
    }
    Ok(waiting)
}

/// What a decision is: a reason is only given to what is sent back.
pub(super) const fn meant(reason: Option<&str>) -> Step {
    match reason {
        Some(_) => Step::Reject,
        None => Step::Approve,
    }
}

/// Approves what waits of a submission, or sends it back with a reason: what was seen, and nothing else. Each entry stands for itself.
///
/// # Errors
/// [`Error::NotApprover`], [`Error::OwnTime`], [`Error::NothingWaits`], [`Error::Changed`].
pub(crate) async fn decide(
    cx: &Context,
    who: &Principal,
    (id, shown): (SubmissionId, &str),
    reason: Option<String>,
) -> Result<Vec<Done>, Error> {
    let step = meant(reason.as_deref());
    let ws = who.workspace_id;
    let what = What::Step(step, reason);
    what.check()?;
    let mut tx = cx.store.write_in(ws).await?;
    let submission = store::submissions::get(&mut tx, ws, id).await?;
    let policy = Policy::load(&mut tx, ws).await?;
    policy.decides(who, submission.member_id, step)?;
    let waiting = waiting_as(&mut tx, ws, (id, shown)).await?;
    let done = bulk::each(cx, who, &mut tx, &policy, waiting, &what).await?;
    tx.commit().await?;
    bulk::told(cx, who, &done);
    Ok(done)
}

/// Approves an entry, or sends it back with a reason, as it was seen and not otherwise.
///
/// # Errors
/// [`Error::NotApprover`], [`Error::OwnTime`], [`Error::NotAllowed`], [`Error::Locked`], [`Error::Changed`].
pub(crate) async fn decide_one(
    cx: &Context,
    who: &Principal,
    (id, shown): (TimeEntryId, &str),
    reason: Option<&str>,
) -> Result<(), Error> {
    let step = meant(reason);
    let ws = who.workspace_id;
    let mut tx = cx.store.write_in(ws).await?;
    let policy = Policy::load(&mut tx, ws).await?;
    let entry = load_to_change(&mut tx, who, id).await?;
    policy.decides(who, entry.member_id, step)?;
    if seen(std::slice::from_ref(&entry)) != shown {
        return Err(Error::Changed);
    }
    let after = take_step(who, &mut tx, &policy, &entry, step, reason).await?;
    decided(&mut tx, who, &[id]).await?;
    tx.commit().await?;
    tell(cx, who, &after);
    Ok(())
}

/// Somebody changed an entry. One that waits since then is asked about; where it was asked about before, the question shows it as it is.
pub(super) async fn edited(
    tx: &mut Tx,
    who: &Principal,
    (before, after): (&TimeEntry, &TimeEntry),
) -> store::Result<()> {
    if before.status != after.status {
        return waits(tx, after, true).await;
    }
    if after.status != Status::Pending {
        return Ok(());
    }
    redrawn(tx, who, &[after.id]).await
}

/// What was asked about these entries, which still wait, shows them as they are.
pub(super) async fn redrawn(
    tx: &mut Tx,
    who: &Principal,
    entries: &[TimeEntryId],
) -> store::Result<()> {
    let ws = who.workspace_id;
    for id in store::submissions::of_entries(tx, ws, entries).await? {
        notify::approval_decided(tx, ws, id, who.user_id, true).await?;
    }
    Ok(())
}

/// Somebody decided about these entries: the questions about them change, in the transaction of the decision.
pub(super) async fn decided(
    tx: &mut Tx,
    who: &Principal,
    entries: &[TimeEntryId],
) -> store::Result<()> {
    let ws = who.workspace_id;
    for id in store::submissions::of_entries(tx, ws, entries).await? {
        notify::approval_decided(tx, ws, id, who.user_id, false).await?;
    }
    Ok(())
}
