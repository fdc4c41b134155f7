//! Approvals in Slack: one question about what was handed in at once, decided by its buttons, and changed in place wherever the decision
//! is made.

use std::collections::HashMap;
use std::str::FromStr;

use daybook_domain::time_entry::Status;
use daybook_domain::{ProjectId, SubmissionId, WorkspaceId};
use daybook_provider_api::chat::Message;
use daybook_store as store;
use jiff::tz::TimeZone;
use store::Tx;
use store::slack::notices::{self, Kind};
use store::time_entries::TimeEntry;

use super::blocks::{self, Approval, Outcome, Piece};
use super::respond::{self, Spot};
use super::who::Bound;
use super::{Error, jobs, time};
use crate::timesheets::submissions;
use crate::{Context, timesheets};

/// The question, as far as something still waits; `None` when nothing does.
pub(super) async fn question(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: SubmissionId,
    zone: &TimeZone,
    changed: bool,
) -> store::Result<Option<Message>> {
    let waiting = submissions::waiting(tx, ws, id).await?;
    if waiting.is_empty() {
        return Ok(None);
    }
    let (member, pieces) = (whose(tx, ws, id).await?, pieces(tx, ws, &waiting).await?);
    let ask = Approval {
        id: &id.to_string(),
        seen: &submissions::seen(&waiting),
        changed,
        member: &member,
        pieces: &pieces,
    };
    Ok(Some(blocks::approval(&ask, zone)))
}

/// What was decided, and by whom; the question again as long as something waits.
async fn outcome(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: SubmissionId,
    (by, zone): (&str, &TimeZone),
) -> store::Result<Message> {
    if let Some(question) = question(tx, ws, id, zone, false).await? {
        return Ok(question);
    }
    let entries = store::submissions::entries(tx, ws, id).await?;
    if entries.is_empty() {
        return Ok(blocks::withdrawn(by));
    }
    let (member, pieces) = (whose(tx, ws, id).await?, pieces(tx, ws, &entries).await?);
    let ask = Approval {
        id: &id.to_string(),
        seen: "",
        changed: false,
        member: &member,
        pieces: &pieces,
    };
    let sent_back = |entry: &&TimeEntry| entry.status == Status::Rejected;
    let outcome = Outcome {
        approved: entries.len() - entries.iter().filter(sent_back).count(),
        rejected: entries.iter().filter(sent_back).count(),
        reason: entries
            .iter()
            .filter(sent_back)
            .find_map(|entry| entry.rejected_reason.as_deref()),
    };
    Ok(blocks::settled(&ask, by, outcome))
}

/// Shows a decision, or a change, in the place of every question about it that Slack has. False when another one is on its way there.
pub(super) async fn show(cx: &Context, ask: &jobs::Decided) -> store::Result<bool> {
    let (ws, id) = (ask.workspace_id, ask.submission_id);
    let mut tx = cx.store.write_in(ws).await?;
    let by = store::users::get(&mut tx, ask.by).await?;
    let zone = time::zone(&by.time_zone);
    let message = if ask.changed {
        question(&mut tx, ws, id, &zone, true).await?
    } else {
        Some(outcome(&mut tx, ws, id, (&by.name, &zone)).await?)
    };
    // Whoever decided meanwhile shows that.
    let Some(message) = message else {
        return Ok(true);
    };
    for notice in asked(&mut tx, ws, id).await? {
        let (Some(connection), Some(ts)) = (notice.connection_id, notice.message_ts) else {
            continue;
        };
        let place = Spot {
            channel: notice.channel_id,
            ts: Some(ts),
            url: None,
        };
        respond::change(cx, &mut tx, ws, connection, place, &message).await?;
    }
    let more = notices::on_its_way(&mut tx, ws, Kind::ApprovalNeeded, &id.to_string()).await?;
    tx.commit().await?;
    Ok(!more)
}

async fn asked(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: SubmissionId,
) -> store::Result<Vec<notices::Notice>> {
    notices::sent_about(tx, ws, Kind::ApprovalNeeded, &id.to_string()).await
}

