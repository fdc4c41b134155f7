//! Meetings that are over and not logged, as `/drafts` lists them: counted, and asked about once.

use daybook_domain::{ClientId, MemberId, ProjectId, SlackBindingId, WorkspaceId};
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::Tx;
use store::slack::bindings;
use store::slack::notices::{Kind, NewNotice};

use super::notify;
use crate::timesheets::drafts::{self, Draft, Shown};
use crate::{Context, Principal};

/// A meeting that ended longer ago is not asked about: the mirror, or this server, learned of it too late.
const ASKED_WITHIN: SignedDuration = SignedDuration::from_mins(30);
/// People at once.
const PAGE: i64 = 200;
/// Meetings of one person at once.
const MOST: usize = 200;

/// A member's drafts of meetings that began at `from` or later and are over by `until`, in order of start: what `/drafts` lists of
/// that time.
///
/// # Errors
/// When the database cannot be read.
pub async fn over(
    tx: &mut Tx,
    who: &Principal,
    (from, until): (Timestamp, Timestamp),
) -> store::Result<Vec<Draft>> {
    if until <= from {
        return Ok(Vec::new());
    }
    let mut found = drafts::read(tx, who, Shown::Waiting, (from, until), None, MOST)
        .await?
        .drafts;
    found.retain(|draft| draft.event.start_us >= from && draft.event.end_us <= until);
    Ok(found)
}

/// A draft with the name of what it would be booked on.
#[derive(Debug, Clone)]
pub struct Named {
    /// The draft.
    pub draft: Draft,
    /// The project's name, or the client's.
    pub on: Option<String>,
}

/// The drafts with the names of their projects, or clients.
///
/// # Errors
/// When the database cannot be read.
pub async fn named(
    tx: &mut Tx,
    workspace: WorkspaceId,
    found: Vec<Draft>,
) -> store::Result<Vec<Named>> {
    let projects: Vec<ProjectId> = found
        .iter()
        .filter_map(|one| one.suggestion.project_id)
        .collect();
    let clients: Vec<ClientId> = found
        .iter()
        .filter_map(|one| one.suggestion.client_id)
        .collect();
    let projects = store::projects::get_many(tx, workspace, &projects).await?;
    let clients = store::clients::get_many(tx, workspace, &clients).await?;
    let name = |draft: &Draft| {
        let project = projects
            .iter()
            .find(|one| Some(one.id) == draft.suggestion.project_id);
        let client = clients
            .iter()
            .find(|one| Some(one.id) == draft.suggestion.client_id);
        project
            .map(|one| one.name.clone())
            .or(client.map(|one| one.name.clone()))
    };
    Ok(found
        .into_iter()
        .map(|draft| Named {
            on: name(&draft),
            draft,
        })
        .collect())
}

/// A member, with everything their role allows.
///
/// # Errors
/// When there is no such member.
pub async fn member(tx: &mut Tx, workspace: WorkspaceId, id: MemberId) -> store::Result<Principal> {
    let row = store::members::get(tx, workspace, id).await?;
    Ok(Principal::operator(workspace, row.user_id, id, row.role))
}

/// Asks everybody who wants it about the meetings of theirs that just ended.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn ask_all(cx: &Context) -> store::Result<()> {
    let now = cx.clock.now();
    let mut after: Option<SlackBindingId> = None;
    loop {
        let mut tx = cx.store.read().await?;
        let page = bindings::everybody(&mut tx, after, PAGE).await?;
        drop(tx);
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.id);
        for person in page
            .iter()
            .filter(|one| one.log_this_meeting != Some(false))
        {
            ask(cx, person.workspace_id, person.member_id, now).await?;
        }
    }
}

async fn ask(
    cx: &Context,
    workspace: WorkspaceId,
    member: MemberId,
    now: Timestamp,
) -> store::Result<()> {
    let since = now.saturating_sub(ASKED_WITHIN).unwrap_or(now);
    let mut tx = cx.store.read_in(workspace).await?;
    let who = self::member(&mut tx, workspace, member).await?;
    let found = drafts::read(&mut tx, &who, Shown::Waiting, (since, now), None, MOST).await?;
    drop(tx);
    let ended = |draft: &&Draft| draft.event.end_us <= now && draft.event.end_us > since;
    for draft in found.drafts.iter().filter(ended) {
        let (cause, id) = (draft.event.cause_key(), draft.event.id.to_string());
        let new = NewNotice {
            member_id: member,
            kind: Kind::LogThisMeeting,
            cause: &cause,
            subject: Some(&id),
            payload: json!({"instance_id": draft.event.id}),
        };
        let mut tx = cx.store.write_in(workspace).await?;
        notify::note(&mut tx, workspace, &new).await?;
        tx.commit().await?;
    }
    Ok(())
}