/// What a button that decides names: which question or entry, and what was shown of it.
pub(super) fn named_by<T: FromStr>(value: &str) -> Option<(T, &str)> {
    let (id, seen) = value.split_once(':').unwrap_or((value, ""));
    Some((id.parse().ok()?, seen))
}

/// Approves what waits of it, or sends it back with a reason, as long as it is what the question showed. The questions change by
/// themselves; where this one is not known as sent, it is changed here.
pub(super) async fn decide(
    cx: &Context,
    bound: &Bound,
    spot: &Spot,
    (id, seen): (SubmissionId, &str),
    reason: Option<String>,
) -> Result<(), Error> {
    let done = submissions::decide(cx, &bound.who, (id, seen), reason).await?;
    if done.iter().all(|(_, result)| result.is_err())
        && let Some((_, Err(error))) = done.into_iter().next()
    {
        return Err(error.into());
    }
    let ws = bound.workspace();
    let mut tx = cx.store.write_in(ws).await?;
    let known = asked(&mut tx, ws, id).await?;
    if known.iter().any(|notice| notice.message_ts == spot.ts) {
        return Ok(());
    }
    let by = store::users::get(&mut tx, bound.who.user_id).await?.name;
    let message = outcome(&mut tx, ws, id, (&by, &bound.zone)).await?;
    respond::change(cx, &mut tx, ws, bound.connection, spot.clone(), &message).await?;
    tx.commit().await?;
    Ok(())
}

/// The question as it is now, in the place of one that shows what is not so any more.
pub(super) async fn ask_again(
    cx: &Context,
    bound: &Bound,
    spot: &Spot,
    id: SubmissionId,
) -> Result<(), Error> {
    let ws = bound.workspace();
    let mut tx = cx.store.write_in(ws).await?;
    if let Some(message) = question(&mut tx, ws, id, &bound.zone, true).await? {
        respond::change(cx, &mut tx, ws, bound.connection, spot.clone(), &message).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// `bo, 38.5 h`: what a form is about. A stranger to it reads nothing, and nobody is asked about what they have not seen.
pub(super) async fn named(
    cx: &Context,
    bound: &Bound,
    (id, seen): (SubmissionId, &str),
) -> Result<String, Error> {
    let ws = bound.workspace();
    let mut tx = cx.store.read_in(ws).await?;
    let submission = store::submissions::get(&mut tx, ws, id).await?;
    if !bound.who.sees(submission.member_id) {
        return Err(timesheets::Error::NotApprover.into());
    }
    let waiting = submissions::waiting_as(&mut tx, ws, (id, seen)).await?;
    let minutes = waiting.iter().map(|entry| entry.duration_minutes).sum();
    let member = whose(&mut tx, ws, id).await?;
    Ok(format!("{member}, {}", time::duration(minutes)))
}

async fn whose(tx: &mut Tx, ws: WorkspaceId, id: SubmissionId) -> store::Result<String> {
    let submission = store::submissions::get(tx, ws, id).await?;
    let member = store::members::get(tx, ws, submission.member_id).await?;
    Ok(store::users::get(tx, member.user_id).await?.name)
}

async fn pieces(tx: &mut Tx, ws: WorkspaceId, entries: &[TimeEntry]) -> store::Result<Vec<Piece>> {
    let mut ids: Vec<ProjectId> = entries
        .iter()
        .filter_map(|entry| entry.project_id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let projects = store::projects::get_many(tx, ws, &ids).await?;
    let names: HashMap<ProjectId, String> = projects
        .into_iter()
        .map(|project| (project.id, project.name))
        .collect();
    let piece = |entry: &TimeEntry| Piece {
        at: entry.started_at,
        minutes: entry.duration_minutes,
        what: entry.description.clone(),
        project: entry.project_id.and_then(|id| names.get(&id).cloned()),
    };
    Ok(entries.iter().map(piece).collect())
}
